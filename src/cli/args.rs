//! The arguments of the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::action;
use super::stopped::Stopped;
use super::told::{Form, ListForm, Told};
use crate::bundle::has_extension;
use crate::clock::Now;
use crate::convert;
use crate::kinds::Signal;
use crate::lang::Lang;

/// A production pack that proves itself: checks a folder of evidence, builds self-contained pages and gist-ready
/// bundles from it, and says what is proven, what is refuted and what nobody has checked.
#[derive(Parser)]
#[command(name = "proofpack", version, about, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  proofpack init my-packs            make a workspace that builds
  proofpack build my-packs           build every pack into my-packs/out
  proofpack verify my-packs/out/*/   check the bundles again, from their files alone
  proofpack check orders.xlsx        say exactly what is wrong with an order export
  proofpack explain missing_key      say what a finding means and how to mend it

Exit status: 0 clean, 1 something is wrong with the input or a pack, 2 could not run.";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a new workspace that builds clean at once
    #[command(after_help = "Example:\n  proofpack init my-packs && proofpack build my-packs")]
    Init {
        /// Folder to make; it must not exist or be empty
        dir: PathBuf,
    },
    /// Build every pack of a workspace
    #[command(after_help = "Examples:
  proofpack build                                        the workspace found upward from here
  proofpack build my-packs --out /tmp/out                elsewhere
  proofpack build my-packs --now 2026-05-24T12:00:00+08:00   the same bytes whenever it runs")]
    Build {
        /// The workspace; found upward from here unless given
        workspace: Option<PathBuf>,
        /// Folder for the bundles instead of the workspace's own
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Format,
    },
    /// Check a workspace, a pack or a single file; nothing is written but what --annotate names
    #[command(after_help = "Examples:
  proofpack check my-packs
  proofpack check my-packs/packs/first-pack
  proofpack check learning-memory.json decision-record.md --format json
  proofpack check orders.xlsx --window 2026-05-12..2026-05-21 --format json
  proofpack check orders.xlsx --settlement ecpay.csv   which orders the gateway knows, and how
  proofpack check orders.xlsx --sheet 訂單               when several sheets could be the table
  proofpack check orders.xlsx --format message         what to tell the sender, for LINE
  proofpack check orders.xlsx --annotate fixed.xlsx    the sender's own table, wrong cells marked
  proofpack check visits.csv --schema visits.schema.json     any table, against a Table Schema
  proofpack check . --format markdown >> \"$GITHUB_STEP_SUMMARY\"")]
    Check {
        /// Workspaces, packs, learning memories (.json), decision records (.md), record tables or uploads (any other file)
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Days that an upload is about, both included; else its pack's, else 2026-05-12..2026-05-21
        #[arg(long, value_name = "FROM..TO", value_parser = days)]
        window: Option<(Date, Date)>,
        /// Time zone in which days begin and times without an offset are read; else its workspace's, else Asia/Taipei
        #[arg(long, value_name = "TZ", value_parser = zone)]
        timezone: Option<(TimeZone, String)>,
        /// What people decided about orders of the upload (a table `order_decisions` or `training_orders`); else its pack's
        #[arg(long, value_name = "FILE")]
        decisions: Vec<PathBuf>,
        /// Match the orders of the upload with this settlement file of the payment gateway
        #[arg(long, value_name = "FILE")]
        settlement: Option<PathBuf>,
        /// Read this sheet of a workbook, also when it is hidden; the others are left aside
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// Write the upload as a new workbook in which its wrong cells are marked and explained
        #[arg(long, value_name = "FILE.xlsx", value_parser = xlsx)]
        annotate: Option<PathBuf>,
        /// Check tables against this Frictionless Table Schema (version 2) and against nothing else
        #[arg(long, value_name = "SCHEMA.json", conflicts_with_all = ["window", "timezone", "decisions", "settlement", "annotate"])]
        schema: Option<PathBuf>,
        /// Where a table is that foreign keys of the schema name
        #[arg(long = "table", value_name = "NAME=FILE", value_parser = named_file, requires = "schema")]
        tables: Vec<(String, PathBuf)>,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Format,
    },
    /// Verify bundles from their files alone, or also what is published of them
    #[command(after_help = "Examples:
  proofpack verify out/first-pack
  proofpack verify out/*/ --format json
  proofpack verify out/first-pack --online")]
    Verify {
        /// Bundle folders
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
        /// Also check the published gist against the receipt beside the bundle
        #[arg(long)]
        online: bool,
        /// With --online: also ask every external source that the authored documents name
        #[arg(long, requires = "online")]
        sources: bool,
        #[command(flatten)]
        remote: Remote,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Format,
    },
    /// Publish the bundle of a pack as a gist, read every byte back and write a receipt
    #[command(after_help = "Examples:
  proofpack publish first-pack --dry-run                 what would be sent; no token, no connection
  GITHUB_TOKEN=… proofpack publish first-pack            a secret gist: unlisted, readable by whoever has its address
  proofpack publish first-pack --public --token-stdin < token.txt

Run it again after any failure: it finds what was made and never makes a second gist.")]
    Publish {
        /// Name of the pack's folder
        slug: String,
        /// The workspace; found upward from here unless given
        workspace: Option<PathBuf>,
        /// Folder with the bundles instead of the workspace's own
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Make the gist public; that cannot be undone
        #[arg(long)]
        public: bool,
        /// Print the plan; nothing is sent and no token is needed
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        remote: Remote,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Format,
    },
    /// Upload the files of a pack's bundle to the target that the workspace declares, and write a receipt
    #[command(after_help = "Examples:
  proofpack upload first-pack --dry-run                  what would be sent; no token, no connection
  PROOFPACK_UPLOAD_TOKEN=… proofpack upload first-pack   each file once, each confirmed with its id
  proofpack upload first-pack --resend sources.md        somebody looked, and the server does not have it

The target stands in [upload] of proofpack.toml or pack.toml; `proofpack schema upload-target` shows its keys. Run it
again after any failure: what is confirmed is not sent again, and what got no answer is looked for in the server's list.")]
    Upload {
        /// Name of the pack's folder
        slug: String,
        /// The workspace; found upward from here unless given
        workspace: Option<PathBuf>,
        /// Folder with the bundles instead of the workspace's own
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Print the plan; nothing is sent and no token is needed
        #[arg(long)]
        dry_run: bool,
        /// Send this file although it was sent before: you looked, and the server does not have it
        #[arg(long, value_name = "FILE")]
        resend: Vec<String>,
        #[command(flatten)]
        access: Access,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Format,
    },
    /// Say how each pack stands: built, verified, published, uploaded, and which claims have expired or soon will
    #[command(after_help = "Examples:
  proofpack status
  proofpack status first-pack --format json
  proofpack status --online              also ask the server whether what is published still matches

Status 1 when something needs attention: a bundle that is missing, stale or does not verify, one that differs from what
was published or uploaded, a run that did not come to a receipt, an expired claim. What was never published or uploaded,
and claims that expire within 14 days, are only said.")]
    Status {
        /// Packs; all of the workspace unless given
        slugs: Vec<String>,
        /// The workspace; found upward from here unless given
        #[arg(long, value_name = "DIR")]
        workspace: Option<PathBuf>,
        /// Folder with the bundles instead of the workspace's own
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Also compare with what is published, as `verify --online` does
        #[arg(long)]
        online: bool,
        #[command(flatten)]
        remote: Remote,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Listed,
    },
    /// Write an empty form to fill in and send
    #[command(after_help = "Example:\n  proofpack template orders -o orders.xlsx")]
    Template {
        /// Which one: orders
        name: String,
        /// Where to write it
        #[arg(short, long, value_name = "FILE.xlsx", value_parser = xlsx)]
        output: PathBuf,
        /// Language of its explanations
        #[arg(long, value_name = "LANG", value_parser = lang, default_value = "zh-Hant")]
        lang: Lang,
        #[command(flatten)]
        clock: Clock,
    },
    /// Print the schema of what is read or written; without a name, list the names
    #[command(after_help = "Examples:\n  proofpack schema\n  proofpack schema pack > pack.schema.json")]
    Schema {
        /// Which one
        name: Option<String>,
    },
    /// Convert a workbook from stdin to XLSX on stdout, within limits; for this program itself
    #[command(hide = true, name = convert::COMMAND)]
    ReadLegacy {
        /// xls, xlsb or ods
        format: String,
    },
    /// Decide from facts given as JSON; without a name, list what can be decided
    #[command(after_help = "Examples:
  proofpack decide
  proofpack decide artifact-guard facts.json --lang zh-Hant --trace
  worker | proofpack decide repair-gates -
  proofpack decide RULE --action ID --record --signal ID --now 2026-05-24T12:00:00+08:00

The facts are one JSON object (on any number of lines) or one object in each line; `proofpack schema decide-NAME` shows
which. Each is answered with one line. Facts that cannot be used are refused: what is wrong stands on stderr, an object
`{\"error\": …}` stands in the place of the decision, the other lines are answered, and the status is 2.

With --action the facts come from the registry of the workspace and the records of the pack about the action; the answer
says which record each came from. A record that does not count is a finding (status 1). --record appends the run to the
pack's records; the same signal with the same facts and decision is recorded once, however often it is asked.")]
    Decide {
        /// What to decide
        rule: Option<String>,
        /// Facts as JSON or JSONL; `-` or nothing: what comes in
        file: Option<PathBuf>,
        /// Language of the rationale: zh-Hant or en; en, or with --action the workspace's, unless given
        #[arg(long, value_name = "TAG", value_parser = lang)]
        lang: Option<Lang>,
        /// List the rules that did not hold, too
        #[arg(long)]
        trace: bool,
        #[command(flatten)]
        about: About,
    },
    /// Show what all packs have learnt, what they learnt twice, and which plan does again what was learnt not to do
    #[command(after_help = "Examples:\n  proofpack memory\n  proofpack memory my-packs --format json")]
    Memory {
        /// The workspace; found upward from here unless given
        workspace: Option<PathBuf>,
        #[command(flatten)]
        output: Listed,
    },
    /// Count what the history in the packs says, each figure with what it was counted from
    #[command(after_help = "Examples:\n  proofpack metrics\n  proofpack metrics my-packs --format json")]
    Metrics {
        /// The workspace; found upward from here unless given
        workspace: Option<PathBuf>,
        #[command(flatten)]
        clock: Clock,
        #[command(flatten)]
        output: Listed,
    },
    /// Say what a finding code or a rule means; without one, list them all
    #[command(after_help = "Examples:\n  proofpack explain missing_input\n  proofpack explain P4")]
    Explain {
        /// The code of a finding, or the id of a rule
        code: Option<String>,
    },
}

/// The server that gists are on.
#[derive(Args)]
pub(super) struct Remote {
    /// Base address of the API: GitHub's, or that of an Enterprise Server (`https://HOST/api/v3`)
    #[arg(long, value_name = "URL", default_value = "https://api.github.com")]
    pub(super) api: String,
    #[command(flatten)]
    pub(super) access: Access,
}

/// How a server is spoken to.
#[derive(Args)]
pub(super) struct Access {
    /// Take the token from standard input instead of the environment (`GITHUB_TOKEN`, for uploads `PROOFPACK_UPLOAD_TOKEN`)
    #[arg(long)]
    pub(super) token_stdin: bool,
    /// Give up after so many seconds, waits for rate limits included
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) patience: u64,
}

/// A question about an action of a workspace.
#[derive(Args)]
pub(super) struct About {
    /// Ask about this action; the facts come from the workspace
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    pub(super) action: Option<String>,
    /// The workspace; found upward from here unless given
    #[arg(long, value_name = "DIR", requires = "action")]
    pub(super) workspace: Option<PathBuf>,
    /// Output folder with the registry, instead of the workspace's own
    #[arg(long, value_name = "DIR", requires = "action")]
    pub(super) out: Option<PathBuf>,
    /// Decision record of the workspace that permits to build in spite of the gates
    #[arg(long = "override", value_name = "RECORD", requires = "action", requires = "by")]
    pub(super) signed: Option<String>,
    /// Short name of the person who signed the override
    #[arg(long, value_name = "PERSON", requires = "signed")]
    pub(super) by: Option<String>,
    /// Record the run in the pack
    #[arg(long, requires = "action", requires = "signal")]
    pub(super) record: bool,
    /// Id of the signal that set the question off
    #[arg(long, value_name = "ID", requires = "record")]
    pub(super) signal: Option<String>,
    /// What sort of signal it is
    #[arg(long, value_name = "WORD", requires = "record", default_value = "action_overdue")]
    pub(super) signal_type: String,
    #[command(flatten)]
    pub(super) clock: Clock,
}

impl About {
    pub(super) fn action(&self) -> Option<action::Action> {
        let signal = |id: &String| Signal { id: id.clone(), kind: self.signal_type.clone() };
        Some(action::Action {
            id: self.action.clone()?,
            out: self.out.clone(),
            signed: self.signed.clone().zip(self.by.clone()),
            record: self.signal.as_ref().filter(|_| self.record).map(signal),
        })
    }
}

/// The one clock of everything that is written.
#[derive(Args)]
pub(super) struct Clock {
    /// Take this moment for now; else `SOURCE_DATE_EPOCH`, else the clock
    #[arg(long, value_name = "RFC3339")]
    pub(super) now: Option<String>,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the environment and the clock come in")]
    pub(super) fn moment(&self) -> Result<Now, Stopped> {
        match (&self.now, std::env::var("SOURCE_DATE_EPOCH")) {
            (Some(now), _) => Now::from_rfc3339(now).map_err(|error| Stopped::new(format!("--now: {error}"))),
            (None, Ok(epoch)) => Now::from_epoch(&epoch).map_err(Stopped::new),
            (None, Err(_)) => Ok(Now::from_timestamp(Timestamp::now())),
        }
    }
}

/// `2026-05-12..2026-05-21`
pub(super) fn days(text: &str) -> Result<(Date, Date), String> {
    let day =
        |text: &str| crate::check::iso::day(text).ok_or_else(|| format!("`{text}` is not a day such as 2026-05-12"));
    let (from, to) = text.split_once("..").ok_or("expected FROM..TO, such as 2026-05-12..2026-05-21")?;
    let (from, to) = (day(from)?, day(to)?);
    if from > to { Err("the window ends before it begins".to_owned()) } else { Ok((from, to)) }
}

/// `programs=programs.csv`
pub(super) fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let parts = text.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
    let (name, file) = parts.ok_or("expected NAME=FILE, such as programs=programs.csv")?;
    Ok((name.to_owned(), PathBuf::from(file)))
}

pub(super) fn xlsx(path: &str) -> Result<PathBuf, String> {
    let is_workbook = has_extension(path, "xlsx");
    if is_workbook { Ok(PathBuf::from(path)) } else { Err("expected a name that ends in .xlsx".to_owned()) }
}

pub(super) fn zone(name: &str) -> Result<(TimeZone, String), String> {
    let zone = TimeZone::get(name).map_err(|_| "expected an IANA time zone such as Asia/Taipei".to_owned())?;
    Ok((zone, name.to_owned()))
}

#[derive(Args)]
pub(super) struct Format {
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub(super) format: Form,
    /// Language of pages, summaries and workbooks; else the workspace's, else zh-Hant
    #[arg(long, value_name = "LANG", value_parser = lang)]
    pub(super) lang: Option<Lang>,
}

pub(super) fn lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| format!("expected one of: {}", Lang::TAGS.join(", ")))
}

impl Format {
    /// How an answer is given about what lies there.
    pub(super) fn told(&self, now: Now, path: &Path) -> Told {
        Told::new(self.format, self.lang, now, path)
    }

    /// For what nobody sent: there is no sender to tell, which is said before anything is done.
    pub(super) fn without_sender(&self) -> Result<(), Stopped> {
        match self.format {
            Form::Message => Err(Stopped::new("--format message is for uploads: there is no sender to tell")),
            _ => Ok(()),
        }
    }
}

/// How a list is printed that is no answer about findings.
#[derive(Args)]
pub(super) struct Listed {
    /// How to print the result
    #[arg(long, value_enum, default_value_t = ListForm::Human)]
    pub(super) format: ListForm,
}
