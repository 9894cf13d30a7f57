//! No byte of any file can change unseen, and none makes the observer panic.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Log, found, ratified, verify_files};
use observer::{Expectations, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static FILES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let (election, documents) = ratified();
    Log::of(&election, &documents).files()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_never_verifies(file: Index, at: Index, change in 1u8..) {
        let mut files = FILES.clone();
        let file = file.index(files.len());
        let (path, bytes) = files.iter_mut().nth(file).unwrap();
        let path = path.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let report = verify_files(&files, &Expectations::default());
        prop_assert_eq!(report.verdict, Verdict::Failed, "{} {}: {}", path, at, found(&report));
    }

    #[test]
    fn a_file_cut_short_or_grown_never_verifies(
        file: Index,
        at: Index,
        more in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut files = FILES.clone();
        let file = file.index(files.len());
        let (path, bytes) = files.iter_mut().nth(file).unwrap();
        let (path, whole) = (path.clone(), bytes.clone());
        bytes.truncate(at.index(whole.len()));
        bytes.extend(more);
        prop_assume!(*bytes != whole);
        let report = verify_files(&files, &Expectations::default());
        prop_assert_eq!(report.verdict, Verdict::Failed, "{}: {}", path, found(&report));
    }
}
