//! The one rule of alignment.

/// Alignment in bytes that a block of `size` bytes must have: the largest power
/// of two not above its size, at most `cap`. A block without bytes is like one
/// of one byte.
#[inline]
pub fn required_alignment(size: usize, cap: usize) -> usize {
    match size {
        0 => 1,
        _ => (1 << size.ilog2()).min(cap),
    }
}

/// The largest power of two that divides `address`, at most 4096.
#[inline]
pub fn alignment_of(address: usize) -> usize {
    1 << address.trailing_zeros().min(12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 1)]
    #[case(1, 1)]
    #[case(3, 2)]
    #[case(7, 4)]
    #[case(8, 8)]
    #[case(15, 8)]
    #[case(16, 16)]
    #[case(4096, 16)]
    fn the_largest_power_of_two_not_above_the_size(#[case] size: usize, #[case] required: usize) {
        assert_eq!(required_alignment(size, 16), required);
        assert_eq!(required_alignment(size, 8), required.min(8));
    }

    #[test]
    fn addresses_are_as_aligned_as_their_last_set_bit() {
        assert_eq!(alignment_of(0x7f00_0018), 8);
        assert_eq!(alignment_of(0x7f00_0000), 4096);
        assert_eq!([1, 2, 6, 0x1800, 0].map(alignment_of), [1, 2, 2, 2048, 4096]);
    }
}
