//! The local CA: what it may sign, how it is kept, when it is replaced.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use rcgen::{CertificateParams, Issuer, KeyPair, SanType};
use russet_proxy::{Authority, AuthorityError, Clock, HOSTS, system_roots, write_trust_bundle};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{Error, crypto::aws_lc_rs};
use x509_parser::extensions::{GeneralName, ParsedExtension};

use crate::stand::{API, roots_in, system_clock};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn nothing_is_touched_before_the_first_use() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("proxy");
    let authority = Authority::in_folder(&inside, system_clock());
    assert!(!inside.exists());
    authority.prepare().unwrap();
    assert!(authority.ca_file().exists());
}

#[test]
fn ca_says_critically_that_it_is_for_apples_api_hosts_alone() {
    let folder = made();
    let pem = fs::read(folder.path().join("ca.pem")).unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(&pem).unwrap();
    let certificate = pem.parse_x509().unwrap();

    let constraints = certificate.name_constraints().unwrap().expect("it is constrained");
    assert!(constraints.critical);
    let permitted = constraints.value.permitted_subtrees.as_ref().unwrap();
    let permitted: Vec<_> = permitted.iter().map(|subtree| &subtree.base).collect();
    assert_eq!(permitted, HOSTS.map(GeneralName::DNSName).iter().collect::<Vec<_>>());
    let excluded = constraints.value.excluded_subtrees.as_ref().unwrap();
    let lengths: Vec<_> = excluded
        .iter()
        .map(|subtree| match subtree.base {
            GeneralName::IPAddress(bytes) => (bytes.len(), bytes.iter().any(|byte| *byte != 0)),
            _ => panic!("only addresses are excluded"),
        })
        .collect();
    assert_eq!(lengths, [(8, false), (32, false)], "all of IPv4, all of IPv6");

    let basic = certificate.basic_constraints().unwrap().unwrap();
    assert!(basic.critical && basic.value.ca);
    assert_eq!(basic.value.path_len_constraint, Some(0));
    let usage = certificate.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.key_cert_sign());
    assert!(!usage.value.digital_signature() && !usage.value.crl_sign());
    let keys = certificate.extensions().iter().filter(|extension| {
        matches!(extension.parsed_extension(), ParsedExtension::SubjectKeyIdentifier(_))
    });
    assert_eq!(keys.count(), 1, "clients find the CA by its key identifier");
    assert_eq!(
        certificate
            .public_key()
            .algorithm
            .parameters
            .as_ref()
            .unwrap()
            .as_oid()
            .unwrap()
            .to_id_string(),
        "1.2.840.10045.3.1.7"
    );
}

#[test]
fn certificate_of_the_same_ca_for_another_name_is_rejected() {
    let folder = made();
    assert_eq!(verdict(folder.path(), &[dns(API)], API), Ok(()));
    for name in
        ["example.com", "apple.com", "appstoreconnect.apple.com", "xapi.appstoreconnect.apple.com"]
    {
        let verdict = verdict(folder.path(), &[dns(name)], name);
        assert!(violates(&verdict), "{name}: {verdict:?}");
    }
    let both = verdict(folder.path(), &[dns(API), dns("example.com")], API);
    assert!(violates(&both), "one name too many: {both:?}");
    let address = SanType::IpAddress("127.0.0.1".parse().unwrap());
    let verdict = verdict(folder.path(), &[address], "127.0.0.1");
    assert!(violates(&verdict), "{verdict:?}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("proxy");
    Authority::in_folder(&inside, system_clock()).prepare().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inside.join("ca.key")), 0o600);
    assert_eq!(mode(&inside), 0o700);
}

#[test]
fn ca_is_used_again_by_the_next_start() {
    let folder = made();
    let first = fs::read(folder.path().join("ca.pem")).unwrap();
    Authority::in_folder(folder.path(), system_clock()).prepare().unwrap();
    assert_eq!(fs::read(folder.path().join("ca.pem")).unwrap(), first);
}

#[test]
fn authorities_that_start_together_agree_on_one_ca() {
    let folder = tempfile::tempdir().unwrap();
    let seen: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    Authority::in_folder(folder.path(), system_clock()).prepare().unwrap();
                    fs::read(folder.path().join("ca.pem")).unwrap()
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(seen.iter().all(|ca| *ca == seen[0]));
}

#[test]
fn ca_is_replaced_once_it_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, time) = movable_clock();
    let authority = Authority::in_folder(folder.path(), clock);
    authority.prepare().unwrap();
    let first = fs::read(authority.ca_file()).unwrap();
    *time.lock() += 700 * DAY;
    authority.prepare().unwrap();
    assert_eq!(fs::read(authority.ca_file()).unwrap(), first, "it lasts for two years");
    *time.lock() += 100 * DAY;
    authority.prepare().unwrap();
    assert_ne!(fs::read(authority.ca_file()).unwrap(), first);
}

#[test]
fn ca_for_other_hosts_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
    fs::write(folder.path().join("ca.key"), key.serialize_pem()).unwrap();
    Authority::in_folder(folder.path(), system_clock()).prepare().unwrap();
    assert_ne!(fs::read_to_string(folder.path().join("ca.pem")).unwrap(), certificate.pem());
}

#[test]
fn damaged_folder_is_refused_with_what_to_do() {
    for (file, content) in [("ca.pem", "nonsense"), ("ca.key", "nonsense")] {
        let folder = made();
        fs::write(folder.path().join(file), content).unwrap();
        let refused = Authority::in_folder(folder.path(), system_clock()).prepare();
        let said = refused.expect_err(file).to_string();
        assert!(said.contains(&folder.path().display().to_string()), "{said}");
        assert!(said.contains(file) && said.contains("remove that folder"), "{said}");
    }
    let (folder, other) = (made(), made());
    fs::copy(other.path().join("ca.key"), folder.path().join("ca.key")).unwrap();
    let refused = Authority::in_folder(folder.path(), system_clock()).prepare();
    assert!(matches!(refused, Err(AuthorityError::Damaged { .. })), "a key of another CA");
}

#[test]
fn bundle_holds_the_roots_and_the_ca_once() {
    let folder = made();
    let authority = Authority::in_folder(folder.path(), system_clock());
    let roots = folder.path().join("roots.pem");
    let other = made();
    fs::copy(other.path().join("ca.pem"), &roots).unwrap();
    let bundle = write_trust_bundle(&authority, Some(&roots)).unwrap();
    assert_eq!(roots_in(&bundle).len(), 2);
    assert_eq!(write_trust_bundle(&authority, Some(&roots)).unwrap(), bundle);
    assert_eq!(roots_in(&bundle).len(), 2, "writing it again adds nothing");
    // Inside `russet exec`, SSL_CERT_FILE is a bundle that holds the CA already.
    let inner = folder.path().join("inner.pem");
    fs::copy(&bundle, &inner).unwrap();
    write_trust_bundle(&authority, Some(&inner)).unwrap();
    assert_eq!(roots_in(&bundle).len(), 2);
}

#[test]
fn bundle_without_system_roots_holds_the_ca_alone() {
    let folder = made();
    let authority = Authority::in_folder(folder.path(), system_clock());
    let bundle = write_trust_bundle(&authority, None).unwrap();
    assert_eq!(fs::read(&bundle).unwrap(), fs::read(authority.ca_file()).unwrap());
}

#[test]
fn roots_that_are_named_win_over_the_systems() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("roots.pem");
    fs::write(&named, "").unwrap();
    let absent = folder.path().join("absent.pem");
    assert_eq!(system_roots(&[absent, named.clone()]), Some(named));
}

fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Authority::in_folder(folder.path(), system_clock()).prepare().unwrap();
    folder
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

/// What rustls says to a certificate for `names`, signed by the CA in `folder`, when `asked` is
/// what the client wanted.
fn verdict(folder: &Path, names: &[SanType], asked: &str) -> Result<(), Error> {
    let ca_key = KeyPair::from_pem(&fs::read_to_string(folder.join("ca.key")).unwrap()).unwrap();
    let ca_pem = fs::read_to_string(folder.join("ca.pem")).unwrap();
    let issuer = Issuer::from_ca_cert_pem(&ca_pem, ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.subject_alt_names = names.to_vec();
    let leaf: CertificateDer<'_> = params.signed_by(&key, &issuer).unwrap().der().clone();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let roots = Arc::new(roots_in(&folder.join("ca.pem")));
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build().unwrap();
    let asked = ServerName::try_from(asked.to_owned()).unwrap();
    let now = (system_clock())().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = UnixTime::since_unix_epoch(now);
    verifier.verify_server_cert(&leaf, &[], &asked, &[], now).map(drop)
}

fn violates(verdict: &Result<(), Error>) -> bool {
    verdict.as_ref().is_err_and(|error| format!("{error:?}").contains("NameConstraintViolation"))
}

fn movable_clock() -> (Clock, Arc<Mutex<SystemTime>>) {
    let time = Arc::new(Mutex::new(SystemTime::UNIX_EPOCH + 20_000 * DAY));
    let read = Arc::clone(&time);
    (Arc::new(move || *read.lock()), time)
}
