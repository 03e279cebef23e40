//! What probes say of the lanes beside what the other exports lead to, and the plan for the schedules.

use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::lanes::{self, Lane};
use crate::kinds::dispatch_workflow::preflight::Decided;
use crate::kinds::dispatch_workflow::probe::{self, Classified, TOGGLES, Toggle};
use crate::kinds::dispatch_workflow::view::console::{Console, code, said, shown};
use crate::kinds::dispatch_workflow::view::preflight::{action, tone, unchecked};
use crate::lang::words;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) {
    let mut blocks = probes(console, decided);
    blocks.extend(plan(console, decided));
    console.add("schedules", words("探測與排程切換計畫", "Probes, and the plan for the schedules"), blocks);
}

/// What a probe would say by the other exports, what the exported one said, and whether they agree.
fn probes(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let lang = console.lang;
    let exported = console.tree("probes");
    let mut rows = Vec::new();
    for (lane, _, decided) in decided {
        let action = action(decided).map(|packet| packet.action);
        let given = exported.and_then(|probes| probe::of_lane(probes, lane.id));
        let compared = probe::compare(given.map(|(_, probe)| probe), action);
        let said_action = given.and_then(|(_, probe)| probe.text_at("action"));
        if let Some((key, _)) = given.filter(|_| compared.is_odd) {
            let fix = words("重新探測，並同時匯出其他資料", "probe it again, and export everything at the same moment");
            let by_exports = action.map(|action| texts::titled(lang, words("推算", "computed").get(lang), action));
            let by_probe =
                said_action.map(|action| texts::titled(lang, words("探測", "probe").get(lang), &shown(action)));
            let why = [Some(compared.when.get(lang).to_owned()), by_probe, by_exports].into_iter().flatten();
            let why = why.collect::<Vec<_>>().join(words("；", "; ").get(lang));
            console.attend(Tone::Warn, words("探測", "Probe"), lane.id, &why, fix);
            let message = || {
                let (probe, exports) = (said_action.map_or_else(|| "-".to_owned(), shown), action.unwrap_or("-"));
                format!("{}: {} (probe `{probe}`, exports `{exports}`)", lane.id, compared.when.en)
            };
            console.find(&codes::PROBE_DIFFERS, "probes", format!("/{key}"), message, fix.en);
        }
        let undecided = || Inline::Unknown(words("未決定", "not decided").get(lang).to_owned());
        let classified = action.and_then(probe::classify);
        let flag = |of: fn(&Classified) -> bool| match classified.map(of) {
            Some(flag) => Inline::Text(if flag { texts::YES } else { texts::NO }.get(lang).to_owned()),
            None => undecided(),
        };
        let by_probe = match (said_action, exported) {
            (Some(action), _) => code(action),
            (None, Some(_)) => Inline::Unknown(words("失敗或沒有", "failed or none").get(lang).to_owned()),
            (None, None) => Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()),
        };
        let agrees = match (compared.is_odd, compared.id) {
            (true, _) => Inline::Tag(Tone::Warn, compared.when.get(lang).to_owned()),
            (false, "agrees") => Inline::Tag(Tone::Good, compared.when.get(lang).to_owned()),
            (false, _) => Inline::Unknown(compared.when.get(lang).to_owned()),
        };
        rows.push(vec![
            Inline::Code(lane.id.to_owned()),
            action.map_or_else(undecided, |action| Inline::Tag(tone(action), action.to_owned())),
            flag(|known| known.has_work),
            flag(|known| known.should_run),
            flag(|known| known.needs_attention),
            by_probe,
            agrees,
        ]);
    }
    let columns = [
        words("Lane", "Lane"),
        words("依匯出推算", "By the exports"),
        words("有工作", "Has work"),
        words("該啟動 worker", "Start a worker"),
        words("要人看", "Needs a person"),
        words("匯出的探測", "Exported probe"),
        words("對照", "Compared"),
    ];
    console.fixed(words("值不值得啟動 worker", "Whether starting a worker is worth it"), &columns, rows)
}

/// The plan for the schedules: from the exported probes, else from what workers would do.
fn plan(console: &Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let lang = console.lang;
    let derived = || {
        let plan = decided.iter().map(|(lane, _, decided)| {
            let named = lanes::Named { id: lane.id.to_owned(), known: true, aliased: false };
            (named, from_packet(console, decided))
        });
        (plan.collect(), words("沒有匯出探測結果，依上表推算", "Without exported probes, from the table above"))
    };
    let exported = |probes| (probe::plan(probes), words("依匯出的探測結果", "From the exported probes"));
    let (plan, from) = console.tree("probes").map_or_else(derived, exported);
    let rows = plan.iter().map(|(lane, toggle)| {
        let tone = match toggle.set {
            "enable" => Tone::Info,
            "disable" => Tone::Good,
            _ => Tone::Warn,
        };
        let why = TOGGLES.iter().find(|(id, ..)| *id == toggle.rule).map_or("", |(.., words)| words.get(lang));
        vec![
            code(&lane.id),
            Inline::Tag(tone, toggle.set.to_owned()),
            Inline::Text(why.to_owned()),
            said(&toggle.reason),
        ]
    });
    let columns = [words("Lane", "Lane"), words("排程", "Schedule"), words("規則", "Rule"), words("理由", "Reason")];
    let mut blocks = console.fixed(from, &columns, rows);
    blocks.push(Block::Text(
        console.word(words("這是計畫；這裡不切換任何排程。", "This is a plan; nothing is switched here.")),
    ));
    blocks
}

fn from_packet(console: &Console<'_>, decided: &Decided) -> Toggle {
    match (&decided.result, unchecked(console, decided)) {
        (Ok((_, packet)), None) => {
            let reason = packet.reason.clone().or_else(|| packet.terminal.clone()).unwrap_or_default();
            probe::toggle_of(probe::classify(packet.action), &reason)
        }
        // What is not decided switches nothing.
        (_, unchecked) => probe::toggle_of(None, &unchecked.unwrap_or_default()),
    }
}
