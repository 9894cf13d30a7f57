//! The folder of a demonstration: keys of every role, manifest, the gateway's data, receipts.
//!
//! ```text
//! keys/  staff-1.key  staff-2.key  trustee-1.key .. trustee-3.key  passphrase   secret
//! manifest.json  roll.csv                                                       before create
//! store/  gateway.log  trustee-1.state ..                                      while it runs
//! receipts                                                                     the voters'
//! result.json  signed.json  published.json  result.txt  verification.txt       after the close
//! ```

use super::programs::{Programs, Serving};
use crate::demonstration::Offices;
use crate::http::Http;
use anyhow::{Context, ensure};
use data_encoding::HEXLOWER;
use rand::rngs::SysRng;
use rand_core::{Rng, UnwrapErr};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use voting_core::manifest::{Keys, MAX_BYTES, Manifest, StaffMember, Trustee};

/// How many staff members there are; both must sign.
const STAFF: u16 = 2;
/// How many trustees there are; two of them decrypt.
pub const TRUSTEES: u16 = 3;
/// The passphrase lies beside the keys it locks: stretching it would protect nobody.
const SCRYPT: [&str; 2] = ["--test-scrypt-work-factor", "4"];

/// A demonstration's folder and the programs that work in it.
#[derive(Clone, Debug)]
pub struct Setting {
    folder: PathBuf,
    programs: Programs,
    configured: Vec<(String, String)>,
}

impl Setting {
    /// A folder, made if it does not exist.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new(folder: &Path, programs: Programs) -> anyhow::Result<Self> {
        let name = || folder.display().to_string();
        std::fs::create_dir_all(folder).with_context(name)?;
        let folder = folder.canonicalize().with_context(name)?;
        Ok(Self {
            folder,
            programs,
            configured: Vec::new(),
        })
    }

    /// The same, whose gateway has these variables in its environment.
    #[must_use]
    pub fn configured(mut self, variables: Vec<(String, String)>) -> Self {
        self.configured = variables;
        self
    }

    /// The programs.
    #[must_use]
    pub const fn programs(&self) -> &Programs {
        &self.programs
    }

    /// A file of the folder, as text for a command line.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// The path of a file of the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The manifest of an election that was created here before.
    ///
    /// # Errors
    /// If there is one that cannot be read.
    pub fn manifest(&self) -> anyhow::Result<Option<Manifest>> {
        let path = self.path("manifest.json");
        if !self.path("store").is_dir() {
            return Ok(None);
        }
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        anyhow::ensure!(
            bytes.len() <= MAX_BYTES,
            "{}: this is too long",
            path.display()
        );
        Ok(Some(
            Manifest::parse(&bytes).with_context(|| path.display().to_string())?,
        ))
    }

    /// Draws the keys of everyone.
    ///
    /// # Errors
    /// Also if there are keys already: an election that was begun and not created.
    pub async fn draw_keys(&self) -> anyhow::Result<Offices> {
        let begun = self.path("keys").exists();
        ensure!(
            !begun,
            "{}: begun and not finished; remove it",
            self.folder.display()
        );
        let printed = self
            .programs
            .run("gateway", &["keygen", &self.file("keys")])
            .await?;
        let keys: Keys = serde_json::from_str(&printed).context("the gateway's keys")?;
        let mut staff = Vec::new();
        for n in 1..=STAFF {
            let file = self.file(&format!("staff-{n}.key"));
            let printed = self
                .programs
                .run("gateway", &["staff-keygen", &file])
                .await?;
            let key = printed.trim().parse().context("a staff member's key")?;
            staff.push(StaffMember {
                name: format!("담당자 {n}"),
                key,
            });
        }
        self.draw_passphrase()?;
        let mut trustees = Vec::new();
        for n in 1..=TRUSTEES {
            trustees.push(self.draw_trustee(n).await?);
        }
        Ok(Offices {
            keys,
            staff,
            trustees,
        })
    }

    async fn draw_trustee(&self, n: u16) -> anyhow::Result<Trustee> {
        let (file, passphrase) = (
            self.file(&format!("trustee-{n}.key")),
            self.file("passphrase"),
        );
        let name = format!("수탁자 {n}");
        let args = [
            "keygen",
            "--out",
            &file,
            "--name",
            &name,
            "--passphrase-file",
            &passphrase,
        ];
        let printed = self
            .programs
            .run("trustee", &[&args[..], &SCRYPT].concat())
            .await?;
        serde_json::from_str(&printed).context("a trustee's keys")
    }

    fn draw_passphrase(&self) -> anyhow::Result<()> {
        let mut bytes = [0; 16];
        UnwrapErr(SysRng).fill_bytes(&mut bytes);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path("passphrase"))?;
        Ok(writeln!(file, "{}", HEXLOWER.encode(&bytes))?)
    }

    /// Writes down what an election is created from.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, manifest: &Manifest, roll: &str) -> anyhow::Result<()> {
        std::fs::write(self.path("manifest.json"), manifest.canonical())?;
        Ok(std::fs::write(self.path("roll.csv"), roll)?)
    }

    /// Creates the election: entry 0 of its log, signed by the staff.
    ///
    /// # Errors
    /// Those of `gateway create`.
    pub async fn create(&self, manifest: &Manifest, roll: &str) -> anyhow::Result<()> {
        self.write(manifest, roll)?;
        let files = [
            "manifest.json",
            "store",
            "keys",
            "staff-1.key",
            "staff-2.key",
        ];
        let [manifest, store, keys, first, second] = files.map(|name| self.file(name));
        let data = [
            "create",
            "--manifest",
            &manifest,
            "--data",
            &store,
            "--keys",
            &keys,
        ];
        let staff = ["--staff-key", &first, "--staff-key", &second];
        self.programs
            .run("gateway", &[&data[..], &staff].concat())
            .await?;
        let roll = self.file("roll.csv");
        let import = ["roll", "--data", &store, "import", "--keys", &keys, &roll];
        self.programs.run("gateway", &import).await?;
        Ok(())
    }

    /// Serves it at an address.
    ///
    /// # Errors
    /// If the gateway does not start.
    pub async fn serve(&self, listen: &str) -> anyhow::Result<Serving> {
        self.serve_from("store", listen).await
    }

    /// The same from another of its folders, a copy of `store`.
    ///
    /// # Errors
    /// If the gateway does not start.
    pub async fn serve_from(&self, store: &str, listen: &str) -> anyhow::Result<Serving> {
        let [store, keys] = [store, "keys"].map(|name| self.file(name));
        let args = ["--data", &store, "--keys", &keys, "--listen", listen];
        let log = self.path("gateway.log");
        self.programs.serve(&args, &self.configured, &log).await
    }

    /// A staff action, signed by both.
    ///
    /// # Errors
    /// Those of `gateway staff`.
    pub async fn staff(&self, url: &str, action: &[&str]) -> anyhow::Result<String> {
        let [first, second] = ["staff-1.key", "staff-2.key"].map(|name| self.file(name));
        let args = ["staff", "--url", url, "--key", &first, "--key", &second];
        self.programs
            .run("gateway", &[&args, action].concat())
            .await
    }

    /// A result signed by both of the staff, as a new file.
    ///
    /// # Errors
    /// Those of `tally sign`.
    pub async fn sign_result(&self, result: &str, signed: &str) -> anyhow::Result<()> {
        let files = ["manifest.json", "staff-1.key", "staff-2.key"];
        let [manifest, first, second] = files.map(|name| self.file(name));
        let what = ["sign", result, "--manifest", &manifest, "--out", signed];
        let staff = ["--key", &first, "--key", &second];
        self.programs
            .run("tally", &[&what[..], &staff].concat())
            .await?;
        Ok(())
    }

    /// One step of a trustee.
    ///
    /// # Errors
    /// Those of `trustee`.
    pub async fn trustee(&self, url: &str, n: u16, step: &str) -> anyhow::Result<String> {
        self.trustee_with(url, n, &[step]).await
    }

    /// The decryption shares of these trustees. The first tells the others, who are all one here,
    /// what close its own verified log has, as trustees do before they decrypt.
    ///
    /// # Errors
    /// Those of `trustee`.
    pub async fn share(&self, url: &str, trustees: &[u16]) -> anyhow::Result<()> {
        let first = trustees.first().context("no trustee shares")?;
        let status = self.trustee(url, *first, "status").await?;
        let root = status.lines().find_map(|l| l.strip_prefix("close root"));
        let root = root.context("the log has no close")?.trim();
        for n in trustees {
            let step = ["share", "--close-root", root];
            self.trustee_with(url, *n, &step).await?;
        }
        Ok(())
    }

    async fn trustee_with(&self, url: &str, n: u16, step: &[&str]) -> anyhow::Result<String> {
        let (key, state) = (format!("trustee-{n}.key"), format!("trustee-{n}.state"));
        let [key, state, passphrase] = [&key, &state, "passphrase"].map(|name| self.file(name));
        let whose = ["--url", url, "--key", &key];
        let secret = ["--state", &state, "--passphrase-file", &passphrase];
        self.programs
            .run("trustee", &[step, &whose, &secret, &SCRYPT].concat())
            .await
    }

    /// The key ceremony of all trustees, and the opening.
    ///
    /// # Errors
    /// Those of the trustees' and the staff's programs.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        for step in ["round1", "round2", "confirm"] {
            for n in 1..=TRUSTEES {
                self.trustee(url, n, step).await?;
            }
        }
        self.staff(url, &["open"]).await?;
        self.publish_software(url).await
    }

    /// Puts the hashes of the page's files into the log, where the gateway was built with the page.
    async fn publish_software(&self, url: &str) -> anyhow::Result<()> {
        let http = Http::new(url, Duration::from_secs(30))?;
        let list = match http.get("/assets.json").await {
            Ok(list) => list,
            Err(error) if error.is_refused_as("not-found") => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        std::fs::write(self.path("assets.json"), list)?;
        let document = self.file("assets.json");
        let action = ["software-changed", &document];
        self.staff(url, &action).await?;
        Ok(())
    }
}
