#!/usr/bin/python3
"""boto3 as Debian has it (models of 2022) drives the simulator; OpenSSL, through cryptography, wraps.

Its model knows neither ImportType nor KeyMaterialId nor rotation on demand.
"""

import datetime
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import unittest
import urllib.request

import boto3
import botocore
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

FOR_EVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


class Simulator:
    """keyconvoy-kms-simulator with its control interface."""

    def __init__(self, *options):
        command = [os.environ["KEYCONVOY_SIMULATOR_PROGRAM"], "--exit-with-parent", "--key-pool", "0"]
        command += ["--control", "127.0.0.1:0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env={})
        self.ready = json.loads(self.process.stdout.readline())
        self.clients = []

    def client(self, region=None, service="kms", secret=None, session=None):
        """Nothing but endpoint, Region and credentials; `session`: Credentials from STS."""
        credentials = session or {
            "AccessKeyId": self.ready["accessKeyId"],
            "SecretAccessKey": secret or self.ready["secretAccessKey"],
        }
        client = boto3.client(
            service,
            endpoint_url=self.ready["url"],
            region_name=region or self.ready["region"],
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
        )
        self.clients.append(client)
        return client

    def control(self, path, body):
        request = urllib.request.Request(
            self.ready["controlUrl"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
            return json.load(reply)

    def end(self):
        for client in self.clients:
            client.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def oaep(algorithm):
    hash_ = hashes.SHA256() if algorithm.endswith("_SHA_256") else hashes.SHA1()
    return padding.OAEP(padding.MGF1(hash_), hash_, None)


def wrap(parameters, algorithm, plaintext):
    """EncryptedKeyMaterial for the algorithm that the parameters were fetched for."""
    key = serialization.load_der_public_key(parameters["PublicKey"])
    if algorithm.startswith("RSAES_OAEP"):
        return key.encrypt(plaintext, oaep(algorithm))
    temporary = secrets.token_bytes(32)
    return key.encrypt(temporary, oaep(algorithm)) + aes_key_wrap_with_padding(temporary, plaintext)


def pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Versions(unittest.TestCase):
    def test_are_those_that_this_was_tried_with(self):
        self.assertEqual((boto3.__version__, botocore.__version__), ("1.26.27", "1.29.27"))


class WithSimulator(unittest.TestCase):
    def setUp(self):
        self.simulator = Simulator()
        self.addCleanup(self.simulator.end)
        self.kms = self.simulator.client()

    def create(self, **more):
        return self.kms.create_key(Origin="EXTERNAL", **more)["KeyMetadata"]["KeyId"]

    def parameters(self, key_id, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", kms=None):
        return (kms or self.kms).get_parameters_for_import(
            KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec=spec
        )

    def import_material(self, key_id, plaintext, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", kms=None, **more):
        parameters = self.parameters(key_id, algorithm, spec, kms)
        return (kms or self.kms).import_key_material(
            KeyId=key_id,
            ImportToken=parameters["ImportToken"],
            EncryptedKeyMaterial=wrap(parameters, algorithm, plaintext),
            **(more or FOR_EVER),
        )

    def state(self, key_id, kms=None):
        return (kms or self.kms).describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]

    def assert_fails(self, code, message, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], code, error)
        if message is not None:
            self.assertEqual(error["Message"], message)
        return caught.exception


class Import(WithSimulator):
    def test_a_symmetric_key_is_imported_used_and_deleted(self):
        metadata = self.kms.create_key(Origin="EXTERNAL", Description="orders")["KeyMetadata"]
        key_id, arn = metadata["KeyId"], metadata["Arn"]
        self.assertEqual((metadata["KeyState"], metadata["Enabled"]), ("PendingImport", False))
        self.assert_fails(
            "KMSInvalidStateException", arn + " is pending import.", self.kms.encrypt, KeyId=key_id, Plaintext=b"x"
        )
        self.import_material(key_id, bytes(32))
        self.assertEqual(self.state(key_id), "Enabled")
        sealed = self.kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext={"site": "A"})["CiphertextBlob"]
        opened = self.kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"site": "A"})
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"x", arn))
        self.assert_fails("InvalidCiphertextException", "", self.kms.decrypt, CiphertextBlob=sealed)
        self.kms.delete_imported_key_material(KeyId=key_id)
        self.assertEqual(self.state(key_id), "PendingImport")
        self.assert_fails("IncorrectKeyMaterialException", None, self.import_material, key_id=key_id, plaintext=b"1" * 32)
        self.import_material(key_id, bytes(32))
        self.assertEqual(
            self.kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"site": "A"})["Plaintext"], b"x"
        )

    def test_material_expires(self):
        key_id = self.create()
        end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=2)
        self.import_material(key_id, bytes(32), ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=end)
        metadata = self.kms.describe_key(KeyId=key_id)["KeyMetadata"]
        self.assertEqual((metadata["ValidTo"], metadata["ExpirationModel"]), (end, "KEY_MATERIAL_EXPIRES"))
        self.simulator.control("/clock/advance", {"by": "4m"})
        self.assertEqual(self.state(key_id), "PendingImport")

    def test_parameters_come_in_every_algorithm_that_the_model_names(self):
        rsa_key = rsa.generate_private_key(65537, 2048)
        symmetric = self.create()
        signing = self.create(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        model = self.kms.meta.service_model.shape_for("AlgorithmSpec").enum
        taken = {
            "RSAES_OAEP_SHA_1": ("RSA_2048", symmetric, bytes(32)),
            "RSAES_OAEP_SHA_256": ("RSA_2048", symmetric, bytes(32)),
            "RSA_AES_KEY_WRAP_SHA_1": ("RSA_3072", signing, pkcs8(rsa_key)),
            "RSA_AES_KEY_WRAP_SHA_256": ("RSA_4096", signing, pkcs8(rsa_key)),
        }
        self.assertLessEqual(set(model) - {"RSAES_PKCS1_V1_5"}, set(taken))
        for algorithm, (spec, key_id, material) in taken.items():
            with self.subTest(algorithm=algorithm, spec=spec):
                self.import_material(key_id, material, algorithm, spec)
        self.assert_fails(
            "ValidationException",
            "Wrapping algorithm RSAES_PKCS1_V1_5 and wrapping key spec RSA_2048 cannot be used to import a "
            "SYMMETRIC_DEFAULT key.",
            self.parameters, key_id=symmetric, algorithm="RSAES_PKCS1_V1_5",
        )


class Use(WithSimulator):
    def test_macs_are_those_of_the_imported_key(self):
        for bits in (224, 256, 384, 512):
            with self.subTest(bits=bits):
                material = secrets.token_bytes(bits // 8)
                key_id = self.create(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")
                self.import_material(key_id, material)
                call = {"KeyId": key_id, "Message": b"a message", "MacAlgorithm": f"HMAC_SHA_{bits}"}
                mac = self.kms.generate_mac(**call)["Mac"]
                self.assertEqual(mac, hmac.digest(material, b"a message", f"sha{bits}"))
                self.assertTrue(self.kms.verify_mac(**call, Mac=mac)["MacValid"])
                self.assert_fails("KMSInvalidMacException", None, self.kms.verify_mac, **call, Mac=bytes(len(mac)))

    def test_signatures_are_those_of_the_imported_key(self):
        rows = (
            ("ECC_NIST_P256", ec.SECP256R1(), "ECDSA_SHA_256", hashes.SHA256()),
            ("ECC_NIST_P384", ec.SECP384R1(), "ECDSA_SHA_384", hashes.SHA384()),
            ("ECC_NIST_P521", ec.SECP521R1(), "ECDSA_SHA_512", hashes.SHA512()),
            ("ECC_SECG_P256K1", ec.SECP256K1(), "ECDSA_SHA_256", hashes.SHA256()),
        )
        for spec, curve, algorithm, hash_ in rows:
            with self.subTest(spec=spec):
                key = ec.generate_private_key(curve)
                key_id = self.create(KeySpec=spec, KeyUsage="SIGN_VERIFY")
                self.import_material(key_id, pkcs8(key), "RSA_AES_KEY_WRAP_SHA_256")
                call = {"KeyId": key_id, "Message": b"a message", "SigningAlgorithm": algorithm}
                signature = self.kms.sign(**call)["Signature"]
                key.public_key().verify(signature, b"a message", ec.ECDSA(hash_))
                self.assertTrue(self.kms.verify(**call, Signature=signature)["SignatureValid"])
                public = self.kms.get_public_key(KeyId=key_id)["PublicKey"]
                self.assertEqual(
                    public,
                    key.public_key().public_bytes(
                        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                    ),
                )
        digest = {"KeyId": key_id, "Message": hashlib.sha256(b"a message").digest(), "MessageType": "DIGEST"}
        signature = self.kms.sign(**digest, SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        key.public_key().verify(signature, b"a message", ec.ECDSA(hashes.SHA256()))

    def test_rsa_keys_sign_and_decrypt(self):
        key = rsa.generate_private_key(65537, 2048)
        signing = self.create(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        self.import_material(signing, pkcs8(key), "RSA_AES_KEY_WRAP_SHA_256")
        call = {"KeyId": signing, "Message": b"a message", "SigningAlgorithm": "RSASSA_PSS_SHA_512"}
        key.public_key().verify(
            self.kms.sign(**call)["Signature"],
            b"a message",
            padding.PSS(padding.MGF1(hashes.SHA512()), hashes.SHA512.digest_size),
            hashes.SHA512(),
        )
        sealing = self.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        self.import_material(sealing, pkcs8(key), "RSA_AES_KEY_WRAP_SHA_1")
        for algorithm in ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"):
            sealed = key.public_key().encrypt(b"for KMS", oaep(algorithm))
            opened = self.kms.decrypt(KeyId=sealing, CiphertextBlob=sealed, EncryptionAlgorithm=algorithm)
            self.assertEqual(opened["Plaintext"], b"for KMS")
            theirs = self.kms.encrypt(KeyId=sealing, Plaintext=b"from KMS", EncryptionAlgorithm=algorithm)
            self.assertEqual(key.decrypt(theirs["CiphertextBlob"], oaep(algorithm)), b"from KMS")


class Naming(WithSimulator):
    def test_aliases_tags_policies_and_lists(self):
        first, second = self.create(Tags=[{"TagKey": "site", "TagValue": "A"}]), self.create()
        self.kms.create_alias(AliasName="alias/orders", TargetKeyId=first)
        self.assertEqual(self.kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["KeyId"], first)
        self.assert_fails(
            "AlreadyExistsException", None, self.kms.create_alias, AliasName="alias/orders", TargetKeyId=second
        )
        self.kms.update_alias(AliasName="alias/orders", TargetKeyId=second)
        listed = self.kms.get_paginator("list_aliases").paginate().build_full_result()["Aliases"]
        self.assertEqual([(a["AliasName"], a["TargetKeyId"]) for a in listed], [("alias/orders", second)])
        self.kms.delete_alias(AliasName="alias/orders")
        self.kms.tag_resource(KeyId=first, Tags=[{"TagKey": "owner", "TagValue": "treasury"}])
        self.kms.untag_resource(KeyId=first, TagKeys=["site"])
        self.assertEqual(
            self.kms.list_resource_tags(KeyId=first)["Tags"], [{"TagKey": "owner", "TagValue": "treasury"}]
        )
        policy = self.kms.get_key_policy(KeyId=first, PolicyName="default")["Policy"]
        self.kms.put_key_policy(KeyId=second, PolicyName="default", Policy=policy)
        self.kms.update_key_description(KeyId=first, Description="for orders")
        keys = self.kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1}).build_full_result()
        self.assertEqual({key["KeyId"] for key in keys["Keys"]}, {first, second})
        self.kms.schedule_key_deletion(KeyId=first, PendingWindowInDays=7)
        self.assertEqual(self.state(first), "PendingDeletion")
        self.kms.cancel_key_deletion(KeyId=first)
        self.assertEqual(self.state(first), "PendingImport")
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=second)["KeyRotationEnabled"])
        self.assert_fails("UnsupportedOperationException", None, self.kms.enable_key_rotation, KeyId=second)


class MultiRegion(WithSimulator):
    def test_a_replica_takes_the_same_material_and_may_become_the_primary(self):
        ireland = self.simulator.client("eu-west-1")
        key_id = self.create(MultiRegion=True)
        self.import_material(key_id, bytes(32))
        replica = self.kms.replicate_key(KeyId=key_id, ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]
        self.assertEqual(replica["Arn"], f"arn:aws:kms:eu-west-1:000000000000:key/{key_id}")
        self.assertEqual(self.state(key_id, ireland), "PendingImport")
        self.assert_fails(
            "IncorrectKeyMaterialException", None, self.import_material, key_id=key_id, plaintext=b"1" * 32, kms=ireland
        )
        self.import_material(key_id, bytes(32), kms=ireland)
        sealed = self.kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
        self.assertEqual(ireland.decrypt(CiphertextBlob=sealed)["Plaintext"], b"x")
        self.kms.update_primary_region(KeyId=key_id, PrimaryRegion="eu-west-1")
        configuration = ireland.describe_key(KeyId=key_id)["KeyMetadata"]["MultiRegionConfiguration"]
        self.assertEqual(configuration["MultiRegionKeyType"], "PRIMARY")


class Errors(WithSimulator):
    def test_come_as_they_are(self):
        error = self.assert_fails("NotFoundException", "Invalid keyId 'nonsense'", self.kms.describe_key, KeyId="nonsense")
        self.assertIsInstance(error, self.kms.exceptions.NotFoundException)
        key_id = self.create()
        good = self.parameters(key_id)
        call = {"KeyId": key_id, "ImportToken": good["ImportToken"], "EncryptedKeyMaterial": bytes(256)}
        self.assert_fails("InvalidCiphertextException", "", self.kms.import_key_material, **call, **FOR_EVER)
        self.assert_fails(
            "ValidationException",
            "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
            self.kms.import_key_material, **call,
        )
        call["ImportToken"] = bytes(100)
        self.assert_fails("InvalidImportTokenException", "", self.kms.import_key_material, **call, **FOR_EVER)
        wrong = self.simulator.client(secret="guessed")
        self.assert_fails("InvalidSignatureException", None, wrong.list_keys)
        self.simulator.control("/faults", {"kind": "access-denied", "operation": "DescribeKey", "calls": 1})
        self.assert_fails("AccessDeniedException", None, self.kms.describe_key, KeyId=key_id)

    def test_that_pass_are_tried_again(self):
        key_id = self.create()
        for fault in (
            {"kind": "throttling"},
            {"kind": "server-error", "exception": "KMSInternalException"},
            {"kind": "dropped-connection"},
        ):
            with self.subTest(fault=fault):
                self.simulator.control("/faults", {**fault, "operation": "DescribeKey", "calls": 1})
                reply = self.kms.describe_key(KeyId=key_id)
                self.assertEqual(reply["ResponseMetadata"]["RetryAttempts"], 1)


class Roles(WithSimulator):
    def test_of_another_account_are_assumed(self):
        sts = self.simulator.client(service="sts")
        self.assertEqual(sts.get_caller_identity()["Account"], "000000000000")
        assumed = sts.assume_role(RoleArn="arn:aws:iam::000000000003:role/Import", RoleSessionName="ceremony")
        kms = self.simulator.client("eu-west-1", session=assumed["Credentials"])
        arn = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
        self.assertRegex(arn, "^arn:aws:kms:eu-west-1:000000000003:key/")


if __name__ == "__main__":
    unittest.main()
