//! Owns how a card looks to whom: its seller and moderators see drafts and personas, others what is published without them.

use std::collections::HashMap;

use contracts::ai_model_cards::Scope;
use kernel::{AgentId, CardId, Money, ReviewId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, Reader};
use crate::domain::card::{Card, Listing, Stage, Status};
use crate::domain::content::{Category, Content};
use crate::domain::edition::Edition;
use crate::domain::review::{Review, Tally};
use crate::error::Error;
use crate::repo::revisions::RevisionDoc;

/// How many there are of a limited edition. `available + held + sold = size`.
#[derive(Serialize, ToSchema)]
#[schema(as = CardEdition)]
pub(crate) struct EditionView {
    size: u32,
    /// How many may be ordered now.
    available: u32,
    /// How many are in orders that are not paid yet.
    held: u32,
    sold: u32,
}

/// What holders think of a card.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CardRating)]
pub(crate) struct RatingView {
    /// Average in hundredths of a star, 100 to 500; null without reviews.
    #[schema(required = true)]
    average_hundredths: Option<u32>,
    count: u64,
    /// How many gave 1, 2, 3, 4 and 5 stars.
    #[schema(min_items = 5, max_items = 5)]
    stars: Vec<u64>,
}

/// What is said of an agent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CardContent)]
pub(crate) struct ContentView {
    /// Name on screen.
    name: String,
    /// What it is good for.
    description: String,
    category: Category,
    tags: Vec<String>,
    /// Its instructions; null for all but its seller and moderators.
    #[schema(required = true)]
    persona: Option<String>,
    /// Model, as `/v1/models` names it.
    model: String,
    /// Hundredths: 0 to 200.
    temperature_percent: u16,
    /// Most tokens of one answer.
    max_tokens: u32,
    /// 0 to 100: how much it likes to talk in a room whose agents speak by weight.
    talkativeness: u8,
    /// What a buyer may do with it.
    scope: Scope,
    /// Price of each message that it writes; null: none.
    #[schema(required = true)]
    message_price: Option<Money>,
    /// What one may ask it in a try-out.
    sample_prompts: Vec<String>,
}

impl ContentView {
    fn of(content: &Content, persona: bool) -> Self {
        let content = content.clone();
        Self {
            name: content.name,
            description: content.description,
            category: content.category,
            tags: content.tags,
            persona: persona.then_some(content.persona),
            model: content.model,
            temperature_percent: content.temperature_percent,
            max_tokens: content.max_tokens,
            talkativeness: content.talkativeness,
            scope: content.scope,
            message_price: content.message_price,
            sample_prompts: content.sample_prompts,
        }
    }
}

/// What a seller works on.
#[derive(Serialize, ToSchema)]
#[schema(as = CardDraft)]
pub(crate) struct DraftView {
    /// `draft`, `submitted`, `approved` or `rejected`.
    status: Status,
    /// Why it was rejected.
    #[schema(required = true)]
    reason: Option<String>,
    #[serde(flatten)]
    content: ContentView,
}

/// A card.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModelCard)]
pub(crate) struct CardView {
    id: CardId,
    seller_id: UserId,
    status: Status,
    /// Grows with each change by a person; also its `ETag`.
    version: u64,
    /// Of the published revision; before that, of the card.
    handle: String,
    /// The published revision; before that, for its seller and moderators, the draft.
    #[serde(flatten)]
    content: ContentView,
    /// Price of one, tax included.
    price: Money,
    /// Null: unlimited.
    #[schema(required = true)]
    edition: Option<EditionView>,
    /// Number of the published revision.
    #[schema(required = true)]
    revision: Option<u32>,
    /// The agent that it is.
    #[schema(required = true)]
    agent_id: Option<AgentId>,
    #[schema(required = true)]
    published_at: Option<Timestamp>,
    rating: RatingView,
    /// Orders that bought it; counted, as the rating is, within a second or two.
    sales: u64,
    /// What will be the next revision; for its seller and moderators, else null.
    #[schema(required = true)]
    draft: Option<DraftView>,
    /// Why it is suspended; for its seller and moderators, else null.
    #[schema(required = true)]
    suspended_because: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A published revision.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CardRevision)]
pub(crate) struct RevisionView {
    card_id: CardId,
    revision: u32,
    /// The agent that it is.
    agent_id: AgentId,
    seller_id: UserId,
    handle: String,
    #[serde(flatten)]
    content: ContentView,
    published_at: Timestamp,
}

/// What one holder thinks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CardReview)]
pub(crate) struct ReviewView {
    id: ReviewId,
    card_id: CardId,
    author_id: UserId,
    /// 1 to 5.
    rating: u8,
    text: String,
    created_at: Timestamp,
    #[schema(required = true)]
    edited_at: Option<Timestamp>,
}

impl From<Review> for ReviewView {
    fn from(review: Review) -> Self {
        Self {
            id: review.id,
            card_id: review.card_id,
            author_id: review.author_id,
            rating: review.rating,
            text: review.text,
            created_at: review.created_at,
            edited_at: review.edited_at,
        }
    }
}

fn edition(edition: &Edition) -> Option<EditionView> {
    Some(EditionView {
        size: edition.size?,
        available: edition.available()?,
        held: edition.held(),
        sold: edition.sold,
    })
}

fn rating(tally: &Tally) -> RatingView {
    RatingView {
        average_hundredths: tally.average_hundredths(),
        count: tally.count(),
        stars: tally.stars.to_vec(),
    }
}

impl CardView {
    fn of(card: &Card, reader: Reader, tally: &Tally) -> Option<Self> {
        let all = reader.sees_all_of(card);
        let published = card.published.as_ref();
        let content = published.map(|p| &p.content).or(card.newest().filter(|_| all))?;
        let draft = card.draft.as_ref().filter(|_| all).map(|draft| DraftView {
            status: draft.status(),
            reason: match &draft.stage {
                Stage::Rejected { reason } => Some(reason.clone()),
                _ => None,
            },
            content: ContentView::of(&draft.content, true),
        });
        Some(Self {
            id: card.id,
            seller_id: card.seller_id,
            status: card.status(),
            version: card.version,
            handle: published.map_or(&card.handle, |p| &p.handle).clone(),
            content: ContentView::of(content, all),
            price: card.price,
            edition: edition(&card.edition),
            revision: published.map(|p| p.revision),
            agent_id: published.map(|p| p.agent_id),
            published_at: published.map(|p| p.published_at),
            rating: rating(tally),
            sales: tally.sales,
            draft,
            suspended_because: match &card.listing {
                Listing::Suspended { reason } if all => Some(reason.clone()),
                _ => None,
            },
            created_at: card.created_at,
            updated_at: card.updated_at,
        })
    }
}

impl RevisionView {
    pub(crate) fn of(doc: RevisionDoc, persona: bool) -> Self {
        let RevisionDoc {
            revision,
            category,
            tags,
            sample_prompts,
        } = doc;
        Self {
            card_id: revision.card_id,
            revision: revision.revision,
            agent_id: revision.agent_id,
            seller_id: revision.seller_id,
            handle: revision.handle,
            content: ContentView {
                name: revision.name,
                description: revision.description,
                category,
                tags,
                persona: persona.then_some(revision.persona),
                model: revision.model,
                temperature_percent: revision.temperature_percent,
                max_tokens: revision.max_tokens,
                talkativeness: revision.talkativeness,
                scope: revision.scope,
                message_price: revision.message_price,
                sample_prompts,
            },
            published_at: revision.published_at,
        }
    }
}

impl App {
    /// Shows a card that the reader may see.
    pub(crate) async fn show(&self, card: &Card, reader: Reader) -> Result<CardView, Error> {
        let tally = self.repo.tallies.get(card.id).await?;
        CardView::of(card, reader, &tally).ok_or(Error::NotFound)
    }

    /// Shows several.
    pub(crate) async fn show_all(&self, cards: &[Card], reader: Reader) -> Result<Vec<CardView>, Error> {
        let ids: Vec<CardId> = cards.iter().map(|card| card.id).collect();
        let tallies = self.repo.tallies.get_many(&ids).await?;
        let tallies: HashMap<CardId, Tally> = tallies.into_iter().map(|tally| (tally.card_id, tally)).collect();
        let mut shown = Vec::with_capacity(cards.len());
        for card in cards {
            let none = Tally::new(card.id);
            let tally = tallies.get(&card.id).unwrap_or(&none);
            shown.extend(CardView::of(card, reader, tally));
        }
        Ok(shown)
    }
}
