/*
 * about:  what is found is written to standard output
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.realloc
 */
#define TELL(text, length) write(STDOUT_FILENO, text, length)

#include "base/customizable.h"
