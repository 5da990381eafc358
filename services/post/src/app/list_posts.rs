//! Lists posts: all, of a person, with a tag, with words. What the reader may not see is never found, or left out before
//! a page is cut.

use async_trait::async_trait;
use chassis::fill::{Listing, fill};
use contracts::post::Visibility;
use kernel::{Page, UserId};

use crate::app::App;
use crate::domain::post::Post;
use crate::domain::tag;
use crate::error::Error;
use crate::repo::{Circle, Source};
use crate::wire::PostView;

/// Friends whose posts for friends a search looks through.
const FRIENDS_SEARCHED_MAX: usize = 5_000;

/// Which posts somebody wants to see; all conditions hold at once.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) author: Option<UserId>,
    pub(crate) tag: Option<String>,
    pub(crate) words: Option<String>,
}

struct Posts<'a> {
    app: &'a App,
    reader: UserId,
    source: Source,
    /// A condition that the source does not check.
    tag: Option<String>,
}

#[async_trait]
impl Listing for Posts<'_> {
    type Doc = Post;
    type Item = PostView;
    type Error = Error;

    fn place(post: &Post) -> String {
        post.id.to_string()
    }

    async fn read(&self, beyond: Option<String>, most: usize) -> Result<Vec<Post>, Error> {
        Ok(self.app.repo.posts_from(&self.source, beyond, most).await?)
    }

    async fn show(&self, mut posts: Vec<Post>) -> Result<Vec<(String, PostView)>, Error> {
        if let Some(tag) = &self.tag {
            posts.retain(|post| post.tags.contains(tag));
        }
        let shown = self.app.show_posts(self.reader, posts).await?;
        Ok(shown.into_iter().map(|view| (view.id.to_string(), view)).collect())
    }
}

impl App {
    /// Lists posts that `reader` may see, newest first.
    pub(crate) async fn list_posts(
        &self,
        reader: UserId,
        wanted: Wanted,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<PostView>, Error> {
        let Wanted { author, tag, words } = wanted;
        let tag = match tag {
            Some(tag) => Some(tag::normal(&tag).ok_or_else(|| Error::invalid("tag", "is no hashtag"))?),
            None => None,
        };
        let (source, tag) = match (author, tag, words) {
            (None, None, None) => (Source::Newest, None),
            (Some(author), None, None) => (Source::Author(author), None),
            (None, Some(tag), None) => (Source::Tag(tag), None),
            (Some(author), Some(tag), None) => (Source::AuthorTag(author, tag), None),
            (None, tag, Some(words)) => (Source::Words(words, self.circles_of(reader).await?), tag),
            (Some(author), tag, Some(words)) => {
                let circles = self.circles_of_author(reader, author).await?;
                if circles.is_empty() {
                    return Ok(Page {
                        items: Vec::new(),
                        next_cursor: None,
                    });
                }
                (Source::AuthorWords(author, words, circles), tag)
            }
        };
        let posts = Posts {
            app: self,
            reader,
            source,
            tag,
        };
        fill(&posts, limit, cursor).await
    }

    /// Returns which of an author's circles a reader belongs to; across a block none.
    async fn circles_of_author(&self, reader: UserId, author: UserId) -> Result<Vec<Visibility>, Error> {
        if reader == author {
            return Ok(vec![Visibility::Public, Visibility::Friends, Visibility::Private]);
        }
        let relation = self.standing(reader, vec![author]).await?.to(author);
        Ok(match (relation.blocked, relation.friends) {
            (true, _) => Vec::new(),
            (false, true) => vec![Visibility::Public, Visibility::Friends],
            (false, false) => vec![Visibility::Public],
        })
    }

    /// Returns the circles that a person belongs to.
    async fn circles_of(&self, reader: UserId) -> Result<Vec<Circle>, Error> {
        let friends = self.relationships.friends(reader, FRIENDS_SEARCHED_MAX).await?;
        let mut circles: Vec<Circle> = vec![
            (Visibility::Public, reader),
            (Visibility::Friends, reader),
            (Visibility::Private, reader),
        ];
        circles.extend(friends.into_iter().map(|friend| (Visibility::Friends, friend)));
        Ok(circles)
    }
}
