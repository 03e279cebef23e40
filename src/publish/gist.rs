//! What an API says about a gist: read strictly, believed in nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::publish::session::json;

/// A gist as an answer describes it.
#[derive(Clone, Debug)]
pub(super) struct Gist {
    /// Id, as it stands in addresses.
    pub id: String,
    /// Login of its owner.
    pub owner: String,
    /// Whether it is listed.
    pub public: bool,
    /// Its description.
    pub description: String,
    /// Whether files are missing from this answer.
    pub truncated: bool,
    /// Address of its page.
    pub page: String,
    /// Its newest revision; listings have none.
    pub revision: Option<String>,
    /// Size and address of each file by name.
    pub files: BTreeMap<String, File>,
}

/// A file of a gist as an answer describes it.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Size in bytes.
    pub size: u64,
    /// Where its bytes are.
    pub raw: String,
}

impl Gist {
    /// Reads one gist. The error says what is missing; an answer that is not from the API at all is told apart.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        Self::from_value(&json(body)?)
    }

    /// Reads a listing. Entries without what every gist has are left out.
    pub(super) fn list(body: &[u8]) -> Result<(usize, Vec<Self>), String> {
        let value = json(body)?;
        let items = value.as_array().ok_or("is JSON, but no list of gists")?;
        Ok((items.len(), items.iter().filter_map(|item| Self::from_value(item).ok()).collect()))
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let text = |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(|| format!("has no `{key}`"));
        let id = text("id")?;
        // The id becomes part of addresses and messages.
        if id.is_empty()
            || id.len() > 100
            || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err("has an `id` that is none".to_owned());
        }
        let mut files = BTreeMap::new();
        for (name, file) in value["files"].as_object().ok_or("has no `files`")? {
            // In an answer, a file stands under its name; another one inside is a renamed file.
            let name = file["filename"].as_str().unwrap_or(name).to_owned();
            let size = file["size"].as_u64().ok_or("has a file without `size`")?;
            let raw = file["raw_url"].as_str().unwrap_or_default().to_owned();
            files.insert(name, File { size, raw });
        }
        Ok(Self {
            id,
            owner: value["owner"]["login"].as_str().unwrap_or_default().to_owned(),
            public: value["public"].as_bool().ok_or("has no `public`")?,
            description: value["description"].as_str().unwrap_or_default().to_owned(),
            truncated: value["truncated"].as_bool().unwrap_or(false),
            page: text("html_url")?,
            revision: value["history"][0]["version"].as_str().map(str::to_owned),
            files,
        })
    }
}

/// The login of the token's owner.
pub(super) fn login(body: &[u8]) -> Result<String, String> {
    let login = json(body)?["login"].as_str().unwrap_or_default().to_owned();
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if login.is_empty() || login.len() > 100 || !login.bytes().all(usual) {
        return Err("has no usable `login`".to_owned());
    }
    Ok(login)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_without_what_every_gist_has_is_none() {
        let check = |json: &str| Gist::read(json.as_bytes()).map_or_else(|why| why, |gist| gist.id);
        assert_eq!(check(r#"{"id":"a1","public":false,"html_url":"u","files":{}}"#), "a1");
        assert_eq!(check(r#"{"id":"a/1","public":false,"html_url":"u","files":{}}"#), "has an `id` that is none");
        assert_eq!(check(r#"{"id":"a1","html_url":"u","files":{}}"#), "has no `public`");
        assert_eq!(check(r#"{"id":"a1","public":true,"html_url":"u","files":{"a":{}}}"#), "has a file without `size`");
        assert!(check("<html>").starts_with("is a web page"));
        assert_eq!(check(r#"{"id":"#), "is not whole JSON");
        assert_eq!(check(""), "is empty");
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>, json in r#"(\{|\}|"files"|"id"|:|,|\[|\]|1|null|true){0,12}"#) {
            let _ = (Gist::read(&body), Gist::list(json.as_bytes()), login(&body));
        }
    }
}
