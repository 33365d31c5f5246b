//! Enters: a case. Leaves: what happened in it, what runs, who has received what, whose it is; and the forms for that.
//! Never: shows anything of it to somebody who may not see it.

use crate::authorise;
use crate::blocks::{Block, Form, Sheet};
use crate::components::{
    Button, Cell, Checkboxes, Choice, Field, Hidden, Moment, Part, Select, SummaryList, Table, Text,
    Textarea, Timeline, TimelineItem, fact,
};
use crate::forms::{self, Refused, case_of, case_path, done};
use crate::frame::Head;
use crate::runs;
use crate::visit::Visit;
use crate::work::line;
use despatch_app::operations::Failure;
use despatch_app::operations::alarms::incident_text;
use despatch_app::operations::case_history::{CaseEvent, CaseHistory, Note, ShowCase, show as history};
use despatch_app::operations::casework::{
    HandOver, Restrict, Unrestrict, hand_over, restrict, take, unrestrict,
};
use despatch_app::operations::incidents::{OpenIncident, open_incident};
use despatch_app::operations::matrix::MatrixMessage;
use despatch_app::operations::summary::place_name;
use despatch_core::words::capital;
use despatch_core::words::{CaseId, StaffId, count, date_words, weekday_words};
use despatch_ledger::{Despatch, State, UserRole};
use despatch_web::Response;
use std::collections::BTreeSet;

/// Events of a case that are shown at first; the older ones unfold.
const SHOWN: usize = 20;

/// Shows a case.
///
/// # Errors
/// Nothing of it is on record, it is restricted to others, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let case = case_of(visit)?;
    page(visit, case, &Refused::default())
}

fn page(visit: &mut Visit<'_>, case: CaseId, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let found = history(visit.open, &actor, ShowCase { id: case.clone(), recorded: None })?;
    let (now, me) = (visit.open.now(), visit.staff()?.clone());
    let mut blocks = vec![Block::Summary(whose(&found))];
    blocks.extend(ways_on(visit, &case));
    blocks.extend(runs::blocks(&found.board, now));
    for waits in &found.board.unauthorised {
        blocks.extend(authorise::blocks(visit, waits.case_file)?);
    }
    for incident in &found.board.incidents {
        blocks.push(runs::alarm(&incident_text(incident, now)));
    }
    blocks.push(Block::heading("How it stands"));
    let facts = found.state_lines.iter().map(|(label, words)| fact(capital(label), words.as_str()));
    blocks.push(Block::Summary(SummaryList::new(facts.collect())));
    blocks.extend(runs::linked(&found.linked, now));
    blocks.extend(matrix(&found));
    blocks.push(Block::heading("Notes for CID and Atlas"));
    blocks.extend(notes(&found));
    blocks.push(Block::heading("What happened"));
    blocks.extend(timeline(visit, &found));
    blocks.push(Block::heading("Change whose it is"));
    blocks.extend(decide(visit, &found, &me, refused));
    let title = format!("Case {case}");
    let head = Head::of(title.clone()).errors(refused.links(&[]));
    visit.page("case/case", head, &Sheet::new(title, blocks))
}

/// Who owns it, and who alone may see it.
fn whose(found: &CaseHistory) -> SummaryList {
    let owner = match &found.owner {
        None => Text::from("Nobody yet"),
        Some(owner) => {
            let since = format!(", since {}", date_words(owner.since));
            let mut parts = vec![Part::strong(owner.owner.as_str()), Part::text(since)];
            if !owner.word.is_empty() {
                parts.extend([Part::line(), Part::text(format!("{}: “{}”", owner.by, owner.word))]);
            }
            parts.into()
        }
    };
    let mut rows = vec![fact("Owner", owner)];
    if let Some(one) = &found.restriction {
        let to: Vec<&str> = one.to.iter().map(StaffId::as_str).collect();
        let said =
            format!("to {}; by {} since {}: {}", to.join(", "), one.by, date_words(one.since), one.reason);
        rows.push(fact("Restricted", vec![Part::tag("restricted", "red"), Part::text(format!(" {said}"))]));
    }
    SummaryList::new(rows)
}

/// Who has received which document.
fn matrix(found: &CaseHistory) -> [Block; 2] {
    let recipients = found
        .matrix
        .recipients
        .iter()
        .map(|one| Cell::from(vec![Part::text(one.name.as_str()), Part::line(), Part::quiet(one.role)]));
    let head = std::iter::once(Cell::from("Document")).chain(recipients).collect();
    let rows = found.matrix.documents.iter().map(|document| {
        let name = vec![
            Part::text(document.document.as_str()),
            Part::line(),
            Part::quiet(format!("case file {}", document.case_file)),
        ];
        let cell =
            |message: &Option<MatrixMessage>| message.as_ref().map_or_else(|| Cell::from("–"), received);
        std::iter::once(Cell::from(name)).chain(document.to.iter().map(cell)).collect()
    });
    let mut table = Table::new("Who has received what", head, rows.collect());
    table.classes = "despatch-matrix".to_owned();
    Block::titled(table, "Nothing was made.")
}

fn received(message: &MatrixMessage) -> Cell {
    let mut parts = vec![state_tag(message.state), Part::line()];
    parts.push(Part::link(message.despatch.to_string(), format!("/review/{}", message.despatch)));
    if let Some(day) = message.sent_on {
        parts.push(Part::text(format!(", {}", date_words(day))));
    }
    match message.opened {
        Some(true) => parts.push(Part::text(", opened")),
        Some(false) => parts.push(Part::strong(", could not be opened")),
        None => {}
    }
    parts.into()
}

/// The tag of a state.
pub fn state_tag(state: State) -> Part {
    let colour = match state {
        State::Sent => "green",
        State::Held | State::Refused | State::InDoubt => "red",
        State::Returned => "orange",
        State::AwaitingReview => "yellow",
        State::Superseded | State::Cancelled => "grey",
        State::Approved | State::Claimed | State::DotPending | State::Deferred => "",
    };
    Part::tag(state.label(), colour)
}

fn notes(found: &CaseHistory) -> Vec<Block> {
    if found.notes.is_empty() {
        return vec![Block::paragraph("None.")];
    }
    let mut blocks = Vec::new();
    let copied = |note: &Note| {
        let tick = note.tick.as_ref()?;
        Some(Text::from(format!(
            "{} {} (copied by {} on {})",
            note.id,
            note.text,
            tick.by,
            date_words(tick.on)
        )))
    };
    let done: Vec<Text> = found.notes.iter().filter_map(copied).collect();
    for note in found.notes.iter().filter(|note| note.tick.is_none()) {
        blocks.push(Block::paragraph(format!("{} {}", note.id, note.text)));
        let hidden = |name: &str, value: String| Field::Hidden(Hidden { name: name.to_owned(), value });
        let button = Button::new(format!("I have copied note {}", note.id)).secondary();
        let fields = vec![
            hidden("note", note.id.to_string()),
            hidden("case", found.case_id.to_string()),
            hidden("back", "case".to_owned()),
            Field::Buttons(vec![button]),
        ];
        blocks.push(Block::Form(Form::new("/work/notes", fields)));
    }
    if !done.is_empty() {
        let words = format!("{} copied", count(done.len(), "note"));
        blocks.push(Block::unfolds(words, vec![Block::List(done)]));
    }
    blocks
}

/// What happened, the newest first.
fn timeline(visit: &Visit<'_>, found: &CaseHistory) -> Vec<Block> {
    let items: Vec<TimelineItem> = found.events.iter().rev().map(|event| item(visit, found, event)).collect();
    let mut items = items.into_iter();
    let first: Vec<TimelineItem> = items.by_ref().take(SHOWN).collect();
    let rest: Vec<TimelineItem> = items.collect();
    let drawn = |items| Block::Timeline(Timeline { items, heading_level: Some(3), ..Timeline::default() });
    let mut blocks = vec![drawn(first)];
    if !rest.is_empty() {
        blocks.push(Block::unfolds(format!("{} before that", count(rest.len(), "event")), vec![drawn(rest)]));
    }
    blocks
}

fn item(visit: &Visit<'_>, found: &CaseHistory, event: &CaseEvent) -> TimelineItem {
    let recorded = &event.recorded;
    let mut later = found.events.iter().skip_while(|one| one.case_file != event.case_file).skip(1);
    let stands = event.counts && !later.any(|later| recorded.is_overtaken_by(&later.recorded));
    let mut parts = Vec::new();
    if !event.counts {
        let by = event.replaced_by.map_or_else(String::new, |by| format!(" by case file {by}"));
        parts.extend([
            Part::tag("replaced", "grey"),
            Part::text(format!(" It was corrected{by}.")),
            Part::line(),
        ]);
    }
    parts.push(Part::quiet(format!(
        "Case file {}, {}, {}",
        event.case_file,
        place_name(&recorded.place, &visit.open.office.places),
        event.pack
    )));
    if let Some(needs) = recorded.awaits_authority().filter(|_| stands) {
        let who = format!(" It needs the authority of {}.", needs.who());
        parts.extend([Part::line(), Part::tag("not authorised", "red"), Part::text(who)]);
    }
    for despatch in &event.despatches {
        parts.push(Part::line());
        parts.extend(message(visit, despatch));
    }
    TimelineItem {
        label: capital(&recorded.fact.summary()).into(),
        datetime: Moment { timestamp: recorded.on.to_string(), text: weekday_words(recorded.on) },
        parts,
        ..TimelineItem::default()
    }
}

fn message(visit: &Visit<'_>, despatch: &Despatch) -> Vec<Part> {
    let kind = &despatch.planned.kind;
    let title =
        visit.open.office.catalogue.kind(kind).map_or_else(|| kind.to_string(), |kind| kind.title.clone());
    let mut parts = vec![
        Part::link(despatch.id.to_string(), format!("/review/{}", despatch.id)),
        Part::text(format!(" {title}, to {} ", despatch.recipient.name)),
        state_tag(despatch.state),
    ];
    if let Some(reason) = &despatch.reason {
        parts.push(Part::text(format!(" {reason}")));
    }
    parts
}

/// The forms that change whose it is.
fn decide(visit: &Visit<'_>, found: &CaseHistory, me: &StaffId, refused: &Refused) -> Vec<Block> {
    let path = case_path(&found.case_id);
    let staff = || visit.open.office.config.staff.iter();
    let mine = found.owner.as_ref().is_some_and(|owner| owner.owner == *me);
    let mut blocks = Vec::new();
    if !mine {
        let button = Button::new(format!("Take {}: it is in my work from now on", found.case_id));
        blocks.push(Block::Form(Form::new(format!("{path}/take"), vec![Field::Buttons(vec![button])])));
    }
    let others = staff().filter(|one| found.owner.as_ref().is_none_or(|owner| owner.owner != one.id));
    let to = std::iter::once((String::new(), "Choose somebody".to_owned()))
        .chain(others.map(|one| (one.id.to_string(), one.name.clone())));
    let select = Select::new("to", "Its next owner").options(to).value(visit.request.field("to"));
    let fields = vec![
        Field::Select(select.error(refused.at("to"))),
        line(visit, "word", "What they need to know", "Without a name; it stays on record", refused),
        Field::Buttons(vec![Button::new("Hand it over").secondary()]),
    ];
    blocks.push(Block::unfolds(
        "Hand it to somebody else",
        vec![Block::Form(Form::new(format!("{path}/hand-over"), fields))],
    ));
    let named: Vec<String> = match &found.restriction {
        Some(one) => one.to.iter().map(ToString::to_string).collect(),
        None => visit.request.fields("people").map(str::to_owned).collect(),
    };
    let people = staff().map(|one| Choice::new(one.id.to_string(), one.name.clone())).collect();
    let question = Checkboxes::new("people", "Who alone may see it", people).size("s").values(named);
    let fields = vec![
        Field::Checkboxes(question.hint("Two at least, one of them a reviewer").error(refused.at("people"))),
        line(visit, "restrict_reason", "Why", "It stays on record", refused),
        Field::Buttons(vec![Button::new("Restrict it").warning()]),
    ];
    let form = Block::Form(Form::new(format!("{path}/restrict"), fields));
    blocks.push(Block::unfolds("Restrict it to named people", vec![form]));
    if found.restriction.is_some() {
        let fields = vec![
            line(visit, "unrestrict_reason", "Why everybody may see it again", "It stays on record", refused),
            Field::Buttons(vec![Button::new("Let everybody see it").secondary()]),
        ];
        let form = Block::Form(Form::new(format!("{path}/unrestrict"), fields));
        blocks.push(Block::unfolds("Let everybody see it again", vec![form]));
    }
    blocks.push(incident(visit, found, refused));
    blocks
}

/// The form that says that something went to the wrong person.
fn incident(visit: &Visit<'_>, found: &CaseHistory, refused: &Refused) -> Block {
    let gone = found.events.iter().flat_map(|event| &event.despatches).filter(|one| one.state.has_gone());
    let gone = std::iter::once((String::new(), "I do not know which".to_owned()))
        .chain(gone.map(|one| (one.id.to_string(), format!("{} to {}", one.id, one.recipient.name))));
    let select = Select::new("subject", "The message that went wrong")
        .options(gone)
        .value(visit.request.field("subject"));
    let what =
        Textarea::new("what", "What happened").hint("Without a name").value(visit.request.field("what"));
    let fields = vec![
        Field::Select(select.error(refused.at("subject"))),
        Field::Textarea(what.error(refused.at("what")).rows(3)),
        Field::Buttons(vec![Button::new("Open an incident and freeze the recipient’s entry").warning()]),
    ];
    let form = Block::Form(Form::new(format!("{}/incident", case_path(&found.case_id)), fields));
    Block::unfolds("Something of it went to the wrong person", vec![form])
}

/// Where this person goes on from the case, if anywhere.
fn ways_on(visit: &Visit<'_>, case: &CaseId) -> Option<Block> {
    let mut links = Vec::new();
    if visit.has_role(UserRole::Preparer) {
        let path = format!("/start?case={}", case.as_str().replace('/', "_"));
        links.push(Button::link("Record what happened", path));
    }
    if [UserRole::Auditor, UserRole::Administrator].into_iter().any(|role| visit.has_role(role)) {
        links.push(Button::link("What is on record of it", record_path(case)).secondary());
    }
    (!links.is_empty()).then_some(Block::Links(links))
}

fn record_path(case: &CaseId) -> String {
    format!("/record?case={}", case.as_str().replace('/', "_"))
}

/// Takes a case.
///
/// # Errors
/// It is restricted to others, or the ledger fails.
pub fn take_it(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (case, actor) = (case_of(visit)?, visit.actor()?);
    match take(visit.open, &actor, case.clone()) {
        Ok(_) => Ok(done(visit, format!("You own {case} now."), case_path(&case))),
        Err(failure) => page(visit, case, &Refused::of(failure)?),
    }
}

/// Hands a case over.
///
/// # Errors
/// It is restricted to others, or the ledger fails.
pub fn give(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (case, actor) = (case_of(visit)?, visit.actor()?);
    let mut over = || -> Result<StaffId, Failure> {
        let to: StaffId = forms::value(visit.request, "to", "its next owner")?;
        let word = visit.request.field("word").to_owned();
        hand_over(visit.open, &actor, HandOver { case: case.clone(), to: to.clone(), word })?;
        Ok(to)
    };
    match over() {
        Ok(to) => Ok(done(visit, format!("{to} owns {case} now."), case_path(&case))),
        Err(failure) => page(visit, case, &Refused::of(failure)?),
    }
}

/// Restricts a case.
///
/// # Errors
/// It is restricted to others, or the ledger fails.
pub fn close_to_others(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (case, actor) = (case_of(visit)?, visit.actor()?);
    let to: BTreeSet<StaffId> = visit.request.fields("people").filter_map(|id| id.parse().ok()).collect();
    let reason = visit.request.field("restrict_reason").to_owned();
    let stays = to.contains(visit.staff()?);
    match restrict(visit.open, &actor, Restrict { case: case.clone(), to, reason }) {
        Ok(_) => {
            let path = if stays { case_path(&case) } else { "/work".to_owned() };
            Ok(done(visit, format!("{case} is restricted to the people whom you named."), path))
        }
        Err(failure) => {
            let refused = Refused::of(failure)?.named(&[("to", "people"), ("reason", "restrict_reason")]);
            page(visit, case, &refused)
        }
    }
}

/// Lets everybody see a case again.
///
/// # Errors
/// It is restricted to others, or the ledger fails.
pub fn open_to_all(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (case, actor) = (case_of(visit)?, visit.actor()?);
    let reason = visit.request.field("unrestrict_reason").to_owned();
    match unrestrict(visit.open, &actor, Unrestrict { case: case.clone(), reason }) {
        Ok(_) => Ok(done(visit, format!("Everybody may see {case} again."), case_path(&case))),
        Err(failure) => page(visit, case, &Refused::of(failure)?.named(&[("reason", "unrestrict_reason")])),
    }
}

/// Opens an incident about a message of the case.
///
/// # Errors
/// It is restricted to others, or the ledger fails.
pub fn open_incident_of(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (case, actor) = (case_of(visit)?, visit.actor()?);
    let named = visit.request.field("subject");
    let subject = if named.is_empty() { case.to_string() } else { named.to_owned() };
    let what = visit.request.field("what").to_owned();
    match open_incident(visit.open, &actor, OpenIncident { subject, what, entry: None, aware: None }) {
        Ok(incident) => {
            let words =
                format!("Incident {} is open. What is done about it is recorded there.", incident.number);
            Ok(done(visit, words, format!("/incidents/{}", incident.number)))
        }
        Err(failure) => page(visit, case, &Refused::of(failure)?.named(&[("reason", "what")])),
    }
}
