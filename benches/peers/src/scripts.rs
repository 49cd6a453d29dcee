//! The peers in other languages, if their interpreters or compilers are installed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Way;

/// A peer in another language.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its name in tables.
    pub name: &'static str,
    /// How it runs its waits.
    pub way: Way,
    /// The version of its interpreter or compiler.
    pub version: String,
    program: PathBuf,
    arguments: Vec<String>,
}

/// Why a script can't be run here.
#[derive(Clone, Debug)]
pub struct Missing {
    /// The name that it would have in tables.
    pub name: &'static str,
    /// What is not installed, or the error of its interpreter or compiler.
    pub reason: String,
}

/// The scripts, unpacked in a folder.
#[derive(Clone, Debug)]
pub struct Scripts {
    /// The scripts that can be run here.
    pub ready: Vec<Script>,
    /// The scripts that can't.
    pub missing: Vec<Missing>,
}

impl Scripts {
    /// Writes the scripts into a folder, compiles the one in Go, and checks the others' interpreters.
    ///
    /// So the time and the memory of a compiler are no part of a run.
    ///
    /// # Errors
    ///
    /// If the folder can't be written to.
    pub fn unpack(folder: &Path) -> io::Result<Self> {
        let write = |name: &str, source: &str| {
            let path = folder.join(name);
            fs::write(&path, source).map(|()| path)
        };
        let python = write(
            "asyncio_peer.py",
            include_str!("../scripts/asyncio_peer.py"),
        )?;
        let go = write("goroutines.go", include_str!("../scripts/goroutines.go"))?;
        let node = write("promise_all.js", include_str!("../scripts/promise_all.js"))?;
        let mut scripts = Self {
            ready: Vec::new(),
            missing: Vec::new(),
        };
        for found in [
            asyncio("Python asyncio", "asyncio", &python),
            asyncio("Python uvloop", "uvloop", &python),
            goroutines("Go goroutines", &go),
            promise_all("Node Promise.all", &node),
        ] {
            match found {
                Ok(script) => scripts.ready.push(script),
                Err(missing) => scripts.missing.push(missing),
            }
        }
        Ok(scripts)
    }
}

impl Script {
    /// The command of one run, which prints its figures as one object of JSON: `n`, `total_s`,
    /// `longest_s`, `sum_s`, `cpu_user_s`, `cpu_system_s`, `base_rss_bytes`, `peak_rss_bytes`,
    /// `out_of_order`, `early` and `lateness_ns`, a list of pairs of a lateness, within 1/64, and how
    /// many waits had it; waits that ended early are not counted there.
    ///
    /// The scripts of one language draw the same delays from one seed; other languages draw others.
    #[must_use]
    pub fn command(&self, n: usize, max_delay: Duration, seed: u64) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg(n.to_string())
            .arg(max_delay.as_secs_f64().to_string())
            // 53 bits, which every language reads exactly as a whole number.
            .arg((seed >> 11).to_string());
        command
    }
}

type Found = Result<Script, Missing>;

fn asyncio(name: &'static str, module: &str, source: &Path) -> Found {
    let versions = format!(
        "import sys, {module} as m; print(*[sys.version.split()[0], getattr(m, '__version__', '')])"
    );
    let version = output(name, Command::new("python3").args(["-c", &versions]))?;
    Ok(Script {
        name,
        way: Way::Spawn,
        version: version.replace(' ', ", uvloop "),
        program: "python3".into(),
        arguments: vec![source.display().to_string(), module.to_owned()],
    })
}

fn promise_all(name: &'static str, source: &Path) -> Found {
    let version = output(name, Command::new("node").arg("--version"))?;
    Ok(Script {
        name,
        way: Way::Join,
        version: version.trim_start_matches('v').to_owned(),
        program: "node".into(),
        arguments: vec![source.display().to_string()],
    })
}

fn goroutines(name: &'static str, source: &Path) -> Found {
    let version = output(name, Command::new("go").args(["env", "GOVERSION"]))?;
    let program = source.with_extension("");
    let mut build = Command::new("go");
    output(name, build.args(["build", "-o"]).arg(&program).arg(source))?;
    Ok(Script {
        name,
        way: Way::Spawn,
        version: version.trim_start_matches("go").to_owned(),
        program,
        arguments: Vec::new(),
    })
}

/// The output of a command, or why its script is missing.
fn output(name: &'static str, command: &mut Command) -> Result<String, Missing> {
    let program = command.get_program().to_string_lossy().into_owned();
    let missing = |reason| Missing { name, reason };
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| missing(format!("no {program} here: {error}")))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let error = error.lines().last().unwrap_or("no words");
        return Err(missing(format!("{program} can't run it: {error}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
