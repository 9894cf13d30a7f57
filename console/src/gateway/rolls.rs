//! Rolls, passed on as they come: the registrar judges them, and the console keeps nothing of a file.

use super::{Gateway, GatewayError, MAX_JSON, accepted, unverified};
use reqwest::header::HeaderValue;
use serde_json::Value;
use std::time::Duration;

/// The header that a claim travels in.
pub const ROLL_CLAIM: &str = "hanpyo-roll-claim";
/// How long to wait for a large roll to be judged.
const PATIENCE: Duration = Duration::from_secs(180);

impl Gateway {
    /// How many rolls were imported, and how many people are on them.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn rolls(&self) -> Result<Value, GatewayError> {
        self.json("/api/v1/rolls").await
    }

    /// Sends a roll file with a member's claim; gives what became of its rows.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn import_roll(
        &self,
        claim: HeaderValue,
        file: Vec<u8>,
    ) -> Result<Value, GatewayError> {
        let request = self.post("/api/v1/rolls");
        let request = request.header("content-type", "application/octet-stream");
        let request = request.header(ROLL_CLAIM, claim).timeout(PATIENCE);
        let bytes = accepted(request.body(file), MAX_JSON).await?;
        serde_json::from_slice(&bytes).map_err(unverified)
    }
}
