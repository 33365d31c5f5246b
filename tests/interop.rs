//! Enters: the other programs that write and read age files: Debian's age, npm's age-encryption, PyPI's pyrage.
//! Leaves: the proof that each opens what despatch seals, and that despatch opens what each seals, at every size at
//! which a chunk begins or ends, to keys and with passphrases (in a full run; else with passphrases at three of them,
//! because each tool works a second for each).

use crate::support::folder::is_full;
use crate::support::office::{despatch, private_file};
use crate::support::tools::{command, folder, run};
use age::secrecy::ExposeSecret;
use despatch_seal::keys::SecretKey;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{open, seal, seal_with_passphrase};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Around the borders of age's chunks of 64 KiB, and the size of a report.
const SIZES: [usize; 7] = [0, 1, 65_535, 65_536, 65_537, 131_072, 5 << 20];

/// Of these also with passphrases: what is sealed with one has another head, and the same chunks.
fn has_words(size: usize) -> bool {
    is_full() || [0, 65_536, 5 << 20].contains(&size)
}

/// The ways in which a size is sealed.
fn methods(size: usize) -> &'static [&'static str] {
    if has_words(size) { &["key", "words"] } else { &["key"] }
}

fn plain(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 % 251) as u8).collect()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(name)
}

/// A folder with a key, a passphrase, and every size in clear and sealed in both ways.
struct Exchange {
    folder: tempfile::TempDir,
    key: SecretKey,
}

impl Exchange {
    fn new() -> Exchange {
        let (key, words) = (SecretKey::generate(), Passphrase::generate().unwrap());
        let exchange = Exchange { folder: tempfile::tempdir().unwrap(), key };
        let identity = exchange.key.to_identity_file().unwrap();
        exchange.write("key.txt", identity.expose_secret().as_bytes());
        exchange.write("recipient.txt", exchange.key.to_public().as_str().as_bytes());
        exchange.write("words.txt", words.expose().as_bytes());
        for size in SIZES {
            let plain = plain(size);
            exchange.write(&format!("plain-{size}"), &plain);
            let to_key = seal(&plain, &[&exchange.key.to_public()]).unwrap();
            exchange.write(&format!("despatch-key-{size}.age"), &to_key);
            if has_words(size) {
                let with_passphrase = seal_with_passphrase(&plain, &words).unwrap();
                exchange.write(&format!("despatch-words-{size}.age"), &with_passphrase);
            }
        }
        exchange
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        private_file(&self.at(name), bytes);
    }

    /// Has a tool open and seal everything, and looks at what it left.
    fn with(&self, tool: &str, command: &mut Command) {
        run(command).unwrap_or_else(|said| panic!("{tool}: {said}"));
        for size in SIZES {
            let plain = plain(size);
            for method in methods(size) {
                let opened = fs::read(self.at(&format!("opened-{method}-{size}"))).unwrap();
                assert!(opened == plain, "{tool} opens {size} bytes ({method}) as something else");
            }
            let sealed = fs::read(self.at(&format!("{tool}-key-{size}.age"))).unwrap();
            assert!(
                open(&sealed, &self.key).unwrap().to_vec() == plain,
                "{size} bytes of {tool} open as something else"
            );
            self.despatch_opens(tool, "key", "--identity", "key.txt", size);
            if has_words(size) {
                self.despatch_opens(tool, "words", "--passphrase-file", "words.txt", size);
            }
        }
    }

    fn despatch_opens(&self, tool: &str, method: &str, option: &str, secret: &str, size: usize) {
        let sealed = self.at(&format!("{tool}-{method}-{size}.age"));
        let secret = self.at(secret);
        despatch(&["open".as_ref(), sealed.as_os_str(), option.as_ref(), secret.as_os_str()]).expect(0);
        let opened = fs::read(sealed.with_extension("")).unwrap();
        assert!(opened == plain(size), "{size} bytes of {tool} ({method}) open as something else");
    }
}

#[test]
fn debians_age_and_despatch_open_each_others_files() {
    let exchange = Exchange::new();
    exchange
        .with("debian", command("python3").arg("-B").arg(script("debian.py")).arg(exchange.folder.path()));
}

#[test]
fn pyrage_and_despatch_open_each_others_files() {
    let exchange = Exchange::new();
    exchange.with("pypi", command("python3").arg("-B").arg(script("pypi.py")).arg(exchange.folder.path()));
}

#[test]
fn age_encryption_of_npm_and_despatch_open_each_others_files() {
    let exchange = Exchange::new();
    let library = folder().join("npm/node_modules/age-encryption");
    assert!(library.is_dir(), "age-encryption is not installed: run tests/run, which installs it");
    exchange.with("npm", command("node").arg(script("npm.mjs")).arg(exchange.folder.path()).arg(library));
}
