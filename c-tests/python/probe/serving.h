/* Who serves a domain, seen from outside. */
#ifndef PYTHON_PROBE_SERVING_H
#define PYTHON_PROBE_SERVING_H

#include "probe.h"

enum server { LIBC, PYMALLOC, ITS_OWN_MEMORY };

#define DOMAINS 3

/* What a build has in mem and obj where nobody has chosen. */
#if defined(Py_GIL_DISABLED)
#define DEFAULT_SERVER ITS_OWN_MEMORY
#elif defined(WITH_PYMALLOC)
#define DEFAULT_SERVER PYMALLOC
#define HAS_PYMALLOC 1
#else
#define DEFAULT_SERVER LIBC
#endif
#ifdef Py_DEBUG
#define DEFAULT_HOOKS true
#else
#define DEFAULT_HOOKS false
#define IS_RELEASE 1
#endif

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
