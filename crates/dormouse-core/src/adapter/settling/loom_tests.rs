//! A cancelled task whose future another thread drops.

use std::future::poll_fn;

use loom::future::block_on;
use loom::thread;

use super::*;

#[derive(Default)]
struct Cancelled {
    dropped: bool,
    waiter: Option<Waker>,
}

fn settling(state: &Arc<Mutex<Cancelled>>) -> Settling<()> {
    let state = Arc::clone(state);
    Settling::new(poll_fn(move |cx| {
        let mut state = state.lock().unwrap();
        if state.dropped {
            return Poll::Ready(None);
        }
        state.waiter = Some(cx.waker().clone());
        Poll::Pending
    }))
}

fn drop_future(state: &Mutex<Cancelled>) {
    let mut state = state.lock().unwrap();
    state.dropped = true;
    let waiter = state.waiter.take();
    drop(state);
    waiter.into_iter().for_each(Waker::wake);
}

#[test]
fn the_handle_is_woken_once_the_future_is_dropped() {
    loom::model(|| {
        let state = Arc::new(Mutex::new(Cancelled::default()));
        let thread = {
            let state = Arc::clone(&state);
            thread::spawn(move || drop_future(&state))
        };
        let mut task = settling(&state);
        let _ = task.is_finished();
        let result = block_on(poll_fn(|cx| task.poll(cx)));
        assert!(result.unwrap_err().is_cancelled());
        thread.join().unwrap();
    });
}
