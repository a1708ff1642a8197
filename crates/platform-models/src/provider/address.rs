//! Where a provider may be. Names are not resolved: what they stand for may change at any time.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// Machines of clouds learn their own credentials there.
const METADATA_NAME: &str = "metadata.google.internal";
const METADATA_ADDRESS: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// What goes with the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Credentials,
    Nothing,
}

/// What is wrong with a base URL to which this is sent.
pub(super) fn check(text: &str, sent: Sent) -> Result<(), String> {
    let url = Url::parse(text.trim()).map_err(|_| format!("`{text}` is no http or https URL"))?;
    let host = host(&url).ok_or_else(|| format!("`{text}` has no host"))?;
    if is_unspecified(&host) {
        return Err("the address of no machine in particular is no provider; this machine is 127.0.0.1".to_owned());
    }
    if is_refused(&host) {
        return Err("a link-local or metadata address is no provider".to_owned());
    }
    if url.scheme() == "http" && sent == Sent::Credentials && !is_near(&host) {
        return Err("credentials go over https, or over http to a private address or a name without a point".to_owned());
    }
    Ok(())
}

/// Whether both have the same scheme, host and port.
pub(crate) fn is_same_place(one: &str, other: &str) -> bool {
    match (Url::parse(one.trim()), Url::parse(other.trim())) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}

/// The host as it is connected to: in whatever way an address was spelled, it is one address.
fn host(url: &Url) -> Option<Host<String>> {
    Some(match url.host()? {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
        Host::Ipv4(address) => Host::Ipv4(address),
        Host::Ipv6(address) => match address.to_canonical() {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        },
    })
}

fn is_refused(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == METADATA_NAME,
        Host::Ipv4(address) => address.is_link_local(),
        Host::Ipv6(address) => address.is_unicast_link_local() || *address == METADATA_ADDRESS,
    }
}

fn is_unspecified(host: &Host<String>) -> bool {
    match host {
        Host::Domain(_) => false,
        Host::Ipv4(address) => address.is_unspecified(),
        Host::Ipv6(address) => address.is_unspecified(),
    }
}

fn is_near(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => !name.contains('.'),
        Host::Ipv4(address) => address.is_loopback() || address.is_private(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_go_where_they_are_read() {
        let both = |text: &str| (check(text, Sent::Nothing).is_ok(), check(text, Sent::Credentials).is_ok());
        for text in [
            "http://169.254.169.254/latest",
            "https://169.254.0.1",
            "http://2852039166/",
            "http://0xa9.0376.43518/",
            "http://169.254.169.254./",
            "http://[::ffff:169.254.169.254]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://0.0.0.0:8000",
            "http://0/",
            "http://[::]/",
            "http://Metadata.Google.Internal./computeMetadata",
        ] {
            assert_eq!(both(text), (false, false), "{text}");
        }
        for text in ["http://api.example.com/v1", "http://203.0.113.7", "http://[2001:db8::1]"] {
            assert_eq!(both(text), (true, false), "{text}");
        }
        for text in [
            "https://api.example.com/v1",
            "https://203.0.113.7",
            "http://127.0.0.1:8000",
            "http://10.0.0.7",
            "http://192.168.1.2:11434/v1",
            "http://[::1]:8000",
            "http://[fd12:3456::1]",
            "http://localhost:11434/v1",
            "http://ollama:11434/v1",
        ] {
            assert_eq!(both(text), (true, true), "{text}");
        }
    }

    #[test]
    fn a_place_is_scheme_host_and_port() {
        let check = |one: &str, other: &str, expected: bool| assert_eq!(is_same_place(one, other), expected, "{other}");
        let base = "https://api.example.com/v1";
        check(base, "https://API.example.com:443/v2/", true);
        check(base, "http://api.example.com/v1", false);
        check(base, "https://api.example.com:8443/v1", false);
        check(base, "https://api.example.com.evil.example/v1", false);
        check(base, "nonsense", false);
    }
}
