//! One file as `multipart/form-data` (RFC 7578).

use crate::bundle::{has_extension, manifest};
use crate::publish::transfer::plan::{Plan, Planned};

/// The content type with its boundary, and the body. Names have been checked: none can end its quotes or its line.
pub(super) fn form(plan: &Plan, file: &Planned, bytes: &[u8]) -> (String, Vec<u8>) {
    let target = &plan.target;
    let key_field = target.key_field.iter().map(|name| (name.as_str(), file.key.as_str()));
    let fields: Vec<(&str, &str)> =
        plan.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(key_field).collect();
    let boundary = boundary(&fields, bytes);
    let mut body = Vec::with_capacity(bytes.len() + 1_024);
    for (name, value) in fields {
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let (field, name, content) = (&target.field, &file.name, content_type(&file.name));
    let part = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {content}\r\n\r\n"
    );
    body.extend(part.as_bytes());
    body.extend(bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A text that stands nowhere in what is sent; the same for the same content.
fn boundary(fields: &[(&str, &str)], bytes: &[u8]) -> String {
    let mut seed = manifest::sha256(bytes);
    loop {
        let boundary = format!("proofpack-{seed:.32}");
        let free = |text: &[u8]| memchr::memmem::find(text, boundary.as_bytes()).is_none();
        if free(bytes) && fields.iter().all(|(_, value)| free(value.as_bytes())) {
            return boundary;
        }
        seed = manifest::sha256(seed.as_bytes());
    }
}

fn content_type(name: &str) -> &'static str {
    let kinds = [
        ("html", "text/html; charset=utf-8"),
        ("md", "text/markdown; charset=utf-8"),
        ("json", "application/json"),
        ("toml", "application/toml"),
    ];
    let known = kinds.iter().find(|(extension, _)| has_extension(name, extension));
    known.map_or("application/octet-stream", |(_, content)| content)
}
