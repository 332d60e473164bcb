"""A linter for hooks: in cibuildwheel's configuration, in CI configuration, in shell scripts."""
