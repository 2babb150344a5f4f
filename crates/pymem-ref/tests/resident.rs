//! Freed memory is used again or given back. One test, so that nothing else allocates meanwhile.

use pymem_ref::mem;

const MIB: usize = 1 << 20;

#[test]
fn memory_does_not_grow_under_churn_and_goes_back_when_free() {
    // Touched beforehand, so that it does not count below.
    let mut live = vec![0usize; 400_000];
    live.fill(1);
    let start = resident();

    fill(&mut live);
    let full = resident() - start;
    let asked: usize = (0..live.len()).map(size).sum();
    assert!(full < asked * 115 / 100, "{asked} bytes in blocks take {full} bytes of memory");

    for round in 0..10 {
        for (index, block) in live.iter_mut().enumerate().skip(round % 3).step_by(3) {
            free(*block);
            *block = allocate(index);
        }
    }
    let churned = resident() - start;
    assert!(churned < full + 4 * MIB, "churn has made {full} bytes {churned}");

    live.iter().for_each(|&block| free(block));
    let after = resident() - start;
    assert!(after < 4 * MIB, "{after} of {full} bytes stay when every block is free");

    // The same again, freed in an order that empties arenas last.
    fill(&mut live);
    for first in 0..97 {
        live.iter().skip(first).step_by(97).for_each(|&block| free(block));
    }
    let after = resident() - start;
    assert!(after < 4 * MIB, "{after} bytes stay when every block is free");
    pymem_ref::check_thread();
}

fn fill(live: &mut [usize]) {
    live.iter_mut().enumerate().for_each(|(index, block)| *block = allocate(index));
}

/// All classes, the smaller ones more often.
fn size(index: usize) -> usize {
    let index = index.wrapping_mul(2_654_435_761) >> 7;
    1 + (index % 512) * (index / 512 % 512) / 512
}

fn allocate(index: usize) -> usize {
    let bytes = size(index);
    // SAFETY: any argument is allowed.
    let block = unsafe { mem::malloc(bytes) };
    assert!(!block.is_null());
    // SAFETY: a live block of this size.
    unsafe { block.cast::<u8>().write_bytes(1, bytes) };
    block.addr()
}

fn free(block: usize) {
    // SAFETY: a live block.
    unsafe { mem::free(block as *mut _) }
}

/// Resident memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
