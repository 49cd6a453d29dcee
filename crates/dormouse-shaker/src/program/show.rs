//! Prints a program for people to read.

use std::fmt::{self, Display, Formatter};

use crate::program::{Body, Program, Step};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "block_on {{")?;
        body(f, &self.root, 1)?;
        writeln!(f, "}}")?;
        writeln!(f, "drop the owner: {:?}", self.end)
    }
}

fn body(f: &mut Formatter<'_>, body: &Body, depth: usize) -> fmt::Result {
    for node in body {
        write!(f, "{:depth$}#{} ", "", node.id, depth = depth * 4)?;
        step(f, &node.step, depth)?;
        writeln!(f)?;
    }
    Ok(())
}

fn step(f: &mut Formatter<'_>, step: &Step, depth: usize) -> fmt::Result {
    match step {
        Step::Timeout(ticks, inner) => {
            write!(f, "timeout {ticks} ")?;
            block(f, inner, depth)
        }
        Step::Select(bodies) => arms(f, "select", bodies, depth),
        Step::Join(bodies) => arms(f, "join", bodies, depth),
        Step::Kept(kept) => {
            write!(f, "keep a sleep of {}, polled {:?}", kept.sleep, kept.poll)?;
            meanwhile(f, &kept.meanwhile, depth)?;
            write!(f, ", then {:?}", kept.then)
        }
        Step::Spawn(spawn) => {
            write!(f, "spawn ")?;
            block(f, &spawn.body, depth)?;
            if spawn.bomb {
                write!(f, " gives a bomb")?;
            }
            write!(f, ", polled {:?}", spawn.poll)?;
            meanwhile(f, &spawn.meanwhile, depth)?;
            write!(f, ", then {:?}", spawn.fate)
        }
        plain => write!(f, "{plain:?}"),
    }
}

fn meanwhile(f: &mut Formatter<'_>, inner: &Body, depth: usize) -> fmt::Result {
    if inner.is_empty() {
        return Ok(());
    }
    write!(f, ", meanwhile ")?;
    block(f, inner, depth)
}

fn arms(f: &mut Formatter<'_>, name: &str, bodies: &[Body], depth: usize) -> fmt::Result {
    write!(f, "{name} ")?;
    for (number, inner) in bodies.iter().enumerate() {
        write!(f, "{}", if number > 0 { " or " } else { "" })?;
        block(f, inner, depth)?;
    }
    Ok(())
}

fn block(f: &mut Formatter<'_>, inner: &Body, depth: usize) -> fmt::Result {
    if inner.is_empty() {
        return write!(f, "{{}}");
    }
    writeln!(f, "{{")?;
    body(f, inner, depth + 1)?;
    write!(f, "{:depth$}}}", "", depth = depth * 4)
}
