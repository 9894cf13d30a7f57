//! Which ballots are decrypted together (PROTOCOL.md, "Small classes").
//!
//! Fixed by the manifest and the number of counting ballots alone, before anything is decrypted.

use crate::decryption::GroupId;
use crate::ids::ClassIndex;
use crate::manifest::Manifest;
use crate::rule::SmallClass;
use std::collections::BTreeMap;

/// Classes whose ballots are summed and decrypted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The number of the class whose weight applies to all of them.
    pub id: GroupId,
    /// The classes, ascending.
    pub classes: Vec<ClassIndex>,
    /// How many ballots they cast.
    pub ballots: u64,
}

impl Group {
    /// The class whose weight applies.
    #[must_use]
    pub fn head(&self) -> ClassIndex {
        ClassIndex::new(self.id.get())
    }
}

/// What becomes of every class at the close.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// What is decrypted; a class without ballots is in none.
    pub groups: Vec<Group>,
    /// Groups too small that are never decrypted.
    pub withheld: Vec<Group>,
    /// Groups too small that, by the manifest, stop the decryption of everything.
    pub refused: Vec<Group>,
}

impl Grouping {
    /// The grouping for the number of counting ballots of each class.
    #[must_use]
    pub fn new(manifest: &Manifest, cast: &[u64]) -> Self {
        let classes = (0u16..).zip(cast).filter(|(_, ballots)| **ballots > 0);
        let mut heads: BTreeMap<ClassIndex, Group> = classes
            .map(|(n, &ballots)| {
                let class = ClassIndex::new(n);
                (
                    class,
                    Group {
                        id: GroupId::new(n),
                        classes: vec![class],
                        ballots,
                    },
                )
            })
            .collect();
        while let Some((small, target)) = next_merger(manifest, &heads) {
            merge(&mut heads, small, target);
        }
        Self::settle(manifest, heads)
    }

    fn settle(manifest: &Manifest, heads: BTreeMap<ClassIndex, Group>) -> Self {
        let mut grouping = Self::default();
        for (head, group) in heads {
            let place = match policy(manifest, head) {
                _ if group.ballots >= manifest.small_class_minimum => &mut grouping.groups,
                Some(SmallClass::Withhold) => &mut grouping.withheld,
                _ => &mut grouping.refused,
            };
            place.push(group);
        }
        grouping
    }
}

fn policy(manifest: &Manifest, class: ClassIndex) -> Option<&SmallClass> {
    manifest.class(class).map(|class| &class.small)
}

/// The first class, in the manifest's order, that is too small and joins another.
fn next_merger(
    manifest: &Manifest,
    heads: &BTreeMap<ClassIndex, Group>,
) -> Option<(ClassIndex, ClassIndex)> {
    let mut small = heads
        .iter()
        .filter(|(_, g)| g.ballots < manifest.small_class_minimum);
    small.find_map(|(head, group)| match policy(manifest, *head) {
        Some(SmallClass::MergeInto(target)) => manifest
            .class_index(target)
            // A class never joins one that has joined it: the others decide, or it is refused.
            .filter(|target| !group.classes.contains(target))
            .map(|target| (*head, target)),
        _ => None,
    })
}

fn merge(heads: &mut BTreeMap<ClassIndex, Group>, small: ClassIndex, target: ClassIndex) {
    let Some(group) = heads.remove(&small) else {
        return;
    };
    // The target may itself have joined another class already.
    let head = heads
        .iter()
        .find(|(_, g)| g.classes.contains(&target))
        .map(|(head, _)| *head);
    let head = head.unwrap_or(target);
    let empty = Group {
        id: GroupId::new(head.get()),
        classes: Vec::new(),
        ballots: 0,
    };
    let into = heads.entry(head).or_insert(empty);
    into.classes.extend(group.classes);
    into.classes.sort();
    into.ballots += group.ballots;
}
