"""Names behind the author's own apt-get are checked against the suite's index."""

from __future__ import annotations

import pytest

from cibw_debian.hooks.translate import translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("apt update && apt install libglib2.0-dev openjdk-8-jdk -y", ["openjdk-8-jdk"]),
        (
            "sudo apt-get -t bookworm -o A=b install -y no-such-1 gcc=4:12 libc6:armhf no-such-2",
            ["no-such-1", "no-such-2"],
        ),
        ("yum install -y gcc || apt-get install -y no-such", ["no-such"]),
        ("sh -c 'apt-get install -y no-such'", ["no-such"]),
        # provided by another package, or by several
        ("apt-get install -y libgl-dev awk mail-transport-agent libjpeg-dev", []),
        ("apt-get install -y $PKGS ./x.deb 'lib*-dev' no-such-", []),
        ("apt-get remove -y no-such; apt-get update no-such", []),
        ("echo deb x >> /etc/apt/sources.list && apt-get install -y no-such", []),
        ("apt-get install -y no-such -t bookworm-backports", []),
        ('[ "$(uname -m)" = x86_64 ] && apt-get install -y no-such', []),
    ],
)
def test_names(text: str, missing: list[str]) -> None:
    result = translate(text, open_resolver(Target("bookworm", "armhf")))
    found = [finding for finding in result.findings if finding.code == "missing-deb"]
    assert [text[slice(*finding.span)] for finding in found] == missing
    assert result.ok


def test_without_an_index_nothing_is_said() -> None:
    assert translate("apt-get install -y no-such", open_resolver(Target("jammy", "armhf"))).findings == ()
