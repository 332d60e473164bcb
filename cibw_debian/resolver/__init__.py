"""From rpm names and dnf command lines to Debian names and apt-get command lines.

Standard library only, and Python 3.9: the same code runs on the host and inside containers.
"""
