#include <Python.h>

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "stable", NULL, 0, NULL};

PyMODINIT_FUNC PyInit_stable(void)
{
    PyObject *made = PyModule_Create(&module);
    if (made && PyModule_AddIntConstant(made, "pointer", sizeof(void *)) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}
