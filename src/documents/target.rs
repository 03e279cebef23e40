//! `[upload]` of `proofpack.toml` or `pack.toml`: where the files of a bundle are uploaded besides gists, one file a
//! request, and how the server there confirms what it took.
//!
//! Invariant: a target that is given here can be used: its addresses are encrypted or on this machine, the list is on
//! the server that takes the files, and no name can break out of a header or a form. A token never stands here.

use crate::check::address::Address;
use crate::check::shape::{Shape, Type, optional, required};
use crate::codes;
use crate::documents::place::place_of;
use crate::finding::Finding;
use crate::read::text::Text;
use crate::read::tree::Node;

/// The key under which a target stands.
pub const KEY: &str = "upload";
/// The header of the key of a file, unless the target says another.
const KEY_HEADER: &str = "Idempotency-Key";
/// Headers that the connection itself needs.
const OWN_HEADERS: &[&str] = &[
    "host",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// What stands for something of the pack.
const SLUG: &str = "{slug}";
const JOB: &str = "{job_id}";

static ANSWER: Shape = Shape {
    about: "How the server names the files that it took, in the answer to each file and at `list_url`.",
    closed: true,
    keys: &[
        required("files", Type::AnyText, "JSON pointer to the list of files; empty when the answer is the list"),
        required("id", Type::Text, "key of the id of a file"),
        required("name", Type::Text, "key of its name"),
        optional("count", Type::Text, "JSON pointer to the number of files in the list"),
        optional("sha256", Type::Text, "key of the SHA-256 of its bytes"),
    ],
};

/// The shape of a target.
pub static SHAPE: Shape = Shape {
    about: "Where the files of a bundle are uploaded, one file a request, as multipart/form-data.",
    closed: true,
    keys: &[
        required("url", Type::Text, "address that takes a file by POST; `{slug}` and `{job_id}` stand for the pack's"),
        required("field", Type::Text, "name of the form field that holds the file"),
        optional("fields", Type::Map(&Type::Text), "further form fields; `{slug}` and `{job_id}` stand for the pack's"),
        optional(
            "token_header",
            Type::Text,
            "header of the token: `Authorization` carries it as `Bearer`, another header by itself; none is sent without",
        ),
        optional(
            "key_header",
            Type::Text,
            "header of the key that is the same whenever the same file is sent; `Idempotency-Key` unless given",
        ),
        optional("key_field", Type::Text, "form field that holds this key, too"),
        optional("list_url", Type::Text, "address on the same server that lists what it has of this pack, all at once"),
        required("answer", Type::Table(&ANSWER), "how the server confirms a file"),
    ],
};

/// Where files are uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: String,
    list_url: Option<String>,
    /// Name of the form field that holds the file.
    pub field: String,
    fields: Vec<(String, String)>,
    /// Header of the token; none is sent without.
    pub token_header: Option<String>,
    /// Header of the key of a file.
    pub key_header: String,
    /// Form field of the key of a file.
    pub key_field: Option<String>,
    /// How the server confirms.
    pub answer: Confirmation,
}

/// How a server names the files that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// JSON pointer to the list.
    pub files: String,
    /// Key of the id.
    pub id: String,
    /// Key of the name.
    pub name: String,
    /// JSON pointer to the number of files.
    pub count: Option<String>,
    /// Key of the SHA-256.
    pub sha256: Option<String>,
}

impl Target {
    /// Where the files of this pack go.
    pub fn address(&self, slug: &str, job_id: &str) -> Result<Address, String> {
        Address::parse(&filled(&self.url, &encoded(slug), &encoded(job_id)))
    }

    /// What lists the files of this pack.
    pub fn list(&self, slug: &str, job_id: &str) -> Option<Result<Address, String>> {
        self.list_url.as_ref().map(|url| Address::parse(&filled(url, &encoded(slug), &encoded(job_id))))
    }

    /// The further form fields for this pack.
    pub fn fields(&self, slug: &str, job_id: &str) -> Vec<(String, String)> {
        self.fields.iter().map(|(name, value)| (name.clone(), filled(value, slug, job_id))).collect()
    }
}

fn filled(template: &str, slug: &str, job_id: &str) -> String {
    template.replace(SLUG, slug).replace(JOB, job_id)
}

/// A text as one part of a path or query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    encoded
}

/// Reads the target of a document that has one. Its shape has been checked; `None` when it cannot be used, and the findings
/// say why.
pub fn read(document: &Node, text: Text<'_>, findings: &mut Vec<Finding>) -> Option<Target> {
    let node = document.get(KEY)?;
    let before = findings.len();
    let mut refuse = |key: &str, why: &str, hint: &str| {
        let place = place_of(text, node.get(key).unwrap_or(node), &[KEY, key]);
        findings.push(Finding::new(&codes::INVALID_VALUE, place, format!("`{key}` {why}")).hint(hint));
    };
    let own = |key: &str| node.text_at(key).map(str::to_owned);
    let address = |key: &str| own(key).map(|url| Address::parse(&filled(&url, "s", "j")));
    let url = address("url");
    for (key, address) in [("url", &url), ("list_url", &address("list_url"))] {
        match address {
            Some(Err(why)) => refuse(key, why, "write one such as https://pls.example/jobs/{job_id}/files"),
            Some(Ok(address)) if !address.is_https() && !address.is_loopback() => {
                refuse(key, "has http://, which would show files and token to everyone", "use https://");
            }
            Some(Ok(address)) if matches!(&url, Some(Ok(url)) if !url.same_origin(address)) => {
                refuse(key, "is on another server than `url`", "name the list of the server that takes the files");
            }
            _ => {}
        }
    }
    for key in ["token_header", "key_header"] {
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if let Some(header) = own(key)
            && (!header.bytes().all(usual) || OWN_HEADERS.contains(&header.to_ascii_lowercase().as_str()))
        {
            refuse(key, "is no header that can be set", "write one such as `Authorization`");
        }
    }
    let (token, key) = (own("token_header"), own("key_header").unwrap_or_else(|| KEY_HEADER.to_owned()));
    if token.as_ref().is_some_and(|token| token.eq_ignore_ascii_case(&key)) {
        refuse("key_header", "is the header of the token", "give the key a header of its own");
    }
    let fields: Vec<(String, String)> = node
        .get("fields")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| Some((entry.key.to_string(), entry.node.text()?.to_owned())))
        .collect();
    let names = ["field", "key_field"].into_iter().filter_map(|key| Some((key, own(key)?)));
    let names: Vec<_> = names.chain(fields.iter().map(|(name, _)| ("fields", name.clone()))).collect();
    for (index, (key, name)) in names.iter().enumerate() {
        if name.chars().any(|one| one.is_control() || one == '"' || one == '\\') {
            refuse(key, "has a name that no form field can have", "use letters, digits, `-`, `_`, `[` and `]`");
        }
        if names[..index].iter().any(|(_, other)| other == name) {
            refuse(key, "names a form field a second time", "give each form field a name of its own");
        }
    }
    for (_, value) in &fields {
        let rest = filled(value, "", "");
        if value.chars().any(char::is_control) || (rest.contains('{') && rest.contains('}')) {
            refuse(
                "fields",
                "has a value that cannot be filled in",
                "write text; only `{slug}` and `{job_id}` are filled in",
            );
        }
    }
    let answer = node.get("answer");
    let told = |key: &str| answer.and_then(|answer| answer.text_at(key)).map(str::to_owned);
    for key in ["files", "count"] {
        if told(key).is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            refuse("answer", &format!("has a `{key}` that is no JSON pointer"), "begin it with `/`, as in `/files`");
        }
    }
    if findings.len() > before {
        return None;
    }
    Some(Target {
        url: own("url")?,
        list_url: own("list_url"),
        field: own("field")?,
        fields,
        token_header: token,
        key_header: key,
        key_field: own("key_field"),
        answer: Confirmation {
            files: told("files")?,
            id: told("id")?,
            name: told("name")?,
            count: told("count"),
            sha256: told("sha256"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{text, toml};

    const REST: &str = "field = 'file'\nanswer = { files = '/files', id = 'id', name = 'name' }\n";

    fn check(upload: &str, expected: &[&str]) -> Option<Target> {
        let source = format!("[upload]\n{upload}");
        let mut findings = Vec::new();
        let node = toml::read("p.toml", source.as_bytes(), &mut findings).unwrap();
        let target = read(&node, text::read("p.toml", source.as_bytes(), &mut findings).unwrap(), &mut findings);
        let found: Vec<_> = findings.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(found, expected, "{source}");
        assert_eq!(target.is_some(), expected.is_empty());
        target
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let url = |url: &str, expected: &[&str]| {
            check(&format!("url = '{url}'\n{REST}"), expected);
        };
        url("https://pls.example/{job_id}/files", &[]);
        url("http://127.0.0.1:8080/files", &[]);
        url("http://pls.example/files", &["`url` has http://, which would show files and token to everyone"]);
        url("https://me:secret@pls.example/", &["`url` has a user name or password"]);
        url("https://pls.example/{job}", &["`url` has a character that no address has"]);
        let more = |more: &str, expected: &[&str]| {
            check(&format!("url = 'https://pls.example/f'\n{more}\n{REST}"), expected);
        };
        more("list_url = 'https://pls.example/f?job={job_id}'", &[]);
        more("list_url = 'https://pls.example:8443/f'", &["`list_url` is on another server than `url`"]);
        more("token_header = 'X-Token'", &[]);
        more("token_header = 'X-Token: a'", &["`token_header` is no header that can be set"]);
        more("token_header = 'Host'", &["`token_header` is no header that can be set"]);
        more("token_header = 'idempotency-key'", &["`key_header` is the header of the token"]);
        more("fields = { job = '{job_id}' }", &[]);
        more("fields = { job = '{job}' }", &["`fields` has a value that cannot be filled in"]);
        more("fields = { file = 'x' }", &["`fields` names a form field a second time"]);
        more("key_field = 'a\"b'", &["`key_field` has a name that no form field can have"]);
        let pointer = "url = 'https://a.example'\nfield = 'f'\nanswer = { files = 'files', id = 'id', name = 'n' }";
        check(pointer, &["`answer` has a `files` that is no JSON pointer"]);
    }

    #[test]
    fn what_stands_for_the_pack_is_filled_in() {
        let target = check(
            &format!(
                "url = 'https://pls.example/{{job_id}}/{{slug}}'\nlist_url = 'https://pls.example/?j={{job_id}}'\n\
                 fields = {{ job = 'j {{job_id}}' }}\n{REST}"
            ),
            &[],
        )
        .unwrap();
        assert_eq!(target.address("a", "x/y z").unwrap().to_string(), "https://pls.example/x%2Fy%20z/a");
        assert_eq!(target.list("a", "7&k").unwrap().unwrap().to_string(), "https://pls.example/?j=7%26k");
        assert_eq!(target.fields("a", "x/y z"), [("job".to_owned(), "j x/y z".to_owned())]);
        assert_eq!((target.token_header, target.key_header.as_str()), (None, KEY_HEADER));
    }
}
