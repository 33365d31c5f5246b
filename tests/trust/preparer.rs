//! Enters: case files of which nothing proves who wrote them. Leaves: proof that this is on record with each despatch.
//! Never: decides how many must approve such a despatch.

use crate::travel::real::{NOBODY, RealOffice};
use nix::sys::stat::{Mode, umask};
use serde_json::Value;

/// An account of which the staff list knows nothing.
const DAEMON: u32 = 1;

fn shown(office: &RealOffice) -> (Value, String) {
    let json = office.run(&["--json", "outbox", "show", "1-1"]).expect(0).json();
    let text = office.run(&["outbox", "show", "1-1"]).expect(0).stdout;
    (json["despatch"].clone(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn f10_a_case_file_whose_owner_is_on_no_staff_list_is_of_an_uncertain_preparer() {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", DAEMON).expect(0);
    let (despatch, text) = shown(&office);
    assert_eq!(despatch["uncertain_preparer"], true, "{despatch}");
    assert!(text.contains("is nobody's on the staff list"), "{text}");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f19_a_case_file_that_others_could_change_is_of_an_uncertain_preparer() {
    let office = RealOffice::filled_in();
    // As on machines where each person has a group that others are in.
    umask(Mode::from_bits_truncate(0o002));
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let (despatch, text) = shown(&office);
    assert_eq!(despatch["uncertain_preparer"], true, "{despatch}");
    assert!(text.contains("could change the case file in the inbox"), "{text}");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f10_a_case_file_of_its_preparer_alone_is_certain() {
    let office = RealOffice::filled_in();
    umask(Mode::from_bits_truncate(0o022));
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let (despatch, text) = shown(&office);
    assert_ne!(despatch["uncertain_preparer"], true, "{despatch}");
    assert!(!text.contains("could not check who prepared it"), "{text}");
}
