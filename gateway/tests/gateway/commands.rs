//! The commands, as a shell runs them.

use crate::crash::around_now;
use crate::world::{Process, World, gateway_command};
use std::process::{Command, Output};
use voting_core::codec::{Decode, Encode};
use voting_core::manifest::Manifest;
use voting_core::receipt::Receipt;
use voting_core::staff::{Document, Proposal, StaffAction, StaffEntry};
use voting_core::submission::Submission;

fn run(command: &mut Command) -> Output {
    command.env("RUST_LOG", "warn").output().unwrap()
}

pub(crate) fn ok(command: &mut Command) -> String {
    let output = run(command);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn fails(command: &mut Command) -> String {
    let output = run(command);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn create(world: &World) -> Command {
    let mut command = gateway_command();
    command
        .arg("create")
        .arg("--manifest")
        .arg(world.manifest_file());
    command
        .arg("--data")
        .arg(world.data())
        .arg("--keys")
        .arg(world.keys_folder());
    command
}

pub(crate) fn staff(world: &World, url: &str, keys: &[usize]) -> Command {
    let mut command = gateway_command();
    command.args(["staff", "--url", url, "--election"]);
    command.arg(world.manifest.election_id().to_string());
    for key in keys {
        command.arg("--key").arg(world.staff_key(*key));
    }
    command
}

#[test]
fn keys_are_drawn_once_and_fit_a_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let printed = ok(gateway_command().arg("keygen").arg(&keys));
    let mut manifest = serde_json::to_value(&*World::prepare(|_| ()).manifest).unwrap();
    manifest["keys"] = serde_json::from_str(&printed).unwrap();
    Manifest::parse(manifest.to_string().as_bytes()).unwrap();
    assert!(fails(gateway_command().arg("keygen").arg(&keys)).contains("registrar.key"));
    let file = folder.path().join("staff.key");
    let public = ok(gateway_command().arg("staff-keygen").arg(&file));
    assert_eq!(public.trim().len(), 64);
    assert!(fails(gateway_command().arg("staff-keygen").arg(&file)).contains("staff.key"));
}

#[test]
fn a_wrong_manifest_is_refused_by_file_and_field() {
    let world = World::prepare(|_| ());
    let summary = ok(gateway_command().arg("check").arg(world.manifest_file()));
    assert!(summary.contains(&world.manifest.election_id().to_string()));
    let text = std::fs::read_to_string(world.manifest_file()).unwrap();
    let wrong = text.replace("\"threshold\":2", "\"threshold\":9");
    std::fs::write(world.manifest_file(), wrong).unwrap();
    let error = fails(gateway_command().arg("check").arg(world.manifest_file()));
    assert!(
        error.contains("manifest.json") && error.contains("trustees.threshold"),
        "{error}"
    );
}

#[test]
fn creating_takes_two_people_and_happens_once() {
    let world = World::prepare(|_| ());
    let (one, two) = (world.staff_key(0), world.staff_key(2));
    let error = fails(create(&world).arg("--staff-key").arg(&one));
    assert!(
        error.contains("1 staff keys, the manifest demands 2"),
        "{error}"
    );
    let twice = fails(
        create(&world)
            .arg("--staff-key")
            .arg(&one)
            .arg("--staff-key")
            .arg(&one),
    );
    assert!(twice.contains("1 staff keys"), "{twice}");
    let mut command = create(&world);
    command
        .arg("--staff-key")
        .arg(&one)
        .arg("--staff-key")
        .arg(&two);
    assert_eq!(
        ok(&mut command).trim(),
        world.manifest.election_id().to_string()
    );
    assert!(fails(&mut command).contains("exists already"));
}

#[test]
fn a_founding_file_founds_once_and_only_with_its_signatures() {
    let world = World::prepare(|_| ());
    let (manifest, staff) = (&world.manifest, &world.keys.staff);
    let canonical = manifest.to_canonical();
    let action = StaffAction::Create(Document::of(&canonical).unwrap());
    let (number, checkpoint) = (0, Vec::new());
    let proposal = Proposal {
        number,
        checkpoint,
        action,
    };
    let file = world.manifest_file().with_file_name("founding");
    let found = |by: &[u16]| {
        let sign = |n: &u16| {
            let key = &staff[usize::from(*n)];
            (*n, proposal.sign(&manifest.election_id(), key))
        };
        let entry = StaffEntry::new(proposal.clone(), by.iter().map(sign).collect());
        let document = Some(canonical.clone());
        std::fs::write(&file, Submission { entry, document }.to_bytes()).unwrap();
        let mut command = gateway_command();
        command.arg("create").arg("--founding").arg(&file);
        command.arg("--data").arg(world.data());
        command.arg("--keys").arg(world.keys_folder());
        command
    };
    assert!(fails(&mut found(&[1])).contains("1 staff signatures, 2 are needed"));
    assert!(!world.data().exists(), "nothing is made without signatures");
    let printed = ok(&mut found(&[0, 2]));
    assert_eq!(printed.trim(), manifest.election_id().to_string());
    assert!(fails(&mut found(&[0, 2])).contains("exists already"));
    std::fs::write(&file, b"no founding").unwrap();
    let mut command = gateway_command();
    command.arg("create").arg("--founding").arg(&file);
    command.arg("--data").arg(world.data());
    command.arg("--keys").arg(world.keys_folder());
    assert!(fails(&mut command).contains("founding"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_act_on_one_machine_or_on_two() {
    let world = World::create(around_now).await;
    let process = world.spawn();
    let url = process.api.url.clone();
    world.run_ceremony(&process.api).await;
    assert!(fails(staff(&world, &url, &[0]).arg("open")).contains("the manifest demands 2"));
    let opened = ok(staff(&world, &url, &[0, 1]).arg("open"));
    assert!(opened.starts_with("open is entry "), "{opened}");
    let receipt = world
        .voter(&process.api, "a")
        .await
        .vote(&process.api, &[0])
        .await;

    let file = world.folder.path().join("pause.action");
    ok(staff(&world, &url, &[0]).arg("--out").arg(&file).args([
        "pause",
        "--reason-ko",
        "정전",
        "--reason-en",
        "power cut",
    ]));
    assert!(fails(staff(&world, &url, &[]).arg("submit").arg(&file)).contains("staff-signatures"));
    let shown = ok(staff(&world, &url, &[2]).arg("sign").arg(&file));
    assert!(shown.contains("pause 정전"), "{shown}");
    ok(staff(&world, &url, &[]).arg("submit").arg(&file));
    assert_eq!(
        process.api.get("/api/v1/election").await.json()["stage"],
        "paused"
    );
    // A signed action serves once.
    assert!(fails(staff(&world, &url, &[]).arg("submit").arg(&file)).contains("staff-signatures"));
    ok(staff(&world, &url, &[1, 2]).args([
        "resume",
        "--reason-ko",
        "복구",
        "--reason-en",
        "mended",
    ]));
    let error = fails(staff(&world, &url, &[1, 2]).arg("close"));
    assert!(error.contains("stage-forbids"), "{error}");
    let mut elsewhere = staff(&world, &url, &[1, 2]);
    elsewhere.args(["--election", &"00".repeat(32), "close"]);
    assert!(!run(&mut elsewhere).status.success());

    // Export while it serves; then a stop in order.
    let out = world.folder.path().join("out");
    ok(gateway_command()
        .arg("export")
        .arg("--data")
        .arg(world.data())
        .arg("--out")
        .arg(&out));
    let checkpoint = std::fs::read(out.join("checkpoint")).unwrap();
    assert_eq!(process.api.get("/log/checkpoint").await.ok(), checkpoint);
    assert!(process.terminate());
    let process = world.spawn();
    let code = Receipt::from_bytes(&receipt).unwrap().code;
    process
        .api
        .get(&format!("/api/v1/receipts/{code}"))
        .await
        .ok();
    assert!(process.terminate());
}

/// File, environment, flag: each overrides the one before; what is misspelt stops the start.
#[tokio::test(flavor = "multi_thread")]
async fn serving_is_configured_by_one_file() {
    let world = World::create(|_| ()).await;
    let file = world.folder.path().join("gateway.toml");
    let path = |path: std::path::PathBuf| path.display().to_string();
    let text = format!(
        "[server]\ndata_folder = {:?}\nkeys_folder = {:?}\nlisten = \"nowhere\"\n\
         [identity]\nprovider = \"none\"\n",
        path(world.data()),
        path(world.keys_folder()),
    );
    std::fs::write(&file, text).unwrap();
    let serve = || {
        let mut command = gateway_command();
        command.args(["serve", "--config"]).arg(&file);
        command
    };
    let error = fails(&mut serve());
    assert!(error.contains("server.listen"), "{error}");
    let mut command = serve();
    command.env("HANPYO_GATEWAY__SERVER__LISTEN", "192.0.2.1:1");
    assert!(fails(&mut command).contains("cannot listen on 192.0.2.1:1"));
    command.args(["--listen", "127.0.0.1:0"]);
    let process = Process::start(&mut command);
    let election = process.api.get("/api/v1/election").await.json();
    assert_eq!(election["identity_providers"], serde_json::json!([]));
    assert!(process.terminate());
    command.env("HANPYO_GATEWAY__IDENTITY__PROVIDERS", "none");
    let error = fails(&mut command);
    assert!(error.contains("unknown field `providers`"), "{error}");
}

#[test]
fn help_names_every_command() {
    let help = ok(gateway_command().arg("--help"));
    for command in [
        "keygen",
        "staff-keygen",
        "offline",
        "check",
        "create",
        "serve",
        "staff",
        "export",
    ] {
        assert!(help.contains(command), "{command}");
    }
    let help = ok(gateway_command().args(["staff", "--help"]));
    for action in [
        "open", "pause", "extend", "withdraw", "annul", "close", "publish", "ratify",
    ] {
        assert!(help.contains(action), "{action}");
    }
}
