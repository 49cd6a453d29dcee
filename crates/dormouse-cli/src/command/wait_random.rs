//! `dormouse wait-random`

use dormouse::{BlockOn, LocalSpawner, MaxDelay, Runtime, Sleeper, ToHandle, wait_random_with};
use dormouse_compare::program::{Visit, ending};
use dormouse_compare::{Mode, RuntimeName};
use serde::Serialize;

use crate::args::WaitRandom;
use crate::failure::Failure;
use crate::output::{print, print_json, tell_panic};
use crate::run::Run;

pub(crate) fn wait_random(args: &WaitRandom) -> Result<(), Failure> {
    let run = Run::asked(&args.common, Mode::Join, 1, args.max.max)?;
    let wait = Wait {
        max_delay: run.max_delay,
        seed: run.seed,
    };
    let (delay_s, total_s) = ending(|| run.runtime.visit(run.threads, wait), tell_panic);
    if !args.common.json {
        return print(|out| writeln!(out, "{delay_s}"));
    }
    print_json(&Waited {
        runtime: run.runtime,
        max_delay_s: run.max_delay.as_secs_f64(),
        seed: run.seed,
        delay_s,
        total_s,
        overhead_s: total_s - delay_s,
    })
}

#[derive(Serialize)]
struct Waited {
    runtime: RuntimeName,
    max_delay_s: f64,
    seed: u64,
    delay_s: f64,
    total_s: f64,
    overhead_s: f64,
}

struct Wait {
    max_delay: MaxDelay,
    seed: u64,
}

impl Visit for Wait {
    type Output = (f64, f64);

    fn visit<O>(self, make: impl FnOnce() -> O) -> (f64, f64)
    where
        O: BlockOn + ToHandle<Handle: Runtime>,
    {
        self.wait_on(make())
    }

    fn visit_local<O>(self, make: impl FnOnce() -> O) -> (f64, f64)
    where
        O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
    {
        self.wait_on(make())
    }
}

impl Wait {
    fn wait_on<O: BlockOn + ToHandle>(self, owner: O) -> (f64, f64) {
        let runtime = owner.to_handle();
        owner.block_on(async {
            let start = runtime.now();
            let delay = wait_random_with(&runtime, self.max_delay, self.seed).await;
            (delay, (runtime.now() - start).as_secs_f64())
        })
    }
}
