//! The world as commands that need a server have it: the client, the token, the folder, the terminal.

use std::io::Read as _;
#[cfg(feature = "net")]
use std::io::Write as _;
use std::time::Duration;

use jiff::Timestamp;

use super::args::{Access, Remote};
use super::stopped::Stopped;
use crate::bundle::Folder;
use crate::disk::Output;
#[cfg(feature = "net")]
use crate::net::{Client, Credentials, Prober, Token};
use crate::publish::online::Found;
#[cfg(feature = "net")]
use crate::publish::sources;
use crate::publish::{Address, Answer, Lost, Outside, Request};

/// Most bytes of a token on standard input.
const TOKEN_BYTES: u64 = 8 << 10;

/// Where a token comes from, unless from standard input, and which header carries it.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenUse<'a> {
    /// Name of the environment variable.
    pub variable: &'static str,
    /// Name of the header.
    pub header: &'a str,
}

/// The token of gists.
pub(super) const GITHUB: TokenUse<'static> = TokenUse { variable: "GITHUB_TOKEN", header: "authorization" };

impl Remote {
    /// The base address of the API. A token must not travel in the clear.
    pub(super) fn api(&self) -> Result<Address, Stopped> {
        let api = Address::parse(&self.api).map_err(|why| Stopped::new(format!("--api: the address {why}")))?;
        if !api.is_https() && !api.is_loopback() {
            return Err(Stopped::new("--api: an address with http:// would show the token to everyone; use https://"));
        }
        Ok(api)
    }
}

impl Access {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the environment comes in")]
    fn token(&self, variable: &str) -> Result<Option<String>, Stopped> {
        if self.token_stdin {
            let mut text = String::new();
            let read = std::io::stdin().take(TOKEN_BYTES).read_to_string(&mut text);
            read.map_err(|_| Stopped::new("the token on standard input is not text"))?;
            return Ok(Some(text));
        }
        Ok(std::env::var(variable).ok().filter(|token| !token.trim().is_empty()))
    }
}

/// Where intents are kept: the output folder and the name of the file.
type Keep<'a> = (&'a Output, &'a str);

#[cfg(feature = "net")]
pub(super) struct World<'a> {
    client: Client,
    keep: Option<Keep<'a>>,
    patience: Duration,
}

#[cfg(feature = "net")]
impl<'a> World<'a> {
    /// Opens nothing yet. With a place for intents something will be written, and then the token is needed, if one is used.
    pub(super) fn open(
        access: &Access,
        server: &Address,
        token: Option<TokenUse<'_>>,
        keep: Option<Keep<'a>>,
    ) -> Result<Self, Stopped> {
        let mut credentials = None;
        if let Some(TokenUse { variable, header }) = token {
            let text = access.token(variable)?;
            if keep.is_some() && text.is_none() {
                return Err(Stopped::new(format!(
                    "no token: set {variable}, or pipe it to --token-stdin (`--dry-run` needs none)"
                )));
            }
            let token = text.map(|text| Token::new(&text)).transpose().map_err(Stopped::new)?;
            credentials = token.map(|token| Credentials { header: header.to_owned(), token });
        }
        let patience = Duration::from_secs(access.patience);
        Ok(Self { client: Client::new(server, credentials, patience), keep, patience })
    }

    /// What the external sources of a bundle answer.
    pub(super) fn sources(&self, folder: &Folder) -> (Found, Vec<String>) {
        let prober = Prober::new(self.patience);
        sources::check(folder, &mut |address| prober.ask(address))
    }
}

#[cfg(feature = "net")]
impl Outside for World<'_> {
    fn send(&mut self, request: &Request) -> Result<Answer, Lost> {
        self.client.send(request)
    }

    fn pause(&mut self, time: Duration) -> bool {
        self.client.pause(time)
    }

    fn keep(&mut self, intent: &[u8]) -> Result<(), String> {
        let (output, name) = self.keep.ok_or("nothing is written here")?;
        output.keep(name, intent).map_err(|error| error.to_string())
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn say(&mut self, what: &str) {
        // Nothing more can be done when stderr is closed.
        let _ = writeln!(anstream::stderr(), "{what} …");
    }
}

/// Built without the feature `net`: nothing can be sent, so nobody gets to hold one.
#[cfg(not(feature = "net"))]
pub(super) struct World<'a>(std::convert::Infallible, std::marker::PhantomData<Keep<'a>>);

#[cfg(not(feature = "net"))]
impl<'a> World<'a> {
    pub(super) fn open(
        access: &Access,
        _: &Address,
        token: Option<TokenUse<'_>>,
        _: Option<Keep<'a>>,
    ) -> Result<Self, Stopped> {
        let token = token.map(|TokenUse { variable, header }| access.token(variable).map(|_| header)).transpose()?;
        let _ = (token, access.patience);
        Err(Stopped::new("this proofpack was built without the feature `net` and opens no connection"))
    }

    pub(super) fn sources(&self, _: &Folder) -> (Found, Vec<String>) {
        match self.0 {}
    }
}

#[cfg(not(feature = "net"))]
impl Outside for World<'_> {
    fn send(&mut self, _: &Request) -> Result<Answer, Lost> {
        match self.0 {}
    }

    fn pause(&mut self, _: Duration) -> bool {
        match self.0 {}
    }

    fn keep(&mut self, _: &[u8]) -> Result<(), String> {
        match self.0 {}
    }

    fn now(&self) -> Timestamp {
        match self.0 {}
    }

    fn say(&mut self, _: &str) {
        match self.0 {}
    }
}
