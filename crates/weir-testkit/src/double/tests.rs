use super::*;

fn asked(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Asked {
    Asked {
        method: method.to_owned(),
        origin: "https://vendor.example".to_owned(),
        target: target.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

/// Computed with the vendor's own client.
#[test]
fn a_signature_of_version_4_is_known_and_any_other_is_not() {
    let keys = AwsKeys {
        key: "AKIDEXAMPLE00000TEST",
        secret: "secretKeyForTestVector/0123456789abcdefgh",
        region: "eu-central-1",
        service: "cloudtrail",
    };
    let now = read_time("2025-03-14T09:26:53Z").unwrap();
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE00000TEST/20250314/eu-central-1/cloudtrail/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
        Signature=7487be3c490d3be78b10e02094ac84a7aac5943fa61faea929c639b98ff45ce6";
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("host", "cloudtrail.eu-central-1.amazonaws.com"),
        ("x-amz-date", "20250314T092653Z"),
        ("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
        ("authorization", authorization),
    ];
    let body = r#"{"EndTime":1741944413,"MaxResults":50,"StartTime":1741940813}"#;
    let check = |body: &str, keys: &AwsKeys, now| sigv4(&asked("POST", "/", &headers, body), keys, now);
    assert_eq!(check(body, &keys, now), Ok(()));
    assert_eq!(check("{}", &keys, now), Err("InvalidSignatureException"));
    assert_eq!(check(body, &keys, now + 6 * MINUTE), Err("InvalidSignatureException"));
    assert_eq!(check(body, &AwsKeys { secret: "other", ..keys }, now), Err("InvalidSignatureException"));
    assert_eq!(check(body, &AwsKeys { key: "other", ..keys }, now), Err("UnrecognizedClientException"));
    assert_eq!(check(body, &AwsKeys { region: "us-east-1", ..keys }, now), Err("InvalidSignatureException"));
}

/// From the tests of a public client.
#[test]
fn a_keyed_hash_is_that_of_others() {
    let message = b"/status\npub_dtkey\n20190101T010000";
    assert_eq!(hex(&hmac(Hash::Sha1, b"privkey", message)), "226d9269435a1e9dbdf19745c25c982fb0ddab97");
}

#[test]
fn parameters_are_decoded_and_looked_at() {
    let asked = asked("GET", "/a%20b/c?q=x%3D1+2&n=7&n=8&bad=%zz&flag", &[("authorization", "Basic dTpwOnc=")], "");
    let query = asked.query();
    assert_eq!(asked.segments(), ["a b", "c"]);
    assert_eq!((query.get("q"), query.get("bad"), query.get("flag")), (Some("x=1 2"), Some("%zz"), Some("")));
    assert_eq!((query.all("n"), query.needed("n")), (vec!["7", "8"], Ok(7)));
    assert_eq!(query.within("n", 1..=5, 1), Err("n: 7 is not within 1..=5".to_owned()));
    assert_eq!(query.only(&["q", "n", "bad"]), Err("unknown parameter flag".to_owned()));
    assert!(asked.is_basic("u", "p:w"));
}

#[test]
fn a_token_is_given_for_the_right_secret_and_ends() {
    let grants = Grants::new(MINUTE);
    let form = |secret: &str| format!("grant_type=client_credentials&client_id=c&client_secret={secret}");
    let ask = |secret: &str| grants.client_credentials(&asked("POST", "/token", &[], &form(secret)), "c", "s+1", 0);
    assert_eq!(ask("s1").map_err(|refusal| refusal.status).err(), Some(401));
    let answer: Value = serde_json::from_slice(&ask("s%2B1").unwrap().body).unwrap();
    let token = answer["access_token"].as_str();
    assert_eq!((grants.holds(token, MINUTE - 1), grants.holds(token, MINUTE)), (true, false));
    grants.end_all();
    assert!(!grants.holds(token, 0));
}

#[test]
fn a_truth_is_the_same_again_and_comes_in_sight_in_order() {
    let setting = Setting { seed: 7, start: 1_000_000, asked_from: 1_000_000, jobs_quicker: 1 };
    let shape = Shape { late_ms_max: HOUR, ..Shape::default() };
    let truth = setting.truth(shape);
    assert_eq!(truth.all(), setting.truth(shape).all());
    assert!(truth.all().is_sorted_by_key(|event| (event.seen, event.id)));
    assert!(truth.all().iter().any(|event| event.seen - event.time == HOUR));
    assert!(truth.all().iter().all(|event| event.seen >= event.time && event.time >= setting.start));
    let changed = truth.versions().filter(|(_, version)| *version == 1).count();
    assert_eq!(truth.versions().count(), truth.all().len() + changed);
    let late = Setting { asked_from: i64::MAX, ..setting }.truth(shape);
    assert_eq!(late.versions().count(), truth.all().len());
}

#[test]
fn times_are_written_and_read() {
    let ms = 1_767_225_600_123;
    assert_eq!((iso(ms).as_str(), iso_seconds(ms).as_str()), ("2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00Z"));
    assert_eq!((read_time("2026-01-01T01:00:00.123+01:00"), read_time("no")), (Some(ms), None));
    assert_eq!(strptime("20260101T000000Z", "%Y%m%dT%H%M%SZ"), Some(ms - 123));
    assert_eq!(strptime("2026-01-01", "%Y-%m-%d"), Some(ms - 123));
}

#[test]
fn ids_are_read_from_records() {
    let service = Service::new("s", &["/a/b", "/n"]);
    assert_eq!(service.id_of(r#"{"a":{"b":"x"},"n":7}"#), Ok("x 7".to_owned()));
    assert!(service.id_of(r#"{"a":{"b":null},"n":7}"#).is_err());
}
