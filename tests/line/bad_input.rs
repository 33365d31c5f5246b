//! What must not be queued: faulty cases, hostile files, and cases that are not whole yet.

use super::{REPORT, drop_and_process, files_below, process, said_lines, tidy_office, words};
use crate::support::office::{
    DemoOffice, PREPARER, PROGRAM, TODAY, appointment, private_file, report_received,
};
use crate::support::tools::{command, output, run};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

fn rejected(office: &DemoOffice) -> PathBuf {
    office.dir.join("inbox/rejected")
}

/// `run --once`, which must end by itself.
fn run_in_time(office: &DemoOffice) -> Vec<Value> {
    let mut timeout = command("timeout");
    timeout.args(["60", PROGRAM, "--office"]).arg(&office.dir);
    timeout.args(["--today", TODAY, "--json", "run", "--once"]);
    let done = output(&mut timeout, &[]);
    assert_ne!(done.code, Some(124), "it hangs: {done:?}");
    let stdout = String::from_utf8(done.stdout).expect("UTF-8");
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_good_case_beside_ten_bad_ones_is_queued_and_each_bad_one_goes_whole_with_its_faults() {
    let office = tidy_office();
    let before = files_below(&rejected(&office)).len();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/rejected");
    let bad = [
        "a-list",
        "an-empty-object",
        "byte-order-mark",
        "cut-short",
        "duplicate-keys",
        "latin-1",
        "not-json",
        "too-deep",
        "unknown-fields",
        "wrong-types",
    ];
    for name in bad {
        fs::copy(samples.join(format!("{name}.json")), office.dir.join(format!("inbox/{name}.json")))
            .expect("a sample");
    }
    office.drop_case("good", &appointment(1, REPORT).to_string(), ATTACHED);
    let said = process(&office, 1);
    let summary = said.last().expect("a summary");
    assert_eq!((&summary["queued"], &summary["rejected"]), (&json!(1), &json!(10)), "{summary}");
    assert_eq!(super::despatches_of(&office, "TEST-00001").len(), 6);
    for name in bad {
        let original = fs::read(samples.join(format!("{name}.json"))).expect("a sample");
        let folder = rejected(&office);
        assert_eq!(fs::read(folder.join(format!("{name}.json"))).expect("the case"), original, "{name}");
        let faults = fs::read_to_string(folder.join(format!("{name}.json.faults.txt"))).expect("its faults");
        assert!(faults.contains("\n1. ") && faults.contains("To mend: "), "{name}: {faults}");
    }
    assert_eq!(files_below(&rejected(&office)).len(), before + 20);
}

#[test]
fn a_rejected_case_takes_its_attachments_along_wherever_they_lay() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    let mut unknown = report_received(1, REPORT);
    unknown["prepared_by"] = json!("nobody-here");
    office.drop_case("in-its-folder", &unknown.to_string(), ATTACHED);
    let mut beside = unknown.clone();
    beside["attachments"][0]["file"] = json!("beside.pdf");
    fs::write(inbox.join("beside.pdf"), REPORT).expect("a new file");
    office.drop_case("beside", &beside.to_string(), &[]);
    for finding in process(&office, 1).iter().filter(|one| one["outcome"].is_string()) {
        assert_eq!(finding["faults"][0]["code"], "prepared_by.unknown", "{finding}");
    }
    let files = files_below(&rejected(&office));
    for path in ["in-its-folder/report.pdf", "beside.pdf"] {
        assert_eq!(files.get(Path::new(path)).map(Vec::as_slice), Some(REPORT), "{path}");
    }
    for path in ["in-its-folder.json.faults.txt", "beside.json.faults.txt"] {
        assert!(files.contains_key(Path::new(path)), "{path} is not in {:?}", files.keys());
    }
}

#[test]
fn a_case_file_at_fault_in_itself_takes_the_folder_of_its_name_along() {
    let office = tidy_office();
    let mut faulty = report_received(1, REPORT);
    faulty["person"].as_object_mut().expect("an object").remove("nationality");
    let finding = drop_and_process(&office, "faulty", &faulty, ATTACHED);
    assert_eq!(finding["outcome"], "rejected", "{finding}");
    assert!(!office.dir.join("inbox/faulty").exists(), "its attachments stay behind in the inbox");
    let along = fs::read(rejected(&office).join("faulty/report.pdf")).expect("its attachment");
    assert!(along == REPORT, "it was changed");
}

#[test]
fn a_case_file_at_fault_leaves_another_case_in_the_folder_of_its_name_alone() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    fs::create_dir(inbox.join("a")).expect("a folder");
    fs::write(inbox.join("a/report.pdf"), REPORT).expect("a new file");
    fs::write(inbox.join("a/b.json"), report_received(1, REPORT).to_string()).expect("a new file");
    office.drop_case("a", "{ this is no case file", &[]);
    let said = process(&office, 1);
    let outcome = |file: &str| said.iter().find(|one| one["file"] == file).map(|one| one["outcome"].clone());
    assert_eq!((outcome("a.json"), outcome("a/b.json")), (Some(json!("rejected")), Some(json!("queued"))));
    assert!(rejected(&office).join("a.json").is_file(), "the faulty one is lost: {said:?}");
    assert_eq!(super::despatches_of(&office, "TEST-00001").len(), 3);
}

#[test]
fn two_case_files_in_one_claim_are_both_given_back() {
    let office = tidy_office();
    let claim = office.dir.join("inbox/claimed/0123456789abcdef");
    fs::create_dir_all(claim.join("a")).expect("a folder");
    fs::write(claim.join("a.json"), "{").expect("a new file");
    fs::write(claim.join("a/b.json"), report_received(1, REPORT).to_string()).expect("a new file");
    let said = process(&office, 1);
    assert_eq!(said[0]["faults"][0]["code"], "file.two_cases", "{said:?}");
    assert!(
        ["a.json", "a/b.json", "a/b.json.faults.txt"]
            .iter()
            .all(|name| rejected(&office).join(name).exists())
    );
    assert!(!claim.exists());
}

#[test]
fn what_a_stopped_claim_left_goes_back_and_never_over_what_came_meanwhile() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    fs::set_permissions(&inbox, fs::Permissions::from_mode(0o2770)).expect("our own folder");
    let claim = inbox.join("claimed/0123456789abcdef");
    for (path, bytes) in [(claim.join("x/back.pdf"), "back"), (claim.join("y/twin.pdf"), "the first")] {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a new file");
    }
    fs::create_dir(inbox.join("y")).expect("a folder");
    fs::write(inbox.join("y/twin.pdf"), "the second").expect("a new file");
    let said = process(&office, 1);
    assert_eq!(said[0]["faults"][0]["code"], "file.replaced", "{said:?}");
    let text = |path: PathBuf| fs::read_to_string(path).expect("a file that is kept");
    assert_eq!(text(inbox.join("x/back.pdf")), "back");
    let mode = fs::metadata(inbox.join("x")).expect("the folder").permissions().mode();
    assert_eq!(mode & 0o7777, 0o2770, "whoever dropped it is locked out");
    assert_eq!(text(inbox.join("y/twin.pdf")), "the second");
    assert_eq!(text(rejected(&office).join("y/twin.pdf")), "the first");
    assert!(rejected(&office).join("y/twin.pdf.faults.txt").is_file() && !claim.exists());
}

#[test]
fn whoever_shares_the_inbox_may_enter_the_folder_of_a_second_rejection() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    fs::set_permissions(&inbox, fs::Permissions::from_mode(0o2770)).expect("our own folder");
    for _ in 0..2 {
        fs::create_dir(inbox.join("twice")).expect("a folder");
        fs::write(inbox.join("twice/case.json"), "{").expect("a new file");
        process(&office, 1);
    }
    for name in ["twice", "again-2", "again-2/twice"] {
        let folder = fs::metadata(rejected(&office).join(name)).expect("the folder of a rejected case");
        assert_eq!(folder.permissions().mode() & 0o7777, 0o2750, "{name}");
    }
}

#[test]
fn what_a_stopped_run_had_stored_of_a_case_stays_only_where_it_is_on_record() {
    let office = tidy_office();
    let mut next = command("sqlite3");
    next.arg(office.dir.join("outbox/ledger.db")).arg("SELECT MAX(number) + 1 FROM submission");
    let next = String::from_utf8(run(&mut next).expect("a ledger")).expect("a number");
    let next: usize = next.trim().parse().expect("a number");
    let stored = |claim: usize| {
        let names = [format!("received/{claim}.tar.age"), format!("despatches/{claim}-9.1.eml")];
        names.map(|name| office.dir.join("outbox").join(name))
    };
    for path in [stored(next), stored(next + 1)].concat() {
        private_file(&path, b"sealed");
    }
    office.drop_case("faulty", "{", &[]);
    process(&office, 1);
    assert!(stored(next).iter().all(|path| !path.exists()), "files of a rejected case stay for good");
    office.drop_case("good", &appointment(1, REPORT).to_string(), ATTACHED);
    process(&office, 0);
    let [original, beyond] = stored(next + 1);
    assert!(original.is_file() && !beyond.exists());
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn a_second_reject_of_a_name_keeps_the_first() {
    let office = tidy_office();
    for n in 1..=3 {
        let mut case = report_received(n, REPORT);
        case["prepared_by"] = json!("nobody-here");
        let finding = drop_and_process(&office, "same-name", &case, ATTACHED);
        assert_eq!(finding["outcome"], "rejected");
    }
    let files = files_below(&rejected(&office));
    let cases = files.keys().filter(|path| path.ends_with("same-name.json")).count();
    let reports = files.keys().filter(|path| path.ends_with("same-name/report.pdf")).count();
    let faults = files.keys().filter(|path| path.ends_with("same-name.json.faults.txt")).count();
    assert_eq!((cases, reports, faults), (3, 3, 3), "{:?}", files.keys());
}

#[test]
fn two_rejects_with_long_names_that_begin_alike_have_a_list_each() {
    let office = tidy_office();
    for last in ["a", "b"] {
        let name = format!("{}{last}.json", "n".repeat(245));
        fs::write(office.dir.join("inbox").join(name), "{").expect("a new file");
    }
    let said = office.run(&["run", "--once"]).expect(1);
    let lies = fs::read_dir(rejected(&office)).expect("a folder").flatten();
    let names = lies.map(|entry| entry.file_name().into_string().expect("UTF-8"));
    let lists: Vec<String> =
        names.filter(|name| name.starts_with("nnn") && name.ends_with(".faults.txt")).collect();
    assert!(lists.len() == 2 && lists[0] != lists[1], "{said:?}");
    let told = office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let alike = told["rejected"].as_array().expect("a list").iter();
    assert_eq!(
        alike.filter(|one| one["file"].as_str().is_some_and(|file| file.starts_with("nnn"))).count(),
        2
    );
}

#[test]
fn hostile_files_hang_nothing_and_are_not_lost_and_the_good_case_goes_on() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    let outside = tempfile::tempdir().expect("a temporary folder");
    let target = outside.path().join("target.json");
    let case = report_received(7, REPORT).to_string();
    fs::write(&target, &case).expect("a new file");
    symlink(&target, inbox.join("link.json")).expect("a link");
    symlink("nowhere", inbox.join("dangling.json")).expect("a link");
    run(command("mkfifo").arg(inbox.join("pipe.json"))).unwrap_or_else(|why| panic!("{why}"));
    fs::create_dir(inbox.join("folder.json")).expect("a folder");
    fs::write(inbox.join("folder.json/inside.txt"), "inside").expect("a new file");
    let twin = office.dir.join("twin");
    fs::write(&twin, &case).expect("a new file");
    fs::hard_link(&twin, inbox.join("hardlink.json")).expect("a hard link");
    fs::write(inbox.join("empty.json"), "").expect("a new file");
    let large = vec![b' '; 2 * 1024 * 1024];
    fs::write(inbox.join("large.json"), &large).expect("a new file");
    let odd = OsStr::from_bytes(b"odd-\xff\xfe.json");
    fs::write(inbox.join(odd), "{}").expect("a new file");
    office.drop_case("good", &appointment(1, REPORT).to_string(), ATTACHED);

    let said = run_in_time(&office);
    assert!(said.iter().any(|one| one["outcome"] == "queued" && one["case_id"] == "TEST-00001"), "{said:?}");
    assert_eq!(super::despatches_of(&office, "TEST-00007").len(), 0, "a link is not followed");
    assert_eq!(fs::read_to_string(&target).expect("the link's target"), case);
    assert_eq!(fs::read_to_string(&twin).expect("the other name"), case);

    let here = |name: &OsStr| {
        [rejected(&office).join(name), inbox.join(name)].into_iter().find(|p| p.symlink_metadata().is_ok())
    };
    let kept = |name: &str| here(OsStr::new(name)).unwrap_or_else(|| panic!("{name} is lost"));
    assert!(kept("pipe.json").symlink_metadata().expect("the pipe").file_type().is_fifo());
    assert_eq!(fs::read_link(kept("link.json")).expect("the link"), target);
    assert_eq!(fs::read_link(kept("dangling.json")).expect("the link"), Path::new("nowhere"));
    assert_eq!(fs::read_to_string(kept("folder.json").join("inside.txt")).expect("in the folder"), "inside");
    assert_eq!(fs::read_to_string(kept("hardlink.json")).expect("the hard link"), case);
    assert_eq!(fs::read(kept("empty.json")).expect("the empty file"), b"");
    assert_eq!(fs::read(kept("large.json")).expect("the large file"), large);
    assert_eq!(fs::read(here(odd).expect("the odd name")).expect("the odd name"), b"{}");
    for name in ["link.json", "pipe.json", "hardlink.json", "empty.json", "large.json"] {
        let faults = rejected(&office).join(format!("{name}.faults.txt"));
        assert!(faults.exists(), "nobody is told of {name}");
    }
    assert!(
        fs::read_dir(inbox.join("claimed")).expect("claimed").next().is_none(),
        "something stays claimed"
    );

    let said = run_in_time(&office);
    assert_eq!(said.last().expect("a summary")["queued"], 0, "{said:?}");
}

/// A file of root's, which no other account can move out of its folder or change.
fn of_root(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a new file");
}

#[test]
fn what_the_account_of_despatch_cannot_move_is_waited_for_and_stops_no_other_case() {
    // Root can move everything.
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    office.drop_case("good", &appointment(1, REPORT).to_string(), ATTACHED);
    // A claim of an earlier start, faulty, with a folder that cannot be emptied.
    fs::create_dir(inbox.join("claimed/0123456789abcdef")).expect("a folder");
    fs::write(inbox.join("claimed/0123456789abcdef/left.json"), "{").expect("a new file");
    let home = office.dir.parent().expect("a folder of the test's own");
    let program = home.join("despatch");
    fs::copy(PROGRAM, &program).expect("a copy that everybody may start");
    run(command("chmod").args(["755"]).arg(home).arg(&program)).expect("chmod");
    run(command("chown").args(["-R", "nobody"]).arg(&office.dir)).expect("chown");
    of_root(&inbox.join("claimed/0123456789abcdef/left/report.pdf"), "hers");
    fs::create_dir(inbox.join("hers")).expect("a folder");
    symlink("nowhere", inbox.join("hers/link.json")).expect("a link");
    of_root(&inbox.join("folder.json/inside/inside.txt"), "hers");

    for queued in [1, 0] {
        let mut timeout = command("timeout");
        timeout.args(["60", "setpriv", "--reuid=nobody", "--clear-groups"]).arg(&program).arg("--office");
        timeout.arg(&office.dir).args(["--today", TODAY, "--json", "run", "--once"]);
        let done = output(&mut timeout, &[]);
        assert_eq!(done.code, Some(1), "it hangs or fails: {done:?}");
        let stdout = String::from_utf8(done.stdout).expect("UTF-8");
        let summary: Value = serde_json::from_str(stdout.lines().last().expect("a summary")).expect("JSON");
        assert_eq!((&summary["queued"], &summary["rejected"]), (&json!(queued), &json!(0)), "{stdout}");
        let mut waiting: Vec<&str> =
            summary["waiting"].as_array().expect("a list").iter().map(|one| words(&one["file"])).collect();
        waiting.sort_unstable();
        assert_eq!(waiting, ["folder.json", "hers/link.json"], "{stdout}");
        assert!(done.stderr.contains("inbox/claimed/0123456789abcdef cannot be moved on"), "{}", done.stderr);
    }
    for kept in
        ["hers/link.json", "folder.json/inside/inside.txt", "claimed/0123456789abcdef/left/report.pdf"]
    {
        assert!(inbox.join(kept).symlink_metadata().is_ok(), "{kept} is lost");
    }
}

#[test]
fn an_attachment_that_is_a_pipe_or_a_link_is_waited_for_and_named() {
    let office = tidy_office();
    let inbox = office.dir.join("inbox");
    let target = office.dir.join("report.pdf");
    fs::write(&target, REPORT).expect("a new file");
    for (n, name) in [(1, "pipe"), (2, "link")] {
        fs::create_dir(inbox.join(name)).expect("a folder");
        let path = inbox.join(name).join("report.pdf");
        match name {
            "pipe" => drop(run(command("mkfifo").arg(path)).unwrap_or_else(|why| panic!("{why}"))),
            _ => symlink(&target, path).expect("a link"),
        }
        office.drop_case(name, &report_received(n, REPORT).to_string(), &[]);
    }
    let said = run_in_time(&office);
    let waiting = said.last().expect("a summary")["waiting"].as_array().expect("a list").clone();
    assert_eq!(waiting.len(), 2, "{said:?}");
    for one in waiting {
        assert!(words(&one["missing"][0]).contains("report.pdf"), "{one}");
    }
}

#[test]
fn a_missing_attachment_is_named_until_it_arrives() {
    let office = tidy_office();
    office.drop_case("early", &report_received(1, REPORT).to_string(), &[]);
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(
        said.stdout.contains("early.json") && said.stdout.contains("report.pdf is not there yet"),
        "{said:?}"
    );
    let list = office.run(&["outbox", "list"]).expect(0);
    assert!(list.stdout.contains("early.json waits in the inbox: report.pdf is not there yet"), "{list:?}");

    let path = office.dir.join("inbox/report.pdf");
    let mut wrong = REPORT.to_vec();
    wrong[12] ^= 1;
    fs::write(&path, &wrong).expect("a new file");
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(
        said.stdout.contains("report.pdf is not the file that the case lists: its SHA-256 differs"),
        "{said:?}"
    );
    fs::write(&path, b"short").expect("a file");
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(
        said.stdout.contains(&format!("report.pdf has 5 bytes and the case lists {}", REPORT.len())),
        "{said:?}"
    );
    assert_eq!(super::despatches_of(&office, "TEST-00001").len(), 0);

    fs::write(&path, REPORT).expect("a file");
    let said = office.run(&["run", "--once"]).expect(0);
    assert!(said.stdout.contains("queued    early.json"), "{said:?}");
    assert_eq!(super::despatches_of(&office, "TEST-00001").len(), 3);
    assert!(!path.exists());
}

#[test]
fn a_case_is_refused_from_somebody_else_than_it_names() {
    let office = tidy_office();
    // Only root can give a file away; elsewhere the unknown preparer of the other tests must do.
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    office.edit("despatch.toml", |text| text.swapped("\"demo-wenna-okonjo\"", "\"nobody\""));
    for (n, preparer, expected) in [(1, "imran-castellan", "rejected"), (2, "wenna-okonjo", "queued")] {
        let mut case = report_received(n, REPORT);
        case["prepared_by"] = json!(preparer);
        let name = format!("by-{preparer}");
        office.drop_case(&name, &case.to_string(), ATTACHED);
        run(command("chown").arg("nobody").arg(office.dir.join(format!("inbox/{name}.json"))))
            .expect("chown");
        let said = said_lines(&office.run(&["--json", "run", "--once"]));
        assert_eq!(said[0]["outcome"], expected, "{said:?}");
        if expected == "rejected" {
            assert_eq!(said[0]["faults"][0]["code"], "prepared_by.other_owner", "{said:?}");
            assert!(words(&said[0]["faults"][0]["cause"]).contains("wenna-okonjo"), "{said:?}");
        }
    }
}
