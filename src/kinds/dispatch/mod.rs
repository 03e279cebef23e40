//! What the kinds that look at dispatching share: how their exports are read, how texts of agents are made fit to be
//! shown, and how questions about them are read. It is no kind and knows none.

pub(super) mod form;
pub(super) mod redact;
pub(super) mod value;
