//! More ways in which a paper of somebody else agrees with the person (F5), and right papers that come near to them.
//! The person is Selamawit Quartermaine, born on 17 May 1990, reference X0000001.

use super::case_of;
use despatch_documents::inspect::PageText;
use despatch_guards::Outcome;
use despatch_guards::identity::{Subject, look};

/// Papers of somebody else: each is stopped or asked about.
const OTHERS: [&str; 24] = [
    "Patient: Okello Brandreth\nDOB: 02/01/1985\nYour ref: X0000001\nSelamawit Quartermaine translated for him.",
    "Our client: Okello Brandreth\nYour ref: Y7654321\nSelamawit Quartermaine, born 17 May 1990, is a witness.",
    "Name of patient Okello Brandreth\nHO ref Y7654321. cc Selamawit Quartermaine 17 May 1990 X0000001",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nUKVI reference: Y7654321",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nHome Office Reference Number: Y 765 4321",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nH.O. Ref: Y7654321/2",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nCID ref Y7654321",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nRef: Y7654321",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nD.O.B. 2.1.85",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nHe was born on 2 January 1985 in a town.",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nBirth date: 1985-01-02",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nSurname: BRANDRETH\nForenames: Okello",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nFull name: Brandreth, Okello",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nRe: Mr Okello Brandreth",
    "Selamawit Quartermaine, 17 May 1990, X0000001\nOur ref: TEST-00009",
    "The sister of the patient is Selamawit Quartermaine, born 17 May 1990. Patient: Okello Brandreth",
    "Next of kin: Selamawit Quartermaine, DOB 17/05/1990\nName: Okello Brandreth\nDOB: 02/01/1985",
    "Emergency contact: Selamawit Quartermaine, 17/05/1990. The patient slept badly.",
    "X0000001",
    "Ref X0000001 17 June 1990",
    "Selamawit Brandreth, born 17 May 1990",
    "Name: Selamawit Brandreth\nDOB: 17 May 1990\nHO ref: X0000001",
    "Name: Yonas Quartermaine\nDOB: 17 May 1990\nHO ref: X0000001",
    "Detainee: Rahel Quartermaine   DOB: 17/05/1990   Ref: X0000002",
];

/// Papers of the person that others are named in: none is stopped or asked about.
const OWN: [&str; 18] = [
    "Name: Selamawit Quartermaine\nDOB: 17/05/1990\nNext of kin: Yonas Quartermaine (brother), DOB 03/03/1985",
    "Name: Selamawit Quartermaine\nDOB: 17/05/1990\nEmergency contact\nName: Mariam Osei\nRelationship: sister",
    "Name: Ms Selamawit Quartermaine  Sex: Female  DOB: 17/05/1990",
    "Re: Selamawit Quartermaine (DOB 17/05/1990)\nDear Dr Poole\nThank you for seeing this patient.",
    "Dear Ms Tennant\nRe: Selamawit Quartermaine, 17 May 1990",
    "Re: Medical report\nName: Selamawit Quartermaine, date of birth 17 May 1990",
    "Re: Your client, Selamawit Quartermaine, born 17 May 1990\nOur ref: HLL/2026/77",
    "Selamawit Quartermaine, born 17 May 1990\nSigned\nName: Daniel Osei\nInterpreter",
    "Selamawit Quartermaine, born 17 May 1990\nName of interpreter: Daniel Osei\nClinic name: Riverside Clinic",
    "Selamawit Quartermaine, born 17 May 1990\nInterpreter: Daniel Osei, DOB 1/1/1970, ref 40917",
    "Selamawit Quartermaine, born 17 May 1990. Children: Leila (DOB 03/03/2018), Idris (DOB 01/02/2015).",
    "Selamawit Quartermaine, 17 May 1990\nMr Osei interpreted. Mr Osei spoke Tigrinya. Mr Osei left at four.",
    "Selamawit Quartermaine, 17 May 1990\nHospital ref: H7654321. NHS number 943 476 5919. Passport no. P1234567",
    "PATIENT: QUARTERMAINE, SELAMAWIT (MS)  BORN 17-MAY-1990  HOSPITAL NO. H7654321",
    "Selamawit Quartermaine, 17 May 1990\nHer son was born on 3 March 2018 and her mother in 1960.",
    "Client: Selamawit Quartermaine\nD.O.B.: 17/05/90\nAuthor: Dr Ottilie Bell, born 1 June 1961",
    "Home Office reference: X0000001\nSelamawit Quartermaine\nHome Office, Lunar House. Ref no. of the letter: 2026/114",
    "Selamawit Gebre Quartermaine, born 17 May 1990",
];

fn outcome(text: &str) -> (Outcome, String) {
    let pages = [PageText { text: text.to_owned(), ..PageText::default() }];
    look(&Subject::of(&case_of(None)), &pages).judge()
}

#[test]
fn f5_what_agrees_in_one_thing_and_is_somebody_elses_is_stopped_or_asked_about() {
    let passed: Vec<&str> = OTHERS.into_iter().filter(|text| outcome(text).0 < Outcome::Confirm).collect();
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn f5_relatives_authors_and_other_numbers_harm_no_right_paper() {
    let asked: Vec<(&str, String)> = OWN
        .into_iter()
        .map(|text| (text, outcome(text)))
        .filter(|(_, (outcome, _))| *outcome > Outcome::Warned)
        .map(|(text, (_, why))| (text, why))
        .collect();
    assert!(asked.is_empty(), "{asked:#?}");
}
