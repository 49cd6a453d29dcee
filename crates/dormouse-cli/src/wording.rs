//! How the messages of a comparison name the options of the command.

use dormouse_compare::{Builtin, Input};

/// The option by which this is given.
pub(crate) fn by_option(input: &Input) -> String {
    let option = match input {
        Input::Rounds(rounds) => &format!("--rounds {rounds}"),
        Input::N => "--n",
        Input::MaxDelays => "--max-delay",
        Input::Workloads(workloads) => {
            let names: Vec<&str> = workloads.iter().copied().map(Builtin::name).collect();
            &format!("--workload {}", names.join(","))
        }
        Input::Runtimes => "--runtimes",
        Input::Modes => "--modes",
        Input::Threads => "--threads",
        Input::OneThread => "--threads 1",
        Input::Busy => "--busy",
        Input::Limit => "--limit",
        Input::Report => "dormouse compare --json",
        Input::Baseline => "--save-baseline",
        // What has no option is set in the library alone.
        other => return other.to_string(),
    };
    format!("`{option}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    use crate::args::Args;

    /// Each is an option that the command has.
    #[test]
    fn an_input_is_named_by_its_option() {
        let whole = Args::command();
        let compare = whole.find_subcommand("compare").unwrap();
        let workloads = Input::Workloads(vec![Builtin::Timeout, Builtin::PingPong]);
        for (input, words) in [
            (Input::Rounds(20), "`--rounds 20`"),
            (Input::N, "`--n`"),
            (Input::MaxDelays, "`--max-delay`"),
            (workloads, "`--workload timeout,ping-pong`"),
            (Input::Runtimes, "`--runtimes`"),
            (Input::Modes, "`--modes`"),
            (Input::Threads, "`--threads`"),
            (Input::OneThread, "`--threads 1`"),
            (Input::Busy, "`--busy`"),
            (Input::Limit, "`--limit`"),
            (Input::Report, "`dormouse compare --json`"),
            (Input::Baseline, "`--save-baseline`"),
        ] {
            let named = by_option(&input);
            assert_eq!(named, words);
            let name = named.split("--").nth(1).unwrap();
            let name = name.split([' ', '`']).next();
            let mut options = compare.get_arguments().map(clap::Arg::get_long);
            assert!(options.any(|option| option == name), "{named}");
        }
    }
}
