//! Enters: the event that a report goes to the healthcare team before anything else of its file can. Leaves: everything
//! the program knows about it. Never: asks for more than the copy needs.

use super::report::Report;
use super::{AttachmentKind, CaseEvent, Due};
use crate::circumstances::Circumstance;
use crate::facts::{CopyFact, CopyOf};
use crate::fields::{When, ask, fields};
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::{Datelike, NaiveDate};

fields! {
    /// The healthcare team's copy alone (rows 2 and 31, G19): what it cannot wait for, while another part of the file is
    /// mended.
    CopiedToHealthcare {
        of: CopyOf = ask("Of what is it a copy?");
        received_on: Option<NaiveDate> = ask("The day on which it came in");
        /// What an external medical report says of itself, as far as it is known.
        report: Option<Report> = ask("What the external medical report says of itself")
            .asked(When::Is("of", &["report"]));
    }
}

impl CaseEvent for CopiedToHealthcare {
    type Fact = CopyFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[
        (AttachmentKind::ExternalMedicalReport, Due::OneIf(When::Is("of", &["report"]))),
        (AttachmentKind::SecondOpinionReport, Due::OneIf(When::Is("of", &["second_opinion"]))),
    ];

    /// Rows 2 and 31, and nothing else: the rest waits for the mended file.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<CopyFact> {
        plan.must_be_there("/event/type");
        let (purpose, kind, of) = match self.of {
            CopyOf::Report => (
                Purpose::ReportToHealthcare,
                AttachmentKind::ExternalMedicalReport,
                Circumstance::CopyOfReport,
            ),
            CopyOf::SecondOpinion => (
                Purpose::SecondOpinionToHealthcare,
                AttachmentKind::SecondOpinionReport,
                Circumstance::CopyOfOpinion,
            ),
        };
        let sha256 = plan.case.attachments.iter().find(|one| one.kind == kind).map(|one| one.sha256);
        if plan.copy_is_made(purpose, sha256) {
            let cause = "the healthcare team's copy of this document is made already";
            plan.fault("/event/type", "copy.twice", cause, "mend what is left of the file, and drop that");
        }
        plan.circumstances.insert(of);
        plan.start_immediately(
            plan.today,
            "send the healthcare team its copy",
            &[Purpose::ReportToHealthcare, Purpose::SecondOpinionToHealthcare],
        );
        let of_age = plan.today.years_since(plan.case.date_of_birth).is_some_and(|age| age >= 18);
        plan.warn(
            "Only the healthcare team's copy was made of this file: what is wrong with the rest stands beside it in the \
             rejected folder. Mend it and drop it again now.",
        );
        if !of_age {
            plan.warn("By the date of birth the person is under 18: take the case to a manager at once.");
        }
        let on = self.received_on.filter(|on| *on <= plan.today && on.year() >= 2000).unwrap_or(plan.today);
        Some(CopyFact { on, of: self.of, sha256, for_manager: !of_age })
    }
}
