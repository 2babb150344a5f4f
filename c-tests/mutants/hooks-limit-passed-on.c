/*
 * about:  a size for which there is no room with the bytes around it is passed on
 * kind:   pymem
 * breaks: debug-hooks.inner.limit
 */
#define LARGEST (PY_SSIZE_T_MAX - 8)

#include "base/customizable.h"
