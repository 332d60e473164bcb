"""What docs/configuration.md says, and what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cli.invocation import add_own_arguments
from cibw_debian.cli.parser import command_parser
from cibw_debian.errors import ConfigurationError
from cibw_debian.host.network import _CA_VARIABLES, PROXY_VARIABLES
from cibw_debian.mounts.companion import _CONTAINER_VARIABLES
from cibw_debian.platforms import ARCHS
from cibw_debian.settings import IMAGE_KEYS, KEYS, Settings, load_settings, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = "manylinux-ARCH-image"
ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs" / "configuration.md").read_text()


def section(title: str) -> str:
    return DOCS.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    rows = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[1:]]


def rows() -> Iterator[tuple[str, list[str]]]:
    for row in table(section("Settings")):
        # One row is for the keys of all archs.
        for arch in ARCHS if "ARCH" in row[0] else ("",):
            words = [
                word.replace("_ARCH_", f"_{arch.upper()}_").replace("-ARCH-", f"-{arch}-") for word in row
            ]
            yield words[0].strip("`"), words[1:]


SETTINGS = dict(rows())


def test_the_table_has_every_key_and_nothing_else() -> None:
    assert set(SETTINGS) == set(KEYS) == set(schema()["properties"])
    explained = re.findall(r"^- `([\w-]+)`: ", section("Settings"), re.MULTILINE)
    assert explained == list(dict.fromkeys(IMAGE if key in IMAGE_KEYS else key for key in SETTINGS))


@pytest.mark.parametrize("key", SETTINGS)
def test_variables(key: str, tmp_path: Path) -> None:
    variable = SETTINGS[key][0].strip("`")
    value = {
        "packages": "a=liba-dev",
        "images": "x.toml",
        "mirror": "m",
        "snapshot": "20261101T000000Z",
        "strict": "off",
        "requirements": "off",
    }.get(key, "yes")
    assert load_settings(tmp_path, {variable: value}) != Settings()
    assert load_settings(tmp_path, {variable: ""}) == Settings()


def test_options() -> None:
    parser = command_parser("run", "")
    add_own_arguments(parser)
    options = {name for action in parser._actions for name in action.option_strings}
    documented = {row[1].strip("`") for row in SETTINGS.values()} - {""}
    assert documented == {f"--{key}" for key in SETTINGS if f"--{key}" in options}
    assert {option.replace("--", "--no-", 1) for option in documented} <= options


@pytest.mark.parametrize("key", SETTINGS)
def test_values_and_defaults(key: str) -> None:
    _, _, value, default = SETTINGS[key]
    own = getattr(Settings(), "manylinux_images" if key in IMAGE_KEYS else key.replace("-", "_"))
    if key in {"packages", "images", "mirror", "snapshot", "keyring", "pythons-from", *IMAGE_KEYS}:
        assert not own
        assert (default, schema()["properties"][key].get("default")) == ("", None)
        return
    assert value == KEYS[key][1]
    read = {True: "true", False: "false", None: "auto"}.get(own, own)
    assert default == f"`{read}`"
    assert read == str(schema()["properties"][key]["default"]).lower()


@pytest.mark.parametrize(("words", "meant"), [("1 true yes on", True), ("0 false no off", False)])
def test_words_for_true_and_false(tmp_path: Path, words: str, meant: bool) -> None:
    for word in words.split():
        assert f"`{word}`" in DOCS
        assert load_settings(tmp_path, {"CIBW_DEBIAN_COMPANION": word}).companion is meant
    with pytest.raises(ConfigurationError):
        load_settings(tmp_path, {"CIBW_DEBIAN_COMPANION": "enabled"})


def test_the_examples_are_read(tmp_path: Path) -> None:
    example = "\n".join(re.findall(r"^    (.*)$", DOCS.split("## Settings")[0], re.MULTILINE))
    (tmp_path / "pyproject.toml").write_text(example)
    settings = load_settings(tmp_path, {})
    assert settings.native_compiler is True
    line = re.findall(r"`(our-sdk-devel=.*)`", DOCS)[0]
    assert load_settings(tmp_path.parent, {"CIBW_DEBIAN_PACKAGES": line}).packages == settings.packages
    assert settings.packages["only-on-rhel"] == ()


def test_the_variables_of_a_proxy() -> None:
    text = section("Behind a proxy")
    named = set(re.findall(r"`(\w+)`", text))
    assert {*_CA_VARIABLES, *_CONTAINER_VARIABLES, *(name.lower() for name in PROXY_VARIABLES)} <= named


def test_other_variables_are_read_somewhere() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "cibw_debian").rglob("*.py"))
    for names, _ in table(section("Other variables")):
        for name in re.findall(r"`(\w+)`", names):
            assert f'"{name}"' in source, name
