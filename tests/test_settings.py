from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.errors import ConfigurationError
from cibw_debian.settings import Settings, load_settings, schema

if TYPE_CHECKING:
    from pathlib import Path


def write(directory: Path, table: str) -> Path:
    (directory / "pyproject.toml").write_text(f"[tool.cibw-debian]\n{table}\n")
    return directory


def test_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_all_keys(tmp_path: Path) -> None:
    write(
        tmp_path,
        'strict = false\nimages = "my/images.toml"\nmirror = "m"\nnative-compiler = false\n'
        "compiler-cache = true\n"
        'packages = { a = ["liba-dev"], b = [] }',
    )
    assert load_settings(tmp_path, {}) == Settings(
        strict=False,
        packages={"a": ("liba-dev",), "b": ()},
        images=tmp_path / "my/images.toml",
        mirror="m",
        native_compiler=False,
        compiler_cache=True,
    )


def test_variables_win(tmp_path: Path) -> None:
    write(tmp_path, 'strict = false\npackages = { a = ["liba-dev"], b = [] }')
    env = {"CIBW_DEBIAN_STRICT": "yes", "CIBW_DEBIAN_PACKAGES": "b=libb-dev libb2-dev; c="}
    settings = load_settings(tmp_path, env)
    assert settings.strict
    assert settings.packages == {"a": ("liba-dev",), "b": ("libb-dev", "libb2-dev"), "c": ()}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("stric = true", "unknown key 'stric'. Perhaps you meant 'strict'?"),
        ('strict = "yes"', "strict: must be boolean"),
        ('packages = { a = "liba-dev" }', "packages.a: must be a list"),
        ('packages = { a = ["Lib A"] }', "packages.a.0: must match pattern"),
        ("strict = ", "not a TOML file"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(write(tmp_path, table), {})
    assert message in caught.value.message
    assert "pyproject.toml" in caught.value.message


def test_a_misspelt_variable_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Perhaps you meant CIBW_DEBIAN_STRICT"):
        load_settings(tmp_path, {"CIBW_DEBIAN_STRIC": "0"})


def test_an_empty_variable_is_unset(tmp_path: Path) -> None:
    write(tmp_path, 'images = "x.toml"')
    assert load_settings(tmp_path, {"CIBW_DEBIAN_IMAGES": ""}).images == tmp_path / "x.toml"


@pytest.mark.parametrize(
    "env", [{"CIBW_DEBIAN_STRICT": "perhaps"}, {"CIBW_DEBIAN_PACKAGES": "no equals sign"}]
)
def test_mistakes_in_variables_name_the_variable(tmp_path: Path, env: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(env))):
        load_settings(tmp_path, env)


def test_every_setting_is_in_the_schema() -> None:
    assert schema().keys() >= {"$id", "properties"}
    fields = {name.replace("_", "-") for name in Settings.__dataclass_fields__}
    assert set(schema()["properties"]) == fields
