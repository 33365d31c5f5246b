//! Enters: the built-in templates, and bad ones. Leaves: proof that the built-in ones hold the rules, and that each rule
//! can fail.

use despatch_pages::components::{Choice, Field, Input, Pagination, Radios, id_of};
use despatch_pages::lint::check;
use despatch_pages::render::{Templates, texts};
use serde_json::json;

fn codes(name: &str, text: &str) -> Vec<String> {
    let layout = ("_shared/layout".to_owned(), "{{> @partial-block}}".to_owned());
    let faults = check(&[layout, (name.to_owned(), text.to_owned())]);
    faults.into_iter().map(|fault| format!("{} {}", fault.at, fault.code)).collect()
}

#[test]
fn every_built_in_template_holds_the_rules() {
    let faults = check(&texts());
    assert!(faults.is_empty(), "{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    assert!(texts().len() > 30, "the templates were not found");
}

#[test]
fn a_template_that_breaks_a_rule_is_found() {
    let framed = |inside: &str| format!("{{{{#> _shared/layout}}}}\n{inside}\n{{{{/_shared/layout}}}}\n");
    assert_eq!(codes("a/b", &framed("<p>{{page.x}}</p>")), [""; 0]);
    assert_eq!(codes("a/b", "<p>{{page.x}}</p>"), ["pages/a/b.hbs:1 page.layout"]);
    assert_eq!(codes("a/_b", "<p>{{page.x}}</p>"), [""; 0]);
    for (inside, code) in [
        ("<p>{{{page.x}}}</p>", "pages/a/b.hbs:2:4 page.forbidden"),
        ("<p>{{&page.x}}</p>", "pages/a/b.hbs:2:4 page.forbidden"),
        ("<p style=\"color: red\">", "pages/a/b.hbs:2 page.inline"),
        ("<p onclick=\"go()\">", "pages/a/b.hbs:2 page.inline"),
        ("<script>go()</script>", "pages/a/b.hbs:2 page.inline"),
        ("<style>p { color: red }</style>", "pages/a/b.hbs:2 page.inline"),
        ("<a href=\"javascript:go()\">", "pages/a/b.hbs:2 page.inline"),
        ("<img src=\"https://example.invalid/a.png\">", "pages/a/b.hbs:2 page.outside"),
        ("{{> _shared/nothing}}", "pages/a/b.hbs:2:1 page.forbidden"),
        ("{{first}}", "pages/a/b.hbs:2:1 page.forbidden"),
        ("{{shout page.x}}", "pages/a/b.hbs:2:1 page.forbidden"),
        ("{{#if (shout page.x)}}a{{/if}}", "pages/a/b.hbs:2:1 page.forbidden"),
    ] {
        assert_eq!(codes("a/b", &framed(inside)), [code], "of {inside}");
    }
    let broken = codes("a/b", &framed("{{#if page.x}}"));
    assert!(broken.iter().any(|code| code.ends_with("page.syntax")), "{broken:?}");
}

#[test]
fn a_value_is_always_escaped_and_a_missing_one_is_a_fault() {
    let templates = Templates::built_in().expect("templates");
    let hostile = "\"><script>alert(1)</script>";
    let input = Input::new("name", hostile).value(hostile).hint(hostile).error(Some(hostile));
    let html = templates.render("_shared/govuk/input", &input).expect("an input");
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches("&lt;script&gt;").count(), 4, "{html}");
    let fault = templates.render("_shared/govuk/tag", &json!({})).expect_err("a value is missing");
    assert_eq!(fault.code, "page.template");
    assert!(templates.render("nothing", &json!({})).is_err());
}

#[test]
fn what_is_asked_further_stands_below_its_answer() {
    let templates = Templates::built_in().expect("templates");
    let further = Input::new("other", "Which other?");
    let choices = vec![
        Choice::new("a", "This"),
        Choice::new("b", "Another").asks(vec![Field::Input(further)]).checked(true),
    ];
    let fields = vec![Field::Radios(Radios::new("/which/one", "Which one?", choices))];
    let html = templates.render("_shared/fields", &fields).expect("fields");
    let at = |piece: &str| html.find(piece).unwrap_or_else(|| panic!("no {piece} in {html}"));
    assert!(at("id=\"conditional-which-one-2\"") < at("Which other?"));
}

#[test]
fn ids_are_made_of_names() {
    assert_eq!(id_of("/person/name"), "person-name");
    assert_eq!(id_of("dates[2]"), "dates-2");
}

#[test]
fn a_long_list_of_pages_has_gaps() {
    let pages = |current, last| {
        let Some(pagination) = Pagination::of(current, last, |page| format!("?page={page}")) else {
            return "none".to_owned();
        };
        let shown = pagination.items.iter().map(|item| match (item.number, item.current) {
            (Some(number), true) => format!("[{number}]"),
            (Some(number), false) => number.to_string(),
            (None, _) => "…".to_owned(),
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(pages(1, 1), "none");
    assert_eq!(pages(1, 3), "[1] 2 3");
    assert_eq!(pages(6, 40), "1 … 5 [6] 7 … 40");
    assert_eq!(pages(40, 40), "1 … 39 [40]");
}
