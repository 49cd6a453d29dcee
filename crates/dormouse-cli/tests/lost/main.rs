//! Nothing that was measured is lost, whatever happens to the output: full streams, signals, files of
//! all kinds, names that are not UTF-8, a program that is replaced while it runs.

#![cfg(unix)]

mod answers;
mod files;
#[path = "../program/mod.rs"]
mod program;
mod signals;
