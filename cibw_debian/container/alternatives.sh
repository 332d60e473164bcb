#!/bin/sh
# cibw-debian: RHEL's alternatives is Debian's update-alternatives, which knows no families.
skip=''
for word; do
    shift
    case "$skip$word" in
        skip*) skip='' ;;
        --family | --initscript) skip=skip ;;
        --keep-missing) ;;
        *) set -- "$@" "$word" ;;
    esac
done
exec update-alternatives "$@"
