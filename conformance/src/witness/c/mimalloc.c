/* Counts the calls of raw. */
static PyMemAllocatorEx raw;
static int calls;

static void *counted_malloc(void *ctx, size_t size)
{
    calls++;
    return raw.malloc(ctx, size);
}

static void *counted_calloc(void *ctx, size_t count, size_t size)
{
    calls++;
    return raw.calloc(ctx, count, size);
}

static void *counted_realloc(void *ctx, void *block, size_t size)
{
    calls++;
    return raw.realloc(ctx, block, size);
}

/* == mimalloc.any-size mimalloc.free-threaded == */
static int defect(void)
{
    static const size_t sizes[] = {0, 1, 100, 512, 513, 600, 5000, 100000, 1 << 20};
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx counting = {raw.ctx, counted_malloc, counted_calloc, counted_realloc, raw.free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &counting);
    for (int i = 0; i < 9; i++) {
        void *block = MALLOC(sizes[i]);
        block = REALLOC(block, sizes[i] + 600);
        block = REALLOC(block, sizes[i] / 2);
        FREE(block);
        FREE(CALLOC(3, sizes[i] / 3));
    }
    return calls > 0;
}

/* == mimalloc.apart == */
static int defect(void)
{
    PyMemAllocatorEx mem, obj;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    return raw.malloc == mem.malloc || raw.malloc == obj.malloc || mem.malloc == obj.malloc;
}
