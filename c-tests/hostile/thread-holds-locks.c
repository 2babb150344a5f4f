/*
 * about: starts a thread at load that holds the locks nine tenths of the time
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void *hold(void *unused)
{
    for (;;) {
        for (int domain = 0; domain < DOMAINS; domain++)
            lock_domain(domain);
        usleep(900);
        for (int domain = 0; domain < DOMAINS; domain++)
            unlock_domain(domain);
        usleep(100);
    }
    return unused;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, hold, NULL) == 0)
        pthread_detach(thread);
}

#include "base/export_pymem.h"
