//! The contract of dormouse as tests.
