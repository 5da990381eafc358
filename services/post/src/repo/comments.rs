//! Owns the queries for comments.

use kernel::{CommentId, PostId, UserId};
use store::{Query, StoreError};

use super::{CHUNK, Repo};
use crate::domain::comment::Comment;

impl Repo {
    /// Returns comments that stand, of a post or of one thread in it, with ids above `after`, oldest first.
    pub(crate) async fn comments_on(
        &self,
        post: PostId,
        thread: Option<CommentId>,
        after: Option<String>,
        most: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        let query = match thread {
            Some(thread) => Query::on("thread").eq(thread).eq(true),
            None => Query::on("live").eq(post).eq(true),
        };
        let query = match after {
            Some(after) => query.more_than(after),
            None => query,
        };
        self.comments.find(query.limit(most)).await
    }

    /// Returns some comments that stand under another.
    pub(crate) async fn answers(&self, thread: CommentId, most: usize) -> Result<Vec<Comment>, StoreError> {
        let query = Query::on("thread").eq(thread).eq(true).limit(most);
        self.comments.find(query).await
    }

    /// Returns a comment that stands on this very post.
    pub(crate) async fn comment(&self, post: PostId, id: CommentId) -> Result<Option<Comment>, StoreError> {
        let found = self.comments.get(id).await?;
        Ok(found.filter(|c| c.post_id == post && c.is_live()))
    }

    /// Returns the comment that an author wrote under a client id, deleted or not.
    pub(crate) async fn comment_by_client_id(
        &self,
        post: PostId,
        author: UserId,
        client_id: &str,
    ) -> Result<Option<Comment>, StoreError> {
        let query = Query::on("author_client").eq(post).eq(author).eq(client_id);
        self.comments.find_one(query).await
    }

    /// Returns some comments of an author, deleted or not.
    pub(crate) async fn some_comments_of(&self, author: UserId) -> Result<Vec<Comment>, StoreError> {
        self.comments.find(Query::on("author_at").eq(author).limit(CHUNK)).await
    }

    /// Returns some comments that mention a person.
    pub(crate) async fn some_comments_naming(&self, person: UserId) -> Result<Vec<Comment>, StoreError> {
        self.comments.find(Query::on("mentioned").eq(person).limit(CHUNK)).await
    }

    /// Returns some comments on a post, deleted or not.
    pub(crate) async fn some_comments_on(&self, post: PostId) -> Result<Vec<Comment>, StoreError> {
        self.comments.find(Query::on("post").eq(post).limit(CHUNK)).await
    }
}
