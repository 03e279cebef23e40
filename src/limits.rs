//! Every limit with its name and value. A message about a limit names it, so that a user can find it here.

/// A named limit.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Name shown in messages.
    pub name: &'static str,
    /// Largest permitted value, in the unit that the name tells.
    pub value: u64,
}

/// Largest text document (configuration, Markdown, JSON) that is read whole, and largest record of a table.
pub const DOCUMENT_BYTES: Limit = Limit { name: "document_bytes", value: 8 << 20 };
/// Largest record file (CSV, XLSX, JSON, JSONL) that is read whole.
pub const RECORDS_BYTES: Limit = Limit { name: "records_bytes", value: 64 << 20 };
/// Largest export of another program: 100,000 items of 2 KiB. It is read whole, so it bounds the memory of a run too.
pub const EXPORT_BYTES: Limit = Limit { name: "export_bytes", value: 256 << 20 };
/// Most values (texts, numbers, lists, tables …) of one JSON document: a small one takes far more memory than bytes.
pub const JSON_VALUES: Limit = Limit { name: "json_values", value: 10_000_000 };
/// Most rows of one sheet (Excel's own limit).
pub const TABLE_ROWS: Limit = Limit { name: "table_rows", value: 1_048_576 };
/// Most rows of one text table, which is read in pieces and never held whole.
pub const TEXT_ROWS: Limit = Limit { name: "text_rows", value: 100_000_000 };
/// Most columns of one record table (Excel's own limit).
pub const TABLE_COLUMNS: Limit = Limit { name: "table_columns", value: 16_384 };
/// Longest text of one cell, in bytes (Excel allows 32,767 characters).
pub const CELL_BYTES: Limit = Limit { name: "cell_bytes", value: 131_072 };
/// Most bytes that the parts of one workbook may inflate to.
pub const INFLATED_BYTES: Limit = Limit { name: "inflated_bytes", value: 512 << 20 };
/// Most parts in one workbook container.
pub const CONTAINER_PARTS: Limit = Limit { name: "container_parts", value: 4_096 };
/// Deepest nesting of JSON, TOML or XML.
pub const NESTING: Limit = Limit { name: "nesting", value: 128 };
/// Most shared texts in one workbook.
pub const SHARED_TEXTS: Limit = Limit { name: "shared_texts", value: 8 << 20 };
/// Most bytes of all shared texts of one workbook.
pub const SHARED_BYTES: Limit = Limit { name: "shared_bytes", value: 128 << 20 };
/// Most bytes of the texts in all cells of one sheet, a text that cells share counted for each of them.
pub const SHEET_BYTES: Limit = Limit { name: "sheet_bytes", value: 1 << 30 };
/// Most tags and texts of one workbook that have to be read one by one, as they are not written in the usual way.
pub const XML_EVENTS: Limit = Limit { name: "xml_events", value: 64 << 20 };
/// Most cell styles and number formats of one workbook (Excel allows 65,490 styles).
pub const CELL_STYLES: Limit = Limit { name: "cell_styles", value: 131_072 };
/// Most memory that the conversion of one workbook of an old format may take.
pub const CONVERTER_BYTES: Limit = Limit { name: "converter_bytes", value: 1 << 30 };
/// Longest that the conversion of one workbook of an old format may work, in seconds.
pub const CONVERTER_SECONDS: Limit = Limit { name: "converter_seconds", value: 20 };
/// Most findings of one code that one file reports with their places; the rest are counted.
pub const FINDINGS_PER_CODE: Limit = Limit { name: "findings_per_code", value: 100 };
/// Most findings of one file that keep their places so that a returned workbook can mark each.
pub const MARKED_FINDINGS: Limit = Limit { name: "marked_findings", value: 100_000 };
/// Most files of one bundle: a gist lists 300.
pub const BUNDLE_FILES: Limit = Limit { name: "bundle_files", value: 300 };
/// Largest file of a bundle: a gist gives up to 10 MB.
pub const ARTIFACT_BYTES: Limit = Limit { name: "artifact_bytes", value: 10_000_000 };
/// Largest file of a gist: its API gives larger ones back cut.
pub const GIST_FILE_BYTES: Limit = Limit { name: "gist_file_bytes", value: 1_000_000 };
/// Most bytes that are sent to make one gist; servers time out on more.
pub const GIST_BYTES: Limit = Limit { name: "gist_bytes", value: 20_000_000 };
/// Most files that one pack may have on disk.
pub const PACK_FILES: Limit = Limit { name: "pack_files", value: 2_000 };
