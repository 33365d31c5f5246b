//! Working days: the vectors, sentences with weekdays, properties over every date, and broken lists.

use super::{HOLIDAYS, codes, day, the_calendar, the_places};
use chrono::NaiveDate;
use despatch_core::words::{PlaceId, Role};
use despatch_process::{Calendar, Division, PlaceKind, Places};
use despatch_testing::swap::Swap;

const VECTORS: &str = include_str!("working-day-vectors.csv");

fn division(name: &str) -> Division {
    Division::ALL.into_iter().find(|one| one.code() == name).expect(name)
}

#[test]
fn every_vector_holds() {
    let calendar = the_calendar();
    let mut lines = VECTORS.lines();
    assert_eq!(lines.next().map(|header| header.split(',').count()), Some(9));
    let mut tried = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let date = |index: usize| fields[index].parse::<NaiveDate>().expect(line);
        let days = calendar.working_days(division(fields[1]));
        let (referral, appointment) = (date(0), date(2));
        assert_eq!(days.after(referral, 7), Ok(appointment), "{line}");
        assert_eq!(days.before(appointment, 3), Ok(date(3)), "{line}");
        assert_eq!(days.before(appointment, 1), Ok(date(4)), "{line}");
        assert_eq!(days.before(date(3), 3), Ok(date(5)), "{line}");
        assert_eq!(days.after(appointment, 5), Ok(date(6)), "{line}");
        assert_eq!(days.after(appointment, 5), Ok(date(7)), "{line}");
        assert_eq!(days.after(referral, 10), Ok(date(8)), "{line}");
        tried += 1;
    }
    assert_eq!(tried, 7);
}

#[test]
fn sentences_about_working_days() {
    use Division::{EnglandAndWales as Wales, NorthernIreland as Ireland, Scotland};
    let calendar = the_calendar();
    for (count, from, division, due) in [
        (1, "Friday 20 November 2026", Wales, "Monday 23 November 2026"),
        (1, "Saturday 21 November 2026", Wales, "Monday 23 November 2026"),
        (1, "Sunday 22 November 2026", Wales, "Monday 23 November 2026"),
        (0, "Sunday 22 November 2026", Wales, "Sunday 22 November 2026"),
        // Easter: Good Friday everywhere, Easter Monday not in Scotland.
        (1, "Thursday 2 April 2026", Wales, "Tuesday 7 April 2026"),
        (1, "Thursday 2 April 2026", Scotland, "Monday 6 April 2026"),
        (1, "Thursday 2 April 2026", Ireland, "Tuesday 7 April 2026"),
        // Christmas and the new year, with the substitutes of 2026 and 2027.
        (1, "Thursday 24 December 2026", Wales, "Tuesday 29 December 2026"),
        (3, "Wednesday 30 December 2026", Wales, "Tuesday 5 January 2027"),
        (1, "Thursday 31 December 2026", Wales, "Monday 4 January 2027"),
        (1, "Thursday 31 December 2026", Scotland, "Tuesday 5 January 2027"),
        (1, "Friday 24 December 2027", Wales, "Wednesday 29 December 2027"),
        // Scotland's own: 2 January, the summer holiday, St Andrew's Day, 15 June 2026.
        (1, "Thursday 1 January 2026", Scotland, "Monday 5 January 2026"),
        (1, "Friday 31 July 2026", Scotland, "Tuesday 4 August 2026"),
        (1, "Friday 31 July 2026", Wales, "Monday 3 August 2026"),
        (1, "Friday 28 August 2026", Scotland, "Monday 31 August 2026"),
        (1, "Friday 28 August 2026", Wales, "Tuesday 1 September 2026"),
        (1, "Friday 27 November 2026", Scotland, "Tuesday 1 December 2026"),
        (1, "Friday 12 June 2026", Scotland, "Tuesday 16 June 2026"),
        (1, "Friday 12 June 2026", Wales, "Monday 15 June 2026"),
        // Northern Ireland's own: 17 March and 12 July (a Sunday in 2026).
        (1, "Monday 16 March 2026", Ireland, "Wednesday 18 March 2026"),
        (1, "Friday 10 July 2026", Ireland, "Tuesday 14 July 2026"),
        // Days that were holidays once.
        (1, "Wednesday 1 June 2022", Wales, "Monday 6 June 2022"),
        (1, "Friday 16 September 2022", Wales, "Tuesday 20 September 2022"),
        (1, "Friday 5 May 2023", Wales, "Tuesday 9 May 2023"),
    ] {
        let found = calendar.working_days(division).after(day(from), count);
        assert_eq!(found, Ok(day(due)), "{count} working days after {from}, {division:?}");
    }
}

#[test]
fn the_arithmetic_names_the_bank_holidays_that_were_skipped() {
    let calendar = the_calendar();
    for (count, from, to, division, words) in [
        (
            7,
            "31 March 2026",
            "13 April 2026",
            Division::EnglandAndWales,
            "7 working days after 31 March 2026, by the calendar of England and Wales; 3 and 6 April are bank holidays",
        ),
        (
            7,
            "31 March 2026",
            "10 April 2026",
            Division::Scotland,
            "7 working days after 31 March 2026, by the calendar of Scotland; 3 April is a bank holiday",
        ),
        (
            1,
            "2 March 2026",
            "3 March 2026",
            Division::NorthernIreland,
            "1 working day after 2 March 2026, by the calendar of Northern Ireland",
        ),
        (
            7,
            "21 December 2026",
            "4 January 2027",
            Division::EnglandAndWales,
            "7 working days after 21 December 2026, by the calendar of England and Wales; 25 and 28 December, and 1 January are bank holidays",
        ),
        (
            3,
            "29 December 2026",
            "22 December 2026",
            Division::EnglandAndWales,
            "3 working days before 29 December 2026, by the calendar of England and Wales; 25 and 28 December are bank holidays",
        ),
    ] {
        let days = calendar.working_days(division);
        let (from, to) = (day(from), day(to));
        let counted = if to > from { days.after(from, count) } else { days.before(from, count) };
        assert_eq!(counted, Ok(to), "{words}");
        assert_eq!(days.arithmetic(count, from, to), words);
    }
}

#[test]
fn over_every_date_of_six_years_the_properties_hold() {
    let calendar = the_calendar();
    let first = day("1 February 2022");
    for division in Division::ALL {
        let days = calendar.working_days(division);
        let after = |date, count| days.after(date, count).expect("covered");
        let before = |date, count| days.before(date, count).expect("covered");
        for date in first.iter_days().take(2400) {
            let next = date.succ_opt().expect("a day");
            for count in [1, 2, 3, 5, 7, 10] {
                let due = after(date, count);
                assert_eq!(days.is_working_day(due), Ok(true), "{date} +{count} {division:?}");
                assert!(due > date && due <= after(next, count), "monotone at {date}");
                assert_eq!(days.between(date, due), Ok(count), "{date} +{count}");
                for more in [0, 1, 4] {
                    assert_eq!(after(due, more), after(date, count + more), "{date} {count}+{more}");
                }
                assert_eq!(days.is_working_day(before(date, count)), Ok(true));
                if days.is_working_day(date) == Ok(true) {
                    assert_eq!(before(due, count), date, "{date} +{count} -{count}");
                    assert_eq!(after(before(date, count), count), date, "{date} -{count} +{count}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_computed_outside_the_calendar() {
    let calendar = the_calendar();
    assert_eq!(calendar.last_covered_day(), day("Sunday 31 December 2028"));
    let days = calendar.working_days(Division::EnglandAndWales);
    assert_eq!(days.after(day("27 December 2028"), 2), Ok(day("Friday 29 December 2028")));
    assert!(days.after(day("27 December 2028"), 3).is_err());
    assert!(days.before(day("4 January 2022"), 1).is_err());
    assert!(days.after(day("1 January 2029"), 0).is_err());
    assert!(days.is_working_day(day("31 December 2021")).is_err());
    assert!(days.after(NaiveDate::MAX, 1).is_err() && days.before(NaiveDate::MIN, 1).is_err());
    let fault = days.after(day("29 December 2028"), 1).expect_err("beyond").fault("/event/date");
    assert!(fault.cause.contains("1 January 2022 to 31 December 2028"), "{fault}");
    assert!(fault.cure.contains("policy/bank-holidays.json"), "{fault}");
    assert!(fault.cure.contains("https://www.gov.uk/bank-holidays.json"), "{fault}");
}

#[test]
fn the_list_is_read_as_gov_uk_publishes_it_and_a_broken_one_is_refused() {
    let published = HOLIDAYS.swapped("\"notes\": \"\"", "\"notes\": \"\", \"bunting\": true");
    assert_eq!(Calendar::parse(&published), Ok(the_calendar()));

    let easter = r#"{"title": "Good Friday", "date": "2026-04-03", "notes": ""},"#;
    for (name, broken, code, says) in [
        ("no JSON", "{".to_owned(), "calendar.json", "bank holidays"),
        (
            "a missing division",
            HOLIDAYS.swapped("\"northern-ireland\": {", "\"ireland\": {"),
            "calendar.json",
            "ireland",
        ),
        ("an impossible date", HOLIDAYS.swapped("2026-04-03", "2026-04-33"), "calendar.date", "not a date"),
        ("a year not whole", HOLIDAYS.swapped(easter, ""), "calendar.year", "2026 has 7"),
        (
            "divisions swapped",
            HOLIDAYS.swapped("\"division\": \"scotland\"", "\"division\": \"northern-ireland\""),
            "calendar.division",
            "Northern Ireland",
        ),
    ] {
        let faults = Calendar::parse(&broken).expect_err(name);
        let fault = faults.iter().find(|fault| fault.code == code).expect(name);
        assert!(fault.cause.contains(says), "{name}: {fault}");
        assert!(fault.at.starts_with("policy/bank-holidays.json"), "{name}: {fault}");
    }
    let empty = r#"{"england-and-wales": {"division": "england-and-wales", "events": []},
        "scotland": {"division": "scotland", "events": []},
        "northern-ireland": {"division": "northern-ireland", "events": []}}"#;
    assert_eq!(Calendar::parse(empty).expect_err("empty").len(), 3, "all at once");
}

#[test]
fn each_place_has_an_id_a_kind_and_a_division_of_its_own() {
    let places = the_places();
    assert_eq!(places.iter().count(), 11);
    for (id, name, kind, division) in [
        ("brook-house", "Brook House", PlaceKind::Irc, Division::EnglandAndWales),
        ("dungavel", "Dungavel", PlaceKind::Irc, Division::Scotland),
        ("larne-house", "Larne House", PlaceKind::Sthf, Division::NorthernIreland),
        ("yarls-wood", "Yarl's Wood", PlaceKind::Irc, Division::EnglandAndWales),
        ("yarls-wood-sthf", "Yarl's Wood", PlaceKind::Sthf, Division::EnglandAndWales),
        ("gatwick-pda", "Gatwick", PlaceKind::Pda, Division::EnglandAndWales),
    ] {
        let id: PlaceId = id.parse().expect("an id");
        let place = places.get(&id).expect(name);
        assert_eq!((place.name.as_str(), place.kind, place.division), (name, kind, division));
    }
    let larne = places.get(&"larne-house".parse().expect("an id")).expect("Larne House");
    let bodies: Vec<&str> = larne.bodies.iter().map(|body| body.label()).collect();
    assert_eq!(bodies, ["healthcare team", "Escorting Contract Monitoring Team"], "it has no DET");
    assert!(places.iter().all(|place| place.nation.division() == place.division));
    assert!(places.iter().all(|place| place.has(Role::Healthcare) && place.has(Role::Det)));
}

#[test]
fn a_broken_list_of_places_says_which_line() {
    let place = |id: &str, name: &str| {
        format!(
            "[[place]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"irc\"\ndivision = \"scotland\"\nsource = \"ours\"\n\
             nation = \"scotland\"\nbodies = [\"det\", \"healthcare\"]\n"
        )
    };
    let twice = place("a-place", "A") + &place("a-place", "B");
    let faults = Places::parse(&twice).expect_err("twice");
    assert_eq!(codes(&faults), [("policy/places.toml:10", "places.twice")]);
    for (broken, line, code) in [
        (place("A Place", "A"), 2, "settings.value"),
        (place("a", " "), 3, "settings.value"),
        (place("a", "A").swapped("\"irc\"", "\"hotel\""), 4, "settings.value"),
        (place("a", "A").swapped_once("\"scotland\"", "\"wales\""), 5, "settings.value"),
        (place("a", "A").swapped("nation = \"scotland\"", "nation = \"wales\""), 7, "places.nation"),
        (place("a", "A").swapped("\"det\"", "\"dett\""), 8, "settings.value"),
        (place("a", "A") + "mailbox = \"x\"\n", 9, "settings.unknown"),
    ] {
        let faults = Places::parse(&broken).expect_err(&broken);
        assert_eq!(codes(&faults), [(format!("policy/places.toml:{line}").as_str(), code)]);
    }
}
