/* One lock for each domain, which a forked child can take. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdbool.h>

enum domain { RAW, MEM, OBJ };
enum { DOMAINS = 3 };

/* Hook: whether a domain is locked at all. */
#ifndef DOMAIN_LOCKED
#define DOMAIN_LOCKED(domain) true
#endif

/* Hooks: whether parent and child of a fork find the locks open. */
#ifndef PARENT_UNLOCKS
#define PARENT_UNLOCKS true
#endif
#ifndef CHILD_UNLOCKS
#define CHILD_UNLOCKS true
#endif

static pthread_mutex_t domain_locks[DOMAINS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};

static inline void lock_domain(enum domain domain)
{
    if (DOMAIN_LOCKED(domain))
        pthread_mutex_lock(&domain_locks[domain]);
}

static inline void unlock_domain(enum domain domain)
{
    if (DOMAIN_LOCKED(domain))
        pthread_mutex_unlock(&domain_locks[domain]);
}

static void before_fork(void)
{
    for (int i = 0; i < DOMAINS; i++)
        pthread_mutex_lock(&domain_locks[i]);
}

static void unlock_all(void)
{
    for (int i = 0; i < DOMAINS; i++)
        pthread_mutex_unlock(&domain_locks[i]);
}

static void after_fork_in_parent(void)
{
    if (PARENT_UNLOCKS)
        unlock_all();
}

static void after_fork_in_child(void)
{
    if (CHILD_UNLOCKS)
        unlock_all();
}

/* Without this, a fork while another thread holds a lock leaves it held for ever in the child. */
__attribute__((constructor)) static void register_fork_handlers(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

#endif
