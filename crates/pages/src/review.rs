//! Enters: what a reviewer filters by. Leaves: what waits, case by case, nearest deadline first; several approved at once.
//! Never: approves a message that this person has not opened, or another one than the list showed.

use crate::authorise;
use crate::components::{
    Badge, Button, Cell, Checkboxes, Choice, Field, Filter, Input, Pagination, Part, Select, Table, Text,
};
use crate::decided::told;
use crate::frame::{Banner, Head, Link};
use crate::naming::{state_tag, title};
use crate::passphrase;
use crate::visit::{Visit, no_page};
use chrono::{NaiveDate, TimeDelta};
use despatch_app::operations::Failure;
use despatch_app::operations::decisions::{self, Approve};
use despatch_app::operations::due_list::awaiting_authority;
use despatch_app::operations::review_queue::{self, CaseWaiting, ReviewQueue};
use despatch_core::words::{Role, count, date_words};
use despatch_ledger::{Despatch, DespatchId, QueueSelection, State};
use despatch_web::Response;
use serde::Serialize;

/// The states that the queue can show, each with what a reviewer calls it.
const SHOWN: [(&str, &str); 8] = [
    ("awaiting_review", "Awaiting review"),
    ("held", "Held"),
    ("returned", "Returned"),
    ("approved", "Approved, not gone yet"),
    ("refused", "Refused by the relay"),
    ("in_doubt", "In doubt"),
    ("sent", "Sent"),
    ("cancelled", "Cancelled"),
];

/// The page of what waits.
#[derive(Serialize)]
struct Queue {
    words: String,
    filter: Filter,
    cases: Vec<Case>,
    /// What waits for somebody's authority, and where it stands.
    authority: Option<Link>,
    pagination: Option<Pagination>,
    nothing: bool,
    /// Whether what is held is shown: then what waits for nothing any more can be cancelled.
    held: bool,
}

/// What waits of one case.
#[derive(Serialize)]
struct Case {
    id: String,
    badge: Option<Badge>,
    due: String,
    table: Table,
    /// What is said if this is not all.
    rest: String,
    /// Where the rest of it stands, if another page shows more.
    more: Option<Link>,
    /// The messages that can be approved together, if there are several.
    together: Option<Checkboxes>,
    /// Where they stand now: the hash of each, which an approval names.
    messages: Vec<Bound>,
    button: Button,
}

#[derive(Serialize)]
struct Bound {
    id: String,
    sha256: String,
}

/// What the address says of the filter.
struct Wanted {
    selection: QueueSelection,
    state: String,
    deadline: String,
    page: u32,
}

impl Wanted {
    fn of(visit: &Visit<'_>, today: NaiveDate) -> Result<Self, Failure> {
        let request = visit.request;
        let given = |name: &str| Some(request.parameter(name)).filter(|value| !value.is_empty());
        let state = given("state").unwrap_or("awaiting_review").to_owned();
        let deadline = given("deadline").unwrap_or_default().to_owned();
        let (from, to) = match deadline.as_str() {
            "" => (None, None),
            "late" => (None, today.pred_opt()),
            "today" => (Some(today), Some(today)),
            "week" => (None, Some(today + TimeDelta::days(7))),
            _ => return Err(no_page()),
        };
        let parsed = |name: &str| given(name).map(str::to_owned);
        let selection = QueueSelection {
            states: State::called(&state).map_err(|_| no_page())?,
            role: match parsed("role") {
                Some(code) => Some(role(&code)?),
                None => None,
            },
            kind: parsed("kind").map(|kind| kind.parse().map_err(|_| no_page())).transpose()?,
            place: parsed("place").map(|place| place.parse().map_err(|_| no_page())).transpose()?,
            prepared_by: parsed("preparer").map(|staff| staff.parse().map_err(|_| no_page())).transpose()?,
            from,
            to,
            case_begins: parsed("case").unwrap_or_default().to_uppercase(),
            batch: parsed("batch").map(|batch| batch.parse().map_err(|_| no_page())).transpose()?,
        };
        let page = given("page").map_or(Ok(1), |page| page.parse().map_err(|_| no_page()))?;
        Ok(Self { selection, state, deadline, page })
    }
}

fn role(code: &str) -> Result<Role, Failure> {
    Role::ALL.into_iter().find(|role| role.code() == code).ok_or_else(no_page)
}

/// Shows what waits.
///
/// # Errors
/// The filter is none of ours; the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, today) = (visit.actor()?, visit.open.now().today);
    let wanted = Wanted::of(visit, today)?;
    let queue = review_queue::list(visit.open, &actor, &wanted.selection, wanted.page)?;
    let filter = filter(visit, &wanted);
    let mut cases = Vec::new();
    for case in &queue.cases {
        let more = address_with(visit, "case", case.case_id.as_str());
        let more = (queue.cases_in_all > 1).then(|| Link::of("Show more of this case", more));
        cases.push(Case { more, ..shown(visit, case, today)? });
    }
    let awaited = awaiting_authority(visit.open, &actor, &mut visit.pages.due())?.len();
    let waits = if awaited == 1 { "waits" } else { "wait" };
    let words = format!("{} {waits} for somebody’s authority", count(awaited, "case file"));
    let page = Queue {
        authority: (awaited > 0).then(|| Link::of(words, "/review?state=held")),
        words: told_of(&queue, &wanted.state),
        filter,
        cases,
        pagination: Pagination::of(queue.page.into(), queue.pages.into(), |page| {
            address_with(visit, "page", &page.to_string())
        }),
        nothing: queue.cases.is_empty(),
        held: wanted.state == "held" && !queue.cases.is_empty(),
    };
    visit.page("review/list", Head::of("To review"), &page)
}

fn told_of(queue: &ReviewQueue, state: &str) -> String {
    let what = SHOWN.iter().find(|(code, _)| *code == state).map_or(state, |(_, words)| words).to_lowercase();
    let (messages, cases) = (queue.messages as usize, queue.cases_in_all as usize);
    format!("{} {what}, of {}", count(messages, "message"), count(cases, "case"))
}

/// The address of the same list, with one of its parameters changed; of its first page, if it is another one than that.
fn address_with(visit: &Visit<'_>, parameter: &str, value: &str) -> String {
    let kept = visit.request.query.iter().filter(|(name, value)| {
        !["page", parameter].contains(&name.as_str())
            && !value.is_empty()
            && is_plain(name)
            && is_plain(value)
    });
    let kept: Vec<String> = kept.map(|(name, value)| format!("&{name}={value}")).collect();
    format!("/review?{parameter}={value}{}", kept.concat())
}

/// Whether a word of an address may stand in another one as it is.
fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn filter(visit: &Visit<'_>, wanted: &Wanted) -> Filter {
    let office = &visit.open.office;
    let all = || vec![(String::new(), "All".to_owned())];
    let select = |name: &str, label: &str, options: Vec<(String, String)>| {
        Field::Select(Select::new(name, label).options(options).value(visit.request.parameter(name)))
    };
    let of = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect::<Vec<_>>()
    };
    let roles = Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned()));
    let mut kinds: Vec<(String, String)> =
        office.catalogue.kinds().map(|kind| (kind.name.to_string(), kind.title.clone())).collect();
    kinds.sort_by(|one, other| one.1.cmp(&other.1));
    let places = office.places.iter().map(|place| (place.id.to_string(), place.name.clone()));
    let staff = office.config.staff.iter().map(|staff| (staff.id.to_string(), staff.name.clone()));
    let deadlines = [("", "All"), ("late", "Late"), ("today", "Today"), ("week", "Within seven days")];
    Filter {
        heading: "Filter".into(),
        action: "/review".to_owned(),
        options: vec![
            Field::Input(
                Input::new("case", "Case reference").value(visit.request.parameter("case")).verbatim(),
            ),
            Field::Select(Select::new("state", "State").options(of(&SHOWN)).value(wanted.state.clone())),
            Field::Select(
                Select::new("deadline", "Deadline").options(of(&deadlines)).value(wanted.deadline.clone()),
            ),
            select("role", "Recipient", all().into_iter().chain(roles).collect()),
            select("kind", "Letter", all().into_iter().chain(kinds).collect()),
            select("place", "Place", all().into_iter().chain(places).collect()),
            select("preparer", "Prepared by", all().into_iter().chain(staff).collect()),
            Field::Input(Input::new("batch", "Batch").value(visit.request.parameter("batch")).verbatim()),
        ],
        submit: Button::new("Apply filters"),
        ..Filter::default()
    }
}

/// Shows a case with what waits of it.
fn shown(visit: &mut Visit<'_>, case: &CaseWaiting, today: NaiveDate) -> Result<Case, Failure> {
    let head = ["Message", "To", "Due", "State"];
    let mut rows = Vec::new();
    for despatch in &case.despatches {
        rows.push(row(visit, despatch, today)?);
    }
    let mut together = Vec::new();
    for despatch in &case.despatches {
        let Some(bound) = despatch.message.as_ref().filter(|_| despatch.state == State::AwaitingReview)
        else {
            continue;
        };
        let asks = despatch.checks.iter().any(|check| check.outcome == despatch_guards::Outcome::Confirm);
        let opened = visit.has_opened(despatch)?;
        if opened && !asks && despatch.prepared_by != *visit.staff()? {
            together.push((despatch, bound.sha256));
        }
    }
    let choices = together.iter().map(|(despatch, _)| {
        Choice::new(
            despatch.id.to_string(),
            format!("{} to {}", title(visit, despatch), despatch.recipient.name),
        )
    });
    let question = format!("Of case {}, approve what you have opened", case.case_id);
    let checkboxes = Checkboxes::new("id", question, choices.collect()).size("s");
    let several = together.len() > 1;
    Ok(Case {
        id: case.case_id.to_string(),
        badge: badge(case.due, today),
        due: case.due.map_or_else(|| "no deadline".to_owned(), date_words),
        table: Table {
            caption_classes: "govuk-visually-hidden".to_owned(),
            ..Table::new(format!("Messages of case {}", case.case_id), head.map(Cell::from).to_vec(), rows)
        },
        rest: rest(case),
        more: None,
        together: several.then_some(checkboxes),
        messages: together
            .iter()
            .map(|(despatch, sha256)| Bound { id: despatch.id.to_string(), sha256: sha256.to_string() })
            .collect(),
        button: Button::new("Approve the chosen messages: they are sent to their recipients").secondary(),
    })
}

/// What is said where only the nearest of a case are shown.
fn rest(case: &CaseWaiting) -> String {
    let shown = case.despatches.len();
    match case.waiting > shown as u64 {
        true => format!("The nearest {shown} of {} messages are shown.", case.waiting),
        false => String::new(),
    }
}

fn badge(due: Option<NaiveDate>, today: NaiveDate) -> Option<Badge> {
    let badge = |text: &str, classes: &str| {
        Some(Badge { text: text.to_owned(), classes: classes.to_owned(), ..Badge::default() })
    };
    match due {
        Some(due) if due < today => badge("Late", "moj-badge--red"),
        Some(due) if due == today => badge("Due today", "moj-badge--red"),
        _ => None,
    }
}

fn row(visit: &mut Visit<'_>, despatch: &Despatch, today: NaiveDate) -> Result<Vec<Cell>, Failure> {
    let mut state = vec![state_tag(despatch)];
    if let Some(authority) = authorise::tag(visit, despatch)? {
        state.extend([Part::line(), authority]);
    }
    let due = despatch.planned.deadline.as_ref().map(|deadline| deadline.due);
    let link =
        Part::link(title(visit, despatch), format!("/review/{}", despatch.id)).about(despatch.id.to_string());
    let since = match despatch.issued_on == today {
        true => "since today".to_owned(),
        false => format!("since {} ({})", date_words(despatch.issued_on), age(despatch.issued_on, today)),
    };
    let about = format!("{}, prepared by {}, waits {since}", despatch.id, despatch.prepared_by);
    let mut message = vec![link, Part::line(), Part::quiet(about)];
    if despatch.planned.safety {
        message.extend([Part::line(), Part::tag("Healthcare copy", "purple")]);
    }
    let to = vec![
        Part::text(despatch.recipient.name.clone()),
        Part::line(),
        Part::quiet(despatch.planned.role.label()),
    ];
    let due = match due {
        Some(due) if due < today => {
            vec![Part::text(date_words(due)), Part::text(" "), Part::tag("Late", "red")]
        }
        Some(due) => vec![Part::text(date_words(due))],
        None => vec![Part::quiet("none")],
    };
    Ok(vec![
        Text::from(message).into(),
        Text::from(to).into(),
        Text::from(due).into(),
        Text::from(state).into(),
    ])
}

fn age(since: NaiveDate, today: NaiveDate) -> String {
    let days = (today - since).num_days().max(0);
    count(days as usize, "day")
}

/// Approves several messages of one case, each as the list showed it.
///
/// # Errors
/// None is chosen; the ledger fails.
pub fn approve_several(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    if let Some(asked) = passphrase::due(visit, "/review") {
        return Ok(asked);
    }
    let actor = visit.actor()?;
    let chosen: Vec<DespatchId> = visit.request.fields("id").filter_map(|id| id.parse().ok()).collect();
    let mut outcomes = Vec::new();
    for id in chosen {
        let shown = visit.request.field(&format!("message-{id}")).to_owned();
        let request = Approve {
            ids: vec![id],
            message: Some(shown),
            confirm: Vec::new(),
            signatures: std::collections::BTreeMap::new(),
        };
        outcomes.extend(decisions::approve(visit.open, &actor, request)?);
    }
    visit.say(match outcomes.is_empty() {
        true => Banner::important("No message was chosen"),
        false => told(&outcomes, "approved: it goes out now"),
    });
    Ok(Response::redirect("/review"))
}

/// Cancels what is held and waits for nothing any more, each with its reason.
///
/// # Errors
/// The ledger fails.
pub fn close_moot(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let outcomes = decisions::close(visit.open, &actor, Vec::new())?;
    visit.say(match outcomes.is_empty() {
        true => Banner::important("Everything that is held still waits for something"),
        false => told(&outcomes, "cancelled: it waits for nothing any more"),
    });
    Ok(Response::redirect("/review?state=held"))
}
