/*
 * about:  the free of mem takes blocks of raw
 * kind:   pymem
 * breaks: domains.mixing.free
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_FREE && (domain) == MEM && (letter) == 'r'))

#include "base/customizable.h"
