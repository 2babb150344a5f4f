/* What PYTHONMALLOC and PYTHONDEVMODE choose. */
#include "probe.h"

static bool has_hooks(void)
{
    PyMemAllocatorEx obj;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    unsigned char *p = PyObject_Malloc(10);
    bool found = p[-8] == 'o' && p[10] == 0xfd && p[0] == 0xcd;
    PyObject_Free(p);
    return found;
}

static void is_read(void)
{
    start("debug");
    EXPECT(has_hooks());
}

const struct question environment_questions[] = {
    {"environment.read", is_read},
    {NULL, NULL},
};
