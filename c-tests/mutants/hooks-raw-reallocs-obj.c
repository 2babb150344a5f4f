/*
 * about:  the realloc of raw takes blocks of obj, and not the other way round
 * kind:   pymem
 * breaks: domains.mixing.realloc
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_REALLOC && (domain) == RAW && (letter) == 'o'))

#include "base/customizable.h"
