//! Owns the card and every step between its states. Pure: a step returns what happened, or why it is refused. Refuses to know
//! who may take a step.
//!
//! A card has two sides. What is **listed** is what buyers see: nothing, a revision on sale, suspended, retired. What is
//! **drafted** is what the seller works on: draft → submitted → approved or rejected. Publishing turns an approved draft into
//! the next revision; until then the revision before it stays on sale.

use contracts::ai_model_cards::{CardChange, CardEvent, Offer, Revision};
use kernel::{AgentId, CardId, Money, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::content::{Content, ContentEdit};
use crate::domain::edition::{Edition, Fixed};

/// Most revisions of a card.
pub(crate) const REVISIONS_MAX: u32 = 100;

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The card's state does not allow it.")]
    WrongState,
    #[error("The card was published: it can be retired, not deleted.")]
    Published,
    #[error("The card was published: its handle stays.")]
    HandleFixed,
    #[error("So many are held or sold already.")]
    EditionTooSmall,
    #[error("An unlimited edition that was published stays unlimited.")]
    EditionUnlimited,
    #[error("A single edition stays the only one, and others do not grow once somebody has one.")]
    EditionPromised,
    #[error("The card has as many revisions as a card may have.")]
    TooManyRevisions,
}

/// How far a draft is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum Stage {
    Draft,
    Submitted,
    Approved,
    Rejected { reason: String },
}

/// What the seller works on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Draft {
    pub(crate) content: Content,
    pub(crate) stage: Stage,
}

/// The newest revision, as it was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Published {
    pub(crate) revision: u32,
    pub(crate) agent_id: AgentId,
    pub(crate) handle: String,
    pub(crate) content: Content,
    pub(crate) published_at: Timestamp,
}

/// What buyers see of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "listing", rename_all = "snake_case")]
pub(crate) enum Listing {
    Unlisted,
    OnSale,
    Suspended { reason: String },
    Retired,
}

/// Where a card stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Its seller works on it.
    Draft,
    /// It waits for a moderator.
    Submitted,
    /// It may be published.
    Approved,
    /// It is to be changed and submitted again.
    Rejected,
    /// A revision is on sale.
    Published,
    /// A moderator took it off sale.
    Suspended,
    /// Its seller took it off sale for good.
    Retired,
}

/// A listing of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Card {
    pub(crate) id: CardId,
    pub(crate) seller_id: UserId,
    /// Of the first revision; later ones add their number.
    pub(crate) handle: String,
    /// Grows with each change by a person. Holds do not count: who edits a card need not care who buys it meanwhile.
    pub(crate) version: u64,
    pub(crate) price: Money,
    pub(crate) edition: Edition,
    pub(crate) draft: Option<Draft>,
    pub(crate) published: Option<Published>,
    pub(crate) listing: Listing,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// While it waits for a moderator: since when.
    pub(crate) submitted_at: Option<Timestamp>,
    /// While it is on sale: since when its revision is.
    pub(crate) listed_at: Option<Timestamp>,
    /// While orders hold editions: when the first hold is to be looked at.
    pub(crate) holds_due: Option<Timestamp>,
}

impl Document for Card {
    const COLLECTION: &'static str = "cards";
    const INDEXES: &'static [Index] = &[
        Index::plain("seller", &["sellerId", "createdAt"]),
        Index::plain("queue", &["submittedAt"]),
        Index::plain("listed", &["listedAt"]),
        Index::plain("holds_due", &["holdsDue"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What a step says happened.
pub(crate) type Step = Result<CardChange, Refusal>;

impl Card {
    /// Returns where it stands.
    pub(crate) fn status(&self) -> Status {
        match (&self.listing, &self.draft) {
            (Listing::OnSale, _) => Status::Published,
            (Listing::Suspended { .. }, _) => Status::Suspended,
            (Listing::Retired, _) => Status::Retired,
            (Listing::Unlisted, Some(draft)) => draft.status(),
            (Listing::Unlisted, None) => Status::Draft,
        }
    }

    /// Returns what the seller sees first: the draft, else what is published.
    pub(crate) fn newest(&self) -> Option<&Content> {
        let published = || self.published.as_ref().map(|p| &p.content);
        self.draft.as_ref().map(|d| &d.content).or_else(published)
    }

    /// Tells whether it is on sale.
    pub(crate) fn is_on_sale(&self) -> bool {
        self.listing == Listing::OnSale
    }

    /// Returns what buyers are offered, if it is on sale.
    pub(crate) fn offer(&self) -> Option<Offer> {
        let published = self.published.as_ref().filter(|_| self.is_on_sale())?;
        Some(Offer {
            card_id: self.id,
            revision: published.revision,
            agent_id: published.agent_id,
            seller_id: self.seller_id,
            name: published.content.name.clone(),
            price: self.price,
            message_price: published.content.message_price,
            scope: published.content.scope,
            available: self.edition.available(),
        })
    }

    /// Changes what is drafted. On a published card this begins the next draft from what is published; a rejected or approved one
    /// must be submitted again. Nothing happened for others when it was a draft before.
    pub(crate) fn edit(&mut self, edit: &ContentEdit) -> Result<Option<CardChange>, Refusal> {
        if self.listing == Listing::Retired {
            return Err(Refusal::WrongState);
        }
        if let Some(draft) = &mut self.draft {
            if draft.stage == Stage::Submitted {
                return Err(Refusal::WrongState);
            }
            draft.content.apply(edit);
            let again = draft.stage != Stage::Draft;
            draft.stage = Stage::Draft;
            return Ok(again.then_some(CardChange::Drafted));
        }
        let published = self.published.as_ref().ok_or(Refusal::WrongState)?;
        if published.revision >= REVISIONS_MAX {
            return Err(Refusal::TooManyRevisions);
        }
        let mut content = published.content.clone();
        content.apply(edit);
        self.draft = Some(Draft {
            content,
            stage: Stage::Draft,
        });
        Ok(Some(CardChange::Drafted))
    }

    /// Gives a card that was never published another handle. A moderator looks at that too: one that was approved or rejected must be
    /// submitted again.
    pub(crate) fn rename(&mut self, handle: &str) -> Result<Option<CardChange>, Refusal> {
        if self.handle == handle {
            return Ok(None);
        }
        if self.published.is_some() {
            return Err(Refusal::HandleFixed);
        }
        let draft = self.draft.as_mut().ok_or(Refusal::WrongState)?;
        if draft.stage == Stage::Submitted {
            return Err(Refusal::WrongState);
        }
        handle.clone_into(&mut self.handle);
        let again = draft.stage != Stage::Draft;
        draft.stage = Stage::Draft;
        Ok(again.then_some(CardChange::Drafted))
    }

    fn advance(&mut self, from: impl Fn(&Stage) -> bool, to: Stage) -> Result<(), Refusal> {
        match &mut self.draft {
            Some(draft) if from(&draft.stage) && self.listing != Listing::Retired => draft.stage = to,
            _ => return Err(Refusal::WrongState),
        }
        Ok(())
    }

    /// Asks a moderator to look at the draft.
    pub(crate) fn submit(&mut self, now: Timestamp) -> Step {
        self.advance(|s| matches!(s, Stage::Draft | Stage::Rejected { .. }), Stage::Submitted)?;
        self.submitted_at = Some(now);
        Ok(CardChange::Submitted)
    }

    /// Lets a submitted draft pass.
    pub(crate) fn approve(&mut self) -> Step {
        self.advance(|s| *s == Stage::Submitted, Stage::Approved)?;
        self.submitted_at = None;
        Ok(CardChange::Approved)
    }

    /// Sends a submitted draft back.
    pub(crate) fn reject(&mut self, reason: &str) -> Step {
        let reason = reason.to_owned();
        let to = Stage::Rejected { reason: reason.clone() };
        self.advance(|s| *s == Stage::Submitted, to)?;
        self.submitted_at = None;
        Ok(CardChange::Rejected { reason })
    }

    /// Returns the number that the approved draft will have when it is published now.
    pub(crate) fn next_revision(&self) -> Result<u32, Refusal> {
        let approved = self.draft.as_ref().is_some_and(|d| d.stage == Stage::Approved);
        if !approved || !matches!(self.listing, Listing::Unlisted | Listing::OnSale) {
            return Err(Refusal::WrongState);
        }
        Ok(self.published.as_ref().map_or(1, |p| p.revision.saturating_add(1)))
    }

    /// Puts the approved draft on sale, as an agent of its own under a handle of its own.
    pub(crate) fn publish(&mut self, agent_id: AgentId, handle: String, now: Timestamp) -> Step {
        let revision = self.next_revision()?;
        let draft = self.draft.take().ok_or(Refusal::WrongState)?;
        self.published = Some(Published {
            revision,
            agent_id,
            handle,
            content: draft.content,
            published_at: now,
        });
        self.listing = Listing::OnSale;
        self.listed_at = Some(now);
        let price = self.price;
        Ok(CardChange::Published {
            revision,
            agent_id,
            price,
        })
    }

    /// Changes the price, from now on. Nothing happened for others before the first publication.
    pub(crate) fn reprice(&mut self, price: Money) -> Result<Option<CardChange>, Refusal> {
        if matches!(self.listing, Listing::Retired) || self.awaits_first_decision() {
            return Err(Refusal::WrongState);
        }
        let changed = self.price != price && self.published.is_some();
        self.price = price;
        Ok(changed.then_some(CardChange::Repriced { price }))
    }

    /// Changes the size of the edition, never below what is held and sold, and never to the loss of who has one.
    pub(crate) fn resize(&mut self, size: Option<u32>) -> Result<Option<CardChange>, Refusal> {
        if matches!(self.listing, Listing::Retired) || self.awaits_first_decision() {
            return Err(Refusal::WrongState);
        }
        if self.published.is_none() {
            self.edition = Edition::of(size);
            return Ok(None);
        }
        let before = self.edition.size;
        self.edition.resize(size).map_err(|fixed| match fixed {
            Fixed::TooSmall => Refusal::EditionTooSmall,
            Fixed::Unlimited => Refusal::EditionUnlimited,
            Fixed::Promised => Refusal::EditionPromised,
        })?;
        Ok((before != size).then_some(CardChange::EditionChanged { size }))
    }

    /// What a moderator is looking at must not change meanwhile, price and edition included.
    fn awaits_first_decision(&self) -> bool {
        self.published.is_none() && self.draft.as_ref().is_some_and(|d| d.stage == Stage::Submitted)
    }

    /// Takes it off sale, by a moderator.
    pub(crate) fn suspend(&mut self, reason: &str) -> Step {
        if self.listing != Listing::OnSale {
            return Err(Refusal::WrongState);
        }
        let reason = reason.to_owned();
        self.listing = Listing::Suspended { reason: reason.clone() };
        self.listed_at = None;
        Ok(CardChange::Suspended { reason })
    }

    /// Puts it back on sale, by a moderator.
    pub(crate) fn reinstate(&mut self) -> Step {
        if !matches!(self.listing, Listing::Suspended { .. }) {
            return Err(Refusal::WrongState);
        }
        self.listing = Listing::OnSale;
        self.listed_at = self.published.as_ref().map(|p| p.published_at);
        Ok(CardChange::Reinstated)
    }

    /// Takes it off sale for good; a next draft goes with it.
    pub(crate) fn retire(&mut self) -> Step {
        if !matches!(self.listing, Listing::OnSale | Listing::Suspended { .. }) {
            return Err(Refusal::WrongState);
        }
        self.listing = Listing::Retired;
        self.draft = None;
        self.submitted_at = None;
        self.listed_at = None;
        Ok(CardChange::Retired)
    }

    /// Fails unless it may be deleted: it never was published.
    pub(crate) fn require_unpublished(&self) -> Result<(), Refusal> {
        if self.published.is_some() {
            return Err(Refusal::Published);
        }
        Ok(())
    }

    /// Counts changes by a person, of which others hear `told`: each has a version of its own, the last one the card's.
    pub(crate) fn touch(&mut self, told: usize, now: Timestamp) {
        let by = u64::try_from(told.max(1)).unwrap_or(1);
        self.version = self.version.saturating_add(by);
        self.updated_at = self.updated_at.max(now);
    }

    /// Keeps in step what holds are found by.
    pub(crate) fn mind_holds(&mut self) {
        self.holds_due = self.edition.due();
    }

    /// Returns the fact that others hear, with the version that it made.
    pub(crate) fn event(&self, version: u64, change: CardChange) -> CardEvent {
        CardEvent {
            card_id: self.id,
            seller_id: self.seller_id,
            version,
            change,
        }
    }
}

impl Draft {
    pub(crate) fn status(&self) -> Status {
        match self.stage {
            Stage::Draft => Status::Draft,
            Stage::Submitted => Status::Submitted,
            Stage::Approved => Status::Approved,
            Stage::Rejected { .. } => Status::Rejected,
        }
    }
}

impl Published {
    /// Returns it as a revision that is kept and never written again.
    pub(crate) fn revision_of(&self, card: &Card) -> Revision {
        let content = self.content.clone();
        Revision {
            card_id: card.id,
            revision: self.revision,
            agent_id: self.agent_id,
            seller_id: card.seller_id,
            name: content.name,
            handle: self.handle.clone(),
            description: content.description,
            persona: content.persona,
            model: content.model,
            temperature_percent: content.temperature_percent,
            max_tokens: content.max_tokens,
            talkativeness: content.talkativeness,
            scope: content.scope,
            message_price: content.message_price,
            published_at: self.published_at,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
