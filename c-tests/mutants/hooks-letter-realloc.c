/*
 * about:  realloc lets a letter pass that no domain has
 * kind:   pymem
 * breaks: debug-hooks.detects.letter.realloc
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_REALLOC && !strchr("rmo", letter)))

#include "base/customizable.h"
