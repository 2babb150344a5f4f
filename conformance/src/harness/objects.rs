//! Objects of types that are made at run time.

use std::ffi::{c_int, c_void};
use std::ptr;

use pymem_abi::bindings::{
    Py_TPFLAGS_HAVE_GC, Py_tp_finalize, Py_tp_traverse, PyObject, PyType_Slot, PyType_Spec, PyTypeObject, PyVarObject,
    visitproc,
};
use pymem_spec::Domain;

use super::interpreter::{Object, here};
use super::{Block, Harness, Outcome, Stop};

/// A type.
pub struct Type {
    object: Object,
    layout: Layout,
    /// Bytes of an object without items.
    pub basic: usize,
    /// Bytes of an item.
    pub item: usize,
}

/// Where the fields of an object lie.
#[derive(Clone, Copy)]
struct Layout {
    /// Bytes of the header, which ends with the type; behind it lies the number of items.
    header: usize,
    /// Where the reference count is, or the owner's part of it.
    count: usize,
}

/// An object that is released by hand, whatever its reference count.
pub struct Instance {
    /// Its memory, from its header on.
    pub block: Block,
    layout: Layout,
}

/// Bytes of an object behind its header and the number of its items.
const REST: usize = 24;

impl Harness<'_> {
    /// A type whose objects have items of `item` bytes, or none; `collected` ones are under garbage collection, which
    /// from now on runs only when it is told to.
    ///
    /// # Errors
    /// If the interpreter cannot make it.
    pub fn make_type(&self, item: usize, collected: bool) -> Result<Type, Stop> {
        self.make_sized_type(REST, item, collected)
    }

    /// The same with as many bytes in an object behind its header and the number of its items.
    ///
    /// # Errors
    /// If the interpreter cannot make it.
    pub fn make_sized_type(&self, rest: usize, item: usize, collected: bool) -> Result<Type, Stop> {
        let interpreter = self.interpreter()?;
        let make = self.function("PyType_FromSpec", |api| api.PyType_FromSpec)?;
        let plain = interpreter.attribute(interpreter.module(c"builtins")?, c"object")?;
        let header = interpreter.number(interpreter.attribute(plain, c"__basicsize__")?)? as usize;
        let layout = Layout { header, count: self.param("object-count") as usize };
        let basic = header + size_of::<isize>() + rest;
        let slot = |slot: u32, pfunc: *mut c_void| PyType_Slot { slot: slot as c_int, pfunc };
        let mut slots = vec![slot(0, ptr::null_mut())];
        if collected {
            interpreter.call(c"gc", c"disable", &[])?;
            slots.insert(0, slot(Py_tp_traverse, traverse as *mut c_void));
            slots.insert(0, slot(Py_tp_finalize, finalize as *mut c_void));
        }
        let mut spec = PyType_Spec {
            name: c"pymem_conform.Thing".as_ptr(),
            basicsize: basic as c_int,
            itemsize: item as c_int,
            flags: if collected { Py_TPFLAGS_HAVE_GC } else { 0 },
            slots: slots.as_mut_ptr(),
        };
        // SAFETY: the interpreter runs and this thread holds its lock; the slots are of the types that they take.
        let object = unsafe { make(&mut spec) };
        let object = ptr::NonNull::new(object).map(Object);
        let object = object.ok_or_else(|| Stop::Skip("the interpreter makes no type".into()))?;
        Ok(Type { object, layout, basic, item })
    }

    /// `_PyObject_New`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn object_new(&mut self, kind: &Type) -> Result<Option<Instance>, Stop> {
        let new = self.function("_PyObject_New", |api| api._PyObject_New)?;
        // SAFETY: a type; the interpreter runs and this thread holds its lock.
        let object = unsafe { new(kind.pointer()) };
        Ok(self.instance(object, kind, 0))
    }

    /// `_PyObject_NewVar`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn object_new_var(&mut self, kind: &Type, count: isize) -> Result<Option<Instance>, Stop> {
        let new = self.function("_PyObject_NewVar", |api| api._PyObject_NewVar)?;
        // SAFETY: as in `object_new`.
        let object = unsafe { new(kind.pointer(), count) };
        Ok(self.instance(object.cast(), kind, count))
    }

    /// `_PyObject_GC_New`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_new(&mut self, kind: &Type) -> Result<Option<Instance>, Stop> {
        let new = self.function("_PyObject_GC_New", |api| api._PyObject_GC_New)?;
        // SAFETY: as in `object_new`; the type is a collected one.
        let object = unsafe { new(kind.pointer()) };
        Ok(self.instance(object, kind, 0))
    }

    /// `_PyObject_GC_NewVar`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_new_var(&mut self, kind: &Type, count: isize) -> Result<Option<Instance>, Stop> {
        let new = self.function("_PyObject_GC_NewVar", |api| api._PyObject_GC_NewVar)?;
        // SAFETY: as in `gc_new`.
        let object = unsafe { new(kind.pointer(), count) };
        Ok(self.instance(object.cast(), kind, count))
    }

    /// `PyUnstable_Object_GC_NewWithExtraData`. The extra bytes count as the object's.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_new_with_extra(&mut self, kind: &Type, extra: usize) -> Result<Option<Instance>, Stop> {
        let name = "PyUnstable_Object_GC_NewWithExtraData";
        let new = self.function(name, |api| api.PyUnstable_Object_GC_NewWithExtraData)?;
        // SAFETY: as in `gc_new`.
        let object = unsafe { new(kind.pointer(), extra) };
        let instance = self.instance(object, kind, 0);
        Ok(instance.map(|mut instance| {
            instance.block.size += extra;
            instance
        }))
    }

    /// `_PyObject_GC_Resize`; false if it is refused, and the object is as it was.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_resize(&mut self, instance: &mut Instance, kind: &Type, count: isize) -> Result<bool, Stop> {
        let resize = self.function("_PyObject_GC_Resize", |api| api._PyObject_GC_Resize)?;
        // SAFETY: an object of a collected type that is not tracked.
        let object = unsafe { resize(instance.pointer().cast::<PyVarObject>(), count) };
        match self.instance(object.cast(), kind, count) {
            Some(resized) => *instance = resized,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// `PyObject_Init` of a block, or of NULL; the object, where something was returned.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn object_init(&mut self, block: Option<&Block>, kind: &Type) -> Result<Option<Instance>, Stop> {
        let init = self.function("PyObject_Init", |api| api.PyObject_Init)?;
        let memory = block.map_or(ptr::null_mut(), |block| block.pointer().cast::<PyObject>());
        // SAFETY: NULL, or memory with room for an object of the type.
        let object = unsafe { init(memory, kind.pointer()) };
        Ok(self.instance(object, kind, 0))
    }

    /// `PyObject_InitVar` of a block, or of NULL; the object, where something was returned.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn object_init_var(
        &mut self,
        block: Option<&Block>,
        kind: &Type,
        count: isize,
    ) -> Result<Option<Instance>, Stop> {
        let init = self.function("PyObject_InitVar", |api| api.PyObject_InitVar)?;
        let memory = block.map_or(ptr::null_mut(), |block| block.pointer().cast::<PyVarObject>());
        // SAFETY: as in `object_init`, with the items.
        let object = unsafe { init(memory, kind.pointer(), count) };
        Ok(self.instance(object.cast(), kind, count))
    }

    /// `PyObject_Free`, which is what `PyObject_Del` stands for.
    ///
    /// # Errors
    /// If time is up.
    pub fn object_free(&mut self, instance: Instance) -> Outcome {
        let block = instance.block.into_domain(Domain::Obj);
        self.in_domain(Domain::Obj, |h| h.free(block))
    }

    /// `PyObject_GC_Del`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_del(&mut self, instance: Instance) -> Outcome {
        let del = self.function("PyObject_GC_Del", |api| api.PyObject_GC_Del)?;
        // SAFETY: an object of a collected type, which is given up.
        unsafe { del(instance.pointer().cast()) };
        Ok(())
    }

    /// `PyObject_GC_Track`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_track(&self, instance: &Instance) -> Outcome {
        let track = self.function("PyObject_GC_Track", |api| api.PyObject_GC_Track)?;
        // SAFETY: an object of a collected type, whose fields the collector does not follow.
        unsafe { track(instance.pointer().cast()) };
        Ok(())
    }

    /// `PyObject_GC_UnTrack`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_untrack(&self, instance: &Instance) -> Outcome {
        let untrack = self.function("PyObject_GC_UnTrack", |api| api.PyObject_GC_UnTrack)?;
        // SAFETY: an object of a collected type.
        unsafe { untrack(instance.pointer().cast()) };
        Ok(())
    }

    /// `PyObject_GC_IsTracked`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_is_tracked(&self, instance: &Instance) -> Result<i32, Stop> {
        let ask = self.function("PyObject_GC_IsTracked", |api| api.PyObject_GC_IsTracked)?;
        // SAFETY: an object.
        Ok(unsafe { ask(instance.pointer()) })
    }

    /// `PyObject_GC_IsFinalized`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn gc_is_finalized(&self, instance: &Instance) -> Result<i32, Stop> {
        let ask = self.function("PyObject_GC_IsFinalized", |api| api.PyObject_GC_IsFinalized)?;
        // SAFETY: an object.
        Ok(unsafe { ask(instance.pointer()) })
    }

    /// Has the finalizer of an object called.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn finalize(&self, instance: &Instance) -> Outcome {
        let call = here("PyObject_CallFinalizer", self.subject.python.and_then(|api| api.PyObject_CallFinalizer))?;
        // SAFETY: an object whose finalizer does nothing.
        unsafe { call(instance.pointer()) };
        Ok(())
    }

    fn instance(&mut self, object: *mut PyObject, kind: &Type, count: isize) -> Option<Instance> {
        let items = usize::try_from(count).unwrap_or(0).saturating_mul(kind.item);
        let block = self.handed_out(object.expose_provenance(), kind.basic.saturating_add(items))?;
        Some(Instance { block: block.into_domain(Domain::Obj), layout: kind.layout })
    }
}

impl Type {
    /// It as an object.
    pub fn object(&self) -> Object {
        self.object
    }

    /// Bytes of the header of its objects.
    pub fn header(&self) -> usize {
        self.layout.header
    }

    /// References to it.
    pub fn references(&self) -> u32 {
        // SAFETY: a type is an object.
        unsafe { self.object.pointer().cast::<u8>().add(self.layout.count).cast::<u32>().read() }
    }

    /// Whether an object is of this type.
    pub fn is_type_of(&self, instance: &Instance) -> bool {
        instance.word(self.layout.header - size_of::<usize>()) == self.object.pointer().addr()
    }

    fn pointer(&self) -> *mut PyTypeObject {
        self.object.pointer().cast()
    }
}

impl Instance {
    /// References to it.
    pub fn references(&self) -> u32 {
        // SAFETY: within the header of an object.
        unsafe { self.block.pointer().add(self.layout.count).cast::<u32>().read() }
    }

    /// The number of its items, for types that have such.
    pub fn items(&self) -> isize {
        self.word(self.layout.header) as isize
    }

    /// It as an object that Python knows.
    ///
    /// # Panics
    /// Never: it is not NULL.
    pub fn object(&self) -> Object {
        Object(ptr::NonNull::new(self.pointer()).expect("an object has an address"))
    }

    fn pointer(&self) -> *mut PyObject {
        self.block.pointer().cast()
    }

    fn word(&self, offset: usize) -> usize {
        // SAFETY: the fields of an object are words of it.
        unsafe { self.block.pointer().add(offset).cast::<usize>().read() }
    }
}

unsafe extern "C" fn traverse(_: *mut PyObject, _: visitproc, _: *mut c_void) -> c_int {
    0
}

unsafe extern "C" fn finalize(_: *mut PyObject) {}
