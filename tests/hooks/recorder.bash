# Fakes of dnf, apt-get and everything else. What is run is recorded on descriptor 3; what fails stands in $FAIL.
# The lists of packages are the file ./lists, because subshells fetch and remove them too.
# With $OFFLINE, whatever needs the network fails, and names are not recorded: a failing update asks for none.

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
    local word action='' names=()
    for word; do
        case $word in
            -* | nothing*) ;;
            *) if [ -z "$action" ]; then action=$word; else names+=("$word"); fi ;;
        esac
    done
    case $action in
        install | in | localinstall | reinstall | update | upgrade | upgrade-minimal | distro-sync) [ -z "${names[*]}" ] || act install "${names[@]}" ;;
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
/usr/bin/yum() { dnf "$@"; }
yum-config-manager() { dnf config-manager "$@"; }
crb() { dnf config-manager "$@"; }

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

command_not_found_handle() {
    record "$@"
    if fails "$1"; then return "$((20 + ${#1}))"; fi
}

behind_options() {
    while :; do
        case $1 in -u | -n) shift 2 ;; -* | *=*) shift ;; *) break ;; esac
    done
    "$@"
}
linux32() { "$@"; }
nice() { behind_options "$@"; }
sudo() { behind_options "$@"; }
env() { behind_options "$@"; }
command() { "$@"; }
exec() { "$@"; exit; }
timeout() { shift; "$@"; }
bash() { (set +e +o pipefail; eval "$2"); }
sh() { bash "$@"; }
su() { bash "$@"; }
