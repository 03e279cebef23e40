//! A page with every block and every inline, for the tests of this folder and for looking at it.

use crate::lang::Lang;
use crate::view::page::{Block, Fact, Figure, Inline, NextStep, Page, Section, Stage, Table, Tone, Verdict};

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn code(text: &str) -> Inline {
    Inline::Code(text.to_owned())
}

fn tag(tone: Tone, word: &str) -> Inline {
    Inline::Tag(tone, word.to_owned())
}

fn unknown(word: &str) -> Inline {
    Inline::Unknown(word.to_owned())
}

fn link(href: &str, text: &str) -> Inline {
    Inline::Link { href: href.to_owned(), text: text.to_owned() }
}

fn fact(label: &str, value: Inline) -> Fact {
    Fact { label: label.to_owned(), value }
}

fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Inline>>, empty: Inline) -> Block {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    Block::Table(Table { caption: caption.to_owned(), columns, rows, empty })
}

fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks }
}

fn step(what: &str, who: &str, due: Option<&str>) -> NextStep {
    NextStep { what: what.to_owned(), who: who.to_owned(), due: due.map(str::to_owned) }
}

fn figure(label: &str, value: Inline, definition: &str, source: &str) -> Figure {
    Figure { label: label.to_owned(), value, definition: definition.to_owned(), source: source.to_owned() }
}

fn stage(name: &str, text: &str, state: Option<(Tone, &str)>) -> Stage {
    let state = state.map(|(tone, word)| (tone, word.to_owned()));
    Stage { name: name.to_owned(), text: text.to_owned(), state }
}

/// The sample page in one language.
pub(super) fn page(lang: Lang) -> Page {
    match lang {
        Lang::ZhHant => chinese(),
        Lang::En => english(),
    }
}

fn chinese() -> Page {
    Page {
        lang: Lang::ZhHant,
        title: "Kolable 訂單付款資料缺口升級包".to_owned(),
        eyebrow: "Kolable 對帳 · 資料缺口 · 任務 f76485ea".to_owned(),
        lead: "這份產出包處理 5 月 12 日至 21 日訂單與付款資料的缺口：誰要在什麼時候交出哪一份檔案、收到後如何對帳，以及哪些數字目前還不能說。".to_owned(),
        verdict: Verdict {
            tone: Tone::Unknown,
            word: "營收未經驗證".to_owned(),
            text: "尚無被接受的匯入檔，因此不列出任何營收數字，也不以 0 代替。".to_owned(),
        },
        next: vec![
            step("上傳 2026-05-12 至 2026-05-21 的訂單與付款匯出檔（CSV 或 XLSX，含十個必要欄位）", "Wade", Some("2026-05-24 18:00")),
            step("提供訂單系統的 repo 或 API;若兩者都沒有，明確決定暫停營收認列", "Louis", Some("2026-05-25 12:00")),
            step("逐筆確認 28,000 元訂單的付款、退款或重新購買狀態", "Huber", None),
        ],
        facts: vec![
            fact("狀態", tag(Tone::Warn, "已升級")),
            fact("資料期間", text("2026-05-12 至 2026-05-21（含首尾兩日）")),
            fact("資料負責人", text("Wade")),
            fact("驗證負責人", text("Huber")),
            fact("專案", code("b3138a2e-6641-4cc1-859d-8b1d0abf2d3b")),
            fact("成果網址", unknown("尚未查核")),
        ],
        sections: vec![
            section(
                "milestones",
                "里程碑",
                vec![Block::Stages(vec![
                    stage("D1 建立請求", "建立 P0 資料請求，並通知 Louis。", Some((Tone::Good, "已完成"))),
                    stage("D7 驗證欄位", "收到檔案後逐列、逐欄檢查，缺漏退回寄件人。", Some((Tone::Warn, "進行中"))),
                    stage("D14 對帳", "分類每一筆訂單，列出例外與重複。", None),
                    stage("D30 認列", "由 Louis 核准營收認列。", Some((Tone::Unknown, "尚未查核"))),
                ])],
            ),
            section(
                "figures",
                "目前能說的數字",
                vec![
                    Block::Note(Tone::Warn, "匯入檔未被接受前，營收一律標示為「未經驗證」。\n未經驗證不等於零，也不等於沒有。".to_owned()),
                    Block::Figures(vec![
                        figure("已認列營收", unknown("未經驗證"), "已付款、無退款、非重複、落在資料期間內，且來自被接受的匯入檔。", "records/reconciliation_imports.csv"),
                        figure("待補欄位", text("2"), "十個必要欄位中，上傳檔案沒有的欄位數。", "uploads/orders.csv"),
                        figure("重複派工率", text("0%"), "同一訊號重複建立的任務數 ÷ 全部任務數（0 / 7）。", "records/preflight_runs.jsonl"),
                        figure("毛收款", text("NT$ 1,284,600"), "期間內狀態為 paid 的金額總和，未扣退款。", "uploads/orders.csv"),
                    ]),
                ],
            ),
            section(
                "routing",
                "路由規則",
                vec![
                    Block::Text("由上而下比對，第一條成立的規則決定結果；表格涵蓋所有情況。".to_owned()),
                    table(
                        "檔案狀態與下一個動作",
                        &["規則", "條件", "結果", "交給", "次數"],
                        vec![
                            vec![code("P1"), text("沒有可用的成果"), tag(Tone::Good, "allowed_build"), text("建立製作任務"), text("3")],
                            vec![code("P4"), text("已有成果，但期限前沒有採用回覆。需要產品負責人回覆 accept、revise 或 evidence_gap，並說明是哪一個段落。"), tag(Tone::Warn, "need_adoption_review"), text("產品負責人"), text("12")],
                            vec![code("P5"), text("超過期限仍無回覆"), tag(Tone::Bad, "no_response"), text("執行長"), text("1,204")],
                            vec![code("P7"), text("案例權限未知"), Inline::Many(vec![tag(Tone::Info, "case_blocked"), text(" "), unknown("權限未知")]), text("案例授權"), unknown("未提供")],
                        ],
                        text("無"),
                    ),
                    table("已登錄的例外", &["訂單", "原因", "金額"], Vec::new(), unknown("未提供匯出檔，尚未查核")),
                ],
            ),
            section(
                "decision",
                "決策紀錄",
                vec![
                    Block::Facts(vec![
                        fact("決策", text("採用資料缺口升級包")),
                        fact("採用狀態", tag(Tone::Info, "已提出")),
                        fact("紀錄", link("decision-record.md", "decision-record.md")),
                    ]),
                    Block::Markdown(MARKDOWN.to_owned()),
                ],
            ),
            section(
                "memory",
                "學習記憶",
                vec![Block::List(vec![
                    text("沒有新檔案時，不要再產生另一份策略包。"),
                    Inline::Many(vec![text("先查 "), code("script_delivery_registry"), text(",再決定是否建立任務。")]),
                    link("https://gist.github.com/esz135888/7c08318b6a78ae1778b65808d30fc47e", "前一次的成果（Gist）"),
                    link("javascript:alert(1)", "不允許的連結只顯示文字"),
                ])],
            ),
            section(
                "payload",
                "可直接貼上的訊息",
                vec![Block::Code("{\n  \"project_id\": \"b3138a2e-6641-4cc1-859d-8b1d0abf2d3b\",\n  \"signal\": \"action_overdue\",\n  \"required_registry_kinds\": [\"script\", \"closure_gate\", \"adoption_ledger\", \"loop_breaker\"]\n}".to_owned())],
            ),
        ],
        footer: vec!["由 proofpack 0.1.0 產生，資料截至 2026-05-24 03:18（Asia/Taipei）".to_owned(), "依據：pack.toml、learning-memory.json、records/data_requests.csv".to_owned()],
    }
}

const MARKDOWN: &str = "# 決策紀錄

# 問題

PLS 對同一個 Kolable 訂單付款缺口重複派工。前一份對帳範本已經提供**欄位定義**與*控制流程*，
再做一份並不會讓資料出現。詳見 https://example.com/decisions/2026-05-24?job=f76485ea。

## 考慮過的選項

| 選項 | 說明 | 風險 |
|---|---|---:|
| 再做一份對帳範本 | 每次心跳都多一份 | 高 |
| 編造營收數字 | 沒有來源資料，也沒有經過驗證的網址 | 不可接受 |
| 升級資料缺口 | 轉成負責人、期限與動作 | 低 |

1. 先通知負責人
   - [x] 建立請求
   - [ ] 收到檔案
2. 再驗證欄位：`order_id`、`created_at`、`customer_key`

> 沒有證據，就不宣稱完成。

<script>alert('raw HTML is shown as text')</script>

```sql
select order_id, amount from orders where payment_status = 'paid' and created_at between '2026-05-12' and '2026-05-21';
```

### ![架構圖](https://example.com/flow.png)
";

fn english() -> Page {
    Page {
        lang: Lang::En,
        title: "Dispatcher preflight contract for the customer visit script".to_owned(),
        eyebrow: "PLS · Dispatcher preflight · Job 4a31ca42".to_owned(),
        lead: "Before a production job is created, the dispatcher looks up what already exists and sends out only what is missing. This page says what was decided for this signal and why.".to_owned(),
        verdict: Verdict {
            tone: Tone::Good,
            word: "Build suppressed".to_owned(),
            text: "Four usable artifacts exist; only the adoption review is missing.".to_owned(),
        },
        next: vec![
            step("Answer the adoption review: accept, revise (with section and reason) or evidence gap", "Product owner", Some("2026-05-25 18:00")),
            step("Record two customer visits as evidence", "Customer success", None),
        ],
        facts: vec![fact("Rule", code("P4")), fact("Due", text("2026-05-25 18:00")), fact("Registry hits", text("4"))],
        sections: vec![
            section(
                "checks",
                "End-to-end verification",
                vec![
                    Block::Note(Tone::Info, "Not checked is never a pass.".to_owned()),
                    table(
                        "Checks of this bundle",
                        &["Check", "Status", "Expected", "Observed", "Evidence"],
                        vec![
                            vec![code("manifest-hashes"), tag(Tone::Good, "pass"), text("11 files"), text("11 files"), code("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")],
                            vec![code("json-parses"), tag(Tone::Bad, "fail"), text("valid JSON"), text("unexpected end at line 12"), link("learning-memory.json", "learning-memory.json")],
                            vec![code("published"), unknown("not checked"), text("HTTP 200"), unknown("not provided"), text("")],
                        ],
                        text("None"),
                    ),
                ],
            ),
            section("brief", "Brief", vec![Block::Markdown("Plain *words* and [a link](https://example.com).\n\n- one\n- two".to_owned())]),
        ],
        footer: vec!["Generated by proofpack 0.1.0, as of 2026-05-24 03:18 (Asia/Taipei)".to_owned()],
    }
}
