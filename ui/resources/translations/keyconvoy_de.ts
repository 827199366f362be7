<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>Attributes</name>
    <message>
        <source>reading attributes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this program was about to ask a token for key material; it never does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Backup</name>
    <message>
        <source>backup on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapped key has %1 bytes, which does not fit this transport key and wrap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make the backup again, both halves in one run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not report the length of the unwrapped key (CKA_VALUE_LEN); its check value shows whether it is the same key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what was unwrapped is %1, not %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was removed again; this pair of tokens does not agree on the wrap: choose another one</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BackupJob</name>
    <message>
        <source>backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a verified copy of the key is on the backup token, but it is not on record; destroy that copy before the backup is made anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the throw-away keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make the transport key on the backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>try the way with throw-away keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrap on the token, unwrap on the backup token, compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put the backup on record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key has no check value, so a copy could not be shown to be the same: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a backup that cannot be verified is none; use a key with SIGN or ENCRYPT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is of type %1, which KMS does not import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>back it up with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key cannot leave its token: EXTRACTABLE=F</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a backup must be made before a key is sealed; some HSMs clone their keys with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to try the way between the tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>making an RSA-%1 transport key on the backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>transport key, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key will be wrapped under this transport key, whose private half was made on the backup token just now. Where the backup token has a display or a log of its own, compare the fingerprint. Go on?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this pair of tokens cannot do it: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use another backup token, or the vendor&apos;s own way of cloning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens that know OAEP with SHA-1 only need --allow-sha1 REASON; else use another backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapped by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unwrapped by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sending a throw-away key the whole way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shown to be the same by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key %1 on the backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its check value or public key is not the original&apos;s; the copy was destroyed again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>--allow-sha1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reason is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>say why SHA-1 is acceptable here; the reason is kept in the result</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BackupRoute</name>
    <message>
        <source>throw-away key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its check values on the two tokens cannot be compared or differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another pair of tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>transport key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bits are none of 2048, 3072 and 4096</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose one of these, 4096 unless there is a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restored private key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its signature does not verify under the original&apos;s public key: it is another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not use this copy; choose another backup token</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CheckAfterImport</name>
    <message>
        <source>it does not show where the key pair came into being, nor that no other copy of the private key exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not show where the key came into being, nor that no other copy of it exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not compare the KMS key with the token&apos;s directly, which KMS allows for no symmetric key: equality rests on this program having sent the token&apos;s own blobs, both times; nor does it show that no other copy exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not show that the KMS key is the token&apos;s key; only that the KMS key can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check after import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>same-material-twice wraps under a second, fresh wrapping key, which naming the wrapping key rules out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose --check works, or do not name the wrapping key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token key &quot;%1&quot; (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it may not make a MAC (CKA_SIGN is false), so the MACs of token and KMS cannot be compared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose --check works, which shows less, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check of %1 against the token key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not use this KMS key for now, and delete nothing: look first whether token key and KMS key are the two that belong together (keyconvoy key list, aws kms describe-key), then find out what was imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS does not accept the token&apos;s MAC of a random message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS accepts the token&apos;s MAC of a random message (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS makes another MAC of a random message than the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS and token make the same MAC of another random message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token key may not sign (CKA_SIGN is false), so no signature of the token was tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS does not accept a signature that the token made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS accepts a signature that the token made (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a signature that KMS made does not verify with the token&apos;s public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a signature that KMS made verifies with the token&apos;s public key (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS decrypts what was encrypted to the token&apos;s public key to something else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS decrypts what was encrypted here to the token&apos;s public key (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS derives another shared secret than the token&apos;s public key gives here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS derives the same shared secret with a fresh key as the token&apos;s public key gives here (ECDH)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS&apos;s public key differs from the token&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS&apos;s public key equals the token&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key material %1 waits to be rotated in, or is being rotated in; materials are left alone meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait until the rotation is done, then run keyconvoy check; or choose --check works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS says that the token&apos;s key is not the material %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GetParametersForImport, public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the second import was answered with another key material ID: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token&apos;s key, wrapped again under a fresh wrapping key (%1), was accepted as the material %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS&apos;s own operations with it do not fit together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not use this KMS key; ask AWS support, with the request IDs of CloudTrail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the KMS key was used once in both directions (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CheckJob</name>
    <message>
        <source>look at the KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find the key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out how this token can wrap such a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>agree to the check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that KMS holds the same key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare what the token holds now with before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gather the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its origin is %1 and its state %2; only an enabled key with imported material can be checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>import its material, or enable it, first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS names no key material ID, so the material cannot be named in a second import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose --check works, which shows less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token&apos;s key is wrapped again under a fresh wrapping key and imported as the same material, with the same expiry. Go on?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CheckValue</name>
    <message>
        <source>the key has neither SIGN nor ENCRYPT, so the token computes nothing with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has neither AES-CMAC nor AES-ECB for this key (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key does not have SIGN, so the token computes no HMAC with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not report the key&apos;s length (CKA_VALUE_LEN), which decides the hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key has %1 bytes, and no hash that KMS uses has a digest of that length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not compute this HMAC (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChildProcess</name>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be started: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at its permissions, or install its package again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run it by hand to see more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClientSetup</name>
    <message>
        <source>AWS_MAX_ATTEMPTS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>max_attempts of the AWS profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no number from 1 to 20</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct it, or leave it out for three attempts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>endpoint %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amazon&apos;s roots are required, and plain http shows no certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave --require-amazon-roots out for a simulator, or use an https endpoint</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Compatibility</name>
    <message>
        <source>KMS takes %1 key material by %2 only under a wrapping key of %3 or larger, not %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS takes %1 key material by %2 only, not by %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CredentialProcess</name>
    <message>
        <source>AWS credentials from %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the command cannot be started: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run the credential_process line in a terminal and see what it says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the command ended with status %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the command was ended by signal %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what it said stands above; run the credential_process line in a terminal, or sign in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the command must print one JSON object with Version 1, AccessKeyId and SecretAccessKey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what the command printed is no JSON object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is missing in what the command printed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what the command printed does not say Version 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the Expiration &quot;%1&quot; is no ISO 8601 time with offset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the command printed more than 16 KiB</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Credentials</name>
    <message>
        <source>AWS credentials from %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is set, but %2 is not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set both, or neither</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>their expiration &quot;%1&quot; is no RFC 3339 time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is written like 2027-06-17T12:00:00Z</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AWS profile &quot;%1&quot; in %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this profile signs in through IAM Identity Center (sso_*), which is left to the AWS command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this profile signs in through the console (login_session), which is left to the AWS command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this profile assumes a role (role_arn), which is left to the AWS command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>add this line to the profile (AWS CLI version 2 does the rest):
credential_process = aws configure export-credentials --profile %1 --format process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the %1 holds characters that none can have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>copy it again, without quotes, blanks or line ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none found: looked for profile %1 in %2 and %3 (keys or credential_process); the environment variables were left aside because a profile was named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none found: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, then at profile %1 in %2 and %3 (keys or credential_process)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AWS credentials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>web identity and container credentials are left to the AWS command line: run eval &quot;$(aws configure export-credentials --format env)&quot; first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set the two variables, run aws configure, or name a profile with --profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>they ended at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sign in again (aws sso login, or whatever gives you credentials) and repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Crypto</name>
    <message>
        <source>OpenSSL, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the cryptographic library reported an error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the input; if it is right, report this as a defect with the text of the library</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Cryptoki</name>
    <message>
        <source>the function succeeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing needs to be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the operation was cancelled at the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run it again when the token is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module could not get memory on this machine, or was given parameters it cannot carry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close other programs; behind p11-kit&apos;s remoting, try the module on its own machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the slot does not exist any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that the token is connected, then start again: slots are numbered anew each time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module met an error that it does not name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the module&apos;s configuration and log; for SoftHSM, that SOFTHSM2_CONF names a readable file whose token folder exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module could not do what was asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look into the log of the module or of the HSM, then try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module does not accept these arguments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token may lack the hash or option that was asked for; choose another wrapping algorithm or token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no slot event has happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>insert the token and try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module needs to create threads of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask the module&apos;s vendor; this program does not forbid it threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module cannot use the locks of this operating system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask the module&apos;s vendor for a build for several threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an attribute cannot be changed or set this way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some attributes are fixed at creation or may be set by the security officer only; see the token&apos;s manual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the attribute is secret and the token does not give it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing is wrong: the key stays inside the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not know one of the attributes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the token&apos;s manual for the attributes it knows; a newer firmware may help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not accept the value of one of the attributes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the token&apos;s manual for what it allows; some tokens keep key pairs only as token objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a rule of the token or of this object forbids the action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an attribute of the object (MODIFIABLE, COPYABLE or DESTROYABLE) or the token&apos;s policy says no; ask who administers the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the data do not fit the operation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another algorithm, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the data are too long or too short for this mechanism and key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose a larger wrapping key, or an algorithm that takes keys of this size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token, or the connection to it, failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the token, its cable, network or server; then start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no memory left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remove objects that are no longer needed, or use session objects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token was removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>insert the token again and start again; look first which objects are on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the encrypted data cannot be decrypted with this key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that data and key belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the encrypted data have a length that cannot be right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that data and key belong together and that nothing was cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the operation was cancelled, at the PIN pad perhaps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no operation runs beside this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module does not have this function</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use another token; this one cannot do it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is not there, or not for this login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in, and check that the key was not removed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not take keys of this size here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another size or another token; some tokens want an HMAC key at least as long as the hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key has the wrong type or lacks the permission for this mechanism</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose a mechanism for this type of key, or a key with the right usage attribute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a key was given where none is used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is not the one used before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again with the right key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a key is needed to go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not hash the value of this key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing can be done with this key here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key&apos;s attributes do not permit this use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a key that has the usage attribute (WRAP, SIGN, ENCRYPT, UNWRAP) set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not wrap this key, or not this way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key may be marked for trusted wrapping keys only (WRAP_WITH_TRUSTED), or the token does not wrap keys of this type with this mechanism; choose another wrap, or another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is marked as not extractable (EXTRACTABLE is false)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody can turn this back on; use a key that was generated to be extractable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not have this mechanism</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose an algorithm that this token has (&apos;token show&apos; lists them), or another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not accept the mechanism&apos;s parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token may lack the hash that was asked for; choose another wrapping algorithm or token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the object is not there any more, or not for this login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in, and check that the object was not removed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another operation is still running in this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the operation was not started in this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again; the session may have been lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check which token and which PIN are meant before the next try: each try counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN holds characters that the token does not take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type it again with the right keyboard layout; check before the next try: each try may count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is too long or too short for this token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the token&apos;s manual for the allowed lengths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN has expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set a new PIN with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is locked after too many wrong tries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer can set a new user PIN with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the session was closed during the call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no free session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close other programs that use the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the session is gone: the token was removed, or another part of this process closed it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that the token is connected, then start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module wants serial sessions only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect, with the module&apos;s name and version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the session is read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a token that is not write-protected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a session is still open on this token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a read-only session is open, so the security officer cannot log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer is logged in, so no read-only session can be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log the security officer out first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the signature is not right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that data, signature and key belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the signature has a length that cannot be right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that signature and key belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token wants more attributes than were given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this with the token&apos;s model; its manual tells which are needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not accept these attributes together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token&apos;s policy may forbid extractable keys, or this use; ask who administers the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no token in the slot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>insert the token, then start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module does not recognise the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that this module is the one for this token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token is write-protected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remove the write protection, or use another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the unwrapping key is not there, or not for this login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not unwrap with a key of this size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another key size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the unwrapping key has the wrong type for this mechanism</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose a key of the right type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the user is logged in already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>go on without logging in, or log out first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this needs a login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in to the token first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no user PIN yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer sets the first user PIN with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not have this role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some tokens have no security officer; use the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another role is logged in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log it out first: user and security officer cannot be logged in together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many different roles are logged in at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log out in the other programs that use the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapped key cannot be unwrapped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that wrapped key and unwrapping key belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapped key has a length that cannot be right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that wrapped key and unwrapping key belong together and that nothing was cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapping key is not there, or not for this login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that the wrapping key was not removed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not wrap with a key of this size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another wrapping key size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapping key has the wrong type for this mechanism</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another wrapping algorithm or token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token&apos;s random generator takes no seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing needs to be done; the token seeds itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no random generator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use another token: keys cannot be generated on this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not know this curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another key spec or another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not support this curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer of the token is longer than its own standard allows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this with the token&apos;s model and firmware</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a saved state cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the information is secret and the token does not give it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the state of the session cannot be saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module is not initialised: another part of this process has ended it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module is initialised already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again in a process of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module was given a lock that it cannot use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module unlocked a lock that was not locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this to the module&apos;s vendor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token wants a new PIN before it goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token wants the next one-time password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait for the next one and try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token tried too often to find suitable parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token failed its self-test and has shut down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restart the token; if it fails again, have it checked by its vendor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module could not load a library that it needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>install what the module&apos;s manual asks for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token refuses this PIN as too weak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose a longer PIN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token says that the public key is not valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fetch the wrapping public key again; check its fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a person or a policy at the token rejected the request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask who approves requests at the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has run out of a resource</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait, close other programs that use the token, and try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the running operation cannot be cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key has been used as often as it may be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the encrypted data or their tag are not right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the operation has not ended yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait, look which objects are on the token, then try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no asynchronous sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token&apos;s random generator must be seeded first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed it with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token is in a mode that does not allow this operation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose an algorithm that the token&apos;s approved mode allows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token is not initialised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>initialise it with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not support this parameter set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NSS cannot open its certificate database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the folder that configdir=&apos;sql:FOLDER&apos; names in the initialisation string; certutil -N makes a database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NSS cannot open its key database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module&apos;s vendor defined this code (%1); the standard does not know it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module gave a code that the standard does not know: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look this code up in the manual of the token or its module</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, token &quot;%2&quot;</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DesktopOptions</name>
    <message>
        <source>command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see keyconvoy-desktop --help</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Doctor</name>
    <message>
        <source>load the module</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read the list of mechanisms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read the AWS settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask who is calling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare the clocks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>module loads: %1 %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token found: %1, serial %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS: Region %1, endpoint %2, access key %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STS answers: the caller is %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connection: %1, tls: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mode: %1, and the evidence agrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS answers at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>doctor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither a token nor KMS was named to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give --module and --token, or a Region, profile or endpoint of KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: fine, as the token&apos;s flags say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: a wrong one was entered since the last login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure of the PIN before the next try; a good login clears this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: one more wrong try locks it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure of the PIN; this program sends it only after you agreed to the final try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer of this token sets a new one with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: must be changed before the token can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>change it with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN: not set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer of this token sets it with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2%3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token: software. Its keys are files of this user and memory of this process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>good for rehearsals and tests; for keys that count use a hardware token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token is not initialised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>initialise it with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token is write-protected: no key can be generated on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>take the protection off with the vendor&apos;s tool, or choose another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logged in outside: something else has logged in to this token already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure that this is the vendor&apos;s helper you expect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token asks for no login: whoever reaches it can use its keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set a PIN with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mechanisms listed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mechanisms not listed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens list what they cannot do and leave out what they can; `keyconvoy token qualify` finds out by trying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 s ahead of the server&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 s behind the server&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set the clock; AWS refuses requests signed more than five minutes off, and expiry times are reckoned from it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Endpoint</name>
    <message>
        <source>AWS Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no Region is set: not by --region, AWS_REGION, AWS_DEFAULT_REGION or profile %1 in %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the Region of the KMS key, for example --region eu-central-1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AWS Region &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is no name of a Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a Region is written like eu-central-1, in lower case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>endpoint %1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an endpoint of its own and the FIPS switch exclude each other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an endpoint of its own and the dual-stack switch exclude each other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unset one of them; for FIPS without the switch, name the FIPS host in the endpoint itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>endpoint &quot;%1&quot; (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write it like https://kms.eu-central-1.amazonaws.com or http://127.0.0.1:4566</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not begin with https://</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it may hold scheme, host and port, and nothing else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its host or port cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>plain http is taken only to this machine: without TLS nobody knows whose wrapping key arrives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use https, or a loopback address such as http://127.0.0.1:4566 for a simulator</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Envelope</name>
    <message>
        <source>wrapped key material of %1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not import it; run the qualification of this token again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a %1 key wrapped by %2 under %3 takes %4 to %5 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what follows the %1 bytes of the RSA part is no multiple of 8 bytes (RFC 5649)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Expiry</name>
    <message>
        <source>expiry &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give a time with its offset from UTC (2027-06-17T12:00:00+02:00), a period (P364D), or never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no period of days and hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the period is zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the period is longer than 365 days less an hour, the most that KMS safely takes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 days and %2 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was chosen; there is no default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is a date without a time: whose midnight is meant?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has no offset from UTC: whose clock is meant?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is neither a time, nor a period, nor &quot;never&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it lies in the past; now it is %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is more than 365 days less an hour ahead; now it is %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expires</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never: KMS keeps this material until somebody deletes it, and nothing reminds anybody of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expires, UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expires, here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weekday, UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>time left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>file %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>free some space on this disk, or name another folder; no part of the file was left behind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the name and the permissions of the file and its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its state cannot be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no file that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a regular file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has %1 bytes; at most %2 are read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that this is the file you mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be written: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a file of this name is there already; nothing is overwritten</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>move it away, or name another output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be opened: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has more than %1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be created: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be brought to the disk: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what was read back differs from what was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not trust this disk or medium; use another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no temporary folder can be made: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FreshTokens</name>
    <message>
        <source>its PKCS#11 module is not installed (Debian: apt-get install %1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the tool %1 is not installed (Debian: apt-get install %2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>install it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GiveUpKey</name>
    <message>
        <source>find the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look for a verified backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seal the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>destroy the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>verified backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no verified backup of it is on record on this machine. KMS needs the same key material again after expiry, deletion or loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has no check value (%1), so no backup of it can be on record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make a backup with `keyconvoy key backup --to TOKEN-URI`, or accept the loss with --accept-loss REASON; the reason is kept in the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>verified backup on record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss accepted because</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sealed, this key can never again be wrapped off this token, not for KMS nor for a backup. Whether the token enforces that is then tried with a throw-away key. Seal it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This key will be gone from this token for ever. Destroy it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key was sealed already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token wraps keys in spite of EXTRACTABLE=F (tried with a throw-away key): the seal is no barrier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>destroy the key, or guard the token and its PIN as if it were not sealed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is sealed, but whether the token enforces it could not be tried: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>records that name this key as a backup could not be withdrawn: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remove them from the state folder by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>--accept-loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reason is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>say why the loss of this key is acceptable; the reason is kept in the result</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Handover</name>
    <message>
        <source>file %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file %1, member %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the JSON that aws kms get-parameters-for-import --output json printed, unchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no string</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no Base64 of 1 to %1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is neither a time with its offset nor seconds since 1970</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>download wrapping key and import token again, together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>options --wrapping-public-key and --import-token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>both name the same file, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the wrapping public key to the one and the import token to the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the two files are swapped: %1 holds the public key, %2 does not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file of the import token, %1, holds a public key, as %2 does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give each file to the other option</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the import token that came with the wrapping public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folder %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the folder that the console&apos;s download was unpacked to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds no wrapping key with its import token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unpack both files of the console&apos;s download there: WrappingPublicKey.bin and ImportToken.bin, or wrappingKey_… and importToken_…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds more than one pair: %1 and %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave one download in the folder, or name both files one by one</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImportFacts</name>
    <message>
        <source>KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key spec and usage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same in words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping public key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is %1, but %2 was asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out where this key came from; do not wrap anything under it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not the key that was named, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare the SHA-256 with the sheet of the station that fetched the key; KMS gives a new key on each call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping key and import token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>they expired at %1; now it is %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>get fresh ones from KMS (they are good for 24 hours) and wrap again under them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out who else imports into this key; CloudTrail names the calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it shows the material %1, but the import was answered with %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its material does not expire when asked for, but at: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS names no key material ID, so the material cannot be named in a second import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose --check works, which shows less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the import itself was done (request ID %1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the KMS key %1 exists now and can be used with --key-id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token key exists now and can be used with --key &apos;%1&apos;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file %1 was written completely; remove it unless it is to be imported</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImportJob</name>
    <message>
        <source>check the plan against KMS&apos;s rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at the KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>agree to the whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>create the KMS key without material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>get wrapping key and import token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrap the key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>import the wrapped key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that KMS holds the same key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>retain the token key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key spec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is wrapped on the token and imported into KMS as follows. Go on?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to be created, %1 for %2, in %3, account %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check after import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting until the new KMS key is visible everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GetParametersForImport, public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>usable until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapped key, bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapped key, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key material ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting until the KMS key is enabled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting until the KMS key can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImportPlan</name>
    <message>
        <source>KMS key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>new KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS has no %1 key with the usage %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name another --key-usage, or leave it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key material description</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS takes one for SYMMETRIC_DEFAULT keys only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave it out; describe the KMS key instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS takes at most 256 letters, digits, blanks and : / _ . - in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shorten it, or leave other characters out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its origin is %1; only a key made with origin EXTERNAL takes imported material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave --key-id out to have a new key created, or name one with origin EXTERNAL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its key spec is %1, but %2 was named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key spec of the KMS key, which can never change, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its state is %1, in which KMS takes no material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait for another state, or cancel its deletion first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was given material before, and takes only the same again; a new key cannot be the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the token key that was imported then with --key, or import into a new KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is a multi-Region key; its replicas in other Regions need the same material each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the KMS key is disabled; the import enables it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>disable it again afterwards if that was meant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its usage %1 is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a newer version of this program, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its key spec %1 takes no imported material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a key with a key spec that does</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InWords</name>
    <message>
        <source>fine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a wrong PIN was entered since the last login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one wrong try from being locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be changed before the token can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not logged in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logged in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logged in outside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token asks for no login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generated on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not generated in this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restored from a backup in this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>secret key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>private key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not reported by the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Job</name>
    <message>
        <source>this job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start it again when you are ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answer the question that was asked last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. What this run left: %2. So do not import again: only the check is left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. What this run left: %2. The same command again would not take this up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was asked to stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has failed and cannot go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start a new one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the question %1 is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an answer to %1 came, but no question is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an answer to %1 came, but the open question is %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the question %1 was answered with no</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JobSession</name>
    <message>
        <source>this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>something went wrong that it did not expect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>copy this text and report it as a defect; then look at what exists before you go on</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Json</name>
    <message>
        <source>check that this is the whole and unchanged JSON document</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is nested more than 64 levels deep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the member &quot;%1&quot; is there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no JSON document: the fault is at byte %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds a number that cannot be represented</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyAttribute</name>
    <message>
        <source>stays on the token (CKA_TOKEN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs a login (CKA_PRIVATE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sensitive (CKA_SENSITIVE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>always was sensitive (CKA_ALWAYS_SENSITIVE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be wrapped (CKA_EXTRACTABLE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never could be wrapped (CKA_NEVER_EXTRACTABLE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generated on a token, says the token (CKA_LOCAL)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attributes may change (CKA_MODIFIABLE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be copied (CKA_COPYABLE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be destroyed (CKA_DESTROYABLE)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wraps under trusted keys only (CKA_WRAP_WITH_TRUSTED)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trusted wrapping key (CKA_TRUSTED)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may encrypt (CKA_ENCRYPT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may decrypt (CKA_DECRYPT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may sign (CKA_SIGN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may verify (CKA_VERIFY)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may wrap other keys (CKA_WRAP)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may unwrap other keys (CKA_UNWRAP)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may derive keys (CKA_DERIVE)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyGeneration</name>
    <message>
        <source>token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another label, or remove that object if it is no longer needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the label &quot;%1&quot; is taken already, by %2 with ID %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the ID %1 is taken already, by %2 with ID %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyIdentifier</name>
    <message>
        <source>key &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is an alias, and KMS takes no alias in the calls that import key material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key by its ID or ARN; aws kms describe-key --key-id %1 --query KeyMetadata.Arn prints it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is neither a key ID nor a key ARN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a key ID looks like 1234abcd-12ab-34cd-56ef-1234567890ab or mrk- and 32 hexadecimal digits, in lower case; an ARN like arn:aws:kms:eu-central-1:111122223333:key/&lt;key ID&gt;</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyJobs</name>
    <message>
        <source>generate the key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>list the keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read the key&apos;s attributes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key usage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS has no %1 key for %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a usage that this key spec allows, or leave it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the key a label by which people will find it again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyOnToken</name>
    <message>
        <source>token key &quot;%1&quot; (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not fit the key spec %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key spec that this key fits, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not extractable (CKA_EXTRACTABLE is false), so the token never wraps it for anybody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the attribute can never be set back; generate a new key for the import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it may be wrapped under trusted keys only (CKA_WRAP_WITH_TRUSTED)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have the security officer put KMS&apos;s wrapping key on the token with keyconvoy token trust, and name it with --wrapping-key in keyconvoy wrap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>both an existing key and the label of a new one are named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither an existing key nor the label of a new one is named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name one of them: --key for a key on the token, --label to generate one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at the key and at what the token holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>objects on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>label &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token holds an object of this name already: a %1, %2, ID %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose another --label, or take the existing key with --key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generate the key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key has no check value: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is used before it exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare what the token holds now with before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds something else than before, besides the key of this run: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out who made or removed it; keyconvoy key list shows all keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed besides the key of this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to be generated on the token, %1, label &quot;%2&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>origin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check value</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KmsAccess</name>
    <message>
        <source>find out who KMS takes us for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>caller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is used before we know who we are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it lives in Region %1, but this run speaks to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose the key&apos;s Region with --region, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it belongs to account %1, but the credentials are of %2; KMS takes no import across accounts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use credentials of the key&apos;s own account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>five minutes passed in vain: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at the key with aws kms describe-key; changes in KMS take minutes at times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting until the new KMS key is known everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leaving KMS the seconds it wants between two GetParametersForImport calls</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KmsClient</name>
    <message>
        <source>the reply is about key %1, not about %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint and the proxy, then repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this key is in Region %1, and KMS is asked in %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repeat the command with --region %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the first attempt to import the key material got no reply but was carried out: KMS lists material %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of rotations repeats its page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there does not answer like KMS</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KmsError</name>
    <message>
        <source>renew the credentials (sign in again, or check access key, secret and session token) and repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have an administrator allow this call (kms:%1) in the IAM policy of the caller and in the key&apos;s policy; the text of the service says which side refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait a minute and repeat the command; other programs in this account may be calling too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look with DescribeKey (and ListKeyRotations) whether the change took effect, then repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set this machine&apos;s clock (it may be off by five minutes at most), check the secret key, and whether a proxy changes headers on the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect with the text of the service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>something of this name is there already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the existing alias or replica, or change it with UpdateAlias</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a rotation of this key is due or running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait twenty minutes and repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the custom key store&apos;s cluster is not usable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>imported material needs no custom key store; leave it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the custom key store is not usable now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such custom key store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS ran into a time-out inside AWS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the KMS key is disabled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>enable it: aws kms enable-key --key-id KEY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the call would have been allowed; it was a dry run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing needs to be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the import token has expired: more than 24 hours have passed since the parameters were fetched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fetch new parameters and wrap the key again; the old blob is of no use any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the ciphertext belongs to another KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key that encrypted it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the blob was unwrapped, but it is not the key material that this KMS key expects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find the token key, or its backup, that was imported before; the text of the service names the expected material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the alias name is not valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it begins with alias/ and holds letters, digits, /, _ and - only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS does not take this key identifier here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the key ID or key ARN; DescribeKey tells which key an alias stands for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS could not open the blob, or what was in it has the wrong length or encoding for this key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that wrapping key and import token come from one reply, and that the algorithm is the one they were fetched for; fetch new parameters and wrap again; qualify the token anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the grant token is not valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave the grant token out, or take a new one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the import token is damaged, or was issued for another key or Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the token that came with this wrapping key for this KMS key, or fetch new parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key&apos;s usage or spec does not go with this call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare KeyUsage and KeySpec of the KMS key (DescribeKey) with what was asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list changed while it was read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS cannot use the key at the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS had an internal failure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the MAC is not that of this KMS key: the key material differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stop here: token key and KMS key are not the same; find out which material was imported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the signature is not that of this KMS key: the key material differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the KMS key is in a state that does not allow this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read the text of the service: cancel a pending deletion, wait while the key is creating or updating, import missing material, or finish the pending rotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a quota of the account or of this key is used up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask AWS for a higher quota; the limit of 25 rotations of a key cannot be raised, a new KMS key is needed then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key policy is not valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct the policy; the caller must stay able to change it, and a principal made just now may need some seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such key in this account and Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check key, Region and account (keyconvoy doctor shows the last two); a key created just now may need a minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the tags are not valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no tag key twice, none beginning with aws:, at most 50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this kind of KMS key does not allow this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose a key whose Origin is EXTERNAL; the Origin of a key cannot be changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the external key is used by another KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the external key is not usable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such external key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a parameter is missing, malformed, or not allowed with another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct what the text of the service names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the caller may not do this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this account is not subscribed to the service or Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have the Region enabled for the account, or choose another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this Region is not enabled for the account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AWS does not know this access key, or its session token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the session of these credentials has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the request arrived without a signature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the request&apos;s signature arrived incomplete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the request&apos;s signature is not accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the request&apos;s time stamp is too far from the server&apos;s time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service could not read the request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this endpoint does not know the call %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint; an older imitation of KMS may lack this call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint; an imitation of KMS may lack STS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service is not available at the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service had an internal failure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many calls in a short time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an earlier call is not complete yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait a minute and repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service, or a proxy before it, is not available at the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repeat the command later; look with DescribeKey first whether the change took effect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer points to another address, which KMS never does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint and the proxy; a sign-in page of the network may stand between</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the call was refused without a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the proxy and the endpoint first, then credentials and permissions (kms:%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is no answer of KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint and the proxy; if they are right, report this with the request ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service refused with an error that is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>go by the text of the service; the documentation of the call %1 describes its errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS has this key material for this key already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an earlier attempt may have succeeded: look at the key&apos;s materials (ListKeyRotations); to give the material a new expiry, import it as EXISTING_KEY_MATERIAL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the request is signed for another Region than the one that answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check --region (AWS_REGION, the profile&apos;s region) against the endpoint and the key&apos;s ARN</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Label</name>
    <message>
        <source>label of the new object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give it a name by which people will find it again: at most %1 bytes of UTF-8 without control characters, line feeds, or blanks at the ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no UTF-8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds control characters, line feeds or marks that turn the direction of writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it begins or ends with a blank, or is nothing else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has %1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogIn</name>
    <message>
        <source>token %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN (SO) is empty; nothing was sent to the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is empty; nothing was sent to the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again and give the PIN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logged in here as security officer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logged in here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN entry was cancelled at the token&apos;s own pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start again when you are ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>serial number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>state of the PIN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PIN of the token %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>security officer&apos;s PIN of the token %1. Some HSMs erase everything they hold after a few wrong tries; this program tries once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token %1 takes the PIN of the %2 at its own pad. Go on, then enter it there, or let the cards go round; the pad is waited for as long as it takes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>security officer (one try; some HSMs erase everything after a few wrong ones)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one try is left for the security officer&apos;s PIN of the token %1. A wrong one may lock the token for ever or erase it. Use the last try?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one try is left for the PIN of the token %1; a wrong one locks it. Use the last try?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN (SO) is wrong; state of that PIN now: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is wrong; state of the PIN now: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure of the security officer&apos;s PIN, which is not the user&apos;s, before you start again: it was tried once and not again, and some HSMs erase everything they hold after a few wrong tries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure of the PIN before you start again; it was tried once and not again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PIN is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask the vendor how this HSM is recovered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer of this token can set a new PIN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no PIN has been set on this token yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set the user&apos;s PIN with the vendor&apos;s tool first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in to the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in to the token as security officer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Login</name>
    <message>
        <source>login to token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token has no PIN for this role yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>initialise the token and its PIN with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer has had one try in this run already; some HSMs erase everything after a few wrong ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make sure of the PIN, then start the program again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the security officer&apos;s login (SO), not the user&apos;s. Some HSMs erase all keys after a few wrong tries. One try is made; this run will not make another.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>secure memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no locked memory left for a secret</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close other sessions of this program, or raise the limit of locked memory (ulimit -l)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Module</name>
    <message>
        <source>PKCS#11 module %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is loaded already, with another initialisation string or environment; a module starts once per process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the same settings, or a second run of the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be loaded as a library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that the file is the module of this machine&apos;s architecture and that the libraries it needs are installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the full path of the module; the manual of the token names it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this library is no PKCS#11 module: it has no C_GetFunctionList</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the path of the token&apos;s PKCS#11 library; the manual of the token names it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C_Initialize, PKCS#11 module %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module does not accept this initialisation string</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module does not start without an initialisation string</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave it out: most modules take none (SoftHSM refuses any); NSS softokn wants configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the string that the module&apos;s manual names (--module-init); NSS softokn wants configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModuleProfile</name>
    <message>
        <source>module profile %1, line %2, column %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a profile has library = &quot;PATH&quot;, where needed init = &quot;...&quot;, and a table [environment] of strings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no valid TOML: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no string</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;environment&apos; is no table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the library is neither an absolute path nor a bare file name: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>environment of the module</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a variable is not of the form NAME=VALUE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write it like SOFTHSM2_CONF=/etc/softhsm/ceremony.conf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 steers which code is loaded into this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave LD_* variables out; name the module by its full path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name &apos;%1&apos; is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>module profile %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it names no library</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OnTokenWrap</name>
    <message>
        <source>wrapping a %1 key by %2 under %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask GetParametersForImport for another wrapping algorithm or wrapping key spec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapping public key is %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the public key of the GetParametersForImport call that asked for this wrapping key spec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the recipe is for another algorithm: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>qualify this token for exactly this key spec and algorithm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token key &quot;%1&quot; is %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key spec that this token key fits, or another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token key &quot;%1&quot; is not extractable (CKA_EXTRACTABLE is false)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>such a key can never be wrapped, and the attribute can never be set back; generate a new key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapped key as the token gave it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not import it; run the qualification of this token again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its first %1 bytes are no RSA ciphertext: they are not below the modulus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has %1 bytes where a key of %2 bytes takes %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrap is weaker than the key: %1 counts as %2 bits of security, a %3 key as %4 (NIST SP 800-57)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the wrapping key spec RSA_3072 or RSA_4096</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was made under another wrapping key than the one given</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PinField</name>
    <message>
        <source>PIN field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no memory for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close other programs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Profile</name>
    <message>
        <source>AWS profile &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither %1 nor %2 has this profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the name after --profile; aws configure list-profiles prints those there are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check AWS_PROFILE; aws configure list-profiles prints the profiles there are</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PublicKey</name>
    <message>
        <source>public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its bytes are no DER SubjectPublicKeyInfo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out where it came from before you use this key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>public key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token does not report the parts of this public key, or its type is not handled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the object with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is no DER SubjectPublicKeyInfo of an RSA, EC or Ed25519 key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the file that it came from</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Qualification</name>
    <message>
        <source>the blob has %1 bytes where RSAES-OAEP under this key gives exactly %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the blob has %1 bytes: not %2 bytes of RSA part and a multiple of 8 behind them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the blob is a %1 envelope although %2 was asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the blob is OAEP with %1, but its mask (MGF1) uses %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the RSA part holds %1 bytes, not the 32 of an AES-256 key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is wrapped by RFC 3394 (with padding of the token&apos;s own), not by RFC 5649 as KMS wants it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the RSA part opens, but what follows is no RFC 5649 key wrap under the AES key in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the two parts of the blob are swapped: the RSA part comes last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the RSA part of the blob does not open, neither with SHA-256 nor with SHA-1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token can wrap %1 keys by %2 under %3, with %4: %5</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token cannot wrap %1 keys by %2: %3; nothing else that KMS takes for %1 works on it either: use another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token cannot wrap %1 keys by %2: %3; it knows OAEP with SHA-1 only: use %4 with a stated reason, or another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token cannot wrap %1 keys by %2: %3; %4 works on it: use that, or another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing can be shown about %1 keys on this token: %2; use another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 zero bytes follow the PKCS#8 inside the blob: the token pads the key before it wraps it, so the length that RFC 5649 carries is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes follow the PKCS#8 inside the blob</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob is for another algorithm (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob does not name its curve; KMS refuses explicit parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob names another curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the private key inside the blob does not belong to the throw-away key&apos;s public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the private key inside the blob is not consistent (EVP_PKEY_check)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what is inside the blob is no PKCS#8 private key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the private key in the PKCS#8 inside the blob cannot be decoded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the RSA key inside the blob has %1 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a secret of %1 bytes came back as %2, with zero bytes behind it: the token pads the key before it wraps it, so the length that RFC 5649 carries is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a secret of %1 bytes came back as %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapping key made here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key inside the blob has %1 bytes; %2 to %3 are plausible</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1; its length is no multiple of 8, so that the padding was really tried, and %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PKCS#8 of %1 throw-away keys all had a length that is a multiple of 8, so the padding could not be tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly one PKCS#8 of %2 bytes, the private half of its public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes with the same check value (%3)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key inside the blob is not the throw-away key: its check value differs (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token gives no check value of the throw-away key to compare with: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key inside the blob is not the throw-away key: its HMAC-SHA-256 differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes with the same HMAC-SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token cannot generate a throw-away key (%1): %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token refused to wrap a throw-away key (%1): %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the throw-away key (%1) could not be compared: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>qualifying %1 by %2 under %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ask for a combination that KMS takes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QualificationFile</name>
    <message>
        <source>delete this qualification and run it again (keyconvoy token qualify)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is neither true nor false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no time in RFC 3339</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not hexadecimal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has a value that is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen is not the first attempt that qualified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>combination is one that KMS refuses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen does not fit the wrapping algorithm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>schema is not %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QualificationStore</name>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Qualifier</name>
    <message>
        <source>trying %1 with throw-away keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the result for %1 could not be kept: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this token can wrap is found out by trying: it generates these throw-away keys, wraps them under a key of this program, which opens them, and destroys them again. No key that is kept takes part. They appear in the HSM&apos;s audit log; their IDs and times are in the result. Go on?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QualifyJob</name>
    <message>
        <source>look for results that still hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the throw-away keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>qualify %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>note the token&apos;s state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>still holding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>qualified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>combinations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none was named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a key spec and a wrapping algorithm to try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>combination %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave it out: KMS takes no such blob, whatever the token can do</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReadBack</name>
    <message>
        <source>the token does not report %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token set %1 to %2 by itself, which is known of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attributes of the new key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token did not make what was asked for: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key was removed again; the token may have a policy of its own: ask who administers it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Rehearsal</name>
    <message>
        <source>start the KMS simulator and make fresh tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 on %2, which must be refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no software token is installed on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>install one of them (Debian: apt-get install softhsm2 libnss3 libnss3-tools)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReplyObject</name>
    <message>
        <source>check the endpoint and the proxy: whoever answers there does not answer like KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reply is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reply is no JSON object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reply lacks %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is neither true nor false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no Base64, or empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no number of seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no time of this or the next eight millennia</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no list of texts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the reply is no list of objects</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Seal</name>
    <message>
        <source>sealing a key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token accepted CKA_EXTRACTABLE=false, but does not report it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>treat the key as extractable; ask the token&apos;s vendor</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ServiceCall</name>
    <message>
        <source>%1 may or may not have been carried out; it was not repeated, since that could make a second key. Look first (aws kms list-keys; by description, tag or creation date), then repeat the command, or go on with the key that is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 may or may not have been carried out: look with DescribeKey; repeating it with the same material does no harm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS %1 at %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STS %1 at %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tls: private or intercepted: the certificate of %1 ends at &quot;%2&quot;, which is no root of Amazon Trust Services</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>whoever owns that root can swap the wrapping key; --require-amazon-roots refuses such connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 seconds behind the time of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 seconds ahead of the time of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set the clock: expiry times and the 24 hours of the import token rest on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the service refused this machine&apos;s time; requests are signed with its own time instead (%1 seconds %2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set the clock</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SharedConfig</name>
    <message>
        <source>file %1, line %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct this line; the AWS command line reads the same file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a section is written [name]</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the section [%1] is there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a setting stands before the first [section]</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is neither a [section] nor name = value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the setting %1 is there twice in its section</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SimulatorProcess</name>
    <message>
        <source>KMS simulator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the program keyconvoy-kms-simulator, or install the package keyconvoy-kms-simulator and leave the option out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the program %1 is neither beside this one nor on PATH</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>install the Debian package keyconvoy-kms-simulator; it is a package of its own so that a production workstation does not have it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 did not get ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start it by hand to see what it says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its first line is not the one that was agreed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>install simulator and keyconvoy of the same version</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StateFiles</name>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be written: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make room or give write permission there, or set XDG_STATE_HOME to another folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither XDG_STATE_HOME nor HOME holds an absolute path, so there is no place to keep results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set one of them</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Station</name>
    <message>
        <source>the account is %1, which belongs to the simulator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key %1 belongs to the simulator&apos;s account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 says that it is a simulator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is reached by plain http</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>declare a rehearsal with --rehearsal, or name the real endpoint and credentials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a rehearsal was declared, but account %1 looks like a real one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start the simulator and name its --endpoint-url, or leave --rehearsal out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StationProfile</name>
    <message>
        <source>station</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open the page Station and fill it in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no PKCS#11 module is named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no token is chosen</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sts</name>
    <message>
        <source>the answer names no caller (account, ARN and user ID)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint and the proxy: whoever answers there is not STS</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Token</name>
    <message>
        <source>key with %1 on token &quot;%2&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no secret or private key matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in first: private keys are not seen before that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the name; &apos;key list&apos; shows what is on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 keys match: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the key by label and ID (id=%.. in the URI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>destroying a key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token reported success, but the object with ID %1 is still there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remove it with the token&apos;s own tool and check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>label of the new key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the original a label by which people will find it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>public key of a key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is a secret key, which has no public half</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a key pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is not exactly one public object with this key&apos;s ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put the public key on the token with the same ID, with the token&apos;s own tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token with %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the module has no initialised token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no token matches; present: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check that the token is connected and the name is right (&apos;token list&apos;); for a software token, that its configuration is the right one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens match: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the token by its URI with the serial, or disconnect the other one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this reference names no key of this token: the key was destroyed, or belongs to another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no public object with this key&apos;s ID on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another token is in its slot now: label &quot;%1&quot;, serial %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put the right token back and start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>login to token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the user is logged in; the security officer cannot be logged in beside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer is logged in; the user cannot be logged in beside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log out first</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TokenAccess</name>
    <message>
        <source>open the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>module</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>module, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>serial number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>firmware</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is used before it was opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TokenUri</name>
    <message>
        <source>PKCS#11 URI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write it as in RFC 7512, for example pkcs11:token=Backup;serial=0123;object=my-key (&apos;token list&apos; prints them)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds a PIN (pin-value)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave the PIN out and change it if this line was logged; give it when asked or by a PIN source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has query attributes (behind the question mark)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave them out; module and PIN source have options of their own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it names an object (%1), but a token is wanted here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave object, type and id out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the attribute &apos;%1&apos; is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a token by token, manufacturer, model and serial, a key also by object, id and type; slot numbers change and are not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the attribute &apos;%1&apos; stands there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave one of them out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no token is named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not begin with pkcs11:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it names no key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>add object=LABEL or id=%.. to it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>libcurl, option %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is refused: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a libcurl of version 7.85 or newer with OpenSSL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CA bundle %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check --ca-bundle, AWS_CA_BUNDLE and the profile&apos;s ca_bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the network, the endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY); then repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint&apos;s name and this machine&apos;s clock; behind an inspecting proxy or a private endpoint name its CA with --ca-bundle, knowing that its owner can then swap the wrapping key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the host&apos;s name is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the proxy&apos;s name is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody answers at this address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the proxy makes no connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection broke while the request was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection broke before the reply was complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection was closed without a reply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only a part of the reply arrived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no TLS connection came about; TLS 1.2 or newer is required</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server&apos;s certificate is not accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the CA bundle cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be a file with certificates in PEM form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what answers there does not speak HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint&apos;s host and port, and whether it wants https</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory ran out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close other programs and repeat the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no complete reply came in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no connection came about in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the certificate chain ends at &quot;%1&quot;, which is no root of Amazon Trust Services; nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no TLS, and Amazon&apos;s roots are required; nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out who answers there; only for a private endpoint or a proxy that you trust like KMS itself, repeat without --require-amazon-roots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this name leads to %1, which is not this machine; nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use https, or a loopback address such as http://127.0.0.1:4566 for a simulator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the TLS connection shows no verified certificate chain; nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a libcurl that is built with OpenSSL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reply is longer than any that KMS gives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there is not KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the proxy %1 answers with status %2 and makes no connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the proxy&apos;s user name and password in HTTPS_PROXY (http://name:password@host:port)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have the proxy&apos;s owner allow this host and port, or name the host in NO_PROXY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the transfer failed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrustJob</name>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is another wrapping key than the pinned one: its SHA-256 is %1, pinned was %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out which of the two is wrong before anything is wrapped under this key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare the wrapping key&apos;s fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put the wrapping key on the token as trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever holds the private half of a trusted wrapping key can have every key that is wrapped under it. Compare the fingerprint with one from another source. Is it the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>label there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trusted, read back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key on the token</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrustedKey</name>
    <message>
        <source>trusted wrapping key on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only the security officer can mark a wrapping key as trusted, and is not logged in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log in as the security officer; a token without that role (NSS) cannot do this</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TwoTokens</name>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>serial number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open the backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>backup token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is the token that holds the key: %1, serial %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name another token with --to; a copy on the same token is no backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>backup token&apos;s module</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is loaded already with other settings, and a module can be loaded once per process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>let one setting show both tokens, or back up to a token of another module</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>VerifySignature</name>
    <message>
        <source>public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>look at the public object on the token with the vendor&apos;s tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a secret key makes no signatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name a key pair</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Wire</name>
    <message>
        <source>the key material ID &quot;%1&quot; is not 64 hexadecimal digits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there does not answer like KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request to KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a text in it is not UTF-8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check description, tags and policy, and the locale of the terminal</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WrapJob</name>
    <message>
        <source>the parameters for import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exactly one source is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the JSON of the AWS CLI, or the console&apos;s folder, or both console files one by one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>console files do not say until when they are good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give --parameters-valid-to; the console&apos;s README file names the time, 24 hours after the download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the parameters for import were given for another key, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the parameters of this key, or leave --key-id out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folder %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make the folder, or name another one for the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing can be written there: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>let this user write there, or name another folder for the files; nothing was made yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file %1, public key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read wrapping key and import token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare the wrapping key on the token with the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>agree to the whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrap the key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write the files for the import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>retain the token key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>import token, SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>usable until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is wrapped on the token as follows; compare the wrapping key with the sheet of the station that fetched it. Go on?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping key on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same as in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapped key, bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>import with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing here shows that wrapping key and import token came from one call; if they did not, KMS answers the import with InvalidCiphertextException or InvalidImportTokenException</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compare both SHA-256 values with the station that fetched the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the files do not name the KMS key; the command says KEY-ID in its place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put the ID of the KMS key that wrapping key and import token were fetched for there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WrapKey</name>
    <message>
        <source>wrapping on token &quot;%1&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no public RSA key with %1 on the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>check the URI of the wrapping key; &apos;key list&apos; shows what is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 public RSA keys match %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name the wrapping key by its ID as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is not extractable: its CKA_EXTRACTABLE is false, so it stays on this token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody can turn that back on, the security officer neither; generate a new key that is extractable (and seal it after the import)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and the session AES key of a two-step wrap cannot be trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>such a key can be wrapped by plain RSAES_OAEP only, under a wrapping key that the security officer marked as trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and this wrapping key is not trusted (CKA_TRUSTED)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the security officer puts the wrapping key on the token as a trusted one; then name it with --wrapping-key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the OAEP block has %1 bytes; under this wrapping key it must have %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this token does not wrap as the standard says; use another token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wrapping key on the token is not the expected one: modulus or exponent differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was wrapped. Do not go on before it is clear where this wrapping key comes from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the token marks a wrapping key of this program as trusted without being asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was wrapped; ask the token&apos;s vendor about CKA_TRUSTED</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WrappingPublicKey</name>
    <message>
        <source>give the PublicKey of a GetParametersForImport reply: a DER SubjectPublicKeyInfo with an RSA key of 2048, 3072 or 4096 bits, decoded from Base64</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has %1 bytes; a wrapping public key has at most %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is text (PEM or Base64), not DER</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo: it does not begin with a SEQUENCE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is truncated: %1 bytes are there, its DER header announces %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes follow its end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not an RSA key (rsaEncryption): its algorithm is %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its rsaEncryption parameters are not NULL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not in canonical DER: its RSAPublicKey has bytes too many or numbers written oddly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its RSA modulus has %1 bits; KMS gives 2048, 3072 or 4096</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its RSA modulus is even</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its public exponent is even</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its public exponent has %1 bits; 17 (65537) to 256 are sensible</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its RSA public key cannot be decoded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WrappingRoute</name>
    <message>
        <source>wrapping for %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-1 is allowed without a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>give the reason; it is kept in the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name another --wrapping-algorithm or --wrapping-key-spec, or leave them out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 uses SHA-1, which is taken only knowingly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use the SHA-256 form, or say why SHA-1 it is with --allow-sha1 REASON: OAEP does not rest on its collision resistance, yet standards phase it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>find out how this token can wrap such a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-1 is used in OAEP. Reason given: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a token that does OAEP with SHA-256 when you can</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a token that does %1 rightly; nothing is ever wrapped outside the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use a token that does %1 rightly; or have %2 tried too, with --allow-sha1 REASON; nothing is ever wrapped outside the token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token %1, wrapping for %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this key may be wrapped under trusted keys only, so only RSAES_OAEP would do, and KMS does not take that for this key spec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot wrap such a key in any allowed way. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping algorithm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrapping key spec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done on the token by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>qualified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>strength, bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrap %1, key %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-1 because</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::AboutPage</name>
    <message>
        <source>About Keyconvoy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it promises</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key never leaves the token in the clear. Nothing in this program asks for, receives or holds its bytes. A software token is memory of this computer, and every result says so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works on the token you have. What a token can do is found out by trying it with throw-away keys, never assumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says what a result rests on, and claims nothing more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot protect you from the computer it runs on: the screen can lie. Compare fingerprints on paper, across stations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it looks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the desktop has it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence and origins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyconvoy is free software under the Apache License 2.0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stands on OpenSSL, libp11, p11-kit, libcurl, nlohmann-json, toml++, pugixml and Qt %1 (LGPL 3).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FailurePanel</name>
    <message>
        <source>Something given is not right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something was not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refused by a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something needed is not available</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A check failed: stop and find out why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A defect of this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side&apos;s words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request ID</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FindingsView</name>
    <message>
        <source>What to do: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ImportPage</name>
    <message>
        <source>Import a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring one key from the token into KMS.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::JobPanel</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling after this call …</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::MainWindow</name>
    <message>
        <source>Keyconvoy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St&amp;ation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;bout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something is running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is still running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can end after the call that is under way. What exists by then is named; nothing half-done is left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel it, then close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ModeBanner</name>
    <message>
        <source>Making tokens and starting the simulator …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Software token %1, simulated KMS. Nothing here reaches AWS; everything is thrown away at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No token is chosen yet: open the page Station.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region from the AWS configuration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token %1  ·  %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the rehearsal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>REHEARSAL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::PinField</name>
    <message>
        <source>PIN</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::QuestionPanel</name>
    <message>
        <source>Log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in as security officer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on at the token&apos;s own pad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agree and go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I consent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Caps lock seems to be on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A PIN has at most 255 octets; the last character was not taken.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StartPage</name>
    <message>
        <source>Key material, from your token into KMS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyconvoy generates a key inside a PKCS#11 token, wraps it there under the wrapping key that KMS gives, imports it, and checks the import. The key never leaves the token in the clear.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rehearse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go through it once with software tokens and a simulated KMS, made on this machine and thrown away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate a key on the token, or take one that is there, and bring it into KMS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what the token holds, and find out what it can really wrap.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Station</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose module, token and AWS account, and check that everything needed is here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StationPage</name>
    <message>
        <source>Station</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine, this token, this account: what jobs work on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StepList</name>
    <message>
        <source>%1 of %2  ·  %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::TokensPage</name>
    <message>
        <source>Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What tokens there are, what they hold, and what they can really wrap.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
