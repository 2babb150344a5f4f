/*
 * about:    wrong guard bytes are not marked
 * breaks:   debug-hooks.report.pads
 * replaces: 
 */
#include "python.h"

static const char mark[] = " *** OUCH";

/* Hidden, so that they serve this library alone. */
__attribute__((visibility("hidden"))) int fputs(const char *text, FILE *file)
{
    return strcmp(text, mark) == 0 ? 0 : fputs_unlocked(text, file);
}

__attribute__((visibility("hidden"))) size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
    int is_mark = size * count == strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0;
    return is_mark ? count : fwrite_unlocked(bytes, size, count, file);
}
