//! Enters: Debian's nginx with docs/nginx.conf, and clients that claim to be it. Leaves: proof that the pages are reached
//! through it and through nothing else, and that nobody but it says who somebody is. Never: a port of other machines.

use super::browser::{Answer, COOKIE, Session, encoded, form, head};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY};
use crate::support::service::Service;
use crate::support::tools::{command, output, run};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_testing::swap::Swap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The name of the example's host.
const HOST: &str = "despatch.example.invalid";
/// How long nginx may take to listen.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// An office whose pages are served at a socket, for a proxy.
struct Behind {
    office: DemoOffice,
    service: Service,
    socket: PathBuf,
}

impl Behind {
    fn new(more: &str) -> Self {
        let office = DemoOffice::new();
        let socket = office.dir.with_file_name("pages.sock");
        let at = socket.display();
        office.edit("despatch.toml", |text| {
            let own = format!("listen = \"unix:{at}\"\nbehind_proxy = true\nhosts = [\"{HOST}\"]\n{more}\n");
            format!("{text}\n[pages]\n{own}")
        });
        let service = Service::start(&office.dir, &["--today", TODAY, "run"]);
        let since = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(since.elapsed() < STARTS_WITHIN, "{}", service.log());
            thread::yield_now();
        }
        Self { office, service, socket }
    }

    /// Sends bytes to the socket itself, as whoever could open it might.
    fn raw(&self, request: &str) -> Answer {
        let mut stream = UnixStream::connect(&self.socket).expect("it listens");
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::of(&bytes)
    }

    fn signing_in_as(&self, lines: &str) -> Answer {
        self.raw(&head("GET", "/sign-in", HOST, lines))
    }
}

#[test]
fn a_proxy_that_is_trusted_names_somebody_once_and_plainly() {
    let served = Behind::new("proxy_header = \"Remote-User\"");
    let named = served.signing_in_as(&format!("Remote-User: {REVIEWER}\r\n"));
    assert!(named.status == 303 && named.cookie().is_some(), "{named:?}");
    served.office.run_as("tomasz-achebe", &["user", "disable", PREPARER]).expect(0);
    for lines in [
        String::new(),
        "Remote-User:\r\n".to_owned(),
        "Remote-User: nobody-here\r\n".to_owned(),
        "Remote-User: root\r\n".to_owned(),
        format!("Remote-User: {PREPARER}\r\n"),
        format!("Remote-User: {REVIEWER}\r\nRemote-User: tomasz-achebe\r\n"),
        format!("Remote-User: {REVIEWER}, tomasz-achebe\r\n"),
        format!("Remote-User: \"{REVIEWER}\"\r\n"),
        format!("Remote-User: {REVIEWER}\0\r\n"),
        format!("Remote-User: {REVIEWER}%0d%0aX: y\r\n"),
        format!("Remote-User: {REVIEWER}\u{200b}\r\n"),
        format!("Remote-User: {}\r\n", "a".repeat(5_000)),
        format!("Remote_User: {REVIEWER}\r\n"),
        format!("X-Remote-User: {REVIEWER}\r\n"),
        format!("Remote-User : {REVIEWER}\r\n"),
        format!("X: y\nRemote-User: {REVIEWER}{}\r\n", "x".repeat(80)),
    ] {
        let answer = served.signing_in_as(&lines);
        assert!(answer.cookie().is_none() && answer.status != 303, "{lines:?}: {answer:?}");
    }
    let log = served.service.log();
    assert!(!log.contains(REVIEWER) && !log.contains("nobody-here"), "{log}");
}

#[test]
fn a_name_in_a_header_is_nobodys_where_no_proxy_is_trusted_with_names() {
    let served = Behind::new("");
    let answer = served.signing_in_as(&format!("Remote-User: {REVIEWER}\r\n"));
    assert!(answer.status == 200 && answer.cookie().is_none(), "{answer:?}");
    for host in ["127.0.0.1", "localhost", "hostile-mark.example", "despatch.example.invalid:8717"] {
        assert_eq!(served.raw(&head("GET", "/sign-in", host, "")).status, 421, "{host}");
    }
}

/// nginx, which ends with the test.
struct Nginx {
    child: Child,
    port: u16,
    certificate: PathBuf,
}

impl Nginx {
    /// Starts Debian's nginx with the example, in a folder of the test's own.
    fn before(served: &Behind, change: impl FnOnce(String) -> String) -> Self {
        let folder = served.office.dir.with_file_name("nginx");
        fs::create_dir(&folder).expect("a new folder");
        let [port, plain] = [free(), free()];
        let (certificate, key) = (folder.join("despatch.pem"), folder.join("despatch.key"));
        let request =
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=made-up -addext";
        let mut openssl = command("openssl");
        openssl.args(request.split(' ')).arg(format!("subjectAltName=DNS:{HOST}"));
        run(openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate)).expect("openssl");
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/nginx.conf");
        let text = fs::read_to_string(example).expect("the example");
        let text = change(text)
            .swapped("/run/despatch/pages.sock", &served.socket.display().to_string())
            .swapped("/etc/nginx/despatch.pem", &certificate.display().to_string())
            .swapped("/etc/nginx/despatch.key", &key.display().to_string())
            .swapped("listen 443", &format!("listen 127.0.0.1:{port}"))
            .swapped("listen 80;", &format!("listen 127.0.0.1:{plain};"));
        fs::write(folder.join("despatch.conf"), text).expect("a new file");
        let at = folder.display();
        let temporary: Vec<String> = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {at}/{name};"))
            .collect();
        let main = format!(
            "daemon off;\nuser root;\npid {at}/pid;\nerror_log {at}/error.log;\nevents {{}}\nhttp {{\n{}\ninclude \
             {at}/despatch.conf;\n}}\n",
            temporary.join("\n")
        );
        fs::write(folder.join("nginx.conf"), main).expect("a new file");
        let log = File::create(folder.join("said")).expect("a new file");
        let mut nginx = command("nginx");
        nginx.arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
        let child = nginx.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("it starts");
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = fs::read_to_string(folder.join("said")).unwrap_or_default();
            assert!(since.elapsed() < STARTS_WITHIN, "{said}");
            thread::yield_now();
        }
        Self { child, port, certificate }
    }

    /// Sends a request by TLS, as a browser that reaches this name.
    fn raw(&self, name: &str, request: &str) -> Answer {
        let mut client = command("openssl");
        client.args(["s_client", "-quiet", "-verify_return_error", "-verify_hostname", HOST]);
        client.args(["-connect", &format!("127.0.0.1:{}", self.port), "-servername", name]);
        client.arg("-CAfile").arg(&self.certificate);
        Answer::of(&output(&mut client, request.as_bytes()).stdout)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It ends with its workers, which a kill would leave.
        let pid = nix::unistd::Pid::from_raw(self.child.id().cast_signed());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// A port that nobody listens at.
fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

#[test]
fn the_example_of_nginx_leads_to_the_pages_and_hands_on_nobodys_name() {
    let served = Behind::new("proxy_header = \"Remote-User\"");
    let nginx = Nginx::before(&served, |text| text);
    let shown = nginx.raw(HOST, &head("GET", "/sign-in", HOST, &format!("Remote-User: {REVIEWER}\r\n")));
    assert!(shown.status == 200 && shown.cookie().is_none(), "{shown:?}");
    assert!(shown.header("strict-transport-security").is_some(), "{}", shown.head);
    // A whole sign-in, with the origin that the browser sees.
    let body = encoded(&[("name", REVIEWER), ("passphrase", DEMO_PASSPHRASE)]);
    let lines = format!("Origin: https://{HOST}\r\nSec-Fetch-Site: same-origin\r\n{}", form(body.len()));
    let let_in = nginx.raw(HOST, &(head("POST", "/sign-in", HOST, &lines) + &body));
    let cookie = let_in.cookie().unwrap_or_else(|| panic!("{let_in:?}"));
    let session = Session { cookie, token: String::new() };
    let page =
        nginx.raw(HOST, &head("GET", "/review", HOST, &format!("Cookie: {COOKIE}={}\r\n", session.cookie)));
    assert_eq!(page.status, 200, "{page:?}");
    // Another name is not answered, whatever it is called inside.
    assert_eq!(nginx.raw("hostile-mark.example", &head("GET", "/sign-in", HOST, "")).status, 0);
    let inside = nginx.raw(HOST, &head("GET", "/sign-in", "hostile-mark.example", ""));
    assert!(inside.cookie().is_none() && inside.status != 200, "{inside:?}");
    let plain = format!("Origin: http://{HOST}\r\n{}", form(body.len()));
    assert_eq!(nginx.raw(HOST, &(head("POST", "/sign-in", HOST, &plain) + &body)).status, 403);
}

#[test]
fn a_proxy_that_signs_people_in_says_so_in_that_place_of_the_example() {
    let served = Behind::new("proxy_header = \"Remote-User\"");
    let named = |text: String| text.swapped("Remote-User \"\"", &format!("Remote-User \"{REVIEWER}\""));
    let nginx = Nginx::before(&served, named);
    let answer = nginx.raw(HOST, &head("GET", "/sign-in", HOST, "Remote-User: tomasz-achebe\r\n"));
    assert!(answer.status == 303 && answer.cookie().is_some(), "{answer:?}");
    let (_, last) =
        served.office.events("user ").into_iter().next_back().map(|(who, what)| (what, who)).unwrap();
    assert_eq!(last, format!("user {REVIEWER}"));
}
