//! Where events of a table are stored, and for how long.

use std::sync::Arc;

use weir_event::{Duration, Fault};
use weir_yaml::Node;

#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: Arc<str>,
    pub table: Arc<str>,
    /// Events older than this go away, a segment at a time.
    pub retention: Duration,
}

const DAY: i64 = 86_400_000_000_000;
/// Of logs, and of buckets that nobody configured.
pub const RETENTION_DEFAULT: Duration = Duration(35 * DAY);

impl Bucket {
    pub fn defaults() -> Vec<Bucket> {
        let bucket = |name: &str, table: &str, days: i64| Bucket {
            name: name.into(),
            table: table.into(),
            retention: Duration(days * DAY),
        };
        vec![
            bucket("default_logs", "logs", 35),
            bucket("default_events", "events", 35),
            bucket("default_securityevents", "security.events", 365),
        ]
    }

    pub fn read(node: &Node) -> Result<Bucket, Fault> {
        let map = node.map(&["name", "table", "retention"])?;
        Ok(Bucket {
            name: super::load::name(map.need("name")?)?,
            table: super::load::name(map.need("table")?)?,
            retention: map.need("retention")?.duration()?,
        })
    }
}
