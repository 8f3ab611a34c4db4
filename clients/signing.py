"""Opens signing files with OpenSSL, as a build machine would."""

import plistlib
import subprocess


def make_key(path):
    """Writes a new RSA key, the kind that Apple's certificates take."""
    _openssl("genrsa", "-traditional", "-out", path, "2048")


def make_request(key, path):
    """Writes a certificate signing request for a key."""
    _openssl("req", "-new", "-key", key, "-subj", "/CN=Russet clients", "-out", path)


def public_key(key):
    """Returns the public half of a private key file, as PEM."""
    return _openssl("pkey", "-in", key, "-pubout")


def certificate_public_key(pem):
    """Returns the public key of a PEM certificate, as PEM."""
    return _openssl("x509", "-pubkey", "-noout", input=pem)


def certificate_in_p12(path, password):
    """Returns the certificate inside a .p12, as PEM."""
    return _openssl("pkcs12", "-in", path, "-nokeys", "-passin", f"pass:{password}")


def profile(path):
    """Returns the property list that a .mobileprovision carries, its signature's digest verified."""
    content = _openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", path, text=False)
    return plistlib.loads(content)


def _openssl(*arguments, input=None, text=True):
    done = subprocess.run(["openssl", *map(str, arguments)], input=input, capture_output=True, text=text)
    if done.returncode:
        error = done.stderr if text else done.stderr.decode(errors="replace")
        raise AssertionError(f"openssl {arguments[0]}: {error.strip()}")
    return done.stdout
