//! Enters: valid cases. Leaves: the proof that whatever is made of them is read or refused with faults.
//! Never: draws a number that another run would not draw.

use super::{files, read};
use despatch_process::case;
use serde_json::{Value, json};

const ROUNDS: usize = 12_000;

#[test]
fn no_bytes_make_the_parser_fail_otherwise_than_with_faults() {
    let seeds: Vec<Vec<u8>> = files("valid", ".json").iter().map(|path| read(path)).collect();
    let tokens: [&[u8]; 16] = [
        b"null",
        b"[",
        b"}",
        b"\"",
        b"\\u0000",
        b"1e99",
        b"-1",
        b"\xff",
        b"\xe2\x80\xae",
        b",",
        b"{\"a\":",
        b"true",
        b"\\n\\n> - ",
        b"\\n1. **",
        b"&#8203;",
        b"<b>[a](b)`",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).expect("it is below a usize")
    };
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            let end = (at + random(12)).min(bytes.len());
            match random(5) {
                0 => bytes[at] = u8::try_from(random(256)).expect("a byte"),
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, tokens[random(tokens.len())].iter().copied())),
                3 => bytes.extend_from_within(at..end),
                _ => bytes.truncate(bytes.len() - random(3)),
            }
        }
        match case::parse(&bytes) {
            Ok(_) => accepted += 1,
            Err(faults) => assert!(!faults.is_empty(), "refused without a fault in round {round}"),
        }
    }
    assert!(
        (1..ROUNDS).contains(&accepted),
        "{accepted} of {ROUNDS} were accepted: the mutations are too weak or too strong"
    );
}

/// Every pointer of a value, the root's apart.
pub fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(values) => values.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in children {
        let at = format!("{at}/{name}");
        pointers(value, &at, found);
        found.push(at);
    }
}

#[test]
fn any_value_anywhere_is_accepted_or_refused_with_faults_at_or_near_it() {
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}\u{202e}"),
        json!("x".repeat(20_001)),
        json!("- > 1. **\n# `<b>"),
        json!([]),
        json!([[[{}]]]),
        json!({}),
        json!({"type": {"type": []}}),
    ];
    for path in files("valid", ".json") {
        let case: Value = serde_json::from_slice(&read(&path)).expect("JSON");
        let mut all = Vec::new();
        pointers(&case, "", &mut all);
        for pointer in all {
            for value in &odd {
                let mut case = case.clone();
                *case.pointer_mut(&pointer).expect("a value") = value.clone();
                let Err(found) = case::parse(case.to_string().as_bytes()) else {
                    continue;
                };
                assert!(!found.is_empty() && found.len() < 20, "{value} at {pointer}: {found:?}");
            }
        }
    }
}
