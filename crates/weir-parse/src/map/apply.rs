//! Writes the parts of one record into the row under construction.

use std::net::IpAddr;

use weir_event::{ArtifactKind, Batch, Cell, FieldId, Span, Value, write_ip};

use super::convert::{self, Convert};
use super::way::{To, Way};
use super::{Const, Kept, Mapping, Nulls, Rule, Target, Use, ValueMap};
use crate::artifacts::{self, Sink};
use crate::blank::trimmed;
use crate::parser::names::{FieldSet, Names};
use crate::time::TimeContext;

/// The row under construction with all that mapping needs beside it.
pub struct Writer<'w> {
    pub batch: &'w mut Batch,
    pub names: &'w mut Names,
    pub set: &'w mut FieldSet,
    pub constants: &'w [Value<'static>],
    /// What a constant is in this batch.
    pub cells: &'w mut Kept,
    pub context: &'w TimeContext,
    pub nulls: &'w Nulls,
    pub keep_empty: bool,
    /// What parts without a rule or a telling name give to the artifacts.
    pub unlisted: Use,
}

impl<'t> Writer<'_> {
    /// Maps one part that is not nothing. A field that is set already keeps its value: the first part that maps to a field counts.
    pub fn part(&mut self, way: &Way, value: Value<'t>) {
        way.passing.iter().for_each(|rule| self.tables(rule, &value));
        match &way.to {
            To::Rule(rule) => self.by_rule(rule, value),
            To::Field(target) => self.target(target, value),
            To::Dropped => {}
            To::Nowhere => {
                self.batch.add_note("fields_overflow");
                self.scan_value(&value);
            }
        }
    }

    /// Like [`Writer::part`] for text of the record, which most parts are.
    #[inline]
    pub fn text_part(&mut self, way: &Way, text: &str) {
        if let To::Field(target) = &way.to
            && way.passing.is_empty()
        {
            return self.text_target(target, text);
        }
        self.text_by_rules(way, text);
    }

    fn text_by_rules(&mut self, way: &Way, text: &str) {
        way.passing.iter().flat_map(|rule| &rule.values).for_each(|map| self.look_up(map, text));
        match &way.to {
            To::Rule(rule) => {
                rule.values.iter().for_each(|map| self.look_up(map, text));
                if !rule.dropped {
                    rule.targets.iter().for_each(|target| self.text_target(target, text));
                }
            }
            To::Field(target) => self.text_target(target, text),
            To::Dropped => {}
            To::Nowhere => {
                self.batch.add_note("fields_overflow");
                self.artifact(Use::Scan, text);
            }
        }
    }

    #[inline]
    fn text_target(&mut self, target: &Target, text: &str) {
        if !self.has(target.field) {
            if target.convert != Convert::Text {
                return self.text(target, text);
            }
            let span = self.batch.span_of(text);
            self.put_cell(target.field, Cell::Text(span));
        }
        if target.artifact != Use::Nothing {
            self.artifact(target.artifact, text);
        }
    }

    /// What becomes of parts of that name.
    pub fn way(&mut self, name: &str, mappings: &[&Mapping]) -> Way {
        Way::of(name, mappings, self.unlisted, self.names)
    }

    /// A part that says nothing.
    #[inline]
    pub fn is_nothing(&self, value: &Value<'_>) -> bool {
        value.is_null() || value.as_str().is_some_and(|text| self.is_null(text))
    }

    /// Fields that follow from several parts together.
    pub fn joined<'v>(&mut self, mapping: &Mapping, find: &impl Fn(&str) -> Option<&'v Value<'t>>)
    where
        't: 'v,
    {
        for (parts, map) in &mapping.joined {
            let mut text = std::mem::take(&mut self.names.joined);
            text.clear();
            let mut found = false;
            for (at, part) in parts.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                if let Some(value) = find(part) {
                    found = true;
                    text.push_str(&plain(value));
                }
            }
            if found {
                self.look_up(map, &text);
            }
            self.names.joined = text;
        }
    }

    #[inline]
    pub fn is_null(&self, text: &str) -> bool {
        text.is_empty() && !self.keep_empty || self.nulls.has(text)
    }

    #[inline]
    fn by_rule(&mut self, rule: &Rule, value: Value<'t>) {
        if !rule.values.is_empty() {
            self.tables(rule, &value);
        }
        if rule.dropped {
            return;
        }
        match rule.targets.as_slice() {
            [] => {}
            [one] => self.target(one, value),
            several => several.iter().for_each(|target| self.target(target, value.clone())),
        }
    }

    fn tables(&mut self, rule: &Rule, value: &Value<'_>) {
        for map in &rule.values {
            match value {
                Value::Array(items) => items.iter().for_each(|item| self.look_up(map, &plain(item))),
                value => self.look_up(map, &plain(value)),
            }
        }
    }

    fn look_up(&mut self, map: &ValueMap, text: &str) {
        if !self.set.takes(map.field, map.rank) {
            return;
        }
        if let Some(constant) = map.table.get(text, self.names).or(map.default) {
            let cell = self.constant(constant);
            match self.set.has(map.field) {
                true => _ = self.batch.set(map.field, cell),
                false => self.put_cell(map.field, cell),
            }
            self.set.rank(map.field, map.rank);
        }
    }

    #[inline]
    fn target(&mut self, target: &Target, value: Value<'t>) {
        if self.has(target.field) {
            return self.artifact_of(target.artifact, &value);
        }
        let value = match &target.pick {
            Some(member) => picked(value, member),
            None => value,
        };
        match value {
            Value::Text(text) => match text {
                std::borrow::Cow::Borrowed(text) => self.text(target, text),
                std::borrow::Cow::Owned(text) => self.owned(target, text),
            },
            Value::Array(items) if target.artifact != Use::Nothing => {
                items.iter().for_each(|item| self.artifact_of(target.artifact, item));
                self.put(target.field, Value::Array(items));
            }
            Value::Ip(address) if target.artifact == Use::Nothing => self.put_cell(target.field, Cell::Ip(address)),
            Value::Ip(address) => self.address(target.field, address, None),
            other => self.other(target, other),
        }
    }

    /// Text that a reader made. It is copied into the batch first, so that what is found in it is found in the copy.
    fn owned(&mut self, target: &Target, text: String) {
        self.text(target, &text);
    }

    fn other(&mut self, target: &Target, value: Value<'t>) {
        let number = matches!(value, Value::Long(_) | Value::Double(_) | Value::Bool(_));
        if number
            && !matches!(target.convert, Convert::Long | Convert::Double | Convert::Bool)
            && target.convert != Convert::Text
        {
            let text = plain(&value).into_owned();
            return self.text(target, &text);
        }
        if let (Value::Long(whole), Convert::Double) = (&value, target.convert) {
            return self.put_cell(target.field, Cell::Double(*whole as f64));
        }
        self.artifact_of(target.artifact, &value);
        self.put(target.field, value);
    }

    fn put(&mut self, field: FieldId, value: Value<'_>) {
        let cell = self.batch.cell(&value);
        self.put_cell(field, cell);
    }

    /// Adds a cell of a field that is not set yet.
    #[inline]
    fn put_cell(&mut self, field: FieldId, cell: Cell) {
        self.set.add(field);
        if !self.batch.push(field, cell) {
            self.batch.add_note("fields_overflow");
        }
    }

    /// Text as the target's type; text that is not of the type stays text.
    fn text(&mut self, target: &Target, text: &str) {
        match target.convert {
            Convert::Ip => match artifacts::canonical_ip(text) {
                Some(address) if target.artifact == Use::Nothing => self.put_cell(target.field, Cell::Ip(address)),
                Some(address) => self.address(target.field, address, Some(text)),
                None => self.name_of_host(target, text),
            },
            Convert::Endpoint => self.endpoint(target, text),
            Convert::Mac => self.mac(target.field, target.artifact, text),
            Convert::Name => {
                let name = text.trim_end_matches(['\\', '/']).rsplit(['\\', '/']).next().unwrap_or(text);
                self.word(target, name);
            }
            Convert::Text
            | Convert::Lower
            | Convert::Upper
            | Convert::Domain
            | Convert::Transport
            | Convert::Direction => {
                self.word(target, text);
            }
            Convert::Texts => self.list(target, text),
            Convert::Digest => self.digest(target, text),
            _ => match target.convert.cell(trimmed(text), self.context) {
                Some(cell) => self.put_cell(target.field, cell),
                None => {
                    let span = self.batch.span_of(text);
                    self.put_cell(target.field, Cell::Text(span));
                }
            },
        }
    }

    fn word(&mut self, target: &Target, text: &str) {
        let span = match target.convert {
            Convert::Domain => self.lower(text.strip_suffix('.').unwrap_or(text)),
            Convert::Lower => self.lower(text),
            Convert::Upper if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                self.batch.keep_with(|out| out.extend(text.chars().flat_map(char::to_uppercase)))
            }
            Convert::Transport => match convert::transport(text) {
                Some(name) => self.batch.span_of(name),
                None => self.lower(text),
            },
            Convert::Direction => match convert::direction(text) {
                Some(name) => self.batch.span_of(name),
                None => self.lower(text),
            },
            _ => self.batch.span_of(text),
        };
        self.put_cell(target.field, Cell::Text(span));
        self.artifact(target.artifact, text);
    }

    pub(super) fn lower(&mut self, text: &str) -> Span {
        if text.bytes().any(|byte| byte.is_ascii_uppercase() || byte >= 0x80) {
            self.batch.keep_with(|out| artifacts::write_lower(text, out))
        } else {
            self.batch.span_of(text)
        }
    }

    fn address(&mut self, field: FieldId, address: IpAddr, text: Option<&str>) {
        self.put_cell(field, Cell::Ip(address));
        match text {
            Some(text) if text.len() >= 7 && !text.contains(':') => self.batch.part(ArtifactKind::Ips, trimmed(text)),
            _ => self.made_address(address),
        }
    }

    pub(super) fn made_address(&mut self, address: IpAddr) {
        let span = self.batch.keep_with(|out| write_ip(address, out));
        self.batch.add_artifact(ArtifactKind::Ips, span);
    }

    /// A name where an address was expected.
    fn name_of_host(&mut self, target: &Target, text: &str) {
        let field = target.name_field.unwrap_or(target.field);
        if !self.has(field) {
            let span = self.batch.span_of(text);
            self.put_cell(field, Cell::Text(span));
        }
        self.artifact(Use::As(ArtifactKind::Machines), text);
    }

    fn digest(&mut self, target: &Target, text: &str) {
        let text = trimmed(text);
        let span = self.batch.span_of(text);
        self.fresh(target.field_of(text), Cell::Text(span));
        self.artifact(target.artifact, text);
    }

    fn endpoint(&mut self, target: &Target, text: &str) {
        let Some((address, port)) = convert::endpoint(text) else { return self.name_of_host(target, text) };
        self.address(target.field, address, None);
        if let (Some(field), Some(port)) = (target.port_field, port) {
            self.fresh(field, Cell::Long(port));
        }
    }

    fn mac(&mut self, field: FieldId, kind: Use, text: &str) {
        let mut good = false;
        let span = self.batch.keep_with(|out| good = artifacts::write_mac(trimmed(text), out));
        if good {
            self.put_cell(field, Cell::Text(span));
            if kind != Use::Nothing {
                self.batch.add_artifact(ArtifactKind::MacAddresses, span);
            }
        } else {
            let span = self.batch.span_of(text);
            self.put_cell(field, Cell::Text(span));
        }
    }

    fn list(&mut self, target: &Target, text: &str) {
        let items: Vec<Value> =
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::text).collect();
        items.iter().for_each(|item| self.artifact_of(target.artifact, item));
        self.put(target.field, Value::Array(items));
    }

    #[inline]
    pub fn has(&self, field: FieldId) -> bool {
        self.set.has(field)
    }

    /// Sets a field that is not set yet.
    #[inline]
    pub fn fresh(&mut self, field: FieldId, cell: Cell) {
        if !self.has(field) {
            self.put_cell(field, cell);
        }
    }

    /// Text of a field that is not set yet, with its artifacts.
    pub fn named(&mut self, target: &Target, text: &str) {
        if !self.has(target.field) {
            self.text(target, text);
        }
    }

    /// The cell of a constant; what it points to is kept once a batch.
    pub fn constant(&mut self, constant: Const) -> Cell {
        let number = match constant {
            Const::Cell(cell) => return cell,
            Const::Kept(number) => number,
        };
        if let Some(cell) = self.cells.get(number) {
            return cell;
        }
        let cell = match self.constants.get(number as usize) {
            Some(Value::Text(text)) => Cell::Text(self.batch.keep(text)),
            Some(list) => self.batch.cell(list),
            None => Cell::Null,
        };
        self.cells.set(number, cell);
        cell
    }
}

/// The text of a scalar.
pub fn plain<'v>(value: &'v Value<'_>) -> std::borrow::Cow<'v, str> {
    match value {
        Value::Text(text) => std::borrow::Cow::Borrowed(text),
        Value::Long(number) => number.to_string().into(),
        Value::Double(number) => number.to_string().into(),
        Value::Bool(value) => value.to_string().into(),
        Value::Ip(address) => address.to_string().into(),
        _ => "".into(),
    }
}

/// A member of each record of an array; dots lead into records and arrays inside.
fn picked<'t>(value: Value<'t>, path: &str) -> Value<'t> {
    let Value::Array(_) = value else { return value };
    let mut found = Vec::new();
    pick(value, path, &mut found);
    Value::Array(found)
}

fn pick<'t>(value: Value<'t>, path: &str, found: &mut Vec<Value<'t>>) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| pick(item, path, found)),
        Value::Record(mut record) => {
            if let Some(value) = record.remove(path) {
                found.push(value);
            } else if let Some((member, rest)) = path.split_once('.')
                && let Some(inner) = record.remove(member)
            {
                pick(inner, rest, found);
            }
        }
        _ => {}
    }
}
