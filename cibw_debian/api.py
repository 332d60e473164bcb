"""The Python API: what `cibw-debian plan`, `translate` and `lookup` answer, as objects."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian.errors import ConfigurationError
from cibw_debian.hooks.translate import Style
from cibw_debian.hooks.translate import translate as translate_text
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.resolver.suites import suites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cibw_debian.hooks.translation import Translation
    from cibw_debian.planning.plan import Plan
    from cibw_debian.resolver.model import Answer
    from cibw_debian.resolver.resolve import Resolver


def translate(
    text: str,
    *,
    suite: str = "bookworm",
    arch: str = "armv7l",
    packages: Mapping[str, Sequence[str]] | None = None,
    strict: bool = True,
    robust: bool = False,
) -> Translation:
    """Translate one hook or script from dnf and yum to apt-get. Nothing is run.

    Args:
        text: The hook.
        suite: Codename of the image's archive.
        arch: cibuildwheel's name of the architecture.
        packages: Names of one's own: rpm name -> deb names; an empty list means nothing to install.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
        robust: Write commands that never ask and that retry, as `run` does.

    Returns:
        The text before and after, with findings; `ok` is false if there is an error among them, and then
        `translated` equals `original`.

    Raises:
        ConfigurationError: There is no such suite or architecture.
        DataError: A data file of this package is damaged.
    """
    style = Style.ROBUST if robust else Style.PLAIN
    return translate_text(text, _resolver(suite, arch, packages), style=style, strict=strict)


def lookup(
    name: str,
    *,
    suite: str = "bookworm",
    arch: str = "armv7l",
    packages: Mapping[str, Sequence[str]] | None = None,
) -> Answer:
    """Find the Debian packages for anything that may stand after `dnf install`.

    Args:
        name: ``openssl-devel``, ``pkgconfig(libcurl)``, ``/usr/bin/cmake``, ...
        suite: Codename of the image's archive.
        arch: cibuildwheel's name of the architecture.
        packages: Names of one's own: rpm name -> deb names.

    Returns:
        The answer; `status` says whether there is one.

    Raises:
        ConfigurationError: There is no such suite or architecture.
        DataError: A data file of this package is damaged.
    """
    return _resolver(suite, arch, packages).resolve(name)


def plan(
    package_dir: str | os.PathLike[str] = ".",
    *,
    archs: str | None = None,
    only: str | None = None,
    config_file: str = "",
    env: Mapping[str, str] | None = None,
    **settings: Any,
) -> Plan:
    """Compute what `cibw-debian run` would do with a project. Nothing is started, pulled or written.

    The package index is asked which requirements have wheels, unless `requirements=False` is given.

    Args:
        package_dir: The project's directory, or a source distribution.
        archs: Architectures, separated by commas, as cibuildwheel's `--archs`.
        only: One build identifier, as cibuildwheel's `--only`.
        config_file: cibuildwheel's configuration, if it is not pyproject.toml.
        env: The environment variables that count; those of this process by default.
        settings: Settings that win over the project's: `companion`, `allow_missing`, ...

    Returns:
        The plan; `cibw_debian.planning.refusal.refusal` says why it cannot be run, if it cannot.

    Raises:
        ConfigurationError: The configuration is not usable.
        Others: As `cibw_debian.planning.compute.compute_plan`.
    """
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (imports cibuildwheel)
    from cibw_debian.planning.compute import compute_plan  # noqa: PLC0415

    arguments = Arguments(
        package_dir=Path(package_dir), archs=archs, only=only, config_file=config_file, platform="linux"
    )
    return compute_plan(arguments, os.environ if env is None else env, switches=settings, ask_index=True).plan


def _resolver(suite: str, arch: str, packages: Mapping[str, Sequence[str]] | None) -> Resolver:
    if suite not in suites():
        raise ConfigurationError(f"there is no suite {suite!r}", hint=f"Suites: {', '.join(suites())}.")
    if arch not in ARCHS:
        raise ConfigurationError(f"there is no arch {arch!r}", hint=f"Archs: {', '.join(ARCHS)}.")
    return open_resolver(Target(suite, ARCHS[arch].deb), packages=packages)
