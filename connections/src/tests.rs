use super::*;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn served(most: usize, header_timeout: Duration) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(async || "here"));
    let bounds = Bounds {
        most,
        header_timeout,
        write_timeout: Duration::from_secs(60),
        drain_timeout: Duration::from_secs(60),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let task = tokio::spawn(serve(listener, router, bounds, stopped));
    Served {
        address,
        stop,
        task,
    }
}

/// Sends something and reads until an answer is whole or the connection ends; what was read.
async fn ask(stream: &mut TcpStream, bytes: &[u8]) -> String {
    let mut answer = Vec::new();
    // A connection that was closed at once may refuse what is sent.
    if stream.write_all(bytes).await.is_ok() {
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..length]);
            if answer.ends_with(b"here") {
                break;
            }
        }
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn there_are_so_many_places_and_they_are_given_back() {
    let served = served(1, Duration::from_secs(600)).await;
    let connect = || TcpStream::connect(served.address);
    let mut first = connect().await.unwrap();
    assert!(ask(&mut first, REQUEST).await.ends_with("here"));
    let mut second = connect().await.unwrap();
    assert_eq!(ask(&mut second, REQUEST).await, "");
    assert!(ask(&mut first, REQUEST).await.ends_with("here"));
    drop(first);
    loop {
        let mut next = connect().await.unwrap();
        if ask(&mut next, REQUEST).await.ends_with("here") {
            break;
        }
    }
    served.stop.send(()).unwrap();
    served.task.await.unwrap();
}

#[tokio::test]
async fn whoever_sends_half_a_head_or_nothing_is_not_waited_for() {
    let served = served(8, Duration::from_millis(100)).await;
    for sent in [&b""[..], b"GET / HTTP/1.1\r\nhost: "] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        // It ends: without a bound this would wait for ever.
        assert!(!ask(&mut stream, sent).await.contains("here"));
    }
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    assert!(ask(&mut idle, REQUEST).await.ends_with("here"));
    assert!(!ask(&mut idle, b"").await.contains("here"));
    served.stop.send(()).unwrap();
    served.task.await.unwrap();
}

#[tokio::test]
async fn idle_connections_hold_up_no_stop() {
    let served = served(8, Duration::from_secs(600)).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    assert!(ask(&mut idle, REQUEST).await.ends_with("here"));
    served.stop.send(()).unwrap();
    served.task.await.unwrap();
    assert_eq!(ask(&mut idle, b"").await, "");
}
