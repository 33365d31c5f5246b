//! Enters: whoever is signed in. Leaves: what there is for them to do, and who covers for whom.
//! Never: shows anything of a case that they may not see.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{
    Button, Cell, Field, Hidden, Input, Pagination, Part, SubItem, SubNavigation, Table, Text,
};
use crate::forms::{self, Refused, case_path, done, page_number};
use crate::frame::Head;
use crate::runs::of_due;
use crate::visit::Visit;
use chrono::NaiveDate;
use despatch_app::operations::Failure;
use despatch_app::operations::case_history::{ShowCase, show as show_case};
use despatch_app::operations::deadlines::deadlines;
use despatch_app::operations::due_list::Due;
use despatch_app::operations::work::{Listed, ShowWork, WaitingMessage, Work, WorkList, work};
use despatch_core::clock::Moment;
use despatch_core::words::{date_words, moment_words, weekday_words};
use despatch_ledger::{Cover, Despatch, NoteId, OpenNote, Whose};
use despatch_web::{Content, Response};

const TITLE: &str = "My work";
/// Lines of each list on the page of all.
const FIRST: u32 = 10;
/// Lines on a page of one list.
const LINES: u32 = 25;

/// What the address asks for.
#[derive(Clone, Copy)]
struct Asked {
    whose: Whose,
    list: WorkList,
    page: u32,
}

impl Asked {
    fn of(visit: &Visit<'_>) -> Self {
        let request = visit.request;
        let whose = if request.parameter("whose") == "own" { Whose::Own } else { Whose::Team };
        let list = WorkList::CODES.into_iter().find(|(code, _)| *code == request.parameter("list"));
        Self { whose, list: list.map_or(WorkList::All, |(_, list)| list), page: page_number(request) }
    }

    fn address(self, list: WorkList, page: u32) -> String {
        let whose = if self.whose == Whose::Own { "own" } else { "team" };
        match list {
            WorkList::All => format!("/work?whose={whose}"),
            list => format!("/work?whose={whose}&list={}&page={page}", list.code()),
        }
    }
}

/// Shows what there is to do.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (asked, actor, now) = (Asked::of(visit), visit.actor()?, visit.open.now());
    let limit = if asked.list == WorkList::All { FIRST } else { LINES };
    let request = ShowWork { whose: asked.whose, list: asked.list, page: asked.page, limit };
    let found = work(visit.open, &actor, request, &mut visit.pages.due())?;
    let wants = |list| asked.list == list || asked.list == WorkList::All;
    let mut blocks = vec![whose(asked)];
    if wants(WorkList::Returned) {
        blocks.extend(returned(&found, asked));
    }
    if wants(WorkList::Due) {
        blocks.extend(due(&found.due, asked, now));
    }
    if wants(WorkList::Waiting) {
        blocks.extend(waiting(&found.waiting, asked));
    }
    if wants(WorkList::Notes) {
        blocks.extend(notes(&found.notes, asked));
    }
    if asked.list == WorkList::All {
        blocks.extend(away(&found.covers, now.today));
    }
    visit.page("work/work", Head::of(TITLE), &Sheet::new(TITLE, blocks))
}

/// Who is away today, and who approves out of hours.
fn away(covers: &[Cover], today: NaiveDate) -> Vec<Block> {
    let told = covers.iter().filter(|one| one.is_on(today)).map(|one| {
        let by = one.covered_by.as_ref().map_or_else(String::new, |by| format!(", covered by {by}"));
        Text::from(format!("{} {} until {}{by}", one.staff, one.kind.label(), date_words(one.until)))
    });
    let told: Vec<Text> = told.collect();
    let mut blocks = vec![Block::heading("Who is away today")];
    blocks.push(if told.is_empty() { Block::paragraph("Nobody.") } else { Block::List(told) });
    blocks.push(Block::paragraph(Part::link("Absences, cover and who approves out of hours", "/cover")));
    blocks
}

fn whose(asked: Asked) -> Block {
    let item = |text: &str, whose| SubItem {
        text: text.to_owned(),
        href: Asked { whose, ..asked }.address(asked.list, 1),
        active: asked.whose == whose,
        ..SubItem::default()
    };
    let items = vec![item("The team’s", Whose::Team), item("My own cases", Whose::Own)];
    Block::Views(SubNavigation { label: "Whose work".to_owned(), items, ..SubNavigation::default() })
}

/// What follows a list: its further pages, or the link to all of it.
fn further<T>(listed: &Listed<T>, list: WorkList, asked: Asked) -> Option<Block> {
    let last = listed.total.div_ceil(u64::from(listed.limit.max(1)));
    if asked.list == list {
        let number = |page: u64| u32::try_from(page).unwrap_or(u32::MAX);
        let pages = Pagination::of(listed.page.into(), last, |page| asked.address(list, number(page)));
        return pages.map(Block::Pagination);
    }
    let all = format!("All {}", listed.total);
    (last > 1).then(|| Block::paragraph(Part::link(all, asked.address(list, 1)).about(list.code())))
}

fn returned(found: &Work, asked: Asked) -> Vec<Block> {
    let row = |one: &Despatch| {
        vec![
            Cell::from(Part::link(one.id.to_string(), format!("/review/{}", one.id))),
            Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(),
            one.recipient.name.as_str().into(),
            one.reason.clone().unwrap_or_default().into(),
            Part::link("Mend", format!("/mend/{}", one.id)).about(one.id.to_string()).into(),
        ]
    };
    let head = ["Message", "Case", "To", "Why it came back", "What to do"]
        .map(Cell::from)
        .into_iter()
        .collect::<Vec<_>>();
    let rows = found.returned.lines.iter().map(row).collect();
    let table = Table::new(format!("Came back ({})", found.returned.total), head, rows);
    let mut blocks = Block::titled(table, "Nothing came back.").into_iter().collect::<Vec<_>>();
    blocks.extend(further(&found.returned, WorkList::Returned, asked));
    if !found.rejected.is_empty() {
        let head = ["Case file", "Case", "Rejected", "Prepared by", "What to do"]
            .map(Cell::from)
            .into_iter()
            .collect::<Vec<_>>();
        let rows = found.rejected.iter().map(|one| {
            let which = one.which();
            let mend = match one.submission {
                Some(number) => {
                    Part::link("Mend", format!("/rejected/{number}")).about(format!("case file {number}"))
                }
                None => Part::quiet("It has no number: see the inbox"),
            };
            vec![
                Cell::from(which),
                one.case_id.as_ref().map_or_else(String::new, ToString::to_string).into(),
                moment_words(one.since).into(),
                one.preparer.as_ref().map_or_else(String::new, ToString::to_string).into(),
                mend.into(),
            ]
        });
        let caption = format!("Rejected case files ({})", found.rejected.len());
        blocks.extend(Block::titled(Table::new(caption, head, rows.collect()), ""));
    }
    blocks
}

fn due(listed: &Listed<Due>, asked: Asked, now: Moment) -> Vec<Block> {
    let row = |one: &Due| {
        vec![
            Cell::from(weekday_words(one.due)),
            of_due(one, now).into(),
            Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(),
            one.what.as_str().into(),
        ]
    };
    let head = ["Due", "Left", "Case", "What must be done"].map(Cell::from).into_iter().collect::<Vec<_>>();
    let table = Table::new(
        format!("Due, late first and then the nearest ({})", listed.total),
        head,
        listed.lines.iter().map(row).collect(),
    );
    let mut blocks = Block::titled(table, "Nothing is due.").into_iter().collect::<Vec<_>>();
    let counted: Vec<Text> =
        listed.lines.iter().filter(|one| !one.arithmetic.is_empty()).map(arithmetic).collect();
    if !counted.is_empty() {
        blocks.push(Block::unfolds("How each day was counted", vec![Block::List(counted)]));
    }
    blocks.extend(further(listed, WorkList::Due, asked));
    blocks.push(Block::paragraph(Part::link("These days as a calendar", "/work/calendar")));
    blocks
}

fn arithmetic(one: &Due) -> Text {
    let mut parts =
        vec![Part::strong(one.case_id.as_str()), Part::text(format!(", {}: {}", one.what, one.arithmetic))];
    if !one.source.is_empty() {
        parts.push(Part::quiet(format!(" ({})", one.source)));
    }
    parts.into()
}

fn waiting(listed: &Listed<WaitingMessage>, asked: Asked) -> Vec<Block> {
    let row = |one: &WaitingMessage| {
        let despatch = &one.despatch;
        let mut since = vec![Part::text(one.since.map(moment_words).unwrap_or_default())];
        if one.too_long {
            since.extend([Part::text(" "), Part::tag("waits too long", "red")]);
        }
        vec![
            Cell::from(Part::link(despatch.id.to_string(), format!("/review/{}", despatch.id))),
            Part::link(despatch.case_id.as_str(), case_path(&despatch.case_id)).into(),
            despatch.recipient.name.as_str().into(),
            since.into(),
        ]
    };
    let head = ["Message", "Case", "To", "Since"].map(Cell::from).into_iter().collect::<Vec<_>>();
    let caption = format!("Waits for approval, oldest first ({})", listed.total);
    let table = Table::new(caption, head, listed.lines.iter().map(row).collect());
    let mut blocks = Block::titled(table, "Nothing waits for approval.").into_iter().collect::<Vec<_>>();
    blocks.extend(further(listed, WorkList::Waiting, asked));
    blocks
}

fn notes(listed: &Listed<OpenNote>, asked: Asked) -> Vec<Block> {
    let mut blocks = vec![Block::heading("Notes to copy into CID or Atlas")];
    if listed.lines.is_empty() {
        blocks.push(Block::paragraph("Every note is copied."));
    }
    for note in &listed.lines {
        let said = vec![
            Part::link(note.case_id.as_str(), case_path(&note.case_id)),
            Part::text(format!(", note {}: {}", note.id, note.text)),
        ];
        blocks.push(Block::paragraph(said));
        let hidden = Hidden { name: "note".to_owned(), value: note.id.to_string() };
        let case = Hidden { name: "case".to_owned(), value: note.case_id.to_string() };
        let button = Button::new(format!("I have copied note {}", note.id)).secondary();
        let fields = vec![Field::Hidden(hidden), Field::Hidden(case), Field::Buttons(vec![button])];
        blocks.push(Block::Form(Form::new("/work/notes", fields)));
    }
    blocks.extend(further(listed, WorkList::Notes, asked));
    blocks
}

/// Ticks a note as copied.
///
/// # Errors
/// The case has no such note, or the actor may not see it.
pub fn tick(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let case = forms::value(request, "case", "a case’s id")?;
    let note: NoteId = forms::value(request, "note", "a note’s number")?;
    let back = if request.field("back") == "case" { case_path(&case) } else { "/work".to_owned() };
    show_case(visit.open, &actor, ShowCase { id: case, recorded: Some(note) })?;
    Ok(done(visit, format!("Note {note} is recorded as copied, by you and today."), back))
}

/// Everything that is due, as a calendar file.
///
/// # Errors
/// The ledger cannot be read.
pub fn calendar(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let board = deadlines(visit.open, &actor, None)?;
    let text = board.calendar(&visit.open.office.config.mail_domain, visit.open.now());
    Ok(Response::download(Content::Text, text.into_bytes(), "deadlines.ics"))
}

/// A field that takes a line, with what was typed before and what is wrong with it.
pub fn line(visit: &Visit<'_>, name: &str, label: &str, hint: &str, refused: &Refused) -> Field {
    Field::Input(Input::new(name, label).hint(hint).value(visit.request.field(name)).error(refused.at(name)))
}
