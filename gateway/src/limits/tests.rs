//! The gateway's own counters, addresses, headers.

use super::*;
use crate::config::{Quota, RedisConfig, Secret};
use axum::http::{HeaderMap, HeaderValue};
use governor::clock::FakeRelativeClock;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

fn quota(per_minute: u32, burst: u32) -> Quota {
    let number = |n| NonZeroU32::new(n).unwrap();
    Quota {
        per_minute: number(per_minute),
        burst: number(burst),
    }
}

fn limits(change: impl FnOnce(&mut LimitsConfig)) -> Limits {
    let mut config = LimitsConfig::default();
    change(&mut config);
    Limits::new(&config, None, &[7; 32])
}

fn key(n: u32) -> Key {
    let mut key = Key::default();
    key[..4].copy_from_slice(&n.wrapping_mul(0x9e37_79b9).to_be_bytes());
    key[4..8].copy_from_slice(&n.to_be_bytes());
    key
}

#[test]
fn a_key_has_its_burst_and_then_its_pace() {
    let clock = FakeRelativeClock::default();
    let config = LimitsConfig {
        casting_person: quota(60, 3),
        ..LimitsConfig::default()
    };
    let local = Local::with_clock(&config, clock.clone());
    let check = |n| local.check(Limit::CastingPerson, &key(n));
    for remaining in [2, 1, 0] {
        let verdict = check(1);
        assert!(verdict.allowed);
        assert_eq!(verdict.remaining, remaining);
    }
    let refused = check(1);
    assert!(!refused.allowed);
    assert_eq!(refused.retry_after, Duration::from_secs(1));
    // Nobody else pays for it, and neither does another limit of the same key.
    assert!(check(2).allowed);
    assert!(local.check(Limit::CodePerson, &key(1)).allowed);
    clock.advance(Duration::from_secs(1));
    assert!(check(1).allowed);
    assert!(!check(1).allowed);
}

#[test]
fn memory_is_bounded_and_given_back() {
    let clock = FakeRelativeClock::default();
    let config = LimitsConfig {
        max_keys: 100,
        casting_address: quota(60, 2),
        ..LimitsConfig::default()
    };
    let local = Local::with_clock(&config, clock.clone());
    let known = local.check(Limit::CastingAddress, &key(0));
    assert!(known.allowed);
    let check = |n| local.check(Limit::CastingAddress, &key(n)).allowed;
    let passed = (1..20_000).filter(|n| check(*n)).count();
    // A hundred keys of their own, then 1,024 places of two each.
    assert!((100..=100 + 2 * 1024).contains(&passed), "{passed}");
    assert!(local.keys(Limit::CastingAddress) <= 100 + 1024);
    // Persons have counters of their own, whatever addresses do.
    assert!(local.check(Limit::CastingPerson, &key(1)).allowed);
    clock.advance(Duration::from_secs(10));
    local.tidy();
    assert_eq!(local.keys(Limit::CastingAddress), 0);
}

#[tokio::test]
async fn a_carriers_address_passes_thousands_of_voters() {
    let limits = limits(|_| ());
    let shared: IpAddr = "203.0.113.7".parse().unwrap();
    for voter in 0..3_000_u32 {
        // Identity, credential, code and ballot of each.
        let identity = limits.check_address(Limit::IdentityAddress, shared);
        assert_eq!(identity.await, Ok(()), "voter {voter}");
        for _ in 0..3 {
            let casting = limits.check_address(Limit::CastingAddress, shared);
            assert_eq!(casting.await, Ok(()), "voter {voter}");
        }
        let number = voter.to_be_bytes();
        let person = limits.check(Limit::CastingPerson, &number);
        assert_eq!(person.await, Ok(()), "voter {voter}");
    }
}

#[tokio::test]
async fn a_flood_meets_the_ceiling_of_its_prefix_alone() {
    let limits = limits(|config| config.casting_address = quota(60, 10));
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let check = async |address: &str| {
        let checked = limits
            .check_address(Limit::CastingAddress, ip(address))
            .await;
        checked.is_ok()
    };
    let mut passed = 0;
    for n in 0..50 {
        passed += usize::from(check(&format!("198.51.100.{n}")).await);
    }
    assert_eq!(passed, 10);
    assert!(check("198.51.101.1").await);
    for n in 0..10 {
        assert!(check(&format!("2001:db8:0:ff{n:02}::{n}")).await);
    }
    assert!(!check("2001:db8:0:ffff::1").await);
    assert!(check("2001:db8:1::1").await);
    // Staff on this machine, or a proxy that was not configured.
    for _ in 0..50 {
        assert!(check("127.0.0.1").await && check("::1").await);
    }
    let problem = limits.check_address(Limit::CastingAddress, ip("198.51.100.1"));
    let problem = problem.await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::RateLimited);
    assert!(problem.retry_after.unwrap() <= Duration::from_secs(1));
}

#[test]
fn only_our_proxies_are_believed() {
    let peer: SocketAddr = "[::ffff:192.0.2.1]:99".parse().unwrap();
    let address = |lines: &[&'static str], trusted| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        client_address(peer, &headers, trusted).to_string()
    };
    // Nobody is trusted: the header is what the asker made up.
    assert_eq!(address(&["203.0.113.1"], 0), "192.0.2.1");
    assert_eq!(address(&["203.0.113.1"], 1), "203.0.113.1");
    assert_eq!(address(&["6.6.6.6, 203.0.113.1"], 1), "203.0.113.1");
    assert_eq!(
        address(&["6.6.6.6, 203.0.113.1 ,10.0.0.1"], 2),
        "203.0.113.1"
    );
    assert_eq!(
        address(&["6.6.6.6", "203.0.113.1", "10.0.0.1"], 2),
        "203.0.113.1"
    );
    assert_eq!(address(&["2001:db8::1"], 1), "2001:db8::1");
    // Too short, or not an address: the socket's.
    for lines in [
        &[][..],
        &[""],
        &["unknown"],
        &["203.0.113.1, x"],
        &["1.2.3.4:5"],
    ] {
        assert_eq!(address(lines, 1), "192.0.2.1", "{lines:?}");
    }
    assert_eq!(address(&["203.0.113.1"], 2), "192.0.2.1");
}

#[tokio::test]
async fn answers_say_which_limits_they_met() {
    let limits = limits(|config| {
        config.casting_person = quota(30, 5);
        config.reading_address = quota(7, 2);
    });
    let standings = Standings::default();
    collecting(standings.clone(), async {
        limits.check(Limit::CastingPerson, b"a").await.unwrap();
        let address = "192.0.2.1".parse().unwrap();
        limits
            .check_address(Limit::ReadingAddress, address)
            .await
            .unwrap();
    })
    .await;
    let mut headers = HeaderMap::new();
    standings.write(&mut headers);
    assert_eq!(
        headers["ratelimit-policy"],
        r#""casting-person";q=5;w=10, "reading-address";q=2;w=18"#
    );
    assert_eq!(
        headers["ratelimit"],
        r#""casting-person";r=4;t=2, "reading-address";r=1;t=9"#
    );
    let mut untouched = HeaderMap::new();
    Standings::default().write(&mut untouched);
    assert!(untouched.is_empty());
}

#[tokio::test]
async fn only_what_costs_money_needs_the_shared_counter() {
    let nowhere = Secret::new("redis://127.0.0.1:1".into());
    let config = LimitsConfig::default();
    let shared = Shared::start(&nowhere, &RedisConfig::default(), &config).unwrap();
    let limits = Limits::new(&config, Some(shared), &[7; 32]);
    assert!(limits.is_falling_back());
    for limit in Limit::ALL {
        let checked = limits.check(*limit, b"a").await;
        match limit.costs_money() {
            true => assert_eq!(checked.unwrap_err().kind, ProblemKind::Unavailable),
            false => assert_eq!(checked, Ok(()), "{limit:?}"),
        }
    }
    // Without one configured there is only one gateway, and its own counter is the whole truth.
    let alone = self::limits(|_| ());
    assert_eq!(alone.check(Limit::IdentityPaid, b"a").await, Ok(()));
    assert!(!alone.is_falling_back());
}
