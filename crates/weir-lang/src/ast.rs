//! The tree of a query: commands with their arguments, and expressions. Every part knows where it was written.

use weir_event::Value;

use crate::commands::CommandKind;
use crate::functions::Function;

/// Bytes of the query text, half open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// Commands joined by pipes. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub commands: Vec<Command>,
    pub span: Span,
}

/// One command with its arguments as written; [`crate::commands`] says which it takes, and the parser has checked that.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub kind: CommandKind,
    pub args: Vec<Arg>,
    pub span: Span,
}

/// One argument of a command or a call: `expr`, `alias = expr`, `name: expr`, `expr desc`, `{...}` or `[query]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The parameter of `name: value`.
    pub name: Option<String>,
    /// The field of `alias = value`.
    pub alias: Option<String>,
    pub value: ArgValue,
    /// `asc` or `desc` behind the value.
    pub order: Option<Order>,
    /// The value's text in normal form: the automatic name of the result.
    pub source: String,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ArgValue {
    Expr(Expr),
    /// `{a, b = c}`: only grouping, without a type of its own.
    Group(Vec<Arg>),
    /// `[query]`.
    Block(Query),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// An expression. Make one with [`Expr::new`], which keeps count of its height.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub node: Node,
    pub span: Span,
    height: u16,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Literal(Value<'static>),
    /// A length of time that depends on the calendar: `1M`, `2q`, `-1y`.
    Calendar(Calendar),
    Field(String),
    /// `$name`.
    Variable(String),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `needle in [query]`.
    InQuery(Box<Expr>, Box<Query>),
    /// `operand@unit`; without operand the present is aligned.
    Align(Option<Box<Expr>>, Unit),
    /// `of[index]`; counts from the end when negative.
    Element(Box<Expr>, i64),
    /// `of[name]`.
    Member(Box<Expr>, String),
    /// `of[]`.
    Each(Box<Expr>),
    Call(Call),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub function: &'static Function,
    pub args: Vec<Arg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub months: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Minus,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Search,
    And,
    Or,
    Xor,
}

impl Binary {
    /// `== != < <= > >=`.
    pub fn compares(self) -> bool {
        use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }

    /// `+ - * / %`.
    pub fn computes(self) -> bool {
        use Binary::{Add, Divide, Multiply, Remainder, Subtract};
        matches!(self, Add | Subtract | Multiply | Divide | Remainder)
    }

    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Remainder => "%",
            Binary::Equal => "==",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterEqual => ">=",
            Binary::Search => "~",
            Binary::And => "and",
            Binary::Or => "or",
            Binary::Xor => "xor",
        }
    }
}

/// What `@` rounds down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A length in nanoseconds that divides a day, counted from midnight.
    Fixed(i64),
    Day,
    /// The day a week begins on, Monday = 1 to Sunday = 7.
    Week(i8),
    Month,
    Quarter,
    Year,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    pub fn to(self, end: Span) -> Span {
        Span { start: self.start, end: end.end }
    }
}

impl Expr {
    pub fn new(node: Node, span: Span) -> Expr {
        let mut highest = 0;
        each_child(&node, &mut |child| highest = highest.max(child.height));
        Expr { node, span, height: highest.saturating_add(1) }
    }

    /// A value that stands for itself.
    pub fn literal(value: Value<'static>) -> Expr {
        Expr::new(Node::Literal(value), Span::default())
    }

    pub fn field(name: impl Into<String>) -> Expr {
        Expr::new(Node::Field(name.into()), Span::default())
    }

    /// How many nodes deep the tree is; the parser refuses trees higher than it takes to overflow a stack.
    pub fn height(&self) -> usize {
        self.height.into()
    }

    /// The name, if the expression is nothing but a field.
    pub fn as_field(&self) -> Option<&str> {
        match &self.node {
            Node::Field(name) => Some(name),
            _ => None,
        }
    }

    pub fn as_literal(&self) -> Option<&Value<'static>> {
        match &self.node {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Calls `visit` with every direct sub-expression in written order.
    pub fn each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        each_child(&self.node, visit);
    }

    /// Calls `visit` with this expression and everything below it, parents first.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        self.each_child(&mut |child| child.walk(visit));
    }

    /// True when the test holds for this expression or one below it.
    pub fn any(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= test(expr));
        found
    }

    /// Replaces every sub-expression for which `swap` has another, from the top; what is replaced is not looked into.
    pub fn replace(&mut self, swap: &mut dyn FnMut(&Expr) -> Option<Expr>) {
        if let Some(other) = swap(self) {
            *self = other;
            return;
        }
        match &mut self.node {
            Node::Unary(_, a) | Node::Element(a, _) | Node::Member(a, _) | Node::Each(a) | Node::InQuery(a, _) => {
                a.replace(swap)
            }
            Node::Align(Some(a), _) => a.replace(swap),
            Node::Binary(_, a, b) => {
                a.replace(swap);
                b.replace(swap);
            }
            Node::Call(call) => call.args.iter_mut().for_each(|arg| arg.replace(swap)),
            _ => {}
        }
    }

    /// Names of the fields the expression reads, each once, in written order. An expression that looks at the whole record is
    /// told by [`Expr::reads_all`].
    pub fn fields(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.walk(&mut |expr| {
            if let Node::Field(name) = &expr.node
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        });
        names
    }

    /// True when the value is an array made element by element: a `[]` outside of the functions that collect it.
    pub fn is_iterative(&self) -> bool {
        match &self.node {
            Node::Each(_) => true,
            Node::Call(call) if call.function.collects() => false,
            node => {
                let mut found = false;
                each_child(node, &mut |child| found |= child.is_iterative());
                found
            }
        }
    }

    /// True when an aggregation occurs anywhere.
    pub fn has_aggregate(&self) -> bool {
        self.any(&|expr| matches!(&expr.node, Node::Call(call) if call.function.is_aggregate()))
    }

    /// True when a window function occurs anywhere.
    pub fn has_window(&self) -> bool {
        self.any(&|expr| matches!(&expr.node, Node::Call(call) if call.function.is_window()))
    }

    /// How many nodes the tree has.
    pub fn nodes(&self) -> usize {
        let mut count = 0;
        self.walk(&mut |_| count += 1);
        count
    }

    /// The parts of a condition that all must hold: the operands of its outermost `and`s.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        let mut parts = Vec::new();
        split_and(self, &mut parts);
        parts
    }
}

impl Arg {
    /// An argument without name, alias or place.
    pub fn of(expr: Expr) -> Arg {
        Arg {
            name: None,
            alias: None,
            value: ArgValue::Expr(expr),
            order: None,
            source: String::new(),
            span: Span::default(),
        }
    }

    pub fn expr(&self) -> Option<&Expr> {
        match &self.value {
            ArgValue::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    pub fn block(&self) -> Option<&Query> {
        match &self.value {
            ArgValue::Block(query) => Some(query),
            _ => None,
        }
    }

    /// What the result is called: the alias, the field's own name, or the normal form of the text.
    pub fn result_name(&self) -> &str {
        match (&self.alias, self.expr().and_then(Expr::as_field)) {
            (Some(alias), _) => alias,
            (None, Some(field)) => field,
            (None, None) => &self.source,
        }
    }

    /// The argument itself, or what its braces hold, flattened.
    pub fn items(&self) -> Vec<&Arg> {
        match &self.value {
            ArgValue::Group(args) => args.iter().flat_map(Arg::items).collect(),
            _ => vec![self],
        }
    }

    fn replace(&mut self, swap: &mut dyn FnMut(&Expr) -> Option<Expr>) {
        match &mut self.value {
            ArgValue::Expr(expr) => expr.replace(swap),
            ArgValue::Group(args) => args.iter_mut().for_each(|arg| arg.replace(swap)),
            ArgValue::Block(_) => {}
        }
    }
}

impl Command {
    /// The argument of a named parameter.
    pub fn named(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.name.as_deref() == Some(name))
    }

    /// What a named parameter lists, braces flattened. Empty when it is not given.
    pub fn list(&self, name: &str) -> Vec<&Arg> {
        self.named(name).map(Arg::items).unwrap_or_default()
    }

    /// The arguments without a parameter's name, braces flattened.
    pub fn items(&self) -> Vec<&Arg> {
        self.args.iter().filter(|arg| arg.name.is_none()).flat_map(Arg::items).collect()
    }

    /// The expression of a named parameter.
    pub fn expr(&self, name: &str) -> Option<&Expr> {
        self.list(name).first().and_then(|arg| arg.expr())
    }

    /// The sub-query among the arguments.
    pub fn block(&self) -> Option<&Query> {
        self.args.iter().find_map(Arg::block)
    }
}

fn each_child<'e>(node: &'e Node, visit: &mut dyn FnMut(&'e Expr)) {
    match node {
        Node::Literal(_) | Node::Calendar(_) | Node::Field(_) | Node::Variable(_) | Node::Align(None, _) => {}
        Node::Unary(_, a) | Node::Element(a, _) | Node::Member(a, _) | Node::Each(a) | Node::InQuery(a, _) => visit(a),
        Node::Align(Some(a), _) => visit(a),
        Node::Binary(_, a, b) => {
            visit(a);
            visit(b);
        }
        Node::Call(call) => {
            for arg in call.args.iter().flat_map(Arg::items) {
                if let ArgValue::Expr(expr) = &arg.value {
                    visit(expr);
                }
            }
        }
    }
}

fn split_and<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &expr.node {
        Node::Binary(Binary::And, a, b) => {
            split_and(a, parts);
            split_and(b, parts);
        }
        _ => parts.push(expr),
    }
}
