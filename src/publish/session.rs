//! One conversation with a server: requests that survive what passes, and what every refusal has in common.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::check::privacy;
use crate::publish::{Address, Answer, Failure, Lost, Outside, Request};

/// How often something that may pass is tried.
pub(super) const TRIES: u32 = 5;
/// How often a limit of the server is waited for.
const LIMITS: u32 = 10;
/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Headers in which servers give the id of a request.
const REQUEST_IDS: [&str; 2] = ["x-github-request-id", "x-request-id"];
/// Longest part of what a server says that is shown, in characters.
const SAID: usize = 120;

/// A conversation with one server.
pub(super) struct Session<'a> {
    /// Base address of the server.
    pub server: Address,
    /// What every request to it carries.
    headers: &'static [(&'static str, &'static str)],
    pub outside: &'a mut dyn Outside,
    /// The server's ids of what was asked of it.
    pub requests: Vec<String>,
    /// Whether the server gave no answer although it was asked several times.
    pub is_deaf: bool,
}

impl<'a> Session<'a> {
    /// Begins a conversation; nothing is sent.
    pub(super) fn new(
        server: &Address,
        headers: &'static [(&'static str, &'static str)],
        outside: &'a mut dyn Outside,
    ) -> Self {
        Self { server: server.clone(), headers, outside, requests: Vec::new(), is_deaf: false }
    }
}

impl Session<'_> {
    /// A request with what every request to this server carries; to another one it carries nothing.
    pub(super) fn request(&self, method: &'static str, address: Address, body: Option<Vec<u8>>, most: u64) -> Request {
        let own = if address.same_origin(&self.server) { self.headers } else { &[] };
        let headers = own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Request { method, address, headers, body, most }
    }

    /// Sends once; a limit of the server is waited for, as nothing was done then.
    pub(super) fn send(&mut self, request: &Request) -> Result<Result<Answer, Lost>, Failure> {
        for round in 0..LIMITS {
            let answer = match self.outside.send(request) {
                Ok(answer) => answer,
                Err(lost) => return Ok(Err(lost)),
            };
            let Some(wait) = limited(&answer, round) else {
                let id = REQUEST_IDS.iter().find_map(|name| answer.header(name));
                if request.address.same_origin(&self.server)
                    && let Some(id) = id.filter(|id| id.len() <= 80 && id.bytes().all(|byte| byte.is_ascii_graphic()))
                {
                    self.requests.push(format!("{} {id}", request.method));
                }
                return Ok(Ok(answer));
            };
            self.outside.say(&format!("the server asks to wait {} s", wait.as_secs()));
            self.pause(wait)?;
        }
        Err(Failure::Stopped(
            "the server keeps limiting the rate of requests; run the same command again later".to_owned(),
        ))
    }

    /// Waits, or stops when the run may not take that long.
    pub(super) fn pause(&mut self, time: Duration) -> Result<(), Failure> {
        if self.outside.pause(time) {
            return Ok(());
        }
        Err(Failure::Stopped(format!(
            "it would take {} s more and longer than --patience allows; nothing is lost, run the same command again later",
            time.as_secs().max(1)
        )))
    }

    /// Waits before the next try, longer each time.
    pub(super) fn back_off(&mut self, attempt: u32) -> Result<(), Failure> {
        self.pause(FIRST_WAIT * 2_u32.pow(attempt.min(6)))
    }

    /// Reads something; what may pass is tried again. Statuses below 500 come back as they are; `Err` within is the
    /// reason why there is no answer after all tries.
    pub(super) fn try_get(&mut self, address: &Address, most: u64) -> Result<Result<Answer, String>, Failure> {
        let request = self.request("GET", address.clone(), None, most);
        let mut last = String::new();
        for attempt in 0..TRIES {
            if attempt > 0
                && let Err(failure) = self.back_off(attempt - 1)
            {
                return Err(match failure {
                    Failure::Stopped(why) => {
                        Failure::Stopped(format!("{} could not be read: {last}; {why}", shown(address)))
                    }
                    differs @ Failure::Differs(_) => differs,
                });
            }
            match self.send(&request)? {
                Ok(answer) if answer.status >= 500 || matches!(answer.status, 408 | 425) => {
                    last = format!("it answers {}", answer.status);
                }
                Ok(answer) => return Ok(Ok(answer)),
                Err(Lost::NotSent(why) | Lost::Unknown(why)) => last = why,
            }
        }
        Ok(Err(format!("{} could not be read: {last}", shown(address))))
    }

    /// The same where nothing can go on without an answer.
    pub(super) fn get(&mut self, address: &Address, most: u64) -> Result<Answer, Failure> {
        self.try_get(address, most)?.map_err(Failure::Stopped)
    }
}

/// An address as messages show it: a server could have put anything into it.
pub(super) fn shown(address: &Address) -> String {
    let text = format!("{}{}", address.origin(), address.path());
    let text: String = text.chars().take(SAID).collect();
    if privacy::is_harmless(&text) { text } else { address.origin() }
}

/// Where a redirect leads.
pub(super) fn redirect(answer: &Answer) -> Option<String> {
    let is_one = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    is_one.then(|| answer.header("location").unwrap_or_default().to_owned())
}

/// The JSON of an answer. The error says what comes in its place.
pub(super) fn json(body: &[u8]) -> Result<serde_json::Value, String> {
    serde_json::from_slice(body).map_err(|_| {
        let start = body.trim_ascii_start();
        if start.starts_with(b"<") {
            "is a web page and not JSON: something between here and the server answers in its place".to_owned()
        } else if body.is_empty() {
            "is empty".to_owned()
        } else {
            "is not whole JSON".to_owned()
        }
    })
}

/// What the server says about a refusal, as far as it can be shown.
pub(super) fn said(answer: &Answer) -> String {
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let message = json["message"].as_str().unwrap_or_default();
    let message: String = message.chars().filter(|character| !character.is_control()).take(SAID).collect();
    if message.is_empty() || !privacy::is_harmless(&message) { String::new() } else { format!(" (it says: {message})") }
}

/// How long a server that limits requests asks to wait; `None` when it does not limit them. After
/// docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
fn limited(answer: &Answer, round: u32) -> Option<Duration> {
    if !matches!(answer.status, 403 | 429) {
        return None;
    }
    let here = answer.header("date").and_then(moment);
    let until = |moment: i64| here.map(|here| u64::try_from(moment - here.as_second()).unwrap_or(0) + 1);
    let after =
        answer.header("retry-after").and_then(|text| text.parse().ok().or_else(|| until(moment(text)?.as_second())));
    let reset = || {
        let spent = answer.header("x-ratelimit-remaining") == Some("0");
        let reset = answer.header("x-ratelimit-reset").and_then(|text| text.parse().ok());
        spent.then(|| reset.and_then(until).unwrap_or(60))
    };
    let says = || {
        let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(4096)]).to_ascii_lowercase();
        let limits = answer.status == 429 || body.contains("rate limit") || body.contains("abuse detection");
        limits.then(|| 60 << round.min(6))
    };
    after.or_else(reset).or_else(says).map(Duration::from_secs)
}

/// The moment of an HTTP date.
fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_how_long_they_last() {
        let check = |status: u16, headers: &[(&str, &str)], body: &str| {
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            limited(&Answer { status, headers, body: body.into() }, 0).map(|wait| wait.as_secs())
        };
        let date = ("date", "Sun, 24 May 2026 04:00:00 GMT");
        let spent = ("x-ratelimit-remaining", "0");
        assert_eq!(check(200, &[("retry-after", "3")], ""), None);
        assert_eq!(check(429, &[("retry-after", "3")], ""), Some(3));
        assert_eq!(check(403, &[("retry-after", "0")], ""), Some(0));
        assert_eq!(check(403, &[date, ("retry-after", "Sun, 24 May 2026 04:00:09 GMT")], ""), Some(10));
        assert_eq!(check(403, &[date, spent, ("x-ratelimit-reset", "1779595230")], ""), Some(31));
        assert_eq!(check(403, &[date, spent, ("x-ratelimit-reset", "1")], ""), Some(1));
        assert_eq!(check(403, &[spent], ""), Some(60));
        assert_eq!(check(403, &[], "You have exceeded a secondary rate limit"), Some(60));
        assert_eq!(check(403, &[], "Resource not accessible by personal access token"), None);
        assert_eq!(check(429, &[], ""), Some(60));
    }
}
