//! Enters: sealed files, changed by one byte or cut at every place. Leaves: the proof that none of them gives a byte
//! of what was sealed, and that none of them makes the program give up.

use super::plain;
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::MAX_WORK_FACTOR;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{OpenFault, open, open_with_passphrase, seal, seal_with_passphrase};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Changes to a byte: one bit, the highest bit, all bits, and the step to its neighbour.
const CHANGES: [fn(u8) -> u8; 4] =
    [|byte| byte ^ 1, |byte| byte ^ 0x80, |byte| !byte, |byte| byte.wrapping_add(1)];

/// Every change of one byte at these places, and every cut there.
fn spoilt(sealed: &[u8], places: impl Iterator<Item = usize>) -> Vec<Vec<u8>> {
    let mut spoilt = Vec::new();
    for at in places {
        for change in CHANGES {
            let mut changed = sealed.to_vec();
            changed[at] = change(changed[at]);
            spoilt.push(changed);
        }
        spoilt.push(sealed[..at].to_vec());
    }
    spoilt
}

#[track_caller]
fn none_opens(files: &[Vec<u8>], open: impl Fn(&[u8]) -> Result<Vec<u8>, OpenFault>) {
    for (number, file) in files.iter().enumerate() {
        let opened = catch_unwind(AssertUnwindSafe(|| open(file)));
        let opened = opened.unwrap_or_else(|_| panic!("file {number} made the program give up"));
        assert!(opened.is_err(), "file {number} gave {} bytes", opened.unwrap().len());
    }
}

#[test]
fn a_file_with_any_byte_changed_or_cut_off_gives_nothing() {
    let (key, other) = (SecretKey::generate(), SecretKey::generate());
    let sealed = seal(&plain(300), &[&key.to_public(), &other.to_public()]).unwrap();
    let files = spoilt(&sealed, 0..sealed.len());
    assert!(files.len() > 3_000, "{}", files.len());
    none_opens(&files, |file| open(file, &key).map(|plain| plain.to_vec()));
}

#[test]
fn a_long_file_with_a_byte_changed_in_a_later_chunk_gives_nothing_of_the_earlier_ones() {
    let key = SecretKey::generate();
    let sealed = seal(&plain(200_000), &[&key.to_public()]).unwrap();
    let files = spoilt(&sealed, (0..sealed.len()).step_by(1_009));
    assert!(files.len() > 900, "{}", files.len());
    none_opens(&files, |file| open(file, &key).map(|plain| plain.to_vec()));
}

#[test]
fn a_file_that_a_passphrase_seals_gives_nothing_once_it_is_changed() {
    let passphrase = Passphrase::generate().unwrap();
    let sealed = seal_with_passphrase(&plain(300), &passphrase).unwrap();
    // Each try takes as much work as a right one, so every 23rd place is looked at.
    let files = spoilt(&sealed, (0..sealed.len()).step_by(23));
    assert!(files.len() > 100, "{}", files.len());
    none_opens(&files, |file| {
        open_with_passphrase(file, &passphrase, MAX_WORK_FACTOR).map(|plain| plain.to_vec())
    });
}
