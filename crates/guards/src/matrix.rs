//! Enters: the role that a despatch goes to, what it carries and what is on record. Leaves: whether it may.
//! Never: asks the pack or the templates, which plan it: this is the second opinion on them.

use super::text::{Word, holds, plain_words};
use super::{Check, Guard, Outcome};
use despatch_core::words::Role;
use despatch_process::case::AttachmentKind;
use despatch_process::case_state::Answers;
use despatch_process::events::ResponseFact;
use despatch_process::{Fact, History};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is built in; an office does not change who may see a document.
const BUILT_IN: &str = include_str!("../../../policy/guards.toml");

/// The data of the guards.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    rules: BTreeMap<AttachmentKind, Rule>,
    /// Beginnings of words about health.
    pub health: Vec<String>,
    /// The phrases of each kind's heading.
    headings: Vec<(AttachmentKind, Vec<String>)>,
    /// The phrases by which a document says that it is between a lawyer and a client.
    pub privileged: Vec<Vec<String>>,
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
    privileged: Phrases,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    words: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

impl Tables {
    /// The tables that are built in. A table that cannot be read lets nothing pass.
    pub fn built_in() -> Self {
        let Ok(file) = toml::from_str::<File>(BUILT_IN) else { return Self::default() };
        let headings = |rule: &Rule| -> Vec<_> {
            rule.headings.iter().map(|heading| (rule.kind, plain_words(heading))).collect()
        };
        Self {
            headings: file.attachment.iter().flat_map(headings).collect(),
            rules: file.attachment.into_iter().map(|rule| (rule.kind, rule)).collect(),
            health: file.health.into_iter().flat_map(|health| health.words).collect(),
            privileged: file.privileged.words.iter().map(|phrase| plain_words(phrase)).collect(),
        }
    }

    /// The kinds of attachment whose heading these words are.
    pub fn kinds_named_by(&self, heading: &[Word]) -> BTreeSet<AttachmentKind> {
        self.headings.iter().filter(|(_, phrase)| holds(heading, phrase)).map(|(kind, _)| *kind).collect()
    }

    /// Whether an attachment of this kind may go to this role, given whether the person consents to the release of
    /// their records.
    ///
    /// # Errors
    /// Why it may not.
    pub fn allows(&self, kind: AttachmentKind, role: Role, consent: bool) -> Result<(), &'static str> {
        match self.rules.get(&kind) {
            Some(rule) if !rule.roles.contains(&role) => Err("is nothing that this role may receive"),
            Some(rule) if rule.consent && !consent => Err("goes with the person's recorded consent alone"),
            Some(_) => Ok(()),
            None => Err("is of a kind that no rule allows"),
        }
    }
}

/// Whether the person's own consent to the release of their healthcare records is on record (G5).
pub fn consents(history: &History) -> bool {
    let mut answers = Answers::default();
    for past in &history.events {
        match &past.recorded.fact {
            Fact::ResponseReceived(ResponseFact { from, attend, records, own_instruction, .. }) => {
                answers.take(*from, *attend, *records, *own_instruction);
            }
            Fact::AppointmentConfirmed(_) => answers.ask_anew(),
            Fact::RepresentativeChanged(_) => answers.change_representative(),
            _ => {}
        }
    }
    answers.records() == Some(true)
}

/// The check of one despatch: the number and kind of each attachment that it carries, by the table and by `of_row`,
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
        let why = why.or((!of_row(*kind)).then_some("is nothing that the pack encloses with this row"));
        why.map(|why| format!("document {number}, {}, {why}", kind_words(*kind)))
    });
    match wrong {
        Some(wrong) => Check::new(Guard::Matrix, Outcome::Stops, wrong),
        None if carried.is_empty() => {
            Check::new(Guard::Matrix, Outcome::Passed, "it carries no attachment of the case")
        }
        None => {
            let mut listed: Vec<&str> = carried.iter().map(|(_, kind)| kind_words(*kind)).collect();
            listed.dedup();
            let words = format!("the {} may receive {}", role.words(), listed.join(", "));
            Check::new(Guard::Matrix, Outcome::Passed, words)
        }
    }
}

/// A kind of attachment in words, for people.
pub fn kind_words(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::ExternalMedicalReport => "the external medical report",
        AttachmentKind::SupportingInformation => "supporting information",
        AttachmentKind::SecondOpinionReport => "the second opinion report",
        AttachmentKind::HealthcareRecords => "healthcare records",
        AttachmentKind::SignedConsent => "the signed consent",
        AttachmentKind::OtherRecord => "another record",
    }
}
