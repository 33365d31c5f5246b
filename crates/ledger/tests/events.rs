//! Enters: events of every subject. Leaves: that each is read back as it was written, and that none but these is read.
//! Never: a ledger.

use crate::support::{DAY, at, despatch, read};
use despatch_core::words::Sha256;
use despatch_ledger::{
    AuthorityEvent, BatchEvent, CallOutcome, CaseworkEvent, CoverEvent, CoverKind, DespatchEvent, DespatchId,
    EntryEvent, ExportEvent, HoldCause, IncidentEvent, IncidentId, LedgerEvent, ListedRow, OfficeEvent,
    PackEvent, RetentionEvent, ReviewKeyEvent, SearchEvent, SearchedBy, SignInWay, State, Subject,
    SubmissionEvent, Tail, UserEvent, UserRole, Viewing,
};
use despatch_process::detention::{Authority, Cover, Signer};
use serde_json::{Value, json};

fn id() -> DespatchId {
    DespatchId { submission: 17, position: 3 }
}

fn grade_7() -> Signer {
    Signer { substantive: Authority::SEO, cover: Cover::Hra, covered: Some(Authority::G7) }
}

fn of_a_despatch() -> Vec<DespatchEvent> {
    let sha256 = Sha256::of(b"x");
    let made = despatch(id(), "ONE", sha256, sha256);
    let hold = json!({ "code": "by_person", "words": "held", "regenerate": false });
    let check = json!({ "guard": "identity", "outcome": "stops", "evidence": "page 1" });
    let approval = json!({
        "by": "the-reviewer", "at": at(), "sha256": sha256, "address": "a@example.invalid", "fingerprints": [],
        "confirmed": ["identity"],
    });
    let mut signed = approval.clone();
    signed["signed"] = json!({ "text": "a text\n", "signature": "a signature\n" });
    let reason = || "why".to_owned();
    let removed = json!({ "file": "outbox/received/1.tar.age", "sha256": sha256 });
    let purged = json!({ "kind": "sent", "since": DAY, "days": 30, "files": [removed], "sha256": [null] });
    let erased = json!({ "asked_by": "the-clerk", "reason": "why", "files": [removed], "rejected": [] });
    vec![
        DespatchEvent::Made(Box::new(made)),
        DespatchEvent::Held { holds: vec![read(hold.clone())], cause: HoldCause::Recheck },
        DespatchEvent::Held {
            holds: vec![read(hold)],
            cause: HoldCause::CrossReference { check: read(check) },
        },
        DespatchEvent::Held { holds: vec![], cause: HoldCause::Person { reason: reason() } },
        DespatchEvent::Held { holds: vec![], cause: HoldCause::Batch { reason: reason() } },
        DespatchEvent::Approved { approval: read(approval.clone()) },
        DespatchEvent::ApprovalAsked { text: reason() },
        DespatchEvent::FirstApproved { approval: read(signed) },
        DespatchEvent::ReleasedUrgently { reason: reason(), approval: read(approval) },
        DespatchEvent::Released { reason: reason(), state: State::Approved },
        DespatchEvent::Superseded { by: 18 },
        DespatchEvent::Overridden { guard: read("identity".into()), evidence: vec![], reason: reason() },
        DespatchEvent::Claimed,
        DespatchEvent::DotPending,
        DespatchEvent::Deferred { reply: "450".to_owned(), attempts: 1, next_attempt: at() },
        DespatchEvent::Telephoned { outcome: CallOutcome::Spoke, note: Some("back on Monday".to_owned()) },
        DespatchEvent::Telephoned { outcome: CallOutcome::NoAnswer, note: None },
        DespatchEvent::Viewed(None),
        DespatchEvent::Viewed(Some(Viewing { message: sha256, files: 4 })),
        DespatchEvent::Purged(read(purged)),
        DespatchEvent::Erased(read(erased)),
    ]
}

fn of_a_batch() -> Vec<LedgerEvent> {
    let (sha256, reason) = (Sha256::of(b"x"), || "why".to_owned());
    let batch = || "spring".parse().expect("a name");
    vec![
        LedgerEvent::Batch(
            batch(),
            BatchEvent::Begun { event: None, sheet: sha256, rows: 1, identical_reasons: true },
        ),
        LedgerEvent::Batch(batch(), BatchEvent::Rows { rows: vec![ListedRow { row: 2, sha256 }] }),
        LedgerEvent::Batch(batch(), BatchEvent::Held { reason: reason() }),
        LedgerEvent::Batch(
            batch(),
            BatchEvent::Sampled { kind: "a-kind".parse().expect("an id"), of: 7, drawn: vec![id()] },
        ),
    ]
}

fn some() -> Vec<LedgerEvent> {
    let (sha256, reason) = (Sha256::of(b"x"), || "why".to_owned());
    let case = || "CASE-1".parse().expect("an id");
    let entry = || "the-team".parse().expect("an id");
    let mut events: Vec<LedgerEvent> =
        of_a_despatch().into_iter().map(|one| LedgerEvent::Despatch(id(), one)).collect();
    events.extend(of_a_batch());
    events.extend([
        LedgerEvent::Submission(17, SubmissionEvent::Claimed { token: "t".to_owned(), file_sha256: sha256 }),
        LedgerEvent::Submission(17, SubmissionEvent::Duplicate { of: 3 }),
        LedgerEvent::Submission(17, SubmissionEvent::NoteRecorded { note: 2 }),
        LedgerEvent::Submission(17, SubmissionEvent::Withdrawn { reason: reason() }),
        LedgerEvent::Submission(17, SubmissionEvent::Authorised(grade_7())),
        LedgerEvent::Entry(entry(), EntryEvent::PassphraseViewed),
        LedgerEvent::Entry(entry(), EntryEvent::Unfrozen { reason: reason(), incident: 1, with: reason() }),
        LedgerEvent::Pack("a-pack".parse().expect("an id"), PackEvent::Withdrawn { reason: reason() }),
        LedgerEvent::Retention(case(), RetentionEvent::LitigationHeld { reason: reason() }),
        LedgerEvent::Authority(
            case(),
            AuthorityEvent::Recorded { entry: entry(), dated: DAY.parse().expect("a day") },
        ),
        LedgerEvent::Record(case(), ExportEvent::Exported { reason: reason() }),
        LedgerEvent::Incident(
            IncidentId(3),
            IncidentEvent::Opened {
                despatch: Some(id()),
                case_id: case(),
                entry: None,
                text: reason(),
                aware_at: at(),
            },
        ),
        LedgerEvent::Casework(case(), CaseworkEvent::Taken),
        LedgerEvent::Casework(
            case(),
            CaseworkEvent::HandedOver { from: None, to: "the-clerk".parse().expect("an id"), word: reason() },
        ),
        LedgerEvent::Casework(
            case(),
            CaseworkEvent::Restricted { to: ["the-clerk".parse().expect("an id")].into(), reason: reason() },
        ),
        LedgerEvent::Cover(
            "the-clerk".parse().expect("an id"),
            CoverEvent::Ended { kind: CoverKind::OutOfHours, from: DAY.parse().expect("a day") },
        ),
        LedgerEvent::Search(SearchEvent::Searched {
            by: SearchedBy::Name,
            found: vec![case()],
            restricted: 1,
        }),
        LedgerEvent::ReviewKey(ReviewKeyEvent::First { key: "k".to_owned() }),
        LedgerEvent::Office(OfficeEvent::ClockConfirmed),
        LedgerEvent::Office(OfficeEvent::UnknownSignIns),
        LedgerEvent::User(
            "the-clerk".parse().expect("an id"),
            UserEvent::Added { roles: UserRole::ALL.into(), one_time: true },
        ),
        LedgerEvent::User(
            "the-clerk".parse().expect("an id"),
            UserEvent::SignedIn { how: SignInWay::Passphrase },
        ),
        LedgerEvent::Office(OfficeEvent::Restored {
            backup: sha256,
            taken: reason(),
            open: vec![id()],
            fork: Some(Tail { seq: 7, hash: sha256 }),
        }),
    ]);
    events
}

#[test]
fn each_event_is_read_back_as_it_was_written() {
    for event in some() {
        let (subject, detail) = (event.subject(), event.detail().expect("a detail"));
        assert_eq!(subject.to_string().parse::<Subject>(), Ok(subject.clone()));
        let again = LedgerEvent::read(&subject.to_string(), event.code(), &detail.to_string());
        assert_eq!(again.as_ref(), Ok(&event), "{}", event.code());
    }
}

#[test]
fn what_is_no_event_of_its_subject_is_not_read() {
    let no = |subject: &str, what: &str, detail: Value| {
        assert!(LedgerEvent::read(subject, what, &detail.to_string()).is_err(), "{subject} {what} {detail}");
    };
    no("17-3", "queued", json!({}));
    no("17-3", "approved", Value::Null);
    no("17-3", "superseded", json!({ "by": 1, "more": 2 }));
    no("17-3", "superseded", json!({}));
    no("case 17", "approved", json!({}));
    no("nothing", "viewed", Value::Null);
    no("17-03", "viewed", Value::Null);
    assert!(LedgerEvent::read("17-3", "viewed", "null").is_ok());
}

#[test]
fn what_was_made_is_told_by_the_state_in_which_it_was_made() {
    let labels: Vec<String> = some().iter().map(LedgerEvent::label).collect();
    assert_eq!(labels[0], "awaiting review");
    assert!(labels.contains(&"dot pending".to_owned()) && labels.contains(&"urgent release".to_owned()));
}
