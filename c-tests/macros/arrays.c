/* The macros for arrays, and the older spellings of the functions. No interpreter is needed. */
#include "expect.h"

typedef struct {
    char bytes[16];
} item;

/* The most that can be counted, and a number whose product with the size wraps to one item. */
#define MOST_ITEMS ((size_t)PY_SSIZE_T_MAX / sizeof(item))
#define WRAPS ((size_t)-1 / sizeof(item) + 2)

static void domains(void)
{
    const char *clause = "macros.domains";
    EXPECT(clause, "PYMEM_DOMAIN_RAW is 0", PYMEM_DOMAIN_RAW == 0);
    EXPECT(clause, "PYMEM_DOMAIN_MEM is 1", PYMEM_DOMAIN_MEM == 1);
    EXPECT(clause, "PYMEM_DOMAIN_OBJ is 2", PYMEM_DOMAIN_OBJ == 2);
    EXPECT(clause, "a domain is as large as an int", sizeof(PyMemAllocatorDomain) == sizeof(int));
    EXPECT(clause, "the struct of an allocator is five pointers", sizeof(PyMemAllocatorEx) == 5 * sizeof(void *));
    EXPECT(clause, "that of arenas is three", sizeof(PyObjectArenaAllocator) == 3 * sizeof(void *));
}

static void new_array(void)
{
    const char *clause = "macros.new";
#ifdef PyMem_New
    EXPECT(clause, "PyMem_New is a macro", 1);
#else
    EXPECT(clause, "PyMem_New is a macro", 0);
#endif
    EXPECT(clause, "it gives a pointer to the type", HAS_TYPE(PyMem_New(item, 3), item *));
    forget();
    item *array = PyMem_New(item, 3);
    EXPECT(clause, "it asks the mem domain once", array != NULL && only(&mem, mem.mallocs));
    EXPECT(clause, "for the number times the size", mem.size == 3 * sizeof(item));
    PyMem_Free(array);
    forget();
    EXPECT(clause, "it can ask for the most that can be counted",
           PyMem_New(item, MOST_ITEMS) == NULL && only(&mem, mem.mallocs) && mem.size == MOST_ITEMS * sizeof(item));
    int one = 1, two = 2;
    array = PyMem_New(item, one + two);
    EXPECT(clause, "the number may be an expression", mem.size == 3 * sizeof(item));
    PyMem_Free(array);

    clause = "macros.new.overflow";
    const size_t above[] = {MOST_ITEMS + 1, WRAPS - 1, WRAPS, (size_t)-1};
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        forget();
        EXPECT(clause, "NULL, and no call", PyMem_New(item, above[i]) == NULL && mem.calls == 0);
    }

    clause = "macros.new.zero";
    forget();
    array = PyMem_New(item, 0);
    EXPECT(clause, "no items are a block", array != NULL && only(&mem, mem.mallocs) && mem.size == 0);
    PyMem_Free(array);
}

static void resize_array(void)
{
    const char *clause = "macros.resize";
    item *array = PyMem_New(item, 2);
    memset(array, 0x5A, 2 * sizeof(item));
    item *copy = array;
    forget();
    PyMem_Resize(array, item, 50);
    EXPECT(clause, "it asks the mem domain once", array != NULL && only(&mem, mem.reallocs) && mem.block == copy);
    EXPECT(clause, "for the number times the size", mem.size == 50 * sizeof(item));
    int kept = array != NULL && array[0].bytes[0] == 0x5A && array[1].bytes[15] == 0x5A;
    EXPECT(clause, "the contents are kept", kept);

    copy = array;
    refuses = 1;
    PyMem_Resize(array, item, 100);
    refuses = 0;
    EXPECT(clause, "refused, it sets NULL", array == NULL);
    EXPECT(clause, "and the copy of the address is good", copy[1].bytes[15] == 0x5A);

    const size_t above[] = {MOST_ITEMS + 1, WRAPS - 1, WRAPS, (size_t)-1};
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        array = copy;
        forget();
        PyMem_Resize(array, item, above[i]);
        EXPECT(clause, "too many to be counted, it sets NULL without a call", array == NULL && mem.calls == 0);
    }
    EXPECT(clause, "and the copy of the address is still good", copy[0].bytes[0] == 0x5A);
    array = NULL;
    forget();
    PyMem_Resize(array, item, 4);
    EXPECT(clause, "NULL is resized to a new array", array != NULL && only(&mem, mem.reallocs) && mem.block == NULL);
    PyMem_Free(array);
    PyMem_Free(copy);
}

/* A macro that frees, in a domain. */
#define FREES(name, domain, malloc)                                                        \
    do {                                                                                   \
        void *block = malloc(10);                                                          \
        forget();                                                                          \
        name(block);                                                                       \
        EXPECT("macros.aliases", #name " frees", only(&domain, domain.frees) && domain.block == block); \
    } while (0)

/* Macros that allocate and resize, in a domain. */
#define ALLOCATES(name, resize, domain, release)                                           \
    do {                                                                                   \
        forget();                                                                          \
        void *block = name(10);                                                            \
        EXPECT("macros.aliases", #name " allocates", only(&domain, domain.mallocs) && domain.size == 10); \
        forget();                                                                          \
        void *larger = resize(block, 700);                                                 \
        EXPECT("macros.aliases", #resize " resizes",                                      \
               only(&domain, domain.reallocs) && domain.size == 700 && domain.block == block); \
        release(larger);                                                                   \
    } while (0)

static void aliases(void)
{
    const char *clause = "macros.aliases";
    FREES(PyMem_Del, mem, PyMem_Malloc);
    FREES(PyMem_DEL, mem, PyMem_Malloc);
    FREES(PyMem_FREE, mem, PyMem_Malloc);
    FREES(PyObject_Del, obj, PyObject_Malloc);
    FREES(PyObject_DEL, obj, PyObject_Malloc);
    FREES(PyObject_FREE, obj, PyObject_Malloc);
    ALLOCATES(PyMem_MALLOC, PyMem_REALLOC, mem, PyMem_Free);
    ALLOCATES(PyObject_MALLOC, PyObject_REALLOC, obj, PyObject_Free);
    forget();
    item *array = PyMem_NEW(item, 3);
    EXPECT(clause, "PyMem_NEW is PyMem_New", only(&mem, mem.mallocs) && mem.size == 3 * sizeof(item));
    forget();
    EXPECT(clause, "which refuses what cannot be counted", PyMem_NEW(item, WRAPS) == NULL && mem.calls == 0);
    forget();
    PyMem_RESIZE(array, item, 4);
    EXPECT(clause, "PyMem_RESIZE is PyMem_Resize", only(&mem, mem.reallocs) && mem.size == 4 * sizeof(item));
    item *copy = array;
    forget();
    PyMem_RESIZE(array, item, WRAPS);
    EXPECT(clause, "which refuses what cannot be counted", array == NULL && mem.calls == 0);
    PyMem_Free(copy);
}

int main(void)
{
    stand_on_libc();
    watch();
    domains();
    new_array();
    resize_array();
    aliases();
    fflush(stdout);
    /* The structs of this program go with it. */
    _Exit(0);
}
