//! What the pack takes over from the guidance word by word or number by number: read off by hand, and compared.

use super::RULES;
use super::path::PLACES;
use despatch_process::detention::limits::{Stay, of_stay};
use despatch_process::detention::rules::{Longer, Span};
use despatch_process::detention::terms::{ImmigrationFactor, Population};
use std::collections::BTreeSet;

/// AVID's table of the adults at risk guidance: at which level each factor begins to weigh, and in which column it stands.
#[test]
fn the_factors_that_weigh_at_each_level_are_those_of_the_table() {
    const TABLE: [(&str, &[u8]); 10] = [
        ("removal_forecast", &[1]),
        ("public_protection", &[1]),
        ("non_compliance", &[1]),
        ("removal_soon", &[1, 2]),
        ("refused_entry", &[1, 2]),
        ("protection_justifies", &[1, 2]),
        ("not_removable_unless_detained", &[1, 2]),
        ("non_compliance_beside_protection", &[1, 2]),
        ("removal_set", &[1, 2, 3]),
        ("significant_protection", &[1, 2, 3]),
    ];
    let found: Vec<(&str, Vec<u8>)> = RULES
        .evidence_factors
        .iter()
        .map(|line| (line.factor.code(), line.levels.iter().copied().collect()))
        .collect();
    assert_eq!(found, TABLE.map(|(factor, levels)| (factor, levels.to_vec())));
    // None that a case file may name is without its line.
    assert_eq!(TABLE.len(), ImmigrationFactor::ALL.len());
    for words in ["within a reasonable timescale", "immediate future", "current public protection concern"] {
        assert!(RULES.evidence_factors.iter().any(|line| line.source.contains(words)), "{words}");
    }
}

#[test]
fn torture_means_what_the_rules_say() {
    for words in [
        "intentionally inflicts severe pain or suffering on a victim",
        "control (whether mental or physical) over the victim",
        "as a result of that control the victim is powerless to resist",
    ] {
        assert!(RULES.reports.torture.contains(words), "{words}");
    }
}

/// A place, for whom, how long they may stay there, and on which condition how much longer.
type Read = (&'static str, Population, &'static str);

const LIMITS: [Read; 19] = [
    ("brook-house", Population::Anyone, ""),
    ("brook-house", Population::FamilyUnder18, ""),
    ("brook-house", Population::Embarking, "12 hours"),
    ("northmoor", Population::Anyone, ""),
    ("ashdale", Population::Anyone, ""),
    ("st-osyth", Population::Anyone, ""),
    ("lagan", Population::Anyone, ""),
    ("lagan", Population::FreedOffender, "normally 24 hours"),
    ("northmoor", Population::FreedOffender, ""),
    ("larch-unit", Population::Anyone, "72 hours, 7 days by a minister"),
    ("gatwick-pda", Population::FamilyUnder18, "72 hours, 7 days by a minister"),
    ("tinsley-house", Population::FamilyUnder18, "72 hours, 7 days by a minister"),
    ("tinsley-house", Population::Anyone, ""),
    ("manchester-sthf", Population::Anyone, "5 days, 7 days before removal"),
    ("manchester-sthf", Population::ChildAlone, "24 hours; 5 days, 7 days before removal"),
    ("larne-house", Population::Anyone, "5 days, 7 days before removal"),
    ("kirk-street", Population::Anyone, "5 days, 7 days before removal"),
    ("quay-side", Population::Anyone, "24 hours"),
    ("pier-lodge", Population::Anyone, "96 hours"),
];

fn words(span: Span) -> String {
    match span {
        Span::Hours(hours) => format!("{hours} hours"),
        Span::Days(days) => format!("{days} days"),
    }
}

#[test]
fn each_place_has_the_limit_that_is_read_off_the_guidance() {
    let mut kinds = BTreeSet::new();
    for (id, population, expected) in LIMITS {
        let place = PLACES.get(&id.parse().expect("an id")).expect(id);
        let now = "2026-03-02T10:00+00:00".parse().expect("a moment");
        let freed_offender = population == Population::FreedOffender;
        let stay = Stay {
            place,
            population: if freed_offender { Population::Anyone } else { population },
            freed_offender,
            arrived_at: now,
            detained_at: now,
            removal_at: None,
            minister: false,
        };
        let of_place = of_stay(&RULES.stay_limits, &stay).into_iter().map(|limit| {
            let longer = match limit.longer {
                Some(Longer::Minister(span)) => format!(", {} by a minister", words(span)),
                Some(Longer::Removal(span)) => format!(", {} before removal", words(span)),
                None => String::new(),
            };
            format!("{}{}{longer}", if limit.norm { "normally " } else { "" }, words(limit.stay))
        });
        assert_eq!(of_place.collect::<Vec<_>>().join("; "), expected, "{id} for {}", population.label());
        kinds.insert(place.kind);
    }
    assert_eq!(kinds.len(), despatch_process::PlaceKind::ALL.len(), "every kind of place is read");
}
