"""Translate dnf, yum and microdnf commands to apt-get; every other byte of a hook or script stays."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.advice import advice, runs_on, scripts_on_input
from cibw_debian.hooks.collections import NAMES, Enabled, bare, enabled, nothing_to_enable
from cibw_debian.hooks.command import SHELLS, alone, inner_script, read_command
from cibw_debian.hooks.flow import After, Flow, Place, known_effect, outside_lists
from cibw_debian.hooks.guards import ALLOWED_TO_FAIL, ANOTHER_MACHINE, ANOTHER_WAY
from cibw_debian.hooks.own_branch import has_own_branch, only_asks
from cibw_debian.hooks.rendering import Renderer, errexit
from cibw_debian.hooks.shell import (
    Edit,
    Quoted,
    Script,
    Spans,
    TooManyPipes,
    open_quotes,
    problem_near,
    splice,
)
from cibw_debian.hooks.suspects import INTERESTING, LINTED, RHEL_ONLY, SUSPECT
from cibw_debian.hooks.translation import TranslatedCommand, Translation, drop_within, first_alike
from cibw_debian.platforms import arch_of_deb
from cibw_debian.resolver import apt, dnf
from cibw_debian.resolver.actions import BUILD_REQUIREMENTS
from cibw_debian.resolver.model import UNKNOWN, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Word
    from cibw_debian.hooks.translation import Names
    from cibw_debian.resolver.actions import Request


class Style(StrEnum):
    """How commands are rendered."""

    #: short, with the options that the user wrote: for reading and for pasting
    PLAIN = "plain"
    #: never asks, retries downloads, leaves recommended packages out: for running unattended
    ROBUST = "robust"


MAX_UNKNOWN = 20  # a hook with more unknown names is no list of packages
_MANAGERS = frozenset(dnf.PROGRAMS)
_MENTIONED = re.compile(r"(?<![\w.-])(?:" + "|".join(map(re.escape, _MANAGERS)) + r")(?![\w.-])")
_BASH_SHEBANG = r"#!.*\b(?:bash|zsh|ksh)\b"


def translate(
    text: str,
    resolver: Names,
    *,
    style: Style = Style.PLAIN,
    strict: bool = True,
    answered: bool = False,
    fresh: bool = False,
    read: Callable[[str], str | None] = lambda _: None,
) -> Translation:
    """Translate a hook or a script.

    Args:
        text: Shell text, as a hook or a file has it.
        resolver: Knows the Debian names of one target.
        style: How the commands are rendered.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
        answered: The companion is in the container: the branch behind a question for dnf runs there.
        fresh: The lists of packages are there when the hook starts.
        read: Gives the text of a file that the hook names, None where there is none.

    Returns:
        The text with every dnf command translated, or, with an error among the findings, as it was.
    """
    if not any(part in text for part in INTERESTING):
        return Translation(original=text, translated=text)
    try:
        translator = _Translator(
            text, resolver, style=style, strict=strict, errexit=errexit(text), answered=answered, read=read
        )
        translator.run(fresh, Place())
    except (RecursionError, TooManyPipes):
        message = "this is nested too deeply, or has too many commands joined by &&, || and |"
        found = Finding.of("shell-syntax", message, span=(0, len(text)))
        return Translation(original=text, translated=text, findings=(found,))
    if translator.marked or any(part in text for part in SUSPECT):
        # A pattern that few hooks need is compiled here.
        translator.walk(posix_sh=not re.match(_BASH_SHEBANG, text))
    findings = first_alike(translator.findings, text)
    answers = tuple(dict.fromkeys(translator.answers))
    if any(finding.level is Level.ERROR for finding in findings):
        return Translation(original=text, translated=text, findings=findings, answers=answers)
    changes = sorted(translator.changes, key=lambda change: change[0])
    return Translation(
        original=text,
        translated=splice(text, (edit for edit, _ in changes)),
        commands=tuple(
            TranslatedCommand(
                original=text[edit.start : edit.end],
                translated=edit.render(text),
                span=(edit.start, edit.end),
                packages=packages,
            )
            for edit, packages in changes
        ),
        findings=findings,
        answers=answers,
    )


class _Translator:
    """Translates one script, and the scripts in its strings by means of further translators."""

    def __init__(
        self,
        text: str,
        resolver: Names,
        *,
        style: Style,
        strict: bool,
        errexit: bool,
        answered: bool,
        read: Callable[[str], str | None],
        own_branch: bool = False,
    ) -> None:
        self.script = Script(text)
        self.resolver = resolver
        self.arch = arch_of_deb(resolver.target.deb_arch)
        self.robust = style is Style.ROBUST
        self.strict = strict
        self.answered = answered
        self.read = read
        self.own_branch = own_branch or has_own_branch(self.script)
        self.runs = {"answered": answered, "own_branch": self.own_branch}
        self.renderer = Renderer(self.script, robust=self.robust, errexit=errexit)
        self.changes: list[tuple[Edit, tuple[Answer, ...]]] = []
        self.findings: list[Finding] = []
        self.answers: list[Answer] = []
        self.unknown: set[str] = set()
        self.marked = any(mark in text for mark in RHEL_ONLY)
        #: RHEL's name of a command -> Debian's
        self.names: Mapping[str, str] = getattr(resolver, "commands", {}) if self.marked else {}

    def run(self, fresh: bool, place: Place) -> After:
        if self.script.root.has_error and (problem := problem_near(self.script, _MENTIONED)):
            self._find("shell-syntax", *problem)
            return After(fresh, fresh)
        machine = self.arch.name if self.arch else ""
        after = Flow(self.script, self._visit, machine, **self.runs).run(fresh, place)
        if self.marked:
            self._values()
        return after

    def _values(self) -> None:
        from cibw_debian.hooks.rhel_files import values  # noqa: PLC0415  (cold start)

        changed = self._changed()
        for change in values(self.script):
            if not changed.meet(*change.finding.span):
                self.changes += ((edit, ()) for edit in change.edits)
                self.findings.append(change.finding)

    def _changed(self) -> Spans:
        return Spans((edit.start, edit.end) for edit, _ in self.changes)

    def _visit(self, node: Node, place: Place, fresh: bool) -> After:
        command = read_command(self.script, node, place.redirects)
        if command is None:
            return After(fresh, fresh)
        after = self._command(command, place, fresh)
        return After(None, None, after.dropped) if command.ends_shell else after

    def walk(self, *, posix_sh: bool) -> None:
        from cibw_debian.hooks import lint  # noqa: PLC0415  (cold start)

        triplet = self.arch.triplet if self.arch else "<triplet>"
        changed = self._changed()
        for found in lint.tree_findings(
            self.script, posix_sh=posix_sh, triplet=triplet, names=self.names, **self.runs
        ):
            if not changed.hold(*found.span):
                self.findings.append(found)
        if re.search("release|ID|PRETTY_NAME|uname|(?i:arch)", self.script.text):
            from cibw_debian.hooks import distribution, unknown_machine  # noqa: PLC0415  (cold start)

            self.findings += distribution.unknown_stops(self.script, self.resolver.target.suite)
            if self.arch:
                self.findings += unknown_machine.machine_stops(self.script, self.arch.name)

    def _find(self, code: str, message: str, span: tuple[int, int]) -> None:
        self.findings.append(Finding.of(code, message, span=span))

    def _command(self, command: SimpleCommand, place: Place, fresh: bool) -> After:
        if command.runs_on:
            text = self.script.text[command.start : command.end]
            if self.marked or any(part in text for part in INTERESTING):
                self.findings.append(runs_on(command))
            return After(fresh, fresh)
        if command.program in _MANAGERS:
            return self._manager(command, place, fresh)
        collection = enabled(command)
        if collection is not None:
            return self._enabled(collection, command, place, fresh)
        if command.program in {"apt-get", "apt"} and place.guarded != ANOTHER_MACHINE:
            self._own_apt(command)
        effect = self._about_rhel(command, place, fresh) or known_effect(command, fresh)
        if effect is not None:
            return effect
        inner = inner_script(command)
        if inner is not None:
            return self._inner(inner, command, place, fresh)
        if command.program in LINTED or any(word.text in _MANAGERS for word in command.arguments):
            self._lint(command, place)
        if command.program in SHELLS:
            self.findings += scripts_on_input(self.script, command, place.redirects, _MENTIONED)
        return After(fresh, fresh)

    def _about_rhel(self, command: SimpleCommand, place: Place, fresh: bool) -> After | None:
        if not self.marked and command.program != "rpm":
            return None
        from cibw_debian.hooks import rhel_commands  # noqa: PLC0415  (cold start)

        asked = place.after == "||" or (place.tested and not place.after)
        change = rhel_commands.about(command, self.script, self.names, asked=asked, captured=place.captured)
        if change is None:
            return None
        span = (command.start, command.end)
        if not change.edits:
            self._forget(*span)
            return self._replace(command, apt.Plan(None, (change.finding,)), (), place, fresh)
        self.changes += ((edit, ()) for edit in change.edits)
        self.findings.append(change.finding._replace(span=span))
        return After(fresh, fresh)

    def _forget(self, start: int, end: int) -> None:
        """Take back what was found and changed within a place that goes away: the last things."""
        drop_within(self.changes, start, end, lambda change: (change[0].start, change[0].end))
        drop_within(self.findings, start, end, lambda found: found.span)

    def _lint(self, command: SimpleCommand, place: Place) -> None:
        from cibw_debian.hooks import lint  # noqa: PLC0415  (cold start)

        findings = lint.command_findings(command, _MANAGERS, answered=self.answered)
        self.findings += (self._at(place, found) for found in findings)

    def _own_apt(self, command: SimpleCommand) -> None:
        if lacks := getattr(self.resolver, "lacks", None):
            from cibw_debian.hooks import lint  # noqa: PLC0415  (cold start)

            self.findings += lint.missing_debs(command, self.script, self.resolver.target.suite, lacks)

    def _inner(self, word: Word, command: SimpleCommand, place: Place, fresh: bool) -> After:
        if (quoted := open_quotes(word)) is None:
            if _MENTIONED.search(word.raw):
                message = "this string is put together while the hook runs: it cannot be translated"
                found = Finding.of("opaque-string", message, span=word.span)
                self.findings.append(self._at(place, found))
            return After(fresh, fresh)
        options = " ".join(argument.raw for argument in command.arguments if argument.start < word.start)
        inner = _Translator(
            quoted.text,
            self.resolver,
            style=Style.ROBUST if self.robust else Style.PLAIN,
            strict=self.strict,
            errexit=bool(re.search(r"(?:^|\s)-\w*e", options)) or errexit(quoted.text),
            answered=self.answered,
            read=self.read,
            own_branch=self.own_branch,
        )
        inner.unknown = self.unknown
        after = inner.run(fresh, Place(captured=place.captured, guarded=place.guarded))
        self._adopt(inner, quoted)
        # A trap runs at another time than where it stands.
        return After(fresh, fresh) if command.program == "trap" else after

    def _enabled(self, collection: Enabled, command: SimpleCommand, place: Place, fresh: bool) -> After:
        """Leave out that a collection is enabled, and keep what was to run with it."""
        program = command.words[command.program_index]
        script = collection.script
        edit = None
        if collection.renamed:
            edit = Edit(program.start, program.end, (collection.renamed,))
        elif collection.reads_script and place.redirects:
            edit = Edit(program.start, command.end, ("bash",))
        elif script is not None and not _MENTIONED.search(script.raw):
            edit = bare(command, script)
        if edit is not None:
            return self._keep(command, edit, place, fresh)
        if collection.command_at:
            words = command.words[collection.command_at :]
            self._keep(command, Edit(program.start, words[0].start, ()), place, fresh)
            return self._command(alone(words, command), outside_lists(place), fresh)
        if self.answered and re.fullmatch(r"[\w.-]+", collection.sourced) and collection.sourced not in NAMES:
            message = f"the companion does not know the collection {collection.sourced}: this line fails"
            self._find("software-collection", message, (command.start, command.end))
            return After(fresh, fresh)
        if script is None:
            return self._replace(command, apt.Plan(None, (nothing_to_enable(),)), (), place, fresh)
        self._keep(command, Edit(program.start, script.start, ("bash -c ",)), place, fresh)
        return self._inner(script, command, place, fresh)

    def _keep(self, command: SimpleCommand, edit: Edit, place: Place, fresh: bool) -> After:
        self.findings.append(self._at(place, nothing_to_enable()._replace(span=(command.start, command.end))))
        self.changes.append((edit, ()))
        return After(fresh, fresh)

    def _adopt(self, inner: _Translator, quoted: Quoted) -> None:
        self.answers += inner.answers
        self.changes += [(quoted.outer_edit(edit), packages) for edit, packages in inner.changes]
        self.findings += [found._replace(span=quoted.outer_span(found.span)) for found in inner.findings]

    def _manager(self, command: SimpleCommand, place: Place, fresh: bool) -> After:
        if len(self.unknown) == MAX_UNKNOWN:
            return After(fresh, fresh)
        dynamic = [word for word in command.arguments if not word.values]
        if dynamic and "-release" in self.script.text:
            from cibw_debian.hooks.rhel_commands import with_release_files  # noqa: PLC0415  (cold start)

            command = with_release_files(command)
            still = [word for word in command.arguments if not word.values]
            for word in sorted({*dynamic} - {*still}, key=lambda word: word.start, reverse=True):
                self._forget(*word.span)
            dynamic = still
        if dynamic:
            message = (
                f"{command.program} gets {dynamic[0].raw}, which only the running shell knows: "
                "write the names out, or leave the command to the companion at run time"
            )
            found = Finding.of("shell-variable", message, span=dynamic[0].span)
            self.findings.append(self._at(place, found))
            return After(fresh, fresh)
        request = dnf.parse(command.program, [value for word in command.arguments for value in word.values])
        if self.own_branch and place.guarded == ANOTHER_WAY and place.tested and only_asks(request):
            message = f"asks whether {command.program} is there: the answer of a Debian image is no"
            found = Finding.of("probe", message, span=(command.start, command.end))
            self.findings.append(self._at(place, found))
            return After(fresh, fresh)
        request, answers = self._answers(request, command)
        self.answers += answers.values()
        # What may fail gets what there is: the names that nobody knows are left out.
        strict = self.strict and place.guarded != ALLOWED_TO_FAIL
        plan = apt.plan(request, answers, robust=self.robust, strict=strict)
        self.findings += advice(command, request, answers, None if self.robust else plan)
        return self._replace(command, plan, tuple(answers.values()), place, fresh)

    def _answers(self, request: Request, command: SimpleCommand) -> tuple[Request, dict[str, Answer]]:
        """Look names up until too many are unknown; the request is cut off behind them."""
        if request.action == BUILD_REQUIREMENTS:
            from cibw_debian.hooks.directories import reading_from  # noqa: PLC0415  (cold start)
            from cibw_debian.resolver.specfile import with_requirements  # noqa: PLC0415

            read = reading_from(self.read, self.script.text, command.start)
            request = with_requirements(request, read, self.resolver.resolve, self.resolver.target)
        answers: dict[str, Answer] = {}
        for name in apt.needs_answers(request):
            answers[name] = answer = self.resolver.resolve(name)
            if answer.status == UNKNOWN:
                self.unknown.add(name)
                if len(self.unknown) == MAX_UNKNOWN:
                    message = f"{MAX_UNKNOWN} names are unknown: the rest of the hook was not looked at"
                    self._find("unknown-package", message, (command.end, command.end))
                    known = tuple(spec for spec in request.specs if spec.text in answers)
                    return request._replace(specs=known), answers
        return request, answers

    def _at(self, place: Place, found: Finding) -> Finding:
        """Return a finding as it counts at its place, where an error may do no harm."""
        if self.own_branch and (found.code == "probe" or place.guarded == ANOTHER_WAY):
            found = found._replace(own_branch=True)
        if found.level is not Level.ERROR or not place.guarded:
            return found
        return found._replace(level=Level.WARNING, message=f"{found.message}; {place.guarded}")

    def _replace(
        self, command: SimpleCommand, plan: apt.Plan, packages: tuple[Answer, ...], place: Place, fresh: bool
    ) -> After:
        spans = [command.words[index].span for index in command.origins()]
        for found in plan.findings:
            span = (command.start, command.end) if found.word < 0 else spans[found.word]
            self.findings.append(self._at(place, found._replace(span=span)))
        if plan.refused:
            return After(fresh, fresh)
        if plan.command is None:
            edit, dropped = self.renderer.nothing(command, place)
            self.changes.append((edit, packages))
            return After(fresh, None, dropped)
        update = plan.command.needs_lists and not fresh
        edit = self.renderer.replacement(command, plan.command, place, update=update)
        self.changes.append((edit, packages))
        fresh = fresh or plan.command.needs_lists or plan.command.head in {apt.UPDATE, apt.UPDATE_ROBUST}
        return After(fresh, fresh)
