//! Enters: a sealed message whose email around the parts was changed on the way, by somebody or by a gateway. Leaves:
//! proof that `open` says which of its words were signed, which were added and which are not as they were sent.
//! Never: documents kept back: they are whole.

use crate::proof::Scene;
use crate::support::office::Said;
use crate::support::tools::{command, run};
use serde_json::Value;
use std::fs;

/// Changes a message as its first argument says; the message comes on stdin, parsed by Python's own library.
const CHANGE: &str = r#"
import email, email.policy, sys
from email.header import Header
how = sys.argv[1]
message = email.message_from_bytes(open(sys.argv[2], "rb").read(), policy=email.policy.compat32)
words = [part for part in message.walk() if part.get_content_maintype() == "text"]

def put(part, text, charset="utf-8", encoding="base64"):
    import base64, quopri
    data = text.encode(charset, "xmlcharrefreplace")
    subtype = part.get_content_subtype()
    part.replace_header("Content-Type", f'text/{subtype}; charset="{charset}"')
    part.replace_header("Content-Transfer-Encoding", encoding)
    part._payload = {"base64": lambda: base64.encodebytes(data).decode(),
        "quoted-printable": lambda: quopri.encodestring(data).decode(),
        "8bit": lambda: data.decode("latin-1")}[encoding]()

def text(part):
    return part.get_payload(decode=True).decode("utf-8")

def header(name, value):
    message.replace_header(name, value)

PLAIN, PAGE = words[0], words[1]
subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
before = message.as_bytes()
exec(how)
assert how == "pass" or message.as_bytes() != before, "nothing is changed"
sys.stdout.buffer.write(message.as_bytes())
"#;

struct Mail(Scene, std::path::PathBuf);

impl Mail {
    fn new() -> Self {
        let scene = Scene::new();
        let made = scene.office.message_path(&scene.letter());
        Mail(scene, made)
    }

    fn opened(&self, how: &str) -> (Said, Value) {
        let changed = run(command("python3").args(["-c", CHANGE, how]).arg(&self.1)).expect(how);
        self.open_bytes(&changed)
    }

    fn open_bytes(&self, bytes: &[u8]) -> (Said, Value) {
        let eml = self.0.folder.path().join("letter.eml");
        fs::write(&eml, bytes).unwrap();
        let out = self.0.folder.path().join("letter");
        let _ = fs::remove_dir_all(&out);
        let said = self.0.open(&eml, &["--json"]);
        assert!(out.join("01-cover-note.pdf").is_file(), "what is whole was not opened: {said:?}");
        let json = said.json();
        (said, json)
    }
}

fn list(json: &Value, key: &str) -> Vec<String> {
    json[key].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn f17_words_of_the_email_that_are_not_as_they_were_sent_are_named() {
    let mail = Mail::new();
    for (how, what) in [
        ("header('Subject', 'OFFICIAL: something else')", "subject"),
        ("del message['Subject']", "subject"),
        ("message['Subject'] = 'a second one'", "subject"),
        ("header('From', '\"Detained Medical Reports Team\" <reports@elsewhere.example.invalid>')", "sender"),
        ("header('From', message['From'].replace('Team', 'Tearn'))", "sender"),
        ("header('From', message['From'] + ', x@elsewhere.example.invalid')", "sender"),
        ("message['From'] = 'x@elsewhere.example.invalid'", "sender"),
        ("header('To', 'somebody@elsewhere.example.invalid')", "recipient"),
        ("header('Date', 'Tue, 24 Nov 2026 12:00:00 +0000')", "date"),
        ("header('Date', 'Mon, 23 Nov 2026 12:00:00 +0100')", "date"),
        (
            "put(PLAIN, text(PLAIN).replace('Open the cover note', 'Ring 01632 960999 about it'))",
            "plain words",
        ),
        ("put(PLAIN, text(PLAIN).replace('0', '9'))", "plain words"),
        ("put(PAGE, text(PAGE).replace('0', '9'))", "formatted words"),
        ("put(PAGE, text(PAGE).replace('Open the cover note', 'Never open it'))", "formatted words"),
        ("put(PLAIN, '')", "plain words"),
        ("put(PAGE, '<p>Call 01632 960999.</p>')", "formatted words"),
        ("put(PAGE, '<!--' + text(PAGE) + '--><p>Call 01632 960999.</p>')", "formatted words"),
        ("put(PAGE, '<style>' + text(PAGE).replace('style', 'i') + '</style><p>x</p>')", "formatted words"),
        ("put(PLAIN, '\\n'.join(reversed(text(PLAIN).splitlines())))", "plain words"),
    ] {
        let (said, json) = mail.opened(how);
        assert_eq!(said.code, 1, "{how}: {said:?}");
        let altered = list(&json, "altered");
        assert!(!altered.is_empty() && altered.iter().all(|one| one.contains(what)), "{how}: {altered:#?}");
        assert!(!list(&json, "proved").iter().any(|one| one.contains(what)), "{how}: {json:#}");
    }
}

#[test]
fn f17_what_was_added_on_the_way_is_told_apart_from_what_was_sent() {
    let mail = Mail::new();
    for (how, what) in [
        ("header('Subject', '[EXTERNAL] ' + message['Subject'])", "[EXTERNAL]"),
        ("put(PLAIN, 'CAUTION: from outside.\\n\\n' + text(PLAIN))", "CAUTION: from outside."),
        ("put(PLAIN, text(PLAIN) + '\\n-- \\nScanned. Call 01632 960999.\\n')", "01632 960999"),
        ("put(PAGE, text(PAGE).replace('<h1>', '<p>Our new number: 01632 960999</p><h1>'))", "01632 960999"),
        (
            "put(PAGE, text(PAGE).replace('<h1>', '<a href=\"https://evil.invalid/\"></a><h1>'))",
            "evil.invalid",
        ),
        ("put(PAGE, text(PAGE).replace('<h1>', '<img src=https://evil.invalid/x.png><h1>'))", "evil.invalid"),
        ("message['Reply-To'] = 'x@elsewhere.example.invalid'", "x@elsewhere.example.invalid"),
        ("message['Cc'] = 'x@elsewhere.example.invalid'", "x@elsewhere.example.invalid"),
        (
            "message.attach(email.message_from_string('Content-Type: text/plain\\n\\nRing 01632 960999'))",
            "01632 960999",
        ),
        (
            "message.attach(email.message_from_string('Content-Type: text/calendar\\n\\nRing'))",
            "cannot be compared",
        ),
        ("message.attach(email.message_from_string('Content-Type: image/png\\n\\nx'))", "cannot be compared"),
    ] {
        let (said, json) = mail.opened(how);
        assert_eq!(said.code, 0, "{how}: {said:?}");
        let added = list(&json, "added");
        assert!(added.iter().any(|one| one.contains(what)), "{how}: {added:#?}");
        assert!(list(&json, "altered").is_empty(), "{how}: {json:#}");
    }
}

#[test]
fn f17_what_gateways_change_by_themselves_alters_nothing() {
    let mail = Mail::new();
    for how in [
        "pass",
        "put(PLAIN, text(PLAIN)); put(PAGE, text(PAGE))",
        "put(PLAIN, text(PLAIN), 'windows-1252', 'quoted-printable'); put(PAGE, text(PAGE), 'iso-8859-1', 'quoted-printable')",
        "put(PLAIN, text(PLAIN).replace('\\n', '  \\r\\n'), 'utf-8', 'base64')",
        "put(PLAIN, ' '.join(text(PLAIN).split()))",
        "put(PLAIN, text(PLAIN).replace(' ', '\\n'))",
        "put(PAGE, text(PAGE).replace('\\n', '\\r\\n\\t ').replace('<p>', '<P class=MsoNormal>'))",
        "put(PAGE, text(PAGE).replace('<head>', '<head><meta name=x content=y><style>p { color: red }</style>'))",
        "header('Subject', Header(subject, 'utf-8', maxlinelen=40).encode())",
        "header('Subject', Header(subject, 'iso-8859-1', maxlinelen=40).encode())",
        "header('Date', 'Mon, 23 Nov 2026 13:00:00 +0100 (CET)')",
        "header('From', message['From'].replace('\"', ''))",
        "header('From', message['From'].replace(' <', '\\n <').replace('office.example', 'OFFICE.Example'))",
        "message['X-Spam-Status'] = 'No'; message['Received'] = 'from a by b'; message['DKIM-Signature'] = 'v=1'",
    ] {
        let (said, json) = mail.opened(how);
        assert_eq!(said.code, 0, "{how}: {said:?}");
        assert_eq!(
            (list(&json, "added"), list(&json, "altered")),
            (Vec::new(), Vec::new()),
            "{how}: {json:#}"
        );
        for what in
            ["sender is", "recipient is", "date is", "subject is", "plain words are", "formatted words are"]
        {
            let proved = list(&json, "proved");
            assert!(proved.iter().any(|one| one.contains(what)), "{how}: {what}: {proved:#?}");
        }
    }
}

#[test]
fn f17_people_are_told_to_believe_no_number_and_what_was_signed() {
    let mail = Mail::new();
    let changed =
        run(command("python3").args(["-c", CHANGE, "put(PLAIN, 'Ring 01632 960999')"]).arg(&mail.1)).unwrap();
    let eml = mail.0.folder.path().join("people.eml");
    fs::write(&eml, changed).unwrap();
    let said = mail.0.open(&eml, &[]).expect(1);
    let text = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "believe no number, name or link of it",
        "The email as it was signed:",
        "added in its plain words: \u{201c}Ring 01632 960999\u{201d}",
        "altered its plain words lack this",
        "nothing of its parts is missing, changed or out of order",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn f17_parts_without_their_email_come_with_the_words_that_were_signed() {
    let scene = Scene::new();
    let folder = scene.folder.path().join("parts");
    fs::create_dir(&folder).unwrap();
    crate::proof::save_attachments(&scene.office.message_path(&scene.letter()), &folder);
    let said = scene.open(&folder, &[]).expect(0);
    assert!(said.stdout.contains("The email as it was signed:"), "{said:?}");
    assert!(said.stdout.contains("det-yarls-wood@office.example.invalid"), "{said:?}");
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    for line in [
        "# list: 2",
        "# from: ",
        "# to: ",
        "# date: 2026-11-23T12:00:00Z",
        "# subject: ",
        "# text: ",
        "# page: ",
    ] {
        assert!(list.contains(&format!("\n{line}")), "{line}: {list}");
    }
}
