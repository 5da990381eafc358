//! What a debater reads.

use super::*;
use crate::domain::debate::tests::debate;

fn spoken() -> DebateDoc {
    let mut debate = debate(7, 2, 1);
    for turn in debate.turns.iter_mut().take(5) {
        turn.state = TurnState::Spoken;
        turn.text = format!("words of turn {}", turn.number);
    }
    debate
}

fn read(debate: &DebateDoc, number: usize, budget: u32) -> Vec<Turn> {
    build(debate, &debate.turns[number - 1], "You are Name 0.", budget, || {
        "w0rd".into()
    })
}

#[test]
fn a_debater_reads_its_own_words_as_its_own_and_the_others_as_data_by_side() {
    let debate = spoken();
    let turns = read(&debate, 6, 6_000);
    let (me, other) = (debate.turns[5].side, debate.turns[4].side);
    assert_eq!((turns.len(), turns[0].role), (7, TurnRole::System));
    assert!(turns[0].content.starts_with("You are Name 0.\n\n") && !turns[0].content.contains("words of"));
    for (turn, said) in turns[1..6].iter().zip(&debate.turns) {
        let (role, text) = if said.side == me {
            (TurnRole::Assistant, said.text.clone())
        } else {
            let framed = format!("<<side w0rd name=\"{}\">>\n{}\n<<end w0rd>>", other.label(), said.text);
            (TurnRole::User, framed)
        };
        assert_eq!((turn.role, &turn.content), (role, &text));
    }
    let task = format!(
        "Turn: answer\nTask: Answer the question that {} has just asked you.",
        other.label()
    );
    assert!(turns[6].content.ends_with(&task) && turns[6].content.contains("\nMotion: Tea is better"));
}

#[test]
fn nothing_but_the_persona_names_an_agent() {
    let debate = spoken();
    let text: String = read(&debate, 6, 6_000)
        .into_iter()
        .map(|turn| turn.content.replace("You are Name 0.", ""))
        .collect();
    for side in &debate.sides {
        for name in [&side.name, &side.handle, &side.agent_id.to_string()] {
            assert!(!text.contains(name.as_str()), "{name} in {text}");
        }
    }
}

#[test]
fn what_does_not_fit_is_left_out_from_the_beginning() {
    let debate = spoken();
    let whole = estimate_turns(&read(&debate, 6, 6_000));
    let turns = read(&debate, 6, whole - 20);
    assert!(turns.len() < 7 && turns.len() > 2);
    assert!(
        turns[turns.len() - 2].content.contains("words of turn 5"),
        "the question stays"
    );
    assert_eq!(read(&debate, 6, 0).len(), 2);
}
