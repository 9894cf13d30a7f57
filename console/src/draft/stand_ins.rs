//! Keys, hours and names that stand in for what is not entered yet, so that a rule can be tried out.
//! Their secrets are public: nothing signed with them is ever taken.

use super::{Assembled, Draft, assemble};
use voting_core::ceremony::EncryptionKey;
use voting_core::ids::UnixMillis;
use voting_core::keys::SecretKey;
use voting_core::manifest::preset::Preset;
use voting_core::manifest::{
    Bilingual, Keys, PseudonymKeyCommitment, StaffMember, Trustee, Trustees,
};

/// What the draft makes with stand-ins for everything that its rule does not need.
#[must_use]
pub fn with_stand_ins(draft: &Draft) -> Assembled {
    let key = |n: u8| SecretKey::from_seed(&[n; 32]).verify_key();
    let named = |name: &str| Bilingual::new(name, name);
    let mut draft = draft.clone();
    let hour = |n: u64| Some(UnixMillis::new(n * 3_600_000));
    let hours = &mut draft.hours;
    (hours.opens_at, hours.closes_at) = (hour(1), hour(2));
    (hours.extension_limit, hours.objections_until) = (hour(3), hour(4));
    draft.origin = "simulation.hanpyo.example".into();
    draft.title.get_or_insert_with(|| named("모의"));
    draft.keys = Some(Keys {
        registrar: key(1),
        log: key(2),
        ballot_box: key(3),
        countersigner: None,
        pseudonym_commitment: PseudonymKeyCommitment::of(&[4; 32]),
    });
    draft.trustees = trustees(&key);
    draft.confirmed = (0..questions(&draft)).collect();
    let member = |n: u8| StaffMember {
        name: format!("staff {n}"),
        key: key(n),
    };
    assemble(&draft, &[member(10), member(11)])
}

fn trustees(key: &impl Fn(u8) -> voting_core::keys::VerifyKey) -> Option<Trustees> {
    let encryption = |n: u64| {
        let point = voting_core::group::Point::mul_base(&voting_core::group::Scalar::from(n));
        EncryptionKey::new(point.compress().as_bytes()).ok()
    };
    let trustee = |n: u8| {
        Some(Trustee {
            name: format!("trustee {n}"),
            signing_key: key(20 + n),
            encryption_key: encryption(n.into())?,
        })
    };
    let members = (1..=3).map(trustee).collect::<Option<_>>()?;
    Some(Trustees {
        threshold: 2,
        members,
    })
}

fn questions(draft: &Draft) -> usize {
    let preset = super::preset_json(&draft.preset);
    let preset = preset.and_then(|json| Preset::parse(json.as_bytes()).ok());
    preset.map_or(0, |preset| preset.questions().len())
}
