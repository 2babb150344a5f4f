//! The atomics of the remote list, under one name so that a model checker can
//! put its own in their place.

pub(crate) use std::sync::atomic::{AtomicUsize, Ordering};
