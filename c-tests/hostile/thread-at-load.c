/*
 * about: starts a thread at load that sleeps
 * kind:  pymem
 */
#include <pthread.h>
#include <unistd.h>

static void *idle(void *unused)
{
    for (;;)
        pause();
    return unused;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, idle, NULL) == 0)
        pthread_detach(thread);
}

#include "base/export_pymem.h"
