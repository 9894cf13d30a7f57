//! Words of the reports in both languages.

use crate::engine::Outcome;
use voting_core::manifest::Bilingual;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 한국어.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// The language's BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    /// One of two texts.
    #[must_use]
    pub const fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Korean => ko,
            Self::English => en,
        }
    }

    /// A text's part in this language.
    #[must_use]
    pub fn of(self, text: &Bilingual) -> &str {
        self.pick(&text.ko, &text.en)
    }

    /// An outcome as people read it.
    #[must_use]
    pub const fn outcome(self, outcome: Outcome) -> &'static str {
        match (self, outcome) {
            (Self::Korean, Outcome::In) => "선정",
            (Self::Korean, Outcome::Partial) => "일부 선정",
            (Self::Korean, Outcome::Out) => "미선정",
            (Self::English, Outcome::In) => "in",
            (Self::English, Outcome::Partial) => "in part",
            (Self::English, Outcome::Out) => "out",
        }
    }

    /// An amount of money.
    #[must_use]
    pub fn money(self, won: u64) -> String {
        let money = crate::result::money(won.into());
        self.of(&money).to_owned()
    }
}
