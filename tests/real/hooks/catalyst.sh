# project: PennyLaneAI/catalyst
# shape: edits dnf's configuration, an option after the names, enables a software collection
# needs: ninja-build libzstd-dev
set -e
mkdir -p /etc/dnf && echo "timeout=300" >> /etc/dnf/dnf.conf
dnf update -y
dnf install -y ninja-build libzstd-devel
dnf install gcc-toolset-13 -y
dnf clean all -y
ninja-build --version
