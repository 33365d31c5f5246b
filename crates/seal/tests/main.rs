//! Keys, sealing and the manifest: what opens what, and what is refused and why.

mod approval;
mod mutated;
mod passphrase;
mod vectors;

use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::words::Sha256;
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::lock::{MAX_WORK_FACTOR, WorkFactor, lock, unlock};
use despatch_seal::manifest::{Document, Manifest, Recipient, Schema, sums};
use despatch_seal::sealing::{OpenFault, SealFault, open, seal};
use despatch_seal::stream::seal_to;
use despatch_testing::cases::private_file;
use despatch_testing::swap::Swap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The sizes at which age's chunks of 64 KiB begin and end.
const SIZES: [usize; 7] = [0, 1, 65_535, 65_536, 65_537, 131_072, 1 << 20];

fn plain(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 % 251) as u8).collect()
}

fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Debian's package age must be installed");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A child that fails early closes the pipe; its exit code tells the story.
    let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    output
}

fn write_identity(dir: &Path, key: &SecretKey) -> std::path::PathBuf {
    let path = dir.join("identity.txt");
    private_file(&path, key.to_identity_file().unwrap().expose_secret().as_bytes());
    path
}

#[test]
fn debians_age_opens_what_we_seal_with_either_key() {
    let (recipient, review) = (SecretKey::generate(), SecretKey::generate());
    let dir = tempfile::tempdir().unwrap();
    for size in SIZES {
        let sealed = seal(&plain(size), &[&recipient.to_public(), &review.to_public()]).unwrap();
        for key in [&recipient, &review] {
            let identity = write_identity(dir.path(), key);
            let opened = run(Command::new("age").arg("-d").arg("-i").arg(identity), &sealed);
            assert!(opened.status.success(), "{size}: {}", String::from_utf8_lossy(&opened.stderr));
            assert!(opened.stdout == plain(size), "{size} bytes came back changed");
        }
    }
}

#[test]
fn we_open_what_debians_age_seals() {
    let key = SecretKey::generate();
    for size in SIZES {
        let sealed = run(Command::new("age").arg("-r").arg(key.to_public().as_str()), &plain(size));
        assert!(*open(&sealed.stdout, &key).unwrap() == plain(size), "{size} bytes came back changed");
    }
    let armoured = run(Command::new("age").arg("-a").arg("-r").arg(key.to_public().as_str()), b"x");
    assert_eq!(open(&armoured.stdout, &key), Err(OpenFault::Armoured));
}

#[test]
fn age_keygen_agrees_on_the_public_key_and_we_read_its_file() {
    let made = Command::new("age-keygen").output().unwrap();
    let file = String::from_utf8(made.stdout).unwrap();
    let key = SecretKey::from_identity_file(&file).unwrap();
    assert!(file.contains(&format!("# public key: {}\n", key.to_public())));
    let printed =
        run(Command::new("age-keygen").arg("-y"), key.to_identity_file().unwrap().expose_secret().as_bytes());
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), key.to_public().as_str());
}

/// Types `lines` to a program that asks at a terminal.
fn at_a_terminal(command: &str, lines: &str) -> Output {
    run(Command::new("script").args(["-qec", command, "/dev/null"]), lines.as_bytes())
}

#[test]
fn a_locked_key_works_in_debians_age_and_one_that_age_locked_works_here() {
    let key = SecretKey::generate();
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let passphrase = SecretString::from("seven lanterns by the harbour".to_owned());

    let ours = lock(&key, &passphrase, WorkFactor::STRONG).unwrap();
    assert!(!ours.windows(14).any(|text| text == b"AGE-SECRET-KEY"));
    std::fs::write(at("ours.age"), &ours).unwrap();
    std::fs::write(at("sealed.age"), seal(b"a letter", &[&key.to_public()]).unwrap()).unwrap();
    let open = format!("age -d -i {} -o {} {}", at("ours.age"), at("opened"), at("sealed.age"));
    at_a_terminal(&open, "seven lanterns by the harbour\n");
    assert_eq!(std::fs::read(at("opened")).unwrap(), b"a letter");

    let identity = write_identity(dir.path(), &key);
    let lock_there = format!("age -p -o {} {}", at("theirs.age"), identity.display());
    at_a_terminal(&lock_there, "seven lanterns by the harbour\nseven lanterns by the harbour\n");
    let theirs = std::fs::read(at("theirs.age")).unwrap();
    let unlocked = unlock(&theirs, &passphrase, MAX_WORK_FACTOR).unwrap();
    assert_eq!(unlocked.to_public(), key.to_public());
}

#[test]
fn a_locked_key_needs_its_passphrase_and_asks_for_no_more_work_than_allowed() {
    let key = SecretKey::generate();
    let secret = |text: &str| SecretString::from(text.to_owned());
    let locked = lock(&key, &secret("right"), WorkFactor::STRONG).unwrap();
    assert_eq!(unlock(&locked, &secret("right"), MAX_WORK_FACTOR).unwrap().to_public(), key.to_public());
    assert_eq!(unlock(&locked, &secret("wrong"), MAX_WORK_FACTOR).unwrap_err(), OpenFault::NoKeyFits);
    assert_eq!(unlock(&locked, &secret("right"), 17).unwrap_err(), OpenFault::TooMuchWork);
    assert_eq!(open(&locked, &key), Err(OpenFault::Passphrase));
    assert!(lock(&key, &secret("  "), WorkFactor::STRONG).is_err());
}

#[test]
fn a_sealed_file_opens_whole_or_not_at_all() {
    let key = SecretKey::generate();
    let sealed = seal(&plain(200_000), &[&key.to_public()]).unwrap();
    let head = sealed.len() - (200_000 + 4 * 16);
    let borders = (0..4).map(|chunk| head + chunk * 65_552);
    let cuts = borders.flat_map(|at| [at - 1, at, at + 1]).chain([0, 1, 21, 60, sealed.len() - 1]);
    for cut in cuts {
        let fault = open(&sealed[..cut], &key).unwrap_err();
        let said = [OpenFault::CutShort, OpenFault::Altered, OpenFault::NotSealed];
        assert!(said.contains(&fault), "cut at {cut}: {fault}");
    }
    for at in (0..sealed.len()).step_by(4001).chain([sealed.len() - 1]) {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open(&changed, &key).is_err(), "a changed bit at {at} went unnoticed");
    }
    let mut longer = sealed.clone();
    longer.push(0);
    assert!(open(&longer, &key).is_err());
    assert_eq!(open(b"%PDF-1.7", &key), Err(OpenFault::NotSealed));
}

#[test]
fn another_key_opens_nothing_and_sealing_to_nobody_is_refused() {
    let (key, other) = (SecretKey::generate(), SecretKey::generate());
    let public = key.to_public();
    assert_eq!(open(&seal(b"x", &[&public]).unwrap(), &other), Err(OpenFault::NoKeyFits));
    assert_eq!(seal(b"x", &[]), Err(SealFault::NoKeys));
    // One stanza for a key that is named three times, beside at most one that is only grease.
    let head = |sealed: &[u8]| String::from_utf8_lossy(sealed).matches("\n-> X25519 ").count();
    assert_eq!(head(&seal(b"x", &[&public, &public, &public]).unwrap()), 1);
    assert_eq!(head(&seal(b"x", &[&public, &other.to_public()]).unwrap()), 2);
}

const GOOD: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

#[test]
fn a_public_key_of_another_kind_is_refused_with_its_reason() {
    assert_eq!(GOOD.parse::<PublicKey>().unwrap().fingerprint().len(), 19);
    for (key, reason) in [
        ("", "not an age public key"),
        ("age1pq1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "post-quantum"),
        ("age1tag1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "tagged"),
        ("age1tagpq1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "tagged"),
        ("age1yubikey1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "check digits"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "SSH key"),
        ("AGE-SECRET-KEY-1QQQQQQQQQQQ", "disclosed"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "disclosed"),
        ("age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pb", "check digits"),
        ("age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7p", "check digits"),
        (&GOOD.to_uppercase(), "check digits"),
        (&format!("{GOOD} "), "check digits"),
    ] {
        let refusal = key.parse::<PublicKey>().unwrap_err();
        assert!(refusal.cause.contains(reason), "{key}: {refusal}");
    }
}

#[test]
fn a_key_that_seals_to_everybody_is_refused() {
    // Curve25519's points of low order, and other spellings of a point: with the first of them age panics.
    for key in [
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
        "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
        "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
        "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
        "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
        "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
        "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
        "age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqyr3apl",
    ] {
        let refusal = key.parse::<PublicKey>().unwrap_err();
        assert!(refusal.cause.contains("anybody"), "{key}: {refusal}");
    }
    assert!("age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq8r66x".parse::<PublicKey>().is_ok());
}

#[test]
fn a_private_key_is_never_shown() {
    let key = SecretKey::generate();
    let secret = key.to_identity_file().unwrap();
    let line = secret.expose_secret().lines().nth(1).unwrap().to_owned();
    assert!(line.starts_with("AGE-SECRET-KEY-1"));
    assert!(!format!("{key:?}{secret:?}").contains(&line[16..]));
    for (file, reason) in [
        ("", "no private key"),
        ("# only a comment\n", "no private key"),
        (&format!("{line}\n{line}\n"), "more than one"),
        ("AGE-PLUGIN-YUBIKEY-1QQQ", "plugin"),
        ("AGE-SECRET-KEY-PQ-1QQQ", "post-quantum"),
        (&line[..60], "damaged"),
    ] {
        let refusal = SecretKey::from_identity_file(file).unwrap_err();
        assert!(refusal.cause.contains(reason), "{refusal}");
    }
    assert!(SecretKey::from_identity_file(&format!("# c\r\n{line}\r\n")).is_ok());
}

fn manifest() -> Manifest {
    Manifest {
        schema: Schema::V2,
        despatch: "d-000017".to_owned(),
        case: "EMR-2026-0142".parse().unwrap(),
        event: "appointment-1".parse().unwrap(),
        row: "12".to_owned(),
        kind: "invitation".parse().unwrap(),
        message_id: "<d-000017@office.invalid>".to_owned(),
        recipient: Some(Recipient {
            entry: "det-brook".parse().unwrap(),
            address: "det@office.invalid".parse().unwrap(),
            fingerprints: vec!["0011-2233-4455-6677".to_owned()],
        }),
        review_fingerprint: "8899-aabb-ccdd-eeff".to_owned(),
        signing_fingerprint: "SHA256:made-up".to_owned(),
        recovery_fingerprint: None,
        issued_on: "2026-11-23".parse().unwrap(),
        sealed_at: "2026-11-23T10:00:00Z".parse().unwrap(),
        pack: "hoso-2022-09-12".parse().unwrap(),
        pack_sha256: Sha256::of(b"pack"),
        templates: Sha256::of(b"templates"),
        documents: vec![Document {
            number: 1,
            file: "01-cover-note.pdf".to_owned(),
            title: "Cover note".to_owned(),
            sha256: Sha256::of(b"pdf"),
            size: 3,
            locked_sha256: None,
        }],
    }
}

#[test]
fn a_manifest_comes_back_as_it_was_and_another_shape_is_refused() {
    let json = manifest().to_json().unwrap();
    assert_eq!(Manifest::parse(&json).unwrap(), manifest());
    let text = String::from_utf8(json).unwrap();
    assert!(text.contains("\"schema\": \"despatch-manifest/2\""));
    for (from, to) in
        [("manifest/2", "manifest/1"), ("\"row\"", "\"line\""), ("det@office.invalid", "det@office")]
    {
        assert!(Manifest::parse(text.swapped(from, to).as_bytes()).is_err(), "{from} -> {to}");
    }
}

#[test]
fn stock_sha256sum_checks_the_outer_list() {
    let dir = tempfile::tempdir().unwrap();
    let list = sums([("01-a.age", b"one".as_slice()), ("manifest.json.age", b"two".as_slice())]);
    for (name, bytes) in [("01-a.age", "one"), ("manifest.json.age", "two"), ("SHA256SUMS", &list)] {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let check = || {
        Command::new("sha256sum").args(["-c", "--strict", "SHA256SUMS"]).current_dir(&dir).output().unwrap()
    };
    assert!(check().status.success());
    std::fs::write(dir.path().join("01-a.age"), "One").unwrap();
    assert!(!check().status.success());
}

#[test]
fn a_key_that_is_named_twice_is_sealed_to_once() {
    let (key, other) = (SecretKey::generate(), SecretKey::generate());
    let to = [&key.to_public(), &other.to_public(), &key.to_public()];
    let whole = seal(b"plain", &to).unwrap();
    let mut writer = seal_to(&to, Vec::new()).unwrap();
    writer.write_all(b"plain").unwrap();
    let streamed = writer.finish().unwrap();
    for sealed in [&whole, &streamed] {
        assert_eq!(sealed.windows(10).filter(|part| *part == b"-> X25519 ").count(), 2);
        for key in [&key, &other] {
            assert_eq!(&open(sealed, key).unwrap()[..], b"plain");
        }
    }
    assert!(matches!(seal_to(&[], Vec::new()), Err(SealFault::NoKeys)));
}

#[test]
fn a_passphrase_is_tried_on_a_file_by_its_salt_alone() {
    use despatch_seal::trial::Salt;
    let words = |text: &str| SecretString::from(text.to_owned());
    let locked =
        |work| lock(&SecretKey::generate(), &words("four made-up words here"), work).expect("a locked key");
    let strong = locked(WorkFactor::STRONG);
    let salt = Salt::of(&strong).expect("a salt");
    for (passphrase, opens) in [("four made-up words here", true), ("four made-up words, here", false)] {
        assert_eq!(salt.trial(&words(passphrase)).expect("a trial").opens(&strong), opens, "{passphrase}");
    }
    // What goes to the other process has nothing of the file but its salt.
    let shown = serde_json::to_string(&salt).unwrap();
    let header = String::from_utf8_lossy(&strong[..200]).into_owned();
    let body = header.lines().nth(2).expect("the locked file key").to_owned();
    assert!(!shown.contains(&body) && header.contains(shown.split('"').nth(3).unwrap()), "{shown}");
    // Weaker work would make guessing cheap: whoever has the passphrase refuses it too.
    assert_eq!(Salt::of(&locked(WorkFactor::of(10))), None);
    let weak: Salt = serde_json::from_str(&shown.swapped("18", "10")).unwrap();
    assert!(weak.trial(&words("four made-up words here")).is_none());
    assert_eq!(Salt::of(&seal(b"x", &[&SecretKey::generate().to_public()]).unwrap()), None);
    assert_eq!(Salt::of(b"anything"), None);
}
