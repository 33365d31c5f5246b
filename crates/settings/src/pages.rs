//! Enters: the table `[pages]` of `despatch.toml`. Leaves: where the pages listen, by which names they are reached, and
//! where the review key may be. Never: lets them be reached from other machines without a proxy in front.

use despatch_core::settings::Section;
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where the pages listen if the settings say nothing.
const DEFAULT_PORT: u16 = 8717;
/// Before the path of a socket.
const UNIX: &str = "unix:";
/// The longest name of a host (RFC 1035, 2.3.4), and its port.
const HOST_MAX: usize = 253 + 6;
/// Headers that say something else to a browser, a proxy or the pages: none of them can name who asks.
const OTHER_HEADERS: [&str; 10] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "origin",
    "referer",
    "transfer-encoding",
];

/// Where the pages listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    Tcp(SocketAddr),
    /// A socket in a folder that the proxy and the office's account alone may enter.
    Unix(PathBuf),
}

/// Where a reviewer's key is while the pages open messages with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum PageUnlock {
    /// In a process of the reviewer's own (`despatch unlock`), which gives out the keys of single files.
    #[default]
    Helper,
    /// In the service, for one session, after its passphrase was typed into a page. The helper may be used as well.
    Page,
}

/// How the pages are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSettings {
    /// Whether the office has pages at all: the table is there.
    pub on: bool,
    pub listen: Listen,
    /// The names by which a proxy is reached, as browsers write them into `Host`.
    pub hosts: Vec<String>,
    /// Whether a proxy with TLS stands in front.
    pub behind_proxy: bool,
    /// The header in which the proxy names who has signed in there, in lower case.
    pub proxy_header: Option<String>,
    pub unlock: PageUnlock,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            on: false,
            listen: Listen::Tcp(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), DEFAULT_PORT)),
            hosts: Vec::new(),
            behind_proxy: false,
            proxy_header: None,
            unlock: PageUnlock::Helper,
        }
    }
}

impl PageSettings {
    /// Returns the address of the pages as staff reach them, without a slash at its end; `None` if there are none.
    pub fn address(&self) -> Option<String> {
        if !self.on {
            return None;
        }
        match (self.hosts.first(), &self.listen) {
            (Some(host), _) => Some(format!("https://{host}")),
            (None, Listen::Tcp(at)) => Some(format!("http://{at}")),
            (None, Listen::Unix(_)) => None,
        }
    }
}

pub(super) fn read(top: &Section<'_, '_>) -> PageSettings {
    let Some(section) = top.table("pages") else { return PageSettings::default() };
    let behind_proxy = section.flag("behind_proxy").unwrap_or(false);
    let listen =
        section.may("listen", "an address and a port, such as \"127.0.0.1:8717\", or \"unix:/path\"");
    let listen = listen.and_then(|text: String| read_listen(&section, &text, behind_proxy));
    let hosts = read_hosts(&section, behind_proxy);
    let is_socket = matches!(listen, Some(Listen::Unix(_)));
    let proxy_header = read_header(&section, is_socket);
    let unlock = match section.may::<String>("unlock", "\"helper\" or \"page\"").as_deref() {
        None | Some("helper") => PageUnlock::Helper,
        Some("page") => PageUnlock::Page,
        Some(_) => {
            let cure = "write \"helper\", so that the review key never is in the service, or \"page\"";
            section.fault_at("unlock", "settings.value", "pages.unlock is not known", cure);
            PageUnlock::Helper
        }
    };
    section.end();
    let listen = listen.unwrap_or_else(|| PageSettings::default().listen);
    PageSettings { on: true, listen, hosts, behind_proxy, proxy_header, unlock }
}

fn read_listen(section: &Section<'_, '_>, text: &str, behind_proxy: bool) -> Option<Listen> {
    let bad = |code, cause: &str, cure: &str| {
        section.fault_at("listen", code, cause, cure);
        None
    };
    let needs_proxy = "set behind_proxy = true once a proxy with TLS stands in front, or listen on 127.0.0.1";
    if let Some(path) = text.strip_prefix(UNIX) {
        let path = PathBuf::from(path);
        if !path.is_absolute() {
            return bad("settings.path", "it is no absolute path", "write \"unix:/run/despatch/pages.sock\"");
        }
        if !behind_proxy {
            return bad("pages.open", "only a proxy can reach the pages at a socket", needs_proxy);
        }
        return Some(Listen::Unix(path));
    }
    let Ok(at) = text.parse::<SocketAddr>() else {
        let cause = "pages.listen is no address with a port, and no socket";
        return bad("settings.value", cause, "write \"127.0.0.1:8717\" or \"unix:/run/despatch/pages.sock\"");
    };
    if !is_loopback(at.ip()) && !behind_proxy {
        return bad("pages.open", "other machines could reach the pages, without TLS", needs_proxy);
    }
    Some(Listen::Tcp(at))
}

fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}

fn read_hosts(section: &Section<'_, '_>, behind_proxy: bool) -> Vec<String> {
    let hosts: Vec<String> = section.list("hosts", "the names by which the proxy is reached");
    let hosts: Vec<String> = hosts.iter().map(|host| host.to_lowercase()).collect();
    for host in hosts.iter().filter(|host| !is_host(host)) {
        let cause = format!("{host} is no name of a host");
        let cure = "write the name as browsers have it, such as \"despatch.example.org\"";
        section.fault_at("hosts", "settings.value", cause, cure);
    }
    if behind_proxy && hosts.is_empty() {
        let cure = "name the host by which the proxy is reached: hosts = [\"despatch.example.org\"]";
        section.fault_at("behind_proxy", "settings.missing", "pages.hosts is missing", cure);
    }
    hosts
}

/// Whether a text can stand in `Host`: labels of letters, digits and hyphens, and a port if need be.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= HOST_MAX
        && name.split('.').all(label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn read_header(section: &Section<'_, '_>, is_socket: bool) -> Option<String> {
    let header: String = section.may("proxy_header", "the name of a header, such as \"Remote-User\"")?;
    let header = header.to_ascii_lowercase();
    let named = !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !named || OTHER_HEADERS.contains(&header.as_str()) || header.starts_with("sec-") {
        let cause = "no proxy names anybody in a header of this name";
        section.fault_at("proxy_header", "settings.value", cause, "write a name such as \"Remote-User\"");
        return None;
    }
    if !is_socket {
        let cause = "anybody on this machine could write the header";
        let cure = "listen on a Unix socket that the proxy alone may open: listen = \"unix:/run/despatch/pages.sock\"";
        section.fault_at("proxy_header", "pages.header", cause, cure);
        return None;
    }
    Some(header)
}
