"""A build backend that compiles one extension as sysconfig says, and needs no other package."""

import base64
import hashlib
import os
import shlex
import subprocess
import sys
import sysconfig
import zipfile

#: kind -> sources and libraries
KINDS = {
    "c": (["module.c"], []),
    "cxx": (["module.cpp"], []),
    "fortran": (["module_fortran.c", "answer.f90"], ["-lgfortran"]),
    "abi3": (["module.c"], []),
    "free_threaded": (["module.c"], []),
}


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("kind") as file:
        kind = file.read().strip()
    content = compile_extension(kind)
    number = "cp%d%d" % sys.version_info[:2]
    abi = number + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tag = "-".join((number, "abi3" if kind == "abi3" else abi, platform))
    suffix = ".abi3.so" if kind == "abi3" else sysconfig.get_config_var("EXT_SUFFIX")
    files = {
        "probe" + suffix: content,
        "probe-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: probe\nVersion: 1\n",
        "probe-1.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: probe\nRoot-Is-Purelib: false\nTag: %s\n"
        % tag.encode(),
    }
    record = "".join(
        "%s,sha256=%s,%d\n"
        % (name, base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), len(data))
        for name, data in files.items()
    )
    files["probe-1.dist-info/RECORD"] = (record + "probe-1.dist-info/RECORD,,\n").encode()
    name = "probe-1-%s.whl" % tag
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
    return name


def compile_extension(kind):
    value = sysconfig.get_config_var
    sources, libraries = KINDS[kind]
    include = ["-I" + path for path in dict.fromkeys(map(sysconfig.get_path, ("include", "platinclude")))]
    defines = ["-DPy_LIMITED_API=0x03090000"] if kind == "abi3" else []
    objects = []
    for source in sources:
        if source.endswith(".f90"):
            command = ["gfortran", "-O2", "-fPIC"]
        elif source.endswith(".cpp"):
            command = [*shlex.split(value("CXX")), "-std=c++17", "-pthread", "-O2", "-fPIC", *include]
        else:
            flags = " ".join((value("CC"), value("CFLAGS") or "", value("CCSHARED") or ""))
            command = [*shlex.split(flags), *include, *defines]
        objects.append(source + ".o")
        subprocess.run([*command, "-c", source, "-o", objects[-1]], check=True)
    link = shlex.split(value("LDSHARED"))
    if kind == "cxx":
        link = [*shlex.split(value("CXX")), "-shared", "-pthread"]
    subprocess.run([*link, *objects, *libraries, "-o", "probe.so"], check=True)
    with open("probe.so", "rb") as file:
        return file.read()
