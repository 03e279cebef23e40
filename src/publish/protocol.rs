//! How a gist is written so that there is one, whatever gets lost: intent, write, look, read back, receipt.
//!
//! A request that writes is never repeated blindly. When its answer is lost, the server is asked what it has: the
//! description of every gist of ours ends in a marker with the pack and the manifest's hash. A listing may lag behind, so
//! as long as a gist that was asked for may still turn up in it, none is asked for again: the run stops and says until
//! when. Nothing is ever deleted but files that the last receipt names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bundle::Files;
use crate::publish::gist::Gist;
use crate::publish::readback::{self, Expected};
use crate::publish::receipt::RECEIPT_TYPE;
use crate::publish::session::{Session, TRIES};
use crate::publish::{Answer, Failure, Intent, LOOKS, Lost, Outside, Plan, Receipt, github, moment, settled_at};

/// Gists of one page of a listing, and most pages: what GitHub gives.
const PER_PAGE: usize = 100;
const PAGES: u32 = 30;

/// What a run knows when it begins.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// What is to be published; it was clean.
    pub plan: &'a Plan,
    /// Its bytes.
    pub files: &'a Files,
    /// The receipt of the last publication.
    pub receipt: Option<&'a Receipt>,
    /// What a run left that did not come to a receipt.
    pub intent: Option<&'a Intent>,
}

/// Publishes: makes or changes the gist of the pack and reads it back. The receipt lacks only its time.
pub fn publish(before: &Before<'_>, outside: &mut dyn Outside) -> Result<Receipt, Failure> {
    let session = github::session(&before.plan.api, outside);
    let mut run = Run { before: *before, session, owner: String::new() };
    run.session.outside.say("asking whose token this is");
    run.owner = run.session.whoami()?;
    run.check_owner()?;
    let id = match before.receipt {
        Some(receipt) => Some(receipt.id.clone()),
        None => run.find(before.intent.is_some_and(|intent| intent.asked_at.is_some()))?,
    };
    if id.is_none() {
        run.check_unanswered()?;
    }
    let written = match id {
        Some(id) => run.update(&id)?,
        None => Written { id: run.create()?, replaced: None },
    };
    run.read_back(&written)
}

/// A gist that was written, and the revision that must be gone since.
struct Written {
    id: String,
    replaced: Option<String>,
}

struct Run<'a> {
    before: Before<'a>,
    session: Session<'a>,
    owner: String,
}

/// What became of asking for a gist.
enum Asked {
    Made(String),
    /// None was made.
    Nothing(Failure),
    /// Nobody knows, and why.
    Unknown(String),
}

impl Run<'_> {
    fn check_owner(&self) -> Result<(), Failure> {
        let receipt = self.before.receipt.map(|receipt| &receipt.owner);
        match receipt.or(self.before.intent.map(|intent| &intent.owner)) {
            Some(owner) if *owner != self.owner => Err(Failure::Stopped(format!(
                "the token belongs to {}, but the pack is published by {owner}; use that one's token",
                self.owner
            ))),
            _ => Ok(()),
        }
    }

    /// Gists of the token's owner whose description has the mark of this pack.
    fn marked(&mut self) -> Result<Vec<Gist>, Failure> {
        let mark = Plan::mark(&self.before.plan.pack);
        let mut marked: BTreeMap<String, Gist> = BTreeMap::new();
        for page in 1..=PAGES {
            let answer = self.session.api(&format!("/gists?per_page={PER_PAGE}&page={page}"))?;
            if answer.status != 200 {
                return Err(self.session.refusal(&answer, "listing the gists"));
            }
            let (count, gists) = Gist::list(&answer.body)
                .map_err(|why| Failure::differs(format!("the answer to listing the gists {why}")))?;
            let ours = gists.into_iter().filter(|gist| gist.owner == self.owner && gist.description.contains(&mark));
            marked.extend(ours.map(|gist| (gist.id.clone(), gist)));
            // A page may be short although others follow.
            let has_next = answer.header("link").is_some_and(|link| link.contains("rel=\"next\""));
            if count < PER_PAGE && !has_next {
                return Ok(marked.into_values().collect());
            }
        }
        let most = PAGES as usize * PER_PAGE;
        Err(Failure::Stopped(format!(
            "the token's owner has more than {most} gists, so it cannot be told whether one of them is this pack; publish \
             from the folder that has its publish-receipt.json"
        )))
    }

    /// The one gist of this pack. With `patience` the listing is read until it shows one or has had its time.
    fn find(&mut self, patience: bool) -> Result<Option<String>, Failure> {
        self.session.outside.say("looking for a gist of this pack");
        for attempt in 0..if patience { LOOKS } else { 1 } {
            if attempt > 0 {
                self.session.back_off(attempt - 1)?;
            }
            match self.marked()?.as_slice() {
                [] => {}
                [one] => return Ok(Some(one.id.clone())),
                several => return Err(ambiguous(several)),
            }
        }
        Ok(None)
    }

    /// Stops while a gist that an earlier run asked for may still turn up.
    fn check_unanswered(&mut self) -> Result<(), Failure> {
        let Some(asked_at) = self.before.intent.and_then(|intent| intent.asked_at.as_deref()) else { return Ok(()) };
        let now = self.session.outside.now();
        if now < settled_at(asked_at, now) {
            return Err(uncertain("an earlier run got no answer", asked_at, &moment(settled_at(asked_at, now))));
        }
        self.session.outside.say(&format!("nothing came of the gist that was asked for at {asked_at}"));
        Ok(())
    }

    fn keep(&mut self, gist: Option<&str>, asked_at: Option<String>) -> Result<(), Failure> {
        let intent = Intent::new(self.before.plan, &self.owner, gist, asked_at);
        self.session.outside.keep(&intent.render()).map_err(Failure::Stopped)
    }

    fn content(&self, name: &str) -> Value {
        let bytes = self.before.files.get(name).map(Vec::as_slice).unwrap_or_default();
        json!({"content": String::from_utf8_lossy(bytes)})
    }

    /// Makes the gist. When nobody knows whether it was made, it is looked for until it can no longer turn up, and then
    /// asked for once more.
    fn create(&mut self) -> Result<String, Failure> {
        let mut is_first = true;
        loop {
            let now = self.session.outside.now();
            let asked_at = moment(now);
            self.keep(None, Some(asked_at.clone()))?;
            let why = match self.ask_for_gist() {
                Asked::Made(id) => return Ok(id),
                Asked::Nothing(failure) => {
                    // The next run need not wait for what cannot turn up.
                    self.keep(None, None)?;
                    return Err(failure);
                }
                Asked::Unknown(why) => why,
            };
            self.session.outside.say(&format!("{why}; looking whether the gist was made all the same"));
            let unknown = |why: &str| uncertain(why, &asked_at, &moment(settled_at(&asked_at, now)));
            match self.find(true) {
                Ok(Some(id)) => return Ok(id),
                Ok(None) if is_first => self.session.outside.say("it was not made; asking for it once more"),
                Ok(None) => return Err(unknown(&why)),
                Err(Failure::Stopped(more)) => return Err(unknown(&format!("{why}, and {more}"))),
                Err(differs) => return Err(differs),
            }
            is_first = false;
        }
    }

    /// Asks for a gist until one request got through.
    fn ask_for_gist(&mut self) -> Asked {
        let plan = self.before.plan;
        let files: serde_json::Map<_, _> =
            plan.files.iter().map(|file| (file.name.clone(), self.content(&file.name))).collect();
        let body = json!({"description": plan.description, "public": plan.public, "files": files}).to_string();
        let mut attempt = 0;
        loop {
            self.session.outside.say(&format!("making the gist: {} files, {} bytes", plan.files.len(), plan.bytes()));
            let why = match self.session.write("POST", "/gists", body.clone().into_bytes()) {
                // A limit that lasts too long; nothing was done then.
                Err(failure) => return Asked::Nothing(failure),
                Ok(Err(Lost::Unknown(why))) => return Asked::Unknown(why),
                Ok(Err(Lost::NotSent(why))) => why,
                Ok(Ok(answer)) => return self.asked(&answer),
            };
            attempt += 1;
            if attempt == TRIES {
                let why = format!("the gist could not be made: {why}; run the same command again later");
                return Asked::Nothing(Failure::Stopped(why));
            }
            if let Err(failure) = self.session.back_off(attempt - 1) {
                return Asked::Nothing(failure);
            }
        }
    }

    fn asked(&self, answer: &Answer) -> Asked {
        let gist = Gist::read(&answer.body);
        match (answer.status, gist) {
            (201, Ok(gist)) => Asked::Made(gist.id),
            (status @ 200..=299, Err(why)) => {
                Asked::Unknown(format!("the server answers {status} with an answer that {why}"))
            }
            (status @ (200..=299 | 408 | 500..), _) => Asked::Unknown(format!("the server answers {status}")),
            _ => Asked::Nothing(self.session.refusal(answer, "making the gist")),
        }
    }

    /// The gist as the API has it now. A fresh one may not be everywhere yet.
    fn look(&mut self, id: &str, fresh: bool) -> Result<Gist, Failure> {
        let mut attempt = 0;
        loop {
            let answer = self.session.api(&format!("/gists/{id}"))?;
            match answer.status {
                200 => {
                    return Gist::read(&answer.body)
                        .map_err(|why| Failure::differs(format!("the answer about gist {id} {why}")));
                }
                404 if fresh && attempt + 1 < TRIES => self.session.back_off(attempt)?,
                _ => return Err(self.session.refusal(&answer, &format!("reading gist {id}"))),
            }
            attempt += 1;
        }
    }

    fn update(&mut self, id: &str) -> Result<Written, Failure> {
        let plan = self.before.plan;
        let gist = self.look(id, false)?;
        let identity = readback::compare(&self.expected(id), &gist).identity;
        if !identity.is_empty() {
            return Err(Failure::Differs(identity));
        }
        self.check_foreign(&gist)?;
        let old: BTreeMap<&str, &str> = match self.before.receipt {
            Some(receipt) if gist.revision.as_ref() == Some(&receipt.revision) => {
                receipt.files.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect()
            }
            // What a lost request wrote is what it was to write; reading back will tell.
            _ if gist.description == plan.description => {
                plan.files.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect()
            }
            _ => BTreeMap::new(),
        };
        let mut files = serde_json::Map::new();
        for file in &plan.files {
            let there = gist.files.get(&file.name).is_some_and(|there| there.size == file.bytes);
            if !there || old.get(file.name.as_str()) != Some(&file.sha256.as_str()) {
                files.insert(file.name.clone(), self.content(&file.name));
            }
        }
        let gone = gist.files.keys().filter(|name| !plan.files.iter().any(|file| file.name == **name));
        files.extend(gone.map(|name| (name.clone(), Value::Null)));
        let written = |replaced: Option<String>| Ok(Written { id: id.to_owned(), replaced });
        if files.is_empty() && gist.description == plan.description {
            self.session.outside.say("the gist is there already; nothing to change");
            return written(None);
        }
        self.keep(Some(id), None)?;
        let body = json!({"description": plan.description, "files": files}).to_string();
        let mut last = String::new();
        for attempt in 0..TRIES {
            self.session.outside.say(&format!("changing gist {id}: {} files", files.len()));
            match self.session.write("PATCH", &format!("/gists/{id}"), body.clone().into_bytes())? {
                Ok(answer) if answer.status == 200 => return written(gist.revision.clone()),
                Ok(answer) if answer.status >= 500 || answer.status == 408 => {
                    last = format!("the server answers {}", answer.status);
                }
                Ok(answer) => return Err(self.session.refusal(&answer, &format!("changing gist {id}"))),
                Err(Lost::NotSent(why) | Lost::Unknown(why)) => last = why,
            }
            self.session.back_off(attempt)?;
            // The same change once more would change nothing, but is not needed when it was made.
            if self.look(id, false)?.description == plan.description && gist.description != plan.description {
                return written(gist.revision.clone());
            }
        }
        Err(Failure::Stopped(format!("gist {id} could not be changed: {last}; run the same command again later")))
    }

    /// Refuses to write over what somebody else put there since the receipt.
    fn check_foreign(&self, gist: &Gist) -> Result<(), Failure> {
        let plan = self.before.plan;
        let ours = self.before.intent.is_some_and(|intent| gist.description == intent.description);
        if let Some(receipt) = self.before.receipt
            && gist.revision.as_ref() != Some(&receipt.revision)
            && !ours
        {
            return Err(Failure::differs(format!(
                "gist {} was changed by somebody else: its revision is not that of the receipt. Look at it; to write over \
                 it, remove the receipt and publish again",
                gist.id
            )));
        }
        let known = |name: &String| {
            plan.files.iter().any(|file| file.name == *name)
                || self.before.receipt.is_some_and(|receipt| receipt.files.iter().any(|file| file.name == *name))
                || self.before.intent.is_some_and(|intent| intent.files.contains(name))
        };
        let strangers: Vec<_> = gist.files.keys().filter(|name| !known(name)).collect();
        if strangers.is_empty() {
            return Ok(());
        }
        Err(Failure::Differs(
            strangers
                .iter()
                .map(|name| {
                    format!(
                        "gist {} has a file that nothing here knows: {}; remove it there",
                        gist.id,
                        crate::check::privacy::quoted(name)
                    )
                })
                .collect(),
        ))
    }

    fn expected<'b>(&'b self, id: &'b str) -> Expected<'b> {
        let plan = self.before.plan;
        Expected {
            id,
            owner: &self.owner,
            public: plan.public,
            description: &plan.description,
            files: plan.files.iter().map(|file| (file.name.as_str(), (file.bytes, file.sha256.as_str()))).collect(),
        }
    }

    fn read_back(mut self, written: &Written) -> Result<Receipt, Failure> {
        let plan = self.before.plan;
        let owner = self.owner.clone();
        let id = &written.id;
        let expected = Expected {
            id,
            owner: &owner,
            public: plan.public,
            description: &plan.description,
            files: plan.files.iter().map(|file| (file.name.as_str(), (file.bytes, file.sha256.as_str()))).collect(),
        };
        self.session.outside.say(&format!("reading back {} files", plan.files.len()));
        let gist = self.settled(&expected, written.replaced.as_deref())?;
        let (mut files, mut wrong) = readback::files(&mut self.session, &expected, &gist)?;
        wrong.extend(readback::page(&mut self.session, &expected, &gist)?);
        // Nobody may have written in between.
        if self.look(id, false)?.revision != gist.revision {
            wrong.push(format!("gist {id} was changed by somebody else while it was read back"));
        }
        if !wrong.is_empty() {
            return Err(Failure::Differs(wrong));
        }
        files.sort_by_key(|file| file.name.to_ascii_lowercase());
        Ok(Receipt {
            type_: RECEIPT_TYPE.to_owned(),
            tool: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
            slug: plan.slug.clone(),
            pack: plan.pack.clone(),
            api: plan.api.to_string(),
            id: id.clone(),
            owner: owner.clone(),
            public: plan.public,
            revision: gist.revision.unwrap_or_default(),
            page: gist.page,
            description: plan.description.clone(),
            manifest_sha256: plan.manifest.clone(),
            files,
            published_at: String::new(),
            requests: std::mem::take(&mut self.session.requests),
        })
    }

    /// The gist as the API describes it, once it has caught up with what was written.
    fn settled(&mut self, expected: &Expected<'_>, replaced: Option<&str>) -> Result<Gist, Failure> {
        let mut attempt = 0;
        loop {
            let gist = self.look(expected.id, true)?;
            let mut found = readback::compare(expected, &gist);
            if !found.identity.is_empty() {
                found.identity.extend(found.content);
                return Err(Failure::Differs(found.identity));
            }
            if replaced.is_some() && gist.revision.as_deref() == replaced {
                found.content.push("the server still names the revision before the change".to_owned());
            }
            if found.content.is_empty() {
                return Ok(gist);
            }
            if attempt + 1 == TRIES {
                return Err(Failure::Differs(found.content));
            }
            self.session.back_off(attempt)?;
            attempt += 1;
        }
    }
}

fn uncertain(why: &str, asked_at: &str, until: &str) -> Failure {
    Failure::Stopped(format!(
        "{why}: a gist was asked for at {asked_at}, and whether it was made is not known. It is not listed yet; so that there \
         are never two, none is asked for again before {until}. Run the same command again then, or earlier to look again"
    ))
}

fn ambiguous(several: &[Gist]) -> Failure {
    let ids: Vec<_> = several.iter().map(|gist| gist.id.as_str()).collect();
    Failure::differs(format!(
        "several gists say that they are this pack: {}; look at them, delete all but one there, then publish again",
        ids.join(", ")
    ))
}
