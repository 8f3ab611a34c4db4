//! Bytes on a real connection that are not quite HTTP, or HTTP that nobody should send.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::place::{Place, Server};

/// What is sent, and the status of the answer; 0 for a connection that just ends.
type Case<'a> = (&'a str, u16);

#[test]
fn odd_requests_get_an_answer_and_the_next_connection_too() {
    let place = Place::new();
    let server = place.demo();
    let jwt = place.jwt();
    let long = "a".repeat(200_000);
    let get =
        |more: &str| format!("GET /v1/apps HTTP/1.1\r\nAuthorization: Bearer {jwt}\r\n{more}\r\n");
    let post = |more: &str, body: &str| {
        format!(
            "POST /v1/bundleIds HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {jwt}\r\n\
             Content-Type: application/json\r\nConnection: close\r\n{more}\r\n{body}"
        )
    };
    let close = "Host: h\r\nConnection: close\r\n";
    let old = format!("GET /v1/apps HTTP/1.0\r\nAuthorization: Bearer {jwt}\r\n\r\n");
    let absolute = get(close).replacen("/v1/apps", "http://elsewhere.example/v1/apps", 1);
    let cases: Vec<Case<'_>> = vec![
        ("nonsense\r\n\r\n", 400),
        ("GET\r\n\r\n", 400),
        ("GET /v1/apps HTTP/9.9\r\n\r\n", 400),
        ("\x16\x03\x01\x02\0\x01\0", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0),
        ("GET /v1/\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /v1/apps HTTP/1.1\r\nHost h\r\n\r\n", 400),
        ("GET /v1/apps HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 401),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 401),
    ];
    for (bytes, status) in cases {
        assert_eq!(answer(&server, bytes).0, status, "{bytes:.60}");
    }
    assert_eq!(answer(&server, &old).0, 200, "HTTP/1.0 without a host");
    let (status, text) = answer(&server, &absolute);
    assert_eq!(status, 200);
    assert!(text.contains("http://elsewhere.example/v1/apps"), "links name the host that was used");
    assert_eq!(answer(&server, &get("Connection: close\r\n")).0, 200, "no host: the server's own");
    for host in ["a b", "a/b", "<script>", "a\"b", "user@host"] {
        let (status, text) =
            answer(&server, &get(&format!("Host: {host}\r\nConnection: close\r\n")));
        assert_eq!((status, text.contains("BAD_REQUEST")), (400, true), "{host}: {text}");
    }
    let many = (0..300).fold(String::new(), |all, n| format!("{all}X-{n}: 1\r\n"));
    assert_eq!(answer(&server, &get(&format!("{close}{many}"))).0, 431, "300 headers");
    let (status, _) = answer(&server, &get(&format!("{close}X: {long}\r\n")));
    // The answer may be lost with the connection: part of the request was never read.
    assert!(status == 431 || status == 0, "a 200 kB header: {status}");

    assert_eq!(
        answer(&server, &post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")).0,
        400
    );
    assert_eq!(answer(&server, &post("Content-Length: -1\r\n", "")).0, 400);
    assert_eq!(answer(&server, &post("Transfer-Encoding: chunked\r\n", "zz\r\n")).0, 400);
    assert_eq!(
        answer(&server, &post("Transfer-Encoding: chunked\r\n", "1\r\n{\r\n0\r\n\r\n")).0,
        400
    );
    assert_eq!(answer(&server, &post("Content-Length: 99999999999\r\n", "x")).0, 413);
    assert_eq!(answer_to_the_start(&server, "").0, 0);
    assert_eq!(answer_to_the_start(&server, "GET /v1/a").0, 0);
    let (status, text) = answer_to_the_start(&server, &post("Content-Length: 10\r\n", "{"));
    assert!(status == 400 || status == 0, "a body that ends early: {text}");

    assert_eq!(server.get("/v1/apps?limit=1", &jwt).0, 200, "it still serves");
}

/// Sends bytes and returns the status and text of what comes back until the connection ends.
fn answer(server: &Server, bytes: &str) -> (u16, String) {
    exchange(server, bytes, false)
}

/// As [`answer`] for a client that says that it sends nothing more.
fn answer_to_the_start(server: &Server, bytes: &str) -> (u16, String) {
    exchange(server, bytes, true)
}

fn exchange(server: &Server, bytes: &str, is_all: bool) -> (u16, String) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may refuse and close before all of it is there.
    let _ = stream.write_all(bytes.as_bytes());
    if is_all {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text)
}
