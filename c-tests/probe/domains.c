/* The domains beside each other and beside the C library; which functions there are. */
#include "probe/probe.h"

enum { EACH = 200 };

/* Blocks of all domains in turn, whatever domain is asked about. */
static void beside_each_other(const struct table *t)
{
    static char *blocks[EACH * MAX_DOMAINS];
    (void)t;
    for (unsigned i = 0; i < EACH * MAX_DOMAINS; i++) {
        blocks[i] = take(&domains[i % (unsigned)domain_count], i % 150);
        fill(blocks[i], i % 150, i);
    }
    for (unsigned i = 0; i < EACH * MAX_DOMAINS; i++) {
        EXPECT(intact(blocks[i], i % 150, i));
        give(&domains[i % (unsigned)domain_count], blocks[i]);
    }
}

static void libc_beside(const struct table *t)
{
    static char *ours[EACH], *theirs[EACH];
    for (unsigned i = 0; i < EACH; i++) {
        ours[i] = take(t, i);
        theirs[i] = malloc(i);
        fill(ours[i], i, i);
        fill(theirs[i], i, i + 1);
    }
    for (unsigned i = 0; i < EACH; i++) {
        EXPECT(intact(ours[i], i, i) && intact(theirs[i], i, i + 1));
        give(t, ours[i]);
        free(theirs[i]);
    }
}

/* Loading has found the functions already. */
static void loaded(const struct table *t)
{
    (void)t;
}

static void vtable(const struct table *t)
{
    EXPECT(t->malloc && t->calloc && t->realloc && t->free);
}

const struct question domains_questions[] = {
    {"symbols.functions", loaded},
    {"symbols.vtable", vtable},
    {"robustness.load", loaded},
    {"domains.beside-each-other", beside_each_other},
    {"domains.libc-beside", libc_beside},
    {NULL, NULL},
};
