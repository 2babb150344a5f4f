static int calls;

static void *refuse(void *ctx, size_t size)
{
    (void)ctx, (void)size;
    calls++;
    return NULL;
}

/* == mimalloc.any-size mimalloc.free-threaded == */
static int defect(void)
{
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    raw.malloc = refuse;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (size_t size = 0; size <= 1 << 20; size = size * 2 + 1)
        MALLOC(size);
    return calls > 0;
}

/* == mimalloc.apart == */
static int defect(void)
{
    PyMemAllocatorEx raw, mem, obj;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    return raw.malloc == mem.malloc || raw.malloc == obj.malloc || mem.malloc == obj.malloc;
}
