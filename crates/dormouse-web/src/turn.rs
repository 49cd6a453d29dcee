//! A turn for the browser.

use std::cell::RefCell;
use std::task::Waker;

use dormouse_core::adapter::wake;
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

/// Wakes after the browser has had its turn: what else is in its queues may run before.
///
/// It is by a message to oneself, as a timeout is put off to 4 ms where it is one of many.
///
/// # Panics
///
/// If there is no `MessageChannel`.
pub(crate) fn after_others(waker: Waker) {
    TURN.with(|turn| {
        let former = turn.waker.replace(Some(waker));
        drop(former);
        let posted = turn.channel.port2().post_message(&JsValue::NULL);
        posted.expect("null can be sent");
    });
}

struct Turn {
    channel: MessageChannel,
    /// Who waits, at the most one: the tasks of this thread.
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
