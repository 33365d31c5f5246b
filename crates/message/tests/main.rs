//! One message: the same bytes from the same draft, nothing smuggled into it, and its parts out of it again.

use despatch_message::{Draft, Mailbox, SealedPart, check_wire, compose, parts, signed_words};
use despatch_seal::list;
use despatch_seal::list::Head;
use despatch_seal::signing::{Namespace, SigningKey};
use despatch_testing::swap::Swap;
use std::sync::LazyLock;

static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed(&[7; 32]).unwrap());

fn draft() -> Draft<'static> {
    let mailbox =
        |name: &str, address: &str| Mailbox { name: name.to_owned(), address: address.parse().unwrap() };
    let parts = vec![
        SealedPart {
            file_name: "01-cover-note.pdf.age".to_owned(),
            bytes: (0..=255).cycle().take(70_001).collect(),
        },
        SealedPart { file_name: "02-document.pdf.age".to_owned(), bytes: b"two".to_vec() },
        // Only ASCII, with bare line feeds and a line that is a dot: lettre would send it as it stands.
        SealedPart { file_name: "manifest.json.age".to_owned(), bytes: b"plain\n.\n\rtext".to_vec() },
        SealedPart { file_name: "04-empty.age".to_owned(), bytes: Vec::new() },
        SealedPart { file_name: "05-line.age".to_owned(), bytes: vec![0; 57] },
    ];
    Draft {
        from: mailbox("Detained Medical Reports Team", "dmrt@office.example.invalid"),
        to: mailbox("Équipe \"Santé\", Brook House", "health@nhs.example.invalid"),
        subject: "OFFICIAL SENSITIVE – EMR-2026-0142: documents for you, to be opened with your key and nothing else"
            .to_owned(),
        text: "OFFICIAL SENSITIVE\n\nThree documents – sealed.\n.\nFrom here on=20\n.hidden\n".to_owned(),
        html: format!("<p>OFFICIAL SENSITIVE</p>\n<p>{}</p>\n", "long ".repeat(400)),
        parts,
        head: Head {
            despatch: "17-1".to_owned(),
            message_id: "<d-000017.1@office.example.invalid>".to_owned(),
            sealed_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            recipient: vec!["0011-2233-4455-6677".to_owned(), "8899-aabb-ccdd-eeff".to_owned()],
            review: "0123-4567-89ab-cdef".to_owned(),
        },
        signer: &SIGNER,
        date: "2026-11-23T10:00:00Z".parse().unwrap(),
        boundary_seed: "d-000017".to_owned(),
    }
}

fn list(parts: &[SealedPart]) -> String {
    let parts = parts.iter().map(|part| (part.file_name.as_str(), part.bytes.as_slice()));
    list::write(&draft().head, &SIGNER.to_public(), &signed_words(&draft()), parts)
}

fn signature(list: &str) -> String {
    SIGNER.sign(Namespace::List, list.as_bytes()).unwrap()
}

#[test]
fn the_same_draft_gives_the_same_bytes_and_they_are_fit_for_the_wire() {
    let bytes = compose(draft()).unwrap();
    assert!(bytes == compose(draft()).unwrap());
    check_wire(&bytes).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.lines().all(|line| line.len() <= 998));
    for header in [
        "From: \"Detained Medical Reports Team\" <dmrt@office.example.invalid>\r\n",
        "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n",
        "Message-ID: <d-000017.1@office.example.invalid>\r\n",
        "MIME-Version: 1.0\r\n",
    ] {
        assert_eq!(text.matches(header).count(), 1, "{header}");
    }
    let encodings: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("Content-Transfer-Encoding: ")).collect();
    assert_eq!(encodings, ["quoted-printable"; 2].into_iter().chain(["base64"; 7]).collect::<Vec<_>>());
}

#[test]
fn every_boundary_and_line_keeps_within_what_mail_systems_take() {
    let mut long = draft();
    long.boundary_seed = format!("<{}@office.example.invalid>", "seed".repeat(40));
    long.from.name = "Ünïcödé ".repeat(14).trim_end().to_owned();
    long.subject = "Ünïcödé wörds ".repeat(14).trim_end().to_owned();
    for draft in [draft(), long] {
        let bytes = compose(draft).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let boundaries: Vec<&str> =
            text.split("boundary=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(boundaries.len(), 2);
        assert!(boundaries.iter().all(|boundary| boundary.len() <= 60), "{boundaries:?}");
        assert_ne!(boundaries[0], boundaries[1]);
        // RFC 5322, section 2.1.1.
        let long: Vec<&str> = text.lines().filter(|line| line.len() > 78).collect();
        assert!(long.is_empty(), "{long:?}");
    }
}

#[test]
fn another_mail_program_reads_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("message.eml");
    std::fs::write(&path, compose(draft()).unwrap()).unwrap();
    let script = r#"
import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
walk = list(m.walk())
json.dump({
  "defects": sum(len(p.defects) for p in walk),
  "kinds": [p.get_content_type() for p in walk],
  "to": [[a.display_name, a.addr_spec] for a in m["To"].addresses],
  "subject": m["Subject"],
  "text": m.get_body(("plain",)).get_content(),
  "files": [[p.get_filename(), p.get_content().hex()] for p in m.iter_attachments()],
}, sys.stdout)"#;
    let read = std::process::Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let read: serde_json::Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(read["defects"], 0);
    assert_eq!(read["kinds"][0], "multipart/mixed");
    assert_eq!(read["kinds"][1], "multipart/alternative");
    assert_eq!(
        read["to"],
        serde_json::json!([["Équipe \"Santé\", Brook House", "health@nhs.example.invalid"]])
    );
    assert_eq!(read["subject"], draft().subject);
    assert_eq!(read["text"].as_str().unwrap().replace("\r\n", "\n").trim_end(), draft().text.trim_end());
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let mut expected: Vec<_> =
        draft().parts.iter().map(|p| serde_json::json!([p.file_name, hex(&p.bytes)])).collect();
    let list = list(&draft().parts);
    expected.push(serde_json::json!(["SHA256SUMS", hex(list.as_bytes())]));
    expected.push(serde_json::json!(["SHA256SUMS.sig", hex(signature(&list).as_bytes())]));
    assert_eq!(read["files"], serde_json::Value::from(expected));
}

#[test]
fn the_parts_come_out_as_they_went_in() {
    let read = parts(&compose(draft()).unwrap()).unwrap();
    let mut expected: Vec<_> = draft().parts.into_iter().map(|p| (p.file_name, p.bytes)).collect();
    let list = list(&draft().parts);
    expected.push(("SHA256SUMS".to_owned(), list.clone().into_bytes()));
    expected.push(("SHA256SUMS.sig".to_owned(), signature(&list).into_bytes()));
    assert!(read == expected);
}

#[test]
fn a_change_in_any_part_of_a_stored_message_is_noticed() {
    let bytes = compose(draft()).unwrap();
    let start = String::from_utf8_lossy(&bytes).find("01-cover-note").unwrap();
    for at in (start..bytes.len()).step_by(97).chain(bytes.len() - 2..bytes.len()) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(parts(&changed).expect_err("unnoticed").code, "message.altered", "at {at}");
        assert!(parts(&bytes[..at]).is_err(), "cut at {at}");
    }
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in
        [("02-document", "03-document"), ("base64", "7bit"), ("multipart/mixed", "multipart/digest")]
    {
        assert!(parts(text.swapped(from, to).as_bytes()).is_err(), "{from}");
    }
    assert!(parts(b"").is_err() && parts(b"Subject: x\r\n\r\nhello\r\n").is_err());
}

#[test]
fn a_list_that_nobody_signed_is_no_list() {
    let text = String::from_utf8(compose(draft()).unwrap()).unwrap();
    let signature = text.rfind("\r\n--").and_then(|end| Some((text[..end].rfind("\r\n--")?, end)));
    let (from, to) = signature.unwrap();
    assert!(text[from..to].contains("SHA256SUMS.sig"));
    let unsigned = [&text[..from], &text[to..]].concat();
    assert_eq!(parts(unsigned.as_bytes()).expect_err("taken").code, "message.altered");
}

#[test]
fn what_could_smuggle_a_header_or_a_name_is_refused() {
    type Change = fn(&mut Draft<'_>);
    let hostile: [(&str, Change); 19] = [
        ("subject", |d| d.subject.push_str("\r\nBcc: x@y.invalid")),
        ("subject", |d| d.subject.push('\n')),
        ("subject", |d| d.subject.push_str("a\u{202e}b")),
        ("subject", |d| d.subject.clear()),
        ("subject", |d| d.subject = "x".repeat(201)),
        ("to", |d| d.to.name = "A\r\nB".to_owned()),
        ("to", |d| d.to.name = "A\u{200b}B".to_owned()),
        ("from", |d| d.from.name = "\0".to_owned()),
        ("message_id", |d| d.head.message_id = "d-1@office.invalid".to_owned()),
        ("message_id", |d| d.head.message_id = "<d-1@office.invalid>\r\nX: y".to_owned()),
        ("message_id", |d| d.head.message_id = "<>".to_owned()),
        ("parts", |d| d.parts[0].file_name = "../a.age".to_owned()),
        ("parts", |d| d.parts[0].file_name = "a\".age".to_owned()),
        ("parts", |d| d.parts[0].file_name = "A name.pdf.age".to_owned()),
        ("parts", |d| d.parts[0].file_name = "SHA256SUMS".to_owned()),
        ("parts", |d| d.parts[0].file_name = d.parts[1].file_name.clone()),
        ("parts", |d| d.parts.clear()),
        ("body", |d| d.text.push('\r')),
        ("body", |d| d.html.push('\u{8}')),
    ];
    for (at, change) in hostile {
        let mut bad = draft();
        change(&mut bad);
        let fault = compose(bad).expect_err(at);
        assert_eq!((fault.at.as_str(), fault.code), (at, "message.unfit"));
    }
}

#[test]
fn a_pdf_that_opens_without_a_password_is_no_part_of_a_message() {
    let mut open = draft();
    open.parts[0].file_name = "01-cover-note.pdf".to_owned();
    for bytes in ["%PDF-1.7 about the /Encrypt entry of a trailer", "%PDF-1.7 /EncryptMetadata true"] {
        open.parts[0].bytes = bytes.into();
        let fault = compose(open.clone()).expect_err(bytes);
        assert_eq!((fault.at.as_str(), fault.code), ("01-cover-note.pdf", "message.open_pdf"));
    }
    open.parts[0].bytes = "%PDF-1.7 /Encrypt 12 0 R/Filter".into();
    compose(open).unwrap();
}

#[test]
fn bytes_that_are_unfit_for_the_wire_are_named() {
    let long = format!("A: {}\r\n\r\n", "x".repeat(996));
    for (bytes, reason) in [
        ("A: b\r\n\r\nc", "end with CRLF"),
        ("", "end with CRLF"),
        ("A: b\r\n\r\nc\nd\r\n", "LF without"),
        ("A: b\r\n\r\nc\rd\r\n", "CR without"),
        ("A: b\r\n\r\nc\r\r\n", "CR without"),
        ("A: b\r\n\r\n\n\r\n", "LF without"),
        ("A: é\r\n\r\n", "not ASCII"),
        ("A: \0\r\n\r\n", "not ASCII"),
        ("A: b\r\nBCC: c\r\n\r\n", "Bcc"),
        (&long, "998"),
    ] {
        let fault = check_wire(bytes.as_bytes()).expect_err(bytes);
        assert!(fault.cause.contains(reason), "{bytes:?}: {fault}");
    }
    check_wire(b"A: b\r\n\r\nBcc: in the body is only text\r\n").unwrap();
}

#[test]
fn f17_a_list_without_the_words_is_read_and_one_of_a_later_form_is_told() {
    let now = list(&draft().parts);
    let is_of_words = |line: &&str| {
        ["# list: ", "# from: ", "# to: ", "# date: ", "# subject: ", "# text: ", "# page: "]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    let before: String =
        now.lines().filter(|line| !is_of_words(line)).map(|line| format!("{line}\n")).collect();
    let (now_read, before_read) = (list::read(&now).unwrap(), list::read(&before).unwrap());
    assert_eq!(now_read.words, Some(signed_words(&draft())));
    assert_eq!((before_read.words, before_read.parts), (None, now_read.parts));
    let later = now.swapped_once("# list: 2", "# list: 3");
    assert!(list::read(&later).is_none() && list::is_of_a_later_form(&later));
    assert!(!list::is_of_a_later_form(&now) && !list::is_of_a_later_form(&before));
    // Words without the form, or the form without the words, are no list.
    assert!(list::read(&now.swapped_once("# list: 2\n", "")).is_none());
    assert!(list::read(&before.swapped_once("# Message-ID", "# list: 2\n# Message-ID")).is_none());
}
