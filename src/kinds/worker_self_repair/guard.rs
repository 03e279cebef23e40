//! Whether a job may complete: the gate `artifact_guard` (design 5.2, seed 001).

use crate::decide::Rule;
use crate::lang::{Words, words};

/// What was seen of the primary artifact before complete.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Whether the primary artifact is HTML by its name.
    pub is_html: bool,
    /// `None` when there was no answer.
    pub http_status: Option<u32>,
    pub upload_files_count: u32,
    pub expected_upload_count: u32,
}

impl Seen {
    fn says_nothing(&self) -> bool {
        self.http_status.is_none_or(|status| matches!(status, 408 | 425 | 429 | 500..=599))
    }

    fn is_uploaded(&self) -> bool {
        self.expected_upload_count >= 1 && self.upload_files_count == self.expected_upload_count
    }

    fn opens(&self) -> bool {
        self.http_status == Some(200)
    }
}

/// Whether the name or address of an artifact says that it is HTML. A gist names its files in the fragment, with `-` for
/// the dot.
pub(super) fn is_html(artifact: &str) -> bool {
    let (path, fragment) = artifact.split_once('#').unwrap_or((artifact, ""));
    let path = path.split_once('?').map_or(path, |(path, _)| path).to_ascii_lowercase();
    let fragment = fragment.to_ascii_lowercase();
    let gist_file = fragment.strip_prefix("file-");
    [".html", ".htm"].iter().any(|end| path.ends_with(end) && path.len() > end.len())
        || gist_file.is_some_and(|file| file.ends_with("-html") || file.ends_with("-htm"))
}

/// What the guard says.
#[derive(Debug)]
pub(super) struct Guard {
    /// `result` of the check.
    pub result: &'static str,
    pub route: Words,
}

/// The result of a guard that lets a job complete.
pub(super) const PASS: &str = "pass";

/// Whether a job may complete. The first three conditions are those of the design, the others say which part failed.
pub(super) static GUARDS: &[Rule<Seen, Guard>] = &[
    Rule {
        id: "G1",
        when: words(
            "主要成果為 HTML、HTTP 200、上傳數等於預期（至少 1）",
            "the primary artifact is HTML, answers 200, and the upload count is as expected (at least 1)",
        ),
        holds: |seen| seen.is_html && seen.opens() && seen.is_uploaded(),
        then: Guard { result: PASS, route: words("可以 complete", "complete is allowed") },
    },
    Rule {
        id: "G2",
        when: words("408、425、429、5xx 或沒有回應", "408, 425, 429, 5xx or no answer"),
        holds: Seen::says_nothing,
        then: Guard {
            result: "retry_needed",
            route: words("稍後再檢查，不得 complete", "look again later; no complete"),
        },
    },
    Rule {
        id: "G3",
        when: words("主要成果不是 HTML", "the primary artifact is not HTML"),
        holds: |seen| !seen.is_html,
        then: Guard {
            result: "fail",
            route: words("交出 HTML 主要成果後再檢查", "deliver an HTML primary artifact, then look again"),
        },
    },
    Rule {
        id: "G4",
        when: words("回應不是 HTTP 200", "the answer is not HTTP 200"),
        holds: |seen| !seen.opens(),
        then: Guard {
            result: "fail",
            route: words("讓主要成果可以開啟後再檢查", "make the primary artifact open, then look again"),
        },
    },
    Rule {
        id: "G5",
        when: words(
            "上傳數不等於預期，或預期少於 1",
            "the upload count is not as expected, or less than 1 is expected",
        ),
        holds: |seen| !seen.is_uploaded(),
        then: Guard {
            result: "fail",
            route: words("補齊上傳的檔案後再檢查", "upload what is missing, then look again"),
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide;
    use crate::kinds::worker_self_repair::rules::every_rule_wins;

    const FLAGS: [bool; 2] = [false, true];

    #[test]
    fn guards_are_total_and_pass_only_what_is_whole() {
        let mut facts = Vec::new();
        for is_html in FLAGS {
            for http_status in std::iter::once(None).chain((100..=599).map(Some)) {
                for (upload_files_count, expected_upload_count) in
                    [(0, 0), (0, 1), (1, 1), (12, 13), (13, 12), (13, 13)]
                {
                    facts.push(Seen { is_html, http_status, upload_files_count, expected_upload_count });
                }
            }
        }
        for seen in &facts {
            let result = decide::first(GUARDS, seen).unwrap().rule.then.result;
            let uploaded = seen.upload_files_count == seen.expected_upload_count && seen.upload_files_count > 0;
            let expected = match seen.http_status {
                Some(200) if seen.is_html && uploaded => "pass",
                None | Some(408 | 425 | 429) => "retry_needed",
                Some(status) if status >= 500 => "retry_needed",
                _ => "fail",
            };
            assert_eq!(result, expected, "{seen:?}");
        }
        every_rule_wins(GUARDS, facts);
    }

    #[test]
    fn html_is_told_by_its_name() {
        let check = |artifact: &str, expected: bool| assert_eq!(is_html(artifact), expected, "{artifact}");
        check("console.html", true);
        check("https://gist.example/a/b#file-console-html", true);
        check("https://a.example/Console.HTM?x=1#top", true);
        check("production-brief.md", false);
        check("https://gist.example/a/b#file-brief-md", false);
        check("https://a.example/brief.md?as=.html", false);
        check(".html", false);
    }
}
