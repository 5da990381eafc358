//! Owns where a provider may be: anywhere, as the operator's own file says, or in the public Internet only, as for one that
//! an administrator added over the network. The addresses that a name has are judged in the connector's own resolver, so
//! that what was checked is what is connected to. Refuses to know who the provider is.

use std::io;
use std::net::{IpAddr, SocketAddr};

use kernel::Fault;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::address::is_public;

/// Where a provider may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anywhere, this machine included.
    Anywhere,
    /// In the public Internet.
    Public,
}

impl Reach {
    /// Fails when `url` names an address that may not be connected to. A name passes here: what it stands for is judged
    /// when it is connected to.
    pub(crate) fn permit(self, url: &Url) -> Result<(), Fault> {
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self == Self::Anywhere || is_public(address) {
            return Ok(());
        }
        Err(Fault::invalid(
            "baseUrl",
            "is no public address; the operator can allow others with `[ai] providersMayBePrivate`",
        ))
    }

    /// Binds a client to it. A proxy would resolve names by itself, so that one that is bound to the public uses none.
    pub(crate) fn bound(self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match self {
            Self::Anywhere => builder,
            Self::Public => builder.no_proxy().dns_resolver(PublicOnly),
        }
    }
}

/// Resolves names to their public addresses.
struct PublicOnly;

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

/// Tells whether the environment names proxies for plain HTTP.
pub(crate) fn has_proxies() -> bool {
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        .any(named)
}

/// Tells whether an address is certainly of this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ones_own_network_is_refused_however_it_is_written() {
        for url in [
            "http://127.0.0.1/v1",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:10.0.0.1]:80/",
            "http://169.254.169.254/",
        ] {
            let url = url.parse().unwrap();
            assert!(
                Reach::Public.permit(&url).is_err() && Reach::Anywhere.permit(&url).is_ok(),
                "{url}"
            );
        }
        assert!(Reach::Public.permit(&"https://1.1.1.1/v1".parse().unwrap()).is_ok());
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_when_it_is_resolved() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(refused.err().unwrap().to_string().contains("public"));
    }
}
