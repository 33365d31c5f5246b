//! Enters: a relay whose certificate is right and whose answers are not. Leaves: the verdict that is true of each.
//! Never: a message reported as sent that no answer to its dot says was taken.

use crate::{Sink, deliver, message, text, word};
use despatch_app::send::smtp::Relay;
use std::time::Duration;

/// Delivers to a relay that answers ahead in the midst of the conversation; the moment before the dot waits until it
/// has done so, so that no clock decides what is found. Also says whether the dot was written.
fn deliver_after_the_lie(mode: &str) -> (String, String, bool) {
    let mut sink = Sink::start(&[mode]);
    let relay = Relay::new(sink.settings()).unwrap();
    let (from, to) = ("a@office.invalid".parse().unwrap(), "b@nhs.invalid".parse().unwrap());
    let verdict = relay.deliver(&from, &to, &message(), &mut || {
        sink.until("EARLY");
        Ok::<(), String>(())
    });
    let seen = sink.until("END");
    (word(&verdict), text(&verdict).to_owned(), seen.iter().any(|line| line == "DOT"))
}

#[test]
fn f15_an_answer_before_its_command_is_a_lie_and_nothing_goes_on_after_it() {
    for mode in [
        "greet:early",
        "ehlo:early",
        "mail:early",
        "rcpt:early",
        "data:early",
        "greet:two",
        "ehlo:two",
        "mail:two",
        "rcpt:two",
        "data:two",
        "greet=220 sink|220 again",
        "ehlo=250-sink|250 AUTH PLAIN|250 sender",
        "data=354 go on|250 kept|221 bye",
        "data=354 go on|450 later",
        "data=354 go on|",
    ] {
        let mut sink = Sink::start(&[mode]);
        let (verdict, _) = deliver(sink.settings(), &message());
        assert_eq!(word(&verdict), "deferred", "{mode}: {verdict:?}");
        assert!(text(&verdict).contains("before"), "{mode}: {verdict:?}");
        let seen = sink.until("END");
        assert!(!seen.iter().any(|line| line == "DOT"), "{mode}: the dot was written: {seen:?}");
        assert!(!seen.iter().any(|line| line == "COMMAND QUIT"), "{mode}: it was spoken to: {seen:?}");
    }
}

#[test]
fn f15_an_answer_to_the_dot_before_the_dot_keeps_it_back() {
    for mode in ["data:early250", "data:early450", "body:early250", "body:early450"] {
        let (verdict, why, dot) = deliver_after_the_lie(mode);
        assert_eq!((verdict.as_str(), dot), ("deferred", false), "{mode}: {why}");
        assert!(why.contains("before"), "{mode}: {why}");
    }
}

#[test]
fn f15_an_answer_too_many_after_the_dot_leaves_it_in_doubt() {
    for mode in [
        "dot:two",
        "dot=250 kept|451 not kept",
        "dot=450 later|250 kept",
        "dot=554 never|250 kept",
        "dot=250 kept|221 bye",
        "quit=250 kept|221 bye",
        "quit=451 not kept",
        "quit=421 closing",
        "quit=221 bye|250 kept",
        "quit:two",
        "dot=354 once more",
        "dot=220 kept",
        "dot=251 kept",
        "dot=25 kept",
        "dot=2500 kept",
        "dot=250-kept|550 never",
        "dot=\u{b2}50 kept",
        "dot= 250 kept",
        "dot=|250 kept",
        "dot=950 kept",
        "dot=kept",
    ] {
        let mut sink = Sink::start(&[mode]);
        let (verdict, asked) = deliver(sink.settings(), &message());
        assert_eq!((word(&verdict).as_str(), asked), ("in_doubt", 1), "{mode}: {verdict:?}");
        sink.until("END");
    }
}

#[test]
fn f15_lines_end_with_a_line_feed_and_answers_are_judged_by_their_code() {
    for (mode, expected) in [
        ("lf", "accepted"),
        ("drip", "accepted"),
        ("dot=250", "accepted"),
        ("dot=250-a|250-b|250 c", "accepted"),
        ("dot=250 550 5.1.1 these words say otherwise", "accepted"),
        ("dot=250 \u{e9}\u{1b}[2J", "accepted"),
        ("dot=554 250 2.0.0 kept", "refused"),
        ("dot=451 250 2.0.0 kept", "deferred"),
        ("dot=421 closing", "deferred"),
        ("rcpt=251 will forward", "accepted"),
        ("rcpt=252 cannot verify", "deferred"),
        ("mail=550 250 fine", "refused"),
        ("data=250 go on", "deferred"),
        ("greet=250 sink", "deferred"),
        ("greet=220", "accepted"),
        ("quit=221 bye", "accepted"),
    ] {
        let mut sink = Sink::start(&[mode]);
        let (verdict, _) = deliver(sink.settings(), &message());
        assert_eq!(word(&verdict), expected, "{mode}: {verdict:?}");
        assert!(text(&verdict).bytes().all(|b| (b' '..=b'~').contains(&b)), "{mode}: {verdict:?}");
        sink.until("END");
    }
}

#[test]
fn f15_a_relay_that_answers_for_ever_is_given_up_in_time() {
    let endless = format!("greet={}", ["220-more"; 400].join("|"));
    let wide = format!("ehlo=250-{}|250 done", "x".repeat(70_000));
    for mode in [endless, wide] {
        let mut sink = Sink::start(&[&mode]);
        let mut settings = sink.settings();
        settings.timeouts.connect = Duration::from_secs(2);
        let (verdict, _) = deliver(settings, &message());
        assert_eq!(word(&verdict), "deferred", "{verdict:?}");
        sink.until("END");
    }
}
