use std::net::SocketAddr;

use super::{glaux::Glaux, nginx::Nginx};

/// Where calls can be sent.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) address: SocketAddr,
    /// Id of the process that listens there.
    pub(super) process: u32,
    pub(super) key: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn nginx(nginx: &Nginx) -> Self {
        Self { address: nginx.address, process: nginx.program.id(), key: "none" }
    }

    pub(super) fn glaux(glaux: &Glaux, key: &'a str) -> Self {
        Self { address: glaux.address, process: glaux.program.id(), key }
    }
}
