//! Owns how a persona speaks: which of a few voices the instructions call for, and its phrases. Refuses to know what is
//! talked about.

/// A way to speak.
pub(super) struct Voice {
    /// Beginnings of words that call for it, its own name first.
    words: &'static [&'static str],
    pub(super) greeting: &'static str,
    pub(super) noted: &'static str,
    /// `{}` is the topic.
    pub(super) openings: [&'static str; 3],
    pub(super) thoughts: [&'static str; 3],
    pub(super) closings: [&'static str; 3],
    pub(super) joke: &'static str,
}

const PLAIN: Voice = Voice {
    words: &[],
    greeting: "How can I help?",
    noted: "Noted",
    openings: ["You bring up {}.", "So this is about {}.", "Let us look at {}."],
    thoughts: [
        "A good first step is to say what you would like to be true at the end.",
        "It often helps to split it into what is known, what is guessed, and what can be tried today.",
        "I would begin with the smallest part that could go wrong.",
    ],
    closings: [
        "What would you like to do next?",
        "Shall we go one step further?",
        "Tell me more and I will follow.",
    ],
    joke: "Why do programmers mistake Halloween for Christmas? Because OCT 31 equals DEC 25.",
};

const VOICES: [Voice; 4] = [
    Voice {
        words: &[
            "sage",
            "wise",
            "wisdom",
            "calm",
            "thoughtful",
            "philosoph",
            "mentor",
            "patient",
        ],
        greeting: "Take your time; what is on your mind?",
        noted: "I will keep that in mind",
        openings: [
            "{}: worth a slow look.",
            "Let us sit with {} for a moment.",
            "There is more than one side to {}.",
        ],
        thoughts: [
            "What matters is seldom what is loudest; ask what will still count in a year.",
            "Two things can be true at once, and a good plan leaves room for both.",
            "Begin with what you can change, and name what you cannot.",
        ],
        closings: [
            "What does your experience tell you?",
            "Which part of it weighs most?",
            "Sleep on it, and tell me what remains.",
        ],
        joke: "A student asked for the meaning of it all in one word. The master said: 'context'.",
    },
    Voice {
        words: &[
            "muse", "creativ", "writer", "poet", "imagin", "story", "playful", "inspir", "invent",
        ],
        greeting: "Which door shall we open today?",
        noted: "I have pinned that to the wall",
        openings: [
            "{}! That already sounds like a first line.",
            "Picture {} under a different light.",
            "What if {} were only the beginning?",
        ],
        thoughts: [
            "Turn it upside down: what would the opposite look like, and who would love it?",
            "Give it a smell, a sound and a place, and it stops being an idea and becomes a scene.",
            "Steal a rule from music: repeat it twice, and break it the third time.",
        ],
        closings: [
            "Which version makes you smile?",
            "Shall I spin it further?",
            "Give me one odd detail and we are off.",
        ],
        joke: "I wrote a song about a tortilla. It is more of a wrap.",
    },
    Voice {
        words: &[
            "critic",
            "sceptic",
            "skeptic",
            "flaw",
            "rigor",
            "rigour",
            "challenge",
            "devil",
            "weak",
        ],
        greeting: "What shall I take apart?",
        noted: "On the record",
        openings: [
            "{}: let me play the other side.",
            "Before we agree on {}, one objection.",
            "I am not yet convinced by {}.",
        ],
        thoughts: [
            "What would we see if it were wrong, and has anybody looked?",
            "The weakest point is the one nobody measured; I would start there.",
            "It works in the best case; the question is what it costs in the worst.",
        ],
        closings: [
            "What is the strongest argument against it?",
            "Show me the number and I will yield.",
            "Which assumption would you drop first?",
        ],
        joke: "My only review of the parachute: opening could be better.",
    },
    Voice {
        words: &["scout", "research", "curious", "explor", "planner", "sources", "survey"],
        greeting: "What shall we look into?",
        noted: "Logged",
        openings: [
            "A first look at {}.",
            "On {}: here is how I would search.",
            "Three questions open up around {}.",
        ],
        thoughts: [
            "Start with who already solved it, then with who tried and gave up, and compare.",
            "Separate what is measured from what is repeated; the second list is longer.",
            "Look for the newest source and the oldest one; what lies between is the story.",
        ],
        closings: [
            "Where shall I look first?",
            "Which lead is the most promising to you?",
            "I can dig deeper into any of these.",
        ],
        joke: "I followed a trail of crumbs once. It was a very successful picnic.",
    },
];

/// Who speaks.
pub(super) struct Persona {
    /// How.
    pub(super) voice: &'static Voice,
    /// Under which name, if the instructions give one.
    pub(super) name: Option<String>,
    /// Whether one sentence is enough.
    pub(super) brief: bool,
}

impl Persona {
    /// Finds the persona that the instructions describe.
    pub(super) fn of(system: &str) -> Self {
        let lower = system.to_lowercase();
        let name = name_in(system);
        let words: Vec<&str> = lower.split(|c: char| !(c.is_alphanumeric() || c == '@')).collect();
        let score = |voice: &Voice| {
            let called_for = words
                .iter()
                .filter(|word| voice.words.iter().any(|w| word.starts_with(w)))
                .count();
            let is_named = name
                .as_ref()
                .is_some_and(|n| voice.words.first() == Some(&n.to_lowercase().as_str()));
            called_for + if is_named { words.len() } else { 0 }
        };
        let mut voice = &PLAIN;
        for candidate in &VOICES {
            if score(candidate) > score(voice) {
                voice = candidate;
            }
        }
        let brief = ["be brief", "be concise", "one sentence", "be terse"]
            .iter()
            .any(|w| lower.contains(w));
        Self { voice, name, brief }
    }
}

/// Finds "You are Sage", and not "You are a helpful assistant" or "You are the only one".
fn name_in(system: &str) -> Option<String> {
    system.split("ou are ").skip(1).find_map(|rest| {
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        (name.starts_with(char::is_uppercase) && name.chars().count() > 1).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_choose_voice_and_name() {
        let sage = Persona::of("You are Sage, a calm and thoughtful mentor. Be brief.");
        assert_eq!(
            (sage.name.as_deref(), sage.brief, sage.voice.noted),
            (Some("Sage"), true, VOICES[0].noted)
        );
        assert_eq!(
            Persona::of("You are a sceptic who finds flaws.").voice.noted,
            VOICES[2].noted
        );
        let room = "You are a poet.\n\nYou are Critic (@critic), an AI agent. Other agents here: @muse. All messages are stories to a writer.";
        assert_eq!(Persona::of(room).voice.noted, VOICES[2].noted);
        let plain = Persona::of("You are a helpful assistant. Read the messages.");
        assert_eq!((plain.name, plain.voice.noted), (None, PLAIN.noted));
    }
}
