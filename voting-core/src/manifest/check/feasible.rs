//! Whether any choice keeps a contest's limits all at once.
//!
//! Lists and fields cut the projects two ways, so this is a flow from a source to lists to fields
//! to a sink, each edge with the least and most of its part, a list-field edge with as many units as projects
//! are in both, and one edge back for the overall limit. A circulation exists iff a choice does
//! (flows are whole where bounds are). Lower bounds are met from a second source and sink.

use crate::manifest::{Contest, Picks};

/// Whether a choice exists. The contest's parts are already known to be well formed.
pub(super) fn satisfiable(contest: &Contest) -> bool {
    let mut network = Network::of(contest);
    let mut flow = 0;
    while network.push_one() {
        flow += 1;
    }
    flow == network.needed
}

const SOURCE: usize = 0;
const SINK: usize = 1;
/// Where the flow starts and ends that meets the lower bounds.
const SUPPLY: usize = 2;
const DEMAND: usize = 3;
const FIRST_PART: usize = 4;

struct Network {
    /// What each edge can still take.
    capacity: Vec<Vec<u64>>,
    /// The sum of all lower bounds.
    needed: u64,
}

impl Network {
    fn of(contest: &Contest) -> Self {
        // Where there are no lists or fields, one without a limit stands for them.
        let lists = contest.lists.len().max(1);
        let fields = contest.fields.len().max(1);
        let size = FIRST_PART + lists + fields;
        let mut network = Self {
            capacity: vec![vec![0; size]; size],
            needed: 0,
        };
        let field_node = |i: usize| FIRST_PART + lists + i;
        let free = Picks {
            min: 0,
            max: u32::MAX,
        };

        network.add(SINK, SOURCE, contest.picks);
        for i in 0..lists {
            let picks = contest.lists.get(i).and_then(|l| l.picks).unwrap_or(free);
            network.add(SOURCE, FIRST_PART + i, picks);
        }
        for i in 0..fields {
            let picks = contest.fields.get(i).and_then(|f| f.picks).unwrap_or(free);
            network.add(field_node(i), SINK, picks);
        }
        for project in &contest.projects {
            let list = contest
                .lists
                .iter()
                .position(|l| Some(&l.id) == project.list.as_ref());
            let field = contest
                .fields
                .iter()
                .position(|f| Some(&f.id) == project.field.as_ref());
            let (list, field) = (list.unwrap_or(0), field.unwrap_or(0));
            network.capacity[FIRST_PART + list][field_node(field)] += 1;
        }
        network
    }

    /// An edge that takes between `min` and `max`.
    fn add(&mut self, from: usize, to: usize, picks: Picks) {
        self.capacity[from][to] += u64::from(picks.max - picks.min);
        self.capacity[SUPPLY][to] += u64::from(picks.min);
        self.capacity[from][DEMAND] += u64::from(picks.min);
        self.needed += u64::from(picks.min);
    }

    /// Pushes one more unit from supply to demand, if there is a way (breadth first).
    fn push_one(&mut self) -> bool {
        let mut came_from = vec![None; self.capacity.len()];
        let mut queue = std::collections::VecDeque::from([SUPPLY]);
        while let Some(node) = queue.pop_front() {
            for (next, &left) in self.capacity[node].iter().enumerate() {
                if left > 0 && next != SUPPLY && came_from[next].is_none() {
                    came_from[next] = Some(node);
                    queue.push_back(next);
                }
            }
        }
        let mut node = DEMAND;
        if came_from[DEMAND].is_none() {
            return false;
        }
        while let Some(previous) = came_from[node] {
            self.capacity[previous][node] -= 1;
            self.capacity[node][previous] += 1;
            node = previous;
        }
        true
    }
}
