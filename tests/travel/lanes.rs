//! Enters: a relay that takes several messages at once, and SIGKILL at the commits of a sender. Leaves: what the relay
//! got, against what is on record. Never: a hook in the program; strace kills it.

use super::relay::{certify, use_connections, use_relay};
use super::*;
use crate::support::folder::is_full;
use crate::support::office::TODAY;
use crate::support::tools::{command, run};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use tempfile::TempDir;

const SCRIPT: &str = include_str!("many_relay.py");
/// What flushes the ledger.
const FLUSHES: &str = "fsync,fdatasync";
/// How many go at once.
const LANES: usize = 3;

/// A relay for many connections at once.
struct ManyRelay {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
}

impl ManyRelay {
    /// Starts it as the relay of this office, which then sends `lanes` messages at once. No message is taken before
    /// `together` are there.
    fn of(office: &DemoOffice, lanes: usize, together: usize, modes: &str) -> ManyRelay {
        let folder = tempfile::tempdir().expect("a temporary folder");
        certify(folder.path(), "localhost");
        let mut child = command("python3")
            .args(["-c", SCRIPT, "relay.pem", "relay.key", ".", &together.to_string(), modes])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let port = lines.next().expect("a line").expect("text")["PORT ".len()..].parse().expect("a port");
        use_relay(office, port, &folder.path().join("ca.pem"));
        use_connections(office, lanes);
        ManyRelay { child, lines, folder }
    }

    /// Ends it once every connection is over. Returns how many there were at once, and each message that got its dot
    /// with how often that was.
    fn end(mut self) -> (usize, BTreeMap<Vec<u8>, usize>) {
        drop(self.child.stdin.take());
        let most =
            self.lines.next().expect("a line").expect("text")["MOST ".len()..].parse().expect("a number");
        let mut got = BTreeMap::new();
        for number in 0.. {
            let Ok(message) = fs::read(self.folder.path().join(format!("{number}.eml"))) else { break };
            *got.entry(message).or_default() += 1;
        }
        (most, got)
    }
}

impl Drop for ManyRelay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A demo office with approved messages, and their ids.
fn approved() -> (DemoOffice, Vec<String>) {
    let office = DemoOffice::new();
    let waiting = office.despatches().into_iter().filter(|one| one["state"] == "awaiting_review");
    let ids: Vec<String> = waiting.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    for id in &ids {
        office.run_as(REVIEWER, &["outbox", "approve", id]);
    }
    let approved: Vec<String> =
        states(&office).into_iter().filter(|(_, state)| state == "approved").map(|(id, _)| id).collect();
    assert!(approved.len() > 2 * LANES, "{approved:?}");
    (office, approved)
}

/// The state of each despatch, as Debian's sqlite3 reads it from a copy: a reader of its own may not tidy up the ledger
/// that the next start has to find.
fn states(office: &DemoOffice) -> BTreeMap<String, String> {
    let copy = tempfile::tempdir().expect("a temporary folder");
    for name in ["ledger.db", "ledger.db-wal"] {
        // The log is there only while, or because, somebody was killed.
        let _ = fs::copy(office.dir.join("outbox").join(name), copy.path().join(name));
    }
    let query = "SELECT id || '=' || state FROM despatch";
    let rows = run(command("sqlite3").arg(copy.path().join("ledger.db")).arg(query)).expect("a ledger");
    let rows = String::from_utf8(rows).expect("text");
    rows.lines()
        .filter_map(|row| row.split_once('='))
        .map(|(id, state)| (id.to_owned(), state.to_owned()))
        .collect()
}

/// How often each of these messages got its dot at the relay.
fn arrived(office: &DemoOffice, ids: &[String], got: &BTreeMap<Vec<u8>, usize>) -> BTreeMap<String, usize> {
    let own = |one: &Value| {
        Some((one["id"].as_str()?.to_owned(), got.get(&office.message(one)).copied().unwrap_or(0)))
    };
    let all = office.despatches();
    let times: BTreeMap<String, usize> =
        all.iter().filter(|one| ids.iter().any(|id| one["id"] == **id)).filter_map(own).collect();
    assert_eq!(times.values().sum::<usize>(), got.values().sum::<usize>(), "the relay got something else");
    times
}

#[test]
fn several_messages_are_on_their_way_at_once_and_each_goes_once() {
    let (office, ids) = approved();
    let ids = ids[..2 * LANES].to_vec();
    for one in states(&office).into_iter().filter(|(id, state)| state == "approved" && !ids.contains(id)) {
        decide(&office, "hold", &one.0).expect(0);
    }
    let relay = ManyRelay::of(&office, LANES, LANES, "");
    let said = send(&office).expect(0);
    let (most, got) = relay.end();
    assert_eq!(most, LANES, "{said:?}");
    assert!(arrived(&office, &ids, &got).values().all(|times| *times == 1), "{said:?}");
    assert!(ids.iter().all(|id| state(&office, id) == "sent"));
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn with_one_connection_one_message_goes_after_the_other() {
    let (office, ids) = approved();
    let relay = ManyRelay::of(&office, 1, 1, "");
    send(&office).expect(0);
    let (most, got) = relay.end();
    assert_eq!((most, got.len()), (1, ids.len()));
}

#[test]
fn an_answer_too_many_or_none_harms_its_own_message_alone() {
    let (office, ids) = approved();
    let to = |id: &String| despatch(&office, id)["recipient"]["address"].as_str().unwrap().to_owned();
    let (two, none) = (to(&ids[0]), to(&ids[1]));
    let relay = ManyRelay::of(&office, LANES, 1, &format!("{two}=two,{none}=hangup"));
    send(&office).expect(1);
    let (_, got) = relay.end();
    assert!(arrived(&office, &ids, &got).values().all(|times| *times == 1));
    for id in &ids {
        let expected = if [&two, &none].contains(&&to(id)) { "in_doubt" } else { "sent" };
        assert_eq!(state(&office, id), expected, "{id}");
    }
}

/// Gives an order to the ledger as somebody else would.
fn sql(office: &DemoOffice, order: &str) {
    run(command("sqlite3").arg(office.dir.join("outbox/ledger.db")).arg(order)).expect("the ledger takes it");
}

/// From now on this event of this despatch cannot be recorded.
fn refuse(office: &DemoOffice, what: &str, id: &str) {
    let when = format!("NEW.what = '{what}' AND NEW.subject = '{id}'");
    let end = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sql(office, &format!("CREATE TRIGGER full BEFORE INSERT ON event WHEN {when} {end}"));
}

#[test]
fn a_verdict_that_cannot_be_recorded_leaves_its_message_in_doubt_and_those_of_its_group_sent() {
    let (office, ids) = approved();
    refuse(&office, "sent", &ids[0]);
    let relay = ManyRelay::of(&office, LANES, 1, "");
    let said = send(&office);
    assert_ne!(said.code, 0, "{said:?}");
    let between = states(&office);
    assert_eq!(between[&ids[0]], "dot_pending", "{said:?}");
    assert!(ids[1..].iter().all(|id| ["sent", "approved"].contains(&between[id].as_str())), "{between:?}");
    sql(&office, "DROP TRIGGER full");
    send(&office).expect(1);
    let (_, got) = relay.end();
    assert!(arrived(&office, &ids, &got).values().all(|times| *times == 1));
    assert_eq!(state(&office, &ids[0]), "in_doubt");
    assert!(ids[1..].iter().all(|id| state(&office, id) == "sent"));
}

#[test]
fn a_commit_that_fails_cuts_the_connections_of_its_group_and_nothing_is_lost() {
    let (office, ids) = approved();
    refuse(&office, "dot_pending", &ids[0]);
    let relay = ManyRelay::of(&office, LANES, 1, "");
    let said = send(&office).expect(3);
    sql(&office, "DROP TRIGGER full");
    let (_, got) = relay.end();
    let times = arrived(&office, &ids, &got);
    for id in &ids {
        let expected = match state(&office, id).as_str() {
            "sent" => 1,
            "deferred" => 0,
            other => panic!("{id} is {other}: {said:?}"),
        };
        assert_eq!(times[id], expected, "{id}: {said:?}");
    }
    assert!(despatch(&office, &ids[0])["reply"].to_string().contains("could not be recorded"), "{said:?}");
    // It takes its turn again, with all that had to wait for its sake.
    let relay = ManyRelay::of(&office, LANES, 1, "");
    for id in ids.iter().filter(|id| times[*id] == 0) {
        decide(&office, "release", id).expect(0);
    }
    send(&office).expect(0);
    let (_, again) = relay.end();
    let again = arrived(&office, &ids, &again);
    assert!(ids.iter().all(|id| times[id] + again[id] == 1), "{times:?} {again:?}");
}

/// Sends under strace and kills the sender as it begins the `when`th flush of the ledger's log; `false` if it came to its
/// end before.
fn killed(office: &DemoOffice, when: usize) -> bool {
    let log = office.dir.join("outbox/ledger.db-wal");
    let status = strace(office, &["-e", &format!("inject={FLUSHES}:signal=SIGKILL:when={when}")], &log);
    assert!(status.code() == Some(0) || status.signal() == Some(9), "neither killed nor done: {status:?}");
    status.code().is_none()
}

fn strace(office: &DemoOffice, words: &[&str], log: &Path) -> std::process::ExitStatus {
    let mut strace = command("strace");
    let trace = office.dir.with_file_name("trace");
    strace
        .args(["-f", "-o"])
        .arg(trace)
        .args(["-e", &format!("trace={FLUSHES}")])
        .args(words)
        .arg("-P")
        .arg(log);
    let send = office.command(TODAY, &["send", "--once"]);
    strace.arg(send.get_program()).args(send.get_args());
    strace.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("strace starts")
}

/// What is wrong after a kill at this commit and another start; `None` if nothing was killed.
fn faults_after(scene: &DemoOffice, ids: &[String], when: usize) -> Option<Vec<String>> {
    let office = scene.copy();
    let relay = ManyRelay::of(&office, LANES, 1, "");
    if !killed(&office, when) {
        return None;
    }
    let between = states(&office);
    let pending: BTreeSet<&String> = ids.iter().filter(|id| between[*id] == "dot_pending").collect();
    let again = send(&office);
    let (_, got) = relay.end();
    let (times, after) = (arrived(&office, ids, &got), states(&office));
    let mut faults = Vec::new();
    if again.code != i32::from(!pending.is_empty()) {
        faults.push(format!("the next sender ended with {}: {again:?}", again.code));
    }
    for id in ids {
        let expected = if pending.contains(id) { "in_doubt" } else { "sent" };
        let most = if pending.contains(id) { 0..=1 } else { 1..=1 };
        if after[id] != expected || !most.contains(&times[id]) {
            faults
                .push(format!("{id} was {}, is {} and arrived {} times", between[id], after[id], times[id]));
        }
    }
    if office.run(&["audit", "verify"]).code != 0 {
        faults.push("the record does not bear itself out".to_owned());
    }
    Some(faults.into_iter().map(|fault| format!("at commit {when}: {fault}")).collect())
}

#[test]
fn killed_at_any_commit_with_several_connections_nothing_is_lost_or_sent_twice() {
    let (scene, ids) = approved();
    let (mut wrong, mut points) = (Vec::new(), 0);
    for when in (1..).step_by(if is_full() { 1 } else { 4 }) {
        let Some(faults) = faults_after(&scene, &ids, when) else { break };
        points += 1;
        wrong.extend(faults);
    }
    eprintln!("a sender of {} messages over {LANES} connections, killed at {points} commits", ids.len());
    assert!(points > 1, "too few commits were reached");
    assert!(wrong.is_empty(), "{} things are wrong after a kill\n  {}", wrong.len(), wrong.join("\n  "));
}
