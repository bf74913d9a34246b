//! The modifiers behind a matcher: `[]`, configuration, quantifier, `?`, export name.

use weir_event::Fault;

use super::super::names::Id;
use super::super::tree::{Expr, Form, Name, Param, ParamValue, Quantifier, Rename, What};
use super::Parser;

impl Parser<'_> {
    pub(super) fn modifiers(&mut self, what: What, start: usize) -> Result<Expr, Fault> {
        let mut end = self.cursor.at;
        let mut expr = Expr::plain(what, start..end);
        self.dimensions(&mut expr, &mut end)?;
        self.cursor.skip()?;
        if self.config_starts(&expr) {
            expr.config = self.config()?;
            end = self.cursor.at;
        }
        if let Some(quantifier) = self.quantifier()? {
            expr.quantifier = Some(quantifier);
            end = self.cursor.at;
        }
        self.cursor.skip()?;
        if self.cursor.eat("?") {
            expr.optional = true;
            end = self.cursor.at;
            self.cursor.skip()?;
        }
        if self.cursor.eat(":") {
            self.export(&mut expr)?;
            end = self.cursor.at;
        }
        self.nothing_more(&expr)?;
        self.cursor.at = end;
        expr.span.end = end;
        super::super::check::check(&expr, self.cursor.source(), self.in_json)?;
        Ok(expr)
    }

    fn dimensions(&mut self, expr: &mut Expr, end: &mut usize) -> Result<(), Fault> {
        loop {
            self.cursor.skip()?;
            let start = self.cursor.at;
            if !self.cursor.eat("[") {
                return Ok(());
            }
            self.cursor.skip()?;
            if !self.cursor.eat("]") {
                self.cursor.at = start;
                return Ok(());
            }
            if !self.in_json || expr.dimensions == 8 {
                return Err(self.cursor.source().order("[]", start..self.cursor.at));
            }
            expr.dimensions += 1;
            *end = self.cursor.at;
        }
    }

    /// Whether the parenthesis here is a configuration rather than a new group.
    fn config_starts(&mut self, expr: &Expr) -> bool {
        let start = self.cursor.at;
        if !self.cursor.eat("(") || self.cursor.skip().is_err() {
            self.cursor.at = start;
            return false;
        }
        let is_config = match self.cursor.peek() {
            Some(b')') => matches!(expr.what, What::Named { .. }),
            Some(b'\'' | b'"') if expr.id() == Some(Id::Timestamp) => {
                let _ = self.cursor.quoted();
                let _ = self.cursor.skip();
                matches!(self.cursor.peek(), Some(b')' | b','))
            }
            Some(b'0'..=b'9' | b'-') => true,
            _ => {
                self.cursor.at = start;
                self.parameter_starts()
            }
        };
        self.cursor.at = start;
        is_config
    }

    /// Whether the parenthesis here is followed by `name =`.
    fn parameter_starts(&mut self) -> bool {
        let start = self.cursor.at;
        let starts = self.cursor.eat("(")
            && self.cursor.skip().is_ok()
            && self.cursor.identifier().is_some()
            && self.cursor.skip().is_ok()
            && self.cursor.peek() == Some(b'=');
        self.cursor.at = start;
        starts
    }

    fn config(&mut self) -> Result<Vec<Param>, Fault> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let mut params = Vec::new();
        loop {
            self.cursor.skip()?;
            if self.cursor.eat(")") {
                return Ok(params);
            }
            if self.cursor.peek().is_none() {
                return Err(self.cursor.source().unclosed("the configuration", ")", start..start + 1));
            }
            params.push(self.param()?);
            self.cursor.skip()?;
            if !self.cursor.eat(",") && self.cursor.peek() != Some(b')') {
                return Err(self.cursor.source().unexpected(self.cursor.here(), ", or )"));
            }
        }
    }

    fn param(&mut self) -> Result<Param, Fault> {
        let start = self.cursor.at;
        let mut name = self.cursor.identifier();
        self.cursor.skip()?;
        if name.is_some() && !self.cursor.eat("=") {
            self.cursor.at = start;
            name = None;
        }
        self.cursor.skip()?;
        let value = self.param_value()?;
        Ok(Param { name, value, span: start..self.cursor.at })
    }

    fn param_value(&mut self) -> Result<ParamValue, Fault> {
        if let Some(text) = self.cursor.quoted()? {
            return Ok(ParamValue::Text(text.text));
        }
        if let Some(number) = self.cursor.number() {
            return Ok(ParamValue::Number(number));
        }
        let start = self.cursor.at;
        if self.cursor.eat("{") {
            let exprs = self.sequence()?;
            self.close("}", "the {", start)?;
            return Ok(ParamValue::Matchers(exprs));
        }
        let word = self.cursor.identifier();
        match word.as_ref().map(|word| word.text.to_ascii_lowercase()).as_deref() {
            Some("true") => Ok(ParamValue::Bool(true)),
            Some("false") => Ok(ParamValue::Bool(false)),
            Some("null") => Ok(ParamValue::Null),
            _ => {
                self.cursor.at = start;
                let here = word.map_or(self.cursor.here(), |word| word.span);
                Err(self.cursor.source().unexpected(here, "a quoted text, a number, true, false or null"))
            }
        }
    }

    fn quantifier(&mut self) -> Result<Option<Quantifier>, Fault> {
        self.cursor.skip()?;
        let start = self.cursor.at;
        if self.cursor.eat("*") {
            return Ok(Some(Quantifier { form: Form::Star, min: 0, max: None, span: start..self.cursor.at }));
        }
        if self.cursor.eat("+") {
            return Ok(Some(Quantifier { form: Form::Plus, min: 1, max: None, span: start..self.cursor.at }));
        }
        match self.cursor.eat("{") {
            true => self.braces(start).map(Some),
            false => Ok(None),
        }
    }

    fn braces(&mut self, start: usize) -> Result<Quantifier, Fault> {
        self.cursor.skip()?;
        let min = self.cursor.count();
        self.cursor.skip()?;
        let comma = self.cursor.eat(",");
        self.cursor.skip()?;
        let max = if comma { self.cursor.count() } else { min };
        self.cursor.skip()?;
        let source = self.cursor.source();
        if min.is_none() && !comma && !matches!(self.cursor.peek(), Some(b'}') | None) {
            let says = "{ } behind a matcher that has no members is a quantifier, which takes numbers";
            return Err(source.quantifier(says, start..start + 1));
        }
        if !self.cursor.eat("}") {
            return Err(source
                .quantifier("Syntax error: the quantifier has no } behind its numbers", start..self.cursor.at + 1));
        }
        let span = start..self.cursor.at;
        match (min, max) {
            (None, None) => Err(source.quantifier("the quantifier is empty", span)),
            (Some(min), Some(max)) if min > max => {
                Err(source.quantifier("the quantifier's minimum exceeds its maximum", span))
            }
            (_, Some(0)) => Err(source.quantifier("the quantifier allows nothing to match", span)),
            _ => Ok(Quantifier { form: Form::Braces, min: min.unwrap_or(0), max, span }),
        }
    }

    fn export(&mut self, expr: &mut Expr) -> Result<(), Fault> {
        let name = self.export_name()?;
        expr.export = Some(name);
        let before = self.cursor.at;
        self.cursor.skip()?;
        if !self.in_json || !self.cursor.eat(":") {
            self.cursor.at = before;
            return Ok(());
        }
        self.cursor.skip()?;
        let plain = !matches!(self.cursor.peek(), Some(b'\'' | b'"' | b'`'));
        let name = self.export_name()?;
        let dropped = plain && name.text.eq_ignore_ascii_case("null");
        expr.rename = Some(if dropped { Rename::Dropped } else { Rename::To(name.text) });
        Ok(())
    }

    fn export_name(&mut self) -> Result<Name, Fault> {
        self.cursor.skip()?;
        let name = match self.cursor.quoted()? {
            Some(name) => Some(name),
            None => self.cursor.dotted(),
        };
        match name {
            Some(name) if !name.text.is_empty() => Ok(name),
            Some(name) => Err(self.cursor.source().export("the export name is empty", name.span)),
            None => Err(self.cursor.source().export("a colon without an export name", self.cursor.here())),
        }
    }

    /// A modifier that stands behind the last one it may follow.
    fn nothing_more(&mut self, expr: &Expr) -> Result<(), Fault> {
        self.cursor.skip()?;
        let here = self.cursor.here();
        let stray = match self.cursor.peek() {
            Some(b'*' | b'+') => Some("the quantifier"),
            Some(b'{') => Some("{"),
            Some(b'?') => Some("?"),
            Some(b':') => Some("a second export name"),
            // Behind a name, a quoted text in parentheses is a group, even if the matcher takes its format without a name.
            Some(b'(') if expr.export.is_some() && !self.parameter_starts() => None,
            Some(b'(') if self.config_starts(expr) => Some("the configuration"),
            _ => None,
        };
        stray.map_or(Ok(()), |what| Err(self.cursor.source().order(what, here)))
    }
}
