from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext


class BuildFortran(build_ext):
    """Knows what to do with .f90 files, too."""

    def build_extension(self, ext: Extension) -> None:
        for source in [source for source in ext.sources if source.endswith(".f90")]:
            compiled = f"{self.build_temp}/{source}.o"
            self.mkpath(compiled.rpartition("/")[0])
            self.spawn(["gfortran", "-O2", "-fPIC", "-c", source, "-o", compiled])
            ext.sources.remove(source)
            ext.extra_objects.append(compiled)
        super().build_extension(ext)


def extension(name: str, *sources: str, **options: list[str]) -> Extension:
    return Extension(f"polyglot._{name}", [f"src/polyglot/{source}" for source in sources], **options)


LTO = ["-O2", "-flto"]
THREADS = ["-pthread"]

setup(
    cmdclass={"build_ext": BuildFortran},
    ext_modules=[
        extension("c", "c.c", libraries=["z"], extra_compile_args=THREADS, extra_link_args=THREADS),
        extension(
            "cxx",
            "cxx.cc",
            include_dirs=["thrower"],
            libraries=["thrower"],
            extra_compile_args=THREADS,
            extra_link_args=THREADS,
        ),
        extension("static", "static.cc", extra_link_args=["-static-libstdc++", "-static-libgcc"]),
        extension("lto", "lto.c", "lto_steps.c", extra_compile_args=LTO, extra_link_args=LTO),
        extension("fortran", "fortran.c", "mean.f90", libraries=["gfortran"]),
    ],
)
