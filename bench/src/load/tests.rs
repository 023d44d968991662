//! The generator against the peer: small counts, exact outcomes.

use super::*;
use crate::peer;

const PAGE: &str = "<form><input type=\"hidden\" name=\"token\" value=\"T0KEN\"></form>";

fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Load on a peer that gives the same answer to everything.
fn load(answer: Vec<u8>, connections: usize, count: usize, keep: Keep) -> Outcome {
    let address = peer::start_in_background(answer).unwrap();
    let requests = Arc::new(crate::answers::page_requests(address, &crate::answers::codes()));
    let limit = Limit::Count(count);
    run(Phase { address, connections, threads: 2, limit, keep, alarm: None }, &requests).unwrap()
}

#[test]
fn each_request_is_sent_and_counted_once() {
    for connections in [1, 3, 16] {
        let outcome = load(answer("200 OK", PAGE), connections, 500, Keep::Token);
        assert_eq!((outcome.succeeded(), outcome.failed), (500, 0), "{:?}", outcome.troubles);
        assert!(outcome.unanswered.is_empty());
        let mut numbers: Vec<_> = outcome.kept.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..500).collect::<Vec<_>>());
        assert!(outcome.kept.iter().all(|(_, token)| token == "T0KEN"));
        assert!(outcome.per_second() > 0.0);
    }
}

#[test]
fn an_answer_larger_than_the_buffer_is_read_whole() {
    let long = format!("{}{PAGE}", "x".repeat(100_000));
    let outcome = load(answer("200 OK", &long), 4, 50, Keep::Token);
    assert_eq!(outcome.kept.len(), 50, "{:?}", outcome.troubles);
}

#[test]
fn a_closed_connection_is_opened_again() {
    let outcome = load(answer("200 OK\r\nconnection: close", PAGE), 4, 50, Keep::Token);
    assert_eq!((outcome.succeeded(), outcome.unanswered.len()), (50, 0), "{:?}", outcome.troubles);
}

#[test]
fn only_an_answer_with_a_receipt_is_accepted() {
    let link = "<a href=\"/r/0123456789ABCDEF\">";
    let accepted = |head: &str, body: &str| load(answer(head, body), 2, 20, Keep::Receipt).succeeded();
    assert_eq!(accepted("200 OK", link), 20);
    assert_eq!(accepted("303 See Other\r\nlocation: /r/0123456789ABCDEF", ""), 20);
    assert_eq!(accepted("200 OK", "thanks"), 0);
    assert_eq!(accepted("503 Service Unavailable", link), 0);
    assert_eq!(accepted("400 Bad Request", link), 0);
}

#[test]
fn a_failing_server_is_left_alone_after_enough_failures() {
    let outcome = load(answer("500 Internal Server Error", "oh"), 4, 10_000, Keep::Nothing);
    assert!((ENOUGH_FAILURES..ENOUGH_FAILURES + 4).contains(&outcome.failed), "{}", outcome.failed);
    assert_eq!(outcome.troubles[0], "status 500: oh");
}

#[test]
fn nobody_listening_is_a_failure_of_each_request() {
    let address = "127.0.0.1:1".parse().unwrap();
    let requests = Arc::new(crate::answers::page_requests(address, &crate::answers::codes()));
    let (limit, keep) = (Limit::Count(5), Keep::Nothing);
    let outcome =
        run(Phase { address, connections: 2, threads: 1, limit, keep, alarm: None }, &requests).unwrap();
    assert_eq!((outcome.succeeded(), outcome.unanswered.len()), (0, 5));
}

#[test]
fn the_alarm_rings_once_and_ends_the_phase() {
    let address = peer::start_in_background(answer("200 OK", PAGE)).unwrap();
    let requests = Arc::new(crate::answers::page_requests(address, &crate::answers::codes()));
    let rang = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&rang);
    let act = Box::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let alarm = Some(Alarm { after: 30, act });
    let (limit, keep) = (Limit::Count(100_000), Keep::Nothing);
    let outcome = run(Phase { address, connections: 4, threads: 2, limit, keep, alarm }, &requests).unwrap();
    assert_eq!(rang.load(Ordering::Relaxed), 1);
    assert!((30..100_000).contains(&outcome.succeeded()), "{}", outcome.succeeded());
}
