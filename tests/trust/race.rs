//! Enters: an inbox, and somebody who may drop files into it and changes it under the intake's hands. Leaves: proof that
//! nothing leaves the office or comes into it by that.
//! Never: waits for a race to happen: the intake's own seam says when the dropper acts.

use crate::support::folder::is_full;
use crate::support::office::{DemoOffice, TODAY};
use despatch_app::intake::{Candidate, Claims, InProcess, Inbox, IntakeFolders, Scanner, Taken};
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_ledger::{Durable, Ledger};
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use walkdir::WalkDir;

/// What lies in an office outside its inbox: each path with its inode.
fn standing(office: &Path) -> BTreeMap<PathBuf, u64> {
    let below = WalkDir::new(office).into_iter().filter_entry(|entry| entry.path() != office.join("inbox"));
    below
        .map(|entry| entry.expect("our own folder"))
        .map(|entry| {
            let inode = entry.path().symlink_metadata().expect("what was just there").ino();
            (entry.into_path(), inode)
        })
        .collect()
}

/// Whatever the intake did, the office's own files are where they were, and nothing came to them.
#[track_caller]
fn nothing_moved(office: &Path, before: &BTreeMap<PathBuf, u64>, when: &str) {
    assert_eq!(&standing(office), before, "the office has changed: {when}");
    let own = ["claimed", "rejected"].map(|own| office.join("inbox").join(own));
    let lying = own.iter().flat_map(WalkDir::new).filter_map(Result::ok);
    let names: Vec<PathBuf> = lying
        .filter(|entry| {
            entry.metadata().is_ok_and(|found| before.values().any(|inode| *inode == found.ino()))
        })
        .map(walkdir::DirEntry::into_path)
        .collect();
    assert!(names.is_empty(), "these are the office's own ({when}): {names:?}");
}

fn exchange(one: &Path, other: &Path) {
    let _ = renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE);
}

/// A case that takes every file of its own folder along, and is refused.
fn drop_evil(inbox: &Path, names: &[&str]) {
    fs::create_dir_all(inbox.join("evil")).expect("a folder");
    for name in names {
        fs::write(inbox.join("evil").join(name), "a dropper's words").expect("a new file");
    }
    fs::write(inbox.join("evil.json"), "{").expect("a new file");
}

/// Whether a case was taken; it is then rejected, as the line does with a faulty one.
fn rejected(claims: &Claims, taken: Taken) -> bool {
    let Taken::Incoming(incoming) = taken else { return matches!(taken, Taken::Found(_)) };
    let faults = vec![Fault::new("", "test", "it is faulty", "mend it")];
    let rejected = claims.reject(incoming.token, incoming.file, faults);
    matches!(rejected, Ok(Taken::Found(_)))
}

/// The claims of an office, with what happens at each step of them.
struct Scene {
    office: DemoOffice,
    inbox: PathBuf,
    durable: Durable,
}

impl Scene {
    fn new() -> Scene {
        let office = DemoOffice::new();
        let inbox = office.dir.join("inbox");
        for folder in ["policy", "templates"] {
            fs::create_dir_all(office.dir.join(folder)).expect("a folder");
        }
        for own in ["claimed", "rejected"] {
            fs::remove_dir_all(inbox.join(own)).expect("our own folder");
        }
        let ledger = Ledger::open(&office.dir.join("outbox")).expect("a ledger");
        let durable =
            Durable::start(ledger, Clock::Fixed(TODAY.parse().expect("a day")), None).expect("a thread");
        Scene { office, inbox, durable }
    }

    fn open(&self) -> Inbox {
        Inbox::open(IntakeFolders::of(&self.office.dir, None)).expect("an inbox")
    }

    fn ready(&self) -> Vec<Candidate> {
        Scanner::for_one_look().look(&self.open()).expect("a look").ready
    }

    fn claims(&self, inbox: Inbox) -> Claims {
        Claims::new(Arc::new(InProcess::new(inbox)), self.durable.handle())
    }

    /// Empties the inbox of what a try left.
    fn tidy(&self) {
        for entry in fs::read_dir(&self.inbox).expect("the inbox") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.is_symlink() {
                fs::remove_dir_all(path).expect("our own folder");
            } else {
                fs::remove_file(path).expect("our own file");
            }
        }
        self.open();
    }

    /// Makes the same drop again and again, and has the dropper act at each step of the claim in turn.
    fn at_each_step(&self, what: &str, prepare: impl Fn(), act: fn(&Path, &Path)) {
        for step in 0.. {
            self.tidy();
            prepare();
            let before = standing(&self.office.dir);
            let (count, acted) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
            let (inbox, office, now) = (self.inbox.clone(), self.office.dir.clone(), Arc::clone(&acted));
            let seam = move || {
                if count.fetch_add(1, Ordering::SeqCst) == step {
                    now.store(true, Ordering::SeqCst);
                    act(&inbox, &office);
                }
            };
            let ready = self.ready();
            let claims = self.claims(self.open().with_seam(Arc::new(seam)));
            for candidate in &ready {
                rejected(&claims, claims.take(candidate).expect("the ledger is in order"));
            }
            let when = format!("{what}, at step {step}");
            nothing_moved(&self.office.dir, &before, &when);
            // Nor does a later start do it.
            let mut record = Ledger::open(&self.office.dir.join("outbox")).expect("a ledger");
            for (token, is_claim) in self.open().claims().expect("claimed/") {
                if is_claim {
                    let known = record.submission(&token).expect("the ledger is in order");
                    let claims = self.claims(self.open());
                    rejected(&claims, claims.resume(token, known).expect("the ledger is in order"));
                }
            }
            drop(record);
            nothing_moved(&self.office.dir, &before, &format!("{when}, after the next start"));
            if !acted.load(Ordering::SeqCst) {
                assert!(step > 2, "{what}: the seam was never reached");
                return;
            }
        }
    }
}

const LEDGER: [&str; 3] = ["ledger.db", "ledger.db-shm", "ledger.db-wal"];

#[test]
fn f1_a_folder_that_becomes_a_link_between_look_and_claim_moves_nothing_out_of_the_office() {
    let scene = Scene::new();
    drop_evil(&scene.inbox, &LEDGER);
    let (ready, before) = (scene.ready(), standing(&scene.office.dir));
    assert_eq!(ready.len(), 1, "the evil case is not even looked at");
    fs::rename(scene.inbox.join("evil"), scene.inbox.join("was")).expect("the dropper's own folder");
    symlink("../outbox", scene.inbox.join("evil")).expect("a link");
    let claims = scene.claims(scene.open());
    rejected(&claims, claims.take(&ready[0]).expect("the ledger is in order"));
    nothing_moved(&scene.office.dir, &before, "a link since the look");
    scene.office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f1_a_folder_or_file_exchanged_at_any_step_of_a_claim_moves_nothing_out_of_the_office() {
    let scene = Scene::new();
    let inbox = scene.inbox.clone();
    let evil = || drop_evil(&inbox, &LEDGER);
    scene.at_each_step("the folder becomes a link", evil, |inbox, _| {
        fs::rename(inbox.join("evil"), inbox.join("was")).ok();
        symlink("../outbox", inbox.join("evil")).ok();
    });
    scene.at_each_step("the folder becomes a link of the whole way", evil, |inbox, office| {
        fs::rename(inbox.join("evil"), inbox.join("was")).ok();
        symlink(office.join("outbox"), inbox.join("evil")).ok();
    });
    scene.at_each_step("the folder is exchanged with another one", evil, |inbox, _| {
        fs::create_dir(inbox.join("other")).ok();
        symlink("../../outbox/ledger.db", inbox.join("other/ledger.db")).ok();
        fs::write(inbox.join("other/ledger.db-shm"), "others").ok();
        exchange(&inbox.join("evil"), &inbox.join("other"));
    });
    scene.at_each_step("a file becomes a link", evil, |inbox, office| {
        for name in LEDGER {
            fs::remove_file(inbox.join("evil").join(name)).ok();
            symlink(office.join("outbox").join(name), inbox.join("evil").join(name)).ok();
        }
    });
    scene.at_each_step("a file becomes a second name", evil, |inbox, office| {
        for name in LEDGER {
            fs::remove_file(inbox.join("evil").join(name)).ok();
            // The same inode stays in the outbox: the test is that despatch reads nothing of it.
            symlink(office.join("keys"), inbox.join("evil").join(name)).ok();
        }
    });
    scene.at_each_step("a file becomes a folder with a link in it", evil, |inbox, office| {
        for name in LEDGER {
            fs::remove_file(inbox.join("evil").join(name)).ok();
            fs::create_dir(inbox.join("evil").join(name)).ok();
            symlink(office.join("outbox"), inbox.join("evil").join(name).join("in")).ok();
        }
    });
    scene.at_each_step("the case file becomes a link", evil, |inbox, office| {
        fs::remove_file(inbox.join("evil.json")).ok();
        symlink(office.join("despatch.toml"), inbox.join("evil.json")).ok();
    });
}

#[test]
fn f1_a_case_in_a_folder_that_becomes_a_link_takes_nothing_of_the_office() {
    let scene = Scene::new();
    let inbox = scene.inbox.clone();
    let evil = || {
        fs::create_dir_all(inbox.join("deep/evil")).expect("a folder");
        for name in LEDGER {
            fs::write(inbox.join("deep/evil").join(name), "a dropper's words").expect("a new file");
        }
        fs::write(inbox.join("deep/evil.json"), "{").expect("a new file");
    };
    scene.at_each_step("the folder above becomes a link", evil, |inbox, office| {
        fs::rename(inbox.join("deep"), inbox.join("was")).ok();
        symlink(office, inbox.join("deep")).ok();
    });
    scene.at_each_step("the folder itself becomes a link", evil, |inbox, office| {
        fs::rename(inbox.join("deep/evil"), inbox.join("deep/was")).ok();
        symlink(office.join("outbox"), inbox.join("deep/evil")).ok();
    });
}

#[test]
fn f1_what_was_exchanged_after_the_look_is_put_aside_and_told() {
    let scene = Scene::new();
    let inbox = scene.inbox.clone();
    let told = Arc::new(Mutex::new(Vec::new()));
    for step in 0..6 {
        scene.tidy();
        drop_evil(&inbox, &["a.pdf", "b.pdf"]);
        let (count, inbox) = (AtomicUsize::new(0), scene.inbox.clone());
        let seam = move || {
            if count.fetch_add(1, Ordering::SeqCst) == step {
                for name in ["evil.json", "evil/a.pdf", "evil/b.pdf"] {
                    if inbox.join(name).exists() {
                        fs::write(inbox.join("new"), "another one").expect("a new file");
                        fs::rename(inbox.join("new"), inbox.join(name)).expect("the dropper's own file");
                    }
                }
            }
        };
        let ready = scene.ready();
        let claims = scene.claims(scene.open().with_seam(Arc::new(seam)));
        let taken = claims.take(&ready[0]).expect("the ledger is in order");
        let Taken::Found(finding) = taken else { continue };
        let finding = serde_json::to_value(finding).expect("JSON");
        told.lock().expect("one thread").push(finding["faults"][0]["code"].as_str().unwrap_or("").to_owned());
    }
    let told = told.lock().expect("one thread").clone();
    assert!(told.iter().any(|code| code == "file.swapped"), "{told:?}");
}

#[test]
fn f1_a_case_called_like_a_folder_of_despatchs_own_takes_nothing_of_what_others_dropped() {
    let scene = Scene::new();
    scene.open();
    for own in ["claimed", "rejected"] {
        fs::write(scene.inbox.join(own).join("others.pdf"), "what another person dropped").expect("a file");
        fs::write(scene.inbox.join(format!("{own}.json")), "{").expect("a new file");
    }
    for candidate in scene.ready() {
        assert!(candidate.attachments.is_empty(), "{candidate:?}");
    }
}

#[test]
fn f2_a_claim_that_fails_midway_writes_nothing_through_a_link() {
    let scene = Scene::new();
    let inbox = scene.inbox.clone();
    let planted = ["places.toml", "hoso-2022-09-12.toml", "despatch.toml", "zz.toml"];
    let evil = || drop_evil(&inbox, &planted);
    scene.at_each_step("the folder becomes a link and a file is missing", evil, |inbox, office| {
        // The last file cannot be taken, so the others go back.
        fs::remove_file(inbox.join("evil/zz.toml")).ok();
        fs::rename(inbox.join("evil"), inbox.join("was")).ok();
        symlink(office.join("policy"), inbox.join("evil")).ok();
    });
    scene.at_each_step("the folder is exchanged with a link", evil, |inbox, office| {
        fs::remove_file(inbox.join("evil/zz.toml")).ok();
        symlink(office.join("policy"), inbox.join("link")).ok();
        exchange(&inbox.join("evil"), &inbox.join("link"));
    });
    scene.at_each_step("the folder is a link for some steps alone", evil, |inbox, office| {
        fs::remove_file(inbox.join("evil/zz.toml")).ok();
        symlink(office, inbox.join("link")).ok();
        exchange(&inbox.join("evil"), &inbox.join("link"));
    });
}

#[test]
fn f2_what_a_stopped_claim_left_goes_back_through_no_link() {
    for (folder, to) in [("evil", "policy"), ("evil", "."), ("deep/evil", "templates")] {
        let scene = Scene::new();
        scene.open();
        let claim = scene.inbox.join("claimed/0123456789abcdef").join(folder);
        fs::create_dir_all(&claim).expect("a folder");
        fs::write(claim.join("places.toml"), "a dropper's words").expect("a new file");
        let link = scene.inbox.join(folder);
        fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
        symlink(scene.office.dir.join(to), link).expect("a link");
        let before = standing(&scene.office.dir);
        let taken = scene.claims(scene.open()).resume("0123456789abcdef".to_owned(), None);
        nothing_moved(&scene.office.dir, &before, folder);
        // It is neither lost: a person finds it among the rejects.
        assert!(matches!(taken, Ok(Taken::Found(_))), "{taken:?}");
        assert!(scene.inbox.join("rejected").join(folder).join("places.toml").is_file());
    }
}

#[test]
fn what_a_file_at_fault_brought_goes_with_it_when_its_claim_was_stopped() {
    // Taken with its case file, or left: that of a file that lies there again is not touched.
    for again in [false, true] {
        let scene = Scene::new();
        scene.open();
        let claim = scene.inbox.join("claimed/0123456789abcdef");
        fs::create_dir_all(&claim).expect("a folder");
        fs::write(claim.join("case-1.json"), "{ \"case_id\": ").expect("a new file");
        fs::create_dir(scene.inbox.join("case-1")).expect("a folder");
        fs::write(scene.inbox.join("case-1/report.pdf"), "%PDF-1.7").expect("a new file");
        if again {
            fs::write(scene.inbox.join("case-1.json"), "{}").expect("a new file");
        }
        let taken = scene.claims(scene.open()).resume("0123456789abcdef".to_owned(), None);
        assert!(matches!(taken, Ok(Taken::Incoming(_))), "{taken:?}");
        assert_eq!(scene.inbox.join("case-1/report.pdf").is_file(), again);
        assert_eq!(claim.join("case-1/report.pdf").is_file(), !again);
    }
}

/// The brute force of the attack: a folder that is a folder and a link in turn, as fast as the system can.
#[test]
fn f1_and_f2_ten_thousand_tries_of_a_folder_that_is_a_link_by_turns_move_nothing() {
    let tries = if is_full() { 10_000 } else { 100 };
    let scene = Scene::new();
    let names = [LEDGER.as_slice(), &["places.toml", "review.pub", "despatch.toml", "zz.toml"]].concat();
    let (mut taken, mut turns) = (0, 0_u64);
    for number in 0..tries {
        scene.tidy();
        drop_evil(&scene.inbox, &names);
        let to = ["outbox", "policy", "keys", "."][number % 4];
        symlink(scene.office.dir.join(to), scene.inbox.join("link")).expect("a link");
        let before = standing(&scene.office.dir);
        let ready = scene.ready();
        let claims = scene.claims(scene.open());
        let ended = AtomicBool::new(false);
        turns += thread::scope(|scope| {
            let dropper = scope.spawn(|| {
                let (mut turns, evil, link) = (0_u64, scene.inbox.join("evil"), scene.inbox.join("link"));
                while !ended.load(Ordering::Relaxed) {
                    exchange(&evil, &link);
                    turns += 1;
                    // As fast as it can, and slowly enough that some claims come through.
                    (0..1_u32 << (number % 20)).for_each(|_| std::hint::spin_loop());
                }
                turns
            });
            for candidate in &ready {
                taken += usize::from(rejected(&claims, claims.take(candidate).expect("a ledger in order")));
            }
            ended.store(true, Ordering::Relaxed);
            dropper.join().expect("the dropper")
        });
        nothing_moved(&scene.office.dir, &before, &format!("try {number}"));
    }
    eprintln!("{tries} tries, {taken} cases taken, {turns} turns of the link, nothing moved");
    assert!(taken > 0 && turns > u64::try_from(tries).expect("a small number"));
}
