//! Two hundred right reports, as different hands write them: none of them is stopped, and none asks without need.

use despatch_documents::inspect::PageText;
use despatch_guards::Outcome;
use despatch_guards::identity::{Subject, look};
use despatch_guards::others::{IdentityKey, OpenCases, search};
use despatch_guards::text::words_of;

const NAMES: [&str; 20] = [
    "Selamawit Quartermaine",
    "Nguyễn Thị Ngọc Ánh",
    "Łukasz Žižka-Ÿçelik",
    "O’Shaughnessy-D'Souza Example",
    "Al Hassan Omar",
    "Maria de la Cruz y Ejemplo",
    "İbrahim Iğdır",
    "Володимир Їжакевич",
    "Grace Will",
    "Rose May",
    "John Example",
    "J. P. Sample",
    "Mohamed Ahmed Mohamed",
    "Xample",
    "Sunil Perera",
    "Abdul Rahman Sample Khan",
    "Jean-François Exemple",
    "Þórunn Ævarsdóttir",
    "Ng Wei Ling",
    "Amina Hassan Abdi Warsame",
];

/// `NAME`, `FAMILY` and `GIVEN` stand for the person's; born on 17 May 1990, reference X0000001.
const LAYOUTS: [&str; 10] = [
    "Name: NAME\nDate of birth: 17/05/1990\nSeen by Dr Imogen Tarrant, GMC 1234567, on 3 March 2026.",
    "FAMILY, GIVEN   d.o.b. 17.05.90   NHS 943 476 5919   GP: Dr Bell, born 1 June 1961, 12 High Street",
    "RE: NAME (17th May 1990), HO ref X0000001. I saw the client on 3/3/26 for 95 minutes.",
    "The brother of NAME, Yonas (date of birth 3 March 1985), came along. NAME was born on 17 May 1990 in a town.",
    "Statement of NAME, born 17 May 1990. My sister, born on 2 January 1999, and my mother, DOB 04/07/1960, live there.",
    "Home Office reference: X0000001\nPort reference: LHR/7654321\nPatient: NAME\nDOB 1990-05-17",
    "May 17, 1990. FAMILY, GIVEN. The daughter, Home Office reference Y7654321, is four years old.",
    "Patient GIVEN FAMILY, DOB: 17 MAY 1990.\nDate of birth of partner: 9 September 1988. Interpreter: R. Stone, DOB 1/1/1970.",
    "Our reference TEST-00001; Home Office reference TEST-00001; patient NAME; born 17/5/1990; detained since 1.10.2025",
    "Healthcare record\nSurname FAMILY Forename GIVEN D.O.B 17/05/1990\n04/03/2026 seen. 05/03/2026 seen. DOB 17/05/1990.",
];

fn report(layout: &str, name: &str) -> String {
    let (given, family) = name.rsplit_once(' ').unwrap_or(("", name));
    layout.replace("NAME", name).replace("FAMILY", &family.to_uppercase()).replace("GIVEN", given)
}

#[test]
fn two_hundred_right_reports_pass() {
    let key = IdentityKey::new(&[7; 32]).expect("a key");
    let mut open = OpenCases::default();
    let cases: Vec<_> = NAMES
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let mut file = despatch_testing::cases::appointment(n + 1, b"a report");
            file["person"]["name"] = (*name).into();
            despatch_process::case::parse(file.to_string().as_bytes()).expect("a case")
        })
        .collect();
    for case in &cases {
        key.pseudonyms(case).into_iter().for_each(|(kind, mark)| open.add(&case.case_id, kind, mark));
    }
    let mut looked = 0;
    for (case, name) in cases.iter().zip(NAMES) {
        for layout in LAYOUTS {
            // The layouts give the first case's references: take those of this one.
            let text = report(layout, name)
                .replace("X0000001", case.home_office_reference.as_str())
                .replace("TEST-00001", case.case_id.as_str());
            let pages = [PageText { text: text.clone(), ..PageText::default() }];
            let (outcome, evidence) = look(&Subject::of(case), &pages).judge();
            assert_eq!(outcome, Outcome::Passed, "{name}: {evidence} in {text}");
            assert_eq!(search(&key, &open, case, &words_of([text.as_str()])), [], "{name} in {text}");
            looked += 1;
        }
    }
    assert_eq!(looked, 200);
}

#[test]
fn none_of_them_passes_for_any_other_of_the_twenty() {
    for name in NAMES {
        for other in NAMES.iter().filter(|other| **other != name) {
            let mut file = despatch_testing::cases::appointment(1, b"a report");
            file["person"]["name"] = (*other).into();
            file["person"]["date_of_birth"] = "1985-01-02".into();
            file["home_office_reference"] = "Z1111111".into();
            file["case_id"] = "TEST-09999".into();
            let other_case = despatch_process::case::parse(file.to_string().as_bytes()).expect("a case");
            for layout in LAYOUTS {
                let text = report(layout, name);
                let pages = [PageText { text: text.clone(), ..PageText::default() }];
                let (outcome, evidence) = look(&Subject::of(&other_case), &pages).judge();
                assert_ne!(outcome, Outcome::Passed, "{other}: {evidence} in {text}");
            }
        }
    }
}
