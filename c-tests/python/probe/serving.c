/* The C library counts its blocks and pymalloc asks for arenas; what does neither has memory of its own. */
#include "serving.h"

#include <malloc.h>

void *get(PyMemAllocatorDomain domain, size_t size)
{
    switch (domain) {
    case PYMEM_DOMAIN_RAW: return PyMem_RawMalloc(size);
    case PYMEM_DOMAIN_MEM: return PyMem_Malloc(size);
    default: return PyObject_Malloc(size);
    }
}

void *resize(PyMemAllocatorDomain domain, void *block, size_t size)
{
    switch (domain) {
    case PYMEM_DOMAIN_RAW: return PyMem_RawRealloc(block, size);
    case PYMEM_DOMAIN_MEM: return PyMem_Realloc(block, size);
    default: return PyObject_Realloc(block, size);
    }
}

void give_back(PyMemAllocatorDomain domain, void *block)
{
    switch (domain) {
    case PYMEM_DOMAIN_RAW: PyMem_RawFree(block); return;
    case PYMEM_DOMAIN_MEM: PyMem_Free(block); return;
    default: PyObject_Free(block); return;
    }
}

static PyObjectArenaAllocator arenas_before;
static int arenas;

static void *counted(void *ctx, size_t size)
{
    arenas++;
    return arenas_before.alloc(arenas_before.ctx, size);
}

static void passed_on(void *ctx, void *arena, size_t size)
{
    arenas_before.free(arenas_before.ctx, arena, size);
}

static size_t libc_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

enum server server_of(PyMemAllocatorDomain domain)
{
    enum { COUNT = 20000, SIZE = 400 };
    static void *blocks[COUNT];
    PyObject_GetArenaAllocator(&arenas_before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){NULL, counted, passed_on});
    arenas = 0;
    size_t before = libc_in_use();
    for (int i = 0; i < COUNT; i++)
        EXPECT((blocks[i] = get(domain, SIZE)) != NULL);
    bool is_libc = libc_in_use() - before >= COUNT * SIZE;
    enum server server = is_libc ? LIBC : arenas ? PYMALLOC : ITS_OWN_MEMORY;
    for (int i = 0; i < COUNT; i++)
        give_back(domain, blocks[i]);
    PyObject_SetArenaAllocator(&arenas_before);
    return server;
}

bool has_hooks(PyMemAllocatorDomain domain)
{
    unsigned char *block = get(domain, 10);
    unsigned char guard = block[-1];
    bool found = block[-8] == "rmo"[domain] && (guard == 0xfd || guard == 0xfb);
    for (int i = 0; i < 7; i++)
        found = found && block[i - 7] == guard && block[10 + i] == guard;
    give_back(domain, block);
    return found;
}

bool serves(enum server server, bool hooks)
{
    for (int domain = 0; domain < DOMAINS; domain++) {
        enum server expected = domain == PYMEM_DOMAIN_RAW ? LIBC : server;
        if (has_hooks(domain) != hooks || server_of(domain) != expected)
            return false;
    }
    return true;
}
