//! The checks. Each is a function of a few lines that judges one clause; which
//! one, and what it needs, stands in [`TABLE`].

mod alignment;
mod arenas;
mod collected;
mod customize;
mod deaths;
mod debug_edges;
mod debug_hooks;
mod defaults;
mod domains;
mod environment;
mod failures;
mod free;
mod fresh;
mod inside;
mod integrity;
mod lifecycle;
mod limits;
mod mimalloc;
mod objects;
mod pymalloc;
mod realloc;
mod resources;
mod symbols;
mod threads;
mod tracemalloc;
mod zero_size;

use crate::harness::{Harness, Outcome};

/// A check of one clause.
#[derive(Clone, Copy)]
pub struct Check {
    /// The clause that it judges.
    pub clause: &'static str,
    /// The code.
    pub run: fn(&mut Harness) -> Outcome,
    /// Whether it asks for a GiB and more: such checks never run two at once.
    pub huge: bool,
    /// Whether it gets four times the share of time, because it touches much
    /// memory, or does where the clause does not hold.
    pub costly: bool,
    /// Whether it calls calloc, which 3.4 does not have.
    pub calloc: bool,
    /// Whether it calls the domain at all.
    pub callable: bool,
    /// Whether it puts an allocator of its own in the place of one that cannot be called now.
    pub replaces: bool,
    /// Whether it leaves its process as it found it, so that another check may follow there.
    pub together: bool,
    /// Whether it has an interpreter run a program, which takes longer than calls.
    pub workload: bool,
    /// Functions that it calls beside those of the domain.
    pub needs: &'static [&'static str],
}

impl Check {
    /// Whether it looks at blocks alone, so that its calls tell what failed.
    pub fn is_told_by_calls(&self) -> bool {
        self.needs.is_empty() && OF_BLOCKS.iter().any(|area| self.clause.starts_with(area))
    }
}

/// What the clauses on blocks begin with.
const OF_BLOCKS: [&str; 11] = [
    "zero-size.",
    "alignment.",
    "limits.",
    "malloc.",
    "calloc.",
    "realloc.",
    "free.",
    "integrity.",
    "domains.beside",
    "threads.",
    "robustness.",
];

const fn check(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check {
        clause,
        run,
        huge: false,
        costly: false,
        calloc: false,
        callable: true,
        replaces: false,
        together: true,
        workload: false,
        needs: &[],
    }
}

/// Needs a process of its own.
const fn alone(check: Check) -> Check {
    Check { together: false, ..check }
}

const fn calloc(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { calloc: true, ..check(clause, run) }
}

/// Exchanges allocators.
const fn custom(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check {
        replaces: true,
        together: false,
        needs: &["PyMem_GetAllocator", "PyMem_SetAllocator"],
        ..calloc(clause, run)
    }
}

/// Asks for allocators, or exchanges them, and calls none.
const fn exchange(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { callable: false, ..custom(clause, run) }
}

/// Lays a hook over an allocator that can be called.
const fn wrap(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { replaces: false, ..custom(clause, run) }
}

/// Puts the debug hooks over an allocator of its own.
const fn own(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { needs: &["PyMem_GetAllocator", "PyMem_SetAllocator", "PyMem_SetupDebugHooks"], ..custom(clause, run) }
}

/// Starts interpreters itself.
const fn start(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    let needs = &["PyMem_GetAllocator", "Py_InitializeEx", "Py_FinalizeEx"];
    costly(Check { callable: false, together: false, needs, ..check(clause, run) })
}

/// Has the interpreter run a program.
const fn workload(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { workload: true, ..telling(clause, run) }
}

/// Exchanges the arena allocator.
const fn arenas(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check {
        together: false,
        needs: &["PyObject_GetArenaAllocator", "PyObject_SetArenaAllocator"],
        ..check(clause, run)
    }
}

/// The same, and lays a hook over raw.
const fn arenas_and_raw(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    const NEEDS: &[&str] =
        &["PyObject_GetArenaAllocator", "PyObject_SetArenaAllocator", "PyMem_GetAllocator", "PyMem_SetAllocator"];
    Check { together: false, needs: NEEDS, ..calloc(clause, run) }
}

/// Has the interpreter tell something.
const fn telling(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check { together: false, needs: &["PyRun_SimpleString"], ..check(clause, run) }
}

/// Makes objects, and looks at what is asked for them.
const fn object(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check {
        together: false,
        needs: &[
            "PyMem_GetAllocator",
            "PyMem_SetAllocator",
            "PyType_FromSpec",
            "_PyObject_New",
            "_PyObject_NewVar",
            "PyObject_Init",
            "PyObject_InitVar",
        ],
        ..calloc(clause, run)
    }
}

/// The same for objects under garbage collection.
const fn collected(clause: &'static str, run: fn(&mut Harness) -> Outcome) -> Check {
    Check {
        together: false,
        needs: &[
            "PyMem_GetAllocator",
            "PyMem_SetAllocator",
            "PyType_FromSpec",
            "_PyObject_GC_New",
            "_PyObject_GC_NewVar",
            "_PyObject_GC_Resize",
            "PyObject_GC_Del",
            "PyObject_GC_Track",
            "PyObject_GC_UnTrack",
        ],
        ..calloc(clause, run)
    }
}

const fn huge(check: Check) -> Check {
    Check { huge: true, together: false, ..check }
}

const fn costly(check: Check) -> Check {
    Check { costly: true, together: false, ..check }
}

/// Names of the facts that checks note and no clause judges.
pub const TRAITS: &[&str] = &[
    "alignment",
    "arena-size",
    "gc-header",
    "hooks-overhead",
    "number-of-mimalloc",
    "random-programs",
    "served-by",
    "situations",
    "situations-possible",
    "size-class-step",
];

/// Every check, in the order in which they run: those that need least first,
/// because what hangs there need not be tried again.
pub const TABLE: &[Check] = &[
    Check { callable: false, ..check("symbols.vtable", symbols::vtable) },
    check("free.null", free::null),
    check("malloc.usable", fresh::malloc_usable),
    check("malloc.page-multiples", fresh::malloc_page_multiples),
    costly(check("malloc.large", fresh::malloc_large)),
    calloc("malloc.serves", fresh::malloc_serves),
    calloc("calloc.zeroed", fresh::calloc_zeroed),
    calloc("calloc.zeroed-reused", fresh::calloc_zeroed_reused),
    calloc("calloc.product", fresh::calloc_product),
    costly(calloc("calloc.large", fresh::calloc_large)),
    check("realloc.null", realloc::null),
    check("realloc.grows", realloc::grows),
    check("realloc.shrinks", realloc::shrinks),
    check("realloc.same-size", realloc::same_size),
    check("realloc.moves", realloc::moves),
    check("realloc.chain", realloc::chain),
    costly(check("realloc.large", realloc::large)),
    check("realloc.failed-keeps", realloc::failed_keeps),
    calloc("realloc.of-calloc", realloc::of_calloc),
    check("realloc.neighbours", realloc::neighbours),
    check("realloc.usable", realloc::usable_whole),
    check("zero-size.malloc.non-null", zero_size::malloc_non_null),
    check("zero-size.malloc.distinct", zero_size::malloc_distinct),
    check("zero-size.malloc.writable", zero_size::malloc_writable),
    calloc("zero-size.calloc.non-null", zero_size::calloc_non_null),
    calloc("zero-size.calloc.distinct", zero_size::calloc_distinct),
    calloc("zero-size.calloc.zeroed", zero_size::calloc_zeroed),
    calloc("zero-size.calloc.huge-factor", zero_size::calloc_huge_factor),
    check("zero-size.realloc.null", zero_size::realloc_null),
    check("zero-size.realloc.keeps-block", zero_size::realloc_keeps_block),
    check("zero-size.realloc.grows", zero_size::realloc_grows),
    calloc("zero-size.free", zero_size::free),
    check("alignment.malloc", alignment::malloc),
    calloc("alignment.calloc", alignment::calloc),
    check("alignment.realloc", alignment::realloc),
    alone(check("limits.malloc.above-ssize-max", limits::malloc_above_ssize_max)),
    alone(calloc("limits.calloc.product-above-ssize-max", limits::calloc_product_above_ssize_max)),
    alone(check("limits.realloc.above-ssize-max", limits::realloc_above_ssize_max)),
    alone(check("limits.malloc.unsatisfiable", limits::malloc_unsatisfiable)),
    alone(calloc("limits.calloc.unsatisfiable", limits::calloc_unsatisfiable)),
    alone(check("limits.realloc.unsatisfiable", limits::realloc_unsatisfiable)),
    huge(check("limits.malloc.truncation", limits::malloc_truncation)),
    huge(calloc("limits.calloc.truncation", limits::calloc_truncation)),
    huge(check("limits.realloc.truncation", limits::realloc_truncation)),
    alone(calloc("limits.calloc.library", limits::calloc_library)),
    alone(calloc("limits.no-exception", limits::no_exception)),
    calloc("free.any-order", free::any_order),
    check("free.reuse", free::reuse),
    check("free.neighbours", free::neighbours),
    check("integrity.no-overlap", integrity::no_overlap),
    calloc("integrity.contents", integrity::contents),
    calloc("integrity.random-operations", integrity::random_operations),
    calloc("domains.beside-each-other", domains::beside_each_other),
    check("domains.libc-beside", domains::libc_beside),
    exchange("customize.get", customize::get),
    exchange("customize.round-trip", customize::round_trip),
    exchange("customize.copies", customize::copies),
    exchange("customize.per-domain", customize::per_domain),
    exchange("customize.unknown-domain", customize::unknown_domain),
    exchange("customize.restores", customize::restores),
    custom("customize.ctx", customize::ctx),
    custom("customize.argument.malloc", customize::argument_of_malloc),
    custom("customize.arguments.calloc", customize::arguments_of_calloc),
    custom("customize.arguments.realloc", customize::arguments_of_realloc),
    custom("customize.argument.free", customize::argument_of_free),
    custom("customize.limits-first", customize::limits_first),
    custom("customize.failure", customize::failure),
    custom("customize.wraps", customize::wraps),
    calloc("debug-hooks.layout.size", debug_hooks::size),
    calloc("debug-hooks.layout.letter", debug_hooks::letter),
    calloc("debug-hooks.layout.leading-pad", debug_hooks::leading_pad),
    calloc("debug-hooks.layout.trailing-pad", debug_hooks::trailing_pad),
    calloc("debug-hooks.layout.serial-number", debug_hooks::serial_number),
    calloc("debug-hooks.layout.serial-number-by-build", debug_hooks::serial_number),
    calloc("debug-hooks.clean.malloc", debug_hooks::clean_malloc),
    calloc("debug-hooks.clean.realloc", debug_hooks::clean_realloc),
    own("debug-hooks.dead.free", debug_hooks::dead_free),
    own("debug-hooks.refused-resize", debug_hooks::refused_resize),
    own("debug-hooks.setup.over-replacement", debug_hooks::setup_over_replacement),
    own("debug-hooks.inner.calloc", debug_hooks::inner_calloc),
    own("debug-hooks.inner.null", debug_hooks::inner_null),
    own("debug-hooks.inner.size", debug_hooks::inner_size),
    exchange("debug-hooks.setup.again", debug_hooks::setup_again),
    wrap("debug-hooks.setup.under-hook", debug_hooks::setup_under_hook),
    wrap("customize.direct-call", customize::direct_call),
    wrap("domains.hooks-apart", domains::hooks_apart),
    own("debug-hooks.dead.realloc", debug_edges::dead_realloc),
    own("debug-hooks.dead.moved", debug_edges::dead_moved),
    own("debug-hooks.inner.one-call", debug_edges::one_call_below),
    own("debug-hooks.inner.limit", debug_edges::limit),
    own("debug-hooks.serial-number.refused", debug_edges::serial_number_of_refused),
    own("debug-hooks.detects.double-free", debug_edges::double_free),
    own("debug-hooks.detects.realloc-after-free", debug_edges::realloc_after_free),
    own("debug-hooks.detects.changed-size", debug_edges::changed_size),
    exchange("debug-hooks.setup.without-effect", debug_edges::setup_without_effect),
    alone(check("debug-hooks.lock.not-looked-at", debug_edges::lock_not_looked_at)),
    Check { calloc: false, ..exchange("customize.get-without-calloc", customize::get_without_calloc) },
    wrap("customize.direct-limits", customize::direct_limits),
    exchange("customize.locked", customize::locked),
    calloc("debug-hooks.detects.overflow.free", deaths::overflow_free),
    calloc("debug-hooks.detects.overflow.realloc", deaths::overflow_realloc),
    calloc("debug-hooks.detects.underflow.free", deaths::underflow_free),
    calloc("debug-hooks.detects.underflow.realloc", deaths::underflow_realloc),
    calloc("debug-hooks.detects.letter.free", deaths::letter_free),
    calloc("debug-hooks.detects.letter.realloc", deaths::letter_realloc),
    calloc("debug-hooks.quiet", deaths::quiet),
    calloc("debug-hooks.lock.malloc", deaths::lock_malloc),
    calloc("debug-hooks.lock.calloc", deaths::lock_calloc),
    calloc("debug-hooks.lock.realloc", deaths::lock_realloc),
    calloc("debug-hooks.lock.free", deaths::lock_free),
    alone(calloc("debug-hooks.lock.after-further-interpreter", deaths::lock_after_further_interpreter)),
    calloc("debug-hooks.lock.raw", deaths::lock_raw),
    calloc("debug-hooks.lock.limits-first", deaths::lock_limits_first),
    calloc("debug-hooks.report.block", deaths::report_block),
    calloc("debug-hooks.report.pads", deaths::report_pads),
    calloc("debug-hooks.report.data", deaths::report_data),
    calloc("debug-hooks.report.finding", deaths::report_finding),
    calloc("debug-hooks.report.function", deaths::report_function),
    calloc("debug-hooks.report.state", deaths::report_state),
    calloc("debug-hooks.report.abort", deaths::report_abort),
    calloc("domains.mixing.free", deaths::mixing_free),
    calloc("domains.mixing.realloc", deaths::mixing_realloc),
    calloc("domains.mixing.letters", deaths::mixing_letters),
    alone(check("defaults.server", defaults::server)),
    alone(check("defaults.hooks", defaults::hooks)),
    exchange("defaults.no-pymalloc", defaults::same_functions),
    exchange("defaults.ctx", defaults::ctx),
    alone(check("environment.pythonmalloc.default", defaults::named)),
    alone(check("environment.pythonmalloc.debug", defaults::named)),
    alone(check("environment.pythonmalloc.malloc", defaults::named)),
    alone(check("environment.pythonmalloc.malloc-debug", defaults::named)),
    alone(check("environment.pythonmalloc.pymalloc", defaults::named)),
    alone(check("environment.pythonmalloc.pymalloc-debug", defaults::named)),
    alone(check("environment.pythonmalloc.mimalloc", defaults::named)),
    alone(check("environment.pythonmalloc.mimalloc-debug", defaults::named)),
    start("environment.names.accepted", environment::accepts_names),
    start("environment.names.not-built", environment::refuses_other_names),
    start("environment.names.unknown", environment::refuses_unknown),
    start("environment.empty", environment::empty),
    start("environment.unread", environment::unread),
    start("environment.read", environment::read),
    start("environment.ignored", environment::ignored),
    start("environment.dev-mode", environment::dev_mode),
    start("environment.priority", environment::priority),
    start("environment.preconfig.field", environment::field),
    start("environment.preconfig.not-set", environment::number_not_set),
    start("environment.preconfig.default", environment::number_default),
    start("environment.preconfig.debug", environment::number_debug),
    start("environment.preconfig.malloc", environment::number_malloc),
    start("environment.preconfig.malloc-debug", environment::number_malloc_debug),
    start("environment.preconfig.pymalloc", environment::number_pymalloc),
    start("environment.preconfig.pymalloc-debug", environment::number_pymalloc_debug),
    start("environment.preconfig.mimalloc", environment::number_mimalloc),
    start("environment.preconfig.unknown", environment::number_unknown),
    start("environment.statistics.printed", environment::statistics),
    start("environment.statistics.empty", environment::statistics_off),
    start("environment.statistics.malloc", environment::statistics_of_malloc),
    start("environment.statistics.pymalloc", environment::statistics_of_pymalloc),
    start("customize.before-start", lifecycle::before_start),
    start("customize.after-end", lifecycle::after_end),
    start("customize.start-replaces", lifecycle::start_replaces),
    start("debug-hooks.setup.start-removes", lifecycle::start_removes_hooks),
    start("lifecycle.cycles", lifecycle::cycles),
    start("lifecycle.raw-outlives", lifecycle::raw_outlives),
    start("lifecycle.all-outlive", lifecycle::all_outlive),
    start("lifecycle.further-interpreter", lifecycle::further_interpreter),
    start("lifecycle.own-allocator", lifecycle::own_allocator),
    Check { callable: false, ..arenas("arenas.get", arenas::get) },
    Check { callable: false, ..arenas("arenas.default-ctx", arenas::default_ctx) },
    Check { callable: false, ..arenas("arenas.round-trip", arenas::round_trip) },
    Check { callable: false, ..arenas("arenas.default-from-system", arenas::default_from_system) },
    arenas("arenas.called", arenas::called),
    arenas("arenas.ctx", arenas::ctx),
    arenas("arenas.size", arenas::size),
    arenas("arenas.size-before", arenas::size),
    arenas("arenas.released", arenas::released),
    arenas("arenas.released-when-empty", arenas::released_when_empty),
    arenas("arenas.released-by-current", arenas::released_by_current),
    arenas("arenas.live-blocks", arenas::live_blocks),
    arenas("arenas.restores", arenas::restores),
    arenas("arenas.unused", arenas::unused),
    Check { calloc: true, ..arenas("arenas.refusal", arenas::refusal) },
    arenas_and_raw("arenas.refusal.served", arenas::refusal_served),
    arenas_and_raw("arenas.failure-sweep", arenas::failure_sweep),
    wrap("pymalloc.small", pymalloc::small),
    wrap("pymalloc.large", pymalloc::large),
    wrap("pymalloc.zero-size", pymalloc::zero_size),
    wrap("pymalloc.realloc.across", pymalloc::realloc_across),
    wrap("pymalloc.realloc.to-zero", pymalloc::realloc_to_zero),
    alone(check("pymalloc.realloc.shrinks", pymalloc::shrink)),
    alone(check("pymalloc.realloc.grows", pymalloc::grow)),
    telling("pymalloc.count", pymalloc::count),
    telling("pymalloc.count.none", pymalloc::count_none),
    wrap("mimalloc.any-size", mimalloc::any_size),
    wrap("mimalloc.free-threaded", mimalloc::any_size),
    start("mimalloc.before-initialisation", lifecycle::mimalloc_without_interpreter),
    exchange("mimalloc.apart", mimalloc::apart),
    custom("customize.failure-sweep", failures::under_the_api),
    wrap("customize.failure-sweep.raw", failures::of_raw),
    own("debug-hooks.failure-sweep", failures::under_debug_hooks),
    object("objects.layout", objects::layout),
    object("objects.new.size", objects::new_size),
    object("objects.new.header", objects::new_header),
    object("objects.new-var.size", objects::new_var_size),
    object("objects.new-var.rounding", objects::new_var_rounding),
    object("objects.new-var.header", objects::new_var_header),
    object("objects.new-var.huge", objects::new_var_huge),
    object("objects.new.refused", objects::new_refused),
    object("objects.init", objects::init),
    object("objects.init-var", objects::init_var),
    object("objects.init.null", objects::init_null),
    object("objects.init.heap-type", objects::init_heap_type),
    object("objects.init.heap-type-borrowed", objects::init_heap_type_borrowed),
    object("objects.del", objects::del),
    object("objects.in-raw-memory", objects::in_raw_memory),
    alone(calloc("objects.bytes-of-buffer", objects::bytes_of_buffer)),
    collected("objects.gc-new", collected::new),
    collected("objects.gc-new-var.negative", collected::new_var_negative),
    collected("objects.gc-header", collected::header),
    collected("objects.gc-track", collected::track),
    collected("objects.gc-track.twice", collected::track_twice),
    collected("objects.gc-untrack.twice", collected::untrack_twice),
    collected("objects.gc-del", collected::del),
    collected("objects.gc-del.tracked", collected::del_tracked),
    collected("objects.gc-resize", collected::resize),
    collected("objects.gc-extra-data", collected::extra_data),
    collected("objects.gc-queries", collected::queries),
    alone(calloc("tracemalloc.off", tracemalloc::off)),
    alone(calloc("tracemalloc.track", tracemalloc::track)),
    alone(calloc("tracemalloc.track.update", tracemalloc::update)),
    alone(calloc("tracemalloc.track.domains", tracemalloc::domains)),
    alone(calloc("tracemalloc.track.any-key", tracemalloc::any_key)),
    alone(calloc("tracemalloc.untrack", tracemalloc::untrack)),
    alone(calloc("tracemalloc.untrack.unknown", tracemalloc::untrack_unknown)),
    alone(calloc("tracemalloc.without-lock", tracemalloc::without_lock)),
    alone(calloc("tracemalloc.blocks", tracemalloc::blocks)),
    alone(calloc("tracemalloc.accounting", tracemalloc::accounting)),
    wrap("tracemalloc.hooks", tracemalloc::hooks),
    alone(calloc("debug-hooks.report.hint", tracemalloc::hint)),
    alone(calloc("debug-hooks.report.traceback", tracemalloc::traceback)),
    alone(calloc("threads.concurrent", threads::concurrent)),
    costly(check("threads.foreign-free", threads::foreign_free)),
    alone(check("threads.exit", threads::exit)),
    alone(check("threads.hand-over", threads::hand_over)),
    alone(calloc("threads.fork", threads::fork)),
    workload("customize.inside.start", inside::start),
    workload("customize.inside.imports", inside::imports),
    workload("customize.inside.containers", inside::containers),
    workload("customize.inside.texts", inside::texts),
    workload("customize.inside.recursion", inside::recursion),
    workload("customize.inside.garbage", inside::garbage),
    workload("customize.inside.threads", inside::threads),
    workload("customize.inside.forks", inside::forks),
    workload("customize.inside.interpreters", inside::interpreters),
    workload("customize.inside.restarts", inside::restarts),
    costly(check("resources.small", resources::small)),
    costly(check("resources.large", resources::large)),
    costly(check("resources.realloc", resources::realloc)),
    costly(calloc("resources.calloc", resources::calloc)),
    costly(calloc("resources.refusals", resources::refusals)),
];
