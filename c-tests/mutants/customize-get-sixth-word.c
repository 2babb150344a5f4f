/*
 * about:  a word behind the struct that is handed out is cleared
 * kind:   pymem
 * breaks: customize.get
 */
#define AFTER_GET(domain, out) (*(void *volatile *)((out) + 1) = NULL)

#include "base/customizable.h"
