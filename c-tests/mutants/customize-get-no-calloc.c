/*
 * about:  the struct of obj is handed out without its calloc
 * kind:   pymem
 * breaks: customize.get
 */
#define AFTER_GET(domain, out) ((domain) == OBJ ? (void)((out)->calloc = NULL) : (void)0)

#include "base/customizable.h"
