//! Manifests of demonstrations: of a `.pb` file's projects, and of made-up projects of Seoul.

use crate::pb_ballots::{Ballots, CITIZEN};
use thiserror::Error;
use voting_core::ids::UnixMillis;
use voting_core::log::note::KeyName;
use voting_core::manifest::{
    Admission, AgeLimit, BallotRules, Bilingual, Claim, Contest, CostCaps, DateError, Document,
    Eligibility, Format, Keys, Kind, Manifest, ManifestError, Project, Schedule, Staff,
    StaffMember, Trustee, Trustees, VoterClass, Witnesses,
};
use voting_core::rule::{
    ClassFactor, ClassId, ContestId, Fill, FillPolicy, FillScope, NameError, ParseRatioError,
    Ratio, Rule, Scope, Selection, SmallClass, TieOrder, TopN, Weighting, Won,
};

/// How long an election may be extended beyond its first close: 30 days.
const LONGEST_EXTENSION_MS: u64 = 30 * 86_400_000;
/// How long objections are heard after that.
const OBJECTIONS_MS: u64 = 86_400_000;
/// What is received before the close is in the log this long after it, or never.
const DRAIN_MS: u64 = 1_000;

/// Why there is no manifest.
#[derive(Debug, Error)]
pub enum DemonstrationError {
    /// It does not hold together.
    #[error("the demonstration's manifest")]
    Manifest(#[from] ManifestError),
    /// The projects' file is not one.
    #[error("the demonstration's projects")]
    Projects(#[from] serde_json::Error),
    /// A name that cannot be.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The log's origin cannot be a key's name.
    #[error("{0:?} cannot be a log's origin")]
    Origin(String),
    /// A day that cannot be.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A number that cannot be.
    #[error(transparent)]
    Ratio(#[from] ParseRatioError),
}

/// The public keys of everyone who plays a part.
#[derive(Clone, Debug)]
pub struct Offices {
    /// Of the gateway.
    pub keys: Keys,
    /// Of the staff, of whom two must sign.
    pub staff: Vec<StaffMember>,
    /// Of the trustees, of whom two must decrypt.
    pub trustees: Vec<Trustee>,
}

/// The hours of a demonstration.
#[derive(Clone, Copy, Debug)]
pub struct Hours {
    /// The first instant at which a ballot is accepted.
    pub opens_at: UnixMillis,
    /// The first instant at which one is late; staff may extend.
    pub closes_at: UnixMillis,
}

/// The manifest for replaying a file: one contest of all its projects, its limits, its budget
/// filled from the top.
///
/// # Errors
/// [`DemonstrationError`].
pub fn of_ballots(
    ballots: &Ballots,
    offices: Offices,
    hours: Hours,
) -> Result<Manifest, DemonstrationError> {
    let contest = Contest {
        id: "projects".parse::<ContestId>()?,
        title: text("주민참여예산 사업", "Participatory budget projects"),
        lists: Vec::new(),
        fields: Vec::new(),
        picks: ballots.picks,
        cost_caps: CostCaps::default(),
        projects: projects(ballots),
        rule: rule(ballots)?,
    };
    let title = text(
        &format!("재연: {}", ballots.file),
        &format!("Replay: {}", ballots.file),
    );
    let classes = ballots
        .classes
        .iter()
        .map(|id| class(id, id.as_str(), id.as_str()));
    let frame = Frame {
        title,
        eligibility: eligibility(&[], None),
        contests: vec![contest],
        classes: classes.collect(),
    };
    frame.manifest("replay.hanpyo.example", offices, hours)
}

/// The manifest of the demonstration election: contests from a file, and the classes whose marks
/// their rules weigh.
///
/// # Errors
/// [`DemonstrationError`].
pub fn of_projects(
    json: &[u8],
    offices: Offices,
    hours: Hours,
) -> Result<Manifest, DemonstrationError> {
    let contests: Vec<Contest> = serde_json::from_slice(json)?;
    let classes = [
        ("committee", "시민참여예산위원", "Budget committee"),
        ("proposer", "제안자", "Proposers"),
        ("graduate", "예산학교 수료자", "Budget school graduates"),
        (CITIZEN, "시민", "Citizens"),
    ];
    let class = |(id, ko, en): (&str, _, _)| Ok::<_, NameError>(class(&id.parse()?, ko, en));
    let classes = classes.into_iter().map(class).collect::<Result<_, _>>()?;
    let title = text(
        "시민참여예산 한마당 총회 투표 (시연)",
        "Citizens' budget vote (demonstration)",
    );
    let ties = [Claim::Residence, Claim::Work, Claim::Study, Claim::Business];
    let age = AgeLimit {
        years: 14,
        on: "2027-01-01".parse()?,
    };
    let frame = Frame {
        title,
        eligibility: eligibility(&ties, Some(age)),
        contests,
        classes,
    };
    frame.manifest("demo.hanpyo.example", offices, hours)
}

/// What differs from one demonstration to the next.
struct Frame {
    title: Bilingual,
    eligibility: Eligibility,
    contests: Vec<Contest>,
    classes: Vec<VoterClass>,
}

impl Frame {
    fn manifest(
        self,
        host: &str,
        offices: Offices,
        hours: Hours,
    ) -> Result<Manifest, DemonstrationError> {
        // Every demonstration has a log of its own, and a log an origin of its own.
        let origin = format!("{host}/{}", hours.opens_at);
        let origin = KeyName::new(&*origin).map_err(|_| DemonstrationError::Origin(origin))?;
        Ok(Manifest::new(Document {
            format: Format::V1,
            origin,
            title: self.title,
            demonstration: true,
            contests: self.contests,
            eligibility: self.eligibility,
            classes: self.classes,
            offline_groups: Vec::new(),
            small_class_minimum: 1,
            schedule: schedule(hours),
            ballot: BallotRules {
                voting_again: false,
                max_spoiled: 5,
            },
            trustees: Trustees {
                threshold: 2,
                members: offices.trustees,
            },
            staff: Staff {
                required: 2,
                members: offices.staff,
            },
            keys: offices.keys,
            witnesses: Witnesses {
                quorum: 0,
                members: Vec::new(),
            },
        })?)
    }
}

fn eligibility(claims: &[Claim], age: Option<AgeLimit>) -> Eligibility {
    Eligibility {
        area: text("서울특별시", "Seoul"),
        claims: claims.to_vec(),
        age,
    }
}

fn schedule(hours: Hours) -> Schedule {
    let extension_limit = UnixMillis::new(hours.closes_at.get() + LONGEST_EXTENSION_MS);
    Schedule {
        opens_at: hours.opens_at,
        closes_at: hours.closes_at,
        extension_limit,
        drain_ms: DRAIN_MS,
        objections_until: UnixMillis::new(extension_limit.get() + OBJECTIONS_MS),
    }
}

fn class(id: &ClassId, ko: &str, en: &str) -> VoterClass {
    let everyone = id.as_str() == CITIZEN;
    VoterClass {
        id: id.clone(),
        title: text(ko, en),
        admission: if everyone {
            Admission::Everyone
        } else {
            Admission::Roll
        },
        small: SmallClass::Withhold,
    }
}

fn projects(ballots: &Ballots) -> Vec<Project> {
    let project = |(order, project): (u64, &crate::pb_ballots::PbProject)| Project {
        id: project.id.clone(),
        title: project.title.clone(),
        field: None,
        list: None,
        district: None,
        cost: project.cost.unwrap_or(Won::ZERO),
        kind: Kind::General,
        place: None,
        summary: None,
        proposal_order: order,
    };
    (1..).zip(&ballots.projects).map(project).collect()
}

/// The budget filled from the top, passing over what does not fit; where a file has no usable
/// money, the first of the ranking. Every mark counts 1.
fn rule(ballots: &Ballots) -> Result<Rule, DemonstrationError> {
    let priced = ballots
        .projects
        .iter()
        .all(|project| project.cost.is_some_and(|c| c > Won::ZERO));
    let budget = ballots
        .budget
        .filter(|budget| priced && *budget > Won::ZERO);
    let selection = match budget {
        Some(budget) => {
            let scope = FillScope::Overall { budget };
            Selection::Fill(Fill {
                policy: FillPolicy::Skip,
                scope,
            })
        }
        None => Selection::TopN(TopN {
            places: 1,
            scope: Scope::Overall,
        }),
    };
    let one = Ratio::new(1, 1)?;
    let factor = |class: &ClassId| ClassFactor {
        class: class.clone(),
        factor: one,
    };
    Ok(Rule {
        weighting: Weighting::Multiplier {
            factors: ballots.classes.iter().map(factor).collect(),
        },
        selection,
        minimum: None,
        ties: vec![TieOrder::CostAsc, TieOrder::EarlierProposal],
        conflicts: Vec::new(),
    })
}

fn text(ko: &str, en: &str) -> Bilingual {
    Bilingual {
        ko: ko.to_owned(),
        en: en.to_owned(),
    }
}

#[cfg(test)]
mod tests;
