//! Which sizes may be asked for.

/// The largest size that any domain serves: `PY_SSIZE_T_MAX`, in bytes. A larger
/// request fails before an allocator is asked, so that `errno` stays as it is.
pub(crate) const MAX: usize = isize::MAX as usize;

/// The bytes that `elements` of `size` bytes take, or `None` for more than
/// [`MAX`], whether or not the product wraps around.
#[inline(always)]
pub(crate) fn product(elements: usize, size: usize) -> Option<usize> {
    elements.checked_mul(size).filter(|&bytes| bytes <= MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_up_to_the_limit_are_served() {
        assert_eq!(product(0, usize::MAX), Some(0));
        assert_eq!(product(7, 9), Some(63));
        assert_eq!(product(1, MAX), Some(MAX));
    }

    #[test]
    fn products_above_the_limit_fail_wrapping_or_not() {
        for (elements, size) in [(1, MAX + 1), (2, MAX), (MAX, 2), (usize::MAX, usize::MAX), (1 << 32, 1 << 32)] {
            assert_eq!(product(elements, size), None, "{elements} x {size}");
        }
    }
}
