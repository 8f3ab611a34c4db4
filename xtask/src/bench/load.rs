//! A closed-loop HTTP/1.1 load generator: each connection sends its next request when it has the whole
//! reply to the last one.
//!
//! One thread, raw sockets, no allocation per request, so that on two cores the server keeps most of
//! the machine. It takes replies with a `Content-Length` only, which is what all servers here send.
//! Start at [`run`].

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Writes request number `n` to the buffer.
pub type Request = dyn Fn(usize, &mut Vec<u8>);

/// When a run ends.
#[derive(Clone, Copy)]
pub enum Until {
    /// After this time.
    Elapsed(Duration),
    /// When this many requests were sent.
    Sent(usize),
}

/// What a run found.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measured {
    /// Replies per second.
    pub per_second: f64,
    /// Median latency in microseconds.
    pub p50_micros: f64,
    /// 99th percentile of the latency in microseconds.
    pub p99_micros: f64,
}

/// Sends requests over some connections and measures every reply.
///
/// # Errors
/// When a connection fails or a reply has another status than `status`.
pub fn run(
    address: SocketAddr,
    connections: usize,
    until: Until,
    status: u16,
    request: Rc<Request>,
) -> Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let shared = Rc::new(Shared {
        request,
        status,
        sent: Cell::new(0),
        until,
        started: Instant::now(),
        latencies: RefCell::new(Vec::with_capacity(1 << 20)),
    });
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..connections)
        .map(|_| local.spawn_local(connection(address, Rc::clone(&shared))))
        .collect();
    runtime.block_on(async {
        local.await;
        for task in tasks {
            task.await??;
        }
        anyhow::Ok(())
    })?;
    let elapsed = shared.started.elapsed();
    let mut latencies = shared.latencies.take();
    ensure!(!latencies.is_empty(), "no reply in {elapsed:?}");
    Ok(summary(&mut latencies, elapsed))
}

/// Sends one request and returns the body of its reply.
///
/// # Errors
/// As [`run`].
pub fn fetch(address: SocketAddr, status: u16, request: &[u8]) -> Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut reply = Reply::default();
        let head = reply.read_head(&mut stream, status).await?;
        while reply.buffer.len() < head.end + head.length {
            ensure!(stream.read_buf(&mut reply.buffer).await? > 0, "the reply ended early");
        }
        Ok(reply.buffer.split_off(head.end))
    })
}

struct Shared {
    request: Rc<Request>,
    status: u16,
    sent: Cell<usize>,
    until: Until,
    started: Instant,
    latencies: RefCell<Vec<u32>>,
}

impl Shared {
    /// Returns the number of the next request, if there is one.
    fn next(&self) -> Option<usize> {
        let number = self.sent.get();
        let more = match self.until {
            Until::Elapsed(duration) => self.started.elapsed() < duration,
            Until::Sent(count) => number < count,
        };
        more.then(|| {
            self.sent.set(number + 1);
            number
        })
    }
}

async fn connection(address: SocketAddr, shared: Rc<Shared>) -> Result<()> {
    let mut stream = TcpStream::connect(address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    let mut reply = Reply::default();
    while let Some(number) = shared.next() {
        request.clear();
        (shared.request)(number, &mut request);
        let begun = Instant::now();
        stream.write_all(&request).await?;
        reply.read(&mut stream, shared.status).await?;
        let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
        shared.latencies.borrow_mut().push(micros);
    }
    Ok(())
}

/// Where a reply's body is.
struct Head {
    end: usize,
    length: usize,
}

#[derive(Default)]
struct Reply {
    buffer: Vec<u8>,
}

impl Reply {
    /// Reads a reply to its end and forgets it.
    async fn read(&mut self, stream: &mut TcpStream, status: u16) -> Result<()> {
        let head = self.read_head(stream, status).await?;
        let mut missing = (head.end + head.length).saturating_sub(self.buffer.len());
        while missing > 0 {
            self.buffer.clear();
            self.buffer.reserve(256 * 1024);
            let read = stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the reply ended early");
            missing = missing.saturating_sub(read);
        }
        Ok(())
    }

    async fn read_head(&mut self, stream: &mut TcpStream, status: u16) -> Result<Head> {
        self.buffer.clear();
        self.buffer.reserve(256 * 1024);
        loop {
            ensure!(
                stream.read_buf(&mut self.buffer).await? > 0,
                "the server closed the connection"
            );
            if let Some(head) = parse_head(&self.buffer, status)? {
                return Ok(head);
            }
        }
    }
}

/// Finds the end of a reply's head and its length; `None` when there is more to read.
fn parse_head(buffer: &[u8], status: u16) -> Result<Option<Head>> {
    let searched = &buffer[..buffer.len().min(8 * 1024)];
    let Some(at) = searched.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&buffer[..at])?;
    let mut lines = head.split("\r\n");
    let found = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    if found.parse() != Ok(status) {
        let body = String::from_utf8_lossy(&buffer[at..buffer.len().min(at + 600)]);
        bail!("status {found}, wanted {status}:{body}");
    }
    let length =
        if status == 204 { 0 } else { length.context("a reply without Content-Length")? };
    Ok(Some(Head { end: at + 4, length }))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn summary(latencies: &mut [u32], elapsed: Duration) -> Measured {
    latencies.sort_unstable();
    let at = |hundredths: usize| f64::from(latencies[(latencies.len() - 1) * hundredths / 100]);
    Measured {
        per_second: latencies.len() as f64 / elapsed.as_secs_f64(),
        p50_micros: at(50),
        p99_micros: at(99),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::rc::Rc;

    use super::{Duration, Until, parse_head, run, summary};

    #[test]
    fn every_request_is_answered_before_the_next_is_sent() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            let mut byte = [0];
            while stream.read(&mut byte).unwrap() > 0 {
                seen.push(byte[0]);
                // In two pieces: a reply rarely comes in one.
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n12").unwrap();
                stream.write_all(b"34").unwrap();
            }
            seen
        });
        let digit = |number: usize, buffer: &mut Vec<u8>| buffer.push(b"0123456789"[number]);
        run(address, 1, Until::Sent(5), 200, Rc::new(digit)).unwrap();
        assert_eq!(server.join().unwrap(), b"01234");
    }

    #[test]
    fn a_head_is_read_whatever_the_case_of_its_names() {
        let reply = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\n{}";
        let head = parse_head(reply, 200).unwrap().unwrap();
        assert_eq!((head.end, head.length), (reply.len() - 2, 2));
    }

    #[test]
    fn half_a_head_needs_more_and_another_status_is_an_error() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\n", 200).unwrap().is_none());
        assert!(parse_head(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n", 200).is_err());
    }

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let mut latencies: Vec<u32> = (1..=100).rev().collect();
        let found = summary(&mut latencies, Duration::from_secs(2));
        assert_eq!((found.per_second, found.p50_micros, found.p99_micros), (50.0, 50.0, 99.0));
    }
}
