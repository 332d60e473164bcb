"""Shell text, taken apart without losing a byte: trees, words, and edits of exact places.

tree-sitter counts in bytes; everything that leaves this module counts in characters of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tree_sitter import Node, Parser

_State = TypeVar("_State")


class Word(NamedTuple):
    """One word of a command."""

    #: as it stands in the text, quotes and all
    raw: str
    #: what the command gets: more than one for `{a,b}`; none when only the running shell can tell
    values: tuple[str, ...]
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    @property
    def text(self) -> str | None:
        return self.values[0] if len(self.values) == 1 else None


class Edit(NamedTuple):
    """Replace `start` to `end` by new text and by pieces (start, end) of the old text."""

    start: int
    end: int
    pieces: tuple[str | tuple[int, int], ...]

    def render(self, text: str) -> str:
        return "".join(
            piece if isinstance(piece, str) else text[piece[0] : piece[1]] for piece in self.pieces
        )


def descend(
    root: Node, state: _State, enter: Callable[[Node, _State], _State]
) -> Iterator[tuple[Node, _State]]:
    """Yield each node, in the order of the text, with what `enter` makes of its state on the way down.

    The grammar's library finds a node's parent by a search from the root: where all nodes do that, time grows
    with the square of the text.
    """
    stack = [(root, state)]
    while stack:
        node, state = stack.pop()
        yield node, state
        if node.child_count:
            below = enter(node, state)
            stack += [(child, below) for child in reversed(node.children)]


class Places:
    """Where something begins in a script, for statements that are asked one inside the other.

    Args:
        starts: The places, in bytes, in their order.
    """

    def __init__(self, starts: Iterable[int]) -> None:
        self.starts = [*starts]

    def count(self, node: Node) -> int:
        """Say how many of the places a statement has."""
        return bisect_left(self.starts, node.end_byte) - bisect_left(self.starts, node.start_byte)


def places(pattern: bytes, root: Node) -> Places:
    """Return the places where a script has a pattern."""
    return Places(root.start_byte + found.start() for found in re.finditer(pattern, root.text or b""))


class Spans:
    """Places of a text that do not overlap.

    Args:
        spans: Start and end of each, in any order.
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def meet(self, start: int, end: int) -> bool:
        """Say whether one of the places has something of a place that is not empty."""
        # The last one that begins before the end.
        position = bisect_left(self._spans, (end,)) - 1
        return position >= 0 and start < self._spans[position][1]

    def hold(self, start: int, end: int) -> bool:
        """Say whether one of the places has all of a place."""
        position = bisect_left(self._spans, (start + 1,)) - 1
        return position >= 0 and end <= self._spans[position][1]


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that do not overlap."""
    parts = []
    position = 0
    for edit in sorted(edits):
        parts += [text[position : edit.start], edit.render(text)]
        position = edit.end
    return "".join([*parts, text[position:]])


class TooManyPipes(Exception):  # noqa: N818  (says what is wrong with a text)
    """A script is not parsed, because that would take too long."""


class Script:
    """One shell text and its tree.

    Raises:
        TooManyPipes: The grammar's time grows with the square of a pipeline's length.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # A backslash at the very end continues into nothing; the grammar has no rule for it.
        source = re.sub(r"\\\s*\Z", "", text)
        # To a shell, what is not ASCII is part of a word. The grammar's scanner takes some of it for blanks,
        # is slow after zeros, and crashes at other (tree-sitter-bash 0.25.1: "{\U0010ffff").
        # And so a byte is a character.
        source = re.sub(r"[^\x01-\x7f]", ".", source)
        # For the grammar, `{` behind `!` is no group but a word.
        self.negated = frozenset(found.start(1) for found in _NEGATED_GROUP.finditer(source))
        if self.negated:
            source = _NEGATED_GROUP.sub(lambda found: found[0].replace("!", " "), source)
        if source.count("|") - 2 * source.count("||") > _MAX_PIPES:
            raise TooManyPipes
        self.root: Node = _parser().parse(source.encode()).root_node

    def span(self, node: Node) -> tuple[int, int]:
        return node.start_byte, node.end_byte

    def word(self, node: Node) -> Word:
        start, end = node.start_byte, node.end_byte
        raw = self.text[start:end]
        if raw.endswith("\r"):
            raw = raw[:-1]
            end -= 1
        return Word(raw, word_values(raw), start, end)


_MAX_PIPES = 2000
_NEGATED_GROUP = re.compile(r"(?<![^\s;&|(])!\s+(\{)(?=\s)")


@cache
def _parser() -> Parser:
    # Imported here because most hooks have nothing to translate.
    import tree_sitter  # noqa: PLC0415
    import tree_sitter_bash  # noqa: PLC0415

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


_PLAIN = re.compile(r"[\w@%+=:,./^*?\[\]~-]+")
#: the pieces of a word: an escape, 'quoted', "quoted" (its escapes inside), an expansion, anything else
_PIECE = re.compile(
    r"""\\(?:\r?\n|(?P<escaped>.))|'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<dynamic>[$`(<>])|(?P<plain>[^\\'"$`(<>]+)""",
    re.DOTALL,
)
_DOUBLE_ESCAPE = re.compile(r'\\(?:\r?\n|([$`"\\]))')
_DYNAMIC_INSIDE = re.compile(r"(?<!\\)(?:\\\\)*[$`]")
_CHOICES = r"\{([^{}]*,[^{}]*)\}"
#: `{a,b}` written twenty times in one word stands for a million words: nobody means that
_MAX_VALUES = 1000


def word_values(raw: str) -> tuple[str, ...]:
    """Remove the quotes of a word and expand its braces; nothing when a running shell is needed to know.

    Wildcards and `~` stay as they are: dnf takes the former, and neither is part of a package's name.
    """
    if _PLAIN.fullmatch(raw):
        return (raw,)
    if prod(choices.count(",") + 1 for choices in re.findall(_CHOICES, raw)) > _MAX_VALUES:
        return ()
    values = [""]
    position = 0
    while position < len(raw):
        found = _PIECE.match(raw, position)
        if found is None or found["dynamic"]:
            return ()
        position = found.end()
        if found["double"] is not None:
            if _DYNAMIC_INSIDE.search(found["double"]):
                return ()
            pieces = [_DOUBLE_ESCAPE.sub(lambda escape: escape[1] or "", found["double"])]
        elif found["single"] is not None:
            pieces = [found["single"]]
        elif found["plain"] is not None:
            pieces = _braces(found["plain"])
        else:
            pieces = [found["escaped"] or ""]
        values = [value + piece for value in values for piece in pieces]
    return tuple(values)


def _braces(text: str) -> list[str]:
    """Expand `a{b,c}d`, not nested."""
    found = re.search(_CHOICES, text)
    if found is None:
        return [text]
    before, after = text[: found.start()], _braces(text[found.end() :])
    return [before + choice + rest for choice in found[1].split(",") for rest in after]


class Quoted(NamedTuple):
    """A shell text inside one quoted word of another, with the way back to the outer text."""

    text: str
    #: for each character of `text`, and for its end, where it stands in the outer text
    offsets: Sequence[int]
    encode: Callable[[str], str]

    def outer_span(self, span: tuple[int, int]) -> tuple[int, int]:
        return self.offsets[span[0]], self.offsets[span[1]]

    def outer_edit(self, edit: Edit) -> Edit:
        return Edit(
            self.offsets[edit.start],
            self.offsets[edit.end],
            tuple(
                self.encode(piece) if isinstance(piece, str) else self.outer_span(piece)
                for piece in edit.pieces
            ),
        )


def open_quotes(word: Word) -> Quoted | None:
    """Look inside a word that is one quoted string (or needs no quotes).

    Expansions of the outer shell stay as they are written: inside they are as unknown as outside.

    Returns:
        The text inside, or nothing when the word is put together from several pieces.
    """
    raw = word.raw
    if len(raw) > 1 and raw[0] == raw[-1] == "'" and "'" not in raw[1:-1]:
        return Quoted(raw[1:-1], range(word.start + 1, word.end), lambda new: new.replace("'", "'\\''"))
    if re.fullmatch(r'"(?:[^"\\]|\\.)*"', raw, re.DOTALL):
        characters = []
        offsets = []
        position = 1
        while position < len(raw) - 1:
            escape = _DOUBLE_ESCAPE.match(raw, position)
            if escape is None or escape[1]:
                characters.append(escape[1] if escape else raw[position])
                offsets.append(word.start + position)
            position = escape.end() if escape else position + 1
        offsets.append(word.end - 1)
        return Quoted("".join(characters), offsets, lambda new: re.sub(r'([$`"\\])', r"\\\1", new))
    if _PLAIN.fullmatch(raw):
        return Quoted(raw, range(word.start, word.end + 1), lambda new: f"'{new}'")
    return None


def problem_near(script: Script, mentioned: re.Pattern[str]) -> tuple[str, tuple[int, int]] | None:
    """Say where the syntax is not understood near a mention; other places do no harm."""
    statements = script.root.children
    for position, statement in enumerate(statements):
        if not (statement.has_error or statement.is_missing):
            continue
        # What the grammar gave up on belongs to its neighbours.
        start, _ = script.span(statements[max(position - 1, 0)])
        _, end = script.span(statements[min(position + 1, len(statements) - 1)])
        if mentioned.search(script.text, start, end):
            message, bad = _syntax_problem(script, statement)
            return message, script.span(bad)
    return None


def _syntax_problem(script: Script, node: Node) -> tuple[str, Node]:
    """Say what the grammar does not understand below a node, and return the place too."""
    bad = first_error(node)
    text = (bad.text or b"").strip()
    if bad.is_missing and bad.type in {'"', "`", ")"}:
        opening = bad.parent or bad
        return f"{'( is' if bad.type == ')' else bad.type + ' is'} opened here and not closed", opening
    if text.startswith(b"'") and text.count(b"'") % 2:
        return "' is opened here and not closed", bad
    start, end = script.span(node)
    if "(" in script.text[start : end + 1]:
        return "this is not understood as shell syntax (a parenthesis in a name needs quotes)", bad
    return "this is not understood as shell syntax", bad


def first_error(node: Node) -> Node:
    """Return the first place below a node (with `has_error`) that the grammar does not understand."""
    if node.type == "ERROR" or node.is_missing:
        return node
    return first_error(next(child for child in node.children if child.has_error or child.is_missing))
