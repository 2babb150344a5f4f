//! Replaced allocators: of domains and of arenas. Each test has children of its own, because what is replaced is the
//! whole process's.

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{current, in_child};
use pymem_ref::{
    DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, PyMemAllocatorEx, PyObjectArenaAllocator, check_thread, get_allocator,
    get_arena_allocator, mem, obj, raw, set_allocator, set_arena_allocator, setup_debug_hooks,
};

const MAX: usize = isize::MAX as usize;

#[track_caller]
fn holds(body: impl FnOnce()) {
    let ended = in_child(body);
    assert!(ended.signal.is_none() && ended.stderr.is_empty(), "{ended:?}");
}

/// A table that notes each call and passes it on.
struct Spy {
    below: PyMemAllocatorEx,
    calls: RefCell<Vec<String>>,
    fails: bool,
}

impl Spy {
    fn over(domain: i32) -> &'static Spy {
        Box::leak(Box::new(Spy { below: current(domain), calls: RefCell::new(Vec::new()), fails: false }))
    }

    fn table(&'static self) -> PyMemAllocatorEx {
        unsafe extern "C" fn malloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
            // SAFETY: the context of the table below.
            let spy = unsafe { &*ctx.cast::<Spy>() };
            spy.calls.borrow_mut().push(format!("malloc {bytes}"));
            // SAFETY: the call is passed on.
            if spy.fails { ptr::null_mut() } else { unsafe { (spy.below.malloc)(spy.below.ctx, bytes) } }
        }
        unsafe extern "C" fn calloc(ctx: *mut c_void, elements: usize, size: usize) -> *mut c_void {
            // SAFETY: the context of the table below.
            let spy = unsafe { &*ctx.cast::<Spy>() };
            spy.calls.borrow_mut().push(format!("calloc {elements} {size}"));
            // SAFETY: the call is passed on.
            if spy.fails { ptr::null_mut() } else { unsafe { (spy.below.calloc)(spy.below.ctx, elements, size) } }
        }
        unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
            // SAFETY: the context of the table below.
            let spy = unsafe { &*ctx.cast::<Spy>() };
            spy.calls.borrow_mut().push(format!("realloc {} {bytes}", if block.is_null() { "NULL" } else { "block" }));
            // SAFETY: the call is passed on.
            if spy.fails { ptr::null_mut() } else { unsafe { (spy.below.realloc)(spy.below.ctx, block, bytes) } }
        }
        unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
            // SAFETY: the context of the table below.
            let spy = unsafe { &*ctx.cast::<Spy>() };
            spy.calls.borrow_mut().push(format!("free {}", if block.is_null() { "NULL" } else { "block" }));
            // SAFETY: the call is passed on.
            unsafe { (spy.below.free)(spy.below.ctx, block) }
        }
        PyMemAllocatorEx { ctx: ptr::from_ref(self).cast_mut().cast(), malloc, calloc, realloc, free }
    }

    fn calls(&self) -> Vec<String> {
        self.calls.take()
    }
}

fn install(domain: i32, table: &PyMemAllocatorEx) {
    // SAFETY: the tables of these tests keep the rules.
    unsafe { set_allocator(domain, table) };
}

#[test]
fn calls_arrive_as_they_were_made() {
    holds(|| {
        let spy = Spy::over(DOMAIN_MEM);
        install(DOMAIN_MEM, &spy.table());
        // SAFETY: the rules of the domain are kept.
        unsafe {
            mem::free(mem::malloc(0));
            mem::free(mem::calloc(3, 5));
            let block = mem::realloc(ptr::null_mut(), 44);
            mem::free(mem::realloc(block, 0));
            mem::free(ptr::null_mut());
        }
        let expected = [
            "malloc 0",
            "free block",
            "calloc 3 5",
            "free block",
            "realloc NULL 44",
            "realloc block 0",
            "free block",
            "free NULL",
        ];
        assert_eq!(spy.calls(), expected);
        // SAFETY: as above.
        unsafe {
            assert!(mem::malloc(MAX + 1).is_null() && mem::calloc(2, MAX).is_null());
            assert!(mem::realloc(ptr::null_mut(), MAX + 1).is_null());
            raw::free(raw::malloc(10));
            obj::free(obj::malloc(10));
        }
        assert_eq!(spy.calls(), [""; 0], "neither what is refused nor other domains");
    });
}

#[test]
fn what_an_allocator_refuses_is_refused() {
    holds(|| {
        let spy = Spy::over(DOMAIN_OBJ);
        let failing: &'static Spy =
            Box::leak(Box::new(Spy { below: spy.below, calls: RefCell::default(), fails: true }));
        install(DOMAIN_OBJ, &failing.table());
        // SAFETY: the rules of the domain are kept.
        unsafe {
            assert!(obj::malloc(1).is_null() && obj::calloc(1, 1).is_null());
            assert!(obj::realloc(ptr::null_mut(), 1).is_null());
        }
        assert_eq!(failing.calls().len(), 3);
    });
}

#[test]
fn large_requests_of_mem_and_obj_go_through_raw() {
    holds(|| {
        let spy = Spy::over(DOMAIN_RAW);
        install(DOMAIN_RAW, &spy.table());
        // SAFETY: the rules of the domains are kept.
        unsafe {
            let small = mem::malloc(512);
            assert_eq!(spy.calls(), [""; 0]);
            let large = mem::realloc(small, 600);
            mem::free(mem::realloc(large, 700));
            obj::free(obj::calloc(3, 200));
        }
        let expected = ["malloc 600", "realloc block 700", "free block", "calloc 3 200", "free block"];
        assert_eq!(spy.calls(), expected);
    });
}

#[test]
fn tables_are_copied_and_come_back() {
    holds(|| {
        let own = current(DOMAIN_MEM);
        let spy = Spy::over(DOMAIN_MEM);
        let mut table = spy.table();
        install(DOMAIN_MEM, &table);
        table.ctx = ptr::null_mut();
        assert!(table.ctx.is_null() && current(DOMAIN_MEM) == spy.table());
        install(DOMAIN_MEM, &own);
        assert!(current(DOMAIN_MEM) == own);
        // SAFETY: the rules of the domain are kept.
        unsafe { mem::free(mem::malloc(10)) };
        assert_eq!(spy.calls(), [""; 0]);
    });
}

#[test]
fn a_domain_that_there_is_not() {
    for domain in [-1, 3, 99] {
        let mut table = MaybeUninit::new(current(DOMAIN_RAW));
        // SAFETY: the variable can be written to.
        unsafe { get_allocator(domain, &mut table) };
        // SAFETY: five words, whatever they are.
        assert_eq!(unsafe { table.as_ptr().cast::<[usize; 5]>().read() }, [0; 5]);
    }
    holds(|| {
        let before = [0, 1, 2].map(current);
        let spy = Spy::over(DOMAIN_RAW);
        [-1, 3, 99].iter().for_each(|domain| install(*domain, &spy.table()));
        assert!([0, 1, 2].map(current) == before);
    });
}

#[test]
fn hooks_are_laid_over_what_was_installed() {
    holds(|| {
        let spy = Spy::over(DOMAIN_MEM);
        install(DOMAIN_MEM, &spy.table());
        setup_debug_hooks();
        // SAFETY: the rules of the domain are kept.
        unsafe {
            let block = mem::realloc(ptr::null_mut(), 10);
            mem::free(mem::realloc(block, 20));
            mem::free(mem::calloc(3, 4));
            mem::free(ptr::null_mut());
        }
        let expected = ["malloc 34", "realloc block 44", "free block", "calloc 1 36", "free block"];
        assert_eq!(spy.calls(), expected);
    });
}

/// Arenas that were asked for and not given back, by an allocator that gives them at odd addresses.
static ARENAS: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn arena_alloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
    assert_eq!((ctx.addr(), bytes), (7, 1 << 20));
    ARENAS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: any size may be asked for.
    unsafe { libc::malloc(bytes + 16) }.wrapping_byte_add(16)
}

unsafe extern "C" fn arena_free(ctx: *mut c_void, arena: *mut c_void, bytes: usize) {
    assert_eq!((ctx.addr(), bytes), (7, 1 << 20));
    ARENAS.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: what `arena_alloc` got.
    unsafe { libc::free(arena.wrapping_byte_sub(16)) };
}

#[test]
fn arenas_come_from_the_arena_allocator_and_go_back() {
    holds(|| {
        let ours = PyObjectArenaAllocator { ctx: ptr::without_provenance_mut(7), alloc: arena_alloc, free: arena_free };
        // SAFETY: it gives memory that nobody else has.
        unsafe { set_arena_allocator(&ours) };
        let mut now = MaybeUninit::<PyObjectArenaAllocator>::uninit();
        // SAFETY: the variable can be written to.
        unsafe { get_arena_allocator(now.as_mut_ptr()) };
        // SAFETY: just written.
        assert_eq!(unsafe { now.assume_init() }.ctx, ours.ctx);
        // SAFETY: any size may be asked for.
        let blocks: Vec<_> = (0..20_000).map(|index| unsafe { obj::malloc(1 + index % 512) }).collect();
        assert!(blocks.iter().all(|block| !block.is_null() && block.addr() % 16 == 0));
        assert!(ARENAS.load(Ordering::Relaxed) >= 5, "5 MB do not fit into less");
        for (index, block) in blocks.iter().enumerate() {
            // SAFETY: the block has at least one byte.
            unsafe { block.cast::<u8>().write(index as u8) };
        }
        check_thread();
        for (index, block) in blocks.into_iter().enumerate() {
            // SAFETY: the block has at least one byte.
            assert_eq!(unsafe { block.cast::<u8>().read() }, index as u8);
            // SAFETY: a live block.
            unsafe { obj::free(block) };
        }
        check_thread();
        assert!(ARENAS.load(Ordering::Relaxed) <= 2, "empty arenas go back, but for one that is kept");
    });
}

#[test]
fn without_arenas_raw_serves() {
    unsafe extern "C" fn refuse(_: *mut c_void, _: usize) -> *mut c_void {
        ptr::null_mut()
    }
    holds(|| {
        let none = PyObjectArenaAllocator { ctx: ptr::null_mut(), alloc: refuse, free: arena_free };
        // SAFETY: it gives nothing, and so takes nothing back.
        unsafe { set_arena_allocator(&none) };
        let spy = Spy::over(DOMAIN_RAW);
        install(DOMAIN_RAW, &spy.table());
        // SAFETY: the rules of the domain are kept.
        unsafe { mem::free(mem::malloc(100)) };
        assert_eq!(spy.calls(), ["malloc 112", "free block"]);
    });
}
