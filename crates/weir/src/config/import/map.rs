//! What names of an older configuration mean: `import.yaml` beside a manifest.

use weir_collect::fault;
use weir_event::Fault;
use weir_yaml::Node;

use crate::config::puller::Given;
use crate::config::spot::Spot;
use crate::config::tables::Tables;

include!(concat!(env!("OUT_DIR"), "/imports.rs"));

/// One kind of input.
pub struct Import {
    /// The folder of the pack.
    pub pack: String,
    /// Its key below `inputs`.
    pub input: String,
    /// Settings that the older shape implies.
    constants: Vec<(String, Node)>,
    /// Names that usually stand at the input.
    pub settings: Vec<Rule>,
    pub services: Vec<ServiceImport>,
}

pub struct ServiceImport {
    pub name: String,
    pub stream: String,
    /// Where its events went.
    pub table: String,
    /// Where some of them went.
    pub tables: Option<Tables>,
    /// Names that usually stand at the service.
    pub settings: Vec<Rule>,
}

/// The value at a path is a setting.
pub struct Rule {
    pub path: String,
    /// Empty for one that has no meaning here.
    pub to: String,
    pub form: Form,
    /// Why nothing comes of it here; it is checked all the same.
    pub unused: Option<String>,
}

/// How a value is brought into the form of the setting.
pub enum Form {
    Plain,
    /// The opposite of a boolean.
    Not,
    /// A whole number of a unit of time.
    Unit(String),
    /// A host, or its name in a domain.
    Host(String),
}

/// All that are known; one of the directory replaces the one of the same pack.
pub fn imports(own: &[(String, String)], faults: &mut Vec<Fault>) -> Vec<Import> {
    let own = own.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let mut all: Vec<Import> = Vec::new();
    for (path, text) in own.chain(IMPORTS.iter().copied()) {
        match Import::read(path, text) {
            Ok(import) if all.iter().any(|have| have.pack == import.pack) => {}
            Ok(import) => all.push(import),
            Err(fault) => faults.push(fault),
        }
    }
    all
}

impl Import {
    fn read(path: &str, text: &str) -> Result<Import, Fault> {
        let documents = Node::read(path, text, &fault::MANIFEST)?;
        let start = weir_yaml::Place { file: path.into(), line: 1, ids: &fault::MANIFEST };
        let node =
            documents.first().ok_or_else(|| fault::inconsistent(&start, "the file is empty", "name an input"))?;
        let map = node.map(&["input", "constants", "settings", "services"])?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let pack = folder.rsplit_once("packs/").map_or(folder, |(_, pack)| pack);
        let members = |key: &str| map.get(key).map_or(Ok(&[][..]), Node::any_map);
        Ok(Import {
            pack: pack.to_owned(),
            input: map.need("input")?.text()?,
            constants: members("constants")?.to_vec(),
            settings: rules(map.get("settings"))?,
            services: members("services")?.iter().map(ServiceImport::read).collect::<Result<_, _>>()?,
        })
    }

    pub fn constants(&self, spot: &Spot) -> Vec<Given> {
        let given = |(name, value): &(String, Node)| Given {
            name: name.clone(),
            value: crate::config::load::value(value),
            at: spot.clone(),
        };
        self.constants.iter().map(given).collect()
    }
}

impl ServiceImport {
    fn read((name, node): &(String, Node)) -> Result<ServiceImport, Fault> {
        let map = node.map(&["stream", "table", "tables", "settings"])?;
        let tables = |node: &Node| {
            let mut faults = Vec::new();
            let read = Tables::read(node, &Spot::new(&node.at, "tables"), &mut faults);
            faults.into_iter().next().map_or(Ok(read), Err)
        };
        Ok(ServiceImport {
            name: name.clone(),
            stream: map.text("stream")?.unwrap_or_else(|| name.clone()),
            table: map.need("table")?.text()?,
            tables: map.get("tables").map(tables).transpose()?.flatten(),
            settings: rules(map.get("settings"))?,
        })
    }
}

fn rules(node: Option<&Node>) -> Result<Vec<Rule>, Fault> {
    node.map_or(Ok(&[][..]), Node::any_map)?.iter().map(rule).collect()
}

/// `path: setting`, or `path: {to: setting, ...}`.
fn rule((path, node): &(String, Node)) -> Result<Rule, Fault> {
    let Ok(map) = node.map(&["to", "not", "unit", "host", "unused"]) else {
        return Ok(Rule { path: path.clone(), to: node.text()?, form: Form::Plain, unused: None });
    };
    let unused = map.text("unused")?;
    let form = match (map.get("not"), map.text("unit")?, map.text("host")?) {
        (Some(not), None, None) if not.boolean()? => Form::Not,
        (None, Some(unit), None) => Form::Unit(unit),
        (None, None, Some(domain)) => Form::Host(domain),
        (None, None, None) => Form::Plain,
        _ => return Err(fault::inconsistent(&node.at, "two forms of one value", "name one of `not`, `unit`, `host`")),
    };
    let to = match (map.text("to")?, &unused) {
        (Some(to), _) => to,
        (None, Some(_)) => String::new(),
        (None, None) => map.need("to")?.text()?,
    };
    Ok(Rule { path: path.clone(), to, form, unused })
}
