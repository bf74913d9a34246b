//! What stands in braces behind a matcher's name.

use weir_event::Fault;

use super::super::names::{self, Braces, MatcherInfo};
use super::super::tree::{Body, Name, Number};
use super::Parser;

impl Parser<'_> {
    pub(super) fn members(&mut self, info: &'static MatcherInfo, name: &Name) -> Result<Body, Fault> {
        if info.braces == Braces::Never {
            return Ok(Body::None);
        }
        let before = self.cursor.at;
        self.cursor.skip()?;
        if self.cursor.peek() != Some(b'{') {
            self.cursor.at = before;
            return match info.braces {
                Braces::Members | Braces::Element => Ok(Body::None),
                _ => Err(self.without_members(info, name)),
            };
        }
        let start = self.cursor.at;
        self.cursor.at += 1;
        let body = match info.braces {
            Braces::Keys => Body::Keys(self.keys(start)?),
            Braces::Text => Body::Text(self.quoted_text()?),
            braces => Body::Matchers(self.matchers(info, braces, start)?),
        };
        self.close("}", &format!("the {{ of {}", names::print(info)), start)?;
        Ok(body)
    }

    fn without_members(&self, info: &MatcherInfo, name: &Name) -> Fault {
        let hint = match info.braces {
            Braces::Keys => "write the keys in braces: ENUM{'ok'=0, 'failed'=1}",
            Braces::Text => "write the expression in braces and quotes: @REGEX{'[a-z]+'}",
            _ => "write the matchers in braces behind the name",
        };
        self.cursor.source().members(format!("{} requires members", names::print(info)), name.span.clone(), hint)
    }

    fn matchers(&mut self, info: &MatcherInfo, braces: Braces, start: usize) -> Result<Vec<super::Expr>, Fault> {
        let outer = std::mem::replace(&mut self.in_json, braces == Braces::Members);
        let exprs = self.sequence()?;
        self.in_json = outer;
        let source = self.cursor.source();
        let span = start..self.cursor.at;
        match braces {
            Braces::Element if exprs.len() > 1 => {
                let says = format!("{} takes one matcher in its braces", names::print(info));
                Err(source.members(says, exprs[1].span.clone(), "put several matchers in parentheses"))
            }
            Braces::Matchers if exprs.is_empty() => {
                Err(source.empty(&format!("the {{}} of {}", names::print(info)), span))
            }
            Braces::Members => match exprs.iter().find(|expr| expr.export.is_none()) {
                Some(nameless) => Err(source.members(
                    "a JSON member has no name",
                    nameless.span.clone(),
                    "name the member that the matcher reads: STRING:user",
                )),
                None => Ok(exprs),
            },
            _ => Ok(exprs),
        }
    }

    fn quoted_text(&mut self) -> Result<Name, Fault> {
        self.cursor.skip()?;
        let Some(text) = self.cursor.quoted()? else {
            return Err(self.cursor.source().unexpected(self.cursor.here(), "a quoted text"));
        };
        self.cursor.skip()?;
        Ok(text)
    }

    /// `'text'=1, ...` of ENUM.
    fn keys(&mut self, start: usize) -> Result<Vec<(String, i64)>, Fault> {
        let mut keys: Vec<(String, i64)> = Vec::new();
        loop {
            self.cursor.skip()?;
            if self.cursor.peek() == Some(b'}') {
                break;
            }
            let Some(key) = self.cursor.quoted()? else {
                return Err(self.cursor.source().unexpected(self.cursor.here(), "a quoted key of ENUM"));
            };
            if keys.iter().any(|(have, _)| *have == key.text) {
                let says = format!("ENUM has the key '{}' twice", key.text);
                return Err(self.cursor.source().members(says, key.span, "keep one of the two"));
            }
            let value = self.key_value()?;
            keys.push((key.text, value));
            self.cursor.skip()?;
            self.cursor.eat(",");
        }
        match keys.is_empty() {
            true => Err(self.cursor.source().empty("the {} of ENUM", start..self.cursor.at + 1)),
            false => Ok(keys),
        }
    }

    fn key_value(&mut self) -> Result<i64, Fault> {
        self.cursor.skip()?;
        if !self.cursor.eat("=") {
            return Err(self.cursor.source().unexpected(self.cursor.here(), "= and the number of the key"));
        }
        self.cursor.skip()?;
        let start = self.cursor.at;
        match self.cursor.number() {
            Some(Number { whole: Some(number), .. }) => Ok(number),
            Some(_) => {
                let span = start..self.cursor.at;
                Err(self.cursor.source().members("a value of ENUM is not a whole number", span, "use a whole number"))
            }
            None => Err(self.cursor.source().unexpected(self.cursor.here(), "the whole number of the key")),
        }
    }
}
