//! Records of a source that is asked, and where it goes on, into the log as one.

use std::sync::Arc;

use weir_collect::Commit;
use weir_event::{Cursor, CursorChange, Fault, FaultKind, Records};

use crate::listen::{Feed, Intake};

/// Stores what a pull has in hand as one chunk: records and state survive a crash or neither. It waits for room in the intake's budget, and
/// returns the position when the chunk is on the disk. `pull` is the id that every record gets; none when it is empty.
pub async fn store(
    intake: &Arc<Intake>,
    feed: &Feed,
    pull: &Arc<str>,
    records: Records,
    change: CursorChange,
) -> Result<u64, Fault> {
    let bytes = records.bytes.len() + change.bytes().map_or(0, |part| part.len());
    let room = intake.reserve(bytes).await.ok_or_else(stopping)?;
    let mut chunk = intake.chunk(feed, &records);
    chunk.cursor = Some(Cursor { name: "".into(), change });
    chunk.pull = (!pull.is_empty()).then(|| pull.clone());
    let answer = intake.submit(feed, chunk, Some(room)).await;
    answer.await.unwrap_or_else(|_| Err(stopping()))
}

/// The source starts over, as if it had never been asked.
pub async fn forget(intake: &Arc<Intake>, feed: &Feed) -> Result<u64, Fault> {
    store(intake, feed, &"".into(), Records::default(), CursorChange::Reset).await
}

/// What the engine commits.
pub async fn commit(intake: &Arc<Intake>, feed: &Feed, pull: &Arc<str>, commit: Commit) -> Result<u64, Fault> {
    let mut records = Records::default();
    commit.records.iter().for_each(|text| records.push(text.as_bytes()));
    let state = commit.state.into_bytes().into();
    let change = if commit.whole { CursorChange::Whole(state) } else { CursorChange::Adds(state) };
    store(intake, feed, pull, records, change).await
}

fn stopping() -> Fault {
    Fault::new("COLLECT-402", FaultKind::Storage, "the log takes nothing any more").because("weir is stopping")
}
