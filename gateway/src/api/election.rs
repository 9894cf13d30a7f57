//! What everyone may know of the election.

use super::Shared;
use super::notices::{self, NoticesOffered};
use crate::board::Caching;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use data_encoding::HEXLOWER;
use serde::Serialize;
use utoipa::ToSchema;
use voting_core::audit::Stage;
use voting_core::ids::{DocumentHash, ElectionId, UnixMillis};
use voting_core::manifest::Bilingual;

#[derive(Serialize, ToSchema)]
#[schema(as = Election)]
pub(super) struct ElectionDocument {
    #[schema(value_type = String)]
    election: ElectionId,
    #[schema(value_type = String)]
    manifest: DocumentHash,
    #[schema(value_type = Object)]
    title: Bilingual,
    demonstration: bool,
    origin: String,
    #[schema(value_type = String)]
    stage: Stage,
    /// Milliseconds, by the clock that decides.
    #[schema(value_type = u64)]
    server_time: UnixMillis,
    #[schema(value_type = u64)]
    opens_at: UnixMillis,
    /// With every extension so far.
    #[schema(value_type = u64)]
    closes_at: UnixMillis,
    #[schema(value_type = u64)]
    extension_limit: UnixMillis,
    /// From this instant on the close can be finalised.
    #[schema(value_type = u64)]
    drained_at: UnixMillis,
    /// Whether a ballot received now would be taken.
    accepting: bool,
    voting_again: bool,
    ballot_bytes: Option<usize>,
    /// `H`, once the election has opened.
    election_key: Option<String>,
    log_size: u64,
    /// The number of the next staff action.
    next_action: u32,
    withdrawn: Vec<Withdrawn>,
    /// What staff told everybody, the newest first.
    announcements: Vec<Announcement>,
    identity_providers: Vec<&'static str>,
    /// Which notices can be had; null where there are none.
    notices: Option<NoticesOffered>,
}

#[derive(Serialize, ToSchema)]
struct Withdrawn {
    project: u32,
    #[schema(value_type = Object)]
    reason: Bilingual,
}

#[derive(Serialize, ToSchema)]
struct Announcement {
    /// When it entered the log, ms.
    #[schema(value_type = u64)]
    time: UnixMillis,
    #[schema(value_type = Object)]
    text: Bilingual,
}

/// The election: ids, stage, schedule, what ballots are sealed with.
#[utoipa::path(get, path = "/election", responses((status = 200, body = ElectionDocument)))]
pub(super) async fn election(State(services): State<Shared>) -> Json<ElectionDocument> {
    let (view, manifest) = (services.sequencer.view(), &services.manifest);
    let (now, schedule) = (services.clock.now(), &view.schedule);
    let parameters = view.parameters.as_ref();
    let within = schedule.opens_at <= now && now < schedule.closes_at;
    let withdrawn = view.withdrawn.iter().map(|(project, reason)| Withdrawn {
        project: *project,
        reason: reason.clone(),
    });
    let announcements = view.notices.iter().map(|notice| Announcement {
        time: notice.time,
        text: notice.text.clone(),
    });
    let key = parameters.map(|p| HEXLOWER.encode(p.election_key.compress().as_bytes()));
    Json(ElectionDocument {
        election: manifest.election_id(),
        manifest: DocumentHash::of(manifest.canonical()),
        title: manifest.title.clone(),
        demonstration: manifest.demonstration,
        origin: manifest.origin.to_string(),
        stage: view.stage,
        server_time: now,
        opens_at: schedule.opens_at,
        closes_at: schedule.closes_at,
        extension_limit: schedule.extension_limit,
        drained_at: schedule.drained_at(),
        accepting: view.stage == Stage::Open && within,
        voting_again: manifest.ballot.voting_again,
        ballot_bytes: parameters.map(|p| p.shape.ballot_len()),
        election_key: key,
        log_size: view.size,
        next_action: view.actions,
        withdrawn: withdrawn.collect(),
        announcements: announcements.collect(),
        identity_providers: services.identity.names().collect(),
        notices: notices::offered(&services),
    })
}

/// The manifest: the canonical bytes whose hash is the election id.
#[utoipa::path(get, path = "/manifest", responses((status = 200, body = Object)))]
pub(super) async fn manifest(State(services): State<Shared>, headers: HeaderMap) -> Response {
    let caching = Caching::Superseded;
    services.manifest_file.answer(&headers, caching)
}

#[derive(Serialize, ToSchema)]
#[schema(as = Status)]
pub(super) struct StatusDocument {
    #[schema(value_type = String)]
    stage: Stage,
    #[schema(value_type = u64)]
    server_time: UnixMillis,
    log_size: u64,
    /// As far as the public log shows them.
    classes: Vec<ClassDocument>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ClassStatus)]
struct ClassDocument {
    class: String,
    issued: u64,
    cast: u64,
}

/// Issued and cast counts by class, as far as the public log shows them.
#[utoipa::path(get, path = "/status", responses((status = 200, body = StatusDocument)))]
pub(super) async fn status(State(services): State<Shared>) -> Json<StatusDocument> {
    let view = services.sequencer.view();
    let classes = services.manifest.classes.iter().zip(&view.counts);
    let classes = classes.map(|(class, count)| ClassDocument {
        class: class.id.to_string(),
        issued: count.issued,
        cast: count.cast,
    });
    Json(StatusDocument {
        stage: view.stage,
        server_time: services.clock.now(),
        log_size: view.size,
        classes: classes.collect(),
    })
}
