//! Enters: a case and the review key. Leaves: everything on record for it, unsealed, as JSON, as a PDF and as the files
//! themselves, with a signed list of them. Never: exports without recording an event, or ignores a file that is
//! missing.

use super::casework::may_see;
use super::reading::{Documents, UNREAD, documents};
use super::record::{Listed, Received, Record, Sent};
use super::{Actor, Failure, OpenOffice, ReviewKeys, Unlocks, export_paper, reason, unknown_case};
use crate::pipeline::unsealed;
use despatch_core::private::Secret;
use despatch_core::reading::patiently;
use despatch_core::words::{CaseId, Sha256};
use despatch_ledger::{
    Despatch, Event, IncidentId, Ledger, LedgerEvent, PackEvent, authority_subject, is_unread,
    retention_subject,
};
use despatch_seal::list::SIGNATURE_NAME;
use despatch_seal::manifest::{SUMS_NAME, sums};
use despatch_seal::signing::Namespace;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::Path;

/// The version of the JSON schema.
const SCHEMA: &str = "despatch-record/1";

/// A request for everything on record for a case, and the purpose.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportRecord {
    pub case: CaseId,
    pub reason: String,
}

/// The record of a case, to be written out by the caller.
pub struct Export {
    /// By path within the export.
    pub files: Documents,
    pub despatches: usize,
    pub events: usize,
    /// What is missing although no removal of it is on record.
    pub missing: Vec<String>,
}

/// Gathers everything on record for a case; the request is recorded before anything is unsealed.
///
/// # Errors
/// Nothing is on record for the case, no reason is given, or a key cannot be unlocked.
pub fn export(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ExportRecord,
    unlocks: Unlocks<'_>,
) -> Result<Export, Failure> {
    let ExportRecord { case, reason: why } = request;
    let (by, why, now) = (actor.keeper()?.clone(), reason(&why)?, open.now());
    let OpenOffice { office, ledger, .. } = open;
    may_see(ledger, actor, &case)?;
    let submissions = ledger.files_of(&case)?;
    if submissions.is_empty() {
        return Err(unknown_case(&case).into());
    }
    let mut keys = ReviewKeys::new(office, unlocks.review);
    // Unlocked before anything is recorded: a wrong passphrase discloses nothing.
    keys.key(&office.review_key.fingerprint())?;
    let signer = office.signing_secret(unlocks.signing)?;
    // Recorded before anything is unsealed: the access is on record even if the rest fails.
    ledger.record_export(&case, &why, &by, now)?;
    let exported = json!({
        "at": now.at, "by": by.id, "reason": why, "signed_by": signer.to_public().fingerprint(),
    });
    let mut gathering = Gathering { ledger, keys: &mut keys, files: Documents::new(), gaps: Vec::new() };
    let record = gathering.record(&case, &submissions, exported)?;
    let Gathering { mut files, gaps: missing, .. } = gathering;
    let internal = |error: serde_json::Error| Failure::Internal(error.to_string());
    let mut text = serde_json::to_vec_pretty(&record).map_err(internal)?;
    text.push(b'\n');
    files.push(("record.json".to_owned(), text.into()));
    let team = open.office.config.teams.values().next().map(|team| team.letterhead.clone());
    let paper = export_paper::paper(&record, team);
    files.push(("record.pdf".to_owned(), paper.pdf(open, now.today)?.into()));
    let line = signer.to_public().allowed_signers_line(&open.office.signing_name());
    files.push(("allowed_signers".to_owned(), format!("{line}\n").into_bytes().into()));
    let list = sums(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    let signature = signer.sign(Namespace::Export, list.as_bytes()).map_err(Failure::Internal)?;
    files.push((SUMS_NAME.to_owned(), list.into_bytes().into()));
    files.push((SIGNATURE_NAME.to_owned(), signature.into_bytes().into()));
    Ok(Export { files, despatches: record.despatches.len(), events: record.events.len(), missing })
}

/// What an export has gathered so far.
struct Gathering<'a, 'o> {
    ledger: &'a mut Ledger,
    keys: &'a mut ReviewKeys<'o>,
    files: Documents,
    /// What is missing although no removal of it is on record.
    gaps: Vec<String>,
}

/// The failure of an export of which something could not be read: nothing says that it is missing, and an export
/// without it would say that it is.
fn unread(of: &str, error: &dyn Display) -> Failure {
    Failure::TryAgain(format!(
        "{of} cannot be read ({error}): nothing was exported, and nothing says that it is missing"
    ))
}

impl Gathering<'_, '_> {
    /// Builds the complete record; the files that belong to it are collected.
    fn record(&mut self, case_id: &CaseId, submissions: &[i64], exported: Value) -> Result<Record, Failure> {
        let mut received = Vec::new();
        for submission in submissions {
            received.push(self.received(*submission)?);
        }
        let mut despatches = Vec::new();
        for despatch in self.ledger.despatches_of_case(case_id)? {
            despatches.push(self.sent(despatch)?);
        }
        let (packs, templates) = self.texts(&despatches)?;
        let events = events(self.ledger, case_id, submissions, &despatches)?;
        let case_id = case_id.clone();
        Ok(Record { schema: SCHEMA, case_id, exported, received, despatches, events, packs, templates })
    }

    fn keep(&mut self, path: String, bytes: Secret) -> Listed {
        let listed = Listed { path: path.clone(), size: bytes.len(), sha256: Sha256::of(&bytes) };
        self.files.push((path, bytes));
        listed
    }

    /// Returns why something is not in the export. It is a gap unless the removal of the file at `path` is on record.
    fn missing(&mut self, of: &str, what: &str, why: &str, path: &Path) -> Result<Option<String>, Failure> {
        if self.ledger.is_removed(path)? {
            return Ok(Some(format!("{what} was removed, as the events say")));
        }
        let missing = format!("{what} cannot be read: {why}");
        self.gaps.push(format!("{of}: {missing}"));
        Ok(Some(missing))
    }

    fn received(&mut self, submission: i64) -> Result<Received, Failure> {
        let path = self.ledger.files().original(submission);
        let of = format!("case file {submission}");
        let opened = match patiently(|| fs::read(&path)) {
            Err(error) if is_unread(&error) => return Err(unread(&of, &error)),
            Err(error) => Err(error.to_string()),
            Ok(sealed) => {
                let sealed_to = self.ledger.review_key_of(submission)?;
                unsealed(&sealed, self.keys.key(&sealed_to)?).map_err(|fault| fault.cause)
            }
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(why) => {
                let missing = self.missing(&of, "the sealed case file", &why, &path)?;
                return Ok(Received { submission, files: Vec::new(), case: Value::Null, missing });
            }
        };
        let case =
            opened.first().and_then(|(_, bytes)| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let files = opened
            .into_iter()
            .map(|(name, bytes)| self.keep(format!("received/{submission}/{name}"), bytes))
            .collect();
        Ok(Received { submission, files, case, missing: None })
    }

    fn sent(&mut self, despatch: Despatch) -> Result<Sent, Failure> {
        let id = despatch.id;
        let of = format!("despatch {id}");
        let Some(bound) = &despatch.message else {
            let missing = Some("no message was made".to_owned());
            return Ok(Sent { despatch, files: Vec::new(), missing });
        };
        let path = self.ledger.files().message(id, bound.revision);
        let bytes = match self.ledger.files().message_bytes(id, bound.revision, bound.sha256) {
            Ok(bytes) => bytes,
            Err(error) if is_unread(&error) => return Err(unread(&of, &error)),
            Err(error) => {
                let missing = self.missing(&of, "its message", &error.to_string(), &path)?;
                return Ok(Sent { despatch, files: Vec::new(), missing });
            }
        };
        let (mut files, mut missing) = (Vec::new(), None);
        match documents(self.ledger.files(), &despatch, bound, self.keys.key(&bound.review_key)?) {
            Ok(opened) => {
                let plain = opened.into_iter().filter(|(name, _)| !name.starts_with(SUMS_NAME));
                files.extend(plain.map(|(name, plain)| self.keep(format!("despatches/{id}/{name}"), plain)));
            }
            Err(fault) if fault.code == UNREAD => return Err(unread(&of, &fault.cause)),
            Err(fault) => missing = self.missing(&of, "its documents", &fault.cause, &path)?,
        }
        // Still sealed, as it was sent, so that its signature can be checked.
        files.push(self.keep(format!("despatches/{id}/message.eml"), bytes.into()));
        Ok(Sent { despatch, files, missing })
    }

    /// The texts of the packs and templates that the despatches name.
    fn texts(&mut self, despatches: &[Sent]) -> Result<(Vec<Value>, Vec<Value>), Failure> {
        let bounds =
            || despatches.iter().filter_map(|one| Some((&one.despatch, one.despatch.message.as_ref()?)));
        let packs: BTreeMap<Sha256, String> =
            bounds().map(|(one, bound)| (bound.policy, one.pack.to_string())).collect();
        let mut told = Vec::new();
        for (hash, pack) in packs {
            let text = self.ledger.pack_text(hash)?;
            let path = format!("policy/{pack}-{}.toml", hash.short());
            told.push(
                json!({ "pack": pack, "sha256": hash, "path": text.as_ref().map(|_| &path), "text": text }),
            );
            match text {
                Some(text) => self.files.push((path, text.into_bytes().into())),
                None => self.gaps.push(format!("policy pack {pack}: its text was not kept")),
            }
        }
        let hashes: BTreeMap<Sha256, String> =
            bounds().map(|(one, bound)| (bound.template, one.planned.kind.to_string())).collect();
        let mut templates = Vec::new();
        for (hash, kind) in hashes {
            let kept = self.ledger.versions(&hash.to_string())?.pop();
            let texts = kept.as_ref().map(|kept| kept.version.files.clone());
            let folder = format!("templates/{}", hash.short());
            templates.push(json!({
                "kind": kind, "sha256": hash, "path": texts.as_ref().map(|_| &folder), "files": texts,
            }));
            if texts.is_none() {
                self.gaps.push(format!("templates of {kind}: their texts were not kept"));
            }
            let texts = texts.into_iter().flatten();
            self.files
                .extend(texts.map(|(path, text)| (format!("{folder}/{path}"), text.into_bytes().into())));
        }
        Ok((told, templates))
    }
}

/// Every event of the case: of its files, its despatches, its incidents and the entries that they froze, its pack, its
/// retention, its representative's authority and of this export.
fn events(
    ledger: &mut Ledger,
    case_id: &CaseId,
    submissions: &[i64],
    despatches: &[Sent],
) -> Result<Vec<Event>, Failure> {
    let mut subjects: Vec<String> =
        submissions.iter().map(|submission| format!("case {submission}")).collect();
    subjects.extend(despatches.iter().map(|one| one.despatch.id.to_string()));
    subjects.extend([retention_subject(case_id), format!("record {case_id}"), authority_subject(case_id)]);
    let incidents = ledger.incidents()?.into_iter().filter(|one| one.case_id == *case_id);
    let incidents: Vec<IncidentId> = incidents.map(|one| one.number).collect();
    subjects.extend(incidents.iter().map(|number| format!("incident {number}")));
    let mut events = ledger.freezes(&incidents)?;
    for subject in &subjects {
        events.extend(ledger.events(Some(subject))?);
    }
    let of_case = |event: &Event| {
        let LedgerEvent::Pack(_, PackEvent::CaseMoved { case_id: moved, .. }) = &event.happened else {
            return false;
        };
        moved == case_id
    };
    events.extend(ledger.events_of(&["case_moved"])?.into_iter().filter(of_case));
    events.sort_by_key(|event| event.seq);
    events.dedup_by_key(|event| event.seq);
    Ok(events)
}
