//! The independent programs that other tests rely on: each finds what it is there to find.

use crate::support::broken::{self, SAMPLES, Severity};
use crate::support::pdf;
use crate::support::postfix::{Postfix, strip_added_headers};
use crate::support::tools::{age_decrypt, command, run, run_with};

/// Sends standard input with Python's own mail client: nothing of ours on either side.
const SENDER: &str = r#"
import smtplib, ssl, sys
port, ca, to = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
with smtplib.SMTP_SSL("localhost", port, context=ssl.create_default_context(cafile=ca), timeout=20) as server:
    server.sendmail("team@office.example.invalid", to, sys.stdin.buffer.read())
"#;

const MESSAGE: &[u8] = b"From: team@office.example.invalid\r\n\
    To: clinic@nhs.example.invalid\r\n\
    Subject: OFFICIAL SENSITIVE: made up\r\n\
    Received: is a word that a message may hold in a header of its own\r\n\
    Message-ID: <1@office.example.invalid>\r\n\
    Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\
    \r\n\
    First line,=20\r\n\
    .a dot first\r\n\
    .\r\n\
    Received: not a header\r\n\
    \r\n\
    last line\r\n";

fn send(server: &Postfix, recipient: &str) -> Result<Vec<u8>, String> {
    let port = server.port().to_string();
    let mut python = command("python3");
    python.args(["-c", SENDER, &port]);
    python.arg(server.ca_pem_path()).arg(recipient);
    run_with(&mut python, MESSAGE)
}

#[test]
fn a_real_mail_server_delivers_a_message_as_it_was_sent() {
    let server = Postfix::start();
    send(&server, "clinic@nhs.example.invalid").expect("the server takes it");
    let delivered = server.wait_for(1);
    assert_eq!(delivered.len(), 1);
    assert_eq!(
        String::from_utf8_lossy(&strip_added_headers(&delivered[0])),
        String::from_utf8_lossy(MESSAGE)
    );
    assert!(server.log().contains("status=sent"), "{}", server.log());
}

#[test]
fn the_mail_server_delivers_nothing_outside_and_refuses_as_told() {
    let server = Postfix::start();
    let other = Postfix::start();
    assert_ne!(server.port(), other.port());
    for (recipient, code) in [
        ("someone@example.org", "554"),
        ("busy@nhs.example.invalid", "450"),
        ("gone@nhs.example.invalid", "550"),
    ] {
        let refusal = send(&server, recipient).expect_err(recipient);
        assert!(refusal.contains(code), "{recipient}: {refusal}");
    }
    send(&other, "det@example.invalid").expect("the other server takes it");
    assert_eq!(other.wait_for(1).len(), 1);
    assert!(server.delivered().is_empty());
}

#[test]
fn only_the_server_s_own_authority_vouches_for_it() {
    let server = Postfix::start();
    let other = Postfix::start();
    let handshake = |name: &str, server: &Postfix, trusted: &Postfix| {
        let mut openssl = command("openssl");
        openssl.args(["s_client", "-verify_return_error", "-verify_hostname", name]);
        openssl.arg("-connect").arg(format!("127.0.0.1:{}", server.port()));
        openssl.arg("-CAfile").arg(trusted.ca_pem_path());
        run(&mut openssl)
    };
    handshake("localhost", &server, &server).expect("its own authority vouches for it");
    handshake("localhost", &server, &other).expect_err("another's does not");
    handshake("relay.example.invalid", &server, &server).expect_err("nor under another name");
}

#[test]
fn outloud_finds_each_class_of_fault_and_nothing_in_a_sound_document() {
    let mut pdfs = vec![broken::notice(), locked()];
    pdfs.extend(SAMPLES.iter().map(|(_, _, _, edits)| broken::edited(edits)));
    let mut found = pdf::outloud_each(&pdfs).into_iter();

    let sound = found.next().expect("the notice comes first");
    assert!(sound.is_clean(), "{sound:?}");
    let locked = found.next().expect("then the locked one");
    assert_eq!(locked.errors[0].rule, "DOC-020", "{locked:?}");
    for ((fault, rule, severity, _), found) in SAMPLES.iter().zip(found) {
        let list = match severity {
            Severity::Error => &found.errors,
            Severity::Warning => &found.warnings,
        };
        assert!(list.iter().any(|finding| finding.rule == *rule), "{fault}: {rule} is not among {found:?}");
    }
}

#[test]
fn page_validation_finds_what_pdf_a_and_pdf_ua_forbid_and_nothing_in_a_sound_document() {
    const ROOT: &str = "  /Pages 7 0 R";
    let samples: [(&[(&str, &str)], &str); 8] = [
        (&[("<pdfaid:part>2<", "<pdfaid:part>3<")], "PDFA2A-ID-PART"),
        (&[("<pdfuaid:part>1</pdfuaid:part>", "")], "PDFUA1-ID"),
        (&[("  /Metadata 3 0 R\n", "")], "PDFA2A-METADATA"),
        (&[("/FontFile2", "/FontFileX")], "FONT-EMBEDDING"),
        (&[("/S /URI", "/S /Launch")], "PDFA2A-ACTION-TYPE"),
        (&[(ROOT, "  /OpenAction << /S /JavaScript /JS (x) >>\n  /Pages 7 0 R")], "PDFA2A-ACTION-TYPE"),
        (&[("/Span<</MCID 1>>BDC", "/Span<</X 1>>BDC")], "PDFUA1-CONTENT-TAGGING"),
        (&[("  /Alt (A blue oblong)\n", "")], "PDFUA1-FIGURE-ALTERNATIVE-TEXT"),
    ];
    let mut pdfs = vec![broken::notice(), encrypted(&["256"])];
    pdfs.extend(samples.iter().map(|(edits, _)| broken::edited(edits)));
    let mut found = pdf::validated_each(&pdfs).into_iter();
    assert_eq!(found.next(), Some(Vec::new()), "the notice is sound");
    assert!(found.next().is_some_and(|faults| !faults.is_empty()), "the encrypted one");
    for ((edits, rule), found) in samples.iter().zip(found) {
        assert!(found.iter().any(|fault| fault.contains(rule)), "{edits:?}: {rule} is not among {found:?}");
    }
}

/// Encrypted the old way, with readers for the blind locked out.
fn locked() -> Vec<u8> {
    encrypted(&["128", "--accessibility=n"])
}

fn encrypted(how: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plain = folder.path().join("plain.pdf");
    std::fs::write(&plain, broken::notice()).expect("a new file");
    let mut qpdf = command("qpdf");
    qpdf.args(["--allow-weak-crypto", "--encrypt", "", "owner"]).args(how);
    run(qpdf.arg("--").arg(plain).arg("-")).expect("qpdf encrypts")
}

#[test]
fn a_file_that_is_no_whole_pdf_is_found_by_each_checker() {
    let notice = broken::notice();
    pdf::qpdf_check(&notice).expect("the notice is sound");
    let middle = notice.len() / 2;
    let mut spoilt = notice.clone();
    // In the table of offsets at the end.
    let table = notice.len() - 200;
    spoilt[table..table + 40].fill(b'9');
    for (case, bytes) in [
        ("cut short", &notice[..middle]),
        ("empty", &[]),
        ("a web page", b"<html><body>Not a PDF</body></html>"),
        ("offsets spoilt", &spoilt),
    ] {
        assert!(pdf::qpdf_check(bytes).is_err(), "qpdf: {case}");
        if case != "offsets spoilt" {
            assert!(!pdf::outloud(bytes).is_clean(), "outloud: {case}");
            assert!(!pdf::structure(bytes).is_empty(), "structure: {case}");
        }
    }
}

#[test]
fn the_structural_tests_find_what_pdf_a_forbids() {
    let sound = pdf::structure(&broken::notice());
    assert!(sound.is_empty(), "{sound:?}");
    const ROOT: &str = "  /Pages 7 0 R";
    for (edits, fault) in [
        (("<pdfaid:part>2<", "<pdfaid:part>3<"), "PDF/A-2"),
        (("conformance>A<", "conformance>B<"), "conformance level A"),
        (("<pdfuaid:part>1</pdfuaid:part>", ""), "PDF/UA-1"),
        (("  /Metadata 3 0 R\n", ""), "PDF/A-2"),
        (("  /OutputIntents 6 0 R\n", ""), "output intent"),
        (("/GTS_PDFA1", "/GTS_PDFX"), "output intent"),
        (("/DestOutputProfile", "/Unknown"), "output intent"),
        (("/Marked true", "/Marked false"), "not tagged"),
        (("(en-GB)", "()"), "no language"),
        (("/FontFile2", "/FontFileX"), "not embedded"),
        (("/S /URI", "/S /Launch"), "/Launch"),
        ((ROOT, "  /OpenAction << /S /JavaScript /JS (x) >>\n  /Pages 7 0 R"), "/JavaScript"),
        ((ROOT, "  /Names << /EmbeddedFiles << /Names [ ] >> >>\n  /Pages 7 0 R"), "/EmbeddedFiles"),
    ] {
        let found = pdf::structure(&broken::edited(&[edits]));
        assert!(found.iter().any(|found| found.contains(fault)), "{fault}: {found:?}");
    }
    let found = pdf::structure(&encrypted(&["256"]));
    assert!(found.contains(&"it is encrypted".to_string()), "{found:?}");
}

#[test]
fn the_text_of_a_pdf_can_be_searched_by_the_sentence() {
    let notice = broken::notice();
    assert!(pdf::flowing_text(&notice).contains("The tests break this notice in many ways."));
    let row = ["Monday", "ten"];
    let text = pdf::text(&notice);
    let line = text.lines().find(|line| line.contains(row[0]));
    assert!(line.is_some_and(|line| line.contains(row[1])), "{text}");
}

#[test]
fn debian_s_age_opens_a_sealed_file_with_its_own_key_and_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = |name: &str| {
        let path = folder.path().join(name);
        run(command("age-keygen").arg("-o").arg(&path)).expect("a new key");
        let public = run(command("age-keygen").arg("-y").arg(&path)).expect("its public half");
        let public = String::from_utf8(public).expect("text");
        (path, public.trim().to_owned())
    };
    let (own, recipient) = key("own");
    let (other, _) = key("other");
    let mut age = command("age");
    age.args(["--encrypt", "--recipient", &recipient]);
    let sealed = run_with(&mut age, MESSAGE).expect("age seals");
    assert_eq!(age_decrypt(&own, &sealed).expect("its own key"), MESSAGE);
    age_decrypt(&other, &sealed).expect_err("another key");
    age_decrypt(&own, &sealed[..sealed.len() - 1]).expect_err("a cut file");
}
