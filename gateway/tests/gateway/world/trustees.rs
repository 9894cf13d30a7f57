//! Trustees and staff: the ceremony, the shares, the actions.

use super::{Answer, Api, World};
use gateway::staff::{Intent, Signers, propose};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::sync::Arc;
use voting_core::audit::State;
use voting_core::ceremony::{
    Dealer, EncryptionSecret, KeyShare, Outcome, RoundOneSet, RoundTwoSet, Setup,
};
use voting_core::codec::Encode;
use voting_core::ids::TrusteeId;
use voting_core::submission::Submission;
use voting_core::trustee::{Signed, TrusteeMessage};

impl World {
    /// Every trustee's part in an honest ceremony, each message posted; their key shares.
    pub(crate) async fn run_ceremony(&self, api: &Api) -> Vec<KeyShare> {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let state = State::new(Arc::new(self.manifest.clone())).unwrap();
        let setup = state.ceremony().setup().clone();
        let encryption = self.keys.trustee_encryption.iter();
        let encryption = encryption.map(|s| EncryptionSecret::from_bytes(&s.to_bytes()).unwrap());
        let secrets: Vec<EncryptionSecret> = encryption.collect();
        let (mut dealers, mut first) = (Vec::new(), Vec::new());
        for (n, secret) in (1..).zip(&secrets) {
            let started = Dealer::start(&setup, TrusteeId::new(n), secret, &mut rng);
            let (dealer, message) = started.unwrap();
            dealers.push(dealer);
            first.push(self.publish(api, &setup, message).await);
        }
        let first = RoundOneSet::verify(&setup, &first).unwrap();
        let (mut recipients, mut second) = (Vec::new(), Vec::new());
        for dealer in dealers {
            let (recipient, message) = dealer.deal(&first, &mut rng).unwrap();
            recipients.push(recipient);
            second.push(self.publish(api, &setup, message).await);
        }
        let second = RoundTwoSet::verify(first, &second).unwrap();
        let mut shares = Vec::new();
        for (recipient, secret) in recipients.into_iter().zip(&secrets) {
            let Outcome::Confirmed(share, confirmation) =
                recipient.finish(&second, secret, &mut rng).unwrap()
            else {
                panic!("an honest ceremony has no complaints");
            };
            self.publish(api, &setup, *confirmation).await;
            shares.push(share);
        }
        shares
    }

    async fn publish<T: TrusteeMessage + Clone>(
        &self,
        api: &Api,
        setup: &Setup,
        body: T,
    ) -> Signed<T> {
        let key = &self.keys.trustees[usize::from(body.trustee().get()) - 1];
        let signed = Signed::sign(body, setup.election(), key);
        api.post("/api/v1/trustees/messages", &signed.to_bytes())
            .await
            .ok();
        signed
    }

    /// What two staff members sign.
    pub(crate) async fn submission(&self, api: &Api, intent: Intent) -> Submission {
        let manifest = Arc::new(self.manifest.clone());
        let (proposal, document) = propose(&api.client(), &manifest, intent, None)
            .await
            .unwrap();
        let signers = Signers::new(&manifest, &self.keys.staff[1..]).unwrap();
        Submission {
            entry: signers.sign_all(proposal),
            document,
        }
    }

    /// Proposes, signs and submits.
    pub(crate) async fn try_act(&self, api: &Api, intent: Intent) -> Answer {
        let submission = self.submission(api, intent).await;
        api.post("/api/v1/staff/actions", &submission.to_bytes())
            .await
    }

    /// As [`Self::try_act`], and it must be taken.
    pub(crate) async fn act(&self, api: &Api, intent: Intent) {
        self.try_act(api, intent).await.ok();
    }
}
