//! What became of a row, in a code and in both languages. Says nothing of the person.

/// Into which of four heaps a row fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// On the roll.
    Accepted,
    /// On the roll already; nothing changed.
    Duplicate,
    /// Cannot be read; not on the roll.
    Malformed,
    /// Could be several people; not on the roll until staff have settled it.
    Ambiguous,
}

impl Verdict {
    /// Every heap.
    pub const ALL: [Self; 4] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Malformed,
        Self::Ambiguous,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::Ambiguous => "ambiguous",
        }
    }
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $verdict:ident, $ko:literal, $en:literal;)*) => {
        /// What became of a row of a roll file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Outcome {
            $($(#[$doc])* $name,)*
        }

        impl Outcome {
            /// Every outcome.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// Its heap.
            #[must_use]
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$name => Verdict::$verdict),* }
            }

            /// Its sentence in Korean.
            #[must_use]
            pub const fn ko(self) -> &'static str {
                match self { $(Self::$name => $ko),* }
            }

            /// Its sentence in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en),* }
            }
        }
    };
}

outcomes! {
    /// Matched by its CI, or by name, birth date and mobile number where it has none.
    Accepted = "accepted", Accepted,
        "명부에 올랐습니다.", "It is on the roll.";
    /// The CI is on this roll already.
    SameCi = "same-ci", Duplicate,
        "같은 연계정보(CI)가 이미 명부에 있습니다.", "The same CI is on the roll already.";
    /// Name, birth date and mobile number are on this roll already.
    SamePerson = "same-person", Duplicate,
        "이름·생년월일·휴대전화가 같은 사람이 이미 명부에 있습니다.",
        "The same name, birth date and mobile number are on the roll already.";
    /// More or fewer cells than the heading.
    WrongShape = "wrong-shape", Malformed,
        "칸 수가 제목 줄과 다릅니다.", "It has more or fewer cells than the heading.";
    /// The class is not one of the manifest's.
    UnknownClass = "unknown-class", Malformed,
        "투표 설정에 없는 투표자 구분입니다.", "The manifest has no such class.";
    /// The class admits everyone.
    NoRoll = "class-without-roll", Malformed,
        "명부가 없는 투표자 구분입니다.", "The class has no roll.";
    /// Neither a CI nor all of name, birth date and mobile number.
    Incomplete = "incomplete", Malformed,
        "연계정보(CI)도 없고, 이름·생년월일·휴대전화 가운데 빠진 것이 있습니다.",
        "It has no CI, and name, birth date or mobile number is missing.";
    /// The CI is too long or holds control characters.
    BadCi = "bad-ci", Malformed,
        "연계정보(CI)를 읽을 수 없습니다.", "The CI cannot be read.";
    /// The name holds no letter or is too long.
    BadName = "bad-name", Malformed,
        "이름을 읽을 수 없습니다.", "The name cannot be read.";
    /// The birth date is none, or has a two-digit year.
    BadBirthDate = "bad-birth-date", Malformed,
        "생년월일을 읽을 수 없습니다. 연도는 네 자리로 적어 주십시오.",
        "The birth date cannot be read; years have four digits.";
    /// The mobile number is no Korean one.
    BadMobile = "bad-mobile", Malformed,
        "휴대전화 번호를 읽을 수 없습니다.", "The mobile number cannot be read.";
    /// One CI beside different people.
    CiOfSeveral = "ci-of-several", Ambiguous,
        "같은 연계정보(CI)에 서로 다른 사람이 적혀 있습니다. 확인 후 다시 올려 주십시오.",
        "One CI stands beside different people; settle it and import again.";
    /// Name, birth date and mobile number of people with different CIs.
    PersonOfSeveral = "person-of-several", Ambiguous,
        "이름·생년월일·휴대전화가 같은데 연계정보(CI)가 다른 사람들이 있습니다. 확인 후 다시 올려 주십시오.",
        "People with different CIs have this name, birth date and mobile number; settle it and import again.";
}

impl Outcome {
    /// The outcome of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|outcome| outcome.code() == code)
    }
}
