/*
 * The probe of Pythons: a few simple questions, put to the one that is loaded. It shares no code with
 * the suite. Each question has a process to itself, in which nothing is initialised yet.
 */
#ifndef PYTHON_PROBE_H
#define PYTHON_PROBE_H

#include <Python.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A question puts one clause to the interpreter, and returns if it is answered well. */
struct question {
    const char *clause;
    void (*ask)(void);
};

/* Lists that end in an entry without a clause. */
extern const struct question arenas_questions[];
extern const struct question collected_questions[];
extern const struct question customize_questions[];
extern const struct question defaults_questions[];
extern const struct question environment_questions[];
extern const struct question hooks_questions[];
extern const struct question lifecycle_questions[];
extern const struct question limits_questions[];
extern const struct question mimalloc_questions[];
extern const struct question objects_questions[];
extern const struct question preconfig_questions[];
extern const struct question pymalloc_questions[];
extern const struct question reports_questions[];
extern const struct question symbols_questions[];
extern const struct question tracemalloc_questions[];

/* Ends the probe as failed. */
void failed(const char *file, int line, const char *condition) __attribute__((noreturn));

#define EXPECT(condition)                           \
    do {                                            \
        if (!(condition))                           \
            failed(__FILE__, __LINE__, #condition); \
    } while (0)

/* Initialises with a value of PYTHONMALLOC, or without the variable. */
void start(const char *pythonmalloc);

/* What a fork of this process did: its wait status, and what it wrote to standard error. */
struct fate {
    int status;
    char said[16384];
};
struct fate in_fork(void (*act)(void));

/* Whether a fork does something without a fault, which is told otherwise. */
bool goes_well(void (*act)(void));

/* Whether it ended by abort(). */
bool aborted(const struct fate *fate);

#endif
