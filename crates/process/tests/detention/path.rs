//! One made-up person's detention as a sequence of case files on days: what each makes, which clocks run, what is held.

use super::super::{codes, day, the_calendar};
use super::{REVIEWS, REVIEWS_FILE};
use despatch_process::case::{self, Case};
use despatch_process::{
    Calendar, CaseState, DeadlineRule, History, Pack, PastEvent, PastMessage, Places, Plan, plan,
};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The places of the guidance, and made-up ones of the other kinds.
const MORE_PLACES: [(&str, &str, &str, &str); 9] = [
    ("northmoor", "prison", "england-and-wales", "ost"),
    ("glenfern", "prison", "scotland", "ost"),
    ("st-osyth", "hospital", "england-and-wales", "healthcare"),
    ("kirk-street", "police", "northern-ireland", "healthcare"),
    ("quay-side", "holding_room", "england-and-wales", "det"),
    ("larch-unit", "mbu", "england-and-wales", "ost"),
    ("ashdale", "yoi", "england-and-wales", "ost"),
    ("pier-lodge", "residential_holding_room", "england-and-wales", "det"),
    ("lagan", "prison", "northern-ireland", "ost"),
];

pub static CALENDAR: LazyLock<Calendar> = LazyLock::new(the_calendar);
pub static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let more = MORE_PLACES.map(|(id, kind, division, body)| {
        let nation = division.trim_end_matches("-and-wales");
        format!(
            "[[place]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"{kind}\"\ndivision = \"{division}\"\nnation = \
             \"{nation}\"\nbodies = [\"{body}\"]\nsource = \"made up\"\n"
        )
    });
    Places::parse(&format!("{}{}", super::super::PLACES, more.concat())).expect("the places are sound")
});
static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::parse(REVIEWS_FILE, REVIEWS).expect("the pack"));

/// A detention, as it goes on.
pub struct Path {
    place: String,
    since: String,
    pub pack: Pack,
    pub history: History,
    /// What the beginning made.
    pub began: Option<Plan>,
    despite: bool,
}

impl Path {
    /// Somebody was detained at this moment and place; the file comes on the same day.
    #[track_caller]
    pub fn begins(place: &str, at: &str, more: &Value) -> Path {
        let since = at[..10].to_owned();
        let mut path = Path {
            place: place.to_owned(),
            since: since.clone(),
            pack: PACK.clone(),
            history: History::default(),
            began: None,
            despite: false,
        };
        let mut event = json!({
            "type": "detention_began", "detained_at": at, "origin": "community", "team": "non_fno",
            "power": "paragraph 16(2)", "age": "adult", "reasons_served_on": since,
        });
        event.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let began = path.on_date(since.parse().expect("a day"), &event);
        path.began = Some(began.unwrap_or_else(|faults| panic!("{faults:#?}")));
        path
    }

    /// The next file is dropped with the reason why it is right despite the record.
    pub fn despite(&mut self) -> &mut Path {
        self.despite = true;
        self
    }

    /// The person is there from now on.
    pub fn at(&mut self, place: &str) -> &mut Path {
        place.clone_into(&mut self.place);
        self
    }

    fn case(&self, event: &Value) -> Result<Case, Vec<despatch_core::fault::Fault>> {
        let kinds = event.get("attached").and_then(Value::as_array).cloned().unwrap_or_default();
        let attachments: Vec<Value> = kinds
            .iter()
            .enumerate()
            .map(|(number, kind)| {
                json!({ "file": format!("{number}.pdf"), "kind": kind, "title": "A document", "size": 100,
                        "sha256": format!("{number:0>64}") })
            })
            .collect();
        let mut event = event.clone();
        event.as_object_mut().expect("an object").remove("attached");
        let file = json!({
            "schema": "despatch-case/1", "case_id": "DET-2026-0031", "home_office_reference": "M1234567",
            "event_id": format!("e-{}", self.history.events.len() + 1), "event": event, "prepared_by": "p-lark",
            "person": { "name": "Bereket Tesfay Example", "date_of_birth": "1991-07-14", "nationality": "Eritrean",
                        "interpreter_needed": false },
            "detention": { "place": self.place, "since": self.since },
            "caseworker": { "entry": "caseworker-4" },
            "decision_maker": { "entry": "leader-2", "grade": "SEO" },
            "despite_history": self.despite.then_some("The record is not whole."),
            "attachments": attachments,
        });
        case::parse(file.to_string().as_bytes())
    }

    fn on_date(
        &mut self,
        today: chrono::NaiveDate,
        event: &Value,
    ) -> Result<Plan, Vec<despatch_core::fault::Fault>> {
        let case = self.case(event)?;
        let made = plan(&case, &self.history, &self.pack, &CALENDAR, &PLACES, today)?;
        self.despite = false;
        let messages = made.despatches.iter().map(|one| PastMessage {
            purpose: one.purpose,
            row: one.row.clone(),
            kind: one.kind.clone(),
            role: one.role,
            to: one.to.clone(),
            sent: one.hold.is_none(),
        });
        // What is recorded comes back from the ledger as it went in.
        let text = serde_json::to_string(&made.recorded).expect("JSON");
        assert_eq!(serde_json::from_str::<despatch_process::Recorded>(&text).expect(&text), made.recorded);
        assert!(!text.contains("Example") && !text.contains("suicid") && !text.contains("tortur"), "{text}");
        self.history.events.push(PastEvent {
            submission: i64::try_from(self.history.events.len()).expect("few") + 1,
            pack: made.pack.clone(),
            recorded: made.recorded.clone(),
            messages: messages.collect(),
            messages_before: Vec::new(),
        });
        Ok(made)
    }

    /// Something happens on a day, and the rules have a plan for it.
    #[track_caller]
    pub fn on(&mut self, words: &str, event: &Value) -> Plan {
        self.on_date(day(words), event).unwrap_or_else(|faults| panic!("{words}: {faults:#?}"))
    }

    /// The file is refused: `place code`, each fault.
    #[track_caller]
    pub fn refuses(&mut self, words: &str, event: &Value) -> Vec<String> {
        let faults = self.on_date(day(words), event).expect_err("it is refused");
        self.despite = false;
        assert!(faults.iter().all(|fault| !fault.cure.is_empty()), "{faults:#?}");
        codes(&faults).iter().map(|(at, code)| format!("{at} {code}")).collect()
    }

    /// The clocks that run: "detention_review 2026-02-09 plan 2026-02-09".
    pub fn clocks(&self) -> Vec<String> {
        let state = CaseState::of(&self.history);
        let mut clocks: Vec<_> =
            state.clocks.iter().filter(|clock| clock.rule != DeadlineRule::Immediately).collect();
        clocks.sort_by_key(|clock| (clock.due, clock.rule));
        let line = |clock: &&despatch_process::Deadline| {
            let when = clock.at.map_or_else(|| clock.due.to_string(), |at| at.to_string());
            let plan = clock.plan_by.map(|plan| format!(" plan {plan}")).unwrap_or_default();
            format!("{} {when}{plan}", clock.rule.code())
        };
        clocks.iter().map(line).collect()
    }

    /// The next review: its last day and what it is.
    pub fn next_review(&self) -> (chrono::NaiveDate, String) {
        let state = CaseState::of(&self.history);
        let of_reviews = state.clocks.iter().filter(|clock| clock.rule == DeadlineRule::DetentionReview);
        let next = of_reviews.min_by_key(|clock| clock.due).expect("a review");
        (next.due, next.what.clone())
    }
}

/// What a plan makes: "is-151f to det", with what holds it.
pub fn made(plan: &Plan) -> Vec<String> {
    let line = |one: &despatch_process::Planned| {
        let held = one.hold.as_ref().map(|hold| format!(", held: {}", hold.code)).unwrap_or_default();
        format!("{} to {}{held}", one.kind, one.role.code())
    };
    plan.despatches.iter().map(line).collect()
}

/// A review that somebody of this grade signed, with the signed paper.
pub fn review(stage: &str, on: &str, grade: &str) -> Value {
    json!({
        "type": "review_completed", "stage": stage, "done_on": on, "removability": "It was considered.",
        "factors": [], "level": "none", "outcome": "maintain", "reasons": "You stay in detention.",
        "authorised": { "name": "Rowan Example", "grade": grade, "cover": "none", "on": on },
        "attached": ["dcpr"],
    })
}

/// Written reasons were handed over at noon.
pub fn served(at: &str) -> Value {
    json!({ "type": "written_reasons_served", "served_at": at, "form": "is_151f", "by": "An officer",
            "explained": true, "refused": false })
}

/// Changes one field of an event.
pub fn with(mut event: Value, name: &str, value: Value) -> Value {
    event.as_object_mut().expect("an object").insert(name.to_owned(), value);
    event
}
