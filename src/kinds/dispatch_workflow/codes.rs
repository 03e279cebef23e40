//! The finding codes that only this kind reports: what its exports say that cannot be right. What workers and issues
//! did wrong is no fault of an export; the page tells it.

use crate::codes::{Code, codes, lower};
use crate::finding::Severity::{Error, Warning};
use crate::lang::words;

codes! {
    pub(super),
    UNKNOWN_LANE: Warning, "未知的 lane", "lane that does not exist",
        "An export names a lane that is neither known nor an older name of one. The text is kept, the item is shown, and no worker takes it.",
        "\"lane\": \"blue\"",
        "Correct the lane on the server, or add it to the lane configuration.";
    LANE_CONFIGURATION: Error, "lane 設定有誤", "lane configuration that cannot be used",
        "With a configuration like this the server would refuse to start or hide work.",
        "\"lanes\": []",
        "Correct what the message says in the server's lane configuration, then export again.";
    AUDIT_BREAKDOWN: Warning, "稽核拆分讀不出子 issue", "breakdown without a child",
        "The audit has a breakdown section, but nothing in it is a child issue, so decomposing it would do nothing.",
        "### Cache invoices (without [P1])",
        "Write one `### [P1] Title` block for each child issue.";
    UNSAFE_TEMPLATE: Warning, "範本含不可公開的內容", "template that is not safe to publish",
        "A template becomes public; what is in it cannot be taken back.",
        "DISPATCH_URL=http://dispatch.internal:3000",
        "Take out or replace what stands in the line that the message names.";
}
