for shell in sh bash; do
    [ "$($shell -c 'echo works' 2>&1)" = works ] || echo "$shell does not work"
done
case $ARCH in
armv7l) words='armv7l armv8l' ;;
i686) words='i686 i586' ;;
*) words=$ARCH ;;
esac
is_ours() { case " $words " in *" $1 "*) ;; *) return 1 ;; esac; }
case $ARCH in
armv7l | i686)
    machine=$(linux32 uname -m 2>&1) || machine="nothing: linux32 fails"
    is_ours "$machine" || echo "linux32 uname -m says $machine"
    ;;
*)
    command -v linux32 >/dev/null || echo "linux32 is missing"
    is_ours "$(uname -m)" || echo "uname -m says $(uname -m)"
    ;;
esac
