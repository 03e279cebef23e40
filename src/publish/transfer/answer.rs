//! What a target says it has: read in the form that the target declares, believed in nothing.

use serde_json::Value;

use crate::documents::target::Confirmation;
use crate::publish::session::json;

/// Longest id of a file, in bytes.
const ID_BYTES: usize = 200;

/// A file as an answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub id: String,
    pub name: String,
    /// SHA-256 in lower case, where the target gives it.
    pub sha256: Option<String>,
}

/// Reads a list of files. The error says what is wrong with the answer.
pub(super) fn read(body: &[u8], form: &Confirmation) -> Result<Vec<Named>, String> {
    let value = json(body)?;
    let list = value.pointer(&form.files).and_then(Value::as_array);
    let list = list.ok_or_else(|| format!("has no list at `{}`", form.files))?;
    if let Some(pointer) = &form.count {
        let count = value.pointer(pointer).and_then(Value::as_u64);
        if count != Some(list.len() as u64) {
            let said = count.map_or_else(|| "no number".to_owned(), |count| count.to_string());
            return Err(format!("says {said} at `{pointer}` and lists {}", list.len()));
        }
    }
    list.iter().map(|item| named(item, form)).collect()
}

fn named(item: &Value, form: &Confirmation) -> Result<Named, String> {
    let id = match &item[&form.id] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return Err(format!("has a file without `{}`", form.id)),
    };
    // It goes into the receipt and into messages.
    if id.is_empty() || id.len() > ID_BYTES || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("has a file whose `{}` is none", form.id));
    }
    let text = |key: &str| item[key].as_str().ok_or_else(|| format!("has a file without `{key}`"));
    let sha256 = form.sha256.as_ref().map(|key| text(key)).transpose()?;
    Ok(Named { id, name: text(&form.name)?.to_owned(), sha256: sha256.map(str::to_ascii_lowercase) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(sha256: bool) -> Confirmation {
        Confirmation {
            files: "/data/files".to_owned(),
            id: "id".to_owned(),
            name: "name".to_owned(),
            count: Some("/count".to_owned()),
            sha256: sha256.then(|| "sha256".to_owned()),
        }
    }

    #[test]
    fn an_answer_has_the_declared_form_or_is_none() {
        let check = |json: &str, expected: &str| {
            let read = read(json.as_bytes(), &form(false));
            let read = read
                .map(|read| read.iter().map(|one| format!("{}={}", one.id, one.name)).collect::<Vec<_>>().join(" "));
            assert_eq!(read.unwrap_or_else(|why| why), expected, "{json}");
        };
        let one = |file: &str| format!(r#"{{"data":{{"files":[{file}]}},"count":1}}"#);
        check(&one(r#"{"id":"f1","name":"a.md","more":1}"#), "f1=a.md");
        check(&one(r#"{"id":7,"name":"a.md"}"#), "7=a.md");
        check(&one(r#"{"name":"a.md"}"#), "has a file without `id`");
        check(&one(r#"{"id":"","name":"a.md"}"#), "has a file whose `id` is none");
        check(&one(r#"{"id":"a b","name":"a.md"}"#), "has a file whose `id` is none");
        check(&one(r#"{"id":"f1"}"#), "has a file without `name`");
        check(r#"{"data":{"files":[]},"count":1}"#, "says 1 at `/count` and lists 0");
        check(r#"{"data":{"files":[]}}"#, "says no number at `/count` and lists 0");
        check(r#"{"files":[]}"#, "has no list at `/data/files`");
        check("[]", "has no list at `/data/files`");
        check("", "is empty");
        check(r#"{"da"#, "is not whole JSON");
        assert!(read(b" <html>", &form(false)).unwrap_err().starts_with("is a web page"));
        let hashed = one(r#"{"id":"f1","name":"a.md","sha256":"AB"}"#);
        assert_eq!(read(hashed.as_bytes(), &form(true)).unwrap()[0].sha256.as_deref(), Some("ab"));
        assert!(read(one(r#"{"id":"f1","name":"a.md"}"#).as_bytes(), &form(true)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>, json in r#"(\{|\}|"data"|"files"|"id"|"count"|:|,|\[|\]|1|null){0,12}"#) {
            let _ = (read(&body, &form(true)), read(json.as_bytes(), &form(false)));
        }
    }
}
