//! `dormouse completions` and `dormouse man`

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use crate::args::{Args, Completions, Man};
use crate::failure::Failure;
use crate::output::print;

pub(crate) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "dormouse", &mut text);
    print(|out| out.write_all(&text))
}

/// Prints the manual page of a command, or one page with all commands and their options.
pub(crate) fn man(args: &Man) -> Result<(), Failure> {
    let whole = Args::command();
    let one = args.command.as_ref();
    let one = one.and_then(|name| whole.find_subcommand(name));
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
