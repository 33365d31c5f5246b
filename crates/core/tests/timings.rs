//! A profile is a list that viewers of Chrome's traces open: each event with its stage, its time and what it was about.

use despatch_core::timings::{About, Stage, Timings};
use serde_json::{Value, json};
use std::fs;
use std::thread;

fn read(bytes: &[u8]) -> Vec<Value> {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

#[test]
fn an_event_has_its_stage_its_time_and_what_it_was_about() {
    let (timings, kept) = Timings::in_memory(10);
    let about = About { template: Some("letter.typ"), ..About::kind(17, "invitation") };
    let inner = || timings.time(Stage::Render, about, || 3);
    assert_eq!(timings.time(Stage::Guard, About::case(17), inner), 3, "the work's own answer comes back");
    timings.finish().expect("memory");
    let events = read(&kept.bytes());
    let [inner, outer] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (&inner["name"], &inner["ph"], &inner["args"]),
        (
            &json!("render"),
            &json!("X"),
            &json!({ "submission": 17, "kind": "invitation", "template": "letter.typ" })
        )
    );
    assert_eq!((&outer["name"], &outer["args"]), (&json!("guard"), &json!({ "submission": 17 })));
    let time = |event: &Value, of: &str| event[of].as_f64().expect("microseconds");
    assert!(time(outer, "ts") <= time(inner, "ts") && time(inner, "dur") <= time(outer, "dur"), "{events:?}");
    assert_eq!((&inner["pid"], &inner["tid"]), (&json!(std::process::id()), &outer["tid"]));
}

#[test]
fn threads_have_numbers_of_their_own_and_a_case_that_is_only_tried_has_none() {
    let (timings, kept) = Timings::in_memory(10);
    for _ in 0..2 {
        let timings = timings.clone();
        let noted = thread::spawn(move || timings.time(Stage::Seal, About::case(0), || ()));
        noted.join().expect("it ends");
    }
    timings.finish().expect("memory");
    let events = read(&kept.bytes());
    assert_ne!(events[0]["tid"], events[1]["tid"]);
    assert_eq!(events[0]["args"], json!({}));
}

#[test]
fn no_more_are_kept_than_there_is_room_for() {
    let (timings, kept) = Timings::in_memory(2);
    (0..5).for_each(|_| timings.time(Stage::Write, About::default(), || ()));
    timings.finish().expect("memory");
    assert_eq!(read(&kept.bytes()).len(), 2);
}

#[test]
fn the_list_is_closed_also_when_nobody_says_so() {
    for events in [0, 1, 3] {
        let (timings, kept) = Timings::in_memory(10);
        (0..events).for_each(|_| timings.time(Stage::Flush, About::default(), || ()));
        drop(timings);
        assert_eq!(read(&kept.bytes()).len(), events);
    }
}

#[test]
fn a_full_disk_stops_no_work_and_is_told_at_the_end() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let timings = Timings::to(full);
    assert_eq!(timings.time(Stage::Parse, About::case(1), || "read"), "read");
    assert!(timings.finish().is_err(), "it was not written");
    assert!(Timings::default().finish().is_ok(), "nothing was to be written");
}
