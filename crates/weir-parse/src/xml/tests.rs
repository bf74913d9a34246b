use expect_test::{Expect, expect};

#[track_caller]
fn check(text: &str, expect: Expect) {
    let mut out = String::new();
    let xml = super::read(text, &mut |name, value| {
        out.push_str(name);
        out.push('=');
        weir_event::write_json(&value, &mut out);
        out.push('\n');
    });
    if xml.truncated {
        out.push_str("truncated\n");
    }
    expect.assert_eq(&out);
}

#[test]
fn elements_and_attributes_become_dotted_names() {
    check(
        "<?xml version='1.0'?><Event xmlns='http://x/y'><System><Provider Name='P&amp;Q' Guid='{1}'/><EventID Qualifiers='0'>4624</EventID>\
         </System><EventData><Data Name='User'>ana</Data><Data Name='Empty'></Data><Data Name='Cmd'><![CDATA[a < b]]></Data></EventData></Event>",
        expect![[r#"
            System.Provider.Name="P&Q"
            System.Provider.Guid="{1}"
            System.EventID.Qualifiers="0"
            System.EventID="4624"
            EventData.User="ana"
            EventData.Cmd="a < b"
        "#]],
    );
}

#[test]
fn siblings_of_one_name_are_an_array() {
    check(
        "<e><a>1</a><a>2</a><b k='1'>x</b><!-- no > thing --><ns:c>&#65;&#x42;&nope;&</ns:c></e>",
        expect![[r#"
            a=["1","2"]
            b.k="1"
            b="x"
            c="AB&nope;&"
        "#]],
    );
}

#[test]
fn what_is_cut_off_is_read_as_far_as_it_goes() {
    check(
        "<e><a>1</a><b><c>2",
        expect![[r#"
            a="1"
            b.c="2"
            truncated
        "#]],
    );
    check("<e><a x='1", expect!["truncated\n"]);
    check("</e></e>text<", expect![""]);
    check("", expect![""]);
}
