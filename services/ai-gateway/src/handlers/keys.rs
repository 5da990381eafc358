//! One's own gateway keys.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{ApiKeyId, Currency, Fault, Page, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::config::{check_budget, check_rate};
use crate::domain::key::{KeyDoc, MODELS_MAX, Terms};
use crate::domain::outline::MODEL_CHARS_MAX;
use crate::domain::price::Pattern;
use crate::domain::subject::{Budget, Rates};
use crate::domain::window::Window;

/// A key to be made.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct NewKey {
    /// What one calls it, 1-60 characters.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// How much it may spend; absent = no limit of its own.
    #[garde(inner(custom(fits_budget)))]
    budget: Option<Budget>,
    /// How fast, how much at once, and how many tokens a day and a month.
    #[serde(default)]
    #[garde(custom(fits_rates))]
    limits: Rates,
    /// Models it may ask, 1-100 names as in `/v1/models`, or prefixes with `*`; absent = all.
    #[garde(inner(custom(|models: &Vec<String>, _| fits_models(models))))]
    #[schema(min_items = 1, max_items = 100)]
    models: Option<Vec<String>>,
    /// When it stops working; in the future.
    expires_at: Option<Timestamp>,
}

/// Changes to a key; what is absent stays, null removes a limit.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[derive(Default)]
pub(crate) struct KeyEdit {
    /// 1-60 characters.
    #[garde(inner(length(chars, min = 1, max = 60)))]
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// What was spent in a window stays counted, whatever the amount; another window begins with what was spent in it.
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(custom(fits_budget))))]
    #[schema(value_type = Option<Budget>)]
    budget: Option<Option<Budget>>,
    /// All of them.
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(custom(fits_rates))))]
    #[schema(value_type = Option<Rates>)]
    limits: Option<Option<Rates>>,
    /// 1-100 names or prefixes with `*`.
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(custom(|models: &Vec<String>, _| fits_models(models)))))]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100)]
    models: Option<Option<Vec<String>>>,
    /// In the future.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Timestamp>)]
    expires_at: Option<Option<Timestamp>>,
}

/// Tells "null" from "absent".
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

fn fits_budget(budget: &Budget, (): &()) -> garde::Result {
    let mistake = check_budget("micros", Some(budget.micros));
    mistake.map_or(Ok(()), |m| Err(garde::Error::new(format!("{} {}", m.field, m.message))))
}

fn fits_rates(rates: &Rates, (): &()) -> garde::Result {
    let mistakes = [
        check_rate("requestsPerMinute", rates.requests_per_minute),
        check_rate("tokensPerMinute", rates.tokens_per_minute),
        check_rate("concurrent", rates.concurrent),
        check_budget("tokensPerDay", rates.tokens_per_day),
        check_budget("tokensPerMonth", rates.tokens_per_month),
    ];
    let mistake = mistakes.into_iter().flatten().next();
    mistake.map_or(Ok(()), |m| Err(garde::Error::new(format!("{} {}", m.field, m.message))))
}

fn fits_models(models: &[String]) -> garde::Result {
    if !(1..=MODELS_MAX).contains(&models.len()) {
        return Err(garde::Error::new(format!("has not 1 to {MODELS_MAX} names")));
    }
    let fits = |model: &String| model.chars().count() <= MODEL_CHARS_MAX && Pattern::read(model).is_some();
    match models.iter().find(|model| !fits(model)) {
        Some(_) => Err(garde::Error::new(
            "has a name that is neither one of a model nor a prefix with one `*` at its end",
        )),
        None => Ok(()),
    }
}

fn in_the_future(at: Option<Timestamp>, now: Timestamp) -> Result<(), Fault> {
    match at {
        Some(at) if at <= now => Err(Fault::invalid("expiresAt", "is not in the future")),
        _ => Ok(()),
    }
}

/// A key's budget and what became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyBudget {
    micros: u64,
    window: Window,
    currency: Currency,
    /// Spent in this window, a second ago.
    spent_micros: u64,
    /// What is left of it.
    remaining_micros: u64,
    /// When all of it is there again; null = never.
    #[schema(required = true)]
    resets_at: Option<Timestamp>,
}

/// A key as its owner sees it ever after.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKey {
    id: ApiKeyId,
    name: String,
    /// How it begins.
    prefix: String,
    created_at: Timestamp,
    /// To the minute; null when it was never used.
    #[schema(required = true)]
    last_used_at: Option<Timestamp>,
    /// Null = no limit of its own.
    #[schema(required = true)]
    budget: Option<KeyBudget>,
    limits: Rates,
    /// Null = all.
    #[schema(required = true)]
    models: Option<Vec<String>>,
    /// Null = never.
    #[schema(required = true)]
    expires_at: Option<Timestamp>,
}

/// A key just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MadeKey {
    id: ApiKeyId,
    name: String,
    /// The key itself, shown this once.
    key: String,
    /// How it begins.
    prefix: String,
    created_at: Timestamp,
}

impl ApiKey {
    fn of(app: &App, doc: KeyDoc, spent: u64) -> Self {
        let Terms {
            budget,
            limits,
            models,
            expires_at,
        } = doc.terms;
        let budget = budget.map(|Budget { micros, window }| KeyBudget {
            micros,
            window,
            currency: app.governor.prices.currency(),
            spent_micros: spent,
            remaining_micros: micros.saturating_sub(spent),
            resets_at: window.end(app.ambient.now()),
        });
        Self {
            id: doc.id,
            name: doc.name,
            prefix: doc.prefix,
            created_at: doc.created_at,
            last_used_at: doc.last_used_at,
            budget,
            limits,
            models,
            expires_at,
        }
    }
}

/// Makes a key, which is shown only here. One may have 20.
#[utoipa::path(post, path = "/api/ai/keys", tag = "ai", request_body = NewKey, responses((status = 201, body = MadeKey)))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewKey>,
) -> Answer<(StatusCode, Json<MadeKey>)> {
    in_the_future(new.expires_at, app.ambient.now())?;
    let terms = Terms {
        budget: new.budget,
        limits: new.limits,
        models: new.models,
        expires_at: new.expires_at,
    };
    let (doc, key) = app.keys.create(caller.user, &new.name, &terms).await?;
    let KeyDoc {
        id,
        name,
        prefix,
        created_at,
        ..
    } = doc;
    let made = MadeKey {
        id,
        name,
        key,
        prefix,
        created_at,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Lists one's keys, newest first, with what is left of their budgets.
#[utoipa::path(get, path = "/api/ai/keys", tag = "ai", params(Paging), responses((status = 200, body = Page<ApiKey>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ApiKey>>> {
    let page = app.keys.list(caller.user, paging.limit(), paging.cursor()).await?;
    let spent = app.keys.spent(&page.items, app.ambient.now()).await?;
    let mut spent = spent.into_iter();
    Ok(Json(page.map(|doc| ApiKey::of(&app, doc, spent.next().unwrap_or(0)))))
}

/// Changes a key: within five seconds it holds everywhere.
#[utoipa::path(patch, path = "/api/ai/keys/{id}", tag = "ai", params(("id" = ApiKeyId, Path)), request_body = KeyEdit,
    responses((status = 200, body = ApiKey)))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
    Json(edit): Json<KeyEdit>,
) -> Answer<Json<ApiKey>> {
    in_the_future(edit.expires_at.flatten(), app.ambient.now())?;
    let change = |doc: &mut KeyDoc| {
        let KeyEdit {
            name,
            budget,
            limits,
            models,
            expires_at,
        } = &edit;
        doc.name = name.clone().unwrap_or_else(|| doc.name.clone());
        doc.terms.budget = budget.unwrap_or(doc.terms.budget);
        doc.terms.limits = limits.map_or(doc.terms.limits, Option::unwrap_or_default);
        doc.terms.models = models.clone().unwrap_or_else(|| doc.terms.models.clone());
        doc.terms.expires_at = expires_at.unwrap_or(doc.terms.expires_at);
    };
    let doc = app.keys.change(caller.user, id, change).await?;
    let spent = app.keys.spent(std::slice::from_ref(&doc), app.ambient.now()).await?;
    let spent = spent.into_iter().next().unwrap_or(0);
    Ok(Json(ApiKey::of(&app, doc, spent)))
}

/// Revokes a key: within five seconds it works nowhere any more.
#[utoipa::path(delete, path = "/api/ai/keys/{id}", tag = "ai", params(("id" = ApiKeyId, Path)), responses((status = 204)))]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
) -> Answer<StatusCode> {
    app.keys.revoke(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
