//! A stand-in for the Russet server, a proxy before it, and a client that speaks raw HTTP, so that
//! tests can say exactly what travels.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use russet_proxy::{Authority, Clock, Proxy, Running};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, version};

pub const API: &str = "api.appstoreconnect.apple.com";

/// Size of the bodies that are called large.
pub const LARGE: usize = 5 * 1024 * 1024;

/// A proxy with a server behind it.
pub struct Stand {
    pub proxy: Running,
    pub upstream: SocketAddr,
    /// TCP connections that the server has accepted.
    pub accepted: Arc<AtomicUsize>,
    pub folder: TempDir,
}

impl Stand {
    pub async fn start() -> Self {
        let (upstream, accepted) = serve_echo().await;
        Self { accepted, ..Self::before(upstream).await }
    }

    /// Starts a proxy whose server is away.
    pub async fn start_without_server() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = listener.local_addr().unwrap();
        drop(listener);
        Self::before(upstream).await
    }

    /// Starts a proxy before a server that the test plays itself.
    pub async fn before(upstream: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Arc::new(Authority::in_folder(folder.path(), system_clock()));
        let listen = "127.0.0.1:0".parse().unwrap();
        let proxy = Proxy::start(listen, upstream, authority).await.unwrap();
        Self { proxy, upstream, accepted: Arc::default(), folder }
    }

    /// Opens a connection in the clear.
    pub async fn dial(&self) -> TcpStream {
        TcpStream::connect(self.proxy.address()).await.unwrap()
    }

    /// Sends a CONNECT and returns the head of the answer with the connection.
    pub async fn connect(&self, head: &str) -> (String, TcpStream) {
        let mut stream = self.dial().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        (head, stream)
    }

    /// Opens TLS to the API through the proxy, trusting the CA in the folder.
    pub async fn tls(&self) -> TlsStream<TcpStream> {
        let (head, stream) = self.connect(&format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n")).await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let config = trusting(&self.folder.path().join("ca.pem"));
        shake_hands(stream, API, config).await.unwrap()
    }

    /// Sends `request` inside TLS and returns all that comes back until the server closes.
    pub async fn say(&self, request: &str) -> String {
        say(self.tls().await, request.as_bytes()).await
    }
}

/// Writes `bytes`, then reads to the end. A peer that closes without saying so is no failure.
pub async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> String {
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let mut buffer = vec![0; 65536];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        answer.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads up to and with the empty line.
pub async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

pub async fn shake_hands(
    stream: TcpStream,
    name: &str,
    config: ClientConfig,
) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Returns the certificates in a PEM file.
pub fn roots_in(file: &std::path::Path) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    roots
}

/// Returns client settings that trust the certificates in a PEM file.
pub fn trusting(file: &std::path::Path) -> ClientConfig {
    trusting_roots(roots_in(file))
}

/// Returns client settings that trust `roots` and offer h2 first.
pub fn trusting_roots(roots: RootCertStore) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

#[expect(clippy::disallowed_methods, reason = "the clients here judge certificates by this clock")]
pub fn system_clock() -> Clock {
    Arc::new(SystemTime::now)
}

/// Starts a server that answers with what it was asked.
async fn serve_echo() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .preserve_header_case(true)
                    .serve_connection(TokioIo::new(stream), service_fn(echo)),
            );
        }
    });
    (address, accepted)
}

/// `/stream` sends the body back as it comes, `/large` sends a large body, `/close` closes;
/// anything else is answered with the request as text and the length of its body.
async fn echo(
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, hyper::Error>>, Infallible> {
    let full = |bytes: Vec<u8>| Full::from(bytes).map_err(|never| match never {}).boxed();
    Ok(match request.uri().path() {
        "/stream" => Response::new(request.into_body().boxed()),
        "/large" => Response::new(full(pattern(LARGE))),
        "/close" => Response::builder()
            .status(413)
            .header("connection", "close")
            .header("X-Rate-Limit", "user-hour-lim:3500;")
            .body(full(b"too much".to_vec()))
            .unwrap(),
        _ => {
            let mut text = format!("{} {}\n", request.method(), request.uri());
            for (name, value) in request.headers() {
                writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
            let body = request.into_body().collect().await;
            match body {
                Ok(body) => {
                    let bytes = body.to_bytes();
                    let whole = bytes == pattern(bytes.len());
                    writeln!(text, "body {} {whole}", bytes.len()).unwrap();
                }
                Err(error) => writeln!(text, "body failed: {error}").unwrap(),
            }
            Response::builder().header("X-Own", "kept").body(full(text.into_bytes())).unwrap()
        }
    })
}

/// Bytes in which a lost, doubled or moved piece shows.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| b'a' + u8::try_from((index / 7 + index) % 26).unwrap()).collect()
}
