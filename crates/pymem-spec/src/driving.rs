//! What a library tolerates, and so how it may be driven.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rules::{Query, Rules};
use crate::version::Version;
use crate::words::{Build, Configuration, words};

/// How a CPython library may be driven, by its own version and build: what it
/// survives outside of what the contract promises.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Driving {
    /// The `Calloc` functions exist, in the API and in the allocator structs.
    pub calloc: bool,
    /// `PyMem_SetupDebugHooks` has an effect.
    pub hooks: bool,
    /// mem and obj can be called with nothing initialised, without debug hooks.
    pub mem_obj_bare: bool,
    /// mem and obj can be called with nothing initialised, under debug hooks.
    pub mem_obj_bare_under_hooks: bool,
    /// With nothing initialised, mem and obj can be called under debug hooks that lie over an allocator of the
    /// caller's own.
    pub own_below_hooks: bool,
    /// Objects of an interpreter may lie in an allocator that was installed for obj.
    pub own_objects: bool,
    /// An allocator that is installed before the main function of the interpreter's own program stays.
    pub own_before_main: bool,
    /// `PyEval_InitThreads` has to be called before a second thread takes the lock.
    pub threads_init: bool,
    /// The `PYTHONMALLOC` names that an embedding program's `Py_Initialize` accepts, in report order.
    pub environment: Vec<Configuration>,
}

words! {
    /// The truths of [`Driving`] as `spec/driving.toml` names them.
    Property {
        /// [`Driving::calloc`].
        Calloc = "calloc",
        /// [`Driving::hooks`].
        Hooks = "hooks",
        /// [`Driving::mem_obj_bare`].
        MemObjBare = "mem-obj-bare",
        /// [`Driving::mem_obj_bare_under_hooks`].
        MemObjBareUnderHooks = "mem-obj-bare-under-hooks",
        /// [`Driving::own_below_hooks`].
        OwnBelowHooks = "own-below-hooks",
        /// [`Driving::own_objects`].
        OwnObjects = "own-objects",
        /// [`Driving::own_before_main`].
        OwnBeforeMain = "own-before-main",
        /// [`Driving::threads_init`].
        ThreadsInit = "threads-init",
    }
}

/// The rules that [`Driving`] is derived from.
#[derive(Clone, Debug)]
pub(crate) struct DrivingRules {
    /// Complete: the loader refuses a contract that leaves a property open.
    pub(crate) properties: BTreeMap<Property, Rules<bool>>,
    pub(crate) environment: Rules<Vec<Configuration>>,
}

impl DrivingRules {
    pub(crate) fn of(&self, version: Version, builds: &[Build]) -> Driving {
        let query = Query { version, builds, kind: None, domain: None, configuration: None };
        let holds = |property| *self.properties[&property].value(&query);
        Driving {
            calloc: holds(Property::Calloc),
            hooks: holds(Property::Hooks),
            mem_obj_bare: holds(Property::MemObjBare),
            mem_obj_bare_under_hooks: holds(Property::MemObjBareUnderHooks),
            own_below_hooks: holds(Property::OwnBelowHooks),
            own_objects: holds(Property::OwnObjects),
            own_before_main: holds(Property::OwnBeforeMain),
            threads_init: holds(Property::ThreadsInit),
            environment: self.environment.value(&query).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::{Build, Registry};

    /// The true properties by the initials of the struct's fields, then the `PYTHONMALLOC` names.
    fn summary(version: &str, builds: &str) -> String {
        let builds: Vec<Build> = builds.split_whitespace().map(|word| word.parse().unwrap()).collect();
        let driving = Registry::embedded().driving(&version.parse().unwrap(), &builds);
        let flags = [
            (driving.calloc, "calloc"),
            (driving.hooks, "hooks"),
            (driving.mem_obj_bare, "bare"),
            (driving.mem_obj_bare_under_hooks, "bare-hooks"),
            (driving.own_below_hooks, "own"),
            (driving.own_objects, "objects"),
            (driving.own_before_main, "main"),
            (driving.threads_init, "init"),
        ];
        let true_ones = flags.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name);
        let names = driving.environment.iter().map(|configuration| configuration.pythonmalloc().unwrap());
        format!("{} | {}", true_ones.collect::<Vec<_>>().join(" "), names.collect::<Vec<_>>().join(" "))
    }

    const BASE: &str = "default debug malloc malloc_debug";

    #[rstest]
    #[case("3.4.10", "release gil", "bare bare-hooks own objects init | ")]
    #[case("3.5.0rc1", "release gil", "calloc bare bare-hooks own objects init | ")]
    #[case("3.5.10", "release gil", "calloc bare bare-hooks own objects init | ")]
    #[case("3.5.10", "debug gil", "calloc hooks bare bare-hooks own objects init | ")]
    #[case("3.6.15", "release gil", "calloc hooks bare bare-hooks own objects init | ")]
    #[case("3.6.15", "debug gil", "calloc hooks bare bare-hooks own objects init | ")]
    #[case("3.7.16", "release gil", &format!("calloc hooks bare bare-hooks own objects main | {BASE} pymalloc pymalloc_debug"))]
    #[case("3.8.14", "debug gil", &format!("calloc hooks bare bare-hooks own objects main | {BASE} pymalloc pymalloc_debug"))]
    #[case("3.11.7", "release gil", &format!("calloc hooks bare bare-hooks own objects main | {BASE} pymalloc pymalloc_debug"))]
    #[case("3.11.7", "release gil no-pymalloc", &format!("calloc hooks bare bare-hooks own objects main | {BASE}"))]
    #[case("3.12.5", "release gil no-mimalloc", &format!("calloc hooks own objects main | {BASE} pymalloc pymalloc_debug"))]
    #[case("3.13.0", "release gil", &format!("calloc hooks own objects main | {BASE} pymalloc pymalloc_debug mimalloc mimalloc_debug"))]
    #[case("3.13.0rc2", "release free-threaded", "calloc hooks main | default debug mimalloc mimalloc_debug")]
    #[case("3.14.7", "debug gil", &format!("calloc hooks objects main | {BASE} pymalloc pymalloc_debug mimalloc mimalloc_debug"))]
    #[case("3.14.7", "debug free-threaded", "calloc hooks main | default debug mimalloc mimalloc_debug")]
    #[case("3.14.7", "release gil no-pymalloc no-mimalloc", &format!("calloc hooks bare objects main | {BASE}"))]
    #[case("3.14.7", "debug gil no-pymalloc no-mimalloc", &format!("calloc hooks objects main | {BASE}"))]
    #[case("3.14.7", "release gil no-pymalloc", &format!("calloc hooks bare objects main | {BASE} mimalloc mimalloc_debug"))]
    #[case("3.14.7", "release gil no-mimalloc", &format!("calloc hooks objects main | {BASE} pymalloc pymalloc_debug"))]
    fn as_measured(#[case] version: &str, #[case] builds: &str, #[case] expected: &str) {
        assert_eq!(summary(version, builds), expected);
    }
}
