//! mimalloc in mem and obj.

use pymem_spec::Domain;

use crate::harness::expect::{expect, usable};
use crate::harness::hook::words;
use crate::harness::{Harness, Outcome};

/// Every size is served without raw.
pub fn any_size(h: &mut Harness) -> Outcome {
    let raw = h.hook(Domain::Raw)?;
    for size in [0, 1, 100, 512, 513, 600, 5000, 100_000, 1 << 20] {
        let mut block = h.malloc(size)?;
        usable(&mut block)?;
        h.realloc(&mut block, size + 600)?;
        h.realloc(&mut block, size / 2)?;
        let zeroed = h.calloc(3, size / 3)?;
        h.free_all([block, zeroed])?;
        let calls = raw.arrivals().len();
        expect(calls == 0, || (format!("raw is not called for {size} bytes"), format!("it is, {calls} times")))?;
    }
    h.unhook(raw)
}

/// Each domain has functions of its own.
pub fn apart(h: &mut Harness) -> Outcome {
    let malloc = |domain| h.allocator_of(domain).map(|table| words(&table)[1]);
    let (raw, mem, obj) = (malloc(Domain::Raw)?, malloc(Domain::Mem)?, malloc(Domain::Obj)?);
    expect(raw != mem && raw != obj, || ("raw has a malloc of its own".into(), "it has that of mem or obj".into()))?;
    expect(mem != obj, || ("mem and obj have a malloc each".into(), "they have the same".into()))
}
