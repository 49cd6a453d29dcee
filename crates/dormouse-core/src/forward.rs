//! Implements the traits for a type by delegating to a value inside it.

use std::rc::Rc;
use std::sync::Arc;

use crate::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner};

/// Implements a trait for a type by delegating to a value inside it: `Spawner [R: Spawner] Type<R>,
/// |this| &this.inner, R` names the trait, the generics, the type, the inner value, and its type. For
/// tasks, `, wrap, 16` may follow: a function that each future passes through, and how many bytes larger
/// that makes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward {
    (Sleeper [$($generics:tt)*] $type:ty, |$this:ident| $inside:expr, $inner:ty) => {
        impl<$($generics)*> $crate::Sleeper for $type {
            type Sleep = <$inner as $crate::Sleeper>::Sleep;

            #[inline]
            fn now(&self) -> $crate::Instant {
                let $this = self;
                $crate::Sleeper::now($inside)
            }

            #[inline]
            #[track_caller]
            fn sleep_until(&self, deadline: $crate::Instant) -> Self::Sleep {
                let $this = self;
                $crate::Sleeper::sleep_until($inside, deadline)
            }

            #[inline]
            #[track_caller]
            fn sleep(&self, duration: ::core::time::Duration) -> Self::Sleep {
                let $this = self;
                $crate::Sleeper::sleep($inside, duration)
            }

            #[track_caller]
            fn reset(&self, sleep: ::core::pin::Pin<&mut Self::Sleep>, deadline: $crate::Instant) {
                let $this = self;
                $crate::Sleeper::reset($inside, sleep, deadline);
            }

            fn system_time(&self) -> $crate::SystemTime {
                let $this = self;
                $crate::Sleeper::system_time($inside)
            }

            fn draw_seed(&self) -> u64 {
                let $this = self;
                $crate::Sleeper::draw_seed($inside)
            }

            fn timer_step(&self) -> ::core::time::Duration {
                let $this = self;
                $crate::Sleeper::timer_step($inside)
            }
        }
    };
    (
        Spawner [$($generics:tt)*] $type:ty, |$this:ident| $inside:expr, $inner:ty
        $(, $wrap:path, $larger:expr)?
    ) => {
        impl<$($generics)*> $crate::Spawner for $type {
            type Task<T: Send + 'static> = <$inner as $crate::Spawner>::Task<T>;

            const SMALL_FUTURE: usize =
                <$inner as $crate::Spawner>::SMALL_FUTURE $(.saturating_sub($larger))?;

            #[track_caller]
            fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
            where
                F: ::core::future::Future + Send + 'static,
                F::Output: Send + 'static,
            {
                let $this = self;
                $crate::Spawner::spawn($inside, $($wrap)?(future))
            }

            fn spawn_driver<F>(&self, driver: F)
            where
                F: ::core::future::Future<Output = ()> + Send + 'static,
            {
                let $this = self;
                $crate::Spawner::spawn_driver($inside, driver);
            }

            fn can_spawn(&self) -> bool {
                let $this = self;
                $crate::Spawner::can_spawn($inside)
            }

            fn yield_now(&self) -> impl ::core::future::Future<Output = ()> + Send + 'static {
                let $this = self;
                $crate::Spawner::yield_now($inside)
            }
        }
    };
    (
        LocalSpawner [$($generics:tt)*] $type:ty, |$this:ident| $inside:expr, $inner:ty
        $(, $wrap:path)?
    ) => {
        impl<$($generics)*> $crate::LocalSpawner for $type {
            type LocalTask<T: 'static> = <$inner as $crate::LocalSpawner>::LocalTask<T>;

            #[track_caller]
            fn spawn_local<F>(&self, future: F) -> Self::LocalTask<F::Output>
            where
                F: ::core::future::Future + 'static,
                F::Output: 'static,
            {
                let $this = self;
                $crate::LocalSpawner::spawn_local($inside, $($wrap)?(future))
            }

            fn spawn_local_driver<F>(&self, driver: F)
            where
                F: ::core::future::Future<Output = ()> + 'static,
            {
                let $this = self;
                $crate::LocalSpawner::spawn_local_driver($inside, driver);
            }

            fn yield_local(&self) -> impl ::core::future::Future<Output = ()> + 'static {
                let $this = self;
                $crate::LocalSpawner::yield_local($inside)
            }
        }
    };
    (SpawnBlocking [$($generics:tt)*] $type:ty, |$this:ident| $inside:expr, $inner:ty) => {
        impl<$($generics)*> $crate::SpawnBlocking for $type {
            type BlockingTask<T: Send + 'static> =
                <$inner as $crate::SpawnBlocking>::BlockingTask<T>;

            #[track_caller]
            fn spawn_blocking<F, T>(&self, closure: F) -> Self::BlockingTask<T>
            where
                F: FnOnce() -> T + Send + 'static,
                T: Send + 'static,
            {
                let $this = self;
                $crate::SpawnBlocking::spawn_blocking($inside, closure)
            }
        }
    };
    (BlockOn [$($generics:tt)*] $type:ty, |$this:ident| $inside:expr, $inner:ty) => {
        impl<$($generics)*> $crate::BlockOn for $type {
            #[track_caller]
            fn block_on<F: ::core::future::Future>(&self, future: F) -> F::Output {
                let $this = self;
                $crate::BlockOn::block_on($inside, future)
            }
        }
    };
}

/// References and smart pointers delegate to what they point to.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        __forward! { Sleeper [R: Sleeper + ?Sized] $pointer, |this| &**this, R }
        __forward! { Spawner [R: Spawner] $pointer, |this| &**this, R }
        __forward! { LocalSpawner [R: LocalSpawner] $pointer, |this| &**this, R }
        __forward! { SpawnBlocking [R: SpawnBlocking] $pointer, |this| &**this, R }
        __forward! { BlockOn [R: BlockOn] $pointer, |this| &**this, R }
    )*};
}

pointers!(&R, Box<R>, Rc<R>, Arc<R>);
