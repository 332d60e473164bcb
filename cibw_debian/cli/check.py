"""`cibw-debian check`."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cibw_debian.cli.explain import check_code
from cibw_debian.cli.parser import command_parser
from cibw_debian.cli.project import open_catalogue, open_names, open_settings, read_file
from cibw_debian.cli.target import DEFAULT_ARCH, Where, add_target, require_apt, tell
from cibw_debian.errors import ConfigurationError, TranslationError
from cibw_debian.findings import Level
from cibw_debian.terminal import echo, fold, is_verbose, note, width, write_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from cibw_debian.check.check import Report
    from cibw_debian.cli.parser import Parser
    from cibw_debian.findings import Finding
    from cibw_debian.images.catalogue import Image
    from cibw_debian.settings import Settings

_DESCRIPTION = """\
Check hooks without a container or a network: in pyproject.toml and other TOML
files of cibuildwheel, in workflow and GitLab files (variables CIBW_...), and in
shell scripts.

Without FILE, those of the current directory: pyproject.toml, cibuildwheel.toml,
.github/workflows/*.yml, .gitlab-ci.yml, and the scripts that their hooks call.

Names are looked up for the images that these files choose, by options such as
manylinux-armv7l-image; where they choose none, for bookworm. --suite, --image
and --arch choose others.

Notes are shown with -v. A comment `# cibw-debian: ignore CODE` leaves a finding
out, in its line or alone in the line above.
"""
_EXAMPLES = """\
cibw-debian check
cibw-debian check --fail-on warning pyproject.toml ci/deps.sh
cibw-debian check --format sarif > hooks.sarif
"""
#: an option for the image of an arch, or its variable
_NAMES_IMAGE = re.compile(r"manylinux-\w+-image|MANYLINUX_\w+_IMAGE")
_LEVELS = [level.value for level in Level]


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    from cibw_debian.check.check import check_file, merge  # noqa: PLC0415  (cold start)
    from cibw_debian.check.names import named_images  # noqa: PLC0415

    settings = open_settings()
    strict = settings.strict if settings else True
    companion = args.companion and not (settings and settings.companion is False)
    files = list(_files(args.files))
    chooses = args.suite is None and args.image is None
    others = _configuration() if chooses else ()
    configuration = [(path, text) for path, text in (*files, *others) if _NAMES_IMAGE.search(text)]
    own = settings.manylinux_images if settings else {}
    catalogue = open_catalogue(settings) if configuration or own else None
    images = named_images(dict(configuration), settings, catalogue) if chooses and catalogue else ()
    names = {where: open_names(where.target, settings) for where in _chosen(args, settings, images)}
    checked = partial(check_file, strict=strict, companion=companion, read=read_file, catalogue=catalogue)
    reports: list[Report] = []
    for path, text in files:
        report = merge({w.name: checked(path, text, these, arch=w.arch) for w, these in names.items()})
        chosen = tuple(found for found in report.findings if _is_chosen(found, args))
        reports.append(report._replace(findings=chosen))
    bad = _LEVELS[: _LEVELS.index(args.fail_on) + 1]
    _write(reports, args.format, bad)
    failed = any(finding.level in bad for report in reports for finding in report.findings)
    return TranslationError.exit_code if failed else 0


def make_parser() -> Parser:
    parser = command_parser("check", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("files", metavar="FILE", nargs="*", help="What to check.")
    parser.add_argument("--select", type=_codes, default=[], metavar="CODES", help="Only these: CODE,CODE.")
    parser.add_argument("--ignore", type=_codes, default=[], metavar="CODES", help="Not these.")
    parser.add_argument(
        "--fail-on",
        choices=_LEVELS,
        default=Level.ERROR.value,
        help="From this level on, the exit code is 43. [default: %(default)s]",
    )
    parser.add_argument(
        "--no-companion",
        dest="companion",
        action="store_false",
        help="Let what the companion answers in `run` be errors.",
    )
    add_target(parser)
    parser.set_defaults(arch=None)
    parser.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif", "junit"),
        default="text",
        help="What standard output gets. [default: %(default)s]",
    )
    return parser


def _chosen(
    args: Namespace, settings: Settings | None, images: Iterable[tuple[str, Image]]
) -> Sequence[Where]:
    """Return where names are to be right: in the images that the project names, or where options say.

    Raises:
        Others: As `require_apt`.
    """
    apt = ((arch, image) for arch, image in images if image.package_manager == "apt")
    found = dict.fromkeys(Where(image.suite, arch) for arch, image in apt if args.arch in {None, arch})
    if not found:
        args.arch = args.arch or DEFAULT_ARCH
        return [require_apt(args, settings)]
    for where in found:
        tell(args, where)
    return list(found)


def _is_chosen(finding: Finding, args: Namespace) -> bool:
    if finding.level is Level.NOTE and not (is_verbose() or args.fail_on == Level.NOTE):
        return False
    return finding.code not in args.ignore and (not args.select or finding.code in args.select)


def _codes(text: str) -> list[str]:
    return [check_code(code.strip()) for code in text.split(",") if code.strip()]


def _files(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names and contents of the files to check, each once.

    Raises:
        ConfigurationError: A file cannot be read, or there is none.
    """
    waiting = list(paths) or list(_usual())
    if not waiting:
        raise ConfigurationError(
            "there is nothing to check here: no pyproject.toml, no workflow, no .gitlab-ci.yml",
            hint="Name files: `cibw-debian check ci/deps.sh`.",
        )
    seen = set()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        text = _read(path)
        yield path, text
        if not paths:
            waiting += _called(path, text)


def _usual() -> Iterator[str]:
    from pathlib import Path  # noqa: PLC0415  (cold start)

    patterns = ("pyproject.toml", "cibuildwheel.toml", ".github/workflows/*.y*ml", ".gitlab-ci.yml")
    for pattern in patterns:
        yield from sorted(map(str, Path().glob(pattern)))


def _configuration() -> Iterator[tuple[str, str]]:
    """Yield the files of the current directory that may name images; who checks them says what is wrong."""
    for path in _usual():
        with suppress(ConfigurationError):
            yield path, _read(path)


def _called(path: str, text: str) -> Iterator[str]:
    """Yield the scripts of the project that the hooks or the script of a file call."""
    from cibw_debian.check.texts import texts_in  # noqa: PLC0415  (cold start)
    from cibw_debian.hooks.runtime_only import called_scripts  # noqa: PLC0415

    for found in texts_in(text, path):
        yield from filter(os.path.isfile, called_scripts(found.text))


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (cold start: without pathlib)
            return file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        hint = "Go into the directory, and name no file." if os.path.isdir(path) else ""  # noqa: PTH112
        raise ConfigurationError(f"cannot read {path}: {error.strerror}", hint=hint) from error


def _write(reports: Sequence[Report], form: str, bad: Sequence[str]) -> None:
    from cibw_debian.check import formats  # noqa: PLC0415  (cold start)

    match form:
        case "json":
            write_json(formats.to_json(reports))
        case "github":
            for line in formats.to_github(reports):
                echo(line)
        case "sarif":
            echo(formats.to_sarif(reports))
        case "junit":
            echo(formats.to_junit(reports, bad))
        case _:
            _write_text(reports)


def _write_text(reports: Sequence[Report]) -> None:
    from cibw_debian.hooks.show import show  # noqa: PLC0415  (cold start)

    columns = width(sys.stdout)
    for report in reports:
        for finding in report.findings:
            first, *excerpt = show(finding, report.file, report.path, width=(columns or 104) - 4)
            echo("\n".join((fold(first, columns, 2), *excerpt)))
    levels = [finding.level for report in reports for finding in report.findings]
    counts = [_count(levels.count(level), level.value) for level in Level if level in levels]
    looked = sum(len(report.texts) for report in reports)
    where = f"{_count(looked, 'hook or script', 'hooks and scripts')} in {_count(len(reports), 'file')}"
    note(f"{', '.join(counts) or 'nothing to say'}: {where}")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
