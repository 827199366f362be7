"use strict";
// The life of keys in one Region: created, imported, used, expired, imported again, named, deleted.

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const t = require("./support.cjs");
const { sdk } = t;

t.withSimulator("a symmetric key is created, imported, used, expires, and is imported again", [], async (simulator, kms) => {
  const { KeyMetadata: created } = await kms.send(
    new sdk.CreateKeyCommand({
      Origin: "EXTERNAL",
      Description: "orders",
      Tags: [{ TagKey: "ceremony", TagValue: "2027-06-17" }],
    }),
  );
  const id = created.KeyId;
  assert.deepEqual(
    [created.KeyState, created.Enabled, created.KeySpec, created.KeyUsage, created.Origin, created.Description],
    ["PendingImport", false, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EXTERNAL", "orders"],
  );
  assert.equal(created.Arn, `arn:aws:kms:us-east-1:000000000000:key/${id}`);
  await t.mustFail(t.encrypt(kms, id, "early"), sdk.KMSInvalidStateException, `${created.Arn} is pending import.`);

  const end = new Date(Math.floor((await simulator.now()).getTime() / 1000) * 1000 + 120_000);
  const expiring = { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: end };
  const imported = await t.importMaterial(kms, id, t.secret(1), { ...expiring, KeyMaterialDescription: "first" });
  assert.equal(imported.KeyId, created.Arn);
  assert.match(imported.KeyMaterialId, /^[0-9a-f]{64}$/);
  const enabled = await t.metadata(kms, id);
  assert.deepEqual(
    [enabled.KeyState, enabled.ExpirationModel, enabled.ValidTo, enabled.CurrentKeyMaterialId],
    ["Enabled", "KEY_MATERIAL_EXPIRES", end, imported.KeyMaterialId],
  );

  const sealed = await t.encrypt(kms, id, "ceremony");
  const opened = await t.decrypt(kms, sealed);
  assert.deepEqual([t.textOf(opened.Plaintext), opened.KeyMaterialId], ["ceremony", imported.KeyMaterialId]);

  await simulator.advance("4m");
  assert.equal(await t.state(kms, id), "PendingImport");
  await t.mustFail(t.decrypt(kms, sealed), sdk.KMSInvalidStateException);
  const wrong = t.importMaterial(kms, id, t.secret(2));
  await t.mustFail(
    wrong,
    sdk.IncorrectKeyMaterialException,
    `Imported key material does not have the expected identifier (${imported.KeyMaterialId}).`,
  );
  const again = await t.importMaterial(kms, id, t.secret(1), {
    ImportType: "EXISTING_KEY_MATERIAL",
    KeyMaterialId: imported.KeyMaterialId,
  });
  assert.equal(again.KeyMaterialId, imported.KeyMaterialId);
  assert.equal(t.textOf((await t.decrypt(kms, sealed)).Plaintext), "ceremony");
  assert.equal((await t.metadata(kms, id)).ExpirationModel, "KEY_MATERIAL_DOES_NOT_EXPIRE");
  assert.deepEqual(
    (await t.materials(kms, id)).map((entry) => [entry.KeyMaterialDescription, entry.ImportState, entry.KeyMaterialState]),
    [["first", "IMPORTED", "CURRENT"]],
  );

  const deleted = await kms.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId: id }));
  assert.deepEqual([deleted.KeyId, deleted.KeyMaterialId], [created.Arn, imported.KeyMaterialId]);
  assert.equal(await t.state(kms, id), "PendingImport");
  await t.importMaterial(kms, id, t.secret(1));
  await kms.send(new sdk.DisableKeyCommand({ KeyId: id }));
  await t.mustFail(t.encrypt(kms, id, "x"), sdk.DisabledException, `${created.Arn} is disabled.`);
  await kms.send(new sdk.EnableKeyCommand({ KeyId: id }));

  const scheduled = await kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
  assert.deepEqual([scheduled.KeyState, scheduled.PendingWindowInDays], ["PendingDeletion", 7]);
  assert.ok(scheduled.DeletionDate instanceof Date);
  await kms.send(new sdk.CancelKeyDeletionCommand({ KeyId: id }));
  assert.equal(await t.state(kms, id), "Disabled");
});

t.withSimulator("parameters come in every algorithm, and what is wrapped for them is opened", [], async (_, kms) => {
  const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pkcs8 = rsa.privateKey.export({ format: "der", type: "pkcs8" });
  const symmetric = await t.createKey(kms);
  const signing = await t.createKey(kms, { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  const rows = [
    ["RSAES_OAEP_SHA_1", "RSA_2048", 294, symmetric, t.secret(1)],
    ["RSAES_OAEP_SHA_256", "RSA_2048", 294, symmetric, t.secret(1)],
    ["RSA_AES_KEY_WRAP_SHA_1", "RSA_3072", 422, signing, pkcs8],
    ["RSA_AES_KEY_WRAP_SHA_256", "RSA_4096", 550, signing, pkcs8],
  ];
  for (const [algorithm, spec, size, id, material] of rows) {
    const parameters = await t.getParameters(kms, id, algorithm, spec);
    assert.equal(parameters.PublicKey.length, size);
    assert.ok(parameters.ParametersValidTo instanceof Date);
    await kms.send(
      new sdk.ImportKeyMaterialCommand({
        KeyId: id,
        ImportToken: parameters.ImportToken,
        EncryptedKeyMaterial: t.wrap(parameters, algorithm, material),
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      }),
    );
  }
  const refused = await t.getParameters(kms, signing, "RSAES_OAEP_SHA_256").catch((error) => error);
  assert.equal(refused.name, "ValidationException");
  assert.equal(
    refused.message,
    "Wrapping algorithm RSAES_OAEP_SHA_256 and wrapping key spec RSA_2048 cannot be used to import a RSA_2048 key.",
  );

  const message = Buffer.from("what is signed");
  const signed = await kms.send(
    new sdk.SignCommand({ KeyId: signing, Message: message, SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256" }),
  );
  assert.ok(crypto.verify("sha256", message, rsa.publicKey, signed.Signature));
});

t.withSimulator("HMAC keys and key pairs do what their material says", [], async (_, kms) => {
  const hmac = await t.createKey(kms, { KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" });
  const imported = await t.importMaterial(kms, hmac, t.secret(0x41, 48));
  assert.equal(imported.KeyMaterialId, undefined);
  const mac = { KeyId: hmac, MacAlgorithm: "HMAC_SHA_384", Message: Buffer.from("a message") };
  const { Mac } = await kms.send(new sdk.GenerateMacCommand(mac));
  assert.deepEqual(Buffer.from(Mac), crypto.createHmac("sha384", t.secret(0x41, 48)).update("a message").digest());
  assert.equal((await kms.send(new sdk.VerifyMacCommand({ ...mac, Mac }))).MacValid, true);
  await t.mustFail(kms.send(new sdk.VerifyMacCommand({ ...mac, Mac: t.secret(1, 48) })), sdk.KMSInvalidMacException);

  const rows = [
    ["ECC_NIST_P256", "prime256v1", "sha256", "ECDSA_SHA_256"],
    ["ECC_NIST_P384", "secp384r1", "sha384", "ECDSA_SHA_384"],
    ["ECC_NIST_P521", "secp521r1", "sha512", "ECDSA_SHA_512"],
    ["ECC_SECG_P256K1", "secp256k1", "sha256", "ECDSA_SHA_256"],
    ["ECC_NIST_EDWARDS25519", undefined, null, "ED25519_SHA_512"],
  ];
  for (const [spec, namedCurve, hash, algorithm] of rows) {
    const pair = namedCurve ? crypto.generateKeyPairSync("ec", { namedCurve }) : crypto.generateKeyPairSync("ed25519");
    const id = await t.createKey(kms, { KeySpec: spec, KeyUsage: "SIGN_VERIFY" });
    const pkcs8 = pair.privateKey.export({ format: "der", type: "pkcs8" });
    await t.importMaterial(kms, id, pkcs8, {}, "RSA_AES_KEY_WRAP_SHA_256");
    const { PublicKey } = await kms.send(new sdk.GetPublicKeyCommand({ KeyId: id }));
    assert.deepEqual(Buffer.from(PublicKey), pair.publicKey.export({ format: "der", type: "spki" }), spec);
    const call = { KeyId: id, Message: Buffer.from("a message"), SigningAlgorithm: algorithm };
    const { Signature } = await kms.send(new sdk.SignCommand(call));
    assert.ok(crypto.verify(hash, call.Message, pair.publicKey, Signature), spec);
    assert.equal((await kms.send(new sdk.VerifyCommand({ ...call, Signature }))).SignatureValid, true);
    const other = { ...call, Message: Buffer.from("another"), Signature };
    await t.mustFail(kms.send(new sdk.VerifyCommand(other)), sdk.KMSInvalidSignatureException);
  }

  const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 3072 });
  const sealing = await t.createKey(kms, { KeySpec: "RSA_3072", KeyUsage: "ENCRYPT_DECRYPT" });
  const pkcs8 = rsa.privateKey.export({ format: "der", type: "pkcs8" });
  await t.importMaterial(kms, sealing, pkcs8, {}, "RSA_AES_KEY_WRAP_SHA_256");
  const CiphertextBlob = crypto.publicEncrypt({ key: rsa.publicKey, oaepHash: "sha256" }, Buffer.from("for KMS"));
  const opening = { KeyId: sealing, EncryptionAlgorithm: "RSAES_OAEP_SHA_256", CiphertextBlob };
  assert.equal(t.textOf((await kms.send(new sdk.DecryptCommand(opening))).Plaintext), "for KMS");

  const [ours, theirs] = [0, 1].map(() => crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" }));
  const agreeing = await t.createKey(kms, { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
  await t.importMaterial(kms, agreeing, ours.privateKey.export({ format: "der", type: "pkcs8" }));
  const PublicKey = theirs.publicKey.export({ format: "der", type: "spki" });
  const { SharedSecret } = await kms.send(
    new sdk.DeriveSharedSecretCommand({ KeyId: agreeing, KeyAgreementAlgorithm: "ECDH", PublicKey }),
  );
  const expected = crypto.diffieHellman({ privateKey: theirs.privateKey, publicKey: ours.publicKey });
  assert.deepEqual(Buffer.from(SharedSecret), expected);
});

t.withSimulator("keys have aliases, tags, descriptions and policies", [], async (_, kms) => {
  const [first, second] = [await t.createKey(kms), await t.createKey(kms)];
  await t.importMaterial(kms, first, t.secret(1));
  await kms.send(new sdk.CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: first }));
  assert.equal((await t.metadata(kms, "alias/orders")).KeyId, first);
  assert.equal(t.textOf((await t.decrypt(kms, await t.encrypt(kms, "alias/orders", "x"))).Plaintext), "x");
  await t.mustFail(
    kms.send(new sdk.CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: second })),
    sdk.AlreadyExistsException,
  );
  await t.mustFail(t.getParameters(kms, "alias/orders"), sdk.InvalidArnException);
  await kms.send(new sdk.UpdateAliasCommand({ AliasName: "alias/orders", TargetKeyId: second }));
  const { Aliases } = await kms.send(new sdk.ListAliasesCommand({ KeyId: second }));
  assert.deepEqual(Aliases.map((alias) => [alias.AliasName, alias.TargetKeyId]), [["alias/orders", second]]);
  await kms.send(new sdk.DeleteAliasCommand({ AliasName: "alias/orders" }));
  await t.mustFail(kms.send(new sdk.DeleteAliasCommand({ AliasName: "alias/orders" })), sdk.NotFoundException);

  const tags = ["a", "b", "c"].map((TagKey) => ({ TagKey, TagValue: TagKey.toUpperCase() }));
  await kms.send(new sdk.TagResourceCommand({ KeyId: first, Tags: tags }));
  await kms.send(new sdk.UntagResourceCommand({ KeyId: first, TagKeys: ["b"] }));
  const { Tags } = await kms.send(new sdk.ListResourceTagsCommand({ KeyId: first }));
  assert.deepEqual(Tags, [tags[0], tags[2]]);
  const reserved = { KeyId: first, Tags: [{ TagKey: "aws:x", TagValue: "" }] };
  await t.mustFail(kms.send(new sdk.TagResourceCommand(reserved)), sdk.TagException, "Tags beginning with aws: are reserved");

  await kms.send(new sdk.UpdateKeyDescriptionCommand({ KeyId: first, Description: "for orders" }));
  assert.equal((await t.metadata(kms, first)).Description, "for orders");
  const { Policy } = await kms.send(new sdk.GetKeyPolicyCommand({ KeyId: first }));
  assert.equal(JSON.parse(Policy).Statement[0].Principal.AWS, "arn:aws:iam::000000000000:root");
  await kms.send(new sdk.PutKeyPolicyCommand({ KeyId: second, Policy }));
  await t.mustFail(
    kms.send(new sdk.PutKeyPolicyCommand({ KeyId: second, Policy: "no policy" })),
    sdk.MalformedPolicyDocumentException,
  );

  await t.createKey(kms);
  const pages = [];
  for await (const page of sdk.paginateListKeys({ client: kms, pageSize: 2 }, {})) {
    pages.push(page.Keys.length);
  }
  assert.deepEqual(pages, [2, 1]);
});

t.withSimulator("errors are the classes that the SDK has for them", [], async (_, kms) => {
  await t.mustFail(t.metadata(kms, "nonsense"), sdk.NotFoundException, "Invalid keyId 'nonsense'");
  const id = await t.createKey(kms);
  const parameters = await t.getParameters(kms, id);
  const import_ = (more) =>
    kms.send(
      new sdk.ImportKeyMaterialCommand({
        KeyId: id,
        ImportToken: parameters.ImportToken,
        EncryptedKeyMaterial: t.wrap(parameters, "RSAES_OAEP_SHA_256", t.secret(1)),
        ...more,
      }),
    );
  const forEver = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
  await t.mustFail(import_({ ...forEver, ImportToken: t.secret(7, 100) }), sdk.InvalidImportTokenException);
  const tooShort = t.wrap(parameters, "RSAES_OAEP_SHA_256", t.secret(1, 31));
  await t.mustFail(import_({ ...forEver, EncryptedKeyMaterial: tooShort }), sdk.InvalidCiphertextException);
  const without = await import_({}).catch((error) => error);
  assert.equal(without.name, "ValidationException");
  assert.equal(without.message, "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  assert.equal(await t.state(kms, id), "PendingImport");

  const ofKms = (await kms.send(new sdk.CreateKeyCommand({}))).KeyMetadata;
  await t.mustFail(
    t.getParameters(kms, ofKms.KeyId),
    sdk.UnsupportedOperationException,
    `${ofKms.Arn} origin is AWS_KMS which is not valid for this operation.`,
  );
  const dryRun = { KeyId: ofKms.KeyId, Plaintext: Buffer.from("x"), DryRun: true };
  await t.mustFail(kms.send(new sdk.EncryptCommand(dryRun)), sdk.DryRunOperationException);
});

t.withSimulator("what AWS says of credentials, access and haste arrives, and what passes is tried again", [], async (simulator, kms) => {
  const id = await t.createKey(kms);
  const wrong = simulator.client("us-east-1", { ...simulator.ready, secretAccessKey: "guessed" });
  assert.equal((await t.metadata(wrong, id).catch((error) => error)).name, "InvalidSignatureException");

  await simulator.fault({ kind: "access-denied", operation: "DescribeKey", calls: 1, policy: "service-control", denial: "explicit" });
  const denied = await t.metadata(kms, id).catch((error) => error);
  assert.equal(denied.name, "AccessDeniedException");
  assert.match(denied.message, /is not authorized to perform: kms:DescribeKey .* with an explicit deny in a service control policy$/);

  for (const fault of [
    { kind: "throttling" },
    { kind: "server-error", exception: "KMSInternalException" },
    { kind: "server-error", exception: "DependencyTimeoutException" },
    { kind: "dropped-connection", point: "before" },
  ]) {
    await simulator.fault({ ...fault, operation: "DescribeKey", calls: 1 });
    const { KeyMetadata, $metadata } = await kms.send(new sdk.DescribeKeyCommand({ KeyId: id }));
    assert.deepEqual([KeyMetadata.KeyId, $metadata.attempts], [id, 2], JSON.stringify(fault));
  }
});

t.withSimulator("the SDK corrects its clock by the replies; a token is of no use a day later", [], async (simulator, kms) => {
  const id = await t.createKey(kms);
  const parameters = await t.getParameters(kms, id);
  await simulator.advance("25h");
  await t.mustFail(
    kms.send(
      new sdk.ImportKeyMaterialCommand({
        KeyId: id,
        ImportToken: parameters.ImportToken,
        EncryptedKeyMaterial: t.wrap(parameters, "RSAES_OAEP_SHA_256", t.secret(1)),
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      }),
    ),
    sdk.ExpiredImportTokenException,
  );
  await t.importMaterial(kms, id, t.secret(1));
  assert.equal(await t.state(kms, id), "Enabled");
});
