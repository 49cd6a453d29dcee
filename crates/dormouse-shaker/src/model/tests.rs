//! Programs written by hand, and what they may come to.
