"""Find hooks, names of images and archs in a file, and where each stands. Pure but for its parsers."""

from __future__ import annotations

import functools
import re
from difflib import get_close_matches
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from cibw_debian import settings
from cibw_debian.cibw.adapter import HOOKS, TEXTS
from cibw_debian.cibw.options import option_names, variable_names, variable_of
from cibw_debian.errors import ConfigurationError
from cibw_debian.platforms import ARCHS
from cibw_debian.settings import IMAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ARCHS_OPTION = "archs"
#: of a key or variable that looks like an option of cibuildwheel's or of ours, and is none
UNKNOWN_OPTION = "(unknown)"
_OPTIONS = (*HOOKS, *TEXTS, *IMAGE_KEYS, ARCHS_OPTION)
#: `CIBW_BEFORE_ALL_LINUX` and the like; those of other systems are no hooks of Linux containers
_VARIABLES = {
    f"{variable_of(option)}{system}": option for option in _OPTIONS for system in ("", "_LINUX")
} | {settings.variable_of(key): key for key in IMAGE_KEYS}
#: the action whose input `archs` is looked at
_ACTION = "cibw-debian/cibw-debian@"
#: a selector of builds that are none of ours
_ELSEWHERE = re.compile(r"\S*(?:musllinux|macos|win|ios|android|pyodide)\S*")
_ARCH = re.compile("|".join(ARCHS))
_ALL: frozenset[str] = frozenset()
#: a selector with this in it does not select all builds of an arch
_SOME_BUILDS = re.compile(r"cp|pp|gp|musl")
_NULL = "tag:yaml.org,2002:null"
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
#: from this ratio on, a variable counts as a misspelling of another one
_ALIKE = 0.9
_MATRIX = re.compile(r"\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*")


class Text(NamedTuple):
    """A hook or script in a file, or a name of an image, of archs or of an unknown option."""

    #: option of cibuildwheel, or UNKNOWN_OPTION; empty for a script
    option: str
    #: what the shell gets, or the name
    text: str
    #: start and end of the place in the file that says it, in characters
    place: tuple[int, int]
    #: archs of the builds that it is for; empty for all
    archs: frozenset[str] = frozenset()

    @property
    def runs(self) -> bool:
        """Whether a shell runs it."""
        return self.option not in {*IMAGE_KEYS, ARCHS_OPTION, UNKNOWN_OPTION}


@functools.cache
def texts_in(file: str, path: str) -> tuple[Text, ...]:
    """Find the texts of a file by its kind: TOML, YAML, or a shell script. Each file is parsed once.

    Args:
        file: The content.
        path: Its name, which tells the kind.

    Raises:
        ConfigurationError: The file is not what its name says.
    """
    if path.endswith(".toml"):
        return tuple(_in_toml(file, path))
    if path.endswith((".yml", ".yaml")):
        return tuple(_in_yaml(file, path))
    return (Text("", file, (0, len(file))),)


def _in_toml(file: str, path: str) -> Iterator[Text]:
    import tomlkit  # noqa: PLC0415  (cold start)
    from tomlkit.exceptions import ParseError  # noqa: PLC0415

    try:
        tool: Any = tomlkit.parse(file).get("tool", {})
        table, own = tool.get("cibuildwheel", {}), tool.get("cibw-debian", {})
    except (ParseError, AttributeError) as error:
        reason = str(error).replace("Unexpected character: '\\x00'", "Unexpected end of the file")
        raise ConfigurationError(f"{path}: not a TOML file with tables: {reason}") from error
    used: set[int] = set()
    known = option_names()
    for section, archs in (*_sections(table), (own if isinstance(own, dict) else {}, _ALL)):
        for key in section:
            if known and section is not own and key not in known:
                yield Text(UNKNOWN_OPTION, key, _key(file, key, used))
        for option in IMAGE_KEYS if section is own else _OPTIONS:
            value = section.get(option)
            strings = [string for _, string in _strings(value)]
            if not strings:
                continue
            raws = [string.as_string() for string in strings]
            start = _behind_key(file, option, raws[0], used)
            places = []
            for raw in raws:
                start = max(file.find(raw, start), 0)
                places.append((start, start + len(raw)))
                start += len(raw)
            if option in IMAGE_KEYS or option == ARCHS_OPTION:
                yield from (Text(option, str(string), at) for string, at in zip(strings, places, strict=True))
                continue
            place = places[0][0], places[-1][1]
            # The key belongs to the place: a comment above it is about the whole hook.
            place = max(0, file.rfind(option, 0, place[0])), place[1]
            of = archs if "select" in section else frozenset(ARCHS) - _replaced(table, option)
            if isinstance(value, list):
                yield Text(option, " && ".join(strings), place, of)
            else:
                assignments = (
                    f'{name}="{string}"' if name else str(string) for name, string in _strings(value)
                )
                yield Text(option, "\n".join(assignments), place, of)


def _behind_key(file: str, option: str, raw: str, used: set[int]) -> int:
    """Return where to look for the value of an option, behind a key that no other value has used yet."""
    ends = [found.end() for found in re.finditer(rf"(?<![\w-]){option}[\"']?\s*[=\]]", file)]
    for end, following in pairwise((*ends, len(file))):
        if end not in used and file.find(raw, end, following) >= 0:
            used.add(end)
            return end
    return 0


def _key(file: str, key: str, used: set[int]) -> tuple[int, int]:
    """Return the place of a key in a TOML file that no other key has used yet, or else the table's place."""
    table = max(0, file.find("tool.cibuildwheel"))
    pattern = rf"(?m)(?:^|[{{,.\[])\s*[\"']?({re.escape(key)})[\"']?\s*(?:[=.\]])"
    for found in re.compile(pattern).finditer(file, table):
        if found.start(1) not in used:
            used.add(found.start(1))
            return found.span(1)
    return table, table + len("tool.cibuildwheel")


def _sections(table: Any) -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield the tables with options of Linux builds, each with the archs that it is for, or none for all."""
    linux = table.get("linux", {}) if isinstance(table, dict) else {}
    for section in (table, linux):
        if isinstance(section, dict):
            yield section, _ALL
    for override in _overrides(table):
        patterns = _patterns(override)
        if not patterns or not all(map(_ELSEWHERE.fullmatch, patterns)):
            archs = [_ARCH.findall(pattern) for pattern in patterns]
            yield override, frozenset(chain(*archs)) if all(archs) else _ALL


def _overrides(table: Any) -> list[Any]:
    overrides = table.get("overrides", []) if isinstance(table, dict) else []
    return [o for o in overrides if isinstance(o, dict)] if isinstance(overrides, list) else []


def _patterns(override: Any) -> list[str]:
    select = override.get("select", "")
    if isinstance(select, str):
        return select.split()
    return [p for p in select if isinstance(p, str)] if isinstance(select, list) else []


def _replaced(table: Any, option: str) -> set[str]:
    """Return the archs for all of whose builds an override replaces an option."""
    return {
        arch
        for override in _overrides(table)
        if option in override
        for pattern in _patterns(override)
        if not _SOME_BUILDS.search(pattern)
        for arch in _ARCH.findall(pattern)
    }


def _strings(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the strings of an option's value: itself, those of a list, those of a table with their keys."""
    if isinstance(value, dict):
        yield from ((str(key), v) for key, v in value.items() if isinstance(v, str))
    elif isinstance(value, list):
        yield from (("", v) for v in value if isinstance(v, str))
    elif isinstance(value, str):
        yield "", value


def _in_yaml(file: str, path: str) -> Iterator[Text]:
    import yaml  # noqa: PLC0415  (cold start)

    try:
        documents = list(yaml.compose_all(file, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConfigurationError(f"{path}: not a YAML file: {reason}") from error
    pairs = [pair for document in documents for pair in _pairs(document)]
    from_matrix: dict[str, str] = {}
    for key, value in pairs:
        option = _VARIABLES.get(key, "")
        match = _MATRIX.fullmatch(value.value)
        if option in {*HOOKS, *TEXTS} and match:
            from_matrix[match[1]] = option
        elif option:
            yield _yaml_text(option, value)
        elif _is_misspelt(key) and not re.search(rf"\b{re.escape(key)}\b(?!\s*:)", file):
            yield Text(UNKNOWN_OPTION, key, (value.start_mark.index, value.end_mark.index))
    for key, value in pairs:
        if key in from_matrix:
            yield _yaml_text(from_matrix[key], value)


def _is_misspelt(key: str) -> bool:
    """Tell whether a key of a YAML file is nearly a variable of cibuildwheel's or of ours, and is none."""
    if not key.startswith("CIBW_") or key in known_variables() or not option_names():
        return False
    return bool(get_close_matches(key, known_variables(), n=1, cutoff=_ALIKE))


@functools.cache
def known_variables() -> frozenset[str]:
    """Return the variables that cibuildwheel or cibw-debian reads."""
    return variable_names() | set(map(settings.variable_of, settings.KEYS))


def _yaml_text(option: str, node: Any) -> Text:
    # An expression is known only in CI: like a variable for the shell.
    text = _EXPRESSION.sub(lambda match: "$" + "_".join(re.findall(r"\w+", match[0])), node.value)
    return Text(option, text, (node.start_mark.index, node.end_mark.index))


def _pairs(document: Any) -> Iterable[tuple[str, Any]]:
    """Yield every key with text as its value, in the order of the file; an anchor's content once."""
    stack, seen = [document], set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "sequence":
            stack += reversed(node.value)
        elif node.id == "mapping":
            for key, value in node.value:
                text = _value(value)
                if key.id == "scalar" and _is_text(text):
                    yield key.value, text
            yield from _input_of_action(node)
            stack += (value for _, value in reversed(node.value))


def _is_text(node: Any) -> bool:
    return bool(node.id == "scalar" and node.tag != _NULL)


def _input_of_action(step: Any) -> Iterator[tuple[str, Any]]:
    """Yield the input `archs` of a step with our action, as the variable that it stands for."""
    keys = {key.value: value for key, value in step.value if key.id == "scalar"}
    uses, given = keys.get("uses"), keys.get("with")
    if uses and given and str(uses.value).startswith(_ACTION) and given.id == "mapping":
        for key, value in given.value:
            if key.value == ARCHS_OPTION and _is_text(value):
                yield "CIBW_ARCHS", value


def _value(node: Any) -> Any:
    """Return what a variable is set to; GitLab also has `CIBW_BEFORE_ALL: {value: ..., description: ...}`."""
    inner = node.value if node.id == "mapping" else []
    return next((value for key, value in inner if key.value == "value"), node)
