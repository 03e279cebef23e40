//! What holds for every sheet of a workbook, and which sheets there are.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::container::{Container, Relation};
use super::formats::{Shown, styles};
use super::refused::{Refused, refused};
use super::shared::Shared;
use super::xml::attribute;
use crate::finding::Place;
use crate::limits;
use crate::read::capped::too_large;
use crate::read::crew::{Crew, alone};
use crate::read::sheets::OWN_SHEETS;

/// What holds for every sheet.
pub(super) struct Workbook {
    /// Sheets in their order.
    pub(super) sheets: Vec<Sheet>,
    pub(super) shared: Shared,
    /// What a cell of this style shows its number as.
    pub(super) styles: Vec<Shown>,
    /// Days are counted from 1904 and not from 1900.
    pub(super) from_1904: bool,
}

pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) is_hidden: bool,
}

impl Sheet {
    /// The place of the sheet in the workbook at this path.
    pub(super) fn place(&self, path: &str) -> Place {
        Place { sheet: Some(self.name.clone()), ..Place::file(path) }
    }
}

impl Workbook {
    pub(super) fn read(container: &mut Container<'_>, crew: Crew) -> Result<Self, Refused> {
        let path = container.path;
        let of_sort = |relations: &[Relation], sort: &str| {
            relations.iter().find(|relation| relation.sort == sort).map(|relation| relation.part.clone())
        };
        let roots = container.relations("")?;
        let Some(main) = of_sort(&roots, "officeDocument") else {
            return Err(refused(path, "is a container without a workbook").into());
        };
        let relations = container.relations(&main)?;
        let by_id: BTreeMap<_, _> = relations.iter().map(|relation| (relation.id.as_str(), relation)).collect();
        let mut sheets = Vec::new();
        let mut from_1904 = false;
        container.required::<(), _>(&main, alone, |xml| {
            while let Some(event) = xml.next()? {
                let Event::Start(element) = event else { continue };
                match element.local_name().as_ref() {
                    "workbookPr" => {
                        from_1904 = matches!(attribute(&element, "date1904").as_deref(), Some("1" | "true"));
                    }
                    "sheet" => {
                        let is_hidden = attribute(&element, "state").is_some_and(|state| state != "visible");
                        let id = attribute(&element, "id").unwrap_or_default();
                        // Charts and dialogs are sheets too, without cells.
                        let Some(relation) = by_id.get(id.as_ref()).filter(|relation| relation.sort == "worksheet")
                        else {
                            continue;
                        };
                        if sheets.len() as u64 == limits::CONTAINER_PARTS.value {
                            let what = "the workbook has more sheets";
                            return Err(Box::new(too_large(Place::file(path), what, limits::CONTAINER_PARTS)));
                        }
                        // Excel allows 31 characters.
                        let name: String = attribute(&element, "name").unwrap_or_default().chars().take(31).collect();
                        // Those were written by proofpack about the table beside them.
                        if !name.starts_with(OWN_SHEETS) {
                            sheets.push(Sheet { name, part: relation.part.clone(), is_hidden });
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        let shared = match of_sort(&relations, "sharedStrings") {
            Some(part) => Shared::read(container, &part, crew)?,
            None => Shared::default(),
        };
        let styles = match of_sort(&relations, "styles") {
            Some(part) => styles(container, &part)?,
            None => Vec::new(),
        };
        Ok(Self { sheets, shared, styles, from_1904 })
    }
}

/// The first names of a list.
pub(super) fn named<Name: AsRef<str>>(names: &[Name]) -> String {
    let first: Vec<_> = names.iter().take(10).map(|name| format!("`{}`", name.as_ref())).collect();
    let and_more = if names.len() > 10 { format!(" and {} more", names.len() - 10) } else { String::new() };
    first.join(", ") + &and_more
}
