//! What the matchers do beyond the vectors: one line each.

use serde_json::Value as Json;
use weir_event::{Record, Timestamp, Value};

use super::super::{Pattern, PatternOptions, run_mode};

#[track_caller]
fn run(mode: &str, pattern: &str, input: &str, replacement: &str) -> String {
    let now = Timestamp::parse_rfc3339("2026-11-21T12:00:00Z").expect("a time");
    let options = PatternOptions { now, ..PatternOptions::default() };
    let answer = match run_mode(mode, pattern, input, replacement, &options) {
        Ok(answer) => answer,
        Err(fault) => panic!("{fault}"),
    };
    fields(answer)
}

/// The last member of an answer as JSON.
fn fields(answer: Record) -> String {
    let answer = answer.into_iter().map(|(_, value)| value).next_back().unwrap_or(Value::Null);
    let mut out = String::new();
    weir_event::write_json(&answer, &mut out);
    out
}

/// `expected`: the fields as JSON, or `false` when the pattern must not match.
#[track_caller]
fn check(pattern: &str, input: &str, expected: &str) {
    let have: Json = serde_json::from_str(&run("parse", pattern, input, "")).expect("JSON");
    let want: Json = serde_json::from_str(expected).expect("JSON");
    assert_eq!(have, want, "{pattern} on {input:?}");
}

#[test]
fn lazy_text_ends_where_the_next_element_begins() {
    check("DATA:record (EOL EOL)", "a\nb\n\nc", r#"{"record":"a\nb"}"#);
    check("LD:a 'é' LD:b", "xéy", r#"{"a":"x","b":"y"}"#);
    check("LD{2}:a LD:b", "äöü", r#"{"a":"äö","b":"ü"}"#);
    check("LD{0,3}:a", "abcdef", r#"{"a":"abc"}"#);
    check("LD:a EOS", "one\ntwo", "false");
    check("LD*:a ';' LD:b", ";x", r#"{"a":"","b":"x"}"#);
    check("LD:a ','? ' '? 'x'", "abc, x", r#"{"a":"abc"}"#);
    check("LD:a ';'?", "abc;d", r#"{"a":"abc"}"#);
    check("LD:a ';'?", "abc", r#"{"a":"abc"}"#);
    check("(LD:a | INT:b) ',' 'z'", "ab,z", r#"{"a":"ab","b":null}"#);
    check("LD{1,4}:a ';'", "abcde;", "false");
}

#[test]
fn lazy_values_of_pairs_end_at_the_separator_or_behind_the_container() {
    check("KVP{LD:key '=' LD:value ' '?}:kv", "a=1 b=22 c=x", r#"{"kv":{"a":"1","b":"22","c":"x"}}"#);
    check("KVP{LD:key '=' LD:value ', '?}:kv EOL", "a=12, b=2\n", r#"{"kv":{"a":"12","b":"2"}}"#);
    check("ARRAY{LD:v ','?}{1,9}:all EOS", "ab,c,d", r#"{"all":["ab","c","d"]}"#);
    check("KVP{LD:key '=' (DQS:valueText | NSPACE:value) ' '?}:kv", "a=\"x y\" b=2", r#"{"kv":{"a":"x y","b":"2"}}"#);
}

#[test]
fn classes_take_all_they_can() {
    check("[:alpha:]:x", "abc1", r#"{"x":"abc"}"#);
    check("[!:space:]{2}:x", "abc", r#"{"x":"ab"}"#);
    check("[[:digit:]_]+:x", "1_2a", r#"{"x":"1_2"}"#);
    check("[^,\\n]+:x", "grün,", r#"{"x":"grün"}"#);
    check("[ä-ü]+:x", "öäa", r#"{"x":"öä"}"#);
    check("[^ä]+:x", "ößä", r#"{"x":"öß"}"#);
    check("ALPHA{2}:x", "abcdef", r#"{"x":"ab"}"#);
    check("WORD{3,}:x", "ab", "false");
}

#[test]
fn numbers_take_all_digits_or_fail() {
    check("INT:i", "99999999999", "false");
    check("LONG:i", "9223372036854775808", "false");
    check("LONG:i", "-9223372036854775808", r#"{"i":-9223372036854775808}"#);
    check("DOUBLE:d '.'", "1.5.", r#"{"d":1.5}"#);
    check("DOUBLE:d 'e'", "3e", r#"{"d":3.0}"#);
    check("HEXINT:h", "0xa01F", r#"{"h":40991}"#);
    check("INT*:i ','", ",", r#"{"i":null}"#);
    check("INT+:i", "5", r#"{"i":5}"#);
    check("FLOAT(min=1, max=3)?:f EOL", "5\n", "false");
    check("LONG(min=9007199254740993):i", "9007199254740992", "false");
    check("LONG(min=9007199254740993):i", "9007199254740993", r#"{"i":9007199254740993}"#);
    check("LONG(max=-9007199254740993):i", "-9007199254740992", "false");
    check("LONG(max=0x20000000000001):i", "9007199254740993", r#"{"i":9007199254740993}"#);
    check(
        "LONG(min=-9223372036854775808, max=9223372036854775807):i",
        "9223372036854775807",
        r#"{"i":9223372036854775807}"#,
    );
    check("LONG(min=99999999999999999999):i", "9223372036854775806", "false");
    check("INT(min=1.5, max=2e0):i", "2", r#"{"i":2}"#);
    check("INT(min=1.5):i", "1", "false");
    check("ENUM{'a'=9007199254740993, 'b'=-9223372036854775808}:e", "a", r#"{"e":9007199254740993}"#);
}

#[test]
fn addresses() {
    check("IP:a", "::ffff:10.0.0.1 x", r#"{"a":"::ffff:10.0.0.1"}"#);
    check("IP:a ':' INT:p", "10.0.0.1:80", r#"{"a":"10.0.0.1","p":80}"#);
    check("IP:a", "fe80::1%eth0", r#"{"a":"fe80::1"}"#);
    check("IP:a", "1.2.3.256", "false");
    check("IP:a", "1.2.3", "false");
    check("IP:a", "2001:db8:1:2:3:4:5:6:7", r#"{"a":"2001:db8:1:2:3:4:5:6"}"#);
    check("IP:a", "1:2", "false");
    check("IPADDR:ip <<INT(min=50) EOL", "1.2.3.55\n", r#"{"ip":"1.2.3.55"}"#);
    check("IPADDR:ip <<INT(min=50) EOL", "1.2.3.40\n", "false");
}

#[test]
fn times() {
    check("TIMESTAMP('MMM d HH:mm:ss'):t", "Sep  1 02:27:01", r#"{"t":"2026-09-01T02:27:01Z"}"#);
    check("TIMESTAMP('yyyy-MM-dd', tz='America/New_York'):t", "2024-12-12", r#"{"t":"2024-12-12T05:00:00Z"}"#);
    check("TIMESTAMP('yyyy-MM-dd HH:mm:ss z'):t", "2024-07-01 12:00:00 PST", r#"{"t":"2024-07-01T19:00:00Z"}"#);
    check(
        "TIMESTAMP('yyyy-MM-dd HH:mm:ss z'):t",
        "2024-01-01 12:00:00 Europe/Berlin",
        r#"{"t":"2024-01-01T11:00:00Z"}"#,
    );
    check("TIMESTAMP('M/d/yy h:m:s a Z'):t", "1/23/19 1:13:47 PM EST", r#"{"t":"2019-01-23T18:13:47Z"}"#);
    check("TIMESTAMP('d. MMMM yyyy', locale='de'):t", "3. März 2024", r#"{"t":"2024-03-03T00:00:00Z"}"#);
    check("TIMESTAMP('yyyy-MM-dd'):t", "2023-02-29", "false");
    check("TIMESTAMP('yyyy D'):t", "2024 60", r#"{"t":"2024-02-29T00:00:00Z"}"#);
    check("TIMESTAMP('yyyyMMddHHmmss'):t", "20240229235958", r#"{"t":"2024-02-29T23:59:58Z"}"#);
    check("TIMESTAMP('s.SSSSSS'):t", "1576590440.678599", r#"{"t":"2019-12-17T13:47:20.678Z"}"#);
    check(
        "TIMESTAMP('EEE, dd MMM yyyy HH:mm:ss Z'):t",
        "Tue, 05 Mar 2024 10:00:00 GMT",
        r#"{"t":"2024-03-05T10:00:00Z"}"#,
    );
    for text in ["24:00:00", "24:59:59", "25:00:00", "12:60:00"] {
        check("TIMESTAMP('HH:mm:ss'):t", text, "false");
        check("TIMESTAMP('H:m:s'):t", text, "false");
    }
    check("TIMESTAMP('kk:mm'):t", "00:30", "false");
    check("TIMESTAMP('kk:mm'):t", "24:30", r#"{"t":"1970-01-01T00:30:00Z"}"#);
    check("TIMESTAMP('KK:mm a'):t", "12:30 PM", "false");
    check("TIMESTAMP('KK:mm a'):t", "00:30 PM", r#"{"t":"1970-01-01T12:30:00Z"}"#);
    check("TIMESTAMP('hh:mm a'):t", "00:30 AM", "false");
    check("TIMESTAMP('h:mm a'):t", "12:30 AM", r#"{"t":"1970-01-01T00:30:00Z"}"#);
    check("TIMESTAMP('h:mm a'):t", "13:30 AM", "false");
    for (zone, utc) in
        [("EST5EDT", 16), ("CST6CDT", 17), ("MST7MDT", 18), ("PST8PDT", 19), ("Etc/GMT+5", 17), ("GMT0", 12)]
    {
        let expected = format!(r#"{{"t":"2024-07-01T{utc}:00:00Z"}}"#);
        check("TIMESTAMP('yyyy-MM-dd HH:mm z'):t EOS", &format!("2024-07-01 12:00 {zone}"), &expected);
        check(&format!("TIMESTAMP('yyyy-MM-dd HH:mm', tz='{zone}'):t EOS"), "2024-07-01 12:00", &expected);
    }
    check("TIMESTAMP('HH:mm z'):t '8'", "12:00 UTC8", r#"{"t":"1970-01-01T12:00:00Z"}"#);
    check("ISO8601:t", "2024-01-02T00:00:00+23:59", r#"{"t":"2024-01-01T00:01:00Z"}"#);
    check("ISO8601:t", "2024-01-02T00:00:00+24:59", "false");
    check("ISO8601:t", "2024-01-02T00:00:00-25:00", "false");
    check("ISO8601:t", "2024-01-02T00:00:00+10:60", "false");
    check("HTTPDATE:t", "10/Oct/2000:13:55:36 -0700", r#"{"t":"2000-10-10T20:55:36Z"}"#);
    for format in ["s", "s.S", "s.f"] {
        let pattern = format!("TIMESTAMP('{format}', tz='Europe/Berlin'):t");
        check(&pattern, "1576590440.0", r#"{"t":"2019-12-17T13:47:20Z"}"#);
    }
    check("TIMESTAMP('S', timezone='+05:00'):t", "1576590440679", r#"{"t":"2019-12-17T13:47:20.679Z"}"#);
    let options = PatternOptions { zone: "Europe/Berlin".to_owned(), ..PatternOptions::default() };
    let answer = run_mode("parse", "TIMESTAMP('s'):t", "1576590440", "", &options).expect("a pattern");
    assert_eq!(fields(answer), r#"{"t":"2019-12-17T13:47:20Z"}"#);
    let answer = run_mode("parse", "TIMESTAMP('HH:mm:ss'):t", "13:47:20", "", &options).expect("a pattern");
    assert_eq!(fields(answer), r#"{"t":"1970-01-01T12:47:20Z"}"#);
    check("JSONTIMESTAMP:t", "2025-05-12T05:31:59.120+02:00", r#"{"t":"2025-05-12T03:31:59.120Z"}"#);
}

#[test]
fn json_members() {
    check("JSON:j 'x'", r#"{"a":[1,{"b":"c\u00e9\n"}],"a":2.5}x"#, r#"{"j":{"a":2.5}}"#);
    check("JSON{STRING:a, INT:b, BOOLEAN:c}:j", r#"{"a":5,"b":"7","c":true}"#, r#"{"j":{"a":"5","b":7,"c":true}}"#);
    check("JSON{INT:b}:j", r#"{"b":"x7"}"#, r#"{"j":{"b":null}}"#);
    check("JSON{INT+:b}:j", r#"{"b":null}"#, "false");
    check("JSON{INT:b}(strict=false):j", "{b:7, c:word}", r#"{"j":{"b":7}}"#);
    check("JSON:j", "{b:7}", "false");
    check("JSON(maxlen=5):j", r#"{"a":1}"#, "false");
    check(
        "JSON{JSON{STRING+:log}(flat=true):properties}(flat=true)",
        r#"{"properties":{"log":"text","x":1}}"#,
        r#"{"properties":"text"}"#,
    );
    check(
        "JSON{JSON{STRING:n, IPV4:ip}:c}:p",
        r#"{"c":{"n":"x","ip":"10.0.0.1"}}"#,
        r#"{"p":{"c":{"n":"x","ip":"10.0.0.1"}}}"#,
    );
    check("JSON_ARRAY{INT}:a", "[1, 2,null]", r#"{"a":[1,2,null]}"#);
    check("JSON_ARRAY:a", "[1,\"x\",[true]]", r#"{"a":[1,"x",[true]]}"#);
    check("JSON_VALUE{IPADDR}:a", "\"::1\"", r#"{"a":"::1"}"#);
    check("JSON_VALUE{}:a", "[1]", r#"{"a":[1]}"#);
    let members = r#"{"s":"5","n":5,"e":"","u":null,"t":true}"#;
    check(
        "JSON{JSON_VALUE:s, JSON_VALUE:n, JSON_VALUE:e, JSON_VALUE:u, JSON_VALUE:t}:j",
        members,
        &format!("{{\"j\":{members}}}"),
    );
    check("JSON_ARRAY{JSON_VALUE}:a", r#"["x", [1]]"#, r#"{"a":["x",[1]]}"#);
    check("JSON{JSON_VALUE{INT}:s, JSON_VALUE{INT}:t}:j", members, r#"{"j":{"s":5,"t":null}}"#);
    check("JSON{JSON_VALUE(maxlen=2):s, JSON_VALUE(maxlen=2):n}:j", members, r#"{"j":{"s":null,"n":5}}"#);
    check("JSON{STRING:d:e}(flat=true)", r#"{"d":"\ud83d\ude00"}"#, r#"{"e":"😀"}"#);
}

#[test]
fn xml() {
    check("XML:x", "<a>t<!-- c -->u</a>", r#"{"x":{"a":["t","u"]}}"#);
    check(
        "XML:x 'z'",
        "<?xml version=\"1.0\"?><a b='1'>t<c/>u</a>z",
        r##"{"x":{"a":{"@b":"1","c":"","#text":["t","u"]}}}"##,
    );
    check("XML(ignoreNamespace=true):x", "<n:a><n:b>1 &lt; &#50;</n:b></n:a>", r#"{"x":{"a":{"b":"1 < 2"}}}"#);
    check("XML_PLAIN:x", "<a b='1'><c d='2'>3</c></a>", r#"{"x":{"a":{"c":"3"}}}"#);
    check("XML(rootTag='c'):x", "<a><c>1</c><c>2</c></a>", r#"{"x":{"c":"1"}}"#);
    check("XML:x", "<a><b></a>", "false");
}

#[test]
fn quoted_text() {
    check("DQS:a ',' CSVDQS:b", r#""x\"\\y","p""q""#, r#"{"a":"x\"\\y","b":"p\"q"}"#);
    check("STRING:a ' ' STRING:b ' ' STRING:c", "'x y' \"z\" rest of", r#"{"a":"x y","b":"z","c":"rest"}"#);
    check("SQS*:a", "''", r#"{"a":""}"#);
    check("DQS{3}:a", "\"äöü\"", r#"{"a":"äöü"}"#);
    check("DQS:a", "\"open", "false");
}

#[test]
fn alternatives_undo_what_they_set() {
    check("((INT:a ',' INT:b) | (INT:c ';'))", "1;", r#"{"a":null,"b":null,"c":1}"#);
    check("(INT:a ',')? LD:b", "12;", r#"{"a":null,"b":"12;"}"#);
    check("(INT:x ';' | LD:x)", "12,", r#"{"x":"12,"}"#);
}

#[test]
fn alternatives_that_are_absent_give_an_empty_text() {
    check("('a'|'b')?:g LD:r", "c", r#"{"g":"","r":"c"}"#);
    check("('a'|'b')?:g LD:r", "bc", r#"{"g":"b","r":"c"}"#);
    check("('a':x|'b')?:g LD:r", "c", r#"{"g":"","x":null,"r":"c"}"#);
    check("('a'|'b')?:g 'c'", "d", "false");
    check("((('a'|'b')?:g 'c') | LD:r)", "d", r#"{"g":null,"r":"d"}"#);
    check("(INT:a ('x'|'y')?:g INT:c)(fs=';')", "1;2", r#"{"a":1,"g":"","c":2}"#);
    check("(INT:a ('x'|'y')?:g INT:c)(fs=';')", "1;;2", r#"{"a":1,"g":"","c":2}"#);
    check("ARRAY{('x'|'y')?:g ';'}{1,9}:all", "x;;", r#"{"all":["x",""]}"#);
    check("'a'?:g LD:r", "c", r#"{"g":null,"r":"c"}"#);
}

#[test]
fn members_with_a_separator() {
    check("(INT:a ALPHA?:b INT:c)(fs=';')", "1;;2", r#"{"a":1,"b":null,"c":2}"#);
    check("(INT:a ALPHA?:b INT:c)(fs=';')", "1;2", r#"{"a":1,"b":null,"c":2}"#);
    check("(INT:a ALPHA?:b)(fs={';' SPACE?}) EOS", "1; x", r#"{"a":1,"b":"x"}"#);
    check("(INT:a ALPHA?:b)(fs=';') EOS", "1", r#"{"a":1,"b":null}"#);
}

#[test]
fn look_around() {
    check("INT:a !>>';' LD:b", "1,2", r#"{"a":1,"b":",2"}"#);
    check("INT:a !>>';' LD:b", "1;2", "false");
    check("LD:k !<<'\\\\' ':' LD:v", "a\\:b:c", r#"{"k":"a\\:b","v":"c"}"#);
    check("BOS LD:a MOS ',' LD EOS", "x,y", r#"{"a":"x"}"#);
}

#[test]
fn scanning() {
    assert_eq!(
        run("parseAll", "UUIDSTRING:u", "x 123e4567-e89b-12d3-a456-426614174000 y", ""),
        r#"["123e4567-e89b-12d3-a456-426614174000"]"#
    );
    assert_eq!(run("parseAll", "'code=' INT:c", "xcode=1 code=x éécode=2co", ""), "[1,2]");
    assert_eq!(run("replace", "'ab'", "aababé", "-"), "\"a--é\"");
    assert_eq!(run("parseAll", "'ab'*:x 'c'", "ababc c", ""), r#"["abab",""]"#);
    assert_eq!(run("parseAll", "INT*:i", "a1b", ""), "[null,1,null,null]");
    assert_eq!(run("replace", "CREDITCARD", "no 4917%206100%200000%200000%20003!", "#"), "\"no #!\"");
    assert_eq!(run("replace", "'é'", "aéb", "e"), "\"aeb\"");
    assert_eq!(run("split", "[,;]", "", ""), "[]");
    assert_eq!(run("split", "[,;]", "a,b;;c", ""), r#"["a","b","","c"]"#);
    assert_eq!(run("split", "'x'", "abc", ""), r#"["abc"]"#);
    assert_eq!(run("matches", "TIME ' : ' LONG", "2023-11-01 12:55:59 : 192.168.0.1", ""), "false");
    assert_eq!(run("matches", "TIME ' : ' IP", "2023-11-01 12:55:59 : 192.168.0.1", ""), "true");
}

#[test]
fn a_pattern_is_shared_and_values_borrow() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let pattern = Pattern::compile("LD:a ',' LD:b", &PatternOptions::default()).expect("compiles");
    shared(&pattern);
    let input = String::from("x,y");
    let mut out = [Value::Null];
    assert_eq!(pattern.matcher().parse(&input, &mut out), Some(3));
    assert!(matches!(&out[0], Value::Text(std::borrow::Cow::Borrowed("x"))));
}
