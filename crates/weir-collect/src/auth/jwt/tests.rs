//! The published examples of RFC 7515, appendix A; their keys are known to everybody.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::signature;
use crate::digest::Keyed;

const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn bytes(coded: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(coded).unwrap()
}

#[test]
fn a1_a_shared_key() {
    let key = bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{CLAIMS}");
    let signature = Keyed::Sha256.sign(&key, message.as_bytes());
    assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(signature), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

#[test]
fn a2_rsa() {
    let message = format!("eyJhbGciOiJSUzI1NiJ9.{CLAIMS}");
    let signature = signature("RS256", include_str!("rfc7515-a2.pem"), message.as_bytes()).unwrap();
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.encode(signature),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjb\
         KBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES\
         c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
}

/// Its signatures are never the same twice: each must hold under the public key.
#[test]
fn a3_an_elliptic_curve() {
    let message = format!("eyJhbGciOiJFUzI1NiJ9.{CLAIMS}");
    let signature = signature("ES256", include_str!("rfc7515-a3.pem"), message.as_bytes()).unwrap();
    let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let public = [vec![4], bytes(x), bytes(y)].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
    assert!(key.verify(message.as_bytes(), &signature).is_ok());
    assert!(key.verify(b"another", &signature).is_err());
}

#[test]
fn what_is_no_key_signs_nothing() {
    assert_eq!(signature("RS256", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", b""), None);
    assert_eq!(signature("ES256", "oops", b""), None);
}
