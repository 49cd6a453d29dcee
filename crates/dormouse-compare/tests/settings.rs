//! A comparison that means nothing is refused before its first run.

use std::time::Duration;

use dormouse::Runtime;
use dormouse_compare::{About, Comparison, Done, Error, Setup, Workload};

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
        (of(&["a\nb"]), "leave out line breaks"),
        (of(&["a\u{200B}"]), r"\u{200b}"),
        (of(&["a\u{202E}b"]), r"\u{202e}"),
        (one().configuration("a\rb", || dormouse::Smol), "leave out"),
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
        (one().time_budget(Duration::ZERO), "no time"),
        (one().reference("two"), "the reference two is not compared"),
        (Comparison::new(vec![Named("one")]), "no runtime"),
    ] {
        let refused = comparison.check().unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}, and not {words}");
    }
}
