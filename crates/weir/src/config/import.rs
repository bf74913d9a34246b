//! Configurations in the shape of older collectors: `inputs` with their `services`. What their names mean is data: an `import.yaml` beside a
//! manifest, see [`map`]; how an input becomes a puller, see [`input`].

mod form;
mod input;
mod map;
mod words;

use weir_event::{Fault, FaultKind, nearest};
use weir_yaml::{Data, Node};

use super::puller::{Puller, with_ids};
use super::spot::{Spot, is_missing};
use map::imports;

/// Keys at the top of such a file.
pub const KEYS: &[&str] = &["globals", "global_overrides", "inputs", "outputs"];

/// True for a file of that shape.
pub fn is_meant(node: &Node) -> bool {
    matches!(&node.data, Data::Map(members) if members.iter().any(|(key, _)| key == "inputs"))
}

/// What is wrong, and what is left out.
struct Told<'t> {
    faults: &'t mut Vec<Fault>,
    notes: &'t mut Vec<Fault>,
}

impl Told<'_> {
    /// The value, or its fault kept for later.
    fn keep<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// The members of a map; a fault for anything else.
    fn members<'n>(&mut self, spot: &Spot, node: &'n Node) -> Option<&'n [(String, Node)]> {
        match &node.data {
            Data::Map(members) => Some(members),
            Data::Null => Some(&[]),
            _ => {
                self.faults.push(spot.wrong("a map", node));
                None
            }
        }
    }

    fn unused(&mut self, spot: &Spot, why: &str) {
        let says = format!("`{}` is not used", spot.path);
        self.notes.push(Fault::new("COLLECT-014", FaultKind::Config, says).at(spot).hint(format!("remove it; {why}")));
    }

    fn unknown(&mut self, spot: &Spot, what: &str, name: &str, known: &[&str]) {
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", known.join(", ")),
        };
        let id = if what == "setting" { "COLLECT-002" } else { "COLLECT-009" };
        let says = format!("unknown {what} `{}`", name.escape_default());
        self.faults.push(Fault::new(id, FaultKind::Config, says).at(spot).hint(hint));
    }
}

/// Its inputs as pullers. `own` are the files of the configuration directory. What is wrong goes to `faults`, what is left out to `notes`.
pub fn read(node: &Node, own: &[(String, String)], faults: &mut Vec<Fault>, notes: &mut Vec<Fault>) -> Vec<Puller> {
    let node = with_ids(node);
    let map = match node.map(KEYS) {
        Ok(map) => map,
        Err(fault) => {
            faults.push(fault);
            return Vec::new();
        }
    };
    for key in ["globals", "global_overrides", "outputs"] {
        if let Some(node) = map.get(key) {
            notes.push(left_out(node, key));
        }
    }
    let imports = imports(own, faults);
    let Some(inputs) = map.get("inputs") else { return Vec::new() };
    let spot = Spot::new(&inputs.at, "inputs");
    let mut told = Told { faults, notes };
    if is_missing(inputs) {
        let known: Vec<&str> = imports.iter().map(|import| import.input.as_str()).collect();
        told.faults.push(spot.missing(&format!("one or more of {}", known.join(", "))));
    }
    let members = told.members(&spot, inputs).unwrap_or_default();
    let each =
        members.iter().filter_map(|(name, node)| input::read(name, node, &spot.below(name, node), &imports, &mut told));
    each.collect()
}

fn left_out(node: &Node, key: &str) -> Fault {
    let (says, hint) = match key {
        "outputs" => ("events are stored here; `outputs` is not used", "remove it"),
        _ => ("settings of the older collector's process are not used", "remove them"),
    };
    Fault::new("COLLECT-014", FaultKind::Config, says).at(&node.at).hint(hint)
}
