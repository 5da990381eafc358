//! Owns what surrounds the handling of an event: the trace of whoever caused it goes on, in calls, in further events and in every log line.
//! Refuses to know what events say.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use kernel::{Ambient, Fault};
use tracing::Instrument as _;

use crate::{Trace, Trail};

/// Handles events on the trail of what caused them.
pub struct Follow {
    /// Who handles them.
    pub handler: Arc<dyn Handler>,
    /// The consumer group.
    pub group: &'static str,
    /// Where new deeds' ids are from.
    pub ambient: Ambient,
}

#[async_trait]
impl Handler for Follow {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let cause = event.trace();
        // An event of a worker begins a trace here.
        let trace = match cause {
            Some(cause) => cause.child(&self.ambient),
            None => Trace::root(&self.ambient, |_| false),
        };
        let span = tracing::error_span!("event", group = self.group, event = %event.id, trace_id = %trace.hex());
        let trail = Trail {
            trace: Some(trace),
            ..Trail::default()
        };
        trail.follow(self.handler.handle(event)).instrument(span).await
    }
}
