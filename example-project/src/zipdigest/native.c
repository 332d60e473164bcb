#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <zlib.h>

static PyObject *
compress_bytes(PyObject *self, PyObject *args)
{
    const char *data;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#:compress", &data, &size)) {
        return NULL;
    }
    uLongf room = compressBound((uLong)size);
    PyObject *result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)room);
    if (result == NULL) {
        return NULL;
    }
    if (compress((Bytef *)PyBytes_AS_STRING(result), &room, (const Bytef *)data, (uLong)size) != Z_OK) {
        Py_DECREF(result);
        PyErr_SetString(PyExc_RuntimeError, "zlib could not compress");
        return NULL;
    }
    _PyBytes_Resize(&result, (Py_ssize_t)room);
    return result;
}

static PyObject *
sha256(PyObject *self, PyObject *args)
{
    const char *data;
    Py_ssize_t size;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length;
    if (!PyArg_ParseTuple(args, "y#:sha256", &data, &size)) {
        return NULL;
    }
    if (!EVP_Digest(data, (size_t)size, digest, &length, EVP_sha256(), NULL)) {
        PyErr_SetString(PyExc_RuntimeError, "OpenSSL could not digest");
        return NULL;
    }
    return PyBytes_FromStringAndSize((const char *)digest, (Py_ssize_t)length);
}

static PyObject *
versions(PyObject *self, PyObject *args)
{
    return Py_BuildValue("(ss)", OpenSSL_version(OPENSSL_VERSION), zlibVersion());
}

static PyMethodDef methods[] = {
    {"compress", compress_bytes, METH_VARARGS, "Compress bytes with zlib."},
    {"sha256", sha256, METH_VARARGS, "SHA-256 of bytes, by OpenSSL."},
    {"versions", versions, METH_NOARGS, "The versions of OpenSSL and zlib that are in use."},
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
