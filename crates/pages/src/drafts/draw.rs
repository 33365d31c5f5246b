//! Enters: the inputs of a form, and what is wrong. Leaves: the fields that a page draws, in sections and groups, and the
//! lines of the error summary. Never: leaves out a fault.

use crate::components::{
    Button, CharacterCount, Choice, DateInput, Field, FileUpload, Heading, Input as LineInput, Radios,
    Select, WarningText, id_of,
};
use crate::frame::Link;
use despatch_app::operations::new_case::form::ATTACHMENTS;
use despatch_app::operations::new_case::inputs::{Input, Kind, date_parts, moment_parts};
use despatch_app::operations::new_case::placed::Placed;
use despatch_app::operations::new_case::take::TIME_PART;
use despatch_core::words::capital;
use serde::Serialize;

/// The name of the buttons of a form, whose values say what is to be done.
pub const DO: &str = "do";
/// The name under which files are uploaded.
pub const UPLOAD: &str = "attachments";
/// The most choices that are shown beside each other as radios; more are a list.
const RADIOS_MAX: usize = 8;
/// The longest line that has a narrow field.
const NARROW: usize = 40;

/// A part of a form below one heading.
#[derive(Debug, Serialize)]
pub struct SectionView {
    /// The heading.
    pub heading: String,
    /// Its groups, in order.
    pub groups: Vec<GroupView>,
}

/// Fields that belong together.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// What they are about; empty for the section itself.
    pub legend: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// Draws a whole form.
pub fn sections(inputs: &[Input], placed: &Placed) -> Vec<SectionView> {
    let mut sections: Vec<SectionView> = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        if sections.last().is_none_or(|last| last.heading != input.section) {
            sections.push(SectionView { heading: input.section.clone(), groups: Vec::new() });
        }
        let Some(section) = sections.last_mut() else { continue };
        // A list ends where the next input is none of its entries.
        let is_over = |list: &Input| {
            let below = format!("{}/", list.at);
            !inputs.get(index + 1).is_some_and(|next| next.at.starts_with(&below))
        };
        if section.groups.last().is_none_or(|last| last.legend != input.group) {
            section.groups.push(GroupView { legend: input.group.clone(), fields: Vec::new() });
        }
        let mut end = Vec::new();
        let around = inputs.iter().filter(|one| matches!(one.kind, Kind::List(..)));
        for list in around.filter(|one| {
            let below = format!("{}/", one.at);
            one.at == input.at || input.at.starts_with(&below)
        }) {
            if is_over(list) {
                // A list that has no entry yet has nothing else that says what it is of.
                if matches!(list.kind, Kind::List(0, _)) && list.at != ATTACHMENTS {
                    let heading = Heading { level: 3, size: "s".to_owned(), ..Heading::new(list.label) };
                    end.push(Field::Heading(heading));
                    end.extend((!list.help.is_empty()).then(|| Field::Paragraph(list.help.clone())));
                }
                end.extend(adding(list, placed));
            }
        }
        let Some(group) = section.groups.last_mut() else { continue };
        group.fields.extend(fields(input, placed, false));
        if is_last_of_entry(inputs, index) {
            group.fields.extend(removing(input));
        }
        if !end.is_empty() {
            section.groups.push(GroupView { legend: String::new(), fields: end });
        }
    }
    sections
}

/// Draws one question, as the heading of its page.
pub fn question(inputs: &[Input], input: &Input, placed: &Placed) -> Vec<Field> {
    if let Kind::List(..) = input.kind {
        let below = format!("{}/", input.at);
        let mut drawn = Vec::new();
        for (index, one) in inputs.iter().enumerate().filter(|(_, one)| one.at.starts_with(&below)) {
            if inputs.get(index.wrapping_sub(1)).is_none_or(|before| before.group != one.group) {
                drawn.push(Field::Heading(Heading::new(one.group.clone())));
            }
            drawn.extend(fields(one, placed, false));
            if is_last_of_entry(inputs, index) {
                drawn.extend(removing(one));
            }
        }
        drawn.extend(adding(input, placed));
        return drawn;
    }
    fields(input, placed, true)
}

/// The entry of a list to which an input belongs: the pointer of the list, and the index.
fn entry(at: &str) -> Option<(String, usize)> {
    let mut parts: Vec<&str> = at.split('/').collect();
    while let Some(last) = parts.pop() {
        if let Ok(index) = last.parse() {
            return Some((parts.join("/"), index));
        }
    }
    None
}

fn is_last_of_entry(inputs: &[Input], index: usize) -> bool {
    let of = |index: usize| inputs.get(index).and_then(|input| entry(&input.at));
    of(index).is_some() && of(index) != of(index + 1)
}

fn removing(input: &Input) -> Vec<Field> {
    let Some((list, index)) = entry(&input.at) else { return Vec::new() };
    let words = if list == ATTACHMENTS { "Remove attachment" } else { "Remove entry" };
    let button = Button::new(format!("{words} {}", index + 1)).secondary();
    vec![Field::Buttons(vec![button.sends(DO, format!("remove:{list}:{index}"))])]
}

/// What adds to a list.
fn adding(list: &Input, placed: &Placed) -> Vec<Field> {
    let Kind::List(count, most) = list.kind else { return Vec::new() };
    let wrong = words(placed, &list.at);
    if list.at == ATTACHMENTS {
        if count >= most {
            return Vec::new();
        }
        let upload =
            FileUpload::new(UPLOAD, if count == 0 { "Add attachments" } else { "Add further attachments" })
                .hint("PDFs of up to 25 MB each. What is in them is checked when they are added.")
                .error(wrong)
                .multiple()
                .attribute("accept", "application/pdf,.pdf");
        let button = Button::new("Upload").secondary().sends(DO, "upload");
        return vec![Field::FileUpload(upload), Field::Buttons(vec![button])];
    }
    let mut fields = vec![];
    if let Some(wrong) = wrong {
        fields.push(Field::WarningText(WarningText::new(wrong)));
    }
    if count < most {
        let words = if count == 0 { "Add an entry" } else { "Add another entry" };
        let mut button = Button::new(words).secondary().sends(DO, format!("add:{}", list.at));
        button.id = id_of(&list.name);
        fields.push(Field::Buttons(vec![button]));
    }
    fields
}

fn words(placed: &Placed, at: &str) -> Option<String> {
    let words: Vec<&str> = placed.at(at).collect();
    (!words.is_empty()).then(|| words.join(". "))
}

fn label(input: &Input) -> String {
    let asks = !matches!(input.kind, Kind::Gate | Kind::List(..) | Kind::File);
    if input.needed || !asks { input.label.to_owned() } else { format!("{} (optional)", input.label) }
}

/// Draws one input; as the heading of its page, where it is asked for alone.
fn fields(input: &Input, placed: &Placed, alone: bool) -> Vec<Field> {
    let (name, label, wrong) = (input.name.clone(), label(input), words(placed, &input.at));
    let field = match &input.kind {
        Kind::Line(most) => {
            let line =
                LineInput::new(name, label).hint(&input.help).value(&input.typed).verbatim().error(wrong);
            let line = line.attribute("autocomplete", "off");
            let line = if *most <= NARROW { line.class("govuk-input--width-20") } else { line };
            Field::Input(if alone { line.as_page_heading() } else { line })
        }
        Kind::Time => {
            let line = LineInput::new(name, label).hint(&input.help).value(&input.typed).error(wrong);
            let line = line.class("govuk-input--width-5");
            Field::Input(if alone { line.as_page_heading() } else { line })
        }
        Kind::Text(most) => {
            let most = u32::try_from(*most).unwrap_or(u32::MAX);
            let text = CharacterCount::new(name, label)
                .hint(&input.help)
                .value(&input.typed)
                .most(most)
                .error(wrong);
            Field::CharacterCount(if alone { text.as_page_heading() } else { text })
        }
        Kind::Date(_) => {
            let [day, month, year] = date_parts(&input.typed);
            let date = DateInput::new(name, label, [&day, &month, &year]).hint(&input.help).error(wrong);
            Field::DateInput(if alone { date.as_page_heading() } else { date.size("s") })
        }
        Kind::Moment => return moment(name, label, input, (wrong, alone)),
        Kind::YesNo | Kind::Gate => {
            let mut items = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
            if !input.needed && input.kind == Kind::YesNo {
                items.push(Choice::new("", "Not said"));
            }
            radios(name, label, items, input, (wrong, alone))
        }
        Kind::Choice(options) if options.len() <= RADIOS_MAX => {
            let mut items: Vec<Choice> =
                options.iter().map(|(word, words)| Choice::new(word, capital(words))).collect();
            if !input.needed {
                items.push(Choice::new("", "Not said"));
            }
            radios(name, label, items, input, (wrong, alone))
        }
        Kind::Choice(options) | Kind::Known(options) => {
            let choose = (String::new(), if input.needed { "Choose one" } else { "None" }.to_owned());
            let options = options.iter().map(|(word, words)| (word.clone(), capital(words)));
            let options = std::iter::once(choose).chain(options);
            let select =
                Select::new(name, label).hint(&input.help).options(options).value(&input.typed).error(wrong);
            Field::Select(if alone { select.as_page_heading() } else { select })
        }
        Kind::List(..) => return Vec::new(),
        Kind::File => {
            let mut shown = vec![Field::Paragraph(format!("File: {}", input.typed))];
            shown.extend(wrong.map(|wrong| Field::WarningText(WarningText::new(wrong))));
            return shown;
        }
    };
    vec![field]
}

/// The fields of a moment: its day, and its time of day.
fn moment(name: String, label: String, input: &Input, (wrong, alone): (Option<String>, bool)) -> Vec<Field> {
    let [day, month, year, clock] = moment_parts(&input.typed);
    let time = LineInput::new(format!("{name}{TIME_PART}"), "Time of day in London").value(&clock);
    let date = DateInput::new(name, label, [&day, &month, &year]).hint(&input.help).error(wrong);
    let date = if alone { date.as_page_heading() } else { date.size("s") };
    vec![Field::DateInput(date), Field::Input(time.class("govuk-input--width-5"))]
}

fn radios(
    name: String,
    label: String,
    items: Vec<Choice>,
    input: &Input,
    (wrong, alone): (Option<String>, bool),
) -> Field {
    let short = items.iter().all(|item| item.text.len() <= 8);
    let radios = Radios::new(name, label, items).hint(&input.help).value(&input.typed).error(wrong);
    let radios = if short { radios.inline() } else { radios };
    Field::Radios(if alone { radios.as_page_heading() } else { radios.size("s") })
}

/// The lines of the error summary, each with the field to which it leads.
pub fn errors(inputs: &[Input], placed: &Placed) -> Vec<Link> {
    let beside = placed.beside.iter().map(|(at, words)| {
        let input = inputs.iter().find(|input| input.at == *at);
        let label = input.map_or("", |input| input.label).trim_end_matches('?');
        let text = if label.is_empty() { words.clone() } else { format!("{label}: {words}") };
        Link::of(text, input.map_or_else(String::new, |input| format!("#{}", anchor(input))))
    });
    let rest = placed.rest.iter().map(|words| Link::of(words, ""));
    beside.chain(rest).collect()
}

/// The id of what to focus for an input.
fn anchor(input: &Input) -> String {
    let id = id_of(&input.name);
    match input.kind {
        Kind::Date(_) | Kind::Moment => format!("{id}-day"),
        Kind::List(..) if input.at == ATTACHMENTS => id_of(UPLOAD),
        // What a file is stands in the question after it.
        Kind::File => id_of(&input.name.replace(".file", ".title")),
        _ => id,
    }
}
