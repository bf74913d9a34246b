//! What the examples of the table are too short for: ends of ranges, odd arguments, digests of every length.

use super::eval;

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, want)| (text, want, eval(text)))
        .filter(|(_, want, have)| have != *want)
        .map(|(text, want, have)| format!("{text} gives {have}, not {want}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers() {
    check(&[
        ("abs(-9223372036854775807 - 1)", "null"),
        ("exp(1000)", "null"),
        ("log(-1)", "null"),
        ("power(0, -1)", "null"),
        ("power(-8, 1.0 / 3)", "null"),
        ("cbrt(-8)", "-2.0"),
        ("ceil(-0.5)", "0.0"),
        ("round(1234567890123456.0)", "1234567890123456.0"),
        ("round(1.005, decimals: 2)", "1.01"),
        ("round(0.49999999999999994)", "0.0"),
        ("round(-2.5)", "-2.0"),
        ("round(-0.55, decimals: 1)", "-0.5"),
        ("round(1234.5, decimals: -2)", "1200.0"),
        ("round(1250, decimals: -2)", "1300"),
        ("round(-1250, decimals: -2)", "-1200"),
        ("round(1.5, decimals: 400)", "1.5"),
        ("round(1e308 * 10)", "inf"),
        ("bin(-1, 10)", "-10"),
        ("bin(9223372036854775807, 10)", "9223372036854775800"),
        ("bin(5, -10)", "null"),
        ("bin(record(v = 5)[v], 1s)", "null"),
        ("bin(5.5, 0.25, at: 0.1)", "5.35"),
        ("bin(1e308, 1e-308)", "null"),
        ("bin(90s, 1m)", "01:00.000000000"),
        ("range(90s, 1m)", "{\"start\":\"01:00.000000000\",\"end\":\"02:00.000000000\"}"),
        ("range(record(v = \"x\")[v], 1)", "null"),
        ("hexStringToNumber(\"0XfF\")", "255"),
        ("hexStringToNumber(\"0x\")", "null"),
        ("hexStringToNumber(\"-1\")", "null"),
        ("numberToHexString(-1)", "ffffffffffffffff"),
        ("numberToHexString(1, minLength: -5)", "1"),
        ("signum(-0.0)", "0.0"),
        ("hypotenuse(1e200, 1e200) > 1e200", "true"),
        ("sqrt(null)", "null"),
        ("sqrt(record(v = \"4\")[v])", "null"),
    ]);
}

#[test]
fn bits() {
    check(&[
        ("bitwiseShiftLeft(1, 63)", "-9223372036854775808"),
        ("bitwiseShiftLeft(1, -1)", "null"),
        ("bitwiseShiftRight(1, 64)", "null"),
        ("bitwiseAnd(record(v = 1.0)[v], 1)", "null"),
        ("getLowBits(ip(\"::1\"))", "1"),
        ("getHighBits(ip(\"10.0.0.1\"))", "0"),
    ]);
}

#[test]
fn addresses() {
    check(&[
        ("ipIn(\"::1\", \"0.0.0.0/0\")", "false"),
        ("ipIn(\"1.2.3.4\", \"0.0.0.0/0\")", "true"),
        ("ipIn(\"1.2.3.4\", \"1.2.3.4/32\")", "true"),
        ("ipIn(\"1.2.3.4\", \"1.2.3.4/33\")", "false"),
        ("ipIn(\"1.2.3.4\", \"1.2.3.4/\")", "false"),
        ("ipIn(array(\"x\", \"10.0.0.1\"), array(\"y\", \"10.0.0.0/8\"))", "true"),
        ("ipMask(\"10.1.2.3\", 0)", "0.0.0.0"),
        ("ipMask(\"10.1.2.3\", 32)", "10.1.2.3"),
        ("ipMask(\"10.1.2.3\", -1)", "null"),
        ("ipMask(\"::1\", 128)", "::1"),
        ("ipIsPrivate(\"172.15.255.255\")", "false"),
        ("ipIsPrivate(\"172.31.255.255\")", "true"),
        ("ipIsPrivate(\"x\")", "false"),
        ("ipIsPrivate(null)", "null"),
        ("isIpV4(\"01.2.3.4\")", "false"),
        ("ip(\"255.255.255.255\") + 1", "null"),
        ("ip(\"::1\") - (-1.0e300)", "null"),
    ]);
}

#[test]
fn arrays() {
    check(&[
        ("arrayAvg(array(null, \"x\"))", "0.0"),
        ("arrayDistinct(array(2, 2.0, \"a\", null, null, \"a\"))", "[2, a, null]"),
        ("arrayFlatten(array(array(array(1)), 2))", "[[1], 2]"),
        ("arrayIndexOf(array(1.0, 2), 1)", "0"),
        ("arrayIndexOf(array(1, 2), \"1\")", "-1"),
        ("arrayMax(array(1, \"a\", null))", "a"),
        ("arrayMedian(array())", "null"),
        ("arrayMedian(array(1, \"a\"))", "null"),
        ("arrayMedian(array(1s, 2s))", "00:01.500000000"),
        ("arrayPercentile(array(1, 2), toLong(\"101\"))", "null"),
        ("arrayPercentile(array(1, 2), toLong(\"-1\"))", "null"),
        ("arrayMovingSum(array(1, 2), toLong(\"0\"))", "null"),
        ("arrayMovingSum(array(null, 2), 2)", "[null, 2.0]"),
        ("arrayMovingMin(array(), 2)", "[]"),
        ("arraySlice(array(1, 2, 3), from: -2, to: -1)", "[2]"),
        ("arraySlice(array(1, 2, 3), from: 2, to: 1)", "[]"),
        ("arraySlice(array(1), from: -9223372036854775807 - 1, to: 9223372036854775807)", "[1]"),
        ("arraySort(array(null, array(1), \"a\", true, 1.5, 1))", "[true, 1, 1.5, a, [1], null]"),
        ("arraySort(array(\"b\", null, \"a\"), direction: \"descending\")", "[b, a, null]"),
        ("arraySort(array(record(t = 2), record(t = 1)))", "[{\"t\":1}, {\"t\":2}]"),
        ("arrayDelta(array(5, null, 7, 1))", "[null, 2, 0]"),
        ("arrayDiff(array(1, \"a\", 3))", "[null, null, null]"),
        ("arrayDiff(array())", "[]"),
        ("arrayElement(array(1), 9223372036854775807)", "null"),
        ("vectorL1Distance(array(1), array(1, 2))", "null"),
        ("vectorCosineDistance(array(0), array(1))", "null"),
        ("arraySize(record(v = \"a\")[v])", "null"),
    ]);
}

#[test]
fn texts() {
    check(&[
        ("splitString(\"\", \"\")", "[]"),
        ("splitString(\"ä\", \"\")", "[ä]"),
        ("lastIndexOf(\"abc\", \"\")", "3"),
        ("substring(\"ä😀x\", from: 1, to: 3)", "😀"),
        ("substring(\"ä😀x\", from: 2)", "\u{fffd}x"),
        ("unescape(\"\\\\\")", "\\"),
        ("toLong(9.3e18)", "null"),
        ("toLong(-9223372036854775808.0)", "-9223372036854775808"),
        ("jsonField(\"{\\\"a\\\": \\\"\\\\ud83d\\\\ue000\\\"}\", \"a\")", "null"),
        ("toTimestamp(-9223372036854775807)@d", "null"),
    ]);
}

#[test]
fn digests_over_the_ends_of_blocks() {
    let hash = |function: &str, length: usize| eval(&format!("{function}(\"{}\")", "a".repeat(length)));
    for (function, length, want) in DIGESTS {
        assert_eq!(hash(function, *length), *want, "{function} of {length} bytes");
    }
    assert_eq!(eval("hashMd5(null)"), "null");
    assert_eq!(eval("hashMd5(record(v = 1)[v])"), "null");
}

const DIGESTS: &[(&str, usize, &str)] = &[
    ("hashMd5", 0, "d41d8cd98f00b204e9800998ecf8427e"),
    ("hashSha1", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("hashMd5", 55, "ef1772b6dff9a122358552954ad0df65"),
    ("hashSha1", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
    ("hashMd5", 56, "3b0c8ac703f828b04c6c197006d17218"),
    ("hashSha1", 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
    ("hashMd5", 63, "b06521f39153d618550606be297466d5"),
    ("hashSha1", 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
    ("hashMd5", 64, "014842d480b571495a4a0363793f7367"),
    ("hashSha1", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ("hashMd5", 65, "c743a45e0d2e6a95cb859adae0248435"),
    ("hashSha1", 65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
    ("hashMd5", 119, "8a7bd0732ed6a28ce75f6dabc90e1613"),
    ("hashSha1", 119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"),
    ("hashMd5", 120, "5f61c0ccad4cac44c75ff505e1f1e537"),
    ("hashSha1", 120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
    ("hashMd5", 1000, "cabe45dcc9ae5b66ba86600cca6b8ba8"),
    ("hashSha1", 1000, "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ("hashCrc32", 0, "00000000"),
    ("hashCrc32", 1, "e8b7be43"),
    ("hashCrc32", 5, "eeac93b9"),
    ("hashCrc32", 1000, "9a38da03"),
    ("hashSha256", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("hashXxHash32", 0, "02cc5d05"),
    ("hashXxHash64", 0, "ef46db3751d8e999"),
    ("hashXxHash32", 3, "31eb555f"),
    ("hashXxHash64", 3, "ae01f066e602375b"),
    ("hashXxHash32", 4, "da576727"),
    ("hashXxHash64", 4, "42a70d1abf84bf32"),
    ("hashXxHash32", 8, "0d49b1c8"),
    ("hashXxHash64", 8, "d5462e501de970f3"),
    ("hashXxHash32", 12, "3cda260b"),
    ("hashXxHash64", 12, "b7f8d0b471c898b5"),
    ("hashXxHash32", 15, "6a786076"),
    ("hashXxHash64", 15, "35c78bfeb28204f1"),
    ("hashXxHash32", 16, "5dacdd8c"),
    ("hashXxHash64", 16, "d73570b2bc622169"),
    ("hashXxHash32", 31, "ba00c3cd"),
    ("hashXxHash64", 31, "fe47067cda802916"),
    ("hashXxHash32", 32, "a3234fbe"),
    ("hashXxHash64", 32, "856e843298f99ad7"),
    ("hashXxHash32", 33, "2830b3dc"),
    ("hashXxHash64", 33, "18f3ff0c21e3b24b"),
    ("hashXxHash32", 36, "979954b2"),
    ("hashXxHash64", 36, "3bf7b9dc0e617771"),
    ("hashXxHash32", 40, "6a9616d6"),
    ("hashXxHash64", 40, "569ea6843111ef03"),
    ("hashXxHash32", 100, "17e3108b"),
    ("hashXxHash64", 100, "375041e8b1decfb3"),
];
