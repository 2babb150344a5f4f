//! A short program that passes through every kind of request.

use pymem_spec::Domain;

use super::{Op, Program};

impl Program {
    /// Small blocks and large ones by each function, resizes within and across 512 bytes, up and down, of blocks from
    /// calloc too, and frees in between. No block is resized to zero bytes.
    pub fn script(domain: Domain) -> Self {
        let malloc = |slot, size| Op::Malloc { domain, slot, size };
        let calloc = |slot, nelem, elsize| Op::Calloc { domain, slot, nelem, elsize };
        let realloc = |slot, size| Op::Realloc { domain, slot, size };
        let free = |slot| Op::Free { slot };
        let ops = vec![
            malloc(0, 1),
            malloc(1, 16),
            malloc(2, 100),
            calloc(3, 3, 5),
            malloc(4, 512),
            calloc(5, 1, 513),
            malloc(6, 600),
            malloc(7, 5000),
            calloc(8, 100, 100),
            malloc(9, 40_000),
            malloc(10, 0),
            // Within a class, across classes, and across 512 bytes.
            realloc(2, 110),
            realloc(2, 400),
            realloc(2, 600),
            realloc(7, 300),
            realloc(7, 6000),
            realloc(9, 100),
            realloc(1, 512),
            realloc(1, 513),
            realloc(5, 2000),
            realloc(3, 60),
            realloc(10, 24),
            // Of nothing.
            realloc(11, 50),
            realloc(12, 2000),
            free(0),
            free(6),
            malloc(0, 488),
            malloc(6, 489),
            calloc(13, 512, 1),
            realloc(13, 8),
            free(4),
            calloc(4, 64, 8),
            realloc(8, 20_000),
            realloc(8, 20_001),
            realloc(8, 15),
            free(2),
            free(1),
            malloc(1, 64),
        ];
        Self { ops }
    }
}
