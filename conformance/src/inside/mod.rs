//! An allocator inside a real interpreter.
//!
//! Reading order: [`order`] (what is to be installed where), [`tables`] (any candidate as the structs that
//! `PyMem_SetAllocator` takes), [`install`] (between pre-initialisation and initialisation); the [`guard`] that stands
//! between interpreter and candidate, its [`ledger`], what it finds ([`violation`]) and which line of Python asked for
//! it ([`traceback`]).

pub mod agent;
pub mod found;
pub mod guard;
pub mod install;
pub mod journal;
pub mod launcher;
pub mod ledger;
pub mod order;
pub mod suite;
pub mod tables;
pub mod traceback;
pub mod violation;
