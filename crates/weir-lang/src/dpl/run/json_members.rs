//! JSON, JSON_ARRAY and JSON_VALUE: the listed members and elements through their matchers.

use std::borrow::Cow;
use std::cell::Cell;

use weir_event::{Record, Value};

use super::super::program::{JsonItems, JsonMember, JsonObject, NodeId, Op};
use super::json::{Json, Members};
use super::{Hit, Run};

/// A value in the text, from its first byte to behind its last.
type Place = (usize, usize);

impl<'t> Run<'_, 't> {
    /// The text as JSON; what lies beyond the longest text that is allowed is not looked at.
    fn json<'j>(&self, strict: bool, at: usize, bytes_max: usize, read: &'j Cell<usize>) -> Json<'j, 't> {
        let text: &'t str = self.text;
        let end = text.floor_char_boundary(self.end.min(at.saturating_add(bytes_max)));
        Json { text: &text[..end], read, strict }
    }

    pub(super) fn json_object(&mut self, object: &JsonObject, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let read = Cell::new(0);
        let json = self.json(object.strict, at, object.bytes_max, &read);
        let Some(members) = &object.members else {
            let end = json.object(at, 0, &mut |_, _, _| {});
            self.budget.search(read.get() * 8)?;
            let end = end?;
            return Some(Hit { end, value: if wanted { json.value(at) } else { Value::Null } });
        };
        let mut places: Vec<Option<Place>> = vec![None; members.len()];
        let mut others = Members::default();
        let keep_others = object.greedy.is_some() && !self.probing;
        let end = json.object(at, 0, &mut |name, start, end| {
            let mut listed = false;
            for (member, place) in members.iter().zip(&mut places).filter(|(member, _)| *member.key == *name) {
                (*place, listed) = (Some((start, end)), true);
                debug_assert!(!member.key.is_empty());
            }
            if keep_others && !listed {
                others.set(name, json.value(start));
            }
        });
        self.budget.search(read.get() * 8)?;
        let end = end?;
        let record = self.members(object, members, &places, json, wanted)?;
        let value = self.assemble(object, record, others.into_record());
        Some(Hit { end, value })
    }

    /// Converts the members; `None` when a mandatory one is missing or does not convert.
    fn members(
        &mut self,
        object: &JsonObject,
        members: &[JsonMember],
        places: &[Option<Place>],
        json: Json<'_, 't>,
        wanted: bool,
    ) -> Option<Record<'t>> {
        let keep = wanted || object.only || (object.flat && !self.probing);
        let mut record = Record::new();
        for (member, place) in members.iter().zip(places) {
            if !keep && !member.mandatory {
                continue;
            }
            let value = match place {
                Some(place) => self.member(member, *place, json),
                None => Value::Null,
            };
            if member.mandatory && value.is_null() {
                return None;
            }
            match (&member.name, member.slot) {
                (Some(_), Some(slot)) if !self.probing => self.slots[slot as usize] = value,
                (Some(name), None) => record.set(name.to_string(), value),
                _ => {}
            }
        }
        Some(record)
    }

    fn assemble(&mut self, object: &JsonObject, mut record: Record<'t>, others: Record<'t>) -> Value<'t> {
        match &object.greedy {
            Some(greedy) => match greedy.slot {
                Some(slot) if !self.probing => self.slots[slot as usize] = Value::Record(others),
                _ => record.set(greedy.name.to_string(), Value::Record(others)),
            },
            None if object.only => return record.into_iter().next().map_or(Value::Null, |(_, value)| value),
            None => {}
        }
        Value::Record(record)
    }

    /// The member's value; null when it is null or does not convert.
    fn member(&mut self, member: &JsonMember, place: Place, json: Json<'_, 't>) -> Value<'t> {
        self.converted(member.node, member.dimensions, place, json).unwrap_or(Value::Null)
    }

    /// `None` when the value does not convert.
    fn converted(
        &mut self,
        node: NodeId,
        dimensions: u8,
        (start, end): Place,
        json: Json<'_, 't>,
    ) -> Option<Value<'t>> {
        if &json.text[start..end] == "null" {
            return Some(Value::Null);
        }
        if dimensions > 0 {
            let mut places = Vec::new();
            json.array(start, 0, &mut |start, end| places.push((start, end)))?;
            let items: Option<Vec<_>> =
                places.into_iter().map(|place| self.converted(node, dimensions - 1, place, json)).collect();
            return items.map(Value::Array);
        }
        let program = self.program;
        if let Op::JsonValue(items) = &program.node(node).op {
            // A value of any type is taken as it stands: a string stays one.
            return match items.element {
                _ if end - start > items.bytes_max => None,
                Some(element) => self.converted(element, 0, (start, end), json),
                None => Some(json.value(start)),
            };
        }
        let text = match json.text.as_bytes()[start] {
            b'"' => json.string(start)?.1,
            _ => Cow::Borrowed(&json.text[start..end]),
        };
        match text {
            Cow::Borrowed(text) => self.whole(node, text),
            Cow::Owned(text) => self.whole(node, &text).map(Value::into_owned),
        }
    }

    /// The element's value over the whole of another text.
    fn whole<'x>(&mut self, node: NodeId, text: &'x str) -> Option<Value<'x>> {
        let mut run = Run::new(self.program, text, &mut [], &mut *self.budget);
        let program = run.program;
        run.budget.spend(1 + text.len() as u64 / 64)?;
        let hit = run.op(&program.node(node).op, 0, true)?;
        (hit.end == text.len()).then_some(hit.value)
    }

    pub(super) fn json_array(&mut self, items: &JsonItems, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let read = Cell::new(0);
        let json = self.json(items.strict, at, items.bytes_max, &read);
        let mut places = Vec::new();
        let end = json.array(at, 0, &mut |start, end| places.push((start, end)));
        self.budget.search(read.get() * 8)?;
        let end = end?;
        let value = match items.element {
            Some(node) => {
                let converted: Option<Vec<_>> =
                    places.into_iter().map(|place| self.converted(node, 0, place, json)).collect();
                Value::Array(converted?)
            }
            None if wanted => json.value(at),
            None => Value::Null,
        };
        Some(Hit { end, value })
    }

    pub(super) fn json_value(&mut self, items: &JsonItems, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let read = Cell::new(0);
        let json = self.json(items.strict, at, items.bytes_max, &read);
        let end = json.skip(at, 0);
        self.budget.search(read.get() * 8)?;
        let end = end?;
        let value = match items.element {
            Some(node) => self.converted(node, 0, (at, end), json)?,
            None if wanted => json.value(at),
            None => Value::Null,
        };
        Some(Hit { end, value })
    }
}
