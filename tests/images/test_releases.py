"""The releases of CPython: the data file, and what a user chooses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.adapter import Arguments, read_project
from cibw_debian.errors import ConfigurationError
from cibw_debian.images.releases import Choice, installed, labels_of, load_releases, sorted_tags
from cibw_debian.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = load_releases()


def test_data_file() -> None:
    versions = [tuple(map(int, release.version.split("."))) for release in RELEASES.releases]
    assert versions == sorted(versions, key=lambda version: (version[1], -version[2]))
    assert len(set(versions)) == len(versions)
    hashes = [release.sha256 for release in RELEASES.releases]
    assert len(set(hashes)) == len(hashes)
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes)
    assert {release.sources for release in RELEASES.releases} == {1, 2}


def test_default_is_what_cibuildwheel_builds(tmp_path: Path) -> None:
    project = read_project(Arguments(package_dir=_project(tmp_path), archs="armv7l"), {})
    built = {build.python for build in project.builds if build.libc == "manylinux"}
    assert set(RELEASES.default) == built


def _project(directory: Path) -> Path:
    (directory / "pyproject.toml").write_text("[build-system]\nrequires = []\n")
    return directory


def test_release_with_one_source_is_never_preferred() -> None:
    for tag in RELEASES.tags:
        assert RELEASES.preferred(tag).sources > 1
    assert RELEASES.of("cp313")[0].version == "3.13.18"
    assert RELEASES.preferred("cp313t").version == "3.13.16"


@pytest.mark.parametrize(
    ("words", "tags"),
    [
        ("suite", ()),
        ("cp311", ("cp311",)),
        ("cp313t, cp39 cp39", ("cp313t", "cp39")),
        ("default", RELEASES.default),
    ],
)
def test_choice(words: str, tags: tuple[str, ...]) -> None:
    assert RELEASES.chosen(words) == tags


def test_all_has_the_free_threaded_ones_from_3_13_on() -> None:
    tags = RELEASES.chosen("all")
    assert [tag for tag in tags if tag.endswith("t")] == ["cp313t", "cp314t", "cp315t"]
    assert set(RELEASES.default) < set(tags)
    assert sorted_tags(["cp313t", "cp39", "cp313", "cp310"]) == ("cp39", "cp310", "cp313", "cp313t")


@pytest.mark.parametrize("words", ["cp38", "cp312t", "suite,cp311", "3.11", "", ","])
def test_choice_that_cannot_be_built(words: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be built") as caught:
        RELEASES.chosen(words)
    assert "cp313t" in caught.value.hint


def test_labels_tell_what_an_image_has() -> None:
    few = Choice(words="cp39,cp313t")
    labels = labels_of({"cp39": "3.9.25", "cp313t": "3.13.16"}, few.tags)
    assert installed(labels) == {"cp39": "3.9.25", "cp313t": "3.13.16"}
    assert few.is_met(labels, "cp36")
    assert Choice(words="cp39").is_met(labels, "cp36")
    assert Choice(words="suite").is_met(labels, "cp36")
    assert not Choice(words="cp39,cp311").is_met(labels, "cp36")
    assert not Choice(words="default").is_met(labels, "cp36")
    assert Choice(words="suite").is_met({}, "cp36")
    assert few.is_met(labels_of({}, few.tags), "cp36")


def test_group_is_met_by_what_was_available() -> None:
    default = Choice(words="default")
    labels = labels_of({"cp39": "3.9.25"}, default.tags)
    assert default.is_met(labels, "cp36")
    assert not Choice(words="all").is_met(labels, "cp36")
    assert Choice(words="all", selected=frozenset(default.tags)).is_met(labels, "cp36")


def test_the_suites_own_interpreter_is_there_already() -> None:
    default = Choice(words="default", selected=frozenset({"cp311"}))
    assert default.is_met({}, "cp311")
    assert not default.is_met({}, "cp313")
    assert not Choice(words="default").is_met({}, "cp311")
    # Who names an interpreter gets it compiled, and not the suite's.
    assert not Choice(words="cp311").is_met({}, "cp311")


def test_of_a_group_what_a_project_selects_is_compiled() -> None:
    assert Choice(words="default", selected=frozenset({"cp313", "cp38"})).tags == ("cp313",)
    named = Choice(words="cp311,cp313t", selected=frozenset({"cp313"}), kept=("cp39", "cp311"))
    assert named.tags == ("cp311", "cp313t", "cp39")
    assert [tag for tag in named.tags if named.may_lack(tag)] == ["cp39"]


def test_settings_choose() -> None:
    assert Choice.of(Settings()).tags == RELEASES.default
    assert Choice.of(Settings(), ["cp313"]).tags == ("cp313",)
    assert Choice.of(Settings(interpreters="suite")).tags == ()
    choice = Choice.of(Settings(interpreters="cp311", pythons_from="/tarballs"))
    assert (choice.tags, choice.place) == (("cp311",), "/tarballs")
