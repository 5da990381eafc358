//! Orders: placing, reading, taking back, refunding.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::ai_model_cards::Refusal;
use contracts::orders::OrderStatus;
use garde::Validate;
use http::StatusCode;
use kernel::{AgentId, CardId, EntitlementId, Fault, LIMIT_DEFAULT, Money, OrderId, Page, RefundId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::keyed::{Asked, IdempotencyKey, kept, kept_refusal, replay};
use crate::app::App;
use crate::app::once::Keyed;
use crate::app::place_order::Wish;
use crate::app::refund_order::RefundWish;
use crate::domain::order::{ATTEMPTS_MAX, Input, ReturnState};
use crate::domain::refund::{REASON_CHARS_MAX, RefundDoc, RefundStatus};
use crate::domain::terms::QUANTITY_MAX;
use crate::error::Error;
use crate::repo::orders::OrderDoc;

/// What to buy. The price is the server's.
#[derive(Serialize, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Place {
    /// The card.
    #[garde(skip)]
    card_id: CardId,
    /// How many, 1 by default.
    #[garde(range(min = 1, max = QUANTITY_MAX))]
    #[schema(minimum = 1, maximum = 100)]
    quantity: Option<u32>,
    /// Code of a coupon of the seller, in any case.
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32)]
    coupon: Option<String>,
}

/// An order, for its buyer and its seller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    id: OrderId,
    status: OrderStatus,
    /// Until when it may be paid; null while it waits for its edition, and when it is free.
    #[schema(required = true)]
    expires_at: Option<Timestamp>,
    /// What is to be paid, tax included.
    total: Money,
    buyer_id: UserId,
    seller_id: UserId,
    card_id: CardId,
    /// The revision of the card that is bought, whatever is published later.
    revision: u32,
    agent_id: AgentId,
    name: String,
    quantity: u32,
    /// Price of one.
    price: Money,
    /// What the coupon takes off.
    discount: Money,
    #[schema(required = true)]
    coupon: Option<String>,
    /// Attempts to pay so far.
    attempts: u32,
    attempts_max: u32,
    /// Why there was no edition.
    #[schema(required = true)]
    rejection: Option<Refusal>,
    #[schema(required = true)]
    entitlement_id: Option<EntitlementId>,
    #[schema(required = true)]
    refund: Option<OrderRefund>,
    #[schema(required = true)]
    completed_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

/// The refund of a completed order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderRefund {
    id: RefundId,
    status: RefundStatus,
    amount: Money,
    /// Why it was asked for, in the words of who did; null when they said nothing, or are gone.
    #[schema(required = true)]
    reason: Option<String>,
}

impl From<OrderDoc> for Order {
    fn from(order: OrderDoc) -> Self {
        let OrderDoc { terms, course, .. } = order;
        let refund = course.refund.map(|refund| OrderRefund {
            id: refund.id,
            status: match refund.state {
                ReturnState::Requested => RefundStatus::Requested,
                ReturnState::Completed => RefundStatus::Completed,
                ReturnState::Failed => RefundStatus::Failed,
            },
            amount: course.total,
            reason: None,
        });
        Self {
            id: order.id,
            status: course.status,
            expires_at: course.deadline,
            total: course.total,
            buyer_id: terms.buyer_id,
            seller_id: terms.seller_id,
            card_id: terms.card_id,
            revision: terms.revision,
            agent_id: terms.agent_id,
            name: terms.name,
            quantity: terms.quantity,
            price: terms.price,
            discount: terms.discount,
            coupon: terms.coupon,
            attempts: course.attempt,
            attempts_max: ATTEMPTS_MAX,
            rejection: course.rejection,
            entitlement_id: course.entitlement,
            refund,
            completed_at: course.completed_at,
            created_at: order.created_at,
            updated_at: order.updated_at,
            version: course.version,
        }
    }
}

/// Shows orders, with what was said of their refunds.
async fn shown(app: &App, orders: Vec<OrderDoc>) -> Result<Vec<Order>, Error> {
    let mut orders: Vec<Order> = orders.into_iter().map(Order::from).collect();
    let ids: Vec<String> = orders
        .iter()
        .filter_map(|order| Some(order.refund.as_ref()?.id.to_string()))
        .collect();
    let said = app.repo.refunds.get_many(&ids).await?;
    let said: HashMap<RefundId, String> = said.into_iter().filter_map(|doc| Some((doc.id, doc.reason?))).collect();
    for refund in orders.iter_mut().filter_map(|order| order.refund.as_mut()) {
        refund.reason = said.get(&refund.id).cloned();
    }
    Ok(orders)
}

/// Places an order. `reserving` in the answer: the edition is asked for and the order goes on by itself. The same key again
/// gets the same answer.
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = Place,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable characters; the same key is the same order for a day at least.")),
    responses((status = 201, body = Order)))]
pub(crate) async fn place(
    State(app): State<Arc<App>>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    Asked(request_id): Asked,
    Json(place): Json<Place>,
) -> Answer<Response> {
    let keyed = Keyed {
        user: caller.user,
        key,
        route: "POST /api/orders".into(),
        asked: serde_json::to_vec(&place).map_err(Fault::internal)?,
    };
    let wish = Wish {
        buyer: caller.user,
        card: place.card_id,
        quantity: place.quantity.unwrap_or(1),
        coupon: place.coupon.map(|code| code.to_ascii_uppercase()),
    };
    let placed = app.once(keyed, move |app, id| async move {
        let order = app.place_order(id.into(), wish).await?;
        match order.course.rejection {
            Some(reason) => kept_refusal(Error::Refused(reason).into(), request_id),
            None => kept(StatusCode::CREATED, &Order::from(order)),
        }
    });
    Ok(replay(placed.await?))
}

/// Whose orders.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Buyer,
    Seller,
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `buyer` by default; `seller` lists the sales of one's cards.
    #[garde(skip)]
    #[param(inline)]
    role: Option<Role>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists one's orders, or the sales of one's cards, newest first.
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(Which), responses((status = 200, body = Page<Order>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<Order>>> {
    let index = match which.role.unwrap_or(Role::Buyer) {
        Role::Buyer => "buyer",
        Role::Seller => "seller",
    };
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    let page = app
        .repo
        .page_orders(index, caller.user, limit, which.cursor.as_deref())
        .await?;
    Ok(Json(Page {
        items: shown(&app, page.items).await?,
        next_cursor: page.next_cursor,
    }))
}

/// Returns an order to its buyer, its seller or a moderator.
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders", params(("id" = OrderId, Path)), responses((status = 200, body = Order)))]
pub(crate) async fn get(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<OrderId>) -> Answer<Json<Order>> {
    let order = app.repo.orders.get(id).await?;
    let theirs = order.filter(|o| caller.admin || [o.terms.buyer_id, o.terms.seller_id].contains(&caller.user));
    let order = shown(&app, theirs.into_iter().collect()).await?.pop();
    Ok(Json(order.ok_or(Error::NotFound("orders.not_found"))?))
}

/// Takes an order back. `expiring` in the answer: a payment is under way and may still go through.
#[utoipa::path(delete, path = "/api/orders/{id}", tag = "orders", params(("id" = OrderId, Path)), responses((status = 200, body = Order)))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Answer<Json<Order>> {
    let order = app.repo.orders.get(id).await?;
    let missing = || Error::NotFound("orders.not_found");
    order.filter(|o| o.terms.buyer_id == caller.user).ok_or_else(missing)?;
    let order = app.tell(id, Input::Cancel).await?.ok_or_else(missing)?;
    Ok(Json(order.into()))
}

/// Why it is to be paid back. Always the whole.
#[derive(Serialize, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AskRefund {
    /// For the other side's eyes.
    #[garde(length(chars, max = REASON_CHARS_MAX))]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// A refund.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refund {
    id: RefundId,
    order_id: OrderId,
    asked_by: UserId,
    #[schema(required = true)]
    reason: Option<String>,
    amount: Money,
    status: RefundStatus,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<RefundDoc> for Refund {
    fn from(doc: RefundDoc) -> Self {
        Self {
            id: doc.id,
            order_id: doc.order_id,
            asked_by: doc.asked_by,
            reason: doc.reason,
            amount: doc.amount,
            status: doc.status,
            created_at: doc.created_at,
            updated_at: doc.updated_at,
        }
    }
}

/// Asks for a completed order to be paid back in full: its buyer within the window, its seller and moderators at any time. The order stays
/// completed; the entitlement ends when the money is back.
#[utoipa::path(post, path = "/api/orders/{id}/refund", tag = "orders", request_body = AskRefund,
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "1 to 255 printable characters.")),
    responses((status = 202, body = Refund)))]
pub(crate) async fn refund(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(order): Path<OrderId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(ask): Json<AskRefund>,
) -> Answer<Response> {
    let keyed = Keyed {
        user: caller.user,
        key,
        route: format!("POST /api/orders/{order}/refund"),
        asked: serde_json::to_vec(&ask).map_err(Fault::internal)?,
    };
    let wish = RefundWish {
        by: caller.user,
        admin: caller.admin,
        order,
        reason: ask.reason,
    };
    let refunded = app.once(keyed, move |app, id| async move {
        let refund = app.refund_order(id.into(), wish).await?;
        kept(StatusCode::ACCEPTED, &Refund::from(refund))
    });
    Ok(replay(refunded.await?))
}
