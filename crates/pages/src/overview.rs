//! Enters: a period. Leaves: how the office stands: what is due and late, what is held and why, what went through, who
//! decided what. Never: shows anything of a case that the person may not see.

use crate::authorise::is_held_for_it;
use crate::blocks::{Block, Form, Sheet};
use crate::case::state_tag;
use crate::chart::Chart;
use crate::components::{Button, Cell, Field, Part, SummaryList, Table, fact};
use crate::forms::{Refused, case_path};
use crate::frame::Head;
use crate::runs::of_due;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::due_list::Due;
use despatch_app::operations::outbox::held_for;
use despatch_app::operations::overview::{Overview, ShowOverview, overview};
use despatch_core::clock::Moment;
use despatch_core::words::capital;
use despatch_core::words::{count, date_words, weekday_words};
use despatch_ledger::{Despatch, UserRole};
use despatch_web::Response;

const TITLE: &str = "Overview";

/// Shows how the office stands.
///
/// # Errors
/// The ledger or the inbox cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let day = |name: &str| visit.request.parameter(name).parse().ok();
    let mut asked = ShowOverview { from: day("from"), until: day("until") };
    let mut refused = Refused::default();
    let found = match overview(visit.open, &actor, asked, &mut visit.pages.due()) {
        Err(Failure::Request(fault)) => {
            refused = Refused::of(Failure::Request(fault))?;
            asked = ShowOverview::default();
            None
        }
        other => Some(other?),
    };
    let found = match found {
        Some(found) => found,
        None => overview(visit.open, &actor, asked, &mut visit.pages.due())?,
    };
    let now = visit.open.now();
    let mut blocks = Vec::new();
    blocks.extend(due("Late", &found.late, "Nothing is late.", now));
    blocks.extend(due("Due today", &found.due_today, "Nothing is due today.", now));
    blocks.extend(counts(&found, visit.has_role(UserRole::Reviewer)));
    blocks.extend(stuck(&found));
    blocks.extend(charts(&found));
    blocks.extend(decided(&found, &refused));
    let head = Head::of(TITLE).errors(refused.links(&[]));
    visit.page("overview/overview", head, &Sheet::new(TITLE, blocks).caption(weekday_words(found.today)))
}

fn counts(found: &Overview, leads_on: bool) -> Vec<Block> {
    let states = found.states.iter().map(|one| {
        let list = format!("/review?state={}", one.state.code());
        let words = count(one.number, "message");
        // The list that this leads to is for reviewers.
        let number = match leads_on {
            true => Part::link(words, list).about(one.state.label()),
            false => Part::text(words),
        };
        fact(capital(one.state.label()), number)
    });
    let inbox = &found.inbox;
    let in_inbox =
        format!("{} ready, {} incomplete, {} that no case takes", inbox.ready, inbox.waiting, inbox.left);
    let rejected = Part::link(count(inbox.rejected, "case file"), "/work").about("rejected");
    let more = [fact("In the inbox", in_inbox), fact("Rejected and not mended", rejected)];
    vec![
        Block::heading("Where the messages are"),
        Block::Summary(SummaryList::new(states.chain(more).collect())),
    ]
}

fn due(title: &str, list: &[Due], none: &str, now: Moment) -> [Block; 2] {
    let row = |one: &Due| {
        vec![
            Cell::from(date_words(one.due)),
            of_due(one, now).into(),
            Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(),
            one.kind.label().into(),
            one.what.as_str().into(),
        ]
    };
    let head = ["Due", "Left", "Case", "Kind", "What must be done"].map(Cell::from).to_vec();
    let table = Table::new(format!("{title} ({})", list.len()), head, list.iter().map(row).collect());
    Block::titled(table, none)
}

fn stuck(found: &Overview) -> Vec<Block> {
    let message = |one: &Despatch| {
        vec![
            Cell::from(Part::link(one.id.to_string(), format!("/review/{}", one.id))),
            Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(),
            one.recipient.name.as_str().into(),
            state_tag(one.state).into(),
        ]
    };
    let held = |one: &Despatch| {
        let mut row = message(one);
        row.pop();
        let why = match is_held_for_it(one) {
            true => "it waits for an authority: the page of the message says who may give it".to_owned(),
            false => held_for(one),
        };
        row.push(why.into());
        row
    };
    let head = |last: &str| ["Message", "Case", "To", last].map(Cell::from).to_vec();
    let rows = found.held.iter().map(held).collect();
    let held = Table::new("Held, and why", head("Why"), rows);
    let doubt = Table::new(
        "May have been delivered: a person decides",
        head("State"),
        found.in_doubt.iter().map(message).collect(),
    );
    let unheard = found.unacknowledged.iter().map(|one| {
        let said = if one.cannot_open { "cannot open it" } else { "has not acknowledged it" };
        let since = one.sent_on.map_or_else(String::new, |day| format!(", sent on {}", date_words(day)));
        vec![
            Cell::from(Part::link(one.despatch.to_string(), format!("/review/{}", one.despatch))),
            Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(),
            one.recipient.as_str().into(),
            format!("{said}{since}").into(),
        ]
    });
    let unheard = Table::new("Not acknowledged", head("What"), unheard.collect());
    vec![
        Block::table_or(held, "Nothing is held."),
        Block::table_or(doubt, "Nothing is in doubt."),
        Block::table_or(unheard, "Everything that was sent for longer than a working day is acknowledged."),
    ]
}

fn charts(found: &Overview) -> Vec<Block> {
    let through: Vec<(String, Vec<u64>)> = found
        .throughput
        .iter()
        .map(|day| (day.day.format("%-d %b").to_string(), vec![day.sent, day.approved, day.queued]))
        .collect();
    let ages: Vec<(String, Vec<u64>)> =
        found.ages.iter().map(|age| (age.label.clone(), vec![age.awaiting_review, age.held])).collect();
    let series = ["Sent", "Approved", "Case files taken"];
    vec![
        Block::heading("What goes through, and how old what waits is"),
        Block::Chart(Chart::new("through", "Messages on each day", ("Day", &series), &through)),
        Block::Chart(Chart::new(
            "ages",
            "Messages that wait, by age",
            ("Age", &["Awaiting review", "Held"]),
            &ages,
        )),
    ]
}

fn decided(found: &Overview, refused: &Refused) -> Vec<Block> {
    let rows = found.decided.iter().flat_map(|(who, deeds)| {
        deeds.iter().map(move |(what, number)| {
            vec![Cell::from(who.as_str()), what.replace('_', " ").into(), Cell::number(number)]
        })
    });
    let mut head = ["Who", "What", "How often"].map(Cell::from).to_vec();
    if let Some(last) = head.last_mut() {
        "numeric".clone_into(&mut last.format);
    }
    let caption = format!("From {} to {}", date_words(found.from), date_words(found.until));
    let table = Table::new(caption, head, rows.collect());
    let day = |name: &str, label: &str, day: chrono::NaiveDate| {
        let mut input =
            crate::components::Input::new(name, label).value(day.to_string()).error(refused.at(name));
        "date".clone_into(&mut input.r#type);
        Field::Input(input.class("govuk-input--width-10"))
    };
    let fields = vec![
        day("from", "From", found.from),
        day("until", "To", found.until),
        Field::Buttons(vec![Button::new("Count").secondary()]),
    ];
    vec![
        Block::heading("Who decided what"),
        Block::Form(Form::asking("/overview", fields)),
        Block::table_or(table, "Nobody decided anything in that time."),
    ]
}
