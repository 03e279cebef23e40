//! Whoever works at the same time on one file.

/// Does a piece of work in as many places at once as there are hands, and returns when every one of them is done. Whoever
/// owns threads gives it; [`alone`] has none.
pub type Crew = fn(&(dyn Fn() + Sync));

/// A crew of one.
pub fn alone(work: &(dyn Fn() + Sync)) {
    work();
}
