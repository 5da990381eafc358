//! Owns what surrounds the handling of an event: the trace of whoever caused it goes on, in calls, in further events and in every log line.
//! Refuses to know what events say.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use kernel::{Ambient, Fault};
use tracing::Instrument as _;

use crate::{Trace, Trail, spans};

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
            None => Trace::root(&self.ambient, spans::samples),
        };
        let span = tracing::error_span!("event", group = self.group, event = %event.id, trace_id = %trace.hex());
        let trail = Trail {
            trace: Some(trace),
            ..Trail::default()
        };
        let begun = Instant::now();
        let done = trail.follow(self.handler.handle(event)).instrument(span).await;
        spans::end(&trace, || spans::Span {
            trace,
            parent: cause.map(|cause| cause.span),
            kind: spans::Kind::Consumer,
            name: format!("process {}", event.topic),
            begun,
            failed: done.is_err(),
            attributes: vec![
                ("messaging.system", "aichat".into()),
                ("messaging.operation.type", "process".into()),
                ("messaging.destination.name", (&*event.topic).into()),
                ("messaging.consumer.group.name", self.group.into()),
                ("messaging.message.id", event.id.to_string().into()),
                ("aichat.event.type", (&*event.kind).into()),
            ],
        });
        done
    }
}
