/*
 * The memory API of CPython as this project sees it: the types, the functions
 * and the macros of the "Memory Management" chapter, and the one entry of our
 * own, through which an allocator offers itself as a table.
 *
 * Written from the documented interface, with no include, so that it reads the
 * same for every compiler. The test `headers` holds it against each Python.h
 * that it finds.
 *
 * Every function has a type of its own name with `_fn` at the end (families
 * share `pymem_malloc_fn` and its like), because a program that looks functions
 * up at run time needs the type and never the declaration.
 */
#ifndef PYMEM_ABI_H
#define PYMEM_ABI_H

#ifdef __cplusplus
extern "C" {
#endif

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ Py_ssize_t;

#ifndef NULL
#define NULL ((void *)0)
#endif

/** The largest size that any function of the API serves. */
#define PY_SSIZE_T_MAX ((Py_ssize_t)(((size_t)-1) >> 1))

/** An object; its layout differs by version and build. */
typedef struct _object PyObject;
/** A type; its layout differs by version and build. */
typedef struct _typeobject PyTypeObject;
/** An object with a number of items. */
typedef struct pymem_var_object PyVarObject;
/** The state of one thread in one interpreter. */
typedef struct _ts PyThreadState;

/** The three domains. */
typedef enum {
    /** `PyMem_Raw*`: callable without a thread state. */
    PYMEM_DOMAIN_RAW = 0,
    /** `PyMem_*`: needs a thread state. */
    PYMEM_DOMAIN_MEM = 1,
    /** `PyObject_*`: needs a thread state, meant for objects. */
    PYMEM_DOMAIN_OBJ = 2
} PyMemAllocatorDomain;

/** The allocator of one domain, since 3.5. Each function gets `ctx` first. */
typedef struct {
    /** Handed to each function; its meaning is the allocator's own. */
    void *ctx;
    /** A block of `size` bytes. */
    void *(*malloc)(void *ctx, size_t size);
    /** A block of `nelem` times `elsize` zero bytes. */
    void *(*calloc)(void *ctx, size_t nelem, size_t elsize);
    /** The block `ptr` with `new_size` bytes, perhaps elsewhere. */
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    /** Takes the block `ptr` back. */
    void (*free)(void *ctx, void *ptr);
} PyMemAllocatorEx;

/** The allocator of one domain in 3.4, which knew no `calloc`. */
typedef struct {
    /** Handed to each function; its meaning is the allocator's own. */
    void *ctx;
    /** A block of `size` bytes. */
    void *(*malloc)(void *ctx, size_t size);
    /** The block `ptr` with `new_size` bytes, perhaps elsewhere. */
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    /** Takes the block `ptr` back. */
    void (*free)(void *ctx, void *ptr);
} PyMemAllocator;

/** Where pymalloc gets its arenas. */
typedef struct {
    /** Handed to each function; its meaning is the allocator's own. */
    void *ctx;
    /** An arena of `size` bytes. */
    void *(*alloc)(void *ctx, size_t size);
    /** Takes the arena `ptr` of `size` bytes back. */
    void (*free)(void *ctx, void *ptr, size_t size);
} PyObjectArenaAllocator;

/** How a step of the start went, since 3.8. */
typedef struct {
    /** 0: well; 1: an error; 2: the program is to exit. */
    unsigned int _type;
    /** Where it failed, or NULL. */
    const char *func;
    /** Why it failed, or NULL. */
    const char *err_msg;
    /** The status with which to exit. */
    int exitcode;
} PyStatus;

/** What is settled before the interpreter starts, since 3.8. */
typedef struct {
    /** Which function filled it. */
    int _config_init;
    /** Whether the command line is read. */
    int parse_argv;
    /** Whether environment and user are kept out. */
    int isolated;
    /** Whether the `PYTHON` variables are read. */
    int use_environment;
    /** Whether the locale is set. */
    int configure_locale;
    /** Whether the C locale is replaced. */
    int coerce_c_locale;
    /** Whether that is told. */
    int coerce_c_locale_warn;
    /** Whether text is UTF-8 whatever the locale. */
    int utf8_mode;
    /** Whether the development mode is on. */
    int dev_mode;
    /** The number of the allocators; 0: not chosen. */
    int allocator;
} PyPreConfig;

/** What a further interpreter shares, since 3.12. */
typedef struct {
    /** Whether it uses the object allocator of the first. */
    int use_main_obmalloc;
    /** Whether it may fork. */
    int allow_fork;
    /** Whether it may replace the process. */
    int allow_exec;
    /** Whether it may start threads. */
    int allow_threads;
    /** Whether these may outlive it. */
    int allow_daemon_threads;
    /** Whether extensions that bear one interpreter only are refused. */
    int check_multi_interp_extensions;
    /** 0: the default, 1: the lock of the first, 2: its own. */
    int gil;
} PyInterpreterConfig;

/** Whether the thread held the interpreter before `PyGILState_Ensure`. */
typedef enum {
    /** It did. */
    PyGILState_LOCKED = 0,
    /** It did not. */
    PyGILState_UNLOCKED = 1
} PyGILState_STATE;

/* The four functions of a family. */

/** A block of `size` bytes. */
typedef void *pymem_malloc_fn(size_t size);
/** A block of `nelem` times `elsize` zero bytes. */
typedef void *pymem_calloc_fn(size_t nelem, size_t elsize);
/** The block `ptr` with `new_size` bytes, perhaps elsewhere. */
typedef void *pymem_realloc_fn(void *ptr, size_t new_size);
/** Takes the block `ptr` back. */
typedef void pymem_free_fn(void *ptr);

pymem_malloc_fn PyMem_RawMalloc, PyMem_Malloc, PyObject_Malloc;
pymem_calloc_fn PyMem_RawCalloc, PyMem_Calloc, PyObject_Calloc;
pymem_realloc_fn PyMem_RawRealloc, PyMem_Realloc, PyObject_Realloc;
pymem_free_fn PyMem_RawFree, PyMem_Free, PyObject_Free;

/* Customization. */

/** Copies the allocator of `domain` to `*allocator`. */
typedef void PyMem_GetAllocator_fn(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
/** Installs a copy of `*allocator` for `domain`. */
typedef void PyMem_SetAllocator_fn(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
/** Lays the debug hooks over every domain. */
typedef void PyMem_SetupDebugHooks_fn(void);
/** Copies the arena allocator to `*allocator`. */
typedef void PyObject_GetArenaAllocator_fn(PyObjectArenaAllocator *allocator);
/** Installs a copy of `*allocator` as the arena allocator. */
typedef void PyObject_SetArenaAllocator_fn(PyObjectArenaAllocator *allocator);

PyMem_GetAllocator_fn PyMem_GetAllocator;
PyMem_SetAllocator_fn PyMem_SetAllocator;
PyMem_SetupDebugHooks_fn PyMem_SetupDebugHooks;
PyObject_GetArenaAllocator_fn PyObject_GetArenaAllocator;
PyObject_SetArenaAllocator_fn PyObject_SetArenaAllocator;

/* tracemalloc, since 3.7. */

/** Notes a block; 0, -1 without memory, -2 while tracing is off. */
typedef int PyTraceMalloc_Track_fn(unsigned int domain, __UINTPTR_TYPE__ ptr, size_t size);
/** Forgets a block; 0, or -2 while tracing is off. */
typedef int PyTraceMalloc_Untrack_fn(unsigned int domain, __UINTPTR_TYPE__ ptr);

PyTraceMalloc_Track_fn PyTraceMalloc_Track;
PyTraceMalloc_Untrack_fn PyTraceMalloc_Untrack;

/* The same in 3.6, where the names were private. */
PyTraceMalloc_Track_fn _PyTraceMalloc_Track;
PyTraceMalloc_Untrack_fn _PyTraceMalloc_Untrack;

/* Objects. */

/** A new object of `type`, its header set. */
typedef PyObject *_PyObject_New_fn(PyTypeObject *type);
/** A new object of `type` with `count` items, its header set. */
typedef PyVarObject *_PyObject_NewVar_fn(PyTypeObject *type, Py_ssize_t count);
/** Sets the header of memory the caller has. */
typedef PyObject *PyObject_Init_fn(PyObject *object, PyTypeObject *type);
/** Sets the header and the number of items of memory the caller has. */
typedef PyVarObject *PyObject_InitVar_fn(PyVarObject *object, PyTypeObject *type, Py_ssize_t count);
/** An object of a collected type that is not tracked yet, resized. */
typedef PyVarObject *_PyObject_GC_Resize_fn(PyVarObject *object, Py_ssize_t count);
/** A new object of a collected type with `extra` bytes behind it, since 3.12. */
typedef PyObject *PyUnstable_Object_GC_NewWithExtraData_fn(PyTypeObject *type, size_t extra);
/** Acts on one object: tracks, untracks or releases it. */
typedef void pymem_gc_act_fn(void *object);
/** Asks about one object: 0 or 1. */
typedef int pymem_gc_ask_fn(PyObject *object);

_PyObject_New_fn _PyObject_New, _PyObject_GC_New;
_PyObject_NewVar_fn _PyObject_NewVar, _PyObject_GC_NewVar;
PyObject_Init_fn PyObject_Init;
PyObject_InitVar_fn PyObject_InitVar;
_PyObject_GC_Resize_fn _PyObject_GC_Resize;
PyUnstable_Object_GC_NewWithExtraData_fn PyUnstable_Object_GC_NewWithExtraData;
pymem_gc_act_fn PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_GC_Del;
pymem_gc_ask_fn PyObject_GC_IsTracked, PyObject_GC_IsFinalized;

/* Types and functions made at run time. */

/** What a slot of a type is for, and what stands in it. */
typedef struct {
    /** Its number; 0 ends a list of slots. */
    int slot;
    /** A function, or what else the slot takes. */
    void *pfunc;
} PyType_Slot;

/** From what a type is made. */
typedef struct {
    /** Module and name, with a dot between; has to stay. */
    const char *name;
    /** Bytes of an object without items. */
    int basicsize;
    /** Bytes of an item. */
    int itemsize;
    /** Properties, such as `Py_TPFLAGS_HAVE_GC`. */
    unsigned int flags;
    /** Its slots. */
    PyType_Slot *slots;
} PyType_Spec;

/** The objects of the type are collected. */
#define Py_TPFLAGS_HAVE_GC 0x4000
/** The slot of what finds the objects that an object refers to. */
#define Py_tp_traverse 71
/** The slot of what is called once before an object goes. */
#define Py_tp_finalize 80

/** Called for each object that one refers to. */
typedef int (*visitproc)(PyObject *object, void *arg);
/** What stands in the slot `Py_tp_traverse`. */
typedef int (*traverseproc)(PyObject *self, visitproc visit, void *arg);
/** What stands in the slot `Py_tp_finalize`. */
typedef void (*destructor)(PyObject *self);

/** A function of C for callers in Python. */
typedef PyObject *(*PyCFunction)(PyObject *self, PyObject *args);

/** What such a function is called, and how. */
typedef struct PyMethodDef {
    /** Its name. */
    const char *ml_name;
    /** The function. */
    PyCFunction ml_meth;
    /** How it is called, such as `METH_NOARGS`. */
    int ml_flags;
    /** What it is for, or NULL. */
    const char *ml_doc;
} PyMethodDef;

/** Called with nothing. */
#define METH_NOARGS 0x0004

/** A new type; NULL after an exception. */
typedef PyObject *PyType_FromSpec_fn(PyType_Spec *spec);
/** A function object; `def` has to stay. */
typedef PyObject *PyCFunction_NewEx_fn(PyMethodDef *def, PyObject *self, PyObject *module);
/** Calls the finalizer of an object, once. */
typedef void PyObject_CallFinalizer_fn(PyObject *object);

PyType_FromSpec_fn PyType_FromSpec;
PyCFunction_NewEx_fn PyCFunction_NewEx;
PyObject_CallFinalizer_fn PyObject_CallFinalizer;

/* Objects of every type. A new reference, or NULL after an exception, where it does not say otherwise. */

/** Adds or takes a reference. */
typedef void pymem_reference_fn(PyObject *object);
/** A module by its name, imported. */
typedef PyObject *PyImport_ImportModule_fn(const char *name);
/** An attribute. */
typedef PyObject *PyObject_GetAttrString_fn(PyObject *object, const char *name);
/** Sets an attribute; -1 after an exception. */
typedef int PyObject_SetAttrString_fn(PyObject *object, const char *name, PyObject *value);
/** Calls `callable` with a tuple, or with nothing where that is NULL. */
typedef PyObject *PyObject_CallObject_fn(PyObject *callable, PyObject *args);
/** A tuple of NULLs, to be filled. */
typedef PyObject *PyTuple_New_fn(Py_ssize_t count);
/** Fills an item of a new tuple, and takes the reference to `item`; -1 after an exception. */
typedef int PyTuple_SetItem_fn(PyObject *tuple, Py_ssize_t index, PyObject *item);
/** How many items a sequence has; -1 after an exception. */
typedef Py_ssize_t PySequence_Size_fn(PyObject *sequence);
/** An item of a sequence. */
typedef PyObject *PySequence_GetItem_fn(PyObject *sequence, Py_ssize_t index);
/** The number that an int stands for; -1 after an exception. */
typedef Py_ssize_t PyLong_AsSsize_t_fn(PyObject *number);
/** An int. */
typedef PyObject *PyLong_FromSsize_t_fn(Py_ssize_t number);
/** A bytes object with a copy of the text. */
typedef PyObject *PyBytes_FromString_fn(const char *text);
/** The bytes of a bytes object, its own. */
typedef char *PyBytes_AsString_fn(PyObject *bytes);

pymem_reference_fn Py_IncRef, Py_DecRef;
PyImport_ImportModule_fn PyImport_ImportModule;
PyObject_GetAttrString_fn PyObject_GetAttrString;
PyObject_SetAttrString_fn PyObject_SetAttrString;
PyObject_CallObject_fn PyObject_CallObject;
PyTuple_New_fn PyTuple_New;
PyTuple_SetItem_fn PyTuple_SetItem;
PySequence_Size_fn PySequence_Size;
PySequence_GetItem_fn PySequence_GetItem;
PyLong_AsSsize_t_fn PyLong_AsSsize_t;
PyLong_FromSsize_t_fn PyLong_FromSsize_t;
PyBytes_FromString_fn PyBytes_FromString;
PyBytes_AsString_fn PyBytes_AsString;

/* The interpreter's life, its threads and its error. */

/** Fills `*config` for a regular Python. Since 3.8. */
typedef void pymem_preconfig_fn(PyPreConfig *config);
/** Settles allocators, locale and encoding. Since 3.8. */
typedef PyStatus Py_PreInitialize_fn(const PyPreConfig *config);
/** The same, with the words of a command line. Since 3.8. */
typedef PyStatus Py_PreInitializeFromBytesArgs_fn(const PyPreConfig *config, Py_ssize_t argc, char **argv);
/** The name by which the interpreter finds its home, before it starts; the text stays the caller's. */
typedef void Py_SetProgramName_fn(const __WCHAR_TYPE__ *name);
/** Starts the interpreter; signal handlers only for a true `signals`. */
typedef void Py_InitializeEx_fn(int signals);
/** Whether the interpreter runs. */
typedef int Py_IsInitialized_fn(void);
/** Ends the interpreter; -1 where buffered data was lost. Since 3.6. */
typedef int Py_FinalizeEx_fn(void);
/** Ends the interpreter. */
typedef void Py_Finalize_fn(void);
/** Version and build as text, which lives as long as the library. */
typedef const char *Py_GetVersion_fn(void);
/** Takes the interpreter for the calling thread, whatever it held before. */
typedef PyGILState_STATE PyGILState_Ensure_fn(void);
/** Undoes the `PyGILState_Ensure` that gave `state`. */
typedef void PyGILState_Release_fn(PyGILState_STATE state);
/** Whether the calling thread holds the interpreter. */
typedef int PyGILState_Check_fn(void);
/** The state of the calling thread, or NULL where the interpreter does not know it. */
typedef PyThreadState *PyGILState_GetThisThreadState_fn(void);
/** Writes the frames of a thread to a descriptor, the innermost first, without any memory. */
typedef void pymem_dump_traceback_fn(int fd, PyThreadState *state);
/** Lets the interpreter go; the result takes it back. */
typedef PyThreadState *PyEval_SaveThread_fn(void);
/** Takes the interpreter back. */
typedef void PyEval_RestoreThread_fn(PyThreadState *state);
/** Makes the lock; needed before the second thread up to 3.6. */
typedef void PyEval_InitThreads_fn(void);
/** The type of the pending exception, borrowed, or NULL. */
typedef PyObject *PyErr_Occurred_fn(void);
/** Whether the pending exception is of a class; only while one is pending. */
typedef int PyErr_ExceptionMatches_fn(PyObject *exception);
/** Drops the pending exception. */
typedef void PyErr_Clear_fn(void);
/** A further interpreter, whose state becomes the calling thread's; NULL without one. */
typedef PyThreadState *Py_NewInterpreter_fn(void);
/** The same as `*config` says; its state in `*state`. Since 3.12. */
typedef PyStatus Py_NewInterpreterFromConfig_fn(PyThreadState **state, const PyInterpreterConfig *config);
/** Ends the interpreter of `state`, which is the calling thread's; none is afterwards. */
typedef void Py_EndInterpreter_fn(PyThreadState *state);
/** Makes `state` the calling thread's; the one before. */
typedef PyThreadState *PyThreadState_Swap_fn(PyThreadState *state);
/** Runs source text in `__main__`; 0, or -1 after an exception. */
typedef int PyRun_SimpleString_fn(const char *source);
/** Runs the collector; how many objects it found unreachable. */
typedef Py_ssize_t PyGC_Collect_fn(void);
/** Switches the collector; whether it was on. Since 3.10. */
typedef int pymem_gc_switch_fn(void);

pymem_preconfig_fn PyPreConfig_InitPythonConfig, PyPreConfig_InitIsolatedConfig;
Py_PreInitialize_fn Py_PreInitialize;
Py_PreInitializeFromBytesArgs_fn Py_PreInitializeFromBytesArgs;
Py_SetProgramName_fn Py_SetProgramName;
Py_InitializeEx_fn Py_InitializeEx;
Py_IsInitialized_fn Py_IsInitialized;
Py_FinalizeEx_fn Py_FinalizeEx;
Py_Finalize_fn Py_Finalize;
Py_GetVersion_fn Py_GetVersion;
PyGILState_Ensure_fn PyGILState_Ensure;
PyGILState_Release_fn PyGILState_Release;
PyGILState_Check_fn PyGILState_Check;
PyGILState_GetThisThreadState_fn PyGILState_GetThisThreadState;
pymem_dump_traceback_fn _Py_DumpTraceback;
PyEval_SaveThread_fn PyEval_SaveThread;
PyEval_RestoreThread_fn PyEval_RestoreThread;
PyEval_InitThreads_fn PyEval_InitThreads;
PyErr_Occurred_fn PyErr_Occurred;
PyErr_ExceptionMatches_fn PyErr_ExceptionMatches;
PyErr_Clear_fn PyErr_Clear;
Py_NewInterpreter_fn Py_NewInterpreter;
Py_NewInterpreterFromConfig_fn Py_NewInterpreterFromConfig;
Py_EndInterpreter_fn Py_EndInterpreter;
PyThreadState_Swap_fn PyThreadState_Swap;
PyRun_SimpleString_fn PyRun_SimpleString;
PyGC_Collect_fn PyGC_Collect;
pymem_gc_switch_fn PyGC_Enable, PyGC_Disable, PyGC_IsEnabled;

/* What starts a PyPy. These names bear no prefix. */

/** Prepares the language that it is written in; once, and first. */
typedef void rpython_startup_code_fn(void);
/** Finds the standard library, beside `home` or for NULL beside the library; 0 where it is there. */
typedef int pypy_setup_home_fn(const char *home, int verbose);
/** Runs source text, and lets the interpreter go; 0, or -1 after an exception. */
typedef int pypy_execute_source_fn(const char *source);
/** Makes the lock; needed before the second thread. */
typedef void pypy_init_threads_fn(void);

rpython_startup_code_fn rpython_startup_code;
pypy_setup_home_fn pypy_setup_home;
pypy_execute_source_fn pypy_execute_source;
pypy_init_threads_fn pypy_init_threads;

/* The entry of an allocator that offers itself as a table. */

/** Fills `*allocator` for `domain` and returns 0; anything else: no such domain. */
typedef int pymem_get_allocator_fn(int domain, PyMemAllocatorEx *allocator);

pymem_get_allocator_fn pymem_get_allocator;

/* The macros. An array that cannot be counted in Py_ssize_t is no array. */

#define PYMEM_ARRAY_FITS(type, n) ((size_t)(n) <= (size_t)PY_SSIZE_T_MAX / sizeof(type))

#define PyMem_New(type, n) \
    ((type *)(PYMEM_ARRAY_FITS(type, n) ? PyMem_Malloc((size_t)(n) * sizeof(type)) : NULL))
#define PyMem_Resize(p, type, n) \
    ((p) = (type *)(PYMEM_ARRAY_FITS(type, n) ? PyMem_Realloc((p), (size_t)(n) * sizeof(type)) : NULL))
#define PyMem_Del(p) PyMem_Free((p))

#define PyMem_MALLOC(n) PyMem_Malloc((n))
#define PyMem_REALLOC(p, n) PyMem_Realloc((p), (n))
#define PyMem_FREE(p) PyMem_Free((p))
#define PyMem_NEW(type, n) PyMem_New(type, n)
#define PyMem_RESIZE(p, type, n) PyMem_Resize(p, type, n)
#define PyMem_DEL(p) PyMem_Free((p))

#define PyObject_MALLOC(n) PyObject_Malloc((n))
#define PyObject_REALLOC(p, n) PyObject_Realloc((p), (n))
#define PyObject_FREE(p) PyObject_Free((p))
#define PyObject_Del(p) PyObject_Free((p))
#define PyObject_DEL(p) PyObject_Free((p))

#define PyObject_New(type, typeobj) ((type *)_PyObject_New((typeobj)))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))
#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New((typeobj)))
#define PyObject_GC_NewVar(type, typeobj, n) ((type *)_PyObject_GC_NewVar((typeobj), (n)))
#define PyObject_GC_Resize(type, op, n) ((type *)_PyObject_GC_Resize((PyVarObject *)(op), (n)))

#ifdef __cplusplus
}
#endif

#endif
