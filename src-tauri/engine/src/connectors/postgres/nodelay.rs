//! Nagle's algorithm off and keepalive on, for this process's TCP sockets.
//!
//! sqlx 0.9 leaves it on and gives no access to its socket. Then the end of each COPY waits for the server's delayed
//! acknowledgement, 40 ms on Linux, with nobody at work: measured as a third of a load's time (see
//! `docs/decisions/0004-where-the-time-goes.md`). And a run would wait for ever where the network swallows everything.
//! So the sockets are found where the system lists them. To be removed as soon as the driver does it.

/// Does it for every TCP socket of the process; the options change when bytes are sent, never which. Where the system
/// does not list its descriptors nothing happens.
#[cfg(unix)]
pub(super) fn send_at_once() {
    use std::os::fd::{BorrowedFd, RawFd};
    use std::time::Duration;

    // A silent connection is asked for a sign of life after a minute, and is broken two minutes later.
    const SILENT: Duration = Duration::from_secs(60);
    const ASKED_AGAIN: Duration = Duration::from_secs(13);

    let listed = std::fs::read_dir("/proc/self/fd").or_else(|_| std::fs::read_dir("/dev/fd"));
    for entry in listed.into_iter().flatten().flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<RawFd>().ok()) else { continue };
        // SAFETY: the descriptor is used for a few calls of `setsockopt` and not closed. Should another thread have closed it
        // since it was listed, a call fails, or meets another socket of this process, for which it is right too.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let socket = socket2::SockRef::from(&descriptor);
        // What is no TCP socket refuses the option.
        if socket.set_tcp_nodelay(true).is_ok() {
            let keepalive = socket2::TcpKeepalive::new().with_time(SILENT).with_interval(ASKED_AGAIN);
            let _ = socket.set_tcp_keepalive(&keepalive);
        }
    }
}

#[cfg(not(unix))]
pub(super) fn send_at_once() {}

#[cfg(all(test, unix))]
mod tests {
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn every_tcp_socket_sends_at_once_and_notices_silence() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        super::send_at_once();
        let socket = socket2::SockRef::from(&client);
        assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
    }
}
