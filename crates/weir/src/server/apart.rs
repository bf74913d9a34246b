//! Threads for work that must not hold up intake.

use tokio::runtime::{Builder, Handle, Runtime};
use weir_event::Fault;

use crate::cli::io_fault;

/// Threads beside the ones of intake, of each kind.
const THREADS: usize = 2;

/// An async runtime of its own. Unlike a plain one it may be dropped anywhere: what still runs there is left.
pub struct Apart(Option<Runtime>, Handle);

impl Apart {
    pub fn new(name: &str) -> Result<Apart, Fault> {
        let built = Builder::new_multi_thread().worker_threads(THREADS).thread_name(name).enable_all().build();
        let runtime = built.map_err(|error| io_fault(format!("the {name} runtime"), &error))?;
        let handle = runtime.handle().clone();
        Ok(Apart(Some(runtime), handle))
    }

    pub fn handle(&self) -> &Handle {
        &self.1
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
