#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define LENGTH 8

void format_mean(int count, const double *numbers, char text[LENGTH]);

static PyObject *mean(PyObject *self, PyObject *args)
{
    double numbers[3];
    char text[LENGTH];
    if (!PyArg_ParseTuple(args, "ddd", &numbers[0], &numbers[1], &numbers[2]))
        return NULL;
    format_mean(3, numbers, text);
    return PyUnicode_FromStringAndSize(text, LENGTH);
}

static PyMethodDef methods[] = {
    {"mean", mean, METH_VARARGS, "The mean of three numbers, as Fortran writes it."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_fortran", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__fortran(void)
{
    return PyModule_Create(&module);
}
