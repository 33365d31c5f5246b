//! Enters: small templates, whole and broken. Leaves: proof that every fault is told, with its place.

use despatch_core::words::{KindName, Role};
use despatch_letters::catalogue::{Catalogue, MAIL};
use serde_json::json;
use std::collections::BTreeMap;

const KIND: &str = r#"title = "A note"
summary = "Says one thing."
roles = ["doctor", "det"]
needs = ["/person/name", "/event/appointment"]
"#;
const NOTE: &str = "#import \"/_shared/frame.typ\": frame\n#let document(data) = frame(data.text)\n";

/// The files of one small, whole kind.
pub(crate) fn note_files() -> BTreeMap<String, Vec<u8>> {
    [
        ("_shared/frame.typ", "#let frame(body) = [\n  = Note\n  #body\n]\n"),
        ("_shared/foot.hbs", "<p>{{team}} {{label}}</p>\n"),
        ("note/kind.toml", KIND),
        ("note/cover-note.typ", NOTE),
        ("note/subject.hbs", "{{marking}}: {{reference}}\n"),
        (
            "note/body.txt.hbs",
            "{{marking}}\n\nTo {{recipient}}   \n{{#if action_by}}By {{action_by}}\n{{/if}}\n\n",
        ),
        (
            "note/body.html.hbs",
            "<html><head><title>x</title></head><body><p>{{marking}}</p>\n<p>{{recipient}}</p>\n{{> foot label=\"here\"}}</body></html>\n",
        ),
        ("note/examples/one.json", "{}"),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .collect()
}

pub(crate) fn note() -> KindName {
    "note".parse().unwrap()
}

#[test]
fn a_whole_kind_is_found_with_its_words() {
    let catalogue = Catalogue::from_files(note_files()).unwrap();
    let kind = catalogue.kind(&note()).unwrap();
    assert_eq!((kind.title.as_str(), kind.documents.len(), kind.overlaid), ("A note", 0, false));
    assert_eq!(kind.roles, [Role::Doctor, Role::Det]);
    assert!(catalogue.files().contains_key("/note/cover-note.typ"));
    assert!(!catalogue.files().contains_key("/note/kind.toml"));
}

#[test]
fn what_a_kind_needs_and_the_data_lacks_is_named() {
    let catalogue = Catalogue::from_files(note_files()).unwrap();
    let kind = catalogue.kind(&note()).unwrap();
    let data = json!({"person": {"name": "A"}, "event": {"appointment": null}});
    assert_eq!(kind.missing_needs(&data), ["/event/appointment"]);
    assert_eq!(kind.missing_needs(&json!({})), ["/person/name", "/event/appointment"]);
}

#[test]
fn the_fingerprint_covers_the_kind_and_what_it_shares_and_nothing_else() {
    let fingerprint = |files| Catalogue::from_files(files).unwrap().fingerprint(&note());
    let before = fingerprint(note_files());
    for (path, changes) in
        [("note/subject.hbs", true), ("_shared/frame.typ", true), ("other/subject.hbs", false)]
    {
        let mut files = note_files();
        for (path, text) in note_files() {
            if let Some(rest) = path.strip_prefix("note/") {
                files.insert(format!("other/{rest}"), text);
            }
        }
        files.get_mut(path).unwrap().extend(b" ");
        assert_eq!(fingerprint(files) != before, changes, "{path}");
    }
}

/// A file, what is put there (nothing: taken away), and the fault: its place and its code.
type Broken = (&'static str, Option<&'static [u8]>, &'static str, &'static str);

#[rustfmt::skip]
const BROKEN: &[Broken] = &[
    ("note/kind.toml", None, "templates/note/kind.toml", "catalogue.missing_file"),
    ("note/cover-note.typ", None, "templates/note/cover-note.typ", "catalogue.missing_file"),
    ("note/subject.hbs", None, "templates/note/subject.hbs", "catalogue.missing_file"),
    ("note/kind.toml", Some(b"title = \"A\"\nsummary = [\n"), "templates/note/kind.toml:2:", "catalogue.toml"),
    ("note/kind.toml", Some(b"title = \"A\"\nsummary = \"B\"\nroles = [\"det\"]\nneeds = []\ncolour = 1\n"), "templates/note/kind.toml:5:1", "catalogue.toml"),
    ("note/kind.toml", Some(b"title = \" \"\nsummary = \"B\"\nroles = [\"det\"]\nneeds = []\n"), "templates/note/kind.toml:1:9", "catalogue.toml"),
    ("note/kind.toml", Some(b"title = \"A\"\nsummary = \"B\"\nroles = [\"det\", \"postman\"]\nneeds = []\n"), "templates/note/kind.toml:3:17", "catalogue.role"),
    ("note/kind.toml", Some(b"title = \"A\"\nsummary = \"B\"\nroles = []\nneeds = []\n"), "templates/note/kind.toml:3:9", "catalogue.role"),
    ("note/kind.toml", Some(b"title = \"A\"\nsummary = \"B\"\nroles = [\"det\"]\nneeds = [\"name\"]\n"), "templates/note/kind.toml:4:10", "catalogue.need"),
    ("Note Two/kind.toml", Some(b""), "templates/Note Two", "catalogue.name"),
    ("note/notes.txt", Some(b"x"), "templates/note/notes.txt", "catalogue.file"),
    ("note/more.typ", Some(b"\xff\xfe"), "templates/note/more.typ", "catalogue.utf8"),
    ("note/examples/two.json", Some(b"{\n]"), "templates/note/examples/two.json:2:1", "catalogue.json"),
    ("note/more.typ", Some(b"= Title\n#let x = (1,\n"), "templates/note/more.typ:2:", "template.syntax"),
    ("note/letter.typ", Some(b"= Title\n"), "templates/note/letter.typ", "template.document"),
    ("note/more.typ", Some(b"#let x(t) = [\n  #eval(t)\n]"), "templates/note/more.typ:2:4", "template.forbidden"),
    ("note/more.typ", Some(b"#read(\"/etc/passwd\")"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#let r = read"), "templates/note/more.typ:1:10", "template.forbidden"),
    ("note/more.typ", Some(b"#let s = std\n"), "templates/note/more.typ:1:10", "template.forbidden"),
    ("note/more.typ", Some(b"#json(\"/data.json\")"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#plugin(\"x.wasm\")"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#datetime.today()"), "templates/note/more.typ:1:11", "template.forbidden"),
    ("note/more.typ", Some(b"#import \"@preview/cetz:0.3.0\""), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#import \"../other/x.typ\": y"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#import \"/_shared/gone.typ\": y"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#include \"/etc/passwd\""), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#image(\"/tmp/x.svg\")"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/more.typ", Some(b"#set document(title: \"x\")"), "templates/note/more.typ:1:2", "template.forbidden"),
    ("note/subject.hbs", Some(b"{{marking}}\n{{#if demo}}"), "templates/note/subject.hbs:", "mail.syntax"),
    ("note/subject.hbs", Some(b"{{marking}}\n{{refrence}}"), "templates/note/subject.hbs:2:1", "mail.field"),
    ("note/body.txt.hbs", Some(b"{{marking}}\n\n{{#if actoin_by}}x{{/if}}"), "templates/note/body.txt.hbs:3:1", "mail.field"),
    ("note/body.txt.hbs", Some(b"{{marking}}{{#if (eq documnets 1)}}x{{/if}}"), "templates/note/body.txt.hbs:1:12", "mail.field"),
    ("note/body.txt.hbs", Some(b"{{marking}}{{#if demo}}\n{{#unless demo}}{{nmae}}{{/unless}}{{/if}}"), "templates/note/body.txt.hbs:2:", "mail.field"),
    ("note/body.txt.hbs", Some(b"{{label}}"), "templates/note/body.txt.hbs:1:1", "mail.field"),
    ("note/body.txt.hbs", Some(b"{{#each team}}x{{/each}}"), "templates/note/body.txt.hbs:1:1", "mail.forbidden"),
    ("note/body.txt.hbs", Some(b"{{lookup this \"x\"}}"), "templates/note/body.txt.hbs:1:1", "mail.forbidden"),
    ("note/body.html.hbs", Some(b"<b>{{{recipient}}}</b>"), "templates/note/body.html.hbs:1:4", "mail.unescaped"),
    ("note/body.html.hbs", Some(b"<b>{{&recipient}}</b>"), "templates/note/body.html.hbs:1:4", "mail.unescaped"),
    ("_shared/foot.hbs", Some(b"{{{team}}}"), "templates/_shared/foot.hbs:1:1", "mail.unescaped"),
    ("note/body.html.hbs", Some(b"{{> gone}}"), "templates/note/body.html.hbs:1:1", "mail.partial"),
];

#[test]
fn each_broken_file_is_told_with_its_place() {
    for (path, content, at, code) in BROKEN {
        let mut files = note_files();
        match content {
            Some(content) => drop(files.insert((*path).to_owned(), content.to_vec())),
            None => drop(files.remove(*path)),
        }
        let faults = Catalogue::from_files(files).map(|_| ()).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.at.starts_with(at) && fault.code == *code),
            "{path} {content:?}: {faults:#?}"
        );
    }
}

#[test]
fn all_that_is_broken_is_told_at_once() {
    let mut files = note_files();
    files.insert("note/more.typ".to_owned(), b"#eval(\"1\")\n\n#read(\"x\")".to_vec());
    files.insert("note/subject.hbs".to_owned(), b"{{nmae}} {{{team}}}".to_vec());
    files.remove("note/body.txt.hbs");
    let mut told: Vec<_> =
        Catalogue::from_files(files).map(|_| ()).unwrap_err().into_iter().map(|f| f.at).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "templates/note/body.txt.hbs",
            "templates/note/more.typ:1:2",
            "templates/note/more.typ:3:2",
            "templates/note/subject.hbs:1:1",
            "templates/note/subject.hbs:1:10",
        ]
    );
}

#[test]
fn the_email_is_the_shared_one_unless_a_kind_has_its_own_and_both_are_checked() {
    let mut files = note_files();
    for part in MAIL {
        let text = files.remove(&format!("note/{part}")).unwrap();
        files.insert(format!("_shared/{part}"), text);
    }
    let path = |files: &BTreeMap<String, Vec<u8>>, part| {
        Catalogue::from_files(files.clone()).unwrap().mail_path(&note(), part)
    };
    assert_eq!(MAIL.map(|part| path(&files, part)), MAIL.map(|part| format!("_shared/{part}")));
    files.insert("note/subject.hbs".to_owned(), b"{{marking}}: our own\n".to_vec());
    assert_eq!(path(&files, "subject.hbs"), "note/subject.hbs");
    assert_eq!(path(&files, "body.txt.hbs"), "_shared/body.txt.hbs");
    // The shared email is no piece of another, and is handed nothing.
    files.insert("note/body.html.hbs".to_owned(), b"{{> subject}}".to_vec());
    files.insert("_shared/body.txt.hbs".to_owned(), b"{{marking}}{{label}}".to_vec());
    let faults = Catalogue::from_files(files).map(|_| ()).unwrap_err();
    let told: Vec<_> = faults.iter().map(|fault| (fault.at.as_str(), fault.code)).collect();
    let expected = [
        ("templates/_shared/body.txt.hbs:1:12", "mail.field"),
        ("templates/note/body.html.hbs:1:1", "mail.partial"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn names_that_only_look_like_forbidden_ones_are_allowed() {
    let mut files = note_files();
    let text = "#let f(data) = data.read\n#let g = (read: 1)\n#text(size: 1pt)[read eval]\n";
    files.insert("note/more.typ".to_owned(), text.as_bytes().to_vec());
    files.insert("note/mark.svg".to_owned(), b"<svg/>".to_vec());
    files.insert("note/pic.typ".to_owned(), b"#image(\"mark.svg\", alt: \"x\")".to_vec());
    assert!(Catalogue::from_files(files).is_ok());
}

#[test]
fn an_office_replaces_a_whole_kind_or_adds_one_and_a_link_is_refused() {
    let office = tempfile::tempdir().unwrap();
    let overlay = office.path().join("templates");
    for (path, text) in note_files() {
        let path = overlay.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    assert!(Catalogue::load(Some(&overlay)).unwrap().kind(&note()).unwrap().overlaid);
    std::os::unix::fs::symlink("/etc/hostname", overlay.join("note/link.typ")).unwrap();
    let faults = Catalogue::load(Some(&overlay)).map(|_| ()).unwrap_err();
    assert_eq!(faults[0].at, "templates/note/link.typ");
}

/// No start of the program looks through the templates that came with it.
#[test]
fn the_templates_that_come_with_the_program_stand_up_to_all_that_an_offices_own_must() {
    let ours = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates");
    let looked_through = Catalogue::load(Some(&ours)).unwrap();
    let as_read = Catalogue::load(None).unwrap();
    let kinds = |catalogue: &Catalogue| -> Vec<String> {
        catalogue.kinds().map(|kind| kind.name.to_string()).collect()
    };
    assert_eq!(kinds(&looked_through), kinds(&as_read));
}
