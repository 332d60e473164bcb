"""Find paths of the machine that built an interpreter: in sysconfig, scripts, .pc files and libraries."""

import os
import re
import subprocess
import sys
import sysconfig

#: directories for builds and of users; none of an image's own files stands there
PATHS = re.compile(
    r"(?<![\w.=/-])/(?:tmp|var/tmp|home|root|build|builds|work|workspace|mnt|opt/cibw-debian)/[^\s:;,'\"]+"
)
prefix = os.path.realpath(os.path.join(os.path.dirname(sys.executable), os.pardir))
faults = set()


def look(place, text):
    # Options that map a prefix name the builder's path, to take it out of what they compile.
    text = re.sub(r"-f[\w-]*prefix-map=\S+", "", text)
    for path in PATHS.findall(text):
        faults.add("%s has %s" % (place, path))


# The distribution's own packages are the distribution's.
if not sys.base_prefix.startswith("/usr"):
    for name, value in sysconfig.get_config_vars().items():
        # The directory of the user who runs this program; sysconfig computes it.
        if name != "userbase":
            look("sysconfig " + name, str(value))
for directory, _, names in os.walk(prefix):
    for name in names:
        file = os.path.join(directory, name)
        if os.path.islink(file) and not os.path.exists(file):
            faults.add("%s is a link to %s, which is missing" % (file, os.readlink(file)))
        if os.path.islink(file) or not os.path.isfile(file):
            continue
        if os.path.basename(directory) == "bin" or name.endswith(
            (".pc", ".la", ".pth", "direct_url.json", "pyvenv.cfg")
        ):
            with open(file, "rb") as content:
                text = content.read(1 << 16)
            if b"\0" in text[:64]:
                continue
            look(file, text.decode("utf-8", "replace"))
            command = re.match(rb"#!\s*(/\S+)", text)
            if command and not os.path.exists(command.group(1).decode()):
                faults.add("%s is run by %s, which is missing" % (file, command.group(1).decode()))
        elif name.endswith(".so"):
            done = subprocess.run(
                ["patchelf", "--print-rpath", file], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            look(file, done.stdout.decode())
print("\n".join(sorted(faults)[:20]), end="\n" if faults else "")
