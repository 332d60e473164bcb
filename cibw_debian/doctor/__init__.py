"""What a machine needs to build wheels in emulated, Debian-based containers: look, judge, fix."""
