//! Enters: a case, its plan, and the names of the parties. Leaves: the data that a template is given.
//! Never: puts a value of the case into a template's source.

use super::event::{event, may_know_removal};
use super::facts::{Facts, Listed};
use despatch_core::words::Role;
use despatch_process::DeadlineRule;
use despatch_process::fields::date_value as date;
use despatch_process::packs::marking::LetterMarking;
use serde_json::{Value, json};

impl Facts<'_> {
    /// Returns the data of the cover note, which lists the documents.
    pub fn cover_note(&self, documents: &[Listed]) -> Value {
        let mut data = self.common();
        data["recipient"] = json!({
            "role": self.planned.role,
            "role_words": self.planned.role.label(),
            "name": self.recipient.name,
            "organisation": self.recipient.organisation,
            "reference": self.planned.reference(self.case),
        });
        data["documents"] = json!(documents);
        data["purpose"] = json!(self.planned.purpose);
        data["copy"] = json!(self.planned.copy);
        data["deadline"] = self.planned.recipients_deadline().map_or(Value::Null, |deadline| {
            // The count begins at the removal, whose day not everybody may know.
            let counts_from_removal = deadline.rule == DeadlineRule::BeforeRemoval;
            let arithmetic = if counts_from_removal && !may_know_removal(self) {
                "the last working day that is left for service"
            } else {
                deadline.arithmetic.as_str()
            };
            json!({
                "due": date(deadline.due), "what": deadline.what,
                "source": deadline.source, "arithmetic": arithmetic,
            })
        });
        data
    }

    /// Returns the data of the letter. It is the same for every recipient, so that the person and the representative
    /// read the same text.
    pub fn letter(&self) -> Value {
        let mut data = self.common();
        data["large_print"] = json!(self.case.person.large_print == Some(true) && !self.kind.anonymous);
        data
    }

    fn common(&self) -> Value {
        let Self { plan, planned, kind, place, .. } = self;
        let mut data = json!({
            "marking": self.marking(),
            "demo": self.demo,
            "large_print": false,
            "pack": { "id": self.pack.id, "title": self.pack.title },
            "issued_on": date(plan.issued_on),
            "kind": { "name": kind.name, "title": kind.title },
            "place": { "id": place.id, "name": place.name, "kind": place.kind.short() },
            "sender": self.sender,
            "source": planned.source,
            "correction": self.correction(),
        });
        let more = if kind.anonymous { self.of_nobody() } else { self.of_the_person() };
        if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
            data.extend(more);
        }
        data
    }

    fn of_the_person(&self) -> Value {
        let Self { case, plan, .. } = self;
        json!({
            "case": { "id": case.case_id, "home_office_reference": case.home_office_reference },
            "person": {
                "name": case.person.name,
                "latin_name": case.person.latin_name,
                "nationality": case.person.nationality,
                "date_of_birth": date(case.person.date_of_birth),
                "language": case.person.language,
                "interpreter_needed": case.person.interpreter_needed,
            },
            "detained_since": date(case.detention.since),
            "representative": case.representative.as_ref().zip(self.representative).map(|(one, party)| json!({
                "name": party.name, "organisation": party.organisation, "authority_date": date(one.authority_date),
            })),
            "manager": case.manager.as_ref().map(|manager| json!({ "grade": manager.grade })),
            "decision_maker": case.decision_maker.as_ref().zip(self.decision_maker).map(|(one, party)| json!({
                "name": party.name, "organisation": party.organisation, "grade": one.grade,
            })),
            "reason": plan.outcome.reason,
            "warnings": plan.warnings,
            "goes_to": self.goes_to(),
            "event": event(self),
        })
    }

    /// Returns the data of a kind that is told nothing about the person (G21).
    fn of_nobody(&self) -> Value {
        const TOLD: [&str; 9] = [
            "name",
            "appointment",
            "cancelled",
            "assess_by",
            "earliest",
            "doctor",
            "interpreter",
            "language",
            "rebooks",
        ];
        let mut event = event(self);
        event.retain(|field, _| TOLD.contains(&field.as_str()));
        json!({ "case": { "id": self.case.case_id }, "reason": null, "event": event })
    }

    /// Returns the roles of all who get this kind with this event, so that a letter mentions only deliveries that are
    /// made.
    fn goes_to(&self) -> Vec<Role> {
        let of_kind = self.plan.despatches.iter().filter(|one| one.kind == self.planned.kind);
        of_kind.map(|one| one.role).collect()
    }

    fn marking(&self) -> String {
        match self.pack.marking.letters {
            LetterMarking::EveryPage => self.pack.marking.line(&self.kind.marking),
            LetterMarking::Nowhere => String::new(),
        }
    }

    /// Returns what this letter corrects, or null.
    fn correction(&self) -> Value {
        let changed = self.case.correction.as_ref().zip(self.plan.corrects);
        // What somebody wrote of the change may say who it is about.
        let changed = changed.map(|(changed, on)| (Some(changed).filter(|_| !self.kind.anonymous), on));
        changed.map_or(Value::Null, |(changed, on)| json!({ "replaces_on": date(on), "changed": changed }))
    }
}
