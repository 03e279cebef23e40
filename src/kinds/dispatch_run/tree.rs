//! A file tree in memory: what an export says of a repository, and what a dry run would write into it. Links are followed
//! as a system would follow them; the disk is never looked at.

use std::collections::BTreeMap;

use crate::read::tree::Node;

/// Most symbolic links followed for one path.
const MOST_LINKS: usize = 40;

/// A file tree in memory, by absolute path with `/`; what is written during a dry run lies over the exported one.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree<'a> {
    entries: BTreeMap<String, Entry>,
    below: Option<&'a Tree<'a>>,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Folder,
    File,
    Link(String),
}

impl<'a> Tree<'a> {
    /// A tree over another, which stays as it is.
    pub(super) fn over(below: &'a Tree<'a>) -> Self {
        Self { entries: BTreeMap::new(), below: Some(below) }
    }

    /// Adds a folder and those above it.
    pub(super) fn add_folder(&mut self, path: &str) {
        let mut at = String::new();
        for part in clean(path).split('/').filter(|part| !part.is_empty()) {
            at.push('/');
            at.push_str(part);
            if self.get(&at).is_none() {
                self.entries.insert(at.clone(), Entry::Folder);
            }
        }
    }

    /// Adds a file and the folders above it.
    pub(super) fn add_file(&mut self, path: &str) {
        self.add(path, Entry::File);
    }

    /// Adds a symbolic link and the folders above it.
    pub(super) fn add_link(&mut self, path: &str, target: &str) {
        self.add(path, Entry::Link(target.to_owned()));
    }

    fn add(&mut self, path: &str, entry: Entry) {
        let path = clean(path);
        self.add_folder(parent(&path));
        self.entries.insert(path, entry);
    }

    /// What stands at a path.
    pub(super) fn get(&self, path: &str) -> Option<&Entry> {
        if path == "/" {
            return Some(&Entry::Folder);
        }
        self.entries.get(path).or_else(|| self.below?.get(path))
    }

    /// Where a path leads when every link is followed. What does not exist is taken as it is written: nothing can be
    /// behind it. `None` when links go in a circle.
    pub(super) fn resolve(&self, path: &str) -> Option<String> {
        let mut left: Vec<String> = clean(path).split('/').rev().map(str::to_owned).collect();
        let mut at = String::new();
        let mut links = 0;
        while let Some(part) = left.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    at.truncate(at.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let next = format!("{at}/{part}");
            let Some(Entry::Link(target)) = self.get(&next) else {
                at = next;
                continue;
            };
            links += 1;
            if links > MOST_LINKS {
                return None;
            }
            if target.starts_with('/') {
                at.clear();
            }
            left.extend(target.split('/').rev().map(str::to_owned));
        }
        Some(if at.is_empty() { "/".to_owned() } else { at })
    }

    /// The deepest folder above a path that exists.
    pub(super) fn existing_above(&self, path: &str) -> String {
        let mut at = parent(path).to_owned();
        while at != "/" {
            let followed = self.resolve(&at);
            if followed.is_some_and(|followed| self.get(&followed) == Some(&Entry::Folder)) {
                break;
            }
            at = parent(&at).to_owned();
        }
        at
    }
}

/// The path without `.`, empty parts and inner `..`; absolute.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The path without its last part.
pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((above, _)) => above,
    }
}

/// Whether a path stands in a folder or is it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The tree that an export describes: `root`, `folders`, `files` (paths, or an object by path) and `symlinks` (an
/// object of path to target). Without any, the repository is there and empty.
pub(super) fn exported(repo_path: &str, export: Option<&Node>) -> Tree<'static> {
    let mut tree = Tree::default();
    let root = export.and_then(|export| export.text_at("root")).unwrap_or(repo_path);
    let full = |path: &str| if path.starts_with('/') { path.to_owned() } else { format!("{root}/{path}") };
    if root.starts_with('/') {
        tree.add_folder(root);
    }
    let Some(export) = export else { return tree };
    for folder in export.get("folders").map(Node::items).unwrap_or_default() {
        tree.add_folder(&full(folder.text().unwrap_or_default()));
    }
    let files = export.get("files");
    let listed =
        files.into_iter().flat_map(Node::items).filter_map(|file| file.text().or_else(|| file.text_at("path")));
    let keyed = files.into_iter().flat_map(Node::entries).map(|entry| &*entry.key);
    for file in listed.chain(keyed) {
        tree.add_file(&full(file));
    }
    for entry in export.get("symlinks").map(Node::entries).unwrap_or_default() {
        tree.add_link(&full(&entry.key), entry.node.text().unwrap_or_default());
    }
    tree
}
