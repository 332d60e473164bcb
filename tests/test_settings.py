from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tomli

from cibw_debian.errors import ConfigurationError
from cibw_debian.schemas import find_violation
from cibw_debian.settings import IMAGE_KEYS, KEYS, Settings, load_settings, schema

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
        "compiler-cache = true\nwheel-cache = true\n"
        'packages = { a = ["liba-dev"], b = [] }',
    )
    assert load_settings(tmp_path, {}) == Settings(
        strict=False,
        packages={"a": ("liba-dev",), "b": ()},
        images=tmp_path / "my/images.toml",
        mirror="m",
        native_compiler=False,
        compiler_cache=True,
        wheel_cache=True,
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
        ("stric = true", "unknown key 'stric'. Perhaps you meant strict?"),
        ('strict = "yes"', "strict: must be true or false, and it is 'yes'"),
        ('packages = { a = "liba-dev" }', "packages.a: must be a list"),
        ('packages = { a = ["Lib A"] }', "packages.a: 'Lib A' is no name of a Debian package"),
        ("strict = ", "not a TOML file"),
        ('manylinux-armv7-image = "x"', "Perhaps you meant manylinux-armv7l-image?"),
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


def test_images_of_archs(tmp_path: Path) -> None:
    write(tmp_path, 'manylinux-armv7l-image = "debian-11"\nmanylinux-riscv64-image = "debian-13"')
    env = {"CIBW_DEBIAN_MANYLINUX_RISCV64_IMAGE": "manylinux_2_35"}
    images = load_settings(tmp_path, env).manylinux_images
    assert images == {"armv7l": "debian-11", "riscv64": "manylinux_2_35"}


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
    assert set(schema()["properties"]) == set(KEYS)
    fields = {name.replace("_", "-") for name in Settings._fields}
    assert fields - {"manylinux-images"} == set(KEYS) - set(IMAGE_KEYS)


VALUES = (
    *("true", "false", '"auto"', '"text"', "3", "[]", '["libour-dev"]', "{}", "{ a = [] }"),
    *(
        '{ a = ["libour-dev", "x+.-1"] }',
        '{ a = "libour-dev" }',
        "{ a = [3] }",
        '{ a = ["-x"] }',
        "{ a = 1 }",
    ),
)


@pytest.mark.parametrize("key", [*KEYS, "no-such-key"])
@pytest.mark.parametrize("value", VALUES)
def test_the_schema_refuses_what_we_refuse(tmp_path: Path, key: str, value: str) -> None:
    try:
        load_settings(write(tmp_path, f"{key} = {value}"), {})
        refused = False
    except ConfigurationError:
        refused = True
    table = tomli.loads(f"{key} = {value}")
    assert (find_violation("settings", table) is not None) is refused


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"cannot read .*pyproject\.toml: Is a directory"):
        load_settings(tmp_path, {})


def test_every_variable_is_read(tmp_path: Path) -> None:
    values = {"PACKAGES": "a=liba-dev", "IMAGES": "x.toml", "MIRROR": "m", "STRICT": "0", "REQUIREMENTS": "0"}
    for key in KEYS:
        name = key.upper().replace("-", "_")
        env = {f"CIBW_DEBIAN_{name}": values.get(name, "1")}
        assert load_settings(tmp_path, env) != Settings(), key
