#!/bin/bash
# Everything that a translation of text cannot see or settle.
set -euo pipefail

PKGS="zlib-devel bzip2-devel"

install() {
    for name in "$@"; do
        echo "--- $name"
        yum install -y "$name"
    done
}

if [[ -f /etc/alpine-release ]]; then
    apk add zlib-dev bzip2-dev
elif command -v dnf >/dev/null; then
    yum install $PKGS -y
else
    echo "what kind of image is this?" >&2
    exit 1
fi

cat > /tmp/notes <<'EOF'
dnf install -y this-is-only-text
EOF

install cmake3 epel-release
cmake3 --version
dnf install -y no-such-package-devel || true
if dnf install -y no-such-package-devel; then
    echo "that should have failed" >&2
    exit 1
fi
rpm -q zlib-devel
! rpm -q libffi-devel
echo "RHEL $(rpm -E %rhel)"
yum clean all
