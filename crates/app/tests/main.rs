//! The conversation with a relay, against one that fails on purpose: each failure becomes the verdict that is
//! true of it, and the moment before the dot is asked about once and in time.

mod batches;
mod distance;
mod forms;
mod trust;

use age::secrecy::SecretString;
use despatch_app::send::Verdict;
use despatch_app::send::smtp::{Relay, Settings, Timeouts};
use despatch_core::address::EmailAddress;
use despatch_testing::postfix::smtp_sink;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A relay that fails on purpose, with a certificate of its own authority.
struct Sink {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    dir: TempDir,
    port: u16,
}

fn openssl(dir: &Path, arguments: &str) {
    let done = Command::new("openssl").args(arguments.split(' ')).current_dir(dir).output().unwrap();
    assert!(done.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr));
}

/// `ca.pem`, `relay.pem` and `relay.key`, for the name `relay.example.invalid` and for 127.0.0.1.
fn certificates(dir: &Path) {
    const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let names = "subjectAltName=DNS:relay.example.invalid,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n";
    std::fs::write(dir.join("names"), names).unwrap();
    openssl(dir, &format!("req -x509 {EC} -keyout ca.key -out ca.pem -days 2 -subj /CN=made-up-authority"));
    openssl(dir, &format!("req -new {EC} -keyout relay.key -out relay.csr -subj /CN=relay"));
    openssl(
        dir,
        "x509 -req -in relay.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out relay.pem",
    );
}

impl Sink {
    fn start(modes: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        certificates(dir.path());
        let mut child = Command::new("python3")
            .arg(smtp_sink())
            .args(["relay.pem", "relay.key", ".", &modes.join(",")])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut sink = Self { child, lines, dir, port: 0 };
        sink.port = sink.until("PORT ").last().unwrap()[5..].parse().unwrap();
        sink
    }

    /// The sink's lines up to the first that begins so.
    fn until(&mut self, begin: &str) -> Vec<String> {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            seen.push(line.unwrap());
            if seen.last().unwrap().starts_with(begin) {
                return seen;
            }
        }
        panic!("the sink ended without {begin:?}: {seen:?}");
    }

    fn settings(&self) -> Settings {
        let wait = Duration::from_secs(20);
        Settings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            hello_name: "office.example.invalid".to_owned(),
            tls_ca: Some(std::fs::read(self.dir.path().join("ca.pem")).unwrap()),
            tls_name: Some("relay.example.invalid".to_owned()),
            credentials: None,
            timeouts: Timeouts { connect: wait, command: wait, dot: wait },
        }
    }

    fn message(&self, number: usize) -> Option<Vec<u8>> {
        std::fs::read(self.dir.path().join(format!("{number}.eml"))).ok()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

/// Lines that begin with dots, an empty line at the end, more than one chunk, a CRLF across two chunks.
fn message() -> Vec<u8> {
    let mut text = b"Subject: x\r\n\r\n.\r\n..\r\n.dots\r\n".to_vec();
    while text.len() < 65_535 {
        let room = 65_535 - text.len();
        text.extend(if room > 40 { b"a line of some length\r\n".to_vec() } else { vec![b'y'; room] });
    }
    text.extend(b"\r\n.after the chunk\r\n\r\n");
    text
}

/// Delivers, and says how often the moment before the dot came.
fn deliver(settings: Settings, message: &[u8]) -> (Verdict, usize) {
    let relay = Relay::new(settings).unwrap();
    let mut asked = 0;
    let verdict =
        relay.deliver(&address("dmrt@office.invalid"), &address("det@nhs.invalid"), message, &mut || {
            asked += 1;
            Ok::<(), String>(())
        });
    (verdict, asked)
}

fn word(verdict: &Verdict) -> String {
    let json = serde_json::to_value(verdict).unwrap();
    json["verdict"].as_str().unwrap().to_owned()
}

fn text(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Accepted { reply } | Verdict::Deferred { reply } | Verdict::Refused { reply } => reply,
        Verdict::InDoubt { why } => why,
    }
}

#[test]
fn an_accepted_message_arrives_byte_for_byte() {
    let mut sink = Sink::start(&["accept"]);
    let (verdict, asked) = deliver(sink.settings(), &message());
    assert_eq!(verdict, Verdict::Accepted { reply: "250 2.0.0 kept as 17".to_owned() });
    assert_eq!(asked, 1);
    let seen = sink.until("END");
    assert!(sink.message(0).unwrap() == message(), "the delivered bytes differ from the given ones");
    let commands: Vec<&str> = seen.iter().filter_map(|line| line.strip_prefix("COMMAND ")).collect();
    assert_eq!(
        commands,
        [
            "EHLO office.example.invalid",
            "MAIL FROM:<dmrt@office.invalid>",
            "RCPT TO:<det@nhs.invalid>",
            "DATA",
            "QUIT"
        ]
    );
}

#[test]
fn the_moment_before_the_dot_comes_once_after_every_byte_and_before_the_dot() {
    let mut sink = Sink::start(&["accept"]);
    let relay = Relay::new(sink.settings()).unwrap();
    let message = message();
    let dots = message.split(|&b| b == b'\n').filter(|line| line.starts_with(b".")).count();
    let all = format!("BYTES {}", message.len() - 2 + dots);
    let mut asked = 0;
    let verdict =
        relay.deliver(&address("a@office.invalid"), &address("b@nhs.invalid"), &message, &mut || {
            asked += 1;
            let seen = sink.until(&all);
            assert!(!seen.iter().any(|line| line.starts_with("DOT")), "the dot came first: {seen:?}");
            Ok::<(), String>(())
        });
    assert_eq!((word(&verdict).as_str(), asked), ("accepted", 1));
    assert_eq!(sink.until("DOT").len(), 1, "more bytes came between the commit and the dot");
}

#[test]
fn when_the_commit_before_the_dot_fails_nothing_is_sent() {
    let mut sink = Sink::start(&["accept", "accept"]);
    let relay = Relay::new(sink.settings()).unwrap();
    let (from, to) = (address("a@office.invalid"), address("b@nhs.invalid"));
    let verdict = relay.deliver(&from, &to, &message(), &mut || Err("the disk is full"));
    assert_eq!(word(&verdict), "deferred");
    assert!(text(&verdict).contains("the disk is full"));
    let seen = sink.until("END");
    assert!(!seen.iter().any(|line| line == "DOT") && sink.message(0).is_none(), "{seen:?}");
    assert_eq!(word(&deliver(sink.settings(), &message()).0), "accepted", "the relay is usable again");
}

#[test]
fn every_failure_becomes_the_verdict_that_is_true_of_it() {
    let table = [
        ("greet4", "deferred", 0, "451 4.3.0 ?not now"),
        ("greet5", "deferred", 0, "550 5.1.1 never"),
        ("ehlo5", "deferred", 0, "550 5.1.1 never"),
        ("mail4", "deferred", 0, "451"),
        ("mail5", "refused", 0, "550 5.1.1 never"),
        ("rcpt4", "deferred", 0, "451"),
        ("rcpt5", "refused", 0, "550 5.1.1 never"),
        ("data4", "deferred", 0, "451"),
        ("data5", "refused", 0, "550"),
        ("early", "deferred", 0, "out of turn: 250 too soon"),
        ("dot4", "deferred", 1, "451"),
        ("dot5", "refused", 1, "550 5.1.1 never"),
        ("dotclose", "in_doubt", 1, "no certain answer"),
        ("dothalf", "in_doubt", 1, "no certain answer"),
        ("dotlong", "in_doubt", 1, "no certain answer"),
        ("dotodd", "in_doubt", 1, "354 once more"),
        ("accept", "accepted", 1, "250"),
    ];
    let modes: Vec<&str> = table.iter().map(|row| row.0).collect();
    let mut sink = Sink::start(&modes);
    for (mode, verdict, asked, says) in table {
        let (found, times) = deliver(sink.settings(), &message());
        assert_eq!((word(&found).as_str(), times), (verdict, asked), "{mode}: {found:?}");
        let exact = text(&found).split(" with the relay: ").last().unwrap();
        assert!(exact.contains(says), "{mode}: {exact}");
        sink.until("END");
    }
}

#[test]
fn a_relay_that_hangs_up_inside_the_body_has_certainly_not_delivered() {
    let mut sink = Sink::start(&["bodyclose"]);
    let long = b"a line of some length, many times over\r\n".repeat(400_000);
    let (verdict, asked) = deliver(sink.settings(), &[b"Subject: x\r\n\r\n".as_slice(), &long].concat());
    assert_eq!((word(&verdict).as_str(), asked), ("deferred", 0), "{verdict:?}");
    sink.until("END");
}

#[test]
fn without_a_certificate_that_verifies_no_byte_of_the_message_leaves() {
    let mut sink = Sink::start(&["accept", "accept", "accept", "plaintext", "accept"]);
    let wrong_name = Settings { tls_name: Some("other.example.invalid".to_owned()), ..sink.settings() };
    let by_address = Settings { tls_name: Some("127.0.0.2".to_owned()), ..sink.settings() };
    let other = tempfile::tempdir().unwrap();
    certificates(other.path());
    let unknown_ca =
        Settings { tls_ca: Some(std::fs::read(other.path().join("ca.pem")).unwrap()), ..sink.settings() };
    for (settings, says) in [
        (wrong_name, "certificate"),
        (by_address, "certificate"),
        (unknown_ca, "certificate"),
        (sink.settings(), "no session"),
    ] {
        let (verdict, asked) = deliver(settings, &message());
        assert_eq!((word(&verdict).as_str(), asked), ("deferred", 0), "{verdict:?}");
        assert!(text(&verdict).contains(says), "{verdict:?}");
        let seen = sink.until("END");
        assert!(
            !seen.iter().any(|line| line.starts_with("COMMAND") || line.starts_with("BYTES")),
            "{seen:?}"
        );
        // 16 03: what the plaintext server heard is the beginning of TLS, not of SMTP.
        assert!(
            seen.iter().filter_map(|line| line.strip_prefix("HEARD ")).all(|hex| hex.starts_with("1603"))
        );
    }
    let ip_name = Settings { tls_name: None, ..sink.settings() };
    assert_eq!(word(&deliver(ip_name, &message()).0), "accepted");
}

#[test]
fn credentials_are_given_inside_tls_and_a_refusal_does_not_blame_the_message() {
    let mut sink = Sink::start(&["accept", "auth5"]);
    for expected in ["accepted", "deferred"] {
        let credentials = Some(("office".to_owned(), SecretString::from("secret".to_owned())));
        let (verdict, _) = deliver(Settings { credentials, ..sink.settings() }, &message());
        assert_eq!(word(&verdict), expected, "{verdict:?}");
        let seen = sink.until("END");
        assert!(seen.iter().any(|line| line == "AUTH AUTH PLAIN AG9mZmljZQBzZWNyZXQ="), "{seen:?}");
        assert!(!text(&verdict).contains("secret"));
    }
    let nobody = Settings { port: 1, ..sink.settings() };
    assert_eq!(word(&deliver(nobody, &message()).0), "deferred");
}

#[test]
fn what_is_unfit_is_refused_before_any_connection() {
    let sink = Sink::start(&["accept"]);
    for bytes in [
        "Subject: x\n\nbody\n",
        "Subject: \u{e9}\r\n\r\n",
        "Subject: x\r\n\r\nno end",
        "A: b\r\nBcc: c\r\n\r\n",
    ] {
        let (verdict, asked) = deliver(sink.settings(), bytes.as_bytes());
        assert_eq!((word(&verdict).as_str(), asked), ("refused", 0));
    }
    let bad = |change: fn(&mut Settings)| {
        let mut settings = sink.settings();
        change(&mut settings);
        Relay::new(settings).unwrap_err().at
    };
    assert_eq!(bad(|s| s.hello_name = "a\r\nMAIL FROM:<x@y>".to_owned()), "relay.hello_name");
    assert_eq!(bad(|s| s.host = "smtp://relay".to_owned()), "relay.host");
    assert_eq!(bad(|s| s.tls_name = Some(String::new())), "relay.tls_name");
    assert_eq!(bad(|s| s.tls_ca = Some(b"not a certificate".to_vec())), "relay.tls_ca");
    assert_eq!(bad(|s| s.tls_ca = Some(Vec::new())), "relay.tls_ca");
}
