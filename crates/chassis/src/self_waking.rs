//! Owns how work is polled that wakes itself: again at once, in the same turn of its task. The runtime would queue the task anew
//! and wake another thread that might take it over, which costs more than the work. Refuses to know what the work is.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;

/// Polls in a row at most; then others have their turn.
const POLLS_MAX: usize = 16;

/// Wakes its task when it is woken from outside, and only takes note when it is woken by what it polls.
pub struct SelfWaking {
    nudge: Arc<Nudge>,
    /// The same, as work sees it.
    waker: Waker,
}

#[derive(Default)]
struct Nudge {
    asked: AtomicBool,
    polling: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // One order for these and those in `poll`: whoever finds it polling is seen by it before it leaves.
        self.asked.store(true, Ordering::SeqCst);
        if !self.polling.load(Ordering::SeqCst) {
            self.task.wake();
        }
    }
}

impl Default for SelfWaking {
    fn default() -> Self {
        let nudge = Arc::new(Nudge::default());
        let waker = nudge.clone().into();
        Self { nudge, waker }
    }
}

impl SelfWaking {
    /// Polls `step`, again for as long as it wakes itself and is not ready; what it is given wakes the task of `cx`.
    pub fn poll<T>(&self, cx: &mut Context<'_>, mut step: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        let Nudge { asked, polling, task } = &*self.nudge;
        task.register(cx.waker());
        polling.store(true, Ordering::SeqCst);
        let mut polled = Poll::Pending;
        for _ in 0..POLLS_MAX {
            asked.store(false, Ordering::SeqCst);
            polled = step(&mut self.context());
            if polled.is_ready() || !asked.load(Ordering::SeqCst) {
                break;
            }
        }
        polling.store(false, Ordering::SeqCst);
        if polled.is_pending() && asked.load(Ordering::SeqCst) {
            cx.waker().wake_by_ref();
        }
        polled
    }

    /// What work is polled with beside [`SelfWaking::poll`], when no task waits for it.
    pub fn context(&self) -> Context<'_> {
        Context::from_waker(&self.waker)
    }

    /// Forgets the task that polled last: it is woken no more.
    pub fn part(&self) {
        self.nudge.task.take();
    }
}

/// Does `work`, polled in [`SelfWaking`].
pub async fn self_waking<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    let waking = SelfWaking::default();
    poll_fn(|cx| waking.poll(cx, |cx| work.as_mut().poll(cx))).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Counts how often the task is woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn work_that_wakes_itself_is_polled_again_and_its_task_is_not_woken() {
        let woken = Arc::new(Woken::default());
        let waker = woken.clone().into();
        let mut left = 3;
        let polled = SelfWaking::default().poll(&mut Context::from_waker(&waker), |cx| {
            left -= 1;
            if left == 0 {
                return Poll::Ready("done");
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        assert_eq!((polled, woken.0.load(Ordering::SeqCst)), (Poll::Ready("done"), 0));
    }

    #[test]
    fn a_wake_from_outside_wakes_the_task_unless_they_have_parted() {
        for (parts, times) in [(false, 1), (true, 0)] {
            let woken = Arc::new(Woken::default());
            let waker = woken.clone().into();
            let (waking, mut inner) = (SelfWaking::default(), None);
            let polled = waking.poll(&mut Context::from_waker(&waker), |cx| {
                inner = Some(cx.waker().clone());
                Poll::<()>::Pending
            });
            assert!(polled.is_pending() && woken.0.load(Ordering::SeqCst) == 0);
            if parts {
                waking.part();
            }
            inner.unwrap().wake();
            assert_eq!(woken.0.load(Ordering::SeqCst), times);
        }
    }

    #[test]
    fn work_that_never_stops_lets_others_have_their_turn() {
        let woken = Arc::new(Woken::default());
        let waker = woken.clone().into();
        let mut polls = 0;
        let polled = SelfWaking::default().poll(&mut Context::from_waker(&waker), |cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        assert!(polled.is_pending());
        assert_eq!((polls, woken.0.load(Ordering::SeqCst)), (POLLS_MAX, 1));
    }
}
