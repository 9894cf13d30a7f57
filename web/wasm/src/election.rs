//! An opened election on the voter's device.

use crate::error::WebError;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::sync::Arc;
use voting_core::audit::{Signatures, State};
use voting_core::ballot::{
    BallotParameters, Choices, Opening, SealSeeds, SealedBallot, VoterIdentity, open_with_seed,
    seal,
};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::entry::Entry;
use voting_core::ids::Sequence;
use voting_core::keys::SecretKey;
use voting_core::log::tile::{EntryBundle, TileWidth};
use voting_core::manifest::Manifest;
use voting_core::tracking::TrackingCode;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// The public half of a voter key, 32 bytes: what a credential is asked for.
///
/// # Errors
/// [`WebError::Wrong`] if the seed has not 32 bytes.
#[wasm_bindgen]
pub fn public_key(seed: &[u8]) -> Result<Vec<u8>, WebError> {
    Ok(secret_key(seed)?.verify_key().to_bytes())
}

/// An opened election, verified from its first entry to its opening.
#[wasm_bindgen]
pub struct Election {
    manifest: Arc<Manifest>,
    parameters: Arc<BallotParameters>,
}

/// A sealed ballot.
#[wasm_bindgen]
pub struct Sealed {
    bytes: Vec<u8>,
    code: TrackingCode,
}

#[wasm_bindgen]
impl Sealed {
    /// The ballot's bytes.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// Its tracking code, 64 hexadecimal digits.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn code(&self) -> String {
        self.code.to_string()
    }

    /// What people read of it, 20 symbols in groups of 4.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn short(&self) -> String {
        self.code.prefix().to_string()
    }
}

#[wasm_bindgen]
impl Election {
    /// Reads the manifest and the log's first `count` entries (a C2SP entry bundle) and verifies
    /// them up to the opening: the election key is computed from the trustees' signed messages.
    ///
    /// # Errors
    /// [`WebError::NotOpen`] if the opening lies further on.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], entries: &[u8], count: u16) -> Result<Self, WebError> {
        let manifest = Arc::new(Manifest::parse_canonical(manifest)?);
        let width =
            TileWidth::new(count).ok_or(WebError::Wrong("a bundle has 1 to 256 entries"))?;
        let bundle = EntryBundle::decode(entries, width);
        let bundle = bundle.map_err(|_| WebError::Wrong("this is no bundle of entries"))?;
        let mut state = State::new(manifest.clone())?;
        for bytes in bundle.entries() {
            state.apply(&Entry::from_bytes(bytes)?, bytes, Signatures::Verify)?;
            if let Some(parameters) = state.ballot_parameters() {
                let parameters = parameters.clone();
                return Ok(Self {
                    manifest,
                    parameters,
                });
            }
        }
        Err(WebError::NotOpen)
    }

    /// The election id.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn id(&self) -> String {
        self.manifest.election_id().to_string()
    }

    /// Checks that a credential is the registrar's for this key; gives the id of its class.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn check_credential(&self, key: &[u8], credential: &[u8]) -> Result<String, WebError> {
        let (key, credential) = (secret_key(key)?, Credential::from_bytes(credential)?);
        let keys = &self.manifest.keys;
        credential
            .verify(
                &self.manifest.election_id(),
                &keys.registrar,
                keys.countersigner.as_ref(),
            )
            .map_err(|_| WebError::Wrong("the credential is not signed by the registrar"))?;
        if credential.voter.key != key.verify_key() {
            return Err(WebError::Wrong("the credential is of another key"));
        }
        let class = self.manifest.class(credential.voter.class);
        let class = class.ok_or(WebError::Wrong("the credential is of no class"))?;
        Ok(class.id.to_string())
    }

    /// Seals the projects at these positions. `seeds` are 64 fresh random bytes.
    ///
    /// # Errors
    /// [`WebError::Seal`] on choices that keep some limit not.
    pub fn seal(
        &self,
        credential: &[u8],
        chosen: &[u32],
        seeds: &[u8],
    ) -> Result<Sealed, WebError> {
        let voter = Credential::from_bytes(credential)?.voter;
        let choices = Choices::new(&self.parameters.shape, chosen)?;
        let sealed = seal(&self.parameters, &voter, &choices, &seal_seeds(seeds)?);
        // What was sealed is read back before anything is shown of it.
        let mut expected = chosen.to_vec();
        expected.sort_unstable();
        if self.read_back(&voter, &sealed)? != expected {
            return Err(WebError::Wrong("the sealed ballot holds other choices"));
        }
        Ok(Sealed::of(sealed.bytes().to_vec()))
    }

    /// Registers a sealed ballot's code as pending: the request's bytes.
    ///
    /// # Errors
    /// [`WebError::Decode`].
    pub fn pending_request(
        &self,
        key: &[u8],
        credential: &[u8],
        ballot: &[u8],
    ) -> Result<Vec<u8>, WebError> {
        self.code_request(key, credential, ballot, CodeIntent::Pending)
    }

    /// Spoils a sealed ballot's code, so that it never counts: the request's bytes.
    ///
    /// # Errors
    /// [`WebError::Decode`].
    pub fn spoil_request(
        &self,
        key: &[u8],
        credential: &[u8],
        ballot: &[u8],
    ) -> Result<Vec<u8>, WebError> {
        self.code_request(key, credential, ballot, CodeIntent::Spoil)
    }

    /// Signs a sealed ballot for casting: the request's bytes, the same whenever it is sent again.
    ///
    /// # Errors
    /// [`WebError::Decode`].
    pub fn cast(&self, key: &[u8], credential: &[u8], ballot: &[u8]) -> Result<Vec<u8>, WebError> {
        let (key, credential) = (secret_key(key)?, Credential::from_bytes(credential)?);
        let (election, first) = (self.manifest.election_id(), (Sequence::new(0), None));
        let cast = CastBallot::sign(&key, &election, credential, first, ballot.to_vec());
        Ok(cast.to_bytes())
    }

    /// What the second device needs to make the sealed ballot again. Never to be sent.
    ///
    /// # Errors
    /// [`WebError::Decode`].
    pub fn opening(
        &self,
        credential: &[u8],
        chosen: &[u32],
        seeds: &[u8],
    ) -> Result<Vec<u8>, WebError> {
        let voter: VoterIdentity = Credential::from_bytes(credential)?.voter;
        let opening = Opening::new(voter, chosen.to_vec(), seal_seeds(seeds)?);
        Ok(opening.to_bytes())
    }

    /// The chosen positions that an opening gives, after making the whole ballot again.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn open(&self, opening: &[u8]) -> Result<Opened, WebError> {
        let opening = Opening::from_bytes(opening)?;
        let sealed = opening.seal_again(&self.parameters)?;
        let chosen = self.read_back(opening.voter(), &sealed)?;
        let sealed = Sealed::of(sealed.bytes().to_vec());
        Ok(Opened { chosen, sealed })
    }
}

impl Election {
    /// What a ballot sealed here encrypts. The generator only adds to the verifier's weights, which
    /// hash every byte of the ballot: a ballot of this code's own making needs no more.
    fn read_back(
        &self,
        voter: &VoterIdentity,
        sealed: &SealedBallot,
    ) -> Result<Vec<u32>, WebError> {
        let seed = sealed.reveal_seed();
        let mut rng = ChaCha20Rng::from_seed(*seed);
        Ok(open_with_seed(
            &self.parameters,
            voter,
            sealed.bytes(),
            seed,
            &mut rng,
        )?)
    }
}

/// A sealed ballot that a second device has made again.
#[wasm_bindgen]
pub struct Opened {
    chosen: Vec<u32>,
    sealed: Sealed,
}

#[wasm_bindgen]
impl Opened {
    /// Positions of the chosen projects, ascending.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn chosen(&self) -> Vec<u32> {
        self.chosen.clone()
    }

    /// The tracking code of the ballot made again, 64 hexadecimal digits.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn code(&self) -> String {
        self.sealed.code()
    }

    /// What people read of it.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn short(&self) -> String {
        self.sealed.short()
    }
}

impl Sealed {
    fn of(bytes: Vec<u8>) -> Self {
        let code = TrackingCode::of(&bytes);
        Self { bytes, code }
    }
}

impl Election {
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn code_request(
        &self,
        key: &[u8],
        credential: &[u8],
        ballot: &[u8],
        intent: CodeIntent,
    ) -> Result<Vec<u8>, WebError> {
        let (key, credential) = (secret_key(key)?, Credential::from_bytes(credential)?);
        let (election, code) = (self.manifest.election_id(), TrackingCode::of(ballot));
        Ok(CodeRequest::sign(&key, &election, credential, code, intent).to_bytes())
    }
}

pub(crate) fn secret_key(seed: &[u8]) -> Result<SecretKey, WebError> {
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(
        seed.try_into()
            .map_err(|_| WebError::Wrong("a key has 32 bytes"))?,
    );
    Ok(SecretKey::from_seed(&seed))
}

fn seal_seeds(seeds: &[u8]) -> Result<SealSeeds, WebError> {
    let wrong = || WebError::Wrong("the seeds have 64 bytes");
    let (randomness, nonces) = seeds.split_at_checked(32).ok_or_else(wrong)?;
    let fixed = |half: &[u8]| <[u8; 32]>::try_from(half).map_err(|_| wrong());
    Ok(SealSeeds::from_bytes(fixed(randomness)?, fixed(nonces)?))
}
