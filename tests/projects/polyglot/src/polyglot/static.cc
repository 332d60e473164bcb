#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <typeinfo>

namespace {

struct Answer {
    virtual ~Answer() = default;
};

template <typename Value> struct Holds final : Answer {
    explicit Holds(Value value) : value(value) {}
    const Value value;
};

PyObject *look(PyObject *, PyObject *args)
{
    int whole;
    if (!PyArg_ParseTuple(args, "p", &whole))
        return nullptr;
    const Holds<long> answer(42);
    const Holds<double> other(42.5);
    const Answer &found = whole ? static_cast<const Answer &>(answer) : other;
    try {
        return PyLong_FromLong(dynamic_cast<const Holds<long> &>(found).value);
    } catch (const std::bad_cast &error) {
        return PyUnicode_FromString(error.what());
    }
}

PyMethodDef methods[] = {
    {"look", look, METH_VARARGS, "A number, or what was thrown because there is none."},
    {nullptr, nullptr, 0, nullptr},
};

struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_static", nullptr, 0, methods, nullptr, nullptr, nullptr, nullptr,
};

} // namespace

PyMODINIT_FUNC PyInit__static(void)
{
    return PyModule_Create(&module);
}
