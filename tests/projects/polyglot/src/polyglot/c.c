#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <pthread.h>
#include <zlib.h>

#define THREADS 4

struct part {
    const unsigned char *start;
    uInt length;
    uLong sum;
};

static _Thread_local uLong sum_of_thread;
static uLong empty;

__attribute__((constructor)) static void set_empty(void)
{
    empty = crc32(0, NULL, 0);
}

static void *sum_part(void *argument)
{
    struct part *part = argument;
    sum_of_thread = crc32(empty, part->start, part->length);
    part->sum = sum_of_thread;
    return NULL;
}

static PyObject *checksum(PyObject *self, PyObject *args)
{
    const unsigned char *data;
    Py_ssize_t length, done = 0;
    pthread_t threads[THREADS];
    struct part parts[THREADS];
    uLong sum = empty;
    if (!PyArg_ParseTuple(args, "y#", &data, &length))
        return NULL;
    for (int i = 0; i < THREADS; i++) {
        Py_ssize_t end = length * (i + 1) / THREADS;
        parts[i] = (struct part){data + done, end - done, 0};
        done = end;
        if (pthread_create(&threads[i], NULL, sum_part, &parts[i]))
            abort();
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum = crc32_combine(sum, parts[i].sum, parts[i].length);
    }
    return PyLong_FromUnsignedLong(sum);
}

static PyMethodDef methods[] = {
    {"checksum", checksum, METH_VARARGS, "The CRC-32 of bytes, by several threads."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_c", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__c(void)
{
    return PyModule_Create(&module);
}
