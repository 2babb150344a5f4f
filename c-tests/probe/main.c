/*
 * probe KIND FILE CLAUSE ends in 0 with a line `passed`, in 1 if it finds a fault, in 2 for bad use or a clause
 * that it has no question on. CLAUSE `all` asks everything.
 */
#include "probe/probe.h"

#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

struct table domains[MAX_DOMAINS];
int domain_count;
struct exchange exchange;
bool all_concurrent;
void *(*unadapted_calloc)(size_t count, size_t size);

static const struct question *const areas[] = {
    zero_size_questions, alignment_questions, limits_questions,    malloc_questions,
    calloc_questions,    realloc_questions,   free_questions,      integrity_questions,
    domains_questions,   threads_questions,   resources_questions, customize_questions,
    arenas_questions,    failure_questions,   hooks_questions,     hooks_failure_questions,
};

/* Functions without ctx, as the library exports them. */
struct plain {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *p, size_t size);
    void (*free)(void *p);
};
static struct plain plain[MAX_DOMAINS];

static void *plain_malloc(void *ctx, size_t size) { return ((struct plain *)ctx)->malloc(size); }
static void *plain_calloc(void *ctx, size_t count, size_t size)
{
    return ((struct plain *)ctx)->calloc(count, size);
}
static void *plain_realloc(void *ctx, void *p, size_t size) { return ((struct plain *)ctx)->realloc(p, size); }
static void plain_free(void *ctx, void *p) { ((struct plain *)ctx)->free(p); }

/* What CPython puts in front of the malloc of a C library. */
static void *adapted_malloc(void *ctx, size_t size)
{
    return size > SSIZE_LIMIT ? NULL : plain_malloc(ctx, size ? size : 1);
}

static void *adapted_calloc(void *ctx, size_t count, size_t size)
{
    if (count && size > SSIZE_LIMIT / count)
        return NULL;
    return count && size ? plain_calloc(ctx, count, size) : plain_calloc(ctx, 1, 1);
}

static void *adapted_realloc(void *ctx, void *p, size_t size)
{
    return size > SSIZE_LIMIT ? NULL : plain_realloc(ctx, p, size ? size : 1);
}

static void *symbol(void *library, const char *prefix, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    void *address = dlsym(library, full);
    EXPECT(address);
    return address;
}

static struct plain family(void *library, const char *prefix, const char *const names[4])
{
    return (struct plain){
        symbol(library, prefix, names[0]),
        symbol(library, prefix, names[1]),
        symbol(library, prefix, names[2]),
        symbol(library, prefix, names[3]),
    };
}

static void load_pymem(void *library)
{
    static const char *const prefixes[] = {"PyMem_Raw", "PyMem_", "PyObject_"};
    static const char *const names[] = {"Malloc", "Calloc", "Realloc", "Free"};
    for (domain_count = 0; domain_count < MAX_DOMAINS; domain_count++) {
        plain[domain_count] = family(library, prefixes[domain_count], names);
        domains[domain_count] =
            (struct table){&plain[domain_count], plain_malloc, plain_calloc, plain_realloc, plain_free};
    }
    exchange.get = (void (*)(int, struct table *))dlsym(library, "PyMem_GetAllocator");
    exchange.set = (void (*)(int, struct table *))dlsym(library, "PyMem_SetAllocator");
    exchange.setup = (void (*)(void))dlsym(library, "PyMem_SetupDebugHooks");
    exchange.get_arenas = (void (*)(struct arenas *))dlsym(library, "PyObject_GetArenaAllocator");
    exchange.set_arenas = (void (*)(struct arenas *))dlsym(library, "PyObject_SetArenaAllocator");
}

/* Of the prefixed names only `je_` is looked for. */
static void load_malloc(void *library)
{
    static const char *const names[] = {"malloc", "calloc", "realloc", "free"};
    plain[0] = family(library, dlsym(library, "je_malloc") ? "je_" : "", names);
    unadapted_calloc = plain[0].calloc;
    domains[0] = (struct table){&plain[0], adapted_malloc, adapted_calloc, adapted_realloc, plain_free};
    domain_count = 1;
}

static void load_vtable(void *library)
{
    int (*offer)(int domain, struct table *out) = symbol(library, "", "pymem_get_allocator");
    for (int domain = 0; domain < MAX_DOMAINS; domain++)
        if (offer(domain, &domains[domain_count]) == 0)
            domain_count++;
    EXPECT(domain_count > 0);
    /* Interpreters with locks of their own share it. */
    all_concurrent = true;
}

static bool load(const char *kind, const char *file)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return false;
    }
    if (strcmp(kind, "pymem") == 0)
        load_pymem(library);
    else if (strcmp(kind, "vtable") == 0)
        load_vtable(library);
    else if (strcmp(kind, "malloc") == 0)
        load_malloc(library);
    else
        return false;
    return true;
}

/* Whatever a library does, the probe ends soon, small, and with its parent. */
static void limit_myself(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_DATA, &(struct rlimit){(rlim_t)2 << 30, (rlim_t)2 << 30});
    alarm(60);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    limit_myself();
    if (!load(argv[1], argv[2]))
        return 2;

    bool every = strcmp(argv[3], "all") == 0, asked = false;
    for (size_t area = 0; area < LENGTH(areas); area++) {
        for (const struct question *question = areas[area]; question->clause; question++) {
            if (!every && strcmp(question->clause, argv[3]) != 0)
                continue;
            asked = true;
            fprintf(stderr, "%s\n", question->clause);
            for (int domain = 0; domain < domain_count; domain++)
                question->ask(&domains[domain]);
        }
    }
    if (!asked)
        return 2;
    pass();
}
