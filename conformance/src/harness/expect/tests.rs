//! Each expectation held once and broken once, with what it then says.

use pymem_spec::{Configuration, Domain, Kind, Mode};

use super::*;
use crate::PAGE;
use crate::harness::{Apart, Recorder, Subject, Switches};
use crate::journal::BlockName;
use crate::judge::tests::told;
use crate::sandbox::launch::Launch;
use crate::sandbox::sys;

/// A block of bytes of our own, which outlive it.
fn block(name: u32, bytes: &mut [u8]) -> Block {
    Block::new(BlockName(name), Domain::Raw, bytes.as_mut_ptr().expose_provenance(), bytes.len())
}

/// A block that nobody looks into.
fn at(name: u32, address: usize, size: usize) -> Block {
    Block::new(BlockName(name), Domain::Raw, address, size)
}

/// Four pages of which the last two are one: what is written to one of them
/// stands in the other.
fn with_a_page_twice() -> Block {
    let page = sys::memory_file(PAGE).expect("a file of one page");
    let (flags, access) = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, libc::PROT_READ | libc::PROT_WRITE);
    // SAFETY: asks for new pages.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), 4 * PAGE, access, flags, -1, 0) };
    assert_ne!(start, libc::MAP_FAILED);
    for at in [2 * PAGE, 3 * PAGE] {
        let place = start.wrapping_byte_add(at);
        // SAFETY: replaces a page that was mapped above.
        let mapped = unsafe { libc::mmap(place, PAGE, access, libc::MAP_SHARED | libc::MAP_FIXED, page, 0) };
        assert_eq!(mapped, place);
    }
    at(5, start.expose_provenance(), 4 * PAGE)
}

/// A harness without a target.
pub(crate) fn with_harness<T>(kind: Kind, run: impl FnOnce(&Harness) -> T) -> T {
    let launch = Launch::empty(kind, Mode::Bare, Configuration::Default);
    let subject = Subject { families: [None, None, None], holes: Vec::new(), python: None, launch };
    // SAFETY: nothing is called, so nothing is recorded.
    let recorder = unsafe { Recorder::new(std::ptr::null_mut()) };
    run(&Harness::new(&subject, Domain::Raw, recorder, Switches(0), 1, std::time::Duration::MAX / 4, 0))
}

/// The outcome of every expectation, by its name: with something wrong, or with nothing.
fn outcomes(is_wrong: bool) -> Vec<(&'static str, Outcome)> {
    const END: usize = 64 << 10;
    let wrong = usize::from(is_wrong);
    let mut small = [0; 24];
    let mut filled = block(1, &mut small);
    filled.fill();
    filled.bytes_mut()[17] ^= wrong as u8;

    let mut cleared = [0; 24];
    cleared[23] = 0x5a * wrong as u8;

    let mut large = vec![0; 3 * END];
    let mut at_ends = block(3, &mut large);
    assert_eq!(usable_at_ends(&mut at_ends), Ok(()));
    at_ends.bytes_mut()[3 * END - 1] ^= wrong as u8;
    // What lies between the ends is nobody's business.
    at_ends.bytes_mut()[END] = 0xff;

    let mut zeroes = vec![0; 3 * END];
    zeroes[END] = 0xff;
    zeroes[2 * END] = 0x80 * wrong as u8;

    let sound = || Box::leak(vec![0; 4 * PAGE].into_boxed_slice());
    let memory = |is_wrong| if is_wrong { with_a_page_twice() } else { block(5, sound()) };

    let mut apart = Apart::default();
    assert_eq!(apart.insert(&at(6, 0x1000, 32)), Ok(()));

    vec![
        ("expect", expect(!is_wrong, || ("one call arrives".into(), "2 calls arrive".into()))),
        ("intact", intact(&filled)),
        ("all_intact", all_intact([&block(2, &mut [0; 8]), &filled])),
        ("zeroed", zeroed(&block(2, &mut cleared))),
        ("usable", usable(&mut memory(is_wrong))),
        ("usable_at_ends", usable_at_ends(&mut memory(is_wrong))),
        ("intact_at_ends", intact_at_ends(&at_ends)),
        ("zeroed_at_ends", zeroed_at_ends(&block(4, &mut zeroes))),
        ("distinct", distinct(&[at(6, 0x1000, 0), at(7, 0x2000, 0), at(8, 0x1001 - wrong, 0)])),
        ("served", served((!is_wrong).then(|| at(6, 0x1000, 8))).map(drop)),
        ("aligned", aligned(&at(6, 0x1010 - 8 * wrong, 24), 16)),
        (
            "refuses",
            with_harness(Kind::Malloc, |h| h.refuses(is_wrong.then(|| at(6, 0x1000, 8)), "PY_SSIZE_T_MAX + 1 bytes")),
        ),
        ("Apart", apart.insert(&at(7, 0x1020 - wrong, 32))),
    ]
}

#[test]
fn what_is_as_it_should_be_is_passed_over() {
    for (name, outcome) in outcomes(false) {
        assert_eq!(outcome, Ok(()), "{name}");
    }
}

#[test]
fn what_a_broken_expectation_says() {
    let say = |(name, outcome): (&str, Outcome)| {
        let stop = outcome.expect_err(name);
        assert!(stop.is_failure(), "{name}");
        format!("{name}\n{}", told(&stop))
    };
    insta::assert_snapshot!(outcomes(true).into_iter().map(say).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_ends_of_a_block_never_overlap() {
    for size in [0, 1, 2, 3, PAGE, (128 << 10) - 1, 128 << 10, 1 << 20] {
        let [first, last] = ends(&at(0, 0x10_0000, size));
        assert_eq!((first.address, last.address + last.size), (0x10_0000, 0x10_0000 + size));
        assert!(first.address + first.size <= last.address, "{size}");
        assert_eq!([first.size, last.size], [(64 << 10).min(size / 2); 2]);
    }
}

#[test]
fn blocks_that_only_touch_are_apart_and_gone_ones_leave_room() {
    let mut apart = Apart::default();
    let first = at(0, 0x1000, 32);
    assert_eq!(apart.insert(&first), Ok(()));
    assert_eq!(apart.insert(&at(1, 0x1020, 32)), Ok(()));
    apart.remove(&first);
    assert_eq!(apart.insert(&at(2, 0x1010, 16)), Ok(()));
}
