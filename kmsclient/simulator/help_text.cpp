#include "kmsclient/simulator/command_line.h"

namespace keyconvoy::kms::simulator {

std::string helpText() {
    return R"help(keyconvoy-kms-simulator: a local AWS KMS for rehearsals and tests

It answers the AWS KMS API (and STS GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity) on a loopback address,
checks signatures, unwraps imported key material and uses it. One server is all Regions of the partition aws: a request
belongs to the Region that it was signed for. Without --state everything lives in memory and is gone when it ends. Its
accounts are 000000000000 to 000000000009, and every reply carries the header x-keyconvoy-simulator. It is not a KMS:
never import a key that protects anything.

When it is ready it prints one JSON line: url, accessKeyId, secretAccessKey, account, region, and controlUrl when there
is one. Account N has the access key AKIAKEYCONVOY000000N with the secret keyconvoy/simulator/00000000000N/secret/.

Where it listens
  --listen ADDRESS:PORT     loopback address; port 0 takes any that is free (default 127.0.0.1:0)
  --region NAME             the Region that it names when it is ready (default us-east-1)
  --tls                     serve https with a certificate made for this run
  --tls-ca-out FILE         the same, and write its authority's certificate (PEM) to this new file
  --tls-certificate FILE    serve https with this certificate (PEM, chain)
  --tls-key FILE            and its private key (PEM)
  --control ADDRESS:PORT    serve the control interface too (clock and faults), on a loopback address

What it keeps
  --state DIR               keep everything in this folder, so that it outlives the program, however that ends
  --audit-log FILE          add a line to this file for each call, as CloudTrail records it

What time it is, and what goes wrong
  --time TIME               the time at the start: 2027-06-17T12:00:00Z
  --time-stands             the clock stands still
  --time-offset TIME        the clock runs ahead by this much, or behind: 25h, -10m, 3600s, 250ms, 2d
  --time-offset-file FILE   the same, read from the file for each request; an absent or empty file means 0
  --rotation-delay TIME     how long RotateKeyOnDemand takes (default 0s)
  --replication-delay TIME  how long a new replica is Creating and a moved primary Updating (default 0s)
  --propagation-delay TIME  for how long calls that read do not see what was changed (default 0s)
  --fault KIND[,NAME=VALUE]...
                            a fault from the start; may be given again. Kinds: access-denied, throttling,
                            expired-credentials, server-error, dropped-connection, slow-reply, clock-skew, stale-reads,
                            wrong-certificate; each takes operation=NAME and calls=N

Else
  --key-pool N              wrapping key pairs kept ready per size, 0 to 16 (default 1)
  --exit-with-parent[=PID]  end when the process that started it ends
  --version                 print the version
  --help                    print this

Examples
  Start it, with https, and keep its ready line:
    keyconvoy-kms-simulator --tls-ca-out ca.pem --control 127.0.0.1:0 > ready.json &

  AWS CLI:
    export AWS_ACCESS_KEY_ID=$(jq -r .accessKeyId ready.json)
    export AWS_SECRET_ACCESS_KEY=$(jq -r .secretAccessKey ready.json)
    aws --endpoint-url "$(jq -r .url ready.json)" --ca-bundle ca.pem --region us-east-1 \
      kms create-key --origin EXTERNAL

  AWS SDK for JavaScript (node with NODE_EXTRA_CA_CERTS=ca.pem):
    import { readFileSync } from "node:fs";
    import { KMSClient, CreateKeyCommand } from "@aws-sdk/client-kms";
    const ready = JSON.parse(readFileSync("ready.json", "utf8"));
    const kms = new KMSClient({ endpoint: ready.url, region: ready.region, credentials: ready });
    await kms.send(new CreateKeyCommand({ Origin: "EXTERNAL" }));

  AWS SDK for Python:
    import boto3, json
    ready = json.load(open("ready.json"))
    kms = boto3.client("kms", endpoint_url=ready["url"], region_name=ready["region"], verify="ca.pem",
                       aws_access_key_id=ready["accessKeyId"], aws_secret_access_key=ready["secretAccessKey"])
    kms.create_key(Origin="EXTERNAL")

  A day later, with an import that is throttled twice:
    curl -s -X POST -H 'Content-Type: application/json' -d '{"by":"25h"}' \
      "$(jq -r .controlUrl ready.json)/clock/advance"
    curl -s -X POST -H 'Content-Type: application/json' \
      -d '{"kind":"throttling","operation":"ImportKeyMaterial","calls":2}' "$(jq -r .controlUrl ready.json)/faults"
)help";
}

}  // namespace keyconvoy::kms::simulator
