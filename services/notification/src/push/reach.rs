//! Owns where a subscription's endpoint may be: in the public Internet over https, unless the operator allows others. Refuses to resolve names:
//! what they stand for is judged when they are connected to.

use chassis::reach::is_permitted;
use kernel::Fault;
use url::Url;

/// Reads an endpoint. `Invalid` when it may not be connected to. A name passes here.
pub(super) fn permit(endpoint: &str, private: bool) -> Result<Url, Fault> {
    let wrong = |why: &str| Fault::invalid("endpoint", why);
    let url: Url = endpoint.parse().map_err(|_| wrong("is no address"))?;
    if !(url.scheme() == "https" || (private && url.scheme() == "http")) {
        return Err(wrong("is an https address"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(wrong("has neither user nor fragment"));
    }
    if private || is_permitted(&url) {
        return Ok(url);
    }
    Err(wrong("is no public address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ones_own_network_is_refused_however_it_is_written() {
        for url in [
            "https://127.0.0.1/x",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
        ] {
            assert!(permit(url, false).is_err() && permit(url, true).is_ok(), "{url}");
        }
        for url in [
            "http://push.example/x",
            "ftp://1.1.1.1/",
            "https://u:p@1.1.1.1/",
            "https://1.1.1.1/#x",
            "nonsense",
        ] {
            assert!(permit(url, false).is_err(), "{url}");
        }
        assert!(permit("https://1.1.1.1/x", false).is_ok());
    }
}
