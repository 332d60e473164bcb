from ._c import checksum
from ._cxx import handle
from ._fortran import mean
from ._lto import collatz
from ._static import look

__all__ = ["checksum", "collatz", "handle", "look", "mean"]
