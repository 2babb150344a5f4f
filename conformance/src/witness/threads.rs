//! What other threads than the first do, as functions of C.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::tape::{Act, Step};

/// Text that is divided among threads: what another one does without a break is a function of its own.
#[derive(Debug, Default)]
pub struct Threads {
    /// The one that is written for now.
    thread: u16,
    /// What the first one does, while another one is written for.
    first: String,
    parts: Vec<String>,
}

impl Threads {
    /// `None` where one thread does everything.
    pub fn of(steps: &[Step]) -> Option<Self> {
        steps.iter().any(|step| step.thread != 0 && step.act != Act::EndThread).then(Self::default)
    }

    /// Has all of them come, which they cannot later, without memory.
    pub fn coming(steps: &[Step]) -> String {
        let numbers: BTreeSet<u16> = steps.iter().map(|step| step.thread).filter(|thread| *thread != 0).collect();
        numbers.into_iter().map(|thread| format!("    by_thread({thread}, come);\n")).collect()
    }

    /// What is written to `out` from now on is done by this thread.
    pub fn go_on_in(&mut self, thread: u16, out: &mut String) {
        if thread == self.thread {
            return;
        }
        if self.thread == 0 {
            self.first = std::mem::take(out);
        } else {
            let number = self.parts.len() + 1;
            let part = std::mem::take(out);
            self.parts.push(format!("static void part_{number}(void)\n{{\n{part}}}\n\n"));
            let _ = writeln!(self.first, "    by_thread({}, part_{number});", self.thread);
            if thread == 0 {
                *out = std::mem::take(&mut self.first);
            }
        }
        self.thread = thread;
    }

    /// Whether another thread than the first is written for.
    pub fn is_elsewhere(&self) -> bool {
        self.thread != 0
    }

    /// The functions.
    pub fn parts(&self) -> String {
        self.parts.concat()
    }
}
