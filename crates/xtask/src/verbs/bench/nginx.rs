use std::{fs, net::TcpStream, path::Path, time::Duration};

use anyhow::{Result, bail};

use super::server::{self, Server};

/// nginx as a plain reverse proxy: the yardstick.
pub(super) struct Nginx {
    pub(super) server: Server,
}

impl Nginx {
    /// Starts it in front of `provider`, in one process.
    pub(super) fn start(folder: &Path, provider: &str) -> Result<Self> {
        let address = server::free_address()?;
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
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
        let program = program.unwrap_or("nginx").into();
        let log = folder.join("nginx.log");
        let (mut server, _) =
            Server::start(server::CORE, program, |command| command.arg("-c").arg(&path).arg("-e").arg(&log))?;
        server.address = address;
        wait_for(&server)?;
        Ok(Self { server })
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool that has nothing else to do meanwhile")]
fn wait_for(server: &Server) -> Result<()> {
    for _ in 0..100 {
        if TcpStream::connect(server.address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("nothing listens on {}", server.address)
}
