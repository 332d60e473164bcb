"""What holds for every text."""

from __future__ import annotations

import random
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cibw_debian.hooks.shell import Edit, Word, open_quotes, splice, word_values
from cibw_debian.hooks.translate import Style, translate
from tests.hooks.names import AnyNames, FewNames
from tests.hooks.scripts import Generator
from tests.hooks.test_corpus import HOOKS

_SYNTAX = """
    dnf yum install -y update wget nothing && || ; | & ( ) { } if then else fi do done for in ! > < # $X
    $( ` ' " é bash -c sudo exec set -e 'a b' "a b" <<EOF EOF case esac ;; [[ ]] true make clean all
"""
_WORDS = st.sampled_from([*_SYNTAX.split(), "\n", "\\\n", "\r\n", "\t"])
_TEXTS = st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=60)
_SCRIPTS = st.integers(min_value=0, max_value=2**32).map(lambda seed: Generator(random.Random(seed)).script())  # noqa: S311
_STYLES = st.sampled_from(Style)


@settings(max_examples=400, deadline=None)
@given(_TEXTS | _SCRIPTS, _STYLES)
def test_spans_tell_the_whole_change(text: str, style: Style) -> None:
    result = translate(text, AnyNames(), style=style)
    end = 0
    for command in result.commands:
        assert end <= command.span[0] <= command.span[1] <= len(text)
        assert text[slice(*command.span)] == command.original
        end = command.span[1]
    assert splice(text, [Edit(*c.span, (c.translated,)) for c in result.commands]) == result.translated
    for finding in result.findings:
        assert 0 <= finding.span[0] <= finding.span[1] <= len(text)
    if not result.ok:
        assert not result.commands
        assert result.translated == text


@settings(max_examples=400, deadline=None)
@given(_TEXTS | _SCRIPTS, _STYLES)
def test_twice_is_once(text: str, style: Style) -> None:
    once = translate(text, AnyNames(), style=style)
    if once.ok:
        assert translate(once.translated, AnyNames(), style=style).translated == once.translated


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=200).filter(
        lambda text: not any(name in text for name in ("dnf", "yum", "crb", "/opt/rh"))
    )
)
def test_nothing_to_translate_is_identity(text: str) -> None:
    result = translate(text, AnyNames())
    assert not result.changed
    assert result.ok


_FOREIGN = st.characters(min_codepoint=0x80)


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.sampled_from(_SYNTAX.split()) | _FOREIGN, max_size=8).map("".join))
def test_no_character_crashes_the_parser(text: str) -> None:
    """A crash ends the process: tree-sitter-bash 0.25.1 has one for `{` before characters beyond ASCII."""
    translate(f"dnf clean all; {text}", AnyNames())


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=30))
def test_quoted_words_come_back(text: str) -> None:
    assert word_values(shlex.quote(text)) == (text,)


@pytest.mark.parametrize(
    ("raw", "inside"),
    [
        ("'a \"b\" $c'", 'a "b" $c'),
        (r'"a \"b\" \$c $d \\ \n"', r'a "b" $c $d \ \n'),
        ('"a\\\nb"', "ab"),
        ('a"b"', None),
    ],
)
def test_open_quotes(raw: str, inside: str | None) -> None:
    quoted = open_quotes(Word(raw, (), 0, len(raw)))
    assert (quoted.text if quoted else None) == inside


@pytest.mark.parametrize("shell", ["bash", "dash"])
@pytest.mark.parametrize("style", Style)
def test_results_parse(shell: str, style: Style) -> None:
    """Whatever the shell could read before, it can read after."""
    texts = [Generator(random.Random(seed)).script() for seed in range(100)]  # noqa: S311
    texts += [hook["text"] for hook in HOOKS]
    checked = 0
    for text in texts:
        result = translate(text, FewNames() if "p1" not in text else AnyNames(), style=style)
        if result.changed and _parses(shell, text):
            checked += 1
            assert _parses(shell, result.translated), result.translated
    assert checked > 200


def _parses(shell: str, text: str) -> bool:
    done = subprocess.run([shell, "-n"], input=text.encode(), capture_output=True, check=False)
    return done.returncode == 0 and b"syntax error" not in done.stderr.lower()
