/*
 * about:  a small request for which there is no arena gets NULL
 * kind:   pymem
 * breaks: arenas.refusal.served
 */
#define WITHOUT_ARENA(total) NULL

#include "base/arenas.h"
