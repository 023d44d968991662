//! The client's address: a forwarded one counts only when a trusted proxy sent it.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address: the peer's, or, when the peer is a trusted proxy, the last address in
/// `X-Forwarded-For` that isn't one.
#[must_use]
pub fn address(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut client = peer.ip().to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { return client };
        client = address.to_canonical();
        if !is_trusted(client) {
            return client;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let client = address(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(client, expected.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_forged_header_from_a_stranger_counts_for_nothing() {
        check("198.51.100.7:1", &["203.0.113.9"], "198.51.100.7");
    }

    #[test]
    fn a_trusted_proxy_tells_the_client_and_what_the_client_forged_before_it_is_ignored() {
        check("10.1.2.3:1", &["203.0.113.9"], "203.0.113.9");
        check("10.1.2.3:1", &["1.1.1.1, 203.0.113.9, 10.0.0.9"], "203.0.113.9");
        check("10.1.2.3:1", &["1.1.1.1", "203.0.113.9"], "203.0.113.9");
        check("10.1.2.3:1", &["nonsense"], "10.1.2.3");
        check("[::ffff:10.1.2.3]:1", &["203.0.113.9"], "203.0.113.9");
        check("10.1.2.3:1", &[], "10.1.2.3");
    }
}
