use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// Where a call comes from. Forwarded addresses count only from configured proxies.
///
/// Walks `x-forwarded-for` from the right, past every trusted proxy, to the first address that none of ours wrote.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if trusted.is_empty() || !is_trusted(&peer) {
        return peer;
    }
    let lists = headers.get_all("x-forwarded-for");
    let mut forwarded: Vec<&str> =
        lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    while let Some(address) = forwarded.pop().and_then(|text| text.parse().ok()) {
        nearest = address;
        if !is_trusted(&nearest) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_only_from_proxies() {
        let check = |peer: &str, forwarded: &[&str], expected: &str| {
            let mut headers = HeaderMap::new();
            for list in forwarded {
                headers.append("x-forwarded-for", list.parse().unwrap());
            }
            let trusted = ["10.0.0.0/8".parse().unwrap()];
            let found = client_address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        };
        check("203.0.113.9", &["1.1.1.1"], "203.0.113.9");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["1.1.1.1"], "1.1.1.1");
        check("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1");
        check("10.0.0.1", &["6.6.6.6", "1.1.1.1"], "1.1.1.1");
        check("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
    }
}
