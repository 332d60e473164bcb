# project: acquire-project/acquire-zarr
# shape: names from an array, a heredoc, a package list on standard input
# needs: ninja-build pkg-config
names=(ninja-build perl-IPC-Cmd)
yum install -y "${names[@]}" gcc-toolset-11-gcc gcc-toolset-11-gcc-c++
xargs yum install -y <<LIST
pkgconf-pkg-config
LIST
