from setuptools import Extension, setup

setup(
    ext_modules=[Extension("zipdigest._native", ["src/zipdigest/native.c"], libraries=["crypto", "z"])],
)
