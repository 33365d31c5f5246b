//! What is said on the socket itself, by clients and services that do not mean well.

use super::service::{DAEMON, STRANGER, office, passphrase_of, with_report};
use crate::support::service::{GROUP, as_account, file_of, open_to_group};
use crate::support::tools::command;
use crate::travel::real::NOBODY;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;
use std::thread;

pub(super) fn frame(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

/// Reads one value of a peer; `None` at its end.
pub(super) fn read_frame(stream: &mut UnixStream) -> Option<Value> {
    let mut bytes = Vec::new();
    loop {
        let mut head = [0; 4];
        stream.read_exact(&mut head).ok()?;
        let head = u32::from_be_bytes(head);
        let begin = bytes.len();
        bytes.resize(begin + (head & !(1 << 31)) as usize, 0);
        stream.read_exact(&mut bytes[begin..]).ok()?;
        if head & (1 << 31) == 0 {
            return serde_json::from_slice(&bytes).ok();
        }
    }
}

fn request(what: Value) -> Value {
    json!({ "version": 1, "json": true, "named": null, "today": null, "what": what })
}

/// Whoever laid the socket there gets no request: its account is not the office's.
#[test]
fn a_squatted_socket_harvests_nothing() {
    let office = office();
    open_to_group(&office.dir);
    let listener = UnixListener::bind(office.dir.join("despatch.sock")).unwrap();
    fs::set_permissions(office.dir.join("despatch.sock"), Permissions::from_mode(0o666)).unwrap();
    // The listener is root's, and the office somebody else's.
    chown(&office.dir, Some(2), None).unwrap();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        all
    });
    let words = ["--office", office.dir.to_str().unwrap(), "outbox", "words", "1-1"];
    let said = as_account(DAEMON, &words).output().unwrap();
    let stderr = String::from_utf8_lossy(&said.stderr);
    assert!(stderr.contains("who listens there is root"), "{stderr}");
    assert_eq!(heard.join().unwrap(), b"", "nothing was sent");
}

/// A service whose account somebody has taken asks its clients for more than it may have.
#[test]
fn a_client_gives_a_service_no_passphrase_of_the_review_key_and_no_path_that_was_not_named() {
    let office = office();
    open_to_group(&office.dir);
    let passphrase = passphrase_of(&office, DAEMON);
    let other = file_of(&office.dir, DAEMON, "other", b"another secret of the reviewer's\n");
    let (other, locked) =
        (other.to_str().unwrap(), fs::read(office.dir.join("keys/review.key.age")).unwrap());
    let source = |file: &str, review| json!({ "file": file, "review": review });
    let planted = office.dir.with_file_name("planted");
    let questions = [
        json!({ "Passphrase": [source(&passphrase, true), "Passphrase: "] }),
        json!({ "Passphrase": [source(&passphrase, false), "Passphrase: "] }),
        json!({ "Passphrase": [{ "file": null, "review": false }, "Passphrase: "] }),
        json!({ "Unlock": { "source": source(other, true), "locked": locked, "question": "" } }),
        json!({ "PrivateKey": { "file": other, "source": source(&passphrase, true), "question": "" } }),
        json!({ "Deliver": { "File": [planted.to_str().unwrap(), "cGxhbnRlZA=="] } }),
        json!({ "Deliver": { "Documents": { "to": planted.to_str().unwrap(), "name": "x", "documents": [] } } }),
        json!({ "Deliver": { "Documents": { "to": null, "name": "../x", "documents": [] } } }),
        json!({ "Deliver": { "Documents": { "to": null, "name": "x", "documents": [
            { "name": "../../planted", "bytes": "cGxhbnRlZA==" }
        ] } } }),
    ];
    let listener = UnixListener::bind(office.dir.join("despatch.sock")).unwrap();
    fs::set_permissions(office.dir.join("despatch.sock"), Permissions::from_mode(0o666)).unwrap();
    let number = questions.len();
    let service = thread::spawn(move || {
        let mut answers = Vec::new();
        for question in questions {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(read_frame(&mut stream).is_some(), "a request");
            let escape =
                json!({ "Log": [{ "Text": "\u{1b}]0;owned\u{7}" }, { "Style": "[31m\u{1b}]0;x\u{7}" }] });
            stream.write_all(&frame(escape.to_string().as_bytes())).unwrap();
            stream.write_all(&frame(question.to_string().as_bytes())).unwrap();
            answers.push(read_frame(&mut stream).expect("an answer"));
            stream.write_all(&frame(b"{\"End\":\"Done\"}")).unwrap();
        }
        answers
    });
    for _ in 0..number {
        let words = [
            "--office",
            office.dir.to_str().unwrap(),
            "outbox",
            "words",
            "1-1",
            "--passphrase-file",
            &passphrase,
        ];
        let said = as_account(DAEMON, &words).output().unwrap();
        assert!(!said.stderr.contains(&0x1b), "an escape sequence reaches the terminal: {said:?}");
    }
    for answer in service.join().unwrap() {
        assert!(answer["Refused"].is_object(), "{answer}");
        assert!(!answer.to_string().contains("made-up words"), "{answer}");
    }
    assert!(!planted.exists());
}

/// What hostile clients send, some of which hold their connections open.
fn hostile() -> Vec<Vec<u8>> {
    vec![
        // Nothing, and a part of a head: these hold their connections open.
        Vec::new(),
        vec![0, 0],
        // A part of a value, more of which never comes.
        [&(100u32).to_be_bytes()[..], b"{\"version\":1,"].concat(),
        // Longer than a frame may be.
        (u32::MAX >> 1).to_be_bytes().to_vec(),
        // No JSON, no request, another version.
        frame(b"\xff\xfe{"),
        frame(b"[]"),
        frame(json!({ "version": 2 }).to_string().as_bytes()),
        frame(request(json!({ "Command": { "nothing": {} } })).to_string().as_bytes()),
        // Another actor, and another account.
        frame(
            json!({ "version": 1, "json": true, "named": "the-reviewer", "today": null, "account": 1,
                    "what": { "Command": { "erase": { "case": "TEST-00001", "reason": "x", "confirm": false } } } })
            .to_string()
            .as_bytes(),
        ),
        // Deeper than any value.
        frame("[".repeat(50_000).as_bytes()),
    ]
}

/// Slow, cut, oversized and forged ones among them: none keeps another out, and each is who the kernel says.
#[test]
fn a_hundred_clients_at_once() {
    let (office, service) = with_report();
    let socket = office.dir.join("despatch.sock");
    let hostile = hostile();
    let slow: Vec<UnixStream> = (0..40)
        .map(|n| {
            let mut stream = UnixStream::connect(&socket).unwrap();
            let _ = stream.write_all(&hostile[n % hostile.len()]);
            stream
        })
        .collect();
    let cut = (0..20).map(|n| {
        let mut stream = UnixStream::connect(&socket).unwrap();
        let _ = stream.write_all(&hostile[n % hostile.len()]);
    });
    cut.for_each(drop);
    let honest: Vec<_> = (0..40)
        .map(|n| {
            let uid = [DAEMON, NOBODY, STRANGER][n % 3];
            let words = ["--office", office.dir.to_str().unwrap(), "--json", "new", "died"];
            let list = ["--office", office.dir.to_str().unwrap(), "--json", "outbox", "list"];
            let mut command = as_account(uid, if n % 2 == 0 { &list } else { &words });
            (uid, n % 2 == 0, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        })
        .collect();
    for (uid, lists, child) in honest {
        let said = child.wait_with_output().unwrap();
        let (code, stderr) = (said.status.code(), String::from_utf8_lossy(&said.stderr).into_owned());
        match (uid, lists) {
            (STRANGER, _) => assert_eq!(code, Some(1), "{stderr}"),
            (_, true) => assert_eq!(code, Some(0), "{stderr}"),
            // Who prepares the case is whose account it is.
            (DAEMON, false) => assert!(stderr.contains("Prepared by the-reviewer"), "{stderr}"),
            (_, false) => assert!(stderr.contains("Prepared by the-preparer"), "{stderr}"),
        }
    }
    drop(slow);
    service.given_by(DAEMON, &["outbox", "list"]).expect(0);
    let audit = office.run(&["--json", "audit", "verify"]).expect(0).json();
    assert!(audit["events"].as_u64().unwrap() > 0);
    let erasures = office.run(&["case", "TEST-00001"]).expect(0);
    assert!(!erasures.stdout.contains("erased"), "{erasures:?}");
}

/// However early a client dies, its command was done whole or not at all.
#[test]
fn a_client_that_dies_changes_nothing_or_all() {
    let (office, service) = with_report();
    let hold =
        json!({ "Command": { "outbox": { "command": { "Hold": { "ids": ["1-1"], "reason": "x" } } } } });
    let whole = frame(request(hold).to_string().as_bytes());
    for cut in (0..=whole.len()).step_by(whole.len() / 24) {
        let mut stream = UnixStream::connect(office.dir.join("despatch.sock")).unwrap();
        stream.write_all(&whole[..cut]).unwrap();
        drop(stream);
        let shown = office.run(&["--json", "outbox", "show", "1-1"]).expect(0).json();
        let state = shown["despatch"]["state"].as_str().unwrap().to_owned();
        assert!(["awaiting_review", "held"].contains(&state.as_str()), "{state}");
        assert!(cut == whole.len() || state == "awaiting_review", "a part of a request did something");
    }
    office.run(&["audit", "verify"]).expect(0);
    drop(service);
    office.run(&["audit", "verify"]).expect(0);
}

/// Connects as an account, sends as many bytes of a request as its first argument says and no end of it, and tells what
/// it was answered; without an answer it holds on until its standard input ends.
const PART: &str = r#"
use IO::Socket::UNIX;
my ($path, $bytes) = @ARGV;
my $client = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!";
$SIG{PIPE} = 'IGNORE';
my $frame = pack('N', 1 << 31 | 1 << 16) . ' ' x (1 << 16);
my $answered = 0;
FRAME: for (1 .. $bytes >> 16) {
    my $left = $frame;
    while (length $left) {
        my $written = syswrite($client, $left);
        if (!defined $written) { $answered = 1; last FRAME }
        substr($left, 0, $written, '');
    }
}
if (!$answered) {
    my $ready = '';
    vec($ready, fileno($client), 1) = 1;
    $answered = select($ready, undef, undef, 0);
}
$| = 1;
my $told = $answered ? do { local $/; <$client> } : 'held';
$told =~ tr/\n//d;
print "$told\n";
<STDIN>;
"#;

/// One that holds a part of a request until it is dropped.
struct Holder(std::process::Child);

impl Holder {
    /// What became of it: that it holds what it sent, or what it was answered.
    fn new(socket: &str, account: u32, bytes: usize) -> (Self, String) {
        let mut child = command("setpriv")
            .args([
                &format!("--reuid={account}"),
                &format!("--regid={GROUP}"),
                "--clear-groups",
                "perl",
                "-e",
            ])
            .args([PART, socket, &bytes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        (Self(child), told)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// The requests of an account, and of all together, hold no more than the machine can spare: one more is told to try
/// again, and what is small is done meanwhile.
#[test]
fn requests_together_are_bounded_and_small_ones_pass() {
    const MIB: usize = 1 << 20;
    let (office, service) = with_report();
    let socket = office.dir.join("despatch.sock");
    let part = |account, bytes| Holder::new(socket.to_str().unwrap(), account, bytes);
    let is_busy = |told: &str| told.contains("try again") && told.contains("TryAgain");
    let (first, told) = part(DAEMON, 90 * MIB);
    assert!(told.contains("held"), "{told}");
    let (_second, told) = part(DAEMON, 90 * MIB);
    assert!(is_busy(&told), "one account: {told}");
    let (_third, told) = part(NOBODY, 90 * MIB);
    assert!(told.contains("held"), "another one has room: {told}");
    let (_fourth, told) = part(0, 90 * MIB);
    assert!(is_busy(&told), "all together: {told}");
    for account in [DAEMON, NOBODY] {
        service.given_by(account, &["outbox", "list"]).expect(0);
    }
    // What is given up has room again.
    drop(first);
    while is_busy(&part(DAEMON, 90 * MIB).1) {
        thread::yield_now();
    }
    office.run(&["audit", "verify"]).expect(0);
}
