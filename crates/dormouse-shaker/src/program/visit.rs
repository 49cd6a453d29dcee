//! Visits the steps of a program.

use crate::program::{Body, Node, Program, Step};

impl Program {
    /// Whether it has a step of this kind.
    pub(crate) fn any(&self, mut is: impl FnMut(&Step) -> bool) -> bool {
        let mut found = false;
        walk(&self.root, &mut |node| found |= is(&node.step));
        found
    }

    /// How many steps it has.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let mut len = 0;
        walk(&self.root, &mut |_| len += 1);
        len
    }
}

impl Step {
    /// The bodies inside a step.
    pub(crate) fn bodies(&self) -> Vec<&Body> {
        match self {
            Self::Timeout(_, body) => vec![body],
            Self::Select(bodies) | Self::Join(bodies) => bodies.iter().collect(),
            Self::Kept(kept) => vec![&kept.meanwhile],
            Self::Spawn(spawn) => vec![&spawn.body, &spawn.meanwhile],
            _ => Vec::new(),
        }
    }

    pub(crate) fn bodies_mut(&mut self) -> Vec<&mut Body> {
        match self {
            Self::Timeout(_, body) => vec![body],
            Self::Select(bodies) | Self::Join(bodies) => bodies.iter_mut().collect(),
            Self::Kept(kept) => vec![&mut kept.meanwhile],
            Self::Spawn(spawn) => vec![&mut spawn.body, &mut spawn.meanwhile],
            _ => Vec::new(),
        }
    }
}

fn walk(body: &Body, visit: &mut impl FnMut(&Node)) {
    for node in body {
        visit(node);
        for body in node.step.bodies() {
            walk(body, visit);
        }
    }
}
