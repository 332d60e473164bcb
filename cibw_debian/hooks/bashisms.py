"""What bash has and dash does not, after dash's manual: `sh` is bash on RHEL and dash on Debian."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.hooks.command import read_command

if TYPE_CHECKING:
    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script

_NODES = {
    "herestring_redirect": "<<<",
    "array": "an array",
    "subscript": "an array",
    "process_substitution": "<(...)",
    "c_style_for_statement": "for ((...))",
    "ansi_c_string": "$'...'",
    "brace_expression": "{1..9}",
    "postfix_expression": "x++",
}
_TOKENS = {
    "[[": "[[",
    "((": "((...))",
    "&>": "&>",
    "&>>": "&>>",
    "|&": "|&",
    "+=": "+=",
    ";&": ";&",
    ";;&": ";;&",
    "function": "the word function",
    "select": "select",
    "declare": "declare",
    "typeset": "typeset",
}
_CHOICES = re.compile(rb"\{[^{}]*,[^{}]*\}")
#: what stands in `${...}` behind the name
_EXPANSIONS = {
    "/": "${x/a/b}",
    "//": "${x/a/b}",
    "/#": "${x/a/b}",
    "/%": "${x/a/b}",
    ":": "a part of a variable's value",
    "^": "${x^}",
    "^^": "${x^}",
    ",": "${x,}",
    ",,": "${x,}",
    "@": "${x@Q}",
    "!": "${!x}",
}
#: variables that only bash sets
_VARIABLES = frozenset(
    """
    BASH BASHPID BASH_LINENO BASH_SOURCE BASH_VERSINFO BASH_VERSION DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID
    FUNCNAME GROUPS HOSTNAME HOSTTYPE MACHTYPE OSTYPE PIPESTATUS RANDOM SECONDS SRANDOM UID
    """.split()  # noqa: SIM905  (short to read)
)
#: commands that bash has built in, and that are no programs either
_COMMANDS = frozenset(
    """
    builtin caller compgen complete compopt coproc dirs disown enable help history let logout mapfile popd
    pushd readarray shopt source suspend
    """.split()  # noqa: SIM905  (short to read)
)
#: commands that both have -> options and words of them that only bash knows
_OPTIONS = {
    "echo": re.compile(r"-[neE]*[eE][neE]*"),
    "hash": re.compile(r"-[dlpt]+"),
    "jobs": re.compile(r"-[nrsx]"),
    "printf": re.compile(r"-v"),
    "read": re.compile(r"-r?[adeinNtsu].*"),
    "set": re.compile(r"[-+][a-zA-Z]*[BHPT][a-zA-Z]*|pipefail|errtrace|functrace|posix|braceexpand|history"),
    "test": re.compile(r"==|=~|-[vR]"),
    "trap": re.compile(r"ERR|DEBUG|RETURN|-p"),
    "type": re.compile(r"-[afptP]+"),
    "wait": re.compile(r"-[fn]+"),
}
#: without one of these words a command needs no look
_WORDS = re.compile(
    rb"(?<![\w.-])(?:"
    + b"|".join(word.encode() for word in (*_COMMANDS, *_OPTIONS, "exec", "time"))
    + rb")(?![\w.-])"
)


def compares(node: Node, around: bool) -> bool:
    """Say whether the operators == and =~ inside a node are those of test, which only bash's test has.

    Args:
        node: A node with others inside.
        around: The same for the node around it.
    """
    match node.type:
        case "test_command":
            return node.children[0].type == "["
        case "binary_expression" | "unary_expression" | "parenthesized_expression":
            return around
    return node.type == "command"


def bash_only(script: Script, node: Node, *, compared: bool) -> str:
    """Name the construct that a node is, if dash does not have it; empty for every other node.

    Args:
        script: The script that the node belongs to.
        node: The node.
        compared: What `compares` says of the node around it.
    """
    if node.type in {"==", "=~"}:
        return node.type if compared else ""
    if not node.is_named:
        return _TOKENS.get(node.type, "")
    found = _NODES.get(node.type, "")
    match node.type:
        case "command" if _WORDS.search(node.text or b""):
            command = read_command(script, node, ())
            found = _command(command) if command else ""
        case "declaration_command" if re.match(rb"export\s+-[fn]", node.text or b""):
            found = "export -f"
        case "expansion" | "simple_expansion":
            found = _expansion(node)
        case "concatenation" if _CHOICES.search(node.text or b""):
            found = "{a,b}"
    return found


def _expansion(node: Node) -> str:
    for child in node.children:
        name = (child.text or b"").decode(errors="replace") if child.type == "variable_name" else ""
        if name in _VARIABLES:
            return f"${name}"
        found = _EXPANSIONS.get(child.type)
        if found and not (child.type == "!" and child != node.children[1]):
            return found
    return ""


def _command(command: SimpleCommand) -> str:
    program = command.words[command.program_index].raw
    if program in _COMMANDS:
        return program
    before = [word.raw for word in command.words[: command.program_index]]
    if "exec" in before and {"-a", "-c", "-l"} & {*before}:
        return "exec -a"
    prefix = next((word for word in before if word in {"builtin", "time"}), "")
    if prefix:
        return prefix
    options = _OPTIONS.get(program)
    for word in command.arguments if options else ():
        raw = word.raw.strip("\"'")
        if options and options.fullmatch(raw):
            return f"{program} {raw}"
        # What follows the options of these is text.
        if program in {"echo", "printf", "read"} and not raw.startswith("-"):
            break
    return ""
