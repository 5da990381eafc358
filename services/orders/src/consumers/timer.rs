//! `commerce.timer.v1`: a deadline may have come; the order knows its own. Idempotent by the order's state.

use std::sync::Arc;

use contracts::expiration::TimerEvent;
use kernel::Fault;

use crate::app::App;
use crate::domain::order::Input;

pub(super) async fn hear(app: &Arc<App>, event: TimerEvent) -> Result<(), Fault> {
    app.tell(event.order_id, Input::TimerDue).await?;
    Ok(())
}
