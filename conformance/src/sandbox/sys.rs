//! System calls that the standard library does not offer, each behind a safe
//! function where it can be safe.

use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::PAGE;

/// Turns a C result into a Rust one.
fn check(result: i64) -> io::Result<i64> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A memory file of `len` bytes that is closed on `exec` unless it is passed on.
///
/// # Errors
/// If the system has no descriptors or memory left.
pub fn memory_file(len: usize) -> io::Result<i32> {
    // SAFETY: the name is a C string; nothing else is passed by address.
    let fd = check(i64::from(unsafe { libc::memfd_create(c"pymem-conform".as_ptr(), libc::MFD_CLOEXEC) }))? as i32;
    // SAFETY: `fd` is ours.
    check(i64::from(unsafe { libc::ftruncate(fd, len as i64) }))?;
    Ok(fd)
}

/// Maps `len` bytes of `fd`, shared.
///
/// # Errors
/// If `fd` is no mappable descriptor.
pub fn map_shared(fd: i32, len: usize, writable: bool) -> io::Result<*mut c_void> {
    let protection = if writable { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_READ };
    // SAFETY: a new mapping at an address of the system's choice.
    let start = unsafe { libc::mmap(ptr::null_mut(), len, protection, libc::MAP_SHARED, fd, 0) };
    if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(start) }
}

/// Closes a descriptor that this process owns.
pub fn close(fd: i32) {
    // SAFETY: callers own the descriptor; the result does not matter.
    unsafe { libc::close(fd) };
}

/// Sleeps until `word` is no longer `value`, or for `limit`. May wake early.
pub fn futex_wait(word: &AtomicU32, value: u32, limit: Option<Duration>) {
    let time =
        limit.map(|limit| libc::timespec { tv_sec: limit.as_secs() as i64, tv_nsec: i64::from(limit.subsec_nanos()) });
    let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `word` and `time` outlive the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, value, time) };
}

/// Stores `value` and wakes everyone who waits for it.
pub fn futex_set(word: &AtomicU32, value: u32) {
    word.store(value, Ordering::Release);
    // SAFETY: `word` is a valid address.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
}

/// Asks for `signal` when the parent thread dies.
pub fn die_with_parent() {
    // SAFETY: sets a flag of this process.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// The process that this one is a child of now.
pub fn parent() -> i32 {
    // SAFETY: asks for a number.
    unsafe { libc::getppid() }
}

/// Makes orphans of this process's descendants its own children.
pub fn adopt_orphans() {
    // SAFETY: sets a flag of this process.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}

/// Sets both limits of a resource.
pub fn set_limit(resource: libc::__rlimit_resource_t, value: u64) {
    let limit = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: `limit` outlives the call.
    unsafe { libc::setrlimit(resource, &raw const limit) };
}

/// What the system grants a process of memory: address space, and what of it is private and writable. An allocator that
/// has reserved the first still has to make it writable; one that reserved it writable is not concerned.
#[derive(Clone, Copy, Debug)]
pub struct Memory([u64; 2]);

impl Memory {
    /// None beyond what the process has.
    pub const NONE: Self = Self([0; 2]);

    /// Grants this much from now on, as far as that can be undone; what was granted before.
    pub fn grant(self) -> Self {
        let limits = [libc::RLIMIT_AS, libc::RLIMIT_DATA];
        Self(std::array::from_fn(|at| set_soft_limit(limits[at], self.0[at])))
    }
}

/// Sets the lower limit of a resource; the one from before.
fn set_soft_limit(resource: libc::__rlimit_resource_t, value: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` outlives the call.
    unsafe { libc::getrlimit(resource, &raw mut limit) };
    let before = std::mem::replace(&mut limit.rlim_cur, value);
    // SAFETY: `limit` outlives the call.
    unsafe { libc::setrlimit(resource, &raw const limit) };
    before
}

/// Binds this process and its future children to one core.
pub fn pin(core: usize) {
    // SAFETY: an all-zero set is a valid value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: `core` is below the set's size, as `usable_cores` made sure.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: `set` outlives the call.
    unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
}

/// Undoes [`pin`]: every core may be used.
pub fn unpin() {
    // SAFETY: an all-zero set is a valid value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for core in 0..libc::CPU_SETSIZE as usize {
        // SAFETY: `core` is below the set's size.
        unsafe { libc::CPU_SET(core, &mut set) };
    }
    // SAFETY: `set` outlives the call.
    unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
}

/// The cores that this process may use.
pub fn usable_cores() -> Vec<usize> {
    // SAFETY: an all-zero set is a valid value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: `set` outlives the call.
    unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) };
    // SAFETY: every index is below the set's size.
    (0..libc::CPU_SETSIZE as usize).filter(|core| unsafe { libc::CPU_ISSET(*core, &set) }).collect()
}

/// Sends a signal; a process that is gone is no error.
pub fn kill(pid: i32, signal: i32) {
    // SAFETY: callers pass their own children or their groups.
    unsafe { libc::kill(pid, signal) };
}

/// Ends this process at once: no destructor, no handler.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: never returns.
    unsafe { libc::syscall(libc::SYS_exit_group, status) };
    unreachable!("exit_group returned")
}

/// Blocks `signals` in this thread, so that they can be waited for.
pub fn block(signals: &[i32]) {
    let set = signal_set(signals);
    // SAFETY: `set` outlives the call.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) };
}

/// Unblocks every signal and gives `SIGCHLD` its default meaning again.
pub fn reset_signals() {
    // SAFETY: an all-zero set is a valid value.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `set` is ours to fill.
    unsafe { libc::sigemptyset(&raw mut set) };
    // SAFETY: `set` outlives the call.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const set, ptr::null_mut()) };
    // SAFETY: the default action is always valid.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

fn signal_set(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: an all-zero set is a valid value.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `set` is ours to fill.
    unsafe { libc::sigemptyset(&raw mut set) };
    for signal in signals {
        // SAFETY: `set` is initialised.
        unsafe { libc::sigaddset(&raw mut set, *signal) };
    }
    set
}

/// Waits up to `limit` for output of `fd`, or for the end of a child. `SIGCHLD`
/// must be blocked and have a handler.
pub fn wait_output(fd: i32, limit: Duration) {
    let mut watched = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let time = libc::timespec { tv_sec: limit.as_secs() as i64, tv_nsec: i64::from(limit.subsec_nanos()) };
    let none = signal_set(&[]);
    // SAFETY: all three outlive the call.
    unsafe { libc::ppoll(&raw mut watched, 1, &raw const time, &raw const none) };
    if watched.revents == libc::POLLHUP {
        // Nobody can print any more, and a closed pipe would wake us for ever.
        // SAFETY: as above.
        unsafe { libc::ppoll(ptr::null_mut(), 0, &raw const time, &raw const none) };
    }
}

/// Lets the end of a child interrupt what waits.
pub fn notice_children() {
    extern "C" fn nothing(_signal: i32) {}
    on_signal(libc::SIGCHLD, nothing);
}

/// Sends what this process prints to nowhere.
pub fn silence() {
    // SAFETY: the name is a C string.
    let null = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
    for descriptor in [1, 2] {
        // SAFETY: both are descriptors or refused.
        unsafe { libc::dup2(null, descriptor) };
    }
    close(null);
}

/// Has standard error written to `fd`.
pub fn redirect_stderr(fd: i32) {
    // SAFETY: both are descriptors.
    unsafe { libc::dup2(fd, 2) };
}

/// Has `exec` close every descriptor but the first three and `kept`: those that a
/// shell or a build tool left open are not the target's to write to. Kernels before
/// 5.11 refuse, and close nothing.
pub fn pass_on_only(kept: &[i32]) {
    // SAFETY: sets a flag of descriptors; nothing is closed yet.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    for fd in kept {
        // SAFETY: clears a flag of a descriptor that the caller owns.
        unsafe { libc::fcntl(*fd, libc::F_SETFD, 0) };
    }
}

/// Gives a pipe more room, so that who prints much waits less.
pub fn widen_pipe(fd: &impl std::os::fd::AsRawFd) {
    // SAFETY: the descriptor is open; a refusal changes nothing.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20) };
}

/// How a process changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It ended with this status.
    Exited(i32),
    /// This signal killed it.
    Killed(i32),
    /// This signal stopped it.
    Stopped(i32),
}

/// Collects one state change of a child, if there is one: of `pid`, or of any
/// child for `None`.
pub fn reap(pid: Option<i32>) -> Option<(i32, Change)> {
    let (id_type, id) = pid.map_or((libc::P_ALL, 0), |pid| (libc::P_PID, pid as u32));
    // SAFETY: an all-zero value is valid.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = libc::WEXITED | libc::WSTOPPED | libc::WNOHANG | libc::__WALL;
    // SAFETY: `info` outlives the call.
    let result = unsafe { libc::waitid(id_type, id, &raw mut info, flags) };
    // SAFETY: waitid fills the fields of a child's change, or leaves zeros.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    if result != 0 || pid == 0 {
        return None;
    }
    let change = match info.si_code {
        libc::CLD_EXITED => Change::Exited(status),
        libc::CLD_STOPPED => Change::Stopped(status),
        _ => Change::Killed(status),
    };
    Some((pid, change))
}

/// Clones this process; the clone's parent is this process's parent. `atfork`
/// handlers do not run. The clone's number is also stored in `number`, before
/// it runs.
///
/// # Safety
/// This process has one thread, and the clone uses only what survives a fork
/// without handlers.
pub unsafe fn clone_sibling(number: *mut i32) -> i64 {
    let flags = (libc::CLONE_PARENT | libc::CLONE_PARENT_SETTID) as u64 | libc::SIGCHLD as u64;
    // SAFETY: the caller's promise; no new stack, so the clone goes on on a
    // copy of this one.
    unsafe { libc::syscall(libc::SYS_clone, flags, 0, number, 0, 0) }
}

/// Forks.
///
/// # Errors
/// If the system refuses another process.
///
/// # Safety
/// This process has one thread, or the child calls only what is safe then.
pub unsafe fn fork() -> io::Result<i32> {
    // SAFETY: the caller's promise.
    check(i64::from(unsafe { libc::fork() })).map(|pid| pid as i32)
}

/// Forks without a word to those who registered fork handlers.
///
/// # Errors
/// If the system refuses another process.
///
/// # Safety
/// This process has one thread that calls the target or the C library's heap.
pub unsafe fn fork_unannounced() -> io::Result<i32> {
    // SAFETY: the caller's promise; no new stack, so the child goes on on a copy of this one.
    check(unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) }).map(|pid| pid as i32)
}

/// Forks so that nobody notices: no fork handler runs, and the child's end sends no signal.
///
/// # Errors
/// If the system refuses another process.
///
/// # Safety
/// As for [`fork_unannounced`].
pub unsafe fn fork_unnoticed() -> io::Result<i32> {
    // SAFETY: as in `fork_unannounced`.
    check(unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) }).map(|pid| pid as i32)
}

/// Puts this process into a group of its own.
pub fn lead_group() {
    // SAFETY: changes the group of this process.
    unsafe { libc::setpgid(0, 0) };
}

/// A pipe whose ends never block and are closed on `exec`: read end, write end.
///
/// # Errors
/// If the system has no descriptors left.
pub fn pipe() -> io::Result<(std::os::fd::OwnedFd, std::os::fd::OwnedFd)> {
    use std::os::fd::FromRawFd;
    let mut ends = [0; 2];
    // SAFETY: `ends` holds two descriptors.
    check(i64::from(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) }))?;
    // SAFETY: both are fresh and owned by nobody else.
    Ok(unsafe { (std::os::fd::OwnedFd::from_raw_fd(ends[0]), std::os::fd::OwnedFd::from_raw_fd(ends[1])) })
}

/// Anonymous memory that forked children share.
///
/// # Errors
/// If the system has no memory left.
pub fn map_anonymous(len: usize) -> io::Result<*mut c_void> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping at an address of the system's choice.
    let start = unsafe { libc::mmap(ptr::null_mut(), len, protection, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, 0) };
    if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(start) }
}

/// Calls `handler` on `signal`; system calls that wait are then interrupted.
pub fn on_signal(signal: i32, handler: extern "C" fn(i32)) {
    // SAFETY: an all-zero action is valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    // SAFETY: the handler only stores an atomic.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}

/// Leaves interrupts to the parent.
pub fn ignore_interrupts() {
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP].into_iter().for_each(ignore);
}

/// Ignores a signal.
pub fn ignore(signal: i32) {
    // SAFETY: ignoring a signal is always valid.
    unsafe { libc::signal(signal, libc::SIG_IGN) };
}

/// Lets writes to a pipe wait.
pub fn make_blocking(fd: &impl std::os::fd::AsRawFd) {
    // SAFETY: the descriptor is open.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, 0) };
}

/// Makes the whole pages within a range resident and writable; what cannot be
/// is left to fault when it is touched.
pub fn populate(address: usize, len: usize) {
    let start = address.next_multiple_of(PAGE);
    let whole = (address + len).saturating_sub(start) / PAGE * PAGE;
    // SAFETY: populating changes no contents, and a range that is not mapped
    // is refused.
    unsafe { libc::madvise(ptr::with_exposed_provenance_mut(start), whole, libc::MADV_POPULATE_WRITE) };
}

/// Lets this process and its future children send signals to themselves and to
/// each other only, where the kernel can do that (Landlock, from Linux 6.12):
/// a target must not kill those who watch it.
pub fn confine_signals() {
    use landlock::{CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort).scope(Scope::Signal);
    // Where it cannot be had, a keeper that is killed is replaced.
    let _ = ruleset.and_then(Ruleset::create).and_then(landlock::RulesetCreated::restrict_self);
}

/// Gives signals that our parents ignore their default meaning again.
pub fn default_interrupts() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGXFSZ] {
        // SAFETY: the default action is always valid.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
