//! Enters: messages over TLS on loopback. Leaves: 250 to each at once, and which Message-IDs came how often.
//! Never: keeps a message, or waits for a disk.

use despatch_testing::postfix::TLS_CNF;
use despatch_testing::tools::{command, run};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use tempfile::TempDir;

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// What it got.
#[derive(Default)]
struct Got {
    taken: AtomicUsize,
    ids: Mutex<BTreeMap<String, usize>>,
}

/// A relay that accepts at once, until this process ends.
pub struct Sink {
    folder: TempDir,
    port: u16,
    got: Arc<Got>,
}

impl Sink {
    pub fn start() -> Sink {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = Arc::new(certified(&folder));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let got = Arc::new(Got::default());
        let (counts, config) = (Arc::clone(&got), config);
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let (counts, config) = (Arc::clone(&counts), Arc::clone(&config));
                // A sender that hangs up is the business of whoever counts.
                thread::spawn(move || drop(session(tcp, config, &counts)));
            }
        });
        Sink { folder, port, got }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that vouches for it.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// How many messages got their dot.
    pub fn taken(&self) -> usize {
        self.got.taken.load(Ordering::SeqCst)
    }

    /// Takes the Message-IDs that came.
    pub fn take_ids(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.got.ids.lock().expect("no thread fails with it"))
    }
}

fn session(tcp: TcpStream, config: Arc<ServerConfig>, got: &Got) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut reader = BufReader::with_capacity(64 * 1024, StreamOwned::new(connection, tcp));
    let mut line = Vec::new();
    answer(&mut reader, "220 sink")?;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match line.get(..4) {
            Some(b"DATA") => {
                answer(&mut reader, "354 go on")?;
                let id = message(&mut reader)?;
                got.taken.fetch_add(1, Ordering::SeqCst);
                *got.ids.lock().expect("no thread fails with it").entry(id).or_default() += 1;
                answer(&mut reader, "250 2.0.0 kept")?;
            }
            Some(b"QUIT") => return answer(&mut reader, "221 bye"),
            _ => answer(&mut reader, "250 go on")?,
        }
    }
}

/// Reads a message to its dot, and returns its Message-ID.
fn message(reader: &mut BufReader<Stream>) -> io::Result<String> {
    let (mut line, mut id) = (Vec::new(), String::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(id);
        }
        if let Some(own) = line.strip_prefix(b"Message-ID: ") {
            id = String::from_utf8_lossy(own).trim_end().to_owned();
        }
    }
}

fn answer(reader: &mut BufReader<Stream>, text: &str) -> io::Result<()> {
    let stream = reader.get_mut();
    stream.write_all(format!("{text}\r\n").as_bytes())?;
    stream.flush()
}

/// A certificate for `localhost`, made by openssl.
fn certified(folder: &TempDir) -> ServerConfig {
    fs::write(folder.path().join("tls.cnf"), TLS_CNF).expect("a new file");
    let request = "req -x509 -config tls.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2";
    for arguments in [
        format!("{request} -extensions authority -keyout ca.key -out ca.pem"),
        format!(
            "{request} -extensions server -CA ca.pem -CAkey ca.key -subj /CN=relay -keyout relay.key -out relay.pem"
        ),
    ] {
        run(command("openssl").current_dir(folder.path()).args(arguments.split(' '))).expect("a certificate");
    }
    let chain = CertificateDer::pem_file_iter(folder.path().join("relay.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.path().join("relay.key")).expect("a key");
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(chain.map(|one| one.expect("a certificate")).collect(), key)
        .expect("a certificate that fits its key")
}
