/*
 * Names that a header declares or not, depending on its version and on Py_LIMITED_API: the compiler's complaints about
 * this file are what is read.
 */
#include HEADER

#define NAME(name) __typeof__(&name) pointer_to_##name

NAME(PyMem_RawMalloc);
NAME(PyMem_RawCalloc);
NAME(PyMem_RawRealloc);
NAME(PyMem_RawFree);
NAME(PyMem_Malloc);
NAME(PyMem_Calloc);
NAME(PyMem_Realloc);
NAME(PyMem_Free);
NAME(PyObject_Malloc);
NAME(PyObject_Calloc);
NAME(PyObject_Realloc);
NAME(PyObject_Free);
NAME(PyMem_GetAllocator);
NAME(PyMem_SetAllocator);
NAME(PyMem_SetupDebugHooks);
NAME(PyObject_GetArenaAllocator);
NAME(PyObject_SetArenaAllocator);
NAME(PyTraceMalloc_Track);
NAME(PyTraceMalloc_Untrack);
NAME(PyUnstable_Object_GC_NewWithExtraData);
