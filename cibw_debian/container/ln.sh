#!/bin/sh
# cibw-debian: where both names of a command are there (cmake3 is cmake), a link between them would break it.
companion=/opt/cibw-debian
from='' to=''
for word; do from=$to to=$word; done
while read -r rhel debian; do
    case "${from##*/} ${to##*/}" in
        "$rhel ${debian##*/}" | "${debian##*/} $rhel")
            if [ "$to" -ef "/usr/bin/${to##*/}" ]; then
                echo "cibw-debian: note: $rhel is ${debian##*/} on Debian, both names are there" >&2
                exit 0
            fi
            ;;
    esac
done <"$companion/commands"
exec /bin/ln "$@"
