//! none
fn main(){}
