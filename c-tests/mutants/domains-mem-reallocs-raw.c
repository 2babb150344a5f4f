/*
 * about:  the realloc of mem takes blocks of raw
 * kind:   pymem
 * breaks: domains.mixing.realloc
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_REALLOC && (domain) == MEM && (letter) == 'r'))

#include "base/customizable.h"
