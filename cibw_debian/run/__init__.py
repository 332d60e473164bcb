"""Run cibuildwheel with a plan."""
