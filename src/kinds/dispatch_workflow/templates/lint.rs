//! What must not become public in a template: secrets, addresses, schedules, and placeholders that nobody fills.
//!
//! Invariant: a finding names its sort and its line and never repeats the text.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch_workflow::templates::placeholders::PLACEHOLDERS;
use crate::lang::{Words, words};

/// What must not stand in a template.
pub(in crate::kinds::dispatch_workflow) struct Lint {
    /// Its code.
    pub id: &'static str,
    /// What it is, in words.
    pub what: Words,
    /// What to do about it.
    pub fix: Words,
    /// Where it begins, every time.
    find: fn(&str) -> Vec<usize>,
}

/// What is looked for, sorted by code.
pub(in crate::kinds::dispatch_workflow) static LINTS: &[Lint] = &[
    Lint {
        id: "absolute-path",
        what: words("絕對路徑", "an absolute path"),
        fix: words("改用 {{WORKFLOW_DIR}} 或相對路徑", "write {{WORKFLOW_DIR}} or a relative path"),
        find: |text| {
            static PATH: LazyLock<Regex> = LazyLock::new(|| {
                pattern(r#"(?mi)(?:^|[\s"'`(=:,\[]|\bfile://[\w.-]*)(~?/[\w.@+-]+(?:/[\w.@+-]+)*/?|[a-z]:\\[\w.\\-]+)"#)
            });
            // What a request names is no file, and everybody has the null device.
            static REQUEST: LazyLock<Regex> =
                LazyLock::new(|| pattern(r#"(?i)\b(?:get|head|post|put|patch|delete|options)["'`]?\s+["'`]?$"#));
            let is_file = |found: &regex::Match<'_>| {
                let path = found.as_str();
                let is_interface = path.starts_with("/api/") || path == "/api" || path == "/dev/null";
                let line = text[..found.start()].rfind('\n').map_or(0, |end| end + 1);
                !is_interface && !REQUEST.is_match(&text[line..found.start()])
            };
            let found = PATH.captures_iter(text).filter_map(|found| found.get(1));
            found.filter(is_file).map(|found| found.start()).collect()
        },
    },
    Lint {
        id: "concrete-env-value",
        what: words("環境變數寫了實際的值", "an environment variable with its value"),
        fix: words("只寫變數名稱，例如 $DISPATCH_URL", "name the variable only, such as $DISPATCH_URL"),
        find: |text| {
            static ASSIGNED: LazyLock<Regex> =
                LazyLock::new(|| pattern(r#"\bDISPATCH_[A-Z0-9_]+\s?=\s?["']?([^\s"'`]+)"#));
            valued(&ASSIGNED, text, |value| !is_reference(value))
        },
    },
    Lint {
        id: "delivery-target",
        what: words("頻道或送達對象", "a channel or delivery target"),
        fix: words("拿掉；送達設定留在排程裡", "take it out; delivery belongs to the schedule"),
        find: |text| {
            static NAMED: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?i)\b(?:channel|chat|delivery|deliver|recipient|webhook)(?:[_ -]?(?:id|target|to|url))?["']?\s*[:=]\s*["']?([^\s"'`,]+)"#,
                )
            });
            static ADDRESSED: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"(?i)\b((?:discord|slack|telegram|whatsapp|signal|matrix|imessage|msteams):[\w@#+-]\S*|hooks\.slack\.com\S*|discord(?:app)?\.com/api/webhooks\S*)|(<[#@]!?[0-9A-Z]{6,}>)|\b([0-9]{17,20})\b|\b(?:channel|chat|group|room|thread)\s+(?:id\s+)?(?:#[a-z][\w-]*|-?[0-9]{6,}\b)|\b[CGD]0[0-9A-Z]{7,}\b|(?:send|post|deliver|report|announce|reply)\w*\s(?:\S+\s){0,4}?(?:to|in|on)\s(?:the\s)?(?:channel\s)?(#[a-z][\w-]*)",
                )
            });
            let mut found = valued(&NAMED, text, |value| !is_reference(value));
            found.extend(ADDRESSED.find_iter(text).map(|found| found.start()));
            found
        },
    },
    Lint {
        id: "internal-url",
        what: words("非公開的主機，或帶連接埠的主機", "a host that is not public, or one with a port"),
        fix: words("改用 $DISPATCH_URL", "write $DISPATCH_URL"),
        find: |text| {
            static URL: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?i)\b(?:https?|wss?|ssh|git)://(?:[^\s/@"'`]+@)?(\[[0-9a-f:]+\]|[^\s/:"'`)>,\]]+)(:[0-9]+)?"#,
                )
            });
            static BARE: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"(?i)\b(?:[a-z0-9-]+\.)+(?:internal|intranet|local|lan|corp|svc|home\.arpa)\b(?:\.cluster\.local)?(?::[0-9]+)?|\b(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{2,5}\b|\b(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2[0-9]|3[01]))(?:\.[0-9]{1,3}){2,3}\b",
                )
            });
            let is_inside = |host: &str| {
                !is_reference(host)
                    && (!host.contains('.')
                        || host.starts_with('[')
                        || host.chars().all(|one| one.is_ascii_digit() || one == '.'))
            };
            let urls = URL.captures_iter(text).filter_map(|found| {
                let host = found.get(1)?;
                (is_inside(host.as_str()) || (found.get(2).is_some() && !is_reference(host.as_str())))
                    .then(|| host.start())
            });
            let mut found: Vec<_> = urls.collect();
            found.extend(BARE.find_iter(text).map(|found| found.start()));
            found
        },
    },
    Lint {
        id: "malformed-placeholder",
        what: words("寫法不對的佔位符", "a malformed placeholder"),
        fix: words("寫成 {{NAME}}，不留空白", "write {{NAME}} without blanks"),
        find: |text| {
            static DOUBLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{([^{}\n]*)(\}\}|\}?)|\}\}"));
            let is_wrong = |found: &regex::Captures<'_>| {
                found.get(2).is_none_or(|end| end.as_str() != "}}")
                    || !found.get(1).is_some_and(|name| is_name(name.as_str()))
            };
            DOUBLE.captures_iter(text).filter(is_wrong).filter_map(|found| Some(found.get(0)?.start())).collect()
        },
    },
    Lint {
        id: "runtime-id",
        what: words("排程或工作階段的編號", "the id of a job or session"),
        fix: words("拿掉；每次執行都不同", "take it out; it differs every time"),
        find: |text| {
            static ID: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\bsession[_ -]?(?:id|key)["']?(?:\s*[:=]\s*["']?[0-9a-z]|\s+[0-9a-z][\w:-]*[0-9])[\w:-]*|\bagent:[\w-]+:(?:cron|session|subagent):\S+|\bsess_[0-9a-z]{6,}|\bsession["']?\s*[:=]\s*["']?[\w:-]*[0-9][\w:-]*"#,
                )
            });
            ID.find_iter(text).map(|found| found.start()).collect()
        },
    },
    Lint {
        id: "schedule",
        what: words("排程時間", "a schedule"),
        fix: words("拿掉；排程留在排程系統", "take it out; schedules belong to the scheduler"),
        find: |text| {
            static FIELDS: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"(?m)(?:^|[\s'\x22`(:])((?:[0-9*][0-9*/,-]*[ \t]+){4}(?:[0-9*][0-9*/,-]*|(?i:(?:mon|tue|wed|thu|fri|sat|sun)[a-z,-]*)))(?:$|[\s'\x22`).,])",
                )
            });
            static WORD: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?i)(?:^|\s)@(?:hourly|daily|midnight|weekly|monthly|yearly|annually|reboot)\b|\bevery\s+[0-9]+\s*(?:s|m|h|seconds?|min|minutes?|hours?)\b|\beveryMs["']?\s*[:=]\s*[0-9]+|\b(?:schedule|cron)["']?\s*[:=]\s*["']?(?:hourly|nightly|daily|weekly|monthly|every\b)"#,
                )
            });
            // Five plain numbers are a schedule where nothing else stands beside them, or where they are said to be one.
            static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"(?mi)(?:^[\s>*'\x22`-]*|\b(?:cron|schedule|crontab|runs?)(?:\s+at)?['\x22`]?\s*[:=]?\s*['\x22`]?)([0-9][0-9/,-]*(?:[ \t]+[0-9][0-9/,-]*){4})[\s'\x22`.,]*$",
                )
            });
            let mut found = valued(&FIELDS, text, |fields| fields.contains('*'));
            found.extend(valued(&NUMBERS, text, is_schedule));
            found.extend(WORD.find_iter(text).map(|found| found.start()));
            found
        },
    },
    Lint {
        id: "secret",
        what: words("金鑰、密碼或權杖", "a key, password or token"),
        fix: words(
            "拿掉並立刻更換；只寫環境變數名稱",
            "take it out and replace it at once; name the environment variable only",
        ),
        find: |text| {
            static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\bsk-[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{10,}\.[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|\b[a-z]+://[^\s:/@]+:[^\s/@]+@",
                )
            });
            static NAMED: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?i)(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s?[:=]\s?["']?([^\s"'`,;)]+)"#,
                )
            });
            // A name and one word on a line of their own are a setting; prose goes on.
            static SETTING: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r#"(?im)^[\s>*-]*(?:export\s+)?["']?[\w.-]*(?:password|passwd|secret|token|api[_-]?key)["']?\s?[:=]\s?["']?([^\s"'`,;)]{6,})["']?,?$"#,
                )
            });
            static BEARER: LazyLock<Regex> =
                LazyLock::new(|| pattern(r"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._+/=-]{6,})"));
            let mut found: Vec<_> = SHAPES.find_iter(text).map(|found| found.start()).collect();
            found.extend(valued(&NAMED, text, looks_like_a_value));
            found.extend(valued(&SETTING, text, |value| !is_reference(value)));
            found.extend(valued(&BEARER, text, |value| {
                looks_like_a_value(value) && has_digit(value) || value.len() >= 16
            }));
            found
        },
    },
    Lint {
        id: "unknown-placeholder",
        what: words("未宣告的佔位符", "a placeholder that is not one of the six"),
        fix: words("只用宣告過的六個佔位符", "use the six placeholders only"),
        find: |text| {
            static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{([A-Z][A-Z0-9_]*)\}\}"));
            valued(&NAMED, text, |name| !PLACEHOLDERS.contains(&name))
        },
    },
];

/// Where the first group of a pattern holds a value that is wrong.
fn valued(pattern: &Regex, text: &str, is_wrong: fn(&str) -> bool) -> Vec<usize> {
    let groups = pattern.captures_iter(text).filter_map(|found| found.get(1));
    groups.filter(|value| is_wrong(value.as_str())).map(|value| value.start()).collect()
}

/// Whether something stands for a value instead of being one: a variable, a placeholder, a word in angle brackets.
fn is_reference(value: &str) -> bool {
    value.starts_with(['$', '{', '<', '%']) || value.starts_with("...") || value.starts_with('…')
}

/// Whether what follows `token:` may be one, and is no prose.
fn looks_like_a_value(value: &str) -> bool {
    let value = value.trim_end_matches('.');
    !is_reference(value)
        && (has_digit(value) || value.len() >= 12 || value.chars().any(|one| "-_+/=!@#%^&*".contains(one)))
}

/// Whether five fields are each within what a schedule has there: minute, hour, day, month, day of the week.
fn is_schedule(fields: &str) -> bool {
    let within = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    fields.split_whitespace().zip(within).all(|(field, (least, most))| {
        let numbers = field.split([',', '-']).map(|part| part.split('/').next().unwrap_or_default());
        numbers.map(str::parse::<u8>).all(|number| number.is_ok_and(|number| (least..=most).contains(&number)))
    })
}

fn has_digit(value: &str) -> bool {
    value.contains(|character: char| character.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
}

/// What must not stand in a text, with the lines where it does; sorted by code.
pub(in crate::kinds::dispatch_workflow) fn lint(text: &str) -> Vec<(&'static Lint, BTreeSet<usize>)> {
    let ends: Vec<_> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |offset: usize| ends.partition_point(|end| *end < offset) + 1;
    let found = LINTS.iter().map(|lint| (lint, (lint.find)(text).into_iter().map(line).collect::<BTreeSet<_>>()));
    found.filter(|(_, lines)| !lines.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, codes: &[&str]) {
        let ids: Vec<_> = lint(text).iter().map(|(lint, _)| lint.id).collect();
        assert_eq!(ids, codes, "{text}");
    }

    #[test]
    fn every_lint_finds_what_it_is_for() {
        found("token=abc123def", &["secret"]);
        found("password: hunter2", &["secret"]);
        found("Authorization: Bearer abc123def456ghi789", &["secret"]);
        found("ghp_0123456789abcdefghij", &["secret"]);
        found("export DISPATCH_LANE=local", &["concrete-env-value"]);
        found("DISPATCH_URL=http://dispatch.internal:3000", &["concrete-env-value", "internal-url"]);
        found("DISPATCH_AGENT_TOKEN=abc123", &["concrete-env-value", "secret"]);
        found("open http://localhost/x", &["internal-url"]);
        found("open https://10.0.0.5/x", &["internal-url"]);
        found("open https://api.example.com:8443/x", &["internal-url"]);
        found("ask dispatch.svc:3000", &["internal-url"]);
        found("cd /home/saffron/wf", &["absolute-path"]);
        found("cd ~/wf", &["absolute-path"]);
        found(r"cd C:\wf\x", &["absolute-path"]);
        found("job 3f2504e0-4f89-11d3-9a0c-0305e82c3301", &["runtime-id"]);
        found("session id: abc123", &["runtime-id"]);
        found("channel: 1234", &["delivery-target"]);
        found("Send the summary to #ops-alerts", &["delivery-target"]);
        found("discord:ops", &["delivery-target"]);
        found("at */15 * * * *", &["schedule"]);
        found("run @daily", &["schedule"]);
        found("every 30 minutes", &["schedule"]);
        found("sessionId: agent:main", &["runtime-id"]);
        found("session: 20260301-abc", &["runtime-id"]);
        found("Deliver to channel 1234567890", &["delivery-target"]);
        found("the channel #alerts", &["delivery-target"]);
        found("0 9 * * MON-FRI", &["schedule"]);
        found("0 9 1 1 1", &["schedule"]);
        found("x\n- `30 2 1-7 1,7 0`\ny", &["schedule"]);
        found("It runs at 0 9 1 1 1.", &["schedule"]);
        found("cd /app", &["absolute-path"]);
        found("see /data/", &["absolute-path"]);
        found("file:///home/wade/x and file://box/srv", &["absolute-path"]);
        found("deliver to chat 987654321", &["delivery-target"]);
        found("post in group -1001234567890", &["delivery-target"]);
        found("everyMs: 3600000", &["schedule"]);
        found("schedule: hourly", &["schedule"]);
        found("password: swordfish", &["secret"]);
        found("x\n- password = \"swordfish\"\ny", &["secret"]);
        found("ask in C0123456789", &["delivery-target"]);
        found("{{workflow_dir}}", &["malformed-placeholder"]);
        found("{{WORKFLOW_DIR}", &["malformed-placeholder"]);
        found("{{}} and {{OTHER}}", &["malformed-placeholder", "unknown-placeholder"]);
    }

    #[test]
    fn what_templates_say_anyway_is_safe() {
        for text in [
            "Use {{WORKFLOW_DIR}}/scripts and {{DISPATCH_LOCAL_AGENT}}.",
            "Done. PR #{pr} opened for {repo}: {reason}.",
            "Call $DISPATCH_URL/api/issues with Bearer $DISPATCH_AGENT_TOKEN.",
            "POST /api/agents/saffron/heartbeat, read owner/repo and docs/heartbeat.md.",
            "Never print a token: it is a secret. A bearer token is needed.",
            "DISPATCH_URL=$OTHER and DISPATCH_AGENT_TOKEN=<token>",
            "See https://github.com/acme/shop/pull/12 and issue #7 of 2026-03-04.",
            "2>/dev/null",
            "GET /health, then `POST /claim` and/or n/a </div> 1/2.",
            "Numbers: 1 2 3 4 5\n9 99 9 9 9\nA chat of 3 people, a thread 12 long.",
            "The channel is set elsewhere. Steps 1 2 3 4 5.",
            "The schedule: it belongs to the scheduler. The session: one a run.",
            "Never ask for a password: nobody needs one.\ntoken: $DISPATCH_AGENT_TOKEN",
        ] {
            found(text, &[]);
        }
    }

    #[test]
    fn lints_stand_in_the_order_of_their_codes() {
        assert!(LINTS.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    proptest! {
        #[test]
        fn any_text_is_linted(text in "\\PC{0,80}|[{}A-Z/:.@#0-9 *-]{0,80}") {
            for (_, lines) in lint(&text) {
                prop_assert!(lines.iter().all(|line| *line <= text.matches('\n').count() + 1));
            }
        }
    }
}
