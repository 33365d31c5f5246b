//! Enters: templates whose text lies over text, in a margin or off the paper, and such as look like it. Leaves: proof that
//! the first make no document, in either print, and the others do. Never: a golden picture.

use super::{files, job};
use despatch_letters::render::engine::Engine;

fn fault_of(body: &str, text: &str) -> Option<(String, String)> {
    fault_within(25, body, text)
}

/// The first fault of a document with margins of so many millimetres.
fn fault_within(margin: u32, body: &str, text: &str) -> Option<(String, String)> {
    let letter = format!(
        "#let document(data) = [\n  #set page(paper: \"a4\", margin: {margin}mm)\n  = Letter\n  {body}\n]\n"
    );
    let fault = Engine::new(files(&letter)).pdf(&job(text)).err()?;
    assert_eq!(fault.code(), "render.layout", "{body}: {fault:?}");
    Some((fault.problems[0].at.clone(), fault.problems[0].cause.clone()))
}

#[test]
fn text_over_text_in_a_margin_or_off_the_paper_makes_no_document() {
    const OVER: &str = "one line of text lies over another";
    const MARGIN: &str = "text stands in the margin";
    const OFF: &str = "text runs off the paper";
    let long = "Nnamdi".repeat(30);
    let many = "line \\ ".repeat(80);
    for (what, body, text, cause) in [
        ("over", "#place(dy: 0pt)[#data.text] Other words", "Some words", OVER),
        ("over by half a line", "Some words #place(dy: -6pt)[#data.text]", "Some words", OVER),
        (
            "a box that is too low",
            "#block(height: 1pt, below: 0pt)[#data.text] Other words",
            "Some words",
            OVER,
        ),
        (
            "a column that is too narrow",
            "#grid(columns: (2cm, 4cm), box(width: 6cm)[#data.text], [Other])",
            "A word that is long",
            OVER,
        ),
        ("a block that breaks nowhere", &format!("#block(breakable: false)[{many}]"), "Unseen", OFF),
        ("a word that breaks nowhere", "#data.text", long.as_str(), OFF),
        ("moved to the left", "#move(dx: -12mm)[#data.text]", "Some words", MARGIN),
        ("moved to the right", "#align(right, move(dx: 12mm)[#data.text])", "Some words", MARGIN),
        ("off the top", "#place(top, dy: -25mm)[#data.text]", "Some words", OFF),
    ] {
        let (at, found) = fault_of(body, text).unwrap_or_else(|| panic!("{what} makes a document"));
        assert_eq!(found, cause, "{what}");
        assert!(at.starts_with("templates/note/letter.typ, page "), "{what}: {at}");
        assert!(at.ends_with("with /text") || !body.contains("data.text"), "{what}: {at}");
        assert!(!format!("{at}{found}").contains(text), "a value of the case is told");
    }
}

#[test]
fn what_stands_close_and_is_read_makes_a_document() {
    for body in [
        "#data.text",
        "H#sub[2]O, 1#super[st], #text(size: 6pt)[small], #text(size: 30pt)[large]",
        "#table(columns: 3, ..range(30).map(n => [#data.text #n]))",
        "#grid(columns: (1fr, 1fr), [#data.text], align(right)[#data.text])",
        "#set par(leading: 0.4em); #lorem(200)",
        "#place(top + right)[#data.text]",
        "#data.text \\ ქართული ภาษาไทย العربية עברית हिन्दी বাংলা \\ ქართული ภาษาไทย العربية עברית हिन्दी বাংলা",
    ] {
        assert_eq!(fault_of(body, "Some words"), None, "{body}");
    }
    assert_eq!(
        fault_within(10, "#data.text", "Some words"),
        None,
        "a document with narrow margins of its own"
    );
    assert!(fault_within(3, "#data.text", "Some words").is_some(), "no printer reaches there");
}
