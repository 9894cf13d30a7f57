//! The HTTP interface: `/api/v1` for those who take part, `/log` for everyone who checks.

mod body;
mod checks;
mod compressed;
mod desk;
mod election;
mod guard;
mod headers;
mod large;
mod log;
mod notices;
mod openapi;
mod page;
mod people;
mod receipts;
mod remainder;
mod request_id;
mod rolls;
mod staff;
mod trustees;
mod waiting;

pub use compressed::Compressed;
pub use large::LargeAnswers;
pub use openapi::openapi;
pub use staff::DOCUMENTS;

use crate::admission::Admission;
use crate::ballot_box::BallotBox;
use crate::board::Board;
use crate::clock::Clock;
use crate::config::{Role, ServerConfig};
use crate::identity::{Desks, Kiosk, Passes, Providers, Sessions};
use crate::limits::Limits;
use crate::notices::Notices;
use crate::problem::{Problem, ProblemKind};
use crate::registrar::Registrar;
use crate::registry::Registry;
use crate::sequencer::Sequencer;
use crate::store::Store;
use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use voting_core::manifest::Manifest;

/// Everything the handlers need.
pub struct Services {
    /// The election.
    pub manifest: Arc<Manifest>,
    /// The manifest as it is served.
    pub manifest_file: Compressed,
    /// The policy of the voters' page where it posts a form to a provider.
    pub page_policy: Option<HeaderValue>,
    /// Reads what was committed.
    pub store: Store,
    /// Writes the log.
    pub sequencer: Sequencer,
    /// Issues credentials.
    pub registrar: Registrar,
    /// Takes ballots.
    pub ballot_box: BallotBox,
    /// Serves the log.
    pub board: Board,
    /// Places for the documents that staff send.
    pub documents: Semaphore,
    /// How many large answers are on their way at once.
    pub large_answers: LargeAnswers,
    /// Keeps what only the registrar knows.
    pub registry: Registry,
    /// Say who someone is.
    pub identity: Providers,
    /// Issues kiosk codes, where there are desks.
    pub kiosk: Option<Kiosk>,
    /// Notices, where they are configured.
    pub notices: Option<Arc<Notices>>,
    /// The desks.
    pub desks: Desks,
    /// Draws their clerks' passes.
    pub passes: Passes,
    /// Seals sessions.
    pub sessions: Sessions,
    /// How long a session is valid.
    pub session_length: Duration,
    /// How much anyone may ask.
    pub limits: Arc<Limits>,
    /// How much is in work at once.
    pub admission: Arc<Admission>,
    /// How the server was configured.
    pub server: ServerConfig,
    /// How long one on a shared device is valid at most.
    pub shared_session_length: Duration,
    /// The server's clock.
    pub clock: Arc<dyn Clock>,
}

pub(crate) type Shared = Arc<Services>;

/// All routes.
pub fn router(services: Arc<Services>) -> Router {
    let api = Router::new()
        .route("/openapi.json", only(get(openapi::document)))
        .route("/election", only(get(election::election)))
        .route("/manifest", only(get(election::manifest)))
        .route("/status", only(get(election::status)))
        .merge(modules(&services.server.roles));
    Router::new()
        .nest("/api/v1", api)
        .merge(board(&services.server.roles))
        .fallback(async || Problem::from(ProblemKind::NotFound))
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(Problem::from(ProblemKind::Internal))
        }))
        .layer(from_fn_with_state(services.clone(), guard::guard))
        // Every refusal has its own line where it needs one: at overload there are thousands.
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_failure(()),
        )
        .layer(from_fn_with_state(services.clone(), request_id::identify))
        .with_state(services)
}

/// What the modules of this process take; what another runs is not found here.
fn modules(roles: &[Role]) -> Router<Shared> {
    let registrar = Router::new()
        .route("/identity/{provider}", only(post(people::identity)))
        .route(
            "/waiting-room",
            only(get(waiting::look).post(waiting::take)),
        )
        .route("/identity/{provider}/begin", only(post(people::begin)))
        .route("/session/end", only(post(people::end_session)))
        .route("/desk/passes", only(post(desk::pass)))
        .route("/desk/kiosk-codes", only(post(desk::kiosk_code)))
        .route("/desk/confirmations", only(post(desk::confirmation)))
        .route("/credentials", only(post(people::credential)))
        .route("/notices", only(post(notices::ask)))
        .route("/rolls", only(get(rolls::counts).post(rolls::import)))
        .route("/checks", only(get(checks::counts).post(checks::report)));
    let ballot_box = Router::new()
        .route("/pending", only(post(people::pending)))
        .route("/spoiled", only(post(people::spoiled)))
        .route("/ballots", only(post(people::ballot)))
        .route("/receipts/{code}", only(get(receipts::receipts)));
    let log = Router::new()
        .route(
            "/trustees/messages",
            only(get(trustees::messages).post(trustees::message)),
        )
        .route("/staff/actions", only(post(staff::action)));
    let all = [
        (Role::Registrar, registrar),
        (Role::BallotBox, ballot_box),
        (Role::Log, log),
    ];
    let own = all.into_iter().filter(|(role, _)| roles.contains(role));
    own.fold(Router::new(), |router, (_, module)| router.merge(module))
}

/// What anyone may see: the log and the voters' page.
fn board(roles: &[Role]) -> Router<Shared> {
    match roles.contains(&Role::Board) {
        true => pages().route("/log/{*path}", only(get(log::file))),
        false => Router::new(),
    }
}

/// The voters' page, the same document at each of its addresses.
fn pages() -> Router<Shared> {
    let router = Router::new()
        .route("/assets/{*path}", only(get(page::asset)))
        .route("/assets.json", only(get(page::list)));
    let router = page::LEAVING.into_iter().fold(router, |router, path| {
        router.route(path, only(get(page::leaving)))
    });
    page::PAGES.into_iter().fold(router, |router, path| {
        router.route(path, only(get(page::page)))
    })
}

/// Every other method gets its problem.
fn only(methods: MethodRouter<Shared>) -> MethodRouter<Shared> {
    methods.fallback(async || Problem::from(ProblemKind::MethodNotAllowed))
}

/// Names the route, never the path: paths hold tracking codes, headers hold sessions.
fn span(request: &axum::extract::Request) -> tracing::Span {
    let route = request.extensions().get::<axum::extract::MatchedPath>();
    let route = route.map_or("", axum::extract::MatchedPath::as_str);
    let id = request.headers().get(request_id::REQUEST_ID);
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or("");
    tracing::info_span!("request", method = %request.method(), route, request_id = id)
}
