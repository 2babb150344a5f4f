/*
 * The reference allocator for C programs: the memory API of CPython, without an
 * interpreter. Link with -lpymem_ref.
 *
 * The names and types are those of CPython, so this header is not for programs
 * that include Python.h. What the functions promise stands at their clauses:
 * cargo xtask list.
 */
#ifndef PYMEM_REF_H
#define PYMEM_REF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef ptrdiff_t Py_ssize_t;

/** The largest size that any function serves. */
#define PY_SSIZE_T_MAX ((Py_ssize_t)(((size_t)-1) >> 1))

/* The three domains. A block is resized and freed in the domain that gave it. */

void *PyMem_RawMalloc(size_t size);
void *PyMem_RawCalloc(size_t nelem, size_t elsize);
void *PyMem_RawRealloc(void *ptr, size_t new_size);
void PyMem_RawFree(void *ptr);

void *PyMem_Malloc(size_t size);
void *PyMem_Calloc(size_t nelem, size_t elsize);
void *PyMem_Realloc(void *ptr, size_t new_size);
void PyMem_Free(void *ptr);

void *PyObject_Malloc(size_t size);
void *PyObject_Calloc(size_t nelem, size_t elsize);
void *PyObject_Realloc(void *ptr, size_t new_size);
void PyObject_Free(void *ptr);

/** Room for `count` values of a type; NULL where the product is too large. */
#define PyMem_New(type, count)                                                                                         \
    (((size_t)(count) > PY_SSIZE_T_MAX / sizeof(type)) ? NULL : ((type *)PyMem_Malloc((count) * sizeof(type))))
/** Gives `p` room for `count` values. `p` is NULL afterwards where that fails, so keep a copy. */
#define PyMem_Resize(p, type, count)                                                                                   \
    ((p) = ((size_t)(count) > PY_SSIZE_T_MAX / sizeof(type))                                                           \
               ? NULL                                                                                                  \
               : (type *)PyMem_Realloc((p), (count) * sizeof(type)))
#define PyMem_Del(p) PyMem_Free((p))

/* Older spellings. */

#define PyMem_MALLOC(size) PyMem_Malloc((size))
#define PyMem_REALLOC(p, size) PyMem_Realloc((p), (size))
#define PyMem_FREE(p) PyMem_Free((p))
#define PyMem_NEW(type, count) PyMem_New(type, count)
#define PyMem_RESIZE(p, type, count) PyMem_Resize(p, type, count)
#define PyMem_DEL(p) PyMem_Free((p))
#define PyObject_MALLOC(size) PyObject_Malloc((size))
#define PyObject_REALLOC(p, size) PyObject_Realloc((p), (size))
#define PyObject_FREE(p) PyObject_Free((p))
#define PyObject_DEL(p) PyObject_Free((p))

/* Replacing allocators. */

typedef enum { PYMEM_DOMAIN_RAW = 0, PYMEM_DOMAIN_MEM = 1, PYMEM_DOMAIN_OBJ = 2 } PyMemAllocatorDomain;

typedef struct {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t nelem, size_t elsize);
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    void (*free)(void *ctx, void *ptr);
} PyMemAllocatorEx;

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

/** Surrounds each block with bytes that resize and free check. Before the first allocation. */
void PyMem_SetupDebugHooks(void);

typedef struct {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *ptr, size_t size);
} PyObjectArenaAllocator;

void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator);
void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator);

/**
 * The allocator of a domain as a table, to be installed elsewhere, such as into
 * a CPython. 0; -1 for an unknown domain.
 */
int pymem_get_allocator(int domain, PyMemAllocatorEx *out);

/* Tracing. */

int PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);
/** Turns tracing on (not 0) or off (0), while no other thread allocates. */
void pymem_ref_trace(int on);
/** The bytes in traced blocks; at `peak`, if it is not NULL, the most there have been. */
size_t pymem_ref_traced_memory(size_t *peak);

/* Objects: the headers that all releases of CPython 3 share. */

typedef struct _typeobject PyTypeObject;

typedef struct _object {
    Py_ssize_t ob_refcnt;
    PyTypeObject *ob_type;
} PyObject;

typedef struct {
    PyObject ob_base;
    Py_ssize_t ob_size;
} PyVarObject;

/** The beginning of a type, up to its flags. */
struct _typeobject {
    PyVarObject ob_base;
    const char *tp_name;
    Py_ssize_t tp_basicsize, tp_itemsize;
    void *tp_slots[15];
    unsigned long tp_flags;
};

PyObject *_PyObject_New(PyTypeObject *type);
PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count);
PyObject *PyObject_Init(PyObject *object, PyTypeObject *type);
PyVarObject *PyObject_InitVar(PyVarObject *object, PyTypeObject *type, Py_ssize_t count);

#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, count) ((type *)_PyObject_NewVar((typeobj), (count)))
#define PyObject_Del PyObject_Free

#ifdef __cplusplus
}
#endif

#endif
