//! The functions of dormouse on the runtimes that it has.

use dormouse::{
    AsyncStd, BlockOn, Coalesced, Runtime, SmolExecutor, ToHandle, TokioRuntime, task_wait_n_with,
    wait_n_with,
};

use crate::measure::{Figures, Run};

/// The threads of everything that lets one set them.
pub const THREADS: usize = 2;

/// A function of dormouse.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Function {
    /// `wait_n`: one task.
    WaitN,
    /// `task_wait_n`: n tasks.
    TaskWaitN,
    /// `wait_n` over a `Coalesced`.
    WaitNOverCoalesced,
    /// `task_wait_n` over a `Coalesced`.
    TaskWaitNOverCoalesced,
    /// `Coalesced::wait_n`: no future for each.
    CoalescedWaitN,
    /// `Coalesced::wait_n` with ten times as many waits.
    TenTimesCoalescedWaitN,
}

impl Function {
    /// Every function, the plain ones first.
    pub const ALL: [Self; 6] = [
        Self::WaitN,
        Self::TaskWaitN,
        Self::WaitNOverCoalesced,
        Self::TaskWaitNOverCoalesced,
        Self::CoalescedWaitN,
        Self::TenTimesCoalescedWaitN,
    ];

    /// As the tables name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WaitN => "wait_n",
            Self::TaskWaitN => "task_wait_n",
            Self::WaitNOverCoalesced => "wait_n over Coalesced",
            Self::TaskWaitNOverCoalesced => "task_wait_n over Coalesced",
            Self::CoalescedWaitN => "Coalesced::wait_n",
            Self::TenTimesCoalescedWaitN => "Coalesced::wait_n, 10 n",
        }
    }
}

/// A runtime with its threads set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum On {
    /// tokio with two workers.
    Tokio,
    /// tokio in the calling thread.
    TokioCurrentThread,
    /// smol with two threads.
    Smol,
    /// async-std, whose threads the environment sets.
    AsyncStd,
}

impl On {
    /// Every runtime.
    pub const ALL: [Self; 4] = [
        Self::Tokio,
        Self::TokioCurrentThread,
        Self::Smol,
        Self::AsyncStd,
    ];

    /// As the tables name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::TokioCurrentThread => "tokio-current-thread",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
        }
    }
}

/// Measures one function on one runtime.
#[must_use]
pub fn measure(function: Function, on: On, run: Run) -> Figures {
    match on {
        On::Tokio => measure_on(TokioRuntime::multi_thread(THREADS), function, run),
        On::TokioCurrentThread => measure_on(TokioRuntime::current_thread(), function, run),
        On::Smol => measure_on(SmolExecutor::new(THREADS), function, run),
        On::AsyncStd => measure_on(AsyncStd, function, run),
    }
}

fn measure_on<O>(owner: O, function: Function, run: Run) -> Figures
where
    O: ToHandle<Handle: Runtime> + BlockOn,
{
    let runtime = owner.to_handle();
    let coalesced = Coalesced::new(runtime.clone());
    let Run {
        n,
        max_delay: max,
        seed,
    } = run;
    match function {
        Function::WaitN => run.measure(|| owner.block_on(wait_n_with(&runtime, n, max, seed))),
        Function::TaskWaitN => {
            run.measure(|| owner.block_on(task_wait_n_with(&runtime, n, max, seed)))
        }
        Function::WaitNOverCoalesced => {
            run.measure(|| owner.block_on(wait_n_with(&coalesced, n, max, seed)))
        }
        Function::TaskWaitNOverCoalesced => {
            run.measure(|| owner.block_on(task_wait_n_with(&coalesced, n, max, seed)))
        }
        Function::CoalescedWaitN => {
            run.measure(|| owner.block_on(coalesced.wait_n_with(n, max, seed)))
        }
        Function::TenTimesCoalescedWaitN => {
            let run = Run { n: 10 * n, ..run };
            run.measure(|| owner.block_on(coalesced.wait_n_with(run.n, max, seed)))
        }
    }
}
