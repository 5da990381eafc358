//! Coupons of a seller.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{CardId, Fault, Money, Page, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::coupon::{CouponDoc, Off, REDEMPTIONS_MAX};

/// A new coupon: exactly one of `percentOff` and `amountOff`.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCoupon {
    /// Letters, digits, `-` and `_`, in any case; unique among one's own.
    #[garde(length(chars, min = 3, max = 32), custom(is_code))]
    #[schema(min_length = 3, max_length = 32, pattern = "^[A-Za-z0-9_-]+$")]
    code: String,
    /// For this card only; else for all cards of the seller.
    #[garde(skip)]
    card_id: Option<CardId>,
    /// Percent of the sum, rounded down to the minor unit.
    #[garde(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    percent_off: Option<u32>,
    /// An amount off the sum, at most all of it, in its currency only.
    #[garde(skip)]
    amount_off: Option<Money>,
    /// How many orders may use it.
    #[garde(range(min = 1, max = REDEMPTIONS_MAX))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    redemptions_max: u32,
    /// Until when orders may be placed with it.
    #[garde(skip)]
    expires_at: Timestamp,
}

fn is_code(code: &str, _: &()) -> garde::Result {
    if code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
        Ok(())
    } else {
        Err(garde::Error::new("is letters, digits, - and _"))
    }
}

impl NewCoupon {
    fn off(&self) -> Result<Off, Fault> {
        match (self.percent_off, self.amount_off) {
            (Some(percent), None) => Ok(Off::Percent(percent)),
            (None, Some(amount)) if amount.amount > 0 => Ok(Off::Amount(amount)),
            (None, Some(_)) => Err(Fault::invalid("amountOff", "is more than nothing")),
            _ => Err(Fault::invalid("percentOff", "say either percentOff or amountOff")),
        }
    }
}

/// A coupon, for its seller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Coupon {
    code: String,
    #[schema(required = true)]
    card_id: Option<CardId>,
    #[schema(required = true)]
    percent_off: Option<u32>,
    #[schema(required = true)]
    amount_off: Option<Money>,
    redemptions_max: u32,
    /// Orders that were completed with it.
    redeemed: u32,
    /// Open orders that hold it.
    held: usize,
    expires_at: Timestamp,
    created_at: Timestamp,
    /// Whether it was deleted and only open orders hold it.
    withdrawn: bool,
}

impl From<CouponDoc> for Coupon {
    fn from(doc: CouponDoc) -> Self {
        let (percent_off, amount_off) = match doc.off {
            Off::Percent(percent) => (Some(percent), None),
            Off::Amount(amount) => (None, Some(amount)),
        };
        Self {
            code: doc.code,
            card_id: doc.card_id,
            percent_off,
            amount_off,
            redemptions_max: doc.redemptions_max,
            redeemed: doc.redeemed,
            held: doc.held.len(),
            expires_at: doc.expires_at,
            created_at: doc.created_at,
            withdrawn: doc.withdrawn,
        }
    }
}

/// Creates a coupon for one's own cards.
#[utoipa::path(post, path = "/api/coupons", tag = "coupons", request_body = NewCoupon, responses((status = 201, body = Coupon)))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewCoupon>,
) -> Answer<(StatusCode, Json<Coupon>)> {
    let (off, now) = (new.off()?, app.repo.ambient.now());
    if new.expires_at <= now {
        return Err(Fault::invalid("expiresAt", "is in the past").into());
    }
    let coupon = CouponDoc {
        seller_id: caller.user,
        code: new.code.to_ascii_uppercase(),
        card_id: new.card_id,
        off,
        redemptions_max: new.redemptions_max,
        redeemed: 0,
        held: Vec::new(),
        expires_at: new.expires_at,
        created_at: now,
        withdrawn: false,
        held_since: None,
    };
    let coupon = app.create_coupon(coupon).await?;
    Ok((StatusCode::CREATED, Json(coupon.into())))
}

/// Lists one's coupons, newest first.
#[utoipa::path(get, path = "/api/coupons", tag = "coupons", params(Paging), responses((status = 200, body = Page<Coupon>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Coupon>>> {
    let page = app.page_coupons(caller.user, paging.limit(), paging.cursor()).await?;
    Ok(Json(page.map(Coupon::from)))
}

/// Deletes a coupon. Open orders that hold it keep what it took off.
#[utoipa::path(delete, path = "/api/coupons/{code}", tag = "coupons", params(("code" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<StatusCode> {
    app.withdraw_coupon(caller.user, &code.to_ascii_uppercase()).await?;
    Ok(StatusCode::NO_CONTENT)
}
