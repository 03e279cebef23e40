//! Credentials that are known by their form: one table of forms, and how a text is held against it.

use crate::check::privacy::hit::{Hit, Rule, secret};

// What a credential is made of, as bits of `Form::of`.
const UPPER: u8 = 1;
const LOWER: u8 = 2;
const DIGIT: u8 = 4;
const UNDERSCORE: u8 = 8;
const HYPHEN: u8 = 16;
const DOT: u8 = 32;
const SLASH: u8 = 64;
const ALNUM: u8 = UPPER | LOWER | DIGIT;

/// A credential that is known by how it begins.
pub(super) struct Form {
    pub(super) begins: &'static str,
    rule: Rule,
    /// Which bytes may follow.
    of: u8,
    /// How many of them at least.
    least: usize,
    /// How many at most; a longer word is something else.
    most: usize,
    /// How many letters and digits in a row there have to be: more than a word of any language has.
    run: usize,
    /// What has to stand in it.
    holds: Holds,
    /// Where the form is described.
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads or extends the table"))]
    source: &'static str,
}

#[derive(Clone, Copy)]
enum Holds {
    Anything,
    Digit,
    /// A header and a payload, each a JSON object in base64.
    Token,
}

const fn form(begins: &'static str, rule: Rule, of: u8, least: usize, run: usize, source: &'static str) -> Form {
    Form { begins, rule, of, least, most: usize::MAX, run, holds: Holds::Anything, source }
}

const GITHUB: Rule = secret("github_token", "GitHub token");
const OPENAI: Rule = secret("openai_key", "API key");
const ANTHROPIC: Rule = secret("anthropic_key", "API key");
const AWS: Rule = secret("aws_key_id", "AWS access key id");
const GOOGLE: Rule = secret("google_key", "Google API key");
const SLACK: Rule = secret("slack_token", "Slack token");
const WEBHOOK: Rule = secret("slack_webhook", "Slack webhook");
const STRIPE: Rule = secret("stripe_key", "Stripe key");
const NPM: Rule = secret("npm_token", "npm token");
const PYPI: Rule = secret("pypi_token", "PyPI token");
const GITLAB: Rule = secret("gitlab_token", "GitLab token");
const HUGGING_FACE: Rule = secret("hugging_face_token", "Hugging Face token");
const SENDGRID: Rule = secret("sendgrid_key", "SendGrid key");
const WEB_TOKEN: Rule = secret("json_web_token", "JSON web token");
const LINE_TOKEN: Rule = secret("line_token", "LINE channel access token");
const LINE_NOTIFY: Rule = secret("line_notify_token", "LINE Notify token");
const LINE_SECRET: Rule = secret("line_channel_secret", "LINE channel secret");
const AWS_SECRET: Rule = secret("aws_secret_key", "AWS secret access key");

const GITHUB_DOCS: &str = "github.blog, Behind GitHub's new authentication token formats";
const STRIPE_DOCS: &str = "docs.stripe.com/keys";
const SLACK_DOCS: &str = "docs.slack.dev/authentication/tokens";
const AWS_DOCS: &str = "docs.aws.amazon.com/IAM, unique identifiers";

/// The table of forms; of two that begin alike the longer one comes first. A new one is a line here; `tests/it/planted.rs` plants one of each rule in every place.
pub(super) static FORMS: &[Form] = &[
    form("ghp_", GITHUB, ALNUM, 36, 36, GITHUB_DOCS),
    form("gho_", GITHUB, ALNUM, 36, 36, GITHUB_DOCS),
    form("ghu_", GITHUB, ALNUM, 36, 36, GITHUB_DOCS),
    form("ghr_", GITHUB, ALNUM, 36, 36, GITHUB_DOCS),
    // Since 2026 also `ghs_<app>_<JWT>`.
    form("ghs_", GITHUB, ALNUM | DOT | UNDERSCORE | HYPHEN, 36, 16, GITHUB_DOCS),
    form("github_pat_", GITHUB, ALNUM | UNDERSCORE, 40, 16, GITHUB_DOCS),
    form("sk-ant-", ANTHROPIC, ALNUM | UNDERSCORE | HYPHEN, 20, 16, "docs.anthropic.com, API keys"),
    form("sk-", OPENAI, ALNUM | UNDERSCORE | HYPHEN, 20, 16, "platform.openai.com, API keys"),
    Form { most: 16, ..form("AKIA", AWS, UPPER | DIGIT, 16, 16, AWS_DOCS) },
    Form { most: 16, ..form("ASIA", AWS, UPPER | DIGIT, 16, 16, AWS_DOCS) },
    Form { most: 16, ..form("ABIA", AWS, UPPER | DIGIT, 16, 16, AWS_DOCS) },
    Form { most: 16, ..form("ACCA", AWS, UPPER | DIGIT, 16, 16, AWS_DOCS) },
    form("AIza", GOOGLE, ALNUM | UNDERSCORE | HYPHEN, 35, 1, "cloud.google.com/docs/authentication/api-keys"),
    Form { holds: Holds::Digit, ..form("xoxa-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    Form { holds: Holds::Digit, ..form("xoxb-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    Form { holds: Holds::Digit, ..form("xoxe-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    Form { holds: Holds::Digit, ..form("xoxp-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    Form { holds: Holds::Digit, ..form("xoxr-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    Form { holds: Holds::Digit, ..form("xoxs-", SLACK, ALNUM | HYPHEN, 10, 1, SLACK_DOCS) },
    // Whoever has the address of a webhook may post: the address itself is the credential.
    Form { holds: Holds::Digit, ..form("hooks.slack.com/services/", WEBHOOK, ALNUM | SLASH, 32, 8, SLACK_DOCS) },
    form("sk_live_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("rk_live_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("sk_test_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("rk_test_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("sk_prod_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("rk_prod_", STRIPE, ALNUM, 16, 16, STRIPE_DOCS),
    form("npm_", NPM, ALNUM, 36, 36, "github.blog/changelog, npm has a new access token format"),
    form("pypi-", PYPI, ALNUM | UNDERSCORE | HYPHEN, 20, 16, "pypi.org/help, API tokens"),
    form("glpat-", GITLAB, ALNUM | UNDERSCORE | HYPHEN, 20, 1, "docs.gitlab.com, token overview"),
    form("hf_", HUGGING_FACE, ALNUM, 30, 30, "huggingface.co/docs/hub/security-tokens"),
    form("SG.", SENDGRID, ALNUM | DOT | UNDERSCORE | HYPHEN, 32, 16, "docs.sendgrid.com, API keys"),
    Form { holds: Holds::Token, ..form("eyJ", WEB_TOKEN, ALNUM | DOT | UNDERSCORE | HYPHEN, 48, 8, "RFC 7519") },
];

/// For every first letter of credentials, a bit for each that may follow it.
static MAY_BEGIN: [u32; 256] = {
    let mut may = [0; 256];
    let mut at = 0;
    while at < FORMS.len() {
        let [first, second, ..] = FORMS[at].begins.as_bytes() else {
            panic!("a form begins with less than two letters")
        };
        may[*first as usize] |= 1 << (*second & 31);
        at += 1;
    }
    may
};

/// Whether a word ends as credentials of GitHub begin.
#[inline]
pub(super) fn is_glued(text: &[u8], start: usize, end: usize) -> bool {
    end - start >= 4 && text.get(end) == Some(&b'_') && matches!(text[end - 3..end], [b'g', b'h', _])
}

/// Looks at a word that may begin a credential; returns where to go on when it does. A credential begins with a word of
/// few letters and `_`, `-` or `.`; those of clouds and signed ones begin in the middle of a word.
#[inline]
pub(super) fn word(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    const SHORT: usize = 6;
    let is_joined = matches!(text.get(end), Some(b'_' | b'-' | b'.'));
    match end - start {
        ..=SHORT if is_joined && MAY_BEGIN[usize::from(text[start])] >> (text[start + 1] & 31) & 1 == 1 => {
            credential(text, start, hits)
        }
        4.. if matches!(text[start..end], [b'A', b'A'..=b'Z', ..] | [b'e', b'y', ..]) => credential(text, start, hits),
        // Glued to another word: only the checksum tells.
        _ if is_glued(text, start, end) => {
            let start = end - 3;
            let value = &text[end + 1..text.len().min(end + 37)];
            has_checksum(value).then(|| credential(text, start, hits)).flatten()
        }
        _ => None,
    }
}

fn credential(text: &[u8], start: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let rest = &text[start..];
    // Two letters tell nearly all of them apart.
    let two = rest.first_chunk::<2>()?;
    let begins = |form: &&Form| form.begins.as_bytes().first_chunk() == Some(two);
    let form = FORMS.iter().filter(begins).find(|form| rest.starts_with(form.begins.as_bytes()))?;
    let length = form.begins.len() + form.length(&rest[form.begins.len()..])?;
    hits.push(Hit::new(form.rule, start, &rest[..length]));
    Some(start + length)
}

impl Form {
    /// The length of what follows the beginning, when it is a credential.
    fn length(&self, value: &[u8]) -> Option<usize> {
        let belongs = |byte: &u8| self.of & class(*byte) != 0;
        // A credential has to show early that it is one, so that nothing is looked at often.
        let look = if matches!(self.holds, Holds::Token) { 256 } else { 96 };
        let early = value.iter().take(look).position(|byte| !belongs(byte)).unwrap_or(value.len().min(look));
        let early = &value[..early];
        let holds = match self.holds {
            Holds::Anything => true,
            Holds::Digit => early.iter().any(u8::is_ascii_digit),
            Holds::Token => memchr::memmem::find(early, b".eyJ").is_some(),
        };
        let run = early.split(|byte| !byte.is_ascii_alphanumeric()).map(<[u8]>::len).max();
        if early.len() < self.least || run < Some(self.run) || !holds {
            return None;
        }
        let mut length = value.iter().position(|byte| !belongs(byte)).unwrap_or(value.len());
        let goes_on = value.get(length).is_some_and(u8::is_ascii_alphanumeric);
        // A full stop behind it is none of it.
        length -= value[..length].iter().rev().take_while(|byte| **byte == b'.').count();
        (length <= self.most && !goes_on).then_some(length)
    }
}

fn class(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => UPPER,
        b'a'..=b'z' => LOWER,
        b'0'..=b'9' => DIGIT,
        b'_' => UNDERSCORE,
        b'-' => HYPHEN,
        b'.' => DOT,
        b'/' => SLASH,
        _ => 0,
    }
}

/// Whether the last six of 36 characters are the CRC-32 of the others in base 62, as in GitHub's tokens. One that holds
/// proves a token even where it is glued to a word. One that does not hold proves nothing: whoever reads a token with
/// one wrong letter has all the others, so the guard stops it all the same.
fn has_checksum(value: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((random, check)) = value.split_at_checked(30) else { return false };
    let mut rest = crc32fast::hash(random);
    let mut expected = [b'0'; 6];
    for place in expected.iter_mut().rev() {
        *place = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    check.starts_with(&expected)
}

/// A credential that is known by its length and by a word that stands near before it.
pub(super) fn named(text: &[u8], run: std::ops::Range<usize>, hits: &mut Vec<Hit>) {
    /// How far before it a word counts.
    const NEAR: usize = 96;
    /// How the tokens of the Messaging API end, whatever stands before them.
    const LINE_END: &[u8] = b"/1O/w1cDnyilFU";
    let value = &text[run.clone()];
    let alnum = || value.iter().all(u8::is_ascii_alphanumeric);
    let hexadecimal = || value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let before = || text[run.start.saturating_sub(NEAR)..run.start].to_ascii_lowercase();
    let is_near = |words: &[&str]| {
        let before = before();
        words.iter().any(|word| memchr::memmem::find(&before, word.as_bytes()).is_some())
    };
    let rule = match value.len() {
        168..=176 if value.ends_with(LINE_END) => LINE_TOKEN,
        168..=176 if is_near(&["line"]) => LINE_TOKEN,
        43 if alnum() && is_near(&["line notify", "linenotify", "line_notify", "line-notify", "notify-api.line"]) => {
            LINE_NOTIFY
        }
        32 if hexadecimal() && is_near(&["channel secret", "channel_secret", "channelsecret", "channel-secret"]) => {
            LINE_SECRET
        }
        40 if is_near(&["aws_secret", "secret_access_key", "secretaccesskey", "secret access key"]) => AWS_SECRET,
        _ => return,
    };
    hits.push(Hit::new(rule, run.start, value));
}

/// Ids of the rules of this file.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<Item = &'static str> {
    let named = [LINE_TOKEN, LINE_NOTIFY, LINE_SECRET, AWS_SECRET];
    FORMS.iter().map(|form| form.rule.id).chain(named.map(|rule| rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_whose_checksum_holds_is_one_even_glued_to_a_word() {
        // Made here: thirty characters that nobody was given, and their checksum.
        let random = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0";
        let check = |token: &str| {
            let mut hits = Vec::new();
            word(token.as_bytes(), 0, token.find('_').unwrap(), &mut hits);
            hits.len()
        };
        let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut sum = u64::from(crc32fast::hash(random.as_bytes()));
        let mut checksum = String::new();
        for _ in 0..6 {
            checksum.insert(0, char::from(digits.as_bytes()[usize::try_from(sum % 62).unwrap()]));
            sum /= 62;
        }
        assert_eq!(check(&format!("TOKEN{}_{random}{checksum}", "ghp")), 1);
        assert_eq!(check(&format!("TOKEN{}_{random}zzzzzz", "ghp")), 0);
        assert_eq!(check(&format!("{}_{random}zzzzzz", "ghp")), 1);
    }

    #[test]
    fn every_form_says_where_it_is_described() {
        assert!(FORMS.iter().all(|form| !form.source.is_empty() && form.least >= 10));
    }
}
