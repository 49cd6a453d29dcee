//! `dormouse completions` and `dormouse man`

use clap::CommandFactory;

use crate::args::{Args, Completions};
use crate::failure::Failure;
use crate::output::print;

pub(crate) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "dormouse", &mut text);
    print(|out| out.write_all(&text))
}

/// Prints one manual page, with each subcommand and its options.
pub(crate) fn man() -> Result<(), Failure> {
    let mut text = Vec::new();
    // The title of a page is one line, so it has the short version.
    let whole = clap_mangen::Man::new(Args::command().version(env!("CARGO_PKG_VERSION")));
    whole.render(&mut text).map_err(Failure::run)?;
    for command in Args::command().get_subcommands() {
        let title = format!(".SH \"DORMOUSE {}\"\n", command.get_name().to_uppercase());
        text.extend(title.into_bytes());
        let part = clap_mangen::Man::new(command.clone());
        part.render_description_section(&mut text)
            .map_err(Failure::run)?;
        part.render_options_section(&mut text)
            .map_err(Failure::run)?;
    }
    print(|out| out.write_all(&text))
}
