//! What a relay answers, and what a sender leaves behind that is killed: nothing is lost, and nothing goes twice
//! unless a person says so.

use super::relay::{SlowRelay, use_relay};
use super::*;
use crate::support::office::{PREPARER, TODAY};
use crate::support::postfix::{Postfix, strip_added_headers};
use std::process::Stdio;

/// Starts a sender and kills it while the relay stalls.
fn kill_while_stalled(office: &DemoOffice, relay: &mut SlowRelay) {
    let mut sender = office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).spawn().unwrap();
    relay.until("STALLED");
    sender.kill().unwrap();
    sender.wait().unwrap();
    relay.until("END");
}

#[test]
fn killed_before_the_dot_it_goes_again_once() {
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["stalldata", "accept", "accept"]);
    relay.serve(&office);
    let id = id_of(&office, "DEMO-0902", "det");
    approve(&office, &id);
    kill_while_stalled(&office, &mut relay);
    assert_eq!((state(&office, &id), relay.message(0)), ("claimed".to_owned(), None));
    send(&office).expect(0);
    assert_eq!(state(&office, &id), "sent");
    assert!(relay.message(1).unwrap() == office.message(&despatch(&office, &id)));
    let again = send(&office).expect(0);
    assert!(again.stdout.contains("Nothing is approved and due."));
    assert_eq!((relay.message(2), events(&office, &id, "sent").len()), (None, 1));
}

#[test]
fn killed_before_the_answer_to_the_dot_it_waits_for_a_person() {
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["stalldot", "accept", "stalldot", "accept"]);
    relay.serve(&office);
    let (again, settled) = (id_of(&office, "DEMO-0902", "det"), id_of(&office, "DEMO-0903", "det"));
    approve(&office, &again);
    kill_while_stalled(&office, &mut relay);
    assert_eq!(state(&office, &again), "dot_pending");
    // Whoever runs the sender that finds it is told by the code; the next one has nothing new to tell.
    for code in [1, 0] {
        send(&office).expect(code);
        assert_eq!(
            (state(&office, &again).as_str(), relay.message(1)),
            ("in_doubt", None),
            "it is not resent"
        );
    }
    let reply = despatch(&office, &again)["reply"].take();
    assert_eq!(reply, "the sender stopped before the relay's answer was recorded");
    decide(&office, "release", &again).expect(0);
    send(&office).expect(0);
    assert_eq!(state(&office, &again), "sent");
    assert!(relay.message(1) == relay.message(0), "the same bytes go again, under the same Message-ID");

    approve(&office, &settled);
    kill_while_stalled(&office, &mut relay);
    let said = send(&office);
    assert!(said.stderr.contains(&format!("{settled} is in doubt")), "{said:?}");
    decide(&office, "cancel", &settled).expect(0);
    send(&office).expect(0);
    assert_eq!((state(&office, &settled).as_str(), relay.message(3)), ("cancelled", None));
    office.run(&["check"]).expect(0);
}

#[test]
fn a_sender_that_finds_a_despatch_in_doubt_ends_with_code_1() {
    // docs/outbox.md, exit codes: for `send`, something is held, refused or in doubt.
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["stalldot"]);
    relay.serve(&office);
    approve(&office, &id_of(&office, "DEMO-0902", "det"));
    kill_while_stalled(&office, &mut relay);
    let said = send(&office).expect(1);
    assert!(said.stderr.contains("is in doubt: an earlier sender stopped"), "{said:?}");
}

#[test]
fn a_relay_that_hangs_up_after_the_dot_leaves_it_in_doubt_and_the_others_go_on() {
    let office = DemoOffice::new();
    let relay = SlowRelay::start(&["dotclose", "accept"]);
    relay.serve(&office);
    let (first, second) = (id_of(&office, "DEMO-0903", "caseworker"), id_of(&office, "DEMO-0903", "doctor"));
    approve(&office, &first);
    approve(&office, &second);
    let said = send(&office).expect(1);
    assert!(said.stdout.contains("in doubt"), "{said:?}");
    assert_eq!((state(&office, &first), state(&office, &second)), ("in_doubt".to_owned(), "sent".to_owned()));
    assert!(relay.message(1).unwrap() == office.message(&despatch(&office, &second)));
    // It may have arrived; once its recipient says that it did and cannot be opened, that is an alarm.
    let alarm = format!("ALARM  {first} of DEMO-0903");
    assert!(!office.run(&["deadlines"]).expect(0).stdout.contains(&alarm));
    let unopened = ["outbox", "unopened", &first, "--reason", "the key is lost"];
    office.run_as(PREPARER, &unopened).expect(0);
    assert!(office.run(&["deadlines"]).expect(0).stdout.contains(&alarm));
    // A person may have it sent once more, so it must still be the message that was approved.
    office.run(&["check"]).expect(0);
    std::fs::write(office.message_path(&despatch(&office, &first)), "another message").unwrap();
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains(&first) && said.stderr.contains("is not the one that was made"), "{said:?}");
}

/// The days on which a busy mailbox is tried: one attempt on each.
const DAYS: [&str; 10] = [
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
    "2026-11-26",
    "2026-11-27",
    "2026-11-28",
    "2026-11-29",
    "2026-11-30",
    "2026-12-01",
    "2026-12-02",
];

#[test]
fn not_now_is_tried_again_in_its_time_and_given_to_a_person_in_the_end() {
    let postfix = Postfix::start();
    let office = DemoOffice::new();
    use_relay(&office, postfix.port(), &postfix.ca_pem_path());
    list_group(&office, "busy@office.example.invalid");
    office.says("dmrt-inbox", &["--email", "busy@office.example.invalid"]);
    office.settle("dmrt-inbox");
    process(&office, "report", &report_received(1, REPORT));
    let id = id_of(&office, "TEST-00001", "dmrt");
    approve(&office, &id);
    for (attempts, day) in (1..).zip(DAYS) {
        let (code, expected) = if attempts < 10 { (3, "deferred") } else { (1, "refused") };
        let said = office.on(day, &["send", "--once"]).expect(code);
        assert!(
            said.stdout.contains("450 4.2.1") && said.stdout.contains("the mailbox is busy, try again"),
            "{said:?}"
        );
        let despatch = despatch(&office, &id);
        assert_eq!((&despatch["state"], &despatch["attempts"]), (&expected.into(), &attempts.into()));
        let early = office.on(day, &["send", "--once"]).expect(0);
        assert!(early.stdout.contains("Nothing is approved and due."), "{early:?}");
    }
    assert!(postfix.delivered().is_empty());
}

#[test]
fn a_refused_recipient_is_given_to_a_person_and_the_others_get_theirs() {
    let postfix = Postfix::start();
    let office = DemoOffice::new();
    use_relay(&office, postfix.port(), &postfix.ca_pem_path());
    list_group(&office, "gone@nhs.example.invalid");
    office.says("healthcare-brook-house", &["--email", "gone@nhs.example.invalid"]);
    office.settle("healthcare-brook-house");
    process(&office, "report", &report_received(1, REPORT));
    let ids: Vec<String> = ["dmrt", "casework_manager", "healthcare"]
        .iter()
        .map(|role| id_of(&office, "TEST-00001", role))
        .collect();
    ids.iter().for_each(|id| approve(&office, id));
    let said = send(&office).expect(1);
    assert!(said.stdout.contains("550 5.1.1"), "{said:?}");
    let states: Vec<String> = ids.iter().map(|id| state(&office, id)).collect();
    assert_eq!(states, ["sent", "sent", "refused"]);
    assert_eq!(postfix.wait_for(2).len(), 2);
    send(&office).expect(0);
    assert_eq!(state(&office, &ids[2]), "refused", "nothing tries again by itself");
}

#[test]
fn while_the_relay_is_down_or_not_itself_nothing_leaves_and_nothing_is_lost() {
    let postfix = Postfix::start();
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "doctor");
    approve(&office, &id);
    let mut elsewhere = SlowRelay::start(&["accept"]);
    let mut misnamed = SlowRelay::named("relay.example.invalid", &["accept"]);
    let deferred = |day, words: &str| {
        let said = office.on(day, &["send", "--once"]).expect(3);
        assert!(said.stdout.contains("deferred") && said.stdout.contains(words), "{words}: {said:?}");
        assert_eq!(state(&office, &id), "deferred");
    };
    use_relay(&office, 1, &postfix.ca_pem_path());
    deferred("2026-11-23", "no session with the relay");
    use_relay(&office, postfix.port(), &elsewhere.ca());
    deferred("2026-11-24", "certificate");
    elsewhere.serve(&office);
    use_relay(&office, elsewhere.port(), &postfix.ca_pem_path());
    deferred("2026-11-25", "certificate");
    misnamed.serve(&office);
    deferred("2026-11-26", "certificate");
    for relay in [&mut elsewhere, &mut misnamed] {
        assert_eq!(relay.until("END"), ["END accept"], "not one command was heard");
    }
    assert!(postfix.delivered().is_empty());
    use_relay(&office, postfix.port(), &postfix.ca_pem_path());
    office.on("2026-11-27", &["send", "--once"]).expect(0);
    assert!(strip_added_headers(&postfix.wait_for(1)[0]) == office.message(&despatch(&office, &id)));
    assert_eq!(despatch(&office, &id)["attempts"], 5);
}

#[test]
fn a_deferred_despatch_goes_at_once_when_a_person_releases_it() {
    let office = DemoOffice::new();
    let relay = SlowRelay::start(&["busy", "accept"]);
    relay.serve(&office);
    let id = id_of(&office, "DEMO-0902", "det");
    approve(&office, &id);
    send(&office).expect(3);
    decide(&office, "release", &id).expect(0);
    send(&office).expect(0);
    assert!(relay.message(1).unwrap() == office.message(&despatch(&office, &id)));
}

#[test]
fn a_deferred_despatch_whose_time_has_passed_is_held_and_not_sent_late() {
    let office = DemoOffice::new();
    let relay = SlowRelay::start(&["busy", "accept"]);
    relay.serve(&office);
    let id = id_of(&office, "DEMO-0903", "det");
    approve(&office, &id);
    send(&office).expect(3);
    let said = office.on("2026-11-26", &["send", "--once"]).expect(1);
    assert!(said.stdout.contains("service after Wednesday 25 November 2026"), "{said:?}");
    assert_eq!((state(&office, &id).as_str(), relay.message(1)), ("held", None));
}

#[test]
fn a_hold_in_the_middle_of_sending_is_refused_and_stops_no_sender() {
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["gate", "accept"]);
    relay.serve(&office);
    let ids = ["caseworker", "doctor"].map(|role| id_of(&office, "DEMO-0903", role));
    ids.iter().for_each(|id| approve(&office, id));
    let mut command = office.command(TODAY, &["send", "--once"]);
    let sender = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    relay.until("STALLED");
    let hold = decide(&office, "hold", &ids[0]);
    relay.open_gate();
    let said = Said::from(sender.wait_with_output().unwrap());
    assert_eq!(hold.code, 1, "it is being sent: {hold:?}; the sender said {said:?}");
    assert_eq!((said.code, ids.map(|id| state(&office, &id))), (0, ["sent".to_owned(), "sent".to_owned()]));
}
