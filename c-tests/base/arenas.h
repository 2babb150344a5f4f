/*
 * customizable.h with pymalloc's order below mem and obj: small blocks are cut from arenas, which
 * come from an allocator that can be exchanged; all other blocks are those of the raw domain. A
 * mutant defines one of the hooks here or below before the include.
 *
 *     | struct arena | block | block | ...  next ->        |
 *     |<------------------- ARENA ------------------------>|
 */
#include "base/pool.h"

typedef struct {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *arena, size_t size);
} PyObjectArenaAllocator;

/* Blocks in arenas have up to this many bytes, the heap's header included. */
enum { ARENA = 1 << 20, ARENA_LARGEST = 512 + sizeof(struct header) };

static void *arenas_take(enum domain domain, size_t total);
static void arenas_give(enum domain domain, void *block, size_t total);
#define HEAP_TAKE arenas_take
#define HEAP_GIVE arenas_give

#include "base/customizable.h"

/* Hooks: where arenas come from and go to in the beginning. */
#ifndef SYSTEM_ALLOC
#define SYSTEM_ALLOC(size) map_pages(size)
#endif
#ifndef SYSTEM_FREE
#define SYSTEM_FREE(arena, size) munmap(arena, size)
#endif

static void *system_alloc(void *ctx, size_t size) { return SYSTEM_ALLOC(size); }
static void system_free(void *ctx, void *arena, size_t size) { SYSTEM_FREE(arena, size); }

static PyObjectArenaAllocator arena_allocator = {NULL, system_alloc, system_free};

/* Hooks: how the allocator is set, and the last word on what is handed out. */
#ifndef STORE_ARENAS
#define STORE_ARENAS(table) (arena_allocator = *(table))
#endif
#ifndef AFTER_GET_ARENAS
#define AFTER_GET_ARENAS(out) ((void)0)
#endif

PUBLIC void PyObject_GetArenaAllocator(PyObjectArenaAllocator *out)
{
    *out = arena_allocator;
    AFTER_GET_ARENAS(out);
}

PUBLIC void PyObject_SetArenaAllocator(PyObjectArenaAllocator *table)
{
    STORE_ARENAS(table);
}

/* Hooks: the calls of an arena allocator `a`. */
#ifndef CALL_ALLOC
#define CALL_ALLOC(a, size) (a)->alloc((a)->ctx, size)
#endif
#ifndef CALL_RELEASE
#define CALL_RELEASE(a, arena, size) (a)->free((a)->ctx, arena, size)
#endif

/* Hooks: how much of an arena is cut up, and with how many live blocks it is empty. */
#ifndef ARENA_USED
#define ARENA_USED ARENA
#endif
#ifndef ARENA_EMPTY
#define ARENA_EMPTY(live) ((live) == 0)
#endif

/* Hooks: what serves large requests, and small ones for which there is no arena. */
#ifndef LARGE
#define LARGE(total) PyMem_RawMalloc(total)
#endif
#ifndef WITHOUT_ARENA
#define WITHOUT_ARENA(total) PyMem_RawMalloc(total)
#endif

struct arena {
    struct arena *older;
    size_t live;
    char *next; /* the rest, which was never handed out or is again */
    char padding[40];
};

/* The newest arena of a domain, from whose rest blocks are cut, and the free blocks of all. */
static struct arena *newest[DOMAINS];
static struct free_block *unused[DOMAINS][ARENA_LARGEST / 16 + 1];

static bool is_in(const struct arena *arena, const void *p)
{
    return (const char *)p >= (const char *)arena && (const char *)p < (const char *)arena + ARENA;
}

/* Forgets the free blocks of an arena. */
static void purge(enum domain domain, const struct arena *arena)
{
    for (size_t class = 0; class < sizeof unused[0] / sizeof unused[0][0]; class++)
        for (struct free_block **at = &unused[domain][class]; *at;) {
            if (is_in(arena, *at))
                *at = (*at)->next;
            else
                at = &(*at)->next;
        }
}

/* Sees to it that the newest arena has room; false where no arena is to be had. */
static bool has_room(enum domain domain, size_t total)
{
    struct arena *arena = newest[domain];
    if (arena && arena->live == 0) {
        purge(domain, arena);
        arena->next = (char *)(arena + 1);
    }
    if (arena && arena->next + total <= (char *)arena + ARENA_USED)
        return true;
    arena = CALL_ALLOC(&arena_allocator, ARENA);
    if (!arena)
        return false;
    *arena = (struct arena){.older = newest[domain], .next = (char *)(arena + 1)};
    newest[domain] = arena;
    return true;
}

static void *arenas_take(enum domain domain, size_t total)
{
    if (domain == RAW)
        return pool_take(domain, total);
    if (total > ARENA_LARGEST)
        return LARGE(total);

    lock_domain(domain);
    struct free_block **list = &unused[domain][total / 16];
    void *block = *list;
    if (block) {
        *list = (*list)->next;
    } else if (has_room(domain, total)) {
        block = newest[domain]->next;
        newest[domain]->next += total;
    }
    for (struct arena *arena = newest[domain]; block && arena; arena = arena->older)
        if (is_in(arena, block)) {
            arena->live++;
            break;
        }
    unlock_domain(domain);
    return block ? block : WITHOUT_ARENA(total);
}

/* Where the arena of a block is linked; the end of the list where it is in none. */
static struct arena **arena_of(enum domain domain, const void *block)
{
    struct arena **at = &newest[domain];
    while (*at && !is_in(*at, block))
        at = &(*at)->older;
    return at;
}

static void arenas_give(enum domain domain, void *block, size_t total)
{
    if (domain == RAW) {
        pool_give(domain, block, total);
        return;
    }
    lock_domain(domain);
    struct arena **link = arena_of(domain, block), *arena = *link;
    if (arena) {
        struct free_block **list = &unused[domain][total / 16];
        ((struct free_block *)block)->next = *list;
        *list = block;
        arena->live--;
        if (ARENA_EMPTY(arena->live) && arena != newest[domain]) {
            purge(domain, arena);
            *link = arena->older;
            CALL_RELEASE(&arena_allocator, arena, ARENA);
        }
    }
    unlock_domain(domain);
    if (!arena)
        PyMem_RawFree(block);
}
