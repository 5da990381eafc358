//! Owns the decision whether a page of this origin may open a socket. Refuses to know headers other than the two it is given.

/// Tells whether `origin` (the header's value) is the page's own host, or one that the operator allows.
/// An allowed origin is written as browsers send it: `https://app.example.org`.
pub(crate) fn is_allowed(origin: &str, host: Option<&str>, allowed: &[String]) -> bool {
    if allowed
        .iter()
        .any(|a| a.trim_end_matches('/').eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let port = if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") {
        ":443"
    } else {
        ":80"
    };
    let bare = |a: &str| a.strip_suffix(port).unwrap_or(a).to_ascii_lowercase();
    host.is_some_and(|host| !authority.is_empty() && bare(host) == bare(authority))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn only_the_own_host_and_the_allowed_pass() {
        let allowed = ["https://app.example.org/".to_owned()];
        for (origin, host, passes) in [
            ("http://127.0.0.1:8080", Some("127.0.0.1:8080"), true),
            ("https://Example.org", Some("example.org"), true),
            ("https://example.org", Some("example.org:443"), true),
            ("http://example.org:80", Some("example.org"), true),
            ("https://app.example.org", Some("api.example.org"), true),
            ("https://evil.example", Some("example.org"), false),
            ("https://example.org.evil.example", Some("example.org"), false),
            ("http://example.org:81", Some("example.org"), false),
            ("null", Some("example.org"), false),
            ("https://", Some(""), false),
            ("https://example.org", None, false),
        ] {
            assert_eq!(is_allowed(origin, host, &allowed), passes, "{origin} at {host:?}");
        }
    }
}
