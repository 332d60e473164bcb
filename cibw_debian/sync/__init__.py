"""The plan as text in the project's own configuration, so that plain cibuildwheel works with it."""
