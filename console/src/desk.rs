//! The desk (창구) that this console opens for clerks (docs/GATEWAY.md, "Desks and kiosks").

use crate::gateway::{Gateway, GatewayError, MAX_JSON, accepted};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

/// A desk's token at the gateway: wiped when dropped, never printed. It goes to the gateway alone;
/// a clerk's browser gets a pass that was drawn with it.
pub struct DeskToken(Zeroizing<String>);

/// A clerk's pass, as the gateway gives it.
#[derive(Deserialize)]
pub struct Pass {
    /// What the desk's page sends.
    pub pass: String,
    /// From then on it is refused, ms.
    pub expires_at: u64,
}

impl DeskToken {
    /// The token of `gateway desk-token`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Gateway {
    /// Draws a pass for a clerk.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn draw_pass(&self, desk: &DeskToken, clerk: &str) -> Result<Pass, GatewayError> {
        let request = self.post("/api/v1/desk/passes").bearer_auth(&*desk.0);
        let bytes = accepted(request.json(&json!({ "clerk": clerk })), MAX_JSON).await?;
        let bytes = Zeroizing::new(bytes);
        // The parser's own words could repeat the pass.
        let unreadable = |_| GatewayError::Unverified("the pass cannot be read".into());
        serde_json::from_slice(&bytes).map_err(unreadable)
    }
}
