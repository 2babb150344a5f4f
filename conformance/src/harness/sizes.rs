//! The sizes that sweeps go over.

use crate::PAGE;

/// Where costly sweeps end that are not made in every session.
const NARROW: usize = 512 << 10;
/// Where they end at all.
const WIDE: usize = 64 << 20;

/// Every size from 0 to 1100 bytes; if `thin`, those up to 64, multiples of 8, and a
/// byte more than multiples of 16.
pub fn small_sizes(thin: bool) -> impl Iterator<Item = usize> + Clone {
    (0..=1100).filter(move |size| !thin || *size <= 64 || matches!(size % 16, 0 | 1 | 8))
}

/// Where size classes may end between 1100 bytes and 1 MiB: every multiple of 16
/// up to 4 KiB (every eighth of them if not `wide`), and then four to each power
/// of two (up to 32 KiB if not `wide`); and a byte more.
pub fn class_sizes(wide: bool) -> impl Iterator<Item = usize> + Clone {
    let fine = (1104..=4096).step_by(if wide { 16 } else { 128 });
    let quarters =
        (12..if wide { 20 } else { 15 }).flat_map(|exponent| (5..8).map(move |quarter| quarter << (exponent - 2)));
    fine.chain(quarters).flat_map(|size| [size, size + 1])
}

/// Powers of two from 2 KiB to 256 KiB, each with a byte and with a page more and
/// less.
pub fn power_sizes() -> impl Iterator<Item = usize> + Clone {
    (11..=18)
        .map(|exponent| 1usize << exponent)
        .flat_map(|size| [size.saturating_sub(PAGE).max(size / 2), size - 1, size, size + 1, size + PAGE])
}

/// Multiples of a page, a byte less, and a byte more: every one up to 256 KiB
/// if `wide`, and if not the first four, eight, and those around where allocators turn
/// to mappings of their own.
pub fn page_sizes(wide: bool) -> impl Iterator<Item = usize> + Clone {
    let is_swept = move |pages: &usize| wide || *pages <= 8 || matches!(pages, 16 | 31..=33 | 64);
    (1..=64).filter(is_swept).flat_map(|pages| [pages * PAGE - 1, pages * PAGE, pages * PAGE + 1])
}

/// Powers of two above 256 KiB, up to 64 MiB if `wide` and 512 KiB if not, each
/// with a byte and with a page more and less.
///
/// From 4 MiB on one of the five is touched on every page ([`is_touched_whole`]).
pub fn large_sizes(wide: bool) -> impl Iterator<Item = usize> + Clone {
    let limit = if wide { WIDE } else { NARROW };
    (19..=26)
        .map(|exponent| 1usize << exponent)
        .take_while(move |size| *size <= limit)
        .flat_map(|size| [size - PAGE, size - 1, size, size + 1, size + PAGE])
}

/// Whether a block of this size is touched on every page, or at its ends only.
/// Fresh pages are what a sweep over large sizes costs, so of five neighbours
/// from 4 MiB on one stands for all: the one with a byte on a page of its own.
pub fn is_touched_whole(size: usize) -> bool {
    size < (4 << 20) - PAGE || size % PAGE == 1
}

/// Sizes on both sides of where allocators change their ways: around powers of
/// two, between them, around pymalloc's threshold with and without debug hooks,
/// and around a page.
pub fn boundary_sizes() -> impl Iterator<Item = usize> + Clone {
    const SIZES: [usize; 44] = [
        1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, 255, 256, 257, 383, 384, 385,
        480, 481, 488, 489, 511, 512, 513, 767, 1023, 1024, 1025, 2047, 2049, 4095, 4096, 4097, 16384, 40000,
    ];
    SIZES.into_iter()
}

/// Every ordered pair of [`boundary_sizes`].
pub fn boundary_pairs() -> impl Iterator<Item = (usize, usize)> + Clone {
    boundary_sizes().flat_map(|from| boundary_sizes().map(move |to| (from, to)))
}
