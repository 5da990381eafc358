//! Owns where a subscription's endpoint may be: in the public Internet over https, unless the operator allows others. The addresses that a
//! name has are judged in the connector's own resolver, so that what was checked is what is connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};

use kernel::Fault;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::address::is_public;

/// Reads an endpoint. `Invalid` when it may not be connected to. A name passes here: what it stands for is judged when it is connected to.
pub(super) fn permit(endpoint: &str, private: bool) -> Result<Url, Fault> {
    let wrong = |why: &str| Fault::invalid("endpoint", why);
    let url: Url = endpoint.parse().map_err(|_| wrong("is no address"))?;
    if !(url.scheme() == "https" || (private && url.scheme() == "http")) {
        return Err(wrong("is an https address"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(wrong("has neither user nor fragment"));
    }
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        Some(Host::Domain(_)) => return Ok(url),
        None => return Err(wrong("has no host")),
    };
    if private || is_public(address) {
        return Ok(url);
    }
    Err(wrong("is no public address"))
}

/// Resolves names to their public addresses.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it has no public address").into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
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

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_when_it_is_resolved() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(refused.err().unwrap().to_string().contains("public"));
    }
}
