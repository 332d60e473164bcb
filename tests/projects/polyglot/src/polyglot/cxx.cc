#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <exception>
#include <thread>

#include "thrower.h"

namespace {

template <typename... Errors> struct Caught;

template <> struct Caught<> {
    static PyObject *text(std::exception_ptr)
    {
        PyErr_SetNone(PyExc_RuntimeError);
        return nullptr;
    }
};

template <typename Error, typename... Others> struct Caught<Error, Others...> {
    static PyObject *text(std::exception_ptr thrown)
    {
        try {
            std::rethrow_exception(thrown);
        } catch (const Error &error) {
            return PyUnicode_FromString(error.what());
        } catch (...) {
            return Caught<Others...>::text(thrown);
        }
    }
};

PyObject *handle(PyObject *, PyObject *args)
{
    const char *why;
    std::exception_ptr thrown;
    if (!PyArg_ParseTuple(args, "s", &why))
        return nullptr;
    std::thread thread([&] {
        try {
            refuse(why);
        } catch (...) {
            thrown = std::current_exception();
        }
    });
    thread.join();
    return Caught<std::bad_alloc, Refused>::text(thrown);
}

PyMethodDef methods[] = {
    {"handle", handle, METH_VARARGS, "What another library threw, in another thread."},
    {nullptr, nullptr, 0, nullptr},
};

struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_cxx", nullptr, 0, methods, nullptr, nullptr, nullptr, nullptr,
};

} // namespace

PyMODINIT_FUNC PyInit__cxx(void)
{
    return PyModule_Create(&module);
}
