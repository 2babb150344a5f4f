/* Who serves a domain, seen from outside. */
#ifndef PYTHON_PROBE_SERVING_H
#define PYTHON_PROBE_SERVING_H

#include "probe.h"

enum server { LIBC, PYMALLOC, ITS_OWN_MEMORY };

#define DOMAINS 3

/* The functions of a domain. */
void *get(PyMemAllocatorDomain domain, size_t size);
void *resize(PyMemAllocatorDomain domain, void *block, size_t size);
void give_back(PyMemAllocatorDomain domain, void *block);

/* Small blocks of a domain; an interpreter lives. */
enum server server_of(PyMemAllocatorDomain domain);

/* Whether a block of the domain has the debug hooks' bytes around it. */
bool has_hooks(PyMemAllocatorDomain domain);

/* Whether the C library serves raw and `server` mem and obj, with hooks over all three or none of them. */
bool serves(enum server server, bool hooks);

#endif
