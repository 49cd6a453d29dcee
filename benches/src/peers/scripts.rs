//! The peers in other languages, where their interpreters or compilers are installed.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::measure::Run;

/// A peer that is a script of its own.
#[derive(Clone, Debug)]
pub struct Script {
    /// As the tables name it.
    pub name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
}

impl Script {
    /// Every script: ready to run, or its name and why it can't be run here.
    #[must_use]
    pub fn all() -> Vec<Result<Self, (&'static str, String)>> {
        vec![
            python("Python asyncio", "asyncio"),
            python("Python uvloop", "uvloop"),
            go("Go goroutines"),
            node("Node Promise.all"),
        ]
    }

    /// The command of one run.
    #[must_use]
    pub fn command(&self, run: Run) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg(run.n.to_string())
            .arg(run.max_delay.as_secs_f64().to_string())
            .arg(run.seed.to_string());
        command
    }
}

type Found = Result<Script, (&'static str, String)>;

fn python(name: &'static str, module: &str) -> Found {
    let import = format!("import {module}");
    installed(
        Command::new("python3").args(["-c", &import]),
        "python3 with this module",
    )
    .map_err(|why| (name, why))?;
    Ok(Script {
        name,
        program: "python3".into(),
        arguments: vec![source("asyncio_peer.py"), module.to_owned()],
    })
}

fn node(name: &'static str) -> Found {
    installed(Command::new("node").arg("--version"), "node").map_err(|why| (name, why))?;
    Ok(Script {
        name,
        program: "node".into(),
        arguments: vec![source("promise_all.js")],
    })
}

/// Compiles beforehand: the compiler's time and memory are no part of a run.
fn go(name: &'static str) -> Found {
    let own = std::env::current_exe().expect("this program has a path");
    let program = own.with_file_name("goroutines");
    let mut build = Command::new("go");
    build
        .args(["build", "-o"])
        .arg(&program)
        .arg(source("goroutines.go"));
    installed(&mut build, "go").map_err(|why| (name, why))?;
    Ok(Script {
        name,
        program,
        arguments: Vec::new(),
    })
}

fn installed(command: &mut Command, what: &str) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            let error = error.lines().last().unwrap_or("it failed").to_owned();
            Err(format!("no {what} here: {error}"))
        }
        Err(error) => Err(format!("no {what} here: {error}")),
    }
}

fn source(file: &str) -> String {
    format!("{}/peers/{file}", env!("CARGO_MANIFEST_DIR"))
}
