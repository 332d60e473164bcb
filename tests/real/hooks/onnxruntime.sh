# project: microsoft/onnxruntime
# shape: a release package by URL, repositories to enable, a compiler of RHEL's, tests of exit codes
# needs: aria2 git
if ! yum-config-manager --enable extras; then exit 1; fi
yum install -y centos-release-scl-rh
if [ $? -ne 0 ]; then exit 1; fi
rpm -q epel-release || yum install -y https://dl.fedoraproject.org/pub/epel/epel-release-latest-7.noarch.rpm
[[ $? == 0 ]] || exit 1
yum install -y devtoolset-10-binutils devtoolset-10-gcc devtoolset-10-gcc-c++ aria2 python3-pip git python3-devel
