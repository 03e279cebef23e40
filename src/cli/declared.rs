//! `proofpack check FILE --schema SCHEMA`: any table against the Table Schema that somebody declared for it.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::stopped::Stopped;
use super::told::Told;
use super::{answers, source};
use crate::answer::Answer;
use crate::check::schema::TableSchema;
use crate::check::table::{self, OtherTable, OtherTables};
use crate::check::upload::Upload;
use crate::convert;
use crate::disk;
use crate::finding;
use crate::limits;

/// A schema, what was noticed in it, and the tables that its foreign keys name.
pub(super) struct Declared {
    schema: TableSchema,
    notices: Vec<finding::Finding>,
    tables: OtherTables,
}

impl Declared {
    /// Reads the schema and the other tables. A schema that cannot be used is answered with what is wrong with it, and
    /// ends the run: no file was checked.
    pub(super) fn read(
        path: &Path,
        tables: &[(String, PathBuf)],
        told: &Told,
        out: &mut dyn Write,
    ) -> Result<Self, Stopped> {
        let shown = disk::shown(path);
        let mut findings = Vec::new();
        let bytes = disk::read(path, &shown, limits::DOCUMENT_BYTES, &mut findings);
        let Some(schema) = bytes.and_then(|bytes| TableSchema::declared(&shown, &bytes, &mut findings)) else {
            answers::print(&[Answer::new(shown.clone(), "", "table schema", findings)], 1, told, out)?;
            out.flush()?;
            return Err(Stopped::new(format!("{shown} cannot be used as a schema; nothing was checked")));
        };
        let mut others = OtherTables::new();
        for (name, file) in tables {
            let path = disk::shown(file);
            let mut findings = Vec::new();
            let bytes = disk::read(file, &path, limits::RECORDS_BYTES, &mut findings)
                .and_then(|bytes| convert::plain(&path, bytes, &mut findings));
            let Some(bytes) = bytes else {
                let why: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
                return Err(Stopped::new(format!("table `{name}`: {path} {}", why.join("; "))));
            };
            if others.insert(name.clone(), OtherTable { path, bytes }).is_some() {
                return Err(Stopped::new(format!("table `{name}` is given twice")));
            }
        }
        Ok(Self { schema, notices: findings, tables: others })
    }

    /// Checks a file.
    pub(super) fn check(&self, path: &Path, sheet: Option<&str>) -> Result<Upload, Stopped> {
        if !disk::is_file(path) {
            let what = if disk::is_folder(path) { "is a folder; --schema checks files" } else { "does not exist" };
            return Err(Stopped::new(format!("{} {what}", path.display())));
        }
        let shown = disk::shown(path);
        let mut findings = self.notices.clone();
        let checked = match source::open(path, &shown, &mut findings) {
            Some(mut source) => {
                let (schema, tables) = (&self.schema, &self.tables);
                table::check(&shown, &mut *source, source::on_every_core, sheet, schema, tables, &mut findings)
            }
            None => table::Checked { missing: Vec::new(), rows: None, has_its_columns: false },
        };
        Ok(Upload::of_table(checked, findings))
    }
}
