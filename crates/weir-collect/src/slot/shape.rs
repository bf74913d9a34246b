//! A tree of texts with slots: bodies, and lists of parameters.

use weir_event::{Record, Value};
use weir_yaml::{Data, Node};

use super::{Filled, Scope, Slotted};
use crate::fault;

/// A value of a manifest in which any text may hold slots.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Fixed(Value<'static>),
    Slotted(Slotted),
    List(Vec<Shape>),
    Map(Vec<(Slotted, Shape)>),
}

impl Shape {
    pub fn read(node: &Node) -> Result<Shape, weir_event::Fault> {
        let slotted = |text: &str| Slotted::parse(text).map_err(|says| fault::bad_slot(&node.at, &says));
        Ok(match &node.data {
            Data::Null => Shape::Fixed(Value::Null),
            Data::Bool(value) => Shape::Fixed(Value::Bool(*value)),
            Data::Long(value) => Shape::Fixed(Value::Long(*value)),
            Data::Double(value) => Shape::Fixed(Value::Double(*value)),
            Data::Text(text) => Shape::Slotted(slotted(text)?),
            Data::List(nodes) => Shape::List(nodes.iter().map(Shape::read).collect::<Result<_, _>>()?),
            Data::Map(members) => {
                let member = |(name, node): &(String, Node)| Ok((slotted(name)?, Shape::read(node)?));
                Shape::Map(members.iter().map(member).collect::<Result<_, _>>()?)
            }
        })
    }

    /// The value with its slots filled. Members and elements whose optional slot is empty are left out.
    pub fn fill(&self, scope: &Scope<'_>) -> Filled<'static> {
        Ok(Some(match self {
            Shape::Fixed(value) => value.clone(),
            Shape::Slotted(text) => return text.value(scope),
            Shape::List(items) => {
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    out.extend(item.fill(scope)?);
                }
                Value::Array(out)
            }
            Shape::Map(members) => {
                let mut out = Record::new();
                for (name, shape) in members {
                    if let (Some(name), Some(value)) = (name.text(scope)?, shape.fill(scope)?) {
                        out.set(name, value);
                    }
                }
                Value::Record(out)
            }
        }))
    }

    /// Every text with slots in it.
    pub fn texts<'s>(&'s self, out: &mut Vec<&'s Slotted>) {
        match self {
            Shape::Fixed(_) => {}
            Shape::Slotted(text) => out.push(text),
            Shape::List(items) => items.iter().for_each(|item| item.texts(out)),
            Shape::Map(members) => members.iter().for_each(|(name, shape)| {
                out.push(name);
                shape.texts(out);
            }),
        }
    }
}
