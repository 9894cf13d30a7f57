//! A look-up from ids to their positions, fast for short ids.

/// Open addressing over borrowed ids, at most half full.
#[derive(Debug)]
pub(crate) struct IdTable<'a> {
    slots: Vec<Slot>,
    entries: Vec<(&'a str, u32)>,
}

/// Where an id belongs. Its length and first eight bytes decide most comparisons.
#[derive(Clone, Copy, Debug)]
struct Slot {
    head: u64,
    length: u32,
    entry: u32,
}

impl Slot {
    const EMPTY: Self = Self {
        head: 0,
        length: 0,
        entry: u32::MAX,
    };

    fn of(id: &str) -> Self {
        let length = u32::try_from(id.len()).unwrap_or(u32::MAX);
        Self {
            head: word(id.as_bytes()),
            length,
            entry: u32::MAX,
        }
    }

    const fn is_empty(&self) -> bool {
        self.entry == u32::MAX
    }
}

impl<'a> IdTable<'a> {
    /// An empty table with room for about `expected` ids.
    pub(crate) fn with_capacity(expected: usize) -> Self {
        let slots = expected.saturating_mul(2).next_power_of_two().max(16);
        Self {
            slots: vec![Slot::EMPTY; slots],
            entries: Vec::with_capacity(slots / 2),
        }
    }

    /// The position of `id`.
    pub(crate) fn get(&self, id: &str) -> Option<u32> {
        let slot = self.slots[self.find(id)];
        self.entries
            .get(slot.entry as usize)
            .map(|&(_, position)| position)
    }

    /// Adds `id`; gives back the position it already had, if any, and keeps that.
    pub(crate) fn insert(&mut self, id: &'a str, position: u32) -> Option<u32> {
        let at = self.find(id);
        if !self.slots[at].is_empty() {
            return Some(self.entries[self.slots[at].entry as usize].1);
        }
        let entry = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.slots[at] = Slot {
            entry,
            ..Slot::of(id)
        };
        self.entries.push((id, position));
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        None
    }

    /// The slot that holds `id`, or the empty one where it belongs.
    fn find(&self, id: &str) -> usize {
        let wanted = Slot::of(id);
        let mask = self.slots.len() - 1;
        let mut at = usize::try_from(hash(id.as_bytes()) >> 32).unwrap_or(0) & mask;
        loop {
            let slot = &self.slots[at];
            let alike = slot.head == wanted.head && slot.length == wanted.length;
            let whole = || id.len() <= 8 || self.entries[slot.entry as usize].0 == id;
            if slot.is_empty() || (alike && whole()) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![Slot::EMPTY; self.slots.len() * 2];
        for entry in 0..self.entries.len() {
            let id = self.entries[entry].0;
            let at = self.find(id);
            let entry = u32::try_from(entry).unwrap_or(u32::MAX);
            self.slots[at] = Slot {
                entry,
                ..Slot::of(id)
            };
        }
    }
}

/// Up to eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    let length = bytes.len().min(8);
    word[..length].copy_from_slice(&bytes[..length]);
    u64::from_le_bytes(word)
}

/// A multiplicative hash over words of eight bytes. A hostile file can only slow its own reading.
fn hash(id: &[u8]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = id.len() as u64;
    for chunk in id.chunks(8) {
        state = (state ^ word(chunk)).wrapping_mul(ODD);
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
