/*
 * about:    objects under garbage collection cannot be resized
 * breaks:   symbols.gc
 * hides:    _PyObject_GC_Resize
 */
#include "python.h"
