//! The timeouts of this thread.
//!
//! JavaScript calls one closure for all of them, which lives as long as its thread, so a sleep
//! makes no closure and leaves none behind. No `RefCell` is borrowed while a waker or the browser
//! runs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::task::Waker;
use std::time::Duration;

use dormouse_core::Instant;
use dormouse_core::adapter::{drop_quietly, wake};
use wasm_bindgen::prelude::*;

/// Arranges for `waker` to be woken at the deadline; called again, replaces the waker.
///
/// # Panics
///
/// If there is no `setTimeout`.
pub(crate) fn arm(number: u64, deadline: Instant, waker: &Waker) {
    let known = with(|timers| {
        let timer = timers.get(&number)?;
        Some(timer.waker.will_wake(waker))
    });
    if known == Some(true) {
        return;
    }
    let waker = waker.clone();
    let (former, unarmed) = with(|timers| match timers.get_mut(&number) {
        Some(timer) => (Some(std::mem::replace(&mut timer.waker, waker)), false),
        None => {
            let timer = Timer {
                deadline,
                waker,
                rings: deadline,
                timeout: JsValue::UNDEFINED,
            };
            timers.insert(number, timer);
            (None, true)
        }
    });
    drop_quietly(former);
    if unarmed {
        set(number, deadline);
    }
}

/// Moves a sleep to another deadline, if it is in the table.
pub(crate) fn put_off(number: u64, deadline: Instant) {
    let earlier = with(|timers| {
        let timer = timers.get_mut(&number)?;
        timer.deadline = deadline;
        // A timeout that ends before the deadline is set again then, so moving a sleep to a later
        // time costs nothing, however often.
        (deadline < timer.rings).then(|| timer.timeout.clone())
    });
    if let Some(timeout) = earlier {
        clear_timeout(&timeout);
        set(number, deadline);
    }
}

/// Clears the timeout of a sleep, if it has one.
pub(crate) fn clear(number: u64) {
    if let Some(timer) = with(|timers| timers.remove(&number)) {
        clear_timeout(&timer.timeout);
        drop_quietly(timer.waker);
    }
}

struct Timer {
    deadline: Instant,
    waker: Waker,
    /// When the timeout ends, or later, as a timeout of more than 24 days is cut; not after the
    /// deadline.
    rings: Instant,
    timeout: JsValue,
}

thread_local! {
    static TIMERS: RefCell<HashMap<u64, Timer>> = RefCell::default();
    static RING: Closure<dyn Fn(f64)> = Closure::new(|number| ring(number as u64));
}

/// Called when a timeout has ended.
fn ring(number: u64) {
    let now = Instant::now();
    let early = with(|timers| timers.get(&number).map(|timer| timer.deadline))
        // It was cut to the maximum, the sleep was moved to a later time, or the timeout is early
        // by our clock.
        .filter(|&deadline| deadline > now);
    if let Some(deadline) = early {
        set(number, deadline);
    } else if let Some(timer) = with(|timers| timers.remove(&number)) {
        wake(timer.waker);
    }
}

/// Sets the timeout of a sleep that is in the table.
fn set(number: u64, deadline: Instant) {
    let left = deadline.saturating_duration_since(Instant::now());
    let millis = whole_millis(left);
    // JavaScript's numbers are exact up to 2^53: at a million sleeps a second, for 285 years.
    let timeout = RING.with(|ring| set_timeout(ring, millis, number as f64));
    let timeout = match timeout {
        Ok(timeout) => timeout,
        Err(_) => {
            drop_quietly(with(|timers| timers.remove(&number)));
            panic!("there is no `setTimeout` here: sleep in a window or in a worker of a browser");
        }
    };
    with(|timers| {
        if let Some(timer) = timers.get_mut(&number) {
            timer.timeout = timeout;
            timer.rings = deadline;
        }
    });
}

/// Rounded up, as a timeout drops the fraction, and a sleep must not be early; and capped at the
/// longest possible timeout, after which another one waits for the rest.
fn whole_millis(left: Duration) -> i32 {
    let millis = left.as_nanos().div_ceil(1_000_000);
    i32::try_from(millis).unwrap_or(i32::MAX)
}

fn with<T>(work: impl FnOnce(&mut HashMap<u64, Timer>) -> T) -> T {
    TIMERS.with(|timers| work(&mut timers.borrow_mut()))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(
        handler: &Closure<dyn Fn(f64)>,
        millis: i32,
        number: f64,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timeout: &JsValue);
}
