/*
 * about:  the process is ended without a word
 * kind:   pymem
 * breaks: debug-hooks.detects.letter.free
 */
#define TELL(text, length) ((void)(text), (void)(length), 0)

#include "base/customizable.h"
