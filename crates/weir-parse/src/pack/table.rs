//! Columns of separated values: which names they have depends on what the line says.

use weir_event::{Fault, Value};

use super::fault;
use super::yaml::{Node, NodeKind};
use crate::word::Word;

/// Names for the values of a line.
#[derive(Debug)]
pub struct Table {
    pub separator: Separator,
    /// What tells which list of names is the right one.
    choose: Vec<Choice>,
    lists: Vec<(Vec<Option<Word>>, Columns)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Separator {
    Byte(u8),
    /// Runs of blanks; quotes and brackets hold one value.
    Blanks,
}

/// The names of the columns; `None` for one that is skipped. Several lists are versions of one format.
type Columns = Vec<Vec<Option<Box<str>>>>;

#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Index of the column whose text counts.
    Column(usize),
    /// The number of columns counts.
    Count,
}

/// Reads `separator`, `choose`, `same` and `columns`.
pub fn read(node: &Node) -> Result<Table, Fault> {
    let columns = node.get("columns").ok_or_else(|| fault::missing(&node.place, "columns"))?;
    let choose = node.get("choose").map_or(Ok(Vec::new()), |node| node.items().iter().map(choice).collect())?;
    let lists = match &columns.kind {
        NodeKind::Map(lists) => lists
            .iter()
            .map(|(key, list)| Ok((words(key, choose.len(), columns)?, versions(list, node)?)))
            .collect::<Result<Vec<_>, Fault>>()?,
        _ => vec![(Vec::new(), versions(columns, node)?)],
    };
    Ok(Table { separator: separator(node.get("separator"))?, choose, lists })
}

fn separator(node: Option<&Node>) -> Result<Separator, Fault> {
    let Some(node) = node else { return Ok(Separator::Byte(b',')) };
    match node.text()? {
        "tab" => Ok(Separator::Byte(b'\t')),
        "blank" => Ok(Separator::Blanks),
        text => match text.as_bytes() {
            [byte] => Ok(Separator::Byte(*byte)),
            _ => Err(fault::wrong_shape(&node.place, "one ASCII character, `tab` or `blank`")),
        },
    }
}

fn choice(node: &Node) -> Result<Choice, Fault> {
    match node.text()? {
        "count" => Ok(Choice::Count),
        number => match number.parse::<usize>() {
            Ok(number) if number > 0 => Ok(Choice::Column(number - 1)),
            _ => Err(fault::wrong_shape(&node.place, "the number of a column (from 1) or `count`")),
        },
    }
}

/// The words of a key, one for each choice; `None` stands for whatever there is.
fn words(key: &str, choices: usize, node: &Node) -> Result<Vec<Option<Word>>, Fault> {
    let word = |text: &str| Some(text).filter(|text| *text != "*").map(Word::of);
    let words: Vec<Option<Word>> = match choices {
        1 => vec![word(key)],
        _ => key.split(',').map(|text| word(text.trim())).collect(),
    };
    match words.len() == choices {
        true => Ok(words),
        false => {
            Err(fault::wrong_shape(&node.place, "a key with as many words (with commas between) as `choose` names"))
        }
    }
}

/// One list of names, or a list of such lists.
fn versions(list: &Node, table: &Node) -> Result<Columns, Fault> {
    match list.items().iter().any(|item| matches!(item.kind, NodeKind::List(_))) {
        true => list.items().iter().map(|list| names(list, table, 0)).collect(),
        false => Ok(vec![names(list, table, 0)?]),
    }
}

/// The names of a list; `$name` stands for the list of that name under `same`.
fn names(list: &Node, table: &Node, depth: usize) -> Result<Vec<Option<Box<str>>>, Fault> {
    const DEPTH_MAX: usize = 4;
    let mut out = Vec::new();
    for item in list.items() {
        let text = item.text()?;
        let Some(shared) = text.strip_prefix('$') else {
            out.push(Some(text).filter(|text| !text.is_empty()).map(Box::from));
            continue;
        };
        let Some(node) = table.get("same").and_then(|same| same.get(shared)).filter(|_| depth < DEPTH_MAX) else {
            return Err(fault::no_list(&item.place, shared));
        };
        out.extend(names(node, table, depth + 1)?);
    }
    Ok(out)
}

impl Table {
    /// The names for a line: of the first list whose words fit, in the version with enough names for all values, else the longest.
    pub fn names_for(&self, values: &[Value<'_>]) -> Option<&[Option<Box<str>>]> {
        let fits = |words: &[Option<Word>]| {
            let mut pairs = words.iter().zip(&self.choose);
            pairs.all(|(word, choice)| word.as_ref().is_none_or(|word| choice.fits(word, values)))
        };
        let (_, versions) = self.lists.iter().find(|(words, _)| fits(words))?;
        let enough = versions.iter().filter(|names| names.len() >= values.len()).min_by_key(|names| names.len());
        enough.or_else(|| versions.iter().max_by_key(|names| names.len())).map(Vec::as_slice)
    }
}

impl Choice {
    fn fits(self, word: &Word, values: &[Value<'_>]) -> bool {
        match self {
            Choice::Column(index) => word.fits(values.get(index).and_then(Value::as_str).unwrap_or_default().trim()),
            Choice::Count => word.fits(&values.len().to_string()),
        }
    }
}
