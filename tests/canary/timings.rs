//! Enters: made-up people, and a run that is asked how long its stages take. Leaves: proof that the profile has every
//! stage of a case and nothing of anybody. Never: looks at how long they took.

use super::people::{Canary, WORDS};
use super::{World, found};
use despatch_core::timings::Stage;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

#[test]
fn a_profile_has_every_stage_of_a_case_and_nothing_of_its_person() {
    let mut world = World::new();
    // A case with an attachment, which is inspected.
    let canaries: Vec<Canary> = (0..6).map(Canary::new).collect();
    assert!(canaries.iter().any(|canary| !canary.files.is_empty()), "some have attachments");
    canaries.iter().for_each(|canary| world.drop(canary));
    let profile = world.folder("logs").join("profile.json");
    let words = ["run", "--once", "--timings", profile.to_str().expect("UTF-8")];
    world.says(&words);
    let events: Vec<Value> =
        serde_json::from_slice(&fs::read(&profile).expect("it is there")).expect("a list");
    let mut stages: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for event in &events {
        assert_eq!(event["ph"], "X", "{event}");
        let keys: Vec<&str> =
            event["args"].as_object().expect("an object").keys().map(String::as_str).collect();
        assert!(keys.iter().all(|key| ["kind", "submission", "template"].contains(key)), "{event}");
        assert!(event["name"] != "render" || event["args"]["kind"].is_string(), "{event}");
        // Those about no case are about all that were written together.
        let case = event["args"]["submission"].as_i64().unwrap_or_default();
        stages.entry(case).or_default().insert(event["name"].as_str().expect("a stage"));
    }
    let shared = stages.remove(&0).unwrap_or_default();
    let whole = stages
        .values()
        .any(|own| Stage::ALL.iter().all(|one| own.union(&shared).any(|name| *name == one.code())));
    assert!(whole, "no case has every stage: {shared:?} of all, and {stages:?}");
    assert_eq!(found(std::slice::from_ref(&profile), WORDS), "");
    let files: Vec<String> = canaries.iter().map(|canary| canary.name.clone()).collect();
    assert_eq!(found(std::slice::from_ref(&profile), &files), "", "and no name of a file");
    world.is_clean("after a profile");
    let before = fs::read(&profile).expect("it is there");
    let (status, _) = world.run(&[], &words);
    assert!(!status.success(), "a file that exists is refused");
    assert_eq!(fs::read(&profile).expect("it is there"), before, "and left as it was");
}
