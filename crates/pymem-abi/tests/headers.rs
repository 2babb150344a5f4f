//! Our header and our bindings, held against each `Python.h` of this machine.
//!
//! One C program prints sizes, offsets, values and whether each function has the
//! type written in the table below. It is compiled against our header and against
//! each real one, and all have to print the same; the layouts, moreover, what Rust
//! computes from the bindings.

mod common;

use std::collections::BTreeMap;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Lab, compiler, not_run};
use pymem_abi::PY_SSIZE_T_MAX;
use pymem_abi::bindings::*;
use rstest::rstest;

/// Functions whose declaration a header of the given versions has, as
/// `PY_VERSION_HEX` says it: name, type, first version, first version without.
const FUNCTIONS: &[(&str, &str, u32, u32)] = &[
    ("PyMem_RawMalloc", "void *(size_t)", ALWAYS, NEVER),
    ("PyMem_RawCalloc", "void *(size_t, size_t)", ALWAYS, NEVER),
    ("PyMem_RawRealloc", "void *(void *, size_t)", ALWAYS, NEVER),
    ("PyMem_RawFree", "void (void *)", ALWAYS, NEVER),
    ("PyMem_Malloc", "void *(size_t)", ALWAYS, NEVER),
    ("PyMem_Calloc", "void *(size_t, size_t)", ALWAYS, NEVER),
    ("PyMem_Realloc", "void *(void *, size_t)", ALWAYS, NEVER),
    ("PyMem_Free", "void (void *)", ALWAYS, NEVER),
    ("PyObject_Malloc", "void *(size_t)", ALWAYS, NEVER),
    ("PyObject_Calloc", "void *(size_t, size_t)", ALWAYS, NEVER),
    ("PyObject_Realloc", "void *(void *, size_t)", ALWAYS, NEVER),
    ("PyObject_Free", "void (void *)", ALWAYS, NEVER),
    ("PyMem_GetAllocator", "void (PyMemAllocatorDomain, PyMemAllocatorEx *)", ALWAYS, NEVER),
    ("PyMem_SetAllocator", "void (PyMemAllocatorDomain, PyMemAllocatorEx *)", ALWAYS, NEVER),
    ("PyMem_SetupDebugHooks", "void (void)", ALWAYS, NEVER),
    ("PyObject_GetArenaAllocator", "void (PyObjectArenaAllocator *)", ALWAYS, NEVER),
    ("PyObject_SetArenaAllocator", "void (PyObjectArenaAllocator *)", ALWAYS, NEVER),
    ("PyTraceMalloc_Track", "int (unsigned int, __UINTPTR_TYPE__, size_t)", 0x03070000, NEVER),
    ("PyTraceMalloc_Untrack", "int (unsigned int, __UINTPTR_TYPE__)", 0x03070000, NEVER),
    ("_PyTraceMalloc_Track", "int (unsigned int, __UINTPTR_TYPE__, size_t)", 0x03060000, 0x03070000),
    ("_PyTraceMalloc_Untrack", "int (unsigned int, __UINTPTR_TYPE__)", 0x03060000, 0x03070000),
    ("_PyObject_New", "PyObject *(PyTypeObject *)", ALWAYS, NEVER),
    ("_PyObject_NewVar", "PyVarObject *(PyTypeObject *, Py_ssize_t)", ALWAYS, NEVER),
    ("_PyObject_GC_New", "PyObject *(PyTypeObject *)", ALWAYS, NEVER),
    ("_PyObject_GC_NewVar", "PyVarObject *(PyTypeObject *, Py_ssize_t)", ALWAYS, NEVER),
    ("_PyObject_GC_Resize", "PyVarObject *(PyVarObject *, Py_ssize_t)", ALWAYS, NEVER),
    ("PyObject_Init", "PyObject *(PyObject *, PyTypeObject *)", ALWAYS, NEVER),
    ("PyObject_InitVar", "PyVarObject *(PyVarObject *, PyTypeObject *, Py_ssize_t)", ALWAYS, NEVER),
    ("PyUnstable_Object_GC_NewWithExtraData", "PyObject *(PyTypeObject *, size_t)", 0x030c0000, NEVER),
    ("PyObject_GC_Track", "void (void *)", ALWAYS, NEVER),
    ("PyObject_GC_UnTrack", "void (void *)", ALWAYS, NEVER),
    ("PyObject_GC_Del", "void (void *)", ALWAYS, NEVER),
    ("PyObject_GC_IsTracked", "int (PyObject *)", 0x03090000, NEVER),
    ("PyObject_GC_IsFinalized", "int (PyObject *)", 0x03090000, NEVER),
    ("PyPreConfig_InitPythonConfig", "void (PyPreConfig *)", 0x03080000, NEVER),
    ("PyPreConfig_InitIsolatedConfig", "void (PyPreConfig *)", 0x03080000, NEVER),
    ("Py_PreInitialize", "PyStatus (const PyPreConfig *)", 0x03080000, NEVER),
    ("PyType_FromSpec", "PyObject *(PyType_Spec *)", ALWAYS, NEVER),
    ("PyCFunction_NewEx", "PyObject *(PyMethodDef *, PyObject *, PyObject *)", ALWAYS, NEVER),
    ("PyObject_CallFinalizer", "void (PyObject *)", ALWAYS, NEVER),
    ("Py_IncRef", "void (PyObject *)", ALWAYS, NEVER),
    ("Py_DecRef", "void (PyObject *)", ALWAYS, NEVER),
    ("PyImport_ImportModule", "PyObject *(const char *)", ALWAYS, NEVER),
    ("PyObject_GetAttrString", "PyObject *(PyObject *, const char *)", ALWAYS, NEVER),
    ("PyObject_SetAttrString", "int (PyObject *, const char *, PyObject *)", ALWAYS, NEVER),
    ("PyObject_CallObject", "PyObject *(PyObject *, PyObject *)", ALWAYS, NEVER),
    ("PyTuple_New", "PyObject *(Py_ssize_t)", ALWAYS, NEVER),
    ("PyTuple_SetItem", "int (PyObject *, Py_ssize_t, PyObject *)", ALWAYS, NEVER),
    ("PySequence_Size", "Py_ssize_t (PyObject *)", ALWAYS, NEVER),
    ("PySequence_GetItem", "PyObject *(PyObject *, Py_ssize_t)", ALWAYS, NEVER),
    ("PyLong_AsSsize_t", "Py_ssize_t (PyObject *)", ALWAYS, NEVER),
    ("PyLong_FromSsize_t", "PyObject *(Py_ssize_t)", ALWAYS, NEVER),
    ("PyBytes_FromString", "PyObject *(const char *)", ALWAYS, NEVER),
    ("PyBytes_AsString", "char *(PyObject *)", ALWAYS, NEVER),
    ("Py_InitializeEx", "void (int)", ALWAYS, NEVER),
    ("Py_IsInitialized", "int (void)", ALWAYS, NEVER),
    ("Py_FinalizeEx", "int (void)", 0x03060000, NEVER),
    ("Py_Finalize", "void (void)", ALWAYS, NEVER),
    ("Py_GetVersion", "const char *(void)", ALWAYS, NEVER),
    ("PyGILState_Ensure", "PyGILState_STATE (void)", ALWAYS, NEVER),
    ("PyGILState_Release", "void (PyGILState_STATE)", ALWAYS, NEVER),
    ("PyGILState_Check", "int (void)", ALWAYS, NEVER),
    ("PyEval_SaveThread", "PyThreadState *(void)", ALWAYS, NEVER),
    ("PyEval_RestoreThread", "void (PyThreadState *)", ALWAYS, NEVER),
    ("PyEval_InitThreads", "void (void)", ALWAYS, 0x030f0000),
    ("PyErr_Occurred", "PyObject *(void)", ALWAYS, NEVER),
    ("PyErr_ExceptionMatches", "int (PyObject *)", ALWAYS, NEVER),
    ("PyErr_Clear", "void (void)", ALWAYS, NEVER),
    ("Py_NewInterpreter", "PyThreadState *(void)", ALWAYS, NEVER),
    ("Py_NewInterpreterFromConfig", "PyStatus (PyThreadState **, const PyInterpreterConfig *)", 0x030c0000, NEVER),
    ("Py_EndInterpreter", "void (PyThreadState *)", ALWAYS, NEVER),
    ("PyThreadState_Swap", "PyThreadState *(PyThreadState *)", ALWAYS, NEVER),
    // A macro over another function before.
    ("PyRun_SimpleString", "int (const char *)", 0x030a0000, NEVER),
    ("PyGC_Collect", "Py_ssize_t (void)", ALWAYS, NEVER),
    ("PyGC_Enable", "int (void)", 0x030a0000, NEVER),
    ("PyGC_Disable", "int (void)", 0x030a0000, NEVER),
    ("PyGC_IsEnabled", "int (void)", 0x030a0000, NEVER),
];

/// The members of each struct with their types, and since when they are what they are.
const MEMBERS: &[(&str, &str, &str, u32)] = &[
    ("PyMemAllocatorEx", "ctx", "void *", ALWAYS),
    ("PyMemAllocatorEx", "malloc", "void *(*)(void *, size_t)", ALWAYS),
    ("PyMemAllocatorEx", "calloc", "void *(*)(void *, size_t, size_t)", ALWAYS),
    ("PyMemAllocatorEx", "realloc", "void *(*)(void *, void *, size_t)", ALWAYS),
    ("PyMemAllocatorEx", "free", "void (*)(void *, void *)", ALWAYS),
    ("PyObjectArenaAllocator", "ctx", "void *", ALWAYS),
    ("PyObjectArenaAllocator", "alloc", "void *(*)(void *, size_t)", ALWAYS),
    ("PyObjectArenaAllocator", "free", "void (*)(void *, void *, size_t)", ALWAYS),
    ("PyStatus", "func", "const char *", 0x03080000),
    ("PyStatus", "err_msg", "const char *", 0x03080000),
    ("PyStatus", "exitcode", "int", 0x03080000),
    ("PyPreConfig", "isolated", "int", 0x03080000),
    ("PyPreConfig", "use_environment", "int", 0x03080000),
    ("PyPreConfig", "dev_mode", "int", 0x03080000),
    ("PyPreConfig", "allocator", "int", 0x03080000),
    ("PyInterpreterConfig", "use_main_obmalloc", "int", 0x030c0000),
    ("PyInterpreterConfig", "allow_fork", "int", 0x030c0000),
    ("PyInterpreterConfig", "allow_exec", "int", 0x030c0000),
    ("PyInterpreterConfig", "allow_threads", "int", 0x030c0000),
    ("PyInterpreterConfig", "allow_daemon_threads", "int", 0x030c0000),
    ("PyInterpreterConfig", "check_multi_interp_extensions", "int", 0x030c0000),
    ("PyInterpreterConfig", "gil", "int", 0x030c0000),
    ("PyType_Slot", "slot", "int", ALWAYS),
    ("PyType_Slot", "pfunc", "void *", ALWAYS),
    ("PyType_Spec", "name", "const char *", ALWAYS),
    ("PyType_Spec", "basicsize", "int", ALWAYS),
    ("PyType_Spec", "itemsize", "int", ALWAYS),
    ("PyType_Spec", "flags", "unsigned int", ALWAYS),
    ("PyType_Spec", "slots", "PyType_Slot *", ALWAYS),
    ("PyMethodDef", "ml_name", "const char *", ALWAYS),
    ("PyMethodDef", "ml_meth", "PyCFunction", ALWAYS),
    ("PyMethodDef", "ml_flags", "int", ALWAYS),
    ("PyMethodDef", "ml_doc", "const char *", ALWAYS),
];

const TYPES: &[&str] = &[
    "PyMemAllocatorEx",
    "PyObjectArenaAllocator",
    "PyMemAllocatorDomain",
    "PyGILState_STATE",
    "PyType_Slot",
    "PyType_Spec",
    "PyMethodDef",
    "Py_ssize_t",
];

const VALUES: &[&str] = &[
    "PYMEM_DOMAIN_RAW",
    "PYMEM_DOMAIN_MEM",
    "PYMEM_DOMAIN_OBJ",
    "PyGILState_LOCKED",
    "PyGILState_UNLOCKED",
    "PY_SSIZE_T_MAX",
    "Py_TPFLAGS_HAVE_GC",
    "Py_tp_traverse",
    "Py_tp_finalize",
    "METH_NOARGS",
];

/// `PyMemAllocatorEx` is as old as this; Python 3.4 had another struct.
const ALWAYS: u32 = 0x0305_0000;
const NEVER: u32 = u32::MAX;

/// What a program printed: a number for each fact.
type Facts = BTreeMap<String, u64>;

#[test]
fn every_python_agrees_with_our_header() {
    let lab = Lab::new();
    let headers = pymem_abi::headers();
    if headers.is_empty() {
        return not_run("our header against Python.h", "apt-get install -y python3-dev");
    }
    for header in headers {
        let real = facts(&lab, "#include <Python.h>", &header);
        let version = u32::try_from(real["PY_VERSION_HEX"]).expect("it has 32 bits");
        println!("{} {version:#x}", header.display());
        if version < ALWAYS {
            println!("not compared: {} is older than PyMemAllocatorEx", header.display());
            continue;
        }
        let mut ours = facts(&lab, &our_header(version), &include_folder());
        ours.insert("PY_VERSION_HEX".to_owned(), version.into());
        assert_eq!(real, ours, "{}", header.display());
        let mistyped: Vec<_> =
            real.iter().filter(|(name, value)| name.starts_with("type of") && **value == 0).collect();
        assert!(mistyped.is_empty(), "{}: {mistyped:?}", header.display());
    }
}

#[test]
fn the_bindings_agree_with_our_header() {
    let lab = Lab::new();
    let facts = facts(&lab, &our_header(NEVER - 1), &include_folder());
    let ours: &[(&str, usize)] = &[
        ("size of PyMemAllocatorEx", size_of::<PyMemAllocatorEx>()),
        ("size of PyObjectArenaAllocator", size_of::<PyObjectArenaAllocator>()),
        ("size of PyMemAllocatorDomain", size_of::<PyMemAllocatorDomain>()),
        ("size of PyType_Slot", size_of::<PyType_Slot>()),
        ("size of PyType_Spec", size_of::<PyType_Spec>()),
        ("size of PyMethodDef", size_of::<PyMethodDef>()),
        ("size of PyGILState_STATE", size_of::<PyGILState_STATE>()),
        ("size of Py_ssize_t", size_of::<Py_ssize_t>()),
        ("offset of PyMemAllocatorEx.ctx", offset_of!(PyMemAllocatorEx, ctx)),
        ("offset of PyMemAllocatorEx.malloc", offset_of!(PyMemAllocatorEx, malloc)),
        ("offset of PyMemAllocatorEx.calloc", offset_of!(PyMemAllocatorEx, calloc)),
        ("offset of PyMemAllocatorEx.realloc", offset_of!(PyMemAllocatorEx, realloc)),
        ("offset of PyMemAllocatorEx.free", offset_of!(PyMemAllocatorEx, free)),
        ("offset of PyObjectArenaAllocator.ctx", offset_of!(PyObjectArenaAllocator, ctx)),
        ("offset of PyObjectArenaAllocator.alloc", offset_of!(PyObjectArenaAllocator, alloc)),
        ("offset of PyObjectArenaAllocator.free", offset_of!(PyObjectArenaAllocator, free)),
        ("offset of PyStatus.func", offset_of!(PyStatus, func)),
        ("offset of PyStatus.err_msg", offset_of!(PyStatus, err_msg)),
        ("offset of PyStatus.exitcode", offset_of!(PyStatus, exitcode)),
        ("offset of PyPreConfig.isolated", offset_of!(PyPreConfig, isolated)),
        ("offset of PyPreConfig.use_environment", offset_of!(PyPreConfig, use_environment)),
        ("offset of PyPreConfig.dev_mode", offset_of!(PyPreConfig, dev_mode)),
        ("offset of PyPreConfig.allocator", offset_of!(PyPreConfig, allocator)),
        ("offset of PyInterpreterConfig.use_main_obmalloc", offset_of!(PyInterpreterConfig, use_main_obmalloc)),
        ("offset of PyInterpreterConfig.allow_fork", offset_of!(PyInterpreterConfig, allow_fork)),
        ("offset of PyInterpreterConfig.allow_exec", offset_of!(PyInterpreterConfig, allow_exec)),
        ("offset of PyInterpreterConfig.allow_threads", offset_of!(PyInterpreterConfig, allow_threads)),
        ("offset of PyInterpreterConfig.allow_daemon_threads", offset_of!(PyInterpreterConfig, allow_daemon_threads)),
        (
            "offset of PyInterpreterConfig.check_multi_interp_extensions",
            offset_of!(PyInterpreterConfig, check_multi_interp_extensions),
        ),
        ("offset of PyInterpreterConfig.gil", offset_of!(PyInterpreterConfig, gil)),
        ("offset of PyType_Slot.slot", offset_of!(PyType_Slot, slot)),
        ("offset of PyType_Slot.pfunc", offset_of!(PyType_Slot, pfunc)),
        ("offset of PyType_Spec.name", offset_of!(PyType_Spec, name)),
        ("offset of PyType_Spec.basicsize", offset_of!(PyType_Spec, basicsize)),
        ("offset of PyType_Spec.itemsize", offset_of!(PyType_Spec, itemsize)),
        ("offset of PyType_Spec.flags", offset_of!(PyType_Spec, flags)),
        ("offset of PyType_Spec.slots", offset_of!(PyType_Spec, slots)),
        ("offset of PyMethodDef.ml_name", offset_of!(PyMethodDef, ml_name)),
        ("offset of PyMethodDef.ml_meth", offset_of!(PyMethodDef, ml_meth)),
        ("offset of PyMethodDef.ml_flags", offset_of!(PyMethodDef, ml_flags)),
        ("offset of PyMethodDef.ml_doc", offset_of!(PyMethodDef, ml_doc)),
        ("value of PYMEM_DOMAIN_RAW", PYMEM_DOMAIN_RAW as usize),
        ("value of PYMEM_DOMAIN_MEM", PYMEM_DOMAIN_MEM as usize),
        ("value of PYMEM_DOMAIN_OBJ", PYMEM_DOMAIN_OBJ as usize),
        ("value of PyGILState_LOCKED", PyGILState_LOCKED as usize),
        ("value of PyGILState_UNLOCKED", PyGILState_UNLOCKED as usize),
        ("value of PY_SSIZE_T_MAX", PY_SSIZE_T_MAX),
        ("value of Py_TPFLAGS_HAVE_GC", Py_TPFLAGS_HAVE_GC as usize),
        ("value of Py_tp_traverse", Py_tp_traverse as usize),
        ("value of Py_tp_finalize", Py_tp_finalize as usize),
        ("value of METH_NOARGS", METH_NOARGS as usize),
    ];
    let ours: Facts = ours.iter().map(|(name, value)| ((*name).to_owned(), *value as u64)).collect();
    let theirs: Facts =
        facts.into_iter().filter(|(name, _)| !name.starts_with("type of") && name != "PY_VERSION_HEX").collect();
    assert_eq!(theirs, ours);
}

#[rstest]
#[case::c99(&["-std=c99", "-x", "c"])]
#[case::c11(&["-std=c11", "-x", "c"])]
#[case::cpp(&["-std=c++11", "-x", "c++"])]
fn our_header_compiles_without_warnings(#[case] language: &[&str]) {
    let mut command = compiler();
    command.args(language).args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]);
    let run = command.arg(include_folder().join("pymem_abi.h")).output().expect("a C compiler is installed");
    let text = String::from_utf8_lossy(&run.stderr);
    if text.contains("cc1plus") && !text.contains("pymem_abi.h") {
        return not_run("our header as C++", "apt-get install -y g++");
    }
    assert!(run.status.success(), "{text}");
}

/// The macros against four functions that note what they are asked for.
#[test]
fn our_macros_refuse_what_cannot_be_counted() {
    let source = r#"
        #include "pymem_abi.h"
        static size_t asked;
        static int freed;
        static char block[64];
        void *PyMem_Malloc(size_t n) { asked = n; return block; }
        void *PyMem_Realloc(void *p, size_t n) { asked = n; return p; }
        void PyMem_Free(void *p) { freed = p == block; }
        typedef struct { char bytes[12]; } item;
        #define CHECK(condition) if (!(condition)) return __LINE__
        int main(void) {
            item *p = PyMem_New(item, 3);
            CHECK(p == (item *)block && asked == 36);
            PyMem_Resize(p, item, 4);
            CHECK(p == (item *)block && asked == 48);
            size_t most = (size_t)PY_SSIZE_T_MAX / 12;
            CHECK(PyMem_New(item, most) == (item *)block && asked == most * 12);
            asked = 1;
            CHECK(PyMem_New(item, most + 1) == NULL && asked == 1);
            CHECK(PyMem_New(item, (size_t)-1) == NULL && asked == 1);
            CHECK(PyMem_New(item, -1) == NULL && asked == 1);
            item *q = p;
            PyMem_Resize(q, item, most + 1);
            CHECK(q == NULL && asked == 1);
            PyMem_Del(p);
            CHECK(freed);
            return 0;
        }"#;
    let lab = Lab::new();
    let include = format!("-I{}", include_folder().display());
    let program = lab.compile("macros", source, &[&include]);
    let status = Command::new(program).status().expect("it was just compiled");
    assert_eq!(status.code(), Some(0), "the number is that of the line in the source");
}

/// Compiles the program with `include`, runs it, and reads what it prints.
fn facts(lab: &Lab, include: &str, folder: &Path) -> Facts {
    let include_argument = format!("-I{}", folder.display());
    let program = lab.compile("facts", &program(include), &[&include_argument]);
    let run = Command::new(&program).output().expect("it was just compiled");
    assert!(run.status.success(), "{run:?}");
    let text = String::from_utf8(run.stdout).expect("it prints names and numbers");
    let fact = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a number");
        (name.to_owned(), value.parse().expect("a number"))
    };
    text.lines().map(fact).collect()
}

fn program(include: &str) -> String {
    let mut lines = vec!["say(\"PY_VERSION_HEX\", PY_VERSION_HEX);".to_owned()];
    lines.extend(TYPES.iter().map(|name| format!("say(\"size of {name}\", sizeof({name}));")));
    lines.extend(VALUES.iter().map(|name| format!("say(\"value of {name}\", {name});")));
    for (name, member, ty, since) in MEMBERS {
        let compatible = format!("__builtin_types_compatible_p(__typeof__((({name} *)0)->{member}), {ty})");
        lines.push(format!("\n#if PY_VERSION_HEX >= {since:#x}"));
        lines.push(format!("say(\"offset of {name}.{member}\", __builtin_offsetof({name}, {member}));"));
        lines.push(format!("say(\"type of {name}.{member}\", {compatible});\n#endif\n"));
    }
    for (name, ty, since, until) in FUNCTIONS {
        let compatible = format!("__builtin_types_compatible_p(__typeof__({name}), __typeof__({ty}))");
        lines.push(format!(
            "\n#if PY_VERSION_HEX >= {since:#x} && PY_VERSION_HEX < {until:#x}\nsay(\"type of {name}\", {compatible});\n#endif\n"
        ));
    }
    format!(
        "{include}
         int printf(const char *, ...);
         static void say(const char *name, unsigned long value) {{ printf(\"%s %lu\\n\", name, value); }}
         int main(void) {{\n{}\nreturn 0;\n}}",
        lines.join("\n")
    )
}

/// Our header, which is of no version, in the place of one of `version`.
fn our_header(version: u32) -> String {
    format!("#include \"pymem_abi.h\"\n#define PY_VERSION_HEX {version:#x}")
}

fn include_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}
