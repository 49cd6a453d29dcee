//! A decorator of a decorator of an owner, as the notes of `ToHandle` say to make it.

use std::time::Duration;

use dormouse::{BlockOn, Coalesced, Mixed, Runtime, Sleeper, SmolExecutor, ToHandle, interval};
use dormouse_compat::Traced;

/// A function over an owner, which keeps its handle.
fn kept<S: ToHandle<Handle: Runtime>>(sleeper: &S) -> S::Handle {
    drop(interval(sleeper, Duration::from_millis(1)));
    sleeper.to_handle()
}

#[test]
fn it_is_made_of_the_handle_of_the_inner_one() {
    let owner = Traced::new(SmolExecutor::new(1));
    let twice = Traced::new(owner.handle());
    let runtimes = (
        kept(&twice),
        kept(&Coalesced::new(owner.handle())),
        kept(&Mixed::new(twice, owner.handle())),
    );
    owner.block_on(async {
        let (traced, coalesced, mixed) = &runtimes;
        traced.sleep(Duration::from_millis(1)).await;
        coalesced.sleep(Duration::from_millis(1)).await;
        mixed.sleep(Duration::from_millis(1)).await;
    });
}
