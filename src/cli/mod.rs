//! The command line: arguments in, text or JSON out, an exit status that means something.
//!
//! Invariants: what was asked for goes to stdout, everything else to stderr; 0 is clean, 1 is findings, 2 is could not
//! run. No rule lives here.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::bundle::has_extension;
use crate::clock::Now;
use crate::convert;
use crate::decide::Asked;
use crate::disk;
use crate::documents::workspace;
use crate::kinds::Signal;
use crate::lang::Lang;
use crate::limits;

mod action;
mod beside;
mod build;
mod check;
mod decide;
mod declared;
mod delivery;
mod explain;
mod init;
mod memory;
mod metrics;
mod online;
mod progress;
mod publish;
mod schema;
mod show;
mod source;
mod status;
mod template;
mod transfer;
mod upload;
mod verify;

/// A production pack that proves itself: checks a folder of evidence, builds self-contained pages and gist-ready
/// bundles from it, and says what is proven, what is refuted and what nobody has checked.
#[derive(Parser)]
#[command(name = "proofpack", version, about, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  proofpack init my-packs            make a workspace that builds
  proofpack build my-packs           build every pack into my-packs/out
  proofpack verify my-packs/out/*/   check the bundles again, from their files alone
  proofpack check orders.xlsx        say exactly what is wrong with an order export
  proofpack explain missing_key      say what a finding means and how to mend it

Exit status: 0 clean, 1 something is wrong with the input or a pack, 2 could not run.";

#[derive(Subcommand)]
enum Command {
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
struct Remote {
    /// Base address of the API: GitHub's, or that of an Enterprise Server (`https://HOST/api/v3`)
    #[arg(long, value_name = "URL", default_value = "https://api.github.com")]
    api: String,
    #[command(flatten)]
    access: Access,
}

/// How a server is spoken to.
#[derive(Args)]
struct Access {
    /// Take the token from standard input instead of the environment (`GITHUB_TOKEN`, for uploads `PROOFPACK_UPLOAD_TOKEN`)
    #[arg(long)]
    token_stdin: bool,
    /// Give up after so many seconds, waits for rate limits included
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
}

/// A question about an action of a workspace.
#[derive(Args)]
struct About {
    /// Ask about this action; the facts come from the workspace
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    action: Option<String>,
    /// The workspace; found upward from here unless given
    #[arg(long, value_name = "DIR", requires = "action")]
    workspace: Option<PathBuf>,
    /// Output folder with the registry, instead of the workspace's own
    #[arg(long, value_name = "DIR", requires = "action")]
    out: Option<PathBuf>,
    /// Decision record of the workspace that permits to build in spite of the gates
    #[arg(long = "override", value_name = "RECORD", requires = "action", requires = "by")]
    signed: Option<String>,
    /// Short name of the person who signed the override
    #[arg(long, value_name = "PERSON", requires = "signed")]
    by: Option<String>,
    /// Record the run in the pack
    #[arg(long, requires = "action", requires = "signal")]
    record: bool,
    /// Id of the signal that set the question off
    #[arg(long, value_name = "ID", requires = "record")]
    signal: Option<String>,
    /// What sort of signal it is
    #[arg(long, value_name = "WORD", requires = "record", default_value = "action_overdue")]
    signal_type: String,
    #[command(flatten)]
    clock: Clock,
}

impl About {
    fn action(&self) -> Option<action::Action> {
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
struct Clock {
    /// Take this moment for now; else `SOURCE_DATE_EPOCH`, else the clock
    #[arg(long, value_name = "RFC3339")]
    now: Option<String>,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the environment and the clock come in")]
    fn moment(&self) -> Result<Now, Stopped> {
        match (&self.now, std::env::var("SOURCE_DATE_EPOCH")) {
            (Some(now), _) => Now::from_rfc3339(now).map_err(|error| Stopped::new(format!("--now: {error}"))),
            (None, Ok(epoch)) => Now::from_epoch(&epoch).map_err(Stopped::new),
            (None, Err(_)) => Ok(Now::from_timestamp(Timestamp::now())),
        }
    }
}

/// `2026-05-12..2026-05-21`
fn days(text: &str) -> Result<(Date, Date), String> {
    let day =
        |text: &str| crate::check::iso::day(text).ok_or_else(|| format!("`{text}` is not a day such as 2026-05-12"));
    let (from, to) = text.split_once("..").ok_or("expected FROM..TO, such as 2026-05-12..2026-05-21")?;
    let (from, to) = (day(from)?, day(to)?);
    if from > to { Err("the window ends before it begins".to_owned()) } else { Ok((from, to)) }
}

/// `programs=programs.csv`
fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let parts = text.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
    let (name, file) = parts.ok_or("expected NAME=FILE, such as programs=programs.csv")?;
    Ok((name.to_owned(), PathBuf::from(file)))
}

fn xlsx(path: &str) -> Result<PathBuf, String> {
    let is_workbook = has_extension(path, "xlsx");
    if is_workbook { Ok(PathBuf::from(path)) } else { Err("expected a name that ends in .xlsx".to_owned()) }
}

fn zone(name: &str) -> Result<(TimeZone, String), String> {
    let zone = TimeZone::get(name).map_err(|_| "expected an IANA time zone such as Asia/Taipei".to_owned())?;
    Ok((zone, name.to_owned()))
}

#[derive(Args)]
struct Format {
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// Language of pages, summaries and workbooks; else the workspace's, else zh-Hant
    #[arg(long, value_name = "LANG", value_parser = lang)]
    lang: Option<Lang>,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Form {
    /// For people at a terminal
    Human,
    /// For programs
    Json,
    /// One finding a line, then a line that sums up
    Jsonl,
    /// JUnit XML for CI systems
    Junit,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// Markdown for the summary of a CI job, at most 1 MiB
    Markdown,
    /// One self-contained page
    Html,
    /// What to tell the sender of an upload, to paste into a chat
    Message,
}

impl Form {
    /// Whether it shows the rows that findings speak about.
    fn shows_rows(self) -> bool {
        matches!(self, Self::Human | Self::Markdown | Self::Html)
    }
}

fn lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| format!("expected one of: {}", Lang::TAGS.join(", ")))
}

impl Format {
    /// For what nobody sent: there is no sender to tell, which is said before anything is done.
    fn without_sender(&self) -> Result<(), Stopped> {
        match self.format {
            Form::Message => Err(Stopped::new("--format message is for uploads: there is no sender to tell")),
            _ => Ok(()),
        }
    }
}

/// How a list is printed that is no answer about findings.
#[derive(Args)]
struct Listed {
    /// How to print the result
    #[arg(long, value_enum, default_value_t = ListForm::Human)]
    format: ListForm,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum ListForm {
    /// For people at a terminal
    Human,
    /// For programs
    Json,
}

/// How an answer is given.
struct Told {
    form: Form,
    lang: Lang,
    /// Time zone in which moments are shown.
    zone: TimeZone,
    /// As of when.
    now: Now,
}

impl Told {
    /// As the caller says, else as the workspace that a path lies in says.
    fn new(format: &Format, now: Now, path: &Path) -> Self {
        let root = disk::find_upward(path, workspace::FILE);
        let read = |root: PathBuf| disk::read(&root.join(workspace::FILE), "", limits::DOCUMENT_BYTES, &mut Vec::new());
        let workspace = root.and_then(read).and_then(|bytes| workspace::read("", &bytes, &mut Vec::new()));
        let (lang, zone) = workspace.map_or_else(
            || (Lang::ZhHant, TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::UTC)),
            |workspace| (workspace.lang, workspace.zone),
        );
        Self { form: format.format, lang: format.lang.unwrap_or(lang), zone, now }
    }
}

/// The run could not be made: status 2.
#[derive(Debug)]
struct Stopped {
    message: String,
}

impl Stopped {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// Several reasons, each on a line of its own. `None` when there is none.
    fn all(stopped: &[Self]) -> Option<Self> {
        let messages: Vec<_> = stopped.iter().map(|one| one.message.as_str()).collect();
        (!messages.is_empty()).then(|| Self::new(messages.join("\n")))
    }
}

/// An output whose reader may go away: that is no failure, and what is found to be wrong still decides the exit status.
struct Output<W>(W);

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<disk::Error> for Stopped {
    fn from(error: disk::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Whether what was looked at is clean.
type Ran = Result<bool, Stopped>;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::ReadLegacy { format } = &cli.command {
        return ExitCode::from(u8::try_from(convert::run_child(format)).unwrap_or(u8::MAX));
    }
    convert::this_program_converts();
    let mut out = io::BufWriter::new(Output(anstream::stdout().lock()));
    let ran = run(cli, &mut out).and_then(|clean| Ok(out.flush().map(|()| clean)?));
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(stopped) => {
            // Nothing more can be done when even stderr is closed.
            for message in stopped.message.lines() {
                let _ = writeln!(anstream::stderr(), "{}: {message}", show::failure("error"));
            }
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli, out: &mut dyn Write) -> Ran {
    match cli.command {
        Command::Init { dir } => init::run(&dir, out),
        Command::Build { workspace, out: folder, clock, output } => {
            output.without_sender()?;
            let root = find(workspace)?;
            build::run(&root, folder, &Told::new(&output, clock.moment()?, &root), out)
        }
        Command::Check {
            paths,
            window,
            timezone,
            decisions,
            settlement,
            sheet,
            annotate,
            schema,
            tables,
            clock,
            output,
        } => {
            let here = paths.first().map_or(Path::new("."), PathBuf::as_path);
            let told = Told::new(&output, clock.moment()?, here);
            let declared = schema.map(|schema| declared::Declared::read(&schema, &tables, &told, out)).transpose()?;
            let declared = declared.as_ref();
            let asked =
                check::Asked { window, zone: timezone, decisions, settlement, sheet, declared, annotate, told: &told };
            check::run(&paths, &asked, out)
        }
        Command::Verify { bundles, online, sources, remote, clock, output } => {
            output.without_sender()?;
            let here = bundles.first().map_or(Path::new("."), PathBuf::as_path);
            let asked = verify::Asked { remote: online.then_some(&remote), sources };
            verify::run(&bundles, &asked, &Told::new(&output, clock.moment()?, here), out)
        }
        Command::Publish { slug, workspace, out: folder, public, dry_run, remote, clock, output } => {
            output.without_sender()?;
            let here = workspace.clone().unwrap_or_else(|| PathBuf::from("."));
            let order = publish::Order { slug, workspace, out: folder, public, dry_run, remote };
            publish::run(&order, &Told::new(&output, clock.moment()?, &here), out)
        }
        Command::Upload { slug, workspace, out: folder, dry_run, resend, access, clock, output } => {
            output.without_sender()?;
            let here = workspace.clone().unwrap_or_else(|| PathBuf::from("."));
            let order = transfer::Order { slug, workspace, out: folder, dry_run, resend, access };
            transfer::run(&order, &Told::new(&output, clock.moment()?, &here), out)
        }
        Command::Status { slugs, workspace, out: folder, online, remote, clock, output } => {
            let order = status::Order { slugs, root: find(workspace)?, out: folder, remote: online.then_some(remote) };
            status::run(&order, &clock.moment()?, output.format, out)
        }
        Command::Template { name, output, lang, clock } => template::run(&name, &output, lang, &clock.moment()?),
        Command::Schema { name } => schema::run(name.as_deref(), out),
        // Handled before any output is set up, since it writes bytes and no text.
        Command::ReadLegacy { .. } => Ok(true),
        Command::Decide { rule: None, .. } => decide::list(out),
        Command::Decide { rule: Some(rule), file, lang, trace, about } => {
            let question = decide::question(&rule)?;
            if let Some(action) = about.action() {
                let root = find(about.workspace)?;
                return action::run(question, &action, &root, (lang, trace), &about.clock.moment()?, out);
            }
            decide::run(question, file.as_deref(), &Asked { lang: lang.unwrap_or(Lang::En), trace }, out)
        }
        Command::Memory { workspace, output } => memory::run(&find(workspace)?, output.format, out),
        Command::Metrics { workspace, clock, output } => {
            metrics::run(&find(workspace)?, &clock.moment()?, output.format, out)
        }
        Command::Explain { code } => explain::run(code.as_deref(), out),
    }
}

/// The workspace that was named, or the one found upward from here.
fn find(named: Option<PathBuf>) -> Result<PathBuf, Stopped> {
    match named {
        Some(path) if disk::is_file(&path.join(workspace::FILE)) => Ok(path),
        Some(path) => Err(not_a_workspace(&path)),
        None => disk::find_upward(Path::new("."), workspace::FILE).ok_or_else(|| {
            Stopped::new(format!("no {} here or above; `proofpack init DIR` makes a workspace", workspace::FILE))
        }),
    }
}

fn not_a_workspace(path: &Path) -> Stopped {
    Stopped::new(format!("{} is not a workspace: it has no {}", path.display(), workspace::FILE))
}
