//! Whose address a request has, and how much of it counts.

use crate::config::LimitsConfig;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The header in which proxies say whom they speak for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever asks: the socket's, or with `trusted_proxies` proxies of ours before the
/// gateway the one that the outermost of them saw. Everything left of it was written by the asker
/// and is believed by nobody; a header that is too short or cannot be read is not one of ours.
#[must_use]
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted_proxies: u8) -> IpAddr {
    let forwarded = match trusted_proxies {
        0 => None,
        count => forwarded(headers, usize::from(count)),
    };
    forwarded.unwrap_or(peer.ip()).to_canonical()
}

fn forwarded(headers: &HeaderMap, from_right: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap_or("")).collect();
    let mut addresses = lines.iter().rev().flat_map(|line| line.rsplit(','));
    addresses.nth(from_right - 1)?.trim().parse().ok()
}

/// How many leading bits of an address count.
#[derive(Clone, Copy, Debug)]
pub struct Prefixes {
    v4: u8,
    v6: u8,
}

impl Prefixes {
    /// As configured.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        Self {
            v4: config.ipv4_prefix_bits,
            v6: config.ipv6_prefix_bits,
        }
    }

    /// The bytes of an address with everything after the prefix cleared.
    #[must_use]
    pub fn prefix(&self, address: IpAddr) -> Vec<u8> {
        match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.v4)).unwrap_or(0);
                (address.to_bits() & mask).to_be_bytes().to_vec()
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.v6)).unwrap_or(0);
                (address.to_bits() & mask).to_be_bytes().to_vec()
            }
        }
    }
}
