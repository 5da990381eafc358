//! One's own profile.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json};
use contracts::auth::AccountSummary;
use contracts::user::{Privacy, Profile};
use garde::Validate;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::profile::{ProfileDoc, check_avatar_url, check_display_name, check_handle};

/// A person as only they see themselves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    #[serde(flatten)]
    profile: Profile,
    /// E-mail address.
    email: String,
    /// Whether the address is proven.
    email_verified: bool,
    /// Whether sign-in asks for a second factor.
    totp_enabled: bool,
    /// Privacy choices.
    privacy: Privacy,
}

impl Me {
    fn of(doc: &ProfileDoc, account: AccountSummary) -> Self {
        let AccountSummary {
            email,
            email_verified,
            totp_enabled,
        } = account;
        Self {
            profile: doc.public(),
            email,
            email_verified,
            totp_enabled,
            privacy: doc.privacy,
        }
    }
}

/// Returns one's own profile.
#[utoipa::path(get, path = "/api/users/me", tag = "users", responses((status = 200, body = Me, headers(("ETag" = String)))))]
pub(crate) async fn read(State(app): State<Arc<App>>, caller: Caller) -> Answer<impl IntoResponse> {
    let (doc, version) = app.profiles.active(caller.user).await?;
    let account = app.accounts.account(caller.user).await?;
    Ok((etag(version), Json(Me::of(&doc, account))))
}

/// Changes to one's own profile; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = ProfileEdit)]
pub(crate) struct Edit {
    /// 3-30 of `[a-z0-9_]`.
    #[garde(inner(custom(|v: &str, _| check_handle(v).map_err(garde::Error::new))))]
    #[schema(min_length = 3, max_length = 30, pattern = "^[a-z0-9_]+$")]
    handle: Option<String>,
    /// 1-60 characters, not all blank.
    #[garde(inner(custom(|v: &str, _| check_display_name(v).map_err(garde::Error::new))))]
    #[schema(min_length = 1, max_length = 60)]
    display_name: Option<String>,
    /// At most 500 characters.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    bio: Option<String>,
    /// An https address, or `/api/media/{id}` of a picture of one's own, which everybody may see then; null removes it.
    #[serde(default, deserialize_with = "present")]
    #[garde(custom(|v: &Option<Option<String>>, _| v.as_ref().and_then(Option::as_deref).map_or(Ok(()), check_avatar_url).map_err(garde::Error::new)))]
    #[schema(value_type = Option<String>, max_length = 2048)]
    avatar_url: Option<Option<String>>,
    /// Privacy choices, all of them.
    privacy: Option<Privacy>,
}

/// Tells "null" from "absent".
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(d).map(Some)
}

/// Changes one's own profile.
#[utoipa::path(patch, path = "/api/users/me", tag = "users", request_body = Edit, responses((status = 200, body = Me, headers(("ETag" = String)))))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    seen: IfMatch,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let change = |doc: &mut ProfileDoc| {
        let edit = &edit;
        edit.handle.clone_into_some(&mut doc.handle);
        edit.display_name.clone_into_some(&mut doc.display_name);
        edit.bio.clone_into_some(&mut doc.bio);
        if let Some(url) = &edit.avatar_url {
            doc.show(url.as_deref());
        }
        doc.privacy = edit.privacy.unwrap_or(doc.privacy);
    };
    let swap = match &edit.avatar_url {
        Some(url) => Some(app.begin_avatar(caller.user, url.as_deref()).await?),
        None => None,
    };
    let changed = app.profiles.change(caller.user, |v| seen.check(v), change).await;
    if let Some(swap) = swap {
        app.end_avatar(caller.user, swap, changed.is_ok()).await;
    }
    let (doc, version) = changed?;
    let account = app.accounts.account(caller.user).await?;
    Ok((etag(version), Json(Me::of(&doc, account))))
}

/// Overwrites a field when there is something to overwrite it with.
trait CloneIntoSome<T> {
    fn clone_into_some(&self, target: &mut T);
}

impl<T: Clone> CloneIntoSome<T> for Option<T> {
    fn clone_into_some(&self, target: &mut T) {
        if let Some(value) = self {
            target.clone_from(value);
        }
    }
}

/// Proof that it is really oneself.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Erase {
    /// The password.
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    password: String,
}

/// Erases one's account and everything that belongs to it. It cannot be undone.
#[utoipa::path(delete, path = "/api/users/me", tag = "users", request_body = Erase, responses((status = 204)))]
pub(crate) async fn erase(State(app): State<Arc<App>>, caller: Caller, Json(erase): Json<Erase>) -> Answer<StatusCode> {
    app.accounts.erase(caller.user, &erase.password).await?;
    // The event does the same; done here as well, so that the profile is gone when the caller hears of it.
    app.forget(caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
