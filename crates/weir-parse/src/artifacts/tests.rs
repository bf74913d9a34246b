use expect_test::{Expect, expect};
use weir_event::ArtifactKind;

use super::{Sink, scan};

struct Lines(String);

impl Sink<'_> for Lines {
    fn part(&mut self, kind: ArtifactKind, part: &str) {
        self.0.push_str(&format!("{} {part}\n", kind.name()));
    }

    fn made(&mut self, kind: ArtifactKind, made: &str) {
        self.0.push_str(&format!("{} {made} (made)\n", kind.name()));
    }
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    let mut found = Lines(String::new());
    scan(text, &mut found);
    expect.assert_eq(&found.0);
}

#[test]
fn addresses() {
    check(
        "from 192.0.2.1/443, outside:198.51.100.7(53) [2001:DB8::1]:80 in:2001:db8::5/22 at 203.0.113.009. 10.0.0.0/8 10.1.2.3/24",
        expect![[r#"
            ips 192.0.2.1
            ips 198.51.100.7
            ips 2001:db8::1 (made)
            ips 2001:db8::5
            ips 203.0.113.9 (made)
            ips 10.1.2.3
        "#]],
    );
}

#[test]
fn addresses_that_end_in_zeros() {
    check(
        "2001:db8:1:: from 2001:db8:2::: (2001:db8:3::), in:2001:db8:4::/443 [2001:db8:5::]:80 2001:db8:6::/48 2001:db8:7::/20 beef:: std::ab1:: a::b1::",
        expect![[r#"
            ips 2001:db8:1::
            ips 2001:db8:2::
            ips 2001:db8:3::
            ips 2001:db8:4::
            ips 2001:db8:5::
            ips 2001:db8:7::
        "#]],
    );
}

#[test]
fn principals_are_no_addresses() {
    check(
        "cifs/files-2.corp.example@CORP.EXAMPLE, (HTTP/www.example.com@example.com) a/b/c@example.com",
        expect![[r#"
            email_ids c@example.com
        "#]],
    );
}

#[test]
fn versions_and_times_are_no_addresses() {
    check("Chrome/138.0.0.0 2.4.1 12:30:45 4.256.1.1 1.2.3.4.5 de:ad:c0:de:de:ad:c0:de 10:20:30.5", expect![[""]]);
}

#[test]
fn urls_and_their_hosts() {
    check(
        "see https://www.example.com/a?b=1&c=(2)). hxxp://bad.example[.]net/x, ftp://192.0.2.9/f u@192.0.2.4:http://192.0.2.5/",
        expect![[r#"
            urls https://www.example.com/a?b=1&c=(2)
            domains www.example.com
            urls http://bad.example.net/x (made)
            domains bad.example.net (made)
            urls ftp://192.0.2.9/f
            ips 192.0.2.9
            urls http://192.0.2.5/
            ips 192.0.2.5
            ips 192.0.2.4
        "#]],
    );
}

#[test]
fn names() {
    check(
        "Mail.Example.COM example[.]org setup.exe run.sh a.b.sh 'o'neil@Example.com' System.Net user.name end.it foo.bar12",
        expect![[r#"
            domains mail.example.com (made)
            domains example.org (made)
            files setup.exe
            files run.sh
            domains a.b.sh
            email_ids o'neil@example.com (made)
            domains end.it
        "#]],
    );
}

#[test]
fn files_and_keys() {
    check(
        r#"C:\Program Files (x86)\App\run.exe -k "\\srv\share\a b.txt" /etc/passwd /api/v2/users HKLM\Software\My Key\Run, d41d8cd98f00b204e9800998ecf8427e"#,
        expect![[r#"
            files C:\Program Files (x86)\App\run.exe
            files \\srv\share\a b.txt
            files /etc/passwd
            registry HKLM\Software\My Key\Run
            files d41d8cd98f00b204e9800998ecf8427e
        "#]],
    );
}

#[test]
fn mac_spellings() {
    check(
        "02:00:5E:00:53:01 02-00-5e-00-53-02 0200.5e00.5303 020000005304",
        expect![[r#"
            mac_addresses 02:00:5e:00:53:01 (made)
            mac_addresses 02:00:5e:00:53:02 (made)
            mac_addresses 02:00:5e:00:53:03 (made)
        "#]],
    );
}

#[test]
fn hostile_text_is_read_in_linear_time() {
    for piece in ["a.", "[.]", "://", "@", "\\", "C:\\ ", ":", "1.", "a@b.com", "http://", "é.", "(dot)"] {
        let text = piece.repeat(200_000 / piece.len());
        scan(&text, &mut Lines(String::new()));
    }
}

#[test]
fn names_that_are_none() {
    check(
        r#"<142>local0.info user.info: <Event xmlns="http://schemas.example.com/event" xmlns:x='http://example.org/'> info.example.info"#,
        expect![[r#"
            domains info.example.info
        "#]],
    );
}

#[test]
fn paths_whose_last_name_has_blanks() {
    check(
        r#"C:\Program Files\A B\My Program.exe ran C:\Windows\system32\cmd.exe /c run.bat and C:\Temp\folder of nothing, C:\Temp\a b"#,
        expect![[r#"
            files C:\Program Files\A B\My Program.exe
            files C:\Windows\system32\cmd.exe
            files run.bat
            files C:\Temp\folder
            files C:\Temp\a
        "#]],
    );
}

/// Text is looked at in blocks, and what their edges hide counts as a sight: so a find that is missed somewhere shows when it is moved.
#[test]
fn the_same_is_found_wherever_it_stands() {
    const PIECES: &[&str] = &[
        "192.0.2.1",
        "10.0.0.7:443",
        "1.5",
        "12:30:45.123",
        "2001:db8::5",
        "2001:db8:1:2:3:4:5:6",
        "::1",
        "fe80::1%eth0",
        "02:00:5e:00:53:01",
        "02-00-5E-00-53-02",
        "0200.5e00.5303",
        "2026-01-02",
        "example.com",
        "mail.example.org.",
        "a_b@example.net",
        "https://www.example.com/a?b=1",
        "hxxp[:]//bad.example[.]net/x",
        "example(dot)org",
        "u[at]example.com",
        "file1.7z",
        "setup.exe",
        "v1.2.3",
        "C:\\Temp\\a.b",
        "C:\\\\Temp\\\\x",
        "\\\\srv\\share",
        "\\Device\\Disk1\\f",
        "%SystemRoot%\\x",
        "HKLM\\Software\\K",
        "DOM\\user",
        "/etc/passwd",
        "a/etc/b",
        "application/json",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "0123456789012345",
        "\u{e9}t\u{e9}.fr",
        "{\"",
        "\":",
        "\",\"",
        "=",
        " ",
        " ",
        ",",
        "(",
        "[",
        "]",
        ")",
        "'",
        "\\\"",
        ".",
        ":",
        "/",
        "-",
        "@",
        "x",
    ];
    let found = |text: &str| {
        let mut found = Lines(String::new());
        scan(text, &mut found);
        found.0
    };
    let mut random = 1u64;
    let mut piece = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        PIECES[(random >> 33) as usize % PIECES.len()]
    };
    for _ in 0..400 {
        let text: String = (0..12).map(|_| piece()).collect();
        let wanted = found(&text);
        for blanks in 1..64 {
            assert_eq!(found(&(" ".repeat(blanks) + &text)), wanted, "{blanks} blanks before {text}");
        }
    }
}
