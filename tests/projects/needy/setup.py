from setuptools import setup

setup(cffi_modules=["build_needy.py:ffi"])
