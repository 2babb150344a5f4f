/* What a refusal leaves behind. */
#include "serving.h"

#include <stdint.h>

static void no_exception(void)
{
    start(NULL);
    for (int domain = 0; domain < DOMAINS; domain++) {
        const size_t sizes[] = {PY_SSIZE_T_MAX, SIZE_MAX};
        for (size_t i = 0; i < LENGTH(sizes); i++) {
            EXPECT(!get(domain, sizes[i]) && !PyErr_Occurred());
            void *block = get(domain, 10);
            EXPECT(!resize(domain, block, sizes[i]) && !PyErr_Occurred());
            give_back(domain, block);
        }
    }
}

const struct question limits_questions[] = {
    {"limits.no-exception", no_exception},
    {NULL, NULL},
};
