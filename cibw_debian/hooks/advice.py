"""What there is to say of a command that its translation does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.findings import Finding
from cibw_debian.resolver.model import PACKAGE

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script
    from cibw_debian.resolver import apt
    from cibw_debian.resolver.actions import Request
    from cibw_debian.resolver.model import Answer

_DEBIAN_NAMES = ("-dev", "build-essential", "g++", "pkg-config")


def advice(
    command: SimpleCommand, request: Request, answers: Mapping[str, Answer], plan: apt.Plan | None
) -> Iterator[Finding]:
    """Yield what the author of a dnf command may want to know.

    Args:
        command: The command.
        request: The same, understood.
        answers: What its names mean.
        plan: What takes its place as it was written; None if the answer to every question is yes.
    """
    if (
        plan
        and plan.command
        and plan.command.changes_system
        and not {"-y", "--assume-no"} & {*plan.command.head}
    ):
        message = f"without -y {command.program} asks before it goes on, and in a build nobody answers"
        yield Finding.of("would-ask", message, span=(command.start, command.end))
    for spec in request.specs:
        answer = answers.get(spec.text)
        if (
            answer
            and answer.status == PACKAGE
            and spec.text.endswith(_DEBIAN_NAMES)
            and spec.text in answer.deb
        ):
            message = f"{spec.text} is a Debian name: {command.program} on RHEL-based images does not know it"
            yield Finding.of("debian-name", message, span=command.words[command.origins()[spec.word]].span)


def scripts_on_input(
    script: Script, command: SimpleCommand, redirects: Sequence[Node], mentioned: re.Pattern[str]
) -> Iterator[Finding]:
    """Yield the here-documents with dnf commands that a shell reads."""
    for redirect in redirects:
        span = script.span(redirect)
        if redirect.type == "heredoc_redirect" and mentioned.search(script.text, *span):
            message = f"this here-document is a script for {command.program}: it was left as it is"
            yield Finding.of("heredoc", message, span=span)


def runs_on(command: SimpleCommand) -> Finding:
    """Say where the grammar runs two lines into one, which it does in a few pipelines."""
    message = "where this command ends is not understood: end its line with a semicolon"
    return Finding.of("shell-syntax", message, span=(command.start, command.end))
