//! What a reviewer signs: one text for one decision, by ssh-keygen with each kind of key, and what is no approval.

use super::run;
use chrono::{DateTime, Utc};
use despatch_core::words::{Sha256, StaffId};
use despatch_seal::approval::{Choice, NAMESPACE, Statement};
use despatch_seal::approvers::{ApprovalFault, Approvers};
use despatch_testing::swap::Swap;
use ssh_key::private::Ed25519Keypair;
use ssh_key::public::{KeyData, SkEd25519};
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, Signature, SigningKey, SshSig};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn statement() -> Statement {
    Statement {
        office: "despatch.example.invalid".to_owned(),
        despatch: "17-3".to_owned(),
        message: Sha256::of(b"the message"),
        choice: Choice::Approve,
        entry: "harbour-lane-law".parse().unwrap(),
        address: "post@harbour-lane.example.invalid".to_owned(),
        opening: "age".to_owned(),
        keys: vec!["5c1d".to_owned(), "99aa".to_owned()],
        confirmed: vec!["identity".to_owned()],
        by: by("cat"),
        number: "90b1".to_owned(),
        until: at("2026-11-23T12:30:00Z"),
    }
}

fn by(id: &str) -> StaffId {
    id.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-23T12:00:00Z")
}

#[test]
fn one_text_is_one_decision() {
    let whole = statement();
    let text = whole.text().unwrap();
    assert_eq!(Statement::read(&text), Some(whole.clone()));
    assert_eq!(text.lines().count(), 14);
    let none = Statement { keys: Vec::new(), confirmed: Vec::new(), ..whole.clone() };
    assert_eq!(Statement::read(&none.text().unwrap()), Some(none));
    // Each other spelling is refused: a signature over it is over another text.
    let lines: Vec<&str> = text.lines().collect();
    for index in 0..lines.len() {
        for other in [
            None,
            Some(format!("{} ", lines[index])),
            Some(format!("{}\n{}", lines[index], lines[index])),
            Some(lines[index].to_uppercase()),
            Some(lines[index].replace(": ", ":")),
        ] {
            if other.as_deref() == Some(lines[index]) {
                continue;
            }
            let repeated = other.as_deref() == Some(format!("{0}\n{0}", lines[index]).as_str());
            let mut changed: Vec<&str> = lines.clone();
            match &other {
                Some(other) => changed[index] = other,
                None => drop(changed.remove(index)),
            }
            let changed = format!("{}\n", changed.join("\n"));
            let is_list = lines[index].starts_with("key: ") || lines[index].starts_with("confirmed: ");
            match Statement::read(&changed) {
                None => {}
                Some(read) if is_list && (other.is_none() || repeated) => assert_ne!(read, whole),
                Some(read) => assert_ne!(read, whole, "{changed}"),
            }
        }
    }
    for changed in [text.trim_end().to_owned(), format!("{text}\n"), text.replace('\n', "\r\n")] {
        assert_eq!(Statement::read(&changed), None, "{changed:?}");
    }
}

#[test]
fn no_value_makes_another_line() {
    let whole = statement();
    for bad in ["a\nby: bob", "a\u{1b}[2J", "", "a\u{202e}b"] {
        let bad = bad.to_owned();
        assert_eq!(Statement { office: bad.clone(), ..whole.clone() }.text(), None, "{bad:?}");
        assert_eq!(Statement { address: bad.clone(), ..whole.clone() }.text(), None, "{bad:?}");
        assert_eq!(Statement { number: bad.clone(), ..whole.clone() }.text(), None, "{bad:?}");
        assert_eq!(Statement { keys: vec![bad.clone()], ..whole.clone() }.text(), None, "{bad:?}");
        assert_eq!(Statement { confirmed: vec![bad], ..whole.clone() }.text(), None);
    }
}

/// A new key of ssh-keygen's: its path, and the public line.
fn keygen(dir: &Path, name: &str, kind: &str) -> (PathBuf, String) {
    let path = dir.join(name);
    let made = run(Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-f"]).arg(&path), b"");
    assert!(made.status.success(), "{made:?}");
    let public = fs::read_to_string(path.with_extension("pub")).unwrap();
    (path, public.trim().to_owned())
}

fn sign(key: &Path, namespace: &str, text: &str) -> String {
    let signed = run(
        Command::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key),
        text.as_bytes(),
    );
    assert!(signed.status.success(), "{signed:?}");
    String::from_utf8(signed.stdout).unwrap()
}

#[test]
fn what_ssh_keygen_signs_counts_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (cat, cats) = keygen(dir.path(), "cat", "ed25519");
    let (bob, bobs) = keygen(dir.path(), "bob", "ed25519");
    let (eve, _) = keygen(dir.path(), "eve", "ed25519");
    let file = format!("# who may\n\ncat namespaces=\"{NAMESPACE}\" {cats}\nbob {bobs}\n");
    let approvers = Approvers::read(&file).unwrap();
    let text = statement().text().unwrap();
    let signature = sign(&cat, NAMESPACE, &text);
    let verify = |who: &str, text: &str, signature: &str| approvers.verify(&by(who), now(), text, signature);
    assert!(verify("cat", &text, &signature).unwrap().starts_with("SHA256:"));
    assert_eq!(verify("bob", &text, &signature), Err(ApprovalFault::KeyOf(by("cat"))));
    assert_eq!(verify("cat", &text, &sign(&bob, NAMESPACE, &text)), Err(ApprovalFault::KeyOf(by("bob"))));
    assert!(matches!(verify("cat", &text, &sign(&eve, NAMESPACE, &text)), Err(ApprovalFault::UnknownKey(_))));
    assert_eq!(verify("cat", &text.swapped("17-3", "17-4"), &signature), Err(ApprovalFault::DoesNotFit));
    let other = sign(&cat, "file", &text);
    assert_eq!(verify("cat", &text, &other), Err(ApprovalFault::OtherNamespace));
    for broken in ["", "x", &signature[..signature.len() / 2], &signature.swapped("SSH", "PGP")] {
        assert_eq!(verify("cat", &text, broken), Err(ApprovalFault::NotOne), "{broken}");
    }
}

#[test]
fn a_key_counts_from_when_to_when_its_line_says() {
    let dir = tempfile::tempdir().unwrap();
    let (cat, cats) = keygen(dir.path(), "cat", "ed25519");
    let text = statement().text().unwrap();
    let signature = sign(&cat, NAMESPACE, &text);
    for (options, counts) in [
        ("valid-after=\"20261123Z\"", true),
        ("valid-after=\"202611231200Z\"", true),
        ("valid-after=\"20261123120001Z\"", false),
        ("valid-before=\"20261123120000Z\"", false),
        ("valid-before=\"20261123120001Z\"", true),
        (
            "namespaces=\"git,despatch.approval@v1\",valid-after=\"20260101Z\",valid-before=\"20270101Z\"",
            true,
        ),
    ] {
        let approvers = Approvers::read(&format!("cat {options} {cats}")).unwrap();
        assert_eq!(approvers.verify(&by("cat"), now(), &text, &signature).is_ok(), counts, "{options}");
        assert_eq!(approvers.knows(&by("cat"), now()), counts, "{options}");
    }
    // Somebody else's purposes are none of ours.
    let others = Approvers::read(&format!("cat namespaces=\"git\" {cats}")).unwrap();
    assert!(!others.knows(&by("cat"), now()));
}

#[test]
fn a_line_that_cannot_be_checked_is_refused_by_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let (_, cats) = keygen(dir.path(), "cat", "ed25519");
    let (_, ecdsa) = keygen(dir.path(), "ecdsa", "ecdsa");
    for line in [
        "cat".to_owned(),
        "cat ssh-ed25519 AAAA".to_owned(),
        format!("cat {ecdsa}"),
        format!("cat cert-authority {cats}"),
        format!("cat valid-after=\"20261123\" {cats}"),
        format!("cat valid-after=\"yesterday\" {cats}"),
        format!("cat no-touch-required=\"yes\" {cats}"),
        format!("cat namespaces=\"{NAMESPACE} {cats}"),
        format!("cat,bob {cats}"),
        format!("* {cats}"),
        format!("bob {cats}"),
    ] {
        let file = format!("cat {cats}\n{line}\n");
        let refused = Approvers::read(&file);
        assert!(matches!(refused, Err((2, _))), "{line}: {refused:?}");
    }
}

/// A security key in software: it signs what a FIDO authenticator signs (OpenSSH, PROTOCOL.u2f).
struct SecurityKey(Ed25519Keypair, SkEd25519);

impl SecurityKey {
    fn new(seed: u8) -> Self {
        let pair = Ed25519Keypair::from_seed(&[seed; 32]);
        let public = SkEd25519::new(pair.public, "ssh:");
        Self(pair, public)
    }

    fn line(&self) -> String {
        PublicKey::from(KeyData::SkEd25519(self.1.clone())).to_openssh().unwrap()
    }

    fn sign(&self, text: &str, flags: u8) -> String {
        let data = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, text.as_bytes()).unwrap();
        let hex = |hash: Sha256| {
            let text = hash.to_string();
            (0..32).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect::<Vec<u8>>()
        };
        let after = [&[flags][..], &7_u32.to_be_bytes()].concat();
        let signed = [hex(Sha256::of(b"ssh:")), after.clone(), hex(Sha256::of(&data))].concat();
        let key = ssh_key::private::PrivateKey::from(self.0.clone());
        let whole = [raw(&key, &signed).as_bytes(), &after].concat();
        let signature = Signature::new(Algorithm::SkEd25519, whole).unwrap();
        let public = KeyData::SkEd25519(self.1.clone());
        SshSig::new(public, NAMESPACE, HashAlg::Sha512, signature).unwrap().to_pem(LineEnding::LF).unwrap()
    }
}

/// The plain Ed25519 signature over these bytes.
fn raw(key: &impl SigningKey, bytes: &[u8]) -> Signature {
    key.try_sign(bytes).unwrap()
}

#[test]
fn a_security_key_counts_if_somebody_touched_it() {
    let (key, other) = (SecurityKey::new(1), SecurityKey::new(2));
    let approvers = Approvers::read(&format!("cat {}\n", key.line())).unwrap();
    let text = statement().text().unwrap();
    let verify = |text: &str, signature: &str| approvers.verify(&by("cat"), now(), text, signature);
    let touched = key.sign(&text, 0x01);
    assert!(verify(&text, &touched).is_ok());
    // With its PIN too.
    assert!(verify(&text, &key.sign(&text, 0x05)).is_ok());
    assert_eq!(verify(&text, &key.sign(&text, 0x00)), Err(ApprovalFault::Untouched));
    assert_eq!(verify(&text, &key.sign(&text, 0x04)), Err(ApprovalFault::Untouched));
    assert_eq!(verify(&text.swapped("17-3", "17-4"), &touched), Err(ApprovalFault::DoesNotFit));
    assert!(matches!(verify(&text, &other.sign(&text, 0x01)), Err(ApprovalFault::UnknownKey(_))));
    // OpenSSH agrees about the vector.
    let dir = tempfile::tempdir().unwrap();
    let (allowed, signature) = (dir.path().join("allowed"), dir.path().join("signature"));
    fs::write(&allowed, format!("cat {}\n", key.line())).unwrap();
    fs::write(&signature, &touched).unwrap();
    let mut check = Command::new("ssh-keygen");
    check.args(["-Y", "verify", "-n", NAMESPACE, "-I", "cat", "-f"]).arg(&allowed).arg("-s").arg(&signature);
    let said = run(&mut check, text.as_bytes());
    assert!(said.status.success(), "{said:?}");
}
