//! The Ed25519 rule at its edges: where libraries differ, every verifier of the log must not.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::generate::hex;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
const MESSAGE: &[u8] = b"hanpyo";

/// The file of signatures, by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let cases = [good(), of_s(), of_a(), of_r()].concat();
    let value = json!({
        "about": "Ed25519 signatures over the message alone, and whether each is one",
        "cases": cases,
    });
    vec![("signatures".to_owned(), value)]
}

fn case(about: &str, key: [u8; 32], message: &[u8], signature: [u8; 64], accept: bool) -> Value {
    json!({
        "about": about,
        "key": hex(key),
        "message": hex(message),
        "signature": hex(signature),
        "accept": accept,
    })
}

fn scalar(n: u8) -> Scalar {
    Scalar::from_bytes_mod_order([n; 32])
}

fn encoded(point: &EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::digest([&r[..], key, message].concat());
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// `(r, s)` with `s = nonce + k a`, whatever bytes stand for `R` and for the key.
fn sign(nonce: &Scalar, a: &Scalar, r: [u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    join(r, (nonce + challenge(&r, key, message) * a).to_bytes())
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}

fn honest() -> ([u8; 32], [u8; 64]) {
    let (a, nonce) = (scalar(5), scalar(6));
    let key = encoded(&(B * a));
    (key, sign(&nonce, &a, encoded(&(B * nonce)), &key, MESSAGE))
}

fn good() -> Vec<Value> {
    let (key, signature) = honest();
    let mut changed = signature;
    changed[40] ^= 1;
    vec![
        case("a signature", key, MESSAGE, signature, true),
        case("a bit of s is flipped", key, MESSAGE, changed, false),
        case("of another message", key, b"hanpyO", signature, false),
    ]
}

fn of_s() -> Vec<Value> {
    let (key, signature) = honest();
    let mut malleable = signature;
    let mut carry = 0;
    for (byte, order) in malleable[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        let [high, low] = sum.to_be_bytes();
        (*byte, carry) = (low, high.into());
    }
    let r = signature[..32].try_into().expect("32 bytes");
    vec![
        case("s + l for s", key, MESSAGE, malleable, false),
        case("s is l", key, MESSAGE, join(r, ORDER), false),
        case("s is all ones", key, MESSAGE, join(r, [0xff; 32]), false),
    ]
}

/// Keys with a part of small order. `s B - k A` leaves `-k T` of a key `a B + T`, so the equation
/// holds if and only if 8 divides `k`; with the cofactor it would always.
fn of_a() -> Vec<Value> {
    let (a, nonce) = (scalar(5), scalar(6));
    let r = encoded(&(B * nonce));
    let small = EIGHT_TORSION.iter().map(|torsion| {
        let key = encoded(torsion);
        let signature = sign(&nonce, &Scalar::ZERO, r, &key, MESSAGE);
        case("A is of small order", key, MESSAGE, signature, false)
    });
    let mixed = encoded(&(B * a + EIGHT_TORSION[1]));
    let divisible = |message: &[u8]| challenge(&r, &mixed, message).as_bytes()[0].is_multiple_of(8);
    let find = |wanted| (0..=u8::MAX).find(|n| divisible(&[*n]) == wanted);
    let (even, odd) = (find(true).expect("1 in 8"), find(false).expect("7 in 8"));
    let of = |about, n: u8, accept| {
        let signature = sign(&nonce, &a, r, &mixed, &[n]);
        case(about, mixed, &[n], signature, accept)
    };
    let mut not_canonical = [0xff; 32];
    (not_canonical[0], not_canonical[31]) = (0xee, 0x7f);
    let one = sign(&nonce, &Scalar::ZERO, r, &not_canonical, MESSAGE);
    small
        .chain([
            of(
                "A has a part of order 8, and 8 does not divide k",
                odd,
                false,
            ),
            of("A has a part of order 8, and 8 divides k", even, true),
            case(
                "A is 1 written as p + 1",
                not_canonical,
                MESSAGE,
                one,
                false,
            ),
        ])
        .collect()
}

/// `R` of small order, where `s = k a` and 8 divides `k`: without rule 3 the equation holds.
fn of_r() -> Vec<Value> {
    let a = scalar(5);
    let key = encoded(&(B * a));
    let identity = encoded(&EIGHT_TORSION[0]);
    let of = |about, r, nonce| {
        let signature = sign(&nonce, &a, r, &key, MESSAGE);
        case(about, key, MESSAGE, signature, false)
    };
    let mut p_plus_one = [0xff; 32];
    (p_plus_one[0], p_plus_one[31]) = (0xee, 0x7f);
    let mut minus_zero = identity;
    minus_zero[31] = 0x80;
    let nonce = scalar(6);
    let torsion = encoded(&(B * nonce + EIGHT_TORSION[1]));
    vec![
        of("R is the identity", identity, Scalar::ZERO),
        of(
            "R is the identity, written as p + 1",
            p_plus_one,
            Scalar::ZERO,
        ),
        of(
            "R is the identity with the sign of x set",
            minus_zero,
            Scalar::ZERO,
        ),
        of("R is of order 8", encoded(&EIGHT_TORSION[1]), Scalar::ZERO),
        of("R has a part of order 8", torsion, nonce),
        of("R is no point", [2; 32], nonce),
    ]
}
