"""The packages of an image as a CycloneDX document: Debian's, and those of the interpreters in /opt."""

from __future__ import annotations

import re
import tarfile
from datetime import UTC, datetime
from email.parser import HeaderParser
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.engine.engine import Engine, LocalImage

_METADATA = re.compile(r".*/([^/]+)\.dist-info/METADATA")
_CREATED = "org.opencontainers.image.created"


class Package(NamedTuple):
    #: of a package URL: ``deb``, ``pypi``
    kind: str
    #: of a package URL: ``debian``, or empty
    namespace: str
    name: str
    version: str
    architecture: str = ""


def make_sbom(reference: str, local: LocalImage, *, engine: Engine) -> str:
    """Return the document; the same image gives the same one.

    Args:
        reference: The image.
        local: What the engine says about it.
        engine: Has the image; nothing of the image is run.

    Raises:
        ConfigurationError: The library that writes the document is not installed.
        EngineError: The engine refused.
    """
    release = engine.read_files(reference, local.platform, "/usr/lib/os-release")[""].decode()
    distribution = dict(re.findall(r'^(\w+)="?([^"\n]*)', release, re.MULTILINE))
    status = engine.read_files(reference, local.platform, "/var/lib/dpkg/status")[""].decode()
    packages = [*debian_packages(status, distribution["ID"]), *_python_packages(reference, local, engine)]
    suffix = f"{distribution['ID']}-{distribution.get('VERSION_ID', '')}".rstrip("-")
    return encode(reference, local, packages, distribution=suffix)


def debian_packages(status: str, namespace: str) -> Iterator[Package]:
    """Yield the packages that are installed. Pure.

    Args:
        status: dpkg's table of packages.
        namespace: The distribution, ``debian``.
    """
    for paragraph in status.split("\n\n"):
        fields = HeaderParser().parsestr(paragraph.lstrip("\n"))
        if fields["Package"] and str(fields["Status"]).endswith(" installed"):
            yield Package("deb", namespace, fields["Package"], fields["Version"], fields["Architecture"])


def _python_packages(reference: str, local: LocalImage, engine: Engine) -> list[Package]:
    found = set()
    container = engine.create_container(reference, local.platform)
    try:
        with (
            engine.reading("cp", f"{container}:/opt", "-") as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
        ):
            for member in archive:
                file = archive.extractfile(member) if _METADATA.fullmatch(member.name) else None
                if file:
                    fields = HeaderParser().parsestr(file.read().decode(errors="replace"), headersonly=True)
                    name = re.sub(r"[-_.]+", "-", str(fields["Name"])).lower()
                    found.add(Package("pypi", "", name, str(fields["Version"])))
            while stream.read(1 << 20):  # tar ends before its padding does
                pass
    finally:
        engine.text("rm", "--force", container)
    return sorted(found)


def encode(reference: str, local: LocalImage, packages: list[Package], *, distribution: str) -> str:
    """Return the document of packages.

    Raises:
        ConfigurationError: The library that writes the document is not installed.
    """
    try:
        from cyclonedx.model.bom import Bom  # noqa: PLC0415  (an extra)
        from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
        from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415
        from packageurl import PackageURL  # noqa: PLC0415
    except ImportError as error:
        hint = "`pip install 'cibw-debian[sbom]'` installs it."
        raise ConfigurationError("cyclonedx-python-lib is not installed", hint=hint) from error

    def component(package: Package) -> Component:
        qualifiers = {"arch": package.architecture, "distro": distribution} if package.kind == "deb" else {}
        url = PackageURL(package.kind, package.namespace, package.name, package.version, qualifiers)
        return Component(
            type=ComponentType.LIBRARY,
            name=package.name,
            version=package.version,
            bom_ref=str(url),
            purl=url,
        )

    components = [component(package) for package in packages]
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, local.id), components=components)
    created = local.labels.get(_CREATED, "")
    bom.metadata.timestamp = datetime.fromisoformat(created) if created else datetime.fromtimestamp(0, UTC)
    image = Component(type=ComponentType.CONTAINER, name=reference, version=local.id, bom_ref=local.id)
    bom.metadata.component = image
    bom.register_dependency(image, components)
    return JsonV1Dot6(bom).output_as_string(indent=1)
