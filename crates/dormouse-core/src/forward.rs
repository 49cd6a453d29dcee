//! The traits for references and smart pointers to a runtime: what they point to does the work.

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::{BlockOn, LocalSpawner, Sleeper, Spawner};

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<R: Sleeper + ?Sized> Sleeper for $pointer {
            type Sleep = R::Sleep;

            fn now(&self) -> Instant {
                (**self).now()
            }

            fn sleep_until(&self, deadline: Instant) -> R::Sleep {
                (**self).sleep_until(deadline)
            }

            fn sleep(&self, duration: Duration) -> R::Sleep {
                (**self).sleep(duration)
            }

            fn granularity(&self) -> Duration {
                (**self).granularity()
            }
        }

        impl<R: Spawner + ?Sized> Spawner for $pointer {
            type Task<T: Send + 'static> = R::Task<T>;

            const SMALL_FUTURE: usize = R::SMALL_FUTURE;

            fn spawn<F>(&self, future: F) -> R::Task<F::Output>
            where
                F: Future + Send + 'static,
                F::Output: Send + 'static,
            {
                (**self).spawn(future)
            }
        }

        impl<R: LocalSpawner + ?Sized> LocalSpawner for $pointer {
            type LocalTask<T: 'static> = R::LocalTask<T>;

            fn spawn_local<F>(&self, future: F) -> R::LocalTask<F::Output>
            where
                F: Future + 'static,
                F::Output: 'static,
            {
                (**self).spawn_local(future)
            }
        }

        impl<R: BlockOn + ?Sized> BlockOn for $pointer {
            fn block_on<F: Future>(&self, future: F) -> F::Output {
                (**self).block_on(future)
            }
        }
    )*};
}

forward!(&R, Box<R>, Rc<R>, Arc<R>);
