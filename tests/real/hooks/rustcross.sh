# project: benseverndev-oss/goldenmatch
# shape: dnf, yum and apt in turn, by command -v
# needs: libssl-dev
if command -v dnf >/dev/null 2>&1; then
    dnf install -y openssl-devel
elif command -v yum >/dev/null 2>&1; then
    yum install -y openssl-devel
else
    exit 1
fi
