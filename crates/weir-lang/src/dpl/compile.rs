//! The tree to a program: slots for names, continuations for lazy matchers, prefilters.

mod behind;
pub(crate) mod first;
mod named;

use memchr::memmem::Finder;
use weir_event::{Fault, limits};

use super::exports::{self, Export, children, is_flat};
use super::fault::Source;
use super::names::COUNT_MAX;
use super::program::{Behind, Cont, ContId, First, Following, Frame, Node, NodeId, Op, Program, Skip, Stop};
use super::tree::{Expr, ParamValue, What};
use super::{Lint, PatternOptions};

/// Elements of one pattern with its macros written out.
const ELEMENTS_MAX: usize = 20_000;
/// Elements with a name of one pattern with its macros written out.
const NAMES_MAX: usize = 1_000;

/// Compiles checked expressions whose exports are `names`.
pub(crate) fn compile(
    exprs: &[Expr],
    names: &[Export],
    source: Source,
    options: &PatternOptions,
) -> Result<(Program, Vec<Lint>), Fault> {
    let mut lowering = Lowering { source, options, program: Program::default(), lints: Vec::new() };
    let root = lowering.sequence(exprs, names, None)?;
    let mut program = lowering.program;
    program.nodes.shrink_to_fit();
    program.conts.shrink_to_fit();
    program.first = first::of_sequence(&program, &root).as_ref().and_then(First::new);
    program.prefix = prefix(&program, &root);
    program.literals = super::literals::required(exprs);
    program.root = root;
    Ok((program, lowering.lints))
}

/// What every match starts with.
fn prefix(program: &Program, root: &[NodeId]) -> Option<Finder<'static>> {
    let node = program.node(*root.first()?);
    match &node.op {
        Op::Literal { text, min: 1.., .. } if !node.optional && text.len() > 1 => {
            Some(Finder::new(text.as_bytes()).into_owned())
        }
        _ => None,
    }
}

/// Refuses patterns whose macros write out to too much or too deep, before anything else walks them.
pub(crate) fn measure(exprs: &[Expr], source: Source) -> Result<(), Fault> {
    Measure { elements: 0, names: 0, source }.walk(exprs, 0)
}

struct Measure<'a> {
    elements: usize,
    names: usize,
    source: Source<'a>,
}

impl Measure<'_> {
    fn walk(&mut self, exprs: &[Expr], depth: usize) -> Result<(), Fault> {
        for expr in exprs {
            self.elements += 1;
            self.names += usize::from(expr.export.is_some());
            let (most, what) = match () {
                _ if self.elements > ELEMENTS_MAX => (ELEMENTS_MAX, "elements"),
                _ if self.names > NAMES_MAX => (NAMES_MAX, "names"),
                _ if depth > limits::NESTING_MAX => (limits::NESTING_MAX, "levels"),
                _ => {
                    children(expr).into_iter().try_for_each(|below| self.walk(below, depth + 1))?;
                    continue;
                }
            };
            let says = format!("the pattern has more than {most} {what} once its macros are written out");
            return Err(self.source.limit(says, expr.span.clone()));
        }
        Ok(())
    }
}

pub(super) struct Lowering<'a> {
    source: Source<'a>,
    options: &'a PatternOptions,
    program: Program,
    lints: Vec<Lint>,
}

/// What an element is compiled in: the names of its frame and what follows it.
#[derive(Clone, Copy)]
pub(super) struct Around<'n> {
    names: &'n [Export],
    follow: Option<ContId>,
}

impl Around<'_> {
    fn slot(&self, name: &str) -> Option<u16> {
        self.names.iter().position(|export| export.name == name).and_then(|at| u16::try_from(at).ok())
    }
}

impl Lowering<'_> {
    /// Compiles from the last element to the first, so that each knows what follows it.
    fn sequence(&mut self, exprs: &[Expr], names: &[Export], follow: Option<ContId>) -> Result<Vec<NodeId>, Fault> {
        let mut follow = follow;
        let mut ids = Vec::with_capacity(exprs.len());
        for expr in exprs.iter().rev() {
            let id = self.expr(expr, Around { names, follow })?;
            ids.push(id);
            follow = Some(self.link(id, follow));
        }
        ids.reverse();
        for pair in ids.windows(2) {
            self.program.nodes[pair[0].0 as usize].eats = self.eaten(pair[0], pair[1]);
        }
        Ok(ids)
    }

    /// Bytes of the literal `next` when the lazy matcher `id` ends at it and nothing but its place matters. See [`Node::eats`].
    fn eaten(&self, id: NodeId, next: NodeId) -> u32 {
        let (node, next) = (self.program.node(id), self.program.node(next));
        let (Op::Lazy { stop, .. }, Op::Literal { text, min: 1, max: 1, .. }) = (&node.op, &next.op) else { return 0 };
        let found: &[u8] = match stop {
            Stop::Byte(byte) => std::slice::from_ref(byte),
            Stop::Short { bytes, .. } => bytes,
            Stop::Literal(finder) => finder.needle(),
            Stop::Nothing | Stop::End | Stop::Probe { .. } => return 0,
        };
        let is_bare = !node.optional && !next.optional && next.slot.is_none();
        if is_bare && found == text.as_bytes() { u32::try_from(found.len()).unwrap_or(0) } else { 0 }
    }

    /// The continuation that starts at `id`.
    fn link(&mut self, id: NodeId, follow: Option<ContId>) -> ContId {
        let node = self.program.node(id);
        let next = if node.skippable || node.zero_width { follow } else { None };
        self.push_cont(Cont { what: Following::Element(id), next })
    }

    fn push_cont(&mut self, cont: Cont) -> ContId {
        self.program.conts.push(cont);
        ContId(self.program.conts.len() as u32 - 1)
    }

    fn expr(&mut self, expr: &Expr, around: Around) -> Result<NodeId, Fault> {
        let (min, max) = counts(expr, (1, 1));
        let op = match &expr.what {
            What::Literal(text) => Op::Literal { text: text.as_str().into(), min, max, valued: true },
            What::Class(set, _) => Op::Class { set: set.clone(), min, max },
            What::Look { behind, negative, inner } => {
                let before = self.program.nodes.len();
                let inner = self.expr(inner, Around { names: around.names, follow: None })?;
                let elements = self.program.nodes.len() - before;
                Op::Look { behind: behind.then(|| self.behind(inner, elements)), negative: *negative, inner }
            }
            What::Sequence(exprs) => self.group(expr, exprs, around)?,
            What::Choice(branches) => {
                let branches: Result<Vec<_>, Fault> = branches
                    .iter()
                    .map(|branch| Ok(self.sequence(branch, around.names, around.follow)?.into()))
                    .collect();
                Op::Choice { branches: branches?.into() }
            }
            What::Macro(used) => self.macro_use(expr, &used.body, around)?,
            What::Named { info, body } => self.named(expr, info.id, body, around)?,
        };
        Ok(self.node(expr, op, around))
    }

    /// A look-behind for `inner`, which has so many elements.
    fn behind(&mut self, inner: NodeId, elements: usize) -> Box<Behind> {
        let behind = behind::of(&self.program, inner);
        self.program.steps_per_byte = behind::steps(self.program.steps_per_byte, &behind, elements);
        Box::new(behind)
    }

    fn node(&mut self, expr: &Expr, op: Op, around: Around) -> NodeId {
        let nullable = self.is_nullable(expr, &op);
        let optional = expr.optional || nullable;
        let skippable = optional || self.may_be_empty(&op);
        let zero_width = self.is_zero_width(&op);
        let slot = match &expr.export {
            Some(name) if !is_flat(expr) => around.slot(&name.text),
            _ => None,
        };
        let inner = match &op {
            Op::Group { .. } | Op::Fields { .. } | Op::Choice { .. } | Op::Look { .. } | Op::Json(_) => {
                exports::frame(std::slice::from_ref(expr))
            }
            _ => Vec::new(),
        };
        let resets = inner.iter().filter_map(|export| around.slot(&export.name)).collect();
        self.push(Node { op, optional, skippable, zero_width, slot, eats: 0, resets, span: expr.span.clone() })
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.program.nodes.push(node);
        NodeId(self.program.nodes.len() as u32 - 1)
    }

    /// `*` behind a number, an address or a time: the value may be missing.
    fn is_nullable(&self, expr: &Expr, op: &Op) -> bool {
        let counted = matches!(
            op,
            Op::Literal { .. }
                | Op::Class { .. }
                | Op::Lazy { .. }
                | Op::Quoted { .. }
                | Op::Text { .. }
                | Op::Pairs(_)
                | Op::Array(_)
        );
        !counted && expr.quantifier.as_ref().is_some_and(|q| q.min == 0)
    }

    fn may_be_empty(&self, op: &Op) -> bool {
        let all_skippable = |ids: &[NodeId]| ids.iter().all(|&id| self.program.node(id).skippable);
        match op {
            Op::Literal { min, .. } | Op::Class { min, .. } | Op::Lazy { min, .. } => *min == 0,
            Op::Text { min, .. } => *min == 0,
            Op::Pairs(repeat) | Op::Array(repeat) => repeat.min == 0 || all_skippable(&repeat.frame.items),
            Op::Group { items } => all_skippable(items),
            Op::Choice { branches } => branches.iter().any(|branch| all_skippable(branch)),
            Op::Structure(frame) => all_skippable(&frame.items),
            Op::Regex(expression) => expression.at("", 0..0, false).is_some(),
            _ => false,
        }
    }

    fn is_zero_width(&self, op: &Op) -> bool {
        match op {
            Op::Bos | Op::Eos | Op::Mos | Op::Look { .. } => true,
            Op::Group { items } => items.iter().all(|&id| self.program.node(id).zero_width),
            _ => false,
        }
    }

    fn group(&mut self, expr: &Expr, exprs: &[Expr], around: Around) -> Result<Op, Fault> {
        match expr.param(&["fs"]) {
            None => Ok(Op::Group { items: self.sequence(exprs, around.names, around.follow)?.into() }),
            Some(param) => {
                let separator = match &param.value {
                    ParamValue::Text(text) => {
                        let op = Op::Literal { text: text.as_str().into(), min: 1, max: 1, valued: true };
                        self.node(
                            &Expr::plain(What::Literal(text.clone()), param.span.clone()),
                            op,
                            Around { names: &[], follow: None },
                        )
                    }
                    ParamValue::Matchers(exprs) => {
                        let inner = Expr::plain(What::Sequence(exprs.clone()), param.span.clone());
                        self.expr(&inner, Around { names: &[], follow: None })?
                    }
                    _ => return Ok(Op::Group { items: Box::default() }),
                };
                self.fields(exprs, separator, around)
            }
        }
    }

    /// The members of a group with a separator: each is followed by the separator, the last by what follows the group.
    fn fields(&mut self, exprs: &[Expr], separator: NodeId, around: Around) -> Result<Op, Fault> {
        let between = self.link(separator, None);
        let mut items = Vec::with_capacity(exprs.len());
        for (index, expr) in exprs.iter().enumerate() {
            let follow = if index + 1 == exprs.len() { around.follow } else { Some(between) };
            items.push(self.expr(expr, Around { names: around.names, follow })?);
        }
        Ok(Op::Fields { items: items.into(), separator })
    }

    /// Without a name a macro stands for its text; with one it is a record of what it exports, or the text it matched.
    fn macro_use(&mut self, expr: &Expr, exprs: &[Expr], around: Around) -> Result<Op, Fault> {
        let inner = exports::frame(exprs);
        match expr.export.is_none() || inner.is_empty() {
            true => Ok(Op::Group { items: self.sequence(exprs, around.names, around.follow)?.into() }),
            false => Ok(Op::Structure(self.frame(exprs, around.follow)?)),
        }
    }

    fn frame(&mut self, exprs: &[Expr], follow: Option<ContId>) -> Result<Frame, Fault> {
        let names = exports::frame(exprs);
        let items = self.sequence(exprs, &names, follow)?.into();
        Ok(Frame { items, names: names.into_iter().map(|export| export.name.into()).collect() })
    }

    /// The body of a repetition: what follows its end is the next repetition too.
    fn repeated(&mut self, exprs: &[Expr], follow: Option<ContId>) -> Result<Frame, Fault> {
        let end = self.push_cont(Cont { what: Following::Again(NodeId(0)), next: follow });
        let frame = self.frame(exprs, Some(end))?;
        if let Some(&first) = frame.items.first() {
            self.program.conts[end.0 as usize].what = Following::Again(first);
        }
        Ok(frame)
    }

    /// Where a lazy matcher that is followed by `follow` ends.
    fn stop(&self, follow: Option<ContId>) -> Stop {
        let Some(cont) = follow else { return Stop::Nothing };
        let head = match self.program.cont(cont).what {
            Following::Element(id) if !self.program.node(id).optional => Some(&self.program.node(id).op),
            _ => None,
        };
        match head {
            Some(Op::Literal { text, min: 1, max: 1, .. }) => match text.as_bytes() {
                [byte] => Stop::Byte(*byte),
                bytes if bytes.len() <= SHORT_BYTES_MAX => Stop::Short { bytes: bytes.into(), rare: rare(bytes) },
                bytes => Stop::Literal(Box::new(Finder::new(bytes).into_owned())),
            },
            Some(Op::Eos) => Stop::End,
            _ => Stop::Probe {
                cont,
                first: first::of_cont(&self.program, cont).as_ref().and_then(First::new),
                required: self.has_requirement(cont),
                skip: self.skip(cont),
            },
        }
    }

    /// See [`Skip`].
    fn skip(&self, cont: ContId) -> Option<Skip> {
        let mut optional = [false; 256];
        let mut link = Some(cont);
        loop {
            let cont = self.program.cont(link?);
            let Following::Element(id) = cont.what else { return None };
            let node = self.program.node(id);
            if !node.skippable && !node.zero_width {
                let optional = if optional.contains(&true) { Some(First::new(&optional)?) } else { None };
                return self.leading_lazy(id).map(|(byte, lines, max)| Skip { byte, lines, max, optional });
            }
            first::add_node(&self.program, id, &mut optional)?;
            link = cont.next;
        }
    }

    /// The lazy matcher an element starts with, if it takes at most one character before it looks for a byte.
    fn leading_lazy(&self, id: NodeId) -> Option<(u8, bool, usize)> {
        let node = self.program.node(id);
        match &node.op {
            _ if node.optional => None,
            Op::Group { items } => self.leading_lazy(*items.first()?),
            Op::Lazy { lines, min: 0..=1, max, stop: Stop::Byte(byte) } => Some((*byte, *lines, *max)),
            _ => None,
        }
    }

    fn has_requirement(&self, cont: ContId) -> bool {
        let mut link = Some(cont);
        while let Some(id) = link {
            let cont = self.program.cont(id);
            if let Following::Element(id) = cont.what
                && !self.program.node(id).skippable
            {
                return true;
            }
            link = cont.next;
        }
        false
    }
}

/// Bytes of a literal for which preparing a search costs more than looking for one of them.
const SHORT_BYTES_MAX: usize = 4;

/// The byte of a literal that text of logs has least of.
fn rare(bytes: &[u8]) -> usize {
    let common = |byte: u8| match byte {
        b' ' => 5,
        b'a'..=b'z' => 4,
        b'0'..=b'9' | b'.' | b'-' | b'/' | b',' | b'"' | b'=' => 3,
        b'A'..=b'Z' | b':' | b'_' => 2,
        _ => 1,
    };
    (0..bytes.len()).min_by_key(|&at| common(bytes[at])).unwrap_or(0)
}

/// Least and most repetitions of an expression whose default is `default`.
pub(super) fn counts(expr: &Expr, default: (usize, usize)) -> (usize, usize) {
    match &expr.quantifier {
        None => default,
        Some(quantifier) => {
            let open = COUNT_MAX.max(quantifier.min);
            (quantifier.min, quantifier.max.unwrap_or(open))
        }
    }
}
