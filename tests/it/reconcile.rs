//! A data-gap pack as a whole: which upload counts, what people and the gateway say about it, where the request stands,
//! and that no amount is told that nothing proves.

use std::collections::BTreeSet;
use std::fs;

use crate::harness::{NOW, Sandbox};
use crate::order_table::{Table, book};

const PACK: &str = "packs/kolable-branch-orders";
const BUNDLE: &str = "out/kolable-branch-orders";
const PAGE: &str = "out/kolable-branch-orders/kolable-data-gap-escalation.html";

/// The branch pack, changed, built at this moment: the words of its verdict, the state of its request, and the codes of
/// the errors and warnings about it.
#[track_caller]
fn check(change: impl Fn(&Sandbox), now: &str, expected: [&str; 3]) -> Sandbox {
    let sandbox = Sandbox::example();
    change(&sandbox);
    let json = sandbox.run(&["build", ".", "--now", now, "--format", "json"]).json();
    let page = sandbox.read(PAGE);
    let between = |from: &str, to: &str| {
        let (_, rest) = page.split_once(from).unwrap();
        rest.split_once(to).unwrap().0.to_owned()
    };
    let state = between("狀態（依事實）</dt><dd><span class=\"tag ", "</span>");
    let codes: BTreeSet<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["file"].as_str().unwrap().starts_with(PACK) && found["severity"] != "notice")
        .map(|found| found["code"].as_str().unwrap())
        .filter(|code| !STANDING.contains(code))
        .collect();
    let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
    let found = [&*between("<p class=\"word\">", "</p>"), state.split_once('>').unwrap().1, &codes];
    assert_eq!(found, expected);
    sandbox.run(&["verify", BUNDLE]).status(0);
    assert_eq!(page.contains("NT$"), expected[1] == "accepted");
    sandbox
}

/// What the settlement file of the example always has.
const STANDING: [&str; 3] = ["settlement_fee", "settlement_missing", "settlement_unknown"];
const UNVERIFIED: &str = "部分可用，營收未驗證";

fn remove(sandbox: &Sandbox, names: &[&str]) {
    for name in names {
        fs::remove_file(sandbox.path(&format!("{PACK}/{name}"))).unwrap();
    }
}

/// Takes later uploads away, and their rows in the table of received files.
fn only(sandbox: &Sandbox, last: usize) {
    for (at, name) in ["2026-05-22-branch-orders-3.csv", "2026-05-23-branch-orders-4.csv"].iter().enumerate() {
        if at + 3 > last {
            remove(sandbox, &[&format!("uploads/{name}")]);
            drop_lines(sandbox, "records/received_files.csv", name);
        }
    }
    if last < 2 {
        remove(sandbox, &["uploads/2026-05-22-branch-orders-2.csv"]);
        drop_lines(sandbox, "records/received_files.csv", "branch-orders-2.csv");
    }
}

fn drop_lines(sandbox: &Sandbox, file: &str, with: &str) {
    let path = format!("{PACK}/{file}");
    let kept: Vec<_> = sandbox.read(&path).lines().filter(|line| !line.contains(with)).map(str::to_owned).collect();
    sandbox.write(&path, kept.join("\n") + "\n");
}

#[test]
fn the_example_shows_all_three_and_its_money() {
    let sandbox = check(|_| {}, NOW, ["已接受", "accepted", ""]);
    let page = sandbox.read(PAGE);
    for shown in [
        ">schema_failed<",
        ">partial<",
        ">accepted<",
        "已付款總額 NT$192,340 = 認列 NT$188,740 + 已付款後退款 NT$0 + 暫不認列 NT$3,600",
        // All orders once, what was paid out and the fees, added up by hand.
        "NT$232,720",
        "NT$172,760",
        "認列營收由 NT$181,540 變為 NT$188,740（+NT$7,200）",
        "pending → paid",
        "VIP2026: 認列 NT$84,000／訂單總額 NT$112,000",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn the_last_export_that_can_be_read_counts() {
    check(|sandbox| only(sandbox, 3), NOW, ["已接受", "accepted", ""]);
    check(
        |sandbox| only(sandbox, 2),
        NOW,
        [UNVERIFIED, "uploaded", "ambiguous_amount ambiguous_date blank_required idle_decision unknown_status"],
    );
    check(|sandbox| only(sandbox, 1), NOW, ["退回修正，營收未驗證", "schema_failed", "missing_column"]);
    // A refused file replaces nothing; what is wrong with it is said.
    let refused_last = |sandbox: &Sandbox| {
        sandbox.write(&format!("{PACK}/uploads/2026-05-24-orders.csv"), "order_id,amount\n1,2\n");
        let list = sandbox.read(&format!("{PACK}/records/received_files.csv"));
        sandbox.write(
            &format!("{PACK}/records/received_files.csv"),
            format!("{list}2026-05-24-orders.csv,wade,2026-05-24T08:00:00+08:00,\n"),
        );
    };
    check(refused_last, NOW, ["已接受", "accepted", "missing_column"]);
    // What is personal in a file that no longer counts still lies there.
    let personal = |sandbox: &Sandbox| {
        let second = format!("{PACK}/uploads/2026-05-22-branch-orders-2.csv");
        sandbox.replace(&second, "客服已確認", "打 0912345678");
    };
    let sandbox = check(personal, NOW, ["已接受", "accepted", "pii"]);
    assert!(!sandbox.read(PAGE).contains("0912345678"));
    // Without the table of received files the name decides; what nobody listed in it never counts.
    check(|sandbox| remove(sandbox, &["records/received_files.csv"]), NOW, ["已接受", "accepted", ""]);
    let unlisted = |sandbox: &Sandbox| drop_lines(sandbox, "records/received_files.csv", "orders-4.csv");
    check(unlisted, NOW, ["已接受", "accepted", "unlisted_upload"]);
    let by_another = |sandbox: &Sandbox| {
        sandbox.replace(&format!("{PACK}/records/received_files.csv"), "orders-4.csv,wade", "orders-4.csv,huber");
    };
    check(by_another, NOW, ["輸入有誤", "accepted", "not_entitled unlisted_upload"]);
}

#[test]
fn the_record_of_what_was_received_says_which_sheet_counts() {
    // The fourth export as a workbook with an older copy of the table before it.
    let workbook = |sandbox: &Sandbox, recorded: bool| {
        let name = "2026-05-23-branch-orders-4";
        let text = sandbox.read(&format!("{PACK}/uploads/{name}.csv"));
        let rows: Vec<Vec<_>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let (whole, older) = (Table(rows.clone()), Table(rows[..3].to_vec()));
        sandbox.write(
            &format!("{PACK}/uploads/{name}.xlsx"),
            book("", &[("舊", "", &older, ""), ("訂單", "", &whole, "")]),
        );
        remove(sandbox, &[&format!("uploads/{name}.csv")]);
        let records = format!("{PACK}/records/received_files.csv");
        let mut list = sandbox.read(&records).replace(&format!("{name}.csv"), &format!("{name}.xlsx"));
        if recorded {
            let with = |line: &str| {
                let sheet = if line.starts_with("file,") {
                    "sheet"
                } else if line.contains(name) {
                    "訂單"
                } else {
                    ""
                };
                format!("{line},{sheet}\n")
            };
            list = list.lines().map(with).collect();
        }
        sandbox.write(&records, list);
    };
    check(|sandbox| workbook(sandbox, true), NOW, ["已接受", "accepted", ""]);
    // Without it the file is refused, and the export before it still counts.
    check(|sandbox| workbook(sandbox, false), NOW, ["已接受", "accepted", "several_sheets"]);
}

#[test]
fn a_request_goes_through_its_states() {
    let none = |sandbox: &Sandbox| {
        only(sandbox, 1);
        remove(sandbox, &["uploads/2026-05-22-branch-orders-1.csv", "uploads/2026-05-23-ecpay-settlement.csv"]);
        remove(sandbox, &["records/received_files.csv", "records/order_decisions.csv", "records/training_orders.csv"]);
        sandbox.replace(
            &format!("{PACK}/pack.toml"),
            "\"learning-memory.json\", \"records/*.csv\", \"uploads/*.csv\"",
            "",
        );
        sandbox.replace(&format!("{PACK}/records/kolable_data_requests.csv"), ",uploaded,", ",open,");
    };
    check(none, "2026-05-23T09:00:00+08:00", ["未收檔，營收未驗證", "open", ""]);
    check(none, "2026-05-23T09:00:01+08:00", ["逾期未交，營收未驗證", "escalated", ""]);
    let accepted = |sandbox: &Sandbox| {
        none(sandbox);
        sandbox.replace(&format!("{PACK}/records/kolable_data_requests.csv"), ",open,", ",accepted,");
    };
    let sandbox = Sandbox::example();
    accepted(&sandbox);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(
        ran.stdout.contains("the request is recorded as `accepted`, and the uploads give `escalated`"),
        "{}",
        ran.stdout
    );
    let wrong_import = |sandbox: &Sandbox| {
        sandbox.write(
            &format!("{PACK}/records/kolable_reconciliation_imports.csv"),
            "id,data_request_id,row_count,paid_count,pending_count,refunded_count,duplicate_count,status,scorecard_ref\n\
             0fe2e25c-15bc-5b43-8c2c-4b7f8b13e216,1fe2e25c-15bc-5b43-8c2c-4b7f8b13e216,23,18,1,2,2,accepted,\n",
        );
    };
    let sandbox = Sandbox::example();
    wrong_import(&sandbox);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.stdout.contains("paid_count is recorded as 18, and the export has 19"), "{}", ran.stdout);
}

#[test]
fn decisions_count_when_somebody_wrote_them_who_may() {
    let decisions = &format!("{PACK}/records/order_decisions.csv");
    let training = &format!("{PACK}/records/training_orders.csv");
    let undecided = "possible_duplicate";
    check(|sandbox| remove(sandbox, &["records/order_decisions.csv"]), NOW, [UNVERIFIED, "uploaded", undecided]);
    let by_another = |sandbox: &Sandbox| sandbox.replace(decisions, "louis,2026-05-22T18:20", "wade,2026-05-22T18:20");
    // The row before it holds again: the order is left out, so that is no doubt.
    let sandbox = Sandbox::example();
    by_another(&sandbox);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.stdout.contains("not_entitled"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("\"possible_duplicate\""), "{}", ran.stdout);
    let same_moment = |sandbox: &Sandbox| sandbox.replace(decisions, "2026-05-22T18:20", "2026-05-22T17:12");
    let sandbox = Sandbox::example();
    same_moment(&sandbox);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.stdout.contains("neither is used") && ran.stdout.contains("possible_duplicate"), "{}", ran.stdout);
    // What was decided later than the moment of the run was not decided.
    let sandbox = Sandbox::example();
    sandbox.replace(decisions, "2026-05-22T18:20", "2026-06-22T18:20");
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.stdout.contains("is of a time after the moment of this run"), "{}", ran.stdout);

    let unresolved = |sandbox: &Sandbox| drop_lines(sandbox, "records/training_orders.csv", "gateway-0518#17");
    let sandbox = check(unresolved, NOW, [UNVERIFIED, "uploaded", "training_order"]);
    assert!(sandbox.read(PAGE).contains("確認 1 筆 28,000 訂單"));
    let rebuy = |sandbox: &Sandbox| drop_lines(sandbox, "records/training_orders.csv", "rebought");
    check(rebuy, NOW, [UNVERIFIED, "uploaded", "rebuy training_order"]);
    let sandbox = Sandbox::example();
    sandbox.replace(training, "gateway-0518#17", "");
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.stdout.contains("says `paid` without evidence"), "{}", ran.stdout);
    // The one who resolves them finds a refund that the export does not know: the money went back.
    let sandbox = Sandbox::example();
    sandbox.replace(training, "paid,gateway-0518#17", "refunded,gateway-0518#17");
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    let identity = "已付款總額 NT$192,340 = 認列 NT$160,740 + 已付款後退款 NT$28,000 + 暫不認列 NT$3,600";
    assert!(sandbox.read(PAGE).contains(identity));
    // Nobody gave the list: that is not the same as nobody being on it.
    let sandbox =
        check(|sandbox| remove(sandbox, &["records/training_orders.csv"]), NOW, [UNVERIFIED, "uploaded", "rebuy"]);
    assert!(sandbox.read(PAGE).contains("沒有 training_orders"));
}

#[test]
fn what_the_gateway_says_counts() {
    let settlement = &format!("{PACK}/uploads/2026-05-23-ecpay-settlement.csv");
    let line = |sandbox: &Sandbox, amount: &str| {
        let text = sandbox.read(settlement);
        text.lines().find(|line| line.contains(amount)).unwrap().to_owned()
    };
    let other_amount = |sandbox: &Sandbox| {
        let old = line(sandbox, ",6800,187,0,0,6613,0");
        sandbox.replace(settlement, &old, &old.replace(",6800,187,0,0,6613,0", ",6700,187,0,0,6513,0"));
    };
    check(other_amount, NOW, [UNVERIFIED, "uploaded", "settlement_amount"]);
    let refund = |sandbox: &Sandbox| {
        let old = line(sandbox, ",6800,187,0,0,6613,0");
        sandbox.replace(settlement, &old, &old.replace(",6800,187,0,0,6613,0", ",6800,187,0,6800,-187,0"));
    };
    check(refund, NOW, [UNVERIFIED, "uploaded", "settlement_refund"]);
    let no_reading = |sandbox: &Sandbox| {
        let old = line(sandbox, ",6800,187,0,0,6613,0");
        sandbox.replace(settlement, &old, &old.replace(",6800,187,", ",6800.5,187,"));
    };
    check(no_reading, NOW, ["已接受", "accepted", "settlement_line"]);
    let sandbox = check(
        |sandbox| {
            remove(sandbox, &["uploads/2026-05-23-ecpay-settlement.csv"]);
            drop_lines(sandbox, "records/received_files.csv", "ecpay");
        },
        NOW,
        ["已接受", "accepted", ""],
    );
    assert!(sandbox.read(PAGE).contains("付款是否入帳尚未查核"));
}

/// Without an accepted import no amount of an order and no sum of them stands anywhere in the bundle, in no form.
#[test]
fn no_figure_stands_where_nothing_is_accepted() {
    let amounts: BTreeSet<u64> = Sandbox::example()
        .read(&format!("{PACK}/uploads/2026-05-23-branch-orders-4.csv"))
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(4).unwrap().parse().unwrap())
        .collect();
    let sums = [188_740, 192_340, 3_600, 232_720, 172_760, 181_540, 185_140, 112_000, 84_000, 64_800, 30_800];
    // The 28,000 orders are called so by everybody; that is their name and no sum.
    let figures: Vec<u64> = amounts.into_iter().chain(sums).filter(|amount| *amount != 28_000).collect();
    assert!(figures.len() > 10);
    for last in [1, 2] {
        let sandbox = Sandbox::example();
        only(&sandbox, last);
        // Amounts that have to be normalised and amounts that are wrong are not told either.
        let second = format!("{PACK}/uploads/2026-05-22-branch-orders-2.csv");
        if last == 2 {
            sandbox.replace(&second, ",6800,paid", ",\"NT$6,800\",paid");
            sandbox.replace(&second, ",1980,paid", ",\"19,80\",paid");
        }
        sandbox.run(&["build", ".", "--now", NOW]).status(1);
        for (name, bytes) in sandbox.tree(BUNDLE) {
            let text = String::from_utf8(bytes).unwrap();
            for figure in figures.iter().flat_map(|figure| forms(*figure)) {
                assert!(!stands(&text, &figure), "{name} has {figure}");
            }
            for figure in ["12.800", "19,80"] {
                assert!(!stands(&text, figure), "{name} has {figure}");
            }
        }
    }
    // The same search finds them where they may stand.
    let sandbox = Sandbox::built();
    assert!(stands(&sandbox.read(PAGE), "188,740"));
}

fn forms(amount: u64) -> [String; 2] {
    let digits = amount.to_string();
    let grouped = if amount < 1000 { digits.clone() } else { format!("{},{:03}", amount / 1000, amount % 1000) };
    [digits, grouped]
}

/// Whether a number stands in a text by itself, not as a part of a longer one or of a digest.
fn stands(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        let is_part = |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
        !is_part(before) && !is_part(after)
    })
}

/// An export of the example is accepted because of what people decided, which stands in its pack.
#[test]
fn an_upload_is_judged_with_what_lies_beside_it() {
    let sandbox = Sandbox::example();
    let upload = &format!("{PACK}/uploads/2026-05-23-branch-orders-4.csv");
    let check = |path: &str, more: &[&str]| {
        sandbox.run(
            &[&["check", path, "--now", NOW, "--window", "2026-05-12..2026-05-21", "--format", "json"], more].concat(),
        )
    };
    let revenue = |path: &str, more: &[&str]| check(path, more).json()["recognized_revenue"].clone();
    assert_eq!(revenue(upload, &[]), 188_740);
    // Elsewhere nobody has decided anything, until somebody names the tables.
    sandbox.write("orders.csv", sandbox.read(upload));
    assert_eq!(revenue("orders.csv", &[]), "unverified");
    let [orders, training] = ["order_decisions", "training_orders"].map(|name| format!("{PACK}/records/{name}.csv"));
    assert_eq!(revenue("orders.csv", &["--decisions", &orders, "--decisions", &training]), 188_740);
    sandbox.write("said.csv", sandbox.read(&orders));
    assert_eq!(revenue("orders.csv", &["--decisions", "said.csv", "--decisions", &training]), 188_740);
    // A decision of somebody who may not decide is said and decides nothing.
    sandbox.write("said.csv", sandbox.read(&orders).replace(",louis,", ",wade,"));
    let ran = check("orders.csv", &["--decisions", "said.csv"]).status(1);
    assert!(ran.stdout.contains("not_entitled") && ran.json()["recognized_revenue"] == "unverified", "{}", ran.stdout);
    // A decision that fits nothing is said, with what would fit.
    let more = "71d47d1a-e18c-580a-a70b-8fbe25c00d38,nobody,possible_duplicate,keep,louis,2026-05-22T17:10:00+08:00,e,\n\
                71d47d1a-e18c-580a-a70b-8fbe25c00d39,54c068f7-4ff1-5691-b776-c737da8ad7f1,duplicate,keep,louis,2026-05-22T17:10:00+08:00,e,\n";
    let lines = sandbox.read(&orders).lines().count();
    sandbox.write("said.csv", sandbox.read(&orders) + more);
    let json = check("orders.csv", &["--decisions", "said.csv", "--decisions", &training]).status(0).json();
    let idle = json["findings"].as_array().unwrap().iter().filter(|found| found["code"] == "idle_decision");
    let idle: Vec<_> = idle.map(|found| (found["row"].as_u64().unwrap(), found["hint"].as_str().unwrap())).collect();
    let lines = lines as u64;
    assert_eq!(idle.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [lines + 1, lines + 2], "{idle:?}");
    assert!(idle[1].1.contains("`possible_duplicate`"), "{idle:?}");
    let ran = check("orders.csv", &["--decisions", "nosuch.csv"]).status(2);
    assert!(ran.stderr.contains("nosuch.csv does not exist"), "{}", ran.stderr);
    // Without the people of a workspace nobody may.
    let alone = Sandbox::empty();
    for name in ["orders.csv", "said.csv"] {
        alone.write(name, sandbox.read(name));
    }
    let ran = alone.run(&["check", "orders.csv", "--decisions", "said.csv"]).status(2);
    assert!(ran.stderr.contains("who may decide"), "{}", ran.stderr);

    let settlement = format!("{PACK}/uploads/2026-05-23-ecpay-settlement.csv");
    let json = check(upload, &["--settlement", &settlement]).status(0).json();
    assert_eq!((&json["verdict"], &json["recognized_revenue"]), (&"accepted".into(), &188_740.into()));
    let outcomes = &json["settlement"]["outcomes"];
    assert_eq!(
        [&outcomes["matched"], &outcomes["missing_in_orders"], &outcomes["amount_mismatch"]],
        [14, 1, 0],
        "{json:#}"
    );
    let ran = sandbox.run(&["check", upload, "--now", NOW, "--settlement", &settlement]).status(0);
    assert!(ran.stdout.contains("settlement: 14 matched, "), "{}", ran.stdout);
    // What is said about the settlement file names it.
    let wrong = sandbox.read(&settlement).replace(",6800,187,", ",6800.5,187,");
    sandbox.write("ecpay.csv", wrong);
    for form in ["message", "human"] {
        let ran = sandbox
            .run(&[
                "check",
                upload,
                "--now",
                NOW,
                "--settlement",
                "ecpay.csv",
                "--window",
                "2026-05-19..2026-05-20",
                "--format",
                form,
            ])
            .status(1);
        assert!(ran.stdout.contains("ecpay.csv"), "{form}: {}", ran.stdout);
    }
    // What is no settlement file is not taken for one.
    let ran = check(upload, &["--settlement", "orders.csv"]).status(1);
    assert!(ran.stdout.contains("is no settlement file that is known"), "{}", ran.stdout);
    check(upload, &["--settlement", "nothing.csv"]).status(2);
}

/// Whoever reads one appendix alone has to know it.
#[test]
fn without_an_accepted_import_every_appendix_says_unverified() {
    let (note, word) = ("營收未經驗證（unverified）：還沒有", "revenue is unverified");
    let appendices = [
        ("data-model.md", note),
        ("acceptance-tests.md", note),
        ("artifact-url-or-pr.md", note),
        ("claims.json", "\"revenue\""),
        ("e2e-verification.md", word),
        ("e2e-verification.html", word),
        ("e2e-verification.json", word),
    ];
    let told =
        |sandbox: &Sandbox| appendices.map(|(name, said)| sandbox.read(&format!("{BUNDLE}/{name}")).contains(said));
    let accepted = check(|_| {}, NOW, ["已接受", "accepted", ""]);
    assert_eq!(told(&accepted), [false; 7]);
    let partial = check(
        |sandbox| only(sandbox, 2),
        NOW,
        [UNVERIFIED, "uploaded", "ambiguous_amount ambiguous_date blank_required idle_decision unknown_status"],
    );
    assert_eq!(told(&partial), [true; 7]);
}
