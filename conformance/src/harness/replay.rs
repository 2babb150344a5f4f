//! Steps made again, each verified by what holds for every block.

use super::expect::aligned;
use super::{Apart, Block, Harness, Outcome, Stop};
use crate::oracle::alignment::required_alignment;
use crate::tape::{Act, Fault, Finding, Step, byte, looked_at};

/// No machine has an address space that holds this much.
const NOWHERE: u64 = 1 << 47;
/// A refusal of no more than this is a fault ...
const SMALL: u64 = 1 << 10;
/// ... while no more than this is held.
const LITTLE: u64 = 64 << 10;

/// Makes steps again.
///
/// # Errors
/// What stopped it; the verdict tells where a fault was found.
pub fn run(h: &mut Harness, steps: &[Step]) -> Outcome {
    let mut replay =
        Replay { live: Blocks::default(), apart: Apart::default(), cap: h.param("alignment-cap") as usize, held: 0 };
    for (at, step) in steps.iter().enumerate() {
        if let Some((block, fault)) = replay.step(h, step)? {
            return Err(found(h, at, block, fault));
        }
    }
    match replay.first_changed() {
        Some(block) => Err(found(h, steps.len().saturating_sub(1), block, Fault::Changed(false))),
        None => Ok(()),
    }
}

fn found(h: &mut Harness, step: usize, block: u32, fault: Fault) -> Stop {
    h.finding = Some(Finding { step, block, fault });
    Stop::fail("what holds for every block", "a fault")
}

/// A block with which something is wrong.
type Wrong = Option<(u32, Fault)>;

struct Live {
    block: Block,
    /// Bytes that carry the pattern.
    filled: usize,
    /// Bytes that are zero since calloc, and were not written to.
    zero: usize,
}

/// Live blocks by their numbers, which are small.
#[derive(Default)]
struct Blocks(Vec<Option<Live>>);

impl Blocks {
    fn insert(&mut self, name: u32, live: Live) {
        let name = name as usize;
        if self.0.len() <= name {
            self.0.resize_with(name + 1, || None);
        }
        self.0[name] = Some(live);
    }

    fn remove(&mut self, name: u32) -> Option<Live> {
        self.0.get_mut(name as usize)?.take()
    }

    fn get_mut(&mut self, name: u32) -> Option<&mut Live> {
        self.0.get_mut(name as usize)?.as_mut()
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &Live)> {
        self.0.iter().enumerate().filter_map(|(name, live)| Some((name as u32, live.as_ref()?)))
    }
}

struct Replay {
    live: Blocks,
    apart: Apart,
    cap: usize,
    held: u64,
}

impl Replay {
    fn step(&mut self, h: &mut Harness, step: &Step) -> Result<Wrong, Stop> {
        let size = step.size as usize;
        h.go_on_in(step.thread);
        h.in_domain(step.domain, |h| match step.act {
            Act::Malloc => {
                let block = h.try_malloc(size)?;
                Ok(self.enter(h, step, block, 0))
            }
            Act::Calloc => {
                let block = h.try_calloc(size, step.more as usize)?;
                // A block of nothing has a byte, but not under debug hooks.
                let least = usize::from(!h.subject().launch.configuration.has_hooks());
                let zero = block.as_ref().map_or(0, |block| block.size.max(least));
                Ok(self.enter(h, step, block, zero))
            }
            Act::ReallocNull => {
                let block = h.try_realloc_null(size)?;
                Ok(self.enter(h, step, block, 0))
            }
            Act::Realloc => self.realloc(h, step),
            Act::Free => self.free(h, step),
            Act::FreeNull => h.free_null().map(|()| None),
            Act::Fill => Ok(self.fill(step)),
            Act::Churn => {
                for _ in 0..step.more {
                    if let Some(block) = h.try_malloc(size)? {
                        h.free(block)?;
                    }
                }
                Ok(None)
            }
            Act::Bounce => {
                for time in 0..step.more {
                    let once = Step { act: Act::Realloc, size: step.size.saturating_sub(time % 2), ..*step };
                    if let Some(wrong) = self.realloc(h, &once)? {
                        return Ok(Some(wrong));
                    }
                }
                Ok(None)
            }
            Act::Hold => {
                for _ in 0..step.more {
                    h.try_malloc(size)?;
                }
                Ok(None)
            }
            Act::EndThread => {
                h.end_thread(step.thread);
                Ok(None)
            }
            Act::Squeeze => {
                h.squeeze(size > 0);
                Ok(None)
            }
            Act::Hook => h.lay(step.domain, step.size).map(|()| None),
            Act::Unhook => h.lift().map(|()| None),
        })
    }

    /// A block that was asked for, or NULL.
    fn enter(&mut self, h: &Harness, step: &Step, block: Option<Block>, zero: usize) -> Wrong {
        let asked = step.bytes();
        let Some(block) = block else {
            self.live.remove(step.block);
            let little = asked <= SMALL && self.held <= LITTLE;
            return (!h.may_refuse() && (asked == 0 || little)).then_some((step.block, Fault::Refused));
        };
        if asked >= NOWHERE {
            return Some((step.block, Fault::Served));
        }
        self.held = self.held.saturating_add(asked);
        let wrong = self.misplaced(step.block, &block);
        let live = Live { block, filled: 0, zero };
        let wrong = wrong.or_else(|| (!is_zero(&live)).then_some((step.block, Fault::NotZero)));
        self.live.insert(step.block, live);
        wrong
    }

    /// Whether a block stands where no other one does, and as its size demands.
    fn misplaced(&mut self, name: u32, block: &Block) -> Wrong {
        if aligned(block, self.cap).is_err() {
            return Some((name, Fault::Misaligned(required_alignment(block.size, self.cap) as u32)));
        }
        if self.apart.insert(block).is_ok() {
            return None;
        }
        let meets = |other: &Live| {
            let (one, two) = (block.address..block.address + block.size.max(1), &other.block);
            one.start < two.address + two.size.max(1) && two.address < one.end
        };
        let other = self.live.iter().find(|(_, other)| meets(other)).map(|(name, _)| name);
        Some((name, Fault::Overlaps(other.unwrap_or(name))))
    }

    fn realloc(&mut self, h: &mut Harness, step: &Step) -> Result<Wrong, Stop> {
        let Some(mut live) = self.live.remove(step.block) else { return Ok(None) };
        if changed(step.block, &live) {
            return Ok(Some((step.block, Fault::Changed(false))));
        }
        self.apart.remove(&live.block);
        let before = live.block.size;
        let resized = h.try_realloc(&mut live.block, step.size as usize)?;
        if resized {
            live.filled = live.filled.min(live.block.size);
            live.zero = live.zero.min(live.block.size);
            self.held = self.held.saturating_add(step.size).saturating_sub(before as u64);
        }
        let name = step.block;
        let wrong = match resized {
            true if step.size >= NOWHERE => Some((name, Fault::Served)),
            false if step.size == 0 && !h.may_refuse() => Some((name, Fault::Refused)),
            _ if changed(name, &live) => Some((name, Fault::Changed(true))),
            _ if !is_zero(&live) => Some((name, Fault::NotZero)),
            _ => self.misplaced(name, &live.block),
        };
        self.live.insert(name, live);
        Ok(wrong)
    }

    fn free(&mut self, h: &mut Harness, step: &Step) -> Result<Wrong, Stop> {
        let Some(live) = self.live.remove(step.block) else { return Ok(None) };
        if changed(step.block, &live) {
            self.live.insert(step.block, live);
            return Ok(Some((step.block, Fault::Changed(false))));
        }
        self.apart.remove(&live.block);
        self.held = self.held.saturating_sub(live.block.size as u64);
        h.free(live.block)?;
        Ok(None)
    }

    fn fill(&mut self, step: &Step) -> Wrong {
        let live = self.live.get_mut(step.block)?;
        let size = step.size as usize;
        // A block of nothing is written to as if it had a byte.
        let mut block = part(&live.block, size.min(live.block.size.max(1)));
        let bytes = block.bytes_mut();
        for part in looked_at(bytes.len()) {
            for at in part {
                bytes[at] = byte(step.block, at);
            }
        }
        live.filled = bytes.len();
        live.zero = 0;
        lost(step.block, &block).then_some((step.block, Fault::Changed(false)))
    }

    fn first_changed(&self) -> Option<u32> {
        self.live.iter().find(|(name, live)| changed(*name, live)).map(|(name, _)| name)
    }
}

/// Whether a block has lost what was written to it.
fn changed(name: u32, live: &Live) -> bool {
    lost(name, &part(&live.block, live.filled))
}

/// Whether what calloc gave and nobody wrote to is zero.
fn is_zero(live: &Live) -> bool {
    let block = part(&live.block, live.zero);
    looked_at(live.zero).all(|part| block.bytes()[part].iter().all(|byte| *byte == 0))
}

/// The first bytes of a block.
fn part(block: &Block, size: usize) -> Block {
    Block::new(block.name, block.domain, block.address, size)
}

fn lost(name: u32, block: &Block) -> bool {
    let bytes = block.bytes();
    // Without a branch for each byte: good contents are the common case.
    let differs = |part: std::ops::Range<usize>| {
        let expected = part.clone().map(|at| byte(name, at));
        bytes[part].iter().zip(expected).fold(0, |differences, (found, expected)| differences | (found ^ expected))
    };
    looked_at(bytes.len()).any(|part| differs(part) != 0)
}
