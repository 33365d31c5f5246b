//! Enters: values of a template. Leaves: a text or a yes, made of them.
//! Never: returns HTML: what a helper makes is escaped like any value.

use despatch_core::words::capital as capital_of;
use handlebars::{Handlebars, handlebars_helper};
use serde_json::Value;

/// Makes the helpers known.
pub(crate) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper("first", Box::new(first));
    registry.register_helper("concat", Box::new(concat));
    registry.register_helper("words", Box::new(words));
    registry.register_helper("when", Box::new(when));
    registry.register_helper("given", Box::new(given));
    registry.register_helper("capital", Box::new(capital));
    registry.register_helper("numbered", Box::new(numbered));
    registry.register_helper("counted", Box::new(counted));
    registry.register_helper("choice", Box::new(choice));
    registry.register_helper("chosen", Box::new(chosen));
    registry.register_helper("some_actions", Box::new(some_actions));
    registry.register_helper("part_marked", Box::new(part_marked));
    registry.register_helper("part_width", Box::new(part_width));
}

/// The names of the helpers above, for whoever checks templates.
pub(crate) const NAMES: [&str; 13] = [
    "first",
    "concat",
    "words",
    "when",
    "given",
    "capital",
    "numbered",
    "counted",
    "choice",
    "chosen",
    "some_actions",
    "part_marked",
    "part_width",
];

/// What handlebars takes for no in `{{#if}}`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

// The first of these that is not empty: `{{first id name}}`.
handlebars_helper!(first: |*values| {
    values.iter().find(|value| !is_empty(value)).map(|value| text(value)).unwrap_or_default()
});

// All of these, without anything between them.
handlebars_helper!(concat: |*values| values.iter().map(|value| text(value)).collect::<String>());

// Those of these that are not empty, with a space between them, as in `class` and `aria-describedby`.
handlebars_helper!(words: |*values| {
    let filled = values.iter().filter(|value| !is_empty(value));
    filled.map(|value| text(value)).collect::<Vec<_>>().join(" ")
});

// The second, if the first is not empty.
handlebars_helper!(when: |condition: Json, value: Json| {
    if is_empty(condition) { String::new() } else { text(value) }
});

// Whether there is a value at all, be it empty.
handlebars_helper!(given: |value: Json| !value.is_null());

// The word with a capital letter.
handlebars_helper!(capital: |word: str| capital_of(word));

// The id of one of several: the first has no number, so that an error summary finds it by the name of the field.
handlebars_helper!(numbered: |prefix: str, index: u64| {
    if index == 0 { prefix.to_owned() } else { format!("{prefix}-{}", index + 1) }
});

// The id of one of several, each with its number.
handlebars_helper!(counted: |prefix: str, index: u64| format!("{prefix}-{}", index + 1));

// What an option sends: its value, or else its text.
handlebars_helper!(choice: |value: Json, label: str| {
    if value.is_null() { label.to_owned() } else { text(value) }
});

// Whether an option is chosen: by itself, or by the value of the whole.
handlebars_helper!(chosen: |by_itself: Json, value: Json, of_all: Json| {
    match (by_itself, of_all) {
        (Value::Bool(said), _) => *said,
        (_, Value::Array(values)) => values.contains(value),
        (_, all) => !is_empty(all) && all == value,
    }
});

// Whether any row of a summary list has a link beside it.
handlebars_helper!(some_actions: |rows: array| {
    rows.iter().any(|row| row.pointer("/actions/items").is_some_and(|items| !is_empty(items)))
});

fn is_marked(error: &Value, classes: &Value) -> bool {
    *error == Value::Bool(true) || text(classes).contains("govuk-input--error")
}

// Whether a part of a date is drawn as wrong: that part, or else each, where the date as a whole is.
handlebars_helper!(part_marked: |error: Json, classes: Json, parts: array, message: Json| {
    let classed = text(classes).contains("govuk-input--error");
    let of_part = |part: &Value, name: &str| part.get(name).cloned().unwrap_or_default();
    let some = parts.iter().any(|part| is_marked(&of_part(part, "error"), &of_part(part, "classes")));
    let whole = *error != Value::Bool(false) && !is_empty(message) && !some;
    !classed && (*error == Value::Bool(true) || whole)
});

// The class for the width of a part of a date, unless one is given.
handlebars_helper!(part_width: |name: str, classes: Json| {
    match name {
        _ if text(classes).contains("govuk-input--width-") => "",
        "year" => "govuk-input--width-4",
        _ => "govuk-input--width-2",
    }
});
