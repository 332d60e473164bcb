"""What would be built in which image, with which hooks."""
