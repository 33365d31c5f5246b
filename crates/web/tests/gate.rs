//! Heads of requests that browsers, scripts and attackers send, each with what becomes of it.

use axum::http::Request;
use axum::http::request::Parts;
use despatch_web::gate::{COOKIE_NAME, check};
use despatch_web::{Front, Method, Refusal};

const HOST: (&str, &str) = ("host", "127.0.0.1:8717");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:8717");

fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a head").into_parts().0
}

/// Headers, each with its value.
type Headers<'h> = &'h [(&'h str, &'h str)];

fn refused(front: &Front, parts: &Parts) -> Option<Refusal> {
    check(front, parts).err()
}

#[test]
fn only_a_name_of_ours_leads_here() {
    let front = Front::of_loopback(8717);
    let cases: [(Headers<'_>, &str, Option<Refusal>); 12] = [
        (&[HOST], "/review", None),
        (&[("host", "localhost:8717")], "/review", None),
        (&[("host", "LOCALHOST:8717")], "/review", None),
        (&[("host", "[::1]:8717")], "/review", None),
        (&[], "/review", Some(Refusal::Host)),
        (&[("host", "rebound.example:8717")], "/review", Some(Refusal::Host)),
        (&[("host", "127.0.0.1")], "/review", Some(Refusal::Host)),
        (&[("host", "127.0.0.1:8718")], "/review", Some(Refusal::Host)),
        (&[("host", "127.0.0.1:8717.rebound.example")], "/review", Some(Refusal::Host)),
        (&[HOST, HOST], "/review", Some(Refusal::Header)),
        (&[HOST, ("host", "rebound.example")], "/review", Some(Refusal::Header)),
        (&[HOST], "http://rebound.example/review", Some(Refusal::Host)),
    ];
    for (headers, target, expected) in cases {
        assert_eq!(refused(&front, &head("GET", target, headers)), expected, "{headers:?} {target}");
    }
}

#[test]
fn a_page_of_another_site_links_here_and_does_no_more() {
    let front = Front::of_loopback(8717);
    let document = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let cases: [(&str, Headers<'_>, Option<Refusal>); 16] = [
        ("GET", &[SAME], None),
        ("GET", &[("sec-fetch-site", "none"), document[0], document[1]], None),
        ("GET", &[("sec-fetch-site", "cross-site"), document[0], document[1]], None),
        (
            "GET",
            &[("sec-fetch-site", "cross-site"), document[0], ("sec-fetch-dest", "iframe")],
            Some(Refusal::CrossSite),
        ),
        (
            "GET",
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            Some(Refusal::CrossSite),
        ),
        (
            "GET",
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
            Some(Refusal::CrossSite),
        ),
        ("GET", &[("origin", "https://elsewhere.example")], Some(Refusal::CrossSite)),
        ("POST", &[SAME, ORIGIN], None),
        ("POST", &[SAME], None),
        ("POST", &[ORIGIN], None),
        ("POST", &[], Some(Refusal::CrossSite)),
        ("POST", &[("origin", "null")], Some(Refusal::CrossSite)),
        ("POST", &[SAME, ("origin", "http://127.0.0.1:8718")], Some(Refusal::CrossSite)),
        ("POST", &[("sec-fetch-site", "cross-site"), ORIGIN], Some(Refusal::CrossSite)),
        ("POST", &[("sec-fetch-site", "none"), ORIGIN], Some(Refusal::CrossSite)),
        ("POST", &[SAME, ORIGIN, ("origin", "https://elsewhere.example")], Some(Refusal::Header)),
    ];
    for (method, more, expected) in cases {
        let headers: Vec<_> = [HOST].into_iter().chain(more.iter().copied()).collect();
        assert_eq!(refused(&front, &head(method, "/review", &headers)), expected, "{method} {more:?}");
    }
}

#[test]
fn a_path_has_plain_steps_and_none_that_leads_upwards() {
    let front = Front::of_loopback(8717);
    for target in [
        "/",
        "/review/17-3",
        "/cases/HOSO-2026_1.a",
        "/review?page=2&case=A%20B",
        "/assets/govuk-frontend.min.css",
    ] {
        assert_eq!(refused(&front, &head("GET", target, &[HOST])), None, "{target}");
    }
    let long = format!("/review/{}", "a".repeat(2_000));
    let bad = [
        "/../etc/passwd",
        "/review/../../despatch.toml",
        "/review/%2e%2e/keys",
        "/review/..%2fkeys",
        "/review//17-3",
        "/review/.hidden",
        "/review/17%003",
        "/review/17\\3",
        "/review/",
        "/%2fetc",
        "/review?case=%00",
        "/review?case=%ff%fe",
        &long,
    ];
    for target in bad {
        let Ok(uri) = target.parse::<axum::http::Uri>() else { continue };
        let parts = head("GET", &uri.to_string(), &[HOST]);
        assert_eq!(refused(&front, &parts), Some(Refusal::Target), "{target}");
    }
}

#[test]
fn only_two_methods_are_known() {
    let front = Front::of_loopback(8717);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"] {
        assert_eq!(refused(&front, &head(method, "/review", &[HOST])), Some(Refusal::Method), "{method}");
    }
    let found = check(&front, &head("HEAD", "/review", &[HOST])).ok().map(|head| head.method);
    assert_eq!(found, Some(Method::Get));
}

#[test]
fn a_session_is_one_cookie_of_ours() {
    let front = Front::of_loopback(8717);
    let token = "0123456789abcdef".repeat(4);
    let session = |cookies: &[&str]| {
        let cookies: Vec<_> = cookies.iter().map(|cookie| ("cookie", *cookie)).collect();
        let headers: Vec<_> = [HOST].into_iter().chain(cookies).collect();
        let found = check(&front, &head("GET", "/review", &headers)).ok().and_then(|head| head.session);
        found.map(|session| session.as_str().to_owned())
    };
    let ours = format!("{COOKIE_NAME}={token}");
    assert_eq!(session(&[&ours]), Some(token.clone()));
    assert_eq!(session(&[&format!("theme=dark; {ours}")]), Some(token.clone()));
    assert_eq!(session(&[]), None);
    assert_eq!(session(&[&format!("{COOKIE_NAME}={}", token.to_uppercase())]), None);
    assert_eq!(session(&[&format!("{COOKIE_NAME}={token}0")]), None);
    assert_eq!(session(&[&format!("despatch={token}")]), None);
    // Somebody planted a second one.
    assert_eq!(session(&[&format!("{ours}; {COOKIE_NAME}={}", "0".repeat(64))]), None);
    assert_eq!(session(&[&ours, &ours]), None);
}

#[test]
fn a_proxy_vouches_only_where_the_settings_trust_one() {
    let names = ["letters.example".to_owned()];
    let host = ("host", "letters.example");
    let vouched = |front: &Front, headers: &[(&str, &str)]| {
        let headers: Vec<_> = [host].into_iter().chain(headers.iter().copied()).collect();
        check(front, &head("GET", "/sign-in", &headers)).map(|head| head.vouched).map_err(Refusal::code)
    };
    let trusting = Front::behind_proxy(&names, Some("X-Forwarded-User"));
    let given = [("x-forwarded-user", "beatrix")];
    assert_eq!(vouched(&trusting, &given), Ok(Some("beatrix".to_owned())));
    assert_eq!(vouched(&trusting, &[]), Ok(None));
    assert_eq!(vouched(&Front::behind_proxy(&names, None), &given), Ok(None));
    for bad in ["", "two words", "beatrix,root", "a\u{e9}", "beatrix;admin"] {
        assert_eq!(vouched(&trusting, &[("x-forwarded-user", bad)]), Err("header"), "{bad}");
    }
    assert_eq!(vouched(&trusting, &[given[0], ("x-forwarded-user", "root")]), Err("header"));
}
