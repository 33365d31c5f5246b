//! Enters: an entry of the directory. Leaves: everything that is known of it, what is still to do, and the forms for it.
//! Never: changes anything.

use super::fields::{keys_field, said_fields};
use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Choice, Field, Input, Part, Radios, SummaryList, Table, Text, fact};
use crate::forms::{Refused, date_field};
use crate::frame::Head;
use crate::visit::Visit;
use crate::work::line;
use despatch_app::operations::Failure;
use despatch_app::operations::directory::{self, EntryShown, Onboarding};
use despatch_app::operations::incidents;
use despatch_core::words::{EntryId, Role, date_words, moment_words};
use despatch_directory::entry::{Entry, Way};
use despatch_ledger::Frozen;
use despatch_web::Response;

/// Shows an entry.
///
/// # Errors
/// The directory has no such entry, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id = visit.step_as("entry")?;
    page(visit, id, &Refused::default())
}

/// Shows what is still to do before the first letter to an entry.
///
/// # Errors
/// The directory has no such entry, or the ledger cannot be read.
pub fn steps(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, id) = (visit.actor()?, visit.step_as::<EntryId>("entry")?);
    let onboarding = directory::onboard(visit.open, &actor, id.clone())?;
    let title = format!("Before the first letter to {id}");
    let head = Head::of(title.clone()).back("The entry", format!("/directory/{id}"));
    visit.page("directory/directory", head, &Sheet::new(title, vec![to_do(&onboarding)]))
}

pub(super) fn page(visit: &mut Visit<'_>, id: EntryId, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let shown = directory::show(visit.open, &actor, id.clone())?;
    let onboarding = directory::onboard(visit.open, &actor, id.clone())?;
    let frozen = incidents::list(visit.open, &actor, ())?.frozen.remove(&id);
    let waiting = directory::waiting_for(visit.open, &actor, &id)?;
    let mut blocks = vec![Block::Summary(facts(&shown))];
    blocks.push(Block::heading("What is still to do"));
    blocks.push(to_do(&onboarding));
    blocks.push(Block::heading("What you can do"));
    if let Some(frozen) = &frozen {
        blocks.extend(unfreeze(visit, &id, frozen, refused));
    }
    blocks.extend(actions(visit, &shown, refused));
    if !waiting.ours.is_empty() {
        let ids: Vec<String> = waiting.ours.iter().map(ToString::to_string).collect();
        let fields = vec![
            Field::Paragraph(format!("Held only because of this entry: {}.", ids.join(", "))),
            line(visit, "reseal_reason", "Why they may be made again", "It stays on record", refused),
            Field::Buttons(vec![Button::new("Make them again, for review").secondary()]),
        ];
        blocks.push(Block::unfolds("Make again what waits for it", vec![form(&id, "reseal", fields)]));
    }
    blocks.extend(history(&shown));
    let title = format!("{}, {}", shown.view.entry.name, shown.view.entry.organisation);
    let head = Head::of(title.clone()).back("Directory", "/directory");
    let head = head.errors(refused.links(&["verified_until", "last", "dated"]));
    visit.page("directory/directory", head, &Sheet::new(title, blocks).caption(format!("Entry {id}")))
}

pub(super) fn form(id: &EntryId, what: &str, fields: Vec<Field>) -> Block {
    Block::Form(Form::new(format!("/directory/{id}/{what}"), fields))
}

fn facts(shown: &EntryShown) -> SummaryList {
    let entry = &shown.view.entry;
    let group = if entry.group { " (several people read it)" } else { "" };
    let mut rows = vec![
        fact("Role", entry.role.label()),
        fact("Address", format!("{}{group}", entry.email)),
        fact("Telephone", entry.telephone.clone().unwrap_or_else(|| "none".to_owned())),
        fact("Opens what it gets", entry.method.map_or("not agreed yet", |method| method.label())),
    ];
    if !entry.places.is_empty() {
        let places: Vec<String> = entry.places.iter().map(ToString::to_string).collect();
        rows.push(fact("Places", places.join(", ")));
    }
    if !entry.cases.is_empty() {
        let cases: Vec<String> = entry.cases.iter().map(ToString::to_string).collect();
        rows.push(fact("Cases", format!("{} and no others", cases.join(", "))));
    }
    let keys = entry.keys.iter().zip(entry.fingerprints());
    rows.extend(keys.map(|(key, fingerprint)| {
        let parts = vec![Part::code(fingerprint), Part::line(), Part::quiet(key.to_string())];
        fact("Key", parts)
    }));
    rows.push(fact("Entered", format!("by {} on {}", entry.changed.by, date_words(entry.changed.on))));
    rows.push(match &entry.verified {
        Some(one) => {
            let (on, way) = (date_words(one.on), Way::label(one.way));
            fact("Verified", format!("by {} on {on}, {way}: {}", one.by, one.how))
        }
        None => fact("Verified", Part::tag("not yet", "red")),
    });
    if let Some(test) = &entry.test_message {
        let opened = test.opened.as_ref().map_or_else(
            || "nobody has heard yet whether it could be opened".to_owned(),
            |opened| format!("opened, {} heard on {}", opened.by, date_words(opened.on)),
        );
        rows.push(fact("Test message", format!("sent on {}; {opened}", date_words(test.sent_on))));
    }
    rows.extend(entry.expires.map(|last| fact("Holds until", date_words(last))));
    rows.extend(shown.authorities.iter().map(|seen| {
        let dated = seen.dated.map_or_else(String::new, |day| format!(" of {}", date_words(day)));
        fact(
            "Authority",
            format!("for {}{dated}, recorded by {} on {}", seen.case_id, seen.by, date_words(seen.on)),
        )
    }));
    rows.extend(shown.view.holds.iter().map(|hold| {
        fact(
            "Cannot be written to",
            vec![Part::tag(hold.code.replace('_', " "), "red"), Part::text(format!(" {}", hold.words))],
        )
    }));
    SummaryList::new(rows)
}

fn to_do(onboarding: &Onboarding) -> Block {
    let step = |step: &directory::Step| -> Text {
        match &step.done {
            Some(done) => vec![Part::tag("done", "green"), Part::text(format!(" {done}"))].into(),
            None => {
                let mut parts = vec![Part::tag("to do", "yellow"), Part::text(format!(" {}", step.to_do))];
                for words in step.words.iter().flat_map(|words| words.lines()) {
                    parts.extend([Part::line(), Part::quiet(words)]);
                }
                parts.into()
            }
        }
    };
    Block::List(onboarding.steps.iter().map(step).collect())
}

fn unfreeze(visit: &Visit<'_>, id: &EntryId, frozen: &Frozen, refused: &Refused) -> Vec<Block> {
    let asked = frozen.unfreeze.as_ref().map_or_else(
        || "One person asks for it, a second one confirms.".to_owned(),
        |by| format!("{by} has asked for it; a second person confirms."),
    );
    let fields = vec![
        Field::Paragraph(format!("Incident {} froze it, by {}. {asked}", frozen.incident, frozen.by)),
        line(visit, "unfreeze_reason", "Why it may be written to again", "It stays on record", refused),
        Field::Buttons(vec![Button::new("Lift the freeze").warning()]),
    ];
    vec![Block::unfolds("Lift the freeze", vec![form(id, "unfreeze", fields)])]
}

fn actions(visit: &Visit<'_>, shown: &EntryShown, refused: &Refused) -> Vec<Block> {
    let (entry, request) = (&shown.view.entry, visit.request);
    let id = &entry.id;
    let mut blocks = vec![verify(visit, entry, refused)];
    blocks.extend(test(visit, entry, refused));
    let mut fields = said_fields(visit, Some(entry), refused);
    fields.push(Field::Buttons(vec![Button::new("Change it: a second person verifies it then")]));
    blocks.push(Block::unfolds("Change it", vec![form(id, "change", fields)]));
    let fields = vec![
        keys_field(visit, refused),
        Field::Buttons(vec![Button::new("Replace its keys: a second person verifies it then")]),
    ];
    blocks.push(Block::unfolds("Replace its keys", vec![form(id, "keys", fields)]));
    if entry.role == Role::Representative {
        let fields = vec![
            line(
                visit,
                "authority_case",
                "The case for which the person authorised them",
                "Such as DEMO-0901",
                refused,
            ),
            Field::DateInput(date_field(request, ("dated", "The date on the authority"), refused)),
            Field::Buttons(vec![Button::new("Record that I saw it").secondary()]),
        ];
        blocks.push(Block::unfolds(
            "Record that you saw their authority for a case",
            vec![form(id, "authority", fields)],
        ));
    }
    let fields = vec![
        Field::DateInput(
            date_field(request, ("last", "The last day on which it holds"), refused)
                .hint("Empty: it ends now"),
        ),
        line(visit, "expire_reason", "Why", "It stays on record", refused),
        Field::Buttons(vec![Button::new("End it, and hold what was to be sent to it").warning()]),
    ];
    blocks.push(Block::unfolds("End it", vec![form(id, "expire", fields)]));
    blocks
}

/// The form of whoever heard from the recipient that the entry is right.
fn verify(visit: &Visit<'_>, entry: &Entry, refused: &Refused) -> Block {
    let (id, request) = (&entry.id, visit.request);
    let ways = Way::WORDS.map(|(word, way)| Choice::new(word, way.label())).to_vec();
    let ways = Radios::new("way", "How you reached them", ways).size("s").value(request.field("way"));
    let input = |name: &str, label: &str, hint: &str| {
        let input = Input::new(name, label).hint(hint).value(request.field(name)).verbatim();
        Field::Input(input.error(refused.at(name)).autocomplete("off"))
    };
    let mut fields =
        vec![input("email", "The address, as they said it", "Not copied from above or from an email")];
    if !entry.keys.is_empty() {
        fields.push(input(
            "fingerprints",
            "The fingerprint of each key, as they read it out",
            "Several with a space between",
        ));
    }
    fields.extend([
        Field::Radios(ways.error(refused.at("way"))),
        line(visit, "how", "Which number, or where", "It stays on record", refused),
        Field::DateInput(date_field(
            request,
            ("verified_until", "The last day on which it holds, if it ends"),
            refused,
        )),
        Field::Buttons(vec![Button::new("They confirmed it to me")]),
    ]);
    Block::unfolds(
        "Verify it: the recipient confirmed it to you, and not by email",
        vec![form(id, "verify", fields)],
    )
}

/// The forms about a test message.
fn test(visit: &Visit<'_>, entry: &Entry, refused: &Refused) -> Vec<Block> {
    let (id, request) = (&entry.id, visit.request);
    let mut blocks = Vec::new();
    let input = |name: &str, label: &str, hint: &str| {
        let input = Input::new(name, label).hint(hint).value(request.field(name)).verbatim();
        Field::Input(input.error(refused.at(name)).autocomplete("off"))
    };
    if entry.method.is_some() {
        let fields = vec![
            Field::Paragraph("It holds nothing about anybody.".to_owned()),
            Field::Buttons(vec![Button::new(format!("Send a test message to {}", entry.email))]),
        ];
        blocks.push(Block::unfolds("Send a test message", vec![form(id, "test", fields)]));
    }
    if entry.test_message.is_some() {
        let fields = vec![
            input("numbers", "The numbers in it, as they read them out", ""),
            Field::Buttons(vec![Button::new("They could open it")]),
        ];
        blocks.push(Block::unfolds(
            "The recipient read out the numbers of the test message",
            vec![form(id, "opened", fields)],
        ));
    }
    if entry.test_message.is_some() && entry.method.is_some_and(|method| !method.needs_keys()) {
        let fields = vec![
            Field::Paragraph(
                "To be told on the telephone, and never by email. It is on record that you saw them."
                    .to_owned(),
            ),
            Field::Buttons(vec![Button::new("Show the words that open the test message").secondary()]),
        ];
        blocks.push(Block::unfolds("The words that open the test message", vec![form(id, "words", fields)]));
    }
    blocks
}

fn history(shown: &EntryShown) -> [Block; 2] {
    let row = |event: &despatch_ledger::Event| {
        let entry = event.happened.entry();
        vec![
            Cell::from(moment_words(event.at)),
            event.label().into(),
            event.actor.as_str().into(),
            entry.map_or_else(String::new, |entry| entry.email.to_string()).into(),
            entry.map_or_else(String::new, |entry| entry.fingerprints().join(", ")).into(),
        ]
    };
    let head = ["When", "What", "By", "Address", "Keys"].map(Cell::from).to_vec();
    let rows = shown.events.iter().rev().map(row).collect();
    Block::titled(Table::new("What happened", head, rows), "Nothing.")
}
