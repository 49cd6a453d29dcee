//! What each of ours is held against, and by how much it has to be better. The targets are those
//! of one million waits over 10 s.

use crate::ours::{Function, On};

/// One of ours, its peer, and the targets: the largest figures that meet them.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The function of ours.
    pub function: Function,
    /// The runtime under it.
    pub on: On,
    /// The name of the peer, if there is one to be held against.
    pub peer: Option<&'static str>,
    /// Bytes for each wait.
    pub bytes: Bytes,
    /// CPU time, as a part of the peer's.
    pub cpu: Option<f64>,
    /// Time beyond the largest delay.
    pub overhead: Overhead,
}

/// A target for memory.
#[derive(Clone, Copy, Debug)]
pub enum Bytes {
    /// At most so many for each wait.
    AtMost(f64),
    /// At most this part of the peer's.
    Ratio(f64),
}

/// A target for the time beyond the largest delay.
#[derive(Clone, Copy, Debug)]
pub enum Overhead {
    /// At most so many seconds.
    AtMost(f64),
    /// At most this part of the peer's.
    Ratio(f64),
}

impl Target {
    /// Every target.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Function::ALL
            .into_iter()
            .flat_map(|function| On::ALL.map(|on| Self::of(function, on)))
            .collect()
    }

    fn of(function: Function, on: On) -> Self {
        let (peer, bytes, cpu, overhead) = match function {
            Function::WaitN => match on {
                On::Tokio => ("tokio FuturesUnordered", Bytes::AtMost(165.0), 0.9, 0.1),
                On::TokioCurrentThread => (
                    "tokio FuturesUnordered, current thread",
                    Bytes::AtMost(165.0),
                    0.9,
                    0.1,
                ),
                On::Smol | On::AsyncStd => {
                    ("smol FuturesUnordered", Bytes::AtMost(170.0), 0.9, 0.1)
                }
            },
            Function::TaskWaitN => match on {
                On::Tokio | On::TokioCurrentThread => (spawn(on), Bytes::AtMost(420.0), 0.9, 0.05),
                On::Smol => (spawn(on), Bytes::AtMost(240.0), 0.7, 0.05),
                On::AsyncStd => (spawn(on), Bytes::AtMost(285.0), 0.8, 0.05),
            },
            Function::WaitNOverCoalesced => {
                ("tokio FuturesUnordered", Bytes::AtMost(100.0), 0.5, 0.1)
            }
            Function::TaskWaitNOverCoalesced => match on {
                On::Tokio | On::TokioCurrentThread => (spawn(on), Bytes::Ratio(0.7), 0.6, 0.1),
                On::Smol | On::AsyncStd => (spawn(on), Bytes::Ratio(0.7), 0.4, 0.1),
            },
            Function::CoalescedWaitN => ("tokio DelayQueue", Bytes::AtMost(24.0), 0.35, 0.2),
            Function::TenTimesCoalescedWaitN => {
                return Self {
                    function,
                    on,
                    peer: None,
                    bytes: Bytes::AtMost(24.0),
                    cpu: None,
                    overhead: Overhead::AtMost(0.5),
                };
            }
        };
        Self {
            function,
            on,
            peer: Some(peer),
            bytes,
            cpu: Some(cpu),
            overhead: Overhead::Ratio(overhead),
        }
    }
}

/// The idiom of a task each.
fn spawn(on: On) -> &'static str {
    match on {
        On::Tokio => "tokio JoinSet",
        On::TokioCurrentThread => "tokio JoinSet, current thread",
        On::Smol => "smol spawn",
        On::AsyncStd => "async-std spawn",
    }
}
