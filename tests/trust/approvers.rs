//! Whose signatures approve: a file that is root's alone. What anybody else could change counts for nothing.

use super::signed::{Keys, Open, approve, code, forge, is_held_unsigned, office, shown, tamper, verified};
use crate::support::directory::VERIFIER;
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, TODAY, has_nothing};
use crate::support::tools::{command, run};
use despatch_core::clock::Clock;
use despatch_testing::swap::Swap;
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

/// An office with a despatch that was approved by a signature.
struct Scene(DemoOffice, Keys, String);

impl Scene {
    fn new() -> Self {
        let (office, keys, id) = office();
        approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
        Self(office, keys, id)
    }

    /// Has the settings name another file.
    fn name(&self, path: &Path) {
        let line = format!("signers = \"{}\"", path.display());
        self.0.edit("despatch.toml", |text| {
            let lines =
                text.lines().map(|one| if one.starts_with("signers = ") { line.as_str() } else { one });
            lines.collect::<Vec<_>>().join("\n") + "\n"
        });
    }

    /// Nothing is approved, sent or verified, and each command says why.
    #[track_caller]
    fn refused(&self, says: &str) {
        let Self(office, keys, id) = self;
        let key = keys.key(REVIEWER);
        for words in [
            vec!["outbox", "approve", id],
            vec!["outbox", "approve", id, "--sign-key", key.to_str().unwrap()],
            vec!["send", "--once"],
            vec!["audit", "verify"],
            vec!["check"],
        ] {
            let said = office.run_as(REVIEWER, &[&["--json"][..], &words].concat()).expect(1);
            assert_eq!(code(&said), "approval.signers", "{says}, {words:?}");
            assert!(said.stdout.contains(says), "{says}, {words:?}: {said:?}");
        }
        assert!(has_nothing(&office.dir.join("sent")), "{says}");
    }
}

#[test]
fn the_file_of_approvers_is_roots_alone() {
    let scene = Scene::new();
    let Scene(office, keys, _) = &scene;
    let file = keys.file();
    chown(&file, Some(1), None).unwrap();
    scene.refused("who may approve is root's to say");
    chown(&file, Some(0), None).unwrap();
    for mode in [0o664, 0o646] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        scene.refused("other accounts may change it");
    }
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    // Whoever has the folder puts another file in its place.
    chown(keys.0.path(), Some(1), None).unwrap();
    scene.refused("belongs to the account");
    chown(keys.0.path(), Some(0), None).unwrap();
    fs::set_permissions(keys.0.path(), Permissions::from_mode(0o777)).unwrap();
    scene.refused("other accounts may change it");
    fs::set_permissions(keys.0.path(), Permissions::from_mode(0o755)).unwrap();
    office.run(&["send", "--once"]).expect(0);
    assert!(!has_nothing(&office.dir.join("sent")));
}

#[test]
fn the_file_of_approvers_is_a_plain_one_outside_the_office() {
    let scene = Scene::new();
    let Scene(office, keys, _) = &scene;
    let (file, lines) = (keys.file(), fs::read_to_string(keys.file()).unwrap());
    let link = keys.0.path().join("link");
    symlink(&file, &link).unwrap();
    for (path, says) in [
        (link.as_path(), "it is a link"),
        (Path::new("approvers"), "it is not a whole path"),
        (Path::new("/no/such/file"), "it cannot be read"),
        (keys.0.path(), "it is no plain file"),
    ] {
        scene.name(path);
        scene.refused(says);
    }
    // By a way round too.
    let inside = office.dir.join("policy/approvers");
    fs::create_dir_all(office.dir.join("policy")).unwrap();
    fs::write(&inside, &lines).unwrap();
    let round = keys.0.path().join("round");
    symlink(office.dir.join("policy"), &round).unwrap();
    for path in [inside.as_path(), &round.join("approvers")] {
        scene.name(path);
        scene.refused("it lies in the office");
    }
    fs::remove_file(&inside).unwrap();
    scene.name(&file);
    for (line, says) in [
        ("nobody at all", "an option that despatch cannot check"),
        ("nobody ssh-ed25519 AAAA", "no whole OpenSSH public key"),
        ("nobody", "names no key"),
    ] {
        fs::write(&file, format!("{lines}{line}\n")).unwrap();
        scene.refused(says);
    }
}

#[test]
fn a_reviewer_without_a_key_is_named_and_a_former_key_proves_what_it_signed_in_its_time() {
    let Scene(office, keys, _) = Scene::new();
    let (file, lines) = (keys.file(), fs::read_to_string(keys.file()).unwrap());
    let others = lines.lines().filter(|line| !line.starts_with(VERIFIER));
    fs::write(&file, others.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let told = office.run(&["--json", "check"]).expect(0).stdout;
    let says = "1 reviewer without a key in the file of approvers can approve nothing: tomasz-achebe";
    assert!(told.contains(says), "{told}");
    let of =
        |day: &str| lines.swapped(&format!("{REVIEWER} "), &format!("{REVIEWER} valid-before=\"{day}Z\","));
    fs::write(&file, of("20261124")).unwrap();
    assert_eq!(verified(&office, &[]).0, 0);
    fs::write(&file, of("20261123")).unwrap();
    let (code, told) = verified(&office, &[]);
    assert!(code == 1 && told.contains("did not count at that time"), "{told}");
}

/// Whoever prepared a case has a key there too, and the record, forged from one end to the other, fits their signature.
#[test]
fn nobody_approves_what_they_prepared_by_a_signature_either() {
    let (office, keys, id) = office();
    let now = Clock::Fixed(TODAY.parse().unwrap()).now().at;
    let asked = Open::of(&office.copy(), &id).ask(REVIEWER, now);
    for (who, fits) in [(PREPARER, false), (VERIFIER, true)] {
        let copy = office.copy();
        let text = asked.swapped(&format!("by: {REVIEWER}\n"), &format!("by: {who}\n"));
        let one = shown(&copy, &id)["despatch"].clone();
        let approval = json!({
            "by": who, "at": now, "sha256": one["message"]["sha256"], "address": one["recipient"]["address"],
            "fingerprints": one["message"]["fingerprints"], "confirmed": [],
            "signed": { "text": text, "signature": keys.sign(who, &text) },
        });
        forge(&copy, who, &id, "approval_asked", &json!({ "text": text }).to_string());
        forge(&copy, who, &id, "approved", &json!({ "approval": approval }).to_string());
        let number = text.lines().find_map(|line| line.strip_prefix("number: ")).unwrap();
        let set = format!(
            "'$.state', 'approved', '$.approval', json('{approval}'), '$.numbers', json('[\"{number}\"]')"
        );
        let record = format!("state = 'approved', record = json_set(record, {set})");
        tamper(&copy, &format!("UPDATE despatch SET {record} WHERE id = '{id}'"));
        if fits {
            // The same by a reviewer's key goes: what keeps the other back is who prepared it.
            copy.run(&["send", "--once"]).expect(0);
            assert!(!has_nothing(&copy.dir.join("sent")));
        } else {
            assert!(verified(&copy, &[]).1.contains("imran-castellan prepared it"));
            assert!(is_held_unsigned(&copy, &id).starts_with("imran-castellan prepared it: "));
        }
    }
}

/// Where nobody can be asked for its passphrase, a locked key signs nothing, and nothing waits for one.
#[test]
fn a_locked_key_without_a_terminal_signs_nothing() {
    let (office, keys, id) = office();
    let key = keys.key(REVIEWER);
    run(command("ssh-keygen").args(["-q", "-p", "-P", "", "-N", "four made-up words", "-f"]).arg(&key))
        .unwrap();
    let words = ["--as", REVIEWER, "--json", "outbox", "approve", &id, "--sign-key", key.to_str().unwrap()];
    let given = office.command(TODAY, &words);
    let mut alone = std::process::Command::new("setsid");
    alone.arg("--wait").arg(given.get_program()).args(given.get_args());
    let said: Said = alone.env_remove("SSH_AUTH_SOCK").env_remove("DISPLAY").output().unwrap().into();
    assert_eq!((said.code, code(&said).as_str()), (1, "sign.key"), "{said:?}");
    assert_eq!(shown(&office, &id)["despatch"]["state"], "awaiting_review");
}

/// A service that keeps a signature back and uses it later says that it was in time: what is on record by then tells.
#[test]
fn a_number_that_is_used_late_with_an_earlier_time_is_found() {
    let now = Clock::Fixed(TODAY.parse().unwrap()).now().at;
    for (day, found) in [(TODAY, false), ("2026-11-24", true)] {
        let (office, keys, id) = office();
        let signature = keys.sign(REVIEWER, &Open::of(&office, &id).ask(REVIEWER, now));
        let other = office.despatch_for("DEMO-0903", "det")["id"].as_str().unwrap().to_owned();
        let hold = ["--as", VERIFIER, "outbox", "hold", &other, "--reason", "wait"];
        office.on(day, &hold).expect(0);
        let later = now + chrono::TimeDelta::minutes(10);
        assert_eq!(Open::of(&office, &id).approve(REVIEWER, &signature, later), None);
        let (code, told) = verified(&office, &[]);
        assert_eq!(code, i32::from(found), "{told}");
        assert_eq!(told.contains("its time is before that of what was on record already"), found, "{told}");
    }
}

/// The key is in an agent alone; the file that is named is its public half.
#[test]
fn a_key_in_an_agent_signs() {
    let (office, keys, id) = office();
    let key = keys.key(REVIEWER);
    let public = key.with_extension("pub");
    let words = ["--as", REVIEWER, "outbox", "approve", &id, "--sign-key", public.to_str().unwrap()];
    let given = office.command(TODAY, &words);
    let without: Said = office.command(TODAY, &words).env_remove("SSH_AUTH_SOCK").output().unwrap().into();
    assert_eq!(without.code, 0, "the private half lies beside it: {without:?}");
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "wait"]).expect(0);
    office.run_as(VERIFIER, &["outbox", "release", &id, "--reason", "go on"]).expect(0);
    let mut agent = command("ssh-agent");
    agent.args(["sh", "-c", "ssh-add -q \"$1\" && rm \"$1\" && shift && exec \"$@\"", "sh"]).arg(&key);
    agent.arg(given.get_program()).args(given.get_args());
    run(&mut agent).unwrap_or_else(|why| panic!("{why}"));
    assert!(!key.exists(), "the agent alone had it");
    office.run(&["send", "--once"]).expect(0);
    assert!(!has_nothing(&office.dir.join("sent")));
}

#[test]
fn the_settings_say_where_the_approvers_stand() {
    let (office, _, id) = office();
    office.edit("despatch.toml", |text| {
        text.lines().filter(|line| !line.starts_with("signers = ")).map(|line| format!("{line}\n")).collect()
    });
    let refused = office.run_as(REVIEWER, &["--json", "outbox", "approve", &id]).expect(1);
    assert!(refused.stdout.contains("approval.signers is missing"), "{refused:?}");
}
