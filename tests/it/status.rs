//! How packs stand, told from what lies on disk.

use serde_json::Value;

use crate::harness::{NOW, Sandbox};

const SLUG: &str = "customer-visit-script";

/// The exit status, and what is said about one pack.
fn status(sandbox: &Sandbox, more: &[&str]) -> (i32, Value) {
    let ran = sandbox.run(&[&["status", SLUG, "--now", NOW, "--format", "json"], more].concat());
    let json = ran.json();
    assert_eq!(json["packs"].as_array().unwrap().len(), 1);
    (ran.status, json["packs"][0].clone())
}

#[test]
fn what_is_built_and_current_is_well_and_a_change_is_seen() {
    let sandbox = Sandbox::example();
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!((exit, &pack["built"]["state"]), (1, &"missing".into()));
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!(exit, 0, "{pack:#}");
    assert_eq!((&pack["built"]["state"], &pack["built"]["as_of"]), (&"current".into(), &NOW.into()));
    assert_eq!((&pack["published"]["state"], &pack["uploaded"]["state"]), (&"never".into(), &"never".into()));
    assert_eq!(pack["verified"]["passed"], true);
    // At any later moment the same sources are as current as they were.
    let later = sandbox.run(&["status", SLUG, "--now", "2031-01-01T00:00:00Z", "--format", "json"]);
    assert_eq!(later.json()["packs"][0]["built"]["state"], "current");
    let sources = format!("packs/{SLUG}/sources.md");
    sandbox.write(&sources, sandbox.read(&sources) + "\nOne more line.\n");
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!((exit, &pack["built"]["state"]), (1, &"stale".into()));
    assert!(pack["built"]["differs"].to_string().contains("sources.md: differs from the sources"), "{pack:#}");
    sandbox.write(&format!("packs/{SLUG}/pack.toml"), "kind = 1");
    assert_eq!(status(&sandbox, &[]).1["built"]["state"], "unbuildable");
    sandbox.write(&format!("out/{SLUG}/sources.md"), "x\n");
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!((exit, &pack["verified"]["passed"]), (1, &false.into()));
}

#[test]
fn claims_that_age_are_named() {
    let sandbox = Sandbox::built();
    let pack = |now: &str| {
        let ran = sandbox.run(&["status", "saffron-dispatch-workflow", "--now", now, "--format", "json"]);
        let json = ran.json();
        let ageing = json["packs"][0]["claims"].as_array().unwrap().iter();
        let ageing: Vec<_> = ageing
            .map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["ageing"].as_str().unwrap()))
            .collect();
        (ran.status, ageing)
    };
    // Captured on 10 April and 22 May, each for 30 days.
    let expect = |now: &str, exit: i32, ageing: &[&str]| {
        assert_eq!(pack(now), (exit, ageing.iter().map(|&one| one.to_owned()).collect()));
    };
    expect("2026-05-24T12:00:00+08:00", 1, &["deployment expired"]);
    expect("2026-06-10T12:00:00+08:00", 1, &["pull_request soon", "deployment expired"]);
    expect("2026-06-30T12:00:00+08:00", 1, &["pull_request expired", "deployment expired"]);
    let human = sandbox.run(&["status", "--now", NOW]).status(1).stdout;
    assert!(human.contains("saffron-dispatch-workflow") && human.contains("attention:"), "{human}");
    sandbox.run(&["status", "nothing"]).status(2);
}

#[cfg(feature = "net")]
#[test]
fn what_was_sent_is_held_against_the_bundle() {
    use crate::gist_server::{Fault, Server, always};
    use crate::publish::{publish, rebuild};

    let (sandbox, server) = (Sandbox::built(), Server::start(Vec::new()));
    publish(&sandbox, &server, &[]).status(0);
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!((exit, &pack["published"]["state"]), (0, &"current".into()), "{pack:#}");
    assert_eq!(pack["published"]["revision"].as_str().unwrap().len(), 40);
    let asked = server.asked("GET");
    let online = ["--online", "--api", &server.url, "--patience", "20"];
    assert_eq!(status(&sandbox, &online).0, 0);
    assert!(server.asked("GET") > asked);
    server.set(vec![always("GET", "/gists/", Fault::Lie(|gist| gist["public"] = true.into()))]);
    let (exit, pack) = status(&sandbox, &online);
    assert_eq!((exit, &pack["online"]["publication.gist"]["status"]), (1, &"fail".into()));
    // Offline nobody is asked.
    let asked = server.asked("GET");
    assert_eq!((status(&sandbox, &[]).0, server.asked("GET")), (0, asked));
    rebuild(&sandbox);
    let (exit, pack) = status(&sandbox, &[]);
    assert_eq!((exit, &pack["published"]["state"]), (1, &"differs".into()));
    assert!(pack["published"]["differs"].to_string().contains("sources.md: differs from `publish`"), "{pack:#}");
    sandbox.write(&format!("out/{SLUG}.upload-intent.json"), "{}");
    assert!(status(&sandbox, &[]).1["attention"].to_string().contains("`proofpack upload` did not come to its end"));
}
