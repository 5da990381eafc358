//! `commerce.card.v1`: a moderator's word is told to the seller; the later word takes the earlier one back.

use contracts::Event;
use contracts::ai_model_cards::{CardChange, CardEvent};
use kernel::Fault;

use crate::app::App;
use crate::app::tell::Circle;
use crate::domain::item::{Deed, Left, News, item_id};
use crate::domain::kind::Kind;
use crate::domain::subject::Subject;

/// Longest reason that is kept.
const REASON_CHARS_MAX: usize = 200;

pub(super) async fn hear(app: &App, event: &Event) -> Result<(), Fault> {
    let card: CardEvent = event.body()?;
    let (kind, other, label) = match card.change {
        CardChange::Approved => (Kind::CardApproved, Kind::CardRejected, None),
        CardChange::Rejected { reason } => {
            let reason = reason.chars().take(REASON_CHARS_MAX).collect();
            (Kind::CardRejected, Kind::CardApproved, Some(reason))
        }
        _ => return Ok(()),
    };
    let subject = Subject::Card { card_id: card.card_id };
    app.repo
        .take_back(item_id(card.seller_id, other, &subject), |_| Left::Nothing)
        .await?;
    let news = News {
        user_id: card.seller_id,
        kind,
        subject,
        label,
        seq: None,
        deed: Deed {
            actor: None,
            // Each word is another: a card may be sent back twice.
            of: Some(format!("version:{}", card.version)),
        },
    };
    app.tell(event, vec![news], Circle::Concerned).await
}
