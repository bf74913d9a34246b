use expect_test::{Expect, expect};
use weir_yaml::Node;

use super::{decode, records, unpack};
use crate::fault;
use crate::http::Reply;
use crate::manifest::Response;
use crate::path::plain;

#[track_caller]
fn check(response: &str, body: &str, expect: Expect) {
    let node = &Node::read("t.yaml", response, &fault::MANIFEST).unwrap()[0];
    let response = Response::read(node).unwrap();
    let reply = Reply { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
    let answer = unpack(&response, &reply, 1 << 20, "t").and_then(|text| {
        let found = records(&response, decode(&response, &text, "t")?);
        Ok(found.iter().flat_map(|found| &found.parts).map(plain).collect::<Vec<_>>().join("\n"))
    });
    expect.assert_eq(&answer.unwrap_or_else(|fault| format!("{}: {}", fault.id(), fault.cause())));
}

const EXPLODE: &str = "{select: [{path: \"$\"}], explode: {path: \"$.instances\", as: info, key: name}}";

#[test]
fn one_record_for_each_entry_of_a_map() {
    check(
        EXPLODE,
        r#"{"v":1,"instances":{"10":{"id":10},"2":{"id":2},"east":true}}"#,
        expect![[r#"
            {"v":1,"name":"2","info":{"id":2}}
            {"v":1,"name":"10","info":{"id":10}}
            {"v":1,"name":"east","info":true}"#]],
    );
    check(
        EXPLODE,
        r#"{"v":1,"instances":[{"id":1}],"info":7}"#,
        expect![[r#"{"v":1,"info_original":7,"name":"0","info":{"id":1}}"#]],
    );
}

#[test]
fn nothing_to_take_apart_stays_whole() {
    check(EXPLODE, r#"{"v":1}"#, expect![[r#"{"v":1}"#]]);
    check(EXPLODE, r#"{"v":1,"instances":{}}"#, expect![[r#"{"v":1}"#]]);
    check(EXPLODE, r#"{"v":1,"instances":null}"#, expect![[r#"{"v":1}"#]]);
    check(EXPLODE, r#"{"v":1,"instances":5}"#, expect![[r#"{"v":1,"instances":5}"#]]);
}

#[test]
fn columns_and_rows_lines_and_tables() {
    check(
        r#"{select: [{path: "$[*]"}], zip_columns: {columns: "$.columns[*].name", rows: "$.rows[*]"}}"#,
        r#"{"columns":[{"name":"a"},{"name":"b"}],"rows":[[1,"x"],[2,null]]}"#,
        expect![[r#"
            {"a":1,"b":"x"}
            {"a":2,"b":null}"#]],
    );
    check(
        r#"{decode: [ndjson], select: [{path: "$[*]"}]}"#,
        "{\"a\":1}\n\n{\"a\":2}\n",
        expect![[r#"
        {"a":1}
        {"a":2}"#]],
    );
    check(
        r#"{decode: [{csv: {delimiter: ",", skip_until: id}}], select: [{path: "$[*]"}]}"#,
        "report\nid,name\n1,\"a\nb\"\n2\n",
        expect![[r#"
            {"id":"1","name":"a\nb"}
            {"id":"2"}"#]],
    );
    check(r#"{decode: [{strip_prefix: "OK:"}, json], select: [{path: "$[*]"}]}"#, "OK:[1]", expect!["1"]);
}

#[test]
fn what_is_cut_is_told_from_what_is_no_data() {
    let plain = r#"{select: [{path: "$.items[*]"}]}"#;
    check(plain, r#"{"items":[{"a":1},{"#, expect!["COLLECT-212: it ends in the middle, after 19 bytes"]);
    check(plain, "", expect!["COLLECT-212: it ends in the middle, after 0 bytes"]);
    check(plain, "oops", expect!["COLLECT-205: a value is missing at byte 0: oops"]);
    check(plain, r#"{"items":null}"#, expect![""]);
}
