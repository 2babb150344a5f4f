/*
 * about:  free lets a letter pass that no domain has
 * kind:   pymem
 * breaks: debug-hooks.detects.letter.free
 */
#define LETTER_PASSES(domain, letter, finder) \
    ((letter) == LETTER(domain) || ((finder) == BY_FREE && !strchr("rmo", letter)))

#include "base/customizable.h"
