//! The command line: arguments in, text or JSON out, an exit status that means something.
//!
//! Invariants: what was asked for goes to stdout, everything else to stderr; 0 is clean, 1 is findings, 2 is could not
//! run. No rule lives here.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser as _;

use crate::convert;
use crate::decide::Asked;
use crate::lang::Lang;

mod action;
mod answers;
mod args;
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
mod neighbours;
mod online;
mod progress;
mod publish;
mod root;
mod schema;
mod show;
mod source;
mod status;
mod stopped;
mod template;
mod told;
mod transfer;
mod upload;
mod verify;

use args::{Cli, Command};
use root::find;
use stopped::Ran;

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
            build::run(&root, folder, &output.told(clock.moment()?, &root), out)
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
            let told = output.told(clock.moment()?, here);
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
            verify::run(&bundles, &asked, &output.told(clock.moment()?, here), out)
        }
        Command::Publish { slug, workspace, out: folder, public, dry_run, remote, clock, output } => {
            output.without_sender()?;
            let here = workspace.clone().unwrap_or_else(|| PathBuf::from("."));
            let order = publish::Order { slug, workspace, out: folder, public, dry_run, remote };
            publish::run(&order, &output.told(clock.moment()?, &here), out)
        }
        Command::Upload { slug, workspace, out: folder, dry_run, resend, access, clock, output } => {
            output.without_sender()?;
            let here = workspace.clone().unwrap_or_else(|| PathBuf::from("."));
            let order = transfer::Order { slug, workspace, out: folder, dry_run, resend, access };
            transfer::run(&order, &output.told(clock.moment()?, &here), out)
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
