/*
 * about: the base as a malloc family under the plain names
 * kind:  malloc
 */
#include "base/export_malloc.h"
