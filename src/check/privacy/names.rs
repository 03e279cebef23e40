//! Names of files that never leave, whatever stands in them: credentials, keys, and the runtime state of workers (the
//! dispatch workflow's list of what must never be committed).

/// Files of this very name, in any case.
const FILES: &[&str] = &[
    ".git-credentials",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    "auth-profiles.json",
    "credentials",
    "credentials.json",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "jobs.json",
    "openclaw.json",
    "pr_fix_queue.json",
    "service-account.json",
    "sessions.json",
];

/// The heartbeat of a worker, in capitals; `heartbeat.md` is the version that may be seen.
const HEARTBEAT: &str = "HEARTBEAT.md";

/// Endings of files with keys, logs and copies.
const ENDINGS: &[&str] = &[
    "bak", "crt", "env", "jks", "kdbx", "key", "keystore", "log", "p12", "pem", "pfx", "ppk", "pyc", "secret", "token",
];

/// Folders of which nothing leaves.
const FOLDERS: &[&str] = &[".aws", ".git", ".hg", ".kube", ".ssh", ".state", ".svn", "__pycache__", "cron"];

/// Whether a file of this name or path (with `/`) must not leave.
pub fn is_denied(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let ending = lower.rsplit_once('.').map(|(_, ending)| ending);
    name == HEARTBEAT
        || FILES.contains(&lower.as_str())
        || lower == ".env"
        || lower.starts_with(".env.")
        || ending.is_some_and(|ending| ENDINGS.contains(&ending))
        || parts.any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_never_leave() {
        for name in [
            "HEARTBEAT.md",
            "jobs.json",
            "cron/jobs.json",
            "pr_fix_queue.json",
            "prod.env",
            ".env",
            ".ENV.local",
            "worker.log",
            "server.KEY",
            "server.pem",
            "ca.crt",
            "a.token",
            "a.secret",
            "__pycache__/x.md",
            "x.pyc",
            "x.bak",
            "id_rsa",
            "ID_ED25519",
            ".netrc",
            "a/.git/config",
            ".state/watch.json",
        ] {
            assert!(is_denied(name), "{name}");
        }
        for name in [
            "heartbeat.md",
            "docs/heartbeat.md",
            "learning-memory.json",
            "environment.md",
            "keys.md",
            "token.md",
            "id_rsa.md",
            "log.md",
            "crontab.md",
            "env",
            "secret",
        ] {
            assert!(!is_denied(name), "{name}");
        }
    }
}
