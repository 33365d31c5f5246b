//! Enters: a directory that changes while a round of sending goes on. Leaves: proof that each message goes by the
//! directory of its own moment. Never: a relay; the messages go into a folder.

use crate::support::office::{DemoOffice, REVIEWER, TODAY};
use despatch_app::office::Office;
use despatch_app::send::{Courier, send_due};
use despatch_core::clock::Clock;
use despatch_ledger::{Ledger, State};
use despatch_seal::keys::SecretKey;

#[test]
fn f21_a_team_that_is_entered_in_mid_round_holds_what_is_left_of_the_round() {
    let office = DemoOffice::new();
    let waiting: Vec<_> =
        office.despatches().into_iter().filter(|one| one["state"] == "awaiting_review").collect();
    let det = waiting.iter().rposition(|one| one["planned"]["role"] == "det").expect("one for a team");
    assert!(det > 0, "it is not the first of the round");
    let entry = office.entry(waiting[det]["recipient"]["entry"].as_str().unwrap())["entry"].clone();
    let ids: Vec<&str> = [&waiting[0], &waiting[det]].map(|one| one["id"].as_str().unwrap()).to_vec();
    for id in &ids {
        let guards =
            "matrix,identity,authority,marking,size,clear,address,virus,place,privilege,pages,heading";
        let words = ["outbox", "approve", id, "--confirm", guards];
        if office.run_as(REVIEWER, &words).code != 0 {
            office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
        }
    }
    let clock = Clock::Fixed(TODAY.parse().unwrap());
    let mut opened = Office::open(&office.dir).unwrap();
    assert_eq!(opened.config.connections, 1, "into a folder one goes after the other");
    let mut ledger = Ledger::open(&opened.outbox()).unwrap();
    let courier = Courier::of(&office.dir, &opened.config.courier).unwrap();
    let mut states = Vec::new();
    send_due(&mut opened, &mut ledger, &courier, clock, &mut |despatch| {
        if states.is_empty() {
            let public = SecretKey::generate().to_public();
            let place = entry["places"][0].as_str().unwrap();
            let mut words = vec!["add", "det-second", "--role", "det", "--name", "A second team"];
            words.extend(["--organisation", "Office", "--email", "a.second@office.example.invalid"]);
            words.extend(["--group", "false", "--place", place, "--method", "age", "--key", public.as_str()]);
            office.directory(&words).expect(0);
            office.settle("det-second");
        }
        states.push((despatch.id.to_string(), despatch.state));
    })
    .unwrap();
    assert_eq!(states, [(ids[0].to_owned(), State::Sent), (ids[1].to_owned(), State::Held)]);
}
