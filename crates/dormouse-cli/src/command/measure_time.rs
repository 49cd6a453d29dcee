//! `dormouse measure-time`

use dormouse::MeasureError;

use crate::args::ManyWaits;
use crate::command::wait_n::Waits;
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::run::Run;

pub(crate) fn measure_time(args: &ManyWaits) -> Result<(), Failure> {
    if args.n == 0 {
        return Err(Failure::usage(MeasureError::NoWaits));
    }
    let run = Run::asked(&args.common, args.mode, args.n, args.max.max)?;
    let outcome = run.run()?;
    if args.common.json {
        return print_json(&Waits::new(&run, &outcome, false));
    }
    let per_wait = outcome.total.as_secs_f64() / run.n as f64;
    print(|out| writeln!(out, "{per_wait}"))
}
