//! The one clock: a moment that is handed in, never asked for inside.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The moment at which a run looks at its facts.
#[derive(Clone, Debug)]
pub struct Now(Timestamp);

impl Now {
    /// From an RFC 3339 text with an offset, as `--now` takes it.
    pub fn from_rfc3339(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error| {
            format!("`{text}` is not an RFC 3339 time with an offset such as 2026-05-24T03:18:00+08:00 ({error})")
        })
    }

    /// From whole seconds since 1970, as `SOURCE_DATE_EPOCH` gives them.
    pub fn from_epoch(text: &str) -> Result<Self, String> {
        text.parse::<i64>()
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(Self)
            .ok_or_else(|| format!("SOURCE_DATE_EPOCH is `{text}`, expected whole seconds since 1970"))
    }

    /// From a moment, cut to whole seconds: nothing that is written needs more.
    pub fn from_timestamp(moment: Timestamp) -> Self {
        Self(Timestamp::from_second(moment.as_second()).unwrap_or(moment))
    }

    /// The moment itself.
    pub fn timestamp(&self) -> Timestamp {
        self.0
    }

    /// RFC 3339 with the offset of a time zone.
    pub fn rfc3339(&self, zone: &TimeZone) -> String {
        rfc3339(self.0, zone)
    }
}

/// A moment as RFC 3339 with the offset of a time zone.
pub fn rfc3339(moment: Timestamp, zone: &TimeZone) -> String {
    Zoned::new(moment, zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
