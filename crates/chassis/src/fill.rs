//! Owns how a list is cut into pages when not everybody may see everything in it: what a reader may not see is left out
//! before a page is cut, so that a page is full as long as there is something to show.

use async_trait::async_trait;
use kernel::{Cursor, Fault, Page};

/// Reads of the store for one page, at the most. Where so much in a row is hidden, a page is short and its cursor goes on.
const READS_MAX: usize = 8;
/// Documents of one read, at the least.
const READ_MIN: usize = 50;

/// A list with hidden parts.
#[async_trait]
pub trait Listing: Sync {
    /// What is read.
    type Doc: Send;
    /// What is shown of it.
    type Item: Send;
    /// How reading fails.
    type Error: From<Fault> + Send;

    /// Returns the place of a document in the list.
    fn place(doc: &Self::Doc) -> String;
    /// Reads up to `most` documents strictly beyond a place, in the list's order.
    async fn read(&self, beyond: Option<String>, most: usize) -> Result<Vec<Self::Doc>, Self::Error>;
    /// Shows those that the reader may see, in their order, each with its place.
    async fn show(&self, docs: Vec<Self::Doc>) -> Result<Vec<(String, Self::Item)>, Self::Error>;
}

/// Fills a page.
pub async fn fill<L: Listing>(listing: &L, limit: usize, cursor: Option<&str>) -> Result<Page<L::Item>, L::Error> {
    let mut beyond: Option<String> = cursor.map(Cursor::decode).transpose()?;
    let most = (limit + 1).max(READ_MIN);
    let mut found: Vec<(String, L::Item)> = Vec::new();
    for _ in 0..READS_MAX {
        let docs = listing.read(beyond, most).await?;
        let ends = docs.len() < most;
        beyond = docs.last().map(L::place);
        found.extend(listing.show(docs).await?);
        if found.len() > limit {
            found.truncate(limit);
            beyond = found.last().map(|(place, _)| place.clone());
            break;
        }
        if ends {
            beyond = None;
            break;
        }
    }
    Ok(Page {
        items: found.into_iter().map(|(_, item)| item).collect(),
        next_cursor: beyond.map(|place| Cursor::encode(&place)),
    })
}
