//! Enters: a service whose account somebody has taken, and a reviewer who signs. Leaves: proof that they sign for what
//! came out of a message that they opened themselves, and for nothing else, whatever the service says that they saw.

use super::service::{DAEMON, office, passphrase_of};
use super::signed::Keys;
use super::socket::{frame, read_frame};
use crate::support::service::{as_account, file_of, open_to_group};
use crate::travel::real::{NOBODY, RealOffice};
use despatch_app::operations::reading::SealedDespatch;
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_seal::approval::{Choice, Statement};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::thread;

/// A reviewer's account, and an office whose service is not what it was.
struct Taken {
    office: RealOffice,
    listener: UnixListener,
    keys: Keys,
}

impl Taken {
    fn new() -> Self {
        let office = office();
        office.drop_report(1, "the-preparer", NOBODY).expect(0);
        open_to_group(&office.dir);
        let socket = office.dir.join("despatch.sock");
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).unwrap();
        fs::set_permissions(&socket, Permissions::from_mode(0o666)).unwrap();
        Self { office, listener, keys: Keys::of(&["the-reviewer"]) }
    }

    /// The message of a despatch, as it lies in the outbox.
    fn message(&self, id: &str) -> Vec<u8> {
        let path = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().path();
        let mut all = fs::read_dir(self.office.dir.join("outbox/despatches")).unwrap().map(path);
        let is = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            name.starts_with(&format!("{id}.")) && name.ends_with(".eml")
        };
        fs::read(all.find(is).expect("a message")).unwrap()
    }

    /// Unlocks the review key, as for `outbox open`.
    fn unlock(&self, passphrase: &str) -> Value {
        let locked = fs::read(self.office.dir.join("keys/review.key.age")).unwrap();
        json!({ "Unlock": { "source": { "file": passphrase, "review": true }, "locked": locked, "question": "" } })
    }

    fn show(&self, id: &str, message: &[u8]) -> Value {
        let key = fs::read_to_string(self.office.dir.join("keys/review.pub")).unwrap();
        let (id, message) = (id.parse().unwrap(), Secret::new(message.to_vec()));
        let review_key = key.trim().parse().unwrap();
        json!({ "Show": [null, SealedDespatch { id, message, copy: Secret::default(), review_key, to_be_signed: true }] })
    }

    /// A text to sign that says what it wants: that it may be signed unseen, too.
    fn sign(&self, key: &str, id: &str, message: &[u8]) -> Value {
        let statement = Statement {
            office: "despatch.example.invalid".to_owned(),
            despatch: id.to_owned(),
            message: Sha256::of(message),
            choice: Choice::Approve,
            entry: "a-team".parse().unwrap(),
            address: "a-team@office.example.invalid".to_owned(),
            opening: "age".to_owned(),
            keys: Vec::new(),
            confirmed: Vec::new(),
            by: "the-reviewer".parse().unwrap(),
            number: "0".repeat(64),
            until: "2099-12-31T12:00:00Z".parse().unwrap(),
        };
        let text = statement.text().expect("a text");
        json!({ "Sign": { "key": key, "despatch": id, "urgently": false, "seen": null, "unseen": true, "text": text } })
    }

    /// What the reviewer's side answers to these questions during one command.
    fn answers(&self, words: &[&str], questions: Vec<Value>) -> Vec<Value> {
        let mut command =
            as_account(DAEMON, &[&["--office", self.office.dir.to_str().unwrap()], words].concat());
        command.env("XDG_STATE_HOME", self.office.dir.with_file_name("state-of-the-reviewer"));
        thread::scope(|scope| {
            let heard = scope.spawn(|| {
                let (mut stream, _) = self.listener.accept().unwrap();
                assert!(read_frame(&mut stream).is_some(), "a request");
                let mut answers = Vec::new();
                for question in &questions {
                    stream.write_all(&frame_of(question)).unwrap();
                    answers.push(read_frame(&mut stream).expect("an answer"));
                }
                stream.write_all(&frame(b"{\"End\":\"Done\"}")).unwrap();
                answers
            });
            command.output().unwrap();
            heard.join().unwrap()
        })
    }
}

/// A value in as many frames as it takes.
fn frame_of(value: &Value) -> Vec<u8> {
    let text = value.to_string();
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(64 << 10).collect();
    let mut bytes = Vec::new();
    for (at, chunk) in chunks.iter().enumerate() {
        let more = if at + 1 < chunks.len() { 1 << 31 } else { 0 };
        bytes.extend((chunk.len() as u32 | more).to_be_bytes());
        bytes.extend(*chunk);
    }
    bytes
}

fn refused(answer: &Value) -> &str {
    answer["Refused"]["code"].as_str().unwrap_or_else(|| panic!("not refused: {answer}"))
}

#[test]
fn a_reviewer_signs_for_what_they_opened_themselves_and_for_nothing_else() {
    let taken = Taken::new();
    let passphrase = passphrase_of(&taken.office, DAEMON);
    let key = file_of(&taken.office.dir, DAEMON, "key", &fs::read(taken.keys.key("the-reviewer")).unwrap());
    let key = key.to_str().unwrap();
    let approve = ["outbox", "approve", "1-1", "--sign-key", key];
    let open = ["outbox", "open", "1-1", "--passphrase-file", &passphrase];
    let (message, other) = (taken.message("1-1"), taken.message("1-2"));
    let sign = |message: &[u8]| taken.sign(key, "1-1", message);

    // Nobody opened anything, and the service's word that it may be signed unseen is not the reviewer's.
    assert_eq!(refused(&taken.answers(&approve, vec![sign(&message)])[0]), "sign.unopened");
    // During an approval nothing is shown, and so nothing is noted.
    let answers = taken.answers(&approve, vec![taken.show("1-1", &message), sign(&message)]);
    assert_eq!((refused(&answers[0]), refused(&answers[1])), ("service.asks", "sign.unopened"));
    // What is shown under another number than the one on the command line; what is no message, or a changed one.
    let mut changed = message.clone();
    let at = changed.len() / 2;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    for (what, code) in [
        (taken.show("1-2", &other), "service.asks"),
        (taken.show("1-1", &changed), "message.altered"),
        (taken.show("1-1", b"anything"), "message.altered"),
    ] {
        let answers = taken.answers(&open, vec![taken.unlock(&passphrase), what]);
        assert!(answers[0]["Unlocked"].is_string(), "{answers:?}");
        assert_eq!(refused(&answers[1]), code);
    }
    for message in [&message, &changed, &other] {
        assert_eq!(refused(&taken.answers(&approve, vec![sign(message)])[0]), "sign.unopened");
    }

    // Once it is opened here, it is signed for, and no other is.
    let answers = taken.answers(&open, vec![taken.unlock(&passphrase), taken.show("1-1", &message)]);
    let folder = PathBuf::from(answers[1]["Delivered"].as_str().unwrap_or_else(|| panic!("{answers:?}")));
    assert!(folder.join("01-cover-note.pdf").is_file(), "the reviewer has the documents");
    fs::remove_dir_all(folder).unwrap();
    for unopened in [&other, &changed] {
        assert_eq!(refused(&taken.answers(&approve, vec![sign(unopened)])[0]), "sign.unopened");
    }
    let answers = taken.answers(&approve, vec![sign(&message)]);
    assert!(answers[0]["Signed"].as_str().is_some_and(|text| text.contains("SSH SIGNATURE")), "{answers:?}");

    // Under its own word a reviewer signs unseen; the office says whether that counts.
    let answers = taken.answers(&[&approve[..], &["--unseen"]].concat(), vec![sign(&other)]);
    assert!(answers[0]["Signed"].is_string(), "{answers:?}");
}
