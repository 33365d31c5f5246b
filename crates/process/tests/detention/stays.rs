//! How long somebody may stay where: who authorises what goes on, what is normal and no limit, and what ends at midnight.

use super::super::day;
use super::path::{Path, made, review, with};
use super::paths::pregnant;
use despatch_process::DeadlineRule;
use despatch_process::detention::{Authority, LondonTime};
use serde_json::json;

#[test]
fn a_stay_in_a_police_cell_over_two_nights_needs_an_seo_and_its_form_a_person() {
    let mut path = Path::begins("kirk-street", "2026-06-05T23:30+01:00", &json!({}));
    let stay = |path: &Path| -> Vec<String> {
        path.clocks().into_iter().filter(|clock| clock.starts_with("stay_")).collect()
    };
    assert_eq!(stay(&path), ["stay_authority 2026-06-07T23:30+01:00", "stay_limit 2026-06-10T23:30+01:00"]);
    let plan = path.on("Saturday 6 June 2026", &review("24h", "2026-06-06", "SEO"));
    assert_eq!(made(&plan), ["is-151f to det, held: person_decides"]);
    let both = stay(&path);
    // What a file says of an authority is no authority: the clock goes on until the signed paper is there.
    let arrives = |grade: &str, attached: &[&str]| {
        json!({ "type": "arrived", "arrived_at": "2026-06-07T10:00+01:00", "attached": attached,
                "authorised": { "name": "Rowan Example", "grade": grade, "cover": "none", "on": "2026-06-07" } })
    };
    for (file, lack) in [
        (arrives("SEO", &[]), "a file cannot assert who signed"),
        (arrives("HEO", &["stay_authority"]), "it was authorised by a grade below that"),
    ] {
        let plan = path.on("Sunday 7 June 2026", &file);
        assert_eq!(stay(&path), both, "a move to another cell restarts nothing, and authorises nothing");
        assert!(plan.warnings.iter().any(|words| words.contains(lack)), "{:?}", plan.warnings);
        assert_eq!(plan.recorded.awaits_authority(), Some(Authority::SEO));
        path.history.events.pop();
    }
    path.on("Sunday 7 June 2026", &arrives("SEO", &["stay_authority"]));
    assert_eq!(stay(&path), ["stay_limit 2026-06-10T23:30+01:00"]);
}

#[test]
fn a_stay_that_somebody_authorises_by_their_account_needs_no_paper() {
    let mut path = Path::begins("kirk-street", "2026-06-05T23:30+01:00", &json!({}));
    let stay = |path: &Path| -> Vec<String> {
        path.clocks().into_iter().filter(|clock| clock.starts_with("stay_")).collect()
    };
    let reviews = path.next_review();
    let began = path.history.events.last_mut().expect("the beginning");
    assert_eq!(began.recorded.awaits_authority(), Some(Authority::SEO));
    began.recorded.authorise();
    assert_eq!(stay(&path), ["stay_limit 2026-06-10T23:30+01:00"]);
    assert_eq!(path.next_review(), reviews, "nothing else of it changes");
    // It holds for the whole stay, and is over with it.
    let arrival = |at: &str| json!({ "type": "arrived", "arrived_at": at });
    let plan = path.on("Sunday 7 June 2026", &arrival("2026-06-07T10:00+01:00"));
    assert_eq!((stay(&path).len(), plan.recorded.awaits_authority()), (1, None));
    let began = path.history.events[0].recorded.clone();
    assert!(began.is_overtaken_by(&plan.recorded));
    path.at("brook-house").on("Monday 8 June 2026", &arrival("2026-06-08T10:00+01:00"));
    assert_eq!(stay(&path), [""; 0]);
    let plan = path.at("kirk-street").despite().on("Tuesday 9 June 2026", &arrival("2026-06-09T10:00+01:00"));
    assert_eq!(plan.recorded.awaits_authority(), Some(Authority::SEO), "another stay needs another");
}

#[test]
fn a_minister_whom_a_file_names_extends_nothing_until_what_they_signed_is_there() {
    for (attached, until) in [
        (json!([]), "pregnancy_limit 2026-05-06T18:20+01:00"),
        (json!(["minister_authority"]), "pregnancy_limit 2026-05-10T18:20+01:00"),
    ] {
        let mut path = Path::begins("brook-house", "2026-05-01T09:00+01:00", &json!({}));
        let event = with(pregnant("2026-05-03T18:20+01:00"), "minister_on", json!("2026-05-03"));
        let proved = attached != json!([]);
        let plan = path.on("Sunday 3 May 2026", &with(event, "attached", attached));
        assert!(path.clocks().contains(&until.to_owned()), "{:?}", path.clocks());
        let told = plan.warnings.iter().any(|words| words.contains("a file cannot assert that"));
        assert_ne!(told, proved, "{:?}", plan.warnings);
    }
    let mut path = Path::begins("brook-house", "2026-05-01T09:00+01:00", &json!({}));
    path.on("Sunday 3 May 2026", &pregnant("2026-05-03T18:20+01:00"));
    let bare = json!({ "type": "minister_authorised", "on": "2026-05-05", "extends": "pregnancy" });
    assert_eq!(path.refuses("5 May 2026", &bare), ["/attachments attachment.needed"]);
}

#[test]
fn who_is_released_from_sentence_in_northern_ireland_is_normally_moved_within_24_hours() {
    let offender = json!({ "team": "fno_rc", "origin": "prison" });
    let of_stay = |path: &Path| -> Vec<String> {
        path.clocks().into_iter().filter(|clock| clock.starts_with("stay_norm")).collect()
    };
    let norm = ["stay_norm 2026-03-17T14:00+00:00"];
    for (place, more, expected) in [
        ("lagan", offender.clone(), &norm[..]),
        ("kirk-street", offender.clone(), &norm[..]),
        // Elsewhere, at the facility itself, and of others nothing is said.
        ("northmoor", offender.clone(), &[]),
        ("glenfern", offender.clone(), &[]),
        ("larne-house", offender.clone(), &[]),
        ("lagan", json!({ "team": "fno_rc", "origin": "community" }), &[]),
        ("lagan", json!({ "team": "non_fno", "origin": "prison" }), &[]),
    ] {
        let path = Path::begins(place, "2026-03-16T14:00+00:00", &more);
        assert_eq!(of_stay(&path), expected, "{place} {more}");
    }
    // It is no limit: late, it is told, and nothing that maintains detention waits for it.
    let mut path = Path::begins("lagan", "2026-03-16T14:00+00:00", &offender);
    let plan = path.on("13 April 2026", &review("m1", "2026-04-13", "SEO"));
    assert_eq!(made(&plan), ["is-151f to ost"]);
    let arrival = json!({ "type": "arrived", "arrived_at": "2026-04-14T10:00+01:00" });
    let plan = path.at("larne-house").on("14 April 2026", &arrival);
    assert_eq!(of_stay(&path), [""; 0], "once they are moved it is over");
    assert!(plan.recorded.clocks.iter().any(|clock| clock.rule == DeadlineRule::StayLimit));
    let mut path = Path::begins("northmoor", "2026-03-16T14:00+00:00", &offender);
    let arrival = json!({ "type": "arrived", "arrived_at": "2026-03-19T10:00+00:00" });
    let plan = path.at("lagan").on("19 March 2026", &arrival);
    let late = |words: &String| words.contains("ended on Tuesday 17 March 2026, 2pm: have the person moved");
    assert!(plan.warnings.iter().any(late), "{:?}", plan.warnings);
    assert!(plan.warnings.iter().all(|words| !words.contains("may not be kept")), "{:?}", plan.warnings);
}

/// Midnight belongs to two days: what ends then ends with the day before, and each page says so.
#[test]
fn a_limit_that_ends_at_midnight_ends_with_the_day_before() {
    let path = Path::begins("quay-side", "2026-03-02T00:00+00:00", &json!({}));
    let plan = path.began.as_ref().expect("the beginning");
    let of = |rule| plan.recorded.clocks.iter().find(|clock| clock.rule == rule).expect("a clock");
    let limit = of(DeadlineRule::StayLimit);
    assert_eq!(
        (limit.due, limit.at.map(|at| at.to_string())),
        (day("2 March 2026"), Some("2026-03-03T00:00+00:00".to_owned()))
    );
    assert!(limit.task().ends_with("; due by midnight at the end of the day"), "{}", limit.task());
    assert_eq!(
        limit.arithmetic,
        "from Monday 2 March 2026, midnight at the start of the day to Monday 2 March 2026, midnight at the end of the day"
    );
    assert_eq!(of(DeadlineRule::DetentionReview).due, day("2 March 2026"));
    let at = limit.at.expect("a moment");
    assert_eq!(at.last_minute().to_string(), "2026-03-02T23:59+00:00");
    // On the day itself what maintains detention is made, and the plan says by which hour it must go; after it, it is not.
    for (today, made_then, lapse) in [
        (
            "2 March 2026",
            &["is-151f-sthf to det"][..],
            "lapses today, on Monday 2 March 2026, midnight at the end of the day",
        ),
        ("3 March 2026", &[], "lapsed on Monday 2 March 2026, midnight at the end of the day"),
    ] {
        let mut path = Path::begins("quay-side", "2026-03-02T00:00+00:00", &json!({}));
        let plan = path.on(today, &review("24h", "2026-03-02", "SEO"));
        assert_eq!(made(&plan), made_then, "{today}");
        assert!(plan.warnings.iter().any(|words| words.contains(lapse)), "{today}: {:?}", plan.warnings);
    }
    // Any other time of day is its own.
    let noon: LondonTime = "2026-03-02T12:00+00:00".parse().expect("a moment");
    assert_eq!(
        (noon.end_words(), noon.last_day()),
        ("Monday 2 March 2026, midday".to_owned(), day("2 March 2026"))
    );
    assert_eq!(noon.last_minute(), noon);
}
