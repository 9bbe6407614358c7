//! Nagle's algorithm off, for this process's TCP sockets.
//!
//! sqlx 0.9 leaves it on and gives no access to its socket. Then the end of each COPY waits for the server's delayed
//! acknowledgement, 40 ms on Linux, with nobody at work: measured as a third of a load's time (see
//! `docs/decisions/0004-where-the-time-goes.md`). So the sockets are found where the system lists them. To be
//! removed as soon as the driver does it.

/// Does it for every TCP socket of the process; the option changes when bytes are sent, never which. Where the system
/// does not list its descriptors nothing happens.
#[cfg(unix)]
pub(super) fn send_at_once() {
    use std::os::fd::{BorrowedFd, RawFd};

    let listed = std::fs::read_dir("/proc/self/fd").or_else(|_| std::fs::read_dir("/dev/fd"));
    for entry in listed.into_iter().flatten().flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<RawFd>().ok()) else { continue };
        // SAFETY: the descriptor is used for one `setsockopt` and not closed. Should another thread have closed it
        // since it was listed, the call fails, or meets another socket of this process, for which it is right too.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        // What is no TCP socket refuses the option.
        let _ = socket2::SockRef::from(&descriptor).set_tcp_nodelay(true);
    }
}

#[cfg(not(unix))]
pub(super) fn send_at_once() {}
