/*
 * about:  the free of an installed struct gets NULL for its ctx
 * kind:   pymem
 * breaks: customize.ctx
 */
#define CALL_FREE(t, p) (t)->free((t)->free == table_free || (t)->free == layer_free ? (t)->ctx : NULL, p)

#include "base/customizable.h"
