//! Steps as lines of C.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use pymem_spec::{Domain, Kind};

use super::source::{Body, Ending, domain_constant};
use super::threads::Threads;
use crate::journal::{Function, Size};
use crate::tape::{Act, END, Fault, Finding, Step, WHOLE};

/// Requests above this may be refused by an allocator that keeps the contract.
const LARGE: u64 = 64 << 20;

/// How a kind of target is called.
#[derive(Clone, Copy, Debug)]
pub struct Dialect<'a> {
    /// The kind.
    pub kind: Kind,
    /// What stands before the names of a malloc family.
    pub prefix: &'a str,
}

/// How steps fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something is found.
    Found(Finding),
    /// The process ends so.
    Ended(Ending),
}

impl Dialect<'_> {
    /// A witness that makes these steps.
    pub fn body(&self, steps: &[Step], failure: Failure) -> Body {
        let mut lines = Lines {
            dialect: *self,
            out: String::new(),
            sizes: BTreeMap::new(),
            known: BTreeMap::new(),
            named: named(steps, failure),
            threads: Threads::of(steps),
            squeezed: false,
            hook_refuses: false,
            unsure: BTreeSet::new(),
        };
        if steps.iter().any(|step| step.act == Act::Squeeze) {
            lines.out += &Threads::coming(steps);
        }
        let last = match failure {
            Failure::Found(finding) => finding.step,
            Failure::Ended(_) => usize::MAX,
        };
        let mut decided = false;
        let mut skipped = 0;
        for (at, step) in steps.iter().enumerate() {
            if skipped > 0 {
                skipped -= 1;
                continue;
            }
            match step.act {
                // Anybody can write to a block.
                Act::Fill => {}
                Act::EndThread | Act::Squeeze | Act::Hook | Act::Unhook => lines.go_on_in(0),
                _ => lines.go_on_in(step.thread),
            }
            // What is done in the same way several times, and not named later, is a loop.
            let is_like = |other: &&Step| lines.is_loose(step) && Step { block: step.block, ..**other } == *step;
            let alike = steps[at..].iter().take_while(|other| is_like(other) && lines.is_loose(other)).count();
            if alike > 2 {
                lines.step(&Step { act: Act::Hold, more: alike as u64, ..*step }, false);
                skipped = alike - 1;
                continue;
            }
            let served = matches!(failure, Failure::Found(Finding { fault: Fault::Served, .. }));
            decided = lines.step(step, at == last && served);
        }
        lines.go_on_in(0);
        let (ending, seen) = match failure {
            Failure::Found(finding) => {
                if !decided {
                    lines.verdict(&finding);
                }
                (Ending::Returns, Some(lines.seen(&finding)))
            }
            Failure::Ended(ending) => {
                lines.out += "    return 0;\n";
                (ending, None)
            }
        };
        let parts = lines.parts();
        Body { text: format!("{parts}static int defect(void)\n{{\n{}}}\n", lines.out), ending, seen }
    }
}

/// Blocks that a line names after the one that makes them.
fn named(steps: &[Step], failure: Failure) -> Vec<u32> {
    let mut named: Vec<u32> = steps.iter().filter(|step| step.act.takes()).map(|step| step.block).collect();
    if let Failure::Found(finding) = failure {
        named.push(finding.block);
        if let Fault::Overlaps(other) = finding.fault {
            named.push(other);
        }
    }
    named
}

struct Lines<'a> {
    dialect: Dialect<'a>,
    out: String,
    /// Bytes of each block that is there.
    sizes: BTreeMap<u32, u64>,
    /// Bytes of it that were written to, or were zero from the start.
    known: BTreeMap<u32, u64>,
    named: Vec<u32>,
    /// What other threads do; none where there are none.
    threads: Option<Threads>,
    /// Whether the system refuses memory.
    squeezed: bool,
    /// Whether a hook refuses a request.
    hook_refuses: bool,
    /// Blocks that were asked for while that was so.
    unsure: BTreeSet<u32>,
}

impl Lines<'_> {
    /// Whether a step asks by malloc for a block that no other line names.
    fn is_loose(&self, step: &Step) -> bool {
        step.act == Act::Malloc && !self.named.contains(&step.block)
    }

    /// What stands before a call whose result is dropped: the C library's own functions are declared as if that were a
    /// mistake.
    fn unused(&self) -> &'static str {
        if self.dialect.kind == Kind::Malloc && self.dialect.prefix.is_empty() { "(void)" } else { "" }
    }

    /// A line, or a loop over it.
    fn repeat(&mut self, call: &str, times: u64) {
        if times > 1 {
            let _ = writeln!(self.out, "    for (int i = 0; i < {times}; i++)");
            self.out += "    ";
        }
        let _ = writeln!(self.out, "    {call};");
    }

    /// Writes a step; whether it ends the function.
    fn step(&mut self, step: &Step, decides: bool) -> bool {
        let Step { act, domain, block, size, more, .. } = *step;
        if self.is_refused_in_front(step) {
            return false;
        }
        match act {
            Act::Malloc | Act::Calloc | Act::ReallocNull => {
                let call = match act {
                    Act::Malloc => self.call(domain, Function::Malloc, &[self.size(size)]),
                    Act::Calloc => self.calloc(domain, size, more),
                    _ => self.call(domain, Function::Realloc, &["NULL".to_owned(), self.size(size)]),
                };
                self.sizes.insert(block, step.bytes());
                self.known.insert(block, if act == Act::Calloc { step.bytes() } else { 0 });
                if decides && !self.is_elsewhere() {
                    let _ = writeln!(self.out, "    return {call} != NULL;");
                    return true;
                }
                self.note_whether_sure(block);
                if !self.named.contains(&block) {
                    let _ = writeln!(self.out, "    {}{call};", self.unused());
                    return false;
                }
                let declared = self.declared();
                let _ = writeln!(self.out, "    {declared}b{block} = {call};");
                if step.bytes() > LARGE && !decides {
                    let _ = writeln!(self.out, "    if (!b{block})\n        {};", self.giving_up());
                }
            }
            Act::Realloc => {
                let call = self.call(domain, Function::Realloc, &[format!("b{block}"), self.size(size)]);
                if decides && !self.is_elsewhere() {
                    let _ = writeln!(self.out, "    return {call} != NULL;");
                    return true;
                }
                if size >= 1 << 47 && !decides {
                    let _ = writeln!(self.out, "    if ({call} != NULL)");
                    let _ = writeln!(self.out, "        {}; /* it has to be refused */", self.giving_up());
                } else if self.may_refuse() && !decides {
                    let before = self.sizes.entry(block).or_default();
                    *before = size.min(*before);
                    self.known.entry(block).and_modify(|known| *known = size.min(*known));
                    let there =
                        if self.unsure.contains(&block) { format!("if (b{block})\n        ") } else { String::new() };
                    let _ = writeln!(self.out, "    {there}b{block} = kept_or_moved(b{block}, {call});");
                } else {
                    self.sizes.insert(block, size);
                    self.known.entry(block).and_modify(|known| *known = size.min(*known));
                    let _ = writeln!(self.out, "    b{block} = {call};");
                }
            }
            Act::Bounce => {
                let last = size.saturating_sub((more + 1) % 2);
                self.sizes.insert(block, last);
                self.known.entry(block).and_modify(|known| *known = size.saturating_sub(1).min(*known));
                let arguments = [format!("b{block}"), format!("{size} - i % 2")];
                let call = self.call(domain, Function::Realloc, &arguments);
                let call = if self.may_refuse() { format!("kept_or_moved(b{block}, {call})") } else { call };
                let _ = writeln!(self.out, "    for (int i = 0; i < {more}; i++)\n        b{block} = {call};");
            }
            Act::Free => {
                self.sizes.remove(&block);
                let call = self.call(domain, Function::Free, &[format!("b{block}")]);
                let _ = writeln!(self.out, "    {call};");
            }
            Act::FreeNull => {
                let call = self.call(domain, Function::Free, &["NULL".to_owned()]);
                let _ = writeln!(self.out, "    {call};");
            }
            Act::Fill => self.fill(block, size),
            Act::Churn => {
                let made = self.call(domain, Function::Malloc, &[self.size(size)]);
                let call = self.call(domain, Function::Free, &[made]);
                self.repeat(&call, more);
            }
            Act::Hold => {
                let call = self.unused().to_owned() + &self.call(domain, Function::Malloc, &[self.size(size)]);
                self.repeat(&call, more);
            }
            Act::EndThread => {
                let _ = writeln!(self.out, "    by_thread({}, NULL);", step.thread);
            }
            Act::Squeeze => {
                self.squeezed = size > 0;
                let _ = writeln!(self.out, "    squeeze_memory({size});");
            }
            Act::Hook => {
                self.hook_refuses = size > 0;
                let _ = writeln!(self.out, "    lay_hook({}, {size});", domain_constant(domain));
            }
            Act::Unhook => {
                self.hook_refuses = false;
                self.out += "    lift_hook();\n";
            }
        }
        false
    }

    fn fill(&mut self, block: u32, size: u64) {
        let has = self.sizes.get(&block).copied().unwrap_or(0);
        let size = size.min(has.max(1));
        self.known.insert(block, size);
        if self.unsure.contains(&block) {
            let _ = writeln!(self.out, "    if (b{block})");
            self.out += "    ";
        }
        if size as usize <= WHOLE {
            let _ = writeln!(self.out, "    fill(b{block}, {size}, {block});");
        } else {
            // The ends of what would take long.
            let end = size - END as u64;
            let _ = writeln!(self.out, "    fill_at(b{block}, 0, {END}, {block});");
            let _ = writeln!(self.out, "    fill_at(b{block}, {end}, {END}, {block});");
        }
    }

    /// What is written now is done by this thread.
    fn go_on_in(&mut self, thread: u16) {
        if let Some(threads) = &mut self.threads {
            threads.go_on_in(thread, &mut self.out);
        }
    }

    /// Whether what is written now is done by another thread than the first.
    fn is_elsewhere(&self) -> bool {
        self.threads.as_ref().is_some_and(Threads::is_elsewhere)
    }

    /// Leaves the function because nothing can be shown.
    fn giving_up(&self) -> &'static str {
        if self.is_elsewhere() { "nothing_shows()" } else { "return 0" }
    }

    /// Whether a request can be refused by what is around it.
    fn may_refuse(&self) -> bool {
        self.squeezed || self.hook_refuses
    }

    /// What stands before a block where it is made: several threads name it where there are several.
    fn declared(&self) -> &'static str {
        if self.threads.is_some() { "" } else { "void *" }
    }

    fn note_whether_sure(&mut self, block: u32) {
        if self.may_refuse() {
            self.unsure.insert(block);
        }
    }

    /// What stands before the function: the blocks and what other threads do.
    fn parts(&mut self) -> String {
        let Some(threads) = self.threads.take() else { return String::new() };
        let made: Vec<String> =
            self.named.iter().collect::<BTreeSet<_>>().into_iter().map(|block| format!("*b{block}")).collect();
        let blocks = if made.is_empty() { String::new() } else { format!("static void {};\n\n", made.join(", ")) };
        blocks + &threads.parts()
    }

    /// The last line: whether the defect shows.
    fn verdict(&mut self, finding: &Finding) {
        let block = finding.block;
        let size = self.sizes.get(&block).copied().unwrap_or(0);
        let known = self.known.get(&block).copied().unwrap_or(0);
        let of = |other: &u32| self.sizes.get(other).copied().unwrap_or(0);
        let shows = match finding.fault {
            Fault::Refused => format!("b{block} == NULL"),
            Fault::Served => format!("b{block} != NULL"),
            Fault::Misaligned(to) => format!("(uintptr_t)b{block} % {to} != 0"),
            Fault::Overlaps(other) if size.max(of(&other)) <= 1 => format!("b{block} == b{other}"),
            Fault::Overlaps(other) => {
                format!("overlap(b{other}, {}, b{block}, {})", of(&other).max(1), size.max(1))
            }
            Fault::NotZero if known as usize <= WHOLE => format!("!all_are(b{block}, {}, 0)", known.max(1)),
            Fault::NotZero => {
                let end = known - END as u64;
                format!("!all_are(b{block}, {END}, 0) || !all_are((char *)b{block} + {end}, {END}, 0)")
            }
            Fault::Changed(_) if known as usize <= WHOLE => format!("!intact(b{block}, {known}, {block})"),
            Fault::Changed(_) => {
                let end = known - END as u64;
                format!("!intact_at(b{block}, 0, {END}, {block}) || !intact_at(b{block}, {end}, {END}, {block})")
            }
        };
        let is_unsure = self.unsure.contains(&block) && finding.fault != Fault::Refused;
        let there = if is_unsure { format!("b{block} && ") } else { String::new() };
        let _ = writeln!(self.out, "    return {there}{shows};");
    }

    /// What is expected, and what is seen.
    fn seen(&self, finding: &Finding) -> (String, String) {
        let block = format!("b{}", finding.block);
        let (expected, seen) = match finding.fault {
            Fault::Refused => (format!("{block} is a block"), "it is NULL".to_owned()),
            Fault::Served => ("the last request is refused".to_owned(), "it gives a block".to_owned()),
            Fault::Misaligned(to) => (format!("{block} is aligned to {to} bytes"), "it is not".to_owned()),
            Fault::Overlaps(other) => (format!("{block} and b{other} share no byte"), "they do".to_owned()),
            Fault::NotZero => (format!("all bytes of {block} are zero"), "one is not".to_owned()),
            Fault::Changed(_) => {
                (format!("the bytes of {block} stay as they were written"), "one has changed".to_owned())
            }
        };
        (expected, seen)
    }

    /// Whether CPython refuses a request before it reaches an allocator of this kind.
    fn is_refused_in_front(&self, step: &Step) -> bool {
        let above = step.bytes() > i64::MAX as u64;
        above && matches!(self.dialect.kind, Kind::Malloc | Kind::Vtable) && step.act.calls()
    }

    fn calloc(&self, domain: Domain, nelem: u64, elsize: u64) -> String {
        let nothing = self.dialect.kind == Kind::Malloc && (nelem == 0 || elsize == 0);
        let (nelem, elsize) = if nothing { (1, 1) } else { (nelem, elsize) };
        self.call(domain, Function::Calloc, &[number(nelem), number(elsize)])
    }

    /// A size as it arrives: CPython asks a C library for a byte where it is asked for nothing.
    fn size(&self, size: u64) -> String {
        if self.dialect.kind == Kind::Malloc { number(size.max(1)) } else { number(size) }
    }

    fn call(&self, domain: Domain, function: Function, arguments: &[String]) -> String {
        let arguments = arguments.join(", ");
        match self.dialect.kind {
            Kind::Malloc => format!("{}{}({arguments})", self.dialect.prefix, function.as_str()),
            Kind::Vtable => format!("{domain}.{}({domain}.ctx, {arguments})", function.as_str()),
            Kind::Cpython | Kind::Pymem => format!("{}({arguments})", function.python_name(domain)),
        }
    }
}

/// A size in C: by the name of a limit where it is near one.
fn number(size: u64) -> String {
    let text = Size(size).to_string().replace("PY_SSIZE_T_MAX", "(size_t)PTRDIFF_MAX");
    if size > 1 << 31 && text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text}u") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(act: Act, block: u32, size: u64, more: u64) -> Step {
        Step { act, domain: Domain::Raw, thread: 0, block, size, more }
    }

    fn steps() -> Vec<Step> {
        vec![
            step(Act::Churn, u32::MAX, 16, 4711),
            step(Act::Malloc, 0, 24, 0),
            step(Act::Calloc, 1, 0, 8),
            step(Act::Fill, 0, u64::MAX, 0),
            step(Act::Realloc, 0, u64::MAX, 0),
            step(Act::Realloc, 0, 40, 0),
            step(Act::Free, 1, 0, 0),
            step(Act::ReallocNull, 2, 32 << 20, 0),
            step(Act::Fill, 2, u64::MAX, 0),
        ]
    }

    #[rstest::rstest]
    #[case("pymem", Kind::Pymem, "")]
    #[case("malloc", Kind::Malloc, "je_")]
    #[case("vtable", Kind::Vtable, "")]
    fn each_kind_in_its_own_words(#[case] name: &str, #[case] kind: Kind, #[case] prefix: &str) {
        let finding = Finding { step: 8, block: 0, fault: Fault::Changed(false) };
        insta::assert_snapshot!(name, Dialect { kind, prefix }.body(&steps(), Failure::Found(finding)).text);
    }

    #[rstest::rstest]
    #[case(Fault::Refused, "b0 == NULL")]
    #[case(Fault::Misaligned(16), "(uintptr_t)b0 % 16 != 0")]
    #[case(Fault::Overlaps(2), "overlap(b2, 33554432, b0, 40)")]
    #[case(Fault::NotZero, "!all_are(b0, 24, 0)")]
    #[case(Fault::Changed(true), "!intact(b0, 24, 0)")]
    fn each_fault_has_its_question(#[case] fault: Fault, #[case] shows: &str) {
        let finding = Finding { step: 8, block: 0, fault };
        let body = Dialect { kind: Kind::Pymem, prefix: "" }.body(&steps(), Failure::Found(finding));
        assert!(body.text.ends_with(&format!("    return {shows};\n}}\n")), "{}", body.text);
    }

    #[test]
    fn sizes_near_a_limit_have_its_name() {
        assert_eq!([16, u64::MAX, 1 << 33].map(number), ["16", "SIZE_MAX", "8589934592u"]);
        assert_eq!(number(i64::MAX as u64 + 1), "(size_t)PTRDIFF_MAX + 1");
    }
}
