# project: OpenBluetoothToolbox/SimpleBLE
# shape: update of everything, a group in quotes
# needs: libdbus-1-dev build-essential
yum update -y && yum group install -y "Development Tools" && yum install -y dbus-devel
