//! A command on the host, and the lines it prints.

use russh::client::Msg;
use russh::{Channel, ChannelMsg};
use weir_event::Fault;

use super::lines::{Line, Lines};
use super::session::Session;
use super::{Settings, fault};

/// Bytes kept of what a command complains about.
const STDERR_BYTES: usize = 1_000;

/// A command that runs.
pub struct Output<'o> {
    settings: &'o Settings,
    session: &'o Session,
    channel: Channel<Msg>,
    lines: Lines,
    stderr: Vec<u8>,
    ended: Option<String>,
}

impl<'o> Output<'o> {
    pub async fn of(settings: &'o Settings, session: &'o Session, command: &str) -> Result<Output<'o>, Fault> {
        let channel = session.channel().await?;
        session.wait(channel.exec(true, command.as_bytes())).await?;
        Ok(Output { settings, session, channel, lines: Lines::default(), stderr: Vec::new(), ended: None })
    }

    /// The next lines; `None` when the command has ended well. The host waits while nobody asks.
    pub async fn next(&mut self) -> Result<Option<Vec<Line>>, Fault> {
        while let Some(message) = self.session.message(&mut self.channel).await? {
            match message {
                ChannelMsg::Data { data } => {
                    let lines = self.lines.push(&data);
                    if !lines.is_empty() {
                        return Ok(Some(lines));
                    }
                }
                ChannelMsg::ExtendedData { data, .. } => {
                    let room = STDERR_BYTES.saturating_sub(self.stderr.len()).min(data.len());
                    self.stderr.extend_from_slice(&data[..room]);
                }
                ChannelMsg::ExitStatus { exit_status: 0 } => self.ended = Some(String::new()),
                ChannelMsg::ExitStatus { exit_status } => self.ended = Some(format!("exit code {exit_status}")),
                ChannelMsg::ExitSignal { signal_name, .. } => self.ended = Some(format!("signal {signal_name:?}")),
                ChannelMsg::Failure => self.ended = Some("a refusal by the host".to_owned()),
                _ => {}
            }
        }
        match self.ended.as_deref() {
            Some("") => Ok(self.lines.finish().map(|line| vec![line])),
            Some(how) => {
                let stderr = String::from_utf8_lossy(&self.stderr);
                Err(fault::command_failed(self.settings, how, stderr.trim()))
            }
            None => Err(fault::lost(self.settings, "the command ended without a word of how")),
        }
    }
}
