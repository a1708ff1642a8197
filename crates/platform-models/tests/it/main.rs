//! The importers on files in the sources' formats, and on the sources themselves where they are at hand.

mod import;
mod shared;
