//! Agents.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Paging, Path, Query};
use garde::Validate;
use kernel::{AgentId, CardId, Money, Page, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::agent::{
    ANSWER_TOKENS_MAX, AgentDoc, DESCRIPTION_CHARS_MAX, MODEL_CHARS_MAX, NAME_CHARS_MAX, PERSONA_CHARS_MAX,
    ReplyPolicy, TALKATIVENESS_MAX,
};
use crate::error::Error;

/// An AI agent that may be a member of rooms.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Agent {
    id: AgentId,
    /// Unique name for mentions, 3-30 of `[a-z0-9_]`.
    handle: String,
    /// Name on screen.
    name: String,
    /// What it is good for.
    description: String,
    /// The card that it was bought as; null for others.
    #[schema(required = true)]
    card_id: Option<CardId>,
    /// The revision of that card.
    #[schema(required = true)]
    card_revision: Option<u32>,
    /// What each of its messages costs, on top of the card; null: nothing.
    #[schema(required = true)]
    message_price: Option<Money>,
    /// Its instructions; empty when the agent belongs to another person.
    persona: String,
    /// Model, as `/v1/models` names it; `default` = the operator's first.
    model: String,
    /// Who owns it; null for the product's own.
    #[schema(required = true)]
    owner_id: Option<UserId>,
    /// Whether it may be brought into rooms and speaks there.
    enabled: bool,
    /// What must stand beside its name, such as that no AI model answers.
    #[schema(required = true)]
    badge: Option<String>,
    /// When it answers people by itself.
    reply_policy: ReplyPolicy,
    /// 0 to 100: how much it likes to talk in a room whose agents speak by weight.
    talkativeness: u8,
    /// 0 to 2.
    temperature: f32,
    /// Most tokens of one answer.
    max_tokens: u32,
    created_at: Timestamp,
}

impl Agent {
    fn of(doc: AgentDoc, badge: Option<String>, reader: UserId) -> Self {
        Self {
            id: doc.id,
            card_id: doc.card.as_ref().map(|card| card.card_id),
            card_revision: doc.card.as_ref().map(|card| card.revision),
            message_price: doc.card.as_ref().and_then(|card| card.message_price),
            persona: doc.persona_for(reader).to_owned(),
            handle: doc.handle,
            name: doc.name,
            description: doc.description,
            model: doc.model,
            owner_id: doc.owner_id,
            enabled: doc.enabled,
            badge,
            reply_policy: doc.reply_policy,
            talkativeness: doc.talkativeness,
            temperature: doc.temperature,
            max_tokens: doc.max_tokens,
            created_at: doc.created_at,
        }
    }
}

/// Lists the agents that the caller may bring into rooms, and all of the caller's own, by handle: the product's, one's own, and those of
/// cards that one has bought.
#[utoipa::path(get, path = "/api/agents", tag = "agents", params(Paging), responses((status = 200, body = Page<Agent>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Agent>>> {
    let mine = app.agents_of(caller.user).await?;
    let page = app.agents.page(mine, paging.limit(), paging.cursor()).await?;
    let mut badges = HashMap::new();
    for model in page.items.iter().map(|doc| &doc.model) {
        if !badges.contains_key(model) {
            badges.insert(model.clone(), app.gateway.badge(model).await?);
        }
    }
    Ok(Json(page.map(|doc| {
        let badge = badges.get(&doc.model).cloned().flatten();
        Agent::of(doc, badge, caller.user)
    })))
}

/// Returns an agent. One that is sold is seen by everybody, but for its instructions.
#[utoipa::path(get, path = "/api/agents/{id}", tag = "agents", params(("id" = AgentId, Path)),
    responses((status = 200, body = Agent, headers(("ETag" = String)))))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AgentId>,
) -> Answer<impl IntoResponse> {
    let (doc, version) = app.agents.read(id).await?;
    shown(&app, caller, doc, version).await
}

/// Changes to an agent; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AgentEdit)]
pub(crate) struct Edit {
    /// Name on screen, not all blank.
    #[garde(inner(length(chars, min = 1, max = NAME_CHARS_MAX), custom(plain)))]
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// What it is good for.
    #[garde(inner(length(chars, max = DESCRIPTION_CHARS_MAX)))]
    #[schema(max_length = 500)]
    description: Option<String>,
    /// Its instructions.
    #[garde(inner(length(chars, min = 1, max = PERSONA_CHARS_MAX)))]
    #[schema(min_length = 1, max_length = 4000)]
    persona: Option<String>,
    /// Model, as `/v1/models` names it, or `default`.
    #[garde(inner(length(chars, min = 1, max = MODEL_CHARS_MAX)))]
    #[schema(min_length = 1, max_length = 128)]
    model: Option<String>,
    /// Whether it speaks.
    #[garde(skip)]
    enabled: Option<bool>,
    /// When it answers people by itself.
    #[garde(skip)]
    reply_policy: Option<ReplyPolicy>,
    /// 0 to 100: how much it likes to talk in a room whose agents speak by weight.
    #[garde(inner(range(min = 0, max = TALKATIVENESS_MAX)))]
    #[schema(minimum = 0, maximum = 100)]
    talkativeness: Option<u8>,
    /// 0 to 2.
    #[garde(inner(range(min = 0.0, max = 2.0)))]
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f32>,
    /// Most tokens of one answer.
    #[garde(inner(range(min = 1, max = ANSWER_TOKENS_MAX)))]
    #[schema(minimum = 1, maximum = 8192)]
    max_tokens: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
fn plain(name: &str, _: &()) -> garde::Result {
    let fits = !name.trim().is_empty() && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(garde::Error::new("must not be blank or hold control characters"))
    }
}

impl Edit {
    /// Tells whether it says nothing but whether the agent speaks.
    fn only_switches(&self) -> bool {
        let Self {
            name,
            description,
            persona,
            model,
            enabled,
            reply_policy,
            talkativeness,
            temperature,
            max_tokens,
        } = self;
        let words = [name, description, persona, model];
        let others = reply_policy.is_some() || talkativeness.is_some() || temperature.is_some() || max_tokens.is_some();
        enabled.is_some() && words.iter().all(|word| word.is_none()) && !others
    }

    fn apply(&self, agent: &mut AgentDoc) {
        let Self {
            name,
            description,
            persona,
            model,
            enabled,
            reply_policy,
            talkativeness,
            temperature,
            max_tokens,
        } = self;
        set(&mut agent.name, name.as_ref());
        set(&mut agent.description, description.as_ref());
        set(&mut agent.persona, persona.as_ref());
        set(&mut agent.model, model.as_ref());
        set(&mut agent.enabled, enabled.as_ref());
        set(&mut agent.reply_policy, reply_policy.as_ref());
        set(&mut agent.talkativeness, talkativeness.as_ref());
        set(&mut agent.temperature, temperature.as_ref());
        set(&mut agent.max_tokens, max_tokens.as_ref());
    }
}

fn set<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

/// Changes an agent: its owner's, or for a moderator the product's own. The agent of a card's revision never changes, but for a moderator who
/// may switch any agent off and on.
#[utoipa::path(patch, path = "/api/agents/{id}", tag = "agents", params(("id" = AgentId, Path)), request_body = Edit,
    responses((status = 200, body = Agent, headers(("ETag" = String)))))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AgentId>,
    seen: IfMatch,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let allow = |doc: &AgentDoc, version: u64| {
        let may = match edit.only_switches() {
            true => doc.may_be_switched_by(caller.user, caller.admin),
            false => doc.may_be_edited_by(caller.user, caller.admin),
        };
        if !may {
            return Err(Error::NotOwner);
        }
        seen.check(version).map_err(|_| Error::Stale)
    };
    let (doc, version) = app.agents.change(id, allow, |doc| edit.apply(doc)).await?;
    app.forget_rooms();
    shown(&app, caller, doc, version).await
}

async fn shown(app: &App, caller: Caller, doc: AgentDoc, version: u64) -> Answer<impl IntoResponse + use<>> {
    let badge = app.gateway.badge(&doc.model).await?;
    Ok((etag(version), Json(Agent::of(doc, badge, caller.user))))
}
