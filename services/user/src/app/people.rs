//! Other people as one may see them: a block hides each from the other, on every path.

use async_trait::async_trait;
use chassis::fill::{Listing, fill};
use contracts::user::Profile;
use kernel::{Page, UserId};
use store::{Document as _, Search, StoreError};

use crate::app::App;
use crate::domain::profile::ProfileDoc;
use crate::error::Error;

/// Near hits that are looked at.
const NEAR_MAX: usize = 200;

/// People with words in their names, as one person sees them.
struct Found<'a> {
    app: &'a App,
    viewer: UserId,
    words: String,
}

impl Found<'_> {
    fn search(&self, before: Option<String>, limit: usize) -> Search {
        Search {
            index: "words",
            scopes: Vec::new(),
            words: self.words.clone(),
            limit,
            before,
        }
    }
}

#[async_trait]
impl Listing for Found<'_> {
    type Doc = ProfileDoc;
    type Item = Profile;
    type Error = Error;

    fn place(doc: &ProfileDoc) -> String {
        doc.id.to_string()
    }

    async fn read(&self, beyond: Option<String>, most: usize) -> Result<Vec<ProfileDoc>, Error> {
        let store = self.app.profiles.docs().store();
        let found = store.search(ProfileDoc::COLLECTION, self.search(beyond, most)).await?;
        let read = found.iter().map(|stored| serde_json::from_slice(&stored.body));
        let read: Result<Vec<ProfileDoc>, _> = read.collect();
        Ok(read.map_err(|e| StoreError::Backend(format!("a profile: {e}")))?)
    }

    async fn show(&self, docs: Vec<ProfileDoc>) -> Result<Vec<(String, Profile)>, Error> {
        let profiles = docs.iter().map(ProfileDoc::public).collect();
        let seen = self.app.visible(self.viewer, profiles).await?;
        Ok(seen.into_iter().map(|p| (p.id.to_string(), p)).collect())
    }
}

impl App {
    /// Returns a person as `viewer` may see them.
    pub(crate) async fn seen_by(&self, viewer: UserId, id: UserId) -> Result<Profile, Error> {
        let profile = self.profiles.active(id).await?.0.public();
        self.visible(viewer, vec![profile]).await?.pop().ok_or(Error::NotFound)
    }

    /// Finds people by words of their names; when there is nobody to show, those whose names are almost so.
    pub(crate) async fn search(
        &self,
        viewer: UserId,
        words: String,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Profile>, Error> {
        let found = Found {
            app: self,
            viewer,
            words,
        };
        let page = fill(&found, limit, cursor).await?;
        if !page.items.is_empty() || page.next_cursor.is_some() || cursor.is_some() {
            return Ok(page);
        }
        let near = self.profiles.docs().search_near(&found.search(None, NEAR_MAX)).await?;
        let near = near.iter().map(ProfileDoc::public).collect();
        let mut items = self.visible(viewer, near).await?;
        items.truncate(limit);
        Ok(Page {
            items,
            next_cursor: None,
        })
    }

    async fn visible(&self, viewer: UserId, profiles: Vec<Profile>) -> Result<Vec<Profile>, Error> {
        let ids: Vec<UserId> = profiles.iter().map(|p| p.id).collect();
        let relations = self.relationships.relations(viewer, &ids).await?;
        let both = profiles.into_iter().zip(relations);
        Ok(both.filter(|(_, r)| !r.blocked).map(|(p, _)| p).collect())
    }
}
