//! The imported projects with their fields and lists, in the places that a preset has for them.

use crate::import::{Imported, Part};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use voting_core::manifest::Project;
use voting_core::manifest::preset::Preset;

/// Enters projects, fields and lists.
///
/// Where the preset has the parts already, an imported one is that of the same title or id, or, of
/// those whose title the preset leaves open, the next.
pub(super) fn enter(preset: &mut Preset, imported: &Imported) {
    if imported.projects.is_empty() {
        return;
    }
    let fields = enter_parts(preset, "fields", &imported.fields);
    let lists = enter_parts(preset, "lists", &imported.lists);
    let rename = |project: &Project| {
        let mut project = json!(project);
        for (member, ids) in [("field", &fields), ("list", &lists)] {
            let id = project[member].as_str().and_then(|id| ids.get(id));
            if let Some(id) = id.cloned() {
                project[member] = id.into();
            }
        }
        project
    };
    let projects: Vec<Value> = imported.projects.iter().map(rename).collect();
    let _known = preset.enter("contests[0].projects", projects.into());
}

/// Enters the parts; gives the id that each imported one has in the manifest.
fn enter_parts(preset: &mut Preset, member: &str, parts: &[Part]) -> BTreeMap<String, String> {
    let path = format!("contests[0].{member}");
    let whole: Vec<Value> = parts.iter().map(|part| json!(part)).collect();
    if preset.enter(&path, whole.into()).is_ok() {
        return BTreeMap::new();
    }
    let mut ids = BTreeMap::new();
    for (part, place) in parts.iter().zip(places(preset, &path, parts)) {
        let own = |name: &str| format!("{path}[{place}].{name}");
        let _known = preset.enter(&own("id"), part.id.clone().into());
        let _known = preset.enter(&own("title"), json!(part.title));
        if let Some(id) = known(preset, &path, place)["id"].as_str() {
            ids.insert(part.id.clone(), id.to_owned());
        }
    }
    ids
}

/// Which of the preset's places each part takes; one past the last where there is none.
fn places(preset: &Preset, path: &str, parts: &[Part]) -> Vec<usize> {
    let count = (0..)
        .take_while(|i| !known(preset, path, *i).is_null())
        .count();
    let mut free: Vec<usize> = (0..count).collect();
    let mut take = |fits: &dyn Fn(&Value) -> bool| {
        let at = free.iter().position(|i| fits(&known(preset, path, *i)))?;
        Some(free.remove(at))
    };
    let mut places: Vec<Option<usize>> = Vec::new();
    for part in parts {
        let title = part.title.ko.as_str();
        places.push(take(&|place| {
            place["title"]["ko"] == title || place["id"] == title
        }));
    }
    let next = |place: Option<usize>| place.or_else(|| take(&|place| place["title"].is_null()));
    places
        .into_iter()
        .map(next)
        .map(|place| place.unwrap_or(count))
        .collect()
}

/// What the preset says at a place; null where it has none.
fn known(preset: &Preset, path: &str, place: usize) -> Value {
    let pointer = format!("/manifest/{}/{place}", path.replace("[0].", "/0/"));
    let value = serde_json::to_value(preset).unwrap_or_default();
    value.pointer(&pointer).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::presets::preset_json;

    const SHEET: &str = "사업명,사업비,유형,분야\n하나,1,광역협치형,교통\n둘,2,광역제안형,문화\n";

    fn entered(preset: &str) -> Value {
        let mut preset = Preset::parse(preset_json(preset).unwrap().as_bytes()).unwrap();
        let imported = crate::import::read(SHEET.as_bytes()).unwrap();
        enter(&mut preset, &imported);
        let value = serde_json::to_value(&preset).unwrap();
        value["manifest"]["contests"][0].clone()
    }

    fn members<'a>(contest: &'a Value, list: &str, member: &str) -> Vec<&'a str> {
        let items = contest[list].as_array().unwrap();
        items
            .iter()
            .map(|item| item[member].as_str().unwrap_or("-"))
            .collect()
    }

    #[test]
    fn a_preset_without_parts_takes_the_imported_ones() {
        let contest = entered("seoul-2018");
        assert_eq!(members(&contest, "lists", "id"), ["l1", "l2"]);
        assert_eq!(members(&contest, "projects", "list"), ["l1", "l2"]);
        assert_eq!(members(&contest, "projects", "field"), ["f1", "f2"]);
    }

    #[test]
    fn a_presets_own_lists_are_found_by_title_and_otherwise_filled_in_order() {
        let known = entered("seoul-2020");
        assert_eq!(
            members(&known, "projects", "list"),
            ["governance", "proposal"]
        );
        assert_eq!(members(&known, "fields", "id")[..3], ["f1", "f2", "-"]);
        let open = entered("seoul-2019");
        assert_eq!(members(&open, "projects", "list"), ["first", "second"]);
        assert_eq!(open["lists"][0]["title"]["ko"], "광역협치형");
    }
}
