"""apt in a root of its own: index files and packages of an archive, fetched and verified.

apt checks signatures, uses the machine's proxy settings and knows the layout of archives; this machine's own
package state is neither used nor changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import ConfigurationError, DataError
from cibw_debian.host.network import PROXY_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: comes with the package debian-archive-keyring, which Ubuntu has too
DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

_CONFIGURATION = """\
Dir "{root}";
Dir::Etc "{root}/etc";
Dir::Etc::sourcelist "{root}/etc/sources.list";
Dir::Etc::sourceparts "{root}/etc/sources.list.d";
Dir::State "{root}/state";
Dir::State::status "{root}/state/status";
Dir::Cache "{root}/cache";
APT::Architecture "{native}";
APT::Architectures {{ {archs} }};
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb {{
  MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)";
  ShortDescription "Contents-$(ARCHITECTURE)";
  Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents (deb)";
  KeepCompressed "true";
  DefaultEnabled "{contents}";
}};
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""

#: what Debian calls its releases beside their codenames; each new release gives a name to another suite
_OTHER_NAMES = ("stable", "oldstable", "oldoldstable")

_HELPER = "/usr/lib/apt/apt-helper"
_NETWORK = re.compile(r"^Acquire::https?::\S*(Proxy|CaInfo|Verify)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Where packages come from."""

    #: base address, as in sources.list
    mirror: str
    #: file with the keys that may sign it
    keyring: str
    components: tuple[str, ...]
    #: ``deb``, or ``deb-src`` for source packages
    kind: str = "deb"

    def sources(self, suite: str) -> dict[str, bytes]:
        """What /etc/apt has for a suite of this archive: name -> content."""
        line = f"{self.kind} [signed-by={self.keyring}] {self.mirror} {suite} {' '.join(self.components)}\n"
        return {"sources.list": line.encode()}


def default_mirror(origin: str = "Debian") -> str:
    """Return the address of the archive that this machine's apt is configured for.

    Args:
        origin: Whose archive, in the archive's own word.

    Raises:
        ConfigurationError: There is none.
    """
    output = _apt_get("indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Identifier: Packages")
    lines = (line.split(" ", 1) for line in output.splitlines())
    mirrors = [uri.rstrip("/") for of, uri in lines if of == origin]
    main = [uri for uri in mirrors if not uri.endswith("-security")]
    if not main:
        raise ConfigurationError(
            f"This machine's apt has no {origin} archive, or no lists of it yet (`apt-get update`)",
            hint="Give one with --mirror.",
        )
    return main[0]


class AptRoot:
    """A root of apt's."""

    def __init__(
        self,
        directory: Path,
        etc: Mapping[str, bytes],
        deb_archs: Sequence[str],
        *,
        contents: bool = False,
    ) -> None:
        """Lay the root out; nothing is fetched yet.

        Args:
            directory: Where; what is there from an earlier time is used again.
            etc: The files of /etc/apt: what sources there are, and which keys may sign them.
            deb_archs: Architectures to fetch; the first is what apt takes for its own.
            contents: Fetch the Contents files too, the list of all files in all packages.
        """
        self.directory = directory
        self.deb_archs = tuple(deb_archs)
        # What an earlier time had that is no longer asked for must not count.
        shutil.rmtree(directory / "etc", ignore_errors=True)
        for name in (
            "etc/apt.conf.d",
            "etc/preferences.d",
            "etc/sources.list.d",
            "etc/trusted.gpg.d",
            "state/lists/partial",
            "cache/archives/partial",
        ):
            (directory / name).mkdir(parents=True, exist_ok=True)
        (directory / "state/status").touch()
        for name, content in etc.items():
            (directory / "etc" / name).write_bytes(content)
        self.configuration = directory / "apt.conf"
        archs = " ".join(f'"{arch}";' for arch in deb_archs)
        self.configuration.write_text(
            _CONFIGURATION.format(
                root=directory, native=deb_archs[0], archs=archs, contents=str(contents).lower()
            )
            + _network_configuration()
        )

    def apt_get(self, *arguments: str) -> str:
        """Run apt-get in this root and return its standard output.

        Raises:
            DataError: It failed; the message has what it said.
        """
        return _apt_get(*arguments, configuration=self.configuration)

    def update(self) -> None:
        """Fetch what has changed in the archive, signatures checked."""
        self.apt_get("update", "--error-on=any")

    def download_source(self, package: str, sha256: str, path: Path) -> None:
        """Fetch the file of a source package that has a hash.

        Raises:
            DataError: The package has no such file, or the archive does not give the file.
        """
        listed = self.apt_get("source", "--print-uris", "-qq", "--only-source", package)
        # 'ADDRESS' FILE SIZE SHA256:HASH
        found = re.search(rf"^'(\S+)' .* (SHA256:{sha256})$", listed, re.MULTILINE)
        if not found:
            raise DataError(f"the source package {package} has no such file")
        _run(_HELPER, "download-file", found[1], str(path), found[2], configuration=self.configuration)

    def lines(self, target: str, deb_arch: str) -> Iterator[str]:
        """Yield the lines of an index file.

        Args:
            target: ``Packages`` or ``Contents-deb``.
            deb_arch: For Contents also ``all``.
        """
        files = self.apt_get(
            "indextargets", "--format", "$(FILENAME)", f"Created-By: {target}", f"Architecture: {deb_arch}"
        )
        for file in files.splitlines():
            command = [_HELPER, "cat-file", file]
            with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
                assert process.stdout  # noqa: S101
                yield from process.stdout
            if process.returncode:
                raise DataError(f"apt-helper cannot read {file}")


def open_suite(
    directory: Path, archive: Archive, suite: str, deb_archs: Sequence[str], *, contents: bool = False
) -> AptRoot:
    """Return an up-to-date root for a suite.

    A caching mirror stores the names of a suite apart, so one name can be in the middle of a synchronisation
    while another one is complete. The recipe for images does the same in its setup hook.

    Args:
        directory: Where; what is there from an earlier time is used again.
        archive: Where the packages are.
        suite: Codename.
        deb_archs: Architectures to fetch; the first is what apt takes for its own.
        contents: Fetch the Contents files too.

    Raises:
        DataError: The suite cannot be used under any of its names; the error is that of the codename.
    """
    failures = []
    for name in (suite, *_OTHER_NAMES):
        root = AptRoot(directory, archive.sources(name), deb_archs, contents=contents)
        try:
            root.update()
        except DataError as error:
            failures.append(error)
            continue
        if name == suite or set(root.apt_get("indextargets", "--format", "$(CODENAME)").split()) == {suite}:
            return root
    raise failures[0]


def _network_configuration() -> str:
    """How this machine's apt reaches archives: proxies and their certificates."""
    command = ["apt-config", "dump", "Acquire::http", "Acquire::https"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "".join(line for line in done.stdout.splitlines(keepends=True) if _NETWORK.search(line))


def _apt_get(*arguments: str, configuration: Path | None = None) -> str:
    return _run("apt-get", *arguments, configuration=configuration)


def _run(*command: str, configuration: Path | None) -> str:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    environment |= {name: os.environ[name] for name in PROXY_VARIABLES if name in os.environ}
    if configuration:
        environment["APT_CONFIG"] = str(configuration)
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if result.returncode:
        name = " ".join(command[:2]).removeprefix(f"{Path(_HELPER).parent}/")
        raise DataError(f"{name} failed", hint=result.stderr.strip())
    return result.stdout
