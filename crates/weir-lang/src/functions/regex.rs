//! Regular expressions in linear time: weir's own functions. The expression is written out, so that it is compiled once.

use super::{Fallback, Function, Param, RegexUse, Row, Special, arg, opt};
use crate::types::{ANY, ARRAY, BOOL, LONG, TEXT, Types};

const TWO: &[Param] = &[arg("expression", TEXT), arg("regex", TEXT)];
const GROUP: &[Param] = &[arg("expression", TEXT), arg("regex", TEXT), opt("group", LONG, Fallback::Null)];
const REPLACE: &[Param] = &[arg("expression", TEXT), arg("regex", TEXT), arg("replacement", TEXT)];

const fn regex(
    name: &'static str,
    takes: &'static [Param],
    gives: Types,
    says: &'static str,
    examples: &'static [(&'static str, &'static str)],
    does: RegexUse,
) -> Function {
    Function { name, takes, gives, says, examples, row: Row::Special(Special::Regex(does)) }
}

pub(super) const FUNCTIONS: &[Function] = &[
    regex(
        "containsRegex",
        TWO,
        BOOL,
        "True when the regular expression matches somewhere in the text.",
        &[
            ("containsRegex(\"port 8080 open\", \"\\d{4}\")", "true"),
            ("containsRegex(\"\", \"x\")", "false"),
            ("containsRegex(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"(a*)*b\")", "false"),
        ],
        RegexUse::Contains,
    ),
    regex(
        "extractAllRegex",
        GROUP,
        ARRAY,
        "Every match, each as extractRegex gives it.",
        &[
            ("extractAllRegex(\"a=1 b=2\", \"(\\w)=(\\d)\", group: 2)", "[1, 2]"),
            ("extractAllRegex(\"\", \"x\")", "[]"),
            ("arraySize(extractAllRegex(\"äö\", \"\"))", "3"),
        ],
        RegexUse::ExtractAll,
    ),
    regex(
        "extractRegex",
        GROUP,
        ANY,
        "The first match: the group of that number, or the only group, or a record of several groups by name or number, or the whole.",
        &[
            ("extractRegex(\"user=ana id=7\", \"user=(\\w+)\")", "ana"),
            ("extractRegex(\"ana:7\", \"(?P<user>\\w+):(?P<id>\\d+)\")", "{\"user\":\"ana\",\"id\":\"7\"}"),
            ("extractRegex(\"ana\", \"\\d\")", "null"),
            ("extractRegex(\"ana\", \"a(x)?\", group: 9)", "null"),
        ],
        RegexUse::Extract,
    ),
    regex(
        "replaceRegex",
        REPLACE,
        TEXT,
        "The text with every match replaced; `$1` and `${name}` in the replacement are groups, `$$` is a dollar.",
        &[
            ("replaceRegex(\"card 4111 1111\", \"\\d\", \"#\")", "card #### ####"),
            ("replaceRegex(\"a-b\", \"(\\w)-(\\w)\", \"$2-$1\")", "b-a"),
            ("replaceRegex(\"\", \"x\", \"y\")", ""),
            ("replaceRegex(\"ab\", \"\", \"-\")", "-a-b-"),
        ],
        RegexUse::Replace,
    ),
    regex(
        "splitByRegex",
        TWO,
        ARRAY,
        "The parts of the text between the matches.",
        &[
            ("splitByRegex(\"a, b;c\", \"[,;]\\s*\")", "[a, b, c]"),
            ("splitByRegex(\"\", \"x\")", "[]"),
            ("splitByRegex(null, \"x\")", "null"),
        ],
        RegexUse::Split,
    ),
];
