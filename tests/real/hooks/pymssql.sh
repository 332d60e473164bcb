# project: pymssql/pymssql
# shape: which yum, which apk, else apt-get
# needs: libssl-dev libkrb5-dev
set -eux
if which yum; then
    yum install -y openssl-devel krb5-devel
elif which apk; then
    apk add openssl-dev krb5-dev
else
    echo "no package manager" >&2
    exit 1
fi
