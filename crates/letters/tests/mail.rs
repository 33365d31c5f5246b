//! Enters: clear values and mail templates. Leaves: proof that a cover email says just what it should.

use crate::catalogue::{note, note_files};
use despatch_core::fault::Fault;
use despatch_letters::catalogue::{CLEAR_FIELDS, Catalogue};
use despatch_letters::render::mail::{ClearMail, Mail, Mailer};
use serde_json::Value;

fn values() -> ClearMail {
    ClearMail {
        marking: "OFFICIAL SENSITIVE".to_owned(),
        reference: "EMR-2026-0142".to_owned(),
        despatch: "17-3".to_owned(),
        dated: Some("23 Nov 2026".to_owned()),
        your_reference: None,
        recipient: "Brook House DET".to_owned(),
        organisation: "Home Office".to_owned(),
        team: "Detained Medical Reports Team".to_owned(),
        team_email: "dmrt@homeoffice.example.invalid".to_owned(),
        team_telephone: "020 7946 0000".to_owned(),
        action_by: Some("Tuesday 24 November 2026".to_owned()),
        opening: "age",
        documents: 3,
        demo: true,
        handling: "Keep it safe.".to_owned(),
    }
}

fn write(file: &str, template: Option<&str>, values: &ClearMail) -> Result<Mail, Fault> {
    let mut files = note_files();
    if let Some(template) = template {
        files.insert(format!("note/{file}"), template.as_bytes().to_vec());
    }
    let catalogue = Catalogue::from_files(files).unwrap();
    Mailer::new(&catalogue).unwrap().write(&note(), values)
}

#[test]
fn the_fields_that_templates_may_use_are_those_of_a_clear_email() {
    let Value::Object(fields) = serde_json::to_value(values()).unwrap() else { panic!() };
    let mut allowed = CLEAR_FIELDS;
    allowed.sort_unstable();
    assert_eq!(fields.keys().collect::<Vec<_>>(), allowed.iter().collect::<Vec<_>>());
}

#[test]
fn a_cover_email_has_a_subject_text_without_trailing_spaces_and_html() {
    let mail = write("", None, &values()).unwrap();
    assert_eq!(mail.subject, "OFFICIAL SENSITIVE: EMR-2026-0142");
    assert_eq!(mail.text, "OFFICIAL SENSITIVE\n\nTo Brook House DET\nBy Tuesday 24 November 2026\n");
    assert!(mail.html.contains("<p>Detained Medical Reports Team here</p>"), "{}", mail.html);
}

#[test]
fn markup_in_a_value_is_plain_in_text_and_escaped_in_html() {
    for (value, escaped) in [
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("{{team}} {{{team}}} {{> foot}}", "{{team}} {{{team}}} {{&gt; foot}}"),
        ("\" onload=\"x", "&quot; onload&#x3D;&quot;x"),
        ("Smith & Co", "Smith &amp; Co"),
    ] {
        let values = ClearMail { recipient: value.to_owned(), ..values() };
        let mail = write("", None, &values).unwrap();
        assert!(mail.text.contains(&format!("To {value}\n")), "{}", mail.text);
        assert!(mail.html.contains(&format!("<p>{escaped}</p>")), "{}", mail.html);
    }
}

#[test]
fn a_mail_that_breaks_a_rule_is_refused_with_its_place() {
    let long = "x".repeat(78);
    for (file, template, at, code) in [
        ("subject.hbs", "{{marking}}\n{{reference}}", "templates/note/subject.hbs", "mail.subject"),
        ("subject.hbs", &format!("{{{{marking}}}} {long}"), "templates/note/subject.hbs", "mail.subject"),
        ("subject.hbs", "Re: {{marking}}", "templates/note/subject.hbs", "mail.marking"),
        ("body.txt.hbs", "Hello\n{{marking}}", "templates/note/body.txt.hbs", "mail.marking"),
        ("body.txt.hbs", "{{marking}}\n\tx", "templates/note/body.txt.hbs", "mail.control"),
        (
            "body.html.hbs",
            "<body><p>Hello</p>{{marking}} {{> foot label=1}}",
            "templates/note/body.html.hbs",
            "mail.marking",
        ),
    ] {
        let fault = write(file, Some(template), &values()).unwrap_err();
        assert_eq!((fault.at.as_str(), fault.code), (at, code), "{template}");
    }
}

#[test]
fn a_value_with_a_line_break_is_refused_and_named() {
    for bad in ["A\nBcc: b@example.invalid", "A\rB", "A\u{0}B", "A\u{85}B"] {
        let values = ClearMail { recipient: bad.to_owned(), ..values() };
        let fault = write("", None, &values).unwrap_err();
        assert_eq!((fault.at.as_str(), fault.code), ("/recipient", "mail.control"), "{bad:?}");
        assert!(!fault.to_string().contains("Bcc"));
    }
}

/// RFC 5322, section 2.1.1.
const LINE: usize = 78;

#[test]
fn a_long_value_goes_on_below_itself_and_a_long_marking_leaves_room_for_the_reference() {
    let long =
        "The Honourable Society of Very Long Names and of Those Who Have to Write Them Down, Second Floor";
    let marking =
        "OFFICIAL-SENSITIVE - RECIPIENTS ONLY - PERSONAL DATA - LEGAL PROFESSIONAL PRIVILEGE".to_owned();
    let values = ClearMail { recipient: long.to_owned(), marking: marking.clone(), ..values() };
    let mail = write("", None, &values).unwrap();
    assert!(mail.text.lines().all(|line| line.chars().count() < LINE), "{}", mail.text);
    assert!(mail.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(long), "{}", mail.text);
    assert_eq!(mail.subject, "OFFICIAL-SENSITIVE: EMR-2026-0142", "the whole marking stands in the text");
    assert!(mail.text.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(&marking));
}
