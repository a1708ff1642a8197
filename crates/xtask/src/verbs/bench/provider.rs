use anyhow::{Context, Result};

use super::program::{self, Program};
use crate::workspace::Workspace;

/// A scripted provider.
pub(super) struct Provider {
    /// Ends with this.
    _program: Program,
    /// Host and port.
    pub(super) address: String,
}

/// How a provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// At once, with what was made beforehand.
    Prepared,
    /// As the name of the model says.
    ByModel,
}

impl Provider {
    pub(super) fn start(workspace: &Workspace, answers: Answers) -> Result<Self> {
        let path = workspace.released("scripted-upstream")?;
        let (program, mut lines) = Program::start(program::AROUND, &path, |command| match answers {
            Answers::Prepared => command.arg("bench"),
            Answers::ByModel => command,
        })?;
        let address = lines.next().context("the scripted provider said nothing")??;
        Ok(Self { _program: program, address })
    }
}
