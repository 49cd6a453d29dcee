//! The traits for references and smart pointers to a runtime: what they point to does the work.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::{BlockOn, Instant, LocalSpawner, Sleeper, SpawnBlocking, Spawner, SystemTime};

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<R: Sleeper + ?Sized> Sleeper for $pointer {
            type Sleep = R::Sleep;

            fn now(&self) -> Instant {
                (**self).now()
            }

            #[track_caller]
            fn sleep_until(&self, deadline: Instant) -> R::Sleep {
                (**self).sleep_until(deadline)
            }

            #[track_caller]
            fn sleep(&self, duration: Duration) -> R::Sleep {
                (**self).sleep(duration)
            }

            #[track_caller]
            fn reset(&self, sleep: Pin<&mut R::Sleep>, deadline: Instant) {
                (**self).reset(sleep, deadline);
            }

            fn system_time(&self) -> SystemTime {
                (**self).system_time()
            }

            fn timer_step(&self) -> Duration {
                (**self).timer_step()
            }
        }

        impl<R: Spawner> Spawner for $pointer {
            type Task<T: Send + 'static> = R::Task<T>;

            const SMALL_FUTURE: usize = R::SMALL_FUTURE;

            #[track_caller]
            fn spawn<F>(&self, future: F) -> R::Task<F::Output>
            where
                F: Future + Send + 'static,
                F::Output: Send + 'static,
            {
                (**self).spawn(future)
            }

            fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
                (**self).yield_now()
            }
        }

        impl<R: LocalSpawner> LocalSpawner for $pointer {
            type LocalTask<T: 'static> = R::LocalTask<T>;

            #[track_caller]
            fn spawn_local<F>(&self, future: F) -> R::LocalTask<F::Output>
            where
                F: Future + 'static,
                F::Output: 'static,
            {
                (**self).spawn_local(future)
            }
        }

        impl<R: SpawnBlocking> SpawnBlocking for $pointer {
            type BlockingTask<T: Send + 'static> = R::BlockingTask<T>;

            #[track_caller]
            fn spawn_blocking<F, T>(&self, closure: F) -> R::BlockingTask<T>
            where
                F: FnOnce() -> T + Send + 'static,
                T: Send + 'static,
            {
                (**self).spawn_blocking(closure)
            }
        }

        impl<R: BlockOn> BlockOn for $pointer {
            #[track_caller]
            fn block_on<F: Future>(&self, future: F) -> F::Output {
                (**self).block_on(future)
            }
        }
    )*};
}

forward!(&R, Box<R>, Rc<R>, Arc<R>);
