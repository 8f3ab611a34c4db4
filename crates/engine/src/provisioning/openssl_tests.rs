//! Holds the material against the `openssl` command, which release tools use too, so that no
//! code of ours judges itself.
//!
//! If you are here because `openssl` is missing: install it (`apt-get install openssl`); these
//! tests do not pass without it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use jiff::Timestamp;
use plist::{Dictionary, Value};
use tempfile::TempDir;

use super::*;

const TEAM: TeamName<'static> = TeamName { id: "A1B2C3D4E5", name: "Acme Rockets LLC" };
const NOW: &str = "2026-03-01T10:20:30Z";

/// A folder with the files that a test hands to `openssl`.
struct Bench {
    folder: TempDir,
    authority: &'static TeamAuthority,
}

impl Bench {
    fn new() -> Self {
        static AUTHORITY: OnceLock<TeamAuthority> = OnceLock::new();
        let authority = AUTHORITY.get_or_init(|| TeamAuthority::generate().expect("draws"));
        let bench = Bench { folder: TempDir::new().expect("makes a folder"), authority };
        bench.write("root.pem", authority.root_pem().expect("signs").as_bytes());
        bench.write("issuers.pem", authority.issuers_pem().expect("signs").as_bytes());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("writes");
    }

    fn try_run(&self, arguments: &str) -> Output {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .expect("the openssl command is installed (apt-get install openssl)")
    }

    fn run(&self, arguments: &str) -> String {
        let output = self.try_run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}\n{errors}");
        String::from_utf8(output.stdout).expect("is text")
    }

    /// Has `openssl` make a key and a request for it; returns the request.
    fn request(&self, key: &str, digest: &str) -> String {
        self.run(&format!(
            "req -new -newkey {key} -nodes -keyout key.pem -out request.pem -subj /CN=someone {digest}"
        ));
        fs::read_to_string(self.path("request.pem")).expect("reads")
    }

    fn csr(&self, kind: KeyKind) -> Csr {
        let key = match kind {
            KeyKind::Rsa2048 => "rsa:2048",
            KeyKind::EcP256 => "ec -pkeyopt ec_paramgen_curve:P-256",
        };
        parse_csr(&self.request(key, "-sha256")).expect("is acceptable")
    }

    fn issue(&self, csr: &Csr, certificate_type: CertificateType) -> Issued {
        let order = CertificateOrder {
            certificate_type,
            team: TEAM,
            person: Person { name: "Created via API", id: "9XJ68BWQJB" },
            identifier: Some("merchant.com.acme.rocket"),
            serial: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
            now: now(),
        };
        issue(self.authority, csr, &order).expect("issues")
    }

    fn profile(&self, profile_type: ProfileType) -> Vec<u8> {
        let order = ProfileOrder {
            name: "Rocket <& profile",
            profile_type,
            uuid: "5a6f1c0e-7b1d-4c52-9d58-2f6ad0f6f001",
            team: TEAM,
            app_id_name: "Rocket",
            identifier: "com.acme.rocket",
            prefix: "A1B2C3D4E5",
            capabilities: &[
                Capability { kind: "PUSH_NOTIFICATIONS", option: None },
                Capability { kind: "DATA_PROTECTION", option: Some("PROTECTED_UNLESS_OPEN") },
            ],
            certificates: &[vec![0x30, 0x03, 0x02, 0x01, 0x07]],
            devices: &["00008030-001C2D8E3A88802E"],
            created: now(),
            expires: profile_expiry(profile_type, now(), &[]).expect("is a date"),
        };
        render_profile(self.authority, &order).expect("signs")
    }

    /// Verifies a profile up to the root and returns what it holds.
    fn open_profile(&self, profile: &[u8]) -> Dictionary {
        self.write("profile", profile);
        let at = now().as_second() + 60;
        self.run(&format!(
            "cms -verify -inform der -in profile -CAfile root.pem -purpose any -attime {at} -out list.plist"
        ));
        Value::from_file(self.path("list.plist"))
            .expect("is a property list")
            .into_dictionary()
            .expect("is a dictionary")
    }
}

fn now() -> Timestamp {
    NOW.parse().expect("parses")
}

fn strings(list: &Dictionary, key: &str) -> Vec<String> {
    let list = list.get(key).and_then(Value::as_array).expect("is an array");
    list.iter().map(|item| item.as_string().expect("is a string").to_owned()).collect()
}

#[test]
fn requests_of_every_digest_are_read() {
    let bench = Bench::new();
    for digest in ["-sha1", "-sha256", "-sha384", "-sha512"] {
        let csr = parse_csr(&bench.request("rsa:2048", digest));
        assert_eq!(csr.map(|csr| csr.key_kind()), Ok(KeyKind::Rsa2048), "{digest}");
    }
    assert_eq!(
        parse_csr(&bench.request("rsa:2048", "-sigopt rsa_padding_mode:pss")),
        Err(CsrProblem::Algorithm)
    );
    assert_eq!(parse_csr(&bench.request("rsa:1024", "-sha256")), Err(CsrProblem::Key));
    assert_eq!(parse_csr(&bench.request("ed25519", "")), Err(CsrProblem::Key));
}

#[test]
fn every_certificate_is_on_the_requested_key_and_verifies_up_to_the_root() {
    let bench = Bench::new();
    for kind in [KeyKind::Rsa2048, KeyKind::EcP256] {
        let csr = bench.csr(kind);
        let key = bench.run("req -in request.pem -noout -pubkey");
        for certificate_type in CertificateType::ALL {
            if certificate_type.key_kind() != kind {
                continue;
            }
            let name = certificate_type.as_str();
            let issued = bench.issue(&csr, certificate_type);
            bench.write("leaf.der", &issued.der);
            bench.run("x509 -inform der -in leaf.der -out leaf.pem");
            assert_eq!(bench.run("x509 -in leaf.pem -noout -pubkey"), key, "{name}");
            // The markers are critical and Apple's own, so openssl has to be told to bear them.
            bench.run(&format!(
                "verify -ignore_critical -attime {} -CAfile root.pem -untrusted issuers.pem leaf.pem",
                issued.expires.as_second() - 60
            ));
            let text = bench.run("x509 -in leaf.pem -noout -text");
            for marker in certificate_type.row().markers {
                let line = format!("1.2.840.113635.100.6.1.{marker}: critical");
                assert!(text.contains(&line), "{name} lacks {line}\n{text}");
            }
            let serial = bench.run("x509 -in leaf.pem -noout -serial");
            assert_eq!(serial.trim(), format!("serial={}", issued.serial_number));
        }
    }
}

#[test]
fn development_certificate_reads_as_recorded_ones_do() {
    let bench = Bench::new();
    let issued = bench.issue(&bench.csr(KeyKind::Rsa2048), CertificateType::IosDevelopment);
    bench.write("leaf.der", &issued.der);
    let names = bench.run("x509 -inform der -in leaf.der -noout -subject -issuer -dates");
    assert_eq!(
        names,
        "subject=UID = 9XJ68BWQJB, CN = iPhone Developer: Created via API (9XJ68BWQJB), \
         OU = A1B2C3D4E5, O = Acme Rockets LLC, C = US\n\
         issuer=CN = Apple Worldwide Developer Relations Certification Authority, OU = G3, \
         O = Apple Inc., C = US\n\
         notBefore=Mar  1 10:20:30 2026 GMT\n\
         notAfter=Mar  1 10:20:29 2027 GMT\n"
    );
    let text = bench.run("x509 -inform der -in leaf.der -noout -text");
    for line in [
        "Signature Algorithm: sha256WithRSAEncryption",
        "X509v3 Basic Constraints: critical\n                CA:FALSE",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "X509v3 Extended Key Usage: critical\n                Code Signing\n",
        "Policy: 1.2.840.113635.100.5.1",
    ] {
        assert!(text.contains(line), "lacks {line}\n{text}");
    }
    assert_eq!(issued.name, "iOS Development: Created via API");
    assert_eq!(issued.display_name, "Created via API");
    assert_eq!(issued.serial_number, "4123456789ABCDEF0123456789ABCDEF");
    assert_eq!(issued.platform, Some("IOS"));
    assert_eq!(issued.expires.to_string(), "2027-03-01T10:20:29Z");
}

#[test]
fn distribution_certificate_stands_for_the_team_and_developer_id_lasts_five_years() {
    let bench = Bench::new();
    let csr = bench.csr(KeyKind::Rsa2048);
    let issued = bench.issue(&csr, CertificateType::Distribution);
    bench.write("leaf.der", &issued.der);
    let subject = bench.run("x509 -inform der -in leaf.der -noout -subject");
    assert!(
        subject.contains("CN = Apple Distribution: Acme Rockets LLC (A1B2C3D4E5)"),
        "{subject}"
    );
    assert_eq!(
        (issued.name.as_str(), issued.platform),
        ("Apple Distribution: Acme Rockets LLC", None)
    );
    let issued = bench.issue(&csr, CertificateType::DeveloperIdApplication);
    assert_eq!(issued.expires.to_string(), "2031-03-01T10:20:29Z");
}

#[test]
fn same_order_gives_the_same_bytes() {
    let bench = Bench::new();
    let csr = bench.csr(KeyKind::Rsa2048);
    let kind = CertificateType::Development;
    assert_eq!(bench.issue(&csr, kind), bench.issue(&csr, kind));
    let kind = ProfileType::IosAppStore;
    assert_eq!(bench.profile(kind), bench.profile(kind));
}

#[test]
fn request_with_the_wrong_kind_of_key_or_no_identifier_is_refused() {
    let bench = Bench::new();
    let order = CertificateOrder {
        certificate_type: CertificateType::ApplePay,
        team: TEAM,
        person: Person { name: "Jane Doe", id: "9XJ68BWQJB" },
        identifier: None,
        serial: 1,
        now: now(),
    };
    let refused = issue(bench.authority, &bench.csr(KeyKind::Rsa2048), &order);
    assert!(matches!(refused, Err(CertificateProblem::Key { needed: KeyKind::EcP256 })));
    let refused = issue(bench.authority, &bench.csr(KeyKind::EcP256), &order);
    assert!(matches!(refused, Err(CertificateProblem::Identifier)));
}

#[test]
fn every_profile_verifies_and_holds_what_its_type_says() {
    let bench = Bench::new();
    for kind in ProfileType::ALL {
        let name = kind.as_str();
        let list = bench.open_profile(&bench.profile(kind));
        let has = |key: &str| list.contains_key(key);
        assert_eq!(has("ProvisionedDevices"), kind.devices() == DeviceRule::Required, "{name}");
        let everywhere = name.ends_with("INHOUSE") || name.ends_with("DIRECT");
        assert_eq!(has("ProvisionsAllDevices"), everywhere, "{name}");
        let rights = list["Entitlements"].as_dictionary().expect("is a dictionary");
        assert_eq!(rights.contains_key("beta-reports-active"), name.ends_with("STORE"), "{name}");
        let debuggable = rights.get("get-task-allow").and_then(Value::as_boolean);
        let expected = (!name.starts_with("MAC_")).then(|| name.ends_with("DEVELOPMENT"));
        assert_eq!(debuggable, expected, "{name}");
    }
}

#[test]
fn development_profile_holds_the_recorded_keys() {
    let bench = Bench::new();
    let list = bench.open_profile(&bench.profile(ProfileType::IosAppDevelopment));
    assert_eq!(
        list.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "AppIDName",
            "ApplicationIdentifierPrefix",
            "CreationDate",
            "Platform",
            "IsXcodeManaged",
            "DeveloperCertificates",
            "Entitlements",
            "ExpirationDate",
            "Name",
            "ProvisionedDevices",
            "TeamIdentifier",
            "TeamName",
            "TimeToLive",
            "UUID",
            "Version",
        ]
    );
    let text = |key: &str| list[key].as_string().expect("is a string");
    assert_eq!(text("Name"), "Rocket <& profile");
    assert_eq!(text("UUID"), "5a6f1c0e-7b1d-4c52-9d58-2f6ad0f6f001");
    assert_eq!(strings(&list, "Platform"), ["iOS", "xrOS", "visionOS"]);
    assert_eq!(strings(&list, "ProvisionedDevices"), ["00008030-001C2D8E3A88802E"]);
    assert_eq!(list["TimeToLive"].as_signed_integer(), Some(365));
    assert_eq!(list["CreationDate"].as_date().expect("is a date").to_xml_format(), NOW);
    let certificates = list["DeveloperCertificates"].as_array().expect("is an array");
    assert_eq!(certificates[0].as_data(), Some(&[0x30, 0x03, 0x02, 0x01, 0x07][..]));
    let rights = list["Entitlements"].as_dictionary().expect("is a dictionary");
    let right = |key: &str| rights[key].as_string().expect("is a string");
    assert_eq!(right("application-identifier"), "A1B2C3D4E5.com.acme.rocket");
    assert_eq!(right("aps-environment"), "development");
    assert_eq!(
        right("com.apple.developer.default-data-protection"),
        "NSFileProtectionCompleteUnlessOpen"
    );
    assert_eq!(strings(rights, "keychain-access-groups"), ["A1B2C3D4E5.*", "com.apple.token"]);
}

#[test]
fn the_way_fastlane_opens_profiles_works_and_a_broken_one_is_noticed() {
    let bench = Bench::new();
    let profile = bench.profile(ProfileType::IosAppStore);
    let open = "smime -verify -noverify -inform der -in profile";
    bench.write("profile", &profile);
    assert!(bench.run(open).contains("<key>UUID</key>"));
    let marker = b"Acme Rockets";
    let at = profile.windows(marker.len()).position(|part| part == marker).expect("is inside");
    for (what, position) in [("content", at), ("signature", profile.len() - 9)] {
        let mut broken = profile.clone();
        broken[position] ^= 0x01;
        bench.write("profile", &broken);
        assert!(!bench.try_run(open).status.success(), "a changed {what} goes unnoticed");
    }
}
