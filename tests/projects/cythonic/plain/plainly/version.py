import sys

__version__ = "1.0.0"
SETTINGS = [sys.platform, sys.byteorder]
