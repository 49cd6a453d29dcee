//! What a case gets for a driver.

use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use dormouse_core::BlockOn;

/// A driver whose `block_on` must not return before its future has ended: what a case checks at the
/// end of that future would be lost.
pub(crate) struct Checked<B>(pub(crate) B);

impl<B: BlockOn> BlockOn for Checked<B> {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let ended = Cell::new(false);
        let (at_its_end, mut future) = (&ended, Box::pin(future));
        // Boxed, so that the runtime's own code is compiled once for each output, not for each future. The
        // future is dropped where the runtime drops it, not at its end.
        let checked: Pin<Box<dyn Future<Output = F::Output> + '_>> = Box::pin(poll_fn(move |cx| {
            let poll = future.as_mut().poll(cx);
            at_its_end.set(poll.is_ready());
            poll
        }));
        let output = self.0.block_on(checked);
        assert!(
            ended.get(),
            "`block_on` returned before its future had ended"
        );
        output
    }
}

/// Whether the runtime is its own driver, so that nothing can end it; says that the case is skipped.
pub(crate) fn is_its_own_driver<R: 'static, B: 'static>(case: &str, _: &R, _: &Checked<B>) -> bool {
    let own = TypeId::of::<R>() == TypeId::of::<B>();
    if own {
        println!(
            "{}: skipped: does not apply, as {} drives itself: it has no owner whose drop ends it",
            case.replace('_', " "),
            type_name::<R>()
        );
    }
    own
}
