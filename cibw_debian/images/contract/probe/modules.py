"""Use the modules of the standard library that need a library of the system. Each fault is a line."""

import importlib
import os
import sys
import tempfile


def use_bz2(module):
    assert module.decompress(module.compress(b"x" * 99)) == b"x" * 99


def use_ctypes(module):
    assert module.CDLL(None).abs(-42) == 42
    import ctypes.util

    assert ctypes.util.find_library("c")


def use_curses(module):
    module.setupterm("dumb", 1)


def use_dbm(module):
    with tempfile.TemporaryDirectory() as directory:
        with module.open(os.path.join(directory, "file"), "c") as file:
            file[b"a"] = b"b"
        with module.open(os.path.join(directory, "file"), "r") as file:
            assert file[b"a"] == b"b"


def use_decimal(module):
    assert module.__libmpdec_version__


def use_hashlib(module):
    for name in ("md5", "sha1", "sha256", "sha3_256", "blake2b"):
        module.new(name, b"x").hexdigest()


def use_multiprocessing(module):
    module.get_context("fork").Lock()


def use_readline(module):
    module.set_history_length(1)


def use_sqlite3(module):
    with module.connect(":memory:") as connection:
        connection.execute("create virtual table t using fts5(x)")
        assert connection.execute("select 42").fetchone() == (42,)


def use_ssl(module):
    assert module.OPENSSL_VERSION_INFO >= (1, 1, 1), module.OPENSSL_VERSION
    context = module.create_default_context()
    found = context.cert_store_stats()["x509_ca"]
    if not found:  # certificates in a directory are read when they are needed
        directory = module.get_default_verify_paths().capath
        found = len(os.listdir(directory)) if directory and os.path.isdir(directory) else 0
    assert found > 50, "only %d certificates of authorities are known" % found


def use_uuid(module):
    assert module.uuid1() != module.uuid1()
    import _uuid  # noqa: F401


def use_compression(module):
    assert module.decompress(module.compress(b"x" * 99)) == b"x" * 99


MODULES = {
    "bz2": use_bz2,
    "ctypes": use_ctypes,
    "curses": use_curses,
    "dbm.gnu": use_dbm,
    "dbm.ndbm": use_dbm,
    "decimal": use_decimal,
    "hashlib": use_hashlib,
    "lzma": use_bz2,
    "multiprocessing": use_multiprocessing,
    "pyexpat": None,
    "readline": use_readline,
    "sqlite3": use_sqlite3,
    "ssl": use_ssl,
    "unicodedata": None,
    "uuid": use_uuid,
    "zlib": use_bz2,
}
if sys.version_info >= (3, 14):
    MODULES["compression.zstd"] = use_compression

for name, use in MODULES.items():
    try:
        module = importlib.import_module(name)
        if use:
            use(module)
    except BaseException as error:
        print("%s: %s: %s" % (name, type(error).__name__, error))
