//! The gateway as its users meet it: real servers on free loopback ports, each with its own data
//! folder.

mod board;
mod casting;
mod close;
mod codes;
mod commands;
mod contract;
mod crash;
mod damage;
mod election;
mod world;
