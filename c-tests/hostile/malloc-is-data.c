/*
 * about: malloc, calloc, realloc and free are data
 * kind:  malloc
 */
#define PUBLIC __attribute__((visibility("default")))

PUBLIC int malloc = 1, calloc = 2, realloc = 3, free = 4;
