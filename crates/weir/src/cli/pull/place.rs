//! Where the state of pullers is: a data directory that nobody holds, or a running weir.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use weir_event::Fault;

use crate::config::Config;
use crate::server::{self, Weir};

/// A data directory, opened by this process.
pub struct Local {
    pub app: Arc<Weir>,
}

impl Local {
    /// Opens the data directory of a configuration and starts the threads that take what is logged. Refused while another process has it.
    pub async fn open(mut config: Config, data: Option<PathBuf>) -> Result<Local, Fault> {
        if let Some(data) = data {
            config.data = data;
        }
        let folder = config.data.clone();
        let kept = config.clone();
        let opened = tokio::task::spawn_blocking(move || server::open(&kept)).await;
        let opened = opened.unwrap_or_else(|error| {
            Err(Fault::new("CLI-008", weir_event::FaultKind::Bug, "the data directory could not be opened")
                .because(error))
        });
        let opened = opened.map_err(|fault| {
            let hint = "when a weir runs on this directory, name it: --server URL --token TOKEN";
            let fault = if fault.fix().is_empty() {
                fault.hint(hint)
            } else {
                fault.clone().hint(format!("{}; {hint}", fault.fix()))
            };
            if fault.place().is_empty() { fault.at(folder.display()) } else { fault }
        })?;
        let app = Arc::new(Weir::new(config, opened, Handle::current()));
        app.spine.start()?;
        Ok(Local { app })
    }

    /// Finishes what is in flight and seals it.
    pub async fn close(self) {
        // It does not panic; and if it did, there would be nothing left to close.
        let _ = tokio::task::spawn_blocking(move || self.app.spine.stop()).await;
    }
}
