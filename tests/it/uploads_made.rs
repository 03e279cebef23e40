//! More order exports of the kinds that partners send, each made here from one good table so that a line says what is
//! done to it, and held to expectations of the same form as those of `fixtures/uploads`. What is expected follows from
//! the policy for spreadsheets; where that leaves a choice, from what proofpack promises.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::Sandbox;
use crate::order_table::{FIELDS, RAW, Table, book, good, number, position, serial};
use crate::uploads;

/// Holds files to what is expected of them, and tells all that miss it.
#[derive(Default)]
struct Cases {
    wrong: String,
    sandbox: Option<Sandbox>,
}

impl Cases {
    /// `outcome` is the verdict, then `rows/paid/pending/refunded/duplicate` and the revenue where there are any, then
    /// the missing fields after `-`. `told` are findings and notices that have to be told: a cell, a row or `-`, and the
    /// codes that will do.
    #[track_caller]
    fn check(&mut self, name: &str, bytes: impl AsRef<[u8]>, outcome: &str, told: &[&str]) {
        let line = std::panic::Location::caller().line();
        let sandbox = self.sandbox.get_or_insert_with(Sandbox::empty);
        sandbox.write(name, bytes);
        let (outcome, missing) = outcome.split_once(" -").unwrap_or((outcome, ""));
        let mut words = outcome.split(' ');
        let verdict = words.next().unwrap();
        let counts: Vec<Value> = words.next().map_or(vec![Value::Null; 5], |counts| {
            counts.split('/').map(|one| json!(one.parse::<u64>().unwrap())).collect()
        });
        let revenue = words.next().map_or(json!("unverified"), |revenue| json!(revenue.parse::<i64>().unwrap()));
        let missing: Vec<_> = missing.split(' ').filter(|field| !field.is_empty()).collect();
        let one = |told: &&str| {
            let (place, codes) = told.split_once(' ').unwrap();
            let codes: Vec<_> = codes.split('|').collect();
            let (row, column) = match place {
                "-" => (Value::Null, Value::Null),
                row if row.parse::<u32>().is_ok() => (json!(row.parse::<u32>().unwrap()), Value::Null),
                cell => (json!(position(cell).0 + 1), json!(FIELDS[position(cell).1])),
            };
            json!({"row": row, "column": column, "kinds": codes, "always": true})
        };
        let expected = json!({
            "accept": if verdict == "accepted" { "must" } else { "must_not" },
            "outcomes": [{
                "verdict": verdict,
                "missing_fields": missing,
                "counts": {
                    "rows": counts[0], "paid": counts[1], "pending": counts[2], "refunded": counts[3],
                    "duplicate": counts[4]
                },
                "recognised_revenue": [revenue],
            }],
            "row_errors": told.iter().map(one).collect::<Vec<_>>(),
            "notices": [],
            "forbidden": [{"echo": "chen.test@example.com"}, {"echo": "0912345678"}, {"echo": "王小明"}],
            "limits": null,
        });
        let window = ["2026-05-12..2026-05-21".to_owned(), "Asia/Taipei".to_owned()];
        let faults = uploads::check(&sandbox.path(name), &expected, &window);
        if !faults.is_empty() {
            writeln!(self.wrong, "line {line}: {name}\n  {}", faults.join("\n  ")).unwrap();
        }
    }

    #[track_caller]
    fn finish(self) {
        assert!(self.wrong.is_empty(), "\n{}", self.wrong);
    }
}

const CLEAN: &str = "accepted 6/4/1/1/0 39000";
const REFUSED: &str = "schema_failed";

#[test]
fn containers_and_encodings() {
    let mut cases = Cases::default();
    let text = good().text(",", "\r\n");
    cases.check("a02_utf8_bom_crlf.csv", format!("\u{feff}{text}"), CLEAN, &["- encoding"]);
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
    let tabs = good().text("\t", "\r\n");
    let unicode_text = wide(&format!("\u{feff}{tabs}"), u16::to_le_bytes);
    cases.check("a04_utf16_unicode_text.txt", unicode_text, CLEAN, &["- encoding", "- delimiter"]);
    cases.check(
        "a04b_utf16_big_endian.csv",
        wide(&format!("\u{feff}{text}"), u16::to_be_bytes),
        CLEAN,
        &["- encoding"],
    );
    cases.check("a05_tabs.tsv", &tabs, CLEAN, &["- delimiter"]);
    cases.check("a05b_tabs_named.csv", &tabs, CLEAN, &["- delimiter"]);
    cases.check("a06_semicolons.csv", good().text(";", "\n"), CLEAN, &["- delimiter"]);
    cases.check("a06b_pipes.csv", good().text("|", "\n"), CLEAN, &["- delimiter"]);
    let said = good().text(";", "\n");
    cases.check("a06c_sep_line.csv", format!("sep=;\r\n{said}"), CLEAN, &["- delimiter"]);
    // A decimal comma is no reason to take the semicolon's neighbour for the separator.
    let decimal = good().with(&[("E2", "1000,00"), ("E3", "2000,00")]).text(";", "\n");
    cases.check("a06d_decimal_comma.csv", decimal, "partial 6/4/1/1/0", &["E2 invalid_amount|ambiguous_amount"]);
    let notes = good().with(&[("J2", "第一行\n第二行"), ("J3", "說 \"好\""), ("J4", "a,b\r\nc"), ("E5", "二萬")]);
    cases.check("a07_line_breaks_in_cells.csv", notes.text(",", "\r\n"), "partial 6/4/1/1/0", &["E5 invalid_amount"]);
    cases.check("a07b_cr_only.csv", good().text(",", "\r"), CLEAN, &[]);
    let mut mixed = good().text(",", "\n").replacen('\n', "\r\n", 3);
    cases.check("a07c_mixed_ends.csv", mixed.trim_end(), CLEAN, &[]);
    mixed = mixed.replace("\r\n", "\r\n\r\n") + ",,,,,,,,,\n\n,,,\n";
    cases.check("a07d_blank_lines.csv", mixed, CLEAN, &[]);
    // Python's list of records, and pandas with its index column.
    let index = |at: usize| if at == 0 { String::new() } else { at.to_string() };
    let text_lines = good().text(",", "\n");
    let indexed: Vec<_> = text_lines.lines().enumerate().map(|(at, line)| format!("{},{line}\n", index(at))).collect();
    let indexed = indexed.concat();
    cases.check("a09_pandas_index.csv", indexed, CLEAN, &[]);
    let dates = good().with(&[("B2", &serial("46155.5")), ("E2", &number("1000")), ("G2", &number("1778671415185"))]);
    cases.check("a09b_real_dates.xlsx", dates.xlsx(), CLEAN, &["B2 date_serial", "G2 numeric_id"]);
    let days = good().with(&[("B2", &serial("44693.5"))]);
    let from_1904 = book("<workbookPr date1904=\"1\"/>", &[("Sheet1", "", &days, "")]);
    cases.check("a10_date1904.xlsx", from_1904, CLEAN, &["B2 date_serial"]);
    // The same number counted from 1900 lies four years before.
    cases.check("a10b_not_date1904.xlsx", days.xlsx(), "partial 6/4/1/1/0", &["B2 out_of_window"]);
    let big5 = |text: &str| encoding_rs::BIG5.encode(text).0.into_owned();
    cases.check("a12_cp950_crlf.csv", big5(&text), CLEAN, &["- encoding"]);
    let damaged = big5(&text).iter().map(|byte| if *byte == 0xA4 { 0xFF } else { *byte }).collect::<Vec<_>>();
    cases.check("a13_not_quite_cp950.csv", damaged, REFUSED, &["- encoding"]);
    // Few characters and rare ones, each exact as CP950 and nothing as UTF-8.
    for note in ["許功蓋碁銹裏", "王恒", "鑫", "陳粧", "簡小羅", "測試 碁銹裏墻恒粧嫺 字元"] {
        let bytes = big5(&good().with(&[("J2", note)]).text(",", "\n").replace("已對到金流", ""));
        cases.check("a12b_few_characters_of_cp950.csv", bytes, CLEAN, &["- encoding"]);
    }
    // Arabic or 瑀: UTF-8 stays UTF-8, but not without a word.
    let with_mark = good().with(&[("J2", "~")]).text(",", "\n").replace("已對到金流", "").into_bytes();
    let bytes = with_mark.iter().flat_map(|byte| if *byte == b'~' { vec![0xDE, 0xB7] } else { vec![*byte] });
    cases.check("a12c_utf8_or_cp950.csv", bytes.collect::<Vec<_>>(), CLEAN, &["- encoding"]);
    let utf8 = text.replacen("已對到金流", "X", 1).into_bytes();
    let at = utf8.iter().position(|byte| *byte == b'X').unwrap();
    let stray: Vec<_> = utf8.iter().enumerate().map(|(here, byte)| if here == at { 0xE5 } else { *byte }).collect();
    cases.check(
        "a14_utf8_with_a_stray_byte.csv",
        stray,
        "partial 6/3/1/1/0",
        &["2 encoding|unreadable_row|invalid_text"],
    );
    cases.check(
        "a15_lost_characters.csv",
        good().with(&[("A2", "K-\u{fffd}"), ("D3", "?? plan")]).csv(),
        "partial 6/4/1/1/0",
        &["A2 mangled_id", "D3 mangled_id"],
    );
    cases.check(
        "a16_wrapped_as_formulas.csv",
        good().text(",", "\n").replace("K-2026", "=\"K-2026").replace(",2026-05", "\",2026-05"),
        CLEAN,
        &["- formula_value"],
    );
    cases.finish();
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn headers() {
    let mut cases = Cases::default();
    cases.check(
        "b02_two_missing.csv",
        good().without("F").without("E").csv(),
        "schema_failed -amount payment_status",
        &["- missing_column"],
    );
    let spelt = good().with(&[
        ("A1", " Order_ID "),
        ("B1", "\u{feff}CREATED_AT"),
        ("E1", "ａｍｏｕｎｔ"),
        ("F1", "payment_status\u{200b}"),
    ]);
    cases.check("b04_header_spelling.csv", spelt.csv(), CLEAN, &["A1 header_normalised", "E1 header_normalised"]);
    cases.check(
        "b04b_header_with_spaces.csv",
        good().with(&[("A1", "Order ID")]).csv(),
        "schema_failed -order_id",
        &["A1 missing_column"],
    );
    let twice = good().with(&[("K1", "amount"), ("K2", "1"), ("K3", "1")]);
    cases.check("b05_amount_twice.csv", twice.csv(), REFUSED, &["1 duplicate_column"]);
    let more = good().wide(13).with(&[("K1", "課程名稱"), ("L1", ""), ("M1", "phone")]);
    cases.check("b06_more_columns.xlsx", more.xlsx(), CLEAN, &["1 ignored_columns"]);
    cases.check("b06b_personal_in_more.csv", more.with(&[("M4", "0912345678")]).csv(), "partial 6/4/1/1/0", &["4 pii"]);
    let mut reversed = good();
    reversed.0.iter_mut().for_each(|row| row.reverse());
    cases.check("b06c_other_order.csv", reversed.csv(), CLEAN, &[]);
    cases.check(
        "b07_header_only.csv",
        &good().csv()[..good().csv().iter().position(|byte| *byte == b'\n').unwrap()],
        REFUSED,
        &["1 no_rows"],
    );
    let machine = [
        "orderLogId",
        "orderLogCreatedAt",
        "memberEmail",
        "orderProductId",
        "orderLogTotalPrice",
        "orderLogStatus",
        "paymentLogNo",
        "orderDiscountName",
        "sharingCode",
        "",
    ];
    cases.check("b08_machine_names.csv", good().row(2, &machine).csv(), CLEAN, &["2 repeated_header"]);
    cases.check(
        "b08b_chinese_labels.xlsx",
        good()
            .row(
                2,
                &[
                    "訂單編號",
                    "訂單建立時間",
                    "客戶代碼",
                    "方案編號",
                    "金額",
                    "付款狀態",
                    "交易編號",
                    "折扣碼",
                    "來源活動",
                    "備註",
                ],
            )
            .xlsx(),
        CLEAN,
        &["2 repeated_header"],
    );
    cases.check("b08c_header_again.csv", good().row(4, &FIELDS).csv(), CLEAN, &["4 repeated_header"]);
    let titled = good().row(1, &["直播訂單報表"]).row(2, &[]).row(3, &["匯出時間", "2026-05-22"]);
    cases.check("b09_titles.csv", titled.csv(), CLEAN, &["4 header_row"]);
    let mut deep = good();
    for _ in 0..25 {
        deep = deep.row(1, &["x"]);
    }
    cases.check("b09b_header_too_deep.csv", deep.csv(), "schema_failed -order_id created_at customer_key program_id amount payment_status payment_ref discount_code source_event owner_note", &["- missing_column"]);
    let total = ["合計", "", "", "", "63000", "", "", "", "", ""];
    cases.check("b10_total_of_all.csv", good().row(8, &total).csv(), CLEAN, &["8 totals_row"]);
    cases.check(
        "b10b_total_of_the_paid.csv",
        good().row(8, &["總計", "", "", "", "39,000", "", "", "", "", ""]).csv(),
        CLEAN,
        &["8 totals_row"],
    );
    cases.check(
        "b10c_wrong_total.csv",
        good().row(8, &["Total", "", "", "", "63001", "", "", "", "", ""]).csv(),
        "partial 6/4/1/1/0",
        &["8 totals_row"],
    );
    cases.check(
        "b10d_subtotal.csv",
        good().row(4, &["小計", "", "", "", "3000", "", "", "", "", ""]).row(9, &total).csv(),
        CLEAN,
        &["4 totals_row", "9 totals_row"],
    );
    // A total above every order is about those below it.
    cases.check(
        "b10e_total_on_top.csv",
        good().row(2, &["合計", "", "", "", "63000", "", "", "", "", ""]).csv(),
        CLEAN,
        &["2 totals_row"],
    );
    cases.check(
        "b10f_wrong_total_on_top.csv",
        good().row(2, &["合計", "", "", "", "63001", "", "", "", "", ""]).csv(),
        "partial 6/4/1/1/0",
        &["2 totals_row"],
    );
    cases.check("b11_one_cell_header.csv", good().text("、", "\n"), "schema_failed -order_id created_at customer_key program_id amount payment_status payment_ref discount_code source_event owner_note", &["1 missing_column"]);
    let mut flipped = vec![Vec::new(); 10];
    for row in good().0 {
        row.into_iter().zip(&mut flipped).for_each(|(cell, column)| column.push(cell));
    }
    cases.check("b12_transposed.csv", Table(flipped).csv(), "schema_failed -created_at customer_key program_id amount payment_status payment_ref discount_code source_event owner_note", &["1 missing_column"]);
    cases.finish();
}

const NONE_OF_TEN: &str = "schema_failed -order_id created_at customer_key program_id amount payment_status payment_ref discount_code source_event owner_note";

#[test]
fn other_files() {
    let mut cases = Cases::default();
    let kolable = "訂單編號,交易編號,訂單狀態,交易渠道,付款方式,下單國家,訂單建立時間,付款時間,會員姓名,會員信箱,項目名稱,折扣名稱,項目總數,項目總額,運費,折扣總額,訂單總額,推廣網址,推廣備註,推薦人,承辦人與分潤,贈品項目,寄送,收件人,收件電話,收件地址,發票姓名,發票信箱,發票電話,發票對象,發票捐贈碼,發票載具,發票統編,發票抬頭,發票地址,發票編號,發票開立時間,發票狀態\norderLogId,paymentLogNo,orderLogStatus,paymentLogGateway,paymentLogDetails,orderCountry,orderLogCreatedAt,paymentLogPaidAt,memberName,memberEmail,orderProductName,orderDiscountName,orderProductCount,orderProductTotalPrice,shippingFee,orderDiscountTotalPrice,orderLogTotalPrice,sharingCode,sharingNote,referrer,orderLogExecutor,gift,send,recipientName,recipientPhone,recipientAddress,invoiceName,invoiceEmail,invoicePhone,invoiceTarget,invoiceDonationCode,invoiceCarrier,invoiceUniformNumber,invoiceUniformTitle,invoiceAddress,invoiceId,invoiceIssuedAt,invoiceStatus\nae97ba94,\"1778671415185\n1778671415184\",SUCCESS,spgateway,credit ,Taiwan TW,2026/05/13 19:23,\"2026/05/13 19:25\n\",王小明(chen),chen.test@example.com,課程 * 1 - 老師 $3600,,1,3600,,0,3600,,,,,,否,王小明,0912345678,台北市,王小明,chen.test@example.com,0912345678,個人,,手機,,,,AB12345678,2026/05/13 19:30,SUCCESS\n";
    cases.check("c01_kolable_orders.csv", format!("\u{feff}{kolable}"), NONE_OF_TEN, &["1 wrong_file"]);
    let items = "訂單編號,下單國家,訂單建立時間,付款時間,創作者,項目類別,項目編號,項目名稱,項目到期時間,項目數量,項目金額,推廣網址,推薦人\norderLogId,orderCountry,orderLogCreatedAt,paymentLogPaidAt,productOwner,productType,orderProductId,orderProductName,productEndedAt,productQuantity,productPrice,sharingCode,referrer\nae97ba94, ,2026/05/13 19:23,,老師,ProgramPlan,ProgramPlan_1,課程,Invalid Date,1,3600,,chen.test@example.com\n";
    cases.check("c02_kolable_items.csv", items, NONE_OF_TEN, &["1 wrong_file"]);
    cases.check("c03_kolable_discounts.csv", "訂單編號,下單國家,折扣編號,折扣名稱,折扣金額\norderLogId,orderCountry,orderDiscountId,orderDiscountName,orderDiscountPrice\na, ,b,c,1\n", NONE_OF_TEN, &["1 wrong_file"]);
    let shopify = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price\n#1001,chen.test@example.com,paid,2026-05-12 20:11:09 +0800,,,no,TWD,3600,0,0,3600,,0,,2026-05-12 20:11:09 +0800,1,課程,3600\n";
    cases.check("c05_shopify.csv", shopify, NONE_OF_TEN, &["1 wrong_file"]);
    cases.check("c06_ecpay.csv", "特店交易編號,綠界交易編號,交易日期,付款方式,手續費率,結算日期,撥款日期,交易金額,金流手續費,平台手續費,退款金額,應收款項(淨額),金流處理費\nA,G,2026/05/12,信用卡,2.75%,,,3600,99,0,0,3501,0\n", NONE_OF_TEN, &["1 wrong_file"]);
    cases.check("c07_tiktok.csv", "Order/adjustment ID,Type,Order created time(UTC),Order settled time(UTC),Currency,Total settlement amount,Total revenue,Total fees,Transaction fee\n1,Order,2026/05/12,2026/05/19,TWD,1,1,0,0\n", NONE_OF_TEN, &["1 wrong_file"]);
    cases.check("c08_import_template.csv", "email,type,target,name,price,discountType,discountSource,discountInstance,startedAt,endedAt,status\nchen.test@example.com,ProgramPlan,1,a,1,,,,,,\n", NONE_OF_TEN, &["1 wrong_file"]);
    cases.check("c08b_old_client_labels.csv", "Order ID,Transaction ID,Order Status,Transaction Channel,Payment Method,Order Country,Order created time,Payment Time,Member Name,Member Email,Item Name,Discount Name,Total number of items,Item Total,Total Discount,Order Total\n1,2,SUCCESS,,,,,,王小明,chen.test@example.com,,,1,1,0,1\n", NONE_OF_TEN, &["1 wrong_file"]);
    for (name, bytes, code) in [
        ("c09_pdf.csv", &b"%PDF-1.7\n%\xE2\xE3\n1 0 obj\n"[..], "- wrong_file"),
        ("c10_empty.csv", b"", "- empty_file"),
        ("c10b_only_a_mark.csv", b"\xEF\xBB\xBF\r\n", "- empty_file"),
        ("c11_picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "- wrong_file"),
        (
            "c12_word_2003.xls",
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>",
            "- wrong_file",
        ),
        ("c13_web_archive.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "- wrong_file"),
        ("c14_json.json.csv", b"[{\"order_id\": 1}]", "- wrong_file"),
        ("c15_binary.csv", b"\0\x01\x02\x03\x04", "- wrong_file"),
        ("c16_prose.csv", "王小明 您好，附上訂單。\n".as_bytes(), "- missing_column"),
    ] {
        let outcome = if code.ends_with("missing_column") { NONE_OF_TEN } else { REFUSED };
        cases.check(name, bytes, outcome, &[code]);
    }
    cases.check("c17_csv_named.xlsx", good().csv(), CLEAN, &["- unknown_format"]);
    let html = good().text(",", "\n").lines().fold(String::from("<html><table>"), |html, line| {
        html + "<tr><td>" + &line.replace(',', "</td><td>") + "</td></tr>"
    });
    cases.check("c18_html.csv", html, REFUSED, &["- wrong_file"]);
    cases.finish();
}

#[test]
fn hostile_files() {
    let mut cases = Cases::default();
    let mut encrypted = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    encrypted.resize(512, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    encrypted.resize(2048, 0);
    cases.check("d01_password.xlsx", &encrypted, REFUSED, &["- encrypted|unreadable"]);
    let whole = good().xlsx();
    cases.check("d04_half.xlsx", &whole[..whole.len() / 2], REFUSED, &["- truncated"]);
    let wide = book("", &[("S", "", &good(), "<dimension ref=\"A1:XFD1048576\"/>")]);
    cases.check("d05_wrong_dimension.xlsx", wide, CLEAN, &[]);
    let cut = good().csv();
    cases.check("d06_cut_in_a_row.csv", &cut[..cut.len() - 60], "partial 6/3/1/1/0", &["7 ragged_row"]);
    cases.finish();
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn cells() {
    let mut cases = Cases::default();
    let refunds = good().with(&[("E6", "(16,000)"), ("E7", "NT$32,000.00")]);
    cases.check("e01b_amounts.csv", refunds.csv(), CLEAN, &["E6 amount_normalised", "E7 amount_normalised"]);
    let amounts =
        good().with(&[("E2", "0"), ("E3", "1000000001"), ("E4", "28000.5"), ("E5", "NaN"), ("E7", "３２０００元")]);
    cases.check(
        "e02b_amounts.csv",
        amounts.csv(),
        "partial 6/4/1/1/0",
        &["E2 free_order", "E3 invalid_amount", "E4 invalid_amount", "E5 invalid_amount", "E7 amount_normalised"],
    );
    let numbers = good().with(&[
        ("E2", &number("1000.0")),
        ("E3", &number("2E3")),
        ("E4", &number("-4000")),
        ("E5", &number("8000.5")),
        ("E6", &number("-16000")),
        ("E7", &format!("{RAW}t=\"b\"><v>1</v>")),
    ]);
    cases.check(
        "e02c_number_cells.xlsx",
        numbers.xlsx(),
        "partial 6/4/1/1/0",
        &["E4 negative_amount", "E5 invalid_amount", "E6 amount_normalised", "E7 invalid_amount"],
    );
    let dates = good().with(&[
        ("B2", "2026/05/13 19:23"),
        ("B3", "115/05/14"),
        ("B4", "民國115年5月15日"),
        ("B5", "2026/5/16 下午 12:05"),
        ("B6", "2026-05-12T16:30:00Z"),
        ("B7", "2026.05.18"),
    ]);
    cases.check(
        "e03_dates.csv",
        dates.csv(),
        CLEAN,
        &["B3 date_normalised", "B4 date_normalised", "B5 date_normalised", "B7 date_normalised", "- time_zone"],
    );
    let bad = good().with(&[
        ("B2", "05/12/2026"),
        ("B3", "12-05-26"),
        ("B4", "Invalid Date"),
        ("B5", "########"),
        ("B6", "2026-02-30"),
        ("B7", "46154.83"),
    ]);
    cases.check(
        "e04_dates.csv",
        bad.csv(),
        "partial 6/4/1/1/0",
        &[
            "B2 ambiguous_date",
            "B3 ambiguous_date",
            "B4 invalid_date|error_cell",
            "B5 error_cell|invalid_date",
            "B6 invalid_date",
            "B7 invalid_date",
        ],
    );
    cases.check(
        "e05_serials.xlsx",
        good().with(&[("B2", &number("46155.5"))]).xlsx(),
        "partial 6/4/1/1/0",
        &["B2 invalid_date"],
    );
    let edges = good().with(&[
        ("B2", "2026-05-12 00:00:00"),
        ("B3", "2026-05-21 23:59:59"),
        ("B4", "2026-05-21T15:59:59Z"),
        ("B7", "2026-05-11T16:00:00Z"),
    ]);
    cases.check("e07_window_edges.csv", edges.csv(), CLEAN, &[]);
    let over = good().with(&[
        ("B2", "2026-05-11 23:59:59"),
        ("B3", "2026-05-22 00:00:00"),
        ("B4", "2026-05-21T16:00:00Z"),
        ("B7", "2026-05-11T15:59:59Z"),
    ]);
    cases.check(
        "e07b_over_the_edges.csv",
        over.csv(),
        "partial 6/4/1/1/0",
        &["B2 out_of_window", "B3 out_of_window", "B4 out_of_window", "B7 out_of_window"],
    );
    let words = good().with(&[("F2", "Paid"), ("F3", " PAID "), ("F4", "“paid”"), ("F5", "ｐｅｎｄｉｎｇ")]);
    cases.check("e09_statuses.csv", words.csv(), CLEAN, &["F2 status_normalised", "F5 status_normalised"]);
    let other = good().with(&[
        ("F2", "SUCCESS"),
        ("F3", "已付款"),
        ("F4", ""),
        ("F5", "paid?"),
        ("F6", "REFUND"),
        ("F7", "cancelled"),
    ]);
    cases.check(
        "e09b_other_statuses.csv",
        other.csv(),
        "partial 6/0/0/0/0",
        &[
            "F2 unknown_status",
            "F3 unknown_status",
            "F4 blank_required",
            "F5 unknown_status",
            "F6 unknown_status",
            "F7 unknown_status",
        ],
    );
    let long = good().with(&[
        ("A2", &number("2019060112345678910")),
        ("A3", &number("2.0260512000104E+15")),
        ("G4", &number("1778671415185123")),
        ("A5", &number("20260512000104")),
    ]);
    cases.check(
        "e11_long_ids.xlsx",
        long.xlsx(),
        "partial 6/4/1/1/0",
        &["A2 mangled_id", "A3 mangled_id", "G4 mangled_id", "A5 numeric_id"],
    );
    let lines = good().with(&[("G2", "1778671415185\n1778671415184"), ("G3", "1778671415186\n")]);
    cases.check(
        "e11c_two_payments_in_a_cell.csv",
        lines.csv(),
        "partial 6/4/1/1/0",
        &["G2 mangled_id", "G3 id_normalised"],
    );
    let pandas = good().with(&[("A2", "20260512001.0"), ("A3", "20260512002.0")]);
    cases.check("e11b_pandas_floats.csv", pandas.csv(), "partial 6/4/1/1/0", &["A2 mangled_id", "A3 mangled_id"]);
    let zeros = good().with(&[
        ("A2", "0012345"),
        ("A3", "0012346"),
        ("A4", "0099999"),
        ("A5", "0100000"),
        ("A6", "12347"),
        ("A7", "0012348"),
    ]);
    cases.check("e12_a_leading_zero_lost.csv", zeros.csv(), CLEAN, &["A6 mangled_id"]);
    let formulas = good().with(&[
        ("E2", &format!("{RAW}><f>500*2</f><v>1000</v>")),
        ("E3", &format!("{RAW}><f>A1</f>")),
        ("E4", &format!("{RAW}><f>[1]Sheet1!A1</f><v>4000</v>")),
        ("B7", &format!("{RAW}s=\"1\"><f>TODAY()</f><v>46155</v>")),
    ]);
    cases.check(
        "e14_formulas.xlsx",
        formulas.xlsx(),
        "partial 6/4/1/1/0",
        &["E2 formula_value", "E3 formula", "E4 formula", "B7 formula"],
    );
    cases.check(
        "e15_formulas_with_values.xlsx",
        good()
            .with(&[
                ("E2", &format!("{RAW}><f>500*2</f><v>1000</v>")),
                ("F3", &format!("{RAW}t=\"str\"><f>\"pa\"&amp;\"id\"</f><v>paid</v>")),
            ])
            .xlsx(),
        CLEAN,
        &["E2 formula_value"],
    );
    for external in ["VLOOKUP(A3,[1]Sheet1!A:B,2,0)", "'[Book 2.xlsx]Sheet1'!A1", "DDE|x!y", "_xlfn.WEBSERVICE(\"u\")"]
    {
        let cell = format!("{RAW}><f>{external}</f><v>1000</v>");
        cases.check(
            "e15b_external.xlsx",
            good().with(&[("E2", &cell)]).xlsx(),
            "partial 6/4/1/1/0",
            &["E2 formula_value", "E2 formula"],
        );
    }
    let columns = good().with(&[("E2", &format!("{RAW}><f>Table1[@Amount]*1</f><v>1000</v>"))]);
    cases.check("e15c_columns_of_a_table.xlsx", columns.xlsx(), CLEAN, &["E2 formula_value"]);
    let (dollars, ours) = (format!("{RAW}s=\"2\"><v>1000</v>"), format!("{RAW}s=\"3\"><v>2000</v>"));
    let currencies = good().with(&[("E2", &dollars), ("E3", &ours)]);
    cases.check("e15d_dollars.xlsx", currencies.xlsx(), "partial 6/4/1/1/0", &["E2 currency"]);
    cases.check("e15e_our_dollars.xlsx", good().with(&[("E3", &ours)]).xlsx(), CLEAN, &[]);
    // 23:59:59.7 of the last day.
    let late = good().with(&[("B2", &serial("46163.999996527776"))]);
    cases.check("e15f_last_second.xlsx", late.xlsx(), CLEAN, &["B2 date_serial"]);
    let hidden = good().with(&[("A2", "K-1\u{202E}2"), ("J3", "a\u{7}b"), ("G4", "MOP\u{2066}1")]);
    cases.check(
        "e15g_hidden_characters.csv",
        hidden.csv(),
        "partial 6/4/1/1/0",
        &["A2 control_character", "J3 control_character", "G4 control_character"],
    );
    cases.check("e15h_word_for_id.csv", good().with(&[("A2", "Total")]).csv(), "partial 6/4/1/1/0", &["A2 mangled_id"]);
    let capitals = good().again(2, &[("A", "K-X"), ("G", "MOP-X")]);
    let key = capitals.0[1][2].to_uppercase();
    cases.check(
        "e15i_key_in_capitals.csv",
        capitals.with(&[("C8", &key)]).csv(),
        "partial 7/5/1/1/1",
        &["C8 id_normalised", "8 possible_duplicate"],
    );
    let totals = |label| good().row(8, &[label, "", "", "", "63000"]).wide(10).csv();
    cases.check("e15j_spaced_total.csv", totals("合 計"), CLEAN, &["8 totals_row"]);
    cases.check("e15k_total_of_a_page.csv", totals("本頁小計"), CLEAN, &["8 totals_row"]);
    let merged = book(
        "",
        &[(
            "訂單",
            "",
            &good().with(&[("D3", ""), ("D4", "")]),
            "<mergeCells count=\"1\"><mergeCell ref=\"D2:D4\"/></mergeCells>",
        )],
    );
    cases.check(
        "e16_merged.xlsx",
        merged,
        "partial 6/4/1/1/0",
        &["D3 merged_cell|blank_required", "D4 merged_cell|blank_required"],
    );
    let errors = good().with(&[("E2", "#N/A"), ("D3", "#REF!"), ("F4", "#VALUE!"), ("B7", "#NAME?")]);
    cases.check(
        "e13b_errors_in_text.csv",
        errors.csv(),
        "partial 6/3/1/1/0",
        &["E2 error_cell", "D3 error_cell", "F4 error_cell", "B7 error_cell"],
    );
    let unquoted = good().csv();
    let unquoted = String::from_utf8(unquoted).unwrap().replacen(",1000,", ",1,000,", 1);
    cases.check("e20_ragged.csv", unquoted, "partial 6/3/1/1/0", &["2 ragged_row"]);
    let open = String::from_utf8(good().csv()).unwrap().replacen(",K", ",\"K", 1).replacen(
        "已對到金流\n",
        "\"已對到金流\n",
        1,
    );
    cases.check("e21_unclosed_quote.csv", open, "partial 6/3/1/1/0", &["2 ragged_row"]);
    // A note at the end is no order that could be left out without a word.
    let note = format!("{}匯出時間：2026-05-22 10:00\n", good().text(",", "\n"));
    cases.check("e20b_note_at_the_end.csv", note, "partial 7/4/1/1/0", &["8 ragged_row"]);
    let blank = good().with(&[("A2", ""), ("C3", " "), ("G4", ""), ("G5", ""), ("D7", "\u{3000}")]);
    cases.check(
        "e22_blanks.csv",
        blank.csv(),
        "partial 6/4/1/1/0",
        &["A2 blank_required", "C3 blank_required", "G4 blank_required", "D7 blank_required"],
    );
    let cards = good().with(&[
        ("J2", "卡號 4111 1111 1111 1111"),
        ("J3", "身分證 A123456789"),
        ("H4", "chen.test@example.com"),
        ("C7", "0912345678"),
    ]);
    let wide =
        good().with(&[("J2", "４１１１１１１１１１１１１１１１"), ("A3", "4111 1111 1111 1111"), ("C4", "王小明")]);
    cases.check("e24d_personal_in_other_forms.csv", wide.csv(), "partial 6/4/1/1/0", &["J2 pii", "A3 pii", "C4 pii"]);
    cases.check(
        "e24e_personal_above_the_header.csv",
        format!("聯絡 chen.test@example.com,,\n{}", good().text(",", "\n")),
        "partial 6/4/1/1/0",
        &["1 pii", "- header_row"],
    );
    cases.check("e24_personal.csv", cards.csv(), "partial 6/4/1/1/0", &["J2 pii", "J3 pii", "H4 pii", "C7 pii"]);
    let injected =
        good().with(&[("J2", "=HYPERLINK(\"http://x\",\"y\")"), ("J3", "@SUM(1)"), ("J4", "+1"), ("J5", "-已確認")]);
    cases.check("e25_formula_text.csv", injected.csv(), CLEAN, &[]);
    let zone = good().with(&[("B2", "2026-05-13T20:05:00+08:00"), ("B3", "2026-05-14 20:05:00 +0900")]);
    cases.check("e26_mixed_offsets.csv", zone.csv(), CLEAN, &["- time_zone"]);
    cases.finish();
}

#[test]
fn sheets() {
    let mut cases = Cases::default();
    let (table, empty) = (good(), Table(Vec::new()));
    let note = Table(vec![vec!["這份是 5 月的訂單".to_owned()]]);
    let half = |rows: &[usize]| Table(rows.iter().map(|row| good().0[*row].clone()).collect());
    let (first, second) = (half(&[0, 1, 2, 3]), half(&[0, 4, 5, 6]));
    cases.check(
        "e18_hidden_sheet.xlsx",
        book(
            "",
            &[
                ("舊", "state=\"hidden\"", &table, ""),
                ("訂單", "", &table, ""),
                ("b", "state=\"veryHidden\"", &note, ""),
            ],
        ),
        CLEAN,
        &["- hidden_sheet"],
    );
    cases.check(
        "e19_empty_sheets.xlsx",
        book("", &[("Sheet1", "", &empty, ""), ("訂單", "", &table, ""), ("Sheet3", "", &empty, "")]),
        CLEAN,
        &[],
    );
    let pivot =
        Table(vec![vec!["列標籤".to_owned(), "加總 - amount".to_owned()], vec!["paid".to_owned(), "39000".to_owned()]]);
    let form = half(&[0]);
    cases.check(
        "e19b_one_data_sheet.xlsx",
        book(
            "",
            &[("說明", "", &note, ""), ("訂單", "", &table, ""), ("樞紐", "", &pivot, ""), ("範本", "", &form, "")],
        ),
        CLEAN,
        &["- sheets"],
    );
    let titled = Table([note.0.clone(), vec![Vec::new()], table.0.clone()].concat());
    cases.check(
        "e19d_title_rows_beside_notes.xlsx",
        book("", &[("說明", "", &note, ""), ("訂單", "", &titled, "")]),
        CLEAN,
        &["- sheets", "- header_row"],
    );
    cases.check(
        "e19c_two_data_sheets.xlsx",
        book("", &[("0512-0516", "", &first, ""), ("0517-0521", "", &second, "")]),
        REFUSED,
        &["- several_sheets"],
    );
    cases.check(
        "e19e_the_same_twice.xlsx",
        book("", &[("說明", "", &note, ""), ("訂單", "", &table, ""), ("訂單 (2)", "", &table, "")]),
        REFUSED,
        &["- several_sheets", "- sheets"],
    );
    cases.check(
        "e18b_header_only_in_a_hidden_sheet.xlsx",
        book("", &[("說明", "", &note, ""), ("訂單", "state=\"hidden\"", &table, "")]),
        &format!("{REFUSED} -{}", FIELDS.join(" ")),
        &["- hidden_sheet"],
    );
    let misnamed = good().with(&[("A1", "order no"), ("E1", "price")]);
    cases.check(
        "e19f_the_nearest_header.xlsx",
        book("", &[("說明", "", &note, ""), ("訂單", "", &misnamed, "")]),
        &format!("{REFUSED} -order_id amount"),
        &["- missing_column", "- sheets"],
    );
    // Personal data counts wherever it stands; what is hidden blocks nothing, and is said.
    let contact = Table(vec![vec!["聯絡人".to_owned(), "chen.test@example.com".to_owned()]]);
    cases.check(
        "e24b_personal_beside_the_table.xlsx",
        book("", &[("訂單", "", &table, ""), ("聯絡", "", &contact, "")]),
        "partial 6/4/1/1/0",
        &["1 pii", "- sheets"],
    );
    cases.check(
        "e24c_personal_in_a_hidden_sheet.xlsx",
        book("", &[("訂單", "", &table, ""), ("聯絡", "state=\"veryHidden\"", &contact, "")]),
        CLEAN,
        &["1 pii", "- hidden_sheet"],
    );
    cases.finish();
}

/// What is said of each sheet, as `code sheet: message`, of findings and notices about sheets.
fn said_of_sheets(sandbox: &Sandbox, args: &[&str]) -> (Value, Vec<String>) {
    let answer = sandbox.run(&[&["check", "t.xlsx", "--format", "json"], args].concat()).json();
    let all = [&answer["findings"], &answer["notices"]].into_iter().flat_map(|list| list.as_array().unwrap().clone());
    let codes = ["sheets", "several_sheets", "hidden_sheet", "no_sheet", "empty_file", "pii"];
    let about = all.filter(|found| codes.contains(&found["code"].as_str().unwrap()));
    let one = |found: Value| {
        let [code, sheet, message] =
            ["code", "sheet", "message"].map(|key| found[key].as_str().unwrap_or("-").to_owned());
        format!("{code} {sheet}: {message}")
    };
    let said = about.map(one).collect();
    (answer, said)
}

#[test]
fn which_sheet_counts_is_said_or_asked_for() {
    let half = |rows: &[usize]| Table(rows.iter().map(|row| good().0[*row].clone()).collect());
    let (first, second) = (half(&[0, 1, 2, 3]), half(&[0, 4, 5, 6]));
    let note = Table(vec![vec!["說明".to_owned()], vec![String::new(), "打電話給 0912345678".to_owned()]]);
    let sheets = [
        ("May A", "", &first, ""),
        ("May B", "", &second, ""),
        ("備註", "", &note, ""),
        ("舊", "state=\"hidden\"", &first, ""),
    ];
    let sandbox = Sandbox::empty();
    sandbox.write("t.xlsx", book("", &sheets));
    let (answer, said) = said_of_sheets(&sandbox, &[]);
    assert_eq!((&answer["verdict"], &answer["recognized_revenue"]), (&json!("schema_failed"), &json!("unverified")));
    let hidden = "hidden_sheet 舊: the sheet is hidden and was not read, although it has the header (rows below it: 3)";
    let personal = "pii 備註: looks like personal data: mobile number (not repeated here)";
    assert_eq!(
        said,
        [
            "several_sheets -: the header stands in several sheets: `May A` (3 rows), `May B` (3 rows); which of their rows count is not guessed",
            personal,
            "sheets 備註: the sheet was left aside: the header stands in another sheet (rows with content: 2)",
            hidden,
        ]
    );
    // Somebody says which: then the others are left aside, each with a word.
    let (answer, said) = said_of_sheets(&sandbox, &["--sheet", "may b"]);
    assert_eq!((&answer["verdict"], &answer["counts"]["rows"]), (&json!("partial"), &json!(3)));
    let aside = "the sheet was left aside: another sheet was asked for (rows with content";
    assert_eq!(said, [personal, &format!("sheets May A: {aside}: 4)"), &format!("sheets 備註: {aside}: 2)"), hidden]);
    let (answer, _) = said_of_sheets(&sandbox, &["--sheet", "舊"]);
    assert_eq!(answer["counts"]["rows"], 3);
    let (answer, said) = said_of_sheets(&sandbox, &["--sheet", "June"]);
    assert_eq!(
        (&answer["verdict"], said.as_slice()),
        (&json!("schema_failed"), &["no_sheet -: does not have the sheet that was asked for".to_owned()][..])
    );
    assert_eq!(answer["findings"][0]["hint"], "it has these sheets: `May A`, `May B`, `備註`, `舊`");
    // Text has none, however long it is.
    for rows in [1, 30_000] {
        let table = Table(good().0[..1].iter().chain(good().0[1..].iter().cycle().take(rows)).cloned().collect());
        sandbox.write("t.xlsx", table.csv());
        let (answer, said) = said_of_sheets(&sandbox, &["--sheet", "訂單"]);
        assert_eq!((&answer["verdict"], said.len()), (&json!("schema_failed"), 1), "{said:?}");
        assert_eq!(said[0], "no_sheet -: is CSV and has no sheets, and one was asked for");
    }
}

#[test]
fn every_form_reads_the_sheet_that_was_read_first() {
    let wrong = good().with(&[("E3", "2.8萬")]);
    let note =
        Table(vec![vec!["說明".to_owned()], Vec::new(), vec!["x".to_owned(), "chen.test@example.com".to_owned()]]);
    let sandbox = Sandbox::empty();
    sandbox.write("t.xlsx", book("", &[("說明", "", &note, ""), ("訂單", "", &wrong, "")]));
    let human = sandbox.run(&["check", "t.xlsx", "--annotate", "back.xlsx"]).status(1).stdout;
    // The wrong cell is shown between its neighbours, what stands in the other sheet is named with it.
    assert!(human.contains("| K-20260511-1 | … | ProgramPlan_6513270e") || human.contains("[2.8萬]"), "{human}");
    assert!(human.contains("說明!B3"), "{human}");
    let message = sandbox.run(&["check", "t.xlsx", "--format", "message"]).stdout;
    assert!(message.contains("說明!B3") && message.contains("E3"), "{message}");
    // The workbook that goes back is the table, marked where it is wrong.
    let back = sandbox.run(&["check", "back.xlsx", "--format", "json"]).json();
    assert_eq!(back["counts"]["rows"], 6);
    assert_eq!(back["findings"].as_array().unwrap().len(), 1, "{back:#}");
    assert_eq!((&back["findings"][0]["cell"], &back["findings"][0]["sheet"]), (&json!("E3"), &json!("訂單")));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn business() {
    let mut cases = Cases::default();
    let (key, phone) = ("20faf05baccf8a477fa337b77c0acb0e8bff77f34664feec6a057bd3cf23235b", "電話 0912345678");
    let beside = good().with(&[("C3", key), ("J3", phone)]).csv();
    cases.check("f00_hash_of_the_phone_beside_it.csv", beside, "partial 6/4/1/1/0", &["C3 pii", "J3 pii"]);
    cases.check("f01_same_row_twice.csv", good().again(2, &[]).csv(), "partial 7/5/1/1/1", &["8 duplicate"]);
    cases.check(
        "f02_same_order_other_amount.csv",
        good().again(2, &[("E", "900")]).csv(),
        "partial 7/5/1/1/1",
        &["2 conflict", "8 conflict"],
    );
    cases.check(
        "f02b_same_order_pending_and_paid.csv",
        good().again(5, &[("F", "paid")]).csv(),
        "partial 7/5/1/1/1",
        &["5 conflict", "8 conflict"],
    );
    cases.check(
        "f03_one_payment_two_orders.csv",
        good().again(2, &[("A", "K-9"), ("C", "feedfeedfeedfeedfeedfeed"), ("E", "500")]).csv(),
        "partial 7/5/1/1/1",
        &["2 conflict", "8 conflict"],
    );
    cases.check(
        "f05_paid_and_refunded.csv",
        good().again(2, &[("F", "refunded"), ("E", "-1000")]).csv(),
        "partial 7/4/1/2/0",
        &["2 refund_link"],
    );
    cases.check(
        "f05b_refund_of_more.csv",
        good().again(2, &[("F", "refunded"), ("E", "1500"), ("A", "K-9")]).csv(),
        "partial 7/4/1/2/0",
        &["2 refund_link"],
    );
    cases.check(
        "f05c_refund_in_the_wrong_order.csv",
        good()
            .row(
                2,
                &[
                    "K-20260510-0",
                    "2026-05-18 10:00",
                    &good().0[1][2],
                    "ProgramPlan_6513270e",
                    "1000",
                    "refunded",
                    "MOP177867141510",
                    "",
                    "",
                    "",
                ],
            )
            .csv(),
        "partial 7/4/1/2/0",
        &["3 refund_link"],
    );
    cases.check(
        "f07_partial_refund.csv",
        good().with(&[("F2", "partial_refund")]).csv(),
        "accepted 6/3/1/2/0 38000",
        &[],
    );
    cases.check(
        "f07b_partial_refund_elsewhere.csv",
        good().again(2, &[("F", "partial_refund"), ("E", "-400")]).csv(),
        "partial 7/4/1/2/0",
        &["2 refund_link"],
    );
    cases.check(
        "f08_twice_in_a_minute.csv",
        good().again(2, &[("A", "K-9"), ("G", "MOP9"), ("B", "2026-05-13 20:06")]).csv(),
        "partial 7/5/1/1/1",
        &["2 possible_duplicate", "8 possible_duplicate"],
    );
    cases.check(
        "f08b_paid_beside_pending.csv",
        good().again(2, &[("A", "K-9"), ("G", "MOP9"), ("F", "pending")]).csv(),
        "partial 7/4/2/1/1",
        &["2 possible_duplicate"],
    );
    cases.check(
        "f09_notes.csv",
        good().with(&[("J2", "客戶已退款"), ("J3", "refund requested"), ("J4", "不退款")]).csv(),
        "partial 6/4/1/1/0",
        &["J2 note_conflict", "J3 note_conflict"],
    );
    cases.check(
        "f10_free_order.csv",
        good().with(&[("E2", "0"), ("G2", "")]).csv(),
        "accepted 6/4/1/1/0 38000",
        &["E2 free_order"],
    );
    cases.check(
        "f12_failed_then_paid.csv",
        good().again(2, &[("A", "K-9"), ("G", "MOP9"), ("F", "failed")]).csv(),
        &CLEAN.replace("6/4", "7/4"),
        &[],
    );
    cases.check(
        "f13_same_number_other_spelling.csv",
        good().again(2, &[("A", " K-20260510-0"), ("E", "NT$1,000")]).csv(),
        "partial 7/5/1/1/1",
        &["8 duplicate"],
    );
    cases.finish();
}
