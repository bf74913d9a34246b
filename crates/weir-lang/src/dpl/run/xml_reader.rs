//! XML text into a tree: elements, attributes, text.

use std::borrow::Cow;

use weir_event::limits;

/// One element.
pub(super) struct Element<'t> {
    pub name: &'t str,
    pub attributes: Vec<(&'t str, Cow<'t, str>)>,
    pub children: Vec<Child<'t>>,
}

pub(super) enum Child<'t> {
    Text(Cow<'t, str>),
    Element(Element<'t>),
    /// A comment or instruction: it parts the text around it.
    Nothing,
}

/// A place in the text; behind the document when it has been read.
pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn until(&mut self, closing: &str) -> Option<&'t str> {
        let found = self.rest().find(closing);
        let rest = self.rest();
        // What was searched in vain is paid for too.
        self.at += found.map_or(rest.len(), |length| length + closing.len());
        found.map(|length| &rest[..length])
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Declarations, comments and the one element.
    pub(super) fn document(&mut self) -> Option<Element<'t>> {
        loop {
            self.blanks();
            if self.eat("<?") {
                self.until("?>")?;
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<!") {
                self.doctype()?;
            } else {
                return self.element(0);
            }
        }
    }

    /// The rest of a declaration; what stands in its brackets may hold `>`.
    fn doctype(&mut self) -> Option<()> {
        let inner = self.rest().find(['[', '>'])?;
        if self.rest().as_bytes()[inner] == b'[' {
            self.until("]")?;
        }
        self.until(">").map(|_| ())
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':')).then(|| &rest[..length])
    }

    fn element(&mut self, depth: usize) -> Option<Element<'t>> {
        if depth >= limits::NESTING_MAX || !self.eat("<") {
            return None;
        }
        let name = self.name()?;
        let attributes = self.attributes()?;
        let mut element = Element { name, attributes, children: Vec::new() };
        if self.eat("/>") {
            return Some(element);
        }
        if !self.eat(">") {
            return None;
        }
        while !self.eat("</") {
            element.children.push(self.child(depth)?);
        }
        let closing = self.name()?;
        self.blanks();
        (closing == name && self.eat(">")).then_some(element)
    }

    fn attributes(&mut self) -> Option<Vec<(&'t str, Cow<'t, str>)>> {
        let mut attributes = Vec::new();
        loop {
            self.blanks();
            if matches!(self.rest().as_bytes().first()?, b'>' | b'/') {
                return Some(attributes);
            }
            let name = self.name()?;
            self.blanks();
            if !self.eat("=") {
                return None;
            }
            self.blanks();
            let value = if self.eat("\"") {
                self.until("\"")?
            } else if self.eat("'") {
                self.until("'")?
            } else {
                return None;
            };
            attributes.push((name, decode(value)));
        }
    }

    fn child(&mut self, depth: usize) -> Option<Child<'t>> {
        if self.eat("<![CDATA[") {
            return self.until("]]>").map(|text| Child::Text(Cow::Borrowed(text)));
        }
        if self.eat("<!--") {
            return self.until("-->").map(|_| Child::Nothing);
        }
        if self.eat("<?") {
            return self.until("?>").map(|_| Child::Nothing);
        }
        if self.rest().starts_with('<') {
            return self.element(depth + 1).map(Child::Element);
        }
        let rest = self.rest();
        let found = rest.find('<');
        self.at += found.unwrap_or(rest.len());
        found.map(|length| Child::Text(decode(&rest[..length])))
    }
}

/// Writes entities out; an unknown one stays as it is.
fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split(';').next().filter(|name| name.len() <= 10 && rest.len() > name.len() + 1);
        match name.and_then(|name| Some((entity(name)?, name.len() + 2))) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
