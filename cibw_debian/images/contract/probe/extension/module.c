#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return PyLong_FromLong(42);
}

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static PyModuleDef_Slot slots[] = {
#if defined(Py_mod_gil) && !defined(Py_LIMITED_API)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "probe", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_probe(void) { return PyModuleDef_Init(&module); }
