//! Reading a log over HTTP, from a server that is not to be trusted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Log, found, ratified};
use observer::source::{self, Http, LogPath, Source, SourceError};
use observer::{Expectations, Silent, verify};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

/// An answer: status line and headers beyond the length, and the body.
type Answer = (&'static str, Vec<u8>);

/// Serves what `answer` gives for each path; gives the server's URL.
fn serve(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = respond(stream.unwrap(), &answer);
        }
    });
    url
}

fn respond(mut stream: TcpStream, answer: &impl Fn(&str) -> Answer) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap()?;
    let path = request.split(' ').nth(1).unwrap().to_owned();
    while !lines.next().unwrap()?.is_empty() {}
    let (status, body) = answer(&path);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

fn files_below(prefix: &'static str) -> impl Fn(&str) -> Answer + Send + 'static {
    let (election, documents) = ratified();
    let files: BTreeMap<String, Vec<u8>> = Log::of(&election, &documents).files();
    move |path| {
        let file = path.strip_prefix(prefix).and_then(|path| files.get(path));
        file.map_or(("404 Not Found", Vec::new()), |bytes| {
            ("200 OK", bytes.clone())
        })
    }
}

#[test]
fn a_gateway_and_a_static_mirror_are_read_alike() {
    for prefix in ["/log/", "/", "/elsewhere/log/"] {
        let path = if prefix == "/elsewhere/log/" {
            "/elsewhere/log/"
        } else {
            ""
        };
        let url = format!("{}{path}", serve(files_below(prefix)));
        let source = source::open(&url).unwrap();
        let report = verify(&*source, &url, &Expectations::default(), &Silent);
        assert_eq!(found(&report), "verified", "{prefix}: {report}");
    }
}

#[test]
fn redirects_and_endless_answers_are_refused() {
    let elsewhere = serve(files_below("/log/"));
    let redirect = format!("302 Found\r\nlocation: {elsewhere}/log/checkpoint");
    let redirect: &'static str = redirect.leak();
    let url = serve(move |_| (redirect, Vec::new()));
    let refused = Http::new(&url)
        .unwrap()
        .read(LogPath::Checkpoint)
        .unwrap_err();
    assert!(
        matches!(refused, SourceError::Status { status: 302, .. }),
        "{refused}"
    );

    let url = serve(|_| ("200 OK", vec![0; 300 * 1024]));
    let refused = Http::new(&url)
        .unwrap()
        .read(LogPath::Checkpoint)
        .unwrap_err();
    assert!(matches!(refused, SourceError::TooLong { .. }), "{refused}");
    let missing = Http::log(&serve(|_| ("404 Not Found", Vec::new())));
    assert!(matches!(missing, Err(SourceError::Missing(_))));
}
