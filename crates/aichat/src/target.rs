//! Owns the closed table of what can be run by name, and what each needs. The table is data: compose reads it, `aichat
//! targets` prints it, and a test holds it against the services that exist.

use std::fmt::Write as _;
use std::str::FromStr;

/// A part of a deployment that a service may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Store,
    Bus,
    Ephemeral,
}

/// A service, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    All,
    Auth,
    User,
    Friendship,
    Chat,
    RealtimeGateway,
    ApiGateway,
    AiGateway,
    AiChatHost,
}

/// One row of the table.
pub(crate) struct Row {
    pub(crate) target: Target,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) needs: &'static [Need],
}

const fn row(target: Target, name: &'static str, what: &'static str, needs: &'static [Need]) -> Row {
    Row {
        target,
        name,
        what,
        needs,
    }
}

use Need::{Bus, Ephemeral, Store};

/// Everything that `--target` takes.
pub(crate) const TARGETS: &[Row] = &[
    row(
        Target::All,
        "all",
        "every service in one process",
        &[Store, Bus, Ephemeral],
    ),
    row(
        Target::Auth,
        "auth",
        "accounts, sessions, tokens",
        &[Store, Bus, Ephemeral],
    ),
    row(Target::User, "user", "profiles, privacy, reports", &[Store, Bus]),
    row(
        Target::Friendship,
        "friendship",
        "friends, requests, blocks",
        &[Store, Bus],
    ),
    row(Target::Chat, "chat", "rooms and messages", &[Store, Bus, Ephemeral]),
    row(
        Target::RealtimeGateway,
        "realtime-gateway",
        "sockets, presence, live fan-out",
        &[Bus, Ephemeral],
    ),
    row(Target::ApiGateway, "api-gateway", "the public door", &[Ephemeral]),
    row(Target::AiGateway, "ai-gateway", "one door to all models", &[Store, Bus]),
    row(
        Target::AiChatHost,
        "ai-chat-host",
        "agents in rooms",
        &[Store, Bus, Ephemeral],
    ),
];

impl FromStr for Target {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = TARGETS.iter().find(|row| row.name == word);
        found.map(|row| row.target).ok_or_else(|| {
            let names: Vec<&str> = TARGETS.iter().map(|row| row.name).collect();
            format!("there is no target `{word}`; there are: {}", names.join(", "))
        })
    }
}

/// Prints the table for people.
pub(crate) fn table() -> String {
    let mut text = String::from("target            needs                  what\n");
    for Row { name, what, needs, .. } in TARGETS {
        let needs: Vec<String> = needs.iter().map(|n| format!("{n:?}").to_lowercase()).collect();
        let _ = writeln!(text, "{name:<17} {:<22} {what}", needs.join(" "));
    }
    text.push_str(
        "\nWithout --target all, a process reaches the others over the network; that needs the distributed backends,\n",
    );
    text.push_str("which this build does not have yet. `all` keeps everything in one process and one folder.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_own_target_and_a_wrong_one_lists_them_all() {
        for row in TARGETS {
            assert_eq!(row.name.parse(), Ok(row.target));
        }
        let error = "chats".parse::<Target>().unwrap_err();
        assert!(TARGETS.iter().all(|row| error.contains(row.name)), "{error}");
    }

    #[test]
    fn the_table_names_every_service_folder() {
        let services = concat!(env!("CARGO_MANIFEST_DIR"), "/../../services");
        let mut folders: Vec<String> = std::fs::read_dir(services)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut rows: Vec<String> = TARGETS.iter().skip(1).map(|row| row.name.to_owned()).collect();
        folders.sort();
        rows.sort();
        assert_eq!(rows, folders);
    }
}
