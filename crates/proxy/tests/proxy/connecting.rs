//! Which connections the proxy takes, and what it does with those that are not for Apple's API.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rcgen::{CertificateParams, KeyPair};
use russet_proxy::{Authority, Proxy, ProxyError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, ServerConfig, crypto::aws_lc_rs, version,
};

use crate::stand::{
    API, Stand, read_head, roots_in, say, shake_hands, system_clock, trusting, trusting_roots,
};

#[tokio::test]
async fn connect_is_taken_as_real_clients_send_it() {
    let stand = Stand::start().await;
    for head in [
        format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n"),
        format!("CONNECT {API}:443 HTTP/1.0\r\n\r\n"),
        format!("CONNECT {API}:443 HTTP/1.1\r\nHost: {API}:443\r\n\r\n"),
        format!("CONNECT {API}:443 HTTP/1.1\r\nHost: {API}\r\n\r\n"),
        format!("CONNECT {API}:443 HTTP/1.1\r\nhost: {API}:443\r\nconnection: close\r\n\r\n"),
        format!(
            "CONNECT {API}:443 HTTP/1.1\r\nHost: {API}:443\r\nproxy-connection: keep-alive\r\nconnection: close\r\n\r\n"
        ),
        format!(
            "CONNECT {API}:443 HTTP/1.1\r\nHost: {API}:443\r\nUser-Agent: x\r\nProxy-Connection: Keep-Alive\r\n\r\n"
        ),
    ] {
        let (answer, stream) = stand.connect(&head).await;
        assert!(answer.starts_with("HTTP/1."), "{head}: {answer}");
        assert!(answer.contains(" 200 OK\r\n"), "{head}: {answer}");
        let config = trusting(&stand.folder.path().join("ca.pem"));
        let stream = shake_hands(stream, API, config).await.expect(&head);
        let request = format!("GET /here HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n");
        let answer = say(stream, request.as_bytes()).await;
        assert!(answer.contains("GET /here\n"), "{head}: {answer}");
    }
}

#[tokio::test]
async fn http_1_1_is_chosen_though_h2_is_offered() {
    let stand = Stand::start().await;
    let stream = stand.tls().await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
}

#[tokio::test]
async fn tls_1_2_without_alpn_is_served() {
    let stand = Stand::start().await;
    drop(stand.tls().await); // makes the CA
    let (_, stream) = stand.connect(&format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n")).await;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS12])
        .unwrap()
        .with_root_certificates(roots_in(&stand.folder.path().join("ca.pem")))
        .with_no_client_auth();
    let stream = shake_hands(stream, API, config).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    assert_eq!(stream.get_ref().1.alpn_protocol(), None);
}

#[tokio::test]
async fn name_that_was_not_asked_for_is_refused() {
    let stand = Stand::start().await;
    drop(stand.tls().await); // makes the CA
    for other in ["api.enterprise.developer.apple.com", "example.com"] {
        let (_, stream) = stand.connect(&format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n")).await;
        let config = trusting(&stand.folder.path().join("ca.pem"));
        let error = shake_hands(stream, other, config).await.expect_err(other).to_string();
        assert!(error.contains("UnrecognisedName"), "{error}");
    }
}

#[tokio::test]
async fn missing_name_is_made_up_for_by_the_connect() {
    let stand = Stand::start().await;
    drop(stand.tls().await); // makes the CA
    let (_, stream) = stand.connect(&format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n")).await;
    let mut config = trusting(&stand.folder.path().join("ca.pem"));
    config.enable_sni = false;
    shake_hands(stream, API, config).await.expect("the certificate is for this host");
}

#[tokio::test]
async fn host_is_known_in_any_case_and_with_a_final_dot() {
    let stand = Stand::start().await;
    for host in ["API.AppStoreConnect.Apple.COM:443", "api.appstoreconnect.apple.com.:443", API] {
        let (_, stream) = stand.connect(&format!("CONNECT {host} HTTP/1.1\r\n\r\n")).await;
        let config = trusting(&stand.folder.path().join("ca.pem"));
        shake_hands(stream, API, config).await.expect(host);
    }
}

#[tokio::test]
async fn other_hosts_are_tunneled_untouched() {
    let stand = Stand::start().await;
    let (address, roots) = serve_as("localhost", "not russet").await;
    let head = format!("CONNECT localhost:{} HTTP/1.1\r\nHost: x\r\n\r\n", address.port());
    let (answer, stream) = stand.connect(&head).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // Its own certificate, which Russet's CA has not signed, its own choice of protocol.
    let stream = shake_hands(stream, "localhost", trusting_roots(roots)).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(say(stream, b"hello").await, "not russet");
    assert_eq!(stand.accepted.load(Ordering::SeqCst), 0);
    assert!(!stand.folder.path().join("ca.pem").exists(), "no CA is made for other hosts");
}

#[tokio::test]
async fn other_hosts_are_reached_in_the_clear_too() {
    let stand = Stand::start().await;
    let request = format!(
        "GET http://{}/v1/x?a=b HTTP/1.1\r\nHost: wrong.example\r\nProxy-Connection: close\r\n\
         Connection: close\r\n\r\n",
        stand.upstream
    );
    let answer = say(stand.dial().await, request.as_bytes()).await;
    assert!(answer.contains("GET /v1/x?a=b\n"), "{answer}");
    assert!(answer.contains(&format!("host: {}\n", stand.upstream)), "{answer}");
    assert!(!answer.contains("proxy-connection"), "{answer}");
    assert!(!answer.contains("x-forwarded-proto"), "{answer}");
}

#[tokio::test]
async fn api_in_the_clear_reaches_russet_and_says_http() {
    let stand = Stand::start().await;
    let request = format!(
        "GET http://{API}/v1/apps HTTP/1.1\r\nHost: {API}\r\nX-Forwarded-Proto: https\r\n\
         Connection: close\r\n\r\n"
    );
    let answer = say(stand.dial().await, request.as_bytes()).await;
    assert!(answer.contains(&format!("host: {API}\nx-forwarded-proto: http\n")), "{answer}");
}

#[tokio::test]
async fn proxy_does_not_call_itself() {
    let stand = Stand::start().await;
    let own = stand.proxy.address();
    for head in [
        format!("CONNECT {own} HTTP/1.1\r\n\r\n"),
        format!("CONNECT localhost:{} HTTP/1.1\r\n\r\n", own.port()),
        format!("GET http://{own}/ HTTP/1.1\r\nHost: {own}\r\n\r\n"),
    ] {
        let (answer, _) = stand.connect(&head).await;
        assert!(answer.starts_with("HTTP/1.1 508 "), "{head}: {answer}");
    }
}

#[tokio::test]
async fn host_that_cannot_be_reached_is_explained_with_502() {
    let stand = Stand::start_without_server().await;
    for head in [
        format!("CONNECT {} HTTP/1.1\r\nConnection: close\r\n\r\n", stand.upstream),
        format!("GET http://{}/ HTTP/1.1\r\nConnection: close\r\n\r\n", stand.upstream),
    ] {
        let answer = say(stand.dial().await, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{head}: {answer}");
        assert!(
            answer.contains(&format!("russet: {} cannot be reached", stand.upstream)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn garbage_is_refused_and_the_connection_closed() {
    let stand = Stand::start().await;
    for garbage in [
        &b"\x16\x03\x01\x00\x05hello\r\n\r\n"[..],
        b"nonsense\r\n\r\n",
        b"CONNECT \r\n\r\n",
        b"CONNECT a b c HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let answer = say(stand.dial().await, garbage).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{garbage:?}: {answer}");
    }
}

#[tokio::test]
async fn one_who_takes_the_proxy_for_a_server_is_told() {
    let stand = Stand::start().await;
    for (request, expected) in [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTPS_PROXY"),
        ("GET https://example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "CONNECT"),
    ] {
        let answer = say(stand.dial().await, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.contains(expected), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_tls_inside_a_tunnel_to_the_api_is_closed() {
    let stand = Stand::start().await;
    let (_, mut stream) = stand.connect(&format!("CONNECT {API}:443 HTTP/1.1\r\n\r\n")).await;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP/"), "an answer in the clear: {rest:?}");
    assert_eq!(stand.accepted.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn shutdown_closes_the_port_and_what_is_open() {
    let stand = Stand::start().await;
    let mut open = stand.tls().await;
    let address = stand.proxy.address();
    stand.proxy.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
    assert_eq!(read_head(&mut open).await, "");
}

#[tokio::test]
async fn proxy_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Arc::new(Authority::in_folder(folder.path(), system_clock()));
    let upstream = "127.0.0.1:1".parse().unwrap();
    let started = Proxy::start("0.0.0.0:0".parse().unwrap(), upstream, authority).await;
    assert!(matches!(started, Err(ProxyError::NotLoopback(_))));
}

#[tokio::test]
async fn port_in_use_is_said_with_its_address() {
    let stand = Stand::start().await;
    let authority = Arc::new(Authority::in_folder(stand.folder.path(), system_clock()));
    let again = Proxy::start(stand.proxy.address(), stand.upstream, authority).await;
    let said = again.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains(&stand.proxy.address().to_string()), "{said}");
}

/// Starts a TLS server with a certificate of its own that sends `text` once it was spoken to.
async fn serve_as(name: &str, text: &'static str) -> (std::net::SocketAddr, RootCertStore) {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    });
    (address, roots)
}
