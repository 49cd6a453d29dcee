//! What a case gets for a driver.

use std::any::TypeId;
use std::future::Future;
use std::pin::Pin;

use dormouse_core::BlockOn;

/// A driver whose `block_on` must not return before its future has ended: what a case checks at the
/// end of that future would be lost.
pub(crate) struct Checked<B>(pub(crate) B);

impl<B: BlockOn> BlockOn for Checked<B> {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut ended = false;
        // Boxed, so that the runtime's own code is compiled once for each output, not for each future.
        let checked: Pin<Box<dyn Future<Output = F::Output> + '_>> = Box::pin(async {
            let output = future.await;
            ended = true;
            output
        });
        let output = self.0.block_on(checked);
        assert!(ended, "`block_on` returned before its future had ended");
        output
    }
}

/// Whether this driver is that runtime itself.
pub(crate) fn is_itself<R: 'static, B: 'static>() -> bool {
    [TypeId::of::<R>(), TypeId::of::<Checked<R>>()].contains(&TypeId::of::<B>())
}
