//! Enters: the recipient's role, the attachments of a despatch and the record. Leaves: whether the role may receive
//! them. Never: asks the pack or the templates, which plan it: this is the second opinion on them.

use super::text::{Word, holds, plain_words};
use super::{Check, Guard, Outcome};
use despatch_core::words::Role;
use despatch_process::case::AttachmentKind;
use despatch_process::case_state::Answers;
use despatch_process::events::ResponseFact;
use despatch_process::{Fact, History};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The built-in tables; an office cannot change who may see a document.
const BUILT_IN: &str = include_str!("../../../policy/guards.toml");

/// The tables of the guards.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    rules: BTreeMap<AttachmentKind, Rule>,
    /// Beginnings of words about health.
    pub health: Vec<String>,
    /// The heading phrases of each kind.
    headings: Vec<(AttachmentKind, Vec<String>)>,
    /// Phrases by which a document says that it is between a lawyer and a client, and those of them that say it
    /// anywhere.
    pub privileged: Vec<Vec<String>>,
    pub privileged_behind: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    kind: AttachmentKind,
    roles: Vec<Role>,
    #[serde(default)]
    consent: bool,
    #[serde(default)]
    headings: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    attachment: Vec<Rule>,
    health: Vec<Phrases>,
    privileged: Privileged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Privileged {
    words: Vec<String>,
    behind: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    words: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

impl Tables {
    /// Returns the built-in tables. Tables that cannot be read let nothing pass.
    pub fn built_in() -> Self {
        let Ok(file) = toml::from_str::<File>(BUILT_IN) else { return Self::default() };
        let headings = |rule: &Rule| -> Vec<_> {
            rule.headings.iter().map(|heading| (rule.kind, plain_words(heading))).collect()
        };
        let phrases = |all: &[String]| all.iter().map(|phrase| plain_words(phrase)).collect();
        Self {
            privileged: phrases(&file.privileged.words),
            privileged_behind: phrases(&file.privileged.behind),
            headings: file.attachment.iter().flat_map(headings).collect(),
            rules: file.attachment.into_iter().map(|rule| (rule.kind, rule)).collect(),
            health: file.health.into_iter().flat_map(|health| health.words).collect(),
        }
    }

    /// Returns the kinds of attachment that a heading names.
    pub fn kinds_named_by(&self, heading: &[Word]) -> BTreeSet<AttachmentKind> {
        self.headings.iter().filter(|(_, phrase)| holds(heading, phrase)).map(|(kind, _)| *kind).collect()
    }

    /// Returns whether this role may know about the person's health: whoever may read a medical report or the signed review
    /// of detention, and the person's representative.
    pub fn may_know_of_health(&self, role: Role) -> bool {
        let reads = [AttachmentKind::ExternalMedicalReport, AttachmentKind::Dcpr];
        role == Role::Representative || reads.into_iter().any(|kind| self.allows(kind, role, false).is_ok())
    }

    /// Checks whether an attachment of this kind may be sent to this role, given the person's consent to the release of
    /// their records.
    ///
    /// # Errors
    /// The role may not receive it; the message says why.
    pub fn allows(&self, kind: AttachmentKind, role: Role, consent: bool) -> Result<(), &'static str> {
        match self.rules.get(&kind) {
            Some(rule) if !rule.roles.contains(&role) => Err("may not be sent to this role"),
            Some(rule) if rule.consent && !consent => Err("may only be sent with recorded consent"),
            Some(_) => Ok(()),
            None => Err("is of a kind that no rule allows"),
        }
    }
}

/// Returns whether the person's own consent to the release of their healthcare records is recorded (G5).
pub fn consents(history: &History) -> bool {
    let mut answers = Answers::default();
    for past in &history.events {
        match &past.recorded.fact {
            Fact::ResponseReceived(ResponseFact { from, attend, records, own_instruction, .. }) => {
                answers.take(*from, *attend, *records, *own_instruction);
            }
            Fact::AppointmentConfirmed(_) => answers.ask_again(),
            Fact::RepresentativeChanged(_) => answers.change_representative(),
            _ => {}
        }
    }
    answers.records() == Some(true)
}

/// Checks one despatch: the number and kind of each attachment, against the table and against `of_row`, which says
/// whether the pack's own row encloses the kind.
pub fn check(
    tables: &Tables,
    role: Role,
    carried: &[(usize, AttachmentKind)],
    consent: bool,
    of_row: impl Fn(AttachmentKind) -> bool,
) -> Check {
    let wrong = carried.iter().find_map(|(number, kind)| {
        let why = tables.allows(*kind, role, consent).err();
        let why = why.or((!of_row(*kind)).then_some("is not enclosed by the pack with this row"));
        why.map(|why| format!("document {number}, {}, {why}", kind_label(*kind)))
    });
    match wrong {
        Some(wrong) => Check::new(Guard::Matrix, Outcome::Stops, wrong),
        None if carried.is_empty() => {
            Check::new(Guard::Matrix, Outcome::Passed, "it carries no attachment of the case")
        }
        None => {
            let mut listed: Vec<&str> = carried.iter().map(|(_, kind)| kind_label(*kind)).collect();
            listed.dedup();
            let words = format!("the {} may receive {}", role.label(), listed.join(", "));
            Check::new(Guard::Matrix, Outcome::Passed, words)
        }
    }
}

/// Returns the label of a kind of attachment.
pub fn kind_label(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::ExternalMedicalReport => "the external medical report",
        AttachmentKind::SupportingInformation => "supporting information",
        AttachmentKind::SecondOpinionReport => "the second opinion report",
        AttachmentKind::HealthcareRecords => "healthcare records",
        AttachmentKind::SignedConsent => "the signed consent",
        AttachmentKind::Rule35Report => "the report of healthcare staff",
        AttachmentKind::Dcpr => "the signed review of detention",
        AttachmentKind::MinisterAuthority => "the minister's authority",
        AttachmentKind::StayAuthority => "the signed authority for a stay",
        AttachmentKind::OtherRecord => "another record",
    }
}
