"use strict";
// What the tests of the AWS SDK for JavaScript share: a simulator of their own, clients as anybody would make them, and wrapping with
// Node's OpenSSL.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const crypto = require("node:crypto");
const http = require("node:http");
const readline = require("node:readline");
const test = require("node:test");

const sdk = require("@aws-sdk/client-kms");

/** keyconvoy-kms-simulator with its control interface, for the tests of one file. */
class Simulator {
  static async start(...options) {
    const program = process.env.KEYCONVOY_SIMULATOR_PROGRAM;
    const child = spawn(program, ["--exit-with-parent", "--key-pool", "0", "--control", "127.0.0.1:0", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {},
    });
    for await (const line of readline.createInterface({ input: child.stdout })) {
      return new Simulator(child, JSON.parse(line));
    }
    throw new Error("the simulator ended before it was ready");
  }

  constructor(child, ready) {
    this.child = child;
    this.ready = ready;
    this.clients = [];
  }

  /** A client with nothing but endpoint, Region and credentials. */
  client(region = this.ready.region, credentials = this.ready) {
    const client = new sdk.KMSClient({ endpoint: this.ready.url, region, credentials });
    this.clients.push(client);
    return client;
  }

  control(method, path, body) {
    return new Promise((resolve, reject) => {
      const headers = body ? { "Content-Type": "application/json" } : {};
      const request = http.request(this.ready.controlUrl + path, { method, headers, agent: false }, (reply) => {
        let text = "";
        reply.on("data", (part) => (text += part));
        reply.on("end", () => (reply.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(text))));
      });
      request.on("error", reject);
      request.end(body && JSON.stringify(body));
    });
  }

  /** Less than five minutes: signatures by the machine's clock stay good. */
  advance(by) {
    return this.control("POST", "/clock/advance", { by });
  }

  fault(fault) {
    return this.control("POST", "/faults", fault);
  }

  async now() {
    return new Date((await this.control("GET", "/clock")).now);
  }

  end() {
    this.clients.forEach((client) => client.destroy());
    this.child.kill();
  }
}

/** A test with a simulator of its own. */
function withSimulator(name, options, body) {
  test(name, async () => {
    const simulator = await Simulator.start(...options);
    try {
      await body(simulator, simulator.client());
    } finally {
      simulator.end();
    }
  });
}

const secret = (fill, size = 32) => Buffer.alloc(size, fill);

function oaep(parameters, hash, plaintext) {
  const key = crypto.createPublicKey({ key: Buffer.from(parameters.PublicKey), format: "der", type: "spki" });
  return crypto.publicEncrypt({ key, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, plaintext);
}

/** EncryptedKeyMaterial for the algorithm that the parameters were fetched for. */
function wrap(parameters, algorithm, plaintext) {
  const hash = algorithm.endsWith("_SHA_256") ? "sha256" : "sha1";
  if (algorithm.startsWith("RSAES_OAEP")) {
    return oaep(parameters, hash, plaintext);
  }
  const temporary = crypto.randomBytes(32);
  const cipher = crypto.createCipheriv("id-aes256-wrap-pad", temporary, Buffer.from("a65959a6", "hex")); // RFC 5649
  return Buffer.concat([oaep(parameters, hash, temporary), cipher.update(plaintext), cipher.final()]);
}

async function createKey(kms, more = {}) {
  const reply = await kms.send(new sdk.CreateKeyCommand({ Origin: "EXTERNAL", ...more }));
  return reply.KeyMetadata.KeyId;
}

function getParameters(kms, id, algorithm = "RSAES_OAEP_SHA_256", spec = "RSA_2048") {
  return kms.send(
    new sdk.GetParametersForImportCommand({ KeyId: id, WrappingAlgorithm: algorithm, WrappingKeySpec: spec }),
  );
}

/** Without another ExpirationModel the material does not expire. */
async function importMaterial(kms, id, plaintext, more = {}, algorithm = "RSAES_OAEP_SHA_256") {
  const parameters = await getParameters(kms, id, algorithm);
  return kms.send(
    new sdk.ImportKeyMaterialCommand({
      KeyId: id,
      ImportToken: parameters.ImportToken,
      EncryptedKeyMaterial: wrap(parameters, algorithm, plaintext),
      ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      ...more,
    }),
  );
}

async function metadata(kms, id) {
  return (await kms.send(new sdk.DescribeKeyCommand({ KeyId: id }))).KeyMetadata;
}

const state = async (kms, id) => (await metadata(kms, id)).KeyState;

async function materials(kms, id) {
  const all = [];
  const wanted = { KeyId: id, IncludeKeyMaterial: "ALL_KEY_MATERIAL" };
  for await (const page of sdk.paginateListKeyRotations({ client: kms, pageSize: 2 }, wanted)) {
    all.push(...page.Rotations);
  }
  return all;
}

const encrypt = async (kms, id, text) =>
  (await kms.send(new sdk.EncryptCommand({ KeyId: id, Plaintext: Buffer.from(text) }))).CiphertextBlob;

const decrypt = (kms, sealed) => kms.send(new sdk.DecryptCommand({ CiphertextBlob: sealed }));

const textOf = (octets) => Buffer.from(octets).toString();

/** The call must end in this class of the SDK; gives the exception. */
async function mustFail(call, Exception, message) {
  const error = await call.then(
    () => assert.fail(`expected ${Exception.name}`),
    (thrown) => thrown,
  );
  assert.equal(error.name, Exception.name, error.message);
  assert.ok(error instanceof Exception);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  if (message !== undefined) {
    assert.equal(error.message, message);
  }
  return error;
}

module.exports = {
  sdk,
  withSimulator,
  secret,
  wrap,
  createKey,
  getParameters,
  importMaterial,
  metadata,
  state,
  materials,
  encrypt,
  decrypt,
  textOf,
  mustFail,
};
