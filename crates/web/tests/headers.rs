//! The headers that every answer carries.

use axum::http::HeaderMap;
use despatch_web::headers::{POLICY, cookie, secure};
use despatch_web::{Front, SessionChange, SessionToken};

#[test]
fn every_answer_tells_the_browser_what_it_may_not_do() {
    let mut headers = HeaderMap::new();
    secure(&mut headers, &Front::of_loopback(8717), false);
    let value =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(value("content-security-policy"), POLICY);
    assert!(
        !POLICY.contains("unsafe") && !POLICY.contains("data:") && POLICY.starts_with("default-src 'none'")
    );
    assert_eq!(value("x-content-type-options"), "nosniff");
    assert_eq!(value("cache-control"), "no-store");
    assert_eq!(value("cross-origin-opener-policy"), "same-origin");
    assert_eq!(value("cross-origin-resource-policy"), "same-origin");
    assert_eq!(value("x-frame-options"), "DENY");
    assert_eq!(value("strict-transport-security"), "");
}

#[test]
fn behind_a_proxy_browsers_come_by_tls_alone() {
    let mut headers = HeaderMap::new();
    secure(&mut headers, &Front::behind_proxy(&["letters.example".to_owned()], None), true);
    let value =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(value("strict-transport-security"), "max-age=31536000");
    assert_eq!(value("cache-control"), "private, max-age=3600");
}

#[test]
fn the_cookie_of_a_session_is_bound_to_this_host_and_kept_from_scripts_and_other_sites() {
    let token = SessionToken::parse(&"ab".repeat(32)).expect("a token");
    let set = cookie(&SessionChange::Set(token));
    assert!(set.starts_with("__Host-despatch=abab"));
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(set.split("; ").any(|found| found == attribute), "{attribute}");
    }
    assert!(!set.contains("Domain"));
    assert!(cookie(&SessionChange::Clear).ends_with("Max-Age=0"));
}
