/* What pymalloc serves itself, and what it hands on to raw. */
#include "hook.h"
#include "serving.h"

static void *get_zeroed(PyMemAllocatorDomain domain, size_t nelem, size_t elsize)
{
    return domain == PYMEM_DOMAIN_MEM ? PyMem_Calloc(nelem, elsize) : PyObject_Calloc(nelem, elsize);
}

/* Whether raw got this call and no other. */
static bool is_only_call(char function, void *block, size_t size, size_t elsize)
{
    struct call call = last_call;
    return calls() == 1 && call.function == function && call.block == block && call.size == size &&
           call.elsize == elsize;
}

#define IN_BOTH(domain) \
    for (PyMemAllocatorDomain domain = PYMEM_DOMAIN_MEM; domain <= PYMEM_DOMAIN_OBJ; domain++)

static void begin(void)
{
    start(NULL);
    hook_raw();
}

/* What pymalloc keeps about its arenas comes from raw as well, in sizes of its own. */
static bool is_from_raw(size_t size)
{
    return (last_call.function == 'c' ? last_call.size * last_call.elsize : last_call.size) == size;
}

static void small(void)
{
    begin();
    IN_BOTH(domain) {
        for (size_t size = 1; size <= 520; size++) {
            last_call.size = 0;
            void *block = get(domain, size);
            EXPECT(is_from_raw(size) == (size > 512));
            give_back(domain, block);
            block = get_zeroed(domain, 1, size);
            EXPECT(is_from_raw(size) == (size > 512));
            give_back(domain, block);
            block = resize(domain, get(domain, 1), size);
            EXPECT(is_from_raw(size) == (size > 512));
            give_back(domain, block);
        }
    }
}

static void large(void)
{
    begin();
    IN_BOTH(domain) {
        calls();
        void *block = get(domain, 513);
        EXPECT(is_only_call('m', NULL, 513, 0));
        void *resized = resize(domain, block, 5000);
        EXPECT(is_only_call('r', block, 5000, 0));
        give_back(domain, resized);
        EXPECT(is_only_call('f', resized, 0, 0));
        block = get_zeroed(domain, 300, 2);
        EXPECT(is_only_call('c', NULL, 300, 2));
        give_back(domain, block);
        EXPECT(is_only_call('f', block, 0, 0));
    }
}

static void zero_size(void)
{
    begin();
    IN_BOTH(domain) {
        calls();
        void *block = get(domain, 0);
        EXPECT(is_only_call('m', NULL, 0, 0));
        give_back(domain, block);
        calls();
        block = get_zeroed(domain, 0, 7);
        EXPECT(is_only_call('c', NULL, 0, 7));
        give_back(domain, block);
    }
}

static void realloc_across(void)
{
    begin();
    IN_BOTH(domain) {
        void *small = get(domain, 300);
        calls();
        void *large = resize(domain, small, 1000);
        EXPECT(is_only_call('m', NULL, 1000, 0));
        void *again = resize(domain, large, 50);
        EXPECT(is_only_call('r', large, 50, 0));
        give_back(domain, again);
    }
}

static void realloc_to_zero(void)
{
    begin();
    IN_BOTH(domain) {
        void *block = get(domain, 1000);
        calls();
        void *empty = resize(domain, block, 0);
        EXPECT(is_only_call('r', block, PY_VERSION_HEX < 0x03070000, 0));
        give_back(domain, empty);
    }
}

static bool stays(PyMemAllocatorDomain domain, size_t from, size_t to)
{
    void *block = get(domain, from);
    void *resized = resize(domain, block, to);
    bool result = resized == block;
    give_back(domain, resized);
    return result;
}

static void realloc_shrinks(void)
{
    start(NULL);
    IN_BOTH(domain) {
        EXPECT(stays(domain, 512, 511) && stays(domain, 512, 385) && stays(domain, 64, 49));
        EXPECT(!stays(domain, 512, 384) && !stays(domain, 64, 32));
    }
}

static void realloc_grows(void)
{
    start(NULL);
    /* 8 up to 3.7.3, but some who distributed those made it 16. */
    const size_t step = PY_VERSION_HEX < 0x03070400 ? 8 : 16;
    IN_BOTH(domain) {
        EXPECT(stays(domain, 97, 98) && stays(domain, 97, 96 + step));
        EXPECT(stays(domain, 497, 496 + step) && !stays(domain, 97, 113));
    }
}

static long counted(void)
{
    PyObject *result = PyObject_CallMethod(PyImport_AddModule("sys"), "getallocatedblocks", NULL);
    EXPECT(result);
    long count = PyLong_AsLong(result);
    Py_DECREF(result);
    return count;
}

static long counted_for(PyMemAllocatorDomain domain, size_t size)
{
    enum { COUNT = 10000 };
    static void *blocks[COUNT];
    long before = counted();
    for (int i = 0; i < COUNT; i++)
        blocks[i] = get(domain, size);
    long more = counted() - before;
    for (int i = 0; i < COUNT; i++)
        give_back(domain, blocks[i]);
    /* The question itself leaves some behind. */
    return (more + 50) / 100 * 100;
}

static void count(void)
{
    start(NULL);
    IN_BOTH(domain)
        EXPECT(counted_for(domain, 50) == 10000 && counted_for(domain, 5000) == 10000);
    EXPECT(counted_for(PYMEM_DOMAIN_RAW, 50) == 0);
}

static void count_none(void)
{
    start("malloc");
    EXPECT(counted() == 0);
}

const struct question pymalloc_questions[] = {
/* The debug hooks' bytes count. */
#if defined(HAS_PYMALLOC) && defined(IS_RELEASE)
    {"pymalloc.small", small},
    {"pymalloc.large", large},
    {"pymalloc.zero-size", zero_size},
    {"pymalloc.realloc.across", realloc_across},
    {"pymalloc.realloc.to-zero", realloc_to_zero},
    {"pymalloc.realloc.shrinks", realloc_shrinks},
    {"pymalloc.realloc.grows", realloc_grows},
#endif
#ifdef WITH_PYMALLOC
    {"pymalloc.count", count},
#endif
#if PY_VERSION_HEX >= 0x03070000 && !defined(Py_GIL_DISABLED)
    {"pymalloc.count.none", count_none},
#endif
    {NULL, NULL},
};
