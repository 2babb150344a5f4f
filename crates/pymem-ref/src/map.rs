//! The map of the address space: which MiB are arenas.
//!
//! A block of mem or obj may come from an arena or from the raw domain, and `free` is told only its address. Reading
//! memory near a foreign pointer would be unsafe, so a bit for each MiB of the 2^47 bytes that a process can have
//! decides. The bits take 16 MiB of zero pages, of which the few that are touched become real: 4 KiB for 32 GiB.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::arena::{ARENA, Arena};
use crate::pool::{POOL, Pool};
use crate::unaligned;

const ADDRESS_BITS: u32 = 47;
const WORDS: usize = 1 << (ADDRESS_BITS - ARENA.ilog2() - 6);

static MAP: [AtomicU64; WORDS] = [const { AtomicU64::new(0) }; WORDS];

/// The pool that a block belongs to, or `None` for a pointer into no arena,
/// whatever it points to, null included.
#[inline(always)]
pub(crate) fn pool_of(block: *const u8) -> Option<&'static Pool> {
    let address = block.addr();
    let (word, bit) = place(address);
    // Relaxed: who holds a block of an arena got it from a thread that saw the bit.
    if MAP[word].load(Ordering::Relaxed) & bit == 0 {
        return unaligned::pool_of(address);
    }
    let index = address / POOL % (ARENA / POOL);
    let pool = block.with_addr(address - address % ARENA + index * size_of::<Pool>()).cast::<Pool>();
    // SAFETY: the map says that an arena begins at this MiB, and it begins with its pools' descriptors.
    Some(unsafe { &*pool })
}

/// Enters an arena into the map.
pub(crate) fn insert(arena: &Arena) {
    let (word, bit) = place(std::ptr::from_ref(arena).addr());
    MAP[word].fetch_or(bit, Ordering::Release);
}

/// Takes an arena out of the map, before its memory is given back.
pub(crate) fn remove(arena: &Arena) {
    let (word, bit) = place(std::ptr::from_ref(arena).addr());
    MAP[word].fetch_and(!bit, Ordering::Release);
}

/// Where the bit of an address is. Bits beyond the address space are dropped,
/// so that any number has a place.
#[inline(always)]
fn place(address: usize) -> (usize, u64) {
    (address / ARENA / 64 % WORDS, 1 << (address / ARENA % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena_allocator::OWN;

    #[test]
    fn foreign_pointers_have_no_pool() {
        let local = 0u8;
        for pointer in [std::ptr::null(), &raw const local, MAP.as_ptr().cast(), usize::MAX as *const u8] {
            assert!(pool_of(pointer).is_none(), "{pointer:?}");
        }
    }

    #[test]
    fn every_byte_of_an_arena_has_its_pool_until_the_arena_goes() {
        let arena = Arena::get(OWN).unwrap();
        let start = std::ptr::from_ref(arena).cast::<u8>();
        for offset in (0..ARENA).step_by(1000) {
            let pool = pool_of(start.wrapping_add(offset)).unwrap();
            assert!(std::ptr::eq(pool, &arena.pools[offset / POOL]));
        }
        assert!(
            pool_of(start.wrapping_sub(1)).is_none_or(|pool| !arena.pools.as_ptr_range().contains(&&raw const *pool))
        );
        // SAFETY: no pool of it was ever handed out.
        unsafe { arena.give_back() };
        assert!(pool_of(start).is_none());
    }
}
