//! `commerce.reservation.v1`: what became of holds. Idempotent by the order's state.

use std::sync::Arc;

use contracts::ai_model_cards::{ReservationChange, ReservationEvent};
use kernel::Fault;

use crate::app::App;
use crate::domain::order::Input;

pub(super) async fn hear(app: &Arc<App>, event: ReservationEvent) -> Result<(), Fault> {
    let input = match event.change {
        ReservationChange::Held => Input::Held,
        ReservationChange::Refused { reason } => Input::Refused(reason),
        ReservationChange::Committed => Input::Committed,
        ReservationChange::Missing => Input::CannotKeep,
        ReservationChange::Released => return Ok(()),
    };
    app.tell(event.order_id, input).await?;
    Ok(())
}
