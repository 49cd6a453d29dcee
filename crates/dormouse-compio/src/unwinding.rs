//! Runtimes that were dropped while a panic unwound their thread.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread;

use compio_runtime::Runtime;

thread_local! {
    static KEPT: RefCell<Vec<Rc<Runtime>>> = const { RefCell::new(Vec::new()) };
}

/// If a panic unwinds this thread, keeps a runtime until that is over: compio would leak what is in its
/// tasks.
pub(crate) fn keep(runtime: &Rc<Runtime>) {
    if thread::panicking() {
        let _ = KEPT.try_with(|kept| kept.borrow_mut().push(Rc::clone(runtime)));
    }
}

/// Drops what was kept, if the panic is over, as when another runtime is made or driven. The end of the
/// thread does so, too.
pub(crate) fn drop_kept() {
    if thread::panicking() {
        return;
    }
    let kept = KEPT.try_with(|kept| std::mem::take(&mut *kept.borrow_mut()));
    // These destructors are foreign code, so the list is not borrowed here.
    drop(kept);
}
