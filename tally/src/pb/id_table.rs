//! A look-up from ids to their positions, fast for short ids.

/// Open addressing over borrowed ids, at most half full.
#[derive(Debug)]
pub(crate) struct IdTable<'a> {
    slots: Vec<Option<(&'a str, u32)>>,
    filled: usize,
}

impl<'a> IdTable<'a> {
    /// An empty table with room for about `expected` ids.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        let slots = expected.saturating_mul(2).next_power_of_two().max(16);
        Self {
            slots: vec![None; slots],
            filled: 0,
        }
    }

    /// The position of `id`.
    pub(crate) fn get(&self, id: &str) -> Option<u32> {
        self.slots[self.slot(id)].map(|(_, position)| position)
    }

    /// Adds `id`; gives back the position it already had, if any, and keeps that.
    pub(crate) fn insert(&mut self, id: &'a str, position: u32) -> Option<u32> {
        let slot = self.slot(id);
        if let Some((_, earlier)) = self.slots[slot] {
            return Some(earlier);
        }
        self.slots[slot] = Some((id, position));
        self.filled += 1;
        if self.filled * 2 > self.slots.len() {
            self.grow();
        }
        None
    }

    /// The slot that holds `id`, or the empty one where it belongs.
    fn slot(&self, id: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = usize::try_from(hash(id.as_bytes()) >> 32).unwrap_or(0) & mask;
        while self.slots[slot].is_some_and(|(other, _)| other != id) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let doubled = vec![None; self.slots.len() * 2];
        for (id, position) in std::mem::replace(&mut self.slots, doubled)
            .into_iter()
            .flatten()
        {
            let slot = self.slot(id);
            self.slots[slot] = Some((id, position));
        }
    }
}

/// A multiplicative hash over words of eight bytes. A hostile file can only slow its own reading.
fn hash(id: &[u8]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = id.len() as u64;
    for chunk in id.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(word)).wrapping_mul(ODD);
        state ^= state >> 29;
    }
    state.wrapping_mul(ODD)
}

#[cfg(test)]
mod tests {
    use super::IdTable;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn agrees_with_a_map(ids in prop::collection::vec("[ab]{0,10}", 0..200)) {
            let (mut table, mut map) = (IdTable::with_capacity(0), BTreeMap::new());
            for (i, id) in (0..).zip(&ids) {
                let earlier = table.insert(id, i);
                prop_assert_eq!(earlier, map.get(id).copied());
                map.entry(id.clone()).or_insert(i);
            }
            for id in ids.iter().map(String::as_str).chain(["absent"]) {
                prop_assert_eq!(table.get(id), map.get(id).copied());
            }
        }
    }
}
