//! Enters: workers, senders and probes that are confined as they are. Leaves: proof of what they cannot do, on this
//! kernel; where it lacks Landlock or seccomp, proof that `check` says so. Never: asks a process for what it promises: a
//! probe tries.

use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, TODAY};
use crate::travel::relay::{SlowRelay, use_relay};
use despatch_app::intake::{self, IntakeFolders};
use despatch_app::office::Office;
use despatch_app::operations::sender::Sender;
use despatch_core::confine::Kernel;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_letters::render::worker;
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the probe is confined as; and the office of the sender that it is confined as.
const AS: &str = "CONFINED_AS";
const OFFICE: &str = "CONFINED_OFFICE";
/// A port that a listener has: the relay's, or not.
const PORT: &str = "CONFINED_PORT";
const PROBE: &str = "trust::confined::a_probe_is_not_confined_unless_it_is_told_to_be";

/// How trying something ended: `ok`, or the number of the error.
type Tries = BTreeMap<String, String>;

fn status(pid: u32, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix(&format!("{field}:")));
    line.expect("a field of the kernel").trim().to_owned()
}

/// Runs this test program as a probe that is confined as one of ours is.
fn probe(role: &str, office: &Path, port: u16) -> Tries {
    let program = std::env::current_exe().expect("this program");
    let done = Command::new(program)
        .args([PROBE, "--exact", "--nocapture", "--test-threads=1"])
        .env(AS, role)
        .env(OFFICE, office)
        .env(PORT, port.to_string())
        .output()
        .expect("the probe starts");
    let said = String::from_utf8_lossy(&done.stdout);
    let tries: Tries = said
        .lines()
        .filter_map(|line| line.rsplit_once("TRIED ")?.1.split_once(": "))
        .map(|(what, how)| (what.to_owned(), how.to_owned()))
        .collect();
    assert!(!tries.is_empty(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    tries
}

fn tried<T>(what: &str, how: io::Result<T>) {
    let how = match how {
        Ok(_) => "ok".to_owned(),
        Err(error) => {
            error.raw_os_error().map_or_else(|| error.to_string(), |code| Errno::from_raw(code).to_string())
        }
    };
    println!("TRIED {what}: {how}");
}

/// The probe: run by a test, it is confined and tries; run by nobody in particular, it shows that the tries can succeed.
#[test]
fn a_probe_is_not_confined_unless_it_is_told_to_be() {
    let Ok(role) = std::env::var(AS) else {
        let office = DemoOffice::new();
        fs::create_dir_all(office.dir.join("sent")).expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let free = probe("nothing", &office.dir, listener.local_addr().expect("its address").port());
        assert!(free.values().all(|how| how == "ok") && free.len() > 15, "{free:#?}");
        return;
    };
    let dir = std::path::PathBuf::from(std::env::var_os(OFFICE).expect("an office"));
    let port: u16 = std::env::var(PORT).expect("a port").parse().expect("a number");
    match role.as_str() {
        "worker" => worker::confine().expect("it can be confined"),
        "intake" => {
            intake::worker::confine(&IntakeFolders::of(&dir, None)).expect("it can be confined");
        }
        "sender" => {
            let office = Office::open(&dir).expect("an office in order");
            let mut sender = Sender::of(&office, true, None).expect("a courier");
            sender.confine(&office, Path::new(PROGRAM)).expect("it can be confined");
        }
        _ => {}
    }
    for name in ["inbox", "keys", "PRIVATE-demo-keys", "policy", "outbox"] {
        tried(&format!("list {name}"), fs::read_dir(dir.join(name)));
    }
    for name in ["despatch.toml", "keys/review.pub", "PRIVATE-demo-keys/review.key", "outbox/ledger.db"] {
        tried(&format!("read {name}"), fs::read(dir.join(name)));
    }
    let inbox = fs::read_dir(dir.join("inbox"));
    let case =
        inbox.ok().and_then(|mut all| all.find_map(|one| Some(one.ok()?.path()).filter(|one| one.is_file())));
    tried("read a case", fs::read(case.unwrap_or_else(|| dir.join("inbox/07-attachment-missing.json"))));
    for name in ["inbox", "keys", "outbox", "sent"] {
        tried(&format!("write {name}"), File::create(dir.join(name).join("probe")));
        tried(&format!("remove {name}"), fs::remove_file(dir.join(name).join("probe")));
    }
    tried("link", symlink("/etc/passwd", dir.join("outbox/link")));
    tried("read /etc/hosts", fs::read("/etc/hosts"));
    tried("read /tmp", fs::read_dir("/tmp"));
    tried("connect", TcpStream::connect(("127.0.0.1", port)));
    tried("datagrams", UdpSocket::bind("127.0.0.1:0"));
    tried("listen", TcpListener::bind("127.0.0.1:0"));
    let parent = nix::unistd::getppid();
    tried("signal", nix::sys::signal::kill(parent, None).map_err(io::Error::from));
    tried("start", Command::new("/bin/true").stdin(Stdio::null()).status());
    // The last, for it does not come back: the program says that it succeeded.
    tried("become", Err::<(), _>(Command::new("/bin/echo").arg("TRIED become: ok").exec()));
}

/// The names of the tries that ended otherwise than in success, with how.
fn failed(tries: &Tries) -> BTreeMap<&str, &str> {
    tries.iter().filter(|(_, how)| *how != "ok").map(|(what, how)| (what.as_str(), how.as_str())).collect()
}

#[test]
fn a_worker_opens_no_file_and_no_socket_and_starts_nothing() {
    let office = DemoOffice::new();
    fs::create_dir_all(office.dir.join("sent")).expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let tries = probe("worker", &office.dir, listener.local_addr().expect("its address").port());
    let kernel = Kernel::here();
    let failed = failed(&tries);
    // The limits alone hold these, on every kernel.
    for what in ["read a case", "read despatch.toml", "write outbox", "connect", "listen"] {
        assert!(failed.contains_key(what), "{what}: {tries:#?}");
    }
    if kernel.seccomp {
        assert_eq!(failed.len(), tries.len(), "something is permitted: {tries:#?}");
        let other: Vec<_> = failed.iter().filter(|(_, how)| !how.starts_with("EPERM")).collect();
        assert!(other.is_empty(), "not by the list of calls: {other:?}");
    } else if kernel.landlock.is_some() {
        assert!(failed.contains_key("become") && failed.contains_key("start"), "{tries:#?}");
    }
}

#[test]
fn the_intakes_process_has_the_inbox_and_nothing_else() {
    let office = DemoOffice::new();
    fs::create_dir_all(office.dir.join("sent")).expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let tries = probe("intake", &office.dir, listener.local_addr().expect("its address").port());
    let kernel = Kernel::here();
    let mut may = vec!["list inbox", "read a case", "write inbox"];
    for what in &may {
        assert_eq!(tries[*what], "ok", "{what}: {tries:#?}");
    }
    let failed = failed(&tries);
    if kernel.seccomp {
        for what in ["connect", "datagrams", "listen", "signal", "start", "become", "link"] {
            assert!(failed.contains_key(what), "{what}: {tries:#?}");
        }
    }
    if kernel.landlock.is_some() {
        may.extend(tries.keys().map(String::as_str).filter(|what| !failed.contains_key(what)));
        may.sort_unstable();
        may.dedup();
        // The list of calls knows only the removal by a folder's descriptor, which the probe does not try.
        may.retain(|what| kernel.seccomp || *what != "remove inbox");
        assert_eq!(may, ["list inbox", "read a case", "write inbox"], "{tries:#?}");
    }
}

#[test]
fn a_workers_files_are_kept_from_it_by_landlock_too() {
    // The list of calls would answer first: this is what Landlock holds where a call gets through.
    let kernel = Kernel::here();
    let done = std::thread::spawn(|| {
        despatch_core::confine::files(&Default::default()).expect("it can be confined");
        let path = std::env::current_exe().expect("this program");
        (File::open("/etc/hosts").is_ok(), File::open(path).is_ok(), fs::read_dir("/").is_ok())
    });
    let open = kernel.landlock.is_none();
    assert_eq!(done.join().expect("it ends"), (open, open, open));
    assert!(File::open("/etc/hosts").is_ok(), "only that thread is confined");
}

#[test]
fn a_worker_at_work_is_under_the_list_of_calls() {
    let files =
        BTreeMap::from([("/note/letter.typ".to_owned(), "#let document(data) = [= Letter]".to_owned())]);
    let pool = Pool::start(Path::new(PROGRAM), &files, 1, TIME_LIMIT).expect("a pool");
    pool.render(&crate::render::job("Hello")).expect("a letter");
    let pid = pool.pids()[0];
    let kernel = Kernel::here();
    assert_eq!(status(pid, "Seccomp"), if kernel.seccomp { "2" } else { "0" });
    let confined = kernel.seccomp || kernel.landlock.is_some();
    assert_eq!(status(pid, "NoNewPrivs"), if confined { "1" } else { "0" });
}

#[test]
fn a_sender_reads_its_outbox_and_the_resolver_and_nothing_else_of_the_office() {
    let office = DemoOffice::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let into_folder = probe("sender", &office.dir, port);
    use_relay(&office, port, &certificate(&office));
    let to_relay = probe("sender", &office.dir, port);
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to_another = probe("sender", &office.dir, other.local_addr().expect("its address").port());
    let Some(version) = Kernel::here().landlock else {
        assert_eq!(failed(&into_folder), BTreeMap::new());
        return;
    };
    let mut kept = vec![
        "become",
        "link",
        "list PRIVATE-demo-keys",
        "list inbox",
        "list keys",
        "list policy",
        "read /tmp",
        "read PRIVATE-demo-keys/review.key",
        "read a case",
        "read despatch.toml",
        "read keys/review.pub",
        "remove inbox",
        "remove keys",
        "start",
        "write inbox",
        "write keys",
    ];
    if version >= 4 {
        kept.extend(["connect", "listen"]);
    }
    if version >= 6 {
        kept.push("signal");
    }
    kept.sort_unstable();
    let names = |tries: &Tries| failed(tries).keys().map(|what| (*what).to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&into_folder), kept, "{into_folder:#?}");
    let mut without_folder: Vec<&str> = [&kept[..], &["remove sent", "write sent"]].concat();
    without_folder.sort_unstable();
    assert_eq!(names(&to_another), without_folder, "{to_another:#?}");
    without_folder.retain(|what| *what != "connect");
    assert_eq!(names(&to_relay), without_folder, "{to_relay:#?}");
}

/// A certificate of an authority, for settings that are never used.
fn certificate(office: &DemoOffice) -> std::path::PathBuf {
    let relay = SlowRelay::start(&["accept"]);
    let own = office.dir.join("ca.pem");
    fs::copy(relay.ca(), &own).expect("a copy");
    own
}

#[test]
fn a_sender_at_work_cannot_be_led_into_the_inbox() {
    let office = DemoOffice::new();
    let mut relay = SlowRelay::start(&["gate", "accept"]);
    relay.serve(&office);
    let two = ["DEMO-0902", "DEMO-0903"].map(|case| office.despatch_for(case, "det"));
    for one in &two {
        office.run_as(REVIEWER, &["outbox", "approve", one["id"].as_str().unwrap()]).expect(0);
    }
    let mut sender = office.command(TODAY, &["send", "--once"]).stdout(Stdio::null()).spawn().unwrap();
    relay.until("STALLED gate");
    let confined = Kernel::here().landlock.is_some();
    assert_eq!(status(sender.id(), "NoNewPrivs"), if confined { "1" } else { "0" });
    // The second message is led to the very same bytes elsewhere.
    let (message, elsewhere) = (office.message_path(&two[1]), office.dir.join("inbox/second.eml"));
    fs::copy(&message, &elsewhere).unwrap();
    fs::remove_file(&message).unwrap();
    symlink(&elsewhere, &message).unwrap();
    relay.open_gate();
    sender.wait().unwrap();
    assert!(relay.message(0).is_some(), "the first went");
    assert_eq!(relay.message(1).is_some(), !confined, "the second was read from the inbox");
    fs::remove_file(&message).unwrap();
    fs::rename(&elsewhere, &message).unwrap();
    assert_eq!(office.despatch_for("DEMO-0903", "det")["state"] == "sent", !confined);
}

#[test]
fn a_confined_sender_hands_its_checkpoint_to_the_offices_command() {
    let office = DemoOffice::new();
    let there = office.dir.join("../elsewhere");
    let command = |script: &str| {
        office.edit("despatch.toml", |text| {
            let (before, after) = text.split_once("[courier]").expect("a courier");
            let before = before.split("[audit]").next().expect("what stands before");
            format!("{before}[audit]\npush = [\"sh\", \"-c\", \"{script}\"]\n\n[courier]{after}")
        });
    };
    command("exit 7");
    office.run_as(REVIEWER, &["outbox", "hold", "1-1", "--reason", "wait"]).expect(0);
    let said = office.run(&["send", "--once"]).expect(3);
    assert!(said.stderr.contains("was not taken by sh: exit status: 7"), "{said:?}");
    command(&format!("cat >> {}", there.display()));
    office.run_as(REVIEWER, &["outbox", "hold", "1-2", "--reason", "wait"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert!(fs::read_to_string(&there).unwrap().starts_with("despatch-checkpoint/1 "));
}

#[test]
fn check_says_what_the_kernel_offers() {
    let said = DemoOffice::new().run(&["check"]).expect(0);
    let kernel = Kernel::here();
    let row = said.stdout.lines().find(|line| line.starts_with("confinement")).expect("a row");
    match kernel.landlock {
        Some(version) => assert!(row.contains(&format!("by this kernel: Landlock {version}")), "{row}"),
        None => assert!(said.stdout.contains("This kernel has no Landlock"), "{said:?}"),
    }
    assert_eq!(row.contains("seccomp"), kernel.seccomp);
    assert_eq!(said.stdout.contains("This kernel has no seccomp"), !kernel.seccomp);
}
