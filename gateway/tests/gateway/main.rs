//! The gateway as its users meet it: real servers on free loopback ports, each with its own data
//! folder.

#[cfg(test)]
mod agency;
#[cfg(test)]
mod board;
#[cfg(test)]
mod casting;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod close;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod election;
#[cfg(test)]
mod junk;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod people;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod roll_claims;
#[cfg(test)]
mod rolls;
#[cfg(test)]
mod store;
#[cfg(test)]
#[cfg(feature = "otel")]
mod telemetry;
#[cfg(test)]
mod world;
