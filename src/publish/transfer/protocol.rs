//! How files are uploaded so that each is there once, whatever gets lost: intent, send, look, receipt.
//!
//! A file whose answer was lost is looked for in the server's list and never sent again while it may still turn up there.
//! A server without a list leaves the file uncertain: the run stops and names it, and a person looks.

use std::collections::BTreeSet;

use crate::bundle::Files;
use crate::publish::session::{Session, TRIES, redirect, said, shown};
use crate::publish::transfer::answer::{self, Named};
use crate::publish::transfer::form;
use crate::publish::transfer::plan::{Change, Plan};
use crate::publish::transfer::receipt::{Accepted, Intent, Receipt, Sending};
use crate::publish::{Address, Answer, Failure, LOOKS, Lost, Outside, moment, settled_at};

/// Most bytes of an answer.
const ANSWER_BYTES: u64 = 8 << 20;

/// What a run knows when it begins.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// What is to be uploaded; it was clean.
    pub plan: &'a Plan,
    /// Its bytes.
    pub files: &'a Files,
    /// The receipt of the last upload.
    pub receipt: Option<&'a Receipt>,
    /// What a run left that did not come to a receipt.
    pub intent: Option<&'a Intent>,
}

/// Uploads what is not confirmed yet. The receipt lacks only its time.
pub fn upload(before: &Before<'_>, outside: &mut dyn Outside) -> Result<Receipt, Failure> {
    let plan = before.plan;
    let session = Session::new(&plan.address, &[("accept", "application/json")], outside);
    let mut run = Run { before: *before, session, intent: Intent::new(&plan.pack, plan.address.to_string()) };
    run.begin()?;
    for at in 0..plan.files.len() {
        run.send(at)?;
    }
    run.look_over()?;
    Ok(run.receipt())
}

struct Run<'a> {
    before: Before<'a>,
    session: Session<'a>,
    /// How far it came; its files are those of the plan, in the same order, as soon as it has begun.
    intent: Intent,
}

/// What became of sending a file.
enum Sent {
    /// It is there, with this id.
    Taken(String),
    /// Nothing was done.
    Nothing(Failure),
    /// The server says something that cannot be; what it did is not known.
    Lie(String),
    /// Nobody knows, and why.
    Unknown(String),
}

impl Run<'_> {
    /// Takes up what an earlier run left: what it got no answer for is looked for first.
    fn begin(&mut self) -> Result<(), Failure> {
        let plan = self.before.plan;
        let listed = if plan.list.is_some() { Some(self.list()?) } else { None };
        if let Some(earlier) = self.before.intent {
            self.intent = earlier.clone();
            for at in 0..self.intent.files.len() {
                self.settle(at)?;
            }
        } else if let Some(listed) = &listed {
            let same = |one: &&Named| plan.files.iter().any(|file| file.name == one.name);
            self.intent.known = Some(listed.iter().filter(same).map(|one| one.id.clone()).collect());
        }
        let earlier = std::mem::take(&mut self.intent.files);
        // What was sent of other bytes by the same name is not what is sent now.
        let is_planned =
            |one: &Sending| plan.files.iter().any(|file| file.name == one.name && file.sha256 == one.sha256);
        let strangers = earlier.iter().filter(|one| !is_planned(one)).filter_map(|one| one.id.clone());
        if let Some(known) = &mut self.intent.known {
            known.extend(strangers);
        }
        for file in &plan.files {
            let same = |name: &str, sha256: &str| file.name == name && file.sha256 == sha256;
            let began = earlier.iter().find(|one| same(&one.name, &one.sha256)).and_then(|one| one.id.clone());
            let confirmed = || self.before.receipt?.files.iter().find(|one| same(&one.name, &one.sha256));
            // Where the server says which bytes it has, what is there already need not come again.
            let there =
                listed.iter().flatten().find(|one| one.name == file.name && one.sha256.as_ref() == Some(&file.sha256));
            let id = match file.change {
                Change::Keep => began.or_else(|| confirmed().map(|one| one.id.clone())),
                // What was looked for may have been found.
                Change::Look => began,
                Change::Send if there.is_some() => there.map(|one| one.id.clone()),
                Change::Send => began.filter(|_| self.was_open(&file.name, &file.sha256)),
            };
            self.intent.files.push(Sending {
                name: file.name.clone(),
                sha256: file.sha256.clone(),
                asked_at: None,
                id,
            });
        }
        self.keep()
    }

    /// Whether an earlier run got no answer for these bytes.
    fn was_open(&self, name: &str, sha256: &str) -> bool {
        let open = |one: &Sending| one.name == name && one.sha256 == sha256 && one.asked_at.is_some();
        self.before.intent.is_some_and(|intent| intent.files.iter().any(open))
    }

    /// Finds out what became of a file that an earlier run got no answer for, or stops.
    fn settle(&mut self, at: usize) -> Result<(), Failure> {
        let Some(file) = self.intent.files.get(at).cloned() else { return Ok(()) };
        let (Some(asked_at), None) = (&file.asked_at, &file.id) else { return Ok(()) };
        let plan = self.before.plan;
        let planned = plan.files.iter().find(|one| one.name == file.name && one.sha256 == file.sha256);
        let is_resent = planned.is_some_and(|one| one.change == Change::Send);
        let now = self.session.outside.now();
        let why = "an earlier run got no answer";
        let found = if plan.list.is_some() { self.find(at)? } else { None };
        let file_now = &mut self.intent.files[at];
        file_now.id = found;
        if file_now.id.is_some() || is_resent || (planned.is_none() && plan.list.is_none()) {
            file_now.asked_at = None;
            return Ok(());
        }
        if plan.list.is_none() || now < settled_at(asked_at, now) {
            return Err(self.uncertain(&file.name, why, asked_at));
        }
        self.session.outside.say(&format!("{}: what was sent at {asked_at} never came", file.name));
        self.intent.files[at].asked_at = None;
        Ok(())
    }

    fn keep(&mut self) -> Result<(), Failure> {
        self.session.outside.keep(&self.intent.render()).map_err(Failure::Stopped)
    }

    /// Sends a file that is not confirmed yet. When nobody knows whether it came, it is looked for until it can no longer
    /// turn up, and then sent once more.
    fn send(&mut self, at: usize) -> Result<(), Failure> {
        let plan = self.before.plan;
        let Some(file) = plan.files.get(at) else { return Ok(()) };
        let what = format!("sending {} of {}: {}, {} bytes", at + 1, plan.files.len(), file.name, file.bytes);
        let mut is_first = true;
        while let Some(state) = self.intent.files.get_mut(at).filter(|state| state.id.is_none()) {
            let asked_at = moment(self.session.outside.now());
            state.asked_at = Some(asked_at.clone());
            self.keep()?;
            let id = match self.ask(at, &what) {
                Sent::Taken(id) => id,
                Sent::Nothing(failure) => {
                    // The next run need not wait for what cannot turn up.
                    self.intent.files[at].asked_at = None;
                    self.keep()?;
                    return Err(failure);
                }
                Sent::Lie(why) => return Err(Failure::differs(format!("{}: {why}", file.name))),
                Sent::Unknown(why) if plan.list.is_none() => return Err(self.uncertain(&file.name, &why, &asked_at)),
                Sent::Unknown(why) => {
                    self.session.outside.say(&format!("{why}; looking whether {} came all the same", file.name));
                    match self.find(at) {
                        Ok(Some(id)) => id,
                        Ok(None) if is_first => {
                            self.session.outside.say("it did not come; sending it once more");
                            is_first = false;
                            continue;
                        }
                        Ok(None) => return Err(self.uncertain(&file.name, &why, &asked_at)),
                        Err(Failure::Stopped(more)) => {
                            return Err(self.uncertain(&file.name, &format!("{why}, and {more}"), &asked_at));
                        }
                        Err(differs) => return Err(differs),
                    }
                }
            };
            let state = &mut self.intent.files[at];
            (state.id, state.asked_at) = (Some(id), None);
            self.keep()?;
        }
        Ok(())
    }

    /// Sends until one request got through.
    fn ask(&mut self, at: usize, what: &str) -> Sent {
        let plan = self.before.plan;
        let file = &plan.files[at];
        let bytes = self.before.files.get(&file.name).map(Vec::as_slice).unwrap_or_default();
        let (content_type, body) = form::form(plan, file, bytes);
        let mut request = self.session.request("POST", plan.address.clone(), Some(body), ANSWER_BYTES);
        request.headers.push(("content-type".to_owned(), content_type));
        request.headers.push((plan.target.key_header.to_ascii_lowercase(), file.key.clone()));
        let mut attempt = 0;
        loop {
            self.session.outside.say(what);
            let why = match self.session.send(&request) {
                // A limit that lasts too long; nothing was done then.
                Err(failure) => return Sent::Nothing(failure),
                Ok(Err(Lost::Unknown(why))) => return Sent::Unknown(why),
                Ok(Err(Lost::NotSent(why))) => why,
                Ok(Ok(answer)) => return self.judge(at, &answer),
            };
            attempt += 1;
            if attempt == TRIES {
                let why = format!("{} could not be sent: {why}; run the same command again later", file.name);
                return Sent::Nothing(Failure::Stopped(why));
            }
            if let Err(failure) = self.session.back_off(attempt - 1) {
                return Sent::Nothing(failure);
            }
        }
    }

    /// What the answer to a file means.
    fn judge(&self, at: usize, answer: &Answer) -> Sent {
        let file = &self.before.plan.files[at];
        let status = answer.status;
        let nothing =
            |why: &str| Sent::Nothing(Failure::Stopped(format!("{}: {status}, {why}{}", file.name, said(answer))));
        if let Some(location) = redirect(answer) {
            let to =
                self.session.server.follow(&location).map_or_else(|_| "another address".to_owned(), |to| shown(&to));
            let why = format!("the server redirects to {to}, which is not followed");
            // `See other` is what servers say after the deed.
            return if status == 303 {
                Sent::Lie(why)
            } else {
                Sent::Nothing(Failure::differs(format!("{}: {why}", file.name)))
            };
        }
        match status {
            200..=299 => match self.confirmed(at, answer) {
                Ok(id) => Sent::Taken(id),
                Err(why) => Sent::Lie(format!("the answer {why}")),
            },
            408 | 409 | 425 | 500.. => Sent::Unknown(format!("the server answers {status}")),
            401 | 403 => nothing("the server does not accept the token, or it may not upload here"),
            404 | 405 | 410 => nothing("the address of the upload target takes no files"),
            413 => nothing("the server finds it too large"),
            415 | 422 => nothing("the server does not accept this file"),
            _ => nothing("the server refuses it"),
        }
    }

    /// The id under which an answer confirms this file and nothing else.
    fn confirmed(&self, at: usize, answer: &Answer) -> Result<String, String> {
        let file = &self.before.plan.files[at];
        let named = answer::read(&answer.body, &self.before.plan.target.answer)?;
        let [one] = named.as_slice() else { return Err(format!("confirms {} files instead of one", named.len())) };
        if one.name != file.name {
            return Err(format!("confirms it by another name: {}", quoted(&one.name)));
        }
        if one.sha256.as_ref().is_some_and(|sha256| *sha256 != file.sha256) {
            return Err("confirms it with another SHA-256".to_owned());
        }
        if let Some(other) = self.intent.files.iter().find(|other| other.id.as_ref() == Some(&one.id)) {
            return Err(format!("gives it the id of {}", other.name));
        }
        Ok(one.id.clone())
    }

    /// What the server says that it has.
    fn list(&mut self) -> Result<Vec<Named>, Failure> {
        let Some(address) = self.before.plan.list.clone() else { return Ok(Vec::new()) };
        let answer = self.session.get(&address, ANSWER_BYTES)?;
        let wrong = |why: String| Failure::differs(format!("the list of the upload target {why}"));
        if let Some(location) = redirect(&answer) {
            let to = address.follow(&location).map_or_else(|_| "another address".to_owned(), |to: Address| shown(&to));
            return Err(wrong(format!("redirects to {to}, which is not followed")));
        }
        if answer.status != 200 {
            return Err(Failure::Stopped(format!(
                "the list of the upload target answers {}{}",
                answer.status,
                said(&answer)
            )));
        }
        answer::read(&answer.body, &self.before.plan.target.answer).map_err(wrong)
    }

    /// The id of a file that was sent without an answer; the list is read until it shows one or has had its time.
    fn find(&mut self, at: usize) -> Result<Option<String>, Failure> {
        let Some(file) = self.intent.files.get(at).cloned() else { return Ok(None) };
        for attempt in 0..LOOKS {
            if attempt > 0 {
                self.session.back_off(attempt - 1)?;
            }
            let listed = self.list()?;
            let new: Vec<_> = listed.iter().filter(|one| self.is_new(one, &file)).collect();
            match new.as_slice() {
                [] => {}
                [one] => return Ok(Some(one.id.clone())),
                several => return Err(Failure::differs(twice(&file.name, several))),
            }
        }
        Ok(None)
    }

    /// Whether a listed file can be the one that was sent: it has its name, and its bytes as far as the server says which,
    /// was not there before, and is no other one of ours.
    fn is_new(&self, one: &Named, file: &Sending) -> bool {
        let told_apart = match &self.intent.known {
            Some(known) => !known.contains(&one.id),
            // Without knowing what was there before, only the bytes can tell.
            None => one.sha256.is_some(),
        };
        one.name == file.name
            && told_apart
            && one.sha256.as_ref().is_none_or(|sha256| *sha256 == file.sha256)
            && !self.intent.files.iter().any(|other| other.id.as_ref() == Some(&one.id))
    }

    /// The list must have every file under its id, once. It may lag behind.
    fn look_over(&mut self) -> Result<(), Failure> {
        if self.before.plan.list.is_none() {
            return Ok(());
        }
        self.session.outside.say("looking whether the server lists every file");
        let mut attempt = 0;
        loop {
            let listed = self.list()?;
            let wrong = self.compare(&listed);
            if wrong.is_empty() {
                return Ok(());
            }
            attempt += 1;
            if attempt == TRIES {
                return Err(Failure::Differs(wrong));
            }
            self.session.back_off(attempt - 1)?;
        }
    }

    fn compare(&self, listed: &[Named]) -> Vec<String> {
        let mut wrong = Vec::new();
        let ours: BTreeSet<&String> = self.intent.files.iter().filter_map(|file| file.id.as_ref()).collect();
        let known = self.intent.known.as_deref().unwrap_or_default();
        for file in &self.intent.files {
            let (name, id) = (&file.name, file.id.as_deref().unwrap_or_default());
            let under_id: Vec<_> = listed.iter().filter(|one| one.id == id).collect();
            match under_id.as_slice() {
                [] => wrong.push(format!(
                    "{name}: the server confirmed it as {id} and does not list it; when it is gone, send it again with \
                     --resend {name}"
                )),
                [one] if one.name != *name => {
                    wrong.push(format!("{name}: the server lists {id} as {}", quoted(&one.name)));
                }
                [one] if one.sha256.as_ref().is_some_and(|sha256| *sha256 != file.sha256) => {
                    wrong.push(format!("{name}: the server lists {id} with another SHA-256"));
                }
                [_] => {}
                several => wrong.push(format!("{name}: the server lists {id} {} times", several.len())),
            }
            // The list was known before, so what is new and not ours came twice.
            let again = listed.iter().filter(|one| {
                one.name == *name && !ours.contains(&one.id) && !known.contains(&one.id) && self.intent.known.is_some()
            });
            let again: Vec<_> = again.collect();
            if !again.is_empty() {
                wrong.push(twice(name, &again));
            }
        }
        wrong
    }

    fn uncertain(&self, name: &str, why: &str, asked_at: &str) -> Failure {
        let then = if self.before.plan.list.is_some() {
            let until =
                asked_at.parse().map_or_else(|_| "some minutes".to_owned(), |at| moment(settled_at(asked_at, at)));
            format!(
                "The server does not list it yet; so that it is never there twice, it is not sent again before {until}. Run \
                 the same command again then, or earlier to look again"
            )
        } else {
            format!(
                "Look on the server: when it does not have the file, send it again with --resend {name}; when it has it, \
                 remove it there first"
            )
        };
        Failure::Stopped(format!(
            "{name} is uncertain: {why}, and whether what was sent at {asked_at} came is not known. {then}"
        ))
    }

    fn receipt(&mut self) -> Receipt {
        let plan = self.before.plan;
        let accepted = |(file, state): (&super::plan::Planned, &Sending)| {
            let id = state.id.clone()?;
            Some(Accepted { name: file.name.clone(), bytes: file.bytes, sha256: file.sha256.clone(), id })
        };
        Receipt {
            slug: plan.slug.clone(),
            pack: plan.pack.clone(),
            target: plan.address.to_string(),
            manifest_sha256: plan.manifest.clone(),
            files: plan.files.iter().zip(&self.intent.files).filter_map(accepted).collect(),
            listed: plan.list.is_some(),
            requests: std::mem::take(&mut self.session.requests),
            ..Receipt::blank()
        }
    }
}

fn twice(name: &str, several: &[&Named]) -> String {
    let ids: Vec<_> = several.iter().map(|one| one.id.as_str()).collect();
    format!("{name}: the server has it more than once: {}; look at them there and remove all but one", ids.join(", "))
}

/// A name that a server gave, as messages show it.
fn quoted(name: &str) -> String {
    crate::check::privacy::quoted(&name.chars().filter(|one| !one.is_control()).take(100).collect::<String>())
}
