//! What a payment gateway says that it was paid and paid out, read from its settlement file.
//!
//! Only files that are known by their header are read (the forms that `ECPay` publishes): each is a declared map from its
//! columns to what they mean, and no column is guessed. Invariants: money is whole and exact; a line that has no single
//! reading is a finding and is not matched; nothing of a line is repeated but the row that it stands in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::check::upload::Window;
use crate::codes as core;
use crate::finding::{Finding, Place};
use crate::kinds::data_gap::orders::date::Zone;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::{amount, codes, date, header, personal, stranger, totals};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Content, Row, Value, cell_name};
use crate::read::table;

/// What a column of a settlement file means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// The order number that the shop gave to the gateway.
    ShopRef,
    /// The number that the gateway gave to the payment.
    GatewayRef,
    /// What the customer paid; negative for a refund.
    Amount,
    /// What was paid back of it.
    Refund,
    /// What the gateway kept; a file may have several.
    Fee,
    /// What is left.
    Net,
    /// The day of the payment.
    Day,
    /// Whether the customer paid.
    Paid,
    /// Whether the gateway paid out.
    PaidOut,
    /// The day on which it paid out, or will.
    PayoutDay,
}

/// The columns of the known forms, folded, in lower case.
const COLUMNS: &[(&str, Meaning)] = &[
    ("特店交易編號", Meaning::ShopRef),
    ("特店訂單編號", Meaning::ShopRef),
    ("廠商訂單編號", Meaning::ShopRef),
    ("訂單編號", Meaning::ShopRef),
    ("綠界交易編號", Meaning::GatewayRef),
    ("綠界交易序號", Meaning::GatewayRef),
    ("歐付寶交易序號", Meaning::GatewayRef),
    ("歐付寶訂單編號(綠界訂單編號)", Meaning::GatewayRef),
    ("綠界訂單編號", Meaning::GatewayRef),
    ("交易金額", Meaning::Amount),
    ("退款金額", Meaning::Refund),
    ("金流手續費", Meaning::Fee),
    ("平台手續費", Meaning::Fee),
    ("金流處理費", Meaning::Fee),
    ("交易手續費", Meaning::Fee),
    ("交易服務費金額", Meaning::Fee),
    ("通路費", Meaning::Fee),
    ("服務費", Meaning::Fee),
    ("應收款項(淨額)", Meaning::Net),
    ("撥款金額", Meaning::Net),
    ("交易日期", Meaning::Day),
    ("訂單日期", Meaning::Day),
    ("付款結果", Meaning::Paid),
    ("付款狀態", Meaning::Paid),
    ("撥款狀態", Meaning::PaidOut),
    ("撥款日期", Meaning::PayoutDay),
];

/// Words for yes and no in the columns that have them.
const PAID: [&[&str]; 2] = [&["1", "已付款", "付款成功", "成功"], &["0", "2", "未付款", "付款失敗", "失敗"]];
const PAID_OUT: [&[&str]; 2] = [&["1", "已撥款"], &["0", "未撥款"]];

/// One payment or refund.
#[derive(Clone, Debug)]
pub(in crate::kinds::data_gap) struct Line {
    /// The row that it stands in.
    pub row: u32,
    /// What was paid, whole TWD.
    pub amount: i64,
    /// What was paid back, whole TWD, not negative.
    pub refund: i64,
    /// What the gateway kept.
    pub fee: i64,
    /// The day of the payment, when it can be read.
    pub day: Option<Date>,
    /// Whether the line says that the gateway has paid out by the day of the run.
    pub is_paid_out: bool,
}

/// A settlement file.
#[derive(Clone, Debug)]
pub(in crate::kinds::data_gap) struct Settlement {
    /// Its path, as findings name it.
    pub path: String,
    /// What it is, with its article.
    pub form: &'static str,
    /// Its lines that can be used, in the order of the file.
    pub lines: Vec<Line>,
    /// How many lines it has.
    pub rows: u64,
    /// Lines of payments that never came about.
    pub unpaid: u64,
    /// Lines by the shop's number, then by the gateway's.
    by_ref: [BTreeMap<String, Vec<usize>>; 2],
}

impl Settlement {
    /// The lines about a payment: by the number that the shop gave, else by the gateway's.
    pub(in crate::kinds::data_gap) fn lines_of(&self, payment_ref: &str) -> &[usize] {
        self.by_ref.iter().find_map(|by_ref| by_ref.get(payment_ref)).map_or(&[], Vec::as_slice)
    }
}

/// Reads a settlement file as of a day. `None` when it is none, or no column tells what was paid or for which payment.
pub(in crate::kinds::data_gap) fn read(
    path: &str,
    bytes: &[u8],
    window: &Window,
    today: Option<Date>,
    findings: &mut Vec<Finding>,
) -> Option<Settlement> {
    let mut own = Vec::new();
    let mut capped = Capped::new(path, &mut own);
    let mut intake = Intake { window, today, columns: None, settlement: None, seen: BTreeSet::new() };
    let read = table::read(path, bytes, &mut capped, &mut |row, findings| intake.row(path, &row, findings));
    capped.finish();
    let settlement = intake.settlement.filter(|_| read.is_some())?;
    findings.append(&mut own);
    Some(settlement)
}

struct Intake<'a> {
    window: &'a Window,
    today: Option<Date>,
    columns: Option<Vec<(u32, Meaning)>>,
    settlement: Option<Settlement>,
    /// What a line says, to tell one that stands there twice.
    seen: BTreeSet<Vec<String>>,
}

impl Intake<'_> {
    fn row(&mut self, path: &str, row: &Row<'_>, findings: &mut Capped<'_>) {
        let Content::Cells(cells) = row.content else { return };
        if cells.iter().all(|cell| cell.value.is_blank()) {
            return;
        }
        let Some(columns) = &self.columns else {
            if row.number <= header::ROWS
                && let Some((form, columns)) = known(cells)
            {
                self.columns = Some(columns);
                let by_ref = [BTreeMap::new(), BTreeMap::new()];
                let path = path.to_owned();
                self.settlement = Some(Settlement { path, form, lines: Vec::new(), rows: 0, unpaid: 0, by_ref });
            }
            return;
        };
        let Some(settlement) = &mut self.settlement else { return };
        if totals::is_totals(cells) {
            return;
        }
        settlement.rows += 1;
        look_for_personal(row, cells, columns, findings);
        let read = read_line(row, cells, columns, self.window, self.today);
        let line = match read {
            Ok(Some(line)) => line,
            Ok(None) => {
                settlement.unpaid += 1;
                return;
            }
            Err((column, what)) => {
                let cell = column.map(|column| cell_name(column, row.number));
                let place = Place { cell, ..row.place() };
                let hint = "ask the gateway for the file again; the line is not matched";
                return findings
                    .add(&codes::SETTLEMENT_LINE, || Finding::new(&codes::SETTLEMENT_LINE, place, what).hint(hint));
            }
        };
        let said: Vec<_> = cells.iter().map(|cell| format!("{:?}", cell.value)).collect();
        if !self.seen.insert(said) {
            let message = "equals an earlier line in every column; it is counted once";
            return findings.add(&codes::SETTLEMENT_LINE, || {
                Finding::new(&codes::SETTLEMENT_LINE, row.place(), message).hint("ask the gateway for the file again")
            });
        }
        let at = settlement.lines.len();
        for (by_ref, number) in settlement.by_ref.iter_mut().zip(&line.refs) {
            if let Some(number) = number {
                by_ref.entry(number.clone()).or_default().push(at);
            }
        }
        let expected = line.kept.amount - line.kept.refund - line.kept.fee;
        if line.net.is_some_and(|net| net != expected) {
            findings.add(&codes::SETTLEMENT_FEE, || {
                let message = "amount less refund less fees is not the net amount of the line";
                Finding::new(&codes::SETTLEMENT_FEE, row.place(), message)
                    .hint("ask the gateway which fee stands in none of the columns")
            });
        }
        settlement.lines.push(line.kept);
    }
}

/// What a header is, and what its columns mean; `None` when it is no settlement that can be matched.
fn known(cells: &[Cell<'_>]) -> Option<(&'static str, Vec<(u32, Meaning)>)> {
    let names: Vec<_> = cells
        .iter()
        .filter_map(|cell| match cell.value {
            Value::Text(text) => Some((cell.column, fold(text).to_lowercase())),
            _ => None,
        })
        .collect();
    let texts: Vec<_> = names.iter().map(|(_, name)| name.as_str()).collect();
    let form = stranger::recognise(&texts).filter(|stranger| stranger.is_settlement())?;
    let meaning = |name: &str| COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning);
    let columns: Vec<_> = names.iter().filter_map(|(at, name)| Some((*at, meaning(name)?))).collect();
    let times = |wanted| columns.iter().filter(|(_, meaning)| *meaning == wanted).count();
    let refs = [times(Meaning::ShopRef), times(Meaning::GatewayRef)];
    let is_clear = times(Meaning::Amount) == 1 && times(Meaning::Net) <= 1 && refs.iter().all(|times| *times <= 1);
    (is_clear && refs != [0, 0]).then_some((form.name, columns))
}

struct ReadLine {
    refs: [Option<String>; 2],
    net: Option<i64>,
    kept: Line,
}

/// Reads a line; `None` is a payment that never came about, and an error the column and what is wrong there.
fn read_line(
    row: &Row<'_>,
    cells: &[Cell<'_>],
    columns: &[(u32, Meaning)],
    window: &Window,
    today: Option<Date>,
) -> Result<Option<ReadLine>, (Option<u32>, &'static str)> {
    let kept = Line { row: row.number, amount: 0, refund: 0, fee: 0, day: None, is_paid_out: false };
    let mut line = ReadLine { refs: [None, None], net: None, kept };
    let mut has_amount = false;
    let mut payout = Said::default();
    for cell in cells {
        let Some((_, meaning)) = columns.iter().find(|(column, _)| *column == cell.column) else { continue };
        let wrong = |what| (Some(cell.column), what);
        let text = match cell.value {
            _ if cell.value.is_blank() => continue,
            Value::Text(text) | Value::Number(text) | Value::Moment(text) => fold(text),
            _ => return Err(wrong("holds neither text nor number")),
        };
        let money = || match cell.value {
            Value::Number(number) => amount::of_number(number).map(|amount| amount.twd),
            _ => amount::of_text(&text).map(|amount| amount.twd),
        };
        let money = || money().map_err(|_| wrong("is not whole TWD"));
        let word = |words: [&[&str]; 2]| match words.map(|words| words.contains(&&*text)) {
            [true, _] => Ok(true),
            [_, true] => Ok(false),
            _ => Err(wrong("is a word that has no known meaning")),
        };
        match meaning {
            Meaning::ShopRef => line.refs[0] = Some(text.into_owned()),
            Meaning::GatewayRef => line.refs[1] = Some(text.into_owned()),
            Meaning::Amount => {
                has_amount = true;
                line.kept.amount = money()?;
            }
            Meaning::Refund => line.kept.refund += money()?.abs(),
            Meaning::Fee => line.kept.fee += money()?,
            Meaning::Net => line.net = Some(money()?),
            Meaning::Day => line.kept.day = day(&text, window),
            Meaning::Paid if !word(PAID)? => return Ok(None),
            Meaning::Paid => {}
            Meaning::PaidOut => payout.word = Some(word(PAID_OUT)?),
            Meaning::PayoutDay => payout.day = Some(day(&text, window).ok_or_else(|| wrong("is not a day"))?),
        }
    }
    if !has_amount || line.refs == [None, None] {
        return Err((None, "has no amount, or does not say for which payment"));
    }
    line.kept.is_paid_out = payout.is_done(today);
    Ok(Some(line))
}

/// What a line says about the payout.
#[derive(Default)]
struct Said {
    word: Option<bool>,
    day: Option<Date>,
}

impl Said {
    /// Whether the gateway has paid out: it says so, in a word or by a day, and the day has come. A line that says
    /// nothing of it proves nothing.
    fn is_done(&self, today: Option<Date>) -> bool {
        let has_come = |day| today.is_some_and(|today| day <= today);
        self.word.unwrap_or(self.day.is_some()) && self.day.is_none_or(has_come)
    }
}

/// Personal data and credentials in a line. The numbers of payments are what they are, also when one looks like a card.
fn look_for_personal(row: &Row<'_>, cells: &[Cell<'_>], columns: &[(u32, Meaning)], findings: &mut Capped<'_>) {
    for cell in cells {
        let is_ref = |(at, meaning): &(u32, Meaning)| {
            *at == cell.column && matches!(meaning, Meaning::ShopRef | Meaning::GatewayRef)
        };
        let (Value::Text(text) | Value::Number(text)) = cell.value else { continue };
        if columns.iter().any(is_ref) {
            continue;
        }
        if let Some((kind, secret)) = personal::look(text) {
            let code = if secret { &core::SECRET } else { &codes::PII };
            findings.add(code, || {
                let place = Place { cell: Some(cell_name(cell.column, row.number)), ..row.place() };
                Finding::new(
                    code,
                    place,
                    format!("looks like personal data or a credential: {kind} (not repeated here)"),
                )
                .hint("ask for the file without it")
            });
        }
    }
}

/// `2026/05/12 20:05` or, as card settlements have it, `20260512`.
fn day(text: &str, window: &Window) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
        let (month, day) = (i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?);
        return Date::new(part(0..4)?, month, day).ok();
    }
    date::read(text, &Zone::of(&window.zone)).ok().map(|moment| moment.at.date())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinds::data_gap::orders::default_window;

    const PAYOUT: &str = "特店交易編號,綠界交易編號,交易日期,付款方式,手續費率,結算日期,撥款日期,交易金額,金流手續費,平台手續費,退款金額,應收款項(淨額),金流處理費";
    const OLD: &str = "交易日期,歐付寶交易序號,特店訂單編號,ATM條碼,交易金額,付款方式,付款結果,付款日期,款項來源(銀行/超商),通路費,交易服務費率(%數 / $筆),交易服務費金額,應收款項(淨額),撥款狀態,撥款日期,備註";
    const NEW: &str = "訂單日期,廠商訂單編號,歐付寶訂單編號(綠界訂單編號),平台名稱,付款方式,費率(每筆),信用卡授權單號,信用卡卡號末4碼,超商資訊/ATM繳款帳號,付款狀態,交易金額,退款日期,退款金額,交易手續費,平台手續費,應收款項(淨額),撥款狀態,買家備註,廠商備註";
    const CARD: &str = "序號,授權單號,授權碼,訂單編號,交易日期,請款日期,交易金額,服務費,撥款金額";

    const TODAY: Date = Date::constant(2026, 5, 26);

    /// Every line as row, amount, refund, fee and whether it was paid out; then the findings.
    #[track_caller]
    fn check(header: &str, rows: &str, expected: &[&str]) {
        let mut findings = Vec::new();
        let text = format!("{header}\n{rows}\n");
        let settlement = read("s.csv", text.as_bytes(), &default_window(), Some(TODAY), &mut findings);
        let mut found: Vec<_> = settlement.map_or_else(
            || vec!["none".to_owned()],
            |settlement| {
                let line = |line: &Line| {
                    let Line { row, amount, refund, fee, day, is_paid_out } = line;
                    let day = day.map(|day| day.to_string()).unwrap_or_default();
                    format!("{row}: {amount} {refund} {fee} {day} {is_paid_out}")
                };
                settlement.lines.iter().map(line).collect()
            },
        );
        let place = |found: &Finding| found.place.cell.clone().or(found.place.row.map(|row| row.to_string()));
        found.extend(findings.iter().map(|found| format!("{}@{}", found.code.id, place(found).unwrap_or_default())));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_forms_of_ecpay() {
        check(
            PAYOUT,
            "A1,G1,2026/05/12,信用卡,2.75%,2026/05/13,2026/05/14,3600,99,0,0,3501,0",
            &["2: 3600 0 99 2026-05-12 true"],
        );
        check(
            PAYOUT,
            "A1,G1,2026/05/12,信用卡,2.75%,2026/05/13,2026/05/14,-3600,-99,0,0,-3501,0",
            &["2: -3600 0 -99 2026-05-12 true"],
        );
        check(
            PAYOUT,
            "A1,G1,2026/05/12,信用卡,2.75%,2026/05/13,2026/05/14,3600,99,0,3600,-99,0",
            &["2: 3600 3600 99 2026-05-12 true"],
        );
        check(
            OLD,
            "2026/05/12 20:05:11,G1,A1,,3600,信用卡,付款成功,2026/05/12,,10,2.75%,99,3491,未撥款,,",
            &["2: 3600 0 109 2026-05-12 false"],
        );
        check(OLD, "2026/05/12,G1,A1,,3600,ATM,付款失敗,,,0,0,0,0,未撥款,,", &[]);
        let new = "2026/05/12,A1,G1,站,信用卡,2.75,,1234,,已付款,3600,,0,99,0,3501,已撥款,,".split(',');
        let wrapped: Vec<_> = new.map(|cell| format!("\"=\"\"{cell}\"\"\"")).collect();
        let notice = "formula_value@A2";
        check(NEW, &wrapped.join(","), &["2: 3600 0 99 2026-05-12 true", notice]);
        // It says what will be paid out, and not that it was.
        check(CARD, "1,G1,777,A1,20260512,20260513,3600,99,3501", &["2: 3600 0 99 2026-05-12 false"]);
    }

    #[test]
    fn paid_out_is_what_the_line_says_by_the_day_of_the_run() {
        for (day, expected) in
            [("2026/05/26", true), ("2026/05/27", false), ("2026/06/30 00:00:00", false), ("", false)]
        {
            let expected = format!("2: 3600 0 99 2026-05-12 {expected}");
            check(PAYOUT, &format!("A1,G1,2026/05/12,,,2026/05/13,{day},3600,99,0,0,3501,0"), &[&expected]);
        }
        check(PAYOUT, "A1,G1,2026/05/12,,,,soon,3600,99,0,0,3501,0", &["settlement_line@G2"]);
        // A word and a day that contradict each other: not yet.
        for (word, day, expected) in [
            ("已撥款", "", true),
            ("已撥款", "2026/06/30", false),
            ("未撥款", "2026/05/14", false),
            ("", "2026/05/14", true),
        ] {
            let expected = format!("2: 3600 0 99 2026-05-12 {expected}");
            check(OLD, &format!("2026/05/12,G1,A1,,3600,,付款成功,,,0,,99,3501,{word},{day},"), &[&expected]);
        }
    }

    #[test]
    fn what_has_no_single_reading_is_not_matched() {
        check("order_id,amount,payment_ref,a,b,c,d", "1,2,3,4,5,6,7", &["none"]);
        // Known columns, and none of them tells for which payment.
        check(&PAYOUT.replace("特店交易編號", "x").replace("綠界交易編號", "y"), "A1,G1,,,,,,1,0,0,0,1,0", &["none"]);
        check(PAYOUT, "A1,G1,,,,,,36.5,0,0,0,36,0", &["settlement_line@H2"]);
        check(PAYOUT, ",,,,,,,3600,0,0,0,3600,0", &["settlement_line@2"]);
        check(PAYOUT, "A1,G1,,,,,,3600,99,0,0,3500,0", &["2: 3600 0 99  false", "settlement_fee@2"]);
        check(OLD, "2026/05/12,G1,A1,,1,ATM,也許,,,0,0,0,1,已撥款,,", &["settlement_line@G2"]);
        let line = "A1,G1,2026/05/12,信用卡,2.75%,2026/05/13,2026/05/14,3600,99,0,0,3501,0";
        check(
            PAYOUT,
            &format!("{line}\n{line}\n合計,,,,,,,7200"),
            &["2: 3600 0 99 2026-05-12 true", "settlement_line@3"],
        );
        check(PAYOUT, "A1,4111111111111111,wang@mail.com.tw,,,,,1,0,0,0,1,0", &["2: 1 0 0  false", "pii@C2"]);
    }

    #[test]
    fn a_payment_is_known_by_the_shops_number_then_by_the_gateways() {
        let text = format!("{PAYOUT}\nA1,B1,,,,,,1,0,0,0,1,0\nB1,C1,,,,,,2,0,0,0,2,0\n");
        let settlement = read("s.csv", text.as_bytes(), &default_window(), None, &mut Vec::new()).unwrap();
        let lines = ["A1", "B1", "C1", "D1"].map(|number| settlement.lines_of(number));
        assert_eq!(lines, [&[0][..], &[1], &[1], &[]]);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, rows in "[0-9A,\\-=\"./\n付未已]{0,60}") {
            read("s", &bytes, &default_window(), None, &mut Vec::new());
            read("s", format!("{PAYOUT}\n{rows}").as_bytes(), &default_window(), None, &mut Vec::new());
        }
    }
}
