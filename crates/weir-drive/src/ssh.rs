//! Hosts over SSH: what files have grown by, and what commands print.
//!
//! Start at [`Settings`] and [`pull`]. A host is believed only by a key that the operator has named.
//!
//! Never does: write on the host, accept a key it has not been told of, or forward anything.

mod command;
mod fault;
mod file;
mod files;
mod lines;
mod output;
mod session;
mod settings;
mod sftp;
mod state;

use weir_event::Fault;

pub use settings::{Command, HostKey, Login, Settings, Task};

use crate::reader::{Pulled, Sink};
use session::Session;

/// Reads what is new since `state`, the position of the last commit. A fault ends the pull; the next one goes on where the last commit
/// stood.
pub async fn pull<S: Sink>(settings: &Settings, state: Option<&str>, sink: &S) -> Result<Pulled, Fault> {
    let session = Session::open(settings).await?;
    let pulled = match &settings.task {
        Task::Files(patterns) => files::pull(settings, patterns, &session, state, sink).await,
        Task::Command(command) => command::pull(settings, command, &session, state, sink).await,
    };
    session.close().await;
    pulled
}
