/*
 * about:  what is handed out is the struct from the beginning, whatever was set since
 * kind:   pymem
 * breaks: customize.round-trip
 */
#define AFTER_GET(domain, out) (*(out) = (PyMemAllocatorEx)HEAP_TABLE(domain))

#include "base/customizable.h"
