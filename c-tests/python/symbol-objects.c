/*
 * about:    objects of variable size cannot be initialised
 * breaks:   symbols.objects
 * hides:    PyObject_InitVar
 */
#include "python.h"
