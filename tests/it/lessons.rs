//! What packs have learnt, side by side.

use crate::harness::{NOW, Sandbox};

const OTHER: &str = "packs/kolable-data-gap";

#[test]
fn memory_lists_what_every_pack_learnt() {
    let sandbox = Sandbox::example();
    let json = sandbox.run(&["memory", "--format", "json"]).status(0).json();
    assert_eq!(json["packs"].as_array().unwrap().len(), 3);
    assert_eq!(json["packs"][1]["do_not_repeat"].as_array().unwrap().len(), 3);
    assert_eq!(json["findings"].as_array().unwrap().len(), 0);
    let human = sandbox.run(&["memory", "."]).status(0).stdout;
    assert!(
        human.contains("do not repeat: Do not override preflight") && human.contains("next priority: Collect three")
    );
    // A memory that cannot be read is said, and the others are shown.
    sandbox.write(&format!("{OTHER}/learning-memory.json"), "{}");
    let broken = sandbox.run(&["memory"]).status(1).stdout;
    assert!(broken.contains("no learning memory that can be read") && broken.contains("unknown_shape"), "{broken}");
}

#[test]
fn a_plan_that_breaks_what_an_earlier_pack_learnt_is_found() {
    let sandbox = Sandbox::example();
    let pack = format!("{OTHER}/pack.toml");
    let plan = "what = \"補 28,000 培訓訂單狀態：";
    let again = "what = \"再建一份 production pack：";
    let found = || {
        let ran = sandbox.run(&["check", ".", "--now", NOW, "--format", "json"]).status(0);
        let json = ran.json();
        let findings = json["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|found| format!("{} {}", found["code"].as_str().unwrap(), found["pointer"].as_str().unwrap_or("-")))
            .collect::<Vec<_>>()
    };
    // Of another topic the same words are no alarm; about the same action they are.
    sandbox.replace(&pack, plan, again);
    assert_eq!(found(), [""; 0]);
    let action = "action_item_id = \"76890f66-704c-4bc5-a9e6-e22b0c98da97\"\n";
    sandbox.replace(&pack, "topic = ", &format!("{action}topic = "));
    assert_eq!(found(), ["breaks_a_lesson /next/1/what"]);
    // Built twice, it is said twice: an unchanged bundle hides nothing.
    for _ in 0..2 {
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
        assert_eq!(ran.json()["counts"]["warning"], 1);
    }
    // A pack that planned it before the lesson was learnt could not know.
    sandbox.replace(&format!("{OTHER}/learning-memory.json"), "2026-05-24T05:45:00+08:00", "2026-05-23T05:45:00+08:00");
    assert_eq!(found(), [""; 0]);
}
