//! From thousands of steps to the few that matter.
//!
//! Everything is tried by making the steps again, in a fresh process each time, and is kept if they still fail in the
//! same way. It ends when nothing more can go, or when time is up; the best so far is what counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use crate::tape::{Act, Step};

/// More calls than this are not read by anybody: they are written as loops, if that shows the same.
pub const READABLE: usize = 20;
/// From so many steps on it is tried first whether their number is what matters.
const MANY: usize = 300;
/// Sizes that say something to a reader, to be tried in the place of others.
const PLAIN: [u64; 14] = [1, 8, 16, 24, 32, 48, 64, 100, 128, 256, 512, 513, 1000, 4096];

/// Requests, each so many times, that leave an allocator nothing.
const LEFT: [(u64, u64); 4] = [(64 << 10, 64), (4 << 10, 64), (512, 256), (16, 1 << 12)];

/// Makes steps again; whether they fail in the same way.
pub trait Replay {
    /// Tries them.
    fn fails(&mut self, steps: &[Step]) -> Option<Failed>;
}

/// Steps fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// How many of them it took.
    pub count: usize,
    /// The blocks of which something is found: none, one, or two that share a byte.
    pub blocks: [Option<u32>; 2],
}

/// The fewest steps found that still fail; those that are given do.
pub fn shrink(steps: Vec<Step>, replay: &mut impl Replay, until: Instant) -> Vec<Step> {
    let mut search = Search { replay, until, best: sound(&steps), blocks: [None; 2] };
    let start = search.best.clone();
    if !search.keeps(&start) {
        return steps;
    }
    search.go_on_in_one_thread();
    if search.best.len() > MANY {
        search.keep_end();
    }
    if search.best.len() > MANY {
        search.write_as_loops();
    }
    search.drop_blocks();
    search.drop_steps();
    if calls(&search.best) > READABLE {
        search.write_as_loops();
        search.drop_steps();
    }
    search.use_fewer_threads();
    search.repeat_less();
    search.ask_at_once();
    search.make_plain();
    search.drop_steps();
    search.best
}

/// Calls that a reader has to follow; a loop is one of malloc, and perhaps one of free.
pub fn calls(steps: &[Step]) -> usize {
    steps.iter().map(|step| if step.act == Act::Churn { 2 } else { usize::from(step.act.calls()) }).sum()
}

struct Search<'r, R> {
    replay: &'r mut R,
    until: Instant,
    best: Vec<Step>,
    /// The blocks of which something is found.
    blocks: [Option<u32>; 2],
}

impl<R: Replay> Search<'_, R> {
    /// Tries steps, and keeps them if they fail: as many as it took.
    fn keeps(&mut self, steps: &[Step]) -> bool {
        if Instant::now() >= self.until {
            return false;
        }
        let steps = sound(steps);
        match self.replay.fails(&steps) {
            Some(Failed { count, blocks }) => {
                self.best = steps[..count.min(steps.len())].to_vec();
                self.blocks = blocks;
                true
            }
            None => false,
        }
    }

    /// Has one thread do everything.
    fn go_on_in_one_thread(&mut self) {
        if self.best.iter().any(|step| step.thread != 0) {
            let steps: Vec<Step> = self.best.iter().map(|step| Step { thread: 0, ..*step }).collect();
            self.keeps(&steps);
        }
    }

    /// Has the first thread do what any other one does, and then each single step.
    fn use_fewer_threads(&mut self) {
        let threads: BTreeSet<u16> = self.best.iter().map(|step| step.thread).filter(|thread| *thread != 0).collect();
        for thread in threads.into_iter().rev() {
            let by_first = |step: &Step| if step.thread == thread { Step { thread: 0, ..*step } } else { *step };
            let steps: Vec<Step> = self.best.iter().map(by_first).collect();
            self.keeps(&steps);
        }
        for at in 0..self.best.len() {
            if let Some(step) = self.best.get(at).copied().filter(|step| step.thread != 0) {
                self.keeps_with(at, Step { thread: 0, ..step });
            }
        }
    }

    /// Drops all but the last steps, and what made their blocks.
    fn keep_end(&mut self) {
        let all = self.best.clone();
        let mut length = MANY / 8;
        while length < all.len() && Instant::now() < self.until {
            let (head, tail) = all.split_at(all.len() - length);
            let held = of_blocks_in(tail, self.blocks, head);
            if self.keeps(&[&held, tail].concat()) || self.keeps(tail) {
                return;
            }
            length *= 2;
        }
    }

    /// Drops all steps of some blocks, halves first.
    fn drop_blocks(&mut self) {
        let blocks = |steps: &[Step]| -> Vec<u32> {
            let named = steps.iter().filter(|step| step.act.makes() || step.act.takes()).map(|step| step.block);
            named.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let mut size = blocks(&self.best).len().div_ceil(2);
        while size > 0 && Instant::now() < self.until {
            let mut at = 0;
            loop {
                let all = blocks(&self.best);
                if at >= all.len() {
                    break;
                }
                let gone = &all[at..(at + size).min(all.len())];
                let stays =
                    |step: &&Step| !(step.act.makes() || step.act.takes()) || gone.binary_search(&step.block).is_err();
                let rest: Vec<Step> = self.best.iter().filter(stays).copied().collect();
                if !self.keeps(&rest) {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    /// Drops steps, halves first, until no single one can go.
    fn drop_steps(&mut self) {
        let mut size = self.best.len().div_ceil(2);
        while size > 0 && Instant::now() < self.until {
            let before = self.best.len();
            // From the end: what is done to a block goes before what makes it.
            let mut end = self.best.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let rest = [&self.best[..start], &self.best[end..]].concat();
                if rest.is_empty() || !self.keeps(&rest) {
                    end = start;
                } else {
                    end = start.min(self.best.len());
                }
            }
            // Once more with single steps if some went: others may now.
            size = if size == 1 && self.best.len() < before { 1 } else { size / 2 };
        }
    }

    /// Puts loops in the place of all but the last steps: for defects that show after so many calls.
    fn write_as_loops(&mut self) {
        let all = self.best.clone();
        for tail in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256] {
            let Some(cut) = all.len().checked_sub(tail) else { return };
            let (head, tail) = all.split_at(cut);
            let held = of_blocks_in(tail, self.blocks, head);
            if held.len() > READABLE {
                continue;
            }
            let wanted = all.iter().find(|step| step.act.makes() && self.blocks.contains(&Some(step.block)));
            for loops in loops_like(head, wanted.map(Step::bytes)) {
                for candidate in [[&loops[..], &held, tail].concat(), [&held[..], &loops, tail].concat()] {
                    if self.keeps(&candidate) {
                        return;
                    }
                    if Instant::now() >= self.until {
                        return;
                    }
                }
            }
        }
    }

    /// Loops of fewer rounds, as few as will do.
    fn repeat_less(&mut self) {
        for at in 0..self.best.len() {
            let is_loop = |step: &Step| matches!(step.act, Act::Churn | Act::Hold | Act::Bounce);
            let Some(step) = self.best.get(at).copied().filter(is_loop) else { continue };
            let (mut too_few, mut enough) = (0, step.more);
            while too_few + 1 < enough {
                let middle = too_few + (enough - too_few) / 2;
                let mut steps = self.best.clone();
                steps[at].more = middle;
                let length = steps.len();
                if self.keeps(&steps) {
                    enough = middle;
                    if self.best.len() < length {
                        break;
                    }
                } else {
                    too_few = middle;
                }
            }
        }
    }

    /// Requests for the size to which a block is resized later.
    fn ask_at_once(&mut self) {
        let mut at = self.best.len();
        while at > 0 {
            at -= 1;
            let Some(step) = self.best.get(at).copied().filter(|step| step.act == Act::Realloc) else { continue };
            let is_maker = |maker: &Step| maker.act.makes() && maker.block == step.block;
            let Some(maker) = self.best[..at].iter().position(is_maker) else { continue };
            let mut steps = self.best.clone();
            steps.remove(at);
            let Step { act, .. } = steps[maker];
            let (size, more) = if act == Act::Calloc { (1, step.size) } else { (step.size, 0) };
            steps[maker] = Step { size, more, ..steps[maker] };
            self.keeps(&steps);
        }
    }

    /// Sizes that say something, and malloc where any request will do.
    fn make_plain(&mut self) {
        for at in 0..self.best.len() {
            let Some(step) = self.best.get(at).copied() else { break };
            if step.act == Act::Calloc {
                let plainer = [
                    Step { act: Act::Malloc, size: step.bytes(), more: 0, ..step },
                    Step { size: 1, more: step.bytes(), ..step },
                ];
                plainer.into_iter().any(|plain| self.keeps_with(at, plain));
            }
            if step.act == Act::ReallocNull {
                self.keeps_with(at, Step { act: Act::Malloc, ..step });
            }
            let Some(step) = self.best.get(at).copied() else { break };
            let sizable = step.act != Act::Fill && step.act != Act::Free && step.bytes() < 1 << 40;
            let of_size = |size: u64| match step.act {
                Act::Calloc => Step { size: 1, more: size, ..step },
                _ => Step { size, ..step },
            };
            if sizable {
                PLAIN
                    .into_iter()
                    .filter(|plain| *plain < step.bytes())
                    .any(|plain| self.keeps_with(at, of_size(plain)));
            }
        }
    }

    fn keeps_with(&mut self, at: usize, step: Step) -> bool {
        let mut steps = self.best.clone();
        if steps.get(at).is_none_or(|before| *before == step) {
            return false;
        }
        steps[at] = step;
        self.keeps(&steps)
    }
}

/// The same steps with blocks and threads numbered in the order in which they come, without what is done to none or has
/// no effect, with blocks filled whole, and with hooks lifted before others are laid.
pub fn sound(steps: &[Step]) -> Vec<Step> {
    let mut threads: Vec<u16> = vec![0];
    let mut alive: BTreeSet<u16> = BTreeSet::new();
    let (mut squeezed, mut laid) = (false, false);
    let mut current: HashMap<u32, (u32, u64)> = HashMap::new();
    let mut next = 0;
    let mut out = Vec::with_capacity(steps.len());
    for step in steps {
        let mut step = *step;
        let known = threads.iter().position(|thread| *thread == step.thread);
        let has_effect = match step.act {
            Act::EndThread => alive.remove(&step.thread),
            Act::Squeeze => squeezed != (step.size > 0),
            Act::Unhook => laid,
            _ => true,
        };
        if !has_effect {
            continue;
        }
        match step.act {
            Act::Squeeze => squeezed = step.size > 0,
            Act::Hook => {
                out.extend(laid.then_some(Step { act: Act::Unhook, size: 0, ..step }));
                laid = true;
            }
            Act::Unhook => laid = false,
            _ if step.act.calls() && step.thread != 0 => drop(alive.insert(step.thread)),
            _ => {}
        }
        step.thread = known.unwrap_or_else(|| {
            threads.push(step.thread);
            threads.len() - 1
        }) as u16;
        if step.act.makes() {
            current.insert(step.block, (next, step.bytes()));
            step.block = next;
            next += 1;
        } else if step.act.takes() {
            let Some((name, size)) = current.get_mut(&step.block) else { continue };
            let key = step.block;
            step.block = *name;
            match step.act {
                Act::Realloc => *size = step.size,
                Act::Fill if step.size >= *size && *size > 0 => step.size = u64::MAX,
                Act::Free => {
                    current.remove(&key);
                }
                _ => {}
            }
        }
        out.push(step);
    }
    out
}

/// The steps of `head` that are done to blocks which `tail` uses and does not make, or to those of which something is
/// found.
fn of_blocks_in(tail: &[Step], found: [Option<u32>; 2], head: &[Step]) -> Vec<Step> {
    let named = tail.iter().filter(|step| step.act.makes() || step.act.takes()).map(|step| step.block);
    let used: BTreeSet<u32> = named.chain(found.into_iter().flatten()).collect();
    let is_of = |step: &&Step| (step.act.makes() || step.act.takes()) && used.contains(&step.block);
    let all: Vec<Step> = head.iter().filter(is_of).copied().collect();
    // Resizes are left out where they are many: a loop has them.
    let resizes = all.iter().filter(|step| step.act == Act::Realloc).count();
    all.into_iter().filter(|step| resizes <= READABLE || step.act.makes()).collect()
}

/// Loops that call as often as these steps do, in some ways.
fn loops_like(steps: &[Step], size: Option<u64>) -> Vec<Vec<Step>> {
    let made = steps.iter().filter(|step| step.act.makes());
    let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
    made.clone().for_each(|step| *sizes.entry(step.bytes()).or_default() += 1);
    let common = sizes.iter().max_by_key(|(_, count)| **count).map(|(size, _)| *size);
    let Some(like) = made.clone().next_back().copied() else { return Vec::new() };
    let made = made.count() as u64;
    let freed = steps.iter().filter(|step| step.act == Act::Free).count() as u64;
    let held = made.saturating_sub(freed);
    let all = calls(steps) as u64;
    let mut sizes: Vec<u64> =
        [size, Some(16), common, Some(like.bytes())].into_iter().flatten().filter(|size| *size < 1 << 20).collect();
    sizes.dedup();
    let mut out = Vec::new();
    // Where the system refuses memory, what the allocator has left is taken from it.
    let squeeze = steps.iter().rev().find(|step| step.act == Act::Squeeze).filter(|step| step.size > 0);
    out.extend(squeeze.map(|squeeze| {
        let of_these = sizes.iter().map(|size| (*size, LEFT[LEFT.len() - 1].1));
        let loops = LEFT.into_iter().chain(of_these);
        let loops = loops.map(|(size, more)| Step { act: Act::Hold, size, more, block: u32::MAX, ..like });
        std::iter::once(*squeeze).chain(loops).collect()
    }));
    for size in sizes {
        let step = |act, more| Step { act, size, more, block: u32::MAX, ..like };
        let (churn, hold) = (|more| step(Act::Churn, more), |more| step(Act::Hold, more));
        let ways = [
            vec![churn(made)],
            vec![hold(held)],
            vec![hold(made)],
            vec![hold(held), churn(freed)],
            vec![churn(freed), hold(held)],
            vec![churn(all)],
        ];
        let mut ways = ways.to_vec();
        // A block that is resized again and again.
        let mut resized: BTreeMap<u32, u64> = BTreeMap::new();
        let resizes = steps.iter().filter(|step| step.act == Act::Realloc);
        resizes.for_each(|step| *resized.entry(step.block).or_default() += 1);
        if let Some((block, count)) =
            resized.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 16)
        {
            ways.push(vec![Step { act: Act::Bounce, size: size.max(2), more: count, block, ..like }]);
        }
        out.extend(ways.into_iter().filter(|way| way.iter().all(|step| step.more > 0)));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pymem_spec::Domain;

    use super::*;

    fn step(act: Act, block: u32, size: u64) -> Step {
        Step { act, domain: Domain::Raw, thread: 0, block, size, more: 0 }
    }

    /// Fails by a rule over steps.
    struct Rule<F>(F, usize);

    impl<F: Fn(&[Step]) -> bool> Replay for Rule<F> {
        fn fails(&mut self, steps: &[Step]) -> Option<Failed> {
            self.1 += 1;
            let count = (1..=steps.len()).find(|count| (self.0)(&steps[..*count]))?;
            Some(Failed { count, blocks: [None; 2] })
        }
    }

    fn shrunk(steps: Vec<Step>, rule: impl Fn(&[Step]) -> bool) -> Vec<Step> {
        shrink(steps, &mut Rule(rule, 0), Instant::now() + Duration::from_secs(20))
    }

    /// Many blocks, each made, filled and freed some steps later.
    fn program(count: u32) -> Vec<Step> {
        (0..count)
            .flat_map(|block| {
                let free = block.checked_sub(5).map(|old| step(Act::Free, old, 0));
                let size = 16 + u64::from(block % 100);
                [step(Act::Malloc, block, size), step(Act::Fill, block, size)].into_iter().chain(free)
            })
            .collect()
    }

    #[test]
    fn an_order_of_frees_is_found() {
        // The defect: block 70 is freed after block 72.
        let mut steps = program(200);
        let at = |steps: &[Step], block| steps.iter().position(|s| s.act == Act::Free && s.block == block);
        let (one, other) = (at(&steps, 70).unwrap(), at(&steps, 72).unwrap());
        steps.swap(one, other);
        let size_of = |steps: &[Step], block| steps.iter().find(|s| s.act.makes() && s.block == block).map(Step::bytes);
        let rule = move |steps: &[Step]| {
            let frees: Vec<_> =
                steps.iter().filter(|s| s.act == Act::Free).filter_map(|s| size_of(steps, s.block)).collect();
            let places = [88, 86].map(|size| frees.iter().position(|found| *found == size));
            matches!(places, [Some(first), Some(second)] if first < second)
        };
        let small = shrunk(steps, rule);
        assert_eq!(calls(&small), 4);
        assert_eq!(small.iter().map(|s| s.block).collect::<BTreeSet<_>>(), BTreeSet::from([0, 1]));
    }

    #[test]
    fn what_one_thread_can_do_one_does() {
        // The defect: a block that another thread made is freed by the first.
        let by = |thread, act, block| Step { thread, ..step(act, block, 16) };
        let steps: Vec<Step> = (0..9)
            .flat_map(|block| {
                [by(4, Act::Malloc, block), by(7, Act::EndThread, 0), by(block as u16 % 3, Act::Free, block)]
            })
            .collect();
        let rule = |steps: &[Step]| {
            let maker = |free: &Step| steps.iter().find(|step| step.act.makes() && step.block == free.block);
            steps
                .iter()
                .any(|free| free.act == Act::Free && maker(free).is_some_and(|maker| maker.thread != free.thread))
        };
        let small = shrunk(steps, rule);
        assert_eq!(
            small.iter().map(|step| (step.act, step.thread)).collect::<Vec<_>>(),
            [(Act::Malloc, 1), (Act::Free, 0)]
        );
        let one =
            shrunk(program(9).into_iter().map(|step| Step { thread: 5, ..step }).collect(), |steps| calls(steps) > 1);
        assert!(one.iter().all(|step| step.thread == 0), "{one:?}");
    }

    #[test]
    fn what_is_taken_from_an_allocator_becomes_loops() {
        // The defect: a resize is refused when a thousand blocks were asked for under a squeeze.
        let mut steps = vec![step(Act::Malloc, 0, 64), step(Act::Squeeze, 0, 1)];
        steps.extend((1..1200).map(|block| step(Act::Malloc, block, 48)));
        steps.push(step(Act::Realloc, 0, 80));
        let rule = |steps: &[Step]| {
            let mut squeezed = false;
            let mut asked = 0;
            steps.iter().any(|step| {
                match step.act {
                    Act::Squeeze => squeezed = step.size > 0,
                    Act::Malloc if squeezed => asked += 1,
                    Act::Hold if squeezed => asked += step.more,
                    _ => {}
                }
                step.act == Act::Realloc && asked >= 1000
            })
        };
        let small = shrunk(steps, rule);
        assert!(calls(&small) <= 3 && small.iter().any(|step| step.act == Act::Squeeze), "{small:?}");
    }

    #[test]
    fn what_shows_after_many_calls_becomes_a_loop() {
        let made = |steps: &[Step]| -> u64 {
            let count =
                |s: &Step| if matches!(s.act, Act::Churn | Act::Hold) { s.more } else { u64::from(s.act.makes()) };
            steps.iter().map(count).sum()
        };
        let small = shrunk(program(3000), |steps| made(steps) >= 2500 && steps.last().is_some_and(|s| s.act.makes()));
        assert!(calls(&small) <= 4, "{small:?}");
        assert_eq!(made(&small), 2500);
    }

    #[test]
    fn a_block_that_is_resized_often_becomes_a_loop() {
        let resizes = (0..2000).map(|round| step(Act::Realloc, 3, 16 + round % 100));
        let steps: Vec<_> = [step(Act::Malloc, 3, 9)].into_iter().chain(resizes).collect();
        let count = |steps: &[Step]| -> u64 {
            steps
                .iter()
                .map(|s| match s.act {
                    Act::Realloc => 1,
                    Act::Bounce => s.more,
                    _ => 0,
                })
                .sum()
        };
        let small = shrunk(steps, |steps| steps[0].act.makes() && count(steps) >= 1500);
        assert!(calls(&small) <= 3, "{} calls", calls(&small));
    }

    #[test]
    fn sizes_become_plain() {
        let steps = vec![step(Act::Malloc, 3, 777), step(Act::Fill, 3, 777), step(Act::Realloc, 3, 999)];
        let small = shrunk(steps, |steps| steps.iter().any(|s| s.act == Act::Realloc && s.size > 512));
        assert_eq!(small, [step(Act::Malloc, 0, 1), step(Act::Realloc, 0, 513)]);
    }

    #[test]
    fn what_does_not_fail_again_stays_as_it_is() {
        assert_eq!(shrunk(program(10), |_| false), program(10));
    }

    #[test]
    fn names_that_come_again_are_told_apart() {
        let steps = [step(Act::Malloc, 0, 8), step(Act::Malloc, 0, 9), step(Act::Free, 0, 0), step(Act::Free, 0, 0)];
        let names: Vec<_> = sound(&steps).iter().map(|s| (s.act, s.block)).collect();
        assert_eq!(names, [(Act::Malloc, 0), (Act::Malloc, 1), (Act::Free, 1)]);
    }
}
