//! One member of an object, as it stands in the text.

use super::{JsonError, scan::Scanner, tree};

/// The text of the object that a member of the outermost object holds, of a name that occurs twice the last; up to the end when the text
/// was cut off within it. `None` when there is no such member or it holds something else.
pub fn object_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut scanner = Scanner::new(text);
    scanner.lenient = true;
    let mut found = None;
    let read = walk(&mut scanner, text, name, &mut found);
    found.filter(|_| read.is_ok() || read.is_err_and(|error| error.cut))
}

fn walk<'t>(
    scanner: &mut Scanner<'t>,
    text: &'t str,
    name: &str,
    found: &mut Option<&'t str>,
) -> Result<(), JsonError> {
    if scanner.peek() != b'{' {
        return Ok(());
    }
    tree::enter(scanner, 0)?;
    if scanner.take(b'}') {
        return Ok(());
    }
    loop {
        let wanted = scanner.name()? == name;
        let is_object = scanner.peek() == b'{';
        let start = scanner.at;
        let read = tree::value(scanner, 1);
        if wanted {
            let end = if read.is_ok() { scanner.at } else { text.len() };
            *found = text.get(start..end).filter(|_| is_object);
        }
        read?;
        if !scanner.more(b'}')? {
            return Ok(());
        }
    }
}
