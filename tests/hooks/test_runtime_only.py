"""When the companion is needed: where a hook does what its text does not show."""

from __future__ import annotations

import pytest

from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver


def reason(hook: str) -> str:
    resolver = open_resolver(Target("bookworm", "armhf"))
    return why_unseen(hook, translate(hook, resolver, style=Style.ROBUST).findings)


@pytest.mark.parametrize(
    ("hook", "why"),
    [
        ("bash ci/deps.sh", "ci/deps.sh is a script"),
        ("cd ci && sh -eux {project}/ci/deps.sh --all", "/project/ci/deps.sh is a script"),
        ("bash {package}/deps.sh", "is a script"),
        ("./deps.sh", "./deps.sh is a script"),
        ("{project}/tools/deps", "/project/tools/deps is a script"),
        ("source ci/env.sh && make", "ci/env.sh is a script"),
        ("bash -c 'source deps.sh'", "deps.sh is a script"),
        ("make -C deps", "make runs"),
        ("python ci/deps.py", "ci/deps.py is a script"),
        ("if true; then (ci/deps.sh); fi", "ci/deps.sh is a script"),
        ("yum install -y $PKGS", "$PKGS"),
        ("for p in zlib; do yum install -y $p-devel; done", "$p-devel"),
        ("[[ -f x ]] && dnf install -y zlib-devel", "bash only"),
        ("if command -v yum; then yum install -y zlib-devel; else apk add a; fi", "asks for dnf or yum"),
        ("tar xf data.tar.gz && cd ci && ./deps.sh", "./deps.sh is a script"),
        ("(cd /tmp && curl https://example.org/a | tar x) && ./deps.sh", "./deps.sh is a script"),
        ("git clone https://example.org/lib && cd lib && make && cd .. && make deps", "make runs"),
        ("tar xf data.tgz -C {project}/ci && bash {project}/ci/deps.sh", "is a script"),
        ("tar xf data.tgz -C ci && ci/deps.sh", "is a script"),
        ("cd /tmp && bash {project}/ci/deps.sh", "/project/ci/deps.sh is a script"),
        ("cd {project}/ci && ./deps.sh", "./deps.sh is a script"),
        ("rpm -q zlib-devel || dnf install -y zlib-devel", "rpm"),
    ],
)
def test_needed(hook: str, why: str) -> None:
    assert why in reason(hook)


@pytest.mark.parametrize(
    "hook",
    [
        "dnf install -y openssl-devel",
        "dnf install -y openssl-devel && pip install cython",
        "python -m pip install x && pytest {project}/tests",
        "/opt/python/cp39-cp39/bin/python -m pip install x",
        "python -c 'import this'",
        "auditwheel repair -w {dest_dir} {wheel}",
        "curl -O https://example.org/x.tar.gz && tar xf x.tar.gz && cd x && ls",
        "bash -c 'yum install -y zlib-devel'",
        "echo ./deps.sh",
        "tar xf zlib-1.3.tar.gz && cd zlib-1.3 && ./configure && make && cd ..",
        "wget https://example.org/boost_1.tar.gz && tar xf boost_1.tar.gz && ./boost_1/bootstrap.sh",
        "curl https://x.example/v2.1.tgz | tar xz && cd x-2.1 && mkdir b && cd b && ../configure && make",
        "curl -O https://example.org/ssl-$V.tar.gz; tar xzf ssl-$V.tar.gz; cd ssl-$V; ./config; make install",
        "curl -O https://example.org/ssl-3.tgz && tar xf ssl-3.tgz && (cd ssl-*/ && ./config && make)",
        "git clone --depth 1 https://example.org/lib.git && cd lib && make",
        "git clone https://example.org/lib /tmp/src && make -C /tmp/src",
        "cd /tmp && curl https://example.org/a | tar x && ./install.sh",
        "curl -o rustup.sh https://example.org/x && sh rustup.sh -y",
        "wget https://example.org/get.py && python get.py",
        "tar xf a.tgz -C /tmp/src && cd /tmp/src && ./autogen.sh",
        ". /etc/os-release && echo $ID",
        "curl https://example.org/llvm.sh | bash -s -- 18.1.8",
        "wget -qO- https://example.org/x | sudo sh -",
    ],
)
def test_not_needed(hook: str) -> None:
    assert reason(hook) == ""


def test_scripts_need_not_count() -> None:
    assert why_unseen("python {package}/tests/check.py", (), scripts=False) == ""
