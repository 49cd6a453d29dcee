//! `dormouse runtimes`, `dormouse completions` and `dormouse man`

use std::io;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man as Page;
use dormouse_compare::RuntimeName;
use serde::Serialize;

use crate::args::Args;
use crate::failure::Failure;
use crate::output::{print, print_json};

pub(crate) fn runtimes(json: bool) -> Result<(), Failure> {
    let runtimes: Vec<_> = RuntimeName::built_in()
        .map(|name| BuiltIn {
            runtime: name,
            feature: name.feature(),
            version: name.version(),
            threads: name.threads(None).get(),
        })
        .collect();
    if json {
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

pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "dormouse", &mut text);
    print(|out| out.write_all(&text))
}

/// Prints the manual page of a command, or one page with all commands and their options.
pub(crate) fn man(command: Option<&str>) -> Result<(), Failure> {
    let whole = Args::command();
    let one = command.and_then(|name| whole.find_subcommand(name));
    let mut text = Vec::new();
    let written = match one {
        Some(command) => page_of(command, &mut text),
        None => page(&mut text),
    };
    written.map_err(Failure::run)?;
    print(|out| out.write_all(&text))
}

fn page_of(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_name();
    let command = command.clone();
    let command = command
        .bin_name(format!("dormouse {name}"))
        .name(format!("dormouse-{name}"))
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true);
    Page::new(command).render(text)
}

fn page(text: &mut Vec<u8>) -> io::Result<()> {
    // The title of a page is one line, so it has the short version.
    let whole = Page::new(Args::command().version(env!("CARGO_PKG_VERSION")));
    whole.render(text)?;
    for command in Args::command().get_subcommands() {
        let title = format!(".SH \"DORMOUSE {}\"\n", command.get_name().to_uppercase());
        text.extend(title.into_bytes());
        let part = Page::new(command.clone());
        part.render_description_section(text)?;
        part.render_options_section(text)?;
    }
    Ok(())
}
