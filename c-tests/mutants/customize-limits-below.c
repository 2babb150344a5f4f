/*
 * about:  requests above PY_SSIZE_T_MAX are handed on, to be refused by the heap
 * kind:   pymem
 * breaks: customize.limits-first
 */
#define TOO_LARGE(size) false

#include "base/customizable.h"
