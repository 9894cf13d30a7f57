//! What people can be told of, and when it has happened.

use super::NoticeLanguage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use voting_core::audit::{Schedule, Stage};
use voting_core::ids::UnixMillis;
use voting_core::manifest::Bilingual;

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = NoticeEvent)]
pub enum Event {
    /// Voting is open.
    Opened,
    /// The result is out.
    Published,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It may still happen.
    Ahead,
    /// It has happened, and is worth telling.
    Now,
    /// It is too late to tell, or will never happen.
    Over,
}

impl Event {
    /// Every event.
    pub const ALL: &[Self] = &[Self::Opened, Self::Published];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Published => "published",
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn moment(self, stage: Stage, schedule: &Schedule, now: UnixMillis) -> Moment {
        match (self, stage) {
            (_, Stage::Annulled) => Moment::Over,
            (Self::Opened, Stage::Closed | Stage::Published | Stage::Ratified) => Moment::Over,
            (Self::Opened, _) if now >= schedule.closes_at => Moment::Over,
            (Self::Opened, Stage::Open) if now >= schedule.opens_at => Moment::Now,
            (Self::Published, Stage::Published | Stage::Ratified) => Moment::Now,
            _ => Moment::Ahead,
        }
    }

    /// What is sent.
    pub(super) fn text(self, title: &Bilingual, page: &str, language: NoticeLanguage) -> String {
        match (self, language) {
            (Self::Opened, NoticeLanguage::Ko) => {
                format!("[{}] 투표가 시작되었습니다. {page}", title.ko)
            }
            (Self::Opened, NoticeLanguage::En) => {
                format!("[{}] Voting has begun. {page}", title.en)
            }
            (Self::Published, NoticeLanguage::Ko) => {
                format!("[{}] 결과가 발표되었습니다. {page}/result", title.ko)
            }
            (Self::Published, NoticeLanguage::En) => {
                format!("[{}] The result is out. {page}/result", title.en)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Open from 10 to 20.
    fn schedule() -> Schedule {
        Schedule {
            opens_at: UnixMillis::new(10),
            closes_at: UnixMillis::new(20),
            extension_limit: UnixMillis::new(30),
            drain_ms: 1,
        }
    }

    #[test]
    fn an_event_is_told_while_it_is_news() {
        let at = |event: Event, stage, now| event.moment(stage, &schedule(), UnixMillis::new(now));
        for (stage, now, opened, published) in [
            (Stage::Empty, 1, Moment::Ahead, Moment::Ahead),
            (Stage::Ceremony, 15, Moment::Ahead, Moment::Ahead),
            (Stage::Open, 9, Moment::Ahead, Moment::Ahead),
            (Stage::Open, 10, Moment::Now, Moment::Ahead),
            (Stage::Paused, 15, Moment::Ahead, Moment::Ahead),
            (Stage::Open, 20, Moment::Over, Moment::Ahead),
            (Stage::Closed, 21, Moment::Over, Moment::Ahead),
            (Stage::Published, 22, Moment::Over, Moment::Now),
            (Stage::Ratified, 23, Moment::Over, Moment::Now),
            (Stage::Annulled, 15, Moment::Over, Moment::Over),
        ] {
            assert_eq!(at(Event::Opened, stage, now), opened, "{stage:?} {now}");
            assert_eq!(
                at(Event::Published, stage, now),
                published,
                "{stage:?} {now}"
            );
        }
    }
}
