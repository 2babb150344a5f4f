/*
 * about:  a struct set for mem is set for obj as well
 * kind:   pymem
 * breaks: customize.per-domain
 */
#define STORE(domain, table) (slots[domain] = *(table), slots[(domain) == MEM ? OBJ : (domain)] = *(table))

#include "base/customizable.h"
