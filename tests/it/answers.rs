//! What is found, in every form in which it is told: the same totals everywhere, personal data nowhere, and a workbook
//! that the sender can mend and send again.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use serde_json::Value;

use crate::harness::{NOW, Ran, Sandbox};

const FORMS: [&str; 9] = ["human", "json", "jsonl", "junit", "sarif", "github", "markdown", "html", "message"];
const HEADER: &str = "order_id,created_at,customer_key,program_id,amount,payment_status,payment_ref,discount_code,source_event,owner_note";

/// An order of this number with its customer, amount and note.
fn order(number: usize, customer: &str, amount: &str, note: &str) -> String {
    let day = 12 + number % 10;
    format!(
        "20260512-{number:05},2026-05-{day} 20:05,{customer},P-{number},{amount},paid,MOP{number:06},LIVE,LIVE-1,{note}\n"
    )
}

fn hash(number: usize) -> String {
    format!("{number:08x}7533ab582d4feb7a9a64cbad5e973d7b")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/uploads").join(name)).unwrap()
}

fn told(sandbox: &Sandbox, path: &str, form: &str, more: &[&str]) -> Ran {
    sandbox.run(&[&["check", path, "--now", NOW, "--format", form], more].concat())
}

/// The text of every part of a workbook, by name.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = archive.len();
    let read = |at| {
        let mut part = archive.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        (part.name().unwrap().into_owned(), text)
    };
    (0..count).map(read).collect()
}

fn packed(parts: &[(String, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn personal_data_stands_in_no_form() {
    let planted = [
        "wang.hsiao@mail.com.tw",
        "0912345678",
        "0987-654-321",
        "A123456789",
        "4539 1488 0343 6467",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "王小明",
        "member-4711",
    ];
    // What has a form by which it is found stands in every column, a name where no text of people belongs.
    let (formed, name) = (&planted[..6], planted[6]);
    let mut text = format!("訂單匯出 王小明,,,,,,,,,,\n{HEADER},會員姓名\n");
    let mut add = |row: String| text += &row.replace('\n', ",王小明\n");
    for (number, personal) in planted.iter().enumerate() {
        add(order(number, personal, "28000", ""));
    }
    for (number, personal) in formed.iter().chain([&name]).enumerate() {
        let key = hash(number);
        add(order(number + 20, &key, personal, ""));
        add(order(number + 40, &key, "28.000", "").replace(",paid,", &format!(",{personal},")));
        add(order(number + 60, &key, "28.000", "").replace(&format!("MOP{:06}", number + 60), personal));
        add(order(number + 80, &key, "28.000", "").replace(&format!("P-{}", number + 80), personal));
    }
    for (number, personal) in formed.iter().enumerate() {
        add(order(number + 100, &hash(number), "28.000", &format!("請洽 {personal}")));
        add(order(number + 120, &hash(number), "28.000", "").replace("LIVE-1", personal));
    }
    // Beside figures, in the columns of amounts and days.
    for (number, cell) in ["王小明3600", "王小明 付了 500", "USD 王小明 3600", "2026/5/13 王小明"].iter().enumerate()
    {
        add(order(number + 140, &hash(number), cell, ""));
        add(order(number + 160, &hash(number), "28000", "").replace(&format!("2026-05-{}", 12 + number % 10), cell));
    }
    // More names than findings of one sort are listed.
    for number in 200..450 {
        add(order(number, name, "28000", ""));
    }
    let sandbox = Sandbox::empty();
    sandbox.write("orders.csv", &text);
    let clean = |what: &str, text: &str| {
        for personal in planted {
            let at = text.find(personal);
            assert!(
                at.is_none(),
                "{what} has {personal}: {}",
                &text[at.unwrap()..].chars().take(80).collect::<String>()
            );
        }
    };
    for lang in ["zh-Hant", "en"] {
        for form in FORMS {
            let ran = told(&sandbox, "orders.csv", form, &["--lang", lang]).status(1);
            assert!(!ran.stdout.is_empty());
            clean(form, &(ran.stdout + &ran.stderr));
        }
        told(&sandbox, "orders.csv", "json", &["--annotate", "fixed.xlsx", "--lang", lang]).status(1);
        for (name, text) in parts(&std::fs::read(sandbox.path("fixed.xlsx")).unwrap()) {
            clean(&name, &text);
        }
        std::fs::remove_file(sandbox.path("fixed.xlsx")).unwrap();
    }
    // The name of a file is no secret to whoever typed it, but a message is for others.
    sandbox.write("0912345678.csv", &text);
    clean("message", &told(&sandbox, "0912345678.csv", "message", &[]).status(1).stdout);
}

#[test]
fn every_form_tells_the_same_exact_totals() {
    let rows: String = (0..250).map(|number| order(number, &hash(number), "28.000", "")).collect();
    let sandbox = Sandbox::empty();
    sandbox.write("orders.csv", format!("{HEADER}\n{rows}"));
    let text = |form| told(&sandbox, "orders.csv", form, &[]).status(1).stdout;
    assert!(text("human").contains("error[ambiguous_amount]: amount with two readings (250 in all)"));
    assert!(text("human").contains("and 240 more; the first 100 places are in"));
    let json: Value = serde_json::from_str(&text("json")).unwrap();
    let sum = |list: &Value, key: &str| {
        list.as_array().unwrap().iter().map(|one| one[key].as_u64().unwrap_or(1)).sum::<u64>()
    };
    assert_eq!((sum(&json["findings"], "count"), &json["totals"]["error"]), (250, &Value::from(250)));
    let lines: Vec<Value> = text("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["type"], &last["verdict"]), (&Value::from("summary"), &Value::from("partial")));
    let errors = lines.iter().filter(|line| line["severity"] == "error");
    assert_eq!(errors.map(|line| line["count"].as_u64().unwrap()).sum::<u64>(), 250);
    assert!(text("junit").contains(r#"<property name="error.ambiguous_amount" value="250"/>"#));
    assert!(text("junit").contains(r#"<testsuite name="orders.csv" tests="101" failures="101""#));
    let sarif: Value = serde_json::from_str(&text("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
    let results: Value = results.filter(|one| one["level"] == "error").cloned().collect();
    assert_eq!(sum(&results, "occurrenceCount"), 250);
    assert!(text("github").contains("\n240 more errors than GitHub shows"));
    assert!(text("markdown").contains("| 250 |") && text("markdown").contains("列出 100 處，共 250 處"));
    assert!(text("html").contains("列出 100 處，共 250 處"));
    assert!(text("message").contains("E2、E3、E4、E5、E6、E7 等 250 處"));
}

#[test]
fn a_returned_workbook_marks_every_wrong_cell() {
    let rows: String = (0..250).map(|number| order(number, &hash(number), "28.000", "")).collect();
    let sandbox = Sandbox::empty();
    sandbox.write("orders.csv", format!("{HEADER}\n{rows}"));
    let json = told(&sandbox, "orders.csv", "json", &["--annotate", "fixed.xlsx"]).status(1).json();
    assert_eq!(json, told(&sandbox, "orders.csv", "json", &[]).status(1).json());
    let parts = parts(&std::fs::read(sandbox.path("fixed.xlsx")).unwrap());
    let count = |of: &str, what: &str| {
        parts.iter().filter(|(name, _)| name == of).map(|(_, text)| text.matches(what).count()).sum::<usize>()
    };
    assert_eq!(count("xl/comments1.xml", "<comment "), 250);
    assert_eq!(count("xl/worksheets/sheet2.xml", "<hyperlink "), 250);
    assert!(parts.iter().any(|(_, text)| text.contains("amount 有兩種讀法：28.000")));
}

#[test]
fn one_answer_for_everything_that_is_checked() {
    let sandbox = Sandbox::built();
    sandbox.replace("packs/kolable-data-gap/pack.toml", "\ntitle =", "\ntitel =");
    sandbox.write("orders.csv", fixture("e02_amounts_bad.csv"));
    for form in FORMS.iter().filter(|form| **form != "message") {
        for path in [".", "packs/kolable-data-gap", "packs/kolable-data-gap/pack.toml", "orders.csv"] {
            let ran = told(&sandbox, path, form, &[]).status(1);
            assert!(!ran.stdout.is_empty(), "{form} {path}");
            assert_eq!(ran.stdout, told(&sandbox, path, form, &[]).stdout);
        }
        assert!(!sandbox.run(&["build", ".", "--now", NOW, "--format", form]).status(1).stdout.is_empty());
    }
    // Places begin where the run does, so that they lead to the files of a repository.
    let folder = sandbox.dir.path().parent().unwrap();
    let name = sandbox.dir.path().file_name().unwrap().to_str().unwrap();
    let output =
        sandbox.command(&["check", name, "--now", NOW, "--format", "github"]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(&format!("::error file={name}/packs/kolable-data-gap/pack.toml,line=")), "{text}");
    // Nobody sent a workspace.
    assert!(told(&sandbox, ".", "message", &[]).status(2).stderr.contains("no upload"));
    sandbox.run(&["build", ".", "--format", "message"]).status(2);
    let several = sandbox.run(&["check", ".", "orders.csv", "--format", "sarif", "--now", NOW]).status(1);
    assert_eq!(several.json()["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn the_checks_of_a_bundle_are_cases() {
    let sandbox = Sandbox::built();
    let text = |status| sandbox.run(&["verify", "out/kolable-data-gap", "--format", "junit"]).status(status).stdout;
    assert!(text(0).contains("failures=\"0\"") && text(0).contains("<skipped message=\"before upload\"/>"));
    sandbox.write("out/kolable-data-gap/sources.md", "changed");
    assert!(text(1).contains("<failure type=\"") && !text(1).contains("failures=\"0\""));
    for form in ["jsonl", "sarif", "github", "markdown", "html"] {
        let ran = sandbox.run(&["verify", "out/kolable-data-gap", "--format", form, "--now", NOW]).status(1);
        assert!(
            ran.stdout.contains("not_verified") || ran.stdout.contains("does not verify"),
            "{form}: {}",
            ran.stdout
        );
    }
}

#[test]
fn a_returned_workbook_has_every_cell_in_its_place() {
    let sandbox = Sandbox::empty();
    for name in
        ["e02_amounts_bad.csv", "e13_error_cells.xlsx", "b10_totals_row.xlsx", "f04_refund_linked_by_payment_ref.csv"]
    {
        sandbox.write(name, fixture(name));
        let first = told(&sandbox, name, "json", &["--annotate", "fixed.xlsx"]).json();
        let bytes = std::fs::read(sandbox.path("fixed.xlsx")).unwrap();
        assert!(sandbox.tree(".").keys().all(|name| !name.starts_with('.')), "something was left behind");
        std::fs::remove_file(sandbox.path("fixed.xlsx")).unwrap();
        told(&sandbox, name, "json", &["--annotate", "fixed.xlsx"]);
        assert!(bytes == std::fs::read(sandbox.path("fixed.xlsx")).unwrap(), "{name}: other bytes");
        assert!(fixture(name) == std::fs::read(sandbox.path(name)).unwrap());
        let again = told(&sandbox, "fixed.xlsx", "json", &[]).json();
        let spots = |answer: &Value| {
            let findings = answer["findings"].as_array().unwrap();
            findings.iter().map(|one| format!("{} {} {}", one["code"], one["row"], one["column"])).collect::<Vec<_>>()
        };
        std::fs::remove_file(sandbox.path("fixed.xlsx")).unwrap();
        assert_eq!(spots(&first), spots(&again), "{name}");
        for key in ["verdict", "counts", "recognized_revenue", "missing_fields"] {
            assert_eq!(first[key], again[key], "{name}");
        }
    }
}

#[test]
fn no_text_of_a_returned_workbook_is_a_formula() {
    let sandbox = Sandbox::empty();
    let note = |number, note: &str| order(number, &hash(number), "28.000", note);
    let notes =
        ["=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "\"\t=1\"", "＝1+1", "\"=HYPERLINK(\"\"http://x.example\"\")\""];
    let rows: String = notes.iter().enumerate().map(|(number, text)| note(number, text)).collect();
    sandbox.write("orders.csv", format!("{HEADER}\n{rows}"));
    told(&sandbox, "orders.csv", "json", &["--annotate", "fixed.xlsx"]).status(1);
    let parts = parts(&std::fs::read(sandbox.path("fixed.xlsx")).unwrap());
    for (name, text) in &parts {
        assert!(!text.contains("<f>") && !text.contains("<f "), "{name}");
        assert!(!text.contains("http://x.example") || name == "xl/sharedStrings.xml", "{name}");
    }
    let styles = &parts.iter().find(|(name, _)| name == "xl/styles.xml").unwrap().1;
    assert!(styles.contains("quotePrefix=\"1\""));
    let texts = &parts.iter().find(|(name, _)| name == "xl/sharedStrings.xml").unwrap().1;
    assert!(texts.contains("<t>=1+1</t>") && texts.contains("<t>-2+3</t>"), "{texts}");
}

#[test]
fn a_workbook_is_never_written_over_what_was_checked() {
    let sandbox = Sandbox::empty();
    let bytes = fixture("e13_error_cells.xlsx");
    sandbox.write("orders.xlsx", &bytes);
    std::fs::hard_link(sandbox.path("orders.xlsx"), sandbox.path("hard.xlsx")).unwrap();
    std::os::unix::fs::symlink("orders.xlsx", sandbox.path("soft.xlsx")).unwrap();
    for target in ["orders.xlsx", "./orders.xlsx", "hard.xlsx", "soft.xlsx"] {
        let ran = told(&sandbox, "orders.xlsx", "json", &["--annotate", target]).status(2);
        assert!(ran.stderr.contains("it exists already"), "{}", ran.stderr);
        assert_eq!(ran.json()["verdict"], "partial");
        assert!(std::fs::read(sandbox.path("orders.xlsx")).unwrap() == bytes);
    }
    sandbox.write("wrong.xlsx", "<html></html>");
    sandbox.write("learning-memory.json", "{}");
    for (paths, target, why) in [
        (vec!["orders.xlsx"], "fixed.csv", "ends in .xlsx"),
        (vec!["orders.xlsx"], "nowhere/fixed.xlsx", "cannot write"),
        (vec!["orders.xlsx", "hard.xlsx"], "fixed.xlsx", "one file"),
        (vec!["learning-memory.json"], "fixed.xlsx", "no upload"),
        (vec!["wrong.xlsx"], "fixed.xlsx", "no column of it is known"),
    ] {
        let arguments = [&["check", "--annotate", target][..], &paths].concat();
        let ran = sandbox.run(&arguments).status(2);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert!(!sandbox.path("fixed.xlsx").exists());
    }
}

#[test]
fn a_form_that_is_filled_in_is_accepted() {
    let sandbox = Sandbox::empty();
    for lang in ["zh-Hant", "en"] {
        sandbox.run(&["template", "orders", "-o", "orders.xlsx", "--lang", lang, "--now", NOW]).status(0);
        let empty = std::fs::read(sandbox.path("orders.xlsx")).unwrap();
        let json = told(&sandbox, "orders.xlsx", "json", &[]).status(1).json();
        assert_eq!(
            (json["missing_fields"].as_array().unwrap().len(), &json["findings"][0]["code"]),
            (0, &Value::from("no_rows"))
        );
        let mut parts = parts(&empty);
        let table = &mut parts.iter_mut().find(|(name, _)| name == "xl/worksheets/sheet1.xml").unwrap().1;
        let cells =
            [("A2", "20260512-0001"), ("C2", &hash(7)), ("D2", "P-1"), ("F2", "paid"), ("G2", "0012345678901234")]
                .map(|(cell, text)| format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"));
        let [id, customer, program, status, payment] = cells;
        // A day and an amount as a spreadsheet program writes them, in the styles of their columns.
        let style = |column: &str| {
            let at = table.find(&format!("<col min=\"{column}\"")).unwrap();
            table[at..].split("style=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let day = format!("<c r=\"B2\" s=\"{}\"><v>46154.836805555555</v></c>", style("2"));
        let amount = format!("<c r=\"E2\" s=\"{}\"><v>28000</v></c>", style("5"));
        let row = format!("<row r=\"2\">{id}{day}{customer}{program}{amount}{status}{payment}</row></sheetData>");
        *table = table.replace("</sheetData>", &row);
        sandbox.write("orders.xlsx", packed(&parts));
        let json = told(&sandbox, "orders.xlsx", "json", &[]).status(0).json();
        assert_eq!((&json["verdict"], &json["recognized_revenue"]), (&Value::from("accepted"), &Value::from(28_000)));
        // What somebody filled in is not written over.
        let filled = std::fs::read(sandbox.path("orders.xlsx")).unwrap();
        let ran = sandbox.run(&["template", "orders", "-o", "orders.xlsx", "--lang", lang, "--now", NOW]).status(2);
        assert!(ran.stderr.contains("it exists already"), "{}", ran.stderr);
        assert!(filled == std::fs::read(sandbox.path("orders.xlsx")).unwrap());
        std::fs::remove_file(sandbox.path("orders.xlsx")).unwrap();
    }
    let ran = sandbox.run(&["template", "order", "-o", "a.xlsx"]).status(2);
    assert!(ran.stderr.contains("did you mean `orders`?"), "{}", ran.stderr);
}

#[test]
fn chinese_answers_are_in_chinese() {
    let sandbox = Sandbox::empty();
    for name in [
        "e02_amounts_bad.csv",
        "e10_ids_scientific.csv",
        "e13_error_cells.xlsx",
        "e17_hidden_rows.xlsx",
        "b10_totals_row.xlsx",
    ] {
        sandbox.write(name, fixture(name));
        let page = told(&sandbox, name, "html", &["--lang", "zh-Hant"]).stdout;
        let english: Vec<_> =
            page.match_indices("lang=\"en\"").map(|(at, _)| page[at..].chars().take(120).collect::<String>()).collect();
        assert!(english.is_empty(), "{name}: {english:#?}");
        let markdown = told(&sandbox, name, "markdown", &["--lang", "zh-Hant"]).stdout;
        assert!(!markdown.contains("a text of"), "{name}: {markdown}");
    }
}
