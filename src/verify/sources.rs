//! External sources of a text: distinct sites that are neither ours nor reserved for examples.

use std::collections::BTreeSet;

/// The site of a web address: its registrable domain. `None` for anything that is not an external source.
///
/// The registrable domain is taken as the last two labels, or the last three where the second-level label is one of
/// those that country registries set aside (`com.tw`, `co.uk`); a full public suffix list would change with time.
pub(super) fn site(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let [.., second, top] = labels.as_slice() else { return None };
    // Not a name but a number, a reserved name, or the place where packs themselves are published.
    let reserved = ["example", "test", "invalid", "localhost", "local", "internal"];
    if top.bytes().all(|byte| byte.is_ascii_digit())
        || reserved.contains(top)
        || *second == "example"
        || labels[0] == "gist"
        || labels.iter().any(|label| label.is_empty())
    {
        return None;
    }
    let registry = ["com", "co", "org", "net", "gov", "edu", "ac", "idv", "or", "ne"];
    let length = if top.len() == 2 && registry.contains(second) { 3 } else { 2 };
    (labels.len() >= length).then(|| labels[labels.len() - length..].join("."))
}

/// The distinct sites of many web addresses.
pub(super) fn sites<'a>(addresses: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    addresses.filter_map(site).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_registrable_domains() {
        let check = |address: &str| site(address).unwrap_or_default();
        assert_eq!(check("https://help.shopify.com/en/manual"), "shopify.com");
        assert_eq!(check("http://www.books.com.tw:80?q"), "books.com.tw");
        assert_eq!(check("https://user@sre.google/x"), "sre.google");
        for inner in [
            "https://example.com/",
            "https://gist.github.com/a/b",
            "https://10.0.0.1/",
            "https://localhost/",
            "ftp://a.org",
            "a.md",
            "https://com.tw/",
        ] {
            assert_eq!(check(inner), "", "{inner}");
        }
    }
}
