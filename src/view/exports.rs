//! The exports of a kind as page content: which were given and which were not, and what they may hold.

use crate::check::export::{Export, Exported, Form};
use crate::check::shape::{Shape, Type};
use crate::facts::Facts;
use crate::lang::Lang;
use crate::view::compose::section;
use crate::view::page::{Block, Inline, Section, Table};
use crate::view::texts;

/// Every export of the kind with how many items were given; what was not given is not checked.
pub(super) fn exports(exports: &[Export], facts: &Facts, lang: Lang) -> Section {
    let row = |export: &Export| {
        let given = facts.exports.get(export.name);
        let status = match given.map(Exported::count) {
            None => Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()),
            Some(None) => Inline::Unknown(texts::UNKNOWN.get(lang).to_owned()),
            Some(Some(count)) => Inline::Text(texts::items(lang, count)),
        };
        let file = given.map_or_else(
            || Inline::Text(String::new()),
            |given| {
                let within = format!("packs/{}/", facts.pack.slug);
                Inline::Code(given.file.strip_prefix(&within).unwrap_or(&given.file).to_owned())
            },
        );
        let title = Inline::Text(export.title.get(lang).to_owned());
        vec![title, status, file, Inline::Text(export.about.get(lang).to_owned())]
    };
    let columns = [texts::EXPORT, texts::STATUS, texts::FILE, texts::DESCRIPTION];
    let table = Table {
        caption: texts::EXPORTS_CAPTION.get(lang).to_owned(),
        columns: columns.map(|words| words.get(lang).to_owned()).to_vec(),
        rows: exports.iter().map(row).collect(),
        empty: Inline::Text(String::new()),
    };
    section("exports", texts::EXPORTS.get(lang), vec![Block::Table(table)])
}

/// What each export may hold, key by key; inner tables are named by their path.
pub(super) fn data_model(exports: &[Export], lang: Lang) -> impl Iterator<Item = Section> {
    exports.iter().map(move |export| {
        let mut blocks = vec![Block::Text(export.about.get(lang).to_owned())];
        if let Some(shape) = export.form.shape() {
            let mut rows = Vec::new();
            keys(shape, "", lang, &mut rows);
            let columns = [texts::FIELD, texts::TYPE, texts::REQUIRED, texts::DESCRIPTION];
            blocks.push(Block::Table(Table {
                caption: match export.form {
                    Form::Items { id: Some(id), .. } => texts::primary_key(lang, &[id.to_owned()]),
                    _ => shape.about.to_owned(),
                },
                columns: columns.map(|words| words.get(lang).to_owned()).to_vec(),
                rows,
                empty: Inline::Text(String::new()),
            }));
        }
        let title = texts::named(lang, export.title.get(lang), &format!("exports/{}", export.name));
        section(&format!("export-{}", export.name.replace('_', "-")), &title, blocks)
    })
}

fn keys(shape: &Shape, path: &str, lang: Lang, rows: &mut Vec<Vec<Inline>>) {
    for key in shape.keys {
        let name = format!("{path}{}", key.name);
        let required = if key.required { texts::YES } else { texts::NO };
        rows.push(vec![
            Inline::Code(name.clone()),
            of_type(&key.value, lang),
            Inline::Text(required.get(lang).to_owned()),
            Inline::English(key.about.to_owned()),
        ]);
        if let Some((shape, list)) = inner(&key.value) {
            keys(shape, &format!("{name}{list}."), lang, rows);
        }
    }
}

/// The table within a value, and the mark of a list.
fn inner(value: &Type) -> Option<(&'static Shape, &'static str)> {
    match value {
        Type::Table(shape) => Some((shape, "")),
        Type::Nullable(value) => inner(value),
        Type::List(item) => inner(item).map(|(shape, _)| (shape, "[]")),
        _ => None,
    }
}

fn of_type(value: &Type, lang: Lang) -> Inline {
    let name = match value {
        Type::Word(words) | Type::Known(words) => {
            let mut parts = vec![Inline::Text(texts::ONE_OF.get(lang).to_owned())];
            for (at, word) in words.iter().enumerate() {
                if at > 0 {
                    parts.push(Inline::Text(texts::separator(lang).to_owned()));
                }
                parts.push(Inline::Code((*word).to_owned()));
            }
            return Inline::Many(parts);
        }
        Type::Nullable(value) => return of_type(value, lang),
        Type::Text | Type::AnyText => "text",
        Type::Bool => "boolean",
        Type::Count => "count",
        Type::Number => "number",
        Type::Date => "date",
        Type::Moment => "datetime",
        Type::List(_) => "list",
        Type::Table(_) | Type::Map(_) => "object",
        Type::Any => "any",
    };
    Inline::Code(name.to_owned())
}
