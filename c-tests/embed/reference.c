/*
 * A program of somebody who uses the reference allocator: only its header and
 * -lpymem_ref. Ends in 0 if everything is as the header says; else it names the
 * line.
 */
#include <pymem_ref.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static void families(void)
{
    char *raw = PyMem_RawMalloc(100), *mem = PyMem_Calloc(10, 10), *obj = PyObject_Malloc(0);
    EXPECT(raw && mem && obj);
    EXPECT(mem[0] == 0 && mem[99] == 0);
    memset(raw, 'r', 100);
    raw = PyMem_RawRealloc(raw, 100000);
    EXPECT(raw && raw[99] == 'r');
    EXPECT(!PyMem_Malloc((size_t)PY_SSIZE_T_MAX + 1));
    EXPECT(!PyObject_Calloc(PY_SSIZE_T_MAX, 2));
    PyMem_RawFree(raw);
    PyMem_Free(mem);
    PyObject_Free(obj);
    PyMem_Free(NULL);
}

static void macros(void)
{
    long *numbers = PyMem_New(long, 3);
    EXPECT(numbers);
    numbers[2] = 42;
    EXPECT(PyMem_Resize(numbers, long, 3000) && numbers[2] == 42);
    PyMem_Del(numbers);
    EXPECT(!PyMem_New(long, (size_t)PY_SSIZE_T_MAX / sizeof(long) + 1));
}

struct point {
    PyObject base;
    double x, y;
};

struct list {
    PyVarObject base;
    int items[1];
};

static void objects(void)
{
    PyTypeObject point = {.tp_name = "point", .tp_basicsize = sizeof(struct point)};
    struct point *p = PyObject_New(struct point, &point);
    EXPECT(p && p->base.ob_refcnt == 1 && p->base.ob_type == &point);
    p->y = 2;
    PyObject_Del(p);

    PyTypeObject list = {.tp_name = "list", .tp_basicsize = sizeof(PyVarObject), .tp_itemsize = sizeof(int)};
    list.tp_flags = 1UL << 9;
    struct list *l = PyObject_NewVar(struct list, &list, 50);
    EXPECT(l && l->base.ob_size == 50 && l->base.ob_base.ob_type == &list);
    EXPECT(list.ob_base.ob_base.ob_refcnt == 1);
    l->items[49] = 7;
    PyObject_Del(l);
    EXPECT(!PyObject_NewVar(struct list, &list, PY_SSIZE_T_MAX));
    EXPECT(!PyObject_Init(NULL, &point) && !PyObject_InitVar(NULL, &list, 1));
}

/* An allocator of the program's own: it counts, and passes each call on. */

static size_t calls;

static PyMemAllocatorEx below;

static void *counting_malloc(void *ctx, size_t size)
{
    ++*(size_t *)ctx;
    return below.malloc(below.ctx, size);
}

static void *counting_calloc(void *ctx, size_t nelem, size_t elsize)
{
    ++*(size_t *)ctx;
    return below.calloc(below.ctx, nelem, elsize);
}

static void *counting_realloc(void *ctx, void *ptr, size_t new_size)
{
    ++*(size_t *)ctx;
    return below.realloc(below.ctx, ptr, new_size);
}

static void counting_free(void *ctx, void *ptr)
{
    ++*(size_t *)ctx;
    below.free(below.ctx, ptr);
}

static void replacing(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMemAllocatorEx counting = {&calls, counting_malloc, counting_calloc, counting_realloc, counting_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &counting);
    PyObject_Free(PyObject_Malloc(10));
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyObject_Free(PyObject_Malloc(10));
    EXPECT(calls == 2);

    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    void *arena = arenas.alloc(arenas.ctx, 1 << 20);
    EXPECT(arena);
    arenas.free(arenas.ctx, arena, 1 << 20);
    PyObject_SetArenaAllocator(&arenas);

    PyMemAllocatorEx table;
    EXPECT(pymem_get_allocator(PYMEM_DOMAIN_MEM, &table) == 0 && pymem_get_allocator(3, &table) == -1);
    table.free(table.ctx, table.malloc(table.ctx, 100));
}

static void tracing(void)
{
    size_t peak;
    EXPECT(PyTraceMalloc_Track(1, 0x1000, 5) == -2 && PyTraceMalloc_Untrack(1, 0x1000) == -2);
    pymem_ref_trace(1);
    EXPECT(PyTraceMalloc_Track(1, 0x1000, 5) == 0);
    void *block = PyMem_Malloc(100);
    EXPECT(pymem_ref_traced_memory(&peak) == 105 && peak == 105);
    PyMem_Free(block);
    EXPECT(PyTraceMalloc_Untrack(1, 0x1000) == 0 && pymem_ref_traced_memory(NULL) == 0);
    pymem_ref_trace(0);
}

int main(void)
{
    families();
    macros();
    objects();
    replacing();
    tracing();
    PyMem_SetupDebugHooks();
    families();
    macros();
    objects();
    return 0;
}
