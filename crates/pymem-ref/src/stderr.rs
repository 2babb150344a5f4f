//! Standard error, written to with no allocation.

use std::fmt;

/// Collects text and writes it in pieces.
pub(crate) struct Stderr {
    text: [u8; 512],
    used: usize,
}

impl Stderr {
    /// Nothing written yet.
    pub(crate) fn new() -> Self {
        Self { text: [0; 512], used: 0 }
    }

    /// Adds bytes, whatever they are.
    pub(crate) fn write_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.used == self.text.len() {
                self.flush();
            }
            self.text[self.used] = *byte;
            self.used += 1;
        }
    }

    /// Writes what was collected.
    pub(crate) fn flush(&mut self) {
        let mut left = &self.text[..self.used];
        while !left.is_empty() {
            // SAFETY: the bytes are ours.
            let written = unsafe { libc::write(libc::STDERR_FILENO, left.as_ptr().cast(), left.len()) };
            match usize::try_from(written) {
                Ok(written) if written > 0 => left = &left[written..],
                _ if is_interrupted() => {}
                // Nobody listens.
                _ => break,
            }
        }
        self.used = 0;
    }
}

/// Whether a signal came in the way of the last call of the system.
fn is_interrupted() -> bool {
    // SAFETY: the calling thread's own variable.
    unsafe { *libc::__errno_location() == libc::EINTR }
}

impl fmt::Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_bytes(text.as_bytes());
        Ok(())
    }
}

impl Drop for Stderr {
    fn drop(&mut self) {
        self.flush();
    }
}
