//! Enters: nothing. Leaves: a ledger in a temporary folder, with cases as the line would queue them.
//! Never: the network, or an office.

use chrono::{DateTime, Utc};
use despatch_core::clock::{Clock, Moment};
use despatch_core::words::Sha256;
use despatch_guards::others::{Kind, Pseudonym};
use despatch_ledger::{
    Against, Audit, Checkpoint, Despatch, DespatchId, Durable, Files, Ledger, Queued, SealedCase,
    SealedDespatch, Submitted, write_durably,
};
use despatch_process::case::EventName;
use despatch_process::{History, Recorded};
use despatch_seal::signing::{Signer, SigningKey};
use despatch_settings::Staff;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The day of everything here.
pub const DAY: &str = "2026-11-23";

/// A ledger, and the folder that goes with it.
pub struct Scene {
    folder: TempDir,
    pub ledger: Ledger,
    /// Signs the batches of the line, if there is one.
    pub signer: Option<SigningKey>,
    /// Whom the next case is about, as keyed hashes.
    pub person: Vec<(Kind, Pseudonym)>,
}

impl Scene {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(&folder.path().join("outbox")).expect("a ledger");
        Self { folder, ledger, signer: None, person: Vec::new() }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("outbox/ledger.db")
    }

    /// Changes a row behind the ledger's back.
    pub fn tamper(&self, sql: &str) {
        let done =
            Command::new("sqlite3").arg("-bail").arg(self.database()).arg(sql).output().expect("sqlite3");
        assert!(done.status.success(), "{sql}: {done:?}");
    }

    /// What the audit finds wrong.
    pub fn wrong(&mut self) -> Vec<String> {
        let wrong = self.audit(&[]).wrong;
        wrong.into_iter().map(|one| format!("{}: {}", one.at, one.why)).collect()
    }

    /// An audit against these checkpoints.
    pub fn audit(&mut self, checkpoints: &[Checkpoint]) -> Audit {
        let signers: Vec<Signer> = self.signer.iter().map(|key| key.to_public().into()).collect();
        let against = Against { checkpoints, signers: &signers, ..Against::default() };
        self.ledger.audit(against).expect("an audit")
    }

    /// Takes a case file from the inbox and queues one despatch of it: its id.
    pub fn queue(&mut self, name: &str, replaces: Option<Sha256>) -> DespatchId {
        let (submission, queued) = self.take_in(name, name, replaces);
        assert!(matches!(queued, Queued::Made { .. }), "{queued:?}");
        DespatchId { submission, position: 1 }
    }

    /// Takes a case file from the inbox, of this case and event: its number, and what came of it.
    pub fn take_in(&mut self, name: &str, event: &str, replaces: Option<Sha256>) -> (i64, Queued) {
        let file_sha256 = Sha256::of(format!("{name} {event} {replaces:?}").as_bytes());
        let token = format!("token-{file_sha256}");
        let (case, event_id) = (format!("CASE-{name}-1"), format!("event-{event}"));
        let (case, event_id) = (case.parse().expect("an id"), event_id.parse().expect("an id"));
        let history =
            self.ledger.record(&case, &event_id, EventName::NoResponse).expect("it answers").history;
        let ledger = self.take();
        let durable = Durable::start(ledger, clock(), self.signer.clone()).expect("a thread");
        let handle = durable.handle();
        let Ok(Submitted::Fresh(number)) = handle.submit(token, file_sha256) else { panic!("it is new") };
        let mut case = sealed(number, (name, event), file_sha256, replaces, history);
        case.pseudonyms.clone_from(&self.person);
        let queued = handle.queue(case).expect("it answers");
        drop(handle);
        self.ledger = durable.finish().expect("the ledger");
        (number, queued)
    }

    /// Opens the ledger anew.
    pub fn reopen(&mut self) {
        drop(self.take());
    }

    /// The ledger, while another one stands in its place.
    fn take(&mut self) -> Ledger {
        let again = Ledger::open(&self.folder.path().join("outbox")).expect("a ledger");
        std::mem::replace(&mut self.ledger, again)
    }
}

pub fn clock() -> Clock {
    Clock::Fixed(DAY.parse().expect("a day"))
}

pub fn now() -> Moment {
    clock().now()
}

pub fn at() -> DateTime<Utc> {
    now().at
}

pub fn staff(id: &str) -> Staff {
    Staff {
        id: id.parse().expect("an id"),
        name: id.to_owned(),
        reviewer: true,
        keeper: true,
        account: id.to_owned(),
        email: None,
        notices: BTreeSet::new(),
        grade: None,
        cover: Vec::new(),
    }
}

pub fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap_or_else(|why| panic!("{why}"))
}

/// A case with one message to a healthcare team.
fn sealed(
    submission: i64,
    (name, event): (&str, &str),
    file_sha256: Sha256,
    replaces: Option<Sha256>,
    history: History,
) -> SealedCase {
    let recorded: Recorded = read(json!({
        "event_id": format!("event-{event}"), "on": DAY, "place": "brook-house", "place_kind": "irc",
        "detained_since": "2026-11-01", "representative": null, "clocks": [], "pending_effects": [],
        "fact": { "event": "no_response", "on": DAY },
    }));
    let message = format!("the message of {name}").into_bytes();
    let despatch = despatch(DespatchId { submission, position: 1 }, name, file_sha256, Sha256::of(&message));
    SealedCase {
        submission,
        case_id: format!("CASE-{name}-1").parse().expect("an id"),
        event_id: format!("event-{event}").parse().expect("an id"),
        prepared_by: "the-clerk".parse().expect("an id"),
        replaces,
        file_sha256,
        issued_on: DAY.parse().expect("a day"),
        pack: "hoso-2022-09-12".parse().expect("an id"),
        recorded,
        history,
        notes: vec!["a note".to_owned()],
        pseudonyms: Vec::new(),
        cross_references: BTreeSet::new(),
        not_made: Vec::new(),
        original: b"sealed".to_vec(),
        review_key: "a-key".to_owned(),
        despatches: vec![SealedDespatch { despatch, message: Some(message), copy: None }],
    }
}

pub fn despatch(id: DespatchId, name: &str, file_sha256: Sha256, message: Sha256) -> Despatch {
    read(json!({
        "id": id, "case_id": format!("CASE-{name}-1"), "event_id": format!("event-{name}"), "case_file": file_sha256,
        "prepared_by": "the-clerk", "issued_on": DAY, "pack": "hoso-2022-09-12",
        "planned": {
            "purpose": "report_to_healthcare", "row": "1", "team": "casework", "kind": "healthcare-copy", "role": "healthcare",
            "to": { "body": "brook-house" }, "copy": false, "attachments": [], "deadline": null, "window": null,
            "not_after": null, "safety": true, "hold": null, "source": "implied",
        },
        "warnings": [],
        "checks": [{ "guard": "identity", "outcome": "stops", "evidence": "page 1" }],
        "recipient": { "entry": "the-team", "name": "x", "organisation": "y", "address": "team@example.invalid" },
        "state": "awaiting_review", "holds": [],
        "message": {
            "revision": 1, "sha256": message, "message_id": "<1@example.invalid>", "size": 10, "documents": 1,
            "fingerprints": ["a"], "opening": "age", "copy": null, "template": message, "policy": message,
            "signed_by": "s", "review_key": "a-key",
        },
        "approval": null, "attempts": 0, "next_attempt": null, "reply": null, "reason": null,
        "overtaken": null, "sent_on": null, "receipt": null, "urgent": null,
    }))
}

/// Puts back the file of a despatch's message where a test has altered it.
pub fn write(files: &Files, id: DespatchId, bytes: &[u8]) {
    write_durably(&files.message(id, 1), bytes).expect("a file");
}
