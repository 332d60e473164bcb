"""Compare what sysconfig names for building extensions with what is there. Each fault is a line."""

import os
import re
import shlex
import shutil
import sysconfig

found = sysconfig.get_config_vars()
for name in ("CC", "CXX", "LDSHARED", "LDCXXSHARED", "AR"):
    words = [word for word in shlex.split(str(found.get(name) or "")) if "=" not in word or word[0] == "/"]
    if not words:
        if name != "LDCXXSHARED":
            print("sysconfig names no %s" % name)
    elif not shutil.which(words[0]):
        print("%s is %s, which is missing" % (name, words[0]))
OPTIONS = r"(?:-I|-L|-B|-isysroot|--sysroot=|-isystem|-Wl,-rpath[,=]|-fuse-ld=)\s*(/[^\s,'\"]+)"
for name in ("CC", "CXX", "CFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED", "LDCXXSHARED", "BLDSHARED"):
    for path in re.findall(OPTIONS, str(found.get(name) or "")):
        if not os.path.exists(path):
            print("%s names %s, which is missing" % (name, path))
include = sysconfig.get_path("include")
for header in ("Python.h", "pyconfig.h"):
    if not os.path.exists(os.path.join(include, header)):
        print("%s is missing in %s" % (header, include))
if not str(found.get("EXT_SUFFIX")).endswith(".so"):
    print("EXT_SUFFIX is %s" % found.get("EXT_SUFFIX"))
