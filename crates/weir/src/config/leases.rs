//! How several servers share the services of pullers.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use weir_event::Fault;
use weir_yaml::Node;

use super::load::name;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// A folder that all servers see.
    pub folder: PathBuf,
    /// How the others know this server.
    pub node: Arc<str>,
    /// A server that has not shown itself for this long holds nothing any more.
    pub lapse: Duration,
}

const LAPSE_DEFAULT: Duration = Duration::from_secs(30);
/// A shorter time is taken for a pause by every slow disk; after a longer one nobody believes that anything is shared.
const LAPSE: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3_600);

impl LeaseTerms {
    pub fn read(node: &Node) -> Result<LeaseTerms, Fault> {
        let map = node.map(&["folder", "node", "lapse"])?;
        let lapse = match map.get("lapse") {
            None => LAPSE_DEFAULT,
            Some(node) => {
                let lapse = Duration::from_nanos(node.duration()?.0.unsigned_abs());
                if !LAPSE.contains(&lapse) {
                    return Err(node.wrong("a duration from 1s to 1h"));
                }
                lapse
            }
        };
        let node = map.get("node").map_or_else(|| Ok(host()), name)?;
        Ok(LeaseTerms { folder: PathBuf::from(map.need("folder")?.text()?), node, lapse })
    }
}

/// The name of this machine.
fn host() -> Arc<str> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "weir".into(),
        name => name.into(),
    }
}
