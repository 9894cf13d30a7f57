//! Asking for a notice. It takes no session: nobody can say whose contact it was.

use super::Shared;
use super::body::{JSON, receive};
use crate::config::{Channel, Secret};
use crate::limits::Limit;
use crate::notices::{AskError, Contact, Event, Moment, NoticeLanguage};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// The most bytes of a request.
const MAX_REQUEST: usize = 1024;

/// Which notices can be had.
#[derive(Serialize, ToSchema)]
pub(super) struct NoticesOffered {
    channels: Vec<Channel>,
    /// What has not happened yet.
    events: Vec<Event>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeRequest)]
pub(super) struct Asked {
    channel: Channel,
    /// A Korean mobile number, or a mail address.
    #[schema(value_type = String)]
    contact: Secret,
    language: NoticeLanguage,
    /// All that is wanted: what is not named is not wanted any more.
    events: Vec<Event>,
}

/// Keeps a contact until it was told of what it wants to be told of. Linked to no vote and no
/// session, sealed at rest, deleted after sending.
#[utoipa::path(
    post,
    path = "/notices",
    request_body(content = Asked),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn ask(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let notices = services.notices.clone().ok_or(ProblemKind::NotFound)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let bytes = Zeroizing::new(received.bytes);
    // The parser's own words could repeat the contact.
    let asked = serde_json::from_slice::<Asked>(&bytes);
    let asked = asked.map_err(|_| ProblemKind::MalformedRequest)?;
    if !notices.channels().contains(&asked.channel) {
        return Err(ProblemKind::UnknownVersion.into());
    }
    let contact = Contact::new(asked.channel, asked.contact.reveal());
    let contact = contact.ok_or(ProblemKind::ContactInvalid)?;
    let ahead = ahead(&services);
    if !asked.events.iter().all(|event| ahead.contains(event)) {
        return Err(ProblemKind::StageForbids.into());
    }
    let subject = contact.as_str().as_bytes();
    services.limits.check(Limit::NoticeContact, subject).await?;
    // Seen through even if whoever asked goes away: all events or, at worst, some of them.
    let kept = notices.ask(&contact, asked.language, &asked.events).await;
    kept.map_err(|error| match error {
        AskError::Full => ProblemKind::Overloaded.into(),
        AskError::Randomness => ProblemKind::Unavailable.into(),
        AskError::Store(error) => Problem::from(error),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is offered now; `None` where nothing is.
pub(super) fn offered(services: &Shared) -> Option<NoticesOffered> {
    let notices = services.notices.as_ref()?;
    Some(NoticesOffered {
        channels: notices.channels().to_vec(),
        events: ahead(services),
    })
}

/// What has not happened yet and still may.
fn ahead(services: &Shared) -> Vec<Event> {
    let (view, now) = (services.sequencer.view(), services.clock.now());
    let is_ahead = |event: &&Event| event.moment(view.stage, &view.schedule, now) == Moment::Ahead;
    Event::ALL.iter().filter(is_ahead).copied().collect()
}
