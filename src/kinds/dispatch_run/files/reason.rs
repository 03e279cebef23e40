//! Why a file of a result would not be written, and what is odd about one that would: the words, for programs and people.

use crate::decide::Told;
use crate::lang::{Words, words};

/// Why a file, or all of them, would not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::kinds::dispatch_run) enum Reason {
    RepoPathEmpty,
    RepoPathNotAbsolute,
    RepoPathRoot,
    RepoPathUnresolvable,
    WrongType,
    TooManyFiles,
    PathOnly,
    MissingContents,
    TooLarge,
    UnsafePath,
    DeniedPath,
    SymlinkEscape,
    MkdirFailed,
    WriteFailed,
}

impl Reason {
    /// Every reason, in the order in which they are looked for.
    const ALL: [Self; 14] = [
        Self::RepoPathEmpty,
        Self::RepoPathNotAbsolute,
        Self::RepoPathRoot,
        Self::RepoPathUnresolvable,
        Self::WrongType,
        Self::TooManyFiles,
        Self::PathOnly,
        Self::MissingContents,
        Self::TooLarge,
        Self::UnsafePath,
        Self::DeniedPath,
        Self::SymlinkEscape,
        Self::MkdirFailed,
        Self::WriteFailed,
    ];

    /// The word for programs.
    pub(in crate::kinds::dispatch_run) fn word(self) -> &'static str {
        match self {
            Self::RepoPathEmpty => "repo_path_empty",
            Self::RepoPathNotAbsolute => "repo_path_not_absolute",
            Self::RepoPathRoot => "repo_path_root",
            Self::RepoPathUnresolvable => "repo_path_unresolvable",
            Self::WrongType => "wrong_type",
            Self::TooManyFiles => "too_many_files",
            Self::PathOnly => "path_only",
            Self::MissingContents => "missing_contents",
            Self::TooLarge => "too_large",
            Self::UnsafePath => "unsafe_path",
            Self::DeniedPath => "denied_path",
            Self::SymlinkEscape => "symlink_escape",
            Self::MkdirFailed => "mkdir_failed",
            Self::WriteFailed => "write_failed",
        }
    }

    /// What it means, for people.
    pub(in crate::kinds::dispatch_run) fn about(self) -> Words {
        match self {
            Self::RepoPathEmpty => words("專案沒有設定儲存庫路徑", "the project has no repository path"),
            Self::RepoPathNotAbsolute => words("儲存庫路徑不是絕對路徑", "the repository path is not absolute"),
            Self::RepoPathRoot => words("儲存庫路徑是整個磁碟", "the repository path is the whole disk"),
            Self::RepoPathUnresolvable => words("儲存庫路徑不存在", "the repository path does not exist"),
            Self::WrongType => words(
                "清單中有不是檔案物件的項目，整批不寫入",
                "has an entry that is no file object, so nothing of it is written",
            ),
            Self::TooManyFiles => words("超過前 50 個位置", "stands behind the first 50 positions"),
            Self::PathOnly => words("只有路徑，沒有內容", "is a path alone, without contents"),
            Self::MissingContents => {
                words("沒有內容，寫入會清空檔案", "has no contents; writing it would empty a file")
            }
            Self::TooLarge => words("內容超過 1 MiB", "has contents above 1 MiB"),
            Self::UnsafePath => words("路徑離開儲存庫，或不是路徑", "leads out of the repository, or is no path in it"),
            Self::DeniedPath => words("版本控制或禁止的資料夾", "is in a folder of version control or a denied one"),
            Self::SymlinkEscape => words("沿著連結會離開儲存庫", "leads out of the repository through a link"),
            Self::MkdirFailed => words("上層是檔案，無法建立資料夾", "needs a folder where a file stands"),
            Self::WriteFailed => words("同名的資料夾已存在", "is a folder already"),
        }
    }
}

/// What is odd about a path that is written nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kinds::dispatch_run) enum Caution {
    /// Another system has no such name, or takes it for another.
    NotPortable,
    /// It holds characters that nobody sees, or that make it read differently.
    Hidden,
}

impl Caution {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NotPortable => "not_portable",
            Self::Hidden => "hidden_character",
        }
    }

    /// What it means, for people.
    pub(in crate::kinds::dispatch_run) fn about(self) -> Words {
        match self {
            Self::NotPortable => {
                words("其他系統沒有這個名稱，或當成另一個檔案", "is no name, or that of another file, on other systems")
            }
            Self::Hidden => words(
                "含有看不見或改變讀法的字元",
                "holds characters that nobody sees or that make it read differently",
            ),
        }
    }
}

/// The reasons and cautions for `explain`.
pub(in crate::kinds::dispatch_run) fn told() -> impl Iterator<Item = Told> {
    let told = |id, when, decides| Told {
        id,
        question: "apply-files",
        when,
        decides: vec![decides],
        route: None,
        is_first: true,
    };
    let refused = Reason::ALL.iter().map(move |reason| told(reason.word(), reason.about(), "refused"));
    let cautions = [Caution::Hidden, Caution::NotPortable];
    refused.chain(cautions.into_iter().map(move |one| told(one.word(), one.about(), "written")))
}
