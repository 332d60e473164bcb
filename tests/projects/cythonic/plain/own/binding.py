"""What setup.py imports of the project."""

from setuptools.command.build_ext import build_ext


def build_all() -> type[build_ext]:
    class BuildAll(build_ext):
        def finalize_options(self) -> None:
            super().finalize_options()
            self.parallel = 2

    return BuildAll
