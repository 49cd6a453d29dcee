//! Many pinned futures in few allocations, and no `unsafe`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

/// Futures that are polled by their number and dropped as soon as they have ended.
///
/// There is no safe way to pin the elements of a slice, but there is one to pin the fields of a
/// struct. So a block of 16 is a pair of pairs of pairs of pairs.
pub(crate) struct Slots<F> {
    blocks: Vec<Pin<Box<Block<F>>>>,
    len: usize,
}

impl<F: Future<Output = ()>> Slots<F> {
    /// Without a future, and with room for the blocks of `n`.
    pub(crate) fn with_capacity(n: usize) -> Self {
        Self {
            blocks: Vec::with_capacity(n.div_ceil(Block::<F>::LEN)),
            len: 0,
        }
    }

    pub(crate) fn push(&mut self, future: F) {
        if self.len == self.blocks.len() * Block::<F>::LEN {
            self.blocks.push(Box::pin(Block::empty()));
        }
        self.len += 1;
        self.slot(self.len - 1).set(Some(future));
    }

    /// Polls one future; one that has ended stays ready.
    pub(crate) fn poll(&mut self, index: usize, cx: &mut Context<'_>) -> Poll<()> {
        let mut slot = self.slot(index);
        if let Some(future) = slot.as_mut().as_pin_mut() {
            ready!(future.poll(cx));
            slot.set(None);
        }
        Poll::Ready(())
    }

    fn slot(&mut self, index: usize) -> Pin<&mut Option<F>> {
        let block = self.blocks[index / Block::<F>::LEN].as_mut();
        block.slot(index % Block::<F>::LEN)
    }
}

type Block<F> = Pair<Pair<Pair<Pair<Option<F>>>>>;

pin_project! {
    struct Pair<A> {
        #[pin]
        left: A,
        #[pin]
        right: A,
    }
}

/// A tree of slots whose size is known at compile time.
trait Tree<F> {
    const LEN: usize;
    fn empty() -> Self;
    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut Option<F>>;
}

impl<F> Tree<F> for Option<F> {
    const LEN: usize = 1;

    fn empty() -> Self {
        None
    }

    fn slot(self: Pin<&mut Self>, _: usize) -> Pin<&mut Option<F>> {
        self
    }
}

impl<F, A: Tree<F>> Tree<F> for Pair<A> {
    const LEN: usize = 2 * A::LEN;

    fn empty() -> Self {
        Self {
            left: A::empty(),
            right: A::empty(),
        }
    }

    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut Option<F>> {
        let this = self.project();
        match index.checked_sub(A::LEN) {
            None => this.left.slot(index),
            Some(index) => this.right.slot(index),
        }
    }
}
