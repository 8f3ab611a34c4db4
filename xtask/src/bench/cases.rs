//! What is measured: the requests of the table of targets, each against the bare server that does the
//! same with no product around it.
//!
//! Start at [`all`]. A bare server sends the very bytes that Russet answered, so a ratio says what
//! Russet costs. Rounds alternate between the two, and a row is the median round of each.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Options;
use super::child::{Server, admin_key, seed};
use super::jwt::Signer;
use super::load::{self, Measured, Request, Until, fetch};
use super::mocks::{self, Mock};
use super::report::{Row, Target};

/// Connections of the reads, and of the durable creates.
const READERS: usize = 32;
const WRITERS: usize = 64;

/// First uses of a JWT in one round.
const FIRST_USES: usize = 20_000;

/// Apps in the measured list.
const APPS: usize = 50;

const LIST_FULL: &str = "/v1/apps?limit=50";
const LIST_SPARSE: &str = "/v1/apps?limit=50&fields[apps]=name,bundleId,sku";
const ONE_FIELDS: &str = "fields[apps]=name,bundleId,sku,primaryLocale,builds,betaGroups,appInfos";

/// Measures every row that is asked for.
///
/// # Errors
/// When a server fails.
pub fn all(options: &Options, scratch: &Path) -> Result<Vec<Row>> {
    let mut bench = Bench { options, scratch: scratch.to_owned(), rows: Vec::new() };
    bench.start_up()?;
    bench.reads()?;
    bench.creates()?;
    bench.pages()?;
    Ok(bench.rows)
}

struct Bench<'a> {
    options: &'a Options,
    scratch: PathBuf,
    rows: Vec<Row>,
}

impl Bench<'_> {
    /// Time from the start of the process to `ready`, and memory at rest.
    fn start_up(&mut self) -> Result<()> {
        let (fresh, existing, idle) = (
            "start to ready, fresh demo",
            "start to ready, existing data",
            "resident memory, idle",
        );
        if ![fresh, existing, idle].iter().any(|name| self.options.wants(name)) {
            return Ok(());
        }
        println!("start to ready");
        let (mut first, mut again, mut resident) = (Vec::new(), Vec::new(), 0.0);
        for round in 0..self.options.rounds() * 2 {
            let data = self.scratch.join(format!("start-{round}"));
            first.push(Server::russet(&data)?.ready_after);
            let server = Server::russet(&data)?;
            again.push(server.ready_after);
            resident = server.resident_megabytes()?;
        }
        let milliseconds =
            |times: Vec<Duration>| median(times.iter().map(|time| time.as_secs_f64() * 1e3));
        self.figure(fresh, milliseconds(first), " ms", Target::AtMost(500.0));
        self.figure(existing, milliseconds(again), " ms", Target::AtMost(60.0));
        self.figure(idle, resident, " MB", Target::AtMost(25.0));
        Ok(())
    }

    /// Reads with a seen JWT, then with JWTs that are used for the first time.
    fn reads(&mut self) -> Result<()> {
        let data = self.scratch.join("reads");
        drop(Server::russet(&data)?);
        seed(&data, APPS, 0)?;
        let russet = Server::russet(&data)?;
        let signer = admin_key(&data)?;
        let jwt = signer.sign()?;

        self.against_same_bytes("list of 50 apps, all members", &russet, &jwt, LIST_FULL, 0.5)?;
        self.against_same_bytes("list of 50 apps, sparse", &russet, &jwt, LIST_SPARSE, 0.6)?;
        self.read_anew("list of 50 apps, sparse, read anew each time", &russet, &jwt)?;
        let listed = fetch(russet.address, 200, &get(LIST_SPARSE, &jwt))?;
        let listed: serde_json::Value = serde_json::from_slice(&listed)?;
        let id = listed["data"][0]["id"].as_str().context("no app is listed")?;
        let one = format!("/v1/apps/{id}?{ONE_FIELDS}");
        self.against_same_bytes("one app by id", &russet, &jwt, &one, 0.8)?;
        self.first_uses(&russet, &signer, &one)?;
        self.mocks(&russet, &jwt)?;

        let loaded = "resident memory, after load";
        if self.options.wants(loaded) {
            self.figure(loaded, russet.resident_megabytes()?, " MB", Target::AtMost(64.0));
        }
        Ok(())
    }

    fn against_same_bytes(
        &mut self,
        name: &str,
        russet: &Server,
        jwt: &str,
        path: &str,
        least: f64,
    ) -> Result<()> {
        if !self.options.wants(name) {
            return Ok(());
        }
        let body = fetch(russet.address, 200, &get(path, jwt))?;
        let name = format!("{name} ({:.1} kB)", kilobytes(&body));
        println!("{name}");
        let bare = Server::bare(["bytes", &self.keep(&body)?])?;
        let request = fixed(get(path, jwt));
        let until = Until::Elapsed(self.options.duration());
        let (ours, theirs) = self.in_turn(
            || load::run(russet.address, READERS, until, 200, Rc::clone(&request)),
            || load::run(bare.address, READERS, until, 200, Rc::clone(&request)),
        )?;
        if path == LIST_SPARSE {
            let tail = format!("p99 of {name}");
            let value = ours.p99_micros / theirs.p99_micros;
            self.rows.push(Row {
                name: tail,
                value,
                unit: "",
                target: Target::AtMost(2.0),
                russet: None,
                reference: None,
            });
        }
        self.ratio(name, ours, theirs, Target::AtLeast(least));
        Ok(())
    }

    /// The same list under ever new host names, so that no answer is sent from memory.
    fn read_anew(&mut self, name: &str, russet: &Server, jwt: &str) -> Result<()> {
        if !self.options.wants(name) {
            return Ok(());
        }
        println!("{name}");
        let body = fetch(russet.address, 200, &get(LIST_SPARSE, jwt))?;
        let bare = Server::bare(["bytes", &self.keep(&body)?])?;
        let until = Until::Elapsed(self.options.duration());
        let hosts = Hosts::default();
        let (ours, theirs) = self.in_turn(
            || load::run(russet.address, READERS, until, 200, hosts.request(LIST_SPARSE, jwt)),
            || load::run(bare.address, READERS, until, 200, hosts.request(LIST_SPARSE, jwt)),
        )?;
        self.ratio(name.to_owned(), ours, theirs, Target::None);
        Ok(())
    }

    /// Each JWT once, signed before the clock starts.
    fn first_uses(&mut self, russet: &Server, signer: &Signer, path: &str) -> Result<()> {
        let name = "one app by id, first use of each JWT";
        if !self.options.wants(name) {
            return Ok(());
        }
        println!("{name}");
        let body = fetch(russet.address, 200, &get(path, &signer.sign()?))?;
        let bare = Server::bare(["verified", &self.keep(&body)?, &signer.public_key()])?;
        let count = if self.options.quick { FIRST_USES / 10 } else { FIRST_USES };
        let fresh = || -> Result<Rc<Request>> {
            let requests =
                (0..count).map(|_| Ok(get(path, &signer.sign()?))).collect::<Result<Vec<_>>>()?;
            Ok(Rc::new(move |number, buffer: &mut Vec<u8>| {
                buffer.extend_from_slice(&requests[number]);
            }))
        };
        let until = Until::Sent(count);
        let (ours, theirs) = self.in_turn(
            || load::run(russet.address, READERS, until, 200, fresh()?),
            || load::run(bare.address, READERS, until, 200, fresh()?),
        )?;
        self.ratio(name.to_owned(), ours, theirs, Target::AtLeast(0.9));
        Ok(())
    }

    fn mocks(&mut self, russet: &Server, jwt: &str) -> Result<()> {
        let Some(document) = &self.options.document else { return Ok(()) };
        let request = fixed(get(LIST_SPARSE, jwt));
        let until = Until::Elapsed(self.options.duration());
        for (name, package, command, least) in mocks::ALL {
            let name = format!("list of 50 apps, sparse, against {name}");
            println!("{name}");
            let mock = Mock::start(package, command, document, &self.scratch.join(command))?;
            let (ours, theirs) = self.in_turn(
                || load::run(russet.address, READERS, until, 200, Rc::clone(&request)),
                || load::run(mock.address, READERS, until, 200, Rc::clone(&request)),
            )?;
            self.ratio(name, ours, theirs, Target::AtLeast(least));
        }
        Ok(())
    }

    /// Creates that are on disk before they are answered.
    fn creates(&mut self) -> Result<()> {
        let name = "durable creates at 64 connections";
        if !self.options.wants(name) {
            return Ok(());
        }
        println!("{name}");
        let data = self.scratch.join("creates");
        let russet = Server::russet(&data)?;
        let jwt = admin_key(&data)?.sign()?;
        let database = self.scratch.join("creates.sqlite").display().to_string();
        let bare = Server::bare(["insert", &database])?;
        let until = Until::Elapsed(self.options.duration());
        let round = std::cell::Cell::new(0);
        let request = || -> Rc<Request> {
            round.set(round.get() + 1);
            let (round, jwt) = (round.get(), jwt.clone());
            Rc::new(move |number, buffer: &mut Vec<u8>| create(buffer, &jwt, round, number))
        };
        let (ours, theirs) = self.in_turn(
            || load::run(russet.address, WRITERS, until, 201, request()),
            || load::run(bare.address, WRITERS, until, 201, request()),
        )?;
        self.ratio(name.to_owned(), ours, theirs, Target::AtLeast(0.5));
        Ok(())
    }

    /// The same pages on a short list and on a long one, each read anew: an answer from memory would
    /// say nothing of the list.
    fn pages(&mut self) -> Result<()> {
        let pages = [
            ("first page", "/v1/bundleIds?limit=50&fields[bundleIds]=name"),
            ("first page, sorted", "/v1/bundleIds?limit=50&sort=-name&fields[bundleIds]=name"),
            ("filtered page", "/v1/bundleIds?limit=50&filter[platform]=IOS&fields[bundleIds]=name"),
            ("page by cursor", "/v1/bundleIds?limit=50&sort=name&fields[bundleIds]=name"),
        ];
        let many = self.options.records();
        let named = |page: &str| format!("{page} at {many} records against 1000");
        if !pages.iter().any(|(page, _)| self.options.wants(&named(page))) {
            return Ok(());
        }
        println!("writing {many} records");
        let short = self.seeded("short", 1_000)?;
        let long = self.seeded("long", many)?;
        for (page, path) in pages {
            let name = named(page);
            if !self.options.wants(&name) {
                continue;
            }
            println!("{name}");
            let until = Until::Elapsed(self.options.duration());
            let hosts = Hosts::default();
            let round = |(server, jwt): &(Server, String)| {
                let path = if page == "page by cursor" {
                    next(server.address, path, jwt)?
                } else {
                    path.to_owned()
                };
                load::run(server.address, READERS, until, 200, hosts.request(&path, jwt))
            };
            let (ours, theirs) = self.in_turn(|| round(&long), || round(&short))?;
            let value = theirs.per_second / ours.per_second;
            let target = Target::AtMost(1.2);
            self.rows.push(Row {
                name,
                value,
                unit: "",
                target,
                russet: Some(ours),
                reference: Some(theirs),
            });
        }
        Ok(())
    }

    fn seeded(&self, name: &str, records: usize) -> Result<(Server, String)> {
        let data = self.scratch.join(name);
        drop(Server::russet(&data)?);
        seed(&data, 0, records)?;
        let jwt = admin_key(&data)?.sign()?;
        Ok((Server::russet(&data)?, jwt))
    }

    /// Runs both sides in turn for all rounds and returns the median round of each.
    fn in_turn(
        &self,
        mut ours: impl FnMut() -> Result<Measured>,
        mut theirs: impl FnMut() -> Result<Measured>,
    ) -> Result<(Measured, Measured)> {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for _ in 0..self.options.rounds() {
            right.push(theirs()?);
            left.push(ours()?);
        }
        Ok((median_round(left), median_round(right)))
    }

    fn ratio(&mut self, name: String, russet: Measured, reference: Measured, target: Target) {
        let value = russet.per_second / reference.per_second;
        self.rows.push(Row {
            name,
            value,
            unit: "",
            target,
            russet: Some(russet),
            reference: Some(reference),
        });
    }

    fn figure(&mut self, name: &str, value: f64, unit: &'static str, target: Target) {
        self.rows.push(Row {
            name: name.to_owned(),
            value,
            unit,
            target,
            russet: None,
            reference: None,
        });
    }

    /// Writes a body to a file for a bare server and returns its path.
    fn keep(&self, body: &[u8]) -> Result<String> {
        let file = self.scratch.join("body.json");
        std::fs::write(&file, body)?;
        Ok(file.display().to_string())
    }
}

/// Host names that were never used before: Russet's links name the host, so each asks for another
/// document.
#[derive(Default)]
struct Hosts(std::cell::Cell<usize>);

impl Hosts {
    /// Returns a request under a new name each time.
    fn request(&self, path: &str, jwt: &str) -> Rc<Request> {
        self.0.set(self.0.get() + 1);
        let (round, path, jwt) = (self.0.get(), path.to_owned(), jwt.to_owned());
        Rc::new(move |number, buffer: &mut Vec<u8>| {
            buffer.extend_from_slice(&get_at(&format!("h{round}-{number}.localhost"), &path, &jwt));
        })
    }
}

fn get(path: &str, jwt: &str) -> Vec<u8> {
    get_at("localhost", path, jwt)
}

fn get_at(host: &str, path: &str, jwt: &str) -> Vec<u8> {
    let path = path.replace('[', "%5B").replace(']', "%5D");
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
         Authorization: Bearer {jwt}\r\n\r\n"
    )
    .into_bytes()
}

fn create(buffer: &mut Vec<u8>, jwt: &str, round: usize, number: usize) {
    let body = format!(
        r#"{{"data":{{"type":"bundleIds","attributes":{{"identifier":"com.example.r{round}.n{number}","name":"Bench {round} {number}","platform":"IOS"}}}}}}"#
    );
    let head = format!(
        "POST /v1/bundleIds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {jwt}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    buffer.extend_from_slice(head.as_bytes());
    buffer.extend_from_slice(body.as_bytes());
}

fn fixed(request: Vec<u8>) -> Rc<Request> {
    Rc::new(move |_, buffer: &mut Vec<u8>| buffer.extend_from_slice(&request))
}

/// Returns the path of the page after the one at `path`.
fn next(address: SocketAddr, path: &str, jwt: &str) -> Result<String> {
    let page: serde_json::Value = serde_json::from_slice(&fetch(address, 200, &get(path, jwt))?)?;
    let link = page["links"]["next"].as_str().context("there is no next page")?;
    let at = link.find("/v1/").context("the next page is not of this API")?;
    ensure!(link.contains("cursor"), "the next page has no cursor: {link}");
    Ok(link[at..].to_owned())
}

fn median_round(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
    rounds[rounds.len() / 2]
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "bodies stay far below 2^52 bytes")]
fn kilobytes(body: &[u8]) -> f64 {
    body.len() as f64 / 1e3
}
