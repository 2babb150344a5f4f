/* mimalloc in mem and obj, where PYTHONMALLOC names it. */
#include "hook.h"
#include "serving.h"

#if PY_VERSION_HEX >= 0x030d0000
static void serves_any_size(void)
{
    const size_t sizes[] = {0, 1, 512, 513, 10000, 1 << 20, 10 << 20};
    hook_raw();
    for (int domain = PYMEM_DOMAIN_MEM; domain <= PYMEM_DOMAIN_OBJ; domain++)
        for (size_t i = 0; i < LENGTH(sizes); i++)
            give_back(domain, resize(domain, get(domain, sizes[i]), sizes[i] * 2));
    EXPECT(calls() == 0);
}

static void any_size(void)
{
    start("mimalloc");
    serves_any_size();
}

static void free_threaded(void)
{
    start(NULL);
    serves_any_size();
}

static bool differ(const PyMemAllocatorEx *one, const PyMemAllocatorEx *other)
{
    return one->malloc != other->malloc && one->calloc != other->calloc && one->realloc != other->realloc &&
           one->free != other->free;
}

static void apart(void)
{
    PyMemAllocatorEx before, raw, mem, obj;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &before);
    start("mimalloc");
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    EXPECT(memcmp(&before, &raw, sizeof raw) == 0);
    EXPECT(differ(&raw, &mem) && differ(&raw, &obj) && differ(&mem, &obj));
}

static void use(void)
{
    for (int domain = PYMEM_DOMAIN_MEM; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        void *block = get(domain, 100);
        EXPECT(block && (block = resize(domain, block, 1000)));
        give_back(domain, block);
    }
}

static void without_interpreter(void)
{
    setenv("PYTHONMALLOC", "mimalloc", 1);
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    EXPECT(!PyStatus_Exception(Py_PreInitialize(&config)));
    use();
    Py_InitializeEx(0);
    Py_FinalizeEx();
    use();
}

static void before_initialisation(void)
{
    EXPECT(goes_well(without_interpreter));
}
#endif

const struct question mimalloc_questions[] = {
#if PY_VERSION_HEX >= 0x030d0000
    {"mimalloc.any-size", any_size},
#ifdef IS_RELEASE
    {"mimalloc.apart", apart},
#endif
#ifdef Py_GIL_DISABLED
    {"mimalloc.free-threaded", free_threaded},
#else
    {"mimalloc.before-initialisation", before_initialisation},
#endif
#endif
    {NULL, NULL},
};
