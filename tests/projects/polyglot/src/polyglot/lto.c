#define PY_SSIZE_T_CLEAN
#include <Python.h>

int steps_to_one(unsigned long number);

static PyObject *collatz(PyObject *self, PyObject *args)
{
    unsigned long number;
    if (!PyArg_ParseTuple(args, "k", &number))
        return NULL;
    return PyLong_FromLong(steps_to_one(number));
}

static PyMethodDef methods[] = {
    {"collatz", collatz, METH_VARARGS, "How many steps it takes from a number to 1."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_lto", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__lto(void)
{
    return PyModule_Create(&module);
}
