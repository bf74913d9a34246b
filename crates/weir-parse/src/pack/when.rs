//! Conditions on the parts of a record.

use weir_event::{Fault, Value};

use super::yaml::{Node, Text};
use crate::word::Word;

/// Any of the lists suffices, of one list all must hold. An empty condition always holds.
#[derive(Clone, Debug, Default)]
pub struct Condition(Vec<Vec<Test>>);

/// One part that must be one of some words.
#[derive(Clone, Debug)]
struct Test {
    part: Box<str>,
    words: Vec<Word>,
}

/// `{ part: word }` or `{ part: [word, word] }`; a list of such maps holds when one of them does.
pub fn read(node: &Node) -> Result<Condition, Fault> {
    let test = |(part, words): &(Text, Node)| {
        let words = words.texts()?.iter().map(|word| Word::of(word)).collect();
        Ok(Test { part: (&**part).into(), words })
    };
    let tests = |node: &Node| node.map()?.iter().map(test).collect::<Result<Vec<_>, Fault>>();
    node.items().iter().map(tests).collect::<Result<_, _>>().map(Condition)
}

/// The condition under `when` of a node.
pub fn of(node: &Node) -> Result<Condition, Fault> {
    node.get("when").map_or(Ok(Condition::default()), read)
}

impl Condition {
    /// `find` gives the value of a part.
    pub fn holds<'v, 't: 'v>(&self, find: &impl Fn(&str) -> Option<&'v Value<'t>>) -> bool {
        self.0.is_empty() || self.0.iter().any(|tests| tests.iter().all(|test| test.holds(find(&test.part))))
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, tests) in self.0.iter().enumerate() {
            let tests: Vec<String> = tests.iter().map(Test::to_string).collect();
            write!(f, "{}{}", if index == 0 { "" } else { " or " }, tests.join(" and "))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.words.iter().map(Word::to_string).collect();
        write!(f, "{} is {}", self.part, words.join("|"))
    }
}

impl Test {
    fn holds(&self, value: Option<&Value<'_>>) -> bool {
        match value {
            None => self.fits(""),
            Some(Value::Array(items)) => items.iter().any(|item| self.fits(&crate::map::plain(item))),
            Some(value) => self.fits(&crate::map::plain(value)),
        }
    }

    fn fits(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.fits(text))
    }
}
