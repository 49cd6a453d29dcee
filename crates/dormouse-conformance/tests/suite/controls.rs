//! Each case has a control: a broken runtime that it catches.

use std::fs;
use std::path::Path;

use dormouse_conformance::cases;

use crate::bad_blocking::BadBlocking;
use crate::bad_local::{BadLocal, LocalOwner};
use crate::caught;
use crate::foreign_adapter::adapter::{Handle, Owner};

/// Cases that no runtime can fail: what they check is not the runtime's.
const OF_NO_RUNTIME: [&str; 3] = [
    "a_timeout_gives_its_future_back",
    "an_interval_of_no_time_is_refused",
    "measure_time_of_no_waits_is_an_error",
];

#[test]
fn each_case_has_one() {
    let all = cases::all::<Handle, Owner>().into_iter();
    let blocking = cases::all_blocking::<BadBlocking, caught::Owner<BadBlocking>>().into_iter();
    let local = cases::all_local::<BadLocal, LocalOwner>().into_iter();
    let names = all
        .map(|case| case.name)
        .chain(blocking.map(|case| case.name));
    let names = names.chain(local.map(|case| case.name));

    let controls = controls();
    let has_none = |name: &&str| !controls.iter().any(|control| control == name);
    let mut without: Vec<_> = names.filter(has_none).collect();
    without.sort_unstable();
    assert_eq!(
        without, OF_NO_RUNTIME,
        "a case that is not in this list needs a broken runtime that it catches"
    );
}

/// The names of the cases that these tests expect to catch something.
fn controls() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut names = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let text = fs::read_to_string(path).unwrap();
            let lists = text.split("by [").skip(1);
            let lists = lists.filter_map(|rest| Some(rest.split_once(']')?.0));
            let list_names = lists.flat_map(|list| list.split(','));
            names.extend(list_names.map(|name| name.trim().to_owned()));
        }
    }
    names
}
