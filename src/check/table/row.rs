//! The row that is being checked: what stands in the cell of each field, and the keys that follow from it.

use crate::check::field::Field;
use crate::check::header::blank_required;
use crate::check::table::record::Fact;
use crate::check::value;
use crate::codes;
use crate::finding::Place;
use crate::read::capped::Capped;
use crate::read::format::Format;
use crate::read::row::Value;

/// What the cells of the row say that is being checked. One is used for all rows.
pub(super) struct CurrentRow {
    /// For every field, what stands there.
    states: Vec<State>,
    /// For every field that is part of a key, the text of its value's key.
    parts: Vec<String>,
    /// Which those are.
    pub(super) is_keyed: Vec<bool>,
    /// For every field its value, when records are asked for.
    pub(super) facts: Vec<Option<Fact>>,
    pub(super) is_sound: bool,
}

/// What stands in the cell of a field.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nothing, or what stands for a missing value.
    Missing,
    /// A value.
    Sound,
    /// Something whose fault has been reported.
    Faulty,
}

impl CurrentRow {
    /// Of a table of which these fields are part of a key, before its first row.
    pub(super) fn new(is_keyed: Vec<bool>) -> Self {
        let width = is_keyed.len();
        Self {
            states: vec![State::Missing; width],
            parts: vec![String::new(); width],
            is_keyed,
            facts: Vec::new(),
            is_sound: true,
        }
    }

    /// Forgets the row before.
    pub(super) fn clear(&mut self, with_facts: bool) {
        self.states.fill(State::Missing);
        self.is_sound = true;
        if with_facts {
            self.facts.clear();
            self.facts.resize(self.states.len(), None);
        }
    }

    /// Takes a text that is plainly a value of a field.
    pub(super) fn take(&mut self, index: usize, text: &str) {
        self.states[index] = State::Sound;
        if self.is_keyed[index] {
            self.parts[index].clear();
            self.parts[index].push_str(text);
        }
    }

    /// Reads the value of a field, or reports why it has none.
    pub(super) fn read(
        &mut self,
        field: &Field,
        index: usize,
        value: Value<'_>,
        format: Format,
        place: impl FnOnce() -> Place,
        findings: &mut Capped<'_>,
    ) {
        match value::read(field, value, format) {
            Ok(None) => {}
            Ok(Some(typed)) => {
                self.states[index] = State::Sound;
                if self.is_keyed[index] {
                    self.parts[index].clear();
                    typed.write_key(&mut self.parts[index]);
                }
                if let Some(fact) = self.facts.get_mut(index) {
                    *fact = Some(Fact::of(typed));
                }
            }
            Err(wrong) => {
                self.is_sound = false;
                self.states[index] = State::Faulty;
                findings.add(wrong.code(), || wrong.finding(field, value, place()));
            }
        }
    }

    /// Reports a required field without a value.
    pub(super) fn blank(
        &mut self,
        field: &Field,
        index: usize,
        place: impl FnOnce() -> Place,
        findings: &mut Capped<'_>,
    ) {
        if field.required && self.states[index] == State::Missing {
            self.is_sound = false;
            findings.add(&codes::BLANK_REQUIRED, || blank_required(field, place()));
        }
    }

    /// The text of the key of a field that has a value.
    pub(super) fn part(&self, field: usize) -> Option<&str> {
        (self.states[field] == State::Sound).then(|| self.parts[field].as_str())
    }

    /// The parts of the key of some fields, when every one of them has a value.
    pub(super) fn key<'a>(&'a self, fields: &'a [usize]) -> Option<impl Iterator<Item = &'a str> + Clone> {
        let is_whole = fields.iter().all(|field| self.states[*field] == State::Sound);
        is_whole.then(|| fields.iter().map(|field| self.parts[*field].as_str()))
    }
}
