import cffi
import posix1e

ffi = cffi.FFI()
ffi.cdef("int answer(void);")
ffi.set_source("_needy", f"int answer(void) {{ return 42; /* {posix1e.__name__} */ }}")
