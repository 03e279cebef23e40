//! The world as commands that need a server have it: the client, the token, the folder, the terminal.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::{Remote, Stopped};
use crate::bundle::Folder;
use crate::disk::Output;
#[cfg(feature = "net")]
use crate::net::{Client, Prober, Token};
use crate::publish::online::Found;
#[cfg(feature = "net")]
use crate::publish::sources;
use crate::publish::{Address, Answer, Intent, Lost, Outside, Request};

/// Most bytes of a token on standard input.
const TOKEN_BYTES: u64 = 8 << 10;

impl Remote {
    /// The base address of the API. A token must not travel in the clear.
    pub(super) fn api(&self) -> Result<Address, Stopped> {
        let api = Address::parse(&self.api).map_err(|why| Stopped::new(format!("--api: the address {why}")))?;
        if !api.is_https() && !api.is_loopback() {
            return Err(Stopped::new("--api: an address with http:// would show the token to everyone; use https://"));
        }
        Ok(api)
    }

    #[expect(clippy::disallowed_methods, reason = "the command line is where the environment comes in")]
    fn token(&self) -> Result<Option<String>, Stopped> {
        if self.token_stdin {
            let mut text = String::new();
            let read = std::io::stdin().take(TOKEN_BYTES).read_to_string(&mut text);
            read.map_err(|_| Stopped::new("the token on standard input is not text"))?;
            return Ok(Some(text));
        }
        Ok(std::env::var("GITHUB_TOKEN").ok().filter(|token| !token.trim().is_empty()))
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
    /// With a place for intents something will be written, and then a token is needed.
    pub(super) fn open(remote: &Remote, api: &Address, keep: Option<Keep<'a>>) -> Result<Self, Stopped> {
        let token = remote.token()?;
        if keep.is_some() && token.is_none() {
            return Err(Stopped::new(
                "no token: set GITHUB_TOKEN, or pipe it to --token-stdin (`--dry-run` needs none)",
            ));
        }
        let token = token.map(|text| Token::new(&text)).transpose().map_err(Stopped::new)?;
        let patience = Duration::from_secs(remote.patience);
        Ok(Self { client: Client::new(api, token, patience), keep, patience })
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

    fn keep(&mut self, intent: &Intent) -> Result<(), String> {
        let (output, name) = self.keep.ok_or("nothing is written here")?;
        output.keep(name, &intent.render()).map_err(|error| error.to_string())
    }

    fn say(&mut self, what: &str) {
        // Nothing more can be done when stderr is closed.
        let _ = writeln!(anstream::stderr(), "{what} …");
    }
}

/// Built without the feature `net`: nothing can be sent, and nobody gets to hold one.
#[cfg(not(feature = "net"))]
pub(super) struct World<'a>(std::marker::PhantomData<Keep<'a>>);

#[cfg(not(feature = "net"))]
impl<'a> World<'a> {
    pub(super) fn open(remote: &Remote, _: &Address, _: Option<Keep<'a>>) -> Result<Self, Stopped> {
        let _ = (remote.token()?, remote.patience);
        Err(Stopped::new("this proofpack was built without the feature `net` and opens no connection"))
    }

    pub(super) fn sources(&self, _: &Folder) -> (Found, Vec<String>) {
        (Err("built without the feature `net`".to_owned()), Vec::new())
    }
}

#[cfg(not(feature = "net"))]
impl Outside for World<'_> {
    fn send(&mut self, _: &Request) -> Result<Answer, Lost> {
        Err(Lost::NotSent("built without the feature `net`".to_owned()))
    }

    fn pause(&mut self, _: Duration) -> bool {
        false
    }

    fn keep(&mut self, _: &Intent) -> Result<(), String> {
        Err("built without the feature `net`".to_owned())
    }

    fn say(&mut self, what: &str) {
        let _ = writeln!(anstream::stderr(), "{what} …");
    }
}
