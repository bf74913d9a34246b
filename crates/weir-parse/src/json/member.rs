//! One member of an object, as it stands in the text.

use super::{JsonError, scan::Scanner, tree};

/// The text of the object that a member of the outermost object holds; up to the end when the text was cut off within it. `None` when
/// there is no such member or it holds something else.
pub fn object_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut scanner = Scanner::new(text);
    scanner.lenient = true;
    find(&mut scanner, text, name).ok().flatten()
}

fn find<'t>(scanner: &mut Scanner<'t>, text: &'t str, name: &str) -> Result<Option<&'t str>, JsonError> {
    if scanner.peek() != b'{' {
        return Ok(None);
    }
    tree::enter(scanner, 0)?;
    if scanner.take(b'}') {
        return Ok(None);
    }
    loop {
        let wanted = scanner.name()? == name && scanner.peek() == b'{';
        scanner.peek();
        let start = scanner.at;
        match tree::value(scanner, 1) {
            Ok(_) if wanted => return Ok(text.get(start..scanner.at)),
            Err(error) if wanted && error.cut => return Ok(text.get(start..)),
            other => other?,
        };
        if !scanner.more(b'}')? {
            return Ok(None);
        }
    }
}
