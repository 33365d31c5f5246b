//! Enters: incidents, and what is done about one. Leaves: the list, one of them, and each step on record.
//! Never: reports to anybody by itself.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{
    Button, Cell, Field, Moment, Part, SummaryList, Table, Textarea, Timeline, TimelineItem, fact,
};
use crate::forms::{Refused, case_path, done};
use crate::frame::Head;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::incidents::{
    ActOnIncident, act, letter, list as all, report_clock, show as one,
};
use despatch_core::words::moment_words;
use despatch_ledger::{Incident, IncidentId, Step};
use despatch_web::{Content, Response};

const TITLE: &str = "Incidents";

/// Shows every incident, and the frozen entries.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, now) = (visit.actor()?, visit.open.now());
    let found = all(visit.open, &actor, ())?;
    let row = |incident: &Incident| {
        let clock = report_clock(incident, now);
        let clock = if incident.clock_runs() { Part::tag(clock, "red") } else { Part::text(clock) };
        let state = if incident.act(Step::Closed).is_some() { "closed" } else { "open" };
        vec![
            Cell::from(Part::link(
                format!("Incident {}", incident.number),
                format!("/incidents/{}", incident.number),
            )),
            Part::link(incident.case_id.as_str(), case_path(&incident.case_id)).into(),
            incident.text.as_str().into(),
            state.into(),
            clock.into(),
        ]
    };
    let head = ["Incident", "Case", "What happened", "State", "To the Information Commissioner"]
        .map(Cell::from)
        .to_vec();
    let table = Table::new(TITLE, head, found.incidents.iter().rev().map(row).collect()).headed();
    let mut blocks = vec![
        Block::table_or(table, "There is none."),
        Block::paragraph("An incident is opened on the page of its case."),
    ];
    let frozen = found.frozen.iter().map(|(entry, frozen)| {
        let asked = frozen.unfreeze.as_ref().map_or_else(String::new, |by| format!("{by} asks to lift it"));
        vec![
            Cell::from(Part::link(entry.as_str(), format!("/directory/{entry}"))),
            format!("incident {}, by {}", frozen.incident, frozen.by).into(),
            asked.into(),
        ]
    });
    let head = ["Entry", "Frozen by", "Lifting"].map(Cell::from).to_vec();
    blocks.push(Block::table_or(Table::new("Frozen entries", head, frozen.collect()), "No entry is frozen."));
    visit.page("incidents/incidents", Head::of(TITLE), &Sheet::new(TITLE, blocks))
}

/// Shows one incident.
///
/// # Errors
/// There is none with that number, or its case is restricted to others.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn number(visit: &Visit<'_>) -> Result<IncidentId, Failure> {
    visit.step_as("number")
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let (actor, now, number) = (visit.actor()?, visit.open.now(), number(visit)?);
    let incident = one(visit.open, &actor, number)?;
    let mut facts = vec![
        fact("Case", Part::link(incident.case_id.as_str(), case_path(&incident.case_id))),
        fact("What happened", incident.text.as_str()),
        fact("Opened", format!("by {} on {}", incident.by, moment_words(incident.opened_at))),
        fact("The office knew since", moment_words(incident.aware_at)),
        fact("To the Information Commissioner", report_clock(&incident, now)),
    ];
    facts.extend(
        incident.despatch.map(|id| fact("Message", Part::link(id.to_string(), format!("/review/{id}")))),
    );
    facts.extend(
        incident
            .entry
            .as_ref()
            .map(|id| fact("Frozen entry", Part::link(id.as_str(), format!("/directory/{id}")))),
    );
    let mut blocks = vec![Block::Summary(SummaryList::new(facts))];
    let items = incident.acts.iter().rev().map(|act| TimelineItem {
        label: act.step.label().into(),
        byline: Some(act.by.as_str().into()),
        datetime: Moment { timestamp: act.at.to_rfc3339(), text: moment_words(act.at) },
        text: act.text.clone(),
        ..TimelineItem::default()
    });
    let items: Vec<TimelineItem> = items.collect();
    blocks.push(Block::heading("What was done"));
    blocks.push(match items.is_empty() {
        true => Block::paragraph("Nothing yet."),
        false => Block::Timeline(Timeline { items, heading_level: Some(3), ..Timeline::default() }),
    });
    if incident.act(Step::Closed).is_none() {
        blocks.push(Block::heading("Record what was done"));
        blocks.extend(forms(visit, &incident, refused));
    }
    let title = format!("Incident {number}");
    let head = Head::of(title.clone()).back(TITLE, "/incidents").errors(refused.links(&[]));
    visit.page("incidents/incidents", head, &Sheet::new(title, blocks))
}

/// The steps that a form can record: its code, its heading, its button, and the name of its field.
const STEPS: [(&str, Step, &str, &str, &str); 3] = [
    (
        "reported",
        Step::Reported,
        "Reported to the Information Commissioner, or why not",
        "Record it",
        "reported_text",
    ),
    ("deleted", Step::Deleted, "The wrong recipient confirmed deletion", "Record it", "deleted_text"),
    ("closed", Step::Closed, "Close it", "Close the incident", "closed_text"),
];

fn forms(visit: &Visit<'_>, incident: &Incident, refused: &Refused) -> Vec<Block> {
    let path = |what: &str| format!("/incidents/{}/{what}", incident.number);
    let mut blocks = Vec::new();
    for (code, _, heading, button, name) in STEPS {
        let text = Textarea::new(name, "In your words").hint("Without a name; it stays on record");
        let text = text.value(visit.request.field(name)).rows(3).error(refused.at(name));
        let button =
            if code == "closed" { Button::new(button).warning() } else { Button::new(button).secondary() };
        let fields = vec![Field::Textarea(text), Field::Buttons(vec![button])];
        blocks.push(Block::unfolds(heading, vec![Block::Form(Form::new(path(code), fields))]));
    }
    if incident.despatch.is_some() {
        let fields = vec![
            Field::Paragraph(
                "It is made as a PDF; you send it by hand. That it was made is on record.".to_owned(),
            ),
            Field::Buttons(vec![Button::new("Make the letter that asks for deletion").secondary()]),
        ];
        blocks.push(Block::unfolds(
            "The letter that asks for deletion",
            vec![Block::Form(Form::new(path("letter"), fields))],
        ));
    }
    blocks
}

fn record(visit: &mut Visit<'_>, code: &str) -> Result<Response, Failure> {
    let (actor, number) = (visit.actor()?, number(visit)?);
    let known = STEPS.into_iter().find(|(known, ..)| *known == code);
    let (_, step, _, _, name) = known.ok_or_else(crate::visit::no_page)?;
    let text = visit.request.field(name).to_owned();
    match act(visit.open, &actor, ActOnIncident { number, step, text }) {
        Ok(_) => Ok(done(visit, format!("On record: {}.", step.label()), format!("/incidents/{number}"))),
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", name)])),
    }
}

/// Records that it was reported, or why not.
///
/// # Errors
/// The ledger fails.
pub fn reported(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    record(visit, "reported")
}

/// Records that the wrong recipient confirmed deletion.
///
/// # Errors
/// The ledger fails.
pub fn deleted(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    record(visit, "deleted")
}

/// Closes an incident.
///
/// # Errors
/// The ledger fails.
pub fn closed(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    record(visit, "closed")
}

/// Makes the letter that asks for deletion.
///
/// # Errors
/// It cannot be made, or the ledger fails.
pub fn make_letter(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, number) = (visit.actor()?, number(visit)?);
    match letter(visit.open, &actor, number) {
        Ok(pdf) => Ok(Response::download(Content::Pdf, pdf, &format!("incident-{number}.pdf"))),
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}
