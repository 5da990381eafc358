//! Owns the closed table of what can be run by name, what each needs and whom it asks. The table is data: the
//! configuration is checked against it, `aichat targets` prints it, and a test holds it against the services that exist.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Deserialize;

/// A part of a deployment that a service may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Store,
    Bus,
    Ephemeral,
}

/// A service, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
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
    AiModelCards,
    Orders,
    Expiration,
    Payments,
    Post,
    Feed,
    Media,
    Notification,
}

/// One row of the table.
pub(crate) struct Row {
    pub(crate) target: Target,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) needs: &'static [Need],
    /// Whose contracts it calls; every service asks auth for the keys that prove callers.
    pub(crate) asks: &'static [Target],
}

const fn row(
    target: Target,
    name: &'static str,
    what: &'static str,
    needs: &'static [Need],
    asks: &'static [Target],
) -> Row {
    Row {
        target,
        name,
        what,
        needs,
        asks,
    }
}

use Need::{Bus, Ephemeral, Store};
use Target::{
    AiChatHost, AiGateway, AiModelCards, All, ApiGateway, Auth, Chat, Expiration, Feed, Friendship, Media,
    Notification, Orders, Payments, Post, RealtimeGateway, User,
};

/// Everything that `--target` takes.
#[rustfmt::skip]
pub(crate) const TARGETS: &[Row] = &[
    row(All, "all", "every service in one process", &[Store, Bus, Ephemeral], &[]),
    row(Auth, "auth", "accounts, sessions, tokens", &[Store, Bus, Ephemeral], &[User]),
    // For the archive of a person's own data it asks everybody who keeps some.
    row(User, "user", "profiles, privacy, archives", &[Store, Bus, Ephemeral],
        &[Auth, Friendship, Chat, Post, Media, Notification, AiChatHost, AiGateway, AiModelCards, Orders, Payments]),
    row(Friendship, "friendship", "friends, requests, blocks", &[Store, Bus, Ephemeral], &[Auth, User]),
    row(Chat, "chat", "rooms and messages", &[Store, Bus, Ephemeral], &[Auth, User, Friendship, AiChatHost, Media]),
    row(RealtimeGateway, "realtime-gateway", "sockets, presence, live fan-out", &[Bus, Ephemeral],
        &[Auth, User, Friendship, Chat, AiChatHost]),
    row(ApiGateway, "api-gateway", "the public door", &[Ephemeral],
        &[Auth, User, Friendship, Chat, RealtimeGateway, AiGateway, AiChatHost, AiModelCards, Orders, Payments, Post, Feed,
            Media, Notification]),
    row(AiGateway, "ai-gateway", "one door to all models", &[Store, Bus, Ephemeral], &[Auth]),
    row(AiChatHost, "ai-chat-host", "agents in rooms", &[Store, Bus, Ephemeral],
        &[Auth, Chat, AiGateway, AiModelCards, Orders, Payments]),
    row(AiModelCards, "ai-model-cards", "cards, editions, reviews", &[Store, Bus, Ephemeral],
        &[Auth, User, Friendship, Orders]),
    row(Orders, "orders", "orders, coupons, entitlements", &[Store, Bus, Ephemeral], &[Auth, AiModelCards]),
    row(Expiration, "expiration", "deadlines of orders", &[Store, Bus, Ephemeral], &[Auth]),
    row(Post, "post", "posts, comments, reactions", &[Store, Bus, Ephemeral], &[Auth, User, Friendship, Media]),
    row(Feed, "feed", "home timelines, trending", &[Store, Bus, Ephemeral], &[Auth, Friendship, Post]),
    row(Media, "media", "uploads, pictures, addresses", &[Store, Bus, Ephemeral], &[Auth]),
    row(Notification, "notification", "items, push, digests", &[Store, Bus, Ephemeral],
        &[Auth, User, Friendship, Chat, Post]),
    row(Payments, "payments", "payments, ledger, payouts", &[Store, Bus, Ephemeral], &[Auth, Orders]),
];

impl Target {
    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Returns its row of the table.
    pub(crate) fn row(self) -> Option<&'static Row> {
        TARGETS.iter().find(|row| row.target == self)
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        word.parse()
    }
}

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
    let mut text = String::from("target            needs                  what                             asks\n");
    for Row {
        name,
        what,
        needs,
        asks,
        ..
    } in TARGETS
    {
        let needs: Vec<String> = needs.iter().map(|n| format!("{n:?}").to_lowercase()).collect();
        let asks: Vec<&str> = asks.iter().map(|target| target.name()).collect();
        let line = format!("{name:<17} {:<22} {what:<32} {}", needs.join(" "), asks.join(" "));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str(
        "\n`all` keeps everything in one process and one folder, or on servers when it is given all four URLs. Any other\n\
         process needs servers (store: mongodbUrl; bus: kafkaUrl and natsUrl, or that one of them which natsTopics gives all\n\
         topics; ephemeral: redisUrl), clusterSecret, and in [links] the addresses of the services that it asks.\n\
         docs/aichat.toml has them all.",
    );
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
