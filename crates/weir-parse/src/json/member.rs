//! The members of one object, as they stand in the text.

use std::borrow::Cow;

use super::{JsonError, batch::skip, scan::Scanner, tree};

type Sink<'s, 't> = dyn FnMut(Cow<'t, str>, &'t str) + 's;

/// Hands every member of the object that `text` is to `sink`, in order: its name, and its value as it stands there. Of an object that is
/// wrong somewhere, the members before that place have been handed over, and of the one under way the rest of the text.
pub fn members<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Result<(), JsonError> {
    let mut scanner = Scanner::new(text);
    if scanner.peek() != b'{' {
        return scanner.fail("the text is not an object");
    }
    walk(&mut scanner, text, sink)?;
    scanner.end()
}

/// The text of the object that a member of the outermost object holds, of a name that occurs twice the last; up to the end when the text
/// was cut off within it. `None` when there is no such member or it holds something else.
pub fn object_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut scanner = Scanner::new(text);
    scanner.lenient = true;
    if scanner.peek() != b'{' {
        return None;
    }
    let mut found = None;
    let read = walk(&mut scanner, text, &mut |have, value| {
        if have == name {
            found = Some(value).filter(|value| value.starts_with('{'));
        }
    });
    found.filter(|_| read.is_ok() || read.is_err_and(|error| error.cut))
}

/// The scanner stands on the opening brace.
fn walk<'t>(scanner: &mut Scanner<'t>, text: &'t str, sink: &mut Sink<'_, 't>) -> Result<(), JsonError> {
    tree::enter(scanner, 0)?;
    if scanner.take(b'}') {
        return Ok(());
    }
    loop {
        let name = scanner.name()?;
        scanner.peek();
        let start = scanner.at;
        let read = skip(scanner, 1);
        let end = if read.is_ok() { scanner.at } else { text.len() };
        sink(name, text.get(start..end).unwrap_or_default());
        read?;
        if !scanner.more(b'}')? {
            return Ok(());
        }
    }
}
