//! Regression tests: two exports to one file, files that may not grow, signals that are ignored or come
//! again, coordinators that are killed, files that are not reports.

#![cfg(unix)]

mod files;
#[path = "../program/mod.rs"]
mod program;
mod refused;
mod signals;
