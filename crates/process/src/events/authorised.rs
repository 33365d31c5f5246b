//! Enters: how a case file names who authorised something. Leaves: a typed signer, and what contradicts itself.
//! Never: asserts that they signed: the signed paper does, or they themselves.

use crate::detention::authority::{Authority, Cover, Signer};
use crate::detention::rules::ReviewRules;
use crate::detention::terms::DetainedTeam;
use crate::fields::check::Checker;
use crate::fields::{MAX_NAME, When, ask, codes, fields, need};
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;

const COVERS: When = When::Is("cover", &["HRA", "TCA"]);

fields! {
    /// Somebody who authorised a step, with the grade and the cover that they had on that day.
    Authorised {
        name: String = ask("Their name").most(MAX_NAME);
        grade: Authority = ask("Their own grade or office");
        cover: Cover = ask("Do they cover a higher post, and how?").note("Only HRA and TCA count");
        covered: Option<Authority> = ask("Which grade do they cover?")
            .asked(COVERS)
            .needed(need(
                COVERS,
                codes::FACT_AUTHORITY,
                "a cover is given, and not of which grade",
                "add the grade that they cover",
            ))
            .barred(need(
                When::Is("cover", &["none"]),
                codes::FACT_AUTHORITY,
                "a covered grade is given, and no cover",
                "write HRA or TCA as the cover, or remove the covered grade",
            ));
        on: NaiveDate = ask("The day on which they authorised it").past();
    }
}

impl Authorised {
    /// Returns as whom they sign.
    pub(super) fn signer(&self) -> Signer {
        Signer { substantive: self.grade, cover: self.cover, covered: self.covered }
    }

    /// Checks that the grade authorises anything of this at all.
    pub(super) fn check_grade(&self, plan: &mut PlanBuilder<'_>, at: &str, lowest: Authority) {
        if !self.signer().may_sign(lowest) {
            let cause = format!("a grade of {} authorises nothing of this", self.grade.label());
            let cure = format!("have it authorised by {}", lowest.who());
            plan.fault(&format!("{at}/grade"), "authority.grade", cause, &cure);
        }
    }
}

/// Adds a fault if somebody is said to authorise it in the future.
pub(super) fn check_day(plan: &mut PlanBuilder<'_>, at: &str, signer: Option<&Authorised>) {
    if let Some(signer) = signer {
        plan.not_future(&format!("{at}/on"), signer.on);
    }
}

/// Adds a fault if the covered grade is not above their own.
pub(super) fn check(checker: &mut Checker<'_, '_>, at: &str) {
    let word = |name: &str| checker.word(&format!("{at}/{name}"), Authority::WORDS);
    let (own, covered) = (word("grade"), word("covered"));
    if own.zip(covered).is_some_and(|(own, covered)| own.is_enough_for(covered)) {
        let cause = "the covered grade is not above their own";
        let cure = "correct one of the two, or write none as the cover";
        checker.fault(&format!("{at}/covered"), codes::FACT_AUTHORITY, cause, cure);
    }
}

/// Returns the lowest authority that a review of this team needs.
pub(super) fn lowest(rules: &ReviewRules, team: DetainedTeam) -> Authority {
    rules.lowest(team).unwrap_or(Authority::HEO)
}
