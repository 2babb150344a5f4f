/*
 * about:  a block that was freed passes the checks of realloc
 * kind:   pymem
 * breaks: debug-hooks.detects.realloc-after-free
 */
#define WAS_FREED(finder) ((finder) == BY_REALLOC && p[-8] == DEAD)
#define LETTER_PASSES(domain, letter, finder) ((letter) == LETTER(domain) || WAS_FREED(finder))
#define LEADING_FROM(finder) (WAS_FREED(finder) ? LEADING_PAD : 0)
#define TRAILING_TO(finder) (WAS_FREED(finder) ? 0 : TRAILING_PAD)

#include "base/customizable.h"
