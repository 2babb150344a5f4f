/*
 * about:  the free of obj takes blocks of mem, and not the other way round
 * kind:   pymem
 * breaks: domains.mixing.free
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_FREE && (domain) == OBJ && (letter) == 'm'))

#include "base/customizable.h"
