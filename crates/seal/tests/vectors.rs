//! Enters: the age format's published test vectors (`vectors/age`). Leaves: the proof that each opens, or fails,
//! as its head says; armour and post-quantum keys, which are not used here, fail cleanly.

use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{OpenFault, open, open_with_passphrase};
use flate2::read::ZlibDecoder;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

/// What the vectors that ask for work stay within, all but the one that asks for too much.
const MAX_WORK_FACTOR: u8 = 16;

struct Vector {
    name: String,
    expect: String,
    payload: Option<String>,
    identities: Vec<String>,
    passphrases: Vec<String>,
    armoured: bool,
    file: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Vector {
        let bytes = fs::read(path).unwrap();
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let all = |key: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.filter(|(name, _)| *name == key).map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
        };
        let mut file = bytes[end + 2..].to_vec();
        if !all("compressed").is_empty() {
            let mut inflated = Vec::new();
            ZlibDecoder::new(file.as_slice()).read_to_end(&mut inflated).unwrap();
            file = inflated;
        }
        Vector {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            expect: all("expect").remove(0),
            payload: all("payload").into_iter().next(),
            identities: all("identity"),
            passphrases: all("passphrase"),
            armoured: !all("armored").is_empty(),
            file,
        }
    }

    fn is_hybrid(&self) -> bool {
        self.name.contains("hybrid")
    }

    /// Opens it with each of its keys and passphrases: the first success, or the last fault.
    fn opened(&self) -> Result<Vec<u8>, OpenFault> {
        let by_key = self.identities.iter().map(|text| {
            let key =
                SecretKey::from_identity_file(text).unwrap_or_else(|why| panic!("{}: {why}", self.name));
            open(&self.file, &key)
        });
        let by_passphrase = self
            .passphrases
            .iter()
            .map(|text| open_with_passphrase(&self.file, &Passphrase::from_typed(text), MAX_WORK_FACTOR));
        // Some fail before any key is needed, and name none.
        let mut last = open(&self.file, &SecretKey::generate());
        for opened in by_key.chain(by_passphrase) {
            if opened.is_ok() {
                return opened.map(|plain| plain.to_vec());
            }
            last = opened;
        }
        last.map(|plain| plain.to_vec())
    }

    /// What is wrong with how it behaved, if anything.
    fn fault(&self) -> Option<String> {
        use OpenFault::{Altered, Armoured, CutShort, Key, NoKeyFits, NotSealed, Passphrase, TooMuchWork};
        let opened = self.opened();
        let due: &[OpenFault] = match self.expect.as_str() {
            _ if self.armoured => &[Armoured, NotSealed],
            "success" => {
                let hash = opened.as_ref().map(|plain| Sha256::of(plain).to_string()).ok();
                return (hash.is_none() || hash != self.payload).then(|| format!("{:?}", opened.err()));
            }
            "no match" => &[NoKeyFits, Key, Passphrase],
            "HMAC failure" => &[Altered],
            "payload failure" => &[Altered, CutShort],
            "header failure" => &[Altered, CutShort, NotSealed, TooMuchWork, NoKeyFits, Key, Passphrase],
            other => panic!("{}: {other:?} is new", self.name),
        };
        match opened {
            Ok(_) => Some("it opened".to_owned()),
            Err(fault) => (!due.contains(&fault)).then(|| format!("{fault:?}")),
        }
    }
}

fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/age");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut vectors: Vec<Vector> =
        paths.filter(|path| path.extension().is_none()).map(|path| Vector::read(&path)).collect();
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    vectors
}

#[test]
fn every_published_vector_behaves_as_its_head_says() {
    let (mut faults, mut counts) = (Vec::new(), BTreeMap::new());
    for vector in vectors().iter().filter(|vector| !vector.is_hybrid() || vector.armoured) {
        let kind = if vector.armoured { "armoured" } else { vector.expect.as_str() };
        *counts.entry(kind.to_owned()).or_insert(0) += 1;
        // An armoured file is refused before any key is looked at.
        let vector_fault = if vector.is_hybrid() {
            (open(&vector.file, &SecretKey::generate()) != Err(OpenFault::Armoured)).then(String::new)
        } else {
            vector.fault()
        };
        faults.extend(vector_fault.map(|said| format!("{}: {said}, not {}", vector.name, vector.expect)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let due = [
        ("HMAC failure", 1),
        ("armoured", 33),
        ("header failure", 51),
        ("no match", 7),
        ("payload failure", 18),
        ("success", 15),
    ];
    assert_eq!(counts, due.map(|(kind, count)| (kind.to_owned(), count)).into_iter().collect());
}

#[test]
fn post_quantum_vectors_fail_cleanly_by_the_kind_of_their_key() {
    let hybrid: Vec<Vector> = vectors().into_iter().filter(Vector::is_hybrid).collect();
    assert_eq!(hybrid.len(), 19);
    for vector in hybrid {
        for text in vector.identities.iter().filter(|text| text.starts_with("AGE-SECRET-KEY-PQ-1")) {
            let refusal = SecretKey::from_identity_file(text).unwrap_err();
            assert!(refusal.cause.contains("post-quantum"), "{}: {refusal}", vector.name);
        }
        let fault = open(&vector.file, &SecretKey::generate());
        assert!(fault.is_err(), "{} opened with a key that is not its own", vector.name);
    }
}
