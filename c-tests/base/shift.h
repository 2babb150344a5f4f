/* Gives a fresh block a later address, for faults of alignment. */
#include "base/heap.h"

/* The same block, its bytes copied to begin `by` bytes further on; there must be room for them. */
static inline void *shift(void *p, size_t by)
{
    struct header header = *header_of(p);
    memmove((char *)p + by, p, header.size);
    return place(header.start, header.total, (size_t)((char *)p - header.start) + by, header.size);
}
