//! Work that needs a keeper's life: a process of its own with one thread, that waits for children.

use std::io;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::provoke::{Answer, End, await_end};
use super::{sys, watch};

/// Does something in a process that may start workers, and hands back what it gives.
///
/// # Errors
/// If there is no process for it, or it does not come to its end in time.
pub fn run<T: Serialize + DeserializeOwned>(limit: Duration, work: impl FnOnce() -> T) -> io::Result<T> {
    let answer = Answer::new()?;
    // SAFETY: the supervisor has one thread.
    let child = unsafe { sys::fork() }?;
    if child == 0 {
        sys::die_with_parent();
        sys::adopt_orphans();
        sys::ignore_interrupts();
        sys::block(&[libc::SIGCHLD]);
        sys::notice_children();
        answer.give(&work());
        sys::exit_now(0);
    }
    let end = await_end(child, limit);
    watch::sweep(None);
    match end {
        End::Exited(0) => answer.take(),
        end => Err(io::Error::other(end.to_string())),
    }
}
