//! Enters: the fixtures of govuk-frontend: options, and the HTML that they stand for. Leaves: proof that our templates
//! draw the same, for every fixture whose options ours have.

use crate::html::lines;
use despatch_pages::components::{
    Accordion, BackLink, Breadcrumbs, Button, CharacterCount, Checkboxes, DateInput, Details, ErrorMessage,
    ErrorSummary, Fieldset, FileUpload, Hint, Input, InsetText, Label, NotificationBanner, Pagination, Panel,
    PasswordInput, Radios, Select, SkipLink, SummaryList, Table, Tabs, Tag, TaskList, Textarea, WarningText,
};
use despatch_pages::render::Templates;
use despatch_testing::tools;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Options of which the type has none are an error, and so is HTML: then the fixture is not for us.
type Draw = fn(&Templates, &str, Value) -> Option<String>;

fn draw<T: DeserializeOwned + Serialize>(
    templates: &Templates,
    name: &str,
    options: Value,
) -> Option<String> {
    let value: T = serde_json::from_value(options).ok()?;
    Some(
        templates
            .render(&format!("_shared/govuk/{name}"), &value)
            .unwrap_or_else(|fault| panic!("{name}: {fault}")),
    )
}

/// Each component, how many of its fixtures are for us, and how many are not: they need HTML, or options that no page of
/// ours uses.
const COMPONENTS: [(&str, Draw, usize, usize); 30] = [
    ("accordion", draw::<Accordion>, 4, 9),
    ("back-link", draw::<BackLink>, 6, 1),
    ("breadcrumbs", draw::<Breadcrumbs>, 11, 1),
    ("button", draw::<Button>, 34, 4),
    ("character-count", draw::<CharacterCount>, 20, 14),
    ("checkboxes", draw::<Checkboxes>, 30, 12),
    ("date-input", draw::<DateInput>, 29, 21),
    ("details", draw::<Details>, 7, 3),
    ("error-message", draw::<ErrorMessage>, 7, 2),
    ("error-summary", draw::<ErrorSummary>, 15, 4),
    ("fieldset", draw::<Fieldset>, 16, 2),
    ("file-upload", draw::<FileUpload>, 15, 7),
    ("hint", draw::<Hint>, 5, 1),
    ("input", draw::<Input>, 40, 5),
    ("inset-text", draw::<InsetText>, 5, 1),
    ("label", draw::<Label>, 16, 1),
    ("notification-banner", draw::<NotificationBanner>, 16, 5),
    ("pagination", draw::<Pagination>, 13, 2),
    ("panel", draw::<Panel>, 6, 13),
    ("password-input", draw::<PasswordInput>, 11, 1),
    ("radios", draw::<Radios>, 32, 11),
    ("select", draw::<Select>, 17, 2),
    ("skip-link", draw::<SkipLink>, 8, 1),
    ("summary-list", draw::<SummaryList>, 16, 14),
    ("table", draw::<Table>, 18, 3),
    ("tabs", draw::<Tabs>, 10, 4),
    ("tag", draw::<Tag>, 11, 1),
    ("task-list", draw::<TaskList>, 9, 2),
    ("textarea", draw::<Textarea>, 18, 0),
    ("warning-text", draw::<WarningText>, 7, 1),
];

/// Numbers where HTML has texts anyway.
fn with_texts(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(with_texts),
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::Number(number) if ["value", "text"].contains(&name.as_str()) => {
                        *value = Value::String(number.to_string());
                    }
                    other => with_texts(other),
                }
            }
        }
        _ => {}
    }
}

/// Fixtures that ours read and draw otherwise, each with why.
const OTHERWISE: [(&str, &str); 1] = [
    // An empty list of parts is an empty date here, and the day, the month and the year there.
    ("date-input", "with empty items"),
];

fn fixtures(component: &str) -> Vec<Value> {
    let folder = tools::folder().join("npm/node_modules/govuk-frontend/dist/govuk/components");
    let path = folder.join(component).join("fixtures.json");
    let text = std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: run tests/run, which installs it", path.display()));
    let mut all: Value = serde_json::from_slice(&text).expect("JSON");
    all["fixtures"].as_array_mut().map(std::mem::take).expect("fixtures")
}

#[test]
fn our_templates_draw_what_govuk_frontend_draws() {
    let templates = Templates::built_in().expect("templates");
    let (mut faults, mut counts) = (Vec::new(), Vec::new());
    for (component, draw, same, left_out) in COMPONENTS {
        let (mut drawn, mut skipped) = (0, Vec::new());
        for mut fixture in fixtures(component) {
            let mut options = fixture["options"].take();
            with_texts(&mut options);
            let name = fixture["name"].as_str().expect("a name").to_owned();
            let known = !OTHERWISE.contains(&(component, name.as_str()));
            let Some(ours) = known.then(|| draw(&templates, component, options)).flatten() else {
                skipped.push(name);
                continue;
            };
            drawn += 1;
            let (ours, theirs) = (lines(&ours), lines(fixture["html"].as_str().expect("html")));
            if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at)) {
                faults.push(format!(
                    "{component}, {name}:\n  ours   {:?}\n  theirs {:?}",
                    ours.get(at),
                    theirs.get(at)
                ));
            }
        }
        if (drawn, skipped.len()) != (same, left_out) {
            counts.push(format!(
                "    ({component:?}, {drawn}, {}), left out: {}",
                skipped.len(),
                skipped.join("; ")
            ));
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
    assert!(counts.is_empty(), "other fixtures are drawn:\n{}", counts.join("\n"));
}
