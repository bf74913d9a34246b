//! How a record was understood, step by step, for people who write packs.

use std::fmt::Write;
use std::sync::Arc;

use weir_event::{Value, write_json};

use super::outline::Outline;
use super::parts::Parts;
use super::seen::Seen;
use super::{ENVELOPES_MAX, LineContext, Parser, Scratch, envelope, steps, times};
use crate::blank::trimmed;
use crate::map::Rule;
use crate::pack::{Pack, Packs, TimeRule};
use crate::recognise::{Round, Verdict};

/// What was decided about one record, and why.
#[derive(Debug)]
pub struct Explanation {
    /// The outside of the record in words.
    pub outline: String,
    /// Every pack that was looked at, in that order, and what became of it.
    pub considered: Vec<Considered>,
    /// The pack that read the record.
    pub winner: Option<Arc<str>>,
    /// The steps of its `then`.
    pub steps: Vec<String>,
    /// The cases that hold.
    pub cases: Vec<String>,
    /// Which rule gave the time.
    pub time: String,
    /// Each part with its value and where it went.
    pub parts: Vec<ExplainedPart>,
    /// The event in the record, and the member that held it.
    pub inside: Option<(String, Box<Explanation>)>,
    is_timed: bool,
}

/// A pack that was looked at.
#[derive(Debug)]
pub struct Considered {
    pub pack: Arc<str>,
    pub outcome: &'static str,
    /// What held, and what did not.
    pub why: String,
}

/// A part of the record.
#[derive(Debug)]
pub struct ExplainedPart {
    pub name: String,
    pub value: String,
    /// The fields it maps to, or what else becomes of it.
    pub to: String,
}

impl Parser {
    /// Reads one line like [`Parser::parse_line`] and tells every decision on the way.
    pub fn explain(&mut self, line: &str, context: &LineContext) -> Explanation {
        self.context.now = context.now;
        if let Some(zone) = &context.zone {
            self.context.zone = zone.clone();
        }
        let packs = self.packs.clone();
        let outline = Outline::of(line, &self.context);
        self.explain_outline(&packs, outline, 0)
    }

    fn explain_outline(&mut self, packs: &Packs, outline: Outline<'_>, depth: usize) -> Explanation {
        let untagged = outline.untagged();
        let mut parts = Parts::default();
        let mut verdicts = Vec::new();
        let Scratch { seen, readers, .. } = &mut self.scratch;
        let of_products = [Round::Vendor, Round::Product, Round::Far].map(|round| (&outline, round));
        let views = of_products.into_iter().chain(untagged.iter().map(|untagged| (untagged, Round::Product)));
        let winner = views.chain([(&outline, Round::General)]).find_map(|(outline, round)| {
            let facts = round.facts(&outline.facts())?;
            packs.recogniser.candidates(&facts, round, seen);
            verdicts.extend(packs.recogniser.verdicts(&facts, seen));
            let at = seen.packs.iter().copied().find(|&at| {
                parts.clear();
                readers.read(&packs.packs[at as usize], outline, &mut parts)
            })?;
            Some((outline, at))
        });
        let outline = winner.map_or(&outline, |(outline, _)| outline);
        let winner = winner.map(|(_, at)| at);
        let mut told = Explanation {
            outline: outlined(outline),
            considered: considered(packs, &verdicts, winner),
            winner: winner.map(|at| packs.packs[at as usize].name.clone()),
            steps: Vec::new(),
            cases: Vec::new(),
            time: "no pack reads the record; the time is the syslog header's, if it has one".to_owned(),
            parts: Vec::new(),
            inside: None,
            is_timed: outline.syslog.timestamp.is_some(),
        };
        let Some(at) = winner else { return told };
        let pack = &packs.packs[at as usize];
        self.explain_steps(pack, outline, &mut parts, &mut told);
        if depth < ENVELOPES_MAX
            && let Some(event) = envelope::open(pack, outline, &mut parts)
        {
            let mut outline = Outline::of(&event.text, &self.context);
            event.name_program(&mut outline);
            let within = self.explain_outline(packs, outline, depth + 1);
            if within.winner.is_none() {
                parts.push(event.member, Value::owned(event.text));
            }
            told.inside = Some((event.member.to_owned(), Box::new(within)));
        }
        self.explain_parts(pack, outline, &parts, &mut told);
        told
    }

    fn explain_steps<'t>(
        &mut self,
        pack: &'t Pack,
        outline: &Outline<'t>,
        parts: &mut Parts<'t>,
        told: &mut Explanation,
    ) {
        pack.reader.lists.iter().for_each(|name| parts.gather(name));
        for step in &pack.reader.then {
            let outcome = steps::once(step, &mut self.scratch.readers, pack, outline, parts);
            told.steps.push(format!("{}: {}", step.act, outcome.words()));
        }
        for &at in &pack.header_parts {
            parts.push(super::HEADER[at], super::seen::header(outline)[at].clone());
        }
    }

    fn explain_parts(&self, pack: &Pack, outline: &Outline<'_>, parts: &Parts<'_>, told: &mut Explanation) {
        let seen = Seen::of(outline, parts);
        let holding: Vec<_> = pack.cases.iter().filter(|case| case.when.holds(&|name| seen.find(name))).collect();
        told.cases = holding.iter().map(|case| case.when.to_string()).collect();
        let rules = holding.iter().flat_map(|case| &case.times).chain(&pack.times);
        (told.is_timed, told.time) = match &told.inside {
            Some((member, within)) if within.is_timed => (true, format!("the event in {member} gives it")),
            _ => self.explain_time(rules, outline, parts),
        };
        let rules_of = |name: &str, value: &Value<'_>| {
            let cases = holding.iter().filter_map(|case| case.mapping.rules.get(name));
            let rule = cases.chain(pack.mapping.rules.get(name)).find(|rule| !rule.passes);
            rule.map_or_else(|| "its own name".to_owned(), |rule| destination(rule, value))
        };
        told.parts = parts
            .iter()
            .map(|(name, value)| ExplainedPart {
                name: name.to_owned(),
                value: shown(value),
                to: rules_of(name, value),
            })
            .collect();
    }

    fn explain_time<'r>(
        &self,
        rules: impl Iterator<Item = &'r TimeRule>,
        outline: &Outline<'_>,
        parts: &Parts<'_>,
    ) -> (bool, String) {
        let mut tried = String::new();
        for rule in rules {
            let mut note = "";
            match times::of([rule], parts, outline.syslog.timestamp, &self.context, &mut |word| note = word) {
                Some(at) => return (true, format!("{tried}{} gives {at}", rule.fields.join(" "))),
                None if note.is_empty() => _ = write!(tried, "{} gives none; ", rule.fields.join(" ")),
                None => _ = write!(tried, "{} is refused ({note}); ", rule.fields.join(" ")),
            }
        }
        match outline.syslog.timestamp {
            Some(at) => (true, format!("{tried}the syslog header gives {at}")),
            None => (false, format!("{tried}nothing gives a time; the arrival counts")),
        }
    }
}

fn outlined(outline: &Outline<'_>) -> String {
    let mut words = format!("{:?}", outline.format).to_lowercase();
    let syslog = &outline.syslog;
    if syslog.format != crate::syslog::Format::Raw {
        let _ = write!(words, " behind a header of {}", syslog.format.name());
    }
    let facts = outline.facts();
    let named = [
        ("host", syslog.hostname.unwrap_or_default()),
        ("program", facts.program),
        ("vendor", facts.vendor),
        ("product", facts.product),
    ];
    for (what, name) in named.iter().filter(|(_, name)| !name.is_empty()) {
        let _ = write!(words, ", {what} {name}");
    }
    words
}

fn considered(packs: &Packs, verdicts: &[Verdict], winner: Option<u32>) -> Vec<Considered> {
    let mut read = false;
    let outcome = |verdict: &Verdict, read: &mut bool| match verdict.fits() {
        false => "not recognised",
        true if Some(verdict.pack) == winner && !*read => {
            *read = true;
            "reads it"
        }
        true if *read => "not needed",
        true => "recognised, but cannot read it",
    };
    let of = |verdict: &Verdict| {
        let failed = verdict.failed.iter().map(|words| format!("not: {words}"));
        Considered {
            pack: packs.packs[verdict.pack as usize].name.clone(),
            outcome: outcome(verdict, &mut read),
            why: verdict.held.iter().cloned().chain(failed).collect::<Vec<_>>().join(", "),
        }
    };
    verdicts.iter().map(of).collect()
}

fn destination(rule: &Rule, value: &Value<'_>) -> String {
    let text = value.as_str().map(trimmed).unwrap_or_default();
    match rule.targets.as_slice() {
        _ if rule.dropped => "not kept".to_owned(),
        [] => "nothing".to_owned(),
        targets => targets.iter().map(|target| target.field_of(text).name()).collect::<Vec<_>>().join(", "),
    }
}

/// A value on one line, cut when it is long.
fn shown(value: &Value<'_>) -> String {
    const CHARS_MAX: usize = 160;
    let mut text = String::new();
    write_json(value, &mut text);
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}
