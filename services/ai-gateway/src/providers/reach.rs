//! Owns where a provider may be: anywhere, as the operator's own file says, or in the public Internet only, as for one that
//! an administrator added over the network. Refuses to know who the provider is.

use chassis::reach::{is_permitted, public_only};
use kernel::Fault;
use url::{Host, Url};

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
        if self == Self::Anywhere || is_permitted(url) {
            return Ok(());
        }
        Err(Fault::invalid(
            "baseUrl",
            "is no public address; the operator can allow others with `[ai] providersMayBePrivate`",
        ))
    }

    /// Binds a client to it.
    pub(crate) fn bound(self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match self {
            Self::Anywhere => builder,
            Self::Public => public_only(builder),
        }
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
    fn an_address_of_ones_own_network_is_for_the_operator_to_name() {
        let own = "http://127.0.0.1/v1".parse().unwrap();
        assert!(Reach::Public.permit(&own).is_err() && Reach::Anywhere.permit(&own).is_ok());
        assert!(Reach::Public.permit(&"https://1.1.1.1/v1".parse().unwrap()).is_ok());
    }
}
