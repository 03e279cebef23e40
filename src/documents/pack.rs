//! `pack.toml`: what one pack is, who owns it, what it is made from and what its bundle holds.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::documents::place::place_of;
use crate::documents::target::{self, Target};
use crate::documents::workspace::Workspace;
use crate::finding::{Finding, did_you_mean};
use crate::lang::Lang;
use crate::read::tree::{Node, Value};
use crate::read::{text, toml};

/// Name of the document; the folder that holds it is the pack.
pub const FILE: &str = "pack.toml";

static WINDOW: Shape = Shape {
    about: "Days that the pack is about, both included.",
    closed: true,
    keys: &[required("from", Type::Date, "first day"), required("to", Type::Date, "last day")],
};

static MILESTONES: Shape = Shape {
    about: "What is reached by day 1, 7, 14 and 30.",
    closed: true,
    keys: &[
        required("D1", Type::Text, "by day 1"),
        required("D7", Type::Text, "by day 7"),
        required("D14", Type::Text, "by day 14"),
        required("D30", Type::Text, "by day 30"),
    ],
};

static STEP: Shape = Shape {
    about: "Something to do next.",
    closed: true,
    keys: &[
        required("what", Type::Text, "what to do"),
        required("who", Type::Text, "short name of the person who does it"),
        optional("due", Type::Moment, "by when"),
    ],
};

/// The shape of `pack.toml`.
pub static SHAPE: Shape = Shape {
    about: "A production pack.",
    closed: true,
    keys: &[
        required("kind", Type::Text, "what sort of pack this is"),
        required("title", Type::Text, "title of the primary page"),
        required("summary", Type::Text, "what this is and what it is for, in two sentences"),
        optional("language", Type::Word(Lang::TAGS), "language, unless the workspace's"),
        optional("topic", Type::Text, "topic under which learning memories are collected"),
        required("job_id", Type::Text, "id of the job that made the pack"),
        optional("project_id", Type::Text, "id of the project"),
        optional("ai_native_project_id", Type::Text, "id of the AI-native project"),
        optional("action_item_id", Type::Text, "id of the action that the pack answers"),
        optional("due", Type::Moment, "when the pack's work is due"),
        optional("window", Type::Table(&WINDOW), "days that the pack is about"),
        required("owners", Type::Map(&Type::Text), "responsibility to the short name of a person"),
        required("milestones", Type::Table(&MILESTONES), "what is reached by D1, D7, D14 and D30"),
        required("next", Type::List(&Type::Table(&STEP)), "what to do next and who does it"),
        optional("inputs", Type::List(&Type::Text), "files or patterns inside the pack that have to be there"),
        optional("artifacts", Type::List(&Type::Text), "authored appendices beyond those that the kind requires"),
        optional(target::KEY, Type::Table(&target::SHAPE), "where the bundle is uploaded, in place of the workspace's"),
    ],
};

/// What `pack.toml` says. A text that has to be there and is not is empty, the title is the slug; the findings say so.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Name of the pack's folder.
    pub slug: String,
    /// Name of its kind and where it says so; whether it exists is for the caller to say. `None` when it does not say.
    pub kind: Option<Declared>,
    /// Title of the primary page.
    pub title: String,
    /// What this is and what it is for.
    pub summary: String,
    /// Its own language or the workspace's.
    pub lang: Lang,
    /// Topic under which learning memories are collected.
    pub topic: Option<String>,
    /// Id of the job that made the pack.
    pub job_id: String,
    /// Id of the project.
    pub project_id: Option<String>,
    /// Id of the AI-native project.
    pub ai_native_project_id: Option<String>,
    /// Id of the action that the pack answers.
    pub action_item_id: Option<String>,
    /// When its work is due.
    pub due: Option<Timestamp>,
    /// Days it is about, both included.
    pub window: Option<(Date, Date)>,
    /// Responsibility and the name of who has it, in file order.
    pub owners: Vec<(String, String)>,
    /// What is reached by D1, D7, D14 and D30.
    pub milestones: [String; 4],
    /// What to do next.
    pub next: Vec<Step>,
    /// Declared inputs with the place of each declaration.
    pub inputs: Vec<Declared>,
    /// Declared appendices with the place of each declaration.
    pub artifacts: Vec<Declared>,
    /// Where its bundle is uploaded: its own target, else the workspace's.
    pub upload: Option<Target>,
}

/// Something to do next.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to do.
    pub what: String,
    /// Name of who does it.
    pub who: String,
    /// By when.
    pub due: Option<Timestamp>,
}

/// A name, path or pattern that `pack.toml` declares.
#[derive(Clone, Debug)]
pub struct Declared {
    /// As written.
    pub pattern: String,
    /// Where it is written.
    pub place: crate::finding::Place,
}

/// Reads `pack.toml`. What cannot be used is left empty, so that the rest of the pack can be checked in the same run; the
/// findings are errors and keep its bundle from being written.
pub fn read(path: &str, bytes: &[u8], slug: &str, workspace: &Workspace, findings: &mut Vec<Finding>) -> Pack {
    let node = toml::read(path, bytes, findings);
    let text = text::read(path, bytes, &mut Vec::new()).unwrap_or(text::Text { path, content: "" });
    if let Some(node) = &node {
        shape::check(node, &SHAPE, text, findings);
    }
    let node = node.unwrap_or(Node { value: Value::Table(Vec::new()), offset: 0 });
    let mut person = |short: &Node| -> Option<String> {
        let known = short.text()?;
        if let Some(person) = workspace.people.get(known) {
            return Some(person.name.clone());
        }
        let names = || workspace.people.keys().map(String::as_str);
        let hint = did_you_mean(known, names()).map_or_else(
            || format!("people of the workspace: {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{known}` is not one of the workspace's people");
        findings.push(Finding::new(&codes::UNKNOWN_PERSON, text.place(short.offset), message).hint(hint));
        None
    };
    let owners = node
        .get("owners")
        .map(|owners| {
            owners.entries().iter().filter_map(|entry| Some((entry.key.to_string(), person(&entry.node)?))).collect()
        })
        .unwrap_or_default();
    let next = node
        .get("next")
        .map(|next| {
            let step = |step: &Node| {
                Some(Step {
                    what: step.text_at("what")?.to_owned(),
                    who: person(step.get("who")?)?,
                    due: step.text_at("due").and_then(|due| due.parse().ok()),
                })
            };
            next.items().iter().filter_map(step).collect()
        })
        .unwrap_or_default();
    let window = node.get("window").and_then(|window| {
        let day = |key: &str| window.text_at(key).and_then(|day| day.parse::<Date>().ok());
        Some((day("from")?, day("to")?))
    });
    if let (Some((from, to)), Some(node)) = (window, node.get("window"))
        && to < from
    {
        let message = format!("the window ends on {to}, before it begins on {from}");
        findings.push(Finding::new(&codes::INVALID_VALUE, place_of(text, node, &["window"]), message));
    }
    let declared = |item: &Node, keys: &[&str]| {
        let said = item.text().filter(|said| !said.trim().is_empty())?;
        Some(Declared { pattern: said.to_owned(), place: place_of(text, item, keys) })
    };
    let declared_list = |key: &str| -> Vec<Declared> {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        items.iter().zip(0..).filter_map(|(item, at): (_, u32)| declared(item, &[key, &at.to_string()])).collect()
    };
    let upload = match node.get(target::KEY) {
        Some(_) => target::read(&node, text, findings),
        None => workspace.upload.clone(),
    };
    let optional = |key: &str| node.text_at(key).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let required = |key: &str| optional(key).unwrap_or_default();
    let milestone = |key: &str| node.get("milestones").and_then(|all| all.text_at(key)).unwrap_or_default().to_owned();
    Pack {
        slug: slug.to_owned(),
        kind: node.get("kind").and_then(|kind| declared(kind, &["kind"])),
        title: optional("title").unwrap_or_else(|| slug.to_owned()),
        summary: required("summary"),
        lang: node.text_at("language").and_then(Lang::from_tag).unwrap_or(workspace.lang),
        topic: optional("topic"),
        job_id: required("job_id"),
        project_id: optional("project_id"),
        ai_native_project_id: optional("ai_native_project_id"),
        action_item_id: optional("action_item_id"),
        due: node.text_at("due").and_then(|due| due.parse().ok()),
        window,
        owners,
        milestones: ["D1", "D7", "D14", "D30"].map(milestone),
        next,
        inputs: declared_list("inputs"),
        artifacts: declared_list("artifacts"),
        upload,
    }
}
