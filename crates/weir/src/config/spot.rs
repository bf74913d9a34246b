//! Where something stands in a configuration: file and line, and the keys that lead to it.

use std::fmt;

use weir_collect::fault;
use weir_event::{Fault, FaultKind};
use weir_yaml::{Data, Node, Place};

/// A value of a file, as complaints name it: `weir.yaml:7: pullers.hq.settings.token`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    file: std::sync::Arc<str>,
    line: usize,
    /// The keys on the way to it, with dots between.
    pub path: String,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.path)
    }
}

impl Spot {
    pub fn new(at: &Place, path: impl Into<String>) -> Spot {
        Spot { file: at.file.clone(), line: at.line, path: path.into() }
    }

    /// The value of a key below.
    pub fn below(&self, key: &str, node: &Node) -> Spot {
        Spot { file: node.at.file.clone(), line: node.at.line, path: format!("{}.{key}", self.path) }
    }

    /// Where a key below would stand.
    pub fn lacking(&self, key: &str) -> Spot {
        Spot { path: format!("{}.{key}", self.path), ..self.clone() }
    }

    pub fn wrong(&self, wanted: &str, node: &Node) -> Fault {
        fault::setting_type(&self.path, wanted, &described(node)).at(self)
    }

    pub fn missing(&self, help: &str) -> Fault {
        fault::setting_missing(&self.path, help).at(self)
    }

    pub fn range(&self, value: impl fmt::Display, low: &str, high: &str) -> Fault {
        fault::setting_range(&self.path, &value.to_string(), low, high).at(self)
    }

    /// A complaint that knows no more than a line, with the keys. Mistakes in what a configuration shares with manifests are the user's
    /// here, not an author's.
    pub fn told(&self, fault: Fault) -> Fault {
        let place = match fault.place() {
            "" => self.to_string(),
            line => format!("{line}: {}", self.path),
        };
        let id = if fault.id().starts_with("COLLECT-9") { "COLLECT-006" } else { fault.id() };
        Fault::new(id, FaultKind::Config, fault.says()).at(place).because(fault.cause()).hint(fault.fix())
    }
}

/// What stands there, with its value when that is short.
fn described(node: &Node) -> String {
    let kind = node.kind();
    match &node.data {
        Data::Bool(value) => format!("{kind} ({value})"),
        Data::Long(number) => format!("{kind} ({number})"),
        Data::Double(number) => format!("{kind} ({number})"),
        _ => kind.to_owned(),
    }
}

/// Nothing, empty text and empty maps and lists all mean that a value is missing.
pub fn is_missing(node: &Node) -> bool {
    match &node.data {
        Data::Null => true,
        Data::Text(text) => text.is_empty(),
        Data::List(nodes) => nodes.is_empty(),
        Data::Map(members) => members.is_empty(),
        _ => false,
    }
}
