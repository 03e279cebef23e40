//! Publishing against a server that loses, lies and dawdles: one gist, whatever happens, and success only when every
//! byte was read back.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::gist_server::{Fault, Rule, Server, always, once};
use crate::harness::{NOW, Ran, Sandbox, ran};

pub(crate) const SLUG: &str = "customer-visit-script";
const RECEIPT: &str = "out/customer-visit-script.publish-receipt.json";
const INTENT: &str = "out/customer-visit-script.publish-intent.json";
pub(crate) const PORTAL: &str = "<html><title>Welcome to the Wi-Fi</title></html>";

/// Put together here, so that no scanner takes this file for a leak.
pub(crate) static TOKEN: LazyLock<String> = LazyLock::new(|| format!("ghp_{}", "A1b2".repeat(9)));
static BUILT: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| Sandbox::built().tree("."));

pub(crate) fn built() -> Sandbox {
    let sandbox = Sandbox::empty();
    for (name, bytes) in &*BUILT {
        sandbox.write(name, bytes);
    }
    sandbox
}

pub(crate) fn publish(sandbox: &Sandbox, server: &Server, more: &[&str]) -> Ran {
    let arguments = ["publish", SLUG, "--api", &server.url, "--format", "json"];
    let mut command = sandbox.command(&[&arguments, more].concat());
    let ran = ran(command.env("GITHUB_TOKEN", TOKEN.as_str()).output().unwrap());
    no_token(sandbox, &ran);
    ran
}

#[track_caller]
pub(crate) fn no_token(sandbox: &Sandbox, ran: &Ran) {
    let token = TOKEN.as_bytes();
    assert!(!ran.stdout.contains(TOKEN.as_str()) && !ran.stderr.contains(TOKEN.as_str()), "{}", ran.stderr);
    for (name, bytes) in sandbox.tree(".") {
        assert!(!bytes.windows(token.len()).any(|window| window == token), "{name} has the token");
    }
}

/// Runs cases at the same time: they mostly wait.
pub(crate) fn each<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| run(case));
        }
    });
}

pub(crate) fn status(status: u16) -> Fault {
    Fault::Instead(status, Vec::new(), "{}")
}

pub(crate) fn limited(status: u16, header: &'static str, value: &str) -> Fault {
    Fault::Instead(status, vec![(header, value.to_owned())], r#"{"message":"API rate limit exceeded"}"#)
}

#[test]
fn the_plan_needs_no_token_and_no_server() {
    let sandbox = built();
    let ran = sandbox.run(&["publish", SLUG, "--dry-run", "--format", "json"]).status(0);
    let json = ran.json();
    assert_eq!(json["verdict"], "planned");
    assert_eq!(json["plan"]["visibility"], "secret");
    assert_eq!(json["plan"]["files"].as_array().unwrap().len(), sandbox.tree(&format!("out/{SLUG}")).len());
    assert_eq!(json["plan"]["files"][0]["change"], "add");
    let human = sandbox.run(&["publish", SLUG, "--dry-run", "--public"]).status(0).stdout;
    assert!(human.contains("public gist") && human.contains("nothing was sent"), "{human}");
    assert!(!sandbox.path(RECEIPT).exists() && !sandbox.path(INTENT).exists());
    let mut command = sandbox.command(&["publish", SLUG]);
    assert!(
        crate::harness::ran(command.env_remove("GITHUB_TOKEN").output().unwrap()).status(2).stderr.contains("no token")
    );
}

#[test]
fn what_may_not_leave_is_refused_before_any_request() {
    let page = format!("out/{SLUG}/dispatcher-preflight-contract.html");
    let blank = format!("out/{SLUG}/sources.md");
    let cases: [(&str, String, &str); 4] = [
        (&page, "x".repeat(1_000_001), "gist_file_bytes"),
        (&blank, " \n".to_owned(), "is blank"),
        (&blank, "changed\n".to_owned(), "does not verify"),
        (&blank, format!("0912{}\n", "-345-678"), "privacy.personal"),
    ];
    each(&cases, |(file, content, why)| {
        let (sandbox, server) = (built(), Server::start(Vec::new()));
        sandbox.write(file, content);
        let ran = publish(&sandbox, &server, &[]).status(1);
        assert_eq!(ran.json()["verdict"], "refused");
        assert!(ran.stdout.contains(why), "{why}: {}", ran.stdout);
        assert_eq!(server.asked("GET") + server.asked("POST"), 0);
    });
    let sandbox = built();
    for (arguments, why) in [
        (&["publish", "nothing"][..], "no bundle"),
        (&["publish", "../out"], "no bundle"),
        (&["publish", SLUG, "--api", "http://api.example"], "show the token"),
        (&["publish", SLUG, "--api", "https://user@api.example"], "user name"),
    ] {
        assert!(sandbox.run(arguments).status(2).stderr.contains(why), "{arguments:?}");
    }
}

#[test]
fn personal_data_in_the_description_is_refused() {
    let (sandbox, server) = (Sandbox::example(), Server::start(Vec::new()));
    let pack = format!("packs/{SLUG}/pack.toml");
    let old = sandbox.read(&pack);
    let title = old.lines().find(|line| line.starts_with("title")).unwrap();
    sandbox.replace(&pack, title, &format!("title = \"0912{}\"", "-345-678"));
    sandbox.run(&["build", ".", "--now", NOW]).status(1);
    // A bundle with such a title is not even built.
    let ran = publish(&sandbox, &server, &[]).status(2);
    assert!(ran.stderr.contains("no bundle"), "{}", ran.stderr);
    assert_eq!(server.asked("GET"), 0);
}

#[test]
fn what_passes_is_survived_and_makes_one_gist() {
    let lag =
        |times| Rule { method: "GET", part: "/gists?", after: 1, times, fault: Fault::Lie(|list| *list = json!([])) };
    let cases: Vec<(&str, Vec<Rule>)> = vec![
        ("nothing", vec![]),
        ("whoami fails", vec![once("GET", "/user", status(503))]),
        ("answer lost after the deed", vec![once("POST", "/gists", Fault::LostAfter)]),
        ("answer cut", vec![once("POST", "/gists", Fault::Short)]),
        ("502 after the deed", vec![once("POST", "/gists", Fault::DoneBut(502, ""))]),
        ("a portal answers after the deed", vec![once("POST", "/gists", Fault::DoneBut(200, PORTAL))]),
        ("a portal says created", vec![once("POST", "/gists", Fault::DoneBut(201, PORTAL))]),
        ("lost, and the listing lags", vec![once("POST", "/gists", Fault::LostAfter), lag(3)]),
        ("secondary limit", vec![once("POST", "/gists", limited(403, "retry-after", "1"))]),
        ("too many requests", vec![once("GET", "/raw/", limited(429, "retry-after", "0"))]),
        ("limit while listing", vec![once("GET", "/gists?", limited(429, "retry-after", "1"))]),
        (
            "primary limit",
            vec![once(
                "POST",
                "/gists",
                Fault::Instead(
                    403,
                    vec![
                        ("date", "Sun, 24 May 2026 04:00:00 GMT".to_owned()),
                        ("x-ratelimit-remaining", "0".to_owned()),
                        ("x-ratelimit-reset", "1779595200".to_owned()),
                    ],
                    "{}",
                ),
            )],
        ),
        ("not everywhere yet", vec![once("GET", "/gists/", status(404))]),
        ("files not everywhere yet", vec![Rule { times: 2, ..once("GET", "/raw/", status(404)) }]),
        ("a file is cut once", vec![once("GET", "sources.md", Fault::Short)]),
        ("a file fails once", vec![once("GET", "sources.md", status(500))]),
        ("the page lags", vec![once("GET", "/wade/9a0001$", Fault::Bytes(|_| b"<h2>old</h2>".to_vec()))]),
        ("the gist lags", vec![once("GET", "/gists/", Fault::Lie(|gist| gist["files"] = json!({})))]),
    ];
    each(&cases, |(name, rules)| {
        let (sandbox, server) = (built(), Server::start(rules.clone()));
        let ran = publish(&sandbox, &server, &[]);
        assert_eq!((ran.status, server.gists()), (0, 1), "{name}: {}{}", ran.stdout, ran.stderr);
        let json = ran.json();
        assert_eq!(json["verdict"], "published", "{name}");
        let kept: Value = serde_json::from_str(&sandbox.read(RECEIPT)).unwrap();
        assert_eq!(json["receipt"], kept, "{name}");
        assert_eq!(kept["public"], false);
        assert!(!sandbox.path(INTENT).exists(), "{name}");
        let (files, description) = server.only();
        let bundle: BTreeMap<_, _> = sandbox.tree(&format!("out/{SLUG}")).into_iter().collect();
        assert!(files.iter().all(|(name, text)| bundle[name] == text.as_bytes()) && files.len() == bundle.len());
        assert!(description.contains("[proofpack:customer-visit-script:"), "{description}");
    });
}

/// As if the last question had been asked an hour ago.
pub(crate) fn age(sandbox: &Sandbox, intent: &str) {
    let mut kept: Value = serde_json::from_str(&sandbox.read(intent)).unwrap();
    let hour_ago = |asked_at: &mut Value| {
        if let Some(text) = asked_at.as_str() {
            let at: jiff::Timestamp = text.parse().unwrap();
            *asked_at = json!((at - jiff::SignedDuration::from_hours(1)).to_string());
        }
    };
    if let Some(files) = kept["files"].as_array_mut() {
        files.iter_mut().filter(|file| file.is_object()).for_each(|file| hour_ago(&mut file["asked_at"]));
    }
    if kept.get("asked_at").is_some() {
        hour_ago(&mut kept["asked_at"]);
    }
    sandbox.write(intent, kept.to_string());
}

#[test]
fn while_a_gist_may_still_turn_up_no_second_one_is_asked_for() {
    let unlisted = || always("GET", "/gists?", Fault::Lie(|list| *list = json!([])));
    let cases: Vec<(&str, Fault, usize)> = vec![
        ("lost after the deed, and never listed", Fault::LostAfter, 1),
        ("502 after the deed, and never listed", Fault::DoneBut(502, ""), 1),
        ("lost before the deed", Fault::LostBefore, 0),
        ("502 before the deed", status(502), 0),
    ];
    each(&cases, |(name, fault, made)| {
        let (sandbox, server) = (built(), Server::start(vec![once("POST", "/gists", fault.clone()), unlisted()]));
        // However often it is run in that time, it only looks.
        for _ in 0..2 {
            let ran = publish(&sandbox, &server, &["--patience", "4"]).status(2);
            assert!(
                ran.stderr.contains("gist was asked for") || ran.stderr.contains("patience"),
                "{name}: {}",
                ran.stderr
            );
            assert_eq!((server.asked("POST"), server.gists()), (1, *made), "{name}");
            assert!(!sandbox.path(RECEIPT).exists());
        }
        // The listing catches up; or the time is over in which it might, and nothing came of it.
        server.set(Vec::new());
        if *made == 0 {
            age(&sandbox, INTENT);
        }
        publish(&sandbox, &server, &[]).status(0);
        assert_eq!((server.asked("POST"), server.gists()), (2 - made, 1), "{name}");
    });
}

#[test]
fn what_nothing_came_of_is_asked_for_once_more_in_the_same_run() {
    let lag = Rule { method: "GET", part: "/gists?", after: 1, times: 6, fault: Fault::Lie(|list| *list = json!([])) };
    let cases: Vec<(&str, Vec<Rule>, usize)> = vec![
        ("503 before the deed", vec![once("POST", "/gists", status(503))], 2),
        ("lost before the deed", vec![once("POST", "/gists", Fault::LostBefore)], 2),
        ("lost after the deed, listed late", vec![once("POST", "/gists", Fault::LostAfter), lag], 1),
    ];
    each(&cases, |(name, rules, asked)| {
        let (sandbox, server) = (built(), Server::start(rules.clone()));
        let ran = publish(&sandbox, &server, &[]);
        assert_eq!((ran.status, server.asked("POST"), server.gists()), (0, *asked, 1), "{name}: {}", ran.stderr);
    });
}

#[test]
fn a_gist_on_a_later_page_of_the_list_is_found() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    publish(&sandbox, &server, &[]).status(0);
    std::fs::remove_file(sandbox.path(RECEIPT)).unwrap();
    // The first page is short and names another one.
    let next = format!("<{}/gists?page=2>; rel=\"next\"", server.url);
    server.set(vec![once("GET", "/gists?", Fault::Instead(200, vec![("link", next.clone())], "[]"))]);
    publish(&sandbox, &server, &[]).status(0);
    assert_eq!((server.asked("POST"), server.gists()), (1, 1));
    // A list without an end tells nothing.
    std::fs::remove_file(sandbox.path(RECEIPT)).unwrap();
    server.set(vec![always("GET", "/gists?", Fault::Instead(200, vec![("link", next)], "[]"))]);
    let ran = publish(&sandbox, &server, &[]).status(2);
    assert!(ran.stderr.contains("more than 3000 gists"), "{}", ran.stderr);
    assert_eq!((server.asked("POST"), server.gists()), (1, 1));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of lies")]
fn every_lie_fails_and_is_named_and_the_same_gist_is_used_afterwards() {
    fn first_file(gist: &mut Value) -> (&str, &mut Value) {
        gist["files"].as_object_mut().unwrap().iter_mut().map(|(name, file)| (name.as_str(), file)).next().unwrap()
    }
    let cases: Vec<(&str, Rule, &str)> = vec![
        ("owner", always("GET", "/gists/", Fault::Lie(|gist| gist["owner"]["login"] = json!("eve"))), "belongs to eve"),
        ("no owner", always("GET", "/gists/", Fault::Lie(|gist| gist["owner"] = Value::Null)), "belongs to nobody"),
        (
            "visibility",
            always("GET", "/gists/", Fault::Lie(|gist| gist["public"] = json!(true))),
            "is public, expected secret",
        ),
        ("id", always("GET", "/gists/", Fault::Lie(|gist| gist["id"] = json!("ffff"))), "gist ffff instead"),
        (
            "missing",
            always(
                "GET",
                "/gists/",
                Fault::Lie(|gist| drop(gist["files"].as_object_mut().unwrap().remove("sources.md"))),
            ),
            "sources.md: is missing",
        ),
        (
            "renamed",
            always("GET", "/gists/", Fault::Lie(|gist| gist["files"]["sources.md"]["filename"] = json!("other.md"))),
            "`other.md`: is not part of the bundle",
        ),
        (
            "size",
            always("GET", "/gists/", Fault::Lie(|gist| first_file(gist).1["size"] = json!(3))),
            "has 3 bytes, expected",
        ),
        (
            "not all listed",
            always("GET", "/gists/", Fault::Lie(|gist| gist["truncated"] = json!(true))),
            "does not list all",
        ),
        ("no revision", always("GET", "/gists/", Fault::Lie(|gist| gist["history"] = json!([]))), "names no revision"),
        (
            "description",
            always("GET", "/gists/", Fault::Lie(|gist| gist["description"] = json!("else"))),
            "the description is another one",
        ),
        (
            "raw elsewhere",
            always(
                "GET",
                "/gists/",
                Fault::Lie(|gist| {
                    gist["files"]["sources.md"]["raw_url"] = json!("http://evil.example/a/raw/b/sources.md");
                }),
            ),
            "sources.md: its raw address is on http://evil.example",
        ),
        (
            "raw not pinned",
            always(
                "GET",
                "/gists/",
                Fault::Lie(|gist| {
                    let page = gist["html_url"].as_str().unwrap().to_owned();
                    gist["files"]["sources.md"]["raw_url"] = json!(format!("{page}/raw/sources.md"));
                }),
            ),
            "sources.md: its raw address does not name this gist, a revision",
        ),
        (
            "page elsewhere",
            always(
                "GET",
                "/gists/",
                Fault::Lie(|gist| gist["html_url"] = json!("https://gist.mirror.example/wade/9a0001")),
            ),
            "the page is on https://gist.mirror.example",
        ),
        (
            "changed",
            always(
                "GET",
                "/sources.md",
                Fault::Bytes(|mut bytes| {
                    bytes[0] ^= 1;
                    bytes
                }),
            ),
            "sources.md: ",
        ),
        ("cut", always("GET", "/sources.md", Fault::Bytes(|bytes| bytes[..bytes.len() / 2].to_vec())), "sources.md: "),
        (
            "portal for a file",
            always("GET", "/sources.md", Fault::Instead(200, vec![], PORTAL)),
            "sources.md: a web page",
        ),
        ("cut on the way", always("GET", "/sources.md", Fault::Short), "sources.md"),
        ("endless file", always("GET", "/sources.md", Fault::Endless), "sources.md"),
        ("file gone", always("GET", "/sources.md", status(404)), "sources.md answers 404"),
        ("file forbidden", always("GET", "/sources.md", status(403)), "sources.md answers 403"),
        (
            "portal for the page",
            always("GET", "/wade/9a0001$", Fault::Instead(200, vec![], PORTAL)),
            "the page does not show sources.md",
        ),
        ("page gone", always("GET", "/wade/9a0001$", status(404)), "the page answers 404"),
        ("endless page", always("GET", "/wade/9a0001$", Fault::Endless), "larger than"),
        ("endless gist", always("GET", "/gists/", Fault::Endless), "could not be read"),
        (
            "portal for the gist",
            always("GET", "/gists/", Fault::Instead(200, vec![], PORTAL)),
            "is a web page and not JSON",
        ),
        (
            "portal for whoami",
            always("GET", "/user", Fault::Instead(200, vec![], PORTAL)),
            "is a web page and not JSON",
        ),
        (
            "portal for the listing",
            always("GET", "/gists?", Fault::Instead(200, vec![], PORTAL)),
            "is a web page and not JSON",
        ),
        ("bad token", always("GET", "/user", status(401)), "does not accept the token"),
        ("no permission", always("POST", "/gists", status(403)), "Gists: write"),
        ("no scope", always("POST", "/gists", status(404)), "lacks the permission"),
        ("refused", always("POST", "/gists", status(422)), "does not accept a file"),
        ("too large", always("POST", "/gists", status(413)), "too large"),
    ];
    each(&cases, |(name, rule, what)| {
        let (sandbox, server) = (built(), Server::start(vec![rule.clone()]));
        let ran = publish(&sandbox, &server, &[]);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(matches!(ran.status, 1 | 2) && told.contains(what), "{name}: {} {told}", ran.status);
        assert!(!sandbox.path(RECEIPT).exists() && server.gists() <= 1, "{name}");
        server.set(Vec::new());
        let ran = publish(&sandbox, &server, &[]);
        assert_eq!((ran.status, server.gists()), (0, 1), "{name}: {}{}", ran.stdout, ran.stderr);
    });
}

#[test]
fn redirects_are_not_followed_and_the_token_stays_with_its_server() {
    let cases = [
        ("POST", "/gists", "the server redirects to"),
        ("GET", "/user", "the server redirects to"),
        ("GET", "/gists/", "the server redirects to"),
        ("GET", "/sources.md", "sources.md answers 302"),
        ("GET", "/wade/9a0001$", "the page redirects to"),
    ];
    each(&cases, |(method, part, what)| {
        let (sandbox, other) = (built(), Server::start(Vec::new()));
        let target = vec![("location", format!("{}/wade/9a0001", other.url))];
        let server = Server::start(vec![always(method, part, Fault::Instead(302, target, ""))]);
        let ran = publish(&sandbox, &server, &[]);
        assert!(ran.status == 1 && ran.stdout.contains(what), "{part}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(other.asked("GET") + other.asked("POST"), 0, "{part}");
    });
    // The one redirect that a page may make.
    let sandbox = built();
    let server = Server::start(vec![once(
        "GET",
        "/wade/9a0001$",
        Fault::Instead(301, vec![("location", "/wade/9a0001".to_owned())], ""),
    )]);
    publish(&sandbox, &server, &[]).status(0);
}

#[test]
fn files_on_another_host_do_not_get_the_token() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    publish(&sandbox, &server, &[]).status(0);
    assert!(server.saw_token());
    // As seen from another port, the first server is another origin: nothing is asked of it.
    let other = Server::start(vec![always("GET", "/gists/", Fault::Lie(|_| {}))]);
    other.plant("9a0001", "x");
    let ran = sandbox.command(&["verify", &format!("out/{SLUG}"), "--online", "--api", &other.url, "--format", "json"]);
    let mut ran = ran;
    let ran = crate::harness::ran(ran.env("GITHUB_TOKEN", TOKEN.as_str()).output().unwrap()).status(1);
    assert!(ran.stdout.contains("another server than"), "{}", ran.stdout);
    assert!(!other.saw_token());
}

#[test]
fn a_server_that_repeats_the_token_does_not_make_us_repeat_it() {
    let said: &'static str = Box::leak(format!(r#"{{"message":"bad token {}"}}"#, TOKEN.as_str()).into_boxed_str());
    for code in [401, 403, 404, 422, 500] {
        let (sandbox, server) =
            (built(), Server::start(vec![always("GET", "/user", Fault::Instead(code, vec![], said))]));
        publish(&sandbox, &server, &["--patience", "1"]).status(2);
    }
    let location = vec![("location", format!("/login?token={}", TOKEN.as_str()))];
    let (sandbox, server) = (built(), Server::start(vec![always("GET", "/user", Fault::Instead(302, location, ""))]));
    publish(&sandbox, &server, &[]).status(1);
}

#[test]
fn the_time_is_bounded_whatever_the_server_does() {
    let cases = [
        ("drip", always("GET", "/user", Fault::Drip), "could not be read"),
        ("a file drips", always("GET", "/sources.md", Fault::Drip), "sources.md could not be read"),
        ("a limit too long", always("POST", "/gists", limited(429, "retry-after", "3600")), "--patience"),
        ("down", always("GET", "/user", Fault::LostBefore), "/user could not be read"),
        ("limits again and again", always("POST", "/gists", limited(429, "retry-after", "0")), "keeps limiting"),
    ];
    each(&cases, |(name, rule, what)| {
        let (sandbox, server) = (built(), Server::start(vec![rule.clone()]));
        let ran = publish(&sandbox, &server, &["--patience", "3"]).status(2);
        assert!(ran.stderr.contains(what) && ran.stdout.is_empty(), "{name}: {}", ran.stderr);
        server.set(Vec::new());
        publish(&sandbox, &server, &[]).status(0);
        assert_eq!(server.gists(), 1, "{name}");
    });
    // Nobody listens there.
    let ran = built()
        .command(&["publish", SLUG, "--api", "http://127.0.0.1:9", "--patience", "2"])
        .env("GITHUB_TOKEN", TOKEN.as_str())
        .output();
    assert!(crate::harness::ran(ran.unwrap()).status(2).stderr.contains("refused"));
}

#[test]
fn killed_between_the_gist_and_its_receipt_it_finds_the_gist_again() {
    // The answer to the creation never ends, nor does reading the gist, nor a file, nor the page.
    let moments = [("POST", "/gists"), ("GET", "/gists/"), ("GET", "/sources.md"), ("GET", "/wade/9a0001$")];
    each(&moments, |(method, part)| {
        let (sandbox, server) = (built(), Server::start(vec![always(method, part, Fault::Drip)]));
        let arguments = ["publish", SLUG, "--api", &server.url];
        let mut command = sandbox.command(&arguments);
        command.env("GITHUB_TOKEN", TOKEN.as_str()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        while server.gists() == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!sandbox.path(RECEIPT).exists() && sandbox.path(INTENT).exists(), "{part}");
        server.set(Vec::new());
        let ran = publish(&sandbox, &server, &[]).status(0);
        assert_eq!(ran.json()["verdict"], "published");
        assert_eq!((server.gists(), server.asked("POST"), server.asked("PATCH")), (1, 1, 0), "{part}");
    });
}

/// Builds another revision of the pack.
pub(crate) fn rebuild(sandbox: &Sandbox) {
    let sources = format!("packs/{SLUG}/sources.md");
    let old = sandbox.read(&sources);
    sandbox.write(&sources, format!("{old}\nOne more line.\n"));
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
}

#[test]
fn a_new_revision_changes_the_same_gist() {
    let cases: Vec<(&str, Vec<Rule>)> = vec![
        ("nothing", vec![]),
        ("answer lost after the deed", vec![once("PATCH", "/gists/", Fault::LostAfter)]),
        ("answer lost before the deed", vec![once("PATCH", "/gists/", Fault::LostBefore)]),
        ("502 after the deed", vec![once("PATCH", "/gists/", Fault::DoneBut(502, ""))]),
        ("limited", vec![once("PATCH", "/gists/", limited(429, "retry-after", "0"))]),
        (
            "the old revision is shown once more",
            vec![Rule {
                after: 1,
                ..once(
                    "GET",
                    "/gists/",
                    Fault::Lie(|gist| gist["history"][0]["version"] = json!(format!("{:040x}", 1))),
                )
            }],
        ),
    ];
    each(&cases, |(name, rules)| {
        let (sandbox, server) = (built(), Server::start(Vec::new()));
        publish(&sandbox, &server, &[]).status(0);
        let first = sandbox.read(RECEIPT);
        // The same again changes nothing.
        publish(&sandbox, &server, &[]).status(0);
        assert_eq!(server.asked("PATCH"), 0);
        rebuild(&sandbox);
        let plan =
            sandbox.run(&["publish", SLUG, "--api", &server.url, "--dry-run", "--format", "json"]).status(0).json();
        let planned = plan["plan"]["files"].as_array().unwrap();
        let changed: Vec<_> =
            planned.iter().filter(|file| file["change"] != "keep").map(|file| file["name"].as_str().unwrap()).collect();
        assert!(
            changed.contains(&"sources.md") && changed.contains(&"manifest.sha256") && changed.len() < planned.len()
        );
        server.set(rules.clone());
        let ran = publish(&sandbox, &server, &[]);
        assert_eq!((ran.status, server.gists()), (0, 1), "{name}: {}{}", ran.stdout, ran.stderr);
        assert!(server.only().0["sources.md"].ends_with("One more line.\n"));
        assert_ne!(sandbox.read(RECEIPT), first);
    });
}

#[test]
fn a_lost_receipt_or_intent_leads_back_to_the_same_gist() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    publish(&sandbox, &server, &[]).status(0);
    std::fs::remove_file(sandbox.path(RECEIPT)).unwrap();
    publish(&sandbox, &server, &[]).status(0);
    assert_eq!((server.gists(), server.asked("POST"), server.asked("PATCH")), (1, 1, 0));
    // Also when it was built anew meanwhile.
    std::fs::remove_file(sandbox.path(RECEIPT)).unwrap();
    rebuild(&sandbox);
    publish(&sandbox, &server, &[]).status(0);
    assert_eq!((server.gists(), server.asked("POST"), server.asked("PATCH")), (1, 1, 1));
}

#[test]
fn what_somebody_else_did_is_not_written_over() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    publish(&sandbox, &server, &[]).status(0);
    server.meddle();
    rebuild(&sandbox);
    let ran = publish(&sandbox, &server, &[]).status(1);
    assert!(ran.stdout.contains("changed by somebody else"), "{}", ran.stdout);
    assert_eq!(server.only().0["sources.md"], "changed\n");
    // Two gists that say they are this pack: a person has to look.
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    let plan = sandbox.run(&["publish", SLUG, "--dry-run", "--format", "json"]).status(0).json();
    for id in ["aa01", "aa02"] {
        server.plant(id, plan["plan"]["description"].as_str().unwrap());
    }
    let ran = publish(&sandbox, &server, &[]).status(1);
    assert!(ran.stdout.contains("aa01, aa02"), "{}", ran.stdout);
    assert_eq!((server.gists(), server.asked("POST"), server.asked("PATCH")), (2, 0, 0));
    // A file that nobody here knows is not removed.
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    server.plant("aa01", plan["plan"]["description"].as_str().unwrap());
    let ran = publish(&sandbox, &server, &[]).status(1);
    assert!(ran.stdout.contains("`a.md`"), "{}", ran.stdout);
    assert_eq!(server.asked("PATCH"), 0);
}

#[test]
fn visibility_and_owner_cannot_change() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    assert_eq!(publish(&sandbox, &server, &["--public"]).status(0).json()["receipt"]["public"], true);
    let ran = publish(&sandbox, &server, &[]).status(1);
    assert!(ran.stdout.contains("visibility"), "{}", ran.stdout);
    server.set(vec![always("GET", "/user", Fault::Lie(|user| user["login"] = json!("eve")))]);
    let ran = publish(&sandbox, &server, &["--public"]).status(2);
    assert!(ran.stderr.contains("belongs to eve"), "{}", ran.stderr);
    // A receipt that was broken is not taken for none.
    sandbox.write(RECEIPT, "{");
    assert!(publish(&sandbox, &server, &["--public"]).status(2).stderr.contains("publish-receipt.json"));
    assert_eq!(server.gists(), 1);
}

#[test]
fn the_token_can_come_from_standard_input() {
    use std::io::Write as _;
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    let mut command = sandbox.command(&["publish", SLUG, "--api", &server.url, "--token-stdin", "--format", "json"]);
    command.env_remove("GITHUB_TOKEN").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", TOKEN.as_str()).unwrap();
    let ran = ran(child.wait_with_output().unwrap()).status(0);
    no_token(&sandbox, &ran);
    assert!(server.saw_token());
}

/// `verify --online` with what it says about each check.
fn online(sandbox: &Sandbox, server: &Server) -> (i32, BTreeMap<String, String>) {
    let bundle = format!("out/{SLUG}");
    let ran =
        sandbox.run(&["verify", &bundle, "--online", "--api", &server.url, "--patience", "20", "--format", "json"]);
    let json = ran.json();
    let results = json["bundles"][0]["results"].as_array().unwrap();
    let line = |result: &Value| {
        format!("{} {} {}", result["status"].as_str().unwrap(), result["observed"], result["evidence"])
    };
    (ran.status, results.iter().map(|result| (result["id"].as_str().unwrap().to_owned(), line(result))).collect())
}

#[test]
fn verify_online_names_each_difference() {
    let changed = |gist: &mut Value| gist["files"]["sources.md"]["size"] = json!(3);
    let cases: Vec<(&str, Rule, &str, &str)> = vec![
        (
            "owner",
            always("GET", "/gists/", Fault::Lie(|gist| gist["owner"]["login"] = json!("eve"))),
            "publication.gist",
            "belongs to eve",
        ),
        (
            "visibility",
            always("GET", "/gists/", Fault::Lie(|gist| gist["public"] = json!(true))),
            "publication.gist",
            "is public",
        ),
        (
            "revision",
            always("GET", "/gists/", Fault::Lie(|gist| gist["history"][0]["version"] = json!("ab"))),
            "publication.gist",
            "at revision ab",
        ),
        ("gone", always("GET", "/gists/", status(404)), "publication.gist", "is not there"),
        ("size", always("GET", "/gists/", Fault::Lie(changed)), "publication.files", "has 3 bytes"),
        (
            "bytes",
            always("GET", "/sources.md", Fault::Bytes(|_| b"x".to_vec())),
            "publication.files",
            "sources.md: 1 bytes",
        ),
        ("file gone", always("GET", "/sources.md", status(404)), "publication.files", "sources.md answers 404"),
        (
            "page",
            always("GET", "/wade/9a0001$", Fault::Instead(200, vec![], PORTAL)),
            "publication.page",
            "does not show",
        ),
    ];
    each(&cases, |(name, rule, id, what)| {
        let (sandbox, server) = (built(), Server::start(Vec::new()));
        publish(&sandbox, &server, &[]).status(0);
        let (status, found) = online(&sandbox, &server);
        assert_eq!(status, 0, "{found:#?}");
        assert!(
            found.iter().filter(|(id, _)| id.starts_with("publication.")).all(|(_, line)| line.starts_with("pass "))
        );
        server.set(vec![rule.clone()]);
        let (status, found) = online(&sandbox, &server);
        assert_eq!(status, 1, "{name}");
        assert!(found[*id].starts_with("fail ") && found[*id].contains(what), "{name}: {}", found[*id]);
    });
}

#[test]
fn verify_online_against_the_bundle_and_without_a_server() {
    let (sandbox, server) = (built(), Server::start(Vec::new()));
    let (status, found) = online(&sandbox, &server);
    assert_eq!(status, 1);
    assert!(
        found["publication.receipt"].contains("is missing") && found["publication.gist"].starts_with("not_checked")
    );
    publish(&sandbox, &server, &[]).status(0);
    rebuild(&sandbox);
    let (status, found) = online(&sandbox, &server);
    assert_eq!(status, 1);
    assert!(found["publication.receipt"].contains("sources.md: is not the file that was published"), "{found:#?}");
    assert!(found["publication.files"].contains("sources.md"), "{found:#?}");
    // What cannot be reached is not checked, and that is no pass.
    server.set(vec![always("GET", "/gists/", Fault::LostBefore)]);
    let (status, found) = online(&sandbox, &server);
    assert_eq!(status, 1);
    assert!(found["publication.gist"].starts_with("not_checked"), "{found:#?}");
    // Offline, nothing is asked.
    let asked = server.asked("GET");
    sandbox.run(&["verify", &format!("out/{SLUG}")]).status(0);
    assert_eq!(server.asked("GET"), asked);
}
