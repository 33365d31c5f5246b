//! Who may sign, what waits for it, and what is refused with its place and cure.

use super::super::day;
use super::path::{Path, made, review, served, with};
use despatch_process::detention::{Authority, Cover, Signer};
use serde_json::{Value, json};

/// Month 6 is next: it needs a Grade 7.
fn at_month_six() -> Path {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    path.despite().on("4 May 2026", &review("m5", "2026-05-04", "SEO"));
    path
}

fn signed(grade: &str, cover: &str, covered: Value) -> Value {
    let signer = json!({ "name": "Rowan Example", "grade": grade, "cover": cover, "covered": covered, "on": "2026-06-01" });
    with(review("m6", "2026-06-01", "SEO"), "authorised", signer)
}

#[test]
fn a_letter_waits_until_somebody_signed_who_may() {
    let ok = ["is-151f to det"];
    let held = ["is-151f to det, held: authority"];
    let unattached = with(signed("G7", "none", Value::Null), "attached", json!([]));
    let unsigned = with(signed("G7", "none", Value::Null), "authorised", Value::Null);
    for (event, expected) in [
        (signed("G7", "none", Value::Null), ok),
        (signed("G6", "none", Value::Null), ok),
        (signed("assistant_director", "none", Value::Null), ok),
        (signed("SEO", "TCA", json!("G7")), ok),
        (signed("SEO", "HRA", json!("G7")), ok),
        (signed("SEO", "none", Value::Null), held),
        (signed("HEO", "TCA", json!("SEO")), held),
        (unattached, held),
        (unsigned, held),
    ] {
        let mut path = at_month_six();
        let before = path.clocks();
        let plan = path.on("1 June 2026", &event);
        assert_eq!(made(&plan), expected, "{event}");
        let done = path.next_review().1.starts_with("monthly review 7");
        assert_eq!(done, expected == ok, "{event}");
        if expected == held {
            assert_eq!(path.clocks(), before, "the clock goes on");
            let hold = plan.despatches[0].hold.as_ref().expect("a hold");
            assert!(hold.firm && hold.words.contains("a Grade 7 or above"), "{hold:?}");
        }
    }
}

#[test]
fn a_review_that_somebody_authorises_later_by_their_account_counts_from_the_day_on_which_it_was_done() {
    let mut path = at_month_six();
    let before = path.clocks();
    let plan = path.on("1 June 2026", &with(signed("G7", "none", Value::Null), "authorised", Value::Null));
    assert_eq!(plan.recorded.awaits_authority(), Some(Authority::G7));
    assert_eq!(path.clocks(), before);
    path.history.events.last_mut().expect("the review").recorded.authorise();
    assert_eq!(path.next_review().1.split(',').next(), Some("monthly review 7"));
    assert_eq!(path.next_review().0, day("29 June 2026"));
    // The letter, made again with that authority, waits for it no more.
    path.history.events.pop();
    path.history.authorised_by =
        Some(Signer { substantive: Authority::SEO, cover: Cover::Hra, covered: Some(Authority::G7) });
    let plan = path.on("1 June 2026", &with(signed("G7", "none", Value::Null), "authorised", Value::Null));
    assert_eq!(made(&plan), ["is-151f to det"]);
    assert_eq!(plan.recorded.awaits_authority(), None);
}

#[test]
fn a_stricter_matter_than_the_table_counts() {
    // The 7-day review needs an HEO, but of the spouse of a British citizen an SEO, and of a separated family more.
    for (matter, grade, waits) in [
        ("spouse_of_british_citizen", "HEO", true),
        ("spouse_of_british_citizen", "SEO", false),
        ("strong_representations", "SEO", true),
        ("strong_representations", "G7", false),
        ("separates_family", "SEO", true),
        ("separates_family", "assistant_director", false),
    ] {
        let mut path = Path::begins("manchester-sthf", "2026-03-02T10:00+00:00", &json!({}));
        path.on("3 March 2026", &review("24h", "2026-03-03", "SEO"));
        let mut event = with(review("7d", "2026-03-06", grade), matter, json!(true));
        if matter == "strong_representations" {
            event = with(event, "spouse_of_british_citizen", json!(true));
        }
        let plan = path.on("6 March 2026", &event);
        let expected = if waits { "is-151f-sthf to det, held: authority" } else { "is-151f-sthf to det" };
        assert_eq!(made(&plan), [expected], "{matter} by {grade}");
    }
}

#[test]
fn a_release_makes_no_letter_that_maintains_detention_and_waits_for_nothing() {
    let mut path = at_month_six();
    let release =
        with(with(review("m6", "2026-06-01", "HEO"), "outcome", json!("release")), "reasons", Value::Null);
    let plan = path.on("1 June 2026", &release);
    assert_eq!(made(&plan), [""; 0]);
    assert!(plan.warnings.iter().all(|words| !words.contains("needs the authority")), "{:?}", plan.warnings);
    // Nobody authorised it yet: that is said, and holds nothing.
    let mut path = at_month_six();
    let plan = path.on("1 June 2026", &with(release.clone(), "authorised", Value::Null));
    assert!(
        plan.warnings.iter().any(|words| words.contains("an HEO or CIO") || words.contains("a HEO or CIO")),
        "{:?}",
        plan.warnings
    );
    // A record that does not know the beginning keeps no release back.
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    path.history.events.clear();
    let plan = path.on("1 June 2026", &release);
    assert!(plan.warnings.iter().any(|words| words.contains("keeps no release back")), "{:?}", plan.warnings);
}

#[test]
fn changed_reasons_call_for_a_new_is91r() {
    let mut path = at_month_six();
    let plan =
        path.on("1 June 2026", &with(signed("G7", "none", Value::Null), "reasons_changed", json!(true)));
    assert!(plan.notes.iter().any(|note| note.contains("a new IS91R is needed")), "{:?}", plan.notes);
}

#[test]
fn a_rejected_panel_stands_in_the_next_review() {
    let mut path = at_month_six();
    let panel = json!({ "type": "panel_recommended", "on": "2026-05-20", "recommendation": "release",
                        "accepted": false, "rejection": "A removal is booked." });
    let plan = path.on("20 May 2026", &panel);
    assert_eq!(made(&plan), ["panel-answer to panel_team"]);
    assert!(path.clocks().contains(&"case_panel 2026-08-20".to_owned()));
    let silent = signed("G7", "none", Value::Null);
    assert_eq!(path.refuses("1 June 2026", &silent), ["/event/panel_rejection history.panel"]);
    path.on("1 June 2026", &with(silent, "panel_rejection", json!("A removal is booked.")));
    let next = with(review("m7", "2026-06-29", "G7"), "stage", json!("m7"));
    path.on("29 June 2026", &next);
}

#[test]
fn what_contradicts_itself_or_the_record_is_refused_at_its_place() {
    let month = |name: &str, value: Value| with(signed("G7", "none", Value::Null), name, value);
    let future = json!({ "name": "Rowan Example", "grade": "G7", "cover": "none", "on": "2026-06-02" });
    for (event, faults) in [
        (month("done_on", json!("2026-06-02")), "/event/done_on date.future"),
        (month("authorised", future), "/event/authorised/on date.future"),
        (signed("EO", "none", Value::Null), "/event/authorised/grade authority.grade"),
        (signed("SEO", "acting_up", json!("G7")), "/event/authorised/cover value.choice"),
        (signed("G7", "TCA", json!("SEO")), "/event/authorised/covered fact.authority"),
        (signed("SEO", "TCA", Value::Null), "/event/authorised/covered fact.authority"),
        (month("stage", json!("month 6")), "/event/stage value.pattern"),
        (month("stage", json!("m8")), "/event/stage history.review_order"),
        (month("stage", json!("m5")), "/event/stage history.twice"),
        (month("stage", json!("7d")), "/event/stage history.review_order"),
        (month("reasons", Value::Null), "/event/reasons fact.reasons"),
        (month("child_welfare", json!("It was considered.")), "/event/tier_1_training fact.reasons"),
        (served("2026-06-02T12:00+01:00"), "/event/served_at date.future"),
        (served("2026-06-01T12:00+00:00"), "/event/served_at value.moment"),
        (served("2026-01-11T12:00+00:00"), "/event/served_at history.order"),
    ] {
        let mut path = at_month_six();
        assert_eq!(path.refuses("1 June 2026", &event), [faults], "{event}");
    }
}

#[test]
fn a_stage_that_the_team_does_not_have_is_refused() {
    let mut path = Path::begins("brook-house", "2026-03-02T10:00+00:00", &json!({ "team": "fno_rc" }));
    assert_eq!(
        path.refuses("3 March 2026", &review("24h", "2026-03-03", "SEO")),
        ["/event/stage review.stage"]
    );
}

#[test]
fn a_clock_without_its_start_and_a_case_of_another_family_are_refused() {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    let began = path.history.events.clone();
    path.history.events.clear();
    for event in [
        review("m1", "2026-02-09", "SEO"),
        served("2026-02-09T12:00+00:00"),
        json!({ "type": "material_change", "on": "2026-02-09", "what": "The appeal was allowed." }),
        json!({ "type": "arrived", "arrived_at": "2026-02-09T12:00+00:00" }),
    ] {
        assert_eq!(path.refuses("9 February 2026", &event), ["/event/type detention.no_start"], "{event}");
    }
    path.history.events = began;
    let died = json!({ "type": "died", "on": "2026-02-09" });
    assert_eq!(path.refuses("9 February 2026", &died), ["/event/type case.family"]);
    path.history.events.clear();
    assert_eq!(path.refuses("9 February 2026", &died), ["/event/type pack.event"]);
}

#[test]
fn the_beginning_is_checked_against_the_case() {
    let mut path = Path::begins("brook-house", "2026-01-12T10:00+00:00", &json!({}));
    let again = json!({
        "type": "detention_began", "detained_at": "2026-01-11T10:00+00:00", "origin": "community",
        "team": "non_fno", "power": "paragraph 16(2)", "age": "adult", "nationality_code": "Eritrean",
    });
    assert_eq!(path.refuses("13 January 2026", &again), ["/event/nationality_code value.pattern"]);
    let again = with(again, "nationality_code", json!("ER"));
    assert_eq!(
        path.refuses("13 January 2026", &again),
        ["/event/detained_at detention.since", "/event/type history.twice"]
    );
}

#[test]
fn an_office_that_leaves_a_field_out_of_its_pack_refuses_it_in_files() {
    let mut path = at_month_six();
    for event in &mut path.pack.events {
        event.fields.remove("separates_family");
    }
    let event = with(signed("G7", "none", Value::Null), "separates_family", json!(false));
    assert_eq!(path.refuses("1 June 2026", &event), ["/event/separates_family pack.field"]);
}

#[test]
fn evidence_asks_for_a_review_and_shows_what_does_not_weigh() {
    let mut path = at_month_six();
    let evidence = json!({ "type": "vulnerability_evidence", "on": "2026-05-20", "source": "official",
        "harm_stated": true, "indicators": "As the report says.", "level": "3",
        "factors": [{ "factor": "non_compliance" }, { "factor": "removal_set" }] });
    let plan = path.on("20 May 2026", &evidence);
    assert_eq!(made(&plan), ["review-request to review_authoriser"]);
    let weighs: Vec<&String> =
        plan.warnings.iter().filter(|words| words.contains("does not weigh")).collect();
    assert_eq!(weighs.len(), 1, "{:?}", plan.warnings);
    assert!(weighs[0].contains("non-compliance suggests"), "{weighs:?}");
}
