//! Ports for servers that are started again where they were.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that systems give to outgoing connections (32768 and up): one of those could be
/// taken by somebody's connection while the server is down.
const FIRST: u32 = 12_000;
const COUNT: u32 = 20_000;

/// A port of the loopback that is free now, and no other call of this process got.
pub(crate) fn lasting_port() -> u16 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    // Tests of several processes begin at different places.
    let start = std::process::id().wrapping_mul(101) % COUNT;
    loop {
        let call = CALLS.fetch_add(1, Ordering::SeqCst);
        let port = u16::try_from(FIRST + (start + call) % COUNT).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
