//! Random programs, one for each seed.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::model::{Allowed, OWNED, TICK};
use crate::program::{
    Blocking, BlockingFate, Body, End, Fate, Id, Interval, Kept, Missed, Node, Other, Payload,
    Poll, Program, Spawn, Step, Then, Ticks,
};

/// The program of a seed. Its root ends in every schedule.
pub(crate) fn program(seed: u64) -> Program {
    let mut program = draw(seed);
    for ticks in [6, 4, 2] {
        let allowed = Allowed::of(&program, OWNED, 40);
        if !allowed.hangs && allowed.end < 14 * TICK {
            break;
        }
        let root = std::mem::take(&mut program.root);
        let limited = Step::Timeout(ticks, root);
        program.root = vec![Node {
            id: 1_000 + Id::from(ticks),
            step: limited,
        }];
    }
    program
}

fn draw(seed: u64) -> Program {
    let mut draw = Draw {
        rng: Xoshiro256PlusPlus::seed_from_u64(seed),
        left: 0,
        next: 0,
    };
    draw.left = draw.below(28) + 3;
    let mut root = draw.body(0);
    while draw.left > 0 && root.len() < 6 {
        root.extend(draw.body(0));
    }
    Program {
        root,
        end: draw.end(),
    }
}

struct Draw {
    rng: Xoshiro256PlusPlus,
    /// How many more steps it may have.
    left: u32,
    next: u16,
}

impl Draw {
    fn below(&mut self, end: u32) -> u32 {
        self.rng.random_range(0..end)
    }

    fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.rng.random_range(0..these.len())]
    }

    fn body(&mut self, depth: u32) -> Body {
        let len = 1 + self.below(3);
        let mut body = Vec::new();
        for _ in 0..len {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            let id = self.next;
            self.next += 1;
            let step = self.step(depth);
            body.push(Node { id, step });
        }
        body
    }

    fn some(&mut self, depth: u32) -> Body {
        if self.one_in(3) {
            Vec::new()
        } else {
            self.body(depth)
        }
    }

    /// Short ones are more likely.
    fn ticks(&mut self) -> Ticks {
        self.of(&[0, 1, 1, 2, 2, 3, 4, 5])
    }

    fn step(&mut self, depth: u32) -> Step {
        // Deep steps are plain, so that a program ends somewhere.
        let kinds = if depth > 4 { 30 } else { 100 };
        match self.below(kinds) {
            0..14 => Step::Sleep(self.ticks()),
            14..16 => Step::Yield(self.of(&[1, 1, 3, 20])),
            16 => Step::BrokenYield,
            17..19 => Step::Spend,
            19..21 => Step::Block(self.of(&[1, 2])),
            21 => Step::Forever,
            22 => Step::Panic(Payload::Text),
            23 => Step::Panic(Payload::Bomb),
            24..27 => Step::Bomb,
            27 => Step::BlockOn,
            28 => Step::Reset {
                polled: self.one_in(2),
                from: self.ticks(),
                to: self.ticks(),
            },
            29 => self.interval(),
            30..37 => Step::Timeout(self.ticks(), self.body(depth + 1)),
            37 => Step::BusyTimeout(self.of(&[1, 2])),
            38..45 => Step::Select(self.arms(depth)),
            45..51 => Step::Join(self.arms(depth)),
            51..61 => self.kept(depth),
            61..66 => Step::Blocking(self.blocking()),
            66..69 => Step::Inside {
                other: self.other(),
                sleep: self.of(&[0, 6]),
                after: self.of(&[0, 3]),
            },
            _ => self.spawn(depth),
        }
    }

    fn arms(&mut self, depth: u32) -> Vec<Body> {
        (0..2 + self.below(2))
            .map(|_| self.body(depth + 1))
            .collect()
    }

    fn interval(&mut self) -> Step {
        Step::Interval(Interval {
            missed: self.of(&[Missed::Burst, Missed::Delay, Missed::Skip]),
            period: self.of(&[1, 2]),
            ticks: self.of(&[1, 2, 3]),
            work: self.of(&[0, 0, 1, 3]),
        })
    }

    fn kept(&mut self, depth: u32) -> Step {
        Step::Kept(Kept {
            sleep: self.ticks(),
            poll: self.poll(),
            meanwhile: self.some(depth + 1),
            then: self.of(&[
                Then::Await,
                Then::Await,
                Then::Drop,
                Then::Forget,
                Then::Elsewhere,
                Then::Outlive,
            ]),
        })
    }

    fn poll(&mut self) -> Poll {
        self.of(&[Poll::Never, Poll::Once, Poll::Once, Poll::Broken])
    }

    fn spawn(&mut self, depth: u32) -> Step {
        Step::Spawn(Spawn {
            body: self.body(depth + 1),
            bomb: self.one_in(4),
            poll: self.poll(),
            meanwhile: self.some(depth + 1),
            fate: self.of(&[
                Fate::Await,
                Fate::Await,
                Fate::Again,
                Fate::Ask,
                Fate::Abort { twice: false },
                Fate::Abort { twice: false },
                Fate::Abort { twice: true },
                Fate::Drop,
                Fate::Detach,
                Fate::Forget,
                Fate::Guard,
                Fate::Cancel,
                Fate::Elsewhere,
                Fate::Keep,
                Fate::Keep,
            ]),
        })
    }

    fn blocking(&mut self) -> Blocking {
        Blocking {
            ticks: self.of(&[0, 1, 3]),
            panics: self.one_in(4),
            after: self.of(&[0, 1, 2]),
            fate: self.of(&[
                BlockingFate::Await,
                BlockingFate::Await,
                BlockingFate::Abort,
                BlockingFate::Drop,
            ]),
        }
    }

    fn other(&mut self) -> Other {
        self.of(&[
            Other::Tokio,
            Other::TokioCurrentThread,
            Other::Smol,
            Other::Futures,
            Other::Threads,
        ])
    }

    fn end(&mut self) -> End {
        match self.below(8) {
            0..3 => End::Outside,
            3 => End::Unwinding,
            4..6 => End::InOther(self.other()),
            _ => End::InOwnTask,
        }
    }
}
