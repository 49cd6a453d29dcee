//! Comparisons of the workloads that come with this crate, with the floor and the peers.

use std::path::Path;

use crate::comparison::{Comparison, once};
use crate::error::Error;
use crate::floor;
use crate::workload::Builtin;

impl Comparison<Builtin> {
    /// A comparison of workloads that come with this crate, each in the modes that say most.
    #[must_use]
    pub fn of_builtin(workloads: Vec<Builtin>) -> Self {
        let mut comparison = Self::new(once(&workloads));
        comparison.usual_modes = |workload| workload.default_modes();
        comparison
    }

    /// Adds the floor as a row: the best that one thread can do without a runtime.
    #[must_use]
    pub fn floor(mut self) -> Self {
        self.runners.push(floor::runner());
        self
    }

    /// Adds the peers in Rust: what a worker of [`peers`](Self::peers) can be asked to run.
    #[must_use]
    pub fn with_peers(mut self) -> Self {
        #[cfg(feature = "peers")]
        self.runners.extend(crate::peers::in_rust());
        self.runners.shrink_to_fit();
        self
    }

    /// Adds the peers, which is what people write by hand, as rows of the workload sleep.
    ///
    /// Those in other languages are unpacked into a folder.
    ///
    /// # Errors
    ///
    /// If the folder can't be written to.
    pub fn peers(mut self, folder: &Path) -> Result<Self, Error> {
        #[cfg(feature = "peers")]
        {
            let (peers, missing) = crate::peers::runners(folder)?;
            self.runners.extend(peers);
            self.missing.extend(missing);
        }
        #[cfg(not(feature = "peers"))]
        {
            let _ = folder;
            let line = "the peers are left out: build with `--features peers`";
            self.missing.push(line.into());
        }
        Ok(self)
    }
}
