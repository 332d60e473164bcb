"""All that knows cibuildwheel: its options, its log."""
