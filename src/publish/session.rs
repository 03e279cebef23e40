//! One conversation with a server: requests that survive what passes, and words for what does not.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::check::privacy;
use crate::publish::{Address, Answer, Failure, Lost, Outside, Request, gist};

/// Most bytes of an answer of the API. A gist comes with the content of its files.
const API_BYTES: u64 = 64 << 20;
/// Most bytes of the page of a gist.
const PAGE_BYTES: u64 = 32 << 20;
/// How often something that may pass is tried.
pub(super) const TRIES: u32 = 5;
/// How often a limit of the server is waited for.
const LIMITS: u32 = 10;
/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest part of what a server says that is shown, in characters.
const SAID: usize = 120;

/// A conversation with one server.
pub(super) struct Session<'a> {
    pub api: Address,
    pub outside: &'a mut dyn Outside,
    /// The server's ids of what was asked of its API.
    pub requests: Vec<String>,
    /// Whether the server gave no answer although it was asked several times.
    pub is_deaf: bool,
}

impl<'a> Session<'a> {
    /// Begins a conversation; nothing is sent.
    pub(super) fn new(api: &Address, outside: &'a mut dyn Outside) -> Self {
        Self { api: api.clone(), outside, requests: Vec::new(), is_deaf: false }
    }
}

impl Session<'_> {
    /// Sends once; a limit of the server is waited for, as nothing was done then.
    pub(super) fn send(&mut self, request: &Request) -> Result<Result<Answer, Lost>, Failure> {
        for round in 0..LIMITS {
            let answer = match self.outside.send(request) {
                Ok(answer) => answer,
                Err(lost) => return Ok(Err(lost)),
            };
            let Some(wait) = limited(&answer, round) else {
                if request.address.same_origin(&self.api)
                    && let Some(id) = answer.header("x-github-request-id").filter(|id| id.len() <= 80)
                {
                    self.requests.push(format!("{} {id}", request.method));
                }
                return Ok(Ok(answer));
            };
            self.outside.say(&format!("the server asks to wait {} s", wait.as_secs()));
            self.pause(wait)?;
        }
        Err(Failure::Stopped("the server keeps limiting the rate of requests; publish again later".to_owned()))
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
        let request = Request { method: "GET", address: address.clone(), body: None, most };
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
    fn get(&mut self, address: &Address, most: u64) -> Result<Answer, Failure> {
        self.try_get(address, most)?.map_err(Failure::Stopped)
    }

    /// Reads from the API.
    pub(super) fn api(&mut self, path: &str) -> Result<Answer, Failure> {
        let address = self.api.below(path);
        self.get(&address, API_BYTES)
    }

    /// Asks the API to write.
    pub(super) fn write(
        &mut self,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Result<Answer, Lost>, Failure> {
        self.send(&Request { method, address: self.api.below(path), body: Some(body), most: API_BYTES })
    }

    /// Reads the page of a gist, over the one redirect that GitHub makes from `/ID` to `/OWNER/ID`.
    pub(super) fn page(&mut self, page: &Address, owner: &str, id: &str) -> Result<Answer, Failure> {
        let answer = self.get(page, PAGE_BYTES)?;
        let Some(location) = redirect(&answer) else { return Ok(answer) };
        let next = page
            .follow(&location)
            .map_err(|why| Failure::differs(format!("the page redirects to an address that {why}")))?;
        let is_the_gist = next.path().trim_end_matches('/').ends_with(&format!("/{owner}/{id}"));
        if !next.same_origin(page) || !is_the_gist {
            return Err(Failure::differs(format!("the page redirects to {}, which is not followed", shown(&next))));
        }
        self.get(&next, PAGE_BYTES)
    }

    /// Whose token this is.
    pub(super) fn whoami(&mut self) -> Result<String, Failure> {
        let answer = self.api("/user")?;
        if answer.status != 200 {
            return Err(self.refusal(&answer, "asking whose token this is"));
        }
        gist::login(&answer.body).map_err(|why| Failure::differs(format!("the answer of /user {why}")))
    }

    /// An answer that will not become another one by asking again.
    pub(super) fn refusal(&self, answer: &Answer, doing: &str) -> Failure {
        let said = said(answer);
        let stop = |why: &str| Failure::Stopped(format!("{doing}: {why}{said}"));
        if let Some(location) = redirect(answer) {
            let target = self.api.follow(&location).map_or_else(|_| "another address".to_owned(), |to| shown(&to));
            return Failure::differs(format!("{doing}: the server redirects to {target}, which is not followed"));
        }
        match answer.status {
            401 => stop("401, the server does not accept the token; make a new one with the permission to write gists"),
            403 => stop(
                "403, the token may not do this; it needs the scope `gist`, or as a fine-grained token the user permission \
                 Gists: write. A token of an app or of Actions cannot write gists",
            ),
            404 => stop(match answer.header("x-oauth-scopes") {
                Some(scopes) if !scopes.split(',').any(|scope| scope.trim() == "gist") => {
                    "404, and the token lacks the scope `gist`"
                }
                _ => "404, it is gone, or it is another one's, or the token lacks the permission to write gists",
            }),
            413 | 405 => stop("the server finds it too large"),
            422 => stop("422, the server does not accept a file or a name"),
            200..=299 => Failure::differs(format!(
                "{doing}: {} with an answer that {}",
                answer.status,
                gist::Gist::read(&answer.body).err().unwrap_or_else(|| "was not expected".to_owned())
            )),
            status => stop(&status.to_string()),
        }
    }
}

/// An address as messages show it: a server could have put anything into it.
pub(super) fn shown(address: &Address) -> String {
    let text = format!("{}{}", address.origin(), address.path());
    let text: String = text.chars().take(SAID).collect();
    if privacy::is_harmless(&text) { text } else { address.origin() }
}

/// Where a redirect leads.
fn redirect(answer: &Answer) -> Option<String> {
    let is_one = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    is_one.then(|| answer.header("location").unwrap_or_default().to_owned())
}

/// What the API says about a refusal, as far as it can be shown.
fn said(answer: &Answer) -> String {
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
