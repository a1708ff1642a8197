use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

use anyhow::{Result, bail};

use super::program::{self, Program};

/// nginx as a plain reverse proxy: the yardstick.
pub(super) struct Nginx {
    pub(super) program: Program,
    pub(super) address: SocketAddr,
}

impl Nginx {
    /// Starts it in front of `provider`, in one process.
    pub(super) fn start(folder: &Path, provider: &str) -> Result<Self> {
        let address = program::free_address()?;
        let here = folder.display();
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {here}/nginx.pid;\nerror_log {here}/nginx.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n  access_log off;\n  client_body_temp_path {here}/nginx-bodies;\n  proxy_temp_path {here}/nginx-proxy;\n\
             \x20 fastcgi_temp_path {here}/nginx-fastcgi;\n  uwsgi_temp_path {here}/nginx-uwsgi;\n\
             \x20 scgi_temp_path {here}/nginx-scgi;\n  keepalive_requests 1000000000;\n\
             \x20 upstream provider {{ server {provider}; keepalive 256; keepalive_requests 1000000000; }}\n\
             \x20 server {{\n    listen {address};\n    location / {{\n      proxy_pass http://provider;\n\
             \x20     proxy_http_version 1.1;\n      proxy_set_header Connection \"\";\n      proxy_buffering off;\n    }}\n  }}\n}}\n"
        );
        let path = folder.join("nginx.conf");
        fs::write(&path, configuration)?;
        // Debian keeps it where only root's PATH looks.
        let found = ["/usr/sbin/nginx", "/usr/bin/nginx"].map(Path::new).into_iter().find(|path| path.exists());
        let binary = found.unwrap_or(Path::new("nginx"));
        let log = folder.join("nginx.log");
        let (program, _) =
            Program::start(program::MEASURED, binary, |command| command.arg("-c").arg(&path).arg("-e").arg(&log))?;
        wait_for(address)?;
        Ok(Self { program, address })
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool that has nothing else to do meanwhile")]
fn wait_for(address: SocketAddr) -> Result<()> {
    for _ in 0..100 {
        if TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("nothing listens on {address}")
}
