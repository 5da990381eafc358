//! Owns which service answers under which path. The product's own routes are data in this file; the configuration may add
//! to them. Refuses to know how a service is reached.

use std::collections::BTreeMap;

use http::Uri;
use http::uri::Scheme;

/// A beginning of paths and the service that owns everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Whole segments: `/api/chat` owns `/api/chat` and `/api/chat/rooms`, not `/api/chats`.
    pub prefix: &'static str,
    /// The service, by its folder's name.
    pub service: &'static str,
}

const fn route(prefix: &'static str, service: &'static str) -> Route {
    Route { prefix, service }
}

/// Every public path of the product. A test holds the table against the routes that the services document.
pub const ROUTES: &[Route] = &[
    route("/.well-known/jwks.json", "auth"),
    route("/api/auth", "auth"),
    route("/api/users", "user"),
    route("/api/friendships", "friendship"),
    route("/api/chat", "chat"),
    route("/api/agents", "ai-chat-host"),
    route("/api/debates", "ai-chat-host"),
    route("/api/ai", "ai-gateway"),
    route("/v1", "ai-gateway"),
    route("/api/model-cards", "ai-model-cards"),
    route("/api/orders", "orders"),
    route("/api/coupons", "orders"),
    route("/api/entitlements", "orders"),
    route("/api/payments", "payments"),
    route("/api/wallet", "payments"),
    route("/api/receipts", "payments"),
    route("/api/statements", "payments"),
    route("/api/invoices", "payments"),
    route("/api/payouts", "payments"),
    route("/api/posts", "post"),
    route("/api/feed", "feed"),
    route("/api/media", "media"),
    route("/api/notifications", "notification"),
    route("/api/realtime", "realtime-gateway"),
    route("/realtime", "realtime-gateway"),
];

/// POSTs whose owner keeps the client's own id (`clientId` of the body) for ever: sent twice, they happen once.
const REPEATABLE_POSTS: &[&str] = &["/api/chat/rooms/{}/messages"];

/// Paths of each process itself, and of our processes among themselves. They never pass, whatever a table says.
const RESERVED: &[&str] = &["/internal", "/healthz", "/readyz", "/metrics"];

/// What is read again while the gateway runs: routes besides [`ROUTES`], and where the services are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Prefix to service; a prefix of [`ROUTES`] gets another owner.
    pub routes: BTreeMap<String, String>,
    /// Service to the URLs of its replicas: `http://127.0.0.1:7001`, `http://chat:8080`. A name with several addresses
    /// is several replicas.
    pub replicas: BTreeMap<String, Vec<String>>,
}

/// A [`Table`] that makes sense.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Prefix and service, the longest prefix first.
    pub(crate) routes: Vec<(String, String)>,
    pub(crate) replicas: BTreeMap<String, Vec<Origin>>,
}

/// Where a replica listens, perhaps by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Table {
    /// Checks the table. Fails with all mistakes.
    pub(crate) fn check(&self) -> Result<Checked, String> {
        let mut mistakes = Vec::new();
        let mut routes: BTreeMap<String, String> = ROUTES
            .iter()
            .map(|route| (route.prefix.to_owned(), route.service.to_owned()))
            .collect();
        for (prefix, service) in &self.routes {
            match check_prefix(prefix) {
                Ok(()) => drop(routes.insert(prefix.clone(), service.clone())),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let mut replicas = BTreeMap::new();
        for (service, urls) in &self.replicas {
            let mut origins = Vec::new();
            for url in urls {
                match origin(url) {
                    Ok(origin) => origins.push(origin),
                    Err(mistake) => mistakes.push(format!("{service}: {mistake}")),
                }
            }
            origins.sort();
            origins.dedup();
            replicas.insert(service.clone(), origins);
        }
        for (prefix, service) in &routes {
            if self.replicas.get(service).is_none_or(Vec::is_empty) {
                mistakes.push(format!("{prefix} belongs to {service}, of which no replica is named"));
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes.join("; "));
        }
        let mut routes: Vec<_> = routes.into_iter().collect();
        routes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Ok(Checked { routes, replicas })
    }
}

/// Tells whether `path` stands under `prefix`, by whole segments.
pub(crate) fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tells whether a path may pass at all: it climbs nowhere and is none of [`RESERVED`].
pub(crate) fn may_pass(path: &str) -> bool {
    let climbs = |segment: &str| {
        let plain = segment.replace("%2e", ".").replace("%2E", ".");
        plain == "." || plain == ".."
    };
    !path.split('/').any(climbs) && !RESERVED.iter().any(|reserved| is_under(path, reserved))
}

/// Tells whether a POST to `path` may be sent twice.
pub(crate) fn is_repeatable_post(path: &str) -> bool {
    REPEATABLE_POSTS.iter().any(|pattern| {
        let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
        loop {
            match (pattern.next(), path.next()) {
                (None, None) => return true,
                (Some("{}"), Some(part)) if !part.is_empty() => {}
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            }
        }
    })
}

fn check_prefix(prefix: &str) -> Result<(), String> {
    let is_path = prefix.len() > 1 && prefix.starts_with('/') && !prefix.ends_with('/') && !prefix.contains(['?', '#']);
    if !is_path {
        return Err(format!("`{prefix}` is no beginning of a path, such as /api/orders"));
    }
    if !may_pass(prefix) {
        return Err(format!("`{prefix}` is not for the outside"));
    }
    Ok(())
}

fn origin(url: &str) -> Result<Origin, String> {
    let mistake = || format!("`{url}` is no address such as http://127.0.0.1:7001");
    let uri: Uri = url.parse().map_err(|_| mistake())?;
    let plain = uri.scheme() == Some(&Scheme::HTTP)
        && uri.path_and_query().is_none_or(|rest| rest.as_str() == "/")
        && uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
    let host = uri.host().filter(|_| plain).ok_or_else(mistake)?;
    Ok(Origin {
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: uri.port_u16().unwrap_or(80),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everywhere() -> BTreeMap<String, Vec<String>> {
        ROUTES
            .iter()
            .map(|route| (route.service.to_owned(), vec!["http://127.0.0.1:1".to_owned()]))
            .collect()
    }

    #[test]
    fn the_longest_prefix_owns_a_path_by_whole_segments() {
        let mut table = Table {
            routes: BTreeMap::from([("/api/chat/rooms".to_owned(), "rooms".to_owned())]),
            replicas: everywhere(),
        };
        table.replicas.insert("rooms".into(), vec!["http://[::1]:8080/".into()]);
        let checked = table.check().unwrap();
        let owner = |path: &str| {
            let found = checked.routes.iter().find(|(prefix, _)| is_under(path, prefix));
            found.map(|(_, service)| service.as_str())
        };
        assert_eq!(owner("/api/chat/rooms/1"), Some("rooms"));
        assert_eq!(owner("/api/chat/search"), Some("chat"));
        assert_eq!(owner("/api/chats"), None);
        assert_eq!(owner("/realtime/sse"), Some("realtime-gateway"));
        let rooms = checked.replicas.get("rooms").unwrap();
        assert_eq!(
            rooms,
            &[Origin {
                host: "::1".into(),
                port: 8080
            }]
        );
    }

    #[test]
    fn all_mistakes_of_a_table_are_told_together() {
        let mut table = Table {
            routes: BTreeMap::from([
                ("/internal/x".to_owned(), "chat".to_owned()),
                ("api".to_owned(), "chat".to_owned()),
                ("/api/orders".to_owned(), "orders".to_owned()),
            ]),
            replicas: everywhere(),
        };
        table
            .replicas
            .insert("user".into(), vec!["https://user".into(), "user:80".into()]);
        table.replicas.remove("auth");
        let told = table.check().unwrap_err();
        for part in ["/internal/x", "`api`", "orders", "https://user", "user:80", "auth"] {
            assert!(told.contains(part), "{part} not in: {told}");
        }
    }

    #[test]
    fn nothing_internal_and_nothing_that_climbs_may_pass() {
        for no in [
            "/internal/rooms",
            "/internal",
            "/metrics",
            "/api/chat/../../internal/x",
            "/api/%2e%2E/internal",
            "/api/./chat",
        ] {
            assert!(!may_pass(no), "{no}");
        }
        for yes in [
            "/api/chat/rooms",
            "/internals",
            "/api/users/by-handle/a.b",
            "/.well-known/jwks.json",
        ] {
            assert!(may_pass(yes), "{yes}");
        }
    }

    #[test]
    fn only_a_post_whose_owner_keeps_client_ids_is_repeatable() {
        assert!(is_repeatable_post("/api/chat/rooms/1/messages"));
        for no in [
            "/api/chat/rooms",
            "/api/chat/rooms//messages",
            "/api/chat/rooms/1/messages/2",
        ] {
            assert!(!is_repeatable_post(no), "{no}");
        }
    }
}
