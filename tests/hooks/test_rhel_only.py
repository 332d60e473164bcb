"""Commands that only RHEL needs go away; commands that RHEL names otherwise get their Debian names."""

from __future__ import annotations

import pytest

from cibw_debian.findings import Level
from cibw_debian.hooks.rhel_commands import made_here
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.suspects import RHEL_ONLY
from cibw_debian.hooks.translate import translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.resolver.table import load_table
from tests.hooks.names import FewNames

ZIP = "yum install -y zip"
NEW = "apt-get update && apt-get install -y zip"
EPEL = "https://dl.example.org/pub/epel/epel-release-latest"


@pytest.mark.parametrize(
    "command",
    [
        "sed -i 's/a/b/' /etc/yum.repos.d/CentOS-*",
        "sudo sed -i -e 's/a/b/' -e 's/c/d/' /etc/yum.repos.d/*.repo",
        "sed -ri.bak 's/a/b/' /etc/yum.conf /etc/dnf/dnf.conf",
        "sed -i --expression 's/a/b/' '/etc/yum.repos.d/epel.repo'",
        'sed -i s/a/b/ "/etc/yum.repos.d/epel.repo"',
        "perl -pi -e 's/a/b/' /etc/yum.repos.d/*.repo",
        "mv /etc/yum.repos.d/epel.repo /root/",
        "mv /etc/yum.repos.d/{a,b}.repo /root/backup",
        "cp -a /etc/yum.repos.d /etc/yum.repos.d.bak",
        "rm -f /etc/yum.repos.d/*.repo",
        "rm -rf /etc/pki/rpm-gpg/RPM-GPG-KEY-x /etc/dnf/vars",
        "mkdir -p /etc/yum.repos.d",
        "chmod 644 /etc/yum.repos.d/x.repo",
        "touch /etc/yum.conf",
        "cat /etc/yum.repos.d/CentOS-Base.repo",
        "ls -l /etc/yum.repos.d",
        "find /etc/yum.repos.d -name '*.repo' -exec sed -i s/a/b/ {} +",
        "rpm --import https://example.org/RPM-GPG-KEY",
        f"rpm -Uvh {EPEL}-8.noarch.rpm",
        f"rpm -i {EPEL}-8.noarch.rpm",
        f"rpm --upgrade --quiet {EPEL}-8.noarch.rpm",
        f"rpm -ivh {EPEL}-$(rpm -E %rhel).noarch.rpm",
        f'sudo rpm -ivh "{EPEL}-$(rpm -E %{{rhel}}).noarch.rpm"',
        f"yum install -y {EPEL}-$(rpm -E %rhel).noarch.rpm",
        f"rpm -Uvh {EPEL}-${{RELEASE}}.noarch.rpm",
        "rpm -ivh epel-release-latest-7.noarch.rpm",
        "ln -sf /usr/bin/cmake3 /usr/bin/cmake",
        "ln -s /usr/bin/cmake3 /usr/local/bin/cmake",
        "ln -sf cmake3 /usr/bin/cmake",
        "ln -sf $(which cmake3) /usr/local/bin/cmake",
        'ln -sf "$(command -v ninja-build)" /usr/bin/ninja',
        "ln -s `which ninja-build` /usr/local/bin/ninja",
        "cp /usr/bin/cmake3 /usr/bin/cmake",
        "alternatives --install /usr/local/bin/cmake cmake /usr/bin/cmake3 20",
        "update-alternatives --install /usr/bin/ninja ninja /usr/bin/ninja-build 1",
        "alternatives --install /usr/bin/cmake cmake /usr/bin/cmake3 20 --slave /bin/ctest ctest /bin/ctest3",
    ],
)
def test_what_only_rhel_needs_goes_away(command: str) -> None:
    cases = [
        (f"{command} && {ZIP}", NEW),
        (f"gcc x.c && {command} && {ZIP}", f"gcc x.c && {NEW}"),
        (f"set -e\n{command}\n{ZIP}", f"set -e\ntrue\n({NEW})"),
        (f'bash -c "gcc x.c"; {command}; {ZIP}', f'bash -c "gcc x.c"; true; {NEW}'),
    ]
    if not command.startswith(("cat", "ls")):
        cases.append((f"{command} || exit 1; {ZIP}", f"true || exit 1; {NEW}"))
    for text, new in cases:
        result = translate(text, FewNames())
        assert result.translated == new
        assert [found for found in result.findings if found.level is not Level.NOTE] == []
        assert not why_unseen(text, result.findings)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("cp x.repo /etc/yum.repos.d/; gcc x.c", "true; gcc x.c"),
        ("curl -fsSLo /etc/yum.repos.d/x.repo https://example.org/x.repo; gcc x.c", "true; gcc x.c"),
        ("wget -q -O /etc/yum.repos.d/x.repo https://example.org/x.repo; gcc x.c", "true; gcc x.c"),
        ("wget -P /etc/yum.repos.d https://example.org/x.repo; gcc x.c", "true; gcc x.c"),
        (
            "curl https://example.org/x | sudo tee /etc/yum.repos.d/x",
            "curl https://example.org/x | sudo tee /dev/null",
        ),
        ("cat > /etc/yum.repos.d/x.repo <<EOF\n[x]\nEOF\n", "cat > /dev/null <<EOF\n[x]\nEOF\n"),
        ("echo '[x]' >> /etc/yum.repos.d/x.repo; gcc x.c", "echo '[x]' >> /dev/null; gcc x.c"),
        ("{ echo a; echo b; } > /etc/yum.repos.d/x.repo", "{ echo a; echo b; } > /dev/null"),
    ],
)
def test_a_repository_that_is_added_is_a_warning(text: str, new: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == new
    assert [(found.level, found.code) for found in result.findings] == [
        (Level.WARNING, "third-party-repository")
    ]
    assert not why_unseen(text, result.findings)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("echo fastestmirror=1 >> /etc/dnf/dnf.conf", "echo fastestmirror=1 >> /dev/null"),
        ("cat /etc/dnf.conf | sed s/a/b/ > /etc/dnf.conf", "cat /dev/null | sed s/a/b/ > /dev/null"),
        ("rm -f /etc/yum.conf | tee log", "true | tee log"),
        (
            "for f in /etc/yum.repos.d/*.repo; do sed -i s/a/b/ $f; done",
            "for f in ; do sed -i s/a/b/ $f; done",
        ),
        ("while read x; do echo $x; done < /etc/yum.conf", "while read x; do echo $x; done < /dev/null"),
        ("rm -f /etc/yum.conf /tmp/x", "rm -f  /tmp/x"),
        ("sed -i s/a/b/ /etc/yum.conf /etc/hosts", "sed -i s/a/b/  /etc/hosts"),
        ("bash -c 'echo a > /etc/yum.conf'", "bash -c 'echo a > /dev/null'"),
        ("rm -rf /var/cache", "rm -rf /var/cache/*"),
        ("sudo rm -rf /tmp/x '/var/cache/' /y", "sudo rm -rf /tmp/x /var/cache/* /y"),
        ("rm -rf /var/cache/yum /var/cache/dnf", "rm -rf /var/cache/yum /var/cache/dnf"),
        ("ln -sf /usr/bin/cmake3 /opt/tools/cmake", "ln -sf /usr/bin/cmake /opt/tools/cmake"),
        ("ln -s /usr/bin/cmake /usr/bin/cmake3", "ln -s /usr/bin/cmake /usr/bin/cmake3"),
        ("ln -sf /usr/bin/python3 /usr/bin/python", "ln -sf /usr/bin/python3 /usr/bin/python"),
        ("cmake3 -S . && sudo ctest3", "cmake -S . && sudo ctest"),
        ("/usr/bin/cmake3 -S . && exec ninja-build", "/usr/bin/cmake -S . && exec ninja"),
        ("echo $(cmake3 --version)", "echo $(cmake --version)"),
        ('cmake() { cmake3 "$@"; }', 'cmake() { command cmake "$@"; }'),
        ("bash -c 'cmake3 .'", "bash -c 'cmake .'"),
        (
            "echo cmake3; grep cmake3 x; apt-get install ninja-build",
            "echo cmake3; grep cmake3 x; apt-get install ninja-build",
        ),
        ("echo /opt/rh/x/root/usr/bin/gcc is gone", "echo /opt/rh/x/root/usr/bin/gcc is gone"),
        ("echo see /etc/yum.conf", "echo see /etc/yum.conf"),
    ],
)
def test_parts_of_commands(text: str, new: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == new
    assert [found for found in result.findings if found.level is not Level.NOTE] == []
    assert translate(new, FewNames()).translated == new


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("export CC=/opt/rh/gcc-toolset-12/root/usr/bin/gcc", "export CC=/usr/bin/gcc"),
        ('CXX="/opt/rh/devtoolset-9/root/bin/g++" pip wheel .', 'CXX="/bin/g++" pip wheel .'),
        ("cmake -DCMAKE_C_COMPILER=/opt/rh/x/root/usr/bin/gcc .", "cmake -DCMAKE_C_COMPILER=/usr/bin/gcc ."),
    ],
)
def test_programs_of_collections_are_the_images_own(text: str, new: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == new
    assert [found.code for found in result.findings] == ["software-collection"]


@pytest.mark.parametrize(
    "text",
    [
        "cd /etc/yum.repos.d && sed -i s/a/b/ *.repo",
        "python ci/mirror.py /etc/yum.conf",
        "cp a /etc/yum.conf /tmp",
        "CMAKE=cmake3 pip wheel .",
        "pip wheel . -DCMAKE_MAKE_PROGRAM=/usr/bin/ninja-build",
    ],
)
def test_the_companion_answers_the_rest(text: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == text
    assert why_unseen(text, result.findings)


@pytest.mark.parametrize(
    "text",
    [
        "ln -s /opt/cmake/bin/cmake /usr/bin/cmake3; cmake3 .",
        "cmake3() { /opt/cmake/bin/cmake; }; cmake3 .",
        "if command -v cmake3; then CMAKE=cmake3; else CMAKE=cmake; fi",
    ],
)
def test_a_name_that_the_script_makes_or_asks_for_is_its_own(text: str) -> None:
    assert translate(text, FewNames()).translated == text
    assert not why_unseen(text, translate(text, FewNames()).findings)


@pytest.mark.parametrize(
    "text",
    [
        "rpm -i https://example.org/cuda-repo.rpm",
        f"rpm -i {EPEL}-8.noarch.rpm https://example.org/other.rpm",
        "yum install -y https://example.org/$NAME.rpm",
    ],
)
def test_other_rpm_files_are_refused(text: str) -> None:
    assert not translate(text, FewNames()).ok


def test_a_link_from_the_debian_name_makes_no_other_command() -> None:
    assert not made_here("ln -sf /usr/bin/cmake /usr/bin/cmake3\ncmake3 .", "cmake3")
    assert made_here("ln -sf /opt/x/cmake /usr/bin/cmake3\ncmake3 .", "cmake3")


@pytest.mark.parametrize(("rhel", "debian"), load_table().commands().items())
def test_every_command_of_the_table_is_renamed(rhel: str, debian: str) -> None:
    assert any(mark in rhel for mark in RHEL_ONLY)
    resolver = open_resolver(Target("bookworm", "armhf"))
    assert translate(f"{rhel} --version", resolver).translated == f"{debian} --version"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (
            "alternatives --install /usr/bin/cc cc /usr/bin/clang 50",
            "update-alternatives --install /usr/bin/cc cc /usr/bin/clang 50",
        ),
        (
            "sudo /usr/sbin/alternatives --install /a b /c 1; alternatives --set b /c",
            "sudo update-alternatives --install /a b /c 1; update-alternatives --set b /c",
        ),
        (
            "alternatives --install /a b /c 20 --family x --keep-missing",
            "update-alternatives --install /a b /c 20  ",
        ),
    ],
)
def test_a_group_that_the_hook_makes_gets_the_debian_command(text: str, new: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == new
    assert translate(new, FewNames()).translated == new
    assert {found.code for found in result.findings} == {"renamed-command"}
    assert not why_unseen(text, result.findings)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("alternatives --set python /usr/bin/python3", Level.ERROR),
        ("/usr/sbin/alternatives --set python /usr/bin/python3 && gcc x.c", Level.ERROR),
        ("alternatives --set $NAME /usr/bin/python3", Level.ERROR),
        ("alternatives --set python /usr/bin/python3 || true", Level.WARNING),
        ("if alternatives --display python; then make; fi", Level.WARNING),
        ('[ "$(uname -m)" = x86_64 ] && alternatives --set python /usr/bin/python3', Level.WARNING),
    ],
)
def test_a_choice_in_a_group_of_rhel_fails(text: str, level: Level) -> None:
    found = [one for one in translate(text, FewNames()).findings if one.code == "alternatives"]
    assert [one.level for one in found] == [level]
