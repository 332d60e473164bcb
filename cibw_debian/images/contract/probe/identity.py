"""The name that an interpreter has in /opt/python: ``cp314-cp314t``."""

import sys
import sysconfig

number = "cp%d%d" % sys.version_info[:2]
print(number + "-" + number + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))
