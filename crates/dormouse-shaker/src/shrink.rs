//! Cuts a program that fails down to what makes it fail.

use std::time::Duration;

use crate::check::{Fault, Patience, SHORT, Verdict, allowed, check};
use crate::kind::Kind;
use crate::program::{Body, End, Fate, Node, Poll, Program, Step, Then};

/// The smallest program found that fails in the same way, by checks that are within this limit.
pub(crate) fn shrink(
    program: &Program,
    kind: &Kind,
    fault: &Fault,
    limit: Duration,
) -> (Program, Fault) {
    let patience = Patience {
        limit: SHORT.limit.min(limit),
        ..SHORT
    };
    let (mut best, mut worst) = (program.clone(), fault.clone());
    let mut tries = 400;
    'smaller: loop {
        for candidate in candidates(&best) {
            if tries == 0 {
                return (best, worst);
            }
            tries -= 1;
            let mut allowed = allowed(&candidate, kind.profile);
            if allowed.hangs || !kind.takes(&candidate) {
                continue;
            }
            match check(&candidate, kind, &mut allowed, patience) {
                Verdict::Failed(found) if alike(&found, fault) => {
                    (best, worst) = (candidate, found);
                    continue 'smaller;
                }
                _ => {}
            }
        }
        return (best, worst);
    }
}

fn alike(one: &Fault, other: &Fault) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Every program that is one cut smaller, the deepest cuts first.
pub(crate) fn candidates(program: &Program) -> Vec<Program> {
    let mut candidates: Vec<_> = bodies(&program.root)
        .into_iter()
        .map(|root| Program {
            root,
            end: program.end,
        })
        .collect();
    if program.end != End::Outside {
        candidates.push(Program {
            end: End::Outside,
            ..program.clone()
        });
    }
    candidates
}

fn bodies(body: &Body) -> Vec<Body> {
    let mut smaller = Vec::new();
    if body.len() > 2 {
        smaller.push(body[..body.len() / 2].to_vec());
        smaller.push(body[body.len() / 2..].to_vec());
    }
    for at in 0..body.len() {
        let mut without = body.clone();
        without.remove(at);
        smaller.push(without);
    }
    for (at, node) in body.iter().enumerate() {
        // Replaces a step by what is inside it.
        for inner in node.step.bodies() {
            let mut lifted = body.clone();
            lifted.splice(at..=at, inner.iter().cloned());
            smaller.push(lifted);
        }
        for step in steps(node) {
            let mut changed = body.clone();
            changed[at].step = step;
            smaller.push(changed);
        }
    }
    smaller
}

fn steps(node: &Node) -> Vec<Step> {
    let mut smaller = plainer(&node.step);
    for number in 0..node.step.bodies().len() {
        let inner = node.step.bodies()[number].clone();
        for body in bodies(&inner) {
            let mut step = node.step.clone();
            *step.bodies_mut()[number] = body;
            smaller.push(step);
        }
    }
    smaller
}

/// The step in simpler forms.
fn plainer(step: &Step) -> Vec<Step> {
    let mut plainer = Vec::new();
    let mut change = |change: &dyn Fn(&mut Step)| {
        let mut changed = step.clone();
        change(&mut changed);
        if changed != *step {
            plainer.push(changed);
        }
    };
    change(&|step| match step {
        Step::Yield(times) => *times = 1,
        Step::Select(arms) | Step::Join(arms) => arms.truncate(2),
        Step::Spawn(spawn) => spawn.bomb = false,
        Step::Kept(kept) => kept.poll = Poll::Never,
        Step::Interval(interval) => interval.ticks = 1,
        _ => {}
    });
    change(&|step| match step {
        Step::Spawn(spawn) => spawn.poll = Poll::Never,
        Step::Kept(kept) => kept.then = Then::Drop,
        Step::Interval(interval) => interval.work = 0,
        _ => {}
    });
    change(&|step| {
        if let Step::Spawn(spawn) = step {
            spawn.fate = Fate::Await;
        }
    });
    plainer
}
