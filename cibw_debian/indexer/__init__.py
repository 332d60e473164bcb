"""Compile the indices of names from an archive: a maintainer's tool, `python -m cibw_debian.indexer`."""
