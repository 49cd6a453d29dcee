//! A runtime that refuses a result for a while.

use super::*;

/// The handle of a task that has ended, whose first polls are pending and wake at once, as those of
/// tokio are in a task that has spent its budget.
struct Refuses {
    polls: usize,
    output: Option<loom::sync::Arc<()>>,
}

impl Future for Refuses {
    type Output = Result<loom::sync::Arc<()>, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls > 0 {
            self.polls -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(self.output.take().unwrap()))
    }
}

impl Task for Refuses {
    type Value = loom::sync::Arc<()>;

    fn abort(&mut self) {}

    fn is_finished(&mut self) -> bool {
        false
    }
}

#[test]
fn the_output_is_dropped_though_it_was_refused_when_the_alarm_fired() {
    loom::model(|| {
        const MOMENT: std::time::Duration = std::time::Duration::from_millis(1);
        reset_system();
        let output = loom::sync::Arc::new(());
        let (task, abort) = abortable(Refuses {
            polls: 2,
            output: Some(output.clone()),
        });
        let alarm = thread::spawn(|| ring_alarms(MOMENT));
        drop(task);
        alarm.join().unwrap();
        ring_alarms(MOMENT);
        ring_alarms(MOMENT);
        assert_eq!(loom::sync::Arc::strong_count(&output), 1);
        drop(abort);
        reset_system();
    });
}
