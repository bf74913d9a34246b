//! A pattern's text to its tree.

mod bracket;
mod members;
mod postfix;

use std::sync::Arc;

use weir_event::{Fault, limits};

use super::cursor::Cursor;
use super::fault::Source;
use super::tree::{Body, Expr, Macro, Name, Span, What};
use super::{Macros, names};

/// A pattern as it was written.
pub(crate) struct Parsed {
    /// In the order of their definitions.
    pub macros: Vec<Arc<Macro>>,
    pub exprs: Vec<Expr>,
}

impl Parsed {
    /// Macros that neither the pattern nor a later macro uses. Those of [`Macros`] are for other patterns too.
    pub fn unused(&self) -> impl Iterator<Item = &Name> {
        self.macros.iter().filter(|one| Arc::strong_count(one) == 1).map(|one| &one.name)
    }
}

pub(crate) struct Parser<'a> {
    pub cursor: Cursor<'a>,
    macros: Vec<Arc<Macro>>,
    depth: usize,
    /// Inside the braces of JSON, where members have a second name and `[]`.
    pub in_json: bool,
    /// Extensions are refused.
    strict: bool,
}

/// Reads the whole text; of macros that were read before, it begins with the text.
pub(crate) fn parse(text: &str, known: &Macros, strict: bool) -> Result<Parsed, Fault> {
    let mut parser = Parser::behind(known, text, strict)?;
    parser.macro_definitions()?;
    let exprs = parser.sequence()?;
    parser.cursor.eat(";");
    parser.cursor.skip()?;
    if parser.cursor.peek().is_some() {
        return Err(parser.stray());
    }
    if exprs.is_empty() {
        let what = if parser.macros.is_empty() { "the pattern" } else { "the pattern behind the macros" };
        return Err(parser.cursor.source().empty(what, 0..text.len()));
    }
    Ok(Parsed { macros: parser.macros, exprs })
}

/// Reads a text of macros and nothing else.
pub(crate) fn macros(text: &str) -> Result<Vec<Arc<Macro>>, Fault> {
    let mut parser = Parser::behind(&Macros::default(), text, false)?;
    parser.macro_definitions()?;
    match parser.cursor.peek() {
        None => Ok(parser.macros),
        Some(_) => Err(parser.cursor.source().unexpected(parser.cursor.here(), "a macro: $name = matchers ;")),
    }
}

impl<'a> Parser<'a> {
    fn behind(known: &Macros, text: &'a str, strict: bool) -> Result<Parser<'a>, Fault> {
        if text.len() > limits::QUERY_BYTES_MAX {
            let says = format!("the pattern is longer than {} bytes", limits::QUERY_BYTES_MAX);
            return Err(Source("").limit(says, 0..0));
        }
        let cursor = Cursor { text, at: known.text.len() };
        Ok(Parser { cursor, macros: known.read.clone(), depth: 0, in_json: false, strict })
    }
}

impl Parser<'_> {
    fn macro_definitions(&mut self) -> Result<(), Fault> {
        self.cursor.skip()?;
        while self.macro_definition()? {}
        Ok(())
    }

    /// `$name = matchers ;`; false when something else stands here.
    fn macro_definition(&mut self) -> Result<bool, Fault> {
        let start = self.cursor.at;
        let Some(name) = self.macro_name()? else { return Ok(false) };
        self.cursor.skip()?;
        if !self.cursor.eat("=") {
            self.cursor.at = start;
            return Ok(false);
        }
        if self.defined(&name.text).is_some() {
            let says = format!("the macro ${} is defined twice", name.text);
            return Err(self.cursor.source().macros(says, name.span));
        }
        self.cursor.skip()?;
        let body = self.sequence()?;
        if body.is_empty() {
            return Err(self.cursor.source().empty("the macro", name.span));
        }
        if !self.cursor.eat(";") {
            return Err(self.cursor.source().unexpected(self.cursor.here(), "; behind the macro"));
        }
        self.cursor.skip()?;
        self.macros.push(Arc::new(Macro { name, body }));
        Ok(true)
    }

    fn defined(&self, name: &str) -> Option<&Arc<Macro>> {
        self.macros.iter().find(|one| one.name.text == name)
    }

    fn macro_name(&mut self) -> Result<Option<Name>, Fault> {
        let start = self.cursor.at;
        if !self.cursor.eat("$") {
            return Ok(None);
        }
        match self.cursor.identifier() {
            Some(name) => Ok(Some(Name { span: start..name.span.end, ..name })),
            None => Err(self.cursor.source().unexpected(self.cursor.here(), "the macro's name")),
        }
    }

    /// Expressions up to something that cannot start one.
    pub(crate) fn sequence(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut exprs = Vec::new();
        loop {
            self.cursor.skip()?;
            match self.cursor.peek() {
                None | Some(b')' | b'}' | b'|' | b';') => return Ok(exprs),
                Some(b',') if !exprs.is_empty() => {
                    self.cursor.at += 1;
                    self.cursor.skip()?;
                    if matches!(self.cursor.peek(), None | Some(b')' | b'}' | b'|' | b';' | b',')) {
                        return Err(self.cursor.source().unexpected(self.cursor.here(), "a matcher behind the comma"));
                    }
                }
                Some(_) => exprs.push(self.expr()?),
            }
        }
    }

    /// One matcher expression with look-around and modifiers.
    fn expr(&mut self) -> Result<Expr, Fault> {
        let start = self.cursor.at;
        self.deeper(start)?;
        let expr = match self.look() {
            Some((behind, negative)) => {
                self.cursor.skip()?;
                let inner = Box::new(self.expr()?);
                Expr::plain(What::Look { behind, negative, inner }, start..self.cursor.at)
            }
            None => {
                let what = self.primary()?;
                self.modifiers(what, start)?
            }
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn deeper(&mut self, start: usize) -> Result<(), Fault> {
        self.depth += 1;
        match self.depth > limits::NESTING_MAX {
            true => Err(self
                .cursor
                .source()
                .limit(format!("the pattern is nested deeper than {} levels", limits::NESTING_MAX), start..start + 1)),
            false => Ok(()),
        }
    }

    fn look(&mut self) -> Option<(bool, bool)> {
        let forms = [("!>>", (false, true)), ("!<<", (true, true)), (">>", (false, false)), ("<<", (true, false))];
        forms.into_iter().find(|(text, _)| self.cursor.eat(text)).map(|(_, form)| form)
    }

    fn primary(&mut self) -> Result<What, Fault> {
        match self.cursor.peek() {
            Some(b'\'' | b'"') => self.literal(),
            Some(b'[') => self.bracket(),
            Some(b'(') => self.group(),
            Some(b'$') => self.macro_use(),
            Some(b'@') => self.extension(),
            _ => self.named(),
        }
    }

    fn literal(&mut self) -> Result<What, Fault> {
        match self.cursor.quoted()? {
            Some(text) if text.text.is_empty() => Err(self.cursor.source().empty("the literal", text.span)),
            Some(text) => Ok(What::Literal(text.text)),
            None => Err(self.stray()),
        }
    }

    fn group(&mut self) -> Result<What, Fault> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let in_json = std::mem::take(&mut self.in_json);
        let mut branches = vec![self.sequence()?];
        while self.cursor.eat("|") {
            branches.push(self.sequence()?);
        }
        self.in_json = in_json;
        self.close(")", "the group", start)?;
        match branches.len() {
            _ if branches.iter().any(Vec::is_empty) => {
                let what = if branches.len() == 1 { "the group" } else { "an alternative of the group" };
                Err(self.cursor.source().empty(what, start..self.cursor.at))
            }
            1 => Ok(What::Sequence(branches.remove(0))),
            _ => Ok(What::Choice(branches)),
        }
    }

    pub(crate) fn close(&mut self, closing: &str, what: &str, start: usize) -> Result<(), Fault> {
        match self.cursor.peek() {
            Some(_) if self.cursor.eat(closing) => Ok(()),
            None => Err(self.cursor.source().unclosed(what, closing, start..start + 1)),
            Some(_) => Err(self.cursor.source().unexpected(self.cursor.here(), closing)),
        }
    }

    fn macro_use(&mut self) -> Result<What, Fault> {
        let source = self.cursor.source();
        let Some(name) = self.macro_name()? else { return Err(self.stray()) };
        match self.defined(&name.text) {
            Some(found) => Ok(What::Macro(Arc::clone(found))),
            None => Err(source.macros(format!("the macro ${} is not defined", name.text), name.span)),
        }
    }

    fn named(&mut self) -> Result<What, Fault> {
        let Some(name) = self.cursor.identifier() else { return Err(self.stray()) };
        let Some(info) = names::find(&name.text) else {
            return Err(self.cursor.source().unknown_matcher(&name.text, name.span));
        };
        let body = self.members(info, &name)?;
        Ok(What::Named { info, body })
    }

    fn extension(&mut self) -> Result<What, Fault> {
        let start = self.cursor.at;
        self.cursor.eat(names::EXTENSION_SIGN);
        let Some(name) = self.cursor.identifier() else {
            return Err(self
                .cursor
                .source()
                .unexpected(self.cursor.here(), "the name of an extension, such as @EMAIL"));
        };
        let span = start..name.span.end;
        let Some(info) = names::find_extension(&name.text) else {
            return Err(self.cursor.source().unknown_extension(&name.text, span));
        };
        if self.strict {
            return Err(self.cursor.source().not_strict(names::print(info), span));
        }
        let body = self.members(info, &name)?;
        Ok(What::Named { info, body })
    }

    /// The fault for what cannot start a matcher.
    fn stray(&self) -> Fault {
        let here = self.cursor.here();
        match self.cursor.peek() {
            Some(b'|') => {
                self.cursor.source().unexpected(here, "a matcher: alternatives belong in parentheses (a | b)")
            }
            Some(b'*' | b'+' | b'?' | b':') => self.cursor.source().order("a modifier", here),
            _ => self.cursor.source().unexpected(here, "a matcher, a quoted literal, [ ] or ( )"),
        }
    }
}

impl Expr {
    pub(crate) fn plain(what: What, span: Span) -> Expr {
        Expr {
            span,
            what,
            config: Vec::new(),
            quantifier: None,
            optional: false,
            dimensions: 0,
            export: None,
            rename: None,
        }
    }
}

/// Members or a sequence in braces, for walking.
pub(crate) fn body_exprs(body: &Body) -> &[Expr] {
    match body {
        Body::Matchers(exprs) => exprs,
        Body::None | Body::Keys(_) | Body::Text(_) => &[],
    }
}
