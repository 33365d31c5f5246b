//! Enters: an entry, or none, and what was typed before. Leaves: the fields by which one is entered or changed.
//! Never: checks a value.

use crate::components::{Checkboxes, Choice, Field, Input, Radios, Textarea};
use crate::forms::Refused;
use crate::visit::Visit;
use despatch_directory::entry::Entry;
use despatch_directory::opening::OpeningMethod;

/// What was typed, or what the entry has.
pub(super) fn typed_or(visit: &Visit<'_>, name: &str, before: &str) -> String {
    match visit.request.form.is_empty() {
        true => before.to_owned(),
        false => visit.request.field(name).to_owned(),
    }
}

/// The fields of an entry that may be set.
pub(super) fn said_fields(visit: &Visit<'_>, entry: Option<&Entry>, refused: &Refused) -> Vec<Field> {
    let before = |of: fn(&Entry) -> String| entry.map(of).unwrap_or_default();
    let input = |name: &str, at: &str, label: &str, hint: &str, before: String| {
        let input = Input::new(name, label).hint(hint).value(typed_or(visit, name, &before));
        Field::Input(input.error(refused.at(at)).verbatim().autocomplete("off"))
    };
    let methods = OpeningMethod::ALL.map(|method| Choice::new(method.code(), method.label())).to_vec();
    let method = entry.and_then(|entry| entry.method).map_or("", |method| method.code());
    let methods = Radios::new("method", "How they open what they get", methods).size("s");
    let chosen: Vec<String> = match visit.request.form.is_empty() {
        true => entry.map(|entry| entry.places.iter().map(ToString::to_string).collect()).unwrap_or_default(),
        false => visit.request.fields("places").map(str::to_owned).collect(),
    };
    let places =
        visit.open.office.places.iter().map(|place| Choice::new(place.id.to_string(), place.name.clone()));
    let places =
        Checkboxes::new("places", "Places that it serves", places.collect()).size("s").values(chosen);
    let group = entry.is_some_and(|entry| entry.group);
    let group = typed_or(visit, "group", if group { "yes" } else { "no" });
    let several = vec![Choice::new("no", "One person"), Choice::new("yes", "Several people")];
    let several = Radios::new("group", "Who reads the mailbox", several).size("s").inline().value(group);
    let cases = |entry: &Entry| entry.cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    vec![
        input("name", "name", "Name", "As in the letter’s address", before(|entry| entry.name.clone())),
        input(
            "organisation",
            "organisation",
            "Organisation",
            "The firm, practice or team",
            before(|entry| entry.organisation.clone()),
        ),
        input(
            "address",
            "email",
            "Email address",
            "Heard from them, not copied from an email",
            before(|entry| entry.email.to_string()),
        ),
        input(
            "telephone",
            "telephone",
            "Telephone",
            "For the call back",
            before(|entry| entry.telephone.clone().unwrap_or_default()),
        ),
        Field::Radios(several.error(refused.at("group"))),
        Field::Checkboxes(places.class("govuk-checkboxes--small").error(refused.at("place"))),
        input(
            "cases",
            "case",
            "The only cases that may be sent to it",
            "With a space between; empty: any",
            before(cases),
        ),
        Field::Radios(methods.value(typed_or(visit, "method", method)).error(refused.at("method"))),
    ]
}

/// The field for a recipient's public keys.
pub(super) fn keys_field(visit: &Visit<'_>, refused: &Refused) -> Field {
    let keys = Textarea::new("keys", "Public keys, one on a line")
        .hint("age1…; as their owner gave them; empty: as before");
    Field::Textarea(keys.value(typed_or(visit, "keys", "")).rows(3).error(refused.at("key")))
}
