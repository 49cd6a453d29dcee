//! What an owner has by its handle.

/// Gives an owner what it has by its field `handle`: a public method `handle()`, which the conformance
/// suite needs, [`ToHandle`](crate::ToHandle), `Debug`, and the named traits.
///
/// The handle must be `Debug`. The owner must not have a `handle()` or a `Debug` of its own.
///
/// # Examples
///
/// ```
/// use dormouse_core::Sleeper;
/// use dormouse_smol::{SmolExecutor, SmolHandle};
///
/// struct Owner {
///     handle: SmolHandle,
/// }
///
/// dormouse_core::owner!(Owner => SmolHandle: Sleeper, Spawner);
///
/// # let owner = Owner { handle: SmolExecutor::new(0).handle() };
/// assert!(owner.now() <= owner.handle().now());
/// ```
#[macro_export]
macro_rules! owner {
    ($owner:ty => $handle:ty: $($of:ident),* $(,)?) => {
        impl $owner {
            /// A handle, which does not keep the runtime alive.
            #[must_use]
            pub fn handle(&self) -> $handle {
                $crate::ToHandle::to_handle(self)
            }
        }

        impl ::core::fmt::Debug for $owner {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let name = ::core::stringify!($owner);
                f.debug_tuple(name).field(&self.handle).finish()
            }
        }

        impl $crate::ToHandle for $owner {
            type Handle = $handle;

            fn to_handle(&self) -> $handle {
                ::core::clone::Clone::clone(&self.handle)
            }
        }

        $($crate::__forward! { $of [] $owner, |owner| &owner.handle, $handle })*
    };
}
