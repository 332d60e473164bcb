"""The container engine."""
