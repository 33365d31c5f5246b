//! Enters: the files of the commands. Leaves: each place where one command uses another.
//! Never: counts what several commands share (`args`), or the list of commands.

use super::source::File;
use std::collections::BTreeSet;

const FOLDER: &str = "src/commands/";
/// Beside the commands: what they share.
const SHARED: [&str; 2] = ["args", "mod"];

/// The command to which a file belongs, and how many modules it stands below `commands`.
fn command_of(path: &str) -> Option<(&str, usize)> {
    let below = path.strip_prefix(FOLDER)?.trim_end_matches(".rs");
    let mut parts = below.split('/');
    let name = parts.next()?;
    let depth = 1 + parts.filter(|part| *part != "mod").count();
    (!SHARED.contains(&name)).then_some((name, depth))
}

fn calls_another(files: &[File]) -> Vec<String> {
    let commands: BTreeSet<&str> =
        files.iter().filter_map(|file| command_of(&file.path).map(|(name, _)| name)).collect();
    let mut faults = Vec::new();
    for file in files {
        let Some((own, depth)) = command_of(&file.path) else { continue };
        let up = "super::".repeat(depth);
        for (at, word) in file.words().filter(|(_, word)| *word != own && commands.contains(word)) {
            let before = &file.code[..at];
            let sibling = before.ends_with(&up) && !before.ends_with(&format!("super::{up}"));
            if sibling || before.ends_with("commands::") {
                faults.push(file.fault(at, &format!("the command {own} uses the command {word}")));
            }
        }
    }
    faults
}

#[test]
fn no_command_uses_another() {
    let good = "use super::args::List;\nuse super::{args};\nfn send() { send::by_letter(); }\n";
    let bad = "use crate::commands::send::Args;\nfn f() { super::send::run() }\n";
    let files = |text: &str| {
        [
            File::new("src/commands/run.rs", text),
            File::new("src/commands/send.rs", ""),
            File::new("src/main.rs", bad),
        ]
    };
    assert_eq!(calls_another(&files(good)), [""; 0]);
    let fault = |line: usize| format!("src/commands/run.rs:{line}: the command run uses the command send");
    assert_eq!(calls_another(&files(bad)), [fault(1), fault(2)]);
    super::holds(calls_another(&super::program()));
}
