//! A comparison that means nothing is refused before its first run.

use std::time::Duration;

use dormouse::Runtime;
use dormouse_compare::{
    About, Builtin, Comparison, Done, Error, Figure, Mode, RuntimeName, Setup, Unit, Workload,
};

struct Named(&'static str);

impl Workload for Named {
    fn about(&self) -> About {
        About::new(self.0, "thing")
    }

    async fn run<R: Runtime>(&self, _: &R, _: &Setup) -> Result<Done, Error> {
        unreachable!("nothing is run")
    }
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let of = |names: &[&'static str]| {
        let workloads = names.iter().copied().map(Named).collect();
        Comparison::new(workloads).configuration("smol", || dormouse::Smol)
    };
    let one = || of(&["one"]);
    one().check().unwrap();
    for (comparison, words) in [
        (of(&["one", "two", "one"]), "two workloads are called one"),
        (of(&[" "]), "has no name"),
        (of(&["sleep"]), "comes with the comparison is called sleep"),
        (of(&["a\nb"]), "line breaks and other invisible"),
        (of(&["a`b"]), "leave out backticks"),
        (of(&["a\u{200B}"]), r"\u{200b}"),
        (of(&["a\u{202E}b"]), r"\u{202e}"),
        (one().configuration("a\rb", || dormouse::Smol), "leave out"),
        (one().configuration("a`b", || dormouse::Smol), "leave out"),
        (
            one().configuration("smol", || dormouse::Smol),
            "two rows are called smol",
        ),
        (
            one().configuration("smol again", || dormouse::Smol),
            "two rows are called smol again",
        ),
        (one().configuration("", || dormouse::Smol), "has no name"),
        (of(&[]), "there is no workload"),
        (one().n([]), "there is no n"),
        (one().max_delays([]), "there is no longest delay"),
        (one().rounds(0), "there is no round"),
        (one().n([0]), "n = 0"),
        (one().limit(Duration::ZERO), "no time"),
        (
            one().limit(Duration::from_millis(49)),
            "the limit of a run, 0.049 s, is less than the longest delay of 0.05 s",
        ),
        (
            one().modes([Mode::Join]),
            "the workload one has no modes: compare it without",
        ),
        (
            one().configuration("x".repeat(61), || dormouse::Smol),
            "has 61 characters: give at most 60",
        ),
        (of(&[LONG]), "has 61 characters: give at most 60"),
        (one().time_budget(Duration::ZERO), "no time"),
        (one().reference("two"), "the reference two is not compared"),
        (Comparison::new(vec![Named("one")]), "no runtime"),
    ] {
        let refused = comparison.check().unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}, and not {words}");
    }
    one().limit(Duration::from_millis(50)).check().unwrap();
}

/// A workload with this figure besides the common ones.
struct With(Figure);

impl Workload for With {
    fn about(&self) -> About {
        About::new("with", "thing").figure(self.0.clone())
    }

    async fn run<R: Runtime>(&self, _: &R, _: &Setup) -> Result<Done, Error> {
        unreachable!("nothing is run")
    }
}

#[test]
fn figures_that_can_not_be_told_apart_are_refused() {
    let check = |figure: Figure| {
        let comparison = Comparison::new(vec![With(figure)]);
        let comparison = comparison.configuration("smol", || dormouse::Smol);
        comparison.check().map_err(|error| error.to_string())
    };
    let figure = |key: &str| Figure::new(key, "its title", Unit::Count);
    assert_eq!(check(figure("x").ranked("has the least")), Ok(()));
    for (figure, words) in [
        (figure("x").ranked(" "), "is empty"),
        (figure("x").ranked("has\nlines"), "leave out"),
        (figure("total_s"), "the key total_s, which is taken"),
        (figure("lateness"), "the key lateness, which is taken"),
    ] {
        let refused = check(figure).unwrap_err();
        assert!(refused.contains(words), "{refused}, and not {words}");
    }
    let all = Comparison::of_builtin(Builtin::ALL.to_vec());
    all.built_in([RuntimeName::Smol]).check().unwrap();
}

const LONG: &str = "a workload whose name is so long that no table has room for i";

/// A mode must be one of a workload, and a workload must have one of the modes.
#[test]
fn modes_that_nothing_has_are_refused() {
    let of = |workloads: &[Builtin], modes: &[Mode]| {
        let comparison = Comparison::of_builtin(workloads.to_vec());
        let comparison = comparison.built_in([RuntimeName::Smol]);
        comparison
            .modes(modes)
            .check()
            .map_err(|error| error.to_string())
    };
    let both = [Builtin::Sleep, Builtin::Load];
    assert_eq!(of(&both, &[Mode::Join, Mode::Native]), Ok(()));
    assert_eq!(of(&both, &[Mode::Coalesced]), Ok(()));
    let no_mode = "no workload that is compared has the mode";
    for (workloads, modes, words) in [
        (
            &both[1..],
            [Mode::Join, Mode::Coalesced],
            format!("{no_mode} join: name modes of native, coalesced"),
        ),
        (
            &both[..1],
            [Mode::Join, Mode::Native],
            format!("{no_mode} native: name modes of join, spawn, coalesced"),
        ),
        (
            &both,
            [Mode::Join, Mode::Spawn],
            "the workload load has none of these modes: name one of native, coalesced".into(),
        ),
        (
            &[Builtin::Sleep, Builtin::Spawn],
            [Mode::Join, Mode::Spawn],
            "the workload spawn has none of these modes: name one of native".into(),
        ),
    ] {
        assert_eq!(of(workloads, &modes), Err(words));
    }
}

/// Peers have as many threads as runtimes, and names that tell those apart.
#[cfg(feature = "peers")]
#[test]
fn peers_are_compared_with_several_numbers_of_threads() {
    let threads = [1, 2].map(|threads| std::num::NonZeroUsize::new(threads).unwrap());
    let comparison = Comparison::of_builtin(vec![Builtin::Sleep])
        .built_in([RuntimeName::Smol])
        .with_peers()
        .threads(threads)
        .modes([Mode::Join]);
    let report = comparison.planned().unwrap().report().json().unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let engines = report["sessions"][0]["engines"].as_array().unwrap();
    for (name, threads) in [
        ("smol FuturesUnordered x1", 1),
        ("smol FuturesUnordered x2", 2),
        ("tokio FuturesUnordered, current thread", 1),
    ] {
        let engine = engines.iter().find(|engine| engine["engine"] == name);
        assert_eq!(engine.expect(name)["threads"], threads, "{name}");
    }
}

/// A run is expected to take as long as its waits: nine periods of a ticker, not one.
#[test]
fn the_expected_time_is_that_of_the_workload() {
    let expected = |workload: Builtin| {
        let comparison = Comparison::of_builtin(vec![workload]).built_in([RuntimeName::Smol]);
        let comparison = comparison.n([1000]).max_delays([Duration::from_secs(1)]);
        comparison.planned().unwrap().expected_s()[0].round()
    };
    assert_eq!(expected(Builtin::Sleep), 1.0);
    assert_eq!(expected(Builtin::Interval), 9.0);
    assert_eq!(expected(Builtin::Spawn), 0.0);
}
