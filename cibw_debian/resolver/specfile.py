"""The build requirements of an rpm spec file, as `dnf builddep` installs them."""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..findings import Finding, Level
from . import actions
from .arguments import Spec
from .macros import UNKNOWN, Macros, UnreadableError, closing
from .model import NOTHING, PACKAGE, Answer, Target
from .suites import release

#: a larger file, in characters, is not read
LARGEST = 400_000
_LONGEST_LINE = 20_000
_MOST_REQUIREMENTS = 1_000
_MOST_NESTED = 500
_DEEPEST = 10

_CONDITION = r"\s*%(if|ifarch|ifnarch|ifos|ifnos|elif|elifarch|elifos|else|endif)\b(.*)"
_SECTIONS = (
    "build check changelog clean conf description files filetriggerin filetriggerpostun filetriggerun "
    "generate_buildrequires install package patchlist post posttrans postun postuntrans pre prep pretrans "
    "preun preuntrans sepolicy sourcelist transfiletriggerin transfiletriggerpostun transfiletriggerun "
    "trigger triggerin triggerpostun triggerprein triggerun verify verifyscript"
)
_SECTION = r"%([a-z_]+)\b"
_DEFINES = r"\s*%(?:global|define|undefine|bcond\w*|\{[!?]*\w+:\s*%|\{expand:)"
_TAG = r"\s*([A-Za-z]+)\s*(?:\([\w,]*\))?\s*:\s*(.*)"
_REQUIRED = frozenset({"buildrequires", "buildprereq"})
_TAGS = frozenset({"name", "version", "release", "epoch"})
_RELATION = r"[<>=]=?"
_WITH_RELATION = r"([<>=]=?).*"


class Requirement(NamedTuple):
    """What one word of a spec file asks for."""

    #: alternatives, the preferred first; each is all names that it needs
    choices: Tuple[Tuple[str, ...], ...]
    line: int
    #: what has to be there for it to be needed: `(a if b)`
    given: Tuple[str, ...] = ()
    #: whether the condition around it is known to hold
    certain: bool = True


class Problem(NamedTuple):
    """A line that only rpm can read."""

    line: int
    message: str
    #: something that is needed may be missing
    level: Optional[Level] = None


class _Branch(NamedTuple):
    """A branch of an `%if`; None stands for not known."""

    #: whether none of the branches before it, nor itself, holds
    open: Optional[bool]
    #: whether its lines count, with all that is around it
    live: Optional[bool]
    #: why that is not known
    doubts: Tuple[Problem, ...] = ()


def build_requirements(text: str, macros: Macros) -> Tuple[List[Requirement], List[Problem]]:
    """Return what a spec file needs for its build, and what of the file is not understood.

    Args:
        text: The spec file.
        macros: What is defined before it is read.

    Raises:
        UnreadableError: It is too long, or its macros do not come to an end.
    """
    reader = _Reader(macros)
    for line, part in _logical_lines(text):
        reader.read(line, part)
    return reader.requirements, list(reader.problems)


def _logical_lines(text: str) -> Iterator[Tuple[int, str]]:
    """Yield each line and its number; a line goes on behind a backslash, and inside the braces of a macro."""
    begin = depth = 0
    kept: List[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not kept:
            begin = number
            if line.lstrip().startswith("#"):
                continue
        kept.append(line)
        for brace in re.findall(r"%\{|\{|\}", line):
            if brace == "}":
                depth = max(0, depth - 1)
            elif depth or brace == "%{":
                depth += 1
        if not (depth or (line.endswith("\\") and kept[0].lstrip().startswith("%"))):
            yield begin, "\n".join(kept).replace("\\\n", "\n")
            kept = []
    yield begin, "\n".join(kept)


class _Reader:
    def __init__(self, macros: Macros) -> None:
        self._macros = macros
        self._branches = [_Branch(open=True, live=True)]
        self._preamble = True
        self.requirements: List[Requirement] = []
        #: each once
        self.problems: Dict[Problem, None] = {}

    def read(self, number: int, line: str) -> None:
        condition = re.match(_CONDITION, line, re.DOTALL)
        if condition:
            self._condition(condition[1], condition[2], number)
            return
        live = self._branches[-1].live
        if live is False:
            return
        section = re.match(_SECTION, line)
        if section and section[1] in _SECTIONS.split():
            self._preamble = section[1] == "package"
            return
        self._macros.uncertain = live is None
        if self._preamble:
            if len(line) > _LONGEST_LINE or len(self.requirements) > _MOST_REQUIREMENTS:
                raise UnreadableError
            self._tags(number, line)
        elif re.match(_DEFINES, line):
            self._macros.expand(line)

    def _condition(self, word: str, rest: str, number: int) -> None:
        before: Optional[bool] = True
        doubts: Tuple[Problem, ...] = ()
        if word.startswith("e"):
            if len(self._branches) == 1:
                return  # rpm refuses the file
            before, _, doubts = self._branches.pop()
        if word == "endif":
            return
        if len(self._branches) > _MOST_NESTED:
            raise UnreadableError
        around = self._branches[-1]
        holds = before
        if before is not False and around.live is not False and word != "else":
            holds = self._judge(word.replace("elif", "if"), rest)
            if holds is None:
                problem = Problem(number, f"whether %{word}{rest.rstrip()} holds is not known")
                doubts = (problem,)
            holds = _both(before, holds)
        after = _both(before, None if holds is None else not holds)
        live = _both(around.live, holds)
        self._branches.append(_Branch(after, live, around.doubts[-1:] + doubts if live is None else doubts))

    def _judge(self, word: str, rest: str) -> Optional[bool]:
        rest = re.sub(r"\s#.*", "", rest)
        if word == "if":
            value = self._macros.judge(self._macros.expand(rest))
            return None if value is None else bool(value)
        if word.endswith("os"):
            return ("linux" in rest.split()) is (word == "ifos")
        known = self._macros.is_machine(rest)
        return None if known is None else known is (word == "ifarch")

    def _tags(self, number: int, line: str) -> None:
        certain = self._branches[-1].live is True
        for part in self._macros.expand(line).split("\n"):
            if part.lstrip().startswith(("%include", "%load")):
                self.problems[Problem(number, f"{part.strip()} is not followed")] = None
            tag = re.match(_TAG, part)
            if not tag:
                continue
            name, value = tag[1].lower(), tag[2].strip()
            if name in _TAGS:
                self._macros.define(name, value)
                self._macros.define(name.upper(), value)
            elif name in _REQUIRED:
                self.problems.update(dict.fromkeys(self._branches[-1].doubts if not certain else ()))
                for choices, given in _dependencies(value):
                    if any(UNKNOWN in name for names in choices for name in names):
                        message = f"{line.strip()}: a part of this is known to rpm only"
                        self.problems[Problem(number, message, Level.ERROR if certain else None)] = None
                    else:
                        self.requirements.append(Requirement(choices, number, given, certain))


def _both(one: Optional[bool], other: Optional[bool]) -> Optional[bool]:
    return False if False in (one, other) else None if None in (one, other) else True


_Choices = Tuple[Tuple[str, ...], ...]
_Dependency = Tuple[_Choices, Tuple[str, ...]]


def _dependencies(value: str, depth: int = 0) -> List[_Dependency]:
    """Take a list of dependencies apart: the choices for each, and what has to be there for it."""
    found: List[_Dependency] = []
    words = list(_words(value))
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if re.match(_RELATION, word):
            at += re.fullmatch(_RELATION, word) is not None  # the version is a word of its own
        elif word.startswith("("):
            found += _boolean(word[1:-1], depth + 1)
        else:
            found.append((((re.sub(_WITH_RELATION, "", word),),), ()))
    return found


def _words(value: str) -> Iterator[str]:
    """Yield names, relations and versions; a boolean dependency in its parentheses is one word."""
    at = 0
    pattern = re.compile(r"[^\s,]+")
    while True:
        found = pattern.search(value, at)
        if not found:
            return
        at = found.end()
        if found[0].startswith("#"):
            return
        if found[0].startswith("("):
            end = closing(value, found.start())
            if end < 0:
                return
            at = end + 1
        yield value[found.start() : at]


def _boolean(inside: str, depth: int) -> List[_Dependency]:
    """Take a boolean dependency apart, where `a with b` is one package by two names.

    `a or b`, `a and b`, `a with b`, `a without b`, `a if b else c`, `a unless b`.
    """
    if depth > _DEEPEST:
        return []
    parts: List[List[str]] = [[]]
    operators: List[str] = []
    for word in _words(inside):
        if word in {"and", "or", "if", "else", "unless", "with", "without"}:
            operators.append(word)
            parts.append([])
        else:
            parts[-1].append(word)
    operands = [_dependencies(" ".join(words), depth) for words in parts]
    if "or" in operators or operators[:1] == ["with"]:
        return [(tuple(dict.fromkeys(map(_names, operands))), ())]
    if operators[:1] in (["if"], ["unless"]):
        given = _names(operands[1])
        chosen = operands[0] + [found for other in operands[2:] for found in other]
        return [(choices, (*given, *more)) for choices, more in chosen]
    if operators[:1] == ["without"]:
        return operands[0]
    return [found for operand in operands for found in operand]


def _names(dependencies: List[_Dependency]) -> Tuple[str, ...]:
    return tuple(name for choices, _ in dependencies for name in choices[0])


def with_requirements(
    request: actions.Request,
    read: Callable[[str], Optional[str]],
    resolve: Callable[[str], Answer],
    target: Target,
) -> actions.Request:
    """Put a spec file's build requirements into a request that names the file.

    Args:
        request: Any request; one without a spec file is returned as it is.
        read: Returns the text of a file, None if it is not there.
        resolve: Answers for a name.
        target: Where the packages are to be installed.
    """
    if request.action != actions.BUILD_REQUIREMENTS:
        return request
    findings = [*request.findings]
    specs: Dict[str, Spec] = {}
    for file in request.specs:
        found, more = _file_requirements(file, request, read, target)
        findings += more
        certain = {name for one in found if one.certain and not one.given for name in one.choices[0]}
        for requirement in found:
            names = _chosen(requirement, certain, resolve)
            if names is None:
                left = " or ".join(map(" and ".join, requirement.choices))
                message = f"{file.text}:{requirement.line} asks for {left} under a condition: left out"
                findings.append(Finding.of("spec-condition", message, word=file.word, level=Level.NOTE))
            for name in names or ():
                specs.setdefault(name, Spec(name, file.word, f"{file.text}:{requirement.line}"))
    refused = any(found.level is Level.ERROR for found in findings)
    action = actions.REFUSE if refused else actions.INSTALL if specs else actions.DROP
    return request._replace(action=action, specs=tuple(specs.values()), findings=tuple(findings))


def _file_requirements(
    file: Spec, request: actions.Request, read: Callable[[str], Optional[str]], target: Target
) -> Tuple[List[Requirement], List[Finding]]:
    text = read(file.text)
    if text is None or len(text) > LARGEST:
        what = "cannot be read" if text is None else "is too large to be read"
        message = f"{file.text} {what} here, so that nobody knows what its build needs"
        return [], [Finding.of("spec-file", message, word=file.word)]
    macros = Macros(release(target.suite), target.deb_arch)
    for name, value in request.macros:
        macros.define(name, value)
    try:
        found, problems = build_requirements(text, macros)
    except UnreadableError:
        message = f"{file.text} is too long, or its macros do not come to an end"
        return [], [Finding.of("spec-file", message, word=file.word)]
    findings = [
        Finding.of(
            "spec-condition",
            f"{file.text}:{problem.line}: {problem.message}",
            word=file.word,
            level=problem.level,
        )
        for problem in problems
    ]
    if not found and not findings:
        message = f"{file.text} needs nothing for its build"
        findings.append(Finding.of("nothing-to-install", message, word=file.word))
    return found, findings


def _chosen(
    requirement: Requirement, certain: set[str], resolve: Callable[[str], Answer]
) -> Optional[Tuple[str, ...]]:
    """Return the names to install, None for those that are unknown and that nobody may need."""
    for names in requirement.choices:
        if all(resolve(name).status in (PACKAGE, NOTHING) for name in names):
            return names
    needed = requirement.certain and certain.issuperset(requirement.given)
    return requirement.choices[0] if needed else None
