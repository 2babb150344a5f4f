//! The debug hooks: layout, bytes, and what is said of damage. Each test has children of its own, in which it lays
//! the hooks before anything is allocated.

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::ffi::c_void;

use common::{Ended, bytes, in_child, poke};
use pymem_ref::hooks::Style;
use pymem_ref::{mem, obj, raw, setup_debug_hooks};
use rstest::rstest;

type Malloc = unsafe extern "C" fn(usize) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void);

/// Lays the hooks of a version in a child and runs `body` there.
fn under_hooks(version: u32, body: impl FnOnce()) -> Ended {
    in_child(|| {
        Style::choose(version);
        setup_debug_hooks();
        body();
    })
}

/// `body` must neither panic nor damage anything.
#[track_caller]
fn holds(version: u32, body: impl FnOnce()) {
    let ended = under_hooks(version, body);
    assert!(ended.signal.is_none() && ended.stderr.is_empty(), "{ended:?}");
}

fn allocate(malloc: Malloc, size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    unsafe { malloc(size) }
}

fn release(free: Free, block: *mut c_void) {
    // SAFETY: the tests pass live blocks, or mean to be caught.
    unsafe { free(block) }
}

const NEWEST: u32 = 0x03_0e_00;

#[rstest]
#[case(raw::malloc, raw::free, b'r')]
#[case(mem::malloc, mem::free, b'm')]
#[case(obj::malloc, obj::free, b'o')]
fn a_block_has_a_frame(#[case] malloc: Malloc, #[case] free: Free, #[case] letter: u8) {
    holds(NEWEST, || {
        for size in [0, 1, 10, 300, 70_000] {
            let block = allocate(malloc, size);
            assert_eq!(bytes::<8>(block.wrapping_byte_sub(16)), (size as u64).to_be_bytes());
            assert_eq!(bytes::<8>(block.wrapping_byte_sub(8)), [letter, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd, 0xfd]);
            assert_eq!(bytes::<8>(block.wrapping_byte_add(size)), [0xfd; 8]);
            assert!((0..size).all(|offset| bytes::<1>(block.wrapping_byte_add(offset)) == [0xcd]));
            release(free, block);
        }
    });
}

#[test]
fn a_zeroed_block_has_a_frame_and_zeroes() {
    holds(NEWEST, || {
        // SAFETY: any factors may be asked for.
        let block = unsafe { mem::calloc(3, 4) };
        assert_eq!(bytes::<12>(block), [0; 12]);
        assert_eq!(bytes::<8>(block.wrapping_byte_add(12)), [0xfd; 8]);
        release(mem::free, block);
    });
}

#[test]
fn old_versions_have_other_bytes_and_a_serial_number() {
    holds(0x03_06_00, || {
        let (one, two) = (allocate(raw::malloc, 10), allocate(obj::malloc, 3));
        assert_eq!((bytes::<10>(one), bytes::<3>(two)), ([0xcb; 10], [0xcb; 3]));
        assert_eq!(bytes::<8>(one.wrapping_byte_add(10)), [0xfb; 8]);
        assert_eq!(bytes::<8>(one.wrapping_byte_add(18)), 1_u64.to_be_bytes());
        assert_eq!(bytes::<8>(two.wrapping_byte_add(11)), 2_u64.to_be_bytes());
        // SAFETY: a live block.
        let one = unsafe { raw::realloc(one, 20) };
        assert_eq!(bytes::<8>(one.wrapping_byte_add(28)), 3_u64.to_be_bytes());
    });
}

#[rstest]
#[case(0x03_06_00, 4)]
#[case(0x03_07_00, 2)]
fn failures_take_numbers_up_to_3_6(#[case] version: u32, #[case] expected: u64) {
    holds(version, || {
        // SAFETY: any size may be asked for, and no system has this much.
        assert!(unsafe { raw::malloc(isize::MAX as usize - 100) }.is_null());
        let block = allocate(raw::malloc, 10);
        // SAFETY: a live block.
        assert!(unsafe { raw::realloc(block, isize::MAX as usize - 100) }.is_null());
        let next = allocate(raw::malloc, 10);
        let number = |block: *mut c_void| u64::from_be_bytes(bytes::<8>(block.wrapping_byte_add(18)));
        assert_eq!(number(next), expected);
    });
}

#[rstest]
#[case(10, 30)]
#[case(200, 260)]
#[case(400, 5)]
#[case(30, 30)]
#[case(128, 129)]
#[case(1000, 100_000)]
#[case(100_000, 0)]
fn a_resize_keeps_contents_and_cleans_what_is_new(#[case] from: usize, #[case] to: usize) {
    for version in [0x03_06_00, 0x03_07_00, NEWEST] {
        holds(version, || {
            let style = Style::chosen();
            let block = allocate(mem::malloc, from);
            (0..from).for_each(|offset| poke(block, offset as isize, offset as u8));
            // SAFETY: a live block.
            let block = unsafe { mem::realloc(block, to) };
            for offset in 0..to {
                let expected = if offset < from { offset as u8 } else { style.clean };
                assert_eq!(bytes::<1>(block.wrapping_byte_add(offset)), [expected], "byte {offset}");
            }
            assert_eq!(bytes::<8>(block.wrapping_byte_sub(16)), (to as u64).to_be_bytes());
            release(mem::free, block);
        });
    }
}

#[rstest]
#[case(10)]
#[case(100)]
#[case(400)]
fn a_refused_resize_leaves_the_block_whole(#[case] size: usize) {
    for version in [0x03_06_00, 0x03_07_04, NEWEST] {
        holds(version, || {
            let block = allocate(raw::malloc, size);
            (0..size).for_each(|offset| poke(block, offset as isize, offset as u8));
            for huge in [isize::MAX as usize - 100, isize::MAX as usize - 10, usize::MAX] {
                // SAFETY: a live block.
                assert!(unsafe { raw::realloc(block, huge) }.is_null());
            }
            assert!((0..size).all(|offset| bytes::<1>(block.wrapping_byte_add(offset)) == [offset as u8]));
            release(raw::free, block);
        });
    }
}

#[test]
fn a_write_behind_the_block_is_told() {
    let ended = under_hooks(NEWEST, || {
        let block = allocate(mem::malloc, 24);
        poke(block, 24, 0x41);
        release(mem::free, block);
    });
    assert_eq!(ended.signal, Some(libc::SIGABRT));
    assert_eq!(
        ended.stderr,
        "\
Debug memory block at address p=ADDR: API 'm'
    24 bytes originally requested
    The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected.
    The 8 pad bytes at tail=ADDR are not all FORBIDDENBYTE (0xfd):
        at tail+0: 0x41 *** OUCH
        at tail+1: 0xfd
        at tail+2: 0xfd
        at tail+3: 0xfd
        at tail+4: 0xfd
        at tail+5: 0xfd
        at tail+6: 0xfd
        at tail+7: 0xfd
    Data at p: cd cd cd cd cd cd cd cd ... cd cd cd cd cd cd cd cd

Enable tracemalloc to get the memory block allocation traceback

Fatal Python error: _PyMem_DebugRawFree: bad trailing pad byte
Python runtime state: unknown
"
    );
}

#[test]
fn a_write_before_the_block_is_told_as_old_versions_did() {
    let ended = under_hooks(0x03_06_00, || {
        let block = allocate(raw::malloc, 24);
        poke(block, -1, 0x41);
        release(raw::free, block);
    });
    assert_eq!(ended.signal, Some(libc::SIGABRT));
    assert_eq!(
        ended.stderr,
        "\
Debug memory block at address p=ADDR: API 'r'
    24 bytes originally requested
    The 7 pad bytes at p-7 are not all FORBIDDENBYTE (0xfb):
        at p-7: 0xfb
        at p-6: 0xfb
        at p-5: 0xfb
        at p-4: 0xfb
        at p-3: 0xfb
        at p-2: 0xfb
        at p-1: 0x41 *** OUCH
    Because memory is corrupted at the start, the count of bytes requested
       may be bogus, and checking the trailing pad bytes may segfault.
    The 8 pad bytes at tail=ADDR are FORBIDDENBYTE, as expected.
    The block was made by call #1 to debug malloc/realloc.
    Data at p: cb cb cb cb cb cb cb cb ... cb cb cb cb cb cb cb cb

Enable tracemalloc to get the memory block allocation traceback

Fatal Python error: bad leading pad byte
"
    );
}

#[rstest]
#[case(raw::malloc, mem::free, 'r', 'm')]
#[case(raw::malloc, obj::free, 'r', 'o')]
#[case(mem::malloc, raw::free, 'm', 'r')]
#[case(mem::malloc, obj::free, 'm', 'o')]
#[case(obj::malloc, raw::free, 'o', 'r')]
#[case(obj::malloc, mem::free, 'o', 'm')]
fn a_block_of_another_domain_is_told(
    #[case] malloc: Malloc,
    #[case] free: Free,
    #[case] made: char,
    #[case] freed: char,
) {
    let ended = under_hooks(NEWEST, || release(free, allocate(malloc, 24)));
    assert_eq!(ended.signal, Some(libc::SIGABRT));
    let line = format!("_PyMem_DebugRawFree: bad ID: Allocated using API '{made}', verified using API '{freed}'\n");
    assert!(ended.stderr.contains(&line), "{}", ended.stderr);
}

/// Every byte of the frame but the size is guarded, on free and on realloc.
#[test]
fn every_guard_byte_is_checked() {
    for offset in (-8..0).chain(10..18) {
        for resizes in [false, true] {
            let ended = under_hooks(NEWEST, || {
                let block = allocate(obj::malloc, 10);
                poke(block, offset, 0x41);
                if resizes {
                    // SAFETY: meant to be caught.
                    unsafe { obj::realloc(block, 20) };
                } else {
                    release(obj::free, block);
                }
            });
            assert_eq!(ended.signal, Some(libc::SIGABRT), "offset {offset}: {}", ended.stderr);
            let function = if resizes { "_PyMem_DebugRawRealloc" } else { "_PyMem_DebugRawFree" };
            assert!(ended.stderr.contains(&format!("Fatal Python error: {function}: bad ")), "{}", ended.stderr);
        }
    }
}

#[rstest]
#[case(0, None)]
#[case(3, Some("    Data at p: cd cd cd\n"))]
#[case(16, Some("    Data at p: cd cd cd cd cd cd cd cd cd cd cd cd cd cd cd cd\n"))]
#[case(17, Some("    Data at p: cd cd cd cd cd cd cd cd ... cd cd cd cd cd cd cd cd\n"))]
fn the_data_is_shown_from_both_ends(#[case] size: usize, #[case] line: Option<&str>) {
    let ended = under_hooks(NEWEST, || {
        let block = allocate(raw::malloc, size);
        poke(block, size as isize + 3, 0);
        release(raw::free, block);
    });
    match line {
        Some(line) => assert!(ended.stderr.contains(line), "{}", ended.stderr),
        None => assert!(!ended.stderr.contains("Data at p"), "{}", ended.stderr),
    }
}

#[test]
fn a_second_setup_changes_nothing() {
    holds(NEWEST, || {
        let before = common::current(1);
        setup_debug_hooks();
        assert!(before == common::current(1));
        let block = allocate(mem::malloc, 8);
        assert_eq!(bytes::<1>(block.wrapping_byte_sub(8)), *b"m");
        release(mem::free, block);
    });
}
