//! The traits of an owner, which does everything by its handle.

/// Implements [`ToHandle`](crate::ToHandle) and the traits that are named for an owner, by its field
/// `handle`.
///
/// # Examples
///
/// ```
/// use dormouse_core::Sleeper;
/// use dormouse_smol::SmolHandle;
///
/// struct Owner {
///     handle: SmolHandle,
/// }
///
/// dormouse_core::owner!(Owner => SmolHandle: Sleeper, Spawner);
///
/// # let owner = Owner { handle: dormouse_smol::SmolExecutor::new(0).handle() };
/// assert!(owner.now() <= owner.handle.now());
/// ```
#[macro_export]
macro_rules! owner {
    ($owner:ty => $handle:ty: $($of:ident),* $(,)?) => {
        impl $crate::ToHandle for $owner {
            type Handle = $handle;

            fn to_handle(&self) -> $handle {
                ::core::clone::Clone::clone(&self.handle)
            }
        }

        $($crate::__owner! { $of $owner => $handle })*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __owner {
    (Sleeper $owner:ty => $handle:ty) => {
        impl $crate::Sleeper for $owner {
            type Sleep = <$handle as $crate::Sleeper>::Sleep;

            fn now(&self) -> $crate::Instant {
                $crate::Sleeper::now(&self.handle)
            }

            #[inline]
            #[track_caller]
            fn sleep_until(&self, deadline: $crate::Instant) -> Self::Sleep {
                $crate::Sleeper::sleep_until(&self.handle, deadline)
            }

            #[inline]
            #[track_caller]
            fn sleep(&self, duration: ::core::time::Duration) -> Self::Sleep {
                $crate::Sleeper::sleep(&self.handle, duration)
            }

            #[track_caller]
            fn reset(&self, sleep: ::core::pin::Pin<&mut Self::Sleep>, deadline: $crate::Instant) {
                $crate::Sleeper::reset(&self.handle, sleep, deadline);
            }

            fn system_time(&self) -> $crate::SystemTime {
                $crate::Sleeper::system_time(&self.handle)
            }

            fn timer_step(&self) -> ::core::time::Duration {
                $crate::Sleeper::timer_step(&self.handle)
            }
        }
    };
    (Spawner $owner:ty => $handle:ty) => {
        impl $crate::Spawner for $owner {
            type Task<T: Send + 'static> = <$handle as $crate::Spawner>::Task<T>;

            const SMALL_FUTURE: usize = <$handle as $crate::Spawner>::SMALL_FUTURE;

            #[track_caller]
            fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
            where
                F: ::core::future::Future + Send + 'static,
                F::Output: Send + 'static,
            {
                $crate::Spawner::spawn(&self.handle, future)
            }

            fn yield_now(&self) -> impl ::core::future::Future<Output = ()> + Send + 'static {
                $crate::Spawner::yield_now(&self.handle)
            }
        }
    };
    (LocalSpawner $owner:ty => $handle:ty) => {
        impl $crate::LocalSpawner for $owner {
            type LocalTask<T: 'static> = <$handle as $crate::LocalSpawner>::LocalTask<T>;

            #[track_caller]
            fn spawn_local<F>(&self, future: F) -> Self::LocalTask<F::Output>
            where
                F: ::core::future::Future + 'static,
                F::Output: 'static,
            {
                $crate::LocalSpawner::spawn_local(&self.handle, future)
            }
        }
    };
    (SpawnBlocking $owner:ty => $handle:ty) => {
        impl $crate::SpawnBlocking for $owner {
            type BlockingTask<T: Send + 'static> =
                <$handle as $crate::SpawnBlocking>::BlockingTask<T>;

            #[track_caller]
            fn spawn_blocking<F, T>(&self, closure: F) -> Self::BlockingTask<T>
            where
                F: FnOnce() -> T + Send + 'static,
                T: Send + 'static,
            {
                $crate::SpawnBlocking::spawn_blocking(&self.handle, closure)
            }
        }
    };
}
