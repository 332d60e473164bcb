# project: pyca/infra
# shape: a condition on the machine, && chains, clean
# needs: binutils perl
if stat /etc/redhat-release 1>/dev/null 2>&1 || command -v yum >/dev/null; then
    if [ "$(uname -m)" = "aarch64" ]; then
        yum -y install binutils perl
    else
        yum -y install binutils perl perl-IPC-Cmd perl-Time-Piece
    fi && \
    yum -y clean all && \
    rm -rf /var/cache/yum
fi
perl -MIPC::Cmd -MTime::Piece -e 1
