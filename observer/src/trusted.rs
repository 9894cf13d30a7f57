//! What is trusted, not verified: no report may leave it out.

use crate::replay::VerifiedLog;
use serde::Serialize;

/// Something that no verification of a log can show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trusted {
    /// A stable name.
    pub id: &'static str,
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

/// What is trusted; with the counts of a log where one was read.
#[must_use]
pub(crate) fn trusted(log: Option<&VerifiedLog>) -> Vec<Trusted> {
    let mut all = vec![registrar(log), page(), trustees(log)];
    all.extend(split_view(log));
    all.extend(offline(log));
    all.extend(ranges(log));
    all
}

fn registrar(log: Option<&VerifiedLog>) -> Trusted {
    let (ko, en) = log.map_or_else(
        || {
            (
                "발급·투표 인원".to_owned(),
                "issued and cast counts".to_owned(),
            )
        },
        |log| {
            let counts = || log.state.counts().iter();
            let issued: u64 = counts().map(|count| count.issued).sum();
            let cast: u64 = counts().map(|count| count.cast).sum();
            (
                format!("발급 {issued}명, 투표 {cast}명"),
                format!("{issued} people issued and {cast} cast"),
            )
        },
    );
    Trusted {
        id: "registrar",
        ko: format!(
            "등록 기관이 없는 사람을 만들거나 등급을 잘못 매기지 않았다는 것: {ko} 건수를 \
             본인확인 기관의 건수 및 명부와 대조하십시오."
        ),
        en: format!(
            "That the registrar invented nobody and set no class wrongly: compare {en} with the \
             identity provider's count and the rolls."
        ),
    }
}

fn page() -> Trusted {
    Trusted {
        id: "page",
        ko: "투표 페이지와 기기가 유권자의 키나 선택을 빼돌리거나 바꾸지 않았다는 것.".into(),
        en: "That the voting page and the devices took no voter's key and changed no choice."
            .into(),
    }
}

fn trustees(log: Option<&VerifiedLog>) -> Trusted {
    let trustees = log.map(|log| &log.state.manifest().trustees);
    let (ko, en) = trustees.map_or_else(
        || ("정족수의 인원".to_owned(), "quorum of".to_owned()),
        |trustees| {
            let (t, n) = (trustees.threshold, trustees.members.len());
            (format!("{n}명 중 {t}명"), format!("{t} of {n}"))
        },
    );
    Trusted {
        id: "trustees",
        ko: format!(
            "집계 수탁자 가운데 {ko}이 공모하여 개별 투표를 복호화하지 않았다는 것(비밀 투표)."
        ),
        en: format!("That no {en} trustees decrypt single ballots together (secrecy)."),
    }
}

fn split_view(log: Option<&VerifiedLog>) -> Option<Trusted> {
    let quorum = log.map_or(0, |log| log.state.policy().quorum().n());
    let cosigned = log.map_or(0, |log| log.checkpoint.cosignatures().len());
    (quorum == 0 || cosigned < quorum).then(|| Trusted {
        id: "split-view",
        ko: format!(
            "모든 사람이 같은 로그를 본다는 것: 이 체크포인트에는 증인 공동서명이 {cosigned}개입니다. \
             다른 곳에서 보관한 체크포인트와 비교하십시오(--checkpoint)."
        ),
        en: format!(
            "That everyone sees the same log: {cosigned} witnesses cosigned this checkpoint. \
             Compare it with checkpoints kept elsewhere (--checkpoint)."
        ),
    })
}

fn ranges(log: Option<&VerifiedLog>) -> Option<Trusted> {
    let ranges = log.map_or(0, |log| log.ranges);
    (ranges > 0).then(|| Trusted {
        id: "ranges",
        ko: format!("{ranges}개 구간 파일을 만든 사람이 서명과 증명을 실제로 검증했다는 것."),
        en: format!(
            "That whoever made the {ranges} range files did verify the signatures and proofs in them."
        ),
    })
}

fn offline(log: Option<&VerifiedLog>) -> Option<Trusted> {
    let groups = log.map_or(0, |log| log.state.manifest().offline_groups.len());
    (groups > 0).then(|| Trusted {
        id: "offline-groups",
        ko: format!("이 시스템 밖에서 투표한 {groups}개 집단의 합계: 각 집단의 서명만 확인했습니다."),
        en: format!("The totals of {groups} groups that voted outside this system: only their signatures are verified."),
    })
}
