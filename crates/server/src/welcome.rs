//! What the one who starts the process sees.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use glaux_kernel::Secret;
use glaux_platform_identity::SignInLink;

use crate::{control::Control, secrets::AdminToken};

/// Says where it serves while the database is away.
pub(crate) fn print_alone(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "\nGlaux serves on http://{address}\n")?;
    writeln!(out, "  The database is away: calls are served by the last configuration.\n")?;
    out.flush()
}

/// Whom to greet with what.
pub(crate) struct Welcome {
    admin_token: AdminToken,
    sign_in: SignInLink,
    first_key: Option<Secret>,
}

impl Welcome {
    pub(crate) fn new(control: &Control) -> Self {
        Self {
            admin_token: control.admin_token.clone(),
            sign_in: control.sign_in.clone(),
            first_key: control.first_key.clone(),
        }
    }

    /// Says where it serves, who the admin is, and what to try first.
    pub(crate) fn print(&self, address: SocketAddr) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "\nGlaux serves on http://{address}\n")?;
        let link = self.sign_in.0.expose();
        writeln!(
            out,
            "  Sign in as admin, once and within the hour:\n    http://{address}/api/auth/link?token={link}\n"
        )?;
        write!(out, "  The admin's token, for the management API")?;
        match &self.admin_token {
            AdminToken::New(token) => writeln!(out, ", shown only now:\n    {}\n", token.expose())?,
            AdminToken::Kept(_, path) => writeln!(out, ", is in {}\n", path.display())?,
            AdminToken::Given(_) => writeln!(out, ", is as GLAUX_ADMIN_TOKEN says\n")?,
        }
        match &self.first_key {
            Some(key) => {
                writeln!(out, "  A first key, shown only now, and a call to the built-in sandbox:")?;
                writeln!(
                    out,
                    "    curl http://{address}/v1/chat/completions -H 'authorization: Bearer {}' \\",
                    key.expose()
                )?;
                writeln!(out, "      -H 'content-type: application/json' \\")?;
                let body = r#"{"model":"sandbox/echo","messages":[{"role":"user","content":"Hello, owl"}]}"#;
                writeln!(out, "      -d '{body}'\n")?;
            }
            None => {
                writeln!(out, "  Issue a key with that token:")?;
                writeln!(
                    out,
                    "    curl http://{address}/api/platform/ai-management/keys -H \"authorization: Bearer $TOKEN\" \\"
                )?;
                writeln!(out, "      -H 'content-type: application/json' \\")?;
                let body = r#"{"name":"mine","environment":"development","models":["*"],"features":["*"]}"#;
                writeln!(out, "      -d '{body}'\n")?;
            }
        }
        out.flush()
    }
}
