//! Nanoseconds for a pair of `malloc` and `free`, side by side for several libraries.
//!
//!     cargo run --release -p pymem-ref --example pairs -- [LIBRARY]...
//!
//! Without arguments: the C library, and `libpymem_ref.so` if it lies where cargo puts it. A library with
//! `Py_InitializeEx` is initialised first. The names are `PyObject_Malloc` and `PyObject_Free`, else `malloc` and `free`.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::hint::black_box;
use std::time::Instant;

type Malloc = unsafe extern "C" fn(usize) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void);

fn main() {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths.push("libc.so.6".into());
        let beside = std::env::current_exe().expect("this program has a path").with_file_name("../libpymem_ref.so");
        paths.extend(beside.exists().then(|| beside.to_string_lossy().into_owned()));
    }
    println!("{:>8} {:>8} {:>8}  library", "pair", "random", "bulk");
    for path in &paths {
        let (malloc, free) = open(path);
        let best = |run: fn(Malloc, Free) -> f64| (0..9).map(|_| run(malloc, free)).fold(f64::MAX, f64::min);
        println!("{:8.2} {:8.2} {:8.2}  {path}", best(pair), best(random_replacement), best(bulk));
    }
}

/// One block at a time, of changing sizes.
fn pair(malloc: Malloc, free: Free) -> f64 {
    let sizes = sizes();
    per_operation(2_000_000, |index| {
        // SAFETY: any argument is allowed.
        let block = unsafe { malloc(sizes[index % sizes.len()]) };
        // SAFETY: just allocated.
        unsafe { free(black_box(block)) };
    })
}

/// One of 4096 live blocks, chosen at random, makes place for another.
fn random_replacement(malloc: Malloc, free: Free) -> f64 {
    let sizes = sizes();
    // SAFETY: any argument is allowed.
    let mut live: Vec<_> = (0..4096).map(|index| unsafe { malloc(sizes[index]) }).collect();
    let mut random = Random(42);
    let picks: Vec<_> = (0..65536).map(|_| random.next() as usize % live.len()).collect();
    let time = per_operation(2_000_000, |index| {
        let place = &mut live[picks[index % picks.len()]];
        // SAFETY: a live block, which is replaced below.
        unsafe { free(*place) };
        // SAFETY: any argument is allowed.
        *place = unsafe { malloc(sizes[index % sizes.len()]) };
    });
    // SAFETY: each is live.
    live.into_iter().for_each(|block| unsafe { free(block) });
    time
}

/// A hundred thousand blocks at once, freed in the order of their allocation.
fn bulk(malloc: Malloc, free: Free) -> f64 {
    const BLOCKS: usize = 100_000;
    let sizes = sizes();
    let mut live = vec![std::ptr::null_mut(); BLOCKS];
    per_operation(4, |_| {
        for (index, place) in live.iter_mut().enumerate() {
            // SAFETY: any argument is allowed.
            *place = unsafe { malloc(sizes[index % sizes.len()]) };
        }
        // SAFETY: each is live.
        live.iter().for_each(|&block| unsafe { free(block) });
    }) / BLOCKS as f64
}

fn per_operation(count: usize, mut operation: impl FnMut(usize)) -> f64 {
    let start = Instant::now();
    (0..count).for_each(&mut operation);
    start.elapsed().as_nanos() as f64 / count as f64
}

/// Sizes as a Python program asks for them: most of 32 to 80 bytes, some of up to 512.
fn sizes() -> Vec<usize> {
    let mut random = Random(7);
    (0..8192)
        .map(|_| match random.next() % 100 {
            0..70 => 24 + random.next() as usize % 57,
            70..95 => 1 + random.next() as usize % 200,
            _ => 1 + random.next() as usize % 512,
        })
        .collect()
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }
}

/// Loads a library and finds its functions.
fn open(path: &str) -> (Malloc, Free) {
    let name = CString::new(path).expect("a path without NUL");
    // SAFETY: the user named a library to run.
    let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null(), "cannot open {path}");
    let symbol = |name: &CStr| {
        // SAFETY: an open library and a string.
        let address = unsafe { libc::dlsym(library, name.as_ptr().cast::<c_char>()) };
        (!address.is_null()).then_some(address)
    };
    if let Some(start) = symbol(c"Py_InitializeEx") {
        // SAFETY: the documented type of this name.
        let start = unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn(c_int)>(start) };
        // SAFETY: called once, in the main thread.
        unsafe { start(0) };
    }
    let malloc = symbol(c"PyObject_Malloc").or_else(|| symbol(c"malloc")).expect("an allocator");
    let free = symbol(c"PyObject_Free").or_else(|| symbol(c"free")).expect("an allocator");
    // SAFETY: the documented type of these names.
    let malloc = unsafe { std::mem::transmute::<*mut c_void, Malloc>(malloc) };
    // SAFETY: as above.
    (malloc, unsafe { std::mem::transmute::<*mut c_void, Free>(free) })
}
