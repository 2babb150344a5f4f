//! Sizes as a Python program asks for them.

use fastrand::Rng;

/// How many sizes are drawn; a power of two, so that going round is cheap.
const COUNT: usize = 8192;

/// A fixed sequence of sizes that repeats.
pub struct Sizes(Box<[u16; COUNT]>);

impl Sizes {
    /// Most of 24 to 80 bytes (numbers, short strings, tuples, dictionaries' headers), some of up to 200, few of up to
    /// 512, all with the same seed.
    pub fn python_like() -> Self {
        let mut random = Rng::with_seed(7);
        Self(Box::new(std::array::from_fn(|_| match random.u32(..100) {
            0..70 => random.u16(24..=80),
            70..95 => random.u16(1..=200),
            _ => random.u16(1..=512),
        })))
    }

    pub fn at(&self, index: usize) -> usize {
        usize::from(self.0[index % COUNT])
    }
}
