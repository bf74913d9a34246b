use expect_test::{Expect, expect};
use weir_event::{Fault, Record, Timestamp};
use weir_testkit::archive;
use weir_yaml::Node;

use super::{decode, records, unpack};
use crate::fault;
use crate::http::Reply;
use crate::manifest::Response;
use crate::path::plain;
use crate::slot::Scope;

/// The records as texts.
fn answer(response: &str, body: impl AsRef<[u8]>) -> Result<String, Fault> {
    let node = &Node::read("t.yaml", response, &fault::MANIFEST).unwrap()[0];
    let response = Response::read(node).unwrap();
    let reply = Reply { status: 200, headers: Vec::new(), body: body.as_ref().to_vec() };
    let config = Record::new();
    unpack(&response, &reply, 1 << 20, "t").and_then(|texts| {
        let body = decode(&response, &texts, "t")?;
        let selected = records(&response, &body, &Scope::new(&config, Timestamp(0))).unwrap();
        let texts = selected.found.iter().flat_map(|found| match found.parts.as_slice() {
            [] => vec![plain(&found.given)],
            parts => parts.iter().map(plain).collect(),
        });
        Ok(texts.collect::<Vec<_>>().join("\n"))
    })
}

#[track_caller]
fn check(response: &str, body: impl AsRef<[u8]>, expect: Expect) {
    let answer = answer(response, body);
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
}

const XML: &str = "<?xml version='1.0'?><!DOCTYPE r SYSTEM 'x.dtd'><r><q:host id='1'><ip> 192.0.2.1 </ip><vuln sev='5'>a &amp; b</vuln>\
    <vuln/><note><![CDATA[ <b>x</b> ]]></note></q:host></r>";

#[test]
fn xml_is_a_tree() {
    check(
        r#"{decode: [xml], select: [{path: "$.r.host"}]}"#,
        XML,
        expect![[r##"{"@id":"1","ip":"192.0.2.1","vuln":[{"@sev":"5","#text":"a & b"},""],"note":"<b>x</b>"}"##]],
    );
    check(r#"{decode: [{xml: {lists: [host]}}], select: [{path: "$.r.host[*].ip"}]}"#, XML, expect!["192.0.2.1"]);
    check(
        r#"{decode: [{xml: {lists: [host]}}], select: [{path: "$.r.host[*]"}], explode: {path: "$.vuln", as: vuln, each: true}}"#,
        XML,
        expect![[r##"
            {"@id":"1","ip":"192.0.2.1","note":"<b>x</b>","vuln":{"@sev":"5","#text":"a & b"}}
            {"@id":"1","ip":"192.0.2.1","note":"<b>x</b>","vuln":""}"##]],
    );
    check(
        r#"{decode: [xml], select: [{path: "$.r"}]}"#,
        "<r><a>1</a>",
        expect!["COLLECT-212: an element is not closed"],
    );
    check(r#"{decode: [xml], select: [{path: "$.r"}]}"#, "oops", expect!["COLLECT-205: oops"]);
    check(r#"{decode: [xml], select: [{path: "$.r"}]}"#, "</r>", expect!["COLLECT-205: </r>"]);
}

#[test]
fn pairs_of_a_map_are_records() {
    check(
        r#"{select: [{path: "$", add: {email: "{{record.alias}}@example.com"}}], map_to_rows: {path: "$", key_as: alias, value_as: breach}}"#,
        r#"{"ana":["a","b"],"bo.c":["a"],"empty":[]}"#,
        expect![[r#"
            {"alias":"ana","breach":"a","email":"ana@example.com"}
            {"alias":"ana","breach":"b","email":"ana@example.com"}
            {"alias":"bo.c","breach":"a","email":"bo.c@example.com"}"#]],
    );
}

#[test]
fn members_deep_inside_are_taken_apart() {
    let deep =
        |empty: &str| format!("{{select: [{{path: \"$[*]\"}}], explode: {{path: \"$.a.b\", as: b, empty: {empty}}}}}");
    let body = r#"[{"id":1,"a":{"b":[{"x":1},{"x":2}],"c":3}},{"id":2,"a":{"b":[]}},{"id":3}]"#;
    check(
        &deep("drop"),
        body,
        expect![[r#"
            {"id":1,"a":{"c":3},"b":{"x":1}}
            {"id":1,"a":{"c":3},"b":{"x":2}}
            {"id":2,"a":{"b":[]}}
            {"id":3}"#]],
    );
    check(
        &deep("keep"),
        body,
        expect![[r#"
            {"id":1,"a":{"c":3},"b":{"x":1}}
            {"id":1,"a":{"c":3},"b":{"x":2}}
            {"id":2}
            {"id":3}"#]],
    );
}

#[test]
fn archives_and_wrappers_are_unpacked() {
    let files = archive(&[("a.json", "{\"a\":1}"), ("readme", "no"), ("b.json", "{\"a\":2}\n{\"a\":3}")]);
    let zip = r#"{decode: [{zip: "*.json"}, ndjson], select: [{path: "$[*]"}]}"#;
    check(
        zip,
        &files,
        expect![[r#"
            {"a":1}
            {"a":2}
            {"a":3}"#]],
    );
    check(zip, &files[..files.len() - 30], expect!["COLLECT-212: the archive has no end"]);
    check(zip, archive(&[]), expect![""]);
    let mut hostile = files.clone();
    let at = files.len() - 6;
    hostile[at..at + 4].copy_from_slice(&[0xff; 4]);
    check(zip, hostile, expect!["COLLECT-212: the archive has no end"]);
    check(r#"{decode: [gzip, json], select: [{path: "$[*]"}]}"#, "[1]", expect!["1"]);
    check(
        r#"{decode: [{base64: "$.r.c"}, csv], select: [{path: "$[*]"}]}"#,
        "<r><c>YSxi\nCjEsMgo=</c></r>",
        expect![[r#"{"a":"1","b":"2"}"#]],
    );
    check(
        r#"{decode: [{csv: {skip_until: "id,", until: "----END"}}], select: [{path: "$[*]"}]}"#,
        "----BEGIN\nid,n\n1,a\n----END\nx,y\n",
        expect![[r#"{"id":"1","n":"a"}"#]],
    );
}

/// The answer is right, or it is not the one that was asked for.
#[track_caller]
fn check_place(response: &str, right: &[&str], wrong: &[&str]) {
    for body in right {
        assert_eq!(answer(response, body).map_err(|fault| fault.to_string()).err(), None, "{response}: {body}");
    }
    for body in wrong {
        assert_eq!(answer(response, body).map_err(|fault| fault.id()).err(), Some("COLLECT-215"), "{response}: {body}");
    }
}

#[test]
fn another_answer_is_not_an_empty_one() {
    let needed = r#"{select: [{path: "$.data.items[*]"}]}"#;
    check(needed, r#"{"error":"no"}"#, expect![[r#"COLLECT-215: {"error":"no"}"#]]);
    check(needed, r#"{"data":{"items":[]}}"#, expect![""]);
    check(r#"{select: [{path: "$.rows[?(@.id)]"}]}"#, r#"{"rows":[{"id":1},{"x":2}]}"#, expect![[r#"{"id":1}"#]]);
    const OTHER: [&str; 5] = ["null", r#""maintenance""#, "5", r#"{"error":"busy"}"#, r#"{"items":{"error":"busy"}}"#];
    check_place(r#"{select: [{path: "$[*]"}]}"#, &["[]", r#"[{"a":1}]"#], &OTHER);
    check_place(r#"{select: [{path: "$[?(@.id)]"}]}"#, &["[]"], &OTHER);
    check_place(r#"{select: [{path: "$.items[*]"}]}"#, &[r#"{"items":[]}"#], &[&OTHER[..], &["[]"]].concat());
    check_place(r#"{select: [{path: "$.items[*]"}]}"#, &[], &[r#"{"items":null}"#, r#"{"items":"busy"}"#]);
    check_place(r#"{select: [{path: "$"}]}"#, &[r#"{"a":1}"#, "{}"], &["null", "5", r#""maintenance""#, "[1]"]);
    check_place(r#"{select: [{path: "$.data"}]}"#, &[r#"{"data":{}}"#], &[r#"{"data":null}"#, r#"{"data":"busy"}"#]);
    check_place(r#"{select: [{path: "$.list[-1]"}]}"#, &[r#"{"list":[]}"#], &["{}", r#"{"list":{}}"#]);
}

#[test]
fn records_by_key_are_an_object() {
    let by_key = r#"{select: [{path: "$.hosts.*"}]}"#;
    check(
        by_key,
        r#"{"hosts":{"a":{"v":1},"b":{"v":2}}}"#,
        expect![[r#"
            {"v":1}
            {"v":2}"#]],
    );
    check_place(by_key, &[r#"{"hosts":{}}"#, r#"{"hosts":[]}"#], &["{}", r#"{"hosts":null}"#, r#"{"hosts":"x"}"#]);
}

#[test]
fn what_may_be_missing_is_still_no_other_form() {
    let optional = r#"{select: [{path: "$.data.items[*]", optional: true}]}"#;
    check(optional, r#"{"error":"no"}"#, expect![""]);
    check_place(
        optional,
        &["{}", r#"{"data":null}"#, r#"{"data":{"items":null}}"#],
        &["null", "[]", r#""x""#, r#"{"data":"x"}"#, r#"{"data":[]}"#, r#"{"data":{"items":{}}}"#],
    );
    check_place(r#"{select: [{path: "$[*]", optional: true}]}"#, &["null", "[]"], &["{}", r#""x""#]);
    let nullable = r#"{select: [{path: "$.items[*]", nullable: true}]}"#;
    check_place(nullable, &[r#"{"items":null}"#, r#"{"items":[]}"#], &["null", "{}", r#"{"items":{}}"#]);
    let several = r#"{select: [{path: "$.sent[*]", optional: true}, {path: "$.held[*]", optional: true}]}"#;
    check_place(
        several,
        &[r#"{"sent":[]}"#, r#"{"held":null}"#],
        &["{}", r#"{"error":"busy"}"#, r#"{"sent":{},"held":[]}"#],
    );
}

#[test]
fn shapes_of_whole_answers_have_their_places() {
    check_place(
        r#"{select: [{path: "$[*]"}], zip_columns: {columns: "$.t[0].c[*].name", rows: "$.t[0].r[*]"}}"#,
        &[r#"{"t":[{"c":[{"name":"a"}],"r":[]}]}"#],
        &[
            r#"{"error":"busy"}"#,
            r#"{"t":[]}"#,
            r#"{"t":[{"c":[],"r":[]}]}"#,
            r#"{"t":[{"c":[],"r":{}}]}"#,
            "null",
            "[]",
        ],
    );
    let pairs = r#"{select: [{path: "$"}], map_to_rows: {path: "$.m", key_as: k, value_as: v}}"#;
    check_place(pairs, &[r#"{"m":{}}"#], &["{}", r#"{"m":null}"#, r#"{"m":"x"}"#, "null"]);
}

#[test]
fn tables_have_names_and_elements_are_lists() {
    let named = r#"{decode: [{csv: {skip_until: "id,"}}], select: [{path: "$[*]"}]}"#;
    check_place(
        named,
        &["id,n\n", "report\nid,n\n1,a\n"],
        &["Sorry, we are down for maintenance", r#"{"error":"busy"}"#],
    );
    let plain = r#"{decode: [csv], select: [{path: "$[*]"}]}"#;
    check_place(plain, &["id,n\n"], &["maintenance", r#"{"error":"busy","code":5}"#, "<a>x,y</a>"]);
    check(plain, " \n", expect!["COLLECT-212: it is empty, without a line of names"]);
    check(r#"{decode: [csv], select: [{path: "$[*]", optional: true}]}"#, "\n", expect![""]);
    let lines = r#"{decode: [ndjson], select: [{path: "$[*]"}]}"#;
    check(lines, "", expect![""]);
    check(lines, "null", expect!["COLLECT-205: null"]);
    check(lines, "{\"a\":1}\n\"maintenance\"\n", expect![[r#"COLLECT-205: "maintenance""#]]);
    let xml = r#"{decode: [{xml: {lists: [host]}}], select: [{path: "$.r.hosts.host[*]", optional: true}]}"#;
    check_place(
        xml,
        &["<r/>", "<r><hosts/></r>", "<r><hosts><host/></hosts></r>"],
        &["<r>busy</r>", "<r><hosts>busy</hosts></r>", "<error>busy</error>", "<error><code>5</code></error>"],
    );
    let unnamed = r#"{decode: [xml], select: [{path: "$.r.host[*]"}]}"#;
    check_place(unnamed, &["<r><host>1</host><host>2</host></r>"], &["<r><host><id>1</id></host></r>", "<error/>"]);
}

#[test]
fn an_archive_is_a_list_of_its_files() {
    let zip = r#"{decode: [{zip: "*.json"}, json], select: [{path: "$[*]"}]}"#;
    check(zip, archive(&[("a.json", r#"{"a":{"b":1}}"#)]), expect![[r#"{"a":{"b":1}}"#]]);
    check(zip, archive(&[("error.txt", "busy")]), expect!["COLLECT-215: error.txt"]);
    check(zip, archive(&[("a.json", "[]"), ("b.json", "null")]), expect!["COLLECT-205: null"]);
}

#[test]
fn records_get_the_elements_of_another_list() {
    let two = "{select: [{path: \"$.a[*]\", optional: true}, {path: \"$[*]\", optional: true}], join: {list: \"$.b[*]\", by: \"$.id\", key: \"$.of\", as: more}}";
    check(
        two,
        r#"{"a":[{"id":1},{"id":"2"},{"id":null},{}],"b":[{"of":1,"x":"first"},{"of":1,"x":"second"},{"of":2},7,{"of":null}]}"#,
        expect![[r#"
            {"id":1,"more":{"of":1,"x":"first"}}
            {"id":"2","more":{"of":2}}
            {"id":null}
            {}"#]],
    );
    check(two, r#"[{"id":1}]"#, expect![[r#"{"id":1}"#]]);
    check(two, r#"{"a":[],"b":[]}"#, expect![""]);
    check(two, r#"{"b":[]}"#, expect![[r#"COLLECT-215: {"b":[]}"#]]);
    check(two, r#""text""#, expect!["COLLECT-215: text"]);
}

#[test]
fn records_of_which_a_condition_holds_are_left_out() {
    check(
        "{select: [{path: \"$[*]\", unless: {\"$.on\": \"false\"}}]}",
        r#"[{"on":true},{"on":false},{"on":"false"},{}]"#,
        expect![[r#"
            {"on":true}
            {}"#]],
    );
}

#[test]
fn what_cannot_be_taken_apart_says_so() {
    let explode = "{select: [{path: \"$\"}], explode: {path: \"$.m\", as: part, notes: true}}";
    check(explode, r#"{"m":{}}"#, expect![[r#"{"weir.notes":["m_empty"]}"#]]);
    check(explode, r#"{"m":5}"#, expect![[r#"{"m":5,"weir.notes":["m_not_a_map"]}"#]]);
    check(explode, r#"{"n":5}"#, expect![[r#"{"n":5}"#]]);
}
