//! Enters: whoever wants to record what happened. Leaves: a draft of a case file of that event.
//! Never: asks for the fields of an event: those are the form's.

mod happenings;

pub use happenings::{GROUPS, Group, family, plain};

use crate::components::{Checkboxes, Choice, Details, Field, Input, Radios};
use crate::drafts::key;
use crate::frame::{Head, Link};
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::casework::may_see;
use despatch_app::operations::drafts::{self, Background, Origin, Way};
use despatch_app::operations::last_file::open_last_file;
use despatch_app::operations::new_case::form::Form;
use despatch_core::words::CaseId;
use despatch_core::words::capital;
use despatch_process::case::EventName;
use despatch_process::events::Family;
use despatch_web::Response;
use serde::Serialize;

/// What the page of all events shows.
#[derive(Serialize)]
struct Events {
    families: Vec<EventFamily>,
    /// What is no event of a case.
    others: Vec<Link>,
    drafts: usize,
}

/// The events of one kind of case.
#[derive(Serialize)]
struct EventFamily {
    id: &'static str,
    heading: String,
    groups: Vec<EventGroup>,
}

#[derive(Serialize)]
struct EventGroup {
    heading: &'static str,
    events: Vec<Link>,
}

/// Shows every event in plain words.
///
/// # Errors
/// The person is not on the staff list, or the disk fails.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    // From the page of a case, its number comes along.
    let case: Option<CaseId> = visit.request.parameter("case").parse().ok();
    let of_case = case.as_ref().map_or_else(String::new, |case| format!("?case={case}"));
    let known = case.map_or(Ok(None), |case| family_of(visit, &case))?;
    let link = |(event, words): &(EventName, &'static str)| {
        Link::of(*words, format!("/start/{}{of_case}", word(*event)))
    };
    let group = |(heading, events): &Group| EventGroup { heading, events: events.iter().map(link).collect() };
    let others = vec![
        Link::of("You telephoned somebody about a message", "/calls"),
        Link::of("A case file says what did not happen: withdraw it", "/withdraw"),
        Link::of("A message came back, or its case file was rejected: mend it", "/rejected"),
        Link::of("Letters are to be printed for service", "/print"),
    ];
    let drafts = drafts::list(visit.open, &actor, None)?.len();
    let of_family = |of: Family| EventFamily {
        id: of.code(),
        heading: capital(of.label()),
        groups: GROUPS.iter().filter(|one| family(one) == Some(of)).map(group).collect(),
    };
    let families = Family::ALL.into_iter().filter(|of| known.is_none_or(|known| known == *of));
    let page = Events { families: families.map(of_family).collect(), others, drafts };
    visit.page("start/events", Head::of("What happened?"), &page)
}

/// The family of a case on record that this person may see: it takes no event of the other one.
fn family_of(visit: &mut Visit<'_>, case: &CaseId) -> Result<Option<Family>, Failure> {
    let actor = visit.actor()?;
    if may_see(&mut visit.open.ledger, &actor, case).is_err() {
        return Ok(None);
    }
    Ok(visit.open.ledger.latest_of_case(case)?.map(|latest| latest.fact.name().family()))
}

/// The event of an address: `letter-served`.
fn word(event: EventName) -> String {
    let word = EventName::WORDS.iter().find(|(_, of)| *of == event).map_or("", |(word, _)| word);
    word.replace('_', "-")
}

fn event(visit: &Visit<'_>) -> Result<EventName, Failure> {
    EventName::of_word(&visit.step("event").replace('-', "_")).ok_or_else(no_page)
}

/// What the page that begins a draft shows.
#[derive(Serialize)]
struct Begin {
    heading: &'static str,
    action: String,
    fields: Vec<Field>,
    about: Details,
}

/// Asks for the case, and in which way the questions are to be asked.
///
/// # Errors
/// There is no such event.
pub fn case(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    if key::of(visit)?.is_none() {
        return Ok(key::ask());
    }
    let case = visit.request.parameter("case").to_owned();
    begin_form(visit, &case, None)
}

fn begin_form(visit: &mut Visit<'_>, case: &str, wrong: Option<String>) -> Result<Response, Failure> {
    let event = event(visit)?;
    let actor = visit.actor()?;
    let way = drafts::way(visit.open, &actor)?;
    let errors = wrong.iter().map(|wrong| Link::of(wrong, "#case")).collect();
    let question = Input::new("case", "The number of the case")
        .hint(format!("{}. Of a case on record, what is known is filled in.", one_case(event)))
        .value(case)
        .verbatim()
        .class("govuk-input--width-20")
        .error(wrong);
    let mut fields = vec![Field::Input(question)];
    if visit.can_open() {
        let yes = Choice::new("yes", "Begin from the last case file of the case")
            .hint("It is opened with the review key, which is on record, and what it says of the person is filled in.");
        let last = Checkboxes::new("from_last", "What is known of the person", vec![yes]).size("s");
        fields.push(Field::Checkboxes(last));
    }
    let ways = Way::ALL.into_iter().map(|way| Choice::new(way.code(), way.label())).collect();
    let ways = Radios::new("way", "How do you want to be asked?", ways).value(way.code()).size("s");
    fields.push(Field::Radios(ways));
    let page = Begin {
        heading: plain(event),
        action: format!("/start/{}", visit.step("event")),
        fields,
        about: Details::new("What is this for?", format!("The case file will say: {}.", event.label())),
    };
    visit.page("start/case", Head::of(plain(event)).back("Back", "/start").errors(errors), &page)
}

/// What one case is, of the family of an event.
fn one_case(event: EventName) -> &'static str {
    match event.family() {
        Family::SecondOpinion => "One external medical report is one case",
        Family::DetentionReviews => "One continuous detention is one case",
    }
}

/// Begins a draft.
///
/// # Errors
/// There is no such event; the ledger or the disk fails.
pub fn begin(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let event = event(visit)?;
    let Some(key) = key::of(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let typed = visit.request.field("case").to_owned();
    let Ok(case) = typed.parse::<CaseId>() else {
        let wrong = format!("Write the number of the case: {}", CaseId::PATTERN);
        return begin_form(visit, &typed, Some(wrong));
    };
    if let Some(way) = Way::of_code(visit.request.field("way")) {
        drafts::set_way(visit.open, &actor, way)?;
    }
    let background = Background::of(visit.open, &actor, Some(&case), event)?;
    let mut form = Form::begin(event, &actor.staff()?.id, &case, background.known());
    if visit.request.field("from_last") == "yes" {
        let unlock = visit.unlock();
        match open_last_file(visit.open, &actor, &case, &unlock) {
            Ok(last) => form.propose(last.bytes()?, background.known()),
            Err(Failure::Faults(faults)) => {
                let why = faults.first().map(|fault| format!("{}: {}", capital(&fault.cause), fault.cure));
                return begin_form(visit, &typed, why);
            }
            Err(other) => return Err(other),
        }
    }
    let draft = drafts::begin(visit.open, &actor, &key, form, Origin::New)?;
    Ok(Response::redirect(format!("/drafts/{}", draft.id)))
}
