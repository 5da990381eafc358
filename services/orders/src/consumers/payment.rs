//! `commerce.payment.v1`: what the provider said, verified. Idempotent by the order's state.

use std::sync::Arc;

use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::{Fault, RefundId};

use crate::app::App;
use crate::domain::order::Input;

pub(super) async fn hear(app: &Arc<App>, event: PaymentEvent) -> Result<(), Fault> {
    let PaymentEvent { attempt, amount, .. } = event;
    let input = match event.change {
        PaymentChange::IntentCreated => return Ok(()),
        PaymentChange::Succeeded => Input::Succeeded { attempt, amount },
        PaymentChange::Failed { .. } => Input::Failed { attempt },
        PaymentChange::Canceled => Input::Canceled { attempt },
        PaymentChange::RefundSucceeded { refund_id: Some(id) } => {
            return refund(app, &event, id, Input::RefundPaid(id)).await;
        }
        PaymentChange::RefundFailed {
            refund_id: Some(id), ..
        } => return refund(app, &event, id, Input::RefundFailed(id)).await,
        PaymentChange::RefundSucceeded { refund_id: None } => Input::Repaid { attempt },
        PaymentChange::RefundFailed {
            refund_id: None,
            ref reason,
        } => {
            // Payments is asked again, ever more rarely, while the order waits for it.
            tracing::error!(order = %event.order_id, attempt, reason, "a payment could not be paid back");
            return Ok(());
        }
        PaymentChange::Disputed { won } => Input::Disputed { attempt, won },
    };
    app.tell(event.order_id, input).await?;
    Ok(())
}

/// A refund after completion: the order's word, the entitlement, then the refund's record.
async fn refund(app: &Arc<App>, event: &PaymentEvent, id: RefundId, input: Input) -> Result<(), Fault> {
    let order = app.tell(event.order_id, input).await?;
    let ours = order.and_then(|o| o.course.refund).filter(|r| r.id == id);
    if let Some(refund) = ours {
        app.follow_refund(id, Some(refund.state)).await?;
    }
    Ok(())
}
