//! Jobs: sources that are told what is wanted, make it, and give it out when it is ready.

use weir_event::Fault;
use weir_yaml::Node;

use super::errors::{Test, tests};
use super::limits::Backoff;
use super::read::{self, Members};
use super::request::{Capture, RequestShape, Step, captures};
use crate::fault;
use crate::path::Path;

/// A job at the source. The stream's `request`, `paging` and `response` fetch what it made.
#[derive(Clone, Debug)]
pub struct Job {
    /// One after the other.
    pub create: Vec<Step>,
    /// Statuses that say that the same job runs already, and where its name is.
    pub adopt: Option<(Vec<u16>, Vec<Capture>)>,
    pub poll: Option<Poll>,
    /// Where an answer to the question for its state names the parts of the result.
    pub parts: Option<Path>,
    /// Runs when the job is over, however it ended.
    pub cleanup: Option<Step>,
    /// Nanoseconds after which the job is given up.
    pub timeout: i64,
}

/// How the state of a job is asked for.
#[derive(Clone, Debug)]
pub struct Poll {
    pub request: RequestShape,
    pub capture: Vec<Capture>,
    pub every: Backoff,
    pub done: Vec<(Path, Test)>,
    pub failed: Vec<(Path, Test)>,
    /// The job would give more than the source gives out: half of the window is asked for.
    pub split: Vec<(Path, Test)>,
}

const HOUR: i64 = 3_600_000_000_000;

impl Job {
    pub fn read(node: &Node) -> Result<Job, Fault> {
        let map = node.map(&["create", "adopt", "poll", "parts", "cleanup", "timeout"])?;
        let adopt = |node: &Node| {
            let map = node.map(&["status", "capture"])?;
            Ok::<_, Fault>((read::statuses(Some(map.need("status")?))?, captures(map.get("capture"))?))
        };
        let job = Job {
            create: read::list(Some(map.need("create")?), Step::read)?,
            adopt: map.get("adopt").map(adopt).transpose()?,
            poll: map.get("poll").map(Poll::read).transpose()?,
            parts: map.path("parts")?,
            cleanup: map.get("cleanup").map(Step::read).transpose()?,
            timeout: map.length("timeout")?.map_or(HOUR, |length| length.0),
        };
        if job.parts.is_some() && job.poll.is_none() {
            return Err(fault::inconsistent(
                &node.at,
                "`parts` without `poll`",
                "parts are named by the answer to `poll`",
            ));
        }
        Ok(job)
    }
}

impl Poll {
    fn read(node: &Node) -> Result<Poll, Fault> {
        let map = node.map(&["request", "capture", "every", "done", "failed", "split"])?;
        let poll = Poll {
            request: RequestShape::read(map.need("request")?)?,
            capture: captures(map.get("capture"))?,
            every: map.get("every").map(Backoff::read).transpose()?.unwrap_or_default(),
            done: tests(Some(map.need("done")?))?,
            failed: tests(map.get("failed"))?,
            split: tests(map.get("split"))?,
        };
        if poll.done.is_empty() {
            return Err(fault::inconsistent(
                &node.at,
                "`done` is empty",
                "say how an answer tells that the job is ready",
            ));
        }
        Ok(poll)
    }
}
