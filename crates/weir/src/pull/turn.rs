//! Whether a service is pulled here, where servers share services by leases.

use std::sync::Arc;
use std::time::Duration;

use weir_collect::{State, World};
use weir_event::{CursorChange, Fault, Records, Timestamp};

use super::counts::Doing;
use super::leases::{Claim, Turn};
use super::{Running, commit};
use crate::listen::{Feed, Intake};
use crate::say::log;

/// What came of asking.
pub enum Turned {
    Here,
    /// Another server pulls it, or should.
    Elsewhere,
    /// The folder of the leases cannot be asked, or what was taken over cannot be stored.
    Unknown(Fault),
}

impl Running {
    /// Asks for the lease, if the service is shared. A lease that was taken from another server brings along where that one stood.
    pub(super) async fn turn(&self, state: &mut State) -> Turned {
        let Some(claim) = self.claim() else { return Turned::Here };
        match claim.with(Claim::turn).await {
            Ok(Turn::Kept) => Turned::Here,
            Ok(Turn::Elsewhere(_)) => Turned::Elsewhere,
            Ok(Turn::Taken(remembered)) => match self.take_over(claim, remembered, state).await {
                Ok(()) => Turned::Here,
                Err(fault) => Turned::Unknown(fault),
            },
            Err(fault) => Turned::Unknown(fault),
        }
    }

    /// Stores here, and then beside the lease, what the service goes on from.
    async fn take_over(
        &self,
        claim: &Arc<Claim>,
        remembered: Option<Vec<String>>,
        state: &mut State,
    ) -> Result<(), Fault> {
        let from_folder = remembered.is_some();
        if let Some(texts) = remembered {
            *state = State::from_texts(&self.job.source, texts.iter().map(String::as_str))?;
            self.store_whole(state).await?;
            self.resume().await;
        }
        let whole = state.to_text();
        claim.with(move |claim| claim.tell(&whole, true)).await?;
        log("info", format_args!("lease taken source={} goes_on_from_others={from_folder}", self.job.source));
        Ok(())
    }

    /// Puts a whole state in the place of what the log remembers.
    async fn store_whole(&self, state: &State) -> Result<(), Fault> {
        let change = CursorChange::Whole(state.to_text().into_bytes().into());
        let (intake, feed) = (&self.lane.intake, &self.lane.feed);
        commit::store(intake, feed, &"".into(), Records::default(), change).await.map(drop)
    }

    /// When to ask for the lease again.
    pub(super) fn next_look(&self) -> Timestamp {
        let look = self.claim().map_or(Duration::ZERO, |claim| claim.terms().look());
        Timestamp(self.lane.now().0.saturating_add(i64::try_from(look.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// Another server pulls the service, until the lease is asked for again.
    pub(super) fn leave_it(&self) -> Timestamp {
        let until = self.next_look();
        self.counts.set_doing(Doing::Elsewhere { until });
        until
    }

    /// Why the service cannot be acted on here: another server holds its lease.
    pub fn held_elsewhere(&self) -> Option<Fault> {
        let claim = self.claim()?;
        Some(claim.elsewhere(&claim.is_elsewhere()?))
    }

    pub(super) async fn give_back(&self) {
        if let Some(claim) = self.claim() {
            let given = claim.with(|claim| {
                claim.give_back();
                Ok(())
            });
            // A lease that cannot be given back lapses.
            let _ = given.await;
        }
    }

    pub(super) fn claim(&self) -> Option<&Arc<Claim>> {
        self.lane.claim.as_ref()
    }
}

/// What a service remembers is gone, here and beside its lease.
pub(super) async fn forget(claim: Option<&Arc<Claim>>, intake: &Arc<Intake>, feed: &Feed) -> Result<(), Fault> {
    if let Some(claim) = claim {
        claim.with(Claim::check).await?;
    }
    commit::forget(intake, feed).await?;
    if let Some(claim) = claim {
        let nothing = State::default().to_text();
        claim.with(move |claim| claim.tell(&nothing, true)).await?;
    }
    Ok(())
}

/// Returns when the lease is lost; never without one.
pub(super) async fn lost(claim: Option<&Arc<Claim>>) {
    match claim {
        Some(claim) => claim.lost().await,
        None => std::future::pending().await,
    }
}
