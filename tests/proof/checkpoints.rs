//! Signed checkpoints: a record that was cut, or written anew from a row on, with hashes that fit each other.

use super::audit::{ask, copy_of, tamper, verify};
use super::*;
use despatch_core::words::Sha256;
use despatch_testing::swap::Swap;

const FILE: &str = "outbox/checkpoints";

/// Writes every hash anew, so that the chain by itself holds again: what somebody does who knows how it is made.
fn recompute(office: &DemoOffice) {
    let dump = ask(
        office,
        "SELECT json_group_array(json_array(version, seq, at, actor, subject, what, detail)) FROM (SELECT * FROM event ORDER BY seq)",
    );
    let rows: Vec<Value> = serde_json::from_str(&dump).expect("rows");
    let mut previous = String::new();
    let mut sql = String::from("BEGIN;");
    for row in rows {
        let mut all = vec![Value::from(previous.clone())];
        all.extend(row.as_array().unwrap().iter().cloned());
        let hash = Sha256::of(Value::from(all).to_string().as_bytes()).to_string();
        sql += &format!("UPDATE event SET previous = '{previous}', hash = '{hash}' WHERE seq = {};", row[1]);
        previous = hash;
    }
    tamper(office, &(sql + "COMMIT;"));
}

#[test]
fn a_run_and_a_send_end_with_a_signed_checkpoint_which_ssh_keygen_verifies() {
    let scene = Scene::new();
    let text = fs::read_to_string(scene.office.dir.join(FILE)).expect("the run left one");
    let (statement, signature) = text.split_once('\n').unwrap();
    let tail = ask(&scene.office, "SELECT seq || ' ' || hash FROM event ORDER BY seq DESC LIMIT 1");
    assert!(statement.starts_with(&format!("despatch-checkpoint/1 {tail} 2026-11-23T")), "{statement}");
    let sig = scene.folder.path().join("sig");
    fs::write(&sig, signature).unwrap();
    let mut verify = command("ssh-keygen");
    verify.args(["-Y", "verify", "-f"]).arg(scene.signers()).args(["-I", &scene.name()]);
    verify.args(["-n", "despatch.checkpoint@v1", "-s"]).arg(&sig);
    run_with(&mut verify, format!("{statement}\n").as_bytes()).unwrap_or_else(|why| panic!("{why}"));

    let nothing = scene.office.run(&["audit", "checkpoint"]).expect(0);
    assert!(nothing.stdout.contains("Nothing has happened"), "{nothing:?}");
    let id = words(&scene.letter()["id"]).to_owned();
    scene.office.run_as("beatrix-lund", &["outbox", "approve", &id]).expect(0);
    scene.office.run(&["send", "--once"]).expect(0);
    let longer = fs::read_to_string(scene.office.dir.join(FILE)).unwrap();
    assert!(longer.starts_with(&text) && longer.matches("despatch-checkpoint/1").count() == 2, "{longer}");
    scene.office.run_as("beatrix-lund", &["outbox", "hold", "1-1", "--reason", "wait"]).expect(0);
    let said = scene.office.run(&["audit", "checkpoint"]).expect(0);
    assert!(said.stdout.starts_with("Signed: the record has "), "{said:?}");
}

#[test]
fn a_tail_that_was_cut_off_is_found_with_and_without_the_offices_own_file() {
    let office = DemoOffice::new();
    // A view changes no row, so that nothing but the checkpoint can tell of it.
    let to = office.dir.join("../looked");
    office.run_as("beatrix-lund", &["outbox", "open", "1-1", "--to", to.to_str().unwrap()]).expect(0);
    office.run(&["audit", "checkpoint"]).expect(0);
    let elsewhere = office.dir.join("../elsewhere");
    fs::copy(office.dir.join(FILE), &elsewhere).unwrap();
    assert_eq!(ask(&office, "SELECT what FROM event ORDER BY seq DESC LIMIT 1"), "viewed");
    tamper(&office, "DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)");
    let chain = ask(&office, "SELECT COUNT(*) = MAX(seq) FROM event");
    assert_eq!(chain, "1", "only the end is missing");
    let (code, told) = verify(&office.dir, &[]);
    assert!(code == 1 && told.iter().any(|one| one.contains("its last rows were cut off")), "{told:?}");
    fs::remove_file(office.dir.join(FILE)).unwrap();
    assert_eq!(verify(&office.dir, &[]).0, 0, "by itself the rest looks whole");
    let (code, told) = verify(&office.dir, &["--checkpoints", elsewhere.to_str().unwrap()]);
    assert!(code == 1 && told.iter().any(|one| one.contains("its last rows were cut off")), "{told:?}");
}

#[test]
fn a_checkpoint_cut_from_the_offices_file_is_found_by_the_copy_elsewhere() {
    let office = DemoOffice::new();
    office.run_as("beatrix-lund", &["outbox", "hold", "1-1", "--reason", "wait"]).expect(0);
    let own = office.dir.join(FILE);
    let before = fs::read(&own).unwrap();
    office.run(&["audit", "checkpoint"]).expect(0);
    let elsewhere = office.dir.join("../elsewhere");
    fs::copy(&own, &elsewhere).unwrap();
    fs::write(&own, before).unwrap();
    assert_eq!(verify(&office.dir, &[]).0, 0);
    let (code, told) = verify(&office.dir, &["--checkpoints", elsewhere.to_str().unwrap()]);
    assert!(code == 1 && told[0].contains("it was cut or changed"), "{told:?}");
}

#[test]
fn a_record_that_was_written_anew_with_hashes_that_fit_is_found_by_the_checkpoint_alone() {
    for sql in [
        "UPDATE event SET actor = 'wenna-okonjo' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1; UPDATE event SET seq = seq - 1",
        "UPDATE event SET seq = -1 WHERE seq = 1; UPDATE event SET seq = 1 WHERE seq = 2; \
         UPDATE event SET seq = 2 WHERE seq = -1",
    ] {
        let office = DemoOffice::new();
        tamper(&office, sql);
        recompute(&office);
        let (code, told) = verify(&office.dir, &[]);
        let signed =
            |one: &String| one.contains("not the one that was signed for") || one.contains("cut off");
        assert!(code == 1 && told.iter().any(signed), "{sql}: {told:?}");
        assert!(
            told.iter().all(|one| !one.contains("of the record:") || signed(one)),
            "the chain itself holds: {told:?}"
        );
    }
}

#[test]
fn a_checkpoint_that_the_office_did_not_sign_counts_for_nothing() {
    let office = DemoOffice::new();
    let own = office.dir.join(FILE);
    let text = fs::read_to_string(&own).unwrap();
    let other = DemoOffice::made_anew();
    let stranger = fs::read_to_string(other.dir.join(FILE)).unwrap();
    for (what, text) in [
        ("another row", text.swapped_once("despatch-checkpoint/1 ", "despatch-checkpoint/1 1")),
        ("another office's", stranger),
        ("no signature", text.lines().next().unwrap().to_owned() + "\n"),
        ("cut short", text[..text.len() / 2].to_owned()),
        ("words", format!("{text}all is well\n")),
    ] {
        fs::write(&own, text).unwrap();
        let (code, told) = verify(&office.dir, &[]);
        assert!(code == 1 && told[0].contains("checkpoints:"), "{what}: {told:?}");
    }
}

#[test]
fn what_an_earlier_signing_key_signed_still_counts_and_only_a_member_of_staff_replaces_it() {
    let scene = Scene::new();
    let office = &scene.office;
    assert!(
        office.run_as("beatrix-lund", &["keys", "signing", "make"]).expect(1).stderr.contains("--replace")
    );
    office.run(&["keys", "signing", "make", "--replace"]).expect(1);
    let made =
        office.run_as("beatrix-lund", &["--json", "keys", "signing", "make", "--replace"]).expect(0).json();
    assert_eq!(
        ask(office, "SELECT what || actor FROM event ORDER BY seq DESC LIMIT 1"),
        "signing_key_madebeatrix-lund"
    );
    office.run(&["audit", "checkpoint"]).expect(0);
    assert_eq!(verify(&office.dir, &[]), (0, Vec::new()), "of both keys");
    // Whoever trusts the first line alone does not take the new key's word.
    let (code, told) = verify(&office.dir, &["--signer", scene.signers().to_str().unwrap()]);
    assert!(code == 1 && told[0].contains(words(&made["fingerprint"])), "{told:?}");
    let folder = tempfile::tempdir().unwrap();
    let copy = copy_of(office, folder.path());
    fs::remove_file(copy.join("keys/signing-former.pub")).unwrap();
    assert_eq!(verify(&copy, &[]).0, 1, "a key that nobody vouches for");
}
