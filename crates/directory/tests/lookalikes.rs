//! Domains that are entered in the place of known ones (F33): by two changes at once, another sign, added words, another
//! suffix; and honest ones beside them.

use despatch_directory::domain::Domain;
use despatch_directory::lookalikes::Lookalikes;

/// A known domain, and others that a verifier who reads them from the screen takes for it.
const FALSE: [(&str, &[&str]); 4] = [
    (
        "harbour-lane-law.example.invalid",
        &[
            "habour-lane-1aw.example.invalid",
            "harbuor-lane-1aw.example.invalid",
            "harbour.lane.law",
            "harbour.lane.law.example.invalid",
            "harbour.lane-law.example.invalid",
            "harbour-lane-law-llp.example.invalid",
            "harbourlanelaw-secure.example.invalid",
            "secure-harbourlanelaw.example.invalid",
            "harbour-lane-law.example-invalid.org",
            "harbour-lane-law.example.invalid.mail.test",
            "harbour-lane-law-example.invalid",
            "harbour-lane-law-example-invalid.test",
            "harbour-lane-law.co.uk",
            "harbourlanelaw.org",
            "harbour-lane-legal.example.invalid",
            "harbour-lane-solicitors.example.invalid",
            "harbourlanesolicitors.test",
            "harbour-lane.example.invalid",
            "lane-harbour-law.example.invalid",
            "the-harbour-lane-law.example.invalid",
            "law-harbour-lane.example.invalid",
            "harbour-lanes-laws.example.invalid",
            "harbor-lane-laws.example.invalid",
            "mail.harbour-lane-law.test",
            "harbour-lane-law.mail.test",
            "harb0ur-1ane-law.co.uk",
            "my-harbour-lane-law-portal.test",
            "harbourlanelaws.co.uk",
            "harrbour-lanne-law.example.invalid",
        ],
    ),
    (
        "fernbrook.nhs.example",
        &[
            "fernbrook-nhs.example",
            "fernbrook.nhs-example.org",
            "fernbrooknhs.example",
            "fernbrook.nhs.example.org",
            "fernbrok.nhs.test",
            "fembrok.nhs.example",
            "fernbrook.post.example",
            "fernbrook-trust.nhs.example",
        ],
    ),
    (
        "nhs.net",
        &["nhs-net.org", "nhs.net-mail.org", "nhsnet.org", "nhs.net.example.org", "nh5.net", "n.hs.net"],
    ),
    (
        "millstone-chambers.example",
        &["millstone.test", "mi11stone-charnbers.test", "chambers-millstone.example"],
    ),
];

/// Known domains, and others beside them that are what they seem.
const HONEST: [(&str, &str); 16] = [
    ("fernbrook.nhs.example", "larkfield.nhs.example"),
    ("fernbrook.nhs.example", "nhs.example"),
    ("fernbrook.nhs.example", "mail.fernbrook.nhs.example"),
    ("cardiology.leeds-hospital.nhs.example", "cardiology.bristol-hospital.nhs.example"),
    ("clinic.fernbrook.nhs.example", "admin.fernbrook.nhs.example"),
    ("harbour-lane-law.example", "millstone-chambers.example"),
    ("harbour-lane-law.example", "garden-court-law.example"),
    ("eastfield.nhs.example", "westfield.nhs.example"),
    ("northgate.nhs.example", "southgate.nhs.example"),
    ("law.example", "harbour-lane-law.example"),
    ("secure.one-firm.example", "secure.two-firms.example"),
    ("office.example.invalid", "languages.example.invalid"),
    ("prison.example.invalid", "office.example.invalid"),
    ("duncan-lewis.example", "wilson-partners.example"),
    ("mail.example", "office.example"),
    ("strathmoor.nhs.example", "ousewell.nhs.example"),
];

fn domain(text: &str) -> Domain {
    text.parse().unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
}

#[test]
fn f33_a_domain_that_is_taken_for_a_known_one_by_distance_or_words_is_found_alone_and_among_many() {
    let mut missed = Vec::new();
    for (known, others) in FALSE {
        let known = domain(known);
        let mut looks = Lookalikes::default();
        looks.add(&known);
        for other in others.iter().map(|other| domain(other)) {
            let mut converse = Lookalikes::default();
            converse.add(&other);
            let found = [
                other.passes_for(&known),
                known.passes_for(&other),
                looks.of(&other).contains(&known),
                converse.of(&known).contains(&other),
            ];
            if found != [true; 4] {
                missed.push(format!("{known} {other} {found:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn f33_honest_domains_side_by_side_are_not_likened() {
    let mut likened = Vec::new();
    for (one, other) in HONEST {
        let (one, other) = (domain(one), domain(other));
        let mut looks = Lookalikes::default();
        looks.add(&one);
        if one.passes_for(&other) || other.passes_for(&one) || !looks.of(&other).is_empty() {
            likened.push(format!("{one} {other}"));
        }
    }
    assert!(likened.is_empty(), "{likened:#?}");
}
