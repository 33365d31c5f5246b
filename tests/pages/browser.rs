//! Enters: an office with pages, and bytes. Leaves: what came back, as bytes: no library stands between that could mend
//! what a hostile client sends. Never: another machine.

use crate::support::office::{DemoOffice, TODAY};
use crate::support::service::Service;
use despatch_app::operations::users::DEMO_PASSPHRASE;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::time::{Duration, Instant};

/// The longest that an answer may take, on a machine that does much else.
const WITHIN: Duration = Duration::from_secs(120);
/// The cookie of a session.
pub const COOKIE: &str = "__Host-despatch";

/// A demo office whose pages are served.
pub struct Served {
    pub office: DemoOffice,
    pub service: Service,
    door: Door,
}

/// Where pages are served.
pub struct Door {
    pub port: u16,
}

impl Deref for Served {
    type Target = Door;

    fn deref(&self) -> &Door {
        &self.door
    }
}

impl Served {
    /// Serves the pages of an office at a port that is free.
    pub fn of(office: DemoOffice) -> Self {
        office.edit("despatch.toml", |text| format!("{text}\n[pages]\nlisten = \"127.0.0.1:0\"\n"));
        let service = Service::start(&office.dir, &["--today", TODAY, "run"]);
        let door = Door::of(&service);
        Self { office, service, door }
    }

    /// Signs a member of the demo's staff in.
    #[track_caller]
    pub fn sign_in(&self, name: &str) -> Session {
        self.enter(name, DEMO_PASSPHRASE)
    }
}

impl Door {
    /// The door of a service whose log names its port.
    pub fn of(service: &Service) -> Self {
        Self { port: port(service) }
    }

    /// The name by which a browser reaches it.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends bytes, and reads until the server closes the connection.
    pub fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(WITHIN)).expect("a timeout");
        // What it does not want to read it need not.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        // A connection that is reset is closed, too.
        let _ = stream.read_to_end(&mut bytes);
        Answer::of(&bytes)
    }

    /// Gets a page, as somebody or nobody.
    pub fn get(&self, path: &str, session: Option<&Session>) -> Answer {
        self.raw(head("GET", path, &self.host(), &cookie(session)).as_bytes())
    }

    /// Posts a form as the pages' own forms do.
    pub fn post(&self, path: &str, session: Option<&Session>, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        if let Some(session) = session {
            fields.push(("token", &session.token));
        }
        let body = encoded(&fields);
        let own = format!("{}{}{}", cookie(session), self.same_origin(), form(body.len()));
        self.raw((head("POST", path, &self.host(), &own) + &body).as_bytes())
    }

    /// What a browser says of a form of this site's.
    pub fn same_origin(&self) -> String {
        format!(
            "Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n",
            self.host()
        )
    }

    /// Signs somebody in.
    #[track_caller]
    pub fn enter(&self, name: &str, passphrase: &str) -> Session {
        let answer = self.post("/sign-in", None, &[("name", name), ("passphrase", passphrase)]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.cookie().expect("a session");
        let session = Session { cookie, token: String::new() };
        let page = self.get("/passphrase", Some(&session));
        let token = page.body.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        Session { token: token.expect("a form's token").to_owned(), ..session }
    }
}

/// The port that the log of a service names.
fn port(service: &Service) -> u16 {
    let since = Instant::now();
    loop {
        let log = service.log();
        let after = log.split("http://127.0.0.1:").nth(1);
        let digits = after.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        // The line is written whole, so what follows the number is there.
        if let Some(port) = digits.and_then(|digits| digits.parse().ok()) {
            return port;
        }
        assert!(since.elapsed() < WITHIN, "{log}");
        std::thread::yield_now();
    }
}

/// What a browser keeps of a session.
pub struct Session {
    pub cookie: String,
    pub token: String,
}

/// An answer; the status 0 stands for a connection that was closed without one.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads an answer.
    pub fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The session's cookie that it sets.
    pub fn cookie(&self) -> Option<String> {
        let set = self.header("set-cookie")?.strip_prefix(COOKIE)?.strip_prefix('=')?;
        set.split(';').next().map(str::to_owned)
    }
}

/// The head of a request with these further lines.
pub fn head(method: &str, target: &str, host: &str, lines: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n")
}

/// The lines of a form of so many bytes.
pub fn form(length: usize) -> String {
    format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n")
}

/// The line of a session's cookie.
pub fn cookie(session: Option<&Session>) -> String {
    session.map_or_else(String::new, |session| format!("Cookie: {COOKIE}={}\r\n", session.cookie))
}

/// Fields as a browser encodes them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let word = |text: &str| {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{}={}", word(name), word(value))).collect::<Vec<_>>().join("&")
}
