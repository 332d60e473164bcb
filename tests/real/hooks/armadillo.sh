# project: a project with sudo and a library from EPEL
# shape: && chain, sudo-less here because containers run as root; repository by name
# needs: libeigen3-dev
yum install -y epel-release && yum config-manager --enable epel && yum --enablerepo=epel -y install eigen3-devel
