# Fakes of dnf, apt-get and everything else. What is run is recorded on descriptor 3; what fails stands in $FAIL.
# The lists of packages are the file ./lists, because subshells fetch and remove them too.
# With $OFFLINE, whatever needs the network fails, and names are not recorded: a failing update asks for none.
# $WORLD is `original` (dnf is there, and apt-get too, for hooks that have a way for each), `translated` (apt-get
# only) or `companion` (apt-get, and the companion's dnf). A dnf that is not there fails like one that cannot do
# its work.

PATH=/nonexistent
set +o posix

record() { echo "$*" >&3; }

fails() {
    local key
    for key; do
        case " $FAIL " in *" $key "*) return 0 ;; esac
    done
    return 1
}

# act ACTION NAME...: one request, for whichever package manager
act() {
    local action=$1
    shift
    if [ -n "$OFFLINE" ]; then
        case $action in install | refresh) return 7 ;; esac
    fi
    [ "$action" = refresh ] || [ -n "$OFFLINE" ] || record "$action" "$@"
    if fails "$@"; then return 7; fi
}

dnf() {
    case $WORLD in
        translated) return 7 ;;
        companion) companion dnf "$@" ;;
        *) rhel_dnf "$@" ;;
    esac
}

# A package `nothing*` is one that Debian needs none for. Of a package `unknown*` Debian knows nothing: the others
# are installed, and the command fails.
rhel_dnf() {
    local word action='' names=() unknown=0
    for word; do
        case $word in
            -* | nothing*) ;;
            unknown*) unknown=7 ;;
            *) if [ -z "$action" ]; then action=$word; else names+=("$word"); fi ;;
        esac
    done
    case $action in
        install | in | localinstall | reinstall | update | upgrade | upgrade-minimal | distro-sync)
            [ -z "${names[*]}" ] || act install "${names[@]}" || return
            return "$unknown"
            ;;
        remove | erase) [ -z "${names[*]}" ] || act remove "${names[@]}" ;;
        clean) act clean ;;
        makecache | check-update) act refresh ;;
        config-manager | copr | history | mark | repolist) ;;
        *) record unexpected dnf "$@" ;;
    esac
}
yum() { dnf "$@"; }
microdnf() { dnf "$@"; }
dnf-3() { dnf "$@"; }
dnf5() { dnf "$@"; }
/usr/bin/dnf() { dnf "$@"; }
/usr/bin/yum() { dnf "$@"; }
yum-config-manager() { dnf config-manager "$@"; }
crb() { dnf config-manager "$@"; }

# companion PROGRAM WORD...: what the companion does, decided by its own code (see `companion.py`)
companion() {
    eval "${COMPANION["$*"]:-record unexpected \"\$@\"}"
}
declare -A COMPANION

# rpm -q NAME: packages `there*` are installed, others are not
rpm() {
    case $WORLD in
        translated) return 7 ;;
        companion) companion rpm "$@" ;;
        *) case $2 in there*) ;; *) return 1 ;; esac ;;
    esac
}

# scl enable COLLECTION SCRIPT, or -- COMMAND
scl() {
    case $WORLD in
        translated) record unexpected scl "$@"; return 7 ;;
        companion) companion scl "$@"; return ;;
    esac
    shift 2
    if [ "$1" = -- ]; then shift; "$@"; else bash -c "$1"; fi
}
source() { [ "$WORLD" != translated ] || record unexpected source "$@"; }

apt-get() {
    local word action='' names=() value=''
    for word; do
        if [ -n "$value" ]; then
            value=''
            continue
        fi
        case $word in
            -o) value=1 ;;
            -*) ;;
            *) if [ -z "$action" ]; then action=$word; else names+=("${word#deb-}"); fi ;;
        esac
    done
    case $action in
        update)
            act refresh || return
            echo fetched >> ./lists
            ;;
        clean) act clean ;;
        install)
            [ -n "$OFFLINE" ] || lists_are_there || record "no lists for" "${names[@]}"
            act install "${names[@]}"
            ;;
        remove) act remove "${names[@]}" ;;
        *) record unexpected apt-get "$@" ;;
    esac
}

# The last line counts. Adding a line is one step, so that two at a time do no harm.
lists_are_there() {
    local lines
    mapfile -t lines < ./lists
    [ "${lines[-1]}" = fetched ]
}

rm() {
    case $* in */var/lib/apt/lists*) echo removed >> ./lists ;; esac
}

uname() { echo armv7l; }

# has PROGRAM: whether a package manager is there
has() { [ "$1" = apt-get ] || [ "$WORLD" != translated ]; }
which() { has "$1"; }
type() { has "$1"; }
hash() { has "$1"; }

other() {
    record "$@"
    if fails "$1"; then return "$((20 + ${#1}))"; fi
}
# bash looks for a command that it does not find in a process of its own, which takes long.
for n in {1..199}; do eval "c$n() { other c$n \"\$@\"; }"; done
command_not_found_handle() { other "$@"; }

behind_options() {
    while :; do
        case $1 in -u | -n) shift 2 ;; -* | *=*) shift ;; *) break ;; esac
    done
    "$@"
}
linux32() { "$@"; }
nice() { behind_options "$@"; }
sudo() { behind_options "$@"; }
/usr/bin/sudo() { behind_options "$@"; }
env() { behind_options "$@"; }
/usr/bin/env() { behind_options "$@"; }
command() { if [ "$1" = -v ]; then has "$2"; else "$@"; fi; }
exec() { "$@"; exit; }
timeout() { shift; "$@"; }
bash() { (set +e +o pipefail; eval "$2"); }
sh() { bash "$@"; }
/bin/bash() { bash "$@"; }
/bin/sh() { bash "$@"; }
su() { bash "$@"; }
