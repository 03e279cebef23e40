//! What must not leave, planted in every place from which something leaves; and the exceptions that let it through.
//!
//! Every value is put together here and belongs to nobody, so that no scanner stops the repository. The product of all
//! values and all places is made in this process; each place is tried once through the program too.

use std::collections::BTreeSet;
use std::fs;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proofpack::bundle::Folder;
use proofpack::check::privacy::{self, Hit};
use proofpack::check::schema::TableSchema;
use proofpack::check::table;
use proofpack::finding::Finding;
use proofpack::guard;
use proofpack::verify;
use rust_xlsxwriter::Workbook;

use crate::harness::{NOW, Sandbox};

const PACK: &str = "packs/customer-visit-script";
const BUNDLE: &str = "out/customer-visit-script";
const PAGE: &str = "dispatcher-preflight-contract.html";

fn filler(length: usize) -> String {
    "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z".chars().cycle().take(length).collect()
}

/// One of every form, by rule.
fn planted() -> Vec<(&'static str, String)> {
    let part = |object: &str| BASE64_URL_SAFE_NO_PAD.encode(object);
    let hexadecimal = "0123456789abcdef".repeat(2);
    vec![
        ("mobile_number", format!("0912{}", "-345-678")),
        ("mobile_number", format!("+886 912 {}", "345 678")),
        ("mobile_number", format!("０９１２{}", "３４５６７８")),
        ("national_id", format!("A1234{}", "56789")),
        ("resident_number", format!("A8000{}", "00014")),
        ("card_number", format!("4111 1111 {}", "1111 1111")),
        ("card_number", format!("411111{}", "1111111111")),
        ("card_number", format!("3782 822463 {}", "10005")),
        ("e_mail_address", format!("wang@{}", "mail.com.tw")),
        ("street_address", format!("台北市信義區市府路{}", "45號")),
        ("passport_number", format!("護照 3123{}", "45678")),
        ("bank_account", format!("帳號 822-1234-{}", "5678-9012")),
        ("line_user_id", format!("U{hexadecimal}")),
        ("github_token", format!("{}p_{}", "gh", filler(36))),
        ("github_token", format!("{}o_{}", "gh", filler(36))),
        ("github_token", format!("{}u_{}", "gh", filler(36))),
        ("github_token", format!("{}r_{}", "gh", filler(36))),
        ("github_token", format!("{}s_{}", "gh", filler(36))),
        ("github_token", format!("{}s_123456_{}.{}.{}", "gh", filler(36), filler(200), filler(43))),
        ("github_token", format!("{}_pat_{}_{}", "github", filler(22), filler(59))),
        ("openai_key", format!("{}-{}", "sk", filler(48))),
        ("openai_key", format!("{}-proj-{}_{}", "sk", filler(40), filler(20))),
        ("openai_key", format!("{}-svcacct-{}{}{}", "sk", filler(20), "T3BlbkFJ", filler(20))),
        ("anthropic_key", format!("{}-ant-api03-{}-{}AA", "sk", filler(50), filler(42))),
        ("aws_key_id", format!("{}IA{}", "AK", "IOSFODNN7EXAMPLE")),
        ("aws_key_id", format!("{}IA{}", "AS", "Z234567ABCDEFGH2")),
        ("aws_secret_key", format!("aws_secret_access_key = {}", filler(40))),
        ("google_key", format!("{}za{}", "AI", "Sy_-".repeat(8) + "abc")),
        ("slack_token", format!("{}b-123456789012-{}", "xox", filler(24))),
        ("slack_token", format!("{}p-123456789012-{}", "xox", filler(24))),
        ("slack_webhook", format!("https://{}.slack.com/services/T01234567/B01234567/{}", "hooks", filler(24))),
        ("stripe_key", format!("{}_live_{}", "sk", filler(24))),
        ("stripe_key", format!("{}_test_{}", "rk", filler(24))),
        ("npm_token", format!("{}_{}", "npm", filler(36))),
        ("pypi_token", format!("{}-AgEIcHlwaS5vcmc{}", "pypi", filler(60))),
        ("gitlab_token", format!("{}-{}", "glpat", "a-B_3".repeat(4))),
        ("hugging_face_token", format!("{}_{}", "hf", filler(34))),
        ("sendgrid_key", format!("{}.{}.{}", "SG", filler(22), filler(43))),
        ("json_web_token", format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), part(r#"{"sub":"12345678"}"#), filler(43))),
        ("line_token", format!("LINE channel access token: {}", (filler(31) + "+/").repeat(6)[..172].to_owned())),
        ("line_token", format!("{}/1O/w1c{}=", filler(157), "DnyilFU")),
        ("line_notify_token", format!("LINE Notify: {}", filler(43))),
        ("line_channel_secret", format!("channel secret: {hexadecimal}")),
        ("private_key", format!("-----BEGIN {} KEY-----", "PRIVATE")),
        ("private_key", format!("-----BEGIN OPENSSH {} KEY-----", "PRIVATE")),
        ("url_password", format!("postgres://user:{}@db.internal/x", "secret")),
        ("authorization_header", format!("Authorization: Bearer {}", filler(24))),
        ("authorization_header", format!("curl -H 'Authorization: Basic {}'", "dXNlcjpwYXNz")),
    ]
}

/// What a reader sees of a place that holds a value: rules that found something there, and all that is said of it.
type Seen = (BTreeSet<&'static str>, String);

fn seen(hits: impl Iterator<Item = Hit>) -> Seen {
    hits.fold((BTreeSet::new(), String::new()), |(mut rules, said), hit| {
        rules.insert(hit.rule);
        (rules, format!("{said}{hit}\n"))
    })
}

fn seen_in(findings: &[Finding]) -> Seen {
    let line = |found: &Finding| format!("{} {} {}\n", found.place, found.message, found.hint);
    let said = findings.iter().map(line).collect::<Vec<_>>().concat();
    let rules = privacy::RULES.iter().copied().filter(|rule| said.contains(&format!("(rule {rule})"))).collect();
    (rules, said)
}

fn in_file(name: &str, text: &str) -> Seen {
    let guarded = guard::judge([(name, text.as_bytes())].into_iter(), &[], None);
    seen(guarded.stopped.into_iter().map(|(_, hit)| hit))
}

fn workbook(rows: [&[&str]; 2]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in (0..).zip(rows) {
        sheet.write_row(at, 0, row.iter().copied()).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn in_workbook(value: &str) -> Seen {
    let field =
        |name: &str| format!(r#"{{"name":"{name}","type":"string","description":"a","description_zh_hant":"a"}}"#);
    let words = r#""name":"t","title":"T","title_zh_hant":"T","description":"a","description_zh_hant":"a""#;
    let schema = format!(r#"{{{words},"fields":[{},{}]}}"#, field("id"), field("note"));
    let schema = TableSchema::from_json(&schema).unwrap();
    let mut findings = Vec::new();
    table::read("t.xlsx", &workbook([&["id", "note"], &["1", value]]), &schema, &mut findings).unwrap();
    seen_in(&findings)
}

/// A bundle as `publish` finds it, with names and titles that hold something.
fn published(file: Option<&str>, title: Option<&str>, built: &Folder) -> Seen {
    use proofpack::publish::Address;
    use proofpack::publish::plan::{Asked, plan};
    let api = Address::parse("https://api.example").unwrap();
    let asked = Asked { slug: "customer-visit-script", api: &api, public: false, now: NOW.parse().unwrap() };
    let mut folder = Folder { files: built.files.clone(), strangers: Vec::new() };
    if let Some(name) = file {
        folder.files.insert(format!("{name}.md"), b"# A\n".to_vec());
    }
    let mut verification = verify::bundle(built);
    if let Some(title) = title {
        verification.title = Some(title.to_owned());
    }
    seen_in(&plan(&asked, &folder, &verification, None, None).1)
}

/// A place, and what is seen of a value there.
type Place<'a> = (&'static str, Box<dyn Fn(&str) -> Seen + 'a>);

#[test]
fn every_value_is_caught_in_every_place_and_repeated_nowhere() {
    let sandbox = Sandbox::built();
    let built = Folder { files: sandbox.tree(BUNDLE), strangers: Vec::new() };
    let html =
        |value: &str| value.replace('&', "&amp;").replace('\'', "&#39;").replace('+', "&#43;").replace('@', "&#64;");
    let places: Vec<Place<'_>> = vec![
        ("Markdown", Box::new(|value| in_file("a.md", &format!("# A\n\n- b: {value}\n")))),
        ("Markdown code", Box::new(|value| in_file("a.md", &format!("`{value}`，\n")))),
        ("HTML", Box::new(move |value| in_file("a.html", &format!("<p>中文<b>{}</b></p>\n", html(value))))),
        ("HTML attribute", Box::new(|value| in_file("a.html", &format!("<a title=\"{value}\" href=\"#\">a</a>")))),
        ("JSON", Box::new(|value| in_file("a.json", &serde_json::json!({"a": [1, {"b": value}]}).to_string()))),
        ("JSON, ASCII only", Box::new(|value| in_file("a.json", &ascii(value)))),
        ("CSV", Box::new(|value| in_file("a.csv", &format!("id,note\r\n1,{value}\r\n2,\"a, {value}\"\r\n")))),
        ("base64", Box::new(|value| in_file("a.md", &BASE64_STANDARD.encode(format!("note: {value}"))))),
        ("XLSX", Box::new(in_workbook)),
        ("a file name", Box::new(|value| published(Some(value), None, &built))),
        ("the description", Box::new(|value| published(None, Some(value), &built))),
        (
            "the end of a long title",
            Box::new(|value| published(None, Some(&format!("{}{value}", "中文 ".repeat(60))), &built)),
        ),
    ];
    let mut rules = BTreeSet::new();
    for (rule, value) in planted() {
        rules.insert(rule);
        for (place, look) in &places {
            let (found, said) = look(&value);
            assert!(found.contains(rule), "{rule} in {place}: {value} is not found, but {found:?}");
            assert!(!said.contains(&value) && !repeats(&said, &value), "{rule} in {place} is repeated: {said}");
        }
    }
    assert!(rules.into_iter().eq(privacy::RULES.iter().copied()), "a rule has no planted value");
    let harmless = published(None, None, &built);
    assert_eq!(harmless.0, BTreeSet::new(), "{}", harmless.1);
}

/// A JSON text in which every character but plain letters is escaped.
fn ascii(value: &str) -> String {
    let escaped = |one: char| {
        if one.is_ascii_alphabetic() {
            one.to_string()
        } else {
            one.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat()
        }
    };
    format!("{{\"a\": \"{}\"}}", value.chars().map(escaped).collect::<String>())
}

/// Whether five characters of the value that stand in a row are said, words that tell what it is left out.
fn repeats(said: &str, value: &str) -> bool {
    let secret: Vec<char> = value.chars().collect();
    let digits = |part: &[char]| part.iter().filter(|one| one.is_numeric()).count() >= 3;
    secret.windows(5).filter(|part| digits(part)).any(|part| said.contains(&part.iter().collect::<String>()))
}

#[test]
fn verify_stops_what_is_planted_in_each_sort_of_file() {
    let sandbox = Sandbox::built();
    let [mobile, identity, card, token] = [0, 3, 5, 13].map(|index| planted().swap_remove(index).1);
    for (name, text) in [
        ("sources.md", format!("\n{mobile}\n")),
        ("learning-memory.json", format!("{{\"a\": \"{identity}\"}}\n")),
        (PAGE, format!("<p>{card}</p>\n")),
        ("rows.csv", format!("a,b\n1,\"{token}\"\n")),
    ] {
        let path = format!("{BUNDLE}/{name}");
        let old = fs::read(sandbox.path(&path)).unwrap_or_default();
        sandbox.write(&path, [old, text.into_bytes()].concat());
    }
    sandbox.write(&format!("{BUNDLE}/{}.md", mobile.replace('-', "")), "# A\n");
    let ran = sandbox.run(&["verify", BUNDLE]).status(1).stdout;
    for said in [
        "privacy.personal",
        "sources.md:",
        "mobile number `09…78` (rule mobile_number)",
        "national id `A1…89`",
        "card number `41…11`",
        "privacy.secrets",
        "rows.csv:2:4: GitHub token `gh…dE`",
        "(mobile number, not repeated here): is the name of a file",
    ] {
        assert!(ran.contains(said), "{said}: {ran}");
    }
    for value in [mobile.replace('-', ""), mobile, identity, card, token] {
        assert!(!ran.contains(&value), "{value}");
    }
    let refused = sandbox.run(&["publish", "customer-visit-script", "--dry-run"]).status(1).stdout;
    assert!(refused.contains("rows.csv:2:4") && refused.contains("the name of a file"), "{refused}");
}

#[test]
fn check_stops_what_is_planted_in_a_workbook() {
    let sandbox = Sandbox::empty();
    let id = "76890f66-704c-4bc5-a9e6-e22b0c98da97";
    let moment = "2026-05-24T03:18:00+08:00";
    let names = ["id", "action_item_id", "occurred_at", "mode", "valid", "evidence_ref", "written_by", "written_at"];
    let row = [id, id, moment, "mock", "true", &planted()[0].1, "customer_success", moment];
    sandbox.write("visit_events.xlsx", workbook([&names, &row]));
    for form in ["human", "json", "jsonl", "junit", "sarif", "github", "markdown", "html"] {
        let ran = sandbox.run(&["check", "visit_events.xlsx", "--format", form]).status(1);
        assert!(ran.stdout.contains("personal_data") && !ran.stdout.contains("0912-345"), "{form}: {}", ran.stdout);
    }
}

/// A workspace whose pack says a telephone number that may be said.
fn with_exception(until: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::example();
    let number = &planted()[0].1;
    sandbox.replace(
        &format!("{PACK}/people-sync.md"),
        "# people_sync\n",
        &format!("# people_sync\n\n服務專線 {number}\n"),
    );
    let entry = "rule = \"mobile_number\"\nfile = \"*\"\nshown = \"09…78\"\nreason = \"公開的服務專線\"\n";
    sandbox.write(&format!("{PACK}/privacy-allow.toml"), format!("[[allow]]\n{entry}{until}\n{more}"));
    sandbox
}

fn build(sandbox: &Sandbox) -> crate::harness::Ran {
    sandbox.run(&["build", ".", "--now", NOW])
}

#[test]
fn an_exception_lets_one_value_through_and_stands_in_the_report() {
    let sandbox = with_exception("until = \"2099-12-31\"", "");
    let ran = build(&sandbox).status(0);
    assert!(!ran.stdout.contains("allowed_"), "{}", ran.stdout);
    let report = sandbox.read(&format!("{BUNDLE}/e2e-verification.md"));
    for said in ["1 value is let through", "mobile\\_number", "公開的服務專線", "2099-12-31"] {
        assert!(report.contains(said) || report.contains(&said.replace('\\', "")), "{said}: {report}");
    }
    sandbox.run(&["verify", BUNDLE]).status(0);
    sandbox.run(&["publish", "customer-visit-script", "--dry-run"]).status(0);
    // Without the entry the same bundle does not verify, whatever its report says.
    let list = format!("{BUNDLE}/privacy-allow.toml");
    let whole = sandbox.read(&list);
    for (from, to, check) in [
        ("\"*\"", "\"sources.md\"", "privacy.personal"),
        ("09…78", "09…79", "privacy.personal"),
        ("mobile_number", "card_number", "privacy.personal"),
        ("2099", "2025", "privacy.allowed"),
        ("reason = ", "because = ", "privacy.allowed"),
        ("公開的服務專線", "另一個原因", "report.truthful"),
    ] {
        sandbox.write(&list, whole.replace(from, to));
        let ran = sandbox.run(&["verify", BUNDLE]).status(1);
        assert!(ran.stdout.contains(check), "{from}: {}", ran.stdout);
    }
}

#[test]
fn an_exception_that_does_not_hold_is_a_finding() {
    for (until, more, code, status) in [
        ("until = \"2026-05-23\"", "", "allowed_too_long", 1),
        ("", "", "missing_key", 1),
        (
            "until = \"2099-12-31\"",
            "[[allow]]\nrule = \"card_number\"\nfile = \"*\"\nshown = \"41…11\"\nreason = \"r\"\nuntil = \"2099-12-31\"\n",
            "allowed_nothing",
            0,
        ),
        (
            "until = \"2099-12-31\"",
            "[[allow]]\nrule = \"card\"\nfile = \"*\"\nshown = \"41…11\"\nreason = \"r\"\nuntil = \"2099-12-31\"\n",
            "error",
            1,
        ),
    ] {
        let ran = build(&with_exception(until, more)).status(status);
        assert!(ran.stdout.contains(code), "{code}: {}", ran.stdout);
    }
    // Another number with the same first and last digits was not looked at by anybody.
    let sandbox = with_exception("until = \"2099-12-31\"", "");
    sandbox.replace(&format!("{PACK}/people-sync.md"), "服務專線", &format!("手機 0987{}、服務專線", "654378"));
    assert!(build(&sandbox).status(1).stdout.contains("allowed_two"));
}

#[test]
fn an_exception_that_held_when_it_was_built_does_not_hold_for_ever() {
    // The bundle is as of 2026-05-24; publishing is done today.
    let sandbox = with_exception("until = \"2026-05-24\"", "");
    build(&sandbox).status(0);
    sandbox.run(&["verify", BUNDLE]).status(0);
    let refused = sandbox.run(&["publish", "customer-visit-script", "--dry-run"]).status(1).stdout;
    assert!(refused.contains("allowed_too_long") && refused.contains("people-sync.md:3"), "{refused}");
}
