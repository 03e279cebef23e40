//! A server on loopback, of gists and of uploads, that does what it is told to do wrong.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// The login of the token's owner.
pub(crate) const OWNER: &str = "wade";

/// What goes wrong with a request.
#[derive(Clone)]
pub(crate) enum Fault {
    /// The deed is done, and the connection closed without an answer.
    LostAfter,
    /// The connection is closed and nothing done.
    LostBefore,
    /// The deed is done, and the answer never ends: one byte every now and then.
    Drip,
    /// An answer without end, as fast as it can be read.
    Endless,
    /// Less comes than the head says.
    Short,
    /// Nothing is done; this status with these headers and this body comes instead.
    Instead(u16, Vec<(&'static str, String)>, &'static str),
    /// The deed is done, but this comes instead.
    DoneBut(u16, &'static str),
    /// The deed is done, and the JSON of the answer changed.
    Lie(fn(&mut Value)),
    /// The bytes of the answer are changed.
    Bytes(fn(Vec<u8>) -> Vec<u8>),
}

/// When something goes wrong: at requests of this method whose path has this part (`$` is its end), but not the first few, so often.
#[derive(Clone)]
pub(crate) struct Rule {
    pub method: &'static str,
    pub part: &'static str,
    pub after: usize,
    pub times: usize,
    pub fault: Fault,
}

pub(crate) const ALWAYS: usize = usize::MAX;

/// Each time.
pub(crate) fn always(method: &'static str, part: &'static str, fault: Fault) -> Rule {
    Rule { method, part, after: 0, times: ALWAYS, fault }
}

/// The first time only.
pub(crate) fn once(method: &'static str, part: &'static str, fault: Fault) -> Rule {
    Rule { method, part, after: 0, times: 1, fault }
}

#[derive(Clone)]
struct Gist {
    public: bool,
    description: String,
    files: BTreeMap<String, String>,
    revision: usize,
}

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub id: String,
    /// Path that took it.
    pub path: String,
    pub name: String,
    pub content: Vec<u8>,
    /// Other fields of its form.
    pub fields: BTreeMap<String, String>,
    /// The key that came with it.
    pub key: String,
}

#[derive(Default)]
struct State {
    gists: BTreeMap<String, Gist>,
    uploads: Vec<Upload>,
    rules: Vec<Rule>,
    /// Method, path and whether there was a token, of every request.
    log: Vec<(String, String, bool)>,
    made: usize,
}

pub(crate) struct Server {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start(rules: Vec<Rule>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { rules, ..State::default() }));
        let (shared, base) = (Arc::clone(&state), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (shared, base) = (Arc::clone(&shared), base.clone());
                // A client that goes away is nothing unusual.
                std::thread::spawn(move || drop(serve(stream, &shared, &base)));
            }
        });
        Self { url, state }
    }

    /// From now on nothing goes wrong, or other things.
    pub(crate) fn set(&self, rules: Vec<Rule>) {
        self.state.lock().unwrap().rules = rules;
    }

    /// How many gists there are.
    pub(crate) fn gists(&self) -> usize {
        self.state.lock().unwrap().gists.len()
    }

    /// Every file that was uploaded, in order.
    pub(crate) fn uploads(&self) -> Vec<Upload> {
        self.state.lock().unwrap().uploads.clone()
    }

    /// Takes an uploaded file away.
    pub(crate) fn lose(&self, name: &str) {
        self.state.lock().unwrap().uploads.retain(|upload| upload.name != name);
    }

    /// How many requests there were of this method.
    pub(crate) fn asked(&self, method: &str) -> usize {
        self.state.lock().unwrap().log.iter().filter(|(asked, ..)| asked == method).count()
    }

    /// Whether a request came with a token.
    pub(crate) fn saw_token(&self) -> bool {
        self.state.lock().unwrap().log.iter().any(|(.., token)| *token)
    }

    /// Puts a gist there that has these files.
    pub(crate) fn plant(&self, id: &str, description: &str) {
        let files = BTreeMap::from([("a.md".to_owned(), "x".to_owned())]);
        let gist = Gist { public: false, description: description.to_owned(), files, revision: 1 };
        self.state.lock().unwrap().gists.insert(id.to_owned(), gist);
    }

    /// The files of the only gist, and its description.
    pub(crate) fn only(&self) -> (BTreeMap<String, String>, String) {
        let state = self.state.lock().unwrap();
        assert_eq!(state.gists.len(), 1);
        let gist = state.gists.values().next().unwrap();
        (gist.files.clone(), gist.description.clone())
    }

    /// Somebody else changes the only gist.
    pub(crate) fn meddle(&self) {
        let mut state = self.state.lock().unwrap();
        let gist = state.gists.values_mut().next().unwrap();
        gist.revision += 1;
        gist.files.insert("sources.md".to_owned(), "changed\n".to_owned());
    }
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn serve(mut stream: TcpStream, state: &Mutex<State>, base: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let token = headers.contains_key("authorization") || headers.contains_key("x-upload-token");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let fault = {
        let mut state = state.lock().unwrap();
        state.log.push((method.clone(), path.clone(), token));
        let rules = state.rules.iter_mut();
        let mut fault = None;
        for rule in rules.filter(|rule| rule.method == method && format!("{path}$").contains(rule.part)) {
            if rule.after > 0 {
                rule.after -= 1;
            } else if rule.times > 0 {
                rule.times = rule.times.saturating_sub(usize::from(rule.times != ALWAYS));
                fault = Some(rule.fault.clone());
                break;
            }
        }
        fault
    };
    match &fault {
        Some(Fault::LostBefore) => return Ok(()),
        Some(Fault::Instead(status, headers, text)) => {
            let reply = Reply { status: *status, headers: headers.clone(), body: text.as_bytes().to_vec() };
            return write(&mut stream, &reply, 0);
        }
        Some(Fault::Endless) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{")?;
            loop {
                stream.write_all(&[b' '; 8_192])?;
            }
        }
        _ => {}
    }
    let mut reply = if path.starts_with("/files/") {
        files(&mut state.lock().unwrap(), &method, &path, &headers, &body)
    } else {
        answer(&mut state.lock().unwrap(), base, &method, &path, &body)
    };
    match fault {
        Some(Fault::LostAfter) => Ok(()),
        Some(Fault::Drip) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")?;
            loop {
                stream.write_all(b" ")?;
                stream.flush()?;
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        Some(Fault::Short) => write(&mut stream, &reply, 7),
        Some(Fault::DoneBut(status, text)) => {
            write(&mut stream, &Reply { status, headers: Vec::new(), body: text.into() }, 0)
        }
        Some(Fault::Lie(change)) => {
            let mut value: Value = serde_json::from_slice(&reply.body).unwrap();
            change(&mut value);
            reply.body = value.to_string().into_bytes();
            write(&mut stream, &reply, 0)
        }
        Some(Fault::Bytes(change)) => {
            reply.body = change(reply.body);
            write(&mut stream, &reply, 0)
        }
        _ => write(&mut stream, &reply, 0),
    }
}

fn write(stream: &mut TcpStream, reply: &Reply, missing: usize) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\nx-github-request-id: AA:BB\r\n",
        reply.status,
        reply.body.len() + missing
    );
    for (name, value) in &reply.headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    stream.write_all(&reply.body)?;
    stream.flush()
}

/// Takes and lists uploads, by the path that they came to.
fn files(state: &mut State, method: &str, path: &str, headers: &BTreeMap<String, String>, body: &[u8]) -> Reply {
    let path = path.split('?').next().unwrap().to_owned();
    let shown = |upload: &Upload| {
        let sha256 = proofpack::bundle::manifest::sha256(&upload.content);
        json!({"id": upload.id, "name": upload.name, "sha256": sha256})
    };
    let listed: Vec<_> = if method == "POST" {
        let mut upload = form(&headers["content-type"], body);
        upload.id = format!("u{}", state.uploads.len() + 1);
        upload.key.clone_from(&headers["idempotency-key"]);
        upload.path = path;
        state.uploads.push(upload.clone());
        vec![shown(&upload)]
    } else {
        state.uploads.iter().filter(|upload| upload.path == path).map(shown).collect()
    };
    let body = json!({"count": listed.len(), "files": listed}).to_string().into_bytes();
    Reply { status: if method == "POST" { 201 } else { 200 }, headers: Vec::new(), body }
}

/// The parts of a form, as RFC 7578 has them.
fn form(content_type: &str, body: &[u8]) -> Upload {
    let boundary = content_type.split_once("boundary=").unwrap().1;
    let text = String::from_utf8(body.to_vec()).unwrap();
    let inner = text.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    let mut upload = Upload {
        id: String::new(),
        path: String::new(),
        name: String::new(),
        content: Vec::new(),
        fields: BTreeMap::new(),
        key: String::new(),
    };
    for part in format!("\r\n{inner}").split(&format!("\r\n--{boundary}\r\n")).skip(1) {
        let (head, content) = part.split_once("\r\n\r\n").unwrap();
        let quoted = |key: &str| Some(head.split_once(&format!("{key}=\""))?.1.split('"').next().unwrap().to_owned());
        match quoted("; filename") {
            Some(name) => {
                upload.name = name;
                upload.content = content.as_bytes().to_vec();
            }
            None => drop(upload.fields.insert(quoted("; name").unwrap(), content.to_owned())),
        }
    }
    upload
}

fn answer(state: &mut State, base: &str, method: &str, path: &str, body: &[u8]) -> Reply {
    let json = |status: u16, value: Value| Reply { status, headers: Vec::new(), body: value.to_string().into_bytes() };
    let missing = || json(404, json!({"message": "Not Found"}));
    let path = path.split('?').next().unwrap();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    match (method, parts.as_slice()) {
        ("GET", ["user"]) => json(200, json!({"login": OWNER})),
        ("GET", ["gists"]) => {
            let all: Vec<_> = state.gists.iter().map(|(id, gist)| shown(id, gist, base, false)).collect();
            json(200, Value::Array(all))
        }
        ("POST", ["gists"]) => {
            state.made += 1;
            let id = format!("9a{:04}", state.made);
            let files = sent["files"].as_object().unwrap();
            let files = files.iter().map(|(name, file)| (name.clone(), file["content"].as_str().unwrap().to_owned()));
            let gist = Gist {
                public: sent["public"].as_bool().unwrap(),
                description: sent["description"].as_str().unwrap().to_owned(),
                files: files.collect(),
                revision: 1,
            };
            state.gists.insert(id.clone(), gist.clone());
            json(201, shown(&id, &gist, base, true))
        }
        ("GET", ["gists", id]) => {
            state.gists.get(*id).map_or_else(missing, |gist| json(200, shown(id, gist, base, true)))
        }
        ("PATCH", ["gists", id]) => {
            let Some(gist) = state.gists.get_mut(*id) else { return missing() };
            sent["description"].as_str().unwrap().clone_into(&mut gist.description);
            for (name, file) in sent["files"].as_object().unwrap() {
                match file["content"].as_str() {
                    Some(content) => gist.files.insert(name.clone(), content.to_owned()),
                    None => gist.files.remove(name),
                };
            }
            gist.revision += 1;
            json(200, shown(id, gist, base, true))
        }
        ("GET", [_, id, "raw", revision, name]) => match state.gists.get(*id) {
            Some(gist) if version(gist.revision) == *revision && gist.files.contains_key(*name) => {
                Reply { status: 200, headers: Vec::new(), body: gist.files[*name].clone().into_bytes() }
            }
            _ => missing(),
        },
        ("GET", [_, id]) => state.gists.get(*id).map_or_else(missing, |gist| {
            let names: Vec<_> = gist.files.keys().map(|name| format!("<h2>{name}</h2>")).collect();
            Reply { status: 200, headers: Vec::new(), body: names.concat().into_bytes() }
        }),
        _ => missing(),
    }
}

fn version(revision: usize) -> String {
    format!("{revision:040x}")
}

fn shown(id: &str, gist: &Gist, base: &str, whole: bool) -> Value {
    let version = version(gist.revision);
    let files: serde_json::Map<_, _> = gist
        .files
        .iter()
        .map(|(name, content)| {
            let raw = format!("{base}/{OWNER}/{id}/raw/{version}/{name}");
            (name.clone(), json!({"filename": name, "size": content.len(), "raw_url": raw, "truncated": false}))
        })
        .collect();
    let mut shown = json!({
        "id": id,
        "public": gist.public,
        "description": gist.description,
        "truncated": false,
        "html_url": format!("{base}/{OWNER}/{id}"),
        "owner": {"login": OWNER},
        "files": files,
    });
    if whole {
        shown["history"] = json!([{"version": version}]);
    }
    shown
}
