//! `commerce.order.v1`: what became of an order is told to its buyer; a sale to the seller, without saying who bought.

use contracts::Event;
use contracts::orders::{OrderChange, OrderEvent};
use kernel::Fault;

use crate::app::App;
use crate::app::tell::Circle;
use crate::domain::item::{Deed, News};
use crate::domain::kind::Kind;
use crate::domain::subject::Subject;

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let order: OrderEvent = event.body()?;
    let subject = Subject::Order {
        order_id: order.order_id,
    };
    let to_buyer = |kind: Kind| News {
        user_id: order.buyer_id,
        kind,
        subject,
        label: None,
        seq: None,
        deed: Deed {
            actor: None,
            of: Some(subject.key()),
        },
    };
    let news = match order.change {
        OrderChange::Completed { .. } => {
            let sold = News {
                user_id: order.seller_id,
                subject: Subject::Card { card_id: order.card_id },
                ..to_buyer(Kind::CardSold)
            };
            vec![to_buyer(Kind::OrderCompleted), sold]
        }
        OrderChange::Expired => vec![to_buyer(Kind::OrderExpired)],
        OrderChange::Refunded | OrderChange::RefundCompleted { .. } => vec![to_buyer(Kind::OrderRefunded)],
        _ => return Ok(()),
    };
    app.tell(event, news, Circle::Concerned).await
}
