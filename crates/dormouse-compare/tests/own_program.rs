//! A program of a user's own with several comparisons: each worker does the run of its own, and what
//! the work prints or records is not taken for something else.
//!
//! It has no harness, as each worker is this program, and must come to its comparison.

use std::num::NonZeroUsize;
use std::time::Duration;

use dormouse::{Runtime, Smol, SmolExecutor};
use dormouse_compare::{
    About, Comparison, Done, Error, Figure, Format, Session, Setup, Unit, Workload,
};

/// What the work of a comparison does, besides its one step.
#[derive(Clone, Copy)]
enum Work {
    Sleeps(Duration),
    PrintsHalfALine,
    RecordsWhatIsEarly,
    EndsTheProcess,
    Panics,
    HasATaskThatPanics,
    FailsInLines,
    PrintsAResult,
    CountsThreads,
}

impl Workload for Work {
    fn about(&self) -> About {
        let threads = Figure::new("threads", "threads", Unit::Count);
        About::new("work", "batch").figure(threads)
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        let start = runtime.now();
        match *self {
            Self::Sleeps(duration) => runtime.sleep(duration).await,
            Self::PrintsHalfALine => print!("half a line"),
            Self::RecordsWhatIsEarly => setup.record(start + Duration::from_secs(1), start),
            Self::EndsTheProcess => std::process::exit(0),
            Self::Panics => panic!("boom\nand more"),
            Self::HasATaskThatPanics => {
                let task = runtime.spawn(async { panic!("boom\nand more") });
                task.await.map_err(Error::run)?;
            }
            Self::FailsInLines => {
                eprintln!("dormouse-compare: no");
                return Err(Error::run("one\n\n  two\r\nthree"));
            }
            Self::CountsThreads => {}
            Self::PrintsAResult => println!("dormouse-compare: {{}}"),
        }
        Ok(Done::new(1).figure("threads", setup.threads as f64))
    }
}

fn comparison(work: Work) -> Comparison<Work> {
    Comparison::new(vec![work])
        .configuration("smol", || Smol)
        .n([1])
        .rounds(1)
}

fn main() {
    let long = Duration::from_millis(200);
    let [
        short,
        longer,
        prints,
        early,
        ends,
        panics,
        task,
        lines,
        lies,
        counts,
        fails_on,
        hangs,
    ] = [
        Work::Sleeps(Duration::from_millis(1)),
        Work::Sleeps(long),
        Work::PrintsHalfALine,
        Work::RecordsWhatIsEarly,
        Work::EndsTheProcess,
        Work::Panics,
        Work::HasATaskThatPanics,
        Work::FailsInLines,
        Work::PrintsAResult,
        Work::CountsThreads,
        Work::Panics,
        Work::Sleeps(Duration::from_secs(60)),
    ]
    .map(comparison);
    let counts = counts
        .configuration_with_threads("told", 5, SmolExecutor::new)
        .threads([1, 3].map(|threads| NonZeroUsize::new(threads).unwrap()));
    let hangs = hangs.limit(Duration::from_millis(300));
    for each in [
        &short, &longer, &prints, &early, &ends, &panics, &task, &lines, &lies, &counts, &fails_on,
        &hangs,
    ] {
        each.work();
    }

    let total = |comparison: &Comparison<Work>| {
        let session = run(comparison);
        let total = session.median("smol", "total_s");
        total.unwrap_or_else(|| panic!("{}", session.report().text(80)))
    };
    assert!(total(&short) < long.as_secs_f64());
    assert!(total(&longer) >= long.as_secs_f64());
    assert!(run(&prints).is_whole());
    assert!(total(&lies) > 0.0);
    // An unknown number counts as that of the others.
    let counted = run(&counts);
    let threads = |row: &str| counted.median(row, "threads");
    assert_eq!([threads("smol"), threads("told")], [Some(3.0), Some(5.0)]);
    fails(&early, "1 of the batches ended before the deadline");
    fails(&ends, "printed no result");
    // The place of a panic is a path, which Markdown escapes.
    let place = format!("panicked at {}:", file!()).replace('_', "\\_");
    fails(&panics, &place);
    fails(&panics, ": boom and more");
    fails(
        &task,
        "the task panicked: boom and more (a task panicked at ",
    );
    fails(&task, &place);
    fails(&lines, ": one two three\n");
    // The program has no options that a message could name.
    fails(&hangs, "after 0.3 s, the limit of a run (\\`.limit(..)\\`)");
    // Once all rows have failed twice, nothing is left to run.
    let failed = run(&fails_on.rounds(9));
    assert_eq!(failed.rounds(), 2);
    let nothing = "every run has failed, so nothing was measured";
    assert!(failed.warnings().iter().any(|warning| warning == nothing));
    // A worker of this one comes to the first of the others, and does not take its run for its own.
    let late = comparison(Work::Sleeps(long));
    fails(&late, "its run is of another comparison of this program");
}

fn run(comparison: &Comparison<Work>) -> Session {
    comparison.run(&mut ()).unwrap()
}

fn fails(comparison: &Comparison<Work>, words: &str) {
    let session = run(comparison);
    let text = Format::Markdown.render(&session.report()).unwrap();
    assert!(!session.is_whole() && text.contains(words), "{text}");
}
