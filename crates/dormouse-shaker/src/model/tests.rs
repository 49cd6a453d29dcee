//! Programs written by hand, and their allowed outcomes.

use crate::generate;
use crate::model::{Allowed, OWNED, Profile};
use crate::program::{Blocking, BlockingFate, End, Fate, Node, Poll, Program, Spawn, Step};
use crate::shrink::candidates;

#[test]
fn a_task_gives_its_value() {
    let lines = lines(vec![spawn(1, vec![node(2, Step::Sleep(1))], Fate::Await)]);
    assert_eq!(
        lines,
        [
            "#root: value",
            "#1.join: value",
            "#1.task: done",
            "#2.sleep: done"
        ]
    );
}

#[test]
fn an_abort_beats_a_far_sleep() {
    let abort = Fate::Abort { twice: true };
    let lines = lines(vec![spawn(1, vec![node(2, Step::Sleep(5))], abort)]);
    assert_eq!(
        lines,
        ["#root: value", "#1.join: cancelled", "#1.task: dropped"]
    );
}

#[test]
fn a_destructor_that_panics_is_the_tasks_panic() {
    let body = vec![node(2, Step::Bomb), node(3, Step::Forever)];
    let mut spawned = spawn(1, body, Fate::Abort { twice: false });
    let Step::Spawn(spawn) = &mut spawned.step else {
        unreachable!("made above");
    };
    spawn.meanwhile = vec![node(4, Step::Sleep(2))];
    let lines = lines(vec![spawned]);
    assert!(
        lines.contains(&"#1.join: panicked: bomb 2".into()),
        "{lines:?}"
    );
}

#[test]
fn a_race_has_both_outcomes() {
    let body = vec![node(2, Step::Sleep(2))];
    let lines = lines(vec![node(1, Step::Timeout(2, body))]);
    assert!(
        lines.contains(&"#1.timeout: elapsed | in time".into()),
        "{lines:?}"
    );
}

#[test]
fn a_poll_may_outlast_the_abort_and_the_runtime() {
    let blocking = Blocking {
        ticks: 3,
        panics: false,
        after: 0,
        fate: BlockingFate::Await,
    };
    let lines = lines(vec![spawn(
        1,
        vec![node(2, Step::Blocking(blocking))],
        Fate::Guard,
    )]);
    assert!(
        lines.contains(&"#2.join: cancelled | nothing".into()),
        "{lines:?}"
    );
}

#[test]
fn what_does_not_end_by_itself_is_told() {
    let hangs = |step| {
        let program = program(vec![node(1, step)]);
        Allowed::of(&program, OWNED, 10).hangs
    };
    assert!(hangs(Step::Forever));
    assert!(!hangs(Step::Timeout(1, vec![node(2, Step::Forever)])));
}

#[test]
fn a_seed_is_a_program_whose_root_ends() {
    for seed in 0..200 {
        let program = generate::program(seed);
        assert_eq!(program, generate::program(seed));
        assert!(program.len() > 0 && !Allowed::of(&program, OWNED, 20).hangs);
        let json = serde_json::to_string(&program).unwrap();
        assert_eq!(serde_json::from_str::<Program>(&json).unwrap(), program);
    }
}

#[test]
fn every_cut_leads_to_nothing_in_the_end() {
    let mut program = generate::program(2);
    let mut cuts = 0;
    while let Some(smaller) = candidates(&program).into_iter().next() {
        program = smaller;
        cuts += 1;
        assert!(cuts < 1_000, "a cut that cuts nothing:\n{program}");
    }
    assert_eq!(program.len(), 0);
}

#[test]
fn where_the_runtime_does_not_end_its_tasks_go_on() {
    let program = program(vec![spawn(1, vec![node(2, Step::Sleep(3))], Fate::Drop)]);
    let there = Profile {
        ends: false,
        exact: false,
    };
    let words = |profile| Allowed::of(&program, profile, 50).lines().join(", ");
    assert!(words(there).contains("#1.task: done"));
    assert!(words(OWNED).contains("#1.task: dropped"));
}

fn lines(root: Vec<Node>) -> Vec<String> {
    Allowed::of(&program(root), OWNED, 200).lines()
}

fn program(root: Vec<Node>) -> Program {
    Program {
        root,
        end: End::Outside,
    }
}

fn spawn(id: u16, body: Vec<Node>, fate: Fate) -> Node {
    let step = Step::Spawn(Spawn {
        body,
        bomb: false,
        poll: Poll::Never,
        meanwhile: Vec::new(),
        fate,
    });
    node(id, step)
}

fn node(id: u16, step: Step) -> Node {
    Node { id, step }
}
