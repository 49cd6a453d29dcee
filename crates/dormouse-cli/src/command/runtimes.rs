//! `dormouse runtimes`

use dormouse_compare::RuntimeName;
use serde::Serialize;

use crate::args::Runtimes;
use crate::failure::Failure;
use crate::output::{print, print_json};

pub(crate) fn runtimes(args: &Runtimes) -> Result<(), Failure> {
    let runtimes: Vec<_> = RuntimeName::built_in()
        .map(|name| BuiltIn {
            runtime: name,
            feature: name.feature(),
            version: name.version(),
            threads: name.threads(None).get(),
        })
        .collect();
    if args.json {
        return print_json(&runtimes);
    }
    print(|out| {
        for built_in in &runtimes {
            let line = format!(
                "{:<20} {:<8} {}",
                built_in.runtime,
                built_in.version,
                built_in.runtime.remark()
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    })
}

#[derive(Serialize)]
struct BuiltIn {
    runtime: RuntimeName,
    feature: &'static str,
    version: &'static str,
    threads: usize,
}
