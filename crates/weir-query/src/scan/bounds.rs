//! A comparison of a column with a value, for what the statistics of a row group can tell.

use std::cmp::Ordering;

use parquet::file::statistics::Statistics;
use weir_event::Value;
use weir_lang::ast::{Binary, Expr, Node};

/// `column op value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    op: Binary,
    value: Value<'static>,
}

impl Bounds {
    /// The bounds that a condition sets to the one field it looks at; `None` for a condition of another shape.
    pub fn of(condition: &Expr) -> Option<Bounds> {
        let Node::Binary(op, left, right) = &condition.node else { return None };
        let (op, value) = match (left.as_field(), right.as_literal(), left.as_literal(), right.as_field()) {
            (Some(_), Some(value), ..) => (*op, value),
            (_, _, Some(value), Some(_)) => (mirrored(*op), value),
            _ => return None,
        };
        Some(Bounds { op, value: value.clone() })
    }

    /// Whether no value between the least and the greatest fulfils the condition. Cut statistics are never too narrow.
    /// Stored times count units of `unit_nanos`.
    pub fn exclude(&self, statistics: &Statistics, unit_nanos: i64) -> bool {
        match (statistics, &self.value) {
            (old, _) if old.is_min_max_deprecated() => false,
            (Statistics::Int64(bounds), Value::Timestamp(value)) => {
                let of = |stored: &i64| stored.saturating_mul(unit_nanos).cmp(&value.0);
                self.excludes(bounds.min_opt().map(of), bounds.max_opt().map(of))
            }
            (Statistics::Int64(bounds), Value::Long(value)) => self
                .excludes(bounds.min_opt().map(|least| least.cmp(value)), bounds.max_opt().map(|most| most.cmp(value))),
            (Statistics::ByteArray(bounds), Value::Text(value)) => {
                let of = |bytes: &[u8]| bytes.cmp(value.as_bytes());
                let most = bounds.max_opt().map(|most| of(most.data()));
                self.excludes(bounds.min_opt().map(|least| of(least.data())), most)
            }
            _ => false,
        }
    }

    /// `least` and `most` are how the least and the greatest value compare with the wanted one.
    fn excludes(&self, least: Option<Ordering>, most: Option<Ordering>) -> bool {
        use Ordering::{Equal, Greater, Less};
        match self.op {
            Binary::Equal => least == Some(Greater) || most == Some(Less),
            Binary::Less => matches!(least, Some(Greater | Equal)),
            Binary::LessEqual => least == Some(Greater),
            Binary::Greater => matches!(most, Some(Less | Equal)),
            Binary::GreaterEqual => most == Some(Less),
            _ => false,
        }
    }
}

/// The operator when its operands change places.
fn mirrored(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: &str, least: i64, most: i64, expected: bool) {
        let bounds = Bounds::of(&weir_lang::parse_expr(condition).expect("an expression")).expect("a comparison");
        let statistics = Statistics::int64(Some(least), Some(most), None, Some(0), false);
        assert_eq!(bounds.exclude(&statistics, 1), expected, "{condition} over {least}..={most}");
    }

    #[test]
    fn only_what_cannot_be_is_excluded() {
        check("a == 5", 1, 4, true);
        check("a == 5", 5, 5, false);
        check("a != 5", 5, 5, false);
        check("a > 5", 1, 5, true);
        check("a >= 5", 1, 5, false);
        check("a < 5", 5, 9, true);
        check("a <= 5", 5, 9, false);
        check("5 < a", 1, 5, true);
        check("5 > a", 1, 5, false);
    }

    #[test]
    fn texts_compare_by_bytes() {
        let bounds = Bounds::of(&weir_lang::parse_expr("a == \"m\"").expect("an expression")).expect("a comparison");
        let text = |least: &str, most: &str| {
            Statistics::byte_array(Some(least.into()), Some(most.into()), None, Some(0), false)
        };
        let excluded = |least, most| bounds.exclude(&text(least, most), 1);
        assert!(excluded("n", "z") && excluded("a", "l") && !excluded("a", "z"));
    }

    #[test]
    fn stored_times_have_units() {
        let value = Value::Timestamp(weir_event::Timestamp(5_000));
        let bounds = Bounds { op: Binary::GreaterEqual, value };
        let micros = |least, most| Statistics::int64(Some(least), Some(most), None, Some(0), false);
        assert!(bounds.exclude(&micros(1, 4), 1_000) && !bounds.exclude(&micros(1, 5), 1_000));
    }
}
