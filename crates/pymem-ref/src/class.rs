//! Size classes: the 32 block sizes that pools serve.

/// The distance between classes, and the alignment of every block.
pub(crate) const STEP: usize = 16;

/// The largest request that a pool serves, in bytes.
pub(crate) const LARGEST: usize = 512;

/// How many classes there are.
pub(crate) const COUNT: usize = LARGEST / STEP;

/// The class of a request, or `None` for one that no pool serves: more than
/// [`LARGEST`] bytes, or none at all.
///
/// Zero wraps around to the largest number, so that one comparison rejects both.
#[inline(always)]
pub(crate) fn of(bytes: usize) -> Option<usize> {
    let class = bytes.wrapping_sub(1) / STEP;
    (class < COUNT).then_some(class)
}

/// The size of this class's blocks, in bytes.
#[inline(always)]
pub(crate) const fn size(class: usize) -> usize {
    (class + 1) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_the_smallest_that_holds_the_request() {
        for bytes in 1..=LARGEST {
            let class = of(bytes).unwrap();
            assert!(size(class) >= bytes && size(class) - bytes < STEP, "{bytes} bytes in class {class}");
        }
    }

    #[test]
    fn none_and_too_many_bytes_have_no_class() {
        for bytes in [0, LARGEST + 1, isize::MAX as usize, usize::MAX] {
            assert_eq!(of(bytes), None, "{bytes} bytes");
        }
    }
}
