//! The traits of an owner, which delegates to its handle.

/// Implements [`ToHandle`](crate::ToHandle) and the named traits for an owner, by delegating to its
/// field `handle`.
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

        $($crate::__forward! { $of [] $owner, |owner| &owner.handle, $handle })*
    };
}
