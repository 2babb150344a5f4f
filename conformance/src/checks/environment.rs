//! What `PYTHONMALLOC` and `PyPreConfig` choose. Every start is one of its own, in a fork of the check.

use pymem_spec::{Configuration, Domain};

use crate::harness::expect::expect;
use crate::harness::serving::Server;
use crate::harness::start::{Seclusion, Settled, Start, UNTOUCHED};
use crate::harness::{Harness, Outcome, Stop};
use crate::sandbox::provoke::Death;

/// No value of `PYTHONMALLOC` in any version.
const NEVER_NAMES: [&str; 9] =
    ["foo", "DEBUG", "Malloc", " debug", "debug ", "malloc,debug", "0", "pymalloc_", "malloc-debug"];
/// No value of `PyPreConfig.allocator` in any version.
const NEVER_NUMBERS: [i32; 4] = [9, 99, -1, i32::MAX];
/// The place of `PyPreConfig.allocator` among the struct's ints.
const ALLOCATOR: usize = 9;
/// Numbers that `PyPreConfig.allocator` may have for mimalloc: documentation and headers differ.
const MIMALLOC: [i32; 2] = [6, 7];

/// Every name of the version is accepted.
pub fn accepts_names(h: &mut Harness) -> Outcome {
    h.settled(&Start::default())?;
    for name in h.subject().launch.names.clone() {
        let start = Start::pythonmalloc(value(name));
        let settled = h.settled(&start)?;
        expect(matches!(settled, Settled::As(_)), || (format!("{name} is accepted"), told(&settled)))?;
    }
    Ok(())
}

/// A name that is not of this version, or whose allocator was not built in, is refused.
pub fn refuses_other_names(h: &mut Harness) -> Outcome {
    let known = h.subject().launch.names.clone();
    let named = Configuration::ALL.iter().copied().filter(|one| one.pythonmalloc().is_some());
    let others: Vec<&str> = named.filter(|one| !known.contains(one)).map(value).collect();
    if others.is_empty() {
        return Err(Stop::Skip("this build accepts every name there is".into()));
    }
    refuses(h, &others)
}

/// What is no name of an allocator is refused.
pub fn refuses_unknown(h: &mut Harness) -> Outcome {
    refuses(h, &NEVER_NAMES)
}

fn refuses(h: &mut Harness, values: &[&'static str]) -> Outcome {
    h.settled(&Start::default())?;
    for value in values {
        let settled = h.settled(&Start::pythonmalloc(value))?;
        expect(matches!(settled, Settled::Refused(_)), || {
            (format!("PYTHONMALLOC=\"{value}\" is refused"), told(&settled))
        })?;
    }
    Ok(())
}

/// An empty value is as good as none.
pub fn empty(h: &mut Harness) -> Outcome {
    same(h, "PYTHONMALLOC without a value", &Start::pythonmalloc(""), "no variable", &Start::default())
}

/// Without an interpreter's own main function, the variable is not read.
pub fn unread(h: &mut Harness) -> Outcome {
    let debug = Start::pythonmalloc("debug");
    same(h, "PYTHONMALLOC=debug", &debug, "no variable", &Start::default())?;
    same(h, "PYTHONMALLOC=foo", &Start::pythonmalloc("foo"), "no variable", &Start::default())
}

/// The variable takes effect where the interpreter's start reads it.
pub fn read(h: &mut Harness) -> Outcome {
    a_name_changes(h, &Start::default())
}

/// A name changes what a start settles without one.
fn a_name_changes(h: &mut Harness, start: &Start) -> Outcome {
    let plain = h.settled(start)?;
    // A build that has debug hooks by default is changed by a name without them.
    for name in ["debug", "malloc", "mimalloc"] {
        let named = h.settled(&Start { environment: vec![("PYTHONMALLOC", name)], ..start.clone() })?;
        if matches!(named, Settled::As(_)) && named != plain {
            return Ok(());
        }
    }
    Err(Stop::fail("a name in PYTHONMALLOC changes the allocators", "they are as without one"))
}

/// A start that keeps the environment out ignores the variable.
pub fn ignored(h: &mut Harness) -> Outcome {
    for seclusion in [Seclusion::IgnoresEnvironment, Seclusion::Isolated] {
        let alone = Start { seclusion, ..Start::default() };
        for value in ["debug", "foo"] {
            let with = Start { environment: vec![("PYTHONMALLOC", value)], ..alone.clone() };
            same(h, &format!("PYTHONMALLOC={value} kept out"), &with, "no variable", &alone)?;
        }
    }
    Ok(())
}

/// Development mode acts as the name `debug`.
pub fn dev_mode(h: &mut Harness) -> Outcome {
    let debug = Start::pythonmalloc("debug");
    let variable = Start::variable("PYTHONDEVMODE", "1");
    same(h, "PYTHONDEVMODE=1", &variable, "PYTHONMALLOC=debug", &debug)?;
    if h.can_configure() {
        let configured = Start { dev_mode: true, ..Start::default() };
        same(h, "dev_mode = 1", &configured, "PYTHONMALLOC=debug", &debug)?;
    }
    Ok(())
}

/// A number in the configuration wins over the variable, and that over development mode.
pub fn priority(h: &mut Harness) -> Outcome {
    let both = |value| Start { environment: vec![("PYTHONMALLOC", value), ("PYTHONDEVMODE", "1")], ..Start::default() };
    let plain = Start::pythonmalloc("default");
    same(h, "PYTHONMALLOC=default in development mode", &both("default"), "PYTHONMALLOC=default", &plain)?;
    let empty = Start::pythonmalloc("debug");
    same(h, "an empty PYTHONMALLOC in development mode", &both(""), "PYTHONMALLOC=debug", &empty)?;
    if h.can_configure() {
        for value in ["debug", "foo"] {
            let over = Start { environment: vec![("PYTHONMALLOC", value)], ..Start::allocator(1) };
            same(h, &format!("allocator = 1 with PYTHONMALLOC={value}"), &over, "PYTHONMALLOC=default", &plain)?;
        }
    }
    Ok(())
}

/// The allocator is the tenth int of the configuration, the last, and 0 at first.
pub fn field(h: &mut Harness) -> Outcome {
    for isolated in [false, true] {
        let config = h.preconfig(isolated)?;
        expect(config[ALLOCATOR] == 0, || ("the tenth int is 0".into(), format!("it is {}", config[ALLOCATOR])))?;
        expect(config[ALLOCATOR + 1] == UNTOUCHED, || ("nothing behind it".into(), "the eleventh int is set".into()))?;
    }
    Ok(())
}

/// The number 0 leaves the choice to the others.
pub fn number_not_set(h: &mut Harness) -> Outcome {
    same(h, "allocator = 0", &Start::allocator(0), "nothing", &Start::default())?;
    a_name_changes(h, &Start::allocator(0))
}

/// The number 1 means the default allocators.
pub fn number_default(h: &mut Harness) -> Outcome {
    number(h, 1, Configuration::EnvDefault)
}

/// The number 2 means these with debug hooks.
pub fn number_debug(h: &mut Harness) -> Outcome {
    number(h, 2, Configuration::EnvDebug)
}

/// The number 3 means the C library.
pub fn number_malloc(h: &mut Harness) -> Outcome {
    number(h, 3, Configuration::EnvMalloc)
}

/// The number 4 means that with debug hooks.
pub fn number_malloc_debug(h: &mut Harness) -> Outcome {
    number(h, 4, Configuration::EnvMallocDebug)
}

/// The number 5 means pymalloc.
pub fn number_pymalloc(h: &mut Harness) -> Outcome {
    number(h, 5, Configuration::EnvPymalloc)
}

/// The number 6 means that with debug hooks.
pub fn number_pymalloc_debug(h: &mut Harness) -> Outcome {
    number(h, 6, Configuration::EnvPymallocDebug)
}

/// One of two numbers means mimalloc, and the next one that with debug hooks.
pub fn number_mimalloc(h: &mut Harness) -> Outcome {
    let by_name = |h: &mut Harness, name| h.settled(&Start::pythonmalloc(value(name)));
    let plain = by_name(h, Configuration::EnvMimalloc)?;
    let debug = by_name(h, Configuration::EnvMimallocDebug)?;
    for number in MIMALLOC {
        if h.settled(&Start::allocator(number))? == plain && h.settled(&Start::allocator(number + 1))? == debug {
            h.note_trait("number-of-mimalloc", number as u64);
            return Ok(());
        }
    }
    Err(Stop::fail("6 or 7 for mimalloc, and the next number with debug hooks", "neither is"))
}

/// A number that means nothing is refused.
pub fn number_unknown(h: &mut Harness) -> Outcome {
    for number in NEVER_NUMBERS {
        let settled = h.settled(&Start::allocator(number))?;
        expect(matches!(settled, Settled::Refused(_)), || {
            (format!("allocator = {number} is refused"), told(&settled))
        })?;
    }
    Ok(())
}

/// Statistics are printed for every value but the empty one.
pub fn statistics(h: &mut Harness) -> Outcome {
    if Server::of_param(h.param("served-by")) == Some(Server::Libc) {
        return Err(Stop::Skip("the C library has no statistics to print".into()));
    }
    for value in ["0", "1"] {
        // Release 3.12.1 prints them, and crashes then.
        let life = life_with(h, &[("PYTHONMALLOCSTATS", value)])?;
        expect(has_statistics(&life), || {
            (format!("PYTHONMALLOCSTATS={value} prints statistics"), "none are printed".into())
        })?;
    }
    Ok(())
}

/// No statistics are printed for an empty value, nor without the variable.
pub fn statistics_off(h: &mut Harness) -> Outcome {
    for environment in [&[("PYTHONMALLOCSTATS", "")][..], &[]] {
        silent(h, environment)?;
    }
    Ok(())
}

/// The C library has no statistics to print.
pub fn statistics_of_malloc(h: &mut Harness) -> Outcome {
    let names = &h.subject().launch.names;
    if !names.contains(&Configuration::EnvMalloc) && !names.is_empty() {
        return Err(Stop::Skip("this build does not have malloc by name".into()));
    }
    silent(h, &[("PYTHONMALLOCSTATS", "1"), ("PYTHONMALLOC", "malloc")])
}

/// The statistics of pymalloc tell its threshold, its size classes and the size of its pools.
pub fn statistics_of_pymalloc(h: &mut Harness) -> Outcome {
    if Server::of_param(h.param("served-by")) != Some(Server::Pymalloc) {
        return Err(Stop::Skip("pymalloc is not the default here".into()));
    }
    let said = life_with(h, &[("PYTHONMALLOCSTATS", "1")])?.said;
    let said = String::from_utf8_lossy(&said);
    let first = said.lines().next().unwrap_or_default();
    let lines = [32, 64].map(|classes| format!("Small block threshold = 512, in {classes} size classes."));
    expect(lines.iter().any(|line| line == first), || (lines[0].clone(), pymem_abi::text::escape(first)))?;
    let pools = format!(" unused pools * {} bytes", h.param("pool-size"));
    expect(said.contains(&pools), || (format!("a line with `{}`", pools.trim()), "none".into()))
}

fn silent(h: &mut Harness, environment: &[(&'static str, &'static str)]) -> Outcome {
    let life = life_with(h, environment)?;
    expect(life.end.is_none() && !has_statistics(&life), || {
        let seen = life.end.map_or_else(|| "statistics".into(), |end| end.to_string());
        ("an interpreter lives without a word of statistics".into(), seen)
    })
}

/// Whether the statistics of an allocator were printed: some lines that say what equals which number.
fn has_statistics(life: &Death) -> bool {
    const LINES: usize = 3;
    let said = String::from_utf8_lossy(&life.said);
    let is_one = |line: &&str| {
        line.split_once('=')
            .is_some_and(|(_, value)| value.trim_start().starts_with(|first: char| first.is_ascii_digit()))
    };
    said.lines().filter(is_one).count() >= LINES
}

/// The life of an interpreter, from start to end.
fn life_with(h: &mut Harness, environment: &[(&'static str, &'static str)]) -> Result<Death, Stop> {
    h.overhear(|h| {
        h.set_environment(environment);
        h.initialise()?;
        h.finalise()
    })
}

/// `number` settles the same as `name`, whose allocators were built in.
fn number(h: &mut Harness, number: i32, name: Configuration) -> Outcome {
    if !h.subject().launch.names.contains(&name) {
        return Err(Stop::Skip(format!("this build does not have {}", value(name))));
    }
    let (start, named) = (Start::allocator(number), Start::pythonmalloc(value(name)));
    same(h, &format!("allocator = {number}"), &start, name.as_str(), &named)?;
    if !name.has_hooks() {
        return Ok(());
    }
    // The hooks' functions are the same whatever lies below.
    let (found, expected) = (served_by(h, &start)?, served_by(h, &named)?);
    expect(found == expected, || {
        (format!("{expected} below the hooks for allocator = {number}"), format!("{found} is"))
    })
}

/// Who serves mem in an interpreter that was started so.
fn served_by(h: &mut Harness, start: &Start) -> Result<Server, Stop> {
    let served = h.apart(|h| {
        h.begin_start(start)?.map_err(Stop::Skip)?;
        h.initialise()?;
        h.server_of(Domain::Mem)
    })?;
    served
        .map_err(|death| Stop::fail("an interpreter starts", death.end.map_or_else(String::new, |end| end.to_string())))
}

fn same(h: &mut Harness, what: &str, one: &Start, that: &str, other: &Start) -> Outcome {
    let (found, expected) = (h.settled(one)?, h.settled(other)?);
    let same = matches!(found, Settled::As(_)) && found == expected;
    expect(same, || (format!("{what} gives the allocators of {that}"), told(&found)))
}

fn told(settled: &Settled) -> String {
    match settled {
        Settled::As(_) => "other allocators".into(),
        Settled::Refused(text) => format!("it is refused: {}", pymem_abi::text::escape(text)),
    }
}

fn value(name: Configuration) -> &'static str {
    name.pythonmalloc().expect("a name that PYTHONMALLOC has")
}
