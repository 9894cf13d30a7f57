//! A real Redis, and one that lies.

use super::lasting_port;
use gateway::config::Secret;
use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A redis-server on a free port, without files. Killed when dropped.
pub(crate) struct Redis {
    port: u16,
    child: Child,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        Self::start_at(lasting_port()).await
    }

    async fn start_at(port: u16) -> Self {
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is needed: apt-get install redis-server");
        let redis = Self { port, child };
        until("Redis listens", async || {
            redis.command("PING").await.is_some()
        })
        .await;
        redis
    }

    pub(crate) fn url(&self) -> Secret {
        Secret::new(format!("redis://127.0.0.1:{}", self.port))
    }

    /// Kills it and starts another one in its place, which has forgotten everything.
    pub(crate) async fn restart(mut self) -> Self {
        let port = self.port;
        self.stop();
        drop(self);
        Self::start_at(port).await
    }

    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends an inline command; the first line of the answer.
    pub(crate) async fn command(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        stream
            .write_all(format!("{command}\r\n").as_bytes())
            .await
            .ok()?;
        let mut answer = [0; 100];
        let length = stream.read(&mut answer).await.ok()?;
        let line = String::from_utf8_lossy(&answer[..length]);
        Some(line.lines().next()?.to_owned())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that gives every request the same answer.
pub(crate) async fn lying(answer: &'static str) -> Secret {
    // Pipelined greetings and scripts alike.
    answering(move |_| answer.repeat(4)).await
}

/// A server that counts as the script does, but refuses whom it will: `refuses` is told a key and how
/// often it was asked of before.
pub(crate) async fn refusing(
    refuses: impl Fn(&str, u32) -> bool + Send + Sync + 'static,
) -> Secret {
    let counts = Mutex::new(HashMap::<String, u32>::new());
    let script = move |key: &str, interval: &str, burst: u32| {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(key.to_owned()).or_default();
        let before = *count;
        *count += 1;
        if before >= burst || refuses(key, before) {
            return format!("*3\r\n:0\r\n:0\r\n:{interval}\r\n");
        }
        format!("*3\r\n:1\r\n:{}\r\n:0\r\n", burst - before - 1)
    };
    let answer = move |request: &str| match &words(request)[..] {
        ["EVALSHA", _, "1", key, interval, burst] => {
            let key = key.strip_prefix("hanpyo:limit:").unwrap();
            script(key, interval, burst.parse().unwrap())
        }
        _ => "+OK\r\n".to_owned(),
    };
    answering(move |requests| requests.split_inclusive('*').skip(1).map(&answer).collect()).await
}

/// The words of a command, each of which stands behind its length.
fn words(request: &str) -> Vec<&str> {
    let lines = request.trim_end_matches('*').split("\r\n").skip(1);
    lines
        .skip(1)
        .step_by(2)
        .filter(|word| !word.is_empty())
        .collect()
}

/// A server that answers whatever arrives at once.
async fn answering(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Secret {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    let answer = answer(&String::from_utf8_lossy(&buffer[..length]));
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Secret::new(format!("redis://127.0.0.1:{port}"))
}

/// Waits until something holds; it must within half a minute.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not yet: {what}");
}
