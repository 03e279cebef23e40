//! The only module that opens connections.
//!
//! Invariants: redirects are never followed here; every request ends in bounded time with a bounded answer; the token
//! goes to the origin of the server and nowhere else, and nothing that comes back repeats it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Timeout};

use crate::publish::sources::Asked;
use crate::publish::{Address, Answer, Lost, Request};

/// Longest time for one request, whatever the server does.
const REQUEST: Duration = Duration::from_secs(60);
/// Longest time to come to a connection.
const CONNECT: Duration = Duration::from_secs(15);
/// Most bytes of the headers of an answer.
const HEADER_BYTES: usize = 64 << 10;
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

/// A token and the header that carries it: `Authorization` as `Bearer`, any other by itself.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Name of the header.
    pub header: String,
    /// The token.
    pub token: Token,
}

/// Sends requests to a server and to the pages and files that it names.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    server: Address,
    credentials: Option<Credentials>,
    deadline: Instant,
}

impl Client {
    /// A client for one server that is done within this time, whatever happens.
    pub fn new(server: &Address, credentials: Option<Credentials>, patience: Duration) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEADER_BYTES)
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        if server.is_loopback() {
            config = config.proxy(None);
        }
        let agent = config.tls_config(tls()).build().into();
        Self { agent, server: server.clone(), credentials, deadline: Instant::now() + patience }
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
        self.exchange(request).map_err(|lost| match lost {
            Lost::NotSent(why) => Lost::NotSent(self.hide(&why)),
            Lost::Unknown(why) => Lost::Unknown(self.hide(&why)),
        })
    }

    fn hide(&self, text: &str) -> String {
        self.credentials.as_ref().map_or_else(|| text.to_owned(), |known| known.token.hide(text))
    }

    fn exchange(&self, request: &Request) -> Result<Answer, Lost> {
        let left = self.left();
        if left.is_zero() {
            return Err(Lost::NotSent("there is no time left (--patience)".to_owned()));
        }
        let mut builder = http::Request::builder().method(request.method).uri(request.address.to_string());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(Credentials { header, token }) = &self.credentials
            && request.address.same_origin(&self.server)
        {
            let bearer = if header.eq_ignore_ascii_case("authorization") { "Bearer " } else { "" };
            builder = builder.header(header, format!("{bearer}{}", token.0));
        }
        let unusable = |_| Lost::NotSent("the request cannot be written".to_owned());
        let answer = match &request.body {
            Some(body) => self.run(builder.body(body.as_slice()).map_err(unusable)?, left),
            None => self.run(builder.body(()).map_err(unusable)?, left),
        };
        let mut answer = answer.map_err(|error| lost(&error))?;
        let mut headers = BTreeMap::new();
        for (name, value) in answer.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.entry(name.as_str().to_owned()).or_insert(self.hide(&value));
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

/// Asks strangers on the public internet whether they are there. Knows no token, goes through no proxy, and connects to
/// no address but those that were just found to be public.
#[derive(Debug)]
pub struct Prober {
    agent: Agent,
    deadline: Instant,
}

/// Longest time for one question to a stranger.
const QUESTION: Duration = Duration::from_secs(15);

impl Prober {
    /// A prober that is done within this time.
    pub fn new(patience: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEADER_BYTES)
            .proxy(None)
            .tls_config(tls())
            .user_agent(concat!(
                "Mozilla/5.0 (compatible; ",
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION"),
                ")"
            ))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), PublicOnly(DefaultResolver::default()));
        Self { agent, deadline: Instant::now() + patience }
    }

    /// Asks for the head of one answer; redirects are told and not followed, the body is not read.
    pub fn ask(&self, address: &Address) -> Asked {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Asked::Silence;
        }
        let Ok(request) = http::Request::get(address.to_string()).body(()) else { return Asked::Silence };
        let request = self.agent.configure_request(request).timeout_global(Some(left.min(QUESTION))).build();
        match self.agent.run(request) {
            Ok(answer) => {
                let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
                Asked::Status(answer.status().as_u16(), location.map(str::to_owned))
            }
            Err(ureq::Error::HostNotFound) => Asked::NoHost,
            Err(ureq::Error::Io(error)) if error.kind() == io::ErrorKind::PermissionDenied => Asked::Private,
            Err(_) => Asked::Silence,
        }
    }
}

/// Resolves names, and refuses those that lead off the public internet. What it gives is what is connected to, so that a
/// second answer of the name server changes nothing.
#[derive(Debug)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = self.0.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        // One private address among several is one too many.
        if resolved.iter().all(|address| is_public(address.ip())) {
            Ok(resolved)
        } else {
            Err(ureq::Error::Io(io::ErrorKind::PermissionDenied.into()))
        }
    }
}

/// Whether an address is one of the public internet: in none of the blocks of IANA's special-purpose registries, also
/// not inside an IPv6 address that carries an IPv4 one.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let [high, low] = [parts[6].to_be_bytes(), parts[7].to_be_bytes()];
    let carried = Ipv4Addr::new(high[0], high[1], low[0], low[1]);
    match parts {
        // NAT64.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(carried),
        // 6to4 and Teredo carry addresses too; nobody needs them any more.
        [0x2002 | 0x3ffe, ..] | [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Everything that is global unicast begins with 001; so mapped addresses, local ones and multicast do not.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Certificates are judged as the system does, so that an Enterprise Server with its own authority is one too.
fn tls() -> ureq::tls::TlsConfig {
    ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build()
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
        Error::Io(error) if is_untrusted(error) => {
            Lost::NotSent("the server's certificate is not trusted by this machine, so nothing was sent".to_owned())
        }
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

/// Whether a connection ended because of the server's certificate, which is before anything is sent over it.
fn is_untrusted(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn addresses_off_the_public_internet() {
        for ip in
            ["1.1.1.1", "172.32.0.1", "100.63.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::101:101", "2001:4860::8"]
        {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn nobody_on_this_machine_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let prober = Prober::new(Duration::from_secs(5));
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
            let address = Address::parse(&format!("http://{host}:{port}/")).unwrap();
            let asked = prober.ask(&address);
            assert!(matches!(asked, Asked::Private | Asked::NoHost | Asked::Silence), "{host}: {asked:?}");
        }
        assert_eq!(prober.ask(&Address::parse(&format!("http://127.0.0.1:{port}/")).unwrap()), Asked::Private);
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[test]
    fn a_certificate_that_nobody_vouches_for_gets_nothing() {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Address::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
        let listening = std::thread::spawn(move || {
            let mut socket = listener.accept().unwrap().0;
            let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
            let mut received = Vec::new();
            // It ends with an error, since no connection comes about.
            let _ = rustls::Stream::new(&mut connection, &mut socket).read_to_end(&mut received);
            received
        });
        let credentials = Credentials { header: "authorization".to_owned(), token: Token::new("abc").unwrap() };
        let client = Client::new(&server, Some(credentials), Duration::from_secs(20));
        let body = Some(b"personal".to_vec());
        let request = Request { method: "POST", address: server.clone(), headers: Vec::new(), body, most: 100 };
        match client.send(&request) {
            Err(Lost::NotSent(why)) => assert!(why.contains("certificate is not trusted"), "{why}"),
            other => panic!("{other:?}"),
        }
        // Not a byte of the request came.
        assert_eq!(listening.join().unwrap(), b"");
    }

    #[test]
    fn a_token_shows_itself_to_nobody() {
        let token = Token::new(" abc\n").unwrap();
        assert_eq!(format!("{token:?}"), "(token)");
        assert_eq!(token.hide("x abc y"), "x (token) y");
        for wrong in ["", " \n", "a b", "a\nb", "é"] {
            assert!(Token::new(wrong).is_err());
        }
    }
}
