//! Enters: an office with 2,000 approved messages of 60 kB, and a relay on loopback that accepts at once. Leaves: how many
//! messages a second `send --once` gives it, by the number of connections (`docs/performance.md`).
//! Never: counts a run after which a message is missing at the relay, is there twice, or is not on record as sent.
//!
//!     cargo bench --bench sending -- [--turns N] [--json FILE]

#[path = "../tests/support/office.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod office;
#[allow(dead_code, reason = "it measures one thing")]
mod arguments;
mod sink;

use arguments::Arguments;
use despatch_app::send::Verdict;
use despatch_app::send::smtp::{Relay, Settings, Timeouts};
use despatch_core::address::EmailAddress;
use despatch_core::words::Sha256;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use office::{DemoOffice, REVIEWER, TODAY, authorise, drop_into, paper_of, private_file, report_received};
use serde_json::{Value, json};
use sink::Sink;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Messages of one run.
const MESSAGES: usize = 2_000;
/// The least bytes of a message.
const BYTES: usize = 60_000;
/// How many go at once.
const LANES: [usize; 3] = [1, 4, 16];
/// Runs of each; the median counts.
const TURNS: usize = 5;

fn main() {
    let asked = Arguments::read(&[], &["turns", "json"]);
    let turns = asked.number("turns", TURNS);
    let sink = Sink::start();
    let office = prepared();
    let message = fill(&office);
    let flush = flush(&office.dir).as_secs_f64() * 1e3;
    println!("{MESSAGES} messages of {} bytes; {flush:.2} ms to flush 16 kB", message.len());
    let bare = LANES.map(|lanes| {
        let rate = bare(&sink, lanes, &message);
        println!("{lanes:>2} connections, the relay without a ledger: {rate:.0} messages/s");
        rate
    });
    let filled = office.dir.join("outbox/ledger.db");
    let kept = office.dir.join("filled.db");
    fs::copy(&filled, &kept).expect("a copy of the ledger");
    let mut measured = Vec::new();
    for (lanes, relay_alone) in LANES.into_iter().zip(bare) {
        let mut laps: Vec<(Duration, Duration)> = (0..turns)
            .map(|_| {
                fs::copy(&kept, &filled).expect("the ledger as it was");
                lap(&office, &sink, lanes)
            })
            .collect();
        laps.sort();
        let (wall, cpu) = laps[turns / 2];
        let rate = MESSAGES as f64 / wall.as_secs_f64();
        let each = cpu.as_secs_f64() * 1e3 / MESSAGES as f64;
        println!(
            "{lanes:>2} connections, `send --once`: {rate:.0} messages/s, {each:.2} ms of CPU each in the sender"
        );
        measured.push(
            json!({ "connections": lanes, "per_s": rate, "relay_alone_per_s": relay_alone, "cpu_ms": each }),
        );
    }
    asked.write_json(
        &json!({ "messages": MESSAGES, "bytes": message.len(), "flush_ms": flush, "turns": turns, "connections": measured }),
    );
}

/// One run; its time, and the CPU time of the sender.
fn lap(office: &DemoOffice, sink: &Sink, lanes: usize) -> (Duration, Duration) {
    settle(office, sink, lanes);
    let (before, taken) = (children(), sink.taken());
    let start = Instant::now();
    let status =
        office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).status().expect("it starts");
    let wall = start.elapsed();
    let cpu = children() - before;
    let count = ["SELECT COUNT(*) FROM despatch WHERE state = 'sent'"];
    let sent = Command::new("sqlite3")
        .arg(office.dir.join("outbox/ledger.db"))
        .args(count)
        .output()
        .expect("sqlite3");
    let sent = String::from_utf8_lossy(&sent.stdout).trim().to_owned();
    assert!(status.success() && sent == MESSAGES.to_string(), "{status:?}, {sent} of {MESSAGES} are sent");
    assert_eq!(sink.taken() - taken, MESSAGES, "at the relay");
    assert_eq!(sink.take_ids().len(), MESSAGES, "different messages at the relay");
    (wall, cpu)
}

/// How fast the relay takes messages from the very code that sends, without a ledger.
fn bare(sink: &Sink, lanes: usize, message: &[u8]) -> f64 {
    let wait = Duration::from_secs(60);
    let relay = Relay::new(Settings {
        host: "localhost".to_owned(),
        port: sink.port(),
        hello_name: "office.example.invalid".to_owned(),
        tls_ca: Some(fs::read(sink.ca()).expect("a certificate")),
        tls_name: None,
        credentials: None,
        timeouts: Timeouts { connect: wait, command: wait, dot: wait },
    })
    .expect("settings");
    let [from, to]: [EmailAddress; 2] = ["office@example.invalid", "team@example.invalid"]
        .map(|address| address.parse().expect("an address"));
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < MESSAGES {
                    let verdict = relay.deliver(&from, &to, message, &mut || Ok::<(), String>(()));
                    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
                }
            });
        }
    });
    let rate = MESSAGES as f64 / start.elapsed().as_secs_f64();
    sink.take_ids();
    rate
}

/// A demo office on the disk with one message of the size, approved. Nothing else of it is to be sent.
fn prepared() -> DemoOffice {
    let demo = DemoOffice::new();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let copied = Command::new("cp").arg("-a").arg(&demo.dir).arg(folder.path()).status().expect("cp starts");
    assert!(copied.success());
    let office = DemoOffice::in_folder(folder);
    let report = paper_of("A made-up report", 1_000);
    let case = report_received(1, &report).to_string();
    authorise(&office.dir, &case);
    drop_into(&office.dir.join("inbox"), "report", &case, &[("report.pdf", &report)]);
    office.run(&["run", "--once"]);
    let id = office.despatch_for("TEST-00001", "dmrt")["id"].as_str().expect("an id").to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office
}

/// Puts copies of the approved message in its place, each with a Message-ID and a hash of its own; returns one of them.
fn fill(office: &DemoOffice) -> Vec<u8> {
    let root = office.dir.join("outbox");
    let model =
        office.despatches().into_iter().find(|one| one["state"] == "approved").expect("the approved one");
    let own_id = model["id"].as_str().expect("an id");
    let (submission, revision) =
        (own_id.split_once('-').expect("two numbers").0, &model["message"]["revision"]);
    let bytes = office.message(&model);
    let id = message_id(&bytes).expect("it has one").to_owned();
    let mut sql = "PRAGMA synchronous = OFF; BEGIN;\n".to_owned();
    let mut last = Vec::new();
    for number in 0..MESSAGES {
        let copy = copy_of(&bytes, &id, number);
        let position = 1000 + number;
        let own = format!("{submission}-{position}");
        let record = record_of(&model, &own, Sha256::of(&copy)).to_string().replace('\'', "''");
        writeln!(
            sql,
            "INSERT INTO despatch (id, submission, position, state, case_id, role, entry, pack, safety, overtaken, \
             unheard, unreviewed, kind, place, prepared_by, due, record) SELECT '{own}', submission, {position}, state, \
             case_id, role, entry, pack, safety, overtaken, unheard, unreviewed, kind, place, prepared_by, due, \
             '{record}' FROM despatch WHERE id = '{own_id}';"
        )
        .expect("a string");
        private_file(&root.join(format!("despatches/{own}.{revision}.eml")), &copy);
        last = copy;
    }
    writeln!(sql, "DELETE FROM despatch WHERE id = '{own_id}'; COMMIT;").expect("a string");
    let mut sqlite = Command::new("sqlite3")
        .arg("-bail")
        .arg(root.join("ledger.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("sqlite3 (Debian's package) starts");
    sqlite.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("sqlite3 reads");
    assert!(sqlite.wait().expect("sqlite3 ends").success(), "the ledger cannot be filled");
    last
}

/// The Message-ID of a message, with its brackets.
fn message_id(bytes: &[u8]) -> Option<&str> {
    let head = std::str::from_utf8(bytes.get(..4096)?).ok()?;
    head.lines().find_map(|line| line.strip_prefix("Message-ID: "))
}

/// The message with another Message-ID of the same length, and as many bytes more as the size takes.
fn copy_of(bytes: &[u8], id: &str, number: usize) -> Vec<u8> {
    let own = format!("<{number:0>width$}>", width = id.len() - 2);
    let at = bytes.windows(id.len()).position(|window| window == id.as_bytes()).expect("it has one");
    let mut copy = bytes.to_vec();
    copy[at..at + id.len()].copy_from_slice(own.as_bytes());
    while copy.len() < BYTES {
        copy.extend_from_slice(&[b'x'; 74]);
        copy.extend_from_slice(b"\r\n");
    }
    copy
}

fn record_of(model: &Value, id: &str, sha256: Sha256) -> Value {
    let (mut record, hash) = (model.clone(), Value::from(sha256.to_string()));
    record["id"] = Value::from(id);
    record["message"]["sha256"] = hash.clone();
    record["approval"]["sha256"] = hash;
    record
}

/// Makes the sink the office's relay.
fn settle(office: &DemoOffice, sink: &Sink, lanes: usize) {
    let path = office.dir.join("despatch.toml");
    let text = fs::read_to_string(&path).expect("the settings");
    let (before, _) = text.split_once("[courier]").expect("the courier comes last");
    let set = format!(
        "{before}[courier]\ntransport = \"smtp\"\nhost = \"localhost\"\nport = {}\n\
         hello_name = \"despatch.example.invalid\"\ntls_ca = \"{}\"\nconnections = {lanes}\n",
        sink.port(),
        sink.ca().display()
    );
    fs::write(path, set).expect("the settings");
}

fn children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel counts");
    let time = |time: TimeVal| {
        Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).expect("a time"))
    };
    time(usage.user_time()) + time(usage.system_time())
}

/// How long one flush of the office's disk takes.
fn flush(folder: &Path) -> Duration {
    const TIMES: u32 = 100;
    let path = folder.join("flushed");
    let mut file = fs::File::create(&path).expect("a file");
    let start = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[1; 16_384]).expect("room on the disk");
        file.sync_data().expect("a disk");
    }
    let took = start.elapsed() / TIMES;
    fs::remove_file(path).expect("our own file");
    took
}
