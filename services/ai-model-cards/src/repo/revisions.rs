//! Owns the published revisions in the store. Each is written once; there is no way to write one again.

use std::sync::Arc;

use contracts::ai_model_cards::Revision;
use kernel::{CardId, Fault, Page};
use serde::{Deserialize, Serialize};
use store::{Collection, Document, Index, Query, Store, StoreError};

use crate::domain::content::Category;

/// A revision as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevisionDoc {
    #[serde(flatten)]
    pub(crate) revision: Revision,
    pub(crate) category: Category,
    pub(crate) tags: Vec<String>,
    pub(crate) sample_prompts: Vec<String>,
}

impl Document for RevisionDoc {
    const COLLECTION: &'static str = "revisions";
    const INDEXES: &'static [Index] = &[Index::unique("number", &["cardId", "revision"])];
    fn id(&self) -> String {
        id_of(self.revision.card_id, self.revision.revision)
    }
}

fn id_of(card: CardId, revision: u32) -> String {
    format!("{card}:{revision}")
}

/// The revisions.
#[derive(Clone)]
pub(crate) struct Revisions {
    docs: Collection<RevisionDoc>,
}

impl Revisions {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
        })
    }

    /// Keeps a revision. One of this number that is there already stays as it is.
    pub(crate) async fn keep(&self, revision: &RevisionDoc) -> Result<(), StoreError> {
        match self.docs.insert(revision, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            other => other,
        }
    }

    pub(crate) async fn get(&self, card: CardId, revision: u32) -> Result<Option<RevisionDoc>, StoreError> {
        self.docs.get(id_of(card, revision)).await
    }

    /// Removes a card's revisions.
    pub(crate) async fn remove_of(&self, card: CardId) -> Result<(), StoreError> {
        while let Some(doc) = self.docs.find_one(Query::on("number").eq(card.to_string())).await? {
            self.docs.delete(doc.id()).await?;
        }
        Ok(())
    }

    /// Lists a card's revisions, newest first.
    pub(crate) async fn of_card(
        &self,
        card: CardId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<RevisionDoc>, Fault> {
        let query = Query::on("number").eq(card.to_string()).descending().limit(limit);
        self.docs.page(query, cursor).await
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use store::sqlite::{SqliteOptions, SqliteStore};

    use super::*;
    use crate::domain::card::tests::card;

    #[tokio::test]
    async fn a_revision_is_never_written_again() {
        let world = testkit::World::new().await;
        let path = world.path().join("revisions.db");
        let store: Arc<dyn Store> = SqliteStore::open(&path, SqliteOptions::default(), Ambient::system()).unwrap();
        let revisions = Revisions::open(&store).await.unwrap();
        let mut sold = card(None);
        sold.submit(world.ambient().now()).unwrap();
        sold.approve().unwrap();
        sold.publish(world.ambient().id(), "tutor".into(), world.ambient().now())
            .unwrap();
        let first = crate::app::publish::kept(&sold).unwrap();
        revisions.keep(&first).await.unwrap();
        let mut other = first.clone();
        other.revision.persona = "You are somebody else.".into();
        revisions.keep(&other).await.unwrap();
        assert_eq!(revisions.get(sold.id, 1).await.unwrap(), Some(first));
    }
}
