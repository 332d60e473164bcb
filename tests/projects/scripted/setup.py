from setuptools import Extension, setup

setup(ext_modules=[Extension("scripted._native", ["src/scripted/native.c"], libraries=["bz2", "lzma", "z"])])
