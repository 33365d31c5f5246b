//! Enters: requests that nobody sends who means well. Leaves: proof that each is refused, does nothing, and is told in the
//! log without a word of it. Never: another machine, or a wait that the server does not end.

use super::browser::{COOKIE, Served, Session, cookie, encoded, form, head};
use crate::support::office::{DemoOffice, REVIEWER};
use despatch_app::operations::users::DEMO_PASSPHRASE;
use despatch_pages::ROUTES;
use despatch_web::Method;
use std::fs;
use std::thread;

/// Somebody who prepares, and reviews nothing.
const CLERK: &str = "wenna-okonjo";
/// What no log and no page may repeat.
const MARK: &str = "hostile-mark";

/// One request, and what it may be answered with; 0 is a closed connection.
struct Hostile {
    name: String,
    bytes: Vec<u8>,
    statuses: &'static [u16],
}

/// A request that is refused before any page hears of it.
const AT_THE_GATE: &[u16] = &[0, 400, 403, 404, 405, 408, 411, 413, 414, 415, 417, 421, 431, 501, 505];

fn hostile(name: impl Into<String>, bytes: impl Into<Vec<u8>>, statuses: &'static [u16]) -> Hostile {
    Hostile { name: name.into(), bytes: bytes.into(), statuses }
}

/// Names that lead here and are not ours: what DNS rebinding is.
fn hosts(port: u16) -> Vec<Hostile> {
    let ours = format!("127.0.0.1:{port}");
    let mut all: Vec<Hostile> = [
        "hostile-mark.example".to_owned(),
        format!("hostile-mark.example:{port}"),
        format!("127.0.0.1.hostile-mark.example:{port}"),
        format!("localhost.hostile-mark.example:{port}"),
        format!("{ours}.hostile-mark.example"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        format!("0.0.0.0:{port}"),
        format!("[::]:{port}"),
        format!("2130706433:{port}"),
        format!("hostile-mark@{ours}"),
        format!("{ours}, hostile-mark.example"),
        String::new(),
    ]
    .iter()
    .map(|host| hostile(format!("host {host:?}"), head("GET", "/sign-in", host, ""), &[400, 421]))
    .collect();
    all.extend([
        hostile("no host", "GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n", &[400, 421]),
        hostile("no host, HTTP/1.0", "GET /sign-in HTTP/1.0\r\n\r\n", &[400, 421]),
        hostile("two hosts", head("GET", "/sign-in", &ours, "Host: hostile-mark.example\r\n"), &[400, 421]),
        hostile(
            "a target elsewhere",
            head("GET", "http://hostile-mark.example/sign-in", &ours, ""),
            &[400, 421],
        ),
        hostile(
            "X-Forwarded-Host",
            head("GET", "/sign-in", "a.example", &format!("X-Forwarded-Host: {ours}\r\n")),
            &[421],
        ),
    ]);
    all
}

/// What pages of other sites make a browser send, with the cookie of somebody who is signed in.
fn cross_site(served: &Served, session: &Session) -> Vec<Hostile> {
    let (host, own) = (served.host(), cookie(Some(session)));
    let body = encoded(&[("token", &session.token)]);
    let post = |name: &str, lines: &str| {
        let lines = format!("{own}{lines}{}", form(body.len()));
        hostile(name, head("POST", "/sign-out", &host, &lines) + &body, &[400, 403])
    };
    let get = |name: &str, lines: &str| {
        hostile(name, head("GET", "/review", &host, &format!("{own}{lines}")), &[400, 403])
    };
    let fetch = |site: &str, mode: &str, dest: &str| {
        format!("Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n")
    };
    vec![
        post(
            "a form of another site",
            "Origin: https://hostile-mark.example\r\nSec-Fetch-Site: cross-site\r\n",
        ),
        post("a form of another site, old browser", "Origin: https://hostile-mark.example\r\n"),
        post("a form of a sandbox", "Origin: null\r\n"),
        post("a form of a sandbox that says same-origin", "Origin: null\r\nSec-Fetch-Site: same-origin\r\n"),
        post("a form of another port", "Origin: http://127.0.0.1:1\r\n"),
        post("a form of our name by TLS", &format!("Origin: https://{host}\r\n")),
        post("a form of a site beside ours", "Sec-Fetch-Site: same-site\r\n"),
        post("a form that nobody sent", "Sec-Fetch-Site: none\r\n"),
        post("a form without an origin", ""),
        post("a form with a referer alone", &format!("Referer: http://{host}/review\r\n")),
        post("two origins", &format!("Origin: http://{host}\r\nOrigin: https://hostile-mark.example\r\n")),
        post("two sites", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n"),
        get("a picture in another site", &fetch("cross-site", "no-cors", "image")),
        get("a script in another site", &fetch("cross-site", "no-cors", "script")),
        get("a frame in another site", &fetch("cross-site", "navigate", "iframe")),
        get(
            "a fetch of another site",
            &(fetch("cross-site", "cors", "empty") + "Origin: https://hostile-mark.example\r\n"),
        ),
        get("a stream of another site", &fetch("same-site", "cors", "empty")),
    ]
}

/// Paths that lead elsewhere, or are none.
fn paths(served: &Served, session: &Session) -> Vec<Hostile> {
    let (host, own) = (served.host(), cookie(Some(session)));
    let long = format!("/{}", "a".repeat(2_000));
    [
        "/../../../../etc/passwd",
        "/assets/../../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/....//....//Cargo.toml",
        "/assets/.hidden",
        "/assets/",
        "/assets//etc/passwd",
        "/assets/%00",
        "//hostile-mark.example/review",
        "/review//1-1",
        "/review/..",
        "/review/1-1/documents/../../2-1",
        "/review/1-1/documents/%2e%2e",
        "/review/1-1%0d%0aSet-Cookie:%20x=y",
        "/review/1-1;x=y",
        "/review/1-1\\..\\x",
        "/review/<script>",
        "/review/%3Cscript%3Ealert(1)%3C/script%3E",
        "/review?x=%00",
        "/review?x=%ff%fe",
        "/no-such-page",
        "/review/hostile-mark",
        "/review/99999999999999999999-1",
        "/review/999999-1",
        "/review/-1-1",
        "/review/0-0",
        "*",
        long.as_str(),
    ]
    .iter()
    .map(|path| {
        let name: String = format!("path {path}").chars().take(60).collect();
        hostile(name, head("GET", path, &host, &own), &[0, 400, 404, 414, 421, 431])
    })
    .collect()
}

/// Methods and protocols that are not ours.
fn methods(served: &Served) -> Vec<Hostile> {
    let host = served.host();
    let mut all: Vec<Hostile> =
        ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "HOSTILE-MARK"]
            .iter()
            .map(|method| {
                hostile(format!("method {method}"), head(method, "/sign-in", &host, ""), AT_THE_GATE)
            })
            .collect();
    all.extend([
        hostile("HTTP/0.9", "GET /sign-in\r\n\r\n", AT_THE_GATE),
        hostile("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", AT_THE_GATE),
        hostile("HTTP/3.0", format!("GET /sign-in HTTP/3.0\r\nHost: {host}\r\n\r\n"), AT_THE_GATE),
        hostile("TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03".to_vec(), AT_THE_GATE),
        hostile("no HTTP", b"\x00\xff\x00\xff\r\n\r\n".to_vec(), AT_THE_GATE),
        hostile(
            "a method override",
            head("GET", "/sign-out", &host, "X-HTTP-Method-Override: POST\r\n"),
            &[303, 404, 405],
        ),
    ]);
    all
}

/// Bodies and headers that are too long, no forms, or two things at once.
fn bodies(served: &Served) -> Vec<Hostile> {
    let (host, own) = (served.host(), served.same_origin());
    let post = |name: &str, lines: &str, body: &[u8]| {
        let head = head("POST", "/sign-in", &host, &format!("{own}{lines}"));
        hostile(name, [head.as_bytes(), body].concat(), AT_THE_GATE)
    };
    let urlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
    let chunked = |more: &str| format!("{urlencoded}Transfer-Encoding: {more}\r\n");
    let multipart =
        |boundary: &str| format!("Content-Type: multipart/form-data{boundary}\r\nContent-Length: 9\r\n");
    let many = encoded(&vec![("x", "y"); 3_000]);
    let long = vec![b'a'; (512 << 10) + 1];
    let endless = [b"100000\r\n", vec![b'a'; 0x10_0000].as_slice(), b"\r\n0\r\n\r\n"].concat();
    let get = |name: &str, lines: &str| hostile(name, head("GET", "/sign-in", &host, lines), AT_THE_GATE);
    vec![
        post("a form longer than any of ours", &form(long.len()), &long),
        post("chunks longer than any form of ours", &chunked("chunked"), &endless),
        post("three thousand fields", &form(many.len()), many.as_bytes()),
        post("no form", "Content-Type: application/json\r\nContent-Length: 2\r\n", b"{}"),
        post("text as a form", "Content-Type: text/plain\r\nContent-Length: 3\r\n", b"a=b"),
        post("no type", "Content-Length: 3\r\n", b"a=b"),
        post(
            "two types",
            "Content-Type: text/plain\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n",
            b"a=b",
        ),
        post("files of nobody", &multipart("; boundary=x"), b"--x--\r\n\r\n"),
        post("files without a boundary", &multipart(""), b"--x--\r\n\r\n"),
        post(
            "a hundred gigabytes of files",
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 107374182400\r\n",
            b"",
        ),
        post("a NUL in a field", &form(10), b"name=%00%0"),
        post("what is no UTF-8", &form(8), b"name=%ff"),
        post("two lengths", &format!("{}Content-Length: 30\r\n", form(3)), b"a=b"),
        post(
            "a negative length",
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: -1\r\n",
            b"",
        ),
        post(
            "a length that is no number",
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0x3\r\n",
            b"a=b",
        ),
        post(
            "a length and chunks",
            &format!("{}Transfer-Encoding: chunked\r\n", form(6)),
            b"0\r\n\r\nGET /review HTTP/1.1\r\n\r\n",
        ),
        post("chunks of another name", &chunked("xchunked"), b"3\r\na=b\r\n0\r\n\r\n"),
        post("chunks that are not the last coding", &chunked("chunked, gzip"), b"3\r\na=b\r\n0\r\n\r\n"),
        post("a chunk longer than memory", &chunked("chunked"), b"ffffffffffffffff0\r\na"),
        post("a chunk without a number", &chunked("chunked"), b"zz\r\na=b\r\n0\r\n\r\n"),
        get("a header longer than any of ours", &format!("X-Long: {}\r\n", "a".repeat(64 << 10))),
        get("a thousand headers", &"X-Many: a\r\n".repeat(1_000)),
        get("a folded header", "X-Folded: a\r\n b\r\n"),
        get("a header with a NUL", "X-Nul: a\0b\r\n"),
        get("a header without a name", ": a\r\n"),
        get("a space before the colon", "Content-Length : 3\r\n"),
    ]
}

/// Every refusal at the gate, in one table: none gets a page, none sets a cookie, and the log has a closed word of each.
#[test]
fn what_no_browser_of_ours_sends_gets_no_page() {
    let served = Served::of(DemoOffice::new());
    let session = served.sign_in(REVIEWER);
    let before = served.office.events("").len();
    let mut table = hosts(served.port);
    table.extend(cross_site(&served, &session));
    table.extend(paths(&served, &session));
    table.extend(methods(&served));
    table.extend(bodies(&served));
    assert!(table.len() >= 80, "{}", table.len());
    let mut let_in = Vec::new();
    for Hostile { name, bytes, statuses } in &table {
        let answer = served.raw(bytes);
        let told = answer.body.contains("<script>alert") || answer.head.to_lowercase().contains("set-cookie");
        if !statuses.contains(&answer.status) || told {
            let_in.push(format!("{name}: {} {}", answer.status, answer.head));
        }
    }
    assert!(let_in.is_empty(), "{} of {}:\n{}", let_in.len(), table.len(), let_in.join("\n"));
    // The session is as it was, and nothing happened in the office.
    assert_eq!(served.get("/review", Some(&session)).status, 200);
    assert_eq!(served.office.events("").len(), before);
    let log = served.service.log();
    for told in
        ["refused: host", "refused: cross-site", "refused: target", "refused: method", "refused: too-large"]
    {
        assert!(log.contains(told), "{told} is not in\n{log}");
    }
    for kept_out in [MARK, "passwd", REVIEWER, session.cookie.as_str(), session.token.as_str()] {
        assert!(!log.contains(kept_out), "{kept_out} is in\n{log}");
    }
}

/// Tokens and cookies that are somebody else's, old, or made up.
#[test]
fn a_form_counts_only_with_the_token_and_the_cookie_of_one_open_session() {
    let served = Served::of(DemoOffice::new());
    let (own, other) = (served.sign_in(REVIEWER), served.sign_in(CLERK));
    let post = |cookies: &str, fields: &[(&str, &str)], path: &str| {
        let body = encoded(fields);
        let lines = format!("{cookies}{}{}", served.same_origin(), form(body.len()));
        served.raw((head("POST", path, &served.host(), &lines) + &body).as_bytes()).status
    };
    let path = "/review/1-1/hold";
    let because = ("reason", MARK);
    let with = |token: &str| post(&cookie(Some(&own)), &[because, ("token", token)], path);
    let upper = own.token.to_uppercase();
    let short = &own.token[1..];
    let doubled = format!("{0}{0}", own.token);
    for (why, token) in [
        ("none", ""),
        ("another session's", other.token.as_str()),
        ("the cookie", own.cookie.as_str()),
        ("in capitals", upper.as_str()),
        ("cut", short),
        ("doubled", doubled.as_str()),
        ("made up", "0000000000000000000000000000000000000000000000000000000000000000"),
    ] {
        assert_eq!(with(token), 403, "a token that is {why}");
    }
    let token = ("token", own.token.as_str());
    assert_eq!(
        post(&cookie(Some(&own)), &[because], &format!("{path}?token={}", own.token)),
        403,
        "in the address"
    );
    for (why, cookies) in [
        ("no cookie", String::new()),
        ("another's cookie", cookie(Some(&other))),
        ("a cookie without its prefix", format!("Cookie: despatch={}\r\n", own.cookie)),
        ("a cookie in capitals", format!("Cookie: {COOKIE}={}\r\n", own.cookie.to_uppercase())),
        ("two cookies", format!("Cookie: {COOKIE}={}; {COOKIE}={}\r\n", other.cookie, own.cookie)),
        ("a cookie that is cut", format!("Cookie: {COOKIE}={}\r\n", &own.cookie[1..])),
        ("a cookie of nothing", format!("Cookie: {COOKIE}=\r\n")),
    ] {
        assert_eq!(post(&cookies, &[because, token], path), 403, "{why}");
    }
    // A session that has ended does not begin again.
    assert_eq!(post(&cookie(Some(&own)), &[token], "/sign-out"), 303);
    assert_eq!(post(&cookie(Some(&own)), &[because, token], path), 403, "replayed");
    assert_eq!(served.get("/review", Some(&own)).header("location"), Some("/sign-in"));
    assert!(!served.office.events("1-1").iter().any(|(_, code)| code == "held"));
    assert!(!served.service.log().contains(MARK));
}

/// A cookie that somebody planted before its owner signed in.
#[test]
fn a_planted_session_is_nobodys_after_the_sign_in() {
    let served = Served::of(DemoOffice::new());
    let planted = served.sign_in(CLERK);
    for cookies in [cookie(Some(&planted)), format!("Cookie: {COOKIE}={}\r\n", "0".repeat(64))] {
        let body = encoded(&[("name", REVIEWER), ("passphrase", DEMO_PASSPHRASE), ("token", &planted.token)]);
        let lines = format!("{cookies}{}{}", served.same_origin(), form(body.len()));
        let answer = served.raw((head("POST", "/sign-in", &served.host(), &lines) + &body).as_bytes());
        let set = answer.header("set-cookie").expect("a session of its own");
        for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(set.contains(attribute) && !set.contains("Domain"), "{set}");
        }
        let fresh = answer.cookie().expect("a session");
        assert!(fresh != planted.cookie && fresh != "0".repeat(64));
    }
    assert_eq!(
        served.get("/", Some(&planted)).header("location"),
        Some("/sign-in"),
        "the planted one has ended"
    );
}

/// A page without its field for the name, which keeps what was typed.
fn without_name(page: &str) -> String {
    let Some(at) = page.find("name=\"name\"") else { return page.to_owned() };
    let (before, after) = page.split_at(at);
    let tag = before.rfind('<').unwrap_or(at);
    format!("{}{}", &before[..tag], after.split_once('>').map_or("", |(_, rest)| rest))
}

#[test]
fn whoever_guesses_learns_nothing_and_is_made_to_wait() {
    let served = Served::of(DemoOffice::new());
    let guess = |name: &str, passphrase: &str| {
        let answer = served.post("/sign-in", None, &[("name", name), ("passphrase", passphrase)]);
        assert!(answer.cookie().is_none(), "{name}");
        (answer.status, without_name(&answer.body))
    };
    let first = guess(REVIEWER, MARK);
    assert_eq!(first.0, 422);
    for name in ["nobody-here", "root", "admin", "beatrix-lund' OR '1'='1", "a\u{202e}b", CLERK] {
        assert_eq!(guess(name, MARK), first, "{name}");
    }
    for _ in 0..4 {
        guess(REVIEWER, MARK);
    }
    assert_eq!(guess(REVIEWER, DEMO_PASSPHRASE), first, "it waits, and says no more than before");
    let said = served.service.log();
    assert!(!said.contains(MARK) && !said.contains("nobody-here"), "{said}");
}

/// A client that sends its request byte by byte, and never to its end.
#[test]
fn whoever_dawdles_is_cut_off() {
    let served = Served::of(DemoOffice::new());
    thread::scope(|scope| {
        for beginning in ["", "G", "GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1"] {
            let served = &served;
            scope.spawn(move || {
                let answer = served.raw(beginning.as_bytes());
                assert!([0, 408].contains(&answer.status), "{beginning:?}: {answer:?}");
            });
        }
    });
    assert_eq!(served.get("/sign-in", None).status, 200);
}

/// What a name, a reason or a file name may say, shown as text and as nothing else.
#[test]
fn what_people_type_is_shown_as_text() {
    const TAGS: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";
    let office = DemoOffice::new();
    // A rejected file whose name is markup, and reasons, names and words of people that are.
    let file = "\"><img src=x onerror=alert(1)>.json";
    fs::write(office.dir.join("inbox").join(file), "no case").unwrap();
    office.run(&["run", "--once"]);
    for words in [
        vec!["outbox", "hold", "1-1", "--reason", TAGS],
        vec!["outbox", "cancel", "1-2", "--reason", TAGS],
        vec!["outbox", "return", "1-3", "--reason", TAGS],
        vec!["litigation", "hold", "DEMO-0902", "--reason", TAGS],
        vec!["directory", "change", "harbour-lane-law", "--name", TAGS],
        vec!["incident", "open", "--case", "DEMO-0902", "--text", TAGS],
    ] {
        // What is refused is not shown either.
        office.run_as(REVIEWER, &words);
    }
    let served = Served::of(office);
    let mut texts = vec![served.post("/sign-in", None, &[("name", TAGS), ("passphrase", "x")]).body];
    let address = |path: &str| {
        path.replace(":id", "1-1").replace(":case", "DEMO-0902").replace(":entry", "harbour-lane-law")
    };
    let session = served.sign_in(REVIEWER);
    for name in [REVIEWER, CLERK, "tomasz-achebe"] {
        let session = served.sign_in(name);
        for route in ROUTES.iter().filter(|route| route.method == Method::Get && route.path != "/notices") {
            let answer = served.get(&address(route.path), Some(&session));
            // A file to save is no page; it says so, and no browser guesses otherwise.
            if answer.header("content-type").is_some_and(|sort| sort.starts_with("text/html")) {
                texts.push(answer.body);
            } else {
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{}", route.path);
            }
        }
    }
    let next = "/passphrase/again?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    texts.push(served.get(next, Some(&session)).body);
    texts.push(served.post("/review/1-1/release", Some(&session), &[("reason", TAGS)]).body);
    for text in &texts {
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
    }
    let escaped = texts.iter().filter(|text| text.contains("&lt;script&gt;alert")).count();
    assert!(escaped >= 2, "what was typed is shown, on {escaped} pages");
    let again = [("passphrase", DEMO_PASSPHRASE), ("next", "//hostile-mark.example")];
    let led = served.post("/passphrase/again", Some(&session), &again);
    assert_eq!(led.header("location"), Some("/"), "no redirection leads elsewhere");
}

/// What every answer says to the browser, a page or a refusal.
#[test]
fn every_answer_carries_the_headers_that_confine_it() {
    let served = Served::of(DemoOffice::new());
    let session = served.sign_in(REVIEWER);
    let refused = served.raw(head("GET", "/", "hostile-mark.example", "").as_bytes());
    for answer in
        [served.get("/sign-in", None), served.get("/review", Some(&session)), served.get("/x", None), refused]
    {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{policy}");
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            let found = answer.header(header).unwrap_or_default();
            assert!(found.contains(value), "{header}: {found} in {}", answer.head);
        }
    }
}
