"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");

const wanted = require("./package.json").dependencies["@aws-sdk/client-kms"];

test("the SDK is the version that the lock file names", () => {
  assert.equal(wanted, "3.967.0");
  assert.equal(require("@aws-sdk/client-kms/package.json").version, wanted);
});

test("Node.js is a version that this was tried with: Debian 12's, or its successor", () => {
  assert.match(process.version, /^v(18\.20|20)\./);
});
