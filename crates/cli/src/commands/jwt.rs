//! `russet jwt`: signs a JWT with a key file and prints it, nothing else.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use russet_auth::{IssuerId, JwtRequest, KeyId, SigningKey, sign_jwt};

use crate::edge;

/// Print a signed JWT.
#[derive(Args)]
pub struct Jwt {
    /// The .p8 file as downloaded
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,

    /// Key id: ten upper-case letters and digits
    #[arg(long, value_name = "ID")]
    key_id: String,

    /// Issuer id of the team; left out for an individual key
    #[arg(long, value_name = "UUID")]
    issuer: Option<String>,

    /// How long the JWT is good: a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "20m", value_parser = duration)]
    lifetime: Duration,

    /// Limit the JWT to a request, "GET /v1/apps"; may be given several times
    #[arg(long, value_name = "REQUEST")]
    scope: Vec<String>,
}

impl Jwt {
    pub fn run(self) -> Result<ExitCode> {
        let file = self.key_file.display();
        let bytes = std::fs::read(&self.key_file).with_context(|| {
            format!("the key file {file} can not be read; --key-file takes the path of a .p8 file")
        })?;
        // What is not text holds no PEM either, which is then said.
        let pem = String::from_utf8_lossy(&bytes);
        let key = SigningKey::from_pem(&pem).with_context(|| format!("the key file {file}"))?;
        let Some(key_id) = KeyId::parse(&self.key_id) else {
            bail!("'{}' is not a key id: it has ten upper-case letters and digits", self.key_id);
        };
        let issuer = match &self.issuer {
            None => None,
            Some(text) => Some(IssuerId::parse(text).ok_or_else(|| {
                anyhow!("'{text}' is not an issuer id: it is a UUID in lower case, shown above the list of team keys")
            })?),
        };
        let request = JwtRequest {
            key_id,
            issuer: issuer.as_ref(),
            now: edge::real_time(),
            lifetime: self.lifetime,
            scope: &self.scope,
        };
        println!("{}", sign_jwt(&key, &request)?);
        Ok(ExitCode::SUCCESS)
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.chars().last().filter(char::is_ascii_alphabetic);
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match (unit, text.len() - number.len()) {
        (None, _) | (Some('s'), 1) => 1,
        (Some('m'), 1) => 60,
        (Some('h'), 1) => 3_600,
        (Some('d'), 1) => 86_400,
        _ => return Err("use a number with s, m, h or d, such as 20m".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "use a number with s, m, h or d, such as 20m")?;
    number
        .checked_mul(factor)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is too long to count".to_owned())
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_have_one_unit() {
        assert_eq!(duration("20m"), Ok(Duration::from_secs(1200)));
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2d"), Ok(Duration::from_secs(172_800)));
        for text in ["", "m", "1w", "1mm", "-1m", "99999999999999999999d", "9999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
