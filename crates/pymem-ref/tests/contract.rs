//! The rules of the contract, for each domain.

use std::collections::HashSet;
use std::ffi::c_void;

use pymem_ref::{DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, PyMemAllocatorEx, allocator, mem, obj, pymem_get_allocator, raw};
use rstest::rstest;

const MAX: usize = isize::MAX as usize;

/// One way to call a domain.
#[derive(Clone, Copy)]
struct Domain {
    malloc: unsafe extern "C" fn(usize) -> *mut c_void,
    calloc: unsafe extern "C" fn(usize, usize) -> *mut c_void,
    realloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void),
}

const RAW: Domain = Domain { malloc: raw::malloc, calloc: raw::calloc, realloc: raw::realloc, free: raw::free };
const MEM: Domain = Domain { malloc: mem::malloc, calloc: mem::calloc, realloc: mem::realloc, free: mem::free };
const OBJ: Domain = Domain { malloc: obj::malloc, calloc: obj::calloc, realloc: obj::realloc, free: obj::free };

impl Domain {
    fn malloc(self, bytes: usize) -> *mut u8 {
        // SAFETY: any argument is allowed.
        unsafe { (self.malloc)(bytes) }.cast()
    }

    fn calloc(self, elements: usize, size: usize) -> *mut u8 {
        // SAFETY: any arguments are allowed.
        unsafe { (self.calloc)(elements, size) }.cast()
    }

    fn realloc(self, block: *mut u8, bytes: usize) -> *mut u8 {
        // SAFETY: the tests pass null or live blocks.
        unsafe { (self.realloc)(block.cast(), bytes) }.cast()
    }

    fn free(self, block: *mut u8) {
        // SAFETY: the tests pass null or live blocks.
        unsafe { (self.free)(block.cast()) }
    }
}

fn fill(block: *mut u8, bytes: usize, seed: u8) {
    for index in 0..bytes {
        // SAFETY: the tests pass live blocks of at least this size.
        unsafe { block.add(index).write(seed.wrapping_add(index as u8)) };
    }
}

fn is_filled(block: *const u8, bytes: usize, seed: u8) -> bool {
    // SAFETY: as in `fill`.
    (0..bytes).all(|index| unsafe { block.add(index).read() } == seed.wrapping_add(index as u8))
}

fn is_zero(block: *const u8, bytes: usize) -> bool {
    // SAFETY: as in `fill`.
    (0..bytes).all(|index| unsafe { block.add(index).read() } == 0)
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap()
}

fn set_errno(value: i32) {
    // SAFETY: the location is this thread's.
    unsafe { *libc::__errno_location() = value }
}

#[rstest]
fn blocks_hold_what_was_asked_for_and_keep_apart(#[values(RAW, MEM, OBJ)] domain: Domain) {
    let sizes: Vec<usize> = (1..=1100).chain([4096, 100_000, 3_000_000]).collect();
    let blocks: Vec<_> = sizes.iter().map(|&bytes| domain.malloc(bytes)).collect();
    for (seed, (&bytes, &block)) in sizes.iter().zip(&blocks).enumerate() {
        assert!(!block.is_null() && block.addr() % 16 == 0, "{bytes} bytes at {block:?}");
        fill(block, bytes, seed as u8);
    }
    for (seed, (&bytes, &block)) in sizes.iter().zip(&blocks).enumerate() {
        assert!(is_filled(block, bytes, seed as u8), "a block of {bytes} bytes has changed");
        domain.free(block);
    }
}

#[rstest]
fn requests_for_nothing_get_blocks_of_their_own(#[values(RAW, MEM, OBJ)] domain: Domain) {
    let requests: [fn(Domain) -> *mut u8; 7] = [
        |domain| domain.malloc(0),
        |domain| domain.malloc(1),
        |domain| domain.calloc(0, 0),
        |domain| domain.calloc(usize::MAX, 0),
        |domain| domain.calloc(0, usize::MAX),
        |domain| domain.realloc(std::ptr::null_mut(), 0),
        |domain| domain.realloc(domain.malloc(40), 0),
    ];
    let blocks: Vec<_> = requests.iter().cycle().take(700).map(|request| request(domain)).collect();
    assert!(blocks.iter().all(|block| !block.is_null()));
    assert_eq!(blocks.iter().collect::<HashSet<_>>().len(), blocks.len(), "two live blocks are one");
    for (index, &block) in blocks.iter().enumerate() {
        assert!(!(2..5).contains(&(index % 7)) || is_zero(block, 1), "calloc of nothing is zeroed as for one byte");
        fill(block, 1, 0xA5);
    }
    blocks.iter().for_each(|&block| domain.free(block));
}

#[rstest]
#[case::malloc(|domain: Domain, _| domain.malloc(MAX + 1))]
#[case::malloc_largest(|domain: Domain, _| domain.malloc(usize::MAX))]
#[case::calloc(|domain: Domain, _| domain.calloc(1, MAX + 1))]
#[case::calloc_product(|domain: Domain, _| domain.calloc(MAX, 2))]
#[case::calloc_wrapping(|domain: Domain, _| domain.calloc(usize::MAX / 2 + 1, 2))]
#[case::calloc_wrapping_to_some(|domain: Domain, _| domain.calloc(usize::MAX / 16 + 2, 16))]
#[case::realloc_null(|domain: Domain, _| domain.realloc(std::ptr::null_mut(), MAX + 1))]
#[case::realloc(|domain: Domain, block| domain.realloc(block, MAX + 1))]
fn requests_above_the_limit_fail_and_leave_all_as_it_is(
    #[case] request: fn(Domain, *mut u8) -> *mut u8,
    #[values(RAW, MEM, OBJ)] domain: Domain,
    #[values(100, 1000)] bytes: usize,
) {
    let block = domain.malloc(bytes);
    fill(block, bytes, 7);
    set_errno(-7);
    assert!(request(domain, block).is_null());
    assert_eq!(errno(), -7, "errno was touched");
    assert!(is_filled(block, bytes, 7));
    domain.free(block);
}

#[rstest]
fn a_resize_that_finds_no_memory_leaves_the_block(
    #[values(RAW, MEM, OBJ)] domain: Domain,
    #[values(100, 1000)] bytes: usize,
) {
    let block = domain.malloc(bytes);
    fill(block, bytes, 9);
    assert!(domain.realloc(block, MAX - 4096).is_null());
    assert!(is_filled(block, bytes, 9));
    domain.free(block);
}

#[rstest]
fn resizing_keeps_what_fits(#[values(RAW, MEM, OBJ)] domain: Domain) {
    let sizes = [1, 8, 15, 16, 17, 100, 511, 512, 513, 1000, 4096, 100_000, 3_000_000, 512, 511, 100, 17, 1, 0, 40];
    let (mut block, mut before) = (domain.realloc(std::ptr::null_mut(), 44), 44);
    for (seed, &bytes) in sizes.iter().enumerate() {
        fill(block, before, seed as u8);
        block = domain.realloc(block, bytes);
        assert!(!block.is_null() && block.addr() % 16 == 0);
        assert!(is_filled(block, before.min(bytes), seed as u8), "from {before} to {bytes} bytes");
        before = bytes;
    }
    domain.free(block);
}

#[rstest]
fn zeroed_blocks_are_zero_even_where_dirt_was(#[values(RAW, MEM, OBJ)] domain: Domain) {
    for bytes in (0..700).chain([5000]) {
        let dirty: Vec<_> = (0..20).map(|_| domain.malloc(bytes)).collect();
        for &block in &dirty {
            fill(block, bytes, 0xAA);
            domain.free(block);
        }
        let clean = domain.calloc(bytes, 1);
        assert!(is_zero(clean, bytes), "{bytes} bytes");
        domain.free(clean);
    }
}

#[rstest]
fn freeing_null_is_nothing(#[values(RAW, MEM, OBJ)] domain: Domain) {
    domain.free(std::ptr::null_mut());
    pymem_ref::check_thread();
}

#[rstest]
#[case(512, 511, true)]
#[case(512, 385, true)]
#[case(512, 384, false)]
#[case(100, 112, true)]
#[case(100, 113, false)]
#[case(16, 0, true)]
#[case(20, 17, true)]
fn a_block_stays_while_it_fits_well(#[case] from: usize, #[case] to: usize, #[case] stays: bool) {
    let block = MEM.malloc(from);
    let resized = MEM.realloc(block, to);
    assert_eq!(resized == block, stays, "{from} to {to} bytes");
    MEM.free(resized);
}

#[rstest]
#[case(DOMAIN_RAW)]
#[case(DOMAIN_MEM)]
#[case(DOMAIN_OBJ)]
fn the_table_of_a_domain_works(#[case] number: i32) {
    let table = allocator(number).unwrap();
    // SAFETY: any arguments are allowed.
    let block = unsafe { (table.calloc)(table.ctx, 3, 0) };
    assert!(!block.is_null());
    // SAFETY: a live block of this table.
    let block = unsafe { (table.realloc)(table.ctx, block, 600) };
    // SAFETY: as above.
    unsafe { (table.free)(table.ctx, block) };
    // SAFETY: any argument is allowed.
    assert!(unsafe { (table.malloc)(table.ctx, MAX + 1) }.is_null());
}

#[test]
fn there_are_three_domains() {
    let mut out = std::mem::MaybeUninit::<PyMemAllocatorEx>::uninit();
    for (number, status) in [(-1, -1), (0, 0), (1, 0), (2, 0), (3, -1), (i32::MAX, -1)] {
        assert_eq!(allocator(number).is_some(), status == 0);
        // SAFETY: the variable can be written to.
        assert_eq!(unsafe { pymem_get_allocator(number, out.as_mut_ptr()) }, status);
    }
}
