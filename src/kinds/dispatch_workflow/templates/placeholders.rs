//! The placeholders of templates, and the configured values that they stand for.

use std::collections::BTreeMap;

use crate::read::tree::{Node, Value};

/// The placeholders that a template may have, written `{{NAME}}`.
pub(in crate::kinds::dispatch_workflow) const PLACEHOLDERS: [&str; 6] = [
    "WORKFLOW_DIR",
    "DISPATCH_LOCAL_AGENT",
    "DISPATCH_CLOUD_AGENT",
    "DISPATCH_FRONTIER_AGENT",
    "BLOCKED_MERGE_REPOS",
    "TRACKED_PR_AUTHORS",
];

/// The declared placeholders that a text uses.
pub(in crate::kinds::dispatch_workflow) fn used(text: &str) -> Vec<&'static str> {
    PLACEHOLDERS.into_iter().filter(|name| text.contains(&format!("{{{{{name}}}}}"))).collect()
}

/// Puts placeholders in place of configured values: the longest value first, on token boundaries, in one pass.
pub(in crate::kinds::dispatch_workflow) fn with_placeholders(
    text: &str,
    values: &BTreeMap<String, Vec<String>>,
) -> String {
    let mut pairs: Vec<(&str, &str)> = values
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| (value.trim(), name.as_str())))
        .filter(|(value, _)| !value.is_empty())
        .collect();
    pairs.sort_by_key(|(value, name)| (std::cmp::Reverse(value.len()), *name));
    let is_token = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    // A path goes on in front of its slash: `/data/x` and `./x` and `{{Y}}/x` are others than `/x`.
    let is_path = |character: char| is_token(character) || matches!(character, '.' | '~' | '}');
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let begins = |value: &str| {
            let open =
                !before.is_some_and(|before| if value.starts_with('/') { is_path(before) } else { is_token(before) });
            let after = rest.strip_prefix(value)?;
            let closed = !value.ends_with(is_token) || !after.starts_with(is_token);
            (open && closed).then_some(after)
        };
        if let Some((name, value, after)) = pairs.iter().find_map(|(value, name)| Some((*name, *value, begins(value)?)))
        {
            made.extend(["{{", name, "}}"]);
            before = value.chars().next_back();
            rest = after;
        } else {
            made.push(next);
            before = Some(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    made
}

/// Configured values by the name of their placeholder; a value may be a list.
pub(in crate::kinds::dispatch_workflow) fn configured(values: Option<&Node>) -> BTreeMap<String, Vec<String>> {
    let entries = values.map(Node::entries).unwrap_or_default();
    let texts = |node: &Node| match &node.value {
        Value::Text(text) => vec![text.clone()],
        _ => node.texts(),
    };
    entries.iter().map(|entry| (entry.key.to_string(), texts(&entry.node))).collect()
}

/// Whose pull requests are worked on, as the configuration of the templates says; none when it does not.
pub(in crate::kinds::dispatch_workflow) fn tracked_authors(config: Option<&Node>) -> Vec<String> {
    let values = configured(config.and_then(|config| config.get("values")));
    let listed = values.get("TRACKED_PR_AUTHORS").into_iter().flatten();
    let names = listed.flat_map(|value| value.split(|one: char| one == ',' || one.is_whitespace()));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_value_goes_first_and_nothing_is_replaced_twice() {
        let values = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
        };
        assert_eq!(with_placeholders("a/b a/b/c", &values(&[("X", "a/b"), ("Y", "a/b/c")])), "{{X}} {{Y}}");
        assert_eq!(with_placeholders("X", &values(&[("Y", "X"), ("X", "Y")])), "{{Y}}");
        assert_eq!(with_placeholders("aXa X. X", &values(&[("Y", "X")])), "aXa {{Y}}. {{Y}}");
        let path = values(&[("W", "/x/wf")]);
        for longer in ["/data/x/wf/run", "./x/wf", "~/x/wf", "{{HOME}}/x/wf", "/x/wf-old", "/x/wf2"] {
            assert_eq!(with_placeholders(longer, &path), longer);
        }
        assert_eq!(with_placeholders("D=/x/wf/run:/x/wf (/x/wf.)", &path), "D={{W}}/run:{{W}} ({{W}}.)");
    }
}
