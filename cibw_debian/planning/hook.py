"""One option of cibuildwheel with shell text in it, before and after its translation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cibw_debian.cibw.adapter import HOOKS, TEXTS
from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.decisive import decisive
from cibw_debian.hooks.lib64 import also_lib
from cibw_debian.hooks.runtime_only import called_scripts, in_container
from cibw_debian.hooks.shell import Spans, splice
from cibw_debian.hooks.translation import Translation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cibw_debian.cibw.adapter import Build

_RELEASE = "rhel-release"
#: the command runs shell text of its own
_SHELL_TEXT = re.compile(r"\s-\w*c\s")
_ALSO_LIB = "the directory lib beside it is searched too, because CMake installs there on Debian"
_NO_RELEASE = (
    "asks for RHEL's release, and so does another hook of this build, which has a branch for apt: the answer"
    " to both is no; add a branch with apt-get here"
)


@dataclass(frozen=True, kw_only=True)
class Hook:
    """One hook of one group of builds."""

    #: cibuildwheel's name of the option
    option: str
    before: str
    #: None where hooks are not translated
    translation: Translation | None
    #: the same translation in few words, for a person to read
    short: Translation | None = None
    #: a script of the project, which a hook calls
    script: bool = False
    #: the companion answers at run time, so the text stays as it is
    left_to_companion: bool = False
    #: shell text that runs first: it installs what compiling requirements needs
    requirements: str = ""

    @property
    def after(self) -> str:
        return "\n".join(filter(None, (self.requirements, self.translated)))

    @property
    def translated(self) -> str:
        """The hook's own text after the translation."""
        if self.translation is None:
            return self.before
        text = self.before if self.left_to_companion else self.translation.translated
        return splice(text, also_lib(text)) if self._is_changed else text

    @property
    def _is_changed(self) -> bool:
        return self.option in HOOKS and not self.script

    @property
    def summary(self) -> str:
        """The same without the options that only make commands robust."""
        if self.short and not self.left_to_companion and self.translated != self.before:
            return splice(self.short.translated, also_lib(self.short.translated))
        return self.translated

    @property
    def findings(self) -> tuple[Finding, ...]:
        found = self.translation.findings if self.translation else ()
        if self.left_to_companion:
            found = tuple(f for f in found if not f.settled)
        edits = also_lib(self.before) if self._is_changed else ()
        return tuple(
            f._replace(level=Level.NOTE, message=_ALSO_LIB)
            if f.code == "lib64" and any(e.start <= f.span[0] < e.end for e in edits)
            else f
            for f in found
        )


def unchanged(build: Build, translate: Callable[[str], Translation]) -> Iterator[Hook]:
    """Yield the options of a build that are looked at like hooks, but given to cibuildwheel as they are."""
    for option in TEXTS:
        text = build.texts.get(option, "")
        if text:
            found = findings_of_unchanged(option, translate(text))
            yield Hook(option=option, before=text, translation=Translation(text, text, findings=tuple(found)))


def called(
    hooks: Iterable[Hook], read: Callable[[str], str | None], translate: Callable[[str], Translation]
) -> Iterator[Hook]:
    """Yield the shell scripts of the project that hooks call, and that those scripts call.

    Which parts of a script run is often not known. An error is an error where its command surely runs and
    ends the script, and where the script stops by itself; elsewhere it is a warning.

    Args:
        hooks: The hooks of a build.
        read: Gives the text of a file of the project, by its path below the project; None if there is none.
        translate: Translates a text for the build's image.
    """
    seen: set[str] = set()
    waiting = [(hook.option, *call) for hook in hooks for call in _calls(hook.before)]
    while waiting:
        option, path, surely = waiting.pop(0)
        text = None if path in seen else read(path)
        seen.add(path)
        if text is None:
            continue
        waiting += [(option, other, surely and also) for other, also in _calls(text)]
        fatal = Spans(decisive(text) if surely else ())
        found = tuple(
            finding
            if finding.code == _RELEASE
            else finding._replace(level=Level.ERROR if _stops(finding, fatal) else Level.WARNING)
            for finding in translate(text).findings
            if finding.level is not Level.NOTE or finding.code == _RELEASE
        )
        translation = Translation(text, text, findings=found)
        yield Hook(option=f"{option}: {path}", before=text, translation=translation, script=True)


def unanswered(
    hooks: Iterable[Hook], read: Callable[[str], str | None], translate: Callable[[str], Translation]
) -> Iterator[Hook]:
    """Yield the scripts that hooks call, where nothing answers dnf: all that is found there is a warning.

    Args:
        hooks: The hooks of a build.
        read: As for `called`.
        translate: As for `called`.
    """
    for hook in called(hooks, read, translate):
        findings = [found._replace(level=Level.WARNING) for found in hook.findings]
        commands = translate(hook.before).commands
        if commands and surely_calls_dnf(hook.before, translate):
            message = "dnf is called in a script, and without the companion nothing answers there"
            found = Finding.of("not-translated", message, span=commands[0].span, level=Level.WARNING)
            findings.append(found)
        if findings:
            text = hook.before
            yield replace(hook, translation=Translation(text, text, findings=tuple(findings)))


def asks_for_releases(hooks: Iterable[Hook]) -> bool:
    """Say whether hooks ask for a release file of RHEL, and all that do so have no branch for apt."""
    questions = (found for hook in hooks for found in _questions(hook))
    return {found.own_branch for found in questions} == {False}


def without_releases(hook: Hook) -> Hook:
    """Return a hook with an error where it needs a release file of RHEL that the container cannot have.

    The files would send another hook of the same build, which asks for them too, past its branch for apt.
    """
    refused = tuple(
        Finding.of("distribution", _NO_RELEASE, span=found.span, level=Level.ERROR)
        for found in _questions(hook)
        if not found.own_branch
    )
    if hook.translation is None or not refused:
        return hook
    found = (*hook.translation.findings, *refused)
    return replace(hook, translation=hook.translation._replace(findings=found))


def _questions(hook: Hook) -> Iterator[Finding]:
    findings = hook.translation.findings if hook.translation else ()
    return (found for found in findings if found.code == _RELEASE)


def surely_called(text: str, *, answered: bool = True) -> Iterator[str]:
    """Yield the scripts without which a hook or script fails.

    Args:
        text: The hook or script.
        answered: Whether a question for dnf is answered with yes there.
    """
    text = in_container(text)
    for span in decisive(text, answered=answered):
        command = text[slice(*span)]
        if not _SHELL_TEXT.search(command):
            yield from called_scripts(command)


def surely_calls_dnf(text: str, translate: Callable[[str], Translation]) -> bool:
    """Say whether a script surely calls dnf where nothing answers, and fails by that."""
    parts = (text[slice(*span)] for span in decisive(text, answered=False))
    return any(map(calls_dnf, map(translate, parts)))


def calls_dnf(translation: Translation) -> bool:
    return bool(translation.commands) or not translation.ok


def _calls(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the scripts that a text calls, and whether it surely does and fails if they fail."""
    surely = set(surely_called(text))
    return ((path, path in surely) for path in called_scripts(text))


def _stops(finding: Finding, fatal: Spans) -> bool:
    surely = finding.code == "distribution" or fatal.hold(*finding.span)
    return surely and finding.level is Level.ERROR


def findings_of_unchanged(option: str, translation: Translation) -> Iterator[Finding]:
    """Yield what there is to say about an option of TEXTS, whose text is never changed."""
    here = option == "audit-command"
    for command in translation.commands:
        message = (
            "audit-command runs on this machine and not in the container: it is not translated"
            if here
            else f"{option} is not translated: only the companion can run this command there"
        )
        yield Finding.of("not-translated", message, span=command.span, level=Level.WARNING if here else None)
    for found in translation.findings:
        # cibuildwheel evaluates the assignments, not a shell.
        if here or found.code != "bash-only":
            yield found._replace(level=Level.WARNING if here and found.level is Level.ERROR else found.level)
