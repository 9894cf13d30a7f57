//! A voter and their device.

use super::{Answer, Api, World};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::sync::Arc;
use voting_core::audit::State;
use voting_core::ballot::{BallotParameters, Choices, SealSeeds, SealedBallot, seal};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::group::decode_nonidentity;
use voting_core::ids::{ElectionId, Sequence};
use voting_core::keys::SecretKey;
use voting_core::tracking::TrackingCode;

/// A person with a credential on a device.
pub(crate) struct Voter {
    pub(crate) key: SecretKey,
    pub(crate) credential: Credential,
    pub(crate) election: ElectionId,
    pub(crate) parameters: Arc<BallotParameters>,
}

impl World {
    /// What this world's ballots are sealed with, from what the gateway publishes.
    pub(crate) async fn parameters(&self, api: &Api) -> Arc<BallotParameters> {
        let election = api.get("/api/v1/election").await.json();
        let h = election["election_key"].as_str().unwrap();
        let h = data_encoding::HEXLOWER
            .decode(h.as_bytes())
            .unwrap()
            .try_into()
            .unwrap();
        let h = decode_nonidentity(&h, "election key").unwrap();
        let state = State::new(Arc::new(self.manifest.clone())).unwrap();
        Arc::new(BallotParameters::new(
            state.election(),
            h,
            state.shape().clone(),
        ))
    }

    /// Identifies a person and gets a credential for a fresh key.
    pub(crate) async fn voter(&self, api: &Api, ci: &str) -> Voter {
        let parameters = self.parameters(api).await;
        self.voter_with(api, ci, parameters).await
    }

    /// Identifies a person.
    pub(crate) async fn session(&self, api: &Api, ci: &str) -> String {
        let answer = api.identify(ci).await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.bytes)
        );
        answer.json()["session"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn voter_with(
        &self,
        api: &Api,
        ci: &str,
        parameters: Arc<BallotParameters>,
    ) -> Voter {
        let session = self.session(api, ci).await;
        self.voter_in(api, &session, parameters).await
    }

    /// The person of a session, with a credential for a fresh key.
    pub(crate) async fn voter_of(&self, api: &Api, session: &str) -> Voter {
        let parameters = self.parameters(api).await;
        self.voter_in(api, session, parameters).await
    }

    async fn voter_in(&self, api: &Api, session: &str, parameters: Arc<BallotParameters>) -> Voter {
        let key = SecretKey::generate(&mut UnwrapErr(SysRng));
        let bytes = key.verify_key().to_bytes();
        let credential = api
            .post_as(session, "/api/v1/credentials", &bytes)
            .await
            .ok();
        let credential = Credential::from_bytes(&credential).unwrap();
        let election = self.manifest.election_id();
        Voter {
            key,
            credential,
            election,
            parameters,
        }
    }
}

impl Voter {
    pub(crate) fn seal(&self, chosen: &[u32]) -> SealedBallot {
        let choices = Choices::new(&self.parameters.shape, chosen).unwrap();
        let seeds = SealSeeds::generate(&mut UnwrapErr(SysRng));
        seal(&self.parameters, &self.credential.voter, &choices, &seeds)
    }

    /// The bytes of a first cast ballot.
    pub(crate) fn cast(&self, sealed: &SealedBallot) -> Vec<u8> {
        self.sign(sealed.bytes().to_vec(), Sequence::new(0), None)
    }

    pub(crate) fn sign(
        &self,
        ballot: Vec<u8>,
        sequence: Sequence,
        previous: Option<TrackingCode>,
    ) -> Vec<u8> {
        let credential = self.credential.clone();
        let order = (sequence, previous);
        CastBallot::sign(&self.key, &self.election, credential, order, ballot).to_bytes()
    }

    pub(crate) fn request(&self, code: TrackingCode, intent: CodeIntent) -> Vec<u8> {
        let credential = self.credential.clone();
        CodeRequest::sign(&self.key, &self.election, credential, code, intent).to_bytes()
    }

    pub(crate) async fn register(&self, api: &Api, code: TrackingCode) -> Answer {
        api.post("/api/v1/pending", &self.request(code, CodeIntent::Pending))
            .await
    }

    pub(crate) async fn spoil(&self, api: &Api, code: TrackingCode) -> Answer {
        api.post("/api/v1/spoiled", &self.request(code, CodeIntent::Spoil))
            .await
    }

    /// Seals and casts; the receipt.
    pub(crate) async fn vote(&self, api: &Api, chosen: &[u32]) -> Vec<u8> {
        api.post("/api/v1/ballots", &self.cast(&self.seal(chosen)))
            .await
            .ok()
    }
}
