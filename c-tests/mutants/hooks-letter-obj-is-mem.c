/*
 * about:  blocks of obj have the letter of mem
 * kind:   pymem
 * breaks: debug-hooks.layout.letter
 */
#define LETTER(domain) ("rmm"[domain])

#include "base/customizable.h"
