/*
 * about: a thread of its own, started at load, wakes up now and then
 * kind:  pymem
 */
#include <pthread.h>
#include <unistd.h>

static void *wake_up(void *unused)
{
    for (;;)
        usleep(50 * 1000);
    return unused;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wake_up, NULL) == 0)
        pthread_detach(thread);
}

#include "base/export_pymem.h"
