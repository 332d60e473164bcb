"""Build armv7l and riscv64 manylinux wheels on Debian-based images, with the dnf hooks you have."""

__version__ = "0.1.0"
