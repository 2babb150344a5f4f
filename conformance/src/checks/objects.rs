//! Objects on the heap: what is asked for them, and how they come out.

use pymem_spec::Domain;

use crate::harness::expect::expect;
use crate::harness::hook::{Arrival, Hook};
use crate::harness::interpreter::Exception;
use crate::harness::objects::{Instance, Type};
use crate::harness::{Harness, Outcome, Stop};
use crate::journal::Function;

/// What memory holds before an object is made of it.
const BEFORE: u8 = 0xA5;
/// How often something is done that may go wrong only now and then.
pub(super) const TIMES: usize = 25;
/// Bytes of some types' objects behind the header and the number of items.
pub(super) const RESTS: [usize; 3] = [24, 500, 5000];

/// An object takes one block of its type's basic size.
pub fn new_size(h: &mut Harness) -> Outcome {
    for rest in RESTS {
        let kind = h.make_sized_type(rest, 0, false)?;
        for _ in 0..TIMES {
            let (object, asked) = asked_for(h, |h| h.object_new(&kind))?;
            expect(asked == kind.basic, || sizes(kind.basic, asked))?;
            h.object_free(object)?;
        }
    }
    Ok(())
}

/// It has its type and one reference.
pub fn new_header(h: &mut Harness) -> Outcome {
    let kind = h.make_type(0, false)?;
    for _ in 0..TIMES {
        let object = h.object_new(&kind)?.ok_or(Stop::OutOfMemory)?;
        begins(&kind, &object, None)?;
        h.object_free(object)?;
    }
    Ok(())
}

/// An object with items takes one block with room for them.
pub fn new_var_size(h: &mut Harness) -> Outcome {
    for_counts(h, |h, kind, count| {
        let (object, asked) = asked_for(h, |h| h.object_new_var(kind, count as isize))?;
        let least = kind.basic + count * kind.item;
        expect(asked >= least, || (format!("a request of at least {least} bytes"), format!("one of {asked}")))?;
        h.object_free(object)
    })
}

/// Its size is rounded up to a multiple of 8.
pub fn new_var_rounding(h: &mut Harness) -> Outcome {
    for_counts(h, |h, kind, count| {
        let (object, asked) = asked_for(h, |h| h.object_new_var(kind, count as isize))?;
        let rounded = (kind.basic + count * kind.item).next_multiple_of(8);
        expect(asked == rounded, || sizes(rounded, asked))?;
        h.object_free(object)
    })
}

/// It has its type, one reference, and the number of its items.
pub fn new_var_header(h: &mut Harness) -> Outcome {
    for_counts(h, |h, kind, count| {
        let object = h.object_new_var(kind, count as isize)?.ok_or(Stop::OutOfMemory)?;
        begins(kind, &object, Some(count as isize))?;
        h.object_free(object)
    })
}

/// Without memory there is no object, and a `MemoryError`.
pub fn new_refused(h: &mut Harness) -> Outcome {
    let (plain, collected) = (h.make_type(8, false)?, h.make_type(8, true)?);
    let requests: [(&str, Request); 4] = [
        ("_PyObject_New", &|h| h.object_new(&plain)),
        ("_PyObject_NewVar", &|h| h.object_new_var(&plain, 3)),
        ("_PyObject_GC_New", &|h| h.gc_new(&collected)),
        ("_PyObject_GC_NewVar", &|h| h.gc_new_var(&collected, 3)),
    ];
    let hook = h.hook(Domain::Obj)?;
    for (name, request) in requests.into_iter().cycle().take(3 * requests.len()) {
        hook.refuse(true);
        let object = request(h);
        hook.refuse(false);
        raises(h, object?, Exception::MemoryError, name)?;
    }
    h.unhook(hook)
}

/// A number of items that no memory can hold is refused before the allocator is asked.
pub fn new_var_huge(h: &mut Harness) -> Outcome {
    let (plain, collected) = (h.make_type(8, false)?, h.make_type(8, true)?);
    let requests: [(&str, Request); 2] = [
        ("_PyObject_NewVar", &|h| h.object_new_var(&plain, isize::MAX / 8)),
        ("_PyObject_GC_NewVar", &|h| h.gc_new_var(&collected, isize::MAX / 8)),
    ];
    let hook = h.hook(Domain::Obj)?;
    for (name, request) in requests {
        hook.arrivals();
        let object = request(h)?;
        let huge = hook.arrivals().iter().any(|arrival| bytes_of(arrival) > isize::MAX as usize / 16);
        raises(h, object, Exception::MemoryError, name)?;
        expect(!huge, || (format!("{name} does not ask the allocator"), "a request of as many bytes".into()))?;
    }
    h.unhook(hook)
}

/// `PyObject_Init` makes an object of memory that the caller has.
pub fn init(h: &mut Harness) -> Outcome {
    RESTS.into_iter().try_for_each(|rest| {
        let kind = h.make_sized_type(rest, 0, false)?;
        initialised(h, &kind, None, |h, block| h.object_init(Some(block), &kind))
    })
}

/// `PyObject_InitVar` sets the number of items, too.
pub fn init_var(h: &mut Harness) -> Outcome {
    let kind = h.make_type(1, false)?;
    [10, 0, 255, 256, 70_000].into_iter().try_for_each(|items| {
        initialised(h, &kind, Some(items), |h, block| h.object_init_var(Some(block), &kind, items))
    })
}

/// Of NULL they make a `MemoryError`.
pub fn init_null(h: &mut Harness) -> Outcome {
    let kind = h.make_type(1, false)?;
    for _ in 0..TIMES {
        let object = h.object_init(None, &kind)?;
        raises(h, object, Exception::MemoryError, "PyObject_Init")?;
        let object = h.object_init_var(None, &kind, 10)?;
        raises(h, object, Exception::MemoryError, "PyObject_InitVar")?;
    }
    Ok(())
}

/// An object refers to a type that was made at run time.
pub fn init_heap_type(h: &mut Harness) -> Outcome {
    references_of_type(h, 1)
}

/// It did not up to 3.7.
pub fn init_heap_type_borrowed(h: &mut Harness) -> Outcome {
    references_of_type(h, 0)
}

/// The memory of an object goes back by the object domain's free.
pub fn del(h: &mut Harness) -> Outcome {
    let kind = h.make_type(1, false)?;
    let hook = h.hook(Domain::Obj)?;
    for count in (0..TIMES as isize).chain([1000]) {
        let object = h.object_new_var(&kind, count)?.ok_or(Stop::OutOfMemory)?;
        let address = object.block.address;
        hook.arrivals();
        h.object_free(object)?;
        freed(hook, address)?;
    }
    h.unhook(hook)
}

/// An object's header is as long as it is known to be.
pub fn layout(h: &mut Harness) -> Outcome {
    let kind = h.make_type(0, false)?;
    let expected = h.param("object-header") as usize;
    expect(kind.header() == expected, || {
        (format!("{expected} bytes of header in each object"), format!("{} bytes", kind.header()))
    })
}

/// Raw memory can hold an object, as long as it goes back to the raw domain.
pub fn in_raw_memory(h: &mut Harness) -> Outcome {
    let (kind, interpreter) = (h.make_type(0, false)?, h.interpreter()?);
    let block = h.in_domain(Domain::Raw, |h| h.malloc(kind.basic))?;
    let object = h.object_init(Some(&block), &kind)?.ok_or(Stop::OutOfMemory)?;
    let is_instance = interpreter.call(c"builtins", c"isinstance", &[object.object(), kind.object()])?;
    expect(interpreter.number(is_instance)? == 1, || ("an instance of its type".into(), "none".into()))?;
    expect(object.references() == 1, || one_reference(&object))?;
    h.in_domain(Domain::Raw, |h| h.free(block))
}

/// The documented pattern: a buffer, tested for NULL, filled, made an object of, and freed.
pub fn bytes_of_buffer(h: &mut Harness) -> Outcome {
    let interpreter = h.interpreter()?;
    for size in [1, 100, 600, 8192] {
        let mut buffer = h.in_domain(Domain::Mem, |h| h.malloc(size))?;
        let text: Vec<u8> = (0..size - 1).map(|at| b'a' + (at % 26) as u8).collect();
        buffer.bytes_mut()[..size - 1].copy_from_slice(&text);
        buffer.bytes_mut()[size - 1] = 0;
        let object = interpreter.bytes(buffer.bytes())?;
        buffer.bytes_mut().fill(BEFORE);
        h.in_domain(Domain::Mem, |h| h.free(buffer))?;
        let same = interpreter.text_of(object)? == text;
        expect(same, || ("a bytes object with the buffer's text".into(), "another text".into()))?;
    }
    Ok(())
}

/// Something that makes an object, or refuses to.
pub(super) type Request<'a> = &'a dyn Fn(&mut Harness) -> Result<Option<Instance>, Stop>;

/// One block is asked for in the object domain: the object, and how many bytes.
pub(super) fn asked_for(
    h: &mut Harness,
    make: impl FnOnce(&mut Harness) -> Result<Option<Instance>, Stop>,
) -> Result<(Instance, usize), Stop> {
    let hook = h.hook(Domain::Obj)?;
    let object = make(h)?;
    let arrivals = hook.arrivals();
    h.unhook(hook)?;
    match (&arrivals[..], object) {
        (_, None) => Err(Stop::OutOfMemory),
        ([arrival], Some(object)) if matches!(arrival.function, Function::Malloc | Function::Calloc) => {
            Ok((object, bytes_of(arrival)))
        }
        (other, Some(_)) => Err(Stop::fail("one request in the obj domain", format!("{} calls", other.len()))),
    }
}

/// There is no object, and this exception is pending.
pub(super) fn raises(h: &Harness, object: Option<Instance>, expected: Exception, by: &str) -> Outcome {
    let raised = h.interpreter()?.take_exception()?;
    expect(object.is_none(), || (format!("NULL from {by}"), "an object".into()))?;
    expect(raised == Some(expected), || {
        let raised = raised.map_or("no exception".into(), |raised| format!("{raised:?}"));
        (format!("{expected:?} from {by}"), raised)
    })
}

/// An object begins with its type, one reference, and the number of its items where it has such.
pub(super) fn begins(kind: &Type, object: &Instance, items: Option<isize>) -> Outcome {
    expect(kind.is_type_of(object), || ("the object has its type".into(), "another word in its place".into()))?;
    expect(object.references() == 1, || one_reference(object))?;
    expect(items.is_none_or(|items| object.items() == items), || {
        (format!("{} items", items.unwrap_or(0)), format!("{} items", object.items()))
    })
}

/// Exactly one block has been freed: that at this address.
pub(super) fn freed(hook: &Hook, address: usize) -> Outcome {
    let arrivals = hook.arrivals();
    let [Arrival { function: Function::Free, block, .. }] = arrivals[..] else {
        return Err(Stop::fail("one call of the obj domain's free", format!("{} calls", arrivals.len())));
    };
    expect(block == address, || {
        let distance = block.wrapping_sub(address) as isize;
        ("the block that was asked for is freed".into(), format!("an address {distance} bytes away from it is"))
    })
}

pub(super) fn sizes(expected: usize, asked: usize) -> (String, String) {
    (format!("a request of {expected} bytes"), format!("one of {asked}"))
}

fn bytes_of(arrival: &Arrival) -> usize {
    if arrival.function == Function::Calloc { arrival.size.saturating_mul(arrival.elsize) } else { arrival.size }
}

fn one_reference(object: &Instance) -> (String, String) {
    ("one reference".into(), format!("{}", object.references()))
}

/// Does something for types with items of several sizes and for several numbers of items.
fn for_counts(h: &mut Harness, mut body: impl FnMut(&mut Harness, &Type, usize) -> Outcome) -> Outcome {
    for item in [1, 12] {
        let kind = h.make_type(item, false)?;
        h.sweep((0..70).chain([100, 255, 256, 1000]), |h, count| body(h, &kind, count))?;
    }
    Ok(())
}

/// Memory of the obj domain is made an object: only its header changes, and nothing is asked for.
fn initialised(
    h: &mut Harness,
    kind: &Type,
    items: Option<isize>,
    make: impl FnOnce(&mut Harness, &crate::harness::Block) -> Result<Option<Instance>, Stop>,
) -> Outcome {
    let room = kind.basic + kind.item * items.unwrap_or(0).unsigned_abs() + 64;
    let mut block = h.in_domain(Domain::Obj, |h| h.malloc(room))?;
    block.bytes_mut().fill(BEFORE);
    let hooks = [h.hook(Domain::Mem)?, h.hook(Domain::Obj)?];
    let object = make(h, &block)?;
    let calls: usize = hooks.iter().map(|hook| hook.arrivals().len()).sum();
    hooks.iter().try_for_each(|hook| h.unhook(hook))?;
    let same = object.as_ref().is_some_and(|object| object.block.address == block.address);
    expect(same, || ("the memory as it was passed".into(), "another pointer".into()))?;
    begins(kind, &object.ok_or(Stop::OutOfMemory)?, items)?;
    expect(calls == 0, || ("no call of an allocator".into(), format!("{calls} calls")))?;
    let header = kind.header() + items.map_or(0, |_| size_of::<isize>());
    let touched = block.bytes()[header..].iter().position(|byte| *byte != BEFORE);
    expect(touched.is_none(), || {
        let at = header + touched.unwrap_or(0);
        ("what lies behind the header is untouched".into(), format!("the byte at {at} changed"))
    })?;
    h.in_domain(Domain::Obj, |h| h.free(block))
}

fn references_of_type(h: &mut Harness, added: u32) -> Outcome {
    let kind = h.make_type(1, false)?;
    let block = h.in_domain(Domain::Obj, |h| h.malloc(kind.basic + 16))?;
    for var in [false, true].into_iter().cycle().take(TIMES) {
        let before = kind.references();
        let object =
            if var { h.object_init_var(Some(&block), &kind, 10)? } else { h.object_init(Some(&block), &kind)? };
        let found = kind.references().wrapping_sub(before);
        expect(object.is_some() && found == added, || {
            (format!("{added} references more to the type"), format!("{}", found as i32))
        })?;
    }
    h.in_domain(Domain::Obj, |h| h.free(block))
}
