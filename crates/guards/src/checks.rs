//! Enters: the examination of one despatch. Leaves: its named checks, with their evidence.
//! Never: looks at anything that the examination does not hold.

use super::examination::{Examination, OwnLetter};
use super::others::Hit;
use super::{
    Check, Guard, Outcome, attachment, authority, change, clear, free_text, matrix, virus, whereabouts,
};
use despatch_core::words::Role;
use despatch_process::case::AttachmentKind;

/// Every guard. A new one is a file with such a function, and its line here.
const GUARDS: [fn(&Examination<'_>) -> Vec<Check>; 11] = [
    same_person,
    identity_of_attachments,
    identity_of_letters,
    listed,
    named_place,
    repeated_free_text,
    recorded_authority,
    in_clear,
    routing,
    attachments,
    address_and_size,
];

/// Runs every guard on one despatch.
pub fn checks(of: &Examination<'_>) -> Vec<Check> {
    let mut checks: Vec<Check> = GUARDS.iter().flat_map(|guard| guard(of)).collect();
    checks.sort_by_key(|check| check.guard);
    checks
}

/// A check that may not delay a copy for somebody's safety, which it only warns about (G19). There are few: such a copy
/// is hastened, and never let through with a virus, a script, privilege, somebody else's paper or a value in clear (F11).
fn hastened(of: &Examination<'_>, check: Check) -> Check {
    if of.planned.safety { check.for_safety() } else { check }
}

/// The case is still about the person of its earlier events, and no other open case is about them or as them.
fn same_person(of: &Examination<'_>) -> Vec<Check> {
    of.person.clone()
}

/// Each attachment is about the person, and nobody else.
fn identity_of_attachments(of: &Examination<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for one in &of.attached {
        let (outcome, words) = one.seen.judge();
        let of_the_person = outcome == Outcome::Passed;
        checks.push(Check::new(Guard::Identity, outcome, format!("document {}: {words}", one.number)));
        checks.extend(one.others.iter().map(|hit| somebody_else(one.number, hit, of_the_person)));
    }
    checks
}

/// The documents rendered here name the person or, if the kind is anonymous, nobody.
fn identity_of_letters(of: &Examination<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for OwnLetter { number, seen, others, .. } in &of.own_letters {
        let told = [seen.name, seen.part_of_name, seen.born, seen.reference];
        if let Some(page) = told.into_iter().flatten().next().filter(|_| of.anonymous) {
            let words =
                format!("document {number} is told to say nothing about the person, and does on page {page}");
            checks.push(Check::new(Guard::Matrix, Outcome::Stops, words));
        }
        checks.extend(others.iter().map(|hit| somebody_else(*number, hit, !of.anonymous)));
    }
    let numbers: Vec<String> = of.own_letters.iter().map(|one| one.number.to_string()).collect();
    let numbers = numbers.join(", ");
    let names_the_person =
        of.own_letters.iter().any(|one| one.seen.reference.is_some() || one.seen.name.is_some());
    let (outcome, words) = match (of.anonymous, names_the_person) {
        (true, _) => (Outcome::Passed, format!("our own documents ({numbers}) are to name nobody")),
        (false, true) => (Outcome::Passed, format!("our own documents ({numbers}) name the person")),
        (false, false) => (Outcome::Stops, format!("none of our own documents ({numbers}) names the person")),
    };
    checks.push(Check::new(Guard::Identity, outcome, words));
    checks
}

/// The check for another person's identity. A name alone, in a document about the right person, may be a relative's or
/// a namesake's.
fn somebody_else(number: usize, hit: &Hit, of_the_person: bool) -> Check {
    let outcome = if of_the_person && !hit.is_certain() { Outcome::Confirm } else { Outcome::Stops };
    Check::new(Guard::Identity, outcome, format!("document {number}: {}", hit.label()))
}

/// Each attachment is what the case file lists it as.
fn listed(of: &Examination<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for one in &of.attached {
        match one.says_of_itself.privilege(one.number) {
            Some(privileged) => checks.push(privileged),
            None => {
                let other = one.says_of_itself.check(one.number, one.kind);
                checks.extend(other.map(|check| hastened(of, check)));
            }
        }
    }
    checks
}

/// The medical report names the place where the person is.
fn named_place(of: &Examination<'_>) -> Vec<Check> {
    let reports = of.attached.iter().filter(|one| one.kind == AttachmentKind::ExternalMedicalReport);
    reports.filter_map(|one| whereabouts::check(one.number, one.places, of.case, of.history)).collect()
}

/// No free text of the case file is repeated to a recipient who must not know it.
fn repeated_free_text(of: &Examination<'_>) -> Vec<Check> {
    let tables = of.tables;
    let reader =
        free_text::Reader { of_nobody: of.anonymous, of_health: tables.may_know_of_health(of.planned.role) };
    let letters = of.own_letters.iter().flat_map(|one| &one.words).map(|word| word.plain.as_str()).collect();
    let checks = free_text::checks(of.case, reader, &letters, &tables.health);
    checks
        .into_iter()
        .map(|check| if check.outcome == Outcome::Stops { check } else { hastened(of, check) })
        .collect()
}

/// A representative's authority is recorded.
fn recorded_authority(of: &Examination<'_>) -> Vec<Check> {
    if of.planned.role != Role::Representative {
        return Vec::new();
    }
    let named = of.case.representative.as_ref().filter(|named| named.entry == of.entry.id);
    let check = authority::check(&of.entry.id, named.map(|named| named.authority_date), of.authority);
    vec![hastened(of, check)]
}

/// Nothing about the person is said in clear.
fn in_clear(of: &Examination<'_>) -> Vec<Check> {
    let titles: Vec<&str> = of.case.attachments.iter().map(|one| one.title.as_str()).collect();
    vec![clear::check(of.case, of.place, &titles, &of.tables.health, of.clear)]
}

/// The role may receive each attachment.
fn routing(of: &Examination<'_>) -> Vec<Check> {
    let carried: Vec<_> = of.attached.iter().map(|one| (one.number, one.kind)).collect();
    let (role, consent) = (of.planned.role, matrix::consents(of.history));
    vec![matrix::check(of.tables, role, &carried, consent, |kind| of.enclosed.contains(&kind))]
}

/// Each attachment is sound, and the office's scanner found nothing in it.
fn attachments(of: &Examination<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for one in &of.attached {
        checks.push(attachment::check(one.number, one.found));
        let over = attachment::within_limits(one.number, one.found, one.bytes, of.limits);
        checks.extend(over.map(|check| hastened(of, check)));
        checks.extend(attachment::behind(one.number, one.found, of.limits.history));
        checks.extend(one.cleaning.map(|cleaning| attachment::cleaned(one.number, cleaning)));
        checks.extend(one.scanned.map(|scanned| virus::check(one.number, scanned)));
    }
    checks
}

/// The entry is as it was when it was last written to, and its mail system takes the message.
fn address_and_size(of: &Examination<'_>) -> Vec<Check> {
    vec![
        change::check(of.entry, of.written_to),
        hastened(of, attachment::size(of.message_bytes, of.entry.email.domain(), of.limits)),
    ]
}
