//! Text inside other languages.

use weir_event::Value;

/// Between quotes, with a backslash before quotes, backslashes and line ends: the rule that KQL, Lucene, JQL, SCIM and s-expressions
/// share.
pub fn escaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => {
                if c == quote || c == '\\' {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    out.push(quote);
    out
}

pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A text as a document of the form that some ticket systems take (ADF): one paragraph a line.
pub fn adf_text(text: &str) -> Value<'static> {
    let object = |members: Vec<(&'static str, Value<'static>)>| Value::Record(members.into_iter().collect());
    let paragraph = |line: &str| {
        let words = object(vec![("type", Value::text("text")), ("text", Value::owned(line.to_owned()))]);
        let content = if line.is_empty() { Vec::new() } else { vec![words] };
        object(vec![("type", Value::text("paragraph")), ("content", Value::Array(content))])
    };
    object(vec![
        ("type", Value::text("doc")),
        ("version", Value::Long(1)),
        ("content", Value::Array(text.lines().map(paragraph).collect())),
    ])
}
