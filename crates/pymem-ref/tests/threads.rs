//! Several threads: blocks travel between them, threads end before their blocks, others go on with what is left.

use std::ffi::c_void;
use std::sync::mpsc;
use std::thread;

use pymem_ref::{check_thread, mem};

/// A block that may travel to another thread, with the pattern that it must hold.
struct Block {
    start: *mut c_void,
    bytes: usize,
    pattern: u8,
}

// SAFETY: a block may be used and freed by any thread.
unsafe impl Send for Block {}

impl Block {
    fn new(bytes: usize, pattern: u8) -> Self {
        // SAFETY: any argument is allowed.
        let start = unsafe { mem::malloc(bytes) };
        assert!(!start.is_null());
        // SAFETY: a live block of this size.
        unsafe { start.cast::<u8>().write_bytes(pattern, bytes) };
        Self { start, bytes, pattern }
    }

    fn resize(&mut self, bytes: usize) {
        // SAFETY: the block is live.
        let start = unsafe { mem::realloc(self.start, bytes) };
        assert!(!start.is_null());
        self.start = start;
        self.bytes = self.bytes.min(bytes);
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is live and has this size.
        let contents = unsafe { std::slice::from_raw_parts(self.start.cast::<u8>(), self.bytes) };
        assert!(contents.iter().all(|&byte| byte == self.pattern), "a block has changed on its way");
        // SAFETY: the block is live.
        unsafe { mem::free(self.start) };
    }
}

/// Sizes of small blocks, all classes, never the same twice in a row.
fn sizes(seed: usize) -> impl Iterator<Item = usize> {
    (0..).map(move |index: usize| (index * 7919 + seed * 131) % 600)
}

#[test]
fn four_threads_pass_their_blocks_around() {
    const ROUNDS: usize = 40_000;
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::sync_channel::<Block>(500)).unzip();
    thread::scope(|scope| {
        for (index, inbox) in receivers.into_iter().enumerate() {
            let next = senders[(index + 1) % senders.len()].clone();
            scope.spawn(move || {
                let mut mine = Vec::new();
                for (round, bytes) in sizes(index).take(ROUNDS).enumerate() {
                    let block = Block::new(bytes, round as u8);
                    // Where the neighbour is slow, the block stays.
                    if let Err(mpsc::TrySendError::Full(block)) = next.try_send(block) {
                        mine.push(block);
                    }
                    if let Ok(mut block) = inbox.try_recv() {
                        block.resize(bytes / 2);
                        mine.push(block);
                    }
                    if mine.len() > 300 {
                        mine.swap_remove(round % 300);
                    }
                }
                drop(next);
                mine.clear();
                // Some blocks are still in our inbox and die with it, after the neighbour has ended perhaps.
                check_thread();
            });
        }
        drop(senders);
    });
    check_thread();
}

#[test]
fn blocks_outlive_their_thread() {
    for round in 0..20 {
        let blocks: Vec<_> =
            thread::spawn(move || sizes(round).take(3000).map(|bytes| Block::new(bytes, 1)).collect()).join().unwrap();
        let mut blocks: Vec<Block> = blocks;
        // A thread that never allocates frees one half, this one the other.
        let half = blocks.split_off(1500);
        thread::spawn(move || drop(half)).join().unwrap();
        drop(blocks);
        check_thread();
    }
}

#[test]
fn threads_come_and_go_while_others_free() {
    let (sender, receiver) = mpsc::sync_channel::<Block>(2000);
    thread::scope(|scope| {
        scope.spawn(move || receiver.into_iter().for_each(drop));
        for round in 0..200 {
            let sender = sender.clone();
            scope.spawn(move || {
                for bytes in sizes(round).take(300) {
                    // The receiver lives until the last sender is gone.
                    sender.send(Block::new(bytes, round as u8)).unwrap();
                }
            });
            if round % 4 == 3 {
                thread::yield_now();
            }
        }
        drop(sender);
    });
    check_thread();
}
