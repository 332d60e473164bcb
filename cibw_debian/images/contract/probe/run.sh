# run.sh SECONDS TAG COMMAND: run a check's command as cibuildwheel runs a hook, with standard input that never ends.
seconds=$1 tag=$2 command=$3
[ -z "$tag" ] || PATH=/opt/python/$tag/bin:$PATH
SCRATCH=$(mktemp -d -p /probe)
export SCRATCH
mkfifo "$SCRATCH/stdin"
exec 3<>"$SCRATCH/stdin"
cd /probe
timeout -k 10 "$seconds" sh -c "$command" <&3 3>&-
code=$?
# a package's own maintainer scripts may have left children
rm -rf "$SCRATCH"
exit "$code"
