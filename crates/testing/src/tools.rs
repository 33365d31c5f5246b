//! Enters: the name of a program and its input. Leaves: its output, or its error.
//! Never: installs anything; `tests/run` does, and every panic here says so.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Finds a program: in the tests' own venv (`DESPATCH_TOOLS`, or the folder that `tests/run` uses), on `PATH`, or in
/// the system's folders.
///
/// # Panics
/// If it is not found, with a hint that `tests/run` installs it.
pub fn tool(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = venv()
        .map(|venv| venv.join("bin"))
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(["/usr/sbin".into(), "/sbin".into()]);
    for folder in folders {
        let candidate = folder.join(name);
        if candidate.is_file() {
            return candidate;
        }
    }
    panic!("the tests need the program {name:?}, which is not installed: run tests/run, which installs it");
}

/// The folder of the tests' own tools.
///
/// # Panics
/// If neither `DESPATCH_TOOLS` nor a home folder is set.
pub fn folder() -> PathBuf {
    venv().expect("DESPATCH_TOOLS, XDG_CACHE_HOME or HOME says where the tools are")
}

fn venv() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    if let Some(tools) = set("DESPATCH_TOOLS") {
        return Some(tools.into());
    }
    let cache = set("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("despatch/tools"))
}

/// A command for a program that [`tool`] finds.
pub fn command(name: &str) -> Command {
    Command::new(tool(name))
}

/// The result of a program.
#[derive(Debug)]
pub struct Output {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

/// Runs the command with these bytes as its standard input, whatever its exit code.
///
/// # Panics
/// If it cannot be started.
pub fn output(command: &mut Command, stdin: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let mut pipe = child.stdin.take().expect("piped above");
    let stdin = stdin.to_vec();
    // On a thread: a program that prints before it has read everything would otherwise block.
    // One that stops reading early breaks the pipe, which it may.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let done = child.wait_with_output().expect("a started child ends");
    writer.join().expect("the writer does not panic");
    Output {
        code: done.status.code(),
        stdout: done.stdout,
        stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// Runs the command without input and returns its standard output.
///
/// # Errors
/// The command, its exit code and its standard error, if the code is not 0.
pub fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    run_with(command, &[])
}

/// Runs the command like [`run`], with bytes on standard input.
///
/// # Errors
/// As [`run`].
pub fn run_with(command: &mut Command, stdin: &[u8]) -> Result<Vec<u8>, String> {
    let done = output(command, stdin);
    if done.code == Some(0) {
        Ok(done.stdout)
    } else {
        let shown = String::from_utf8_lossy(&done.stdout);
        Err(format!("{command:?} ended with {:?}\n{}{shown}", done.code, done.stderr))
    }
}

/// Opens sealed bytes with Debian's `age` and the identity file of one recipient.
///
/// # Errors
/// The output of `age`, if it cannot open them with this identity.
pub fn age_decrypt(identity: &Path, sealed: &[u8]) -> Result<Vec<u8>, String> {
    run_with(command("age").arg("--decrypt").arg("--identity").arg(identity), sealed)
}
