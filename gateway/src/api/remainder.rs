//! What a refused sender still sends.
//!
//! A refusal is often made before the content has been read. If the connection were closed then,
//! the sender, who is still sending, would find it reset and never read the answer. So the rest is
//! read and thrown away, so much of it and for so long.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

/// The most bytes that are thrown away; beyond it the connection is closed.
const MOST: usize = 256 << 10;
/// For how long.
const PATIENCE: Duration = Duration::from_secs(2);

/// A request's content whose rest is read to its end even if nobody wants it.
pub(super) struct Remainder(Option<Body>);

impl Remainder {
    pub(super) fn of(body: Body) -> Body {
        Body::new(Self(Some(body)))
    }
}

impl HttpBody for Remainder {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.0.as_ref().map(HttpBody::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

impl Drop for Remainder {
    fn drop(&mut self) {
        let rest = self.0.take().filter(|rest| !rest.is_end_stream());
        let runtime = tokio::runtime::Handle::try_current();
        if let (Some(rest), Ok(runtime)) = (rest, runtime) {
            runtime.spawn(timeout(PATIENCE, throw_away(rest)));
        }
    }
}

async fn throw_away(mut rest: Body) {
    let mut thrown = 0;
    while let Some(Ok(frame)) = rest.frame().await {
        thrown += frame.data_ref().map_or(0, Bytes::len);
        if thrown > MOST {
            return;
        }
    }
}
