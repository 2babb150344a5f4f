/*
 * about: pymem_get_allocator reports success and hands out NULL functions
 * kind:  vtable
 */
#include <string.h>

__attribute__((visibility("default"))) int pymem_get_allocator(int domain, void *out)
{
    memset(out, 0, 5 * sizeof(void *));
    return 0;
}
