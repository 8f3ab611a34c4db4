//! Requests inside TLS reach the server as they were sent, and answers come back as they were.

use std::sync::atomic::Ordering;

use crate::stand::{API, LARGE, Stand, pattern, read_head, say};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn method_target_and_headers_arrive_as_sent() {
    let stand = Stand::start().await;
    let target = "/v1/apps?filter[bundleId]=a%20b+c&fields%5Bapps%5D=name&sort=-name";
    let answer = stand
        .say(&format!(
            "DELETE {target} HTTP/1.1\r\nHost: {API}:443\r\nAuthorization: Bearer a.b.c\r\n\
             X-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(&format!("DELETE {target}\n")), "{answer}");
    assert!(answer.contains(&format!("host: {API}:443\n")), "{answer}");
    assert!(answer.contains("authorization: Bearer a.b.c\n"), "{answer}");
    assert!(answer.contains("x-twice: 1\nx-twice: 2\n"), "{answer}");
    assert!(answer.contains("\r\nx-own: kept\r\n"), "{answer}");
    assert!(answer.contains("body 0 true\n"), "{answer}");
}

#[tokio::test]
async fn forged_forwarded_proto_is_replaced() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!(
            "GET / HTTP/1.1\r\nHost: {API}\r\nX-Forwarded-Proto: http\r\nx-forwarded-proto: ftp\r\n\
             Connection: close, x-forwarded-proto\r\n\r\n"
        ))
        .await;
    assert_eq!(answer.matches("x-forwarded-proto: https\n").count(), 1, "{answer}");
    assert_eq!(answer.matches("x-forwarded-proto").count(), 1, "{answer}");
}

#[tokio::test]
async fn headers_of_one_hop_stay_on_that_hop() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!(
            "GET / HTTP/1.1\r\nHost: {API}\r\nProxy-Connection: keep-alive\r\nX-Mine: 1\r\n\
             Proxy-Authorization: Basic eA==\r\nTE: trailers\r\nConnection: close, X-Mine\r\n\r\n"
        ))
        .await;
    let (_, arrived) = answer.split_once("\r\n\r\n").unwrap();
    for name in ["proxy-connection", "proxy-authorization", "te:", "x-mine", "connection:"] {
        assert!(!arrived.contains(&format!("\n{name}")), "{name} went on: {answer}");
    }
}

#[tokio::test]
async fn upgrade_is_not_passed_on() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!(
            "GET / HTTP/1.1\r\nHost: {API}\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n"
        ))
        .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(!answer.contains("\nupgrade:"), "{answer}");
}

#[tokio::test]
async fn request_without_host_gets_the_host_of_the_tunnel() {
    let stand = Stand::start().await;
    let answer = stand.say("GET /v1/apps HTTP/1.0\r\n\r\n").await;
    assert!(answer.contains(&format!("host: {API}\n")), "{answer}");
    assert!(answer.contains("GET /v1/apps\n"), "{answer}");
}

#[tokio::test]
async fn absolute_target_is_passed_on_as_a_path() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!(
            "GET https://{API}/v1/apps?limit=1 HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert!(answer.contains("GET /v1/apps?limit=1\n"), "{answer}");
}

#[tokio::test]
async fn large_bodies_arrive_whole_with_and_without_a_length() {
    let stand = Stand::start().await;
    for method in ["POST", "PUT", "DELETE"] {
        let mut request = format!(
            "{method} /v1/x HTTP/1.1\r\nHost: {API}\r\nContent-Length: {LARGE}\r\n\
             Connection: close\r\n\r\n"
        )
        .into_bytes();
        request.extend(pattern(LARGE));
        let answer = say(stand.tls().await, &request).await;
        assert!(answer.contains(&format!("content-length: {LARGE}\n")), "{answer}");
        assert!(answer.contains(&format!("body {LARGE} true\n")), "{answer}");

        let mut request = format!(
            "{method} /v1/x HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: chunked\r\n\
             Connection: close\r\n\r\n"
        )
        .into_bytes();
        for chunk in pattern(LARGE).chunks(100_000) {
            request.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        }
        request.extend(b"0\r\n\r\n");
        let answer = say(stand.tls().await, &request).await;
        assert!(answer.contains(&format!("body {LARGE} true\n")), "{answer}");
    }
}

#[tokio::test]
async fn large_answer_comes_back_whole() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!("GET /large HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"))
        .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {LARGE}")), "{head}");
    assert!(body.as_bytes() == pattern(LARGE), "{} bytes came back", body.len());
}

#[tokio::test]
async fn head_keeps_the_length_and_has_no_body() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!("HEAD /large HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"))
        .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {LARGE}")), "{head}");
    assert_eq!(body, "");
}

#[tokio::test]
async fn bodies_flow_before_they_are_complete() {
    let stand = Stand::start().await;
    let mut stream = stand.tls().await;
    let head =
        format!("POST /stream HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in ["one", "two", "six"] {
        // Nothing more is sent before this piece has come back.
        stream.write_all(format!("3\r\n{piece}\r\n").as_bytes()).await.unwrap();
        if piece == "one" {
            let head = read_head(&mut stream).await;
            assert!(head.contains("transfer-encoding: chunked"), "{head}");
        }
        let mut echoed = [0; 8];
        stream.read_exact(&mut echoed).await.unwrap();
        assert_eq!(echoed, format!("3\r\n{piece}\r\n").as_bytes());
    }
}

#[tokio::test]
async fn expect_continue_is_answered_before_the_body_is_sent() {
    let stand = Stand::start().await;
    let mut stream = stand.tls().await;
    let head = format!(
        "PUT /v1/x HTTP/1.1\r\nHost: {API}\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(read_head(&mut stream).await, "HTTP/1.1 100 Continue\r\n\r\n");
    let answer = say(stream, &pattern(3)).await;
    assert!(answer.contains("body 3 true\n"), "{answer}");
}

#[tokio::test]
async fn connections_are_kept_on_both_sides() {
    let stand = Stand::start().await;
    let mut stream = stand.tls().await;
    for _ in 0..20 {
        let request = format!("HEAD /v1/apps HTTP/1.1\r\nHost: {API}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    }
    assert_eq!(stand.accepted.load(Ordering::SeqCst), 1, "one connection to the server is enough");
}

#[tokio::test]
async fn close_by_the_server_reaches_the_client_with_its_answer() {
    let stand = Stand::start().await;
    let answer = stand.say(&format!("GET /close HTTP/1.1\r\nHost: {API}\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    assert!(answer.ends_with("too much"), "{answer}");
    assert!(answer.contains("user-hour-lim:3500;"), "{answer}");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!(
            "GET /first HTTP/1.1\r\nHost: {API}\r\n\r\n\
             GET /second HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"
        ))
        .await;
    let first = answer.find("GET /first\n").expect("the first is answered");
    let second = answer.find("GET /second\n").expect("the second is answered");
    assert!(first < second, "{answer}");
}

#[tokio::test]
async fn garbage_after_a_request_is_refused_without_a_second_answer() {
    let stand = Stand::start().await;
    let answer = stand
        .say(&format!("GET /first HTTP/1.1\r\nHost: {API}\r\n\r\n\x01\x02 nonsense\r\n\r\n"))
        .await;
    assert!(answer.contains("GET /first\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 1, "{answer}");
    assert!(answer.contains("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
}

#[tokio::test]
async fn head_beyond_the_limit_is_refused() {
    let stand = Stand::start().await;
    let long = "x".repeat(80_000);
    let answer =
        stand.say(&format!("GET / HTTP/1.1\r\nHost: {API}\r\nX-Long: {long}\r\n\r\n")).await;
    assert_eq!(answer.lines().next(), Some("HTTP/1.1 431 Request Header Fields Too Large"));
}

#[tokio::test]
async fn forty_connections_at_once_are_all_served() {
    let stand = std::sync::Arc::new(Stand::start().await);
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..40 {
        let stand = std::sync::Arc::clone(&stand);
        clients.spawn(async move {
            let request =
                format!("GET /{number} HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n");
            stand.say(&request).await.contains(&format!("GET /{number}\n"))
        });
    }
    let served = clients.join_all().await;
    assert!(served.iter().all(|served| *served), "{served:?}");
}

#[tokio::test]
async fn header_names_keep_their_case_both_ways() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stand = Stand::before(server.local_addr().unwrap()).await;
    let serving = tokio::spawn(async move {
        let (mut stream, _) = server.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nX-OWN: 1\r\ncontent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        head
    });
    let request = format!("GET / HTTP/1.1\r\nHOST: {API}\r\nx-Api-KEY: 1\r\n\r\n");
    let mut stream = stand.tls().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let answered = read_head(&mut stream).await;
    assert!(answered.contains("\r\nX-OWN: 1\r\ncontent-Length: 0\r\n"), "{answered}");
    let arrived = serving.await.unwrap();
    assert!(
        arrived.starts_with(&format!("GET / HTTP/1.1\r\nHOST: {API}\r\nx-Api-KEY: 1\r\n")),
        "{arrived}"
    );
}

#[tokio::test]
async fn server_that_is_away_is_explained_with_502() {
    let stand = Stand::start_without_server().await;
    let answer =
        stand.say(&format!("GET / HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{answer}");
    assert!(
        answer.contains(&format!("the Russet server at http://{}", stand.upstream)),
        "{answer}"
    );
    assert!(answer.contains("is it running?"), "{answer}");
}
