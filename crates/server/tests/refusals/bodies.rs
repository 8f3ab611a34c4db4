//! Bodies that are not JSON, not of the right shape, not of the right type, or too much.

use crate::table::At::{Nowhere, Pointer};
use crate::table::Known::{Documented, Ours};
use crate::table::{Known, Row, hold};

const TARGET: &str = "/v1/bundleIds";

#[tokio::test]
async fn text_that_is_not_json() {
    let not_json = |body: &[u8], why: &str| {
        let detail = format!("The request body is not valid JSON: {why}");
        Row::send(Documented, "POST", TARGET, body).is(400, "ENTITY_INVALID", detail, Nowhere)
    };
    let empty = |body: &str| {
        let detail = "The request body is empty; it must be a JSON document";
        Row::send(Documented, "POST", TARGET, body).is(400, "ENTITY_INVALID", detail, Nowhere)
    };
    let deep = format!("{{\"data\":{}", "[".repeat(100_000));
    let deep_objects = "{\"data\":".repeat(200);
    hold(vec![
        empty(""),
        empty(" \r\n\t"),
        not_json(b"{", "EOF while parsing an object at line 1 column 1"),
        not_json(b"nope", "expected ident at line 1 column 2"),
        not_json(b"{'data':{}}", "key must be a string at line 1 column 2"),
        not_json(b"{\"data\":{},}", "trailing comma at line 1 column 12"),
        not_json(b"{\"data\":{}} x", "trailing characters at line 1 column 13"),
        not_json(b"{\"data\":{}}{}", "trailing characters at line 1 column 12"),
        not_json(b"\xEF\xBB\xBF{\"data\":{}}", "expected value at line 1 column 1"),
        not_json(b"{\"data\":\"\xFF\"}", "invalid unicode code point at line 1 column 10"),
        not_json(b"{\"data\":\"\\ud800\"}", "unexpected end of hex escape at line 1 column 16"),
        not_json(
            b"{\"data\":\"\\udc00\"}",
            "lone leading surrogate in hex escape at line 1 column 15",
        ),
        not_json(
            b"{\"data\":\"\x01\"}",
            "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 10",
        ),
        not_json(b"{\"data\":1e400}", "number out of range at line 1 column 13"),
        not_json(b"{\"data\":NaN}", "expected value at line 1 column 9"),
        not_json(b"{\"data\":01}", "invalid number at line 1 column 10"),
        not_json(deep.as_bytes(), "recursion limit exceeded at line 1 column 135"),
        not_json(deep_objects.as_bytes(), "recursion limit exceeded at line 1 column 1017"),
    ])
    .await;
}

#[tokio::test]
async fn json_of_another_shape() {
    let shape = |body: &str, detail: &str, at: Option<&'static str>| {
        let at = at.map_or(Nowhere, Pointer);
        Row::send(Documented, "POST", TARGET, body).is(422, "ENTITY_UNPROCESSABLE", detail, at)
    };
    let document = "The request document must be an object";
    let data = "The member 'data' must be an object";
    hold(vec![
        shape("[]", document, None),
        shape("null", document, None),
        shape("\"data\"", document, None),
        shape("12345678901234567890123456789012345678901234567890", document, None),
        shape("{}", "The document must have a member 'data'", Some("/data")),
        shape("{\"data\":null}", data, Some("/data")),
        shape("{\"data\":[]}", data, Some("/data")),
        shape("{\"data\":\"x\"}", data, Some("/data")),
        shape("{\"data\":{},\"date\":{}}", "Unexpected member 'date'", Some("/date")),
        shape("{\"data\":{}}", "The member 'type' must be a string", Some("/data/type")),
        shape("{\"data\":{\"type\":1}}", "The member 'type' must be a string", Some("/data/type")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"id\":7}}", "The member 'id' must be a string", Some("/data/id")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"atributes\":{}}}", "Unexpected member 'atributes'", Some("/data/atributes")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"attributes\":[]}}", "The member 'attributes' must be an object", Some("/data/attributes")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"relationships\":[]}}", "The member 'relationships' must be an object", Some("/data/relationships")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"relationships\":{\"app\":[]}}}", "A relationship must be an object", Some("/data/relationships/app")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"relationships\":{\"app\":{\"data\":\"1\"}}}}", "A linkage must be an object, a list or null", Some("/data/relationships/app")),
        shape("{\"data\":{\"type\":\"bundleIds\",\"relationships\":{\"app\":{\"data\":{\"id\":\"1\"}}}}}", "A resource identifier must have the strings 'type' and 'id'", Some("/data/relationships/app")),
        shape("{\"data\":{\"type\":\"bundleIds\"},\"included\":{}}", "The member 'included' must be a list", Some("/included")),
        shape("{\"data\":{\"type\":\"bundleIds\"},\"included\":[1]}", "An included resource must be an object", Some("/included/0")),
        shape("{\"data\":{\"type\":\"bundleIds\"},\"included\":[{}]}", "The member 'type' must be a string", Some("/included/0/type")),
    ])
    .await;
}

/// As most parsers do, the last of equal names counts: our choice, no reply is recorded.
#[tokio::test]
async fn last_of_members_given_twice_counts() {
    let kind = "'devices' is not the expected resource type 'bundleIds'";
    let good = r#""attributes":{"name":"N","identifier":"a.b","platform":"IOS"}"#;
    let wrong = |body: String| {
        Row::send(Ours, "POST", TARGET, body).is(
            409,
            "ENTITY_ERROR.TYPE.INVALID",
            kind,
            Pointer("/data/type"),
        )
    };
    hold(vec![
        wrong(format!(r#"{{"data":{{"type":"bundleIds"}},"data":{{"type":"devices",{good}}}}}"#)),
        wrong(format!(r#"{{"data":{{"type":"bundleIds",{good},"type":"devices"}}}}"#)),
    ])
    .await;
}

#[tokio::test]
async fn content_types_that_are_not_json() {
    let body = r#"{"data":{"type":"bundleIds","attributes":{"name":"N","identifier":"a.b","platform":"IOS"}}}"#;
    let refused = |known: Known, kind: Option<&str>| {
        let headers = kind.map(|kind| ("content-type", kind.to_owned())).into_iter().collect();
        let detail = format!(
            "The content type '{}' is not supported. Use 'application/json'",
            kind.unwrap_or_default()
        );
        Row::new(known, "POST", TARGET.to_owned(), headers, body.as_bytes().to_vec()).is(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            detail,
            Nowhere,
        )
    };
    hold(vec![
        refused(Documented, Some("text/plain")),
        refused(Documented, Some("application/x-www-form-urlencoded")),
        refused(Documented, Some("application/xml")),
        refused(Ours, Some("application/jsonp")),
        refused(Ours, Some("application")),
        refused(Ours, Some("")),
        refused(Ours, None),
    ])
    .await;
}

#[tokio::test]
async fn bodies_beyond_the_limit() {
    let detail = "The request body is larger than 4194304 bytes";
    let big = format!("{{\"data\":\"{}\"}}", "x".repeat(4 * 1024 * 1024));
    hold(vec![
        Row::send(Ours, "POST", TARGET, &big).is(413, "PAYLOAD_TOO_LARGE", detail, Nowhere),
        Row::send(Ours, "POST", TARGET, "{}").with("content-length", "9999999999").is(
            413,
            "PAYLOAD_TOO_LARGE",
            detail,
            Nowhere,
        ),
    ])
    .await;
}
