//! Enters: a relay's host, its TLS and a deadline for each step. Leaves: its answers, one for each command, as codes.
//! Never: speaks before TLS stands, takes an answer that came before its command, or waits beyond the deadline.

use super::answer::{Answer, LINE_MAX, LINES_MAX};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes read at once.
const READ: usize = 4096;
/// How much of a message is written between two looks at what the relay says, in bytes.
const CHUNK: usize = 64 * 1024;

/// Why a conversation cannot go on.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The relay said something before it was asked (F15).
    Early(String),
    /// It is no answer in the sense of RFC 5321, section 4.2.
    Garbled(&'static str),
    Io(io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Early(text) => {
                write!(f, "the relay answered before the command was sent, out of turn: {text}")
            }
            Trouble::Garbled(why) => write!(f, "the relay's answer cannot be read: {why}"),
            Trouble::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
                write!(f, "the relay closed the connection")
            }
            Trouble::Io(error) => write!(f, "connection error: {error}"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Io(error)
    }
}

/// A conversation inside TLS. Dropping it closes the connection, which keeps back what has no dot yet.
pub(super) struct Session {
    stream: StreamOwned<ClientConnection, TcpStream>,
    /// What was received and belongs to no answer yet.
    received: Vec<u8>,
}

impl Session {
    /// Connects to the first address of the host that answers, and completes the TLS handshake.
    pub(super) fn connect(
        (host, port): (&str, u16),
        tls: &Arc<ClientConfig>,
        name: ServerName<'static>,
        limit: Duration,
    ) -> Result<Self, Trouble> {
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, limit) {
                Ok(tcp) => {
                    // Each write is whole: the dot does not wait for the relay to acknowledge the message before it.
                    tcp.set_nodelay(true)?;
                    let connection =
                        ClientConnection::new(Arc::clone(tls), name).map_err(io::Error::other)?;
                    let mut session =
                        Self { stream: StreamOwned::new(connection, tcp), received: Vec::new() };
                    session.shake_hands(Instant::now() + limit)?;
                    return Ok(session);
                }
                Err(error) => last = error,
            }
        }
        Err(last.into())
    }

    fn shake_hands(&mut self, deadline: Instant) -> Result<(), Trouble> {
        while self.stream.conn.is_handshaking() {
            self.limit(deadline)?;
            let StreamOwned { conn, sock } = &mut self.stream;
            conn.complete_io(sock)?;
        }
        Ok(())
    }

    /// Sets the time that is left as the limit of the next read and write.
    fn limit(&mut self, deadline: Instant) -> Result<(), Trouble> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(ErrorKind::TimedOut).into());
        }
        self.stream.sock.set_read_timeout(Some(left))?;
        self.stream.sock.set_write_timeout(Some(left))?;
        Ok(())
    }

    /// Sends one command, if the relay has said nothing since its last answer, and returns the answer to it.
    pub(super) fn command(&mut self, line: &str, limit: Duration) -> Result<Answer, Trouble> {
        self.quiet()?;
        let deadline = Instant::now() + limit;
        self.limit(deadline)?;
        self.stream.write_all(format!("{line}\r\n").as_bytes())?;
        self.stream.flush()?;
        self.answer_by(deadline)
    }

    /// Writes part of a message, and ends as soon as the relay speaks in the midst of it.
    pub(super) fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Trouble> {
        for chunk in bytes.chunks(CHUNK) {
            self.quiet()?;
            self.limit(Instant::now() + limit)?;
            self.stream.write_all(chunk)?;
        }
        self.stream.flush()?;
        self.quiet()
    }

    /// Returns the next answer.
    pub(super) fn answer(&mut self, limit: Duration) -> Result<Answer, Trouble> {
        self.answer_by(Instant::now() + limit)
    }

    fn answer_by(&mut self, deadline: Instant) -> Result<Answer, Trouble> {
        let mut lines = Vec::new();
        loop {
            let line = self.line(deadline)?;
            let (last, answer) = Answer::line(&line).map_err(Trouble::Garbled)?;
            lines.push(answer);
            if last {
                return Answer::of(lines).map_err(Trouble::Garbled);
            }
            if lines.len() >= LINES_MAX {
                return Err(Trouble::Garbled("it has too many lines"));
            }
        }
    }

    /// Returns the next line without its end, which is a line feed with or without a carriage return before it.
    fn line(&mut self, deadline: Instant) -> Result<Vec<u8>, Trouble> {
        loop {
            let end = self.received.iter().position(|byte| *byte == b'\n');
            if end.unwrap_or(self.received.len()) > LINE_MAX {
                return Err(Trouble::Garbled("a line of it is too long"));
            }
            if let Some(end) = end {
                let mut line: Vec<u8> = self.received.drain(..=end).collect();
                line.pop();
                line.pop_if(|byte| *byte == b'\r');
                return Ok(line);
            }
            self.limit(deadline)?;
            self.receive()?;
        }
    }

    fn receive(&mut self) -> Result<(), Trouble> {
        let mut buffer = [0; READ];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
                Ok(read) => {
                    self.received.extend(buffer.iter().take(read));
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Makes sure that the relay has said nothing that was not asked for, without waiting.
    ///
    /// # Errors
    /// It has, or it has hung up.
    pub(super) fn quiet(&mut self) -> Result<(), Trouble> {
        if self.received.is_empty() {
            self.stream.sock.set_nonblocking(true)?;
            let received = self.receive();
            self.stream.sock.set_nonblocking(false)?;
            match received {
                Err(Trouble::Io(error)) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(trouble) => return Err(trouble),
                Ok(()) => {}
            }
        }
        let line = self.received.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Err(Trouble::Early(String::from_utf8_lossy(line).trim_end().to_owned()))
    }

    /// Ends the session with QUIT, after the message was answered for.
    ///
    /// # Errors
    /// The answers do not add up: one more came than was asked for, so that which of them is the answer to the dot cannot
    /// be told. A relay that hangs up or keeps silent is within its rights.
    pub(super) fn quit(mut self, limit: Duration) -> Result<(), String> {
        let early = |trouble: Trouble| match trouble {
            Trouble::Io(_) => Ok(()),
            trouble => Err(trouble.to_string()),
        };
        let deadline = Instant::now() + limit;
        match self.command("QUIT", limit) {
            Ok(answer) if answer.code() != 221 => {
                return Err(format!("the relay answered {answer} to QUIT"));
            }
            Ok(_) => {}
            Err(trouble) => return early(trouble),
        }
        // What follows shows only when the relay closes, which RFC 5321, section 4.1.1.10 asks it to do at once.
        let rest = self.limit(deadline).and_then(|()| match self.received.is_empty() {
            true => self.receive(),
            false => Ok(()),
        });
        match rest {
            Ok(()) => early(self.quiet().err().unwrap_or(Trouble::Garbled("it goes on after QUIT"))),
            Err(trouble) => early(trouble),
        }
    }
}
