//! A network between a run and its server that breaks: connections that are cut after so many bytes, in several ways.
//!
//! It must not know any protocol. Invariant: each connection takes at most one fault, in the order in which they were
//! given; once they are used up the proxy only hands on, so that a run can go on in the end.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What happens to one connection.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Bytes that pass before, both ways together.
    pub after: u64,
    pub how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Both ends are told that the other one has closed.
    Close,
    /// Both ends are told that the connection was broken.
    Reset,
    /// The server is told that the client has closed; what it still says gets through.
    HalfToServer,
    /// The client is told that the server has closed; what it still says gets through.
    HalfToClient,
    /// Nothing gets through for a while, and then both ends are told.
    Silent(Duration),
}

impl How {
    pub const ALL: [How; 5] =
        [How::Close, How::Reset, How::HalfToServer, How::HalfToClient, How::Silent(Duration::from_millis(1500))];
}

/// A listener in front of a server of this machine. It ends with the runtime that it was started in.
pub struct Proxy {
    pub port: u16,
    cut: Arc<AtomicU64>,
}

impl Proxy {
    pub async fn to(server: u16, faults: impl IntoIterator<Item = Fault>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let waiting: Mutex<VecDeque<Fault>> = Mutex::new(faults.into_iter().collect());
        let cut = Arc::new(AtomicU64::new(0));
        let cuts = cut.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fault = waiting.lock().expect("nobody panicked with it").pop_front();
                let cuts = cuts.clone();
                tokio::spawn(async move {
                    // Without the server the client is sent away, as it would be without the proxy.
                    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                    if carry(client, server, fault).await {
                        cuts.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Proxy { port, cut }
    }

    /// The URL with the proxy's port in place of the server's.
    pub fn before(&self, url: &str) -> String {
        let (head, tail) = url.rsplit_once(':').expect("a URL with a port");
        let rest = tail.split_once('/').map_or("", |(_, rest)| rest);
        assert!(tail.starts_with(|c: char| c.is_ascii_digit()), "{url} has no port at its end");
        format!("{head}:{}/{rest}", self.port)
    }

    /// Connections that were cut so far.
    pub fn cuts(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }
}

/// What both directions of one connection share.
struct Line {
    left: AtomicU64,
    broken: Notify,
}

/// True when the fault came to pass.
async fn carry(client: TcpStream, server: TcpStream, fault: Option<Fault>) -> bool {
    for socket in [&client, &server] {
        let _ = socket.set_nodelay(true);
    }
    let line = Arc::new(Line { left: AtomicU64::new(fault.map_or(u64::MAX, |f| f.after)), broken: Notify::new() });
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let ended = tokio::select! {
        () = async {
            tokio::join!(
                pass(&mut from_client, &mut to_server, &line),
                pass(&mut from_server, &mut to_client, &line),
            );
        } => true,
        () = line.broken.notified() => false,
    };
    let Some(fault) = fault.filter(|_| !ended) else { return false };
    let (mut client, mut server) = (join(from_client, to_client), join(from_server, to_server));
    match fault.how {
        How::Close => {}
        How::Reset => {
            let _ = client.set_zero_linger();
            let _ = server.set_zero_linger();
        }
        How::HalfToServer => {
            let _ = server.shutdown().await;
            let _ = tokio::io::copy(&mut server, &mut client).await;
        }
        How::HalfToClient => {
            let _ = client.shutdown().await;
            let _ = tokio::io::copy(&mut client, &mut server).await;
        }
        How::Silent(time) => tokio::time::sleep(time).await,
    }
    true
}

fn join(read: OwnedReadHalf, write: OwnedWriteHalf) -> TcpStream {
    read.reunite(write).expect("halves of one socket")
}

/// Hands on until an end says that it was all, or the line breaks.
async fn pass(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, line: &Line) {
    let mut bytes = vec![0; 16 << 10];
    loop {
        let read = match from.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        let before =
            line.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(n.saturating_sub(read as u64)));
        let allowed = before.unwrap_or(0).min(read as u64) as usize;
        // The last bytes before a cut may be a part of what was said.
        if to.write_all(&bytes[..allowed]).await.is_err() {
            break;
        }
        if allowed < read {
            line.broken.notify_one();
            return std::future::pending().await;
        }
    }
    let _ = to.shutdown().await;
}
