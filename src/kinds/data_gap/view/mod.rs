//! The page of a data-gap pack: what is concluded, what to do next and who does it, where the request stands, and the
//! tables that decided it.

use crate::kinds::Given;
use crate::kinds::data_gap::reconcile::{Reconciled, Role};
use crate::kinds::data_gap::rules::{Import, NEXT_ACTIONS, REQUIRED_COLUMNS, STATES, State};
use crate::lang::{Lang, Words, words};
use crate::view::compose::{section, table};
use crate::view::context::Context;
use crate::view::pack::Own;
use crate::view::page::{Block, Fact, Inline, NextStep, Tone, Verdict};
use crate::view::texts;

mod exceptions;
mod money;
mod uploads;

/// The verdict, the next steps and the sections.
pub(super) fn page(reconciled: &Reconciled, given: &Given<'_>) -> Own {
    let context = given.context;
    let lang = context.lang;
    let sections = [
        ("revenue", words("營收認列", "Revenue recognition"), money::revenue(reconciled, context)),
        ("request", words("資料請求", "Data request"), request(reconciled, given)),
        (
            "next-actions",
            words("下一步自動化規則", "Rules for the next action"),
            vec![next_actions(reconciled, context)],
        ),
        ("uploads", words("上傳檔案", "Uploads"), uploads::received(reconciled, given)),
        ("exceptions", words("例外與負責人", "Exceptions and owners"), exceptions::listed(reconciled, given)),
        ("training-orders", words("28,000 訂單", "The 28,000 orders"), exceptions::training(reconciled, given)),
        ("order-decisions", words("人工決定", "Decisions of people"), exceptions::decided(reconciled, context)),
        ("settlement", words("金流結算比對", "Settlement"), money::settlement(reconciled, context)),
        (
            "comparison",
            words("與前次匯入比較", "Compared with the last import"),
            uploads::compared(reconciled, context),
        ),
        ("attribution", words("來源歸因", "Attribution"), money::attribution(reconciled, context)),
        ("columns", words("必要欄位", "Required columns"), vec![columns(context)]),
    ];
    let sections = sections.into_iter().filter(|(.., blocks)| !blocks.is_empty());
    Own {
        verdict: Some(verdict(reconciled, context)),
        next: next(reconciled, given),
        sections: sections.map(|(id, title, blocks)| section(id, title.get(lang), blocks)).collect(),
        findings: Vec::new(),
        ..Own::default()
    }
}

/// The name of who has a responsibility in this pack.
fn owner<'a>(given: &Given<'a>, responsibility: &str) -> &'a str {
    let owners = &given.facts.pack.owners;
    owners.iter().find(|(key, _)| key == responsibility).map_or("", |(_, name)| name.as_str())
}

fn text(text: impl Into<String>) -> Inline {
    Inline::Text(text.into())
}

fn verdict(reconciled: &Reconciled, context: &Context<'_>) -> Verdict {
    let lang = context.lang;
    let left = reconciled.exceptions.len();
    let (tone, word, text) = match (reconciled.import, reconciled.state) {
        (Import::Accepted, _) => {
            let recognised =
                reconciled.money.as_ref().map(|money| money::twd(money.sums.recognised)).unwrap_or_default();
            let text = match lang {
                Lang::ZhHant => format!("匯入已接受，認列營收 {recognised}；定義與組成見下。"),
                Lang::En => format!(
                    "The import is accepted. Recognised revenue is {recognised}; its definition and parts are below."
                ),
            };
            (Tone::Good, words("已接受", "Accepted"), text)
        }
        (Import::Partial, _) => {
            let text = match lang {
                Lang::ZhHant => {
                    format!("檔案可以讀取，但有 {left} 項需要人處理。處理完之前，營收未經驗證，不印任何金額。")
                }
                Lang::En => format!(
                    "The file can be read, and people have to settle what is wrong in it ({left} open). Until then revenue is unverified and no amount is printed."
                ),
            };
            (Tone::Warn, words("部分可用，營收未驗證", "Partial, revenue unverified"), text)
        }
        (Import::Failed, _) => {
            let text = words(
                "最新檔案無法匯入，已列出要改的地方。營收未經驗證，不印任何金額。",
                "The last file cannot be imported; what to mend is listed. Revenue is unverified and no amount is printed.",
            );
            (Tone::Bad, words("退回修正，營收未驗證", "Sent back, revenue unverified"), text.get(lang).to_owned())
        }
        (Import::None, State::Escalated) => {
            let text = words(
                "期限已過，沒有收到檔案，升級給 Louis。營收未經驗證，不印任何金額。",
                "The due time has passed without a file; it goes to Louis. Revenue is unverified and no amount is printed.",
            );
            (Tone::Bad, words("逾期未交，營收未驗證", "Overdue, revenue unverified"), text.get(lang).to_owned())
        }
        (Import::None, _) => {
            let text = words(
                "還沒有收到檔案。收到並通過查核之前，營收未經驗證，不印任何金額。",
                "No file has come yet. Until one is accepted, revenue is unverified and no amount is printed.",
            );
            (Tone::Unknown, words("未收檔，營收未驗證", "No file, revenue unverified"), text.get(lang).to_owned())
        }
    };
    Verdict { tone, word: word.get(lang).to_owned(), text }
}

/// Who has what to do, in the order of the steps: a key of `owners`, and whether it is about the settlement file.
const NEXT_FOR: &[(&str, bool)] =
    &[("data_owner", false), ("owner", false), ("owner", true), ("verification_owner", false), ("data_owner", true)];

/// What follows from the rule that holds, one step for each person.
fn next(reconciled: &Reconciled, given: &Given<'_>) -> Vec<NextStep> {
    let context = given.context;
    let lang = context.lang;
    let mut steps = Vec::new();
    let asked = reconciled.next.filter(|rule| rule.then.word == "data_request" && reconciled.request.is_none());
    if let Some(rule) = asked {
        let what = rule.then.action.get(lang).to_owned();
        steps.push(NextStep { what, who: owner(given, "owner").to_owned(), due: None });
    }
    if reconciled.state == State::Escalated {
        let what = words(
            "逾期未交檔：決定是否暫停認列，或改由 repo／API 取得",
            "Overdue: decide whether recognition pauses, or give a repository or an API",
        );
        let due = reconciled.request.as_ref().map(|request| context.due(request.due));
        steps.push(NextStep { what: what.get(lang).to_owned(), who: owner(given, "owner").to_owned(), due });
    }
    for (responsibility, is_about_settlement) in NEXT_FOR {
        let own = reconciled.exceptions.iter().filter(|exception| {
            exception.owner == *responsibility && exception.is_about_settlement == *is_about_settlement
        });
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            continue;
        }
        let count = own.len();
        let what = match (lang, *responsibility, is_about_settlement) {
            (Lang::ZhHant, "data_owner", true) => format!("向金流追問結算檔的 {count} 項疑問"),
            (Lang::ZhHant, "data_owner", false) => format!("修正檔案中的 {count} 項問題後重新匯出並上傳"),
            (Lang::ZhHant, "owner", _) => format!("對 {count} 項有疑義的訂單做決定，寫入 order_decisions 並附證據"),
            (Lang::ZhHant, ..) => format!("確認 {count} 筆 28,000 訂單，寫入 training_orders 並附證據"),
            (Lang::En, "data_owner", true) => format!("Ask the gateway about the settlement file ({count} open)"),
            (Lang::En, "data_owner", false) => format!("Mend the file, export and send it again ({count} open)"),
            (Lang::En, "owner", _) => {
                format!("Decide about doubtful orders in order_decisions, with evidence ({count} open)")
            }
            (Lang::En, ..) => format!("Resolve the 28,000 orders in training_orders, with evidence ({count} open)"),
        };
        let due = own.iter().filter_map(|exception| exception.due).min().map(|due| context.due(due));
        steps.push(NextStep { what, who: owner(given, responsibility).to_owned(), due });
    }
    steps
}

/// The request and where it stands: what is recorded, and what the uploads give.
fn request(reconciled: &Reconciled, given: &Given<'_>) -> Vec<Block> {
    let context = given.context;
    let lang = context.lang;
    let fact = |label: Words, value: Inline| Fact { label: label.get(lang).to_owned(), value };
    let tone = match reconciled.state {
        State::Accepted => Tone::Good,
        State::Open | State::Uploaded => Tone::Warn,
        State::SchemaFailed | State::Escalated => Tone::Bad,
    };
    let mut blocks = Vec::new();
    let mut facts = vec![fact(
        words("狀態（依事實）", "State by the facts"),
        Inline::Tag(tone, reconciled.state.word().to_owned()),
    )];
    match &reconciled.request {
        Some(request) => {
            facts.push(fact(words("紀錄中的狀態", "Recorded state"), Inline::Code(request.recorded.word().to_owned())));
            facts.push(fact(words("開立者", "Asked by"), text(request.by.clone())));
            facts.push(fact(words("交檔者", "Asked of"), text(owner(given, "data_owner"))));
            facts.push(fact(texts::DUE, text(context.moment(request.due))));
        }
        None => blocks.push(Block::Note(
            Tone::Unknown,
            words("沒有由有權責的人開立的資料請求。", "No request was opened by somebody who may.")
                .get(lang)
                .to_owned(),
        )),
    }
    let current = reconciled.current.map(|at| &reconciled.sent[at]);
    if let Some(current) = current {
        facts.push(fact(words("目前檔案", "Current file"), Inline::Code(current.name.clone())));
    }
    facts.push(fact(
        words("匯入紀錄", "Import"),
        match reconciled.import {
            Import::None => Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()),
            Import::Accepted => Inline::Tag(Tone::Good, reconciled.import.word().to_owned()),
            Import::Partial => Inline::Tag(Tone::Warn, reconciled.import.word().to_owned()),
            Import::Failed => Inline::Tag(Tone::Bad, reconciled.import.word().to_owned()),
        },
    ));
    blocks.push(Block::Facts(facts));
    let refused_after = reconciled
        .sent
        .iter()
        .enumerate()
        .any(|(at, sent)| sent.role == Role::Refused && reconciled.current.is_some_and(|current| at > current));
    if refused_after {
        let note = words(
            "之後收到的檔案無法匯入，不取代目前檔案；要改的地方列在例外中。",
            "A file that came later cannot be imported and does not replace the current one; what to mend is among the exceptions.",
        );
        blocks.push(Block::Note(Tone::Warn, note.get(lang).to_owned()));
    }
    blocks.push(states(reconciled, context));
    blocks
}

fn next_actions(reconciled: &Reconciled, context: &Context<'_>) -> Block {
    let lang = context.lang;
    let words_of = |words: Words| text(words.get(lang));
    let rows = NEXT_ACTIONS
        .iter()
        .map(|rule| {
            let holds = if reconciled.next.is_some_and(|next| next.id == rule.id) {
                Inline::Tag(Tone::Info, words("成立", "holds").get(lang).to_owned())
            } else {
                text("")
            };
            vec![
                Inline::Code(rule.id.to_owned()),
                words_of(rule.when),
                holds,
                words_of(rule.then.action),
                words_of(rule.then.never),
            ]
        })
        .collect();
    let columns =
        [texts::RULE, texts::CONDITION, words("本包", "This pack"), words("要做", "Do"), words("不得做", "Never")];
    table(context, words("由上而下，第一條成立的規則生效", "First rule that holds wins, from the top"), &columns, rows)
}

fn states(reconciled: &Reconciled, context: &Context<'_>) -> Block {
    let lang = context.lang;
    let code = |state: &State| Inline::Code(state.word().to_owned());
    let rows = STATES
        .iter()
        .map(|(state, word, meaning, leads_to)| {
            let here = if *state == reconciled.state {
                Inline::Tag(Tone::Info, words("目前", "now").get(lang).to_owned())
            } else {
                text("")
            };
            let mut next = Vec::new();
            for state in *leads_to {
                if !next.is_empty() {
                    next.push(text(texts::separator(lang)));
                }
                next.push(code(state));
            }
            let next = if next.is_empty() { text(texts::NONE.get(lang)) } else { Inline::Many(next) };
            vec![Inline::Code((*word).to_owned()), here, text(meaning.get(lang)), next]
        })
        .collect();
    let columns = [texts::STATUS, words("本包", "This pack"), texts::DESCRIPTION, words("之後可到", "Leads to")];
    table(context, words("資料請求經過的狀態", "The states that a data request goes through"), &columns, rows)
}

fn columns(context: &Context<'_>) -> Block {
    let row = |(name, meaning): &(&str, Words)| vec![Inline::Code((*name).to_owned()), text(meaning.get(context.lang))];
    let caption = words("訂單付款檔必須有的十個欄位", "The ten columns that an order export must have");
    table(context, caption, &[texts::FIELD, texts::DESCRIPTION], REQUIRED_COLUMNS.iter().map(row).collect())
}
