//! Owns what the demo says as a debater: words that fit the turn, the side and the voice, so that a debate can be followed
//! from end to end (see ai-chat-host for the task that it reads). Refuses to have a view of its own.

use super::conversation::Conversation;
use super::persona::Persona;
use super::script::{capitalised, pick, topic};

/// How the task of a debater begins, and how the words of another side do.
const TASK: &str = "[debate]\n";
const SIDE_FRAME: (&str, &str) = ("<<side ", "\n<<end ");

/// Says what the task in `last` asks for; none when it is no task of a debate.
pub(super) fn speak(conversation: &Conversation, persona: &Persona, last: &str) -> Option<String> {
    let task = last.strip_prefix(TASK)?;
    let line = |name: &str| task.lines().find_map(|line| line.strip_prefix(name));
    let (motion, me, turn) = (line("Motion: ")?, line("You: ")?, line("Turn: ")?);
    let stand = if me.ends_with("for the motion") {
        "for the motion"
    } else if me.ends_with("against the motion") {
        "against the motion"
    } else {
        "with a view of my own on the motion"
    };
    // Two of the voice's thoughts: one to open and answer with, one to rebut and close with.
    let thought = pick(&persona.voice.thoughts, &format!("{me}{motion}"));
    let second = pick(&persona.voice.thoughts, &format!("{motion}{turn}"));
    let theirs = topic(heard(conversation).unwrap_or(motion));
    let other = line("Task: ").and_then(side).unwrap_or("The other side");
    let opening = capitalised(&pick(&persona.voice.openings, motion).replace("{}", &topic(motion)));
    Some(match turn {
        "opening" => format!("I stand {stand} “{motion}”. {opening} {thought}"),
        "rebuttal" => format!("We have heard about {theirs}. {second} So I still stand {stand}."),
        "question" => format!("{other}, one question: {}", pick(&persona.voice.closings, motion)),
        "answer" => format!("A fair question, {other}. {thought} That is my answer."),
        _ => format!("To sum up, I stand {stand} “{motion}”. {second} I ask for your vote."),
    })
}

/// Returns what another side said last.
fn heard(conversation: &Conversation) -> Option<&str> {
    conversation.said().rev().find_map(|text| {
        let (_, framed) = text.strip_prefix(SIDE_FRAME.0)?.split_once(">>\n")?;
        Some(framed.rsplit_once(SIDE_FRAME.1).map_or(framed, |(words, _)| words))
    })
}

/// Finds the side that a task names.
fn side(task: &str) -> Option<&str> {
    let at = task.find("Side ")?;
    task.get(at..at + "Side A".len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(turn: &str, task: &str) -> String {
        let task =
            format!("[debate]\nMotion: Cities need trams\nYou: Side A, for the motion\nTurn: {turn}\nTask: {task}");
        let body = json!({"messages": [
            {"role": "system", "content": "You are Critic, who finds flaws."},
            {"role": "user", "content": "<<side w0 name=\"Side B\">>\nBuses are cheaper everywhere.\n<<end w0>>"},
            {"role": "user", "content": task},
        ]});
        let conversation = Conversation::read(body.to_string().as_bytes()).unwrap();
        let last = conversation.last().unwrap().text.clone();
        speak(&conversation, &Persona::of(&conversation.system), &last).unwrap()
    }

    #[test]
    fn each_turn_of_a_debate_gets_fitting_words_without_a_name() {
        let opening = said("opening", "State your case.");
        assert!(
            opening.starts_with("I stand for the motion “Cities need trams”."),
            "{opening}"
        );
        let rebuttal = said("rebuttal", "Answer them.");
        assert!(
            rebuttal.contains("cheaper") && rebuttal.ends_with("So I still stand for the motion."),
            "{rebuttal}"
        );
        let question = said("question", "Ask Side B the one question that is hardest for its case.");
        assert!(
            question.starts_with("Side B, one question: ") && question.len() > 30,
            "{question}"
        );
        assert!(said("answer", "Answer the question that Side B has just asked you.").contains("Side B"));
        let all = [opening, rebuttal, question, said("closing", "Sum up.")].concat();
        assert!(!all.contains("Critic"), "{all}");
    }

    #[test]
    fn anything_else_is_no_task() {
        let body = json!({"messages": [{"role": "user", "content": "Motion: none"}]});
        let conversation = Conversation::read(body.to_string().as_bytes()).unwrap();
        assert_eq!(speak(&conversation, &Persona::of(""), "Motion: none"), None);
    }
}
