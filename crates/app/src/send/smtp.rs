//! Enters: a relay's settings, two addresses and a message's final bytes. Leaves: a [`Verdict`].
//! Never: speaks without TLS, upgrades a plain connection, accepts a certificate that does not verify, takes an answer
//! that came before its command for the answer to it, or shows a password.

use super::Verdict;
use super::answer::Answer;
use super::session::{Session, Trouble};
use age::secrecy::{ExposeSecret, SecretString};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_message::check_wire;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt::{self, Display};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long to wait at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, and for each answer up to and including the one to EHLO.
    pub connect: Duration,
    /// For each answer from there to the one to DATA (RFC 5321, section 4.5.3.2: 5 minutes).
    pub command: Duration,
    /// For the answer to the dot (section 4.5.3.2.6: 10 minutes), and for each write of the body. A shorter wait causes
    /// duplicates, because a relay that is still storing the message would be taken for one that lost it.
    pub dot: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(300),
            dot: Duration::from_secs(600),
        }
    }
}

/// The settings of an office's relay.
#[derive(Debug, Clone)]
pub struct Settings {
    pub host: String,
    /// Usually 465: TLS from the first byte (RFC 8314, section 3.3).
    pub port: u16,
    /// The name given in EHLO.
    pub hello_name: String,
    /// PEM. If set, only its certificates are trusted; otherwise the system's roots are.
    pub tls_ca: Option<Vec<u8>>,
    /// The name that the certificate must have, if it is not `host`.
    pub tls_name: Option<String>,
    /// User and password.
    pub credentials: Option<(String, SecretString)>,
    pub timeouts: Timeouts,
}

/// A relay whose settings have been checked.
#[derive(Clone)]
pub struct Relay {
    host: String,
    port: u16,
    /// The argument of EHLO: a name, or an address in brackets.
    hello: String,
    tls: Arc<ClientConfig>,
    tls_name: ServerName<'static>,
    credentials: Option<(String, SecretString)>,
    timeouts: Timeouts,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

impl Relay {
    /// Checks the settings and reads the certificates; opens no connection.
    ///
    /// # Errors
    /// A name is not a host name, or the certificate file contains no certificate.
    pub fn new(settings: Settings) -> Result<Self, Fault> {
        let Settings { host, port, hello_name, tls_ca, tls_name, credentials, timeouts } = settings;
        for (at, name) in
            [("host", Some(&host)), ("hello_name", Some(&hello_name)), ("tls_name", tls_name.as_ref())]
        {
            if name.is_some_and(|name| !is_host(name)) {
                return Err(not_a_host(at));
            }
        }
        let name = tls_name.unwrap_or_else(|| host.clone());
        let tls_name = ServerName::try_from(name).map_err(|_| not_a_host("tls_name"))?;
        let tls = Arc::new(tls(&trusted(tls_ca.as_deref())?)?);
        // RFC 5321, section 4.1.3: an address stands in brackets.
        let hello = match hello_name.parse() {
            Ok(IpAddr::V4(ip)) => format!("[{ip}]"),
            Ok(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
            Err(_) => hello_name,
        };
        Ok(Self { host, port, hello, tls, tls_name, credentials, timeouts })
    }

    /// Delivers `message`, byte for byte, to one recipient over a connection of its own.
    ///
    /// `dot_pending` is called once, after every byte of the message was written and before the dot that makes
    /// the relay accept it: the caller commits its DotPending state there. If it fails, the connection is cut
    /// and the relay discards the message. Everything uncertain after it is [`Verdict::InDoubt`].
    ///
    /// A relay that answers ahead of a command is not believed, whatever its certificate (F15): before the dot the
    /// connection is closed, after it nobody can tell which of its answers is the one to the dot.
    /// A connection for each message costs a handshake each; a batch can share one later.
    pub fn deliver<E: Display>(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        message: &[u8],
        dot_pending: &mut dyn FnMut() -> Result<(), E>,
    ) -> Verdict {
        // The last CRLF goes out with the dot, so that a message cut off before it is no whole one.
        let body = match (check_wire(message), message.strip_suffix(b"\r\n")) {
            (Ok(()), Some(body)) => stuffed(body),
            (Err(fault), _) => return refused(&fault.cause),
            (Ok(()), None) => return refused(&"the message does not end with CRLF"),
        };
        let mut session = match self.open() {
            Ok(session) => session,
            // Even a 5xx here is about the office's account or the relay, not about this message.
            Err(why) => return deferred(&format!("no session with the relay: {why}")),
        };
        match self.envelope(&mut session, from, to) {
            Ok(()) => self.body(session, &body, dot_pending),
            Err(Stop::Trouble(trouble)) => deferred(&trouble),
            Err(Stop::Verdict(verdict)) => {
                // Nothing depends on how the relay takes its leave of a message that it did not get.
                let _ = session.quit(GOODBYE);
                verdict
            }
        }
    }

    /// Connects: TLS, greeting, EHLO and, if there are credentials, AUTH.
    fn open(&self) -> Result<Session, String> {
        let wait = self.timeouts.connect;
        let unheard = |trouble: Trouble| trouble.to_string();
        let server = (self.host.as_str(), self.port);
        let mut session =
            Session::connect(server, &self.tls, self.tls_name.clone(), wait).map_err(unheard)?;
        let greeting = session.answer(wait).map_err(unheard)?;
        let mut answers = vec![(greeting, 220)];
        if answers.iter().all(|(answer, code)| answer.code() == *code) {
            let hello = session.command(&format!("EHLO {}", self.hello), wait).map_err(unheard)?;
            let offered = mechanisms(&hello);
            answers.push((hello, 250));
            if let Some(credentials) = &self.credentials
                && answers.iter().all(|(answer, code)| answer.code() == *code)
            {
                let mechanism = offered.ok_or("the relay offers neither AUTH PLAIN nor AUTH LOGIN")?;
                answers.push((self.log_in(&mut session, mechanism, credentials).map_err(unheard)?, 235));
            }
        }
        match answers.into_iter().find(|(answer, code)| answer.code() != *code) {
            None => Ok(session),
            Some((answer, _)) => {
                // As above.
                let _ = session.quit(GOODBYE);
                Err(answer.to_string())
            }
        }
    }

    /// Gives the user and the password (RFC 4954). The answer is the one that refuses or accepts them.
    fn log_in(
        &self,
        session: &mut Session,
        mechanism: Mechanism,
        (user, password): &(String, SecretString),
    ) -> Result<Answer, Trouble> {
        let wait = self.timeouts.command;
        let password = password.expose_secret();
        let encoded = |text: &str| Zeroizing::new(STANDARD.encode(text));
        match mechanism {
            Mechanism::Plain => {
                let both = Zeroizing::new(format!("\0{user}\0{password}"));
                let line = Zeroizing::new(format!("AUTH PLAIN {}", *encoded(&both)));
                session.command(&line, wait)
            }
            Mechanism::Login => {
                for line in [Zeroizing::new("AUTH LOGIN".to_owned()), encoded(user)] {
                    let asked = session.command(&line, wait)?;
                    if asked.code() != 334 {
                        return Ok(asked);
                    }
                }
                session.command(&encoded(password), wait)
            }
        }
    }

    /// Sends MAIL, RCPT and DATA and checks the answer to each.
    fn envelope(&self, session: &mut Session, from: &EmailAddress, to: &EmailAddress) -> Result<(), Stop> {
        let mut say =
            |line: String, codes: &[u16]| expect(session.command(&line, self.timeouts.command), codes);
        say(format!("MAIL FROM:<{from}>"), &[250])?;
        say(format!("RCPT TO:<{to}>"), &[250, 251])?;
        say("DATA".to_owned(), &[354])
    }

    fn body<E: Display>(
        &self,
        mut session: Session,
        body: &[u8],
        dot_pending: &mut dyn FnMut() -> Result<(), E>,
    ) -> Verdict {
        let wait = self.timeouts.dot;
        if let Err(trouble) = session.write(body, wait) {
            return deferred(&trouble);
        }
        if let Err(unsaved) = dot_pending() {
            return deferred(&format!("cut off before the dot, which could not be recorded: {unsaved}"));
        }
        // Asked at the last moment: what the relay says up to here is no answer to the dot.
        if let Err(trouble) = session.quiet() {
            return deferred(&trouble);
        }
        let verdict = match session.command("\r\n.", wait) {
            Ok(reply) if reply.code() == 250 => Verdict::Accepted { reply: clean(&reply.to_string()) },
            Ok(reply) if reply.class() == 5 => refused(&reply),
            Ok(reply) if reply.class() == 4 => deferred(&reply),
            Ok(reply) => in_doubt(&format!("the relay answered {reply} to the dot")),
            // The dot had not been written.
            Err(trouble @ Trouble::Early(_)) => return deferred(&trouble),
            Err(trouble) => return in_doubt(&format!("no certain answer to the dot: {trouble}")),
        };
        match session.quit(GOODBYE) {
            Ok(()) => verdict,
            Err(why) => in_doubt(&format!("which answer is the one to the dot cannot be told: {why}")),
        }
    }
}

/// The time limit for QUIT.
const GOODBYE: Duration = Duration::from_secs(5);

/// Why the envelope was not taken.
enum Stop {
    /// Nothing more is said to a relay that is not understood.
    Trouble(Trouble),
    Verdict(Verdict),
}

/// Returns `Ok` only for an answer with one of `codes`.
fn expect(answer: Result<Answer, Trouble>, codes: &[u16]) -> Result<(), Stop> {
    match answer {
        Ok(reply) if codes.contains(&reply.code()) => Ok(()),
        Ok(reply) if reply.class() == 5 => Err(Stop::Verdict(refused(&reply))),
        Ok(reply) if reply.class() == 4 => Err(Stop::Verdict(deferred(&reply))),
        Ok(reply) => Err(Stop::Verdict(deferred(&format!("an answer out of turn: {reply}")))),
        Err(trouble) => Err(Stop::Trouble(trouble)),
    }
}

/// How a password is given.
#[derive(Debug, Clone, Copy)]
enum Mechanism {
    Plain,
    Login,
}

/// The first mechanism that the answer to EHLO offers and this program knows.
fn mechanisms(hello: &Answer) -> Option<Mechanism> {
    let words: Vec<String> = hello
        .lines()
        .map(str::to_ascii_uppercase)
        .filter_map(|line| line.strip_prefix("AUTH ").map(str::to_owned))
        .flat_map(|line| line.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let known = [("PLAIN", Mechanism::Plain), ("LOGIN", Mechanism::Login)];
    known.into_iter().find(|(word, _)| words.iter().any(|offered| offered == word)).map(|(_, known)| known)
}

/// Doubles each dot at the beginning of a line (RFC 5321, section 4.5.2).
fn stuffed(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + body.len() / 64);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}

/// The certificates that are trusted: those of the settings alone, else those of the machine.
fn trusted(tls_ca: Option<&[u8]>) -> Result<RootCertStore, Fault> {
    let mut store = RootCertStore::empty();
    let Some(pem) = tls_ca else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    let cure = "give a file of PEM certificates, each between BEGIN and END CERTIFICATE";
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate.map_err(drop).and_then(|certificate| store.add(certificate).map_err(drop));
        added.map_err(|()| unfit("tls_ca", "it is not valid PEM", cure))?;
    }
    if store.is_empty() { Err(unfit("tls_ca", "it holds no certificate", cure)) } else { Ok(store) }
}

/// TLS 1.2 and 1.3, with ring.
fn tls(trusted: &RootCertStore) -> Result<ClientConfig, Fault> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(|error| {
            let cause = format!("TLS can't be set up: {error}");
            unfit("tls_ca", &cause, "check the certificates that are trusted")
        })?;
    Ok(builder.with_root_certificates(trusted.clone()).with_no_client_auth())
}

fn deferred(why: &impl Display) -> Verdict {
    Verdict::Deferred { reply: clean(&why.to_string()) }
}

fn refused(why: &impl Display) -> Verdict {
    Verdict::Refused { reply: clean(&why.to_string()) }
}

fn in_doubt(why: &str) -> Verdict {
    Verdict::InDoubt { why: clean(why) }
}

/// Cuts a text to one line of at most 300 printable ASCII characters. It can contain the recipient's address: for the
/// ledger and the reviewer, not for a log.
fn clean(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
}

fn not_a_host(at: &str) -> Fault {
    unfit(at, "it is not a host name or an IP address", "give a name such as mail.example")
}

fn unfit(at: &str, cause: &str, cure: &str) -> Fault {
    Fault::new(format!("relay.{at}"), "relay.unfit", cause, cure)
}
