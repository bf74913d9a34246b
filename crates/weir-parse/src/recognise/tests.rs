use super::*;

fn list(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn facts<'t>(text: &'t str, vendor: &'t str, program: &'t str) -> Facts<'t> {
    let format = if vendor.is_empty() { Format::Text } else { Format::Cef };
    Facts { format, header: false, vendor, product: "Wall 2", program, payload: text, text, reach: NEAR_BYTES }
}

/// Packs 0 to 7, each with one clause.
fn recogniser() -> Recogniser {
    let text = Some(Format::Text);
    let clauses = [
        Clause { format: Some(Format::Cef), vendors: list("acme"), products: list("wall*"), ..Clause::default() },
        Clause { format: text, contains: list("devid= logid="), without: list("|acme|"), ..Clause::default() },
        Clause { format: text, programs: list("sshd sudo"), ..Clause::default() },
        Clause { format: text, starts: list("1, 2,"), contains: list("TRAFFIC"), ..Clause::default() },
        Clause { format: text, any: list("%FW-1 W-1-X"), ..Clause::default() },
        Clause { contains: list("W-1"), ..Clause::default() },
        Clause { format: text, contains: list("="), ..Clause::default() },
        Clause { format: Some(Format::Cef), ..Clause::default() },
    ];
    let clauses = clauses.into_iter().zip(0..);
    Recogniser::new(clauses.map(|(clause, pack)| Recognition { pack, generic: pack > 5, clause }))
}

#[track_caller]
fn check(facts: Facts<'_>, [vendor, product, general]: [&[u32]; 3]) {
    let (recogniser, mut seen) = (recogniser(), Seen::default());
    let found = Round::ALL.map(|round| {
        recogniser.candidates(&facts, round, &mut seen);
        seen.packs.clone()
    });
    assert_eq!(found.each_ref().map(Vec::as_slice), [vendor, product, &[], general]);
}

#[test]
fn a_clause_is_found_by_what_is_rarest_about_it() {
    check(facts("x", " ACME ", ""), [&[0], &[], &[7]]);
    check(facts("x W-1", "Other", ""), [&[], &[5], &[7]]);
    check(facts("a=1 logid=1 devid=2", "", ""), [&[], &[1], &[6]]);
    check(facts("logid=1 devid=2 |acme|", "", ""), [&[], &[], &[6]]);
    check(facts("logid=1", "", "sudo"), [&[], &[2], &[6]]);
    check(facts("2,TRAFFIC,1", "", ""), [&[], &[3], &[]]);
    check(facts("3,TRAFFIC,1", "", ""), [&[], &[], &[]]);
}

#[test]
fn literals_that_overlap_are_all_found() {
    check(facts("%FW-1-X", "", "sshd"), [&[], &[2, 4, 5], &[]]);
    check(facts("W-1 W-1", "", ""), [&[], &[5], &[]]);
}

#[test]
fn literals_count_at_the_head_of_a_record() {
    let far = " ".repeat(NEAR_BYTES - 2) + "W-1";
    check(facts(&far, "", ""), [&[], &[], &[]]);
    check(facts(&far[1..], "", ""), [&[], &[5], &[]]);
}

#[test]
fn names_of_json_count_wherever_they_stand() {
    let name = |contains: &str| Clause { format: Some(Format::Json), contains: list(contains), ..Clause::default() };
    let clauses = [name("\"near\""), name("\"far\"")].into_iter().zip(0..);
    let recogniser = Recogniser::new(clauses.map(|(clause, pack)| Recognition { pack, generic: false, clause }));
    let found = |text: &str, round: Round| {
        let mut seen = Seen::default();
        recogniser.candidates(&Facts { format: Format::Json, ..facts(text, "", "") }, round, &mut seen);
        seen.packs
    };
    let text = format!("{{\"near\":1,\"x\":\"{}\",\"far\":2}}", "x".repeat(NEAR_BYTES));
    assert_eq!(found(&text, Round::Product), [0]);
    assert_eq!(found(&text, Round::Far), [0, 1]);
    assert_eq!(found("{\"far\":2}", Round::Far), [] as [u32; 0]);
    let text = format!("{{\"x\":\"{}\",\"far\":2}}", "x".repeat(FAR_BYTES));
    assert_eq!(found(&text, Round::Far), [] as [u32; 0]);
}
