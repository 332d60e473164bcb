"""A toolchain: its packages, and its volume."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian import __version__
from cibw_debian.errors import ConfigurationError, DataError, NativeError
from cibw_debian.host.aptroot import AptRoot, default_mirror
from cibw_debian.host.cache import cache_directory, one_at_a_time, roomy
from cibw_debian.host.process import sigterm_raises
from cibw_debian.mounts.native.tree import CACHE, MOUNT, Layout, assemble
from cibw_debian.platforms import ARCHS, arch_of_deb

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Iterator, Mapping

    from cibw_debian.engine.engine import LocalImage
    from cibw_debian.engine.volumes import Volumes
    from cibw_debian.images.catalogue import Image

#: on every volume with a toolchain
LABEL = "cibw-debian.native"
#: architectures of machines, in the words of OCI platforms, for which the archives have cross compilers
HOSTS = ("amd64", "arm64")

_ENTRYPOINT = "CIBW_DEBIAN_ENTRYPOINT"
#: files of apt in an image that name archives and their keys
_SOURCES = re.compile(r"(sources\.list|sources\.list\.d/[^/]+\.(list|sources)|trusted\.gpg\.d/[^/]+)$")
#: packages with the programs of tools.txt, and the machine's own binutils, which strip the compiler
_TOOLS = (
    *("apt", "binutils", "ccache", "coreutils", "dash", "dpkg"),
    *("grep", "make", "mawk", "ninja-build", "sed"),
)


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A compiler that makes programs for one image and runs on one architecture."""

    #: codename
    suite: str
    #: GCC's major version
    gcc: str
    #: cibuildwheel's name of the image's architecture
    arch: str
    #: deb arch of the engine's machine
    host: str
    #: version of the suite's own Python that runs natively, too: ``3.11``; empty for none
    python: str = ""

    @property
    def layout(self) -> Layout:
        host = arch_of_deb(self.host)
        assert host  # noqa: S101  (one of HOSTS)
        arch = ARCHS[self.arch]
        return Layout(
            gcc=self.gcc,
            triplet=arch.triplet,
            deb_arch=arch.deb,
            host=self.host,
            host_triplet=host.triplet,
            python=self.python,
        )

    @property
    def packages(self) -> tuple[str, ...]:
        compilers = (f"{name}-{self.gcc}-{ARCHS[self.arch].triplet}" for name in ("g++", "gfortran"))
        return (*compilers, *_TOOLS, *([f"python{self.python}"] if self.python else ()))


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A toolchain in a volume."""

    volume: str
    #: the compiler's Debian version
    version: str
    #: version of the Python in it: ``3.11``; empty for none
    python: str = ""

    def create_args(self, image: LocalImage, *, cache: str = "") -> tuple[str, ...]:
        """Arguments for creating a container with the toolchain in it.

        Args:
            image: The container's image.
            cache: Name of the volume with the compiler's cache; empty for no cache.
        """
        return (
            *([f"--volume={cache}:{CACHE}"] if cache else []),
            f"--volume={self.volume}:{MOUNT}:ro",
            f"--entrypoint={MOUNT}/enter",
            f"--env={_ENTRYPOINT}=" + "\n".join(image.entrypoint),
            # For a build environment, an emulated pip spends two fifths of its time on compiling modules, and
            # nobody imports most of them. A module that is imported is compiled then.
            "--env=PIP_COMPILE=0",
        )

    def cache(self, project: Path) -> str:
        """Return the name of the volume with a project's compiler cache.

        Each project has its own, because the project's builds can write to the volume and must not change
        the wheels of another project.
        """
        digest = hashlib.sha256(repr((self.volume, str(project.resolve()))).encode())
        return f"cibw-debian-cache-{digest.hexdigest()[:16]}"


def make_ready(toolchain: Toolchain, *, volumes: Volumes, reference: str, image: Image) -> Ready:
    """Make sure that the engine has a volume with a toolchain.

    Args:
        toolchain: The toolchain.
        volumes: The volumes of the run.
        reference: An image of the suite that the engine has; the image's apt sources name the archive.
        image: The same image in the catalogue.

    Raises:
        NativeError: It is not available; the message is a reason, without a capital or a full stop.
        EngineError: The engine refused.
    """
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise NativeError(f"{program} is not on this machine")
    from cibw_debian.progress import ConsoleProgress  # noqa: PLC0415  (plan starts without rich)

    platform = ARCHS[toolchain.arch].oci
    name = f"native-{toolchain.suite}-{toolchain.arch}-{toolchain.host}"
    with (
        ConsoleProgress(f"native compiler for {toolchain.suite} {toolchain.arch}") as progress,
        _reason(),
        sigterm_raises(),
        one_at_a_time(name, lambda: progress.phase("waiting for another run that makes it")),
    ):
        files = volumes.engine.read_files(reference, platform, "/etc/apt")
        sources = _sources(files, image, toolchain.host)
        status = volumes.engine.read_files(reference, platform, "/var/lib/dpkg/status")[""].decode()
        root = AptRoot(cache_directory() / name, sources, (toolchain.host,))
        _update(root)
        packages = _with_python(root, toolchain, status)
        if not packages:
            toolchain = replace(toolchain, python="")
            packages = _closure(root, toolchain)
        version = _version(packages, toolchain.packages[0])
        _check_version(version, installed_version(status, f"gcc-{toolchain.gcc}"))

        def add(archive: tarfile.TarFile) -> None:
            with tempfile.TemporaryDirectory(prefix="cibw-debian-", dir=roomy()) as directory:
                progress.phase("downloading")
                root.apt_get(*_install(toolchain), "--yes", "--download-only")
                progress.phase("unpacking")
                unpacked, out = Path(directory) / "packages", Path(directory) / "out"
                for file in packages:
                    _unpack(root.directory / "cache/archives" / file, unpacked)
                assemble(unpacked, out, toolchain.layout)
                progress.phase(f"copying into {volumes.engine.name}")
                for path in sorted(out.iterdir()):
                    archive.add(path, path.name, filter=_owned_by_root)

        volume = f"cibw-debian-native-{_digest(packages, toolchain)}"
        volumes.fill(volume, add, image=reference, platform=platform, labels={LABEL: __version__})
        root.apt_get("clean")
    return Ready(volume=volume, version=version, python=toolchain.python)


@contextmanager
def _reason() -> Iterator[None]:
    """Turn errors of this machine into the reason why there is no toolchain; builds can go on without."""
    try:
        yield
    except DataError as error:
        # The hint ends with apt's own last message.
        last = (error.hint.splitlines() or [""])[-1]
        raise NativeError(": ".join(filter(None, (error.message, last)))) from error
    except (ConfigurationError, OSError) as error:
        raise NativeError(str(error)) from error


def _install(toolchain: Toolchain) -> tuple[str, ...]:
    return ("install", "--no-install-recommends", *toolchain.packages)


def _sources(files: Mapping[str, bytes], image: Image, host: str) -> dict[str, bytes]:
    """Return the image's own sources and keys; they count for the machine's architecture too.

    Ubuntu has an archive of its own for the architectures that it calls ports. The packages for this machine
    are in the archive that this machine's apt uses, unless the image names one for this architecture.
    """
    found = {name: content for name, content in files.items() if _SOURCES.fullmatch(name)}
    named = re.compile(rb"(?:\[[^]\n]*arch=|^Architectures:)[^]\n]*\b%s\b" % host.encode(), re.MULTILINE)
    if image.distribution.startswith("ubuntu-") and not any(map(named.search, found.values())):
        mirror = default_mirror("Ubuntu").encode() + b"/"
        found = {
            name: re.sub(rb"\S+://\S+/ubuntu-ports/?", mirror, content) for name, content in found.items()
        }
    return found


def _update(root: AptRoot) -> None:
    """Fetch changed lists of packages; if that fails, use those that an earlier run fetched and checked."""
    try:
        root.update()
    except DataError:
        if not any((root.directory / "state/lists").glob("*_Packages*")):
            raise


def _closure(root: AptRoot, toolchain: Toolchain) -> dict[str, str]:
    """Return the files of all packages that apt would install -> their hashes."""
    # apt lists only files that it would fetch. An interrupted run may have left some in the cache.
    elsewhere = f"Dir::Cache::Archives={root.directory}/none"
    output = root.apt_get(*_install(toolchain), "--print-uris", "-qq", "-o", elsewhere)
    # 'ADDRESS' FILE SIZE HASH
    lines = (line.split(" ") for line in output.splitlines() if line.startswith("'"))
    return {file: digest for _, file, _, digest in sorted(lines)}


def _with_python(root: AptRoot, toolchain: Toolchain, status: str) -> dict[str, str]:
    """Return what `_closure` does; nothing if the toolchain has no Python, or another version than the image.

    The standard library is the image's own, so both have to be of one version.
    """
    if not toolchain.python:
        return {}
    package = f"python{toolchain.python}"
    try:
        packages = _closure(root, toolchain)
    except DataError:
        return {}
    same = _version(packages, package) == installed_version(status, f"{package}-minimal")
    return packages if same else {}


def _digest(packages: Mapping[str, str], toolchain: Toolchain) -> str:
    """Return a name for the volume's content: a hash of the packages and of the code that changes them."""
    digest = hashlib.sha256(repr((sorted(packages.items()), toolchain)).encode())
    here = Path(__file__).parent
    names = ("elf.py", "tree.py", "tools.txt", "scripts/*", "python/*.*")
    for path in (path for name in names for path in sorted(here.glob(name))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _version(packages: Mapping[str, str], package: str) -> str:
    # g++-10-arm-linux-gnueabihf_10.2.1-6cross1_amd64.deb
    (file,) = (file for file in packages if file.startswith(f"{package}_"))
    return re.sub(r"cross\d*$", "", file.split("_")[1])


def installed_version(status: str, package: str) -> str:
    """Find the version of a package in dpkg's status file, empty if the file lacks the package."""
    found = re.search(rf"^Package: {re.escape(package)}\n(?:.+\n)*?Version: (.+)$", status, re.MULTILINE)
    return found[1] if found else ""


def _check_version(cross: str, installed: str) -> None:
    """Refuse a compiler that was made from other source than the image's compiler.

    Debian's revisions may differ, because the packages of the two compilers are not updated at the same time.
    """
    if installed and installed.partition("-")[0] != cross.partition("-")[0]:
        raise NativeError(f"the image has gcc {installed}, the archive's cross compiler is {cross}")


def _unpack(package: Path, root: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "--extract", package, root], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise NativeError(f"{package.name} cannot be unpacked: {done.stderr.strip()}")


def _owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member
