/*
 * about: pymem_get_allocator crashes
 * kind:  vtable
 */
__attribute__((visibility("default"))) int pymem_get_allocator(int domain, void *out)
{
    *(volatile int *)0 = domain;
    return 0;
}
