/* Where arenas come from and go to. */
#include "serving.h"

#include <stdint.h>
#include <sys/mman.h>

/* 16 MiB of small blocks: several arenas of any version. */
enum { COUNT = 40000, SIZE = 400 };
/* What is smaller is no arena: from 3.11 on the stacks of threads come from the same functions. */
#define LEAST (64 << 10)

static struct {
    int asked, released, foreign;
    size_t size;
    bool is_refusing, differ;
    void *live[256];
} ours;

static void *give_arena(void *ctx, size_t size)
{
    if (ours.is_refusing)
        return NULL;
    void *arena = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(arena != MAP_FAILED);
    if (size >= LEAST) {
        EXPECT(ours.asked < (int)LENGTH(ours.live));
        ours.differ = ours.differ || (ours.asked > 0 && size != ours.size);
        ours.size = size;
        ours.live[ours.asked++] = arena;
    }
    return arena;
}

static void take_arena(void *ctx, void *arena, size_t size)
{
    for (int i = 0; i < ours.asked; i++) {
        if (ours.live[i] == arena) {
            ours.live[i] = NULL;
            ours.released++;
            munmap(arena, size);
            return;
        }
    }
    ours.foreign += size >= LEAST;
}

static void install(void)
{
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){&ours, give_arena, take_arena});
}

static void *blocks[COUNT];

static void get_all(PyMemAllocatorDomain domain, size_t size)
{
    for (int i = 0; i < COUNT; i++)
        EXPECT((blocks[i] = get(domain, size)) != NULL);
}

static void give_all_back(PyMemAllocatorDomain domain)
{
    for (int i = 0; i < COUNT; i++)
        give_back(domain, blocks[i]);
}

/* The domains that pymalloc serves. */
static PyMemAllocatorDomain asked_domain;

static void in_both(void (*question)(void))
{
    asked_domain = PYMEM_DOMAIN_MEM;
    EXPECT(goes_well(question));
    asked_domain = PYMEM_DOMAIN_OBJ;
    EXPECT(goes_well(question));
}

static void default_ctx(void)
{
    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    EXPECT(!arenas.ctx);
}

static void is_called(void)
{
    start(NULL);
    install();
    get_all(asked_domain, SIZE);
    EXPECT(ours.asked > 8);
}

static void called(void)
{
    in_both(is_called);
}

static void has_size(void)
{
    start(NULL);
    install();
    get_all(asked_domain, SIZE);
    EXPECT(!ours.differ && ours.size == (PY_VERSION_HEX < 0x030a0000 ? 256 << 10 : 1 << 20));
}

static void size(void)
{
    in_both(has_size);
}

static void kept_are_few(void)
{
    start(NULL);
    install();
    get_all(asked_domain, SIZE);
    give_all_back(asked_domain);
    EXPECT(ours.asked - ours.released <= 1);
}

static void released_when_empty(void)
{
    in_both(kept_are_few);
}

static void foreign_come_back(void)
{
    start(NULL);
    get_all(asked_domain, SIZE);
    install();
    give_all_back(asked_domain);
    EXPECT(ours.foreign > 0);
}

static void released_by_current(void)
{
    in_both(foreign_come_back);
}

static PyMemAllocatorEx raw;
static int from_raw;

static void *counted_malloc(void *ctx, size_t size)
{
    from_raw += size == SIZE;
    return raw.malloc(raw.ctx, size);
}

static void raw_serves(void)
{
    start(NULL);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx hook = raw;
    hook.malloc = counted_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &hook);
    install();
    ours.is_refusing = true;
    get_all(asked_domain, SIZE);
    EXPECT(from_raw > COUNT / 2);
}

static void refusal_served(void)
{
    in_both(raw_serves);
}

static void large_take_none(void)
{
    start(NULL);
    install();
    get_all(asked_domain, 513);
    EXPECT(ours.asked == 0);
}

static void malloc_takes_none(void)
{
    start("malloc");
    install();
    get_all(asked_domain, SIZE);
    EXPECT(ours.asked == 0);
}

static void unused(void)
{
    in_both(large_take_none);
#if PY_VERSION_HEX >= 0x03070000 && !defined(Py_GIL_DISABLED)
    in_both(malloc_takes_none);
#endif
}

static void default_from_system(void)
{
    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    for (int time = 0; time < 2; time++) {
        const size_t size = 1 << 20;
        unsigned char *arena = arenas.alloc(arenas.ctx, size);
        EXPECT(arena && (uintptr_t)arena % 4096 == 0);
        for (size_t i = 0; i < size; i++)
            EXPECT(arena[i] == 0);
        memset(arena, 'x', size);
        arenas.free(arenas.ctx, arena, size);
    }
}

const struct question arenas_questions[] = {
    {"arenas.default-ctx", default_ctx},
    {"arenas.unused", unused},
#ifdef HAS_PYMALLOC
    {"arenas.called", called},
#if PY_VERSION_HEX < 0x030a0000
    {"arenas.size-before", size},
#elif PY_VERSION_HEX >= 0x030c0000
    {"arenas.size", size},
#endif
    {"arenas.released-when-empty", released_when_empty},
    {"arenas.released-by-current", released_by_current},
#endif
#if defined(HAS_PYMALLOC) && defined(IS_RELEASE)
    {"arenas.refusal.served", refusal_served},
#endif
#ifdef WITH_PYMALLOC
    {"arenas.default-from-system", default_from_system},
#endif
    {NULL, NULL},
};
