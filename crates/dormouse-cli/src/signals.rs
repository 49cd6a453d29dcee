//! Ctrl-C and its like end a comparison with what it has.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::Failure;

/// Where the number of the signal that came stands; 0 until one does.
pub(crate) fn watch() -> Result<Arc<AtomicUsize>, Failure> {
    let came = Arc::new(AtomicUsize::new(0));
    let signals = [
        SIGINT,
        SIGTERM,
        #[cfg(unix)]
        signal_hook::consts::SIGHUP,
    ];
    for signal in signals {
        let number = signal.unsigned_abs() as usize;
        signal_hook::flag::register_usize(signal, Arc::clone(&came), number)
            .map_err(Failure::run)?;
    }
    Ok(came)
}
