#include <Python.h>

void fortran_answer(int *value);

static PyObject *answer(PyObject *self, PyObject *args) {
    int value = 0;
    (void)self, (void)args;
    fortran_answer(&value);
    return PyLong_FromLong(value);
}

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "probe", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_probe(void) { return PyModuleDef_Init(&module); }
