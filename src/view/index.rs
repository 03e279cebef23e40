//! The page that leads to every bundle of a workspace.

use crate::documents::pack::Step;
use crate::finding::{self, Finding, Severity};
use crate::lang::{Words, words};
use crate::view::compose::section;
use crate::view::context::{Context, footer};
use crate::view::findings;
use crate::view::page::{Block, Inline, NextStep, Page, Table, Tone, Verdict};
use crate::view::texts;

/// Most steps that the head of the index shows; every pack shows all of its own.
const STEPS_SHOWN: usize = 5;

/// What became of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A new bundle was verified and took the place of the old one.
    Written,
    /// The bundle on disk is already what the pack gives.
    Unchanged,
    /// No bundle was written; an older one may still be there.
    NotWritten,
}

impl State {
    /// The word used in every report format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::NotWritten => "not_written",
        }
    }

    /// Whether the bundle on disk is what the pack gives now, verified.
    pub fn is_usable(self) -> bool {
        self != Self::NotWritten
    }
}

/// One pack in the index.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the pack's folder.
    pub slug: String,
    /// Title of the pack.
    pub title: String,
    /// Name and title of its kind, if it has a known one.
    pub kind: Option<(&'static str, Words)>,
    /// File name of its primary page.
    pub primary: Option<&'static str>,
    /// Id of the job that made it.
    pub job_id: Option<String>,
    /// Id of its project.
    pub project_id: Option<String>,
    /// Id of the action that it answers.
    pub action_item_id: Option<String>,
    /// What to do next about it, first of all.
    pub next: Option<Step>,
    /// SHA-256 of the manifest of its bundle on disk, as are the next two; `None` and zero when there is none.
    pub manifest: Option<String>,
    /// Number of files in its bundle.
    pub files: usize,
    /// Size of its bundle in bytes.
    pub bytes: usize,
    /// What became of it.
    pub state: State,
}

/// The index page.
pub fn page(packs: &[Entry], findings: &[Finding], context: &Context<'_>) -> Page {
    let lang = context.lang;
    let usable = packs.iter().filter(|entry| entry.state.is_usable()).count();
    let count = |severity| finding::count(findings, severity);
    let found = texts::findings(lang, count(Severity::Error), count(Severity::Warning), count(Severity::Notice));
    let is_wrong = count(Severity::Error) + count(Severity::Warning) > 0;
    let (tone, word) = if usable == packs.len() && !packs.is_empty() {
        (Tone::Good, words("全部通過驗證", "All verified"))
    } else {
        (Tone::Bad, words("尚未全部通過", "Not all verified"))
    };
    let row = |entry: &Entry| {
        let title = match (entry.state.is_usable(), entry.primary) {
            (true, Some(primary)) => {
                Inline::Link { href: format!("{}/{primary}", entry.slug), text: entry.title.clone() }
            }
            _ => Inline::Text(entry.title.clone()),
        };
        let (tone, state) = if entry.state.is_usable() {
            (Tone::Good, words("已驗證", "verified"))
        } else {
            (Tone::Bad, words("未產生", "not built"))
        };
        vec![
            title,
            Inline::Tag(tone, state.get(lang).to_owned()),
            Inline::Text(entry.kind.map_or_else(|| texts::UNKNOWN.get(lang), |(_, title)| title.get(lang)).to_owned()),
            entry.job_id.clone().map_or_else(|| Inline::Unknown(texts::UNKNOWN.get(lang).to_owned()), Inline::Code),
            Inline::Code(entry.slug.clone()),
        ]
    };
    let columns = [texts::PACK, texts::STATUS, texts::KIND, texts::JOB, words("資料夾", "Folder")];
    let table = Table {
        caption: words(
            "「已驗證」是說檔案通過全部查核，寫入後逐位元組讀回比對無誤；不表示已發布，也不表示決策正確",
            "“verified” means that the files passed every check and were read back byte for byte, not that they are published",
        )
        .get(lang)
        .to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: packs.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    let mut sections = vec![section("packs", texts::PACKS.get(lang), vec![Block::Listing(table)])];
    if is_wrong {
        sections.push(findings::findings(findings, "", lang));
    }
    Page {
        lang,
        title: context.workspace.to_owned(),
        eyebrow: texts::WORKSPACE.get(lang).to_owned(),
        lead: words(
            "這個工作區的生產包。每一個都附有驗證報告，任何人都能從檔案重算。",
            "The production packs of this workspace. Each comes with a verification report that anyone can recompute.",
        )
        .get(lang)
        .to_owned(),
        verdict: Verdict {
            tone,
            word: word.get(lang).to_owned(),
            text: texts::built(lang, usable, packs.len(), &found),
        },
        next: next(packs, findings, context),
        facts: Vec::new(),
        sections,
        footer: footer(context),
    }
}

/// What is wrong comes first, then the first step of each pack, what is due soonest at the top.
fn next(packs: &[Entry], findings: &[Finding], context: &Context<'_>) -> Vec<NextStep> {
    let lang = context.lang;
    let mut steps: Vec<NextStep> =
        findings::mend(finding::count(findings, Severity::Error), lang).into_iter().collect();
    let mut first: Vec<_> = packs.iter().filter_map(|entry| Some((entry, entry.next.as_ref()?))).collect();
    first.sort_by_key(|(_, step)| (step.due.is_none(), step.due));
    steps.extend(first.into_iter().take(STEPS_SHOWN).map(|(entry, step)| NextStep {
        what: texts::titled(lang, &entry.title, &step.what),
        who: step.who.clone(),
        due: step.due.map(|due| context.due(due)),
    }));
    steps
}
