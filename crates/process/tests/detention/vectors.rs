//! The 88 vectors of the general instructions by name, each through the rule of the program that it is for.

use super::{CALENDAR, PLACES, RULES, working_days};
use chrono::NaiveDate;
use despatch_process::detention::authority::{Authority, Cover, Signer};
use despatch_process::detention::decisions::{ConsularCase, ConsularRoute, overall_risk, required};
use despatch_process::detention::forms::FormAnswer;
use despatch_process::detention::limits::{Stay, of_stay};
use despatch_process::detention::reviews::{Detained, Done, FourteenthDay};
use despatch_process::detention::terms::{
    Asylum, Deciding, Degree, DetainedTeam, Matter, Origin, Population,
};
use despatch_process::detention::{LondonTime, Stage};
use despatch_process::{CaseCalendars, Division, Place, PlaceKind};
use std::collections::{BTreeMap, BTreeSet};

const VECTORS: &str = include_str!("../review-vectors.csv");

/// One line of the file.
struct Vector<'a> {
    id: &'a str,
    rule: &'a str,
    start: &'a str,
    division: &'a str,
    previous: &'a str,
    n: &'a str,
    facts: BTreeMap<&'a str, &'a str>,
    expected: &'a str,
}

impl<'a> Vector<'a> {
    fn of(line: &'a str) -> Self {
        // The source alone holds commas, and it is the last.
        let fields: Vec<&str> = line.splitn(9, ',').collect();
        let [id, rule, start, division, previous, n, facts, expected, _] = fields[..] else {
            panic!("{line}");
        };
        let facts = facts.split(';').filter_map(|fact| fact.split_once('='));
        Vector { id, rule, start, division, previous, n, facts: facts.collect(), expected }
    }

    fn fact(&self, name: &str) -> &'a str {
        self.facts.get(name).copied().unwrap_or_default()
    }

    fn yes(&self, name: &str) -> bool {
        self.fact(name) == "yes"
    }

    fn word<T: Copy>(&self, text: &str, words: &[(&str, T)]) -> T {
        words.iter().find(|(word, _)| *word == text).unwrap_or_else(|| panic!("{}: {text}", self.id)).1
    }

    fn division(&self, name: &str) -> Option<Division> {
        Division::ALL.into_iter().find(|one| one.code() == name)
    }

    fn calendars(&self) -> CaseCalendars<'static> {
        let place = self.division(self.division).unwrap_or(Division::EnglandAndWales);
        working_days(place, self.division(self.fact("office")))
    }

    fn team(&self) -> DetainedTeam {
        match self.fact("table") {
            "1" => DetainedTeam::NonFno,
            "2" => DetainedTeam::FnoRc,
            _ => self.word(self.fact("team"), DetainedTeam::WORDS),
        }
    }

    fn time(&self) -> LondonTime {
        time(self.start)
    }

    /// Detained on the first day, at a time that does not matter to what is counted in days.
    fn detained(&self) -> Detained {
        let at = if self.start.contains('T') { self.time() } else { noon(self.start) };
        Detained { at, team: self.team(), origin: Origin::Community }
    }

    fn stage(&self, text: &str) -> Stage {
        text.parse().unwrap_or_else(|says| panic!("{}: {text}: {says}", self.id))
    }
}

fn time(text: &str) -> LondonTime {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Midday of a day, whatever the offset.
fn noon(day: &str) -> LondonTime {
    let summer = format!("{day}T12:00+01:00");
    summer.parse().or_else(|_| format!("{day}T12:00+00:00").parse()).expect(day)
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn short(authority: Authority) -> &'static str {
    authority.code()
}

/// What the program answers, in the words of the file.
fn answer(vector: &Vector<'_>) -> String {
    match vector.rule {
        "review_24h" => review(vector, Stage::Day),
        "review_days" => review(vector, vector.stage(&format!("{}d", vector.n))),
        "monthly" => review(vector, vector.stage(&format!("m{}", vector.n))),
        "reasons_served" => reasons(vector),
        "grade" => format!("grade={}", short(needs(vector, vector.n))),
        "grade_check" => grade_check(vector),
        "ad_hoc_grade" => {
            let stages = ["last_done", "next_due"].map(|name| Some(vector.stage(vector.fact(name))));
            let needs = RULES.reviews.needs(vector.team(), Stage::AdHoc, (stages[0], stages[1]));
            format!("grade={}", short(needs.expect("a grade")))
        }
        "rule_35_response" => {
            let due = RULES.reports.due(vector.time(), &vector.calendars()).expect("covered");
            format!("within_48h={};within_2wd={}", due.within_hours, due.within_days)
        }
        "pregnancy_limit" => {
            let satisfied = time(vector.fact("satisfied_at"));
            let limit = RULES.pregnancy.limit(satisfied, vector.time(), vector.yes("minister"));
            format!("release_by={}", limit.until)
        }
        "stay_limit" => stay_limit(vector),
        "written_reasons_form" => form(vector),
        "consular_route" => consular(vector),
        "risk_matrix" => {
            let degree = |name| vector.word(vector.fact(name), Degree::WORDS);
            let overall = overall_risk(&RULES.offender_risk, degree("harm"), degree("reoffending"));
            format!("overall={}", overall.expect("a line of the table").code())
        }
        "case_progression_panel" => {
            assert_eq!(RULES.panel.months.to_string(), vector.n);
            format!("panel_by={}", RULES.panel_by(date(vector.start)))
        }
        "s51_age" => {
            let may = RULES.may_be_searched(date(vector.fact("date_of_birth")), date(vector.start));
            format!("result={}", if may { "accepted" } else { "refused" })
        }
        "fno_14_day_review" => fourteenth_day(vector),
        "authority" => authority(vector),
        other => panic!("{}: no rule {other}", vector.id),
    }
}

/// The review of one stage among those outstanding, once those before it are done.
fn review(vector: &Vector<'_>, stage: Stage) -> String {
    let mut done = Vec::new();
    if let Stage::Month(number @ 2..) = stage {
        done.push(Done { stage: Stage::Month(number - 1), on: date(vector.previous) });
    }
    if let Some(on) = vector.facts.get("ad_hoc_on") {
        done.push(Done { stage: Stage::AdHoc, on: date(on) });
    }
    let outstanding = RULES.reviews.outstanding(vector.detained(), &done, &vector.calendars());
    let outstanding = outstanding.expect("the calendar covers it");
    let due = outstanding.iter().find(|due| due.stage == stage).expect("it is outstanding");
    match (due.at, due.plan_by) {
        (Some(at), None) => format!("due={at};grade={}", short(due.needs)),
        (None, Some(plan_by)) => format!("due={};plan_by={plan_by};grade={}", due.on, short(due.needs)),
        other => panic!("{}: {other:?}", vector.id),
    }
}

fn reasons(vector: &Vector<'_>) -> String {
    let due = RULES.reasons.after(date(vector.previous), &vector.calendars()).expect("covered");
    format!("serve_by={};plan_by={}", due.serve_by, due.plan_by)
}

fn needs(vector: &Vector<'_>, stage: &str) -> Authority {
    RULES.reviews.needs(vector.team(), vector.stage(stage), (None, None)).expect("a grade")
}

fn grade_check(vector: &Vector<'_>) -> String {
    let known = |name: &str| Authority::ALL.into_iter().find(|one| one.code() == vector.fact(name));
    // What is no word of the list covers nothing: a case file that has it is refused where it stands.
    let cover = Cover::ALL.into_iter().find(|cover| cover.code() == vector.fact("cover"));
    let signer = Signer {
        substantive: known("grade").expect("a grade"),
        cover: cover.unwrap_or(Cover::None),
        covered: known("covered"),
    };
    let needs = needs(vector, vector.n);
    let result = if signer.may_sign(needs) { "accepted" } else { "refused" };
    format!("result={result};needs={}", short(needs))
}

/// A place of the list, or one of this kind.
fn place(kind: PlaceKind) -> Place {
    let like = PLACES.iter().next().expect("a place");
    Place { id: "somewhere".parse().expect("an id"), kind, ..like.clone() }
}

fn stay_limit(vector: &Vector<'_>) -> String {
    let (place, population) = match vector.fact("place") {
        "sthf_child" => (place(PlaceKind::Sthf), Population::ChildAlone),
        "larne-house" => {
            (PLACES.get(&"larne-house".parse().expect("an id")).expect("listed").clone(), Population::Anyone)
        }
        kind => (place(vector.word(kind, PlaceKind::WORDS)), Population::Anyone),
    };
    if !vector.fact("form").is_empty() {
        let hours = RULES.police_risk.hours;
        return format!("forward_by={}", vector.time().after_hours(hours));
    }
    // Who came back without having been released stays detained since the first hour.
    let returned = vector.facts.get("returned").filter(|_| vector.fact("released_between") == "no");
    let stay = Stay {
        place: &place,
        population,
        freed_offender: false,
        arrived_at: returned.map_or_else(|| vector.time(), |text| time(text)),
        detained_at: vector.time(),
        removal_at: vector.facts.get("removal_at").filter(|at| **at != "none").map(|at| time(at)),
        minister: vector.yes("minister"),
    };
    let limits = of_stay(&RULES.stay_limits, &stay);
    let sooner = limits.iter().min_by_key(|limit| limit.limit(&stay).until).expect("a limit");
    match sooner.authority_by(&stay).filter(|_| !vector.yes("seo")) {
        Some(by) => format!("seo_authority_by={by}"),
        None => format!("leave_by={}", sooner.limit(&stay).until),
    }
}

fn form(vector: &Vector<'_>) -> String {
    let kind = match vector.fact("place") {
        "sthf_residential" => PlaceKind::Sthf,
        kind => vector.word(kind, PlaceKind::WORDS),
    };
    let stage = match vector.fact("review") {
        "monthly" => Stage::Month(1),
        stage => vector.stage(stage),
    };
    match RULES.reasons.form(kind, stage, vector.team()) {
        FormAnswer::Form(form) => format!("form={}", form.label()),
        FormAnswer::None => "form=none".to_owned(),
        FormAnswer::PersonDecides => "form=person_decides".to_owned(),
    }
}

fn consular(vector: &Vector<'_>) -> String {
    // The file names states; the program takes codes, and says which are listed.
    let code = match vector.fact("nationality") {
        "France" => "FR",
        "India" => "IN",
        other => panic!("{other}"),
    };
    let listed = RULES.consular.mandatory.iter().any(|one| one.as_str() == code);
    assert_eq!(listed, vector.yes("listed"), "{}", vector.id);
    let case = ConsularCase {
        nationality_code: code,
        asylum: vector.word(vector.fact("asylum"), Asylum::WORDS),
        long: vector.yes("over_24h_likely"),
        wishes_notice: vector.yes("wishes_notice"),
    };
    let route = match RULES.consular.route(case) {
        ConsularRoute::Mandatory => "mandatory",
        ConsularRoute::OnRequest => "on_request",
        ConsularRoute::OnRequestHeld => "on_request_held",
        ConsularRoute::None => "none",
    };
    format!("route={route}")
}

fn fourteenth_day(vector: &Vector<'_>) -> String {
    let origin = vector.word(vector.fact("origin"), Origin::WORDS);
    let moved = vector.facts.get("moved_to_estate_on_day").map(|day| day.parse().expect("a day"));
    match RULES.reviews.fourteenth_day(DetainedTeam::FnoRc, origin, moved) {
        FourteenthDay::Required(needs) => format!("review=required;grade={}", short(needs)),
        FourteenthDay::NotRequired => "review=not_required".to_owned(),
        FourteenthDay::PersonDecides => "review=person_decides".to_owned(),
    }
}

fn authority(vector: &Vector<'_>) -> String {
    let mut matters = BTreeSet::new();
    for (name, value) in &vector.facts {
        match (*name, *value) {
            ("decision" | "team", _) => {}
            ("cause", cause) => drop(matters.insert(vector.word(cause, Matter::WORDS))),
            (matter, "yes") => drop(matters.insert(vector.word(matter, Matter::WORDS))),
            other => panic!("{}: {other:?}", vector.id),
        }
    }
    let team =
        vector.facts.get("team").map_or(DetainedTeam::NonFno, |team| vector.word(team, DetainedTeam::WORDS));
    let decision = vector.word(vector.fact("decision"), Deciding::WORDS);
    let found = required(&RULES.authorities, decision, team, &matters).expect("somebody");
    match found.agreed {
        Some(agreed) => format!("agreed={};authorised={}", short(agreed), short(found.authority)),
        None => format!("authority={}", short(found.authority)),
    }
}

#[test]
fn every_vector_holds_by_name() {
    assert!(CALENDAR.last_covered_day() > date("2027-12-30"));
    let mut lines = VECTORS.lines();
    let head = lines.next().expect("a heading");
    assert_eq!(head, "id,rule,start,division,previous,n,facts,expected,source");
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for line in lines {
        let vector = Vector::of(line);
        let found = answer(&vector);
        if found != vector.expected {
            wrong.push(format!("{}: {found}, and the file has {}", vector.id, vector.expected));
        }
        assert!(names.insert(vector.id.to_owned()), "{} is there twice", vector.id);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let numbered: BTreeSet<String> = (1..=88).map(|number| format!("V{number:02}")).collect();
    assert_eq!(names, numbered);
}
