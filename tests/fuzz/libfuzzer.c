/* libFuzzer around a Python function: each input goes to tests.fuzz.targets.<FUZZ_TARGET>(bytes).
 *
 * The compiled kernels are built with the same clang and its coverage counters, so that libFuzzer
 * sees their branches; an exception or a sanitizer's finding ends the run with the input kept.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>

static PyObject *target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    const char *name = getenv("FUZZ_TARGET");
    (void)argc;
    (void)argv;
    Py_Initialize();
    PyRun_SimpleString("import sys; sys.path.insert(0, '.')");
    PyObject *module = PyImport_ImportModule("tests.fuzz.targets");
    target = module ? PyObject_GetAttrString(module, name ? name : "markup") : NULL;
    if (target == NULL) {
        PyErr_Print();
        abort();
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    PyObject *result = PyObject_CallFunction(target, "y#", (const char *)data, (Py_ssize_t)size);
    if (result == NULL) {
        PyErr_Print();
        abort();
    }
    Py_DECREF(result);
    return 0;
}
