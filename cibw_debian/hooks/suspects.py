"""Parts of texts without which a hook needs no look at all: most hooks have none of them."""

from __future__ import annotations

#: without one of these there is nothing to say but about dnf
SUSPECT = (
    # the machine
    *("uname -", "$(arch)", "$ARCH", "${ARCH", "AUDITWHEEL_ARCH"),
    # RHEL's places, and what asks about another way
    *(
        "-release",
        "/bin/dnf",
        "/bin/microdnf",
        "/bin/rpm",
        "/bin/yum",
        "$ID",
        "PRETTY_NAME",
        "lib64",
        "/opt/rh",
        "/etc/yum",
        "/etc/dnf",
        "=dnf",
        "=yum",
        "=microdnf",
        '="',
        "='",
        "apt",
    ),
    # syntax of bash
    *(
        "<<<",
        "==",
        "=~",
        "[[",
        "|&",
        "&>",
        ";&",
        "function ",
        "((",
        "=(",
        "<(",
        ">(",
        "{",
        "$'",
        "select ",
        "+=",
    ),
    # commands of bash
    *(
        "source ",
        "pushd",
        "popd",
        "dirs",
        "declare",
        "typeset",
        "mapfile",
        "readarray",
        "shopt",
        "let ",
        "time ",
    ),
    *("builtin", "caller", "compgen", "complete", "compopt", "coproc", "disown", "enable", "help", "history"),
    *("logout", "suspend"),
    # commands that have further options in bash, and variables of bash
    *(
        "echo -",
        "exec -",
        "export -",
        "hash -",
        "jobs -",
        "printf -",
        "read -",
        "set ",
        "test ",
        "trap ",
        "type -",
    ),
    *(
        "unset -",
        "wait -",
        "BASH",
        "RANDOM",
        "OSTYPE",
        "HOST",
        "MACHTYPE",
        "SECONDS",
        "UID",
        "FUNCNAME",
        "EPOCH",
    ),
    *("PIPESTATUS", "DIRSTACK", "GROUPS"),
)
#: files and names of commands that RHEL alone has
RHEL_ONLY = (
    *(
        "/opt/rh",
        "/etc/yum",
        "/etc/dnf",
        "/etc/distro.repos.d",
        "/etc/pki/rpm-gpg",
        "/etc/rpm/",
        "/var/cache",
    ),
    *(
        "cmake3",
        "ctest3",
        "cpack3",
        "ninja-build",
        "-qt5",
        "gmake",
        "gtar",
        "llvm-config-64",
        "scons-3",
        "sphinx-build-3",
        "alternatives",
    ),
)
#: without one of these a hook has nothing to translate and nothing to say about
INTERESTING = ("dnf", "yum", "repoquery", "crb", "rpm", "scl", "update-ca-trust", *RHEL_ONLY, *SUSPECT)
#: commands that `lint` has something to say about
LINTED = frozenset(
    {"rpm", "alternatives", "scl", "scl_source", "update-ca-trust", "command", "which", "type", "hash"}
)
