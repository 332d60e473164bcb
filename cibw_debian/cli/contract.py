"""`cibw-debian images test` and `sbom`: whether an image keeps the contract, and what is in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cibw_debian.cli.parser import add_engine, add_format
from cibw_debian.cli.project import open_catalogue, open_settings, resolve_image
from cibw_debian.cli.target import add_arch, check_arch
from cibw_debian.errors import ContractError
from cibw_debian.platforms import ARCHS
from cibw_debian.terminal import echo, fold, note, width, write_json

if TYPE_CHECKING:
    from argparse import Namespace

    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.contract.model import Subject

_TEST = """\
Check that an image has what cibuildwheel, auditwheel and hooks rely on.

NAME is an image of the catalogue or any reference; an image that is not on this
machine is built or pulled first. The checks run in one container, which is
removed at the end. The exit code is 52 if a check fails.
"""


def add(commands: Any) -> None:
    """Add the commands to the parsers of `images`."""
    command = commands.add_parser("test", help="Check that an image keeps the contract.", description=_TEST)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue, or a reference.")
    add_arch(command, required=True)
    command.add_argument(
        "--only", action="append", default=[], metavar="CHECK", help="Only this check; repeatable."
    )
    command.add_argument("--offline", action="store_true", help="Leave out checks that need a network.")
    add_format(command, "junit")
    add_engine(command)
    command.set_defaults(run=_test)

    about = "Print the packages of an image as a CycloneDX document; nothing of the image is run."
    command = commands.add_parser("sbom", help="Print the packages of an image.", description=about)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue, or a reference.")
    add_arch(command, required=True)
    add_engine(command)
    command.set_defaults(run=_sbom)


def _find(name: str, arch: str, engine: Engine) -> Subject:
    """Return the image, which is built or pulled if the engine lacks it."""
    from cibw_debian.engine.pull import pull  # noqa: PLC0415  (cold start)
    from cibw_debian.images.bases import Source  # noqa: PLC0415
    from cibw_debian.images.builder import build_image  # noqa: PLC0415
    from cibw_debian.images.contract.model import Subject  # noqa: PLC0415
    from cibw_debian.images.releases import Choice  # noqa: PLC0415
    from cibw_debian.settings import Settings  # noqa: PLC0415

    settings = open_settings()
    resolved, _ = resolve_image(open_catalogue(settings), name, arch)
    image, reference = resolved.image, resolved.reference
    local = engine.image(reference)
    if local is None:
        if image and image.built_here and reference == image.reference(arch):
            settings = settings or Settings()
            build_image(image, arch, source=Source.of(settings), choice=Choice.of(settings), engine=engine)
        else:
            pull(engine, reference, ARCHS[arch].oci)
        local = engine.image(reference)
    assert local  # noqa: S101  (one of both has ended with an error otherwise)
    return Subject(reference=reference, arch=arch, local=local, image=image)


def _test(args: Namespace) -> int:
    check_arch(args.arch)
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.doctor.require import require_emulation  # noqa: PLC0415
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415
    from cibw_debian.images.contract import report  # noqa: PLC0415
    from cibw_debian.images.contract.model import load_checks  # noqa: PLC0415
    from cibw_debian.images.contract.suite import run_checks  # noqa: PLC0415
    from cibw_debian.progress import ConsoleProgress  # noqa: PLC0415

    checks = load_checks(args.only)
    engine = Engine(read_wants(os.environ, engine=args.engine).engine)
    require_emulation(engine, (args.arch,))
    subject = _find(args.name, args.arch, engine)
    with ConsoleProgress(f"{args.name} {args.arch}") as progress:
        results = run_checks(subject, checks, engine=engine, offline=args.offline, progress=progress.activity)
    failed = report.failed(results)
    if args.format == "json":
        write_json(report.to_json(subject, results))
    elif args.format == "junit":
        echo(report.to_junit(subject, results))
    else:
        for line, indent in report.lines(results):
            echo(fold(line, width(), indent))
        if failed:
            names = ", ".join(dict.fromkeys(result.check.id for result in failed))
            raise ContractError(f"{subject.reference} does not keep the contract: {names}")
        note(f"{subject.reference} keeps the contract: {len(results)} checks")
    return ContractError.exit_code if failed else 0


def _sbom(args: Namespace) -> None:
    check_arch(args.arch)
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415
    from cibw_debian.images.sbom import make_sbom  # noqa: PLC0415

    engine = Engine(read_wants(os.environ, engine=args.engine).engine)
    engine.require()
    subject = _find(args.name, args.arch, engine)
    echo(make_sbom(subject.reference, subject.local, engine=engine))
