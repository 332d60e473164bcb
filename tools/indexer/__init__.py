"""Compile the indices of names from an archive: a maintainer's tool, `python -m tools.indexer`."""
