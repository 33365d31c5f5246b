//! Stock ssh-keygen and sha256sum prove origin and completeness, and notice whatever was tampered with.

use super::*;
use crate::support::office::TODAY;
use despatch_testing::swap::Swap;

#[test]
fn every_despatch_of_the_demo_verifies_with_stock_tools() {
    let scene = Scene::new();
    let despatches = scene.office.despatches();
    assert_eq!(despatches.len(), 25);
    let shown = scene.office.run(&["--json", "keys", "signing", "show"]).json();
    for despatch in &despatches {
        let id = words(&despatch["id"]);
        let folder = scene.saved(despatch, id);
        stock_tools(&scene, &folder).unwrap_or_else(|why| panic!("{id}: {why}"));
        // Perl's shasum, which macOS has, passes over the comments too.
        run(command("shasum").args(["-a", "256", "-c", LIST]).current_dir(&folder))
            .unwrap_or_else(|why| panic!("{id}: {why}"));

        let list = fs::read_to_string(folder.join(LIST)).unwrap();
        let keys: Vec<&str> =
            despatch["message"]["fingerprints"].as_array().unwrap().iter().map(words).collect();
        let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
        for line in [
            format!("# despatch {id}"),
            format!("# Message-ID: {}", words(&despatch["message"]["message_id"])),
            format!("# sealed: {TODAY}T12:00:00.000Z"),
            format!("# sealed to the recipient's keys: {keys}"),
            format!("# signed by: {}", words(&shown["fingerprint"])),
        ] {
            assert!(list.lines().any(|known| known == line), "{line} is not in\n{list}");
        }
        assert_eq!(list.matches("\n# sealed to the office's review key: ").count(), 1, "{list}");
    }
}

#[test]
fn ssh_keygen_reads_the_signing_key_and_agrees_on_its_fingerprint() {
    let scene = Scene::new();
    let public = scene.office.dir.join("keys/signing.pub");
    let shown = scene.office.run(&["keys", "signing", "show"]).expect(0).stdout;
    let printed = run(command("ssh-keygen").args(["-l", "-f"]).arg(&public)).expect("ssh-keygen reads it");
    let printed = String::from_utf8(printed).unwrap();
    let fingerprint = printed.split(' ').nth(1).expect("a fingerprint");
    assert!(shown.contains(fingerprint), "{fingerprint} is not in {shown}");
    let private = scene.office.dir.join("PRIVATE-demo-keys/signing.key");
    let made = run(command("ssh-keygen").args(["-y", "-f"]).arg(private)).expect("ssh-keygen reads it");
    let half = |text: &str| text.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned();
    assert_eq!(half(&String::from_utf8(made).unwrap()), half(&fs::read_to_string(public).unwrap()));
}

/// What somebody may do to a folder of attachments, and to the signers' file.
type Tamper = fn(&Scene, &Path);

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "nothing was changed");
    fs::write(path, changed).unwrap();
}

/// A list of the same despatch, signed by a key of somebody else's.
fn sign_with_another_key(scene: &Scene, folder: &Path) {
    let key = scene.folder.path().join("stranger");
    run(command("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key)).expect("a key");
    fs::remove_file(folder.join(SIGNATURE)).unwrap();
    let mut sign = command("ssh-keygen");
    sign.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&key).arg(folder.join(LIST));
    run(&mut sign).unwrap_or_else(|why| panic!("{why}"));
}

fn put_another_list(scene: &Scene, folder: &Path) {
    let other = scene.saved(&scene.office.despatch_for("DEMO-0903", "det"), "another");
    for name in [LIST, SIGNATURE] {
        fs::copy(other.join(name), folder.join(name)).unwrap();
    }
}

/// Every kind of tampering, with what `despatch open` calls it.
pub(super) const TAMPERED: [(&str, &str, Tamper); 13] = [
    ("a part changed", "open.part_changed", |_, folder| flip(&folder.join("02-document.pdf.age"), 400)),
    ("a part missing", "open.part_missing", |_, folder| {
        fs::remove_file(folder.join("02-document.pdf.age")).unwrap();
    }),
    ("the manifest missing", "open.part_missing", |_, folder| {
        fs::remove_file(folder.join("manifest.json.age")).unwrap();
    }),
    ("two parts that changed places", "open.part_changed", |_, folder| {
        let (one, two) = (folder.join("02-document.pdf.age"), folder.join("03-document.pdf.age"));
        let between = folder.join("between");
        fs::rename(&one, &between).unwrap();
        fs::rename(&two, &one).unwrap();
        fs::rename(&between, &two).unwrap();
    }),
    ("a part's line taken off the list", "open.signature", |_, folder| {
        edit(&folder.join(LIST), |text| {
            text.lines().filter(|line| !line.contains("02-")).map(|line| format!("{line}\n")).collect()
        });
    }),
    ("two lines of the list that changed places", "open.signature", |_, folder| {
        edit(&folder.join(LIST), |text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.swap(6, 7);
            lines.join("\n") + "\n"
        });
    }),
    ("a recipient's key changed on the list", "open.signature", |_, folder| {
        edit(&folder.join(LIST), |text| text.swapped_once("recipient's keys: ", "recipient's keys: 0"));
    }),
    ("a Message-ID changed on the list", "open.signature", |_, folder| {
        edit(&folder.join(LIST), |text| text.swapped_once("# Message-ID: <", "# Message-ID: <9"));
    }),
    ("a line added to the list", "open.signature", |_, folder| {
        edit(&folder.join(LIST), |text| format!("# Forwarded with kind regards\n{text}"));
    }),
    ("a signature of another key", "open.signature", sign_with_another_key),
    ("a signature cut short", "open.signature", |_, folder| {
        edit(&folder.join(SIGNATURE), |text| text[..text.len() / 2].to_owned());
    }),
    ("the list and the signature of another despatch", "", put_another_list),
    ("no signature at all", "open.unsigned", |_, folder| fs::remove_file(folder.join(SIGNATURE)).unwrap()),
];

#[test]
fn stock_tools_notice_every_kind_of_tampering() {
    let scene = Scene::new();
    let letter = scene.letter();
    stock_tools(&scene, &scene.saved(&letter, "whole")).expect("nothing was tampered with");
    for (index, (what, _, tamper)) in TAMPERED.iter().enumerate() {
        let folder = scene.saved(&letter, &format!("tampered-{index}"));
        tamper(&scene, &folder);
        assert!(stock_tools(&scene, &folder).is_err(), "{what}: not noticed");
    }
}

#[test]
fn a_signature_counts_for_one_namespace_and_one_office() {
    let scene = Scene::new();
    let folder = scene.saved(&scene.letter(), "whole");
    let (signers, name) = (scene.signers(), scene.name());
    ssh_verifies(&signers, &name, NAMESPACE, &folder).expect("it is the office's");
    for namespace in ["despatch.checkpoint@v1", "despatch.export@v1", "file"] {
        assert!(ssh_verifies(&signers, &name, namespace, &folder).is_err(), "{namespace}");
    }
    assert!(ssh_verifies(&signers, "despatch@elsewhere.example", NAMESPACE, &folder).is_err());
    let other = Scene::of(DemoOffice::made_anew());
    assert!(
        ssh_verifies(&other.signers(), &other.name(), NAMESPACE, &folder).is_err(),
        "another office's key"
    );
}
