//! The policy, row by row, through the one entry point.

use std::fmt::Write as _;
use std::io::{self, Cursor, SeekFrom};

use proptest::prelude::*;

use super::*;
use crate::check::privacy::{self, hidden};
use crate::check::upload::{Counts, Upload};
use crate::clock::Now;
use crate::kinds::Beside;
use crate::kinds::data_gap::decisions::Decision;
use crate::kinds::data_gap::money;
use crate::kinds::data_gap::orders::classify::Sums;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::limits::FINDINGS_PER_CODE;
use crate::read::crew;
use crate::read::stream::Fold as _;
use crate::read::table;

const HEADER: &str = "order_id,created_at,customer_key,program_id,amount,payment_status,payment_ref,discount_code,source_event,owner_note";

/// An order that nothing is wrong with; its number makes it differ from others.
fn order(number: usize) -> [String; FIELDS] {
    [
        format!("O-{number}"),
        format!("2026-05-{:02} 10:00:00", 12 + number % 10),
        format!("{number:032x}a"),
        "P-1".to_owned(),
        (1000 + number).to_string(),
        "paid".to_owned(),
        format!("R-{number}"),
        String::new(),
        "LIVE".to_owned(),
        "note".to_owned(),
    ]
}

/// A file of so many good orders in which some cells are replaced: row from 0, column, value.
fn file(orders: usize, changes: &[(usize, Field, &str)]) -> String {
    let mut text = HEADER.to_owned();
    for number in 0..orders {
        let mut cells = order(number);
        for (_, field, value) in changes.iter().filter(|(row, ..)| *row == number) {
            cells[*field as usize] = (*value).to_owned();
        }
        let quoted: Vec<_> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        text.push('\n');
        text.push_str(&quoted.join(","));
    }
    text
}

/// What is found in a file by itself.
pub(super) fn check_alone(name: &str, bytes: impl AsRef<[u8]>) -> Upload {
    check_source(name, &mut Cursor::new(bytes.as_ref()))
}

fn check_source(name: &str, source: &mut dyn Source) -> Upload {
    let (window, now) = (default_window(), Now::from_epoch("1780000000").unwrap());
    beside::check(name, source, crew::alone, &Beside::nothing(&window, &now))
}

fn sent(bytes: impl AsRef<[u8]>) -> Upload {
    check_alone("f.csv", bytes)
}

/// The verdict, the counts, the revenue, then code and place of every finding but the assumption about the time zone.
fn check(bytes: impl AsRef<[u8]>) -> String {
    answer(&sent(bytes))
}

fn answer(upload: &Upload) -> String {
    let mut answer = upload.verdict.word().to_owned();
    if let Some(Counts { rows, paid, pending, refunded, duplicate }) = upload.counts {
        write!(answer, " {rows}/{paid}/{pending}/{refunded}/{duplicate}").unwrap();
    }
    if let Some(revenue) = upload.recognised_revenue {
        write!(answer, " ={revenue}").unwrap();
    }
    for finding in &upload.findings {
        assert!(finding.message_zh().is_some(), "`{}` says nothing in Chinese: {}", finding.code.id, finding.message);
    }
    for finding in upload.findings.iter().filter(|finding| finding.code != &codes::TIME_ZONE) {
        let place = finding.place.cell.clone().or(finding.place.row.map(|row| row.to_string())).unwrap_or_default();
        write!(answer, " {}@{place}", finding.code.id).unwrap();
    }
    answer
}

#[track_caller]
fn cell(field: Field, value: &str, expected: &str) {
    assert_eq!(check(file(1, &[(0, field, value)])), expected, "{} {value}", field.name());
}

/// What stands in the cells of each column: plain, blank, and what needs more than a glance.
const CELLS: [&[&str]; FIELDS] = [
    &["O-1", "O-2", "ORD-20260000000003"],
    &["2026-05-12T00:00:00+08:00", "2026-05-21T23:59:59", "2026-05-22T00:00:00+08:00", "2026-05-18T10:00:00"],
    &["ck_128b2f33495ac6a6397fbd43", "ck_6f03675a34d28ecf1d89ff3a", ""],
    &["PRG-018", "P1"],
    &["690", "0", "28000", "x"],
    &["paid", "pending", "refunded", "partial_refund", "failed"],
    &["pay_5d9dc9f8892f902b", "R1", "", "null"],
    &["", "WELCOME"],
    &["edm", ""],
    &["", "", "", "ok", "二刷", "  ", "請洽 0912345678", "退款"],
];

proptest! {
    /// Rows of which every cell is plain are taken by a shorter way; a column beside them takes that away.
    #[test]
    fn the_short_way_of_a_row_comes_to_the_same(
        rows in prop::collection::vec(prop::array::uniform10(any::<prop::sample::Index>()), 1..12),
    ) {
        let [mut short, mut careful] = [HEADER.to_owned(), format!("{HEADER},beside")];
        for row in rows {
            let cells: Vec<_> = row.iter().zip(CELLS).map(|(choice, cells)| *choice.get(cells)).collect();
            let row = cells.join(",");
            write!(short, "\n{row}").unwrap();
            write!(careful, "\n{row},").unwrap();
        }
        let [short, careful] = [short, careful].map(|file| {
            let mut upload = sent(file);
            upload.findings.retain(|finding| finding.place.row != Some(1));
            upload.findings.iter_mut().for_each(|finding| finding.place.byte = None);
            (answer(&upload), upload.findings)
        });
        prop_assert_eq!(short, careful);
    }

    /// A note in which there is something is never taken for one in which there is nothing, also when it comes again.
    #[test]
    fn what_stands_in_a_note_is_found(
        note in "(請洽 ?|已|未)?(09[0-9]{8}|[A-Z][12][0-9]{8}|[a-z]{1,4}@[a-z]{2,5}\\.(com|tw)|退款|取消|ok|[\u{202E}x中 ]{0,6}|[0-9 -]{0,12})(謝謝)?",
    ) {
        let says_something = !privacy::scan(note.as_bytes()).is_empty()
            || hidden::find(&note).iter().any(|hidden| hidden.deceives)
            || status::contradicts_paid(&note);
        let answer = check(file(2, &[(0, Field::OwnerNote, &note), (1, Field::OwnerNote, &note)]));
        if says_something {
            prop_assert!(answer.contains("@J2") && answer.contains("@J3"), "{}", answer);
        }
    }
}

#[test]
fn a_good_file_is_accepted() {
    assert_eq!(check(file(3, &[])), "accepted 3/3/0/0/0 =3003");
    assert_eq!(check(file(3, &[(1, Field::PaymentStatus, "failed")])), "accepted 3/2/0/0/0 =2002");
    assert_eq!(check(file(3, &[(1, Field::PaymentStatus, "partial_refund")])), "accepted 3/2/0/1/0 =2002");
}

#[test]
fn blanks_are_allowed_where_nothing_is_missing() {
    let status = |status| [(0, Field::PaymentRef, ""), (0, Field::PaymentStatus, status)];
    assert_eq!(check(file(1, &status("pending"))), "accepted 1/0/1/0/0 =0");
    assert_eq!(check(file(1, &status("failed"))), "accepted 1/0/0/0/0 =0");
    assert_eq!(check(file(1, &status("refunded"))), "partial 1/0/0/1/0 blank_required@G2");
    for (field, expected) in [
        (Field::OrderId, "partial 1/1/0/0/0 blank_required@A2"),
        (Field::CreatedAt, "partial 1/1/0/0/0 blank_required@B2"),
        (Field::CustomerKey, "partial 1/1/0/0/0 blank_required@C2"),
        (Field::ProgramId, "partial 1/1/0/0/0 blank_required@D2"),
        (Field::Amount, "partial 1/1/0/0/0 blank_required@E2"),
        (Field::PaymentStatus, "partial 1/0/0/0/0 blank_required@F2"),
        (Field::PaymentRef, "partial 1/1/0/0/0 blank_required@G2"),
        (Field::DiscountCode, "accepted 1/1/0/0/0 =1000"),
        (Field::SourceEvent, "accepted 1/1/0/0/0 =1000"),
        (Field::OwnerNote, "accepted 1/1/0/0/0 =1000"),
    ] {
        cell(field, "", expected);
        cell(field, " \u{3000}", expected);
    }
    cell(Field::ProgramId, "null", "partial 1/1/0/0/0 blank_required@D2");
}

#[test]
fn a_wrong_cell_is_named() {
    for (field, value, expected) in [
        (Field::Amount, "28.000", "partial 1/1/0/0/0 ambiguous_amount@E2"),
        (Field::Amount, "-28000", "partial 1/1/0/0/0 negative_amount@E2"),
        (Field::Amount, "US$900", "partial 1/1/0/0/0 currency@E2"),
        (Field::Amount, "2.8萬", "partial 1/1/0/0/0 invalid_amount@E2"),
        (Field::Amount, "NT$28,000", "accepted 1/1/0/0/0 =28000 amount_normalised@E2"),
        (Field::Amount, "0", "accepted 1/1/0/0/0 =0 free_order@E2"),
        (Field::Amount, "#N/A", "partial 1/1/0/0/0 error_cell@E2"),
        (Field::CreatedAt, "05/12/2026", "partial 1/1/0/0/0 ambiguous_date@B2"),
        (Field::CreatedAt, "46154.83", "partial 1/1/0/0/0 invalid_date@B2"),
        (Field::CreatedAt, "115/05/12", "accepted 1/1/0/0/0 =1000 date_normalised@B2"),
        (Field::CreatedAt, "########", "partial 1/1/0/0/0 error_cell@B2"),
        (Field::CreatedAt, "2026-05-11 23:59:59", "partial 1/1/0/0/0 out_of_window@B2"),
        (Field::CreatedAt, "2026-05-12 00:00:00", "accepted 1/1/0/0/0 =1000"),
        (Field::CreatedAt, "2026-05-21 23:59:59", "accepted 1/1/0/0/0 =1000"),
        (Field::CreatedAt, "2026-05-22 00:00:00", "partial 1/1/0/0/0 out_of_window@B2"),
        (Field::CreatedAt, "2026-05-11T16:00:00Z", "accepted 1/1/0/0/0 =1000"),
        (Field::CreatedAt, "2026-05-21T16:00:00Z", "partial 1/1/0/0/0 out_of_window@B2"),
        (Field::PaymentStatus, " Paid", "accepted 1/1/0/0/0 =1000 status_normalised@F2"),
        (Field::PaymentStatus, "SUCCESS", "partial 1/0/0/0/0 unknown_status@F2"),
        (Field::OrderId, "2.02605E+14", "partial 1/1/0/0/0 mangled_id@A2"),
        (Field::OrderId, " O-1", "accepted 1/1/0/0/0 =1000 id_normalised@A2"),
        (Field::OrderId, "=\"0012\"", "accepted 1/1/0/0/0 =1000 formula_value@A2"),
        (Field::PaymentRef, "2026051200010450", "partial 1/1/0/0/0 mangled_id@G2"),
        (Field::CustomerKey, "chen.test@example.com", "partial 1/1/0/0/0 pii@C2"),
        (Field::CustomerKey, "王小明", "partial 1/1/0/0/0 pii@C2"),
        (Field::CustomerKey, "4711", "partial 1/1/0/0/0 pii@C2"),
        (Field::CustomerKey, "customer-7", "partial 1/1/0/0/0 pii@C2"),
        (Field::OwnerNote, "打 0912345678", "partial 1/1/0/0/0 pii@J2"),
        (Field::OwnerNote, "已退款", "partial 1/1/0/0/0 note_conflict@J2"),
        (Field::OwnerNote, "=1+1", "accepted 1/1/0/0/0 =1000"),
    ] {
        cell(field, value, expected);
    }
    // One of the 16 digits shows that the column kept them.
    let ids = [(0, Field::PaymentRef, "2026051200010450"), (1, Field::PaymentRef, "2026051200010451")];
    assert_eq!(check(file(2, &ids)), "accepted 2/2/0/0/0 =2001");
    let refund = [(0, Field::PaymentStatus, "refunded"), (0, Field::Amount, "(28,000)")];
    assert_eq!(check(file(1, &refund)), "accepted 1/0/0/1/0 =0 amount_normalised@E2");
}

#[test]
fn the_header_is_found_or_refused() {
    let good = file(1, &[]);
    for (from, to, expected) in [
        ("order_id", " Order_ID\u{200b}", "accepted 1/1/0/0/0 =1000 header_normalised@A1"),
        ("order_id", "\u{feff}order_id", "accepted 1/1/0/0/0 =1000 encoding@"),
        ("order_id", "訂單編號", "schema_failed missing_column@1"),
        ("owner_note", "owner_note,amount", "schema_failed duplicate_column@K1"),
        ("order_id,", "報表\n,,\norder_id,", "accepted 1/1/0/0/0 =1000 header_row@3"),
    ] {
        assert_eq!(check(good.replacen(from, to, 1)), expected, "{to}");
    }
    let deep = format!("{}{good}", "title\n".repeat(20));
    assert!(check(deep).starts_with("schema_failed missing_column@"));
    assert_eq!(check(HEADER), "schema_failed no_rows@1");
    assert!(check(HEADER.replace(',', "|")).starts_with("schema_failed"));
    assert_eq!(check("[{\"order_id\": \"1\"}]").split('@').next(), Some("schema_failed wrong_file"));
    let upload = sent(good.replacen("amount", "price", 1));
    assert_eq!(upload.missing_fields, ["amount"]);
    assert!(upload.findings[0].hint.contains("`price` in E1"), "{}", upload.findings[0].hint);
}

#[test]
fn columns_that_nothing_reads_are_looked_through() {
    let extra = |value: &str| {
        let good = file(1, &[]);
        let (header, row) = good.split_once('\n').unwrap();
        format!("{header},phone\n{row},{value}\n")
    };
    assert_eq!(check(extra("x")), "accepted 1/1/0/0/0 =1000 ignored_columns@1");
    assert_eq!(check(extra("0912345678")), "partial 1/1/0/0/0 ignored_columns@1 pii@K2");
}

#[test]
fn rows_that_are_no_orders() {
    let good = file(2, &[]);
    for (more, expected) in [
        ("\n,,,,,,,,,\n\n,,", "accepted 2/2/0/0/0 =2001"),
        ("\n合計,,,,2001,,,,,", "accepted 2/2/0/0/0 =2001 totals_row@E4"),
        ("\n,,,Total:,2001,,,,,", "accepted 2/2/0/0/0 =2001 totals_row@E4"),
        ("\n總計,,,,=SUM(E2:E3),,,,,", "accepted 2/2/0/0/0 =2001 totals_row@E4"),
        ("\n合計,,,,2002,,,,,", "partial 2/2/0/0/0 totals_row@E4"),
        ("\n8,2026-05-12", "partial 3/2/0/0/0 ragged_row@4 ragged_row@4"),
    ] {
        assert_eq!(check(format!("{good}{more}")), expected, "{more}");
    }
    let again = good.replacen('\n', &format!("\n{HEADER}\n"), 1);
    assert_eq!(check(again), "accepted 2/2/0/0/0 =2001 repeated_header@2");
    let machine =
        "orderLogId,orderLogCreatedAt,memberEmail,orderProductId,orderLogTotalPrice,orderLogStatus,paymentLogNo,,,";
    assert_eq!(check(good.replacen('\n', &format!("\n{machine}\n"), 1)), "accepted 2/2/0/0/0 =2001 repeated_header@2");
    let unquoted = good.replacen("\"1000\"", "28,000", 1);
    assert_eq!(check(unquoted), "partial 2/1/0/0/0 ragged_row@2");
}

#[test]
fn duplicates_are_four_different_things() {
    let copy = |row: usize, of: usize, but: &[(Field, &str)]| {
        let cells = order(of);
        let mut changes: Vec<(usize, Field, String)> =
            Field::ALL.into_iter().map(|field| (row, field, cells[field as usize].clone())).collect();
        for (field, value) in but {
            changes[*field as usize].2 = (*value).to_owned();
        }
        let changes: Vec<_> = changes.iter().map(|(row, field, value)| (*row, *field, value.as_str())).collect();
        check(file(3, &changes))
    };
    let new = [(Field::OrderId, "O-9"), (Field::PaymentRef, "R-9")];
    assert_eq!(copy(1, 0, &[]), "partial 3/3/0/0/1 duplicate@3");
    assert_eq!(copy(1, 0, &[(Field::Amount, "1,000")]), "partial 3/3/0/0/1 duplicate@3 amount_normalised@E3");
    assert_eq!(copy(1, 0, &[(Field::Amount, "7")]), "partial 3/3/0/0/1 conflict@2 conflict@3");
    assert_eq!(copy(1, 0, &[(Field::PaymentStatus, "refunded")]), "partial 3/2/0/1/0 refund_link@2");
    assert_eq!(copy(1, 0, &[(Field::PaymentStatus, "pending")]), "partial 3/2/1/0/1 conflict@2 conflict@3");
    assert_eq!(copy(1, 0, &new), "partial 3/3/0/0/1 possible_duplicate@2 possible_duplicate@3");
    let other = [(Field::OrderId, "O-9"), (Field::CustomerKey, "ffffffffffffffffffffffff")];
    assert_eq!(copy(1, 0, &other), "partial 3/3/0/0/1 conflict@2 conflict@3");
    let refund = [other[0], other[1], (Field::PaymentStatus, "refunded"), (Field::Amount, "-1000")];
    assert_eq!(copy(1, 0, &refund), "partial 3/2/0/1/0 refund_link@2 amount_normalised@E3");
    let failed = [new[0], new[1], (Field::PaymentStatus, "failed")];
    assert_eq!(copy(1, 0, &failed), "accepted 3/2/0/0/0 =2002");
    let later = [new[0], new[1], (Field::PaymentStatus, "refunded"), (Field::CreatedAt, "2026-05-14")];
    assert_eq!(copy(1, 0, &later), "partial 3/2/0/1/0 refund_link@2 date_normalised@B3");
    // The first order is of 12 May: bought on the 14th again after a refund is another matter than refunded then.
    let rebought = [new[0], new[1], (Field::CreatedAt, "2026-05-14 10:00")];
    let mut text = file(1, &[(0, Field::PaymentStatus, "refunded")]);
    let mut cells = order(0);
    for (field, value) in rebought {
        cells[field as usize] = value.to_owned();
    }
    write!(text, "\n{}", cells.join(",")).unwrap();
    assert_eq!(check(text), "partial 2/1/0/1/0 rebuy@3");
    // Damaged identifiers are no duplicates.
    let mangled = [(0, Field::OrderId, "2.02605E+14"), (1, Field::OrderId, "2.02605E+14")];
    assert_eq!(check(file(2, &mangled)), "partial 2/2/0/0/0 mangled_id@A2 mangled_id@A3");
}

/// The same with decisions of people: order number, finding, whether it counts.
#[track_caller]
fn decided(text: &str, decisions: &[(&str, &str, bool)], expected: &str) {
    let decision = |(at, (order_id, subject, keep)): (usize, &(&str, &str, bool))| {
        let place = Place { row: u32::try_from(at).ok(), ..Place::file("d.csv") };
        let (by, evidence) = ("L".to_owned(), "e".to_owned());
        let decision = Decision { keep: *keep, by, at: jiff::Timestamp::UNIX_EPOCH, evidence, place };
        (((*order_id).to_owned(), (*subject).to_owned()), decision)
    };
    let orders = decisions.iter().enumerate().map(decision).collect();
    let decisions = Decisions { orders, training: None };
    let window = default_window();
    let evidence = Evidence::alone(&window, &decisions);
    let examined = examine("f.csv", &mut Cursor::new(text.as_bytes()), crew::alone, &evidence);
    let (_, classified) = examined.orders.unwrap();
    let Sums { recognised, refunded, blocked, .. } = classified.sums;
    assert_eq!(format!("{} {recognised}+{refunded}+{blocked}", answer(&examined.upload)), expected);
}

#[test]
fn people_decide_what_no_rule_may() {
    let copy = |but: &[(Field, &str)]| {
        let mut cells = order(0);
        for (field, value) in but {
            cells[*field as usize] = (*value).to_owned();
        }
        format!("{}\n{}", file(1, &[]), cells.join(","))
    };
    let twice = copy(&[(Field::OrderId, "O-9"), (Field::PaymentRef, "R-9")]);
    let both = "possible_duplicate";
    decided(&twice, &[], "partial 2/2/0/0/1 possible_duplicate@2 possible_duplicate@3 0+0+2000");
    decided(&twice, &[("O-0", both, true)], "partial 2/2/0/0/1 decided@2 possible_duplicate@3 1000+0+1000");
    decided(
        &twice,
        &[("O-0", both, true), ("O-9", both, true)],
        "accepted 2/2/0/0/1 =2000 decided@2 decided@3 2000+0+0",
    );
    decided(
        &twice,
        &[("O-0", both, true), ("O-9", both, false)],
        "accepted 2/2/0/0/1 =1000 decided@2 decided@3 1000+0+1000",
    );
    // A decision about another finding decides nothing.
    decided(
        &twice,
        &[("O-0", "conflict", true)],
        "partial 2/2/0/0/1 possible_duplicate@2 possible_duplicate@3 0+0+2000",
    );

    let equal = copy(&[]);
    decided(&equal, &[("O-0", "duplicate", false)], "accepted 2/2/0/0/1 =1000 decided@3 1000+0+1000");
    decided(&equal, &[("O-0", "duplicate", true)], "partial 2/2/0/0/1 unused_decision@0 duplicate@3 1000+0+1000");
    let differs = copy(&[(Field::Amount, "7")]);
    decided(&differs, &[("O-0", "conflict", false)], "accepted 2/2/0/0/1 =0 decided@2 decided@3 0+0+1007");
    let said = "partial 2/2/0/0/1 unused_decision@0 unused_decision@0 conflict@2 conflict@3 0+0+1007";
    decided(&differs, &[("O-0", "conflict", true)], said);
    let one_payment = copy(&[(Field::OrderId, "O-9"), (Field::CustomerKey, "ffffffffffffffffffffffff")]);
    let parts = [("O-0", "conflict", true), ("O-9", "conflict", true)];
    decided(&one_payment, &parts, "accepted 2/2/0/0/1 =2000 decided@2 decided@3 2000+0+0");

    let refunded = copy(&[(Field::PaymentStatus, "refunded")]);
    decided(&refunded, &[("O-0", "refund_link", false)], "accepted 2/1/0/1/0 =0 decided@2 0+1000+0");
    decided(&refunded, &[("O-0", "refund_link", true)], "accepted 2/1/0/1/0 =1000 decided@2 1000+0+0");
    let noted = file(1, &[(0, Field::OwnerNote, "已退款")]);
    decided(&noted, &[("O-0", "note_conflict", true)], "accepted 1/1/0/0/0 =1000 decided@J2 1000+0+0");
    decided(&noted, &[("O-0", "note_conflict", false)], "accepted 1/1/0/0/0 =0 decided@J2 0+0+1000");
}

#[test]
fn nothing_personal_is_repeated() {
    for value in ["wang@example.com", "0912345678", "A123456789", "4111 1111 1111 1111", "王小明"] {
        for field in Field::ALL {
            let upload = sent(file(1, &[(0, field, value)]));
            let said = format!("{:?}", upload.findings);
            assert!(!said.contains(value), "{} {said}", field.name());
        }
    }
}

#[test]
fn known_exports_are_said_by_name() {
    let header = "訂單編號,下單國家,折扣編號,折扣名稱,折扣金額\norderLogId,orderCountry,x,y,z\n王小明,a@b.com,c,d,e";
    let upload = sent(header);
    let first = upload.findings.iter().find(|finding| finding.code == &crate::codes::WRONG_FILE).unwrap();
    assert!(first.message.contains("折扣明細") && first.hint.contains("customer_key"), "{first:?}");
    assert_eq!((upload.verdict, upload.missing_fields.len()), (Verdict::SchemaFailed, 10));
    let hint = |field: Field| {
        let missing = |finding: &&Finding| finding.place.column.as_deref() == Some(field.name());
        upload.findings.iter().find(missing).map(|finding| finding.hint.clone()).unwrap_or_default()
    };
    assert!(hint(Field::OrderId).contains("made from 訂單編號") && hint(Field::CustomerKey).contains("has to add"));
    assert!(!format!("{:?}", upload.findings).contains("王小明"));
}

#[test]
fn all_that_is_wrong_is_counted_and_the_samples_are_capped() {
    let changes: Vec<_> = (0..150).map(|row| (row, Field::Amount, "x")).collect();
    let upload = sent(file(150, &changes));
    let wrong: Vec<_> = upload.findings.iter().filter(|finding| finding.code == &codes::INVALID_AMOUNT).collect();
    assert_eq!(wrong.len(), 101);
    assert!(wrong.iter().any(|finding| finding.message.contains("150 in all")));
}

/// Answers with other bytes once it is asked to begin again.
struct Changing(Cursor<String>, String);

impl io::Read for Changing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl io::Seek for Changing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if to == SeekFrom::Start(0) {
            self.0 = Cursor::new(std::mem::take(&mut self.1));
        }
        self.0.seek(to)
    }
}

#[test]
fn a_file_that_changes_meanwhile_is_refused() {
    let twice = file(2, &[(1, Field::OrderId, "O-0")]);
    let check = |second: &str| {
        let mut source = Changing(Cursor::new(twice.clone()), second.to_owned());
        answer(&check_source("f.csv", &mut source))
    };
    assert_eq!(check(&twice), "partial 2/2/0/0/1 conflict@2 conflict@3");
    assert_eq!(check(&file(2, &[])), "schema_failed unreadable@");
    assert_eq!(check(&file(1, &[])), "schema_failed unreadable@");
    assert_eq!(check(""), "schema_failed unreadable@");
}

/// All that is said about a file: of the orders kept at one look, and of those that a second look was needed for, with
/// the usual fingerprint and with one that is the same for every text.
#[track_caller]
fn looks(text: &str) -> [String; 3] {
    let window = default_window();
    let decisions = Decisions::default();
    let evidence = Evidence::alone(&window, &decisions);
    let said = |look, fingerprint| {
        let mut source = Cursor::new(text.as_bytes());
        format!("{:?}", super::look("f.csv", &mut source, crew::alone, &evidence, look, fingerprint).upload)
    };
    let same: Fingerprint = |_, _| 0;
    [said(Look::Only, keys::fingerprint), said(Look::First, keys::fingerprint), said(Look::First, same)]
}

#[test]
fn a_second_look_at_many_blocks_finds_what_belongs_together() {
    let changes = [
        (3, Field::OrderId, "O-16000"),
        (7, Field::PaymentRef, "R-15000"),
        (15_500, Field::PaymentStatus, "soon"),
        (9, Field::CustomerKey, "000000000000000000000000003039a"),
        (12_345, Field::CustomerKey, "000000000000000000000000003039a"),
        (9, Field::Amount, "700"),
        (12_345, Field::Amount, "700"),
    ];
    let text = file(17_000, &changes);
    assert!(text.len() > 3 << 19);
    let [once, twice, alike] = looks(&text);
    for word in
        ["row 16002 has the same order_id", "row 15002 has the same payment_ref", "row 12347 has the same customer"]
    {
        assert!(once.contains(word), "{word}");
    }
    assert!(once == twice && once == alike);
}

#[test]
fn orders_that_say_the_same_are_kept_once() {
    // So many that they are left out while rows come in; the last one is about another customer.
    let rows = 70_000;
    let text = file(2, &[]);
    let (header, orders) = text.split_once('\n').unwrap();
    let one = orders.lines().next().unwrap();
    let other = file(2, &[(0, Field::CustomerKey, "feedfeedfeedfeedfeedfeed")]);
    let text = format!("{header}\n{}{}\n", format!("{one}\n").repeat(rows), other.lines().nth(1).unwrap());
    let window = default_window();
    let decisions = Decisions::default();
    let evidence = Evidence::alone(&window, &decisions);
    let mut source = Cursor::new(text);
    let examined = look("f.csv", &mut source, crew::alone, &evidence, Look::First, keys::fingerprint);
    let (ledger, classified) = examined.orders.unwrap();
    assert_eq!(ledger.orders.len(), 2);
    assert_eq!(classified.sums.duplicate, rows as u64);
    assert_eq!(classified.sums.blocked, classified.sums.gross_paid);
    let found: Vec<_> = examined.upload.findings.iter().filter(|found| found.code == &codes::DUPLICATE).collect();
    let listed = usize::try_from(FINDINGS_PER_CODE.value).unwrap();
    assert_eq!(found.iter().map(|found| found.times).sum::<usize>(), rows - 1);
    assert_eq!(found.iter().filter(|found| found.times == 1).count(), listed);
    assert_eq!((found[1].place.row, &*found[1].message), (Some(3), "equals row 2 in all ten columns"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A key that only looks like another one is no verdict, and no order is passed over.
    #[test]
    fn a_second_look_tells_the_same(
        rows in prop::collection::vec(
            (0..5usize, 0..3usize, "R-[0-3]|20260512000104[5-6]0|20260512000104501|", "0|7|900|x|-5|", "paid|pending|refunded|failed|soon", "2026-05-1[1-4]|x", "|已退款|a@b.tw"),
            1..14,
        ),
    ) {
        let mut text = HEADER.to_owned();
        for (id, customer, payment, amount, status, at, note) in &rows {
            write!(text, "\nO-{id},{at},{customer:032x}a,P,{amount},{status},{payment},,,{note}").unwrap();
        }
        let [once, twice, alike] = looks(&text);
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(&once, &alike);
    }

    #[test]
    fn never_panics(bytes: Vec<u8>, text in "([,\"\n;|]|paid|合計|#N/A|\\PC){0,60}") {
        sent(&bytes);
        sent(format!("{HEADER}\n{text}"));
    }

    /// Whatever the rows say, gross paid is recognised, refunded or blocked, and a figure stands only when accepted.
    #[test]
    fn the_sums_add_up(
        rows in prop::collection::vec((0..4usize, 0..3usize, 0..3usize, "0|7|900|x|-5", "paid|pending|refunded|failed|soon"), 1..12),
        said in prop::collection::vec((0..4usize, "conflict|possible_duplicate|refund_link|rebuy|duplicate", any::<bool>()), 0..8),
    ) {
        let mut text = HEADER.to_owned();
        for (id, customer, payment, amount, status) in &rows {
            write!(text, "\nO-{id},2026-05-13,{customer:032x}a,P,{amount},{status},R-{payment},,,").unwrap();
        }
        let window = default_window();
        let mut findings = Vec::new();
        let mut capped = Capped::new("f", &mut findings);
        let decision = |(id, subject, keep): (usize, String, bool)| {
            let (by, evidence, place) = (String::new(), String::new(), Place::file("d"));
            ((format!("O-{id}"), subject), Decision { keep, by, at: jiff::Timestamp::UNIX_EPOCH, evidence, place })
        };
        let decisions = Decisions { orders: said.into_iter().map(decision).collect(), training: None };
        let evidence = Evidence::alone(&window, &decisions);
        let zone = Zone::of(&window.zone);
        let mut intake = Intake::new("f", &evidence, zone, Look::Only, keys::fingerprint);
        table::read("f", text.as_bytes(), &mut capped, &mut |row, findings| intake.row(&row, findings)).unwrap();
        let sums = classify::classify(&intake.ledger, intake.paid.sums(&[]), &evidence, &mut capped);
        let money = money::count(&intake.ledger, &sums, None);
        prop_assert!(money.adds_up());
        let by_code: i64 = money.attribution[0].iter().map(|share| share.gmv).sum();
        prop_assert_eq!(by_code, money.gmv);
        let sums = sums.sums;
        prop_assert_eq!(sums.gross_paid, sums.recognised + sums.refunded + sums.blocked);
        prop_assert!(sums.duplicate < rows.len() as u64);
        let upload = sent(&text);
        prop_assert_eq!(upload.recognised_revenue.is_some(), upload.verdict == Verdict::Accepted);
        prop_assert!(upload.recognised_revenue.is_none_or(|revenue| revenue == sums.recognised && sums.blocked == 0));
    }
}
