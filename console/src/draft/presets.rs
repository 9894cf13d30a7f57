//! The presets that a draft starts from: docs/samples/presets.

use serde::Serialize;
use voting_core::manifest::Bilingual;
use voting_core::manifest::preset::Preset;

macro_rules! presets {
    ($($name:literal),*) => {
        /// Every preset by name, newest first.
        const ALL: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!("../../../docs/samples/presets/", $name, ".json")),
        )),*];
    };
}
presets!(
    "district-2025",
    "seoul-2020",
    "seoul-2019",
    "seoul-2018",
    "seoul-2017",
    "seoul-2015",
    "seoul-2014"
);

/// A preset as staff choose it.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    /// Its name.
    pub name: &'static str,
    /// Which year's rules.
    pub title: Bilingual,
    /// What is known of that year.
    pub note: Bilingual,
    /// What staff must confirm.
    pub questions: Vec<Bilingual>,
}

/// All that are offered.
#[must_use]
pub fn offered() -> Vec<Offered> {
    let read = |(name, json): &(&'static str, &str)| {
        let preset = Preset::parse(json.as_bytes()).ok()?;
        let questions = preset.questions().iter().map(|q| q.question.clone());
        Some(Offered {
            name,
            title: preset.title().clone(),
            note: preset.note().clone(),
            questions: questions.collect(),
        })
    };
    ALL.iter().filter_map(read).collect()
}

/// A preset's JSON.
pub(super) fn preset_json(name: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, json)| *json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read() {
        assert_eq!(offered().len(), ALL.len());
    }
}
