//! Released blocks.

use crate::harness::expect::{all_intact, intact};
use crate::harness::{Block, Harness, Outcome, Stop, boundary_sizes};

/// Freeing NULL does nothing.
pub fn null(h: &mut Harness) -> Outcome {
    h.free_null()?;
    let mut block = h.malloc(100)?;
    block.fill();
    for _ in 0..5000 {
        h.free_null()?;
    }
    intact(&block)?;
    h.free(block)
}

/// Blocks are freed in any order: as they came, in reverse, every other one
/// first, from the middle, shuffled.
pub fn any_order(h: &mut Harness) -> Outcome {
    const COUNT: usize = 300;
    type Order = fn(usize) -> usize;
    const ORDERS: [Order; 6] = [
        |index| index,
        |index| COUNT - 1 - index,
        |index| (index * 2) % COUNT + (index * 2) / COUNT,
        |index| (COUNT / 2 + index) % COUNT,
        |index| (index * 7) % COUNT,
        |index| (index * 151 + 43) % COUNT,
    ];
    const SIZES: [usize; 9] = [1, 16, 24, 40, 100, 256, 512, 600, 3000];
    let rounds = ORDERS.into_iter().flat_map(|order| SIZES.map(|size| (order, size)));
    h.sweep(rounds, |h, (order, size)| {
        let count = COUNT.min(120_000 / size);
        let mut blocks =
            (0..count).map(|index| by_any_function(h, size, index).map(Some)).collect::<Result<Vec<_>, _>>()?;
        blocks.iter_mut().flatten().for_each(Block::fill);
        for index in 0..COUNT {
            let Some(block) = blocks[order(index) % count].take() else { continue };
            intact(&block)?;
            h.free(block)?;
        }
        blocks.into_iter().flatten().try_for_each(|block| {
            intact(&block)?;
            h.free(block)
        })
    })
}

/// A block from each function in turn, and of changing size.
fn by_any_function(h: &mut Harness, size: usize, index: usize) -> Result<Block, Stop> {
    let size = size + index % 5;
    match index % 4 {
        0 => h.calloc(1, size),
        1 => h.realloc_null(size),
        2 => {
            let mut block = h.malloc(size / 2)?;
            h.realloc(&mut block, size)?;
            Ok(block)
        }
        _ => h.malloc(size),
    }
}

/// After blocks were freed, new requests are served and their blocks are whole.
pub fn reuse(h: &mut Harness) -> Outcome {
    h.sweep(boundary_sizes(), |h, size| {
        for hold in [1, 2, 5] {
            let mut live: Vec<Block> = Vec::new();
            for round in 0..30 {
                if live.len() == hold {
                    let block = live.remove(round % hold);
                    intact(&block)?;
                    h.free(block)?;
                }
                let mut block = h.malloc(size)?;
                block.fill();
                live.push(block);
            }
            all_intact(&live)?;
            h.free_all(live)?;
        }
        Ok(())
    })?;
    h.sweep((8..=600).step_by(8), reuse_by_larger)
}

/// What served one size must not serve a larger one, beside blocks that are
/// still live.
fn reuse_by_larger(h: &mut Harness, size: usize) -> Outcome {
    for larger in [size + 8, size + 16, size + size / 4, size * 2] {
        let mut live = filled(h, size, 12)?;
        let freed: Vec<Block> = (0..6).map(|index| live.remove(index)).collect();
        h.free_all(freed)?;
        let new = filled(h, larger, 6)?;
        all_intact(&live)?;
        // What is written beside these must not reach into those.
        h.free_all(live)?;
        let again = filled(h, size, 12)?;
        all_intact(&new)?;
        h.free_all(new)?;
        h.free_all(again)?;
    }
    Ok(())
}

fn filled(h: &mut Harness, size: usize, count: usize) -> Result<Vec<Block>, Stop> {
    let mut blocks = (0..count).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
    blocks.iter_mut().for_each(Block::fill);
    Ok(blocks)
}

/// Freeing a block touches no live one.
pub fn neighbours(h: &mut Harness) -> Outcome {
    h.sweep(boundary_sizes().chain([70_000, 140_000]), |h, size| {
        let mut blocks = filled(h, size, if size < 5000 { 24 } else { 6 })?;
        while let Some(block) = (!blocks.is_empty()).then(|| blocks.remove(blocks.len() / 2)) {
            h.free(block)?;
            all_intact(&blocks)?;
        }
        Ok(())
    })
}
