//! Objects under garbage collection.

use pymem_spec::Domain;

use super::objects::{RESTS, Request, TIMES, asked_for, begins, freed, raises, sizes};
use crate::harness::expect::expect;
use crate::harness::interpreter::Exception;
use crate::harness::objects::{Instance, Type};
use crate::harness::{Harness, Outcome, Stop};
use crate::journal::Function;
use crate::sandbox::provoke::End;

/// Bytes of an item of the objects here: none of their sizes has to be rounded up.
const ITEM: usize = 8;

/// A new object is as others are, and neither tracked nor finalized.
pub fn new(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    let (object, asked) = asked_for(h, |h| h.gc_new(&kind))?;
    expect(asked >= kind.basic, || sizes(kind.basic, asked))?;
    begins(&kind, &object, None)?;
    expect(!is_tracked(h, &object)?, || ("an object that is not tracked".into(), "it is".into()))?;
    h.gc_del(object)?;
    for item in [ITEM, 1, 12] {
        let kind = h.make_type(item, true)?;
        for count in [0, 1, 2, 7, 33, 100, 1000] {
            let (object, asked) = asked_for(h, |h| h.gc_new_var(&kind, count as isize))?;
            let least = kind.basic + count * item;
            expect(asked >= least, || sizes(least, asked))?;
            begins(&kind, &object, Some(count as isize))?;
            expect(!is_tracked(h, &object)?, || ("an object that is not tracked".into(), "it is".into()))?;
            h.gc_del(object)?;
        }
    }
    Ok(())
}

/// Tracking makes the collector know an object, and untracking undoes it.
pub fn track(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    for _ in 0..TIMES {
        let object = h.gc_new(&kind)?.ok_or(Stop::OutOfMemory)?;
        h.gc_track(&object)?;
        expect(is_tracked(h, &object)?, || ("a tracked object".into(), "one that is not".into()))?;
        h.gc_untrack(&object)?;
        expect(!is_tracked(h, &object)?, || ("an object that is not tracked".into(), "it is".into()))?;
        h.gc_del(object)?;
    }
    Ok(())
}

/// The bytes before an object are as many as is known.
pub fn header(h: &mut Harness) -> Outcome {
    for rest in RESTS {
        let kind = h.make_sized_type(rest, ITEM, true)?;
        let (object, asked) = asked_for(h, |h| h.gc_new(&kind))?;
        let (found, expected) = (asked.wrapping_sub(kind.basic), h.param("gc-header") as usize);
        h.note_trait("gc-header", found as u64);
        expect(found == expected, || (format!("{expected} bytes before the object"), format!("{found}")))?;
        h.gc_del(object)?;
    }
    Ok(())
}

/// `PyObject_GC_Del` frees what was asked for, once.
pub fn del(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    for count in (0..TIMES).chain([1000]) {
        let (object, asked) = asked_for(h, |h| h.gc_new_var(&kind, count as isize))?;
        let start = start_of(&object, asked);
        let hook = h.hook(Domain::Obj)?;
        h.gc_del(object)?;
        freed(hook, start)?;
        h.unhook(hook)?;
    }
    Ok(())
}

/// A tracked object is untracked before it is freed.
pub fn del_tracked(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    let death = h.provoke(|h| {
        let objects = [h.gc_new(&kind)?, h.gc_new(&kind)?, h.gc_new(&kind)?];
        let [Some(first), Some(second), Some(third)] = objects else { return Err(Stop::OutOfMemory) };
        [&first, &second, &third].into_iter().try_for_each(|object| h.gc_track(object))?;
        h.gc_del(second)?;
        // Somebody else gets its memory and writes into it.
        for _ in 0..10 {
            h.in_domain(Domain::Obj, |h| h.malloc(kind.basic + 16))?.bytes_mut().fill(0xEE);
        }
        h.interpreter()?.call(c"gc", c"collect", &[])?;
        h.gc_untrack(&first)?;
        h.gc_untrack(&third)
    })?;
    expect(death.end.is_none(), || ("the collector goes on without the object".into(), "it ended the process".into()))
}

/// Tracking a tracked object ends the process.
pub fn track_twice(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    let death = h.provoke(|h| {
        let object = h.gc_new(&kind)?.ok_or(Stop::OutOfMemory)?;
        h.gc_track(&object)?;
        h.gc_track(&object)
    })?;
    expect(death.end == Some(End::Killed(libc::SIGABRT)), || {
        ("death by SIGABRT".into(), death.end.map_or("the call returned".into(), |end| end.to_string()))
    })
}

/// Untracking an object that is not tracked does nothing.
pub fn untrack_twice(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    let object = h.gc_new(&kind)?.ok_or(Stop::OutOfMemory)?;
    let untracked = |h: &mut Harness| {
        h.gc_untrack(&object)?;
        expect(!is_tracked(h, &object)?, || ("an object that is not tracked".into(), "it is".into()))
    };
    untracked(h)?;
    h.gc_track(&object)?;
    untracked(h)?;
    untracked(h)?;
    begins(&kind, &object, None)?;
    h.gc_del(object)?;
    h.interpreter()?.call(c"gc", c"collect", &[]).map(drop)
}

/// A negative number of items is a `SystemError`.
pub fn new_var_negative(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    for count in [-1, -2, -1000, isize::MIN + 1, isize::MIN] {
        let request: Request = &|h| h.gc_new_var(&kind, count);
        let object = request(h)?;
        raises(h, object, Exception::SystemError, "_PyObject_GC_NewVar")?;
    }
    Ok(())
}

/// An object gets another number of items, by one resize, and keeps its contents.
pub fn resize(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    for (from, to) in [(3, 50), (50, 2), (0, 1000), (8, 8), (600, 1000), (1000, 999)] {
        let (mut object, asked) = asked_for(h, |h| h.gc_new_var(&kind, from as isize))?;
        let start = start_of(&object, asked);
        let contents = fill(&kind, &mut object);
        let hook = h.hook(Domain::Obj)?;
        let resized = h.gc_resize(&mut object, &kind, to as isize)?;
        let arrivals = hook.arrivals();
        h.unhook(hook)?;
        expect(resized, || ("an object".into(), "NULL".into()))?;
        let [call] = arrivals[..] else {
            return Err(Stop::fail("one call of the obj domain's realloc", format!("{} calls", arrivals.len())));
        };
        let least = kind.basic + to * ITEM;
        expect((call.function, call.block) == (Function::Realloc, start) && call.size >= least, || {
            (format!("the block is resized to {least} bytes and the header"), "another call".into())
        })?;
        begins(&kind, &object, Some(to as isize))?;
        let kept = contents.len().min(object.block.size - behind(&kind));
        let same = object.block.bytes()[behind(&kind)..][..kept] == contents[..kept];
        expect(same, || ("its contents are kept".into(), "they changed".into()))?;
        h.gc_del(object)?;
    }
    Ok(())
}

/// Extra bytes lie behind the object, and all but its header is zero.
pub fn extra_data(h: &mut Harness) -> Outcome {
    let kind = h.make_type(0, true)?;
    for extra in [40, 0, 1, 7, 13, 100, 5000] {
        // Memory that was used before, so that zeroes are somebody's doing.
        let used: Vec<_> = (0..20).map(|_| h.in_domain(Domain::Obj, |h| h.malloc(kind.basic + 16 + extra))).collect();
        for block in used {
            let mut block = block?;
            block.bytes_mut().fill(0xEE);
            h.in_domain(Domain::Obj, |h| h.free(block))?;
        }
        let (object, asked) = asked_for(h, |h| h.gc_new_with_extra(&kind, extra))?;
        let least = kind.basic + extra;
        expect(asked >= least, || sizes(least, asked))?;
        begins(&kind, &object, None)?;
        let dirty = object.block.bytes()[kind.header()..].iter().any(|byte| *byte != 0);
        expect(!dirty, || ("all bytes behind the header are zero".into(), "one is not".into()))?;
        expect(!is_tracked(h, &object)?, || ("an object that is not tracked".into(), "it is".into()))?;
        let (start, hook) = (start_of(&object, asked), h.hook(Domain::Obj)?);
        h.gc_del(object)?;
        freed(hook, start)?;
        h.unhook(hook)?;
    }
    Ok(())
}

/// The two queries answer 0 and 1.
pub fn queries(h: &mut Harness) -> Outcome {
    let kind = h.make_type(ITEM, true)?;
    let object = h.gc_new(&kind)?.ok_or(Stop::OutOfMemory)?;
    for _ in 0..TIMES {
        expect(h.gc_is_tracked(&object)? == 0, || ("0 for an object that is not tracked".into(), "1".into()))?;
    }
    let mut seen = vec![h.gc_is_tracked(&object)?];
    h.gc_track(&object)?;
    seen.push(h.gc_is_tracked(&object)?);
    h.gc_untrack(&object)?;
    seen.push(h.gc_is_tracked(&object)?);
    seen.push(h.gc_is_finalized(&object)?);
    h.finalize(&object)?;
    seen.push(h.gc_is_finalized(&object)?);
    expect(seen == [0, 1, 0, 0, 1], || {
        ("tracked: 0, 1 after tracking, 0 after untracking; finalized: 0, then 1".into(), format!("{seen:?}"))
    })?;
    h.gc_del(object)
}

/// Whether the interpreter's own module `gc` calls an object tracked.
fn is_tracked(h: &Harness, object: &Instance) -> Result<bool, Stop> {
    let interpreter = h.interpreter()?;
    let tracked = interpreter.call(c"gc", c"is_tracked", &[object.object()])?;
    Ok(interpreter.number(tracked)? != 0)
}

/// The address of the block in which an object lies.
fn start_of(object: &Instance, asked: usize) -> usize {
    object.block.address.wrapping_sub(asked.wrapping_sub(object.block.size))
}

/// Where an object's own fields begin.
fn behind(kind: &Type) -> usize {
    kind.header() + size_of::<isize>()
}

/// Writes something behind the number of items.
fn fill(kind: &Type, object: &mut Instance) -> Vec<u8> {
    let contents = &mut object.block.bytes_mut()[behind(kind)..];
    contents.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at % 251) as u8);
    contents.to_vec()
}
