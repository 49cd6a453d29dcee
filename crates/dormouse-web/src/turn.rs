//! Lets the browser run.

use std::cell::RefCell;
use std::task::Waker;

use dormouse_core::adapter::{drop_quietly, wake};
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

/// Wakes after the browser has had its turn, so that other events in its queues may come first.
///
/// It posts a message, as the browser delays nested timeouts to 4 ms.
///
/// # Panics
///
/// If there is no `MessageChannel`.
pub(crate) fn after_others(waker: Waker) {
    TURN.with(|turn| {
        let former = turn.waker.replace(Some(waker));
        drop_quietly(former);
        let posted = turn.channel.port2().post_message(&JsValue::NULL);
        posted.expect("null can be sent");
    });
}

struct Turn {
    channel: MessageChannel,
    /// The waker of the driver, the only one that waits for a turn.
    waker: RefCell<Option<Waker>>,
    _on_message: Closure<dyn Fn()>,
}

thread_local! {
    static TURN: Turn = {
        let channel = MessageChannel::new().expect(
            "there is no `MessageChannel` here: run tasks in a window or in a worker of a browser",
        );
        let on_message = Closure::<dyn Fn()>::new(|| {
            let waker = TURN.with(|turn| turn.waker.take());
            if let Some(waker) = waker {
                wake(waker);
            }
        });
        channel.port1().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Turn { channel, waker: RefCell::default(), _on_message: on_message }
    };
}
