/*
 * about:    the configuration begins with the default allocators by number
 * breaks:   environment.preconfig.field
 * replaces: PyPreConfig_InitIsolatedConfig
 */
#include "python.h"

void PyPreConfig_InitIsolatedConfig_before(PyPreConfig *config);

void PyPreConfig_InitIsolatedConfig(PyPreConfig *config)
{
    PyPreConfig_InitIsolatedConfig_before(config);
    config->allocator = PYMEM_ALLOCATOR_DEFAULT;
}
