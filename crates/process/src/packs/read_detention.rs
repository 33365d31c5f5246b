//! Enters: what a pack says of detention. Leaves: its tables, numbers and readings, and every fault in them.
//! Never: fills in a value that the pack does not give, or knows a word that the program does not.

use super::read_limits;
use super::read_spans::{number, span};
use crate::detention::rules::{
    AuthorityRule, ConsularRules, DetentionRules, EvidenceFactor, FormLine, InitialReview, OfRule,
    PanelRules, PoliceRisk, ReasonsRules, ReportRules, ReviewRules, ReviewTable, RiskLine, SearchRules,
};
use crate::detention::stages::Stage;
use crate::detention::terms::{DetainedTeam, NationalityCode};
use crate::packs::lists::{Lists, check_use};
use crate::people::Grade;
use crate::places::PlaceKind;
use chrono::NaiveTime;
use despatch_core::settings::Section;
use std::collections::BTreeSet;

/// Maximum age in a pack.
const AGE_MAX: i64 = 30;

/// Reads everything that a pack says of detention, of the words that it lists.
pub(super) fn read(top: &Section<'_, '_>, lists: Option<&Lists>) -> Option<DetentionRules> {
    let reviews = top.need_table("reviews").and_then(reviews);
    let reasons = top.need_table("reasons").and_then(|section| reasons(section, lists));
    let reports = top.need_table("reports").and_then(|section| reports(section, lists));
    let pregnancy = top.need_table("pregnancy").and_then(read_limits::pregnancy);
    let alarms = top.need_table("alarms").and_then(read_limits::alarms);
    let limits = top.tables("stay_limit").into_iter();
    let stay_limits = limits.filter_map(|section| read_limits::stay(section, lists)).collect();
    let panel = top.need_table("panel").and_then(panel);
    let authorities = top.tables("authority").into_iter().filter_map(authority).collect();
    let evidence_factors = top.tables("evidence_factor").into_iter().filter_map(evidence).collect();
    let consular = top.need_table("consular").and_then(consular);
    let offender_risk = top.tables("offender_risk").into_iter().filter_map(risk).collect();
    let search = top.need_table("search").and_then(search);
    let police_risk = top.need_table("police_risk").and_then(police_risk);
    Some(DetentionRules {
        reviews: reviews?,
        reasons: reasons?,
        reports: reports?,
        pregnancy: pregnancy?,
        alarms: alarms?,
        stay_limits,
        panel: panel?,
        authorities,
        evidence_factors,
        consular: consular?,
        offender_risk,
        search: search?,
        police_risk: police_risk?,
    })
}

/// Requires a flag that says how the text is read.
fn reading(section: &Section<'_, '_>, key: &'static str) -> Option<bool> {
    section.need_any(key);
    section.flag(key)
}

/// Reads kinds of places that the pack lists.
fn places(section: &Section<'_, '_>, lists: Option<&Lists>) -> BTreeSet<PlaceKind> {
    let places = section.words("places").into_iter().collect();
    check_use(section, "places", ("place_kinds", lists.map(|lists| &lists.place_kinds)), &places);
    places
}

fn reviews(section: Section<'_, '_>) -> Option<ReviewRules> {
    let month_days = number(&section, "month_days");
    let first_day_counts = reading(&section, "first_day_counts");
    let (ad_hoc_initial, ad_hoc_later) = (section.word("ad_hoc_initial"), section.word("ad_hoc_later"));
    let moved_before_day = number(&section, "moved_before_day");
    let moved_later = section.list("moved_later", "the readings, each in words");
    let source = section.sentence("source");
    let mut tables: Vec<ReviewTable> = Vec::new();
    for table in section.tables("table") {
        let team = table.word::<DetainedTeam>("team");
        if team.is_some_and(|team| tables.iter().any(|earlier| earlier.team == team)) {
            table.fault_at("team", "pack.table", "this team has two tables", "keep one of the two");
        }
        tables.extend(review_table(table, team));
    }
    for team in DetainedTeam::ALL {
        if !tables.iter().any(|table| table.team == team) {
            let cause = format!("no table says who reviews the detention of people of {}", team.label());
            section.fault(
                "pack.table",
                cause,
                format!("add a [[reviews.table]] with team = \"{}\"", team.code()),
            );
        }
    }
    section.end();
    Some(ReviewRules {
        month_days: month_days?,
        first_day_counts: first_day_counts?,
        ad_hoc_initial: ad_hoc_initial?,
        ad_hoc_later: ad_hoc_later?,
        moved_before_day: moved_before_day?,
        moved_later,
        source: source?,
        tables,
    })
}

fn review_table(section: Section<'_, '_>, team: Option<DetainedTeam>) -> Option<ReviewTable> {
    let name = section.sentence("name");
    let months: Vec<Grade> = section.words("months");
    let repeats_from = number(&section, "repeats_from");
    let within = |from: u32| usize::try_from(from).is_ok_and(|from| from <= months.len());
    if repeats_from.is_some_and(|from| !within(from)) {
        let cause = format!("the table has {} months, and the cycle begins again after them", months.len());
        section.fault_at("repeats_from", "pack.table", cause, "name a month of the table, from 1");
    }
    let mut initial: Vec<InitialReview> = Vec::new();
    for review in section.tables("initial") {
        let stage = review.need::<Stage>("stage", "24h, 7d or 14d");
        if stage.is_some_and(|stage| !stage.is_initial() || initial.iter().any(|one| one.stage == stage)) {
            let cause = "this is no stage of the first days, or listed twice";
            review.fault_at("stage", "pack.table", cause, "write 24h, 7d and 14d, each once at most");
        }
        let after = span(&review, ("hours", "days"));
        let grade = review.word("grade");
        let unless_from = review.words("unless_from").into_iter().collect();
        review.end();
        initial.extend(stage.zip(after).zip(grade).map(|((stage, after), grade)| InitialReview {
            stage,
            after,
            grade,
            unless_from,
        }));
    }
    section.end();
    Some(ReviewTable { name: name?, team: team?, initial, months, repeats_from: repeats_from? })
}

fn reasons(section: Section<'_, '_>, lists: Option<&Lists>) -> Option<ReasonsRules> {
    let days = number(&section, "days");
    let refused_service_restarts = reading(&section, "refused_service_restarts");
    let unstated = section.list("unstated", "the readings, each in words");
    let source = section.sentence("source");
    let forms = section.tables("form").into_iter().filter_map(|section| form(section, lists)).collect();
    section.end();
    Some(ReasonsRules {
        days: days?,
        refused_service_restarts: refused_service_restarts?,
        source: source?,
        forms,
        unstated,
    })
}

fn form(section: Section<'_, '_>, lists: Option<&Lists>) -> Option<FormLine> {
    let places = places(&section, lists);
    let reviews = section.words("reviews").into_iter().collect();
    let teams = section.words("teams").into_iter().collect();
    let (form, source) = (section.may_word("name"), section.sentence("source"));
    section.end();
    Some(FormLine { places, reviews, teams, form, source: source? })
}

fn reports(section: Section<'_, '_>, lists: Option<&Lists>) -> Option<ReportRules> {
    let time = |key| section.need::<NaiveTime>(key, "hours and minutes, such as \"09:00\"");
    let (hours, working_days) = (number(&section, "hours"), number(&section, "working_days"));
    let (hours_source, days_source) = (section.sentence("hours_source"), section.sentence("days_source"));
    let (works_from, works_to) = (time("works_from"), time("works_to"));
    if works_from.zip(works_to).is_some_and(|(from, to)| from >= to) {
        section.fault_at(
            "works_to",
            "pack.reports",
            "the team ends before it begins",
            "correct one of the two",
        );
    }
    let torture = section.sentence("torture");
    let dismissive = section.list("dismissive", "words");
    let rules = section.tables("rule").into_iter().filter_map(|section| of_rule(section, lists)).collect();
    section.end();
    Some(ReportRules {
        hours: hours?,
        hours_source: hours_source?,
        working_days: working_days?,
        days_source: days_source?,
        works_from: works_from?,
        works_to: works_to?,
        torture: torture?,
        dismissive,
        rules,
    })
}

fn of_rule(section: Section<'_, '_>, lists: Option<&Lists>) -> Option<OfRule> {
    let rule = section.word("rule");
    let places = places(&section, lists);
    let authors = section.words("authors").into_iter().collect();
    let source = section.sentence("source");
    section.end();
    Some(OfRule { rule: rule?, places, authors, source: source? })
}

fn panel(section: Section<'_, '_>) -> Option<PanelRules> {
    let (months, source) = (number(&section, "months"), section.sentence("source"));
    section.end();
    Some(PanelRules { months: months?, source: source? })
}

fn authority(section: Section<'_, '_>) -> Option<AuthorityRule> {
    let decision = section.word("decision");
    let teams = section.words("teams").into_iter().collect();
    let when = section.words("when").into_iter().collect();
    let (needs, agreed) = (section.word("needs"), section.may_word("agreed"));
    let source = section.sentence("source");
    section.end();
    Some(AuthorityRule { decision: decision?, teams, when, needs: needs?, agreed, source: source? })
}

fn evidence(section: Section<'_, '_>) -> Option<EvidenceFactor> {
    let factor = section.word("factor");
    let levels = section.numbers("levels", 1, 3).into_iter().filter_map(|level| u8::try_from(level).ok());
    let (levels, source) = (levels.collect(), section.sentence("source"));
    section.end();
    Some(EvidenceFactor { factor: factor?, levels, source: source? })
}

fn consular(section: Section<'_, '_>) -> Option<ConsularRules> {
    let after_hours = number(&section, "after_hours");
    let mandatory = section.list("mandatory", NationalityCode::PATTERN);
    let source = section.sentence("source");
    section.end();
    Some(ConsularRules { after_hours: after_hours?, mandatory, source: source? })
}

fn risk(section: Section<'_, '_>) -> Option<RiskLine> {
    let (harm, reoffending, overall) =
        (section.word("harm"), section.word("reoffending"), section.word("overall"));
    section.end();
    Some(RiskLine { harm: harm?, reoffending: reoffending?, overall: overall? })
}

fn search(section: Section<'_, '_>) -> Option<SearchRules> {
    let least_age = section.need_number("least_age", 1, AGE_MAX);
    let source = section.sentence("source");
    section.end();
    Some(SearchRules { least_age: u32::try_from(least_age?).ok()?, source: source? })
}

fn police_risk(section: Section<'_, '_>) -> Option<PoliceRisk> {
    let (hours, source) = (number(&section, "hours"), section.sentence("source"));
    section.end();
    Some(PoliceRisk { hours: hours?, source: source? })
}
