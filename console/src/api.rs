//! The console's HTTP interface, for its own page alone; it changes with the page.

mod actions;
mod body;
mod desk;
mod drafts;
mod election;
mod enrol;
mod members;
mod openid;
mod page;
mod proposals;
mod ratify;
mod result;
mod rolls;
mod stages;
mod trustees;
mod uploads;

pub use openid::Purpose;

use crate::access::guard;
use crate::arrivals::Arrivals;
use crate::clock::Clock;
use crate::desk::DeskToken;
use crate::gateway::Gateway;
use crate::oidc::{Oidc, RETURN_PATH};
use crate::operations::Operations;
use crate::passkeys::Passkeys;
use crate::problem::{Problem, ProblemKind};
use crate::store::Store;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post, put};
use std::sync::Arc;
use voting_core::ids::UnixMillis;

/// What every request may use.
pub type Shared = Arc<Console>;

/// The console.
pub struct Console {
    /// Its store.
    pub store: Store,
    /// Passkeys.
    pub passkeys: Passkeys,
    /// The office's OpenID provider, where one is named.
    pub oidc: Option<Oidc>,
    /// The election's gateway.
    pub gateway: Gateway,
    /// The desk that is opened here, where there is one.
    pub desk: Option<DeskToken>,
    /// What the gateway's counts were in the last hour.
    pub arrivals: Arrivals,
    /// How each gateway is.
    pub operations: Operations,
    /// The web origin of its page.
    pub origin: String,
    /// The clock.
    pub clock: Clock,
}

impl Console {
    pub(crate) fn now(&self) -> UnixMillis {
        (self.clock)()
    }
}

/// The page, its files and the interface behind it.
pub fn router(console: Shared) -> Router {
    let api = Router::new()
        .route("/enrol/start", only(post(enrol::start)))
        .route("/enrol/finish", only(post(enrol::finish)))
        .route("/signin/start", only(post(enrol::signin_start)))
        .route("/signin/finish", only(post(enrol::signin_finish)))
        .route("/signin/ways", only(get(openid::ways)))
        .route("/openid/start", only(post(openid::start)))
        .route("/openid/finish", only(post(openid::finish)))
        .route("/signout", only(post(enrol::signout)))
        .route("/me", only(get(members::me)))
        .route("/me/key", only(post(members::set_key)))
        .route("/me/openid", only(post(openid::link)))
        .route("/members", only(get(members::list).post(members::invite)))
        .route("/members/{id}/end", only(post(members::end)))
        .route("/members/{id}/openid/end", only(post(openid::unlink)))
        .route("/desk", only(get(desk::shown)))
        .route("/desk/pass", only(post(desk::pass)))
        .route("/presets", only(get(drafts::presets)))
        .route("/drafts", only(get(drafts::list).post(drafts::create)))
        .route("/drafts/{id}", only(get(drafts::one).put(drafts::change)))
        .route("/drafts/{id}/projects", only(put(drafts::projects)))
        .route("/drafts/{id}/simulation", only(post(drafts::simulation)))
        .route("/drafts/{id}/founding", only(post(drafts::found)))
        .route(
            "/proposals",
            only(get(proposals::list).post(actions::propose)),
        )
        .route("/proposals/publish", only(post(uploads::publish)))
        .route(
            "/proposals/offline-totals",
            only(post(uploads::offline_totals)),
        )
        .route(
            "/proposals/software-changed",
            only(post(uploads::software_changed)),
        )
        .route("/proposals/{id}", only(get(proposals::one)))
        .route("/proposals/{id}/file", only(get(proposals::file)))
        .route("/proposals/{id}/manifest", only(get(proposals::manifest)))
        .route("/proposals/{id}/signature", only(post(proposals::sign)))
        .route("/proposals/{id}/submission", only(post(proposals::submit)))
        .route(
            "/proposals/{id}/withdrawal",
            only(post(proposals::withdraw)),
        )
        .route("/election", only(get(election::dashboard)))
        .route("/result", only(get(result::shown)))
        .route("/result/{file}", only(get(result::file)))
        .route("/rolls", only(get(rolls::counts).post(rolls::import)))
        .route("/manifest", only(get(election::manifest)))
        .route("/log/{*path}", only(get(election::log)))
        .fallback(async || Problem::from(ProblemKind::NotFound));
    Router::new()
        .nest(
            "/api",
            api.layer(from_fn_with_state(console.clone(), guard)),
        )
        .route("/", only(get(page::page)))
        .route(RETURN_PATH, only(get(page::page)))
        .route("/assets/{*path}", only(get(page::asset)))
        .route("/assets.json", only(get(page::list)))
        .fallback(async || Problem::from(ProblemKind::NotFound))
        .with_state(console)
}

/// Every other method gets its problem.
fn only(methods: MethodRouter<Shared>) -> MethodRouter<Shared> {
    methods.fallback(async || Problem::from(ProblemKind::MethodNotAllowed))
}
