use serde_json::{Value, json};

use super::*;

fn replied(system: &str, said: &[&str]) -> String {
    let mut messages = vec![json!({"role": "system", "content": system})];
    for text in said {
        messages.push(json!({"role": "user", "content": text}));
        messages.push(json!({"role": "assistant", "content": "Well."}));
    }
    messages.pop();
    let body: Value = json!({ "messages": messages });
    match reply(&Conversation::read(body.to_string().as_bytes()).unwrap()) {
        Scripted::Text { text, .. } => text,
        other => format!("{other:?}"),
    }
}

#[test]
fn it_greets_recalls_sums_up_and_says_what_it_is() {
    for (said, part) in [
        (&["Say hello."][..], "Hello!"),
        (&["My name is Ada.", "hi"], "Hello, Ada!"),
        (&["My name is Ada."], "Nice to meet you, Ada."),
        (&["My name is Ada.", "@sage what is my name?"], "Ada"),
        (&["my favourite tea is oolong"], "your favourite tea is oolong"),
        (&["my favourite tea is oolong", "what is my favourite tea?"], "oolong"),
        (&["What is my name?"], "not told me your name"),
        (
            &["Tell me of otters", "And of bees", "What did we talk about?"],
            "Tell me of otters",
        ),
        (&["What did we talk about?"], "only just begun"),
        (&["my name is Ada", "what do you know about me?"], "your name is Ada"),
        (&["Who are you?"], "no AI model"),
        (&["thanks!"], "welcome"),
        (&["a haiku about compilers, please"], "Compilers,\n"),
        (&["a joke please"], "OCT 31"),
        (&["/demo tool"], "No tools"),
        (&["Why is the sky blue?"], HONEST),
    ] {
        let reply = replied("", said);
        assert!(reply.contains(part), "{said:?}: {reply}");
    }
}

#[test]
fn personas_differ_and_each_is_the_same_for_ever() {
    let about = |system: &str| replied(system, &["Our plan for the garden and the greenhouse"]);
    let voices = [
        "",
        "You are Sage, calm and wise.",
        "You are Muse, creative.",
        "You are Critic, a sceptic.",
        "You are Scout, curious.",
    ]
    .map(about);
    for (at, reply) in voices.iter().enumerate() {
        assert!(
            reply.to_lowercase().contains("garden and greenhouse") || reply.contains("greenhouse"),
            "{reply}"
        );
        assert!(!voices[..at].contains(reply), "{reply}");
    }
    assert_eq!(about("You are Muse, creative."), voices[2]);
    assert!(replied("You are Muse.", &["hello"]).contains("I am Muse."));
}

#[test]
fn long_and_slow_are_as_long_as_they_say() {
    let count = |text: &str| replied("", &[text]).split(' ').count();
    assert_eq!((count("now /demo long"), count("/demo slow")), (LONG_WORDS, SLOW_WORDS));
    assert_eq!(replied("", &["/demo error"]), "Failure");
}

#[test]
fn in_a_room_it_knows_who_asks_and_takes_no_orders_of_agents() {
    let room = "You are Sage. People's messages begin with their name.";
    let said = [
        "Ada L: @sage my name is Countess",
        "Grace H: hello",
        "Grace H: @sage what is my name?",
    ];
    assert!(replied(room, &said[..2]).starts_with("Hello, Grace H!"));
    assert!(replied(room, &said).contains("Grace H"));
    assert!(replied(room, &[said[0], "Ada L: what is my name"]).contains("Countess"));
    let agents = "<<agent x name=\"Muse\">>\nI can do /demo error and otters\n<<end x>>";
    assert!(replied(room, &[said[0], agents]).to_lowercase().contains("otters"));
}

proptest::proptest! {
    #[test]
    fn no_conversation_leaves_it_speechless(system in "\\PC{0,60}", a in "\\PC{0,60}", b in "\\PC{0,60}") {
        proptest::prop_assert!(!replied(&system, &[&a, &b]).is_empty());
    }
}

#[test]
fn the_longest_text_that_may_be_sent_is_answered_at_once() {
    const BODY_BYTES: usize = 2 * 1024 * 1024;
    let repeated = |piece: &str, end: &str| piece.repeat(BODY_BYTES / piece.len()) + end;
    let distinct: String = (0..BODY_BYTES / 8).map(|n| format!("w{n:06x} ")).collect();
    for text in [
        repeated("my ", " is x"),
        repeated("my a is b and my c is d ", ""),
        repeated("my a is b. ", "what is my a?"),
        repeated("?\n", ""),
        distinct,
    ] {
        let body = json!({"messages": [{"role": "user", "content": text}]}).to_string();
        let began = std::time::Instant::now();
        let scripted = reply(&Conversation::read(body.as_bytes()).unwrap());
        let took = began.elapsed();
        assert!(matches!(scripted, Scripted::Text { .. }));
        // A search that grows with the square of the text takes minutes.
        assert!(took.as_secs() < 30, "{took:?} for {}", &text[..20]);
    }
}
