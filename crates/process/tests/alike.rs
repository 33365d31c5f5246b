//! Enters: a place of each kind of which the interim guidance says nothing by name. Leaves: proof that what happens there
//! makes what it makes at the kind that it is like (G12). Never: a gap that nobody is told of.

use super::detention::path;
use super::events::*;
use super::story::{EVERY_PLACE, Story};
use super::{codes, day, the_pack};
use despatch_process::PlaceKind;
use despatch_process::case::Answer::Yes;
use despatch_process::case::{Outcome, Rebooking};
use serde_json::json;
use std::collections::BTreeSet;

/// A place, and one of the kind that the guidance names.
const ALIKE: [(&str, &str); 4] = [
    ("ashdale", "northmoor"),
    ("larch-unit", "northmoor"),
    ("quay-side", "manchester-sthf"),
    ("pier-lodge", "manchester-sthf"),
];

/// Everything that the process makes of a person who is there: in a prison to the records, elsewhere until they are moved.
fn all_made(place: &str) -> Vec<String> {
    let kind = EVERY_PLACE.get(&place.parse().expect("an id")).expect("listed").kind;
    let mut story = Story::at(place);
    let mut made = Vec::new();
    let mut tell = |lines: &[String]| made.extend(lines.iter().map(|line| line.replace(place, "the place")));
    tell(story.on("Monday 2 March 2026", report()).lines());
    tell(story.on("Tuesday 3 March 2026", referral()).lines());
    if kind.is_temporary() {
        tell(story.moves("Wednesday 4 March 2026", "harmondsworth").lines());
    } else {
        let booked = appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026");
        tell(story.on("Wednesday 4 March 2026", booked).lines());
        tell(story.on("Thursday 5 March 2026", served()).lines());
        tell(story.on("Friday 6 March 2026", super::paths::individual(Yes, Yes)).lines());
        tell(story.on("Monday 9 March 2026", records()).lines());
        let off = outcome("Wednesday 11 March 2026", Outcome::StaffUnavailable, Some(Rebooking::Impossible));
        tell(story.on("Wednesday 11 March 2026", off).lines());
    }
    made
}

#[test]
fn a_kind_of_place_that_the_guidance_does_not_name_is_like_one_that_it_does() {
    for (place, like) in ALIKE {
        let made = all_made(place);
        assert_eq!(made, all_made(like), "{place} is not as {like}");
        assert!(made.len() > 5, "{place}: {made:?}");
    }
}

/// Every kind of place, at one of which somebody is: each pack makes something, or says that a person decides.
#[test]
fn wherever_somebody_is_both_packs_have_a_clear_answer() {
    let mut tried = BTreeSet::new();
    for place in EVERY_PLACE.iter() {
        let id = place.id.as_str();
        let mut story = Story::at(id);
        let made = story.on("Monday 2 March 2026", report());
        assert!(made.lines().iter().any(|line| line.contains("referral to the DMRT")), "{id}: {made:?}");
        assert!(made.lines().iter().any(|line| line.contains("report-to-healthcare")), "{id}: {made:?}");
        tried.insert(place.kind);
    }
    assert_eq!(tried.len(), PlaceKind::ALL.len());
    let mut tried = BTreeSet::new();
    for place in path::PLACES.iter() {
        let mut begun = path::Path::begins(place.id.as_str(), "2026-03-02T10:00+00:00", &json!({}));
        let plan = begun.began.take().expect("a plan");
        assert!(
            path::made(&plan).contains(&"review-request to review_authoriser".to_owned()),
            "{}",
            place.id
        );
        let reviewed = begun.on("2 March 2026", &path::review("ad_hoc", "2026-03-02", "SEO"));
        let answered = !reviewed.despatches.is_empty();
        assert!(answered || HELD_FOR_LONG.contains(&place.kind), "{}", place.id);
        tried.insert(place.kind);
    }
    assert_eq!(tried.len(), PlaceKind::ALL.len());
}

/// Where an ad hoc review calls for no letter, as the pack's table says.
const HELD_FOR_LONG: [PlaceKind; 4] =
    [PlaceKind::Irc, PlaceKind::Hospital, PlaceKind::Prison, PlaceKind::Yoi];

/// A pack that leaves a kind of place out says so: nothing is passed over in silence.
#[test]
fn a_pack_without_a_kind_of_place_leaves_a_case_there_to_a_person() {
    let mut pack = the_pack();
    pack.lists.place_kinds.remove(&PlaceKind::Mbu);
    let mut story = Story::at("larch-unit");
    story.pack = pack;
    let today = day("Monday 2 March 2026");
    let faults = story.try_on(today, report()(today)).expect_err("nobody said what holds there");
    assert_eq!(codes(&faults), [("/detention/place", "pack.place_kind")]);
    assert!(faults[0].cause.contains("a mother and baby unit: a person decides"), "{}", faults[0]);
}

/// An attachment of a kind that the pack does not list has no place in its cases.
#[test]
fn a_pack_without_a_kind_of_attachment_refuses_it() {
    let mut path = path::Path::begins("brook-house", "2026-03-02T10:00+00:00", &json!({}));
    path.pack.lists.attachments.remove(&despatch_process::case::AttachmentKind::Dcpr);
    let review = path::review("ad_hoc", "2026-03-02", "SEO");
    assert_eq!(path.refuses("2 March 2026", &review), ["/attachments/0/kind pack.attachment"]);
}
