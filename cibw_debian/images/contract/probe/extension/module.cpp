#include <Python.h>

#include <mutex>
#include <numeric>
#include <optional>
#include <shared_mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

namespace {

std::optional<int> parse(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return static_cast<int>(text.size());
}

int add_up() {
    std::shared_mutex mutex;
    std::vector<int> values;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            std::unique_lock lock{mutex};
            values.push_back(parse("seven!!").value());
        });
    }
    for (auto &thread : threads) thread.join();
    try {
        throw std::runtime_error("an exception through the frames of this library");
    } catch (const std::exception &) {
        return std::accumulate(values.begin(), values.end(), 0);
    }
}

PyObject *answer(PyObject *, PyObject *) { return PyLong_FromLong(add_up()); }

PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};

PyModuleDef module = {PyModuleDef_HEAD_INIT, "probe", nullptr, 0, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_probe() { return PyModuleDef_Init(&module); }
