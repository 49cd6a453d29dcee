//! A `block_on` whose future panics in a poll, and again in its destructor.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::task::{Context, Poll};

use dormouse::BlockOn;

use super::SHORT;

crate::cases! { {
    tokio_local: dormouse::TokioLocal::new(),
    smol_local: dormouse::SmolLocal::new(),
    futures_local: dormouse::FuturesLocal::new(),
    virtual_time: dormouse::Virtual::new(),
    any_virtual: dormouse::AnyRuntime::new(dormouse::Virtual::new()),
} the_first_panic_of_two_comes_out }

crate::cases_everywhere! { a_second_panic_in_the_destructor }

fn a_second_panic_in_the_destructor(rt: impl BlockOn) {
    the_first_panic_of_two_comes_out(rt);
}

fn the_first_panic_of_two_comes_out(rt: impl BlockOn) {
    for waits in [false, true] {
        let panics = || {
            rt.block_on(Bomb {
                waits,
                polls_left: 2,
            });
        };
        let payload = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"first"));
    }
    assert_eq!(rt.block_on(async { 42 }), 42);
    // The panic of the destructor alone.
    let ends = || {
        rt.block_on(Bomb {
            waits: false,
            polls_left: 0,
        });
    };
    let payload = catch_unwind(AssertUnwindSafe(ends)).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"second"));
    assert_eq!(rt.block_on(async { 42 }), 42);
}

/// Panics in its last poll, unless it ends at once, and whenever it is dropped.
struct Bomb {
    waits: bool,
    polls_left: u32,
}

impl Future for Bomb {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.polls_left {
            0 => Poll::Ready(()),
            2 if self.waits => {
                self.polls_left = 1;
                let waker = cx.waker().clone();
                std::thread::spawn(move || {
                    std::thread::sleep(SHORT);
                    waker.wake();
                });
                Poll::Pending
            }
            _ => panic_any("first"),
        }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any("second");
    }
}
