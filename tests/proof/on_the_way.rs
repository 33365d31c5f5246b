//! Enters: a sealed message as gateways, relays, mail programs and forwarders leave it, and as a forger does. Leaves:
//! proof that `open` opens what the signature covers and says what differs around it, and opens nothing that is forged.

use super::*;
use std::collections::BTreeMap;

/// Makes another message of one, as its first argument says; the second is the message, the third another despatch.
const REWRITE: &str = r#"
import base64, binascii, email, email.policy, re, sys
raw = open(sys.argv[2], "rb").read()
head, body = raw.split(b"\r\n\r\n", 1)
message = email.message_from_bytes(raw, policy=email.policy.compat32)
other = email.message_from_binary_file(open(sys.argv[3], "rb"), policy=email.policy.compat32)
boundary = message.get_boundary().encode()

def pieces():
    "The parts as they stand: the words, then the files."
    return body[len(boundary) + 4:].rsplit(b"\r\n--" + boundary + b"--", 1)[0].split(b"\r\n--" + boundary + b"\r\n")

def whole(parts):
    line = b"--" + boundary
    return head + b"\r\n\r\n" + line + b"\r\n" + (b"\r\n" + line + b"\r\n").join(parts) + b"\r\n" + line + b"--\r\n"

def files(of=message):
    return [part for part in of.walk() if part.get_filename()]

def named(name, of=message):
    return next(part for part in files(of) if part.get_filename() == name)

def content(part):
    return part.get_payload(decode=True)

def leaf(kind, content, **more):
    heads = [("Content-Type", kind), ("Content-Transfer-Encoding", "base64")]
    heads += [(key.replace("_", "-"), value) for key, value in more.items()]
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n").strip()
    return "".join(f"{key}: {value}\r\n" for key, value in heads).encode() + b"\r\n" + lines

def wrapped(inner, *more, kind="mixed", outer="From: clerk@elsewhere.example.invalid\r\nSubject: FW: papers\r\n"):
    line = b"\r\n--outer\r\n"
    start = f'{outer}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="outer"\r\n\r\n--outer\r\n'
    return start.encode() + line.join([inner, *more]) + b"\r\n--outer--\r\n"

def forwarded(inner, kind="message/rfc822", name="despatch.eml"):
    note = b"Content-Type: text/plain\r\n\r\nPlease see attached."
    part = f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'.encode() + inner
    return wrapped(note, part)

def named_by(change):
    "Gives each file's header another spelling."
    return re.sub(rb'Content-Disposition: attachment; filename="([^"]+)"', lambda m: change(m.group(1)), raw)

def encoded(change, only=lambda name: True):
    "Gives each file another encoding."
    parts = pieces()
    for at, part in enumerate(files(), 1):
        if only(part.get_filename()):
            parts[at] = f'Content-Disposition: attachment; filename="{part.get_filename()}"\r\n'.encode() + change(content(part))
    return whole(parts)

def binary(content):
    return b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content

def base64_by(width, end=b"\r\n"):
    def change(content):
        digits = base64.b64encode(content)
        lines = end.join(digits[at:at + width] for at in range(0, len(digits), width))
        return b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines
    return change

def quoted(content):
    text = binascii.b2a_qp(content, quotetabs=True, istext=False).replace(b"=\n", b"=\r\n")
    return b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + text

def as_text(content):
    return b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + content.replace(b"\n", b"\r\n")

def inline(content):
    return b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + content.rstrip()

def attached(name, content):
    return leaf("application/octet-stream", content, Content_Disposition=f'attachment; filename="{name}"')

def put(changes):
    "Puts other bytes in the place of named files."
    parts = pieces()
    for at, part in enumerate(files(), 1):
        if part.get_filename() in changes:
            parts[at] = attached(part.get_filename(), changes[part.get_filename()])
    return whole(parts)

def flipped(content):
    return content[:400] + bytes([content[400] ^ 1]) + content[401:]

SES = re.sub(rb"Message-ID: [^\r]*", b"Message-ID: <0102018f-000000@eu-west-2.relay.example.invalid>", raw, count=1)
LOGO = leaf('image/png; name="logo.png"', b"\x89PNG", Content_ID="<logo>", Content_Disposition='inline; filename="logo.png"')
LIST, SIGNATURE, PART = "SHA256SUMS", "SHA256SUMS.sig", "02-document.pdf.age"
sys.stdout.buffer.write(eval(sys.argv[1]))
"#;

struct Way {
    scene: Scene,
    other: PathBuf,
    made: PathBuf,
}

impl Way {
    fn new() -> Self {
        let scene = Scene::new();
        let made = scene.office.message_path(&scene.letter());
        let other = scene.office.message_path(&scene.office.despatch_for("DEMO-0903", "det"));
        Way { scene, other, made }
    }

    /// What `open` says of the message that such a rewriting makes, and the documents that it opened.
    fn opened(&self, how: &str) -> (Said, BTreeMap<String, Vec<u8>>) {
        let changed = run(command("python3").args(["-c", REWRITE, how]).arg(&self.made).arg(&self.other));
        let eml = self.scene.folder.path().join("way.eml");
        let changed = changed.unwrap_or_else(|why| panic!("{how}: {why}"));
        assert!(how == "raw" || changed != fs::read(&self.made).unwrap(), "{how}: nothing is changed");
        fs::write(&eml, changed).unwrap();
        let out = self.scene.folder.path().join("way");
        let _ = fs::remove_dir_all(&out);
        let said = self.scene.open(&eml, &["--json"]);
        let read = |entry: std::io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
        };
        let documents = fs::read_dir(&out).map(|all| all.map(read).collect()).unwrap_or_default();
        (said, documents)
    }
}

fn list(said: &Said, key: &str) -> Vec<String> {
    said.json()[key].as_array().unwrap().iter().map(|one| words(one).to_owned()).collect()
}

/// Honest changes that leave every word as it was: what is told, and under which heading; nothing where it is empty.
const HONEST: [(&str, &str, &str); 33] = [
    ("raw", "", ""),
    (
        "SES",
        "rewritten",
        "its Message-ID is \u{201c}<0102018f-000000@eu-west-2.relay.example.invalid>\u{201d}",
    ),
    ("re.sub(rb'Message-ID: [^\\r]*\\r\\n', b'', raw)", "rewritten", "its Message-ID was taken out"),
    ("raw.replace(b'\\r\\n', b'\\n')", "", ""),
    ("b'From somebody Mon Nov 23 12:00:00 2026\\n' + raw.replace(b'\\r\\n', b'\\n')", "", ""),
    ("b'\\xef\\xbb\\xbf\\r\\n' + raw", "", ""),
    ("raw.replace(b'--' + boundary + b'\\r\\n', b'--' + boundary + b' \\t\\r\\n')", "", ""),
    ("raw[:raw.rindex(b'\\r\\n--' + boundary)]", "", ""),
    ("head + b'\\r\\n\\r\\nA preamble.\\r\\n' + body + b'\\r\\nAn epilogue.\\r\\n'", "", ""),
    ("head.replace(b'Content-Type', b'CONTENT-TYPE') + b'\\r\\n\\r\\n' + body", "", ""),
    (
        "raw.replace(boundary, b'outer1').replace(b'multipart/mixed; boundary=\"outer1\"', b'multipart/mixed; charset=\"a;b\"; boundary=outer1')",
        "",
        "",
    ),
    // RFC 2231, and what Outlook writes in its place.
    (
        "named_by(lambda n: b\"Content-Disposition: attachment; filename*=UTF-8''\" + n.replace(b'-', b'%2D'))",
        "",
        "",
    ),
    (
        "named_by(lambda n: b\"Content-Disposition: attachment;\\r\\n filename*0*=utf-8'en'\" + n[:3].replace(b'-', b'%2d') + b';\\r\\n\\tfilename*1=\"' + n[3:] + b'\"')",
        "",
        "",
    ),
    (
        "named_by(lambda n: b'Content-Disposition: attachment;\\r\\n filename*1=\"' + n[3:] + b'\"; filename*0=\"' + n[:3] + b'\"')",
        "",
        "",
    ),
    (
        "named_by(lambda n: b'Content-Disposition: attachment; filename=\"=?utf-8?B?' + base64.b64encode(n) + b'?=\"')",
        "",
        "",
    ),
    ("named_by(lambda n: b'Content-Disposition: attachment; size=1; filename=' + n)", "", ""),
    // Parts encoded anew.
    ("encoded(base64_by(60))", "", ""),
    ("encoded(base64_by(990, b'\\n'))", "", ""),
    ("encoded(quoted)", "", ""),
    ("encoded(binary)", "", ""),
    ("encoded(as_text, lambda name: name.startswith(LIST))", "", ""),
    ("encoded(inline, lambda name: name.startswith(LIST))", "", ""),
    // Parts renamed, in another order, twice.
    (
        "named_by(lambda n: b'Content-Disposition: attachment; filename=\"ATT-' + n[:3] + b'.dat\"')",
        "rewritten",
        "its part 01-cover-note.pdf.age came under the name \u{201c}ATT-01-.dat\u{201d}",
    ),
    ("named_by(lambda n: b'X-Was: ' + n)", "rewritten", "its part SHA256SUMS.sig came without a name"),
    ("whole([pieces()[0]] + pieces()[:0:-1])", "rewritten", "its parts came in another order"),
    ("whole(pieces() + pieces()[1:3])", "rewritten", "2 of its parts came twice"),
    // Parts added.
    (
        "whole(pieces() + [LOGO])",
        "added",
        "the file \u{201c}logo.png\u{201d} (4 bytes), which was not signed for and was not opened",
    ),
    (
        "whole(pieces() + [leaf('text/plain; name=\"disclaimer.txt\"', b'Confidential.', Content_Disposition='inline; filename=\"disclaimer.txt\"')])",
        "added",
        "\u{201c}Confidential.\u{201d}",
    ),
    (
        "whole(pieces() + [attached('disclaimer.txt', b'Confidential.')])",
        "added",
        "\u{201c}disclaimer.txt\u{201d} (13 bytes)",
    ),
    (
        "whole(pieces() + [attached('09-document.pdf.age', b'age')])",
        "added",
        "\u{201c}09-document.pdf.age\u{201d} (3 bytes)",
    ),
    (
        "wrapped(re.search(rb'Content-Type.*', head, re.S).group(0) + b'\\r\\n\\r\\n' + body, attached('smime.p7s', b'x'), kind='signed; micalg=sha-256', outer=re.split(rb'(?i)mime-version', head)[0].decode())",
        "added",
        "\u{201c}smime.p7s\u{201d}",
    ),
    (
        "wrapped(re.search(rb'Content-Type.*', head, re.S).group(0) + b'\\r\\n\\r\\n' + body, LOGO, kind='related', outer=re.split(rb'(?i)mime-version', head)[0].decode())",
        "added",
        "\u{201c}logo.png\u{201d}",
    ),
    (
        "whole(pieces() + [b'Content-Type: message/rfc822\\r\\n\\r\\nFrom: a@b.invalid\\r\\nSubject: another\\r\\n\\r\\nHello'])",
        "added",
        "another email in the same message: from \u{201c}a@b.invalid\u{201d}, \u{201c}another\u{201d}",
    ),
];

#[test]
fn honest_changes_on_the_way_are_told_and_open_the_same_documents() {
    let way = Way::new();
    let (_, whole) = way.opened("raw");
    assert!(
        whole.contains_key("01-cover-note.pdf") && whole.contains_key("manifest.json"),
        "{:?}",
        whole.keys()
    );
    for (how, heading, told) in HONEST {
        let (said, documents) = way.opened(how);
        assert_eq!(said.code, 0, "{how}: {said:?}");
        assert!(documents == whole, "{how}: other documents");
        assert_eq!(list(&said, "altered"), Vec::<String>::new(), "{how}");
        for key in ["rewritten", "added"] {
            let found = list(&said, key);
            match heading == key {
                true => assert!(found.iter().any(|one| one.contains(told)), "{how}: {found:#?}"),
                false => assert!(found.is_empty(), "{how}: {key}: {found:#?}"),
            }
        }
        let proved = list(&said, "proved");
        for what in
            ["exactly these parts", "sender is", "date is", "subject is", "plain words", "formatted words"]
        {
            assert!(proved.iter().any(|one| one.contains(what)), "{how}: {what}: {proved:#?}");
        }
    }
}

#[test]
fn a_forwarded_email_is_opened_where_it_lies_and_the_one_around_it_is_not_believed() {
    let way = Way::new();
    let (_, whole) = way.opened("raw");
    let carried = "the email that it was forwarded inside: from \u{201c}clerk@elsewhere.example.invalid\u{201d}, \u{201c}FW: papers\u{201d}";
    for how in [
        "forwarded(raw)",
        "forwarded(forwarded(raw).replace(b'outer', b'inner'))",
        "forwarded(SES)",
        "forwarded(raw.replace(b'\\r\\n', b'\\n')).replace(b'\\r\\n', b'\\n')",
        "forwarded(raw, kind='application/octet-stream')",
        "wrapped(b'Content-Type: text/plain\\r\\n\\r\\nSee below.', leaf('message/rfc822', raw))",
        "wrapped(b'\\r\\n' + raw, kind='digest')",
        "forwarded(b'From somebody Mon Nov 23 12:00:00 2026\\r\\n' + raw)",
        "b'From somebody Mon Nov 23 12:00:00 2026\\n' + forwarded(raw)",
        // What the forwarder attached beside it, also a second time.
        "wrapped(attached('note.pdf', b'%PDF-1.7'), b'Content-Type: message/rfc822\\r\\n\\r\\n' + raw)",
        "wrapped(b'Content-Type: message/rfc822\\r\\n\\r\\n' + raw, b'Content-Type: message/rfc822\\r\\n\\r\\n' + raw)",
    ] {
        let (said, documents) = way.opened(how);
        assert_eq!(said.code, 0, "{how}: {said:?}");
        assert!(documents == whole, "{how}: other documents");
        let added = list(&said, "added");
        assert!(added.iter().any(|one| one.contains(carried)), "{how}: {added:#?}");
        let proved = list(&said, "proved");
        for what in ["sender is", "recipient is", "plain words"] {
            assert!(proved.iter().any(|one| one.contains(what)), "{how}: {what}: {proved:#?}");
        }
        let twice = how.matches("forwarded(").count() == 2;
        assert_eq!(
            added.iter().filter(|one| one.contains("forwarded inside")).count(),
            1 + usize::from(twice),
            "{how}"
        );
    }
}

#[test]
fn words_of_a_forwarder_around_the_parts_themselves_are_not_taken_for_the_offices() {
    let way = Way::new();
    let (_, whole) = way.opened("raw");
    let (said, documents) =
        way.opened("wrapped(b'Content-Type: text/plain\\r\\n\\r\\nRing 01632 960999.', *pieces()[1:])");
    assert!(said.code == 1 && documents == whole, "{said:?}");
    let altered = list(&said, "altered");
    for what in ["sender is", "subject is", "plain words lack"] {
        assert!(altered.iter().any(|one| one.contains(what)), "{what}: {altered:#?}");
    }
    assert!(list(&said, "added").iter().any(|one| one.contains("01632 960999")), "{said:?}");
}

/// What a forger does, and what `open` calls it.
const FORGED: [(&str, &str); 22] = [
    ("put({PART: flipped(content(named(PART)))})", "open.part_changed"),
    ("put({PART: content(named(PART))[:-1]})", "open.part_changed"),
    ("put({PART: b''})", "open.part_changed"),
    ("put({PART: content(named(PART, other))})", "open.part_changed"),
    (
        "put({PART: content(named('01-cover-note.pdf.age')), '01-cover-note.pdf.age': content(named(PART))})",
        "open.part_changed",
    ),
    (
        "put({LIST: content(named(LIST, other)), SIGNATURE: content(named(SIGNATURE, other))})",
        "open.part_changed",
    ),
    ("put({LIST: content(named(LIST, other))})", "open.signature"),
    ("put({LIST: content(named(LIST)).replace(b'# despatch ', b'# despatch 9')})", "open.signature"),
    (
        "put({LIST: content(named(LIST)).replace(b'telephone', b'telefone').replace(b'Telephone', b'Telefone')})",
        "open.signature",
    ),
    (
        "put({LIST: b'\\n'.join(line for line in content(named(LIST)).split(b'\\n') if PART.encode() not in line)})",
        "open.signature",
    ),
    ("put({SIGNATURE: content(named(SIGNATURE))[:200]})", "open.signature"),
    ("whole([piece for piece in pieces() if PART.encode() not in piece])", "open.part_missing"),
    ("whole([piece for piece in pieces() if b'manifest.json' not in piece])", "open.part_missing"),
    ("whole([piece for piece in pieces() if b'SHA256SUMS' not in piece])", "open.unsigned"),
    ("whole([piece for piece in pieces() if b'SHA256SUMS.sig' not in piece])", "open.unsigned"),
    ("whole(pieces()[:1] + [attached('letter.pdf', b'%PDF-1.7')])", "open.unsigned"),
    // A second one of a name, before the right one and after it.
    ("whole(pieces() + [attached(PART, b'another')])", "open.part_changed"),
    (
        "whole(pieces()[:1] + [attached(PART, content(named(PART, other)))] + pieces()[1:])",
        "open.part_changed",
    ),
    ("whole(pieces() + [attached(LIST, b'# despatch 1-1\\n')])", "open.part_changed"),
    // In an email inside, and around an email that is whole.
    ("forwarded(put({PART: flipped(content(named(PART)))}))", "open.part_changed"),
    (
        "wrapped(attached(PART, b'another'), b'Content-Type: message/rfc822\\r\\n\\r\\n' + raw)",
        "open.unsigned",
    ),
    (
        "wrapped(b'Content-Type: message/rfc822\\r\\n\\r\\n' + raw, b'Content-Type: message/rfc822\\r\\n\\r\\n' + other.as_bytes())",
        "open.several",
    ),
];

#[test]
fn what_is_forged_or_not_whole_stays_refused_and_leaves_nothing_behind() {
    let way = Way::new();
    for (how, code) in FORGED {
        let (said, documents) = way.opened(how);
        assert_eq!(said.code, 1, "{how}: {said:?}");
        assert_eq!(said.json()["faults"][0]["code"], code, "{how}: {said:?}");
        assert!(documents.is_empty(), "{how}: something was left behind");
    }
}

#[test]
fn a_list_that_somebody_else_signed_is_refused_however_it_comes() {
    let way = Way::new();
    let folder = way.scene.folder.path();
    let (key, parts) = (folder.join("stranger"), way.scene.saved(&way.scene.letter(), "whole"));
    run(command("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key)).unwrap();
    fs::remove_file(parts.join(SIGNATURE)).unwrap();
    let mut sign = command("ssh-keygen");
    run(sign.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&key).arg(parts.join(LIST))).unwrap();
    let signature = format!("open({:?}, 'rb').read()", parts.join(SIGNATURE));
    for how in [
        format!("put({{SIGNATURE: {signature}}})"),
        format!("forwarded(put({{SIGNATURE: {signature}}}))"),
        format!("whole(pieces()[:-1] + [attached('ATT00001.bin', {signature})])"),
    ] {
        let (said, documents) = way.opened(&how);
        assert_eq!(said.json()["faults"][0]["code"], "open.signature", "{how}: {said:?}");
        assert!(documents.is_empty(), "{how}: something was left behind");
    }
}

#[test]
fn a_hostile_message_ends_and_opens_nothing() {
    let way = Way::new();
    for how in [
        "(b'Content-Type: message/rfc822\\r\\n\\r\\n' * 200000) + raw",
        "b''.join(b'Content-Type: multipart/mixed; boundary=b%d\\r\\n\\r\\n--b%d\\r\\n' % (n, n) for n in range(20000)) + raw",
        "whole(pieces() + [attached('a.txt', b'x')] * 3000 + [attached(PART, b'x')])[:-400]",
        "raw[:len(raw) // 2]",
    ] {
        let (said, documents) = way.opened(how);
        assert_eq!(said.code, 1, "{how}: {said:?}");
        assert!(documents.is_empty(), "{how}: something was left behind");
    }
}

#[test]
fn an_email_that_only_outlook_reads_is_named_as_such() {
    let way = Way::new();
    let (said, documents) = way.opened("wrapped(pieces()[0], attached('winmail.dat', b'x'))");
    assert!(said.code == 1 && documents.is_empty(), "{said:?}");
    assert_eq!(said.json()["faults"][0]["code"], "open.outlook");
}

#[test]
fn a_folder_opens_though_a_browser_numbered_the_files_in_it() {
    let way = Way::new();
    let folder = way.scene.saved(&way.scene.letter(), "numbered");
    for (from, to) in [
        ("01-cover-note.pdf.age", "01-cover-note.pdf(1).age"),
        (LIST, "SHA256SUMS (1)"),
        (SIGNATURE, "SHA256SUMS (1).sig"),
    ] {
        fs::rename(folder.join(from), folder.join(to)).unwrap();
    }
    let said = way.scene.open(&folder, &["--json"]).expect(0);
    assert!(folder.join("01-cover-note.pdf").is_file(), "{said:?}");
    assert!(list(&said, "rewritten").iter().any(|one| one.contains("01-cover-note.pdf(1).age")), "{said:?}");
}
