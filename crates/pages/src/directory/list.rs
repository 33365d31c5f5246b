//! Enters: whoever looks at the office's recipients. Leaves: the list of them, with what each still lacks.
//! Never: changes anything.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{
    Button, Cell, Field, FileUpload, Pagination, Part, Select, SubItem, SubNavigation, Table, Text,
};
use crate::forms::{Refused, page_number};
use crate::frame::Head;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::directory::{self, EntryView, ListEntries};
use despatch_app::operations::incidents;
use despatch_core::words::{PlaceId, Role, count, date_words};
use despatch_web::{Content, Response};

const TITLE: &str = "Directory";
/// Entries on a page.
const LINES: usize = 50;

/// What the list is narrowed to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    /// A second person has still to verify them.
    Unverified,
    /// Nothing can go to them now.
    Held,
    /// They hold for a short time only.
    Ending,
    Frozen,
}

impl Shown {
    const CODES: [(&str, &str, Self); 5] = [
        ("all", "All", Self::All),
        ("unverified", "Wait for a second person", Self::Unverified),
        ("held", "Cannot be written to", Self::Held),
        ("ending", "End soon", Self::Ending),
        ("frozen", "Frozen by an incident", Self::Frozen),
    ];

    fn code(self) -> &'static str {
        Self::CODES.into_iter().find(|(_, _, shown)| *shown == self).map_or("all", |(code, ..)| code)
    }
}

/// Shows the list.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

pub(super) fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let (actor, request) = (visit.actor()?, visit.request);
    let asked = Shown::CODES.into_iter().find(|(code, ..)| *code == request.parameter("show"));
    let shown = asked.map_or(Shown::All, |(_, _, shown)| shown);
    let role = Role::ALL.into_iter().find(|role| role.code() == request.parameter("role"));
    let place: Option<PlaceId> = request.parameter("place").parse().ok();
    let frozen = incidents::list(visit.open, &actor, ())?.frozen;
    let mut entries = directory::list(visit.open, &actor, ListEntries { role, place: place.clone() })?;
    entries.retain(|view| match shown {
        Shown::All => true,
        Shown::Unverified => view.entry.verified.is_none(),
        Shown::Held => !view.holds.is_empty(),
        Shown::Ending => view.ends_soon.is_some(),
        Shown::Frozen => frozen.contains_key(&view.entry.id),
    });
    let (number, total) = (page_number(request) as usize, entries.len());
    let place_code = place.as_ref().map_or_else(String::new, ToString::to_string);
    let role_code = role.map_or("", Role::code);
    let address = |show: &str, page: u64| {
        format!("/directory?show={show}&role={role_code}&place={place_code}&page={page}")
    };
    let views = Shown::CODES.map(|(code, text, view)| SubItem {
        text: text.to_owned(),
        href: address(code, 1),
        active: view == shown,
        ..SubItem::default()
    });
    let views = SubNavigation {
        label: "Which entries".to_owned(),
        items: views.to_vec(),
        ..SubNavigation::default()
    };
    let rows = entries.iter().skip((number - 1).saturating_mul(LINES)).take(LINES).map(row);
    let head = ["Entry", "Address", "Verified", "What it waits for"].map(Cell::from).to_vec();
    let table = Table::new(count(total, "entry"), head, rows.collect());
    let last = u64::try_from(total.div_ceil(LINES)).unwrap_or(1);
    let mut blocks = vec![
        Block::Links(vec![
            Button::link("Add an entry", "/directory/add/entry"),
            Button::link("What stops messages", "/directory/all/check").secondary(),
            Button::link("Save it as a file", "/directory/all/csv").secondary(),
        ]),
        Block::Views(views),
        narrow(visit, shown, role_code, &place_code),
        Block::table_or(table, "No entry is like this."),
    ];
    blocks.extend(
        Pagination::of(number as u64, last, |page| address(shown.code(), page)).map(Block::Pagination),
    );
    let missing: Vec<Text> = visit.open.office.bodies_missing().into_iter().map(Text::from).collect();
    if !missing.is_empty() {
        blocks.push(Block::unfolds("What is missing for a place", vec![Block::List(missing)]));
    }
    let upload = FileUpload::new("file", "A directory file (CSV or TOML)").error(refused.at("file"));
    let fields = vec![
        Field::FileUpload(upload),
        Field::Buttons(vec![Button::new("Import all of it, or nothing").secondary()]),
    ];
    let form = Block::Form(Form::sending_files("/directory/all/import", fields));
    blocks.push(Block::unfolds("Import entries from a file", vec![form]));
    let head = Head::of(TITLE).errors(refused.links(&[]));
    visit.page("directory/directory", head, &Sheet::new(TITLE, blocks))
}

/// The form that narrows the list to a role and a place.
fn narrow(visit: &Visit<'_>, shown: Shown, role: &str, place: &str) -> Block {
    let any = |words: &str| std::iter::once((String::new(), words.to_owned()));
    let roles =
        any("Any role").chain(Role::ALL.map(|role| (role.code().to_owned(), role.label().to_owned())));
    let places = visit.open.office.places.iter().map(|place| (place.id.to_string(), place.name.clone()));
    let hidden = crate::components::Hidden { name: "show".to_owned(), value: shown.code().to_owned() };
    let fields = vec![
        Field::Hidden(hidden),
        Field::Select(Select::new("role", "Role").options(roles).value(role)),
        Field::Select(Select::new("place", "Place").options(any("Any place").chain(places)).value(place)),
        Field::Buttons(vec![Button::new("Show").secondary()]),
    ];
    Block::unfolds("Only one role, or one place", vec![Block::Form(Form::asking("/directory", fields))])
}

fn row(view: &EntryView) -> Vec<Cell> {
    let entry = &view.entry;
    let name = vec![
        Part::link(entry.id.as_str(), format!("/directory/{}", entry.id)),
        Part::line(),
        Part::text(entry.name.as_str()),
        Part::line(),
        Part::quiet(format!("{}, {}", entry.organisation, entry.role.label())),
    ];
    let opens = entry.method.map_or("", |method| method.label());
    let address = vec![Part::text(entry.email.to_string()), Part::line(), Part::quiet(opens)];
    let waits = match (view.holds.first(), view.ends_soon) {
        (Some(first), _) => {
            vec![Part::tag(first.code.replace('_', " "), "red"), Part::text(format!(" {}", first.words))]
        }
        (None, Some(last)) => {
            vec![Part::tag("ends soon", "yellow"), Part::text(format!(" {}", date_words(last)))]
        }
        (None, None) => vec![Part::tag("may be written to", "green")],
    };
    let verified = entry.verified.as_ref();
    vec![
        Cell::from(name),
        address.into(),
        verified.map_or_else(String::new, |one| format!("{} by {}", date_words(one.on), one.by)).into(),
        waits.into(),
    ]
}

/// Shows every entry to which nothing can go, and why.
///
/// # Errors
/// Nobody is signed in.
pub fn check(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let checked = directory::check(visit.open, &actor)?;
    let row = |(entry, why): &(despatch_core::words::EntryId, String)| {
        vec![Cell::from(Part::link(entry.as_str(), format!("/directory/{entry}"))), why.as_str().into()]
    };
    let head = ["Entry", "Why nothing can go to it"].map(Cell::from).to_vec();
    let table = Table::new("What stops messages", head, checked.reasons.iter().map(row).collect());
    let words = format!("All {} may be written to.", count(checked.entries, "entry"));
    let missing: Vec<Text> = checked.missing.into_iter().map(Text::from).collect();
    let blocks = vec![Block::table_or(table, &words), Block::List(missing)];
    let head = Head::of("What stops messages").back(TITLE, "/directory");
    visit.page("directory/directory", head, &Sheet::new("What stops messages", blocks))
}

/// The whole directory as a file.
///
/// # Errors
/// It cannot be written, which no entry can cause.
pub fn export(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    Ok(Response::download(Content::Csv, directory::export(visit.open, &actor)?, "directory.csv"))
}
