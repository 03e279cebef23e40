//! Which keys the document of a schema has: those of the table, of a field and of its constraints.

use crate::check::shape::{Shape, Type, optional, required};

/// The types of fields.
pub(in crate::check::schema) const TYPES: &[&str] = &[
    "any",
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "time",
    "datetime",
    "year",
    "yearmonth",
    "duration",
    "object",
    "array",
    "list",
    "geopoint",
    "geojson",
];
/// What the items of a list may be.
const ITEM_TYPES: &[&str] = &["string", "integer", "number", "boolean", "date", "time", "datetime"];

/// What a schema of ours has beyond what Table Schema asks for.
pub(super) const OWN_KEYS: [&str; 5] = ["name", "title", "title_zh_hant", "description", "description_zh_hant"];
pub(super) const OWN_FIELD_KEYS: [&str; 3] = ["type", "description", "description_zh_hant"];

static CONSTRAINTS: Shape = Shape {
    about: "What a value has to be beyond its type.",
    closed: true,
    keys: &[
        optional("required", Type::Bool, "whether every row has a value"),
        optional("unique", Type::Bool, "whether no two rows have the same value"),
        optional("enum", Type::List(&Type::Any), "the only values that have a meaning"),
        optional("pattern", Type::Any, "what the whole text has to look like"),
        optional("minimum", Type::Any, "smallest value"),
        optional("maximum", Type::Any, "largest value"),
        optional("exclusiveMinimum", Type::Any, "value above which all others are"),
        optional("exclusiveMaximum", Type::Any, "value below which all others are"),
        optional("minLength", Type::Count, "least characters, items or keys"),
        optional("maxLength", Type::Count, "most characters, items or keys"),
        optional("jsonSchema", Type::Any, "not supported"),
    ],
};

pub(super) static FIELD: Shape = Shape {
    about: "A field of the table.",
    closed: false,
    keys: &[
        required("name", Type::Text, "name of the column or key"),
        optional("type", Type::Word(TYPES), "what its values are"),
        optional("format", Type::Text, "how they are written"),
        optional("title", Type::Any, "a title"),
        optional("description", Type::Any, "what it means, in English"),
        optional("description_zh_hant", Type::Any, "what it means, in Chinese"),
        optional("example", Type::Any, "an example"),
        optional("rdfType", Type::Any, "class that it stands for"),
        optional("constraints", Type::Table(&CONSTRAINTS), "what a value has to be beyond its type"),
        optional("categories", Type::List(&Type::Any), "the only values that have a meaning"),
        optional("categoriesOrdered", Type::Bool, "whether they have an order"),
        optional("missingValues", Type::List(&Type::Any), "texts that stand in place of a value"),
        optional("decimalChar", Type::Any, "what stands for the decimal point"),
        optional("groupChar", Type::Any, "what groups digits"),
        optional("bareNumber", Type::Bool, "whether nothing else stands around a number"),
        optional("trueValues", Type::List(&Type::Any), "texts that mean true"),
        optional("falseValues", Type::List(&Type::Any), "texts that mean false"),
        optional("delimiter", Type::Any, "what separates the items of a list"),
        optional("itemType", Type::Word(ITEM_TYPES), "what the items of a list are"),
    ],
};

pub(super) static SHAPE: Shape = Shape {
    about: "A table.",
    closed: false,
    keys: &[
        optional("$schema", Type::Any, "profile that the schema follows"),
        optional("name", Type::Text, "name of the table and of its files"),
        optional("title", Type::Any, "title in English"),
        optional("title_zh_hant", Type::Any, "title in Chinese"),
        optional("description", Type::Any, "what a row is, in English"),
        optional("description_zh_hant", Type::Any, "what a row is, in Chinese"),
        required("fields", Type::List(&Type::Table(&FIELD)), "its fields in their order"),
        optional("fieldsMatch", Type::Any, "which columns there must and may be"),
        optional("missingValues", Type::List(&Type::Any), "texts that stand in place of a value"),
        optional("primaryKey", Type::Any, "fields that tell rows apart"),
        optional("uniqueKeys", Type::List(&Type::Any), "fields that together do not repeat"),
        optional("foreignKeys", Type::List(&Type::Any), "fields whose values stand elsewhere too"),
    ],
};
