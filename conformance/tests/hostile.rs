//! A target that does its worst gets the right verdict in time, and spoils nothing else.

mod common;

use std::collections::BTreeSet;

use c_tests::{Group, Library};
use common::{Run, each, libraries};
use pymem_conform::report::{NoVerdict, Verdict};

/// What has to come of a run, beside a valid report, no stray process and no file.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// It does no harm that a clause forbids.
    Conforms,
    /// These clauses are among the violated ones.
    Violates(&'static [&'static str]),
    /// At least one of these clauses is among the violated ones.
    ViolatesOneOf(&'static [&'static str]),
    /// This clause is violated, and nothing else is judged.
    DoesNotLoad,
    /// Status 3; the sentence holds these words.
    Untestable(&'static str),
}

use Expected::{Conforms, DoesNotLoad, Untestable, Violates, ViolatesOneOf};

/// A death or a hang: the clause on survival, and one whose check needs the function.
const MALLOC: Expected = Violates(&["robustness.survives", "malloc.usable"]);

const EXPECTED: &[(&str, Expected)] = &[
    ("abort-in-calloc", Violates(&["robustness.survives", "calloc.zeroed"])),
    ("address-not-mapped", MALLOC),
    ("block-in-realloc", Violates(&["robustness.survives"])),
    ("child-holds-stdout", Conforms),
    ("close-descriptors-at-load", Conforms),
    ("close-descriptors-in-malloc", Conforms),
    ("crash-at-load", DoesNotLoad),
    ("crash-at-load-plain", DoesNotLoad),
    // A library that is tested is never unloaded.
    ("crash-at-unload", Conforms),
    ("crash-in-malloc-plain", MALLOC),
    ("crash-in-realloc", Violates(&["robustness.survives", "realloc.grows"])),
    ("eat-memory", Violates(&["resources.small"])),
    ("eat-memory-at-load", DoesNotLoad),
    ("exec-in-malloc", MALLOC),
    ("exit-at-load", DoesNotLoad),
    ("exit-at-load-plain", DoesNotLoad),
    ("exit-in-free", Violates(&["robustness.survives", "free.any-order"])),
    ("exit-in-malloc", MALLOC),
    ("exit-in-malloc-plain", MALLOC),
    ("fault-loop", Violates(&["robustness.survives"])),
    ("flood-stderr", Conforms),
    ("flood-stdout", Conforms),
    ("garbage-to-descriptors-at-load", Conforms),
    ("garbage-to-descriptors-in-malloc", Conforms),
    ("hang-at-load", DoesNotLoad),
    ("hang-at-load-plain", DoesNotLoad),
    ("hang-everywhere", Violates(&["robustness.survives"])),
    ("hang-in-malloc", Violates(&["robustness.survives"])),
    ("hang-in-malloc-plain", Violates(&["robustness.survives"])),
    ("ignore-sigchld", Conforms),
    ("kill-itself-in-malloc", MALLOC),
    // Those who watch over it are out of its reach, but a check that forks is its child's parent.
    ("kill-parent-in-malloc", Violates(&["robustness.survives", "threads.fork"])),
    // Without memory, every small request is refused. Without processor time, the next tick of the
    // clock kills, wherever it falls.
    ("limits-to-zero", ViolatesOneOf(&["malloc.serves", "robustness.load", "robustness.survives"])),
    ("limits-to-zero-in-malloc", Violates(&["malloc.serves"])),
    ("load-recurses-plain", MALLOC),
    ("longjmp-in-malloc", MALLOC),
    ("malloc-is-data", Untestable("there is no allocator in it")),
    ("mask-signals", Violates(&["robustness.survives"])),
    ("mask-signals-and-crash", MALLOC),
    ("no-dump-no-parent-death", Conforms),
    ("only-raw-malloc", Violates(&["symbols.functions"])),
    ("print-at-load", Conforms),
    ("ptrace-itself", Conforms),
    ("pymem-is-data", Untestable("there is no allocator in it")),
    ("reserve-at-load", Conforms),
    ("scribble-on-shared-memory", Conforms),
    ("spoil-process-at-load", Conforms),
    ("stack-overflow-in-malloc", MALLOC),
    ("stop-in-malloc", MALLOC),
    ("strays-at-load", Conforms),
    ("strays-in-malloc", Conforms),
    ("terminate-itself-in-malloc", MALLOC),
    ("thread-at-load", Conforms),
    ("thread-holds-locks", Conforms),
    ("undefined-symbol", Untestable("undefined symbol")),
    ("undefined-symbol-plain", Untestable("undefined symbol")),
    ("vtable-crash", DoesNotLoad),
    ("vtable-of-null", Violates(&["symbols.vtable"])),
    ("wild-jump-in-malloc", MALLOC),
];

#[test]
fn every_hostile_library_is_expected() {
    let libraries = libraries(Group::Hostile);
    if libraries.is_empty() {
        return;
    }
    let named = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<BTreeSet<_>>();
    let expected = named(&mut EXPECTED.iter().map(|(name, _)| *name));
    assert_eq!(named(&mut libraries.iter().map(|library| library.name)), expected);
}

#[test]
fn hostile_libraries_spoil_their_own_verdict_only() {
    each(&libraries(Group::Hostile), |library| {
        // That every library has a row is a test of its own.
        let rows = EXPECTED.iter().filter(|(name, _)| *name == library.name);
        rows.for_each(|(_, expected)| meets(library, *expected));
    });
}

fn meets(library: &Library, expected: Expected) {
    let ended = Run::json(&library.file).end();
    ended.within(20.0);
    match expected {
        Untestable(words) => {
            let told = ended.has_status(3).within(1.0).no_report();
            assert_eq!(told.verdict, NoVerdict::Untestable);
            assert!(told.reason.contains(words), "{}", told.reason);
        }
        Conforms => {
            let report = ended.report();
            assert!(report.failing().is_empty(), "{}", report.failures());
            assert!(report.summary.pass > 0);
        }
        Violates(clauses) => {
            let report = ended.has_status(1).report();
            let violated = clauses.iter().filter(|clause| !report.failing().contains(**clause));
            assert_eq!(violated.count(), 0, "not all of {clauses:?}, only\n{}", report.failures());
        }
        ViolatesOneOf(clauses) => {
            let report = ended.has_status(1).report();
            let violated = clauses.iter().any(|clause| report.failing().contains(*clause));
            assert!(violated, "none of {clauses:?}, only\n{}", report.failures());
        }
        DoesNotLoad => {
            let report = ended.has_status(1).report();
            assert_eq!(report.failing().into_iter().collect::<Vec<_>>(), ["robustness.load"]);
            // What is judged by the file's symbols alone needs no loading.
            let mut passed = report.results.iter().filter(|result| result.verdict == Verdict::Pass);
            assert!(passed.all(|result| result.clause.starts_with("symbols.")));
        }
    }
    assert_eq!(ended.stderr.lines().count(), usize::from(matches!(expected, Untestable(_))), "{:?}", ended.stderr);
}
