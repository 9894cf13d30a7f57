use super::*;
use tokio::task::JoinSet;
use voting_core::ballot::{BallotShape, Choices, Limit, SealSeeds, seal};
use voting_core::group::{Point, Scalar};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym};
use voting_core::keys::SecretKey;

fn parameters() -> Arc<BallotParameters> {
    let limit = Limit {
        members: (0..4).collect(),
        min: 0,
        max: 2,
    };
    let shape = BallotShape::new(4, vec![limit]).unwrap();
    let key = Point::mul_base(&Scalar::from(7u8));
    Arc::new(BallotParameters::new(ElectionId::new([1; 32]), key, shape))
}

fn voter(n: u8) -> VoterIdentity {
    VoterIdentity {
        pseudonym: Pseudonym::new([n; 32]),
        class: ClassIndex::new(0),
        key: SecretKey::from_seed(&[n; 32]).verify_key(),
    }
}

fn sealed(parameters: &BallotParameters, n: u8) -> Vec<u8> {
    let choices = Choices::new(&parameters.shape, &[1, 3]).unwrap();
    let seeds = SealSeeds::generate(&mut UnwrapErr(SysRng));
    let sealed = seal(parameters, &voter(n), &choices, &seeds);
    sealed.bytes().to_vec()
}

/// Well-formed, with another `z_E`.
fn bad(parameters: &BallotParameters, n: u8) -> Vec<u8> {
    let mut bytes = sealed(parameters, n);
    let lowest = bytes.len() - 32;
    bytes[lowest] ^= 1;
    bytes
}

fn lanes(pool: &ProofPool, n: u8) -> super::super::queue::Lane {
    let code = TrackingCode::of(&[n]);
    let voter = voter(n);
    let mut senders = pool.desk.senders();
    let question = Question { voter, code };
    let Join::New(lane) = senders.join(question, oneshot::channel().0) else {
        panic!("nothing of {n} waits");
    };
    senders.leave(&question);
    lane
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sender_gets_the_verdict_of_their_own_ballot() {
    let (parameters, pool) = (parameters(), Arc::new(ProofPool::start(2)));
    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let (parameters, pool) = (parameters.clone(), pool.clone());
        tasks.spawn(async move {
            let ballot = match n % 10 {
                3 => bad(&parameters, n),
                7 => vec![1; 9],
                _ => sealed(&parameters, n),
            };
            (n, pool.verify(parameters, voter(n), ballot).await)
        });
    }
    while let Some(ended) = tasks.join_next().await {
        let (n, verdict) = ended.unwrap();
        match n % 10 {
            3 => assert_eq!(verdict, Err(ProofRejected::Proof)),
            7 => assert!(matches!(verdict, Err(ProofRejected::Decode(_)))),
            _ => assert_eq!(verdict, Ok(())),
        }
    }
    assert!(pool.desk.senders().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_sent_at_once_all_get_the_verdict() {
    let (parameters, pool) = (parameters(), ProofPool::start(1));
    let ballot = sealed(&parameters, 1);
    let ask = || pool.verify(parameters.clone(), voter(1), ballot.clone());
    let verdicts = tokio::join!(ask(), ask(), ask(), ask());
    assert_eq!(verdicts, (Ok(()), Ok(()), Ok(()), Ok(())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_proof_puts_its_sender_behind_the_others_and_still_lets_them_vote() {
    use super::super::queue::Lane;
    let (parameters, pool) = (parameters(), ProofPool::start(1));
    assert_eq!(lanes(&pool, 1), Lane::Together);
    let refused = pool.verify(parameters.clone(), voter(1), bad(&parameters, 1));
    assert_eq!(refused.await, Err(ProofRejected::Proof));
    assert_eq!(
        (lanes(&pool, 1), lanes(&pool, 2)),
        (Lane::Alone, Lane::Together)
    );
    let good = pool.verify(parameters.clone(), voter(1), sealed(&parameters, 1));
    assert_eq!(good.await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_sends_many_ballots_at_once_is_told_to_wait() {
    let parameters = parameters();
    // Nobody works: what comes stays.
    let desk = Desk {
        queue: JobQueue::new(QUEUE, ALONE),
        senders: Mutex::default(),
    };
    let accept = |n: u8| {
        let ballot = bad(&parameters, 1);
        let question = Question {
            voter: voter(n),
            code: TrackingCode::of(&ballot),
        };
        let parameters = parameters.clone();
        desk.accept(
            Job {
                parameters,
                question,
                ballot,
            },
            oneshot::channel().0,
        )
    };
    assert_eq!((accept(1), accept(1)), (Ok(()), Ok(())));
    assert_eq!(accept(1), Err(ProofRejected::Full));
    assert_eq!(accept(2), Ok(()));
    let batch = desk.queue.take(MAX_BATCH, Duration::ZERO).unwrap();
    // The first of each together, the second of one of them alone.
    assert_eq!(batch.together.len(), 2);
    assert!(batch.alone.is_some());
}
