//! Money on the page: figures with their definitions, the identity, attribution and what was paid out. Without an
//! accepted import there is none, and it says so.

use super::text;
use crate::kinds::data_gap::codes;
use crate::kinds::data_gap::money::{Money, Share};
use crate::kinds::data_gap::orders::payout::Payout;
use crate::kinds::data_gap::reconcile::Reconciled;
use crate::kinds::data_gap::rules::FIGURES;
use crate::lang::{Lang, Words, words};
use crate::view::compose::table;
use crate::view::context::Context;
use crate::view::page::{Bar, Block, Chart, Figure, Inline, Tone};
use crate::view::texts;

/// Most bars of one chart; the table has the rest.
const BARS: usize = 12;

/// An amount as people read it.
pub(super) fn twd(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount < 0 { "\u{2212}" } else { "" };
    format!("{sign}NT${grouped}")
}

/// The figures and the identity; without an accepted import every figure is unverified.
pub(super) fn revenue(reconciled: &Reconciled, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let source = reconciled
        .current
        .map_or_else(|| "kolable_reconciliation_imports".to_owned(), |at| reconciled.sent[at].name.clone());
    let money = reconciled.money.as_ref();
    let unverified = || Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned());
    let figure = |(name, title, definition): &(&str, Words, Words)| {
        let is_settled = matches!(*name, "settled" | "fees");
        let value = match money {
            None => unverified(),
            Some(money) => amount(name, money)
                .map_or_else(|| Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()), |amount| text(twd(amount))),
        };
        let source = match &reconciled.settlement {
            Some(settlement) if is_settled && money.is_some() => {
                settlement.path.rsplit('/').next().unwrap_or(&settlement.path).to_owned()
            }
            _ => source.clone(),
        };
        Figure {
            label: texts::named(lang, title.get(lang), name),
            value,
            definition: definition.get(lang).to_owned(),
            source,
        }
    };
    let figures = Block::Figures(FIGURES.iter().map(figure).collect());
    let Some(money) = money else {
        let note = words(
            "沒有任何匯入經過查核並被接受，所以不印任何金額。",
            "No import was checked and accepted, so no amount is printed.",
        );
        return vec![Block::Note(Tone::Unknown, note.get(lang).to_owned()), figures];
    };
    vec![figures, identity(money, lang), blocked(money, context), scope(lang)]
}

fn amount(figure: &str, money: &Money) -> Option<i64> {
    Some(match figure {
        "recognised" => money.sums.recognised,
        "gross_paid" => money.sums.gross_paid,
        "refunded" => money.sums.refunded,
        "blocked" => money.sums.blocked,
        "gmv" => money.gmv,
        "refunds" => money.refunds,
        "partial_refunds" => money.partial_refunds.0,
        "settled" => money.settled?.0,
        "fees" => money.settled?.1,
        _ => return None,
    })
}

/// Gross paid is recognised plus refunded plus withheld, or something is wrong with the program.
fn identity(money: &Money, lang: Lang) -> Block {
    let [paid, recognised, refunded, blocked] =
        [money.sums.gross_paid, money.sums.recognised, money.sums.refunded, money.sums.blocked].map(twd);
    let (tone, sign) = if money.adds_up() { (Tone::Good, "=") } else { (Tone::Bad, "≠") };
    let text = match lang {
        Lang::ZhHant => {
            format!("已付款總額 {paid} {sign} 認列 {recognised} + 已付款後退款 {refunded} + 暫不認列 {blocked}")
        }
        Lang::En => {
            format!("Gross paid {paid} {sign} recognised {recognised} + refunded {refunded} + withheld {blocked}")
        }
    };
    Block::Note(tone, text)
}

fn blocked(money: &Money, context: &Context<'_>) -> Block {
    let lang = context.lang;
    let title = |code: &str| codes::ALL.iter().find(|known| known.id == code).map_or("", |known| known.title.get(lang));
    let rows: Vec<_> = money
        .blocked
        .iter()
        .map(|(code, amount)| vec![Inline::Code((*code).to_owned()), text(title(code)), text(twd(*amount))])
        .collect();
    if rows.is_empty() {
        return Block::Text(words("沒有暫不認列的已付款金額。", "No paid amount is withheld.").get(lang).to_owned());
    }
    let columns = [words("原因", "Reason"), texts::DESCRIPTION, words("金額", "Amount")];
    table(context, words("暫不認列的金額，依原因", "What is withheld, by reason"), &columns, rows)
}

fn scope(lang: Lang) -> Block {
    let text = words(
        "這裡的認列是對帳口徑：不含隨課程交付分期認列、營業稅與發票折讓。",
        "Recognition here is that of a reconciliation: delivery over time, VAT and invoice allowances are not part of it.",
    );
    Block::Text(text.get(lang).to_owned())
}

/// How the orders agree with the settlement file; that there is none is said.
pub(super) fn settlement(reconciled: &Reconciled, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let Some(settlement) = &reconciled.settlement else {
        let note = words(
            "沒有金流結算檔，付款是否入帳尚未查核。",
            "No settlement file is given; whether the money arrived is not checked.",
        );
        return vec![Block::Note(Tone::Unknown, note.get(lang).to_owned())];
    };
    let file = settlement.path.rsplit('/').next().unwrap_or(&settlement.path);
    let (used, rows, unpaid) = (settlement.lines.len(), settlement.rows, settlement.unpaid);
    let intro = match lang {
        Lang::ZhHant => format!(
            "{file}：{rows} 列，採用 {used} 列，未成立的付款 {unpaid} 列。以 payment_ref 比對，不以金額或日期猜測。"
        ),
        Lang::En => format!(
            "{file} ({}): {rows} lines, {used} used, {unpaid} of payments that never came about. Matched by payment_ref, never by amount or day.",
            settlement.form
        ),
    };
    let mut blocks = vec![Block::Text(intro)];
    let Some((_, classified)) = &reconciled.orders else { return blocks };
    let count = |payout: Payout| classified.payouts.iter().filter(|found| **found == Some(payout)).count() as u64;
    let mut rows: Vec<_> = Payout::ALL
        .into_iter()
        .map(|payout| {
            let (word, meaning) = payout.about();
            (
                word,
                meaning,
                count(payout),
                matches!(payout, Payout::Matched | Payout::RefundedBoth | Payout::NotYetDue | Payout::NotPaidOut),
            )
        })
        .collect();
    let [inside, outside] = classified.strays;
    rows.push((
        "missing_in_orders",
        words("匯出檔沒有這筆付款", "paid, and no order of the export has it"),
        inside,
        false,
    ));
    rows.push((
        "outside_window",
        words("付款日不在期間內，不比對", "of a day outside the window, not compared"),
        outside,
        true,
    ));
    let rows = rows
        .into_iter()
        .map(|(word, meaning, count, is_fine)| {
            let tone = if is_fine { Tone::Info } else { Tone::Bad };
            let word = if count > 0 { Inline::Tag(tone, word.to_owned()) } else { Inline::Code(word.to_owned()) };
            vec![word, text(meaning.get(lang)), text(count.to_string())]
        })
        .collect();
    let columns = [words("結果", "Outcome"), texts::DESCRIPTION, words("筆數", "Count")];
    blocks.push(table(context, words("訂單與金流結算檔", "Orders and settlement file"), &columns, rows));
    blocks
}

/// What came by which discount code and event; nothing while it is unverified.
pub(super) fn attribution(reconciled: &Reconciled, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let Some(money) = &reconciled.money else {
        let note = words(
            "有已接受的匯入之後才計算；不從時間推測來源。",
            "Counted once an import is accepted; no source is guessed from times.",
        );
        return vec![Block::Note(Tone::Unknown, note.get(lang).to_owned())];
    };
    let [by_code, by_event] = &money.attribution;
    let mut blocks = Vec::new();
    for (name, shares) in [("discount_code", by_code), ("source_event", by_event)] {
        let heading = if name == "discount_code" {
            words("依折扣碼", "By discount code")
        } else {
            words("依來源活動", "By source event")
        };
        blocks.push(Block::Heading(heading.get(lang).to_owned()));
        blocks.extend(shares_of(name, shares, context));
    }
    let [code_only, event_only] = money.one_sided;
    blocks.push(Block::Text(match lang {
        Lang::ZhHant => {
            format!("有折扣碼但沒有來源活動的訂單 {code_only} 筆；有來源活動但沒有折扣碼的 {event_only} 筆。")
        }
        Lang::En => {
            format!("{code_only} orders have a discount code and no event, {event_only} an event and no discount code.")
        }
    }));
    blocks
}

fn shares_of(column: &str, shares: &[Share], context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let none = words("（無）", "(none)").get(lang);
    let name = |share: &Share| share.name.clone().unwrap_or_else(|| none.to_owned());
    let widest = shares.iter().map(|share| share.gmv).max().unwrap_or(0).max(1);
    let length = |amount: i64| u16::try_from(amount.max(0) * 1000 / widest).unwrap_or(1000);
    let bars = shares.iter().take(BARS).map(|share| {
        let (recognised, gmv) = (twd(share.recognised), twd(share.gmv));
        let text = match lang {
            Lang::ZhHant => format!("認列 {recognised}／訂單總額 {gmv}"),
            Lang::En => format!("{recognised} recognised of {gmv}"),
        };
        Bar { label: name(share), text, whole: length(share.gmv), part: length(share.recognised) }
    });
    let caption = match lang {
        Lang::ZhHant => format!("{column}：外框為訂單總額，實心為其中認列的部分"),
        Lang::En => format!("{column}: the outline is all orders, the filled part what is recognised of them"),
    };
    let rows = shares
        .iter()
        .map(|share| {
            let name = share.name.clone().map_or_else(|| text(none), Inline::Code);
            vec![name, text(share.orders.to_string()), text(twd(share.gmv)), text(twd(share.recognised))]
        })
        .collect();
    let columns = [
        words("來源", "Source"),
        words("訂單", "Orders"),
        words("訂單總額", "All orders"),
        words("認列", "Recognised"),
    ];
    let table = table(context, words("同上，逐列", "The same, row by row"), &columns, rows);
    vec![Block::Chart(Chart { caption, bars: bars.collect() }), table]
}

#[cfg(test)]
mod tests {
    use super::twd;

    #[test]
    fn amounts_are_grouped_by_three() {
        let check = |amount: i64, expected: &str| assert_eq!(twd(amount), expected);
        check(0, "NT$0");
        check(980, "NT$980");
        check(72_780, "NT$72,780");
        check(1_234_567, "NT$1,234,567");
        check(-28_000, "\u{2212}NT$28,000");
    }
}
