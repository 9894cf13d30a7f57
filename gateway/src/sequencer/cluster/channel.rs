//! A sealed stream between two gateways that hold the same cluster key.
//!
//! ```text
//! each side sends 32 random bytes
//! key of a direction = HKDF-SHA-256(salt = caller's || callee's bytes, cluster key,
//!                                   "hanpyo v1 cluster" || election || direction)
//! frame = u32 length, ChaCha20-Poly1305(nonce = number of the frame, id u64 || content)
//! ```
//!
//! Both random values go into the keys, so nothing of one connection can be replayed in another;
//! within one, every frame has its number. The caller's first frame is empty: it proves the key.

use super::super::wire::MAX_LEN;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;
use voting_core::ids::ElectionId;
use zeroize::Zeroizing;

const PURPOSE: &[u8] = b"hanpyo v1 cluster";
/// How long the other side may take to show that it has the key.
const HANDSHAKE: Duration = Duration::from_secs(2);
/// Identifier, content and seal.
const MAX_FRAME: usize = 8 + MAX_LEN + 16;

/// What the gateways of one election share.
#[derive(Clone)]
pub(in crate::sequencer) struct ClusterKey {
    pub(in crate::sequencer) secret: Zeroizing<[u8; 32]>,
    pub(in crate::sequencer) election: ElectionId,
}

/// The sending half.
pub(super) struct Sender {
    stream: OwnedWriteHalf,
    key: LessSafeKey,
    sent: u64,
}

/// The receiving half.
pub(super) struct Receiver {
    stream: OwnedReadHalf,
    key: LessSafeKey,
    received: u64,
}

/// Calls another gateway.
pub(super) async fn call(address: &str, key: &ClusterKey) -> Result<(Sender, Receiver)> {
    let calling = async {
        let stream = TcpStream::connect(address).await?;
        let (mut sender, receiver) = agree(stream, key, true).await?;
        sender.send(0, &[]).await?;
        Ok((sender, receiver))
    };
    timeout(HANDSHAKE, calling).await?
}

/// Answers a call; refuses whoever does not have the key.
pub(super) async fn answer(stream: TcpStream, key: &ClusterKey) -> Result<(Sender, Receiver)> {
    let answering = async {
        let (sender, mut receiver) = agree(stream, key, false).await?;
        match receiver.receive().await? {
            (0, content) if content.is_empty() => Ok((sender, receiver)),
            _ => Err(invalid()),
        }
    };
    timeout(HANDSHAKE, answering).await?
}

async fn agree(
    mut stream: TcpStream,
    key: &ClusterKey,
    caller: bool,
) -> Result<(Sender, Receiver)> {
    stream.set_nodelay(true)?;
    let (mut own, mut theirs) = ([0; 32], [0; 32]);
    SystemRandom::new().fill(&mut own).map_err(|_| invalid())?;
    stream.write_all(&own).await?;
    stream.read_exact(&mut theirs).await?;
    let salt = match caller {
        true => [own, theirs],
        false => [theirs, own],
    };
    let [calling, called] = [&b"caller"[..], b"callee"].map(|name| derive(key, &salt, name));
    let (out, back) = match caller {
        true => (calling?, called?),
        false => (called?, calling?),
    };
    let (read, write) = stream.into_split();
    let sender = Sender {
        stream: write,
        key: out,
        sent: 0,
    };
    let receiver = Receiver {
        stream: read,
        key: back,
        received: 0,
    };
    Ok((sender, receiver))
}

fn derive(key: &ClusterKey, salt: &[[u8; 32]; 2], direction: &[u8]) -> Result<LessSafeKey> {
    let drawn = Salt::new(HKDF_SHA256, salt.as_flattened()).extract(key.secret.as_ref());
    let info = [PURPOSE, key.election.as_bytes(), direction];
    let derived = drawn.expand(&info, &CHACHA20_POLY1305);
    let derived = derived.map_err(|_| invalid())?;
    Ok(LessSafeKey::new(UnboundKey::from(derived)))
}

impl Sender {
    /// Sends a frame.
    pub(super) async fn send(&mut self, id: u64, content: &[u8]) -> Result<()> {
        let mut sealed = Vec::with_capacity(4 + 8 + content.len() + 16);
        sealed.extend_from_slice(&id.to_be_bytes());
        sealed.extend_from_slice(content);
        let nonce = nonce(&mut self.sent)?;
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
            .map_err(|_| invalid())?;
        let length = u32::try_from(sealed.len()).map_err(|_| invalid())?;
        let mut frame = length.to_be_bytes().to_vec();
        frame.append(&mut sealed);
        self.stream.write_all(&frame).await
    }
}

impl Receiver {
    /// Waits for a frame: identifier and content.
    pub(super) async fn receive(&mut self) -> Result<(u64, Vec<u8>)> {
        let length = usize::try_from(self.stream.read_u32().await?).map_err(|_| invalid())?;
        if length > MAX_FRAME {
            return Err(invalid());
        }
        // Grows as the bytes come: an announced length alone costs nothing.
        let mut sealed = Vec::new();
        let announced = (&mut self.stream).take(length as u64);
        { announced }.read_to_end(&mut sealed).await?;
        if sealed.len() != length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let nonce = nonce(&mut self.received)?;
        let opened = self.key.open_in_place(nonce, Aad::empty(), &mut sealed);
        let opened = opened.map_err(|_| invalid())?;
        let (id, content) = opened.split_first_chunk().ok_or_else(invalid)?;
        Ok((u64::from_be_bytes(*id), content.to_vec()))
    }
}

/// The number of the next frame; a connection ends long before they run out.
fn nonce(count: &mut u64) -> Result<Nonce> {
    let mut bytes = [0; NONCE_LEN];
    bytes[4..].copy_from_slice(&count.to_be_bytes());
    *count = count.checked_add(1).ok_or_else(invalid)?;
    Ok(Nonce::assume_unique_for_key(bytes))
}

fn invalid() -> Error {
    ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn key(secret: u8, election: u8) -> ClusterKey {
        ClusterKey {
            secret: Zeroizing::new([secret; 32]),
            election: ElectionId::new([election; 32]),
        }
    }

    async fn meet(a: ClusterKey, b: ClusterKey) -> (Result<(Sender, Receiver)>, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let calling = tokio::spawn(async move { call(&address, &a).await });
        let (stream, _) = listener.accept().await.unwrap();
        let answered = answer(stream, &b).await;
        (answered, calling.await.unwrap().is_ok())
    }

    #[tokio::test]
    async fn frames_arrive_whole_and_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let caller = tokio::spawn(async move {
            let (mut sender, mut receiver) = call(&address, &key(1, 1)).await.unwrap();
            for n in 1..5 {
                sender.send(n, &vec![7; 10_000]).await.unwrap();
            }
            receiver.receive().await.unwrap()
        });
        let (stream, _) = listener.accept().await.unwrap();
        let (mut sender, mut receiver) = answer(stream, &key(1, 1)).await.unwrap();
        for n in 1..5 {
            assert_eq!(receiver.receive().await.unwrap(), (n, vec![7; 10_000]));
        }
        sender.send(9, b"answer").await.unwrap();
        assert_eq!(caller.await.unwrap(), (9, b"answer".to_vec()));
    }

    #[tokio::test]
    async fn another_key_or_election_is_refused() {
        assert!(meet(key(1, 1), key(1, 1)).await.0.is_ok());
        assert!(meet(key(1, 1), key(2, 1)).await.0.is_err());
        assert!(meet(key(1, 1), key(1, 2)).await.0.is_err());
    }

    #[tokio::test]
    async fn what_was_recorded_cannot_be_played_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // A wire tapper between the two, who keeps what the caller sends.
        let tap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tapped = tap.local_addr().unwrap().to_string();
        let caller = tokio::spawn(async move { call(&tapped, &key(1, 1)).await });
        let (mut from, _) = tap.accept().await.unwrap();
        let mut to = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let callee = tokio::spawn(async move { answer(stream, &key(1, 1)).await });
        let mut hello = [0; 32];
        from.read_exact(&mut hello).await.unwrap();
        to.write_all(&hello).await.unwrap();
        let mut theirs = [0; 32];
        to.read_exact(&mut theirs).await.unwrap();
        from.write_all(&theirs).await.unwrap();
        let mut proof = [0; 28];
        from.read_exact(&mut proof).await.unwrap();
        to.write_all(&proof).await.unwrap();
        assert!(caller.await.unwrap().is_ok() && callee.await.unwrap().is_ok());

        let mut replay = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        replay.write_all(&hello).await.unwrap();
        replay.write_all(&proof).await.unwrap();
        assert!(answer(stream, &key(1, 1)).await.is_err());
    }
}
