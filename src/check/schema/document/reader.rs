//! What every part of the document of a schema needs to be read: whose it is, and where to say what is wrong with it.

use crate::check::field::OwnWords;
use crate::check::shape::Shape;
use crate::codes;
use crate::finding::{Code, Finding, Place, Severity, did_you_mean};
use crate::read::json::push_pointer;
use crate::read::text::Text;
use crate::read::tree::Node;

/// Whose schema it is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Dialect {
    /// Of a record table of ours.
    Own,
    /// Of somebody else, as Table Schema v2 has it.
    Declared,
}

/// A document that is being read. Each part of it has its methods in a file of its own.
pub(super) struct Reader<'a, 'f> {
    pub(super) text: Text<'a>,
    pub(super) dialect: Dialect,
    pub(super) findings: &'f mut Vec<Finding>,
}

impl Reader<'_, '_> {
    fn add(&mut self, code: &'static Code, node: &Node, pointer: &str, message: impl Into<String>) -> &mut Finding {
        let place = Place { pointer: Some(pointer.to_owned()), ..self.text.place(node.offset) };
        self.findings.push(Finding::new(code, place, message));
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// Says what makes the schema useless.
    pub(super) fn wrong(&mut self, node: &Node, pointer: &str, message: impl Into<String>) {
        self.add(&codes::BAD_SCHEMA, node, pointer, message);
    }

    /// Says which keys nothing reads, and which a schema of ours lacks.
    pub(super) fn keys(&mut self, node: &Node, shape: &Shape, pointer: &str, own: &[&'static str]) {
        let known = || shape.keys.iter().map(|key| key.name);
        for entry in node.entries().iter().filter(|entry| known().all(|name| *name != *entry.key)) {
            let near = did_you_mean(&entry.key, known());
            // Table Schema permits keys of other programs; a misspelt one would be a check that nobody makes.
            let is_harmless = self.dialect == Dialect::Declared && near.is_none();
            let mut pointer = pointer.to_owned();
            push_pointer(&mut pointer, &entry.key);
            let message = format!("key `{}` is not known here and checks nothing", entry.key);
            let finding = self.add(&codes::UNKNOWN_KEY, &entry.node, &pointer, message);
            finding.hint = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            if is_harmless {
                finding.severity = Severity::Notice;
            }
        }
        if self.dialect == Dialect::Own {
            for key in own.iter().filter(|key| node.text_at(key).is_none_or(|text| text.trim().is_empty())) {
                self.add(&codes::MISSING_KEY, node, pointer, format!("key `{key}` is missing"));
            }
        }
    }
}

/// A text of ours in both languages.
pub(super) fn words(node: &Node, en: &str, zh: &str) -> OwnWords {
    let text = |key| node.text_at(key).unwrap_or_default().to_owned();
    OwnWords { zh: text(zh), en: text(en) }
}
