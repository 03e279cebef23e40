//! An empty order form to fill in: a workbook whose columns already have the formats that keep a spreadsheet program from
//! damaging what is typed into them, with an explanation beside the table that is not read.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Note, Worksheet, XlsxError,
};

use crate::answer::book;
use crate::clock::Now;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::status;
use crate::kinds::data_gap::rules::REQUIRED_COLUMNS;
use crate::lang::{Lang, Words, words};
use crate::read::sheets::OWN_SHEETS;

/// Largest amount that the form takes; what is larger is no price of a course.
const MOST_TWD: i32 = 1_000_000_000;

/// The form.
pub(in crate::kinds::data_gap) fn workbook(lang: Lang, now: &Now) -> Result<Vec<u8>, String> {
    write(lang, now).map_err(|error| format!("the form cannot be written: {error}"))
}

fn write(lang: Lang, now: &Now) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = book::new(words("訂單上傳表", "Order form").get(lang), now)?;
    table(workbook.add_worksheet(), lang)?;
    explanation(workbook.add_worksheet(), lang)?;
    workbook.save_to_buffer()
}

fn table(sheet: &mut Worksheet, lang: Lang) -> book::Result<()> {
    sheet.set_name(words("訂單", "orders").get(lang))?;
    sheet.set_freeze_panes(1, 0)?;
    let heading = book::heading();
    for (field, column) in Field::ALL.into_iter().zip(0_u16..) {
        sheet.set_column_width(column, width(field))?;
        sheet.set_column_format(column, &format(field))?;
        book::write(sheet, 0, column, field.name(), &heading)?;
        let note = Note::new(about(field, lang))
            .set_author("proofpack")
            .add_author_prefix(false)
            .set_width(280)
            .set_height(110);
        sheet.insert_note(0, column, &note)?;
        if let Some(rule) = validation(field, lang)? {
            sheet.add_data_validation(1, column, book::ROWS - 1, column, &rule)?;
        }
    }
    Ok(())
}

fn width(field: Field) -> u16 {
    match field {
        Field::CustomerKey | Field::ProgramId | Field::OwnerNote => 34,
        Field::OrderId | Field::PaymentRef | Field::SourceEvent => 26,
        _ => 18,
    }
}

fn format(field: Field) -> Format {
    match field {
        Field::CreatedAt => Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        Field::Amount => Format::new().set_num_format("0"),
        _ => Format::new().set_num_format("@"),
    }
}

fn validation(field: Field, lang: Lang) -> book::Result<Option<DataValidation>> {
    let (rule, title, message) = match field {
        Field::PaymentStatus => (
            DataValidation::new().allow_list_strings(&status::words().collect::<Vec<_>>())?,
            words("付款狀態", "Payment status"),
            words("請從清單選一個。", "Choose one of the list."),
        ),
        Field::Amount => (
            DataValidation::new().allow_whole_number(DataValidationRule::Between(-MOST_TWD, MOST_TWD)),
            words("金額", "Amount"),
            words("請只寫整數新台幣，例如 28000。", "Whole TWD only, such as 28000."),
        ),
        _ => return Ok(None),
    };
    let rule = rule
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(title.get(lang))?
        .set_error_message(message.get(lang))?;
    Ok(Some(rule))
}

/// What a column expects, whether it may stay blank, and an example.
fn about(field: Field, lang: Lang) -> String {
    let (_, meaning) = REQUIRED_COLUMNS[field as usize];
    let (blank, example) = (blank(field).get(lang), example(field));
    match lang {
        Lang::ZhHant => format!("{}。\n{blank}。\n例：{example}", meaning.get(lang)),
        Lang::En => format!("{}.\n{blank}.\nExample: {example}", meaning.get(lang)),
    }
}

fn blank(field: Field) -> Words {
    match field {
        Field::DiscountCode | Field::SourceEvent | Field::OwnerNote => words("可以空白", "May be blank"),
        Field::PaymentRef => {
            words("未付款、付款失敗或 0 元的訂單可以空白", "May be blank in pending, failed and free orders")
        }
        _ => words("必填", "Required"),
    }
}

fn example(field: Field) -> &'static str {
    match field {
        Field::OrderId => "20260512-0001",
        Field::CreatedAt => "2026-05-12 20:05",
        Field::CustomerKey => "7533ab582d4feb7a9a64cbad5e973d7b97ed0cc2bf94683540ef3809ab39f732",
        Field::ProgramId => "ProgramPlan_6513270e",
        Field::Amount => "28000",
        Field::PaymentStatus => "paid",
        Field::PaymentRef => "MOP20260512200501",
        Field::DiscountCode => "LIVE0512",
        Field::SourceEvent => "LIVE-20260512-2000",
        Field::OwnerNote => "—",
    }
}

fn explanation(sheet: &mut Worksheet, lang: Lang) -> book::Result<()> {
    sheet.set_name(format!("{OWN_SHEETS}{}", words("填寫說明", "guide").get(lang)))?;
    let (text, prose, heading) = (book::text(), book::prose(), book::heading());
    for (said, row) in GUIDE.iter().zip(0_u32..) {
        book::write(sheet, row, 0, said.get(lang), &text)?;
    }
    let first = u32::try_from(GUIDE.len()).unwrap_or_default() + 1;
    let columns =
        [words("欄位", "Column"), words("內容", "Content"), words("可否空白", "Blank"), words("例", "Example")];
    for (title, column) in columns.iter().zip(0_u16..) {
        book::write(sheet, first, column, title.get(lang), &heading)?;
    }
    for (field, row) in Field::ALL.into_iter().zip(first + 1..) {
        let (name, meaning) = REQUIRED_COLUMNS[field as usize];
        for (said, column) in [name, meaning.get(lang), blank(field).get(lang), example(field)].into_iter().zip(0_u16..)
        {
            book::write(sheet, row, column, said, &prose)?;
        }
    }
    for (column, width) in [(0, 20), (1, 50), (2, 44), (3, 70)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

const GUIDE: [Words; 5] = [
    words("每一列是一筆訂單；十個欄位名稱請不要更改。", "One row an order; leave the ten column names as they are."),
    words(
        "編號欄是文字格式，請用「選擇性貼上 → 值」貼入，才不會變成 2.02605E+14 或少了前面的 0。",
        "Columns of identifiers are text. Paste values only, so that nothing becomes 2.02605E+14 or loses its zeros.",
    ),
    words(
        "customer_key 只放雜湊過的代碼；姓名、電話、電子郵件請不要出現在任何一欄。",
        "customer_key takes hashed keys only; no name, telephone number or e-mail address in any column.",
    ),
    words(
        "退款請用 refunded 或 partial_refund，不要刪列；不確定的值請空白並先詢問，不要猜。",
        "Mark refunds as refunded or partial_refund and keep the row. Ask when a value is unknown; do not guess.",
    ),
    words("這張說明不會被讀取，可以留著。", "This sheet is not read and can stay."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::upload::Verdict;
    use crate::kinds::data_gap::orders::codes;
    use crate::kinds::data_gap::orders::tests::check_alone;

    #[test]
    fn the_empty_form_is_a_form_without_orders() {
        let now = Now::from_rfc3339("2026-05-24T12:00:00+08:00").unwrap();
        for lang in [Lang::ZhHant, Lang::En] {
            let bytes = workbook(lang, &now).unwrap();
            assert!(bytes == workbook(lang, &now).unwrap());
            let upload = check_alone("orders.xlsx", &bytes);
            assert_eq!((upload.verdict, &upload.missing_fields), (Verdict::SchemaFailed, &Vec::new()));
            let codes: Vec<_> = upload.findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, [&codes::NO_ROWS]);
            assert_eq!(upload.head.unwrap().fields.len(), Field::ALL.len());
        }
    }

    #[test]
    fn the_example_is_an_order_that_is_accepted() {
        let cells: Vec<_> = Field::ALL.into_iter().map(example).collect();
        let names: Vec<_> = Field::ALL.into_iter().map(Field::name).collect();
        let csv = format!("{}\n{}\n", names.join(","), cells.join(","));
        let upload = check_alone("orders.csv", csv);
        assert_eq!((upload.verdict, upload.recognised_revenue), (Verdict::Accepted, Some(28_000)), "{upload:?}");
    }
}
