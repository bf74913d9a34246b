//! How often one request is sent again, and after which wait.

use weir_event::{Fault, Timestamp};

use super::{back_off, pause};
use crate::peer::Peer;
use crate::world::{Told, World};
use crate::{auth, fault};

/// Times that a source may ask to wait before the pull is given up; it begins again at the next.
const WAITS_MAX: u64 = 100;

/// Why a request is sent again.
pub(super) enum Again {
    Broken(Fault),
    /// The source may say until when it wants to be left alone.
    Retry(Fault, Option<Timestamp>),
    Renew(Fault, u64),
    Wait(Timestamp),
    /// The source's clock is this many seconds ahead, when it says so.
    Clock(Fault, Option<i64>),
}

#[derive(Default)]
pub(super) struct Tries {
    failed: u64,
    waited: u64,
    renewed: bool,
    followed: bool,
    /// The log-in that was refused.
    pub stale: Option<u64>,
}

impl Tries {
    /// Waits until the next try, or gives up.
    pub async fn settle<W: World>(&mut self, peer: &Peer<'_, W>, again: Again) -> Result<(), Fault> {
        let retry = &peer.service.stream().limits.retry;
        let (fault, until) = match again {
            Again::Wait(until) => return self.wait(peer, until).await,
            Again::Renew(fault, used) => {
                let renewable = auth::is_renewable(&peer.service.manifest.auth, &peer.scope());
                if self.renewed || !renewable {
                    return Err(fault);
                }
                (self.renewed, self.stale) = (true, Some(used));
                return Ok(());
            }
            Again::Clock(fault, seconds) => {
                let follows = peer.service.manifest.http.follow_clock && !self.followed;
                let Some(seconds) = seconds.filter(|seconds| follows && seconds.abs() > 1) else { return Err(fault) };
                self.followed = true;
                peer.session.follow_clock(seconds);
                peer.world.tell(Told::Note(format!("{}: requests are signed with the source's time", fault.says())));
                return Ok(());
            }
            Again::Broken(fault) if !retry.transport || is_final(&fault) => return Err(fault),
            Again::Broken(fault) => (fault, None),
            Again::Retry(fault, until) => (fault, until),
        };
        self.failed += 1;
        if self.failed >= retry.tries {
            return Err(fault);
        }
        match until {
            Some(until) => pause(peer, fault, self.failed, until).await,
            None => back_off(peer, fault, self.failed).await,
        }
        Ok(())
    }

    /// The source asks to wait: all services of the puller do.
    async fn wait<W: World>(&mut self, peer: &Peer<'_, W>, until: Timestamp) -> Result<(), Fault> {
        self.waited += 1;
        let fault = fault::rate_limited(peer.name(), until);
        if self.waited > WAITS_MAX {
            return Err(fault);
        }
        peer.session.wait_until(until);
        peer.world.tell(Told::Waiting { until, fault: Some(fault) });
        peer.world.sleep_until(until).await;
        Ok(())
    }
}

/// Asking again would change nothing.
fn is_final(fault: &Fault) -> bool {
    matches!(fault.id(), "COLLECT-204" | "COLLECT-206" | "COLLECT-213")
}
