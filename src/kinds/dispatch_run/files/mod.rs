//! What would become of the files that a result wants to write: a dry run against an exported tree. Nothing is ever
//! written, and a refused file never fails its task.

use serde_json::json;

use crate::check::names;
use crate::check::privacy::hidden::{self, is_hidden};
use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch_run::tree::{self, Entry, Tree, clean, is_within, parent};
use crate::lang::words;
use crate::read::tree::{Node, Value};

use reason::Caution;
pub(super) use reason::{Reason, told};

mod reason;

/// Most positions of the list that are looked at; refused ones count.
const MOST_FILES: usize = 50;
/// Longest contents, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// Folders of version control: what stands in them steers what runs on the machine.
const CONTROL: [&str; 3] = [".git", ".hg", ".svn"];

/// What would become of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The path: cleaned when it would be written, else as it was given; `*` for the whole list.
    pub path: String,
    /// Why it would not be written.
    pub refused: Option<Reason>,
    /// What is odd about it although it would be written.
    pub caution: Option<Caution>,
}

impl Verdict {
    fn refused(path: &str, reason: Reason) -> Self {
        Self { path: path.to_owned(), refused: Some(reason), caution: None }
    }
}

/// Whether a repository path may be set: absolute, and not the root in disguise.
pub(super) fn repo_path_fault(path: &str) -> Option<Reason> {
    let path = path.trim();
    match path {
        "" => Some(Reason::RepoPathEmpty),
        _ if !path.starts_with('/') => Some(Reason::RepoPathNotAbsolute),
        _ if clean(path) == "/" => Some(Reason::RepoPathRoot),
        _ => None,
    }
}

/// The verdict on every file of a list, in its order. `denied` are more names that no folder on the way may have.
pub(super) fn apply(repo_path: &str, files: &Node, tree: &Tree<'_>, denied: &[String]) -> Vec<Verdict> {
    let whole = |reason: Reason| vec![Verdict::refused("*", reason)];
    if let Some(reason) = repo_path_fault(repo_path) {
        return whole(reason);
    }
    let resolved = tree.resolve(repo_path.trim()).filter(|path| tree.get(path) == Some(&Entry::Folder));
    let Some(repo) = resolved else { return whole(Reason::RepoPathUnresolvable) };
    if repo == "/" {
        return whole(Reason::RepoPathRoot);
    }
    if !is_readable(files) {
        return whole(Reason::WrongType);
    }
    let mut tree = Tree::over(tree);
    let written = |(position, entry)| verdict(position, entry, || write(entry, &repo, &mut tree, denied));
    files.items().iter().enumerate().map(written).collect()
}

/// The verdict on every file of a list as far as it goes without a tree: a path that is not refused may still lead out
/// of the repository through a link, or stand where a folder is.
pub(super) fn without_tree(files: &Node, denied: &[String]) -> Vec<Verdict> {
    if !is_readable(files) {
        return vec![Verdict::refused("*", Reason::WrongType)];
    }
    let inside = |entry: &Node| match inside(entry, denied)? {
        repository if repository.is_empty() => Err(Reason::UnsafePath),
        path => Ok(path),
    };
    files.items().iter().enumerate().map(|(position, entry)| verdict(position, entry, || inside(entry))).collect()
}

/// Whether it is a list that can be read: one decoder reads it as a whole, also behind the last position that is looked
/// at.
fn is_readable(files: &Node) -> bool {
    matches!(files.value, Value::List(_) | Value::Null) && files.items().iter().all(is_decodable)
}

/// The verdict on the file at a position: what `judged` says, if the position is looked at.
fn verdict(position: usize, entry: &Node, judged: impl FnOnce() -> Result<String, Reason>) -> Verdict {
    match if position < MOST_FILES { judged() } else { Err(Reason::TooManyFiles) } {
        Ok(path) => Verdict { caution: caution(&path), path, refused: None },
        Err(reason) => {
            let path = entry.text().or_else(|| key(entry, "path").and_then(Node::text)).unwrap_or_default();
            Verdict::refused(path, reason)
        }
    }
}

/// Whether an entry is a file object, or a path alone, which does not stop the rest. Absent and null are the same; what
/// nobody looks at, such as `mode`, may be anything.
fn is_decodable(entry: &Node) -> bool {
    let is_text = |name| key(entry, name).is_none_or(|node| matches!(node.value, Value::Text(_) | Value::Null));
    match entry.value {
        Value::Table(_) => is_text("path") && is_text("contents"),
        _ => matches!(entry.value, Value::Text(_) | Value::Null),
    }
}

/// Writes one file into the tree; its path inside the repository, cleaned.
fn write(entry: &Node, repo: &str, tree: &mut Tree<'_>, denied: &[String]) -> Result<String, Reason> {
    let inside = inside(entry, denied)?;
    let target = if inside.is_empty() { repo.to_owned() } else { format!("{repo}/{inside}") };
    let above = tree.resolve(&tree.existing_above(&target)).ok_or(Reason::SymlinkEscape)?;
    // The file itself may be a link too; what is written through it lands at its end.
    let end = tree.resolve(&target).ok_or(Reason::SymlinkEscape)?;
    if !is_within(&above, repo) || !is_within(&end, repo) {
        return Err(Reason::SymlinkEscape);
    }
    if is_denied(end.strip_prefix(repo).unwrap_or_default(), denied) {
        return Err(Reason::DeniedPath);
    }
    // A link may lead to the repository itself, which is a folder.
    if end == repo {
        return Err(Reason::WriteFailed);
    }
    let mut at = parent(&end);
    while at != repo {
        if tree.get(at).is_some_and(|entry| *entry != Entry::Folder) {
            return Err(Reason::MkdirFailed);
        }
        at = parent(at);
    }
    if tree.get(&end) == Some(&Entry::Folder) {
        return Err(Reason::WriteFailed);
    }
    tree.add_file(&end);
    Ok(inside)
}

/// The path of one file inside the repository, cleaned, when neither the path nor the contents speak against it; blank
/// for the repository itself.
fn inside(entry: &Node, denied: &[String]) -> Result<String, Reason> {
    if entry.text().is_some() {
        return Err(Reason::PathOnly);
    }
    let path = key(entry, "path").and_then(Node::text).unwrap_or_default();
    let contents = key(entry, "contents").and_then(Node::text).ok_or(Reason::MissingContents)?;
    if contents.len() > MOST_BYTES {
        return Err(Reason::TooLarge);
    }
    let inside = safe(path)?;
    if is_denied(&inside, denied) { Err(Reason::DeniedPath) } else { Ok(inside) }
}

/// A path inside the repository, cleaned; blank is the repository itself. What leaves it, what begins at the root or a
/// drive, a `\`, and what no file system takes as a name is refused; what is merely odd is not ([`caution`]).
fn safe(path: &str) -> Result<String, Reason> {
    if path.starts_with('/') || path.contains(['\\', '\0']) {
        return Err(Reason::UnsafePath);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(Reason::UnsafePath)?;
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if drive || parts.iter().any(|part| part.len() > LONGEST_NAME) { Err(Reason::UnsafePath) } else { Ok(path) }
}

/// Longest name of a file or folder that systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// What is odd about a path that may be written: a part of it is a device on Windows, has an end that is left out there
/// or a character that means something else, or people do not read in it what it says.
fn caution(path: &str) -> Option<Caution> {
    // Texts have a use for these where a name has none.
    let is_odd = |one: char| one.is_control() || matches!(one, '\u{AD}' | '\u{FEFF}');
    if path.contains(is_odd) || !hidden::find(path).is_empty() {
        return Some(Caution::Hidden);
    }
    let is_portable = |part: &str| {
        names::device(part).is_none()
            && !part.ends_with(['.', ' '])
            && !part.contains([':', '*', '?', '"', '<', '>', '|'])
    };
    (!path.split('/').all(is_portable)).then_some(Caution::NotPortable)
}

/// Whether a part of the path is a folder of version control or a denied name, as systems would see it that ignore case,
/// dots and blanks at the end, a stream behind a colon, or characters that cannot be seen.
fn is_denied(path: &str, denied: &[String]) -> bool {
    path.split('/').any(|part| {
        let name = part.split(':').next().unwrap_or_default();
        let part = name.replace(is_hidden, "").trim_end_matches(['.', ' ']).to_lowercase();
        CONTROL.contains(&part.as_str()) || part == "git~1" || denied.iter().any(|name| name.to_lowercase() == part)
    })
}

/// The value of a key, whatever its case: programs that write results do not agree on it.
fn key<'a>(entry: &'a Node, name: &str) -> Option<&'a Node> {
    let other = || entry.entries().iter().find(|entry| entry.key.eq_ignore_ascii_case(name)).map(|entry| &entry.node);
    entry.get(name).or_else(other)
}

/// `apply-files`: the files of a result (`files`) against a repository path and the tree that is exported of it
/// (`setup`: `root`, `folders`, `files`, `symlinks`; paths are absolute or below `root`, which is the repository path
/// when it is not given), or whether a repository path may be set (`validate_repo_path`).
pub(super) static QUESTION: Question = Question {
    name: "apply-files",
    about: words(
        "結果要寫的每個檔案會如何（試算，不寫入）",
        "what would become of every file of a result; nothing is written",
    ),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("repo_path", &["files", "setup", "claimed_files_applied", "deny"], |form, asked| {
                    let repo_path = form.text_if("repo_path").unwrap_or_default();
                    // What the agent says it applied counts for nothing.
                    form.get("claimed_files_applied");
                    let null = Node { value: Value::Null, offset: 0 };
                    let files = form.get("files").unwrap_or(&null);
                    let denied = form.get("deny").map(Node::texts).unwrap_or_default();
                    let tree = tree::exported(repo_path.trim(), form.table_if("setup"));
                    let verdicts = apply(repo_path, files, &tree, &denied);
                    let written: Vec<_> =
                        verdicts.iter().filter(|one| one.refused.is_none()).map(|one| &one.path).collect();
                    let rejected: Vec<_> = verdicts
                        .iter()
                        .filter_map(|one| {
                            let reason = one.refused?;
                            Some(json!({"path": one.path, "reason": reason.word(), "rationale": reason.about().get(asked.lang)}))
                        })
                        .collect();
                    let cautions = verdicts.iter().filter_map(|one| {
                        let caution = one.caution?;
                        Some(json!({"path": one.path, "caution": caution.word(), "rationale": caution.about().get(asked.lang)}))
                    });
                    json!({
                        "files_applied": Some(written.len()).filter(|count| *count > 0),
                        "written": written,
                        "rejected": rejected,
                        "cautions": cautions.collect::<Vec<_>>(),
                    })
                }),
                form("validate_repo_path", &[], |form, asked| {
                    let fault = repo_path_fault(form.text_if("validate_repo_path").unwrap_or_default());
                    json!({
                        "valid": fault.is_none(),
                        "reason": fault.map(Reason::word),
                        "rationale": fault.map(|fault| fault.about().get(asked.lang)),
                    })
                }),
            ],
        )
    },
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn repo() -> Tree<'static> {
        let setup = parsed(
            r#"{"root":"/repo","folders":["/outside","src"],"files":["src/a.rs","deep/er/b",".git/config"],
            "symlinks":{"out":"/outside","up":"../outside","loop":"loop","in":"src","gone":"/outside/none/x","file":"/outside/x","git":".git","self":"."}}"#,
        );
        tree::exported("/repo", setup.as_ref())
    }

    fn check(files: &str, expected: &str) {
        let verdicts = apply("/repo", &parsed(files).unwrap(), &repo(), &["secrets".to_owned()]);
        let told = |one: &Verdict| format!("{}={}", one.path, one.refused.map_or("ok", Reason::word));
        assert_eq!(verdicts.iter().map(told).collect::<Vec<_>>().join(" "), expected, "{files}");
    }

    fn one(path: &str, expected: &str) {
        check(&json!([{"path": path, "contents": "x"}]).to_string(), expected);
    }

    #[test]
    fn paths_stay_in_the_repository() {
        one("src/b.rs", "src/b.rs=ok");
        one("src/a.rs", "src/a.rs=ok");
        one("a/../b/./c//d", "b/c/d=ok");
        one("..cache/a", "..cache/a=ok");
        one("a/..", "a/..=symlink_escape");
        one(".", ".=symlink_escape");
        one("", "=symlink_escape");
        for path in ["../a", "a/../../b", "/etc/passwd", "C:/a", "c:a", "a:b", "./C:/a", "a\\b", "..", "a\0b"] {
            one(path, &format!("{path}=unsafe_path"));
        }
    }

    #[test]
    fn what_is_no_name_on_other_systems_is_written_with_a_caution() {
        let check = |path: &str, expected: Option<Caution>| {
            one(path, &format!("{path}=ok"));
            assert_eq!(caution(path), expected, "{path}");
        };
        for path in [
            "con",
            "CON",
            "src/aux.txt",
            "nul.tar.gz",
            "Aux .txt",
            "com1",
            "lpt0.md",
            "COM¹",
            "conin$",
            "prn/a.txt",
            " ",
            "a/ /b",
            "a.",
            "a ",
            "a./b",
            "a /b",
            "...",
            ".../a",
            "src/a.rs. .",
            "12:00.md",
            "a.txt:stream",
            "a?",
            "a*",
            "a|b",
            "<a>",
        ] {
            check(path, Some(Caution::NotPortable));
        }
        for path in
            ["a\u{202E}txt.exe", "\u{2066}a", "a\u{200B}b", "a\u{200D}", "\u{FEFF}a", "a\u{AD}b", "a\nb", "a\u{7}"]
        {
            check(path, Some(Caution::Hidden));
        }
        for path in [
            "console",
            "com10",
            "comx.md",
            "nul-a",
            ".env.example",
            "a b",
            " a",
            "[id]/(group)/@x",
            "中/ä.md",
            "a..b",
            "👩‍💻.md",
        ] {
            check(path, None);
        }
        let long = "長".repeat(85);
        check(&long, None);
        one(&format!("{long}a"), &format!("{long}a=unsafe_path"));
    }

    #[test]
    fn links_are_followed_to_their_end() {
        for path in ["out/a", "up/a", "out", "gone", "file", "loop", "loop/a", "self/out/a", "gone/a"] {
            one(path, &format!("{path}=symlink_escape"));
        }
        one("in/new.rs", "in/new.rs=ok");
        one("self/src/x", "self/src/x=ok");
        one("self", "self=write_failed");
    }

    #[test]
    fn version_control_and_denied_names_are_left_alone() {
        for path in [
            ".git/config",
            ".GIT/hooks/x",
            "sub/.git/x",
            ".git",
            ".hg/a",
            "x/.svn/y",
            "git/config",
            ".git./a",
            ".g\u{200C}it/a",
            ".git::$INDEX_ALLOCATION/a",
            "GIT~1/a",
            "secrets/a",
            "a/Secrets",
        ] {
            one(path, &format!("{path}=denied_path"));
        }
        one(".gitignore", ".gitignore=ok");
        one(".github/a", ".github/a=ok");
    }

    #[test]
    fn folders_and_files_cannot_stand_in_each_others_place() {
        one("src", "src=write_failed");
        one("src/a.rs/b", "src/a.rs/b=mkdir_failed");
        check(
            r#"[{"path":"n","contents":""},{"path":"n/m","contents":""},{"path":"o/p","contents":""},{"path":"o","contents":""}]"#,
            "n=ok n/m=mkdir_failed o/p=ok o=write_failed",
        );
    }

    #[test]
    fn entries_are_judged_one_by_one() {
        check(
            r#"["a",null,{"path":"b"},{"path":"c","contents":null},{"path":null,"contents":"x"},{"PATH":"e","Contents":"","mode":5}]"#,
            "a=path_only =missing_contents b=missing_contents c=missing_contents =symlink_escape e=ok",
        );
        for wrong in ["7", "[]", "true", r#"{"path":5,"contents":"x"}"#, r#"{"path":"d","contents":5}"#] {
            check(&format!(r#"[{{"path":"a","contents":"x"}},"b",{wrong}]"#), "*=wrong_type");
        }
        check("null", "");
        check("\"a\"", "*=wrong_type");
        check(r#"[{"contents":"x"}]"#, "=symlink_escape");
    }

    #[test]
    fn size_and_number_are_limited() {
        let file = |path: String, size: usize| json!({"path": path, "contents": "a".repeat(size)});
        check(&json!([file("a".to_owned(), MOST_BYTES)]).to_string(), "a=ok");
        check(&json!([file("../a".to_owned(), MOST_BYTES + 1)]).to_string(), "../a=too_large");
        check(
            &json!([file("a".to_owned(), 0), {"path": "中", "contents": "中".repeat(MOST_BYTES / 3 + 1)}]).to_string(),
            "a=ok 中=too_large",
        );
        let many: Vec<_> = (0..52).map(|at| file(format!("f{at}"), 1)).collect();
        let verdicts = apply("/repo", &parsed(&json!(many).to_string()).unwrap(), &repo(), &[]);
        let refused: Vec<_> = verdicts.iter().filter(|one| one.refused.is_some()).collect();
        assert_eq!(
            refused,
            [&Verdict::refused("f50", Reason::TooManyFiles), &Verdict::refused("f51", Reason::TooManyFiles)]
        );
    }

    #[test]
    fn the_repository_has_to_be_one() {
        let check = |path: &str, expected: &str| {
            let verdicts = apply(path, &parsed("[]").unwrap(), &repo(), &[]);
            assert_eq!(verdicts.first().map_or("ok", |one| one.refused.unwrap().word()), expected, "{path}");
        };
        check("  ", "repo_path_empty");
        check("repo", "repo_path_not_absolute");
        check("/", "repo_path_root");
        check("/x/..", "repo_path_root");
        check("/nowhere", "repo_path_unresolvable");
        check("/repo/src/a.rs", "repo_path_unresolvable");
        check("/repo/loop", "repo_path_unresolvable");
        check(" /repo/self/ ", "ok");
        for (path, valid) in
            [("/repo", true), (" /repo ", true), ("//", false), ("/..", false), ("/x/..", false), ("repo", false)]
        {
            assert_eq!(repo_path_fault(path).is_none(), valid, "{path}");
        }
    }

    proptest! {
        /// Whatever is asked, what would be written lies in the repository, outside of version control.
        #[test]
        fn nothing_leaves_the_repository(paths in prop::collection::vec(r"((src|out|up|in|self|loop|gone|\.git|\.\.|\.|a|C:|中)[/\\]{0,2}){0,5}", 0..6)) {
            let files: Vec<_> = paths.iter().map(|path| json!({"path": path, "contents": ""})).collect();
            let files = parsed(&json!(files).to_string()).unwrap();
            for verdict in apply("/repo", &files, &repo(), &[]).iter().filter(|one| one.refused.is_none()) {
                let end = repo().resolve(&format!("/repo/{}", verdict.path)).unwrap();
                prop_assert!(end.starts_with("/repo/") && end.split('/').all(|part| part != ".git"), "{end}");
            }
        }
    }
}
