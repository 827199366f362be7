"use strict";
// One key in three Regions: replicated, given new material everywhere, rotated, led from another Region, deleted.

const assert = require("node:assert/strict");
const t = require("./support.cjs");
const { sdk } = t;

const replicate = (kms, id, region) => kms.send(new sdk.ReplicateKeyCommand({ KeyId: id, ReplicaRegion: region }));
const rotate = (kms, id) => kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId: id }));
const states = async (kms, id) => (await t.materials(kms, id)).map((entry) => [entry.KeyMaterialState, entry.ImportState]);

t.withSimulator("material goes to each Region by itself, and rotation waits for the last", [], async (simulator, kms) => {
  const [ireland, oregon] = ["eu-west-1", "us-west-2"].map((region) => simulator.client(region));
  const id = await t.createKey(kms, { MultiRegion: true });
  assert.match(id, /^mrk-[0-9a-f]{32}$/);
  await t.mustFail(replicate(kms, id, "eu-west-1"), sdk.KMSInvalidStateException);
  const first = await t.importMaterial(kms, id, t.secret(1), { KeyMaterialDescription: "first" });

  const { ReplicaKeyMetadata, ReplicaPolicy } = await replicate(kms, id, "eu-west-1");
  assert.equal(ReplicaKeyMetadata.Arn, `arn:aws:kms:eu-west-1:000000000000:key/${id}`);
  assert.equal(ReplicaKeyMetadata.MultiRegionConfiguration.MultiRegionKeyType, "REPLICA");
  assert.ok(JSON.parse(ReplicaPolicy).Statement);
  await replicate(kms, id, "us-west-2");
  await t.mustFail(replicate(kms, id, "us-west-2"), sdk.AlreadyExistsException);

  for (const replica of [ireland, oregon]) {
    assert.equal(await t.state(replica, id), "PendingImport");
    assert.deepEqual(await states(replica, id), [["CURRENT", "PENDING_IMPORT"]]);
    await t.mustFail(t.importMaterial(replica, id, t.secret(9)), sdk.IncorrectKeyMaterialException);
    assert.equal((await t.importMaterial(replica, id, t.secret(1))).KeyMaterialId, first.KeyMaterialId);
    assert.equal(await t.state(replica, id), "Enabled");
  }
  await t.mustFail(
    replicate(ireland, id, "eu-central-1"),
    sdk.UnsupportedOperationException,
    `${ReplicaKeyMetadata.Arn} is not a multi-region primary key.`,
  );
  const parameters = await t.getParameters(kms, id);
  const elsewhere = new sdk.ImportKeyMaterialCommand({
    KeyId: id,
    ImportToken: parameters.ImportToken,
    EncryptedKeyMaterial: t.wrap(parameters, "RSAES_OAEP_SHA_256", t.secret(1)),
    ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
  });
  await t.mustFail(ireland.send(elsewhere), sdk.InvalidImportTokenException);
  const early = await t.encrypt(kms, id, "early");
  assert.equal(t.textOf((await t.decrypt(ireland, early)).Plaintext), "early");

  const second = await t.importMaterial(kms, id, t.secret(2), { ImportType: "NEW_KEY_MATERIAL" });
  const existing = { ImportType: "EXISTING_KEY_MATERIAL", KeyMaterialId: second.KeyMaterialId };
  const waiting = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
  for (const replica of [ireland, oregon]) {
    assert.deepEqual(await states(replica, id), [["CURRENT", "IMPORTED"], [waiting, "PENDING_IMPORT"]]);
    await t.mustFail(
      rotate(kms, id),
      sdk.KMSInvalidStateException,
      "Cannot perform key material rotation: Key material has not been imported for replicas of the Multi-Region key.",
    );
    await t.importMaterial(replica, id, t.secret(2), existing);
  }
  assert.deepEqual(await states(kms, id), [["CURRENT", "IMPORTED"], ["PENDING_ROTATION", "IMPORTED"]]);
  await rotate(kms, id);
  for (const region of [kms, ireland, oregon]) {
    assert.deepEqual(await states(region, id), [["NON_CURRENT", "IMPORTED"], ["CURRENT", "IMPORTED"]]);
    assert.equal((await t.metadata(region, id)).CurrentKeyMaterialId, second.KeyMaterialId);
    assert.equal(t.textOf((await t.decrypt(region, early)).Plaintext), "early");
  }
  const late = await t.encrypt(oregon, id, "late");
  assert.equal((await t.decrypt(ireland, late)).KeyMaterialId, second.KeyMaterialId);

  await kms.send(new sdk.UpdatePrimaryRegionCommand({ KeyId: id, PrimaryRegion: "eu-west-1" }));
  const { PrimaryKey, ReplicaKeys } = (await t.metadata(oregon, id)).MultiRegionConfiguration;
  assert.equal(PrimaryKey.Region, "eu-west-1");
  assert.deepEqual(ReplicaKeys.map((key) => key.Region).sort(), ["us-east-1", "us-west-2"]);

  const scheduled = await ireland.send(new sdk.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
  assert.deepEqual([scheduled.KeyState, scheduled.DeletionDate], ["PendingReplicaDeletion", undefined]);
  assert.equal((await t.metadata(ireland, id)).PendingDeletionWindowInDays, 7);
  await ireland.send(new sdk.CancelKeyDeletionCommand({ KeyId: id }));
  assert.equal(await t.state(ireland, id), "Disabled");
});

t.withSimulator("an expiry is of its Region", [], async (simulator, kms) => {
  const ireland = simulator.client("eu-west-1");
  const id = await t.createKey(kms, { MultiRegion: true });
  await t.importMaterial(kms, id, t.secret(1));
  await replicate(kms, id, "eu-west-1");
  const ValidTo = new Date((await simulator.now()).getTime() + 120_000);
  await t.importMaterial(ireland, id, t.secret(1), { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo });
  await simulator.advance("4m");
  assert.deepEqual([await t.state(kms, id), await t.state(ireland, id)], ["Enabled", "PendingImport"]);
});

t.withSimulator("a key of another Region is not found", [], async (simulator, kms) => {
  const { KeyMetadata } = await kms.send(new sdk.CreateKeyCommand({ Origin: "EXTERNAL" }));
  const ireland = simulator.client("eu-west-1");
  await t.mustFail(t.metadata(ireland, KeyMetadata.Arn), sdk.NotFoundException, "Invalid arn us-east-1");
  const there = `Key 'arn:aws:kms:eu-west-1:000000000000:key/${KeyMetadata.KeyId}' does not exist`;
  await t.mustFail(t.metadata(ireland, KeyMetadata.KeyId), sdk.NotFoundException, there);
});
