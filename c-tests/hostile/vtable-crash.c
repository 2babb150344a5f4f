/*
 * about: pymem_get_allocator crashes
 * kind:  vtable
 */
#include "base/endings.h"

__attribute__((visibility("default"))) int pymem_get_allocator(int domain, void *out)
{
    write_to_null();
}
