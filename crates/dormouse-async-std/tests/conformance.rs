//! async-std under the contract.

dormouse_conformance::conformance!(dormouse_async_std::AsyncStd);
