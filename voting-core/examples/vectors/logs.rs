//! Logs of elections that did not go smoothly: a complaint, classes too small, an annulment.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::generate::hex;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use voting_core::audit::testing::TestElection;
use voting_core::audit::{Group, Grouping};
use voting_core::ceremony::{Dealer, EncryptionSecret, Outcome, Recipient, Verdict};
use voting_core::codec::Encode;
use voting_core::manifest::{Bilingual, Manifest, testing};
use voting_core::rule::SmallClass;
use voting_core::staff::StaffAction;
use voting_core::trustee::TrusteeMessage;

type Election = TestElection<ChaCha20Rng>;

/// Where the polynomial stands in a dealer's secret bytes, before which the public part is: version,
/// kind, election, attempt, t and n; then the message of the first round.
const DEALER_HEADER: usize = 2 + 32 + 6;

/// All logs, by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let named = |name: &str, value| (format!("log_{name}"), value);
    let merges = || SmallClass::MergeInto(testing::name("citizen"));
    vec![
        named("complaint", complaint()),
        named("merged", classes(merges(), SmallClass::Withhold, [1, 2])),
        named(
            "merged_into_nobody",
            classes(merges(), SmallClass::Withhold, [3, 0]),
        ),
        named(
            "withheld",
            classes(SmallClass::Withhold, SmallClass::Withhold, [1, 3]),
        ),
        named(
            "refused",
            classes(SmallClass::Withhold, SmallClass::Refuse, [3, 1]),
        ),
    ]
}

fn log(election: &Election, about: &str) -> Value {
    let grouping = election.state.grouping().cloned().unwrap_or_default();
    let Grouping {
        groups,
        withheld,
        refused,
    } = &grouping;
    json!({
        "about": about,
        "manifest": String::from_utf8(election.state.manifest().to_canonical()).expect("JSON"),
        "election_id": election.state.election(),
        "entries": election.entries.iter().map(hex).collect::<Vec<_>>(),
        "root": election.state.frontier().root(),
        "stage": election.state.stage(),
        "attempt": election.state.ceremony().setup().attempt().get(),
        "groups": list(groups),
        "withheld": list(withheld),
        "refused": list(refused),
        "totals": election.state.totals().ok().map(|totals| {
            totals.into_iter().map(|total| total.marks).collect::<Vec<_>>()
        }),
    })
}

fn list(groups: &[Group]) -> Value {
    let group = |group: &Group| {
        let classes = group.classes.iter().map(|class| class.get());
        let classes: Vec<u16> = classes.collect();
        json!({"id": group.id.get(), "classes": classes, "ballots": group.ballots})
    };
    groups.iter().map(group).collect()
}

/// An election with a minimum of three and so many ballots of the committee and of citizens.
fn classes(committee: SmallClass, citizens: SmallClass, cast: [u16; 2]) -> Value {
    let mut document = testing::document(2, 1);
    document.small_class_minimum = 3;
    document.classes[0].small = committee;
    document.classes[1].small = citizens;
    let manifest = Manifest::new(document).expect("a valid manifest");
    let mut election = Election::open(manifest, ChaCha20Rng::seed_from_u64(2));
    for (class, ballots) in (0u16..).zip(cast) {
        for n in 0..ballots {
            let voter = election.register(100 * class + n, class);
            election.cast(&voter, &[u32::from(n % 2)]);
        }
    }
    election.close();
    let grouping = election.state.grouping().cloned().unwrap_or_default();
    if grouping.refused.is_empty() {
        election.decrypt();
        return log(
            &election,
            "classes too small, and what is decrypted of them",
        );
    }
    annul(&mut election);
    log(
        &election,
        "a class too small, for which nothing is decrypted; annulled",
    )
}

fn annul(election: &mut Election) {
    let reason = Bilingual::new("집계할 수 없음", "cannot be counted");
    election
        .staff(StaffAction::Annul(reason))
        .expect("an election can be annulled");
}

/// Trustee 2 deals shares of another polynomial than it committed to, trustee 1 complains, staff
/// restart, the second attempt succeeds, and the election is opened and annulled.
fn complaint() -> Value {
    let manifest = testing::manifest(2, 1);
    let mut election = Election::create(manifest, ChaCha20Rng::seed_from_u64(3));
    let mut recipients = dealt(&mut election);
    let second = election
        .state
        .ceremony()
        .second_round()
        .expect("complete")
        .clone();
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let outcome = recipients
        .remove(0)
        .finish(&second, &secret(&election, 0), rng);
    let Ok(Outcome::Complaint(complaint)) = outcome else {
        panic!("trustee 1 got a wrong share");
    };
    send(&mut election, *complaint);
    assert_eq!(election.state.ceremony().verdict(), Some(Verdict::Founded));
    let restart = StaffAction::RestartCeremony(Bilingual::new("잘못된 몫", "wrong share"));
    election.staff(restart).expect("the attempt is over");
    election.ceremony();
    let opening = election
        .state
        .ceremony()
        .opening()
        .expect("a finished ceremony");
    election
        .staff(StaffAction::Open(opening))
        .expect("the opening");
    annul(&mut election);
    log(
        &election,
        "a founded complaint, a second attempt that succeeds, an annulment",
    )
}

/// Both rounds of the first attempt, with trustee 2's lie.
fn dealt(election: &mut Election) -> Vec<Recipient> {
    let setup = election.state.ceremony().setup().clone();
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let mut dealers = Vec::new();
    for (n, id) in setup.threshold().ids().enumerate() {
        let mut start = || Dealer::start(&setup, id, &secret(election, n), &mut rng);
        let (dealer, message) = start().expect("a trustee of ours");
        let (other, _) = start().expect("a trustee of ours");
        let public = DEALER_HEADER + message.to_bytes().len();
        dealers.push(if n == 1 {
            lying(&dealer, &other, public)
        } else {
            dealer
        });
        send(election, message);
    }
    let first = election
        .state
        .ceremony()
        .first_round()
        .expect("complete")
        .clone();
    let deal = |dealer: Dealer| {
        let (recipient, message) = dealer.deal(&first, &mut rng).expect("our own round");
        send(election, message);
        recipient
    };
    dealers.into_iter().map(deal).collect()
}

/// One dealer's public part with another's polynomial.
fn lying(dealer: &Dealer, other: &Dealer, public: usize) -> Dealer {
    let bytes = |dealer: &Dealer| dealer.to_secret_bytes().expect("a dealer's state");
    let mixed = [&bytes(dealer)[..public], &bytes(other)[public..]].concat();
    Dealer::from_secret_bytes(&mixed).expect("a dealer's state")
}

fn secret(election: &Election, n: usize) -> EncryptionSecret {
    let bytes = election.keys.trustee_encryption[n].as_bytes();
    EncryptionSecret::from_bytes(bytes).expect("a scalar")
}

fn send(election: &mut Election, message: impl TrusteeMessage) {
    let body = election.trustee_message(message);
    election.append(body).expect("a message the audit takes");
}
