//! Values of an older configuration in the form of the settings here.

use weir_collect::manifest::Redaction;
use weir_event::{Duration, Fault, Value};
use weir_yaml::{Data, Node};

use super::map::Form;
use crate::config::puller::is_period;
use crate::config::spot::Spot;

/// The value of a setting.
pub fn formed(node: &Node, spot: &Spot, form: &Form) -> Result<Value<'static>, Fault> {
    match form {
        Form::Plain => Ok(crate::config::load::value(node)),
        Form::Not => truth(node, spot).map(|value| Value::Bool(!value)),
        Form::Unit(unit) => match node.data {
            Data::Long(number) if number > 0 => Ok(Value::owned(format!("{number}{unit}"))),
            Data::Long(number) => Err(spot.range(number, "1", "any")),
            _ => Err(spot.wrong("a whole number", node)),
        },
        Form::Host(domain) => match &node.data {
            Data::Text(text) if text.contains("://") || text.is_empty() => Ok(Value::owned(text.clone())),
            Data::Text(text) if text.contains('.') => Ok(Value::owned(format!("https://{text}"))),
            Data::Text(text) => Ok(Value::owned(format!("https://{text}.{domain}"))),
            Data::Null => Ok(Value::Null),
            _ => Err(spot.wrong("text", node)),
        },
    }
}

pub fn truth(node: &Node, spot: &Spot) -> Result<bool, Fault> {
    match node.data {
        Data::Bool(value) => Ok(value),
        _ => Err(spot.wrong("true or false", node)),
    }
}

/// A period in seconds.
pub fn seconds(node: &Node, spot: &Spot) -> Result<Duration, Fault> {
    let Data::Long(seconds) = node.data else { return Err(spot.wrong("a whole number", node)) };
    let every = Duration(seconds.saturating_mul(1_000_000_000));
    if is_period(every) { Ok(every) } else { Err(spot.range(seconds, "1", "86400")) }
}

/// Text and nothing that only looks like it.
pub fn text(node: &Node, spot: &Spot) -> Result<String, Fault> {
    match &node.data {
        Data::Text(text) => Ok(text.clone()),
        _ => Err(spot.wrong("text", node)),
    }
}

/// What is hidden: redactions as pullers write them, or `{ name, value }`: the members on the way to it, and what is stored instead.
pub fn hidden(node: &Node, spot: &Spot) -> Result<Vec<Redaction>, Fault> {
    let Data::List(nodes) = &node.data else { return Err(spot.wrong("a list", node)) };
    nodes.iter().map(|node| one_hidden(node).map_err(|fault| spot.told(fault))).collect()
}

fn one_hidden(node: &Node) -> Result<Redaction, Fault> {
    let names = match &node.data {
        Data::Map(members) => members.iter().any(|(key, _)| key == "name"),
        _ => false,
    };
    if !names {
        return Redaction::read(node);
    }
    let map = node.map(&["name", "value"])?;
    let names: Vec<String> = map.need("name")?.list().iter().map(Node::text).collect::<Result<_, _>>()?;
    Redaction::replacing(&names, map.need("value")?.text()?).ok_or_else(|| node.wrong("the names of members"))
}
