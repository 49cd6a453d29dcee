//! Code that the programs of this crate share.
//!
//! `benches/README.md` says what each program measures and how to read it.

pub mod cases;
pub mod in_turn;
