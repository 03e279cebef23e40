//! Uploading to a server that loses, lies and dawdles: each file is there once, whatever happens, and success is only what
//! the server confirmed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::gist_server::{Fault, Rule, Server, always, once};
use crate::harness::{Ran, Sandbox, ran};
use crate::publish::{PORTAL, SLUG, TOKEN, age, built, each, limited, no_token, rebuild, status};

const RECEIPT: &str = "out/customer-visit-script.upload-receipt.json";
const INTENT: &str = "out/customer-visit-script.upload-intent.json";
/// The third file of the bundle, by name.
const THIRD: usize = 2;

/// The built example with a target on this server. `more` are further lines of its declaration.
fn with_target(server: &Server, more: &str) -> Sandbox {
    let sandbox = built();
    let workspace = sandbox.read("proofpack.toml");
    let url = &server.url;
    sandbox.write(
        "proofpack.toml",
        format!("{workspace}\n[upload]\nurl = '{url}/files/{{job_id}}'\nfield = 'file'\nfields = {{ pack = '{{slug}}' }}\n{more}\n"),
    );
    sandbox
}

const ANSWER: &str = "answer = { files = '/files', id = 'id', name = 'name', count = '/count' }";

fn listed(server: &Server) -> Sandbox {
    let list = format!("token_header = 'Authorization'\nlist_url = '{}/files/{{job_id}}'\n{ANSWER}", server.url);
    with_target(server, &list)
}

fn unlisted(server: &Server) -> Sandbox {
    with_target(server, &format!("token_header = 'X-Upload-Token'\n{ANSWER}"))
}

fn upload(sandbox: &Sandbox, more: &[&str]) -> Ran {
    let mut command = sandbox.command(&[&["upload", SLUG, "--format", "json"], more].concat());
    let ran = ran(command.env("PROOFPACK_UPLOAD_TOKEN", TOKEN.as_str()).output().unwrap());
    no_token(sandbox, &ran);
    ran
}

fn bundle(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    sandbox.tree(&format!("out/{SLUG}"))
}

/// Every file is there once, byte for byte, and the receipt says so.
#[track_caller]
fn each_is_there_once(sandbox: &Sandbox, server: &Server, name: &str) {
    let uploads = server.uploads();
    let there: BTreeMap<_, _> = uploads.iter().map(|upload| (upload.name.clone(), upload.content.clone())).collect();
    let twice: Vec<_> = uploads.iter().map(|upload| &upload.name).collect();
    assert_eq!(uploads.len(), there.len(), "{name}: {twice:?}");
    assert_eq!(there, bundle(sandbox), "{name}");
    let kept: Value = serde_json::from_str(&sandbox.read(RECEIPT)).unwrap();
    let accepted: BTreeMap<_, _> = kept["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["id"].as_str().unwrap().to_owned(), file["name"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(accepted, uploads.into_iter().map(|upload| (upload.id, upload.name)).collect(), "{name}");
    assert!(!sandbox.path(INTENT).exists(), "{name}");
}

/// What `verify` says about the count.
fn count(sandbox: &Sandbox) -> (i32, String) {
    let ran = sandbox.run(&["verify", &format!("out/{SLUG}"), "--format", "json"]);
    let json = ran.json();
    let results = json["bundles"][0]["results"].as_array().unwrap();
    let line = results.iter().find(|result| result["id"] == "upload.count").unwrap();
    (ran.status, format!("{} {} {}", line["status"].as_str().unwrap(), line["observed"], line["evidence"]))
}

#[test]
fn every_file_is_sent_once_and_the_receipt_feeds_the_count() {
    let server = Server::start(Vec::new());
    let sandbox = listed(&server);
    assert!(count(&sandbox).1.starts_with("not_checked"));
    let plan = sandbox.run(&["upload", SLUG, "--dry-run", "--format", "json"]).status(0).json();
    assert_eq!(plan["verdict"], "planned");
    assert_eq!(plan["plan"]["files"].as_array().unwrap().len(), bundle(&sandbox).len());
    assert_eq!(server.asked("GET") + server.asked("POST"), 0);
    let mut command = sandbox.command(&["upload", SLUG]);
    let without = ran(command.env_remove("PROOFPACK_UPLOAD_TOKEN").output().unwrap()).status(2);
    assert!(without.stderr.contains("no token: set PROOFPACK_UPLOAD_TOKEN"), "{}", without.stderr);
    let done = upload(&sandbox, &[]).status(0).json();
    assert_eq!((&done["verdict"], &done["receipt"]["listed"]), (&json!("uploaded"), &json!(true)));
    assert!(server.saw_token());
    each_is_there_once(&sandbox, &server, "plain");
    let keys: BTreeMap<_, _> = server.uploads().into_iter().map(|upload| (upload.key, upload.fields)).collect();
    assert_eq!(keys.len(), bundle(&sandbox).len());
    assert!(keys.values().all(|fields| fields["pack"] == SLUG));
    assert!(count(&sandbox).1.starts_with("pass"), "{:?}", count(&sandbox));
    // The same again sends nothing.
    upload(&sandbox, &[]).status(0);
    each_is_there_once(&sandbox, &server, "again");
    // What the server lost is named, and sent again only when somebody says so.
    server.lose("sources.md");
    let gone = upload(&sandbox, &[]).status(1);
    assert!(gone.stdout.contains("sources.md: the server confirmed it as"), "{}", gone.stdout);
    upload(&sandbox, &["--resend", "sources.md"]).status(0);
    each_is_there_once(&sandbox, &server, "sent again");
    // A receipt that was tampered with shows.
    let mut kept: Value = serde_json::from_str(&sandbox.read(RECEIPT)).unwrap();
    kept["files"].as_array_mut().unwrap().remove(0);
    sandbox.write(RECEIPT, kept.to_string());
    let (status, line) = count(&sandbox);
    assert!(status == 1 && line.starts_with("fail") && line.contains("was not accepted"), "{line}");
    // A receipt for the bundle before says nothing about this one.
    rebuild(&sandbox);
    let (status, line) = count(&sandbox);
    assert!(status == 0 && line.starts_with("not_checked") && line.contains("upload it again"), "{line}");
}

#[test]
fn a_new_revision_sends_what_changed() {
    let server = Server::start(Vec::new());
    let sandbox = listed(&server);
    upload(&sandbox, &[]).status(0);
    let first = server.uploads().len();
    rebuild(&sandbox);
    upload(&sandbox, &[]).status(0);
    let again: Vec<_> = server.uploads()[first..].iter().map(|upload| upload.name.clone()).collect();
    assert!(again.contains(&"sources.md".to_owned()) && again.len() < first, "{again:?}");
    assert!(count(&sandbox).1.starts_with("pass"));
    let kept: Value = serde_json::from_str(&sandbox.read(RECEIPT)).unwrap();
    assert_eq!(kept["files"].as_array().unwrap().len(), bundle(&sandbox).len());
}

#[test]
fn what_passes_is_survived_and_each_file_is_there_once() {
    let third = |fault| Rule { after: THIRD, ..once("POST", "/files/", fault) };
    let lag = |times| Rule {
        method: "GET",
        part: "/files/",
        after: 1,
        times,
        fault: Fault::Lie(|list| *list = json!({"count": 0, "files": []})),
    };
    let cases: Vec<(&str, Vec<Rule>)> = vec![
        ("answer lost after the deed", vec![third(Fault::LostAfter)]),
        ("several answers lost", vec![Rule { times: 4, ..third(Fault::LostAfter) }]),
        ("answer cut", vec![third(Fault::Short)]),
        ("502 after the deed", vec![third(Fault::DoneBut(502, ""))]),
        ("conflict after the deed", vec![third(Fault::DoneBut(409, "{}"))]),
        ("lost, and the list lags", vec![third(Fault::LostAfter), lag(3)]),
        ("too many requests", vec![third(limited(429, "retry-after", "1"))]),
        ("limit by 403", vec![third(limited(403, "retry-after", "0"))]),
        ("the list fails once", vec![once("GET", "/files/", status(503))]),
        ("the list is cut once", vec![once("GET", "/files/", Fault::Short)]),
        ("the list lags at the end", vec![lag(2)]),
    ];
    each(&cases, |(name, rules)| {
        let server = Server::start(rules.clone());
        let sandbox = listed(&server);
        let ran = upload(&sandbox, &[]);
        assert_eq!(ran.status, 0, "{name}: {}{}", ran.stdout, ran.stderr);
        each_is_there_once(&sandbox, &server, name);
    });
}

#[test]
fn every_lie_fails_and_is_named() {
    fn first(answer: &mut Value) -> &mut Value {
        &mut answer["files"][0]
    }
    let post = |fault| Rule { after: THIRD, ..always("POST", "/files/", fault) };
    let list = |fault| Rule { after: 1, ..always("GET", "/files/", fault) };
    let cases: Vec<(&str, Rule, &str)> = vec![
        ("wrong count", post(Fault::Lie(|answer| answer["count"] = json!(8))), "says 8 at `/count` and lists 1"),
        (
            "more files than one",
            post(Fault::Lie(|answer| *answer = json!({"count": 2, "files": [answer["files"][0], answer["files"][0]]}))),
            "confirms 2 files instead of one",
        ),
        (
            "no file",
            post(Fault::Lie(|answer| *answer = json!({"count": 0, "files": []}))),
            "confirms 0 files instead of one",
        ),
        ("no id", post(Fault::Lie(|answer| drop(first(answer).as_object_mut().unwrap().remove("id")))), "without `id`"),
        ("blank id", post(Fault::Lie(|answer| first(answer)["id"] = json!(""))), "whose `id` is none"),
        ("the id of another", post(Fault::Lie(|answer| first(answer)["id"] = json!("u1"))), "gives it the id of"),
        (
            "renamed",
            post(Fault::Lie(|answer| first(answer)["name"] = json!("other.md"))),
            "by another name: `other.md`",
        ),
        ("other bytes", post(Fault::Lie(|answer| first(answer)["sha256"] = json!("ab"))), "with another SHA-256"),
        ("no list", post(Fault::Lie(|answer| *answer = json!({"ok": true}))), "has no list at `/files`"),
        ("a portal", post(Fault::Instead(200, vec![], PORTAL)), "is a web page and not JSON"),
        ("a portal after the deed", post(Fault::DoneBut(200, PORTAL)), "is a web page and not JSON"),
        ("an empty answer", post(Fault::DoneBut(204, "")), "is empty"),
        (
            "listed by another name",
            list(Fault::Lie(|answer| first(answer)["name"] = json!("other.md"))),
            "lists u1 as `other.md`",
        ),
        (
            "not listed",
            list(Fault::Lie(|answer| {
                answer["files"].as_array_mut().unwrap().remove(0);
                answer["count"] = json!(answer["files"].as_array().unwrap().len());
            })),
            "confirmed it as u1 and does not list it",
        ),
        (
            "listed twice",
            list(Fault::Lie(|answer| {
                let mut again = answer["files"][0].clone();
                again["id"] = json!("u99");
                answer["files"].as_array_mut().unwrap().push(again);
                answer["count"] = json!(answer["files"].as_array().unwrap().len());
            })),
            "has it more than once: u99",
        ),
        (
            "listed with other bytes",
            list(Fault::Lie(|answer| first(answer)["sha256"] = json!("ab"))),
            "with another SHA-256",
        ),
        ("a portal for the list", list(Fault::Instead(200, vec![], PORTAL)), "is a web page and not JSON"),
    ];
    each(&cases, |(name, rule, what)| {
        let server = Server::start(vec![rule.clone()]);
        let hashed = ANSWER.replace(" }", ", sha256 = 'sha256' }");
        let sandbox = with_target(&server, &format!("list_url = '{}/files/{{job_id}}'\n{hashed}", server.url));
        let ran = upload(&sandbox, &[]);
        assert!(ran.status == 1 && ran.stdout.contains(what), "{name}: {} {}{}", ran.status, ran.stdout, ran.stderr);
        assert!(!sandbox.path(RECEIPT).exists(), "{name}");
        server.set(Vec::new());
        let mut again = upload(&sandbox, &[]);
        if again.status == 2 {
            // Nothing was done; that is believed when it can no longer turn up.
            assert!(again.stderr.contains("is uncertain"), "{name}: {}", again.stderr);
            age(&sandbox, INTENT);
            again = upload(&sandbox, &[]);
        }
        assert_eq!(again.status, 0, "{name}: {}{}", again.stdout, again.stderr);
        each_is_there_once(&sandbox, &server, name);
    });
}

#[test]
fn what_the_server_refuses_is_said_and_can_be_tried_at_once() {
    let third = |fault| Rule { after: THIRD, ..once("POST", "/files/", fault) };
    let cases = [
        ("401", third(status(401)), "does not accept the token"),
        ("404", third(status(404)), "takes no files"),
        ("413", third(status(413)), "413, the server finds it too large"),
        ("422", third(Fault::Instead(422, vec![], r#"{"message":"no such job"}"#)), "(it says: no such job)"),
        ("400", third(status(400)), "the server refuses it"),
        ("a limit too long", third(limited(429, "retry-after", "3600")), "--patience"),
    ];
    each(&cases, |(name, rule, what)| {
        let server = Server::start(vec![rule.clone()]);
        let sandbox = unlisted(&server);
        let ran = upload(&sandbox, &[]).status(2);
        assert!(ran.stderr.contains(what) && ran.stdout.is_empty(), "{name}: {}", ran.stderr);
        upload(&sandbox, &[]).status(0);
        each_is_there_once(&sandbox, &server, name);
    });
}

#[test]
fn redirects_are_not_followed_and_the_token_stays_with_its_server() {
    each(&[("POST", 1), ("GET", 1)], |(method, exit)| {
        let other = Server::start(Vec::new());
        let target = vec![("location", format!("{}/files/elsewhere", other.url))];
        let server = Server::start(vec![always(method, "/files/", Fault::Instead(307, target, ""))]);
        let sandbox = listed(&server);
        let ran = upload(&sandbox, &[]).status(*exit);
        assert!(ran.stdout.contains("which is not followed"), "{}", ran.stdout);
        assert_eq!(other.asked("GET") + other.asked("POST"), 0);
    });
}

#[test]
fn without_a_list_an_answer_that_is_lost_leaves_one_file_uncertain() {
    let server = Server::start(vec![Rule { after: THIRD, ..once("POST", "/files/", Fault::LostBefore) }]);
    let sandbox = unlisted(&server);
    let third = bundle(&sandbox).into_keys().nth(THIRD).unwrap();
    // However often it is run, the file is not sent again, not even when it is late.
    for _ in 0..2 {
        let ran = upload(&sandbox, &[]).status(2);
        assert!(ran.stderr.contains(&format!("{third} is uncertain")), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("--resend {third}")), "{}", ran.stderr);
        assert_eq!(server.asked("POST"), THIRD + 1);
        age(&sandbox, INTENT);
    }
    let plan = sandbox.run(&["upload", SLUG, "--dry-run", "--format", "json"]).status(0).json();
    let changes: Vec<_> = plan["plan"]["files"].as_array().unwrap().iter().map(|file| file["change"].clone()).collect();
    assert_eq!(changes[..4], [json!("keep"), json!("keep"), json!("look"), json!("send")]);
    upload(&sandbox, &["--resend", &third]).status(0);
    each_is_there_once(&sandbox, &server, "looked at by a person");
}

#[test]
fn with_a_list_a_lost_file_is_sent_again_only_when_it_can_no_longer_turn_up() {
    let server = Server::start(vec![Rule { after: THIRD, ..once("POST", "/files/", Fault::LostBefore) }]);
    let sandbox = listed(&server);
    for _ in 0..2 {
        upload(&sandbox, &["--patience", "4"]).status(2);
        assert_eq!(server.asked("POST"), THIRD + 1);
    }
    age(&sandbox, INTENT);
    upload(&sandbox, &[]).status(0);
    each_is_there_once(&sandbox, &server, "late");
    // With patience it is one run.
    let server = Server::start(vec![Rule { after: THIRD, ..once("POST", "/files/", status(503)) }]);
    let sandbox = listed(&server);
    upload(&sandbox, &[]).status(0);
    each_is_there_once(&sandbox, &server, "in one run");
}

#[test]
fn the_time_is_bounded_whatever_the_server_does() {
    let cases = [
        ("drip", Rule { after: THIRD, ..always("POST", "/files/", Fault::Drip) }),
        ("endless", Rule { after: THIRD, ..always("POST", "/files/", Fault::Endless) }),
        ("the list drips", always("GET", "/files/", Fault::Drip)),
        ("the list is endless", always("GET", "/files/", Fault::Endless)),
        ("down", always("GET", "/files/", Fault::LostBefore)),
    ];
    each(&cases, |(name, rule)| {
        let server = Server::start(vec![rule.clone()]);
        let sandbox = listed(&server);
        let ran = upload(&sandbox, &["--patience", "3"]).status(2);
        assert!(ran.stdout.is_empty(), "{name}: {}", ran.stdout);
        server.set(Vec::new());
        if sandbox.path(INTENT).exists() {
            age(&sandbox, INTENT);
        }
        upload(&sandbox, &[]).status(0);
        each_is_there_once(&sandbox, &server, name);
    });
}

#[test]
fn killed_in_the_middle_it_goes_on_and_no_file_is_there_twice() {
    let moments = [("POST", THIRD), ("POST", 0), ("GET", 1)];
    each(&moments, |(method, after)| {
        let server = Server::start(vec![Rule { after: *after, ..always(method, "/files/", Fault::Drip) }]);
        let sandbox = listed(&server);
        let mut command = sandbox.command(&["upload", SLUG]);
        command.env("PROOFPACK_UPLOAD_TOKEN", TOKEN.as_str()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        while server.asked(method) <= *after {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!sandbox.path(RECEIPT).exists() && sandbox.path(INTENT).exists(), "{method} {after}");
        server.set(Vec::new());
        upload(&sandbox, &[]).status(0);
        each_is_there_once(&sandbox, &server, method);
    });
}

#[test]
fn what_may_not_leave_or_cannot_be_confirmed_is_refused_before_any_request() {
    let sources = format!("out/{SLUG}/sources.md");
    let cases = [("changed\n".to_owned(), "does not verify"), (format!("0912{}\n", "-345-678"), "privacy.personal")];
    each(&cases, |(content, why)| {
        let server = Server::start(Vec::new());
        let sandbox = listed(&server);
        sandbox.write(&sources, content);
        let ran = upload(&sandbox, &[]).status(1);
        assert!(ran.json()["verdict"] == "refused" && ran.stdout.contains(why), "{why}: {}", ran.stdout);
        assert_eq!(server.asked("GET") + server.asked("POST"), 0);
    });
    let server = Server::start(Vec::new());
    // As many files as the acceptance says, else nothing is sent.
    let sandbox = listed(&server);
    let acceptance = format!("packs/{SLUG}/acceptance.toml");
    let cases = sandbox.read(&acceptance);
    sandbox.write(&acceptance, format!("upload_files = 8\n{cases}"));
    sandbox.run(&["build", ".", "--now", crate::harness::NOW]).status(0);
    let ran = upload(&sandbox, &[]).status(1);
    assert!(ran.stdout.contains("the acceptance expects 8 files"), "{}", ran.stdout);
    // Personal data in a form field.
    let sandbox = listed(&server);
    sandbox.replace("proofpack.toml", "pack = '{slug}'", &format!("pack = '0912{}'", "-345-678"));
    let ran = upload(&sandbox, &[]);
    assert!(ran.status != 0 && server.uploads().is_empty(), "{}{}", ran.stdout, ran.stderr);
    for (from, to) in [("http://127.0.0.1", "http://pls.example"), ("field = 'file'", "field = 'fi\"le'")] {
        let sandbox = listed(&server);
        let workspace = sandbox.read("proofpack.toml");
        sandbox.write("proofpack.toml", workspace.replace(from, to));
        assert!(upload(&sandbox, &[]).status(2).stderr.contains("cannot be used"));
    }
    assert!(built().run(&["upload", SLUG]).status(2).stderr.contains("there is no upload target"));
    assert_eq!(server.asked("GET") + server.asked("POST"), 0);
}
