"use strict";
// New material for a key in one Region, again and again.

const assert = require("node:assert/strict");
const t = require("./support.cjs");
const { sdk } = t;

const rotate = (kms, id) => kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId: id }));
const status = (kms, id) => kms.send(new sdk.GetKeyRotationStatusCommand({ KeyId: id }));
const asNew = (description) => ({ ImportType: "NEW_KEY_MATERIAL", KeyMaterialDescription: description });
const described = async (kms, id) =>
  (await t.materials(kms, id)).map((entry) => [entry.KeyMaterialDescription, entry.KeyMaterialState]);

t.withSimulator("a key gets new material, is rotated, and opens what both have sealed", ["--rotation-delay", "2m"], async (simulator, kms) => {
  const id = await t.createKey(kms);
  const first = await t.importMaterial(kms, id, t.secret(1), asNew("first"));
  const early = await t.encrypt(kms, id, "early");
  await t.mustFail(
    rotate(kms, id),
    sdk.KMSInvalidStateException,
    `No available key material pending rotation for the key: ${first.KeyId}.`,
  );

  const second = await t.importMaterial(kms, id, t.secret(2), asNew("second"));
  assert.deepEqual(await described(kms, id), [["first", "CURRENT"], ["second", "PENDING_ROTATION"]]);
  await t.mustFail(t.importMaterial(kms, id, t.secret(3), asNew("third")), sdk.KMSInvalidStateException);
  await t.mustFail(t.importMaterial(kms, id, t.secret(1), asNew("first")), sdk.IncorrectKeyMaterialException);

  assert.equal((await rotate(kms, id)).KeyId, first.KeyId);
  assert.ok((await status(kms, id)).OnDemandRotationStartDate instanceof Date);
  assert.equal((await t.metadata(kms, id)).CurrentKeyMaterialId, first.KeyMaterialId);
  await simulator.advance("3m");
  const rotated = await status(kms, id);
  assert.deepEqual([rotated.OnDemandRotationStartDate, rotated.KeyRotationEnabled], [undefined, false]);
  assert.equal((await t.metadata(kms, id)).CurrentKeyMaterialId, second.KeyMaterialId);
  assert.deepEqual(await described(kms, id), [["first", "NON_CURRENT"], ["second", "CURRENT"]]);
  const { Rotations } = await kms.send(new sdk.ListKeyRotationsCommand({ KeyId: id }));
  assert.deepEqual(
    Rotations.map((entry) => [entry.KeyMaterialId, entry.RotationType, entry.RotationDate instanceof Date]),
    [[second.KeyMaterialId, "ON_DEMAND", true]],
  );

  const late = await t.encrypt(kms, id, "late");
  const opened = await Promise.all([early, late].map((sealed) => t.decrypt(kms, sealed)));
  assert.deepEqual(
    opened.map((reply) => [t.textOf(reply.Plaintext), reply.KeyMaterialId]),
    [["early", first.KeyMaterialId], ["late", second.KeyMaterialId]],
  );

  await kms.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId: id, KeyMaterialId: first.KeyMaterialId }));
  assert.equal(await t.state(kms, id), "PendingImport");
  await t.mustFail(t.encrypt(kms, id, "x"), sdk.KMSInvalidStateException);
  await t.importMaterial(kms, id, t.secret(1), { ImportType: "EXISTING_KEY_MATERIAL", KeyMaterialId: first.KeyMaterialId });
  assert.equal(t.textOf((await t.decrypt(kms, early)).Plaintext), "early");
});

t.withSimulator("material that waits for rotation can be taken back, and another takes its place", [], async (_, kms) => {
  const id = await t.createKey(kms);
  await t.importMaterial(kms, id, t.secret(1), asNew("first"));
  const second = await t.importMaterial(kms, id, t.secret(2), asNew("second"));
  await kms.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId: id, KeyMaterialId: second.KeyMaterialId }));
  assert.deepEqual(await described(kms, id), [["first", "CURRENT"]]);
  assert.equal(await t.state(kms, id), "Enabled");
  const third = await t.importMaterial(kms, id, t.secret(3), asNew("third"));
  await rotate(kms, id);
  assert.equal((await t.metadata(kms, id)).CurrentKeyMaterialId, third.KeyMaterialId);
});

t.withSimulator("a key rotates 25 times and no more", [], async (_, kms) => {
  const id = await t.createKey(kms);
  const parameters = await t.getParameters(kms, id); // a token is not used up
  for (let number = 0; number <= 26; ++number) {
    await kms.send(
      new sdk.ImportKeyMaterialCommand({
        KeyId: id,
        ImportToken: parameters.ImportToken,
        EncryptedKeyMaterial: t.wrap(parameters, "RSAES_OAEP_SHA_256", t.secret(number + 1)),
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
        ImportType: "NEW_KEY_MATERIAL",
      }),
    );
    if (number >= 1 && number <= 25) {
      await rotate(kms, id);
    }
  }
  await t.mustFail(rotate(kms, id), sdk.LimitExceededException);
  assert.equal((await t.materials(kms, id)).length, 27);
});

t.withSimulator("HMAC keys and key pairs do not rotate", [], async (_, kms) => {
  const hmac = await t.createKey(kms, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  await t.importMaterial(kms, hmac, t.secret(1));
  await t.mustFail(rotate(kms, hmac), sdk.UnsupportedOperationException);
  await t.mustFail(t.importMaterial(kms, hmac, t.secret(2)), sdk.IncorrectKeyMaterialException);
  const refused = await t.importMaterial(kms, hmac, t.secret(2), { ImportType: "NEW_KEY_MATERIAL" }).catch((error) => error);
  assert.equal(refused.name, "ValidationException");
  assert.equal(refused.message, "Input parameter importType cannot be used with HMAC_256 imported keys.");
});
