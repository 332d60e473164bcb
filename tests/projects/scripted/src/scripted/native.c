#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>

static PyObject *
versions(PyObject *self, PyObject *args)
{
    return Py_BuildValue("(sss)", zlibVersion(), BZ2_bzlibVersion(), lzma_version_string());
}

static PyMethodDef methods[] = {
    {"versions", versions, METH_NOARGS, "The versions of zlib, bzip2 and liblzma."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_native", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__native(void)
{
    return PyModule_Create(&module);
}
