/*
 * about: a thread of its own, started at load, makes and frees blocks all the time with pauses of 1 ms
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void *work(void *unused)
{
    for (;;) {
        for (int domain = 0; domain < DOMAINS; domain++)
            heap_free(domain, heap_malloc(domain, 100));
        usleep(1000);
    }
    return unused;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, NULL) == 0)
        pthread_detach(thread);
}

#include "base/export_pymem.h"
