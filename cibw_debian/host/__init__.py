"""This machine: its apt, its directories, its processes, its network."""
