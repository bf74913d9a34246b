//! Values worth pivoting on in free text: one pass, no regular expressions.
//!
//! Finds addresses, URLs (defanged ones too), domains, e-mail addresses, MAC addresses, file paths and names, hashes (as files) and
//! registry keys. What only context can tell (users, machines, processes, places) comes from mapped fields, not from here.
//!
//! Dots, slashes, colons and the like make a word worth a look where they stand as in an artifact; the text between is passed sixty-four
//! bytes at a time. Cost: linear in the text.

mod classes;
mod hosts;
mod names;
mod paths;
mod sights;
mod urls;
mod words;

use weir_event::{ArtifactKind, Batch};

pub use hosts::{canonical_ip, canonical_mac, is_domain};
pub(crate) use hosts::{is_plain_email, write_lower, write_mac};

/// Takes what [`scan`] finds. A value is either a piece of the scanned text or made (normalised, defanging undone).
pub trait Sink<'t> {
    fn part(&mut self, kind: ArtifactKind, part: &'t str);
    fn made(&mut self, kind: ArtifactKind, made: &str);
}

/// Finds the artifacts of `text` in canonical form: addresses compressed, domains, e-mail and MAC addresses in lower case.
pub fn scan<'t>(text: &'t str, sink: &mut impl Sink<'t>) {
    words::scan(text, sink);
}

/// The row under construction as a sink; pieces of the chunk are not copied.
impl<'t> Sink<'t> for Batch {
    fn part(&mut self, kind: ArtifactKind, part: &'t str) {
        let span = self.span_of(part);
        self.add_artifact(kind, span);
    }

    fn made(&mut self, kind: ArtifactKind, made: &str) {
        let span = self.keep(made);
        self.add_artifact(kind, span);
    }
}

#[cfg(test)]
mod tests;
