//! Web addresses in the one strict form that is believed: what cannot be read the same way by everyone is refused.

use std::fmt;

/// An `http` or `https` address without user name and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    https: bool,
    host: String,
    port: u16,
    /// From the first `/` on, with the query.
    rest: String,
}

impl Address {
    /// Reads an address. The error says what is wrong with it and does not repeat it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err("does not begin with https:// or http://".to_owned()),
        };
        if !rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
            return Err("has a character that no address has".to_owned());
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("has a user name or password".to_owned());
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let name = |host: &str| {
            host.split('.').all(|label| !label.is_empty())
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        let six = |host: &str| {
            host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|host| {
                !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
            })
        };
        if !name(host) && !six(host) {
            return Err("has no usable host name".to_owned());
        }
        let port = match port {
            None => 443 - u16::from(!https) * 363,
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or("has a port that is none")?,
        };
        let rest = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { https, host: host.to_ascii_lowercase(), port, rest })
    }

    /// Whether scheme, host and port are the same.
    pub fn same_origin(&self, other: &Self) -> bool {
        (self.https, &self.host, self.port) == (other.https, &other.host, other.port)
    }

    /// Host without port, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also when it is not written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is this very machine.
    pub fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.rest.split('?').next().unwrap_or_default()
    }

    /// An address below this one.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        Self { rest: format!("{}{path}", self.path().trim_end_matches('/')), ..self.clone() }
    }

    /// What a `Location` header of an answer from here leads to.
    pub fn follow(&self, location: &str) -> Result<Self, String> {
        if location.starts_with('/') && !location.starts_with("//") {
            Self::parse(&format!("{}{location}", self.origin()))
        } else {
            Self::parse(location)
        }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        let usual = if self.https { 443 } else { 80 };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{}{port}", self.host)
    }

    /// Whether the pages and files of gists that this API speaks of may lie there: on GitHub's own gist hosts for
    /// api.github.com, in the tenant's domain for a data-residency tenant (`api.TENANT.ghe.com`), on the host or below it
    /// for an Enterprise Server (`HOST/api/v3`), else only at the same origin.
    pub fn vouches_for(&self, other: &Self) -> bool {
        let in_domain = |domain: &str| {
            other.host == domain || other.host.strip_suffix(domain).is_some_and(|front| front.ends_with('.'))
        };
        let elsewhere = if self.host == "api.github.com" {
            ["gist.github.com", "gist.githubusercontent.com"].contains(&other.host.as_str())
        } else if let Some(tenant) = self.host.strip_prefix("api.").filter(|host| host.ends_with(".ghe.com")) {
            in_domain(tenant)
        } else {
            self.path().trim_end_matches('/') == "/api/v3" && !self.is_loopback() && in_domain(&self.host)
        };
        self.same_origin(other) || (elsewhere && (self.https, self.port) == (other.https, other.port))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_strict_form() {
        let check = |text: &str| Address::parse(text).map_or_else(|why| format!("! {why}"), |it| it.to_string());
        assert_eq!(check("https://API.github.com"), "https://api.github.com/");
        assert_eq!(check("https://a.example:443/x?y=1#z"), "https://a.example/x?y=1");
        assert_eq!(check("http://[::1]:8080/a"), "http://[::1]:8080/a");
        assert_eq!(check("http://a.example?q"), "http://a.example/?q");
        for wrong in [
            "ftp://a.example",
            "//a.example",
            "https://",
            "https://a@b.example",
            "https://a..b/",
            "https://a b/",
            "https://a.example\\@b.example/",
            "https://a.example:0/",
            "https://a.example:99999/",
            "https://例.tw/",
        ] {
            assert!(check(wrong).starts_with("! "), "{wrong} {}", check(wrong));
        }
    }

    #[test]
    fn where_gists_of_an_api_may_lie() {
        let check = |api: &str, other: &str| Address::parse(api).unwrap().vouches_for(&Address::parse(other).unwrap());
        assert!(check("https://api.github.com", "https://gist.github.com/o/1"));
        assert!(check("https://api.github.com", "https://gist.githubusercontent.com/o/1/raw/a/b"));
        assert!(!check("https://api.github.com", "http://gist.github.com/o/1"));
        assert!(!check("https://api.github.com", "https://gist.github.com.evil.example/o/1"));
        assert!(!check("https://api.github.com", "https://evil.example/o/1"));
        assert!(check("https://git.example/api/v3", "https://git.example/gist/o/1"));
        assert!(check("https://git.example/api/v3", "https://gist.git.example/o/1"));
        assert!(!check("https://git.example/api/v3", "https://evilgit.example/gist/o/1"));
        assert!(check("https://api.a.ghe.com", "https://gist.a.ghe.com/1"));
        assert!(!check("https://api.a.ghe.com", "https://gist.b.ghe.com/1"));
        assert!(check("http://127.0.0.1:99", "http://127.0.0.1:99/p/1"));
        assert!(!check("http://127.0.0.1:99", "http://127.0.0.1:98/p/1"));
    }

    #[test]
    fn a_location_is_read_from_where_it_stands() {
        let from = Address::parse("https://gist.github.com/1").unwrap();
        let check = |location: &str| from.follow(location).map(|it| it.to_string());
        assert_eq!(check("/o/1").unwrap(), "https://gist.github.com/o/1");
        assert_eq!(check("https://evil.example/").unwrap(), "https://evil.example/");
        assert!(check("//evil.example/").is_err());
    }
}
