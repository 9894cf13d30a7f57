//! Criterion benches of a ballot's life.
fn main() {}
