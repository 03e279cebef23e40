//! The only module that opens connections.
//!
//! Invariants: redirects are never followed here; every request ends in bounded time with a bounded answer; the token
//! goes to the origin of the API and nowhere else, and nothing that comes back repeats it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use ureq::http;
use ureq::{Agent, Timeout};

use crate::publish::{Address, Answer, Lost, Request};

/// Longest time for one request, whatever the server does.
const REQUEST: Duration = Duration::from_secs(60);
/// Longest time to come to a connection.
const CONNECT: Duration = Duration::from_secs(15);
/// Most bytes of the headers of an answer.
const HEADER_BYTES: usize = 64 << 10;
/// The version of the API that is spoken (docs.github.com/en/rest/about-the-rest-api/api-versions).
const API_VERSION: &str = "2022-11-28";
/// What stands in the place of the token where a server repeats it.
const HIDDEN: &str = "(token)";

/// A token that shows itself to nobody.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as it was given; white space around it is no part of it. Its bytes must fit into a header.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the token is empty".to_owned());
        }
        if text.len() > 4096 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the token has characters that no token has, or is too long".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    fn hide(&self, text: &str) -> String {
        text.replace(&self.0, HIDDEN)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Sends requests to an API and to the pages and files that it names.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    api: Address,
    token: Option<Token>,
    deadline: Instant,
}

impl Client {
    /// A client for one API that is done within this time, whatever happens.
    pub fn new(api: &Address, token: Option<Token>, patience: Duration) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEADER_BYTES)
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        if api.is_loopback() {
            config = config.proxy(None);
        }
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let agent = config.tls_config(tls).build().into();
        Self { agent, api: api.clone(), token, deadline: Instant::now() + patience }
    }

    /// What is left of the time.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Waits. `false`, at once, when there is not that much time left.
    pub fn pause(&self, time: Duration) -> bool {
        if time >= self.left() {
            return false;
        }
        std::thread::sleep(time);
        true
    }

    /// Sends one request and takes in the whole answer.
    pub fn send(&self, request: &Request) -> Result<Answer, Lost> {
        self.exchange(request).map_err(|lost| match (lost, &self.token) {
            (Lost::NotSent(why), Some(token)) => Lost::NotSent(token.hide(&why)),
            (Lost::Unknown(why), Some(token)) => Lost::Unknown(token.hide(&why)),
            (lost, None) => lost,
        })
    }

    fn exchange(&self, request: &Request) -> Result<Answer, Lost> {
        let left = self.left();
        if left.is_zero() {
            return Err(Lost::NotSent("there is no time left (--patience)".to_owned()));
        }
        let mut builder = http::Request::builder().method(request.method).uri(request.address.to_string());
        let is_api = request.address.same_origin(&self.api);
        if is_api {
            builder =
                builder.header("x-github-api-version", API_VERSION).header("accept", "application/vnd.github+json");
            if let Some(token) = &self.token {
                builder = builder.header("authorization", format!("Bearer {}", token.0));
            }
        }
        let unusable = |_| Lost::NotSent("the request cannot be written".to_owned());
        let answer = match &request.body {
            Some(body) => {
                let request = builder
                    .header("content-type", "application/json; charset=utf-8")
                    .body(body.as_slice())
                    .map_err(unusable)?;
                self.run(request, left)
            }
            None => self.run(builder.body(()).map_err(unusable)?, left),
        };
        let mut answer = answer.map_err(|error| lost(&error))?;
        let mut headers = BTreeMap::new();
        for (name, value) in answer.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = self.token.as_ref().map_or_else(|| value.to_string(), |token| token.hide(&value));
            headers.entry(name.as_str().to_owned()).or_insert(value);
        }
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(request.most).read_to_vec().map_err(|error| {
            // The head of an answer has come, so the request was carried out or not, but was sent.
            Lost::Unknown(match lost(&error) {
                Lost::NotSent(why) | Lost::Unknown(why) => why,
            })
        })?;
        Ok(Answer { status, headers, body })
    }

    fn run<B: ureq::AsSendBody>(
        &self,
        request: http::Request<B>,
        left: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let request = self.agent.configure_request(request).timeout_global(Some(left.min(REQUEST))).build();
        self.agent.run(request)
    }
}

/// Why there is no answer, in words that repeat nothing of the request.
fn lost(error: &ureq::Error) -> Lost {
    use ureq::Error;
    match error {
        Error::HostNotFound => Lost::NotSent("the host was not found".to_owned()),
        Error::ConnectionFailed => Lost::NotSent("no connection came about".to_owned()),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Lost::NotSent("no connection came about in time".to_owned())
        }
        Error::Timeout(_) => Lost::Unknown("the answer did not come to its end in time".to_owned()),
        Error::Tls(_) | Error::Rustls(_) => Lost::NotSent("no trusted encrypted connection came about".to_owned()),
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Lost::NotSent("the connection was refused".to_owned())
        }
        Error::Io(error) => Lost::Unknown(format!("the connection broke ({})", error.kind())),
        Error::BodyExceedsLimit(limit) => Lost::Unknown(format!("the answer is larger than {limit} bytes")),
        Error::Protocol(_) => Lost::Unknown("the answer is not whole HTTP".to_owned()),
        _ => Lost::Unknown("the answer could not be read".to_owned()),
    }
}
