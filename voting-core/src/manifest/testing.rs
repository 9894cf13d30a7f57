//! A small valid manifest and the keys behind it, for tests. Nothing here is secret.

use super::*;
use crate::group::{Point, Scalar};
use crate::keys::SecretKey;
use crate::rule::{
    ClassShare, EmptyClass, Fill, FillPolicy, FillScope, Percent, Rule, Selection, ShareBase,
    SmallClass, TieOrder, Weighting, Won,
};

/// 2 of these decrypt.
pub const TRUSTEES: u16 = 3;
/// The sample opens then: 2027-08-02T00:00:00Z.
pub const OPENS_AT: UnixMillis = UnixMillis::new(1_817_164_800_000);
/// The sample closes then: 26 days and 15 hours later.
pub const CLOSES_AT: UnixMillis = UnixMillis::new(OPENS_AT.get() + (26 * 24 + 15) * HOUR_MS);
const HOUR_MS: u64 = 3_600_000;

/// The secret keys of every role of the sample, the same on each call.
pub struct TestKeys {
    /// Of the registrar.
    pub registrar: SecretKey,
    /// Of the log.
    pub log: SecretKey,
    /// Of the ballot box.
    pub ballot_box: SecretKey,
    /// Of the party that countersigns credentials; the sample names none.
    pub countersigner: SecretKey,
    /// Of three staff members, of whom two must sign.
    pub staff: Vec<SecretKey>,
    /// Of the trustees' signatures.
    pub trustees: Vec<SecretKey>,
    /// Behind the trustees' encryption keys.
    pub trustee_encryption: Vec<Scalar>,
    /// Of a witness; the sample names none.
    pub witness: SecretKey,
    /// Of an offline group; the sample has none.
    pub offline_group: SecretKey,
    /// The registrar's pseudonym key.
    pub pseudonym_key: [u8; 32],
}

/// The secret keys of every role of the sample, the same on each call.
#[must_use]
pub fn keys() -> TestKeys {
    let key = |n: u8| SecretKey::from_seed(&[n; 32]);
    let scalar = |n: u64| Scalar::from(0x5eed_0000 + n);
    TestKeys {
        registrar: key(1),
        log: key(2),
        ballot_box: key(3),
        countersigner: key(4),
        staff: (10..13).map(key).collect(),
        trustees: (20..23).map(key).collect(),
        trustee_encryption: (0..u64::from(TRUSTEES)).map(scalar).collect(),
        witness: key(30),
        offline_group: key(31),
        pseudonym_key: [40; 32],
    }
}

/// A demonstration with `projects` projects in one contest, of which 0 to `max` may be chosen, by
/// citizens (60 %) and committee members (40 %).
///
/// # Panics
/// If `projects` is 0 or does not fit a ballot, or `max` is 0 or over `projects`.
#[must_use]
#[allow(clippy::expect_used, reason = "a test's own arguments are at fault")]
pub fn manifest(projects: usize, max: u32) -> Manifest {
    Manifest::new(document(projects, max)).expect("arguments make a valid manifest")
}

/// What [`manifest`] says, to be altered before it is checked.
#[must_use]
pub fn document(projects: usize, max: u32) -> Document {
    Document {
        format: Format::V1,
        origin: name("vote.example.org/test"),
        title: text("시험 투표", "Test vote"),
        demonstration: true,
        contests: vec![contest(projects, max)],
        eligibility: eligibility(),
        classes: vec![
            class("committee", "위원회", "Committee", Admission::Roll),
            class("citizen", "시민", "Citizens", Admission::Everyone),
        ],
        offline_groups: Vec::new(),
        small_class_minimum: 1,
        schedule: schedule(),
        ballot: BallotRules {
            voting_again: false,
            max_spoiled: 5,
        },
        trustees: trustees(),
        staff: staff(),
        keys: service_keys(),
        witnesses: Witnesses {
            quorum: 0,
            members: Vec::new(),
        },
    }
}

/// The same with a survey (설문) besides, which weighs 10 per cent of what the citizens weigh otherwise.
#[must_use]
pub fn with_survey(mut document: Document) -> Document {
    document.offline_groups.push(OfflineGroup {
        id: name("survey"),
        title: text("설문", "Survey"),
        key: keys().offline_group.verify_key(),
    });
    for contest in &mut document.contests {
        if let Weighting::Share { shares, .. } = &mut contest.rule.weighting {
            shares[1].share = name("50");
            shares.push(ClassShare {
                class: name("survey"),
                share: name("10"),
            });
        }
    }
    document
}

/// A text in both languages.
#[must_use]
pub fn text(ko: &str, en: &str) -> Bilingual {
    Bilingual {
        ko: ko.into(),
        en: en.into(),
    }
}

/// A name, id, number or key from its text.
///
/// # Panics
/// If it is none.
#[must_use]
#[allow(clippy::panic, reason = "a test's own arguments are at fault")]
pub fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is not what it should be"))
}

/// An amount of money.
///
/// # Panics
/// If it is over [`Won::MAX`].
#[must_use]
#[allow(clippy::expect_used, reason = "a test's own arguments are at fault")]
pub fn won(amount: u64) -> Won {
    Won::new(amount).expect("an amount of money")
}

fn contest(projects: usize, max: u32) -> Contest {
    Contest {
        id: name("citywide"),
        title: text("광역제안형", "Citywide projects"),
        lists: Vec::new(),
        fields: Vec::new(),
        picks: Picks { min: 0, max },
        cost_caps: CostCaps {
            general_below: Some(won(4_000_000_000)),
            event_below: Some(won(300_000_000)),
        },
        projects: (1..).take(projects).map(project).collect(),
        rule: rule(),
    }
}

fn project(n: u64) -> Project {
    Project {
        id: name(&format!("p{n}")),
        title: text(&format!("사업 {n}"), &format!("Project {n}")),
        field: None,
        list: None,
        district: None,
        cost: won(100_000_000 + n),
        kind: Kind::General,
        place: None,
        summary: None,
        proposal_order: n,
    }
}

fn rule() -> Rule {
    let share = |class: &str, share: &str| ClassShare {
        class: name(class),
        share: name::<Percent>(share),
    };
    Rule {
        weighting: Weighting::Share {
            base: ShareBase::Marks,
            empty: EmptyClass::Spread,
            shares: vec![share("committee", "40"), share("citizen", "60")],
        },
        selection: Selection::Fill(Fill {
            policy: FillPolicy::Skip,
            scope: FillScope::Overall {
                budget: won(1_000_000_000),
            },
        }),
        minimum: None,
        ties: vec![TieOrder::CostAsc, TieOrder::EarlierProposal],
        conflicts: Vec::new(),
    }
}

fn eligibility() -> Eligibility {
    Eligibility {
        area: text("서울특별시", "Seoul"),
        claims: vec![Claim::Residence, Claim::Work, Claim::Study, Claim::Business],
        age: None,
    }
}

fn class(id: &str, ko: &str, en: &str, admission: Admission) -> VoterClass {
    VoterClass {
        id: name(id),
        title: text(ko, en),
        admission,
        small: SmallClass::Withhold,
    }
}

fn schedule() -> Schedule {
    let later = |hours: u64| UnixMillis::new(CLOSES_AT.get() + hours * HOUR_MS);
    Schedule {
        opens_at: OPENS_AT,
        closes_at: CLOSES_AT,
        extension_limit: later(48),
        drain_ms: 10_000,
        objections_until: later(30 * 24),
    }
}

fn trustees() -> Trustees {
    let keys = keys();
    let pairs = keys.trustees.iter().zip(&keys.trustee_encryption);
    let trustee = |(i, (signing, secret)): (usize, (&SecretKey, &Scalar))| Trustee {
        name: format!("trustee {}", i + 1),
        signing_key: signing.verify_key(),
        encryption_key: name(
            &data_encoding::HEXLOWER.encode(Point::mul_base(secret).compress().as_bytes()),
        ),
    };
    Trustees {
        threshold: 2,
        members: pairs.enumerate().map(trustee).collect(),
    }
}

fn staff() -> Staff {
    let member = |(i, key): (usize, &SecretKey)| StaffMember {
        name: format!("staff {}", i + 1),
        key: key.verify_key(),
    };
    Staff {
        required: 2,
        members: keys().staff.iter().enumerate().map(member).collect(),
    }
}

fn service_keys() -> Keys {
    let keys = keys();
    Keys {
        registrar: keys.registrar.verify_key(),
        log: keys.log.verify_key(),
        ballot_box: keys.ballot_box.verify_key(),
        countersigner: None,
        pseudonym_commitment: PseudonymKeyCommitment::of(&keys.pseudonym_key),
    }
}
