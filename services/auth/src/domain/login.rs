//! Owns what a login, an e-mail address and a caller's address are to auth. Refuses to know accounts.

use std::net::{IpAddr, Ipv6Addr};

/// Longest e-mail address (RFC 5321, 4.5.3.1.3).
pub(crate) const EMAIL_CHARS_MAX: usize = 254;
/// Longest device name.
pub(crate) const DEVICE_CHARS_MAX: usize = 100;

/// Returns an e-mail address or login in the one form in which it is kept and compared.
pub(crate) fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

/// Tells whether mail can be sent to it: one address, in ASCII, with a domain.
pub(crate) fn is_email(text: &str) -> bool {
    text.is_ascii() && mail::is_address(text)
}

/// Tells whether it is a handle: 3-30 of `[a-z0-9_]`.
pub(crate) fn is_handle(text: &str) -> bool {
    (3..=30).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Returns what limits count an address by: itself, or for IPv6 the /64 that one customer has (S29).
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// From where and with what somebody asks.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// Their address; `None` for the server's own machine, which no limit counts.
    pub address: Option<IpAddr>,
    /// What their client calls itself, at most [`DEVICE_CHARS_MAX`] characters.
    pub agent: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_is_one_network_and_a_mapped_address_is_its_ipv4() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn addresses_are_recognised() {
        for good in ["a@example.com", "a.b+c@mail.example.org", "ada_1@localhost"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c.de",
            "a@b@c",
            "a@exämple.com",
            "a@b.de\r\nBcc: x@y.z",
            "<a@b.de>",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
