use expect_test::{Expect, expect};

use super::{Path, plain};

const ANSWER: &str =
    r#"{"value":[{"id":1,"kind":"a"},{"id":2,"kind":"b"}],"@odata.nextLink":"next","meta":{"uid":"u","list":[1,2,3]}}"#;

#[track_caller]
fn check(path: &str, expect: Expect) {
    let root = weir_parse::json::to_value(ANSWER).unwrap();
    let answer = match Path::parse(path) {
        Ok(path) => path.all(&root).into_iter().map(plain).collect::<Vec<_>>().join(" "),
        Err(error) => format!("at {}: {}", error.at, error.says),
    };
    expect.assert_eq(&answer);
}

#[test]
fn members_elements_and_alternatives() {
    check("$.value[*].id", expect!["1 2"]);
    check("$['@odata.nextLink']", expect!["next"]);
    check("$.meta.id|uid", expect!["u"]);
    check("$.meta.list[-1]", expect!["3"]);
    check("$.value[?(@.kind=='b')].id", expect!["2"]);
    check("$.value[?(@.kind!='b')].id", expect!["1"]);
    check("$..id", expect!["1 2"]);
    check("$.meta.list.*", expect!["1 2 3"]);
}

#[test]
fn nothing_there_is_nothing() {
    check("$.none.deeper?", expect![""]);
    check("$.meta.list[7]", expect![""]);
    check("$.value[0].id[*]", expect![""]);
}

#[test]
fn mistakes_have_a_place() {
    check("value", expect!["at 0: a path begins with `$`"]);
    check("$.", expect!["at 2: expected a name; quote unusual ones: `['a name']`"]);
    check("$['a", expect!["at 3: the quote is not closed"]);
    check("$[x]", expect!["at 2: expected a number, `*` or a quoted name"]);
    check("$.a[?(@.b~'c')]", expect!["at 9: expected `==`, `!=` or `)`"]);
}
