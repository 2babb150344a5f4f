/*
 * about:    a further interpreter with an allocator of its own does not look at extensions
 * breaks:   lifecycle.own-allocator
 * replaces: Py_NewInterpreterFromConfig
 */
#include "python.h"

PyStatus Py_NewInterpreterFromConfig_before(PyThreadState **state, const PyInterpreterConfig *config);

PyStatus Py_NewInterpreterFromConfig(PyThreadState **state, const PyInterpreterConfig *config)
{
    PyInterpreterConfig changed = *config;
    changed.check_multi_interp_extensions = 1;
    return Py_NewInterpreterFromConfig_before(state, &changed);
}
