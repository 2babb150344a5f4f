//! The functions of a Python beside its allocators.

use std::ffi::{c_int, c_void};
use std::mem;
use std::ptr::{self, NonNull};

use super::Loaded;
use crate::bindings::*;

/// Declares a struct of functions, variables and references to objects that bear their names in C, each
/// `None` where the library does not define it.
macro_rules! api {
    (
        $(#[$doc:meta])* $name:ident
        functions { $($function:ident: $type:ty),+ $(,)? }
        variables { $($variable:ident),+ $(,)? }
        objects { $($object:ident),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[expect(non_snake_case, missing_docs, reason = "the names of C, documented in `include/pymem_abi.h`")]
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name {
            $(pub $function: $type,)+
            $(pub $variable: Option<NonNull<c_int>>,)+
            $(pub $object: Option<NonNull<*mut PyObject>>,)+
        }

        impl $name {
            pub(super) fn of(loaded: &Loaded) -> Self {
                Self {
                    $($function: {
                        let address = loaded.function(stringify!($function)).map_or(ptr::null_mut(), NonNull::as_ptr);
                        // SAFETY: NULL is `None`; what bears this name has this type, which the
                        // tests hold against every Python.h they find.
                        unsafe { mem::transmute::<*mut c_void, $type>(address) }
                    },)+
                    $($variable: loaded.variable(stringify!($variable)).map(NonNull::cast),)+
                    $($object: loaded.variable(stringify!($object)).map(NonNull::cast),)+
                }
            }
        }
    };
}

api! {
    /// The functions of a Python beside its allocators, each with its name in C;
    /// `None` where the library does not define it. A Python 3.4 fills
    /// [`PyMemAllocator`] where `PyMem_GetAllocator` says [`PyMemAllocatorEx`].
    PythonApi
    functions {
        PyMem_GetAllocator: PyMem_GetAllocator_fn,
        PyMem_SetAllocator: PyMem_SetAllocator_fn,
        PyMem_SetupDebugHooks: PyMem_SetupDebugHooks_fn,
        PyObject_GetArenaAllocator: PyObject_GetArenaAllocator_fn,
        PyObject_SetArenaAllocator: PyObject_SetArenaAllocator_fn,
        PyTraceMalloc_Track: PyTraceMalloc_Track_fn,
        PyTraceMalloc_Untrack: PyTraceMalloc_Untrack_fn,
        _PyTraceMalloc_Track: PyTraceMalloc_Track_fn,
        _PyTraceMalloc_Untrack: PyTraceMalloc_Untrack_fn,
        _PyObject_New: _PyObject_New_fn,
        _PyObject_NewVar: _PyObject_NewVar_fn,
        _PyObject_GC_New: _PyObject_New_fn,
        _PyObject_GC_NewVar: _PyObject_NewVar_fn,
        _PyObject_GC_Resize: _PyObject_GC_Resize_fn,
        PyObject_Init: PyObject_Init_fn,
        PyObject_InitVar: PyObject_InitVar_fn,
        PyUnstable_Object_GC_NewWithExtraData: PyUnstable_Object_GC_NewWithExtraData_fn,
        PyObject_GC_Track: pymem_gc_act_fn,
        PyObject_GC_UnTrack: pymem_gc_act_fn,
        PyObject_GC_Del: pymem_gc_act_fn,
        PyObject_GC_IsTracked: pymem_gc_ask_fn,
        PyObject_GC_IsFinalized: pymem_gc_ask_fn,
        PyPreConfig_InitPythonConfig: pymem_preconfig_fn,
        PyPreConfig_InitIsolatedConfig: pymem_preconfig_fn,
        Py_PreInitialize: Py_PreInitialize_fn,
        Py_PreInitializeFromBytesArgs: Py_PreInitializeFromBytesArgs_fn,
        Py_SetProgramName: Py_SetProgramName_fn,
        PyType_FromSpec: PyType_FromSpec_fn,
        PyCFunction_NewEx: PyCFunction_NewEx_fn,
        PyObject_CallFinalizer: PyObject_CallFinalizer_fn,
        Py_IncRef: pymem_reference_fn,
        Py_DecRef: pymem_reference_fn,
        PyImport_ImportModule: PyImport_ImportModule_fn,
        PyObject_GetAttrString: PyObject_GetAttrString_fn,
        PyObject_SetAttrString: PyObject_SetAttrString_fn,
        PyObject_CallObject: PyObject_CallObject_fn,
        PyTuple_New: PyTuple_New_fn,
        PyTuple_SetItem: PyTuple_SetItem_fn,
        PySequence_Size: PySequence_Size_fn,
        PySequence_GetItem: PySequence_GetItem_fn,
        PyLong_AsSsize_t: PyLong_AsSsize_t_fn,
        PyLong_FromSsize_t: PyLong_FromSsize_t_fn,
        PyBytes_FromString: PyBytes_FromString_fn,
        PyBytes_AsString: PyBytes_AsString_fn,
        Py_InitializeEx: Py_InitializeEx_fn,
        Py_IsInitialized: Py_IsInitialized_fn,
        Py_FinalizeEx: Py_FinalizeEx_fn,
        Py_Finalize: Py_Finalize_fn,
        Py_GetVersion: Py_GetVersion_fn,
        PyGILState_Ensure: PyGILState_Ensure_fn,
        PyGILState_Release: PyGILState_Release_fn,
        PyGILState_Check: PyGILState_Check_fn,
        PyGILState_GetThisThreadState: PyGILState_GetThisThreadState_fn,
        _Py_DumpTraceback: pymem_dump_traceback_fn,
        PyEval_SaveThread: PyEval_SaveThread_fn,
        PyEval_RestoreThread: PyEval_RestoreThread_fn,
        PyEval_InitThreads: PyEval_InitThreads_fn,
        PyErr_Occurred: PyErr_Occurred_fn,
        PyErr_ExceptionMatches: PyErr_ExceptionMatches_fn,
        PyErr_Clear: PyErr_Clear_fn,
        Py_NewInterpreter: Py_NewInterpreter_fn,
        Py_NewInterpreterFromConfig: Py_NewInterpreterFromConfig_fn,
        Py_EndInterpreter: Py_EndInterpreter_fn,
        PyThreadState_Swap: PyThreadState_Swap_fn,
        PyRun_SimpleString: PyRun_SimpleString_fn,
        PyGC_Collect: PyGC_Collect_fn,
        PyGC_Enable: pymem_gc_switch_fn,
        PyGC_Disable: pymem_gc_switch_fn,
        PyGC_IsEnabled: pymem_gc_switch_fn,
        rpython_startup_code: rpython_startup_code_fn,
        pypy_setup_home: pypy_setup_home_fn,
        pypy_execute_source: pypy_execute_source_fn,
        pypy_init_threads: pypy_init_threads_fn,
    }
    variables {
        Py_NoSiteFlag,
        Py_IgnoreEnvironmentFlag,
        Py_IsolatedFlag,
        Py_NoUserSiteDirectory,
        Py_DontWriteBytecodeFlag,
    }
    objects {
        PyExc_MemoryError,
        PyExc_SystemError,
    }
}
