from ._native import versions

__all__ = ["versions"]
