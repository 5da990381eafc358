//! Owns what `OLLAMA_HOST` means, read as Ollama itself reads it (its `envconfig`): with or without scheme, port and path.
//! Pure. Refuses to look whether anybody listens there.

/// Ollama's own port.
const PORT: u16 = 11434;
/// Ollama's own address.
const HOST: &str = "127.0.0.1";

/// Returns the base address that `value` means. An address that stands for "everywhere" is where a server listens; it is
/// asked on this machine.
pub(crate) fn base_url(value: &str) -> String {
    let value = value.trim().trim_matches(['"', '\'']);
    let (scheme, rest, port) = match value.split_once("://") {
        None if value == "ollama.com" => ("https", "ollama.com", 443),
        None => ("http", value, PORT),
        Some(("https", rest)) => ("https", rest, 443),
        Some((scheme, rest)) => (scheme, rest, 80),
    };
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match split(place) {
        Some((host, given)) => (host, given.parse().unwrap_or(port)),
        None => (place.trim_matches(['[', ']']), port),
    };
    let host = match host {
        "" | "0.0.0.0" => HOST.to_owned(),
        "::" => "[::1]".to_owned(),
        host if host.contains(':') => format!("[{host}]"),
        host => host.to_owned(),
    };
    let path = path.trim_end_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{scheme}://{host}:{port}{slash}{path}")
}

/// Cuts `host:port` or `[host]:port`; an IPv6 address without brackets has no port.
fn split(place: &str) -> Option<(&str, &str)> {
    if let Some(rest) = place.strip_prefix('[') {
        return rest.split_once("]:");
    }
    place.split_once(':').filter(|(_, port)| !port.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_means_what_it_means_to_ollama() {
        for (value, url) in [
            ("", "http://127.0.0.1:11434"),
            ("1.2.3.4", "http://1.2.3.4:11434"),
            (":1234", "http://127.0.0.1:1234"),
            ("1.2.3.4:1234", "http://1.2.3.4:1234"),
            ("http://1.2.3.4", "http://1.2.3.4:80"),
            ("http://1.2.3.4:1234", "http://1.2.3.4:1234"),
            ("https://1.2.3.4", "https://1.2.3.4:443"),
            ("https://1.2.3.4:1234/", "https://1.2.3.4:1234"),
            ("example.com", "http://example.com:11434"),
            ("example.com:1234", "http://example.com:1234"),
            ("https://example.com/ollama", "https://example.com:443/ollama"),
            ("example.com/ollama", "http://example.com:11434/ollama"),
            ("[::1]", "http://[::1]:11434"),
            ("::1", "http://[::1]:11434"),
            ("[::1]:1337", "http://[::1]:1337"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("0.0.0.0:1234", "http://127.0.0.1:1234"),
            ("[::]:1234", "http://[::1]:1234"),
            (" \"example.com\" ", "http://example.com:11434"),
            ("example.com:nonsense", "http://example.com:11434"),
            ("example.com:70000", "http://example.com:11434"),
            ("ollama.com", "https://ollama.com:443"),
        ] {
            assert_eq!(base_url(value), url, "{value}");
        }
    }
}
