//! A double of SQL Server: the protocol in full as far as readers use it, the language as far as they speak it. What it stores lies in
//! an SQLite database in memory; see `engine` for how one is made to look like the other.

mod engine;
mod login;
mod stream;
mod tokens;
mod wire;

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread;

use engine::{Engine, Request};
use stream::Stream;

pub const USER: &str = "weir";
pub const PASSWORD: &str = "cut-2-fit";
pub const DATABASE: &str = "audit";

pub struct SqlServer {
    pub port: u16,
    /// Holds `cert.pem`.
    pub folder: PathBuf,
    engine: Arc<Engine>,
}

/// One for all tests; it listens as long as they run.
pub fn sqlserver() -> &'static SqlServer {
    static SERVER: OnceLock<SqlServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folder = super::folder("sqlserver");
        super::certificate(&folder);
        let tls = super::tls::config(&folder);
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let engine = Arc::new(Engine::new());
        let served = engine.clone();
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (engine, tls) = (served.clone(), tls.clone());
                // A client that hangs up ends its thread, and nothing else.
                thread::spawn(move || serve(socket, &engine, tls));
            }
        });
        SqlServer { port, folder, engine }
    })
}

impl SqlServer {
    /// Runs a statement on the side of the server.
    pub fn sql(&self, text: &str) {
        self.engine.run(text);
    }
}

fn serve(socket: TcpStream, engine: &Engine, tls: Arc<rustls::ServerConfig>) -> std::io::Result<()> {
    let mut stream = Stream::Plain(socket);
    let (_, hello) = wire::read(&mut stream)?;
    let encrypted = login::wants_tls(&hello);
    wire::write(&mut stream, &login::hello(encrypted))?;
    if encrypted {
        stream = stream.encrypt(tls)?;
    }
    let (_, packet) = wire::read(&mut stream)?;
    if let Err(complaint) = login::check(&packet) {
        return wire::write(&mut stream, &complaint);
    }
    wire::write(&mut stream, &login::welcome())?;
    loop {
        let (kind, packet) = wire::read(&mut stream)?;
        let request = match kind {
            wire::BATCH => Request::batch(&packet),
            wire::RPC => Request::rpc(&packet),
            _ => return Ok(()),
        };
        wire::write(&mut stream, &engine.answer(&request))?;
    }
}
