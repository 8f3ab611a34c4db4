//! Bad requests and what each is answered with: a table, and random damage to good requests.
//!
//! Every row names where its reply is known from, and after every refused write nothing has
//! changed. Start at `table.rs`; the rows are in the other files, by what is wrong.

mod bodies;
mod http;
mod linkages;
mod members;
mod parameters;
mod parts;
mod paths;
mod random;
mod random_operations;
mod table;
