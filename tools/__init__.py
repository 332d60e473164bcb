"""What only maintainers run; not a part of the wheel."""
