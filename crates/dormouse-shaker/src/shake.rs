//! The subcommands.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use crate::args::{Many, One, Show, Which};
use crate::check::{Fault, Patience, USUAL, Verdict, allowed, check};
use crate::generate;
use crate::kind::Kind;
use crate::model::OWNED;
use crate::program::Program;
use crate::runtimes::KINDS;
use crate::shrink::shrink;

/// Runs many programs on many runtimes; whether all were clean.
pub(crate) fn many(args: &Many) -> bool {
    let mut kinds: Vec<&Kind> = args.runtimes.clone();
    if kinds.is_empty() {
        kinds = KINDS.iter().filter(|kind| kind.usual).collect();
    }
    let next = AtomicU64::new(0);
    let failures = AtomicUsize::new(0);
    let tally = Mutex::new(BTreeMap::<&str, u64>::new());
    thread::scope(|scope| {
        for _ in 0..args.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, SeqCst);
                    if number >= args.programs || failures.load(SeqCst) >= args.failures {
                        return;
                    }
                    let seed = args.seed.wrapping_add(number);
                    for name in on_all(seed, &kinds, &failures, args) {
                        *tally
                            .lock()
                            .expect("nothing panics under it")
                            .entry(name)
                            .or_default() += 1;
                    }
                }
            });
        }
    });
    for (name, clean) in tally.into_inner().expect("nothing panics under it") {
        println!("{name}: {clean} programs clean");
    }
    let failures = failures.into_inner();
    println!("{failures} failures");
    failures == 0
}

/// Runs one program on a runtime; whether it was clean each time.
pub(crate) fn one(args: &One) -> Result<bool, String> {
    let program = program(&args.which)?;
    Ok((0..args.times).all(|_| {
        let mut allowed = allowed(&program, args.runtime.profile);
        match check(&program, args.runtime, &mut allowed, USUAL) {
            Verdict::Clean => {
                println!("clean");
                true
            }
            Verdict::Busy => {
                println!("the machine is too busy");
                true
            }
            Verdict::Once(wrong) => {
                println!("once: {}", wrong.join("; "));
                true
            }
            Verdict::Failed(fault) => {
                println!("{program}\n{}", words(&fault));
                false
            }
        }
    }))
}

/// Prints a program.
pub(crate) fn show(args: &Show) -> Result<(), String> {
    let program = program(&args.which)?;
    if args.json {
        let json = serde_json::to_string(&program).expect("a program is plain data");
        println!("{json}");
    } else {
        print!("{program}");
        for line in allowed(&program, OWNED).lines() {
            println!("{line}");
        }
    }
    Ok(())
}

/// The runtimes on which the program of a seed was clean.
fn on_all(
    seed: u64,
    kinds: &[&'static Kind],
    failures: &AtomicUsize,
    args: &Many,
) -> Vec<&'static str> {
    let program = generate::program(seed);
    let mut models = BTreeMap::new();
    let mut clean = Vec::new();
    for kind in kinds {
        if !kind.takes(&program) {
            continue;
        }
        let allowed = models
            .entry(kind.profile)
            .or_insert_with(|| allowed(&program, kind.profile));
        let patience = Patience {
            limit: Duration::from_secs(args.limit),
            ..USUAL
        };
        match check(&program, kind, allowed, patience) {
            Verdict::Clean => clean.push(kind.name),
            Verdict::Busy => println!("seed {seed} on {}: the machine is too busy", kind.name),
            Verdict::Once(wrong) => {
                clean.push(kind.name);
                println!(
                    "seed {seed} on {}, once and not again: {}",
                    kind.name,
                    wrong.join("; ")
                );
            }
            Verdict::Failed(fault) => {
                println!("seed {seed} on {} fails: {}", kind.name, words(&fault));
                if failures.fetch_add(1, SeqCst) < args.failures {
                    let (small, fault) = shrink(&program, kind, &fault, patience.limit);
                    report(seed, kind, &small, &fault);
                }
            }
        }
    }
    clean
}

fn report(seed: u64, kind: &Kind, program: &Program, fault: &Fault) {
    let json = serde_json::to_string(program).expect("a program is plain data");
    println!(
        "--- seed {seed} on {}, cut down:\n{program}{}\n{json}\n---",
        kind.name,
        words(fault)
    );
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Hung => "the process hangs".into(),
        Fault::Lost(why) => format!("the process is lost, {why}"),
        Fault::Wrong(wrong) => wrong.join("\n  "),
    }
}

fn program(which: &Which) -> Result<Program, String> {
    match (&which.seed, &which.program) {
        (Some(seed), _) => Ok(generate::program(*seed)),
        (None, Some(path)) => {
            let text =
                fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
        }
        (None, None) => Err("name a seed or a program".into()),
    }
}
