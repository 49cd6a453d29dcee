//! Any command line is understood, or refused in one line.

use clap::{CommandFactory, Parser};
use dormouse_compare::{Builtin, Comparison};
use proptest::prelude::*;

use super::*;
use crate::failure::Failure;

/// Words that mean something, words that nearly do, and arbitrary ones.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "wait-n",
        "wait-random",
        "measure-time",
        "compare",
        "merge",
        "runtimes",
        "--workload",
        "completions",
        "tokio",
        "smol",
        "virtual",
        "join",
        "spawn",
        "--runtime",
        "--runtimes",
        "--mode",
        "--modes",
        "--n",
        "-n",
        "--max-delay",
        "--rounds",
        "--time-budget",
        "--seed",
        "--threads",
        "--json",
        "--csv",
        "--html",
        "--markdown",
        "--baseline",
        "--save-baseline",
        "--fail-on-regression",
        "--reference",
        "--peers",
        "--limit",
        "--label",
        "--fault",
        "--no-delays",
        "--",
        "-",
        "0",
        "1",
        "-1",
        "1e300",
        "nan",
        "inf",
        "1,2,,3",
        "5%",
        "=",
        "smol/join=crash",
    ]);
    prop_oneof![
        4 => known.prop_map(str::to_owned),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<String>(),
    ]
}

/// The defaults that the help names are those of a comparison for which nothing is set.
#[test]
fn the_help_names_the_defaults_of_the_library() {
    let comparison = Comparison::of_builtin(vec![Builtin::Load]);
    let comparison = comparison.built_in([RuntimeName::default_one().unwrap()]);
    let report = comparison.planned().unwrap().report().json().unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let settings = &report["sessions"][0]["settings"];
    let whole = Args::command();
    let compare = whole.find_subcommand("compare").unwrap();
    for (name, default) in [
        ("n", &settings["n"][0]),
        ("max_delay", &settings["max_delay_s"][0]),
        ("rounds", &settings["stop"]["rounds"]),
        ("busy", &settings["busy_per_thread"]),
        ("chunk", &settings["chunk_s"]),
    ] {
        let mut options = compare.get_arguments();
        let option = options.find(|option| option.get_id() == name).unwrap();
        let help = match option.get_default_values() {
            [value] => format!("[default: {}]", value.display()),
            _ => option.get_help().unwrap().to_string(),
        };
        let words = format!("[default: {default}]");
        assert!(help.contains(&words), "{name}: no {words} in {help}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_command_line_is_understood_or_refused(words in prop::collection::vec(word(), 0..8)) {
        let line = ["dormouse".to_owned()].into_iter().chain(words);
        let line: Vec<String> = line.collect();
        if let Err(error) = Args::try_parse_from(&line)
            && error.use_stderr()
        {
            let complaint = Failure::refused(&error, line.into_iter().map(Into::into)).to_string();
            prop_assert!(!complaint.trim().is_empty());
            // A typed word may itself have line breaks.
            prop_assert!(complaint.lines().count() < 8, "{complaint}");
        }
    }

    #[test]
    fn a_number_of_seconds_is_read_as_it_is_written(seconds in 0.0..1e9_f64) {
        let max = max_delay(&seconds.to_string()).unwrap();
        prop_assert!((max.as_secs_f64() - seconds).abs() <= 1e-9 + seconds * 1e-12);
    }

    #[test]
    fn no_other_text_is_a_delay(text in "[^0-9]*") {
        let refused = max_delay(&text).unwrap_err();
        prop_assert!(refused.contains("give"), "{refused}");
    }

    #[test]
    fn whole_numbers_are_read_and_others_refused(number in any::<i64>(), text in any::<String>()) {
        prop_assert_eq!(waits(&number.to_string()).ok(), usize::try_from(number).ok());
        prop_assert_eq!(seed(&number.to_string()).ok(), u64::try_from(number).ok());
        prop_assert_eq!(threads(&text).is_ok(), text.parse::<NonZeroUsize>().is_ok());
    }

    #[test]
    fn percentages_budgets_and_targets(number in any::<f64>(), text in any::<String>()) {
        let percent = value::percent(&format!("{number}%"));
        prop_assert_eq!(percent.is_ok(), number >= 0.0 && number.is_finite());
        let budget = value::time(&number.to_string(), "60");
        prop_assert!(budget.is_err() || number > 0.0);
        prop_assert!(value::mode(&text).is_err() || text.len() < 12);
    }
}
