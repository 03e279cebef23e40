//! What every page knows beside its facts: its language, where and when it is written; and the lines under it that say so.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::Now;
use crate::lang::Lang;
use crate::view::texts;

/// Name and version of the program, as every page tells them.
pub const TOOL: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// What every page needs to know beside its facts.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Language of the page.
    pub lang: Lang,
    /// Time zone in which times are shown.
    pub zone: &'a TimeZone,
    /// As of when.
    pub now: &'a Now,
    /// Title of the workspace.
    pub workspace: &'a str,
}

impl Context<'_> {
    /// A moment as people read it, in the workspace's time zone; seconds only where there are any.
    pub fn moment(&self, moment: Timestamp) -> String {
        let moment = moment.to_zoned(self.zone.clone());
        let format = if moment.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        moment.strftime(format).to_string()
    }

    /// A due date, with a word when it is past.
    pub fn due(&self, due: Timestamp) -> String {
        let shown = self.moment(due);
        if due < self.now.timestamp() { texts::past_due(self.lang, &shown) } else { shown }
    }

    /// What the time zone is called.
    pub fn zone_name(&self) -> String {
        let offset = || self.now.timestamp().to_zoned(self.zone.clone()).offset().to_string();
        self.zone.iana_name().map_or_else(offset, str::to_owned)
    }
}

/// The lines under every page.
pub fn footer(context: &Context<'_>) -> Vec<String> {
    vec![
        texts::as_of(
            context.lang,
            &texts::in_zone(context.lang, &context.moment(context.now.timestamp()), &context.zone_name()),
        ),
        texts::generated_by(context.lang, TOOL),
    ]
}
