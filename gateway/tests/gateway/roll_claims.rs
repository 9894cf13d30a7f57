//! Roll files that a member of the staff signs for and sends.

use crate::world::{Answer, Api, World, send, until};
use data_encoding::BASE64URL_NOPAD;
use gateway::staff::Intent;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;
use voting_core::codec::Encode;
use voting_core::ids::{ClassIndex, ElectionId};
use voting_core::keys::SecretKey;
use voting_core::manifest::Bilingual;
use voting_core::staff::{Document, MAX_ROLL_FILE, RollClaim, SignedRollClaim};

const CLAIM: &str = "hanpyo-roll-claim";
/// Of the classes of the test manifest, the one that has a roll.
const COMMITTEE: ClassIndex = ClassIndex::new(0);
/// One row of each verdict that a file alone can come to; `member-1` is on the roll already.
const FILE: &[u8] = "구분,연계정보,이름,생년월일,휴대전화
committee,member-1,,,
committee,new-1,,,
nobody,x,,,
committee,,김새봄,1990-01-02,
committee,new-2,김새봄,1990-01-02,01012345678
committee,new-2,이가을,1991-01-02,01012345678
"
.as_bytes();

/// An import after the one that the world began with.
pub(crate) fn claim(world: &World, file: &[u8]) -> RollClaim {
    RollClaim {
        election: world.manifest.election_id(),
        number: 1,
        class: None,
        replace: false,
        keep: true,
        file: Document::of(file).unwrap(),
    }
}

fn header(signed: &SignedRollClaim) -> String {
    BASE64URL_NOPAD.encode(&signed.to_bytes())
}

async fn post(api: &Api, claim: &str, file: &[u8]) -> Answer {
    let request = api.request("/api/v1/rolls", file).header(CLAIM, claim);
    send(request).await.unwrap()
}

/// As the first member of the staff.
pub(crate) async fn import(world: &World, api: &Api, claim: RollClaim, file: &[u8]) -> Answer {
    let signed = claim.sign(0, &world.keys.staff[0]);
    post(api, &header(&signed), file).await
}

async fn rolls(api: &Api) -> (Value, Value) {
    let rolls = api.get("/api/v1/rolls").await.json();
    (
        rolls["imports"].clone(),
        rolls["people"]["committee"].clone(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_judged_then_imported_and_every_row_is_told() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    assert_eq!(rolls(api).await, (json!(1), json!(2)));
    let judged = RollClaim {
        keep: false,
        ..claim(&world, FILE)
    };
    let report = import(&world, api, judged, FILE).await.json();
    assert_eq!(report["kept"], false);
    assert_eq!(report["number"], 1);
    assert_eq!(report["encoding"], "utf-8");
    assert_eq!(report["rows"], 6);
    let counts = json!({"accepted": 1, "duplicate": 1, "malformed": 2, "ambiguous": 2});
    assert_eq!(report["counts"], counts);
    let rows = [
        (2, "same-ci"),
        (4, "unknown-class"),
        (5, "incomplete"),
        (6, "ci-of-several"),
        (7, "ci-of-several"),
    ];
    let rows = rows.map(|(row, code)| json!({"row": row, "code": code}));
    assert_eq!(report["not_accepted"], json!(rows));
    assert_eq!(report["codes"]["ci-of-several"]["verdict"], "ambiguous");
    assert_eq!(
        report["codes"]["unknown-class"]["en"],
        "The manifest has no such class."
    );
    assert_eq!(report["people"], json!({"committee": 2}));
    assert_eq!(
        rolls(api).await,
        (json!(1), json!(2)),
        "judging kept something"
    );

    let answer = import(&world, api, claim(&world, FILE), FILE).await;
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    for person in ["member-1", "new-1", "김새봄", "01012345678"] {
        assert!(!text.contains(person), "{person} is in the answer");
    }
    let kept = answer.json();
    assert_eq!((&kept["kept"], &kept["number"]), (&json!(true), &json!(2)));
    assert_eq!(kept["counts"], counts);
    assert_eq!(kept["people"], json!({"committee": 3}));
    assert_eq!(rolls(api).await, (json!(2), json!(3)));
    assert_eq!(api.identify("new-1").await.json()["class"], "committee");
    assert_eq!(api.identify("new-2").await.json()["class"], "citizen");

    // The same claim once more, and one of before.
    let again = import(&world, api, claim(&world, FILE), FILE).await;
    assert_eq!(again.problem(), "roll-number");
    assert_eq!(
        import(&world, api, judged, FILE).await.problem(),
        "roll-number"
    );
    assert_eq!(rolls(api).await, (json!(2), json!(3)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_class_of_a_file_may_be_named_and_its_roll_replaced() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    // 성명 and so on in CP949, as Korean spreadsheets save it.
    let heading =
        b"\xbc\xba\xb8\xed,\xbb\xfd\xb3\xe2\xbf\xf9\xc0\xcf,\xc8\xde\xb4\xeb\xc0\xfc\xc8\xad\n";
    let file = [&heading[..], b"\xb1\xe8,19900102,01012345678\n"].concat();
    let named = RollClaim {
        class: Some(COMMITTEE),
        replace: true,
        ..claim(&world, &file)
    };
    let report = import(&world, api, named, &file).await.json();
    assert_eq!(report["encoding"], "cp949");
    assert_eq!(report["counts"]["accepted"], 1);
    assert_eq!(rolls(api).await, (json!(2), json!(1)));

    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, text) in [(0, "ci"), (1, "a"), (2, "b")] {
        sheet.write_string(row, 0, text).unwrap();
    }
    let file = workbook.save_to_buffer().unwrap();
    let next = RollClaim {
        number: 2,
        class: Some(COMMITTEE),
        ..claim(&world, &file)
    };
    let report = import(&world, api, next, &file).await.json();
    assert_eq!(report["encoding"], Value::Null);
    assert_eq!(rolls(api).await, (json!(3), json!(3)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_signed_for_is_refused() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let (api, mine) = (&running.api, claim(&world, FILE));
    let staff = &world.keys.staff;
    let stranger = SecretKey::from_seed(&[99; 32]);
    for signed in [
        mine.sign(0, &stranger),
        mine.sign(0, &staff[1]),
        mine.sign(9, &staff[0]),
    ] {
        let refused = post(api, &header(&signed), FILE).await;
        assert_eq!(refused.problem(), "staff-signatures");
    }
    let mut altered = mine.sign(0, &staff[0]);
    altered.claim.replace = true;
    let refused = post(api, &header(&altered), FILE).await;
    assert_eq!(refused.problem(), "staff-signatures");
    let elsewhere = RollClaim {
        election: ElectionId::new([8; 32]),
        ..mine
    };
    let refused = import(&world, api, elsewhere, FILE).await;
    assert_eq!(refused.problem(), "wrong-election");

    let signed = header(&mine.sign(0, &staff[0]));
    for (claim, kind) in [
        ("", "truncated"),
        ("?", "malformed-request"),
        (&*format!("{signed}=="), "malformed-request"),
        (&signed[..signed.len() - 2], "truncated"),
        (&format!("{signed}AAAA"), "trailing-bytes"),
    ] {
        assert_eq!(post(api, claim, FILE).await.problem(), kind, "{claim}");
    }
    let bare = api.post("/api/v1/rolls", FILE).await;
    assert_eq!(bare.problem(), "malformed-request");
    let request = api.http.post(format!("{}/api/v1/rolls", api.url));
    let request = request.header("content-type", "text/csv");
    let request = request.header(CLAIM, &signed).body(FILE.to_vec());
    assert_eq!(send(request).await.unwrap().problem(), "wrong-content-type");
    assert_eq!(rolls(api).await, (json!(1), json!(2)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_and_what_is_no_roll_are_refused_whole() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let changed = [FILE, b"committee,late,,,\n"].concat();
    let refused = import(&world, api, claim(&world, FILE), &changed).await;
    assert_eq!(refused.problem(), "document-mismatch");
    let large = vec![b'a'; MAX_ROLL_FILE + 1];
    // By what was signed: nobody has to send such a file to hear it.
    let refused = import(&world, api, claim(&world, &large), FILE).await;
    assert_eq!(refused.problem(), "oversized");
    for (file, said) in [
        (&b""[..], "row 1: the file is empty"),
        (b"note\nx\n", "row 1: a roll has"),
        (b"PK\x03\x04", "workbook cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "neither UTF-8 nor"),
    ] {
        let refused = import(&world, api, claim(&world, file), file).await;
        assert_eq!(refused.problem(), "roll-refused");
        let hint = refused.json()["hint"].to_string();
        assert!(hint.contains(said), "{hint}");
    }
    // A class that admits everyone, and one that there is not.
    for class in [1, 7] {
        let class = Some(ClassIndex::new(class));
        let claim = RollClaim {
            class,
            ..claim(&world, b"ci\na\n")
        };
        let refused = import(&world, api, claim, b"ci\na\n").await;
        assert_eq!(refused.problem(), "roll-refused");
    }
    for number in [0, 2, u64::MAX] {
        let claim = RollClaim {
            number,
            ..claim(&world, FILE)
        };
        let refused = import(&world, api, claim, FILE).await;
        assert_eq!(refused.problem(), "roll-number", "{number}");
    }
    assert_eq!(rolls(api).await, (json!(1), json!(2)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_is_imported() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let files: [&[u8]; 2] = [b"class,ci\ncommittee,a\n", b"class,ci\ncommittee,b\n"];
    let [one, other] = files.map(|file| import(&world, api, claim(&world, file), file));
    let (one, other) = tokio::join!(one, other);
    let (kept, refused) = match one.status {
        200 => (one, other),
        _ => (other, one),
    };
    assert_eq!(kept.status, 200);
    let refused = refused.problem();
    let why = ["roll-number", "overloaded"];
    assert!(why.contains(&refused.as_str()), "{refused}");
    assert_eq!(rolls(api).await, (json!(2), json!(3)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_put_on_a_roll_after_the_close() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    world.at(world.closes_at() - 1);
    let mine = claim(&world, FILE);
    let judged = RollClaim {
        keep: false,
        ..mine
    };
    import(&world, api, judged, FILE).await.ok();
    world.at(world.closes_at());
    assert_eq!(
        import(&world, api, mine, FILE).await.problem(),
        "voting-closed"
    );
    let reason = Bilingual::new("시험", "test");
    world.act(api, Intent::Annul(reason)).await;
    assert_eq!(
        import(&world, api, mine, FILE).await.problem(),
        "election-annulled"
    );
    assert_eq!(rolls(api).await, (json!(1), json!(2)));
    running.stop().await;
}

/// Sends a claim and the beginning of its file.
async fn begin(world: &World, api: &Api, claim: RollClaim, file: &[u8]) -> TcpStream {
    let signed = header(&claim.sign(0, &world.keys.staff[0]));
    let address = api.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/rolls HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n\
         {CLAIM}: {signed}\r\ncontent-length: {}\r\n\r\n",
        claim.file.length
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Whoever is refused is told so before the file has gone.
    let _ = stream.write_all(file).await;
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_refused_anyway_is_not_received() {
    let (world, running) = World::open(|_| ()).await;
    let mine = claim(&world, FILE);
    let stale = RollClaim { number: 0, ..mine };
    for (claim, time, kind) in [
        (stale, world.closes_at() - 1, "roll-number"),
        (mine, world.closes_at(), "voting-closed"),
    ] {
        world.at(time);
        let mut stream = begin(&world, &running.api, claim, b"").await;
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
        assert!(answer.contains(kind), "{answer}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_at_a_time_is_received() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let judged = RollClaim {
        keep: false,
        ..claim(&world, FILE)
    };
    let mut slow = Vec::new();
    until("a slow one has its turn", async || {
        slow.push(begin(&world, api, judged, &FILE[..9]).await);
        import(&world, api, judged, FILE).await.status == 503
    })
    .await;
    let refused = import(&world, api, claim(&world, FILE), FILE).await;
    assert_eq!(refused.problem(), "overloaded");
    assert_eq!(refused.headers["retry-after"], "2");
    assert_eq!(rolls(api).await, (json!(1), json!(2)));
    drop(slow);
    until("the turn is over", async || {
        import(&world, api, judged, FILE).await.status == 200
    })
    .await;
    running.stop().await;
}

/// Whoever hangs up and sends again would else have many files judged at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_judged_to_its_end_whoever_hangs_up() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let rows = (0..40_000).map(|n| format!("committee,person-{n}\n"));
    let file: String = std::iter::once("class,ci\n".to_owned())
        .chain(rows)
        .collect();
    let mine = claim(&world, file.as_bytes());
    until("it is imported", async || {
        // Whoever hangs up before the last byte was taken has sent no file.
        let stream = begin(&world, api, mine, file.as_bytes()).await;
        sleep(Duration::from_millis(20)).await;
        drop(stream);
        rolls(api).await == (json!(2), json!(40_002))
    })
    .await;
    running.stop().await;
}
