//! Which situations random programs have brought about: a request or a free of a size, after another one, with so many
//! blocks live, and with something around it. What is rare is sought out.

use crate::tape::Act;

/// The calls that are told apart, and one for the beginning.
const ACTS: [Act; 5] = [Act::Malloc, Act::Calloc, Act::Realloc, Act::ReallocNull, Act::Free];
/// The largest size of each class; the last has none.
const LARGEST: [usize; 13] = [0, 8, 16, 32, 64, 128, 256, 511, 512, 1024, 4096, 32 << 10, 128 << 10];
/// The most live blocks of each state; the last has none.
const LIVE: [usize; 3] = [8, 64, 512];

const CLASSES: usize = LARGEST.len() + 1;
const PLACES: usize = 4;
const STATES: usize = LIVE.len() + 1;
/// All combinations.
pub const SITUATIONS: usize = Around::ALL.len() * (ACTS.len() + 1) * ACTS.len() * CLASSES * PLACES * STATES;

/// What is around a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// Nothing in particular.
    Nothing,
    /// Another thread than the first makes it.
    Thread,
    /// The system refuses memory.
    Squeeze,
    /// A hook lies over a domain.
    Hook,
}

impl Around {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Thread, Self::Squeeze, Self::Hook];
}

/// A situation: a call of a size, after another one, among live blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The call before; none at the beginning.
    pub before: Option<Act>,
    /// The call.
    pub act: Act,
    /// The class of its size.
    class: usize,
    /// Where the size stands between two multiples of 16.
    place: usize,
    /// How many blocks are live.
    state: usize,
    /// What is around it.
    pub around: Around,
}

impl Situation {
    /// That of a call; `None` if it is none of those that are told apart.
    fn of(around: Around, before: Option<Act>, act: Act, size: usize, live: usize) -> Option<Self> {
        ACTS.contains(&act).then(|| Self {
            before: before.filter(|before| ACTS.contains(before)),
            act,
            class: class_of(size),
            place: place_of(size),
            state: LIVE.iter().position(|most| live <= *most).unwrap_or(STATES - 1),
            around,
        })
    }

    /// Its number, below [`SITUATIONS`].
    pub fn number(&self) -> usize {
        let place = |act: Act| ACTS.iter().position(|known| *known == act).unwrap_or(0);
        let before = self.before.map_or(ACTS.len(), place);
        let calls = (self.around as usize * (ACTS.len() + 1) + before) * ACTS.len() + place(self.act);
        ((calls * CLASSES + self.class) * PLACES + self.place) * STATES + self.state
    }

    /// The situation of a number; `None` for one that cannot come about.
    pub fn from_number(number: usize) -> Option<Self> {
        let (rest, state) = (number / STATES, number % STATES);
        let (rest, place) = (rest / PLACES, rest % PLACES);
        let (rest, class) = (rest / CLASSES, rest % CLASSES);
        let (rest, act) = (rest / ACTS.len(), rest % ACTS.len());
        let (around, before) = (rest / (ACTS.len() + 1), rest % (ACTS.len() + 1));
        let around = *Around::ALL.get(around)?;
        let situation = Self { before: ACTS.get(before).copied(), act: ACTS[act], class, place, state, around };
        situation.sizes().next().is_some().then_some(situation)
    }

    /// Some of its sizes, at most 128 KiB more than its class begins with.
    pub fn sizes(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { class, place, .. } = *self;
        let first = class.checked_sub(1).map_or(0, |before| LARGEST[before] + 1);
        let last = LARGEST.get(class).copied().unwrap_or(first + (128 << 10));
        // Of a large class the beginning and the end.
        let ends = (first..=last.min(first + 64)).chain(last.saturating_sub(64).max(first + 65)..=last);
        ends.filter(move |size| place_of(*size) == place)
    }

    /// The fewest and the most blocks that are live.
    pub fn live(&self) -> (usize, usize) {
        let fewest = self.state.checked_sub(1).map_or(0, |before| LIVE[before] + 1);
        (fewest, LIVE.get(self.state).copied().unwrap_or(fewest + 256))
    }
}

fn class_of(size: usize) -> usize {
    LARGEST.iter().position(|largest| size <= *largest).unwrap_or(CLASSES - 1)
}

/// At a multiple of 16, just above, just below, or between.
fn place_of(size: usize) -> usize {
    match size % 16 {
        0 => 0,
        1 => 1,
        15 => 2,
        _ => 3,
    }
}

/// How often each situation came about.
#[derive(Clone, Debug)]
pub struct Coverage {
    counts: Vec<u32>,
    /// Those that are sought.
    sought: Vec<usize>,
    before: Option<Act>,
    around: Around,
}

impl Coverage {
    /// Nothing so far, where this can be around a call.
    pub fn of(around: &[Around]) -> Self {
        let is_sought = |number: &usize| is_sought(*number).is_some_and(|situation| around.contains(&situation.around));
        let sought = (0..SITUATIONS).filter(is_sought).collect();
        Self { counts: vec![0; SITUATIONS], sought, before: None, around: Around::Nothing }
    }

    /// Notes a call while so many blocks are live.
    pub fn note(&mut self, act: Act, size: usize, live: usize) {
        if let Some(situation) = Situation::of(self.around, self.before, act, size, live) {
            let count = &mut self.counts[situation.number()];
            *count = count.saturating_add(1);
        }
        self.before = Some(act);
    }

    /// A program begins.
    pub fn begin(&mut self) {
        (self.before, self.around) = (None, Around::Nothing);
    }

    /// This is around the calls from now on.
    pub fn surround(&mut self, around: Around) {
        self.around = around;
    }

    /// How often the situation of a number came about.
    pub fn count(&self, number: usize) -> u32 {
        self.counts[number]
    }

    /// Situations that came about, of those that can.
    pub fn exercised(&self) -> usize {
        self.sought.iter().filter(|number| self.counts[**number] > 0).count()
    }

    /// Situations that can come about.
    pub fn possible(&self) -> usize {
        self.sought.len()
    }

    /// One of the rarest situations.
    pub fn rarest(&self, rng: &mut fastrand::Rng) -> usize {
        // The rarest of some: programs bring about others by the way.
        let some = (0..64).map(|_| self.sought[rng.usize(..self.sought.len())]);
        some.min_by_key(|number| self.counts[*number]).unwrap_or(0)
    }
}

/// The situation of a number, if it can be brought about in the middle of a program.
fn is_sought(number: usize) -> Option<Situation> {
    Situation::from_number(number).filter(|situation| situation.before.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_situation_has_a_number() {
        let situation = Situation::of(Around::Squeeze, Some(Act::Free), Act::Realloc, 513, 70).unwrap();
        assert_eq!(Situation::from_number(situation.number()), Some(situation));
        let known: Vec<_> = (0..SITUATIONS).filter_map(Situation::from_number).collect();
        assert!(known.iter().all(|situation| Situation::from_number(situation.number()) == Some(*situation)));
        // Of size 0 and of size 512 there is one place each.
        assert!(known.len() < SITUATIONS && known.len() > SITUATIONS / 2);
    }

    #[test]
    fn sizes_and_live_blocks_are_those_of_the_situation() {
        for number in 0..SITUATIONS {
            let Some(situation) = Situation::from_number(number) else { continue };
            let (fewest, most) = situation.live();
            for size in situation.sizes().take(3) {
                for live in [fewest, most] {
                    assert_eq!(
                        Situation::of(situation.around, situation.before, situation.act, size, live),
                        Some(situation)
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_rare_is_sought() {
        let mut coverage = Coverage::of(&Around::ALL);
        for _ in 0..10 {
            coverage.note(Act::Malloc, 16, 0);
        }
        assert_eq!(coverage.exercised(), 1);
        let mut rng = fastrand::Rng::with_seed(1);
        assert!((0..50).all(|_| coverage.counts[coverage.rarest(&mut rng)] == 0));
    }
}
