//! An office that is no demonstration: its review key is locked, accounts are people, and nothing that a demo
//! office allows is allowed.

use super::settled::{SETTINGS, settle_in};
use super::*;
use crate::support::folder::folder;
use crate::support::office::{despatch as program, drop_into, private_file};
use crate::support::service::{Service, file_of};
use crate::support::tools::{command, run};
use age::secrecy::{ExposeSecret, SecretString};
use chrono::NaiveDate;
use despatch_app::office::Unlock;
use despatch_app::operations::create_office::create_office;
use despatch_seal::lock::WorkFactor;
use despatch_seal::signing::SigningKey;
use despatch_testing::swap::Swap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

pub(crate) const PASSPHRASE: &str = "four made-up words here\nthis line is not part of it\n";

pub(crate) const SIGNING_PASSPHRASE: &str = "five other made-up words here\n";

/// The account that prepares; the tests' own account reviews.
pub(crate) const NOBODY: u32 = 65534;
/// An account of which the staff list knows nothing.
const DAEMON: u32 = 1;
/// Another one.
const STRANGER: u32 = 8;

pub(crate) struct RealOffice {
    _folder: tempfile::TempDir,
    pub(crate) dir: PathBuf,
    pub(crate) passphrase: PathBuf,
    /// A file with the signing key's passphrase.
    pub(crate) signing: PathBuf,
}

/// Today by the system's own clock and time zone tables.
pub(super) fn today() -> NaiveDate {
    let out = run(command("date").env("TZ", "Europe/London").arg("+%F")).expect("date");
    String::from_utf8(out).unwrap().trim().parse().unwrap()
}

impl RealOffice {
    /// A place for one, and files with its passphrases.
    fn place() -> Self {
        let folder = folder();
        let [dir, passphrase, signing] =
            ["office", "passphrase", "signing-passphrase"].map(|name| folder.path().join(name));
        private_file(&passphrase, PASSPHRASE.as_bytes());
        private_file(&signing, SIGNING_PASSPHRASE.as_bytes());
        Self { _folder: folder, dir, passphrase, signing }
    }

    /// As `init` leaves it.
    pub(crate) fn init() -> Self {
        let office = Self::place();
        program(&[
            "init",
            office.dir.to_str().unwrap(),
            "--passphrase-file",
            office.passphrase.to_str().unwrap(),
            "--signing-passphrase-file",
            office.signing.to_str().unwrap(),
        ])
        .expect(0);
        office
    }

    /// Filled in, with a new key for everybody who may be written to.
    pub(crate) fn filled_in() -> Self {
        let office = Self::place();
        let first = |text: &'static str| {
            Unlock::unattended(move || Ok(text.lines().next().unwrap_or_default().into()))
        };
        let (review, signing) = (first(PASSPHRASE), first(SIGNING_PASSPHRASE));
        // As `init`, but that a passphrase is quick to try.
        create_office(&office.dir, None, [&review, &signing], WorkFactor::of(10)).expect("an office");
        let account = String::from_utf8(run(command("id").arg("-un")).unwrap()).unwrap();
        let settings = SETTINGS.swapped("ACCOUNT", account.trim());
        fs::write(office.dir.join("despatch.toml"), settings).unwrap();
        settle_in(&office.dir);
        office
    }

    pub(crate) fn run(&self, words: &[&str]) -> Said {
        program(&[&["--office", self.dir.to_str().unwrap()], words].concat())
    }

    /// Gives a command to the office's service, from an account.
    pub(crate) fn given_by(&self, caller: u32, words: &[&str]) -> Said {
        let service = self.service();
        let passphrase = file_of(&self.dir, caller, "passphrase", PASSPHRASE.as_bytes());
        let words: Vec<&str> = words
            .iter()
            .map(|word| if Path::new(word) == self.passphrase { passphrase.to_str().unwrap() } else { *word })
            .collect();
        service.given_by(caller, &words)
    }

    /// The office's service, with the signing key unlocked.
    pub(crate) fn service(&self) -> Service {
        Service::start(&self.dir, &["run", "--signing-passphrase-file", self.signing.to_str().unwrap()])
    }

    /// Opens a despatch, as whoever is to approve it must.
    pub(crate) fn look(&self, id: &str) {
        let to = self.dir.with_file_name(format!("looked-{id}"));
        let (to, passphrase) = (to.to_str().unwrap(), self.passphrase.to_str().unwrap());
        self.run(&["outbox", "open", id, "--to", to, "--passphrase-file", passphrase]).expect(0);
    }

    /// Drops a report that this person prepared, from the account with this number; says what became of it.
    pub(crate) fn drop_report(&self, n: usize, prepared_by: &str, owner: u32) -> Said {
        let case = self.case_file(n, prepared_by, owner);
        fs::rename(case.with_extension(""), self.dir.join("inbox/case")).unwrap();
        fs::rename(case, self.dir.join("inbox/case.json")).unwrap();
        self.process()
    }

    /// Writes a report that this person prepared beside the office, for the account with this number.
    pub(crate) fn case_file(&self, n: usize, prepared_by: &str, owner: u32) -> PathBuf {
        let case = Self::report_at(self.dir.parent().unwrap(), n, prepared_by);
        run(command("chown").arg("-R").arg(owner.to_string()).arg(case.with_extension("")))
            .expect("root may");
        chown(&case, Some(owner), None).expect("root may");
        case
    }

    /// Writes a report that this person prepared into a folder of its own.
    pub(crate) fn report_at(folder: &Path, n: usize, prepared_by: &str) -> PathBuf {
        let mut case = report_received(n, REPORT);
        let day = today();
        case["prepared_by"] = prepared_by.into();
        case["event"]["received_on"] = day.to_string().into();
        case["event"]["report"]["assessed_on"] = (day - chrono::Days::new(9)).to_string().into();
        case["event"]["report"]["report_date"] = (day - chrono::Days::new(6)).to_string().into();
        case["detention"]["since"] = (day - chrono::Days::new(40)).to_string().into();
        case["representative"]["authority_date"] = (day - chrono::Days::new(30)).to_string().into();
        // Its owner is set before the program can see it.
        let outside = folder.join(format!("outside-{n}"));
        fs::create_dir(&outside).unwrap();
        drop_into(&outside, "case", &case.to_string(), &[("report.pdf", REPORT)]);
        fs::set_permissions(&outside, fs::Permissions::from_mode(0o755)).unwrap();
        outside.join("case.json")
    }

    /// Processes the inbox, with the signing key unlocked.
    pub(crate) fn process(&self) -> Said {
        self.run(&["run", "--once", "--signing-passphrase-file", self.signing.to_str().unwrap()])
    }
}

#[test]
fn a_new_office_is_private_and_its_review_key_is_locked() {
    let office = RealOffice::init();
    for key in ["review.key.age", "signing.key.age"] {
        let locked = fs::read(office.dir.join("keys").join(key)).unwrap();
        let stanza = String::from_utf8_lossy(&locked).lines().nth(1).unwrap().to_owned();
        assert!(
            stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"),
            "{key} is locked weakly: {stanza}"
        );
    }
    let refusal = run(command("age")
        .arg("-d")
        .arg("-i")
        .arg(office.dir.join("keys/review.pub"))
        .arg(office.dir.join("keys/review.key.age")));
    assert!(refusal.is_err(), "no key opens it");
    for path in ["", "inbox", "outbox", "keys", "keys/review.key.age", "despatch.toml"] {
        let mode = fs::metadata(office.dir.join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path}: others may look in");
    }
    let text = run(command("grep").args(["-r", "-l", "-a", "AGE-SECRET-KEY"]).arg(&office.dir));
    assert!(text.is_err(), "a private key lies open: {text:?}");
    let again = program(&[
        "init",
        office.dir.to_str().unwrap(),
        "--passphrase-file",
        office.passphrase.to_str().unwrap(),
    ]);
    assert!(again.expect(1).stderr.contains("the folder is not empty"));
    private_file(&office.passphrase, b"fifteen letters\n");
    let short = office.dir.with_file_name("short");
    let said =
        program(&["init", short.to_str().unwrap(), "--passphrase-file", office.passphrase.to_str().unwrap()]);
    assert!(said.expect(1).stderr.contains("it has fewer than 16 characters"));
    assert!(!short.exists());
}

#[test]
fn check_says_all_that_a_new_office_still_misses_and_nothing_once_it_is_filled_in() {
    let office = RealOffice::init();
    let said = office.run(&["check"]).expect(1);
    for words in
        ["mail_domain", "no [[team]] is named", "nobody may approve", "courier.host", "courier.hello_name"]
    {
        assert!(said.stderr.contains(words), "{words:?} is not said:\n{}", said.stderr);
    }
    for words in [["run", "--once"], ["send", "--once"], ["outbox", "list"]] {
        office.run(&words).expect(1);
    }
    let office = RealOffice::filled_in();
    let said = office.run(&["check"]).expect(0);
    assert!(said.stdout.contains("Nothing is wrong; 3 warnings."), "{said:?}");
}

#[test]
fn what_a_demo_office_allows_is_refused() {
    let demo = DemoOffice::new();
    demo.edit("despatch.toml", |text| text.swapped("demo = true", ""));
    let real = RealOffice::filled_in();
    let tomorrow = today().succ_opt().unwrap().to_string();
    for (dir, day) in [(&demo.dir, "2026-11-23"), (&real.dir, tomorrow.as_str())] {
        let run = |words: &[&str]| program(&[&["--office", dir.to_str().unwrap()], words].concat());
        for words in [["send", "--once"], ["run", "--once"], ["outbox", "list"]] {
            let said = run(&[&["--today", day], &words[..]].concat());
            assert!(said.stderr.contains("--today is for demo offices"), "{words:?}: {said:?}");
            assert_eq!(said.code, 2, "{words:?}");
        }
        for words in [["approve", "1-1"], ["open", "1-1"]] {
            let said = run(&[&["--as", "the-reviewer", "outbox"], &words[..]].concat()).expect(1);
            assert!(said.stderr.contains("--as is for demo offices"), "{words:?}: {said:?}");
        }
    }
    assert_eq!(sent_files(&demo), [""; 0]);
}

#[test]
fn check_takes_no_other_day_in_a_real_office() {
    let tomorrow = today().succ_opt().unwrap().to_string();
    let said = RealOffice::filled_in().run(&["--today", &tomorrow, "check"]).expect(2);
    assert!(said.stderr.contains("--today is for demo offices"), "{said:?}");
}

#[test]
fn two_accounts_are_two_people_and_one_account_is_one() {
    let office = RealOffice::filled_in();
    let said = office.drop_report(1, "the-preparer", NOBODY).expect(0);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
    office.look("1-1");
    office.run(&["outbox", "approve", "1-1"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert!(office.dir.join("sent/1-1.eml").exists());

    let own = nix::unistd::getuid().as_raw();
    let said = office.drop_report(2, "the-preparer", own).expect(1);
    assert!(said.stdout.contains("rejected"), "{said:?}");
    let faults = fs::read_dir(office.dir.join("inbox/rejected")).unwrap();
    let faults: String = faults
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(".faults.txt"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert!(faults.contains("The file belongs to the-reviewer, who is not the one named here"), "{faults}");

    let said = office.drop_report(3, "the-reviewer", own).expect(0);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
    let ids = office.run(&["--json", "outbox", "list", "--case", "TEST-00003"]).expect(0).json();
    let id = ids["despatches"][0]["id"].as_str().unwrap();
    let said = office.run(&["outbox", "approve", id]).expect(1);
    assert!(said.stderr.contains("the-reviewer prepared this case and cannot approve it"), "{said:?}");

    let path = office.dir.join("despatch.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.swapped("\"nobody\"", "\"root\"")).unwrap();
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains("shares the account root with another"), "{said:?}");
}

#[test]
fn a_case_from_an_account_that_is_not_on_the_staff_list_warns_the_reviewer() {
    // `prepared_by` must agree with the file's owner where that account is known; where it is not, the reviewer
    // is told that it could not be checked.
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", DAEMON).expect(0);
    let shown = office.run(&["outbox", "show", "1-1"]).expect(0).stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("could not check who prepared it"), "{shown}");
}

#[test]
fn the_passphrase_opens_a_despatch_and_a_wrong_one_does_not() {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let wrong = office.dir.with_file_name("wrong");
    let to = office.dir.with_file_name("opened");
    let open = |file: &PathBuf| {
        office.run(&[
            "outbox",
            "open",
            "1-1",
            "--to",
            to.to_str().unwrap(),
            "--passphrase-file",
            file.to_str().unwrap(),
        ])
    };
    for text in ["four made-up words her\n", "\n", ""] {
        private_file(&wrong, text.as_bytes());
        let said = open(&wrong).expect(1);
        assert!(said.stderr.contains("this key or passphrase does not open it"), "{said:?}");
        assert!(!to.exists(), "nothing was opened");
    }
    let missing = open(&office.dir.with_file_name("missing")).expect(1);
    assert!(missing.stderr.contains("it cannot be read"), "{missing:?}");
    open(&office.passphrase).expect(0);
    let names: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.iter().any(|name| fs::read(name).unwrap() == REPORT), "{names:?}");
    for name in names {
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o077, 0, "{name:?}");
    }
}

#[test]
fn staff_who_come_through_the_socket_are_whose_account_it_is() {
    let office = RealOffice::filled_in();
    let own = String::from_utf8(run(command("id").arg("-un")).unwrap()).unwrap();
    let settings = fs::read_to_string(office.dir.join("despatch.toml")).unwrap();
    let for_daemon = settings.swapped(&format!("account = \"{}\"", own.trim()), "account = \"daemon\"");
    fs::write(office.dir.join("despatch.toml"), for_daemon).unwrap();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let approve = |caller: u32| office.given_by(caller, &["outbox", "approve", "1-1"]);
    assert!(approve(STRANGER).expect(1).stderr.contains("is not on the staff list"));
    assert!(approve(NOBODY).expect(1).stderr.contains("the-preparer prepared this case"));
    let to = office.dir.with_file_name("looked");
    let look = ["outbox", "open", "1-1", "--to", to.to_str().unwrap(), "--passphrase-file"];
    office.given_by(DAEMON, &[&look[..], &[office.passphrase.to_str().unwrap()]].concat()).expect(0);
    assert!(approve(DAEMON).expect(0).stdout.contains("approved  1-1"));
    let shown = office.run(&["outbox", "show", "1-1"]).expect(0).stdout;
    assert!(shown.contains("by the-reviewer"), "{shown}");
}

#[test]
fn an_inbox_that_a_group_drops_into_lets_the_group_read_what_comes_back() {
    for (inbox, folder, file) in [(0o700, 0o700, 0o600), (0o2770, 0o750, 0o640)] {
        let office = RealOffice::filled_in();
        fs::set_permissions(office.dir.join("inbox"), fs::Permissions::from_mode(inbox)).unwrap();
        fs::write(office.dir.join("inbox/bad.json"), "{}").unwrap();
        office.process().expect(1);
        let mode = |path: &str| fs::metadata(office.dir.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("inbox/rejected"), folder, "the folder, in an inbox of {inbox:o}");
        assert_eq!(mode("inbox/rejected/bad.json.faults.txt"), file, "the faults, in an inbox of {inbox:o}");
        assert_eq!(mode("inbox/claimed"), 0o700);
    }
}

#[test]
fn an_inbox_apart_from_the_office_has_claimed_and_rejected_beside_it() {
    let office = RealOffice::filled_in();
    let apart = office.dir.join("apart");
    let settings = office.dir.join("despatch.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}\n[intake]\nfolder = \"{}\"\n", apart.display())).unwrap();
    office.process().expect(0);
    let inbox = apart.join("inbox");
    fs::set_permissions(&inbox, fs::Permissions::from_mode(0o2770)).unwrap();
    fs::write(inbox.join("bad.json"), "{}").unwrap();
    // A dropper's folder that is called like one of despatch's own is not one.
    fs::create_dir(inbox.join("claimed")).unwrap();
    let said = office.process().expect(1);
    assert!(said.stdout.contains("`despatch rejected 1`"), "{said:?}");
    assert!(apart.join("rejected/bad.json").exists() && !inbox.join("rejected").exists());
    let mode = |path: &str| fs::metadata(apart.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode("claimed"), mode("rejected"), mode("rejected/bad.json.faults.txt")),
        (0o700, 0o750, 0o640)
    );
    // Others who may write into the folder of all three could lay their own ones there.
    fs::set_permissions(&apart, fs::Permissions::from_mode(0o775)).unwrap();
    let said = office.process();
    assert!(said.code == 1 && said.stderr.contains("chmod go-rw"), "{said:?}");
    fs::set_permissions(&apart, fs::Permissions::from_mode(0o711)).unwrap();
    fs::remove_dir_all(apart.join("rejected")).unwrap();
    std::os::unix::fs::symlink(&office.dir, apart.join("rejected")).unwrap();
    let said = office.process();
    assert!(said.code == 1 && said.stderr.contains("rejected"), "{said:?}");
}

/// The signing key in clear, as systemd would decrypt it for the service.
fn unlocked(office: &RealOffice) -> String {
    let locked = fs::read(office.dir.join("keys/signing.key.age")).unwrap();
    let passphrase = SecretString::from(SIGNING_PASSPHRASE.trim().to_owned());
    let key = SigningKey::unlock(&locked, &passphrase).expect("init locked it with its own passphrase");
    key.to_openssh().unwrap().expose_secret().to_owned()
}

#[test]
fn a_run_takes_the_signing_key_by_passphrase_or_from_systemd_and_starts_with_no_other() {
    let office = RealOffice::filled_in();
    let folder = office.dir.with_file_name("credentials");
    fs::create_dir(&folder).unwrap();
    let run = |more: &[&str]| -> Said {
        let mut command = std::process::Command::new(crate::support::office::PROGRAM);
        command.arg("--office").arg(&office.dir).args(["run", "--once"]).args(more);
        // Without a terminal nobody can be asked.
        command.env("CREDENTIALS_DIRECTORY", &folder).stdin(Stdio::null());
        command.output().unwrap().into()
    };
    let wrong = office.dir.with_file_name("wrong");
    private_file(&wrong, b"four made-up words her\n");
    let said = run(&["--signing-passphrase-file", wrong.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("this key or passphrase does not open it"), "{said:?}");
    let said = run(&["--signing-passphrase-file", office.passphrase.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("this key or passphrase does not open it"), "the review key's: {said:?}");
    run(&["--signing-passphrase-file", office.signing.to_str().unwrap()]).expect(0);
    let credential = folder.join("despatch-signing-key");
    fs::write(&credential, SigningKey::generate().unwrap().to_openssh().unwrap().expose_secret()).unwrap();
    let said = run(&[]).expect(1);
    assert!(said.stderr.contains("it does not belong to keys/signing.pub"), "{said:?}");
    fs::write(&credential, "no key").unwrap();
    run(&[]).expect(1);
    fs::write(&credential, unlocked(&office)).unwrap();
    run(&[]).expect(0);
    // A sender asks nobody, and leaves a checkpoint where systemd gives it the key.
    office.run(&["send", "--once"]).expect(0);
    for words in [["keys", "signing", "show"], ["audit", "verify", "--json"]] {
        let said = office.run(&words).expect(0);
        assert!(!said.stdout.contains("OPENSSH PRIVATE"), "{said:?}");
    }
}

#[test]
fn an_office_from_before_lists_were_signed_is_told_how_to_make_the_key() {
    let office = RealOffice::filled_in();
    for name in ["signing.pub", "signing.key.age"] {
        fs::remove_file(office.dir.join("keys").join(name)).unwrap();
    }
    for words in [&["check"][..], &["run", "--once"], &["keys", "signing", "show"]] {
        let said = office.run(words).expect(1);
        assert!(said.stderr.contains("make one with `despatch keys signing make`"), "{words:?}: {said:?}");
    }
    // Everything else goes on.
    office.run(&["outbox", "list"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let passphrase = office.signing.to_str().unwrap();
    office.run(&["keys", "signing", "make", "--signing-passphrase-file", passphrase]).expect(0);
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    office.run(&["check"]).expect(0);
    office.run(&["audit", "verify"]).expect(0);
    let mode = |name: &str| fs::metadata(office.dir.join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["keys/signing.pub", "keys/signing.key.age", "outbox/checkpoints"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}
