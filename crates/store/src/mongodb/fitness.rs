//! Owns the question whether a server is fit to be stood on, for `aichat doctor`. Makes nothing there.

use std::time::Duration;

use ::mongodb::bson::{Document as Object, doc};
use ::mongodb::options::ClientOptions;
use ::mongodb::{Client, Database};

use super::failure::Failure;
use crate::StoreError;

/// What a server says of itself.
#[derive(Clone, Debug)]
pub struct Fitness {
    /// Its version, as it tells it.
    pub version: String,
    /// The replica set that it belongs to.
    pub replica_set: Option<String>,
    /// Why it refuses transactions, if it does. A standalone server does: a consumer's mark and its effect could not commit together.
    pub transactions: Result<(), String>,
}

/// Asks the server at `url`, with `database` as the place of a transaction that does nothing. `Unavailable` when it does not answer within
/// `deadline`.
pub async fn examine(url: &str, database: &str, deadline: Duration) -> Result<Fitness, StoreError> {
    let asked = async {
        let mut settings = ClientOptions::parse(url).await?;
        settings.server_selection_timeout = Some(deadline);
        settings.connect_timeout = Some(deadline);
        settings.app_name.get_or_insert_with(|| "aichat doctor".into());
        let client = Client::with_options(settings)?;
        let database = client.database(database);
        let hello = database.run_command(doc! { "hello": 1 }).await?;
        let build = database.run_command(doc! { "buildInfo": 1 }).await?;
        let transactions = match transact(&client, &database).await.map_err(Failure::from) {
            Ok(()) => Ok(()),
            Err(refused) if refused.is_refusal() => Err(StoreError::from(refused).to_string()),
            Err(other) => return Err(other),
        };
        client.shutdown().immediate(true).await;
        Ok::<_, Failure>(Fitness {
            version: build.get_str("version").unwrap_or("of no version").to_owned(),
            replica_set: hello.get_str("setName").ok().map(str::to_owned),
            transactions,
        })
    };
    // Twice: choosing the server has the same bound, and says more about what is wrong.
    match tokio::time::timeout(deadline * 2, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Failure::Late.into()),
    }
}

/// Reads in a transaction and takes it back.
async fn transact(client: &Client, database: &Database) -> ::mongodb::error::Result<()> {
    let mut session = client.start_session().await?;
    session.start_transaction().await?;
    let read = database
        .collection::<Object>("fitness")
        .find_one(doc! {})
        .session(&mut session)
        .await;
    let ended = session.abort_transaction().await;
    read?;
    ended
}
