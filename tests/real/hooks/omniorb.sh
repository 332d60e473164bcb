# project: jeteve/jeteve-omniorb
# shape: a global option before and after the subcommand
# needs: zip libssl-dev tree
yum --disablerepo=epel -y install zip openssl-devel tree && yum clean all && rm -rf /var/cache/yum
