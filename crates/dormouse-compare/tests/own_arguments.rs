//! A workload of a user's own that reads the program's arguments: each worker has them too.
//!
//! It has no harness, as each worker is this program, and must come to its comparison.

use std::process::Command;

use dormouse::{Runtime, Smol};
use dormouse_compare::{About, Comparison, Done, Error, Setup, Workload};

/// How many steps the work has, which it reads from the arguments.
const STEPS: &str = "--steps=";

/// The environment variable that all processes but the first have.
const BEGUN: &str = "OWN_ARGUMENTS_BEGUN";

struct Steps;

impl Workload for Steps {
    fn about(&self) -> About {
        About::new("steps", "step")
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        let steps = self.operations(setup);
        for _ in 0..steps {
            runtime.yield_now().await;
        }
        Ok(Done::new(steps))
    }

    fn operations(&self, _: &Setup) -> u64 {
        steps().unwrap_or(1)
    }
}

fn steps() -> Option<u64> {
    let mut arguments = std::env::args();
    let steps = arguments.find_map(|argument| Some(argument.strip_prefix(STEPS)?.to_owned()));
    steps.map(|steps| steps.parse().unwrap())
}

fn main() {
    if std::env::var_os(BEGUN).is_none() {
        // The test begins: it runs this program with arguments.
        let program = std::env::current_exe().unwrap();
        let mut program = Command::new(program);
        let status = program.env(BEGUN, "").arg(format!("{STEPS}7")).status();
        assert!(status.unwrap().success());
        return;
    }
    let comparison = Comparison::new(vec![Steps])
        .configuration("smol", || Smol)
        .rounds(1);
    let session = comparison.run(&mut ()).unwrap();
    let median = |figure: &str| session.median("smol", figure).unwrap();
    let steps = median("total_s") / median("per_step_s");
    assert!((steps - 7.0).abs() < 1e-6, "{steps} steps");
}
