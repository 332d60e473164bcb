"""Compile CPython for images. Each interpreter is a layer of the image, and stays in the cache.

The compiler is the suite's own cross compiler, in a root of this machine's architecture that mmdebstrap makes
from the same archive. Only the small programs that configure runs and the new interpreter are emulated.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from cibw_debian.engine.engine import DEFAULT_PATH
from cibw_debian.errors import ImageBuildError
from cibw_debian.host.cache import cache_directory, one_at_a_time
from cibw_debian.images.mmdebstrap import workshop
from cibw_debian.images.recipe import listed
from cibw_debian.images.releases import load_releases, sorted_tags
from cibw_debian.images.tarballs import find_tarball
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from cibw_debian.images.bases import Source
    from cibw_debian.images.mmdebstrap import Workshop
    from cibw_debian.images.recipe import Recipe
    from cibw_debian.images.releases import Choice, Release
    from cibw_debian.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A compiled interpreter."""

    #: ``cp313t``
    tag: str
    version: str
    #: tar of its files
    layer: Path


@contextmanager
def interpreters_for(
    recipe: Recipe, gcc: str, choice: Choice, *, source: Source, progress: Progress
) -> Iterator[Callable[[], tuple[Interpreter, ...]]]:
    """Compile beside the block the chosen interpreters of an image that are not in the cache.

    Args:
        recipe: The image's.
        gcc: Major version of the image's compiler.
        choice: What the user chooses.
        source: The archive that the user chooses.
        progress: Is told what happens.

    Yields:
        A function that waits for the interpreters and returns them.

    Raises:
        ImageBuildError: An interpreter has no tarball or cannot be compiled.
    """
    if not choice.tags:
        yield tuple
        return
    kitchen = Kitchen(recipe=recipe, gcc=gcc, host=_host(), files=_files())
    wanted = _wanted(kitchen, choice)
    with ExitStack() as stack:
        finish = None
        if not all(interpreter.layer.exists() for interpreter in wanted):
            name = f"interpreters-{recipe.suite}-{recipe.arch.name}"
            waiting = partial(progress.phase, "waiting for another build of interpreters")
            stack.enter_context(one_at_a_time(name, waiting))
            missing = {i: tarball for i, tarball in wanted.items() if not i.layer.exists()}
            if missing:
                log = cache_directory() / f"{name}.log"
                shop = workshop(kitchen.files, recipe.base, source, log=log, progress=progress)
                finish = stack.enter_context(_compiling(kitchen, missing, stack.enter_context(shop)))

        def made() -> tuple[Interpreter, ...]:
            if finish:
                finish()
                progress.phase("")
            return tuple(wanted)

        yield made


def _wanted(kitchen: Kitchen, choice: Choice) -> dict[Interpreter, Path]:
    """Return the chosen interpreters with their tarballs.

    Raises:
        ImageBuildError: An interpreter that must not be left out has no tarball.
    """
    wanted = {}
    for tag in sorted_tags(choice.compiled(kitchen.recipe.python)):
        try:
            release, tarball = find_tarball(tag, load_releases(), choice.place)
        except ImageBuildError as error:
            if not choice.may_lack(tag):
                raise
            say(f"left out: {error.message}")
            continue
        wanted[kitchen.interpreter(tag, release)] = tarball
    return wanted


@dataclass(frozen=True, kw_only=True)
class Kitchen:
    """The root that interpreters are compiled in. Pure."""

    recipe: Recipe
    #: major version
    gcc: str
    #: deb arch of this machine
    host: str
    #: file name -> content
    files: Mapping[str, bytes]

    def interpreter(self, tag: str, release: Release) -> Interpreter:
        """Return what is compiled from a release; another content has another name in the cache."""
        arch = self.recipe.arch.name
        digest = hashlib.sha256(repr((tag, release.sha256, self.recipe.suite, arch, self.gcc)).encode())
        for _, content in sorted(self.files.items()):
            digest.update(hashlib.sha256(content).digest())
        name = f"{tag}-{release.version}-{self.recipe.suite}-{arch}-{digest.hexdigest()[:16]}.tar"
        return Interpreter(tag=tag, version=release.version, layer=cache_directory() / "interpreters" / name)

    def mmdebstrap_options(self, directory: Path, *, root: bool, source: Source) -> list[str]:
        """Return the options with which mmdebstrap compiles; the layers are written by a hook."""
        target = self.recipe.arch
        cross = "" if target.deb == self.host else f"-{target.triplet.replace('_', '-')}"
        packages = [f"{name}-{self.gcc}{cross}" for name in ("gcc", "g++")]
        packages += listed(self.files["packages.txt"].decode().replace("{arch}", target.deb))
        return [
            "--verbose",
            f"--mode={'root' if root else 'unshare'}",
            "--variant=apt",
            "--format=null",
            f"--architectures={','.join(dict.fromkeys((self.host, target.deb)))}",
            *self.recipe.archive_options(source),
            f"--include={','.join(packages)}",
            '--aptopt=Apt::Install-Recommends "false"',
            '--aptopt=Acquire::Retries "3"',
            "--dpkgopt=force-unsafe-io",
            f"--setup-hook={directory}/setup.sh",
            f"--customize-hook={directory}/interpreters.sh",
            self.recipe.suite,
            "-",
            *source.lines(self.recipe.base, self.recipe.suite),
        ]

    def environment(self) -> dict[str, str]:
        """Return variables for mmdebstrap, in addition to those of this process."""
        return {
            "PATH": DEFAULT_PATH,
            "LC_ALL": "C.UTF-8",
            "TRIPLET": self.recipe.arch.triplet,
            "GCC": self.gcc,
            # Libraries of two architectures must have one version, and updates do not come at the same time.
            "SUITE_ALONE": "yes",
        }


@contextmanager
def _compiling(
    kitchen: Kitchen, missing: Mapping[Interpreter, Path], shop: Workshop
) -> Iterator[Callable[[], None]]:
    lines = []
    for interpreter, tarball in missing.items():
        shutil.copy(tarball, shop.directory / tarball.name)
        tag = f"{interpreter.tag.removesuffix('t')}-{interpreter.tag}"
        lines.append(f"{tag} {interpreter.version} {tarball.name} {interpreter.layer.name}\n")
    (shop.directory / "wanted").write_text("".join(lines))
    layers = shop.directory / "layers"
    layers.mkdir()
    layers.chmod(0o777)  # in a user namespace, the hook is another user
    options = kitchen.mmdebstrap_options(shop.directory, root=os.geteuid() == 0, source=shop.source)
    what = f"interpreters for {kitchen.recipe.suite} {kitchen.recipe.arch.name}"

    def finished() -> None:
        finish()
        _keep(layers, missing)

    try:
        with shop.started(options, kitchen.environment(), shop.directory / "output", what) as finish:
            yield finished
    finally:
        _keep(layers, missing)  # those that are complete, if another one failed


def _keep(made: Path, interpreters: Iterable[Interpreter]) -> None:
    """Copy the layers that are complete to the cache."""
    for layer in (interpreter.layer for interpreter in interpreters):
        if (made / layer.name).exists() and not layer.exists():
            layer.parent.mkdir(exist_ok=True)
            copy = layer.with_suffix(f".{os.getpid()}")
            shutil.copyfile(made / layer.name, copy)
            copy.rename(layer)


def _files() -> dict[str, bytes]:
    recipe = files("cibw_debian.images").joinpath("recipe")
    own = ("interpreters.sh", "interpreter.sh", "compile.sh", "packages.txt")
    found = {name: recipe.joinpath("interpreters", name).read_bytes() for name in own}
    return found | {
        name: recipe.joinpath(name).read_bytes() for name in ("setup.sh", "network.sh", "python.txt")
    }


def _host() -> str:
    """Return the deb arch of this machine."""
    try:
        return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise ImageBuildError(f"dpkg does not tell this machine's architecture: {error}") from error
