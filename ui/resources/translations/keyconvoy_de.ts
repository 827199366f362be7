<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>Abilities</name>
    <message>
        <source>hardware</source>
        <translation>in Hardware</translation>
    </message>
    <message>
        <source>digest</source>
        <translation>Hash bilden</translation>
    </message>
    <message>
        <source>encrypt</source>
        <translation>verschlüsseln</translation>
    </message>
    <message>
        <source>decrypt</source>
        <translation>entschlüsseln</translation>
    </message>
    <message>
        <source>wrap</source>
        <translation>verpacken</translation>
    </message>
    <message>
        <source>unwrap</source>
        <translation>entpacken</translation>
    </message>
    <message>
        <source>sign</source>
        <translation>signieren</translation>
    </message>
    <message>
        <source>verify</source>
        <translation>prüfen</translation>
    </message>
    <message>
        <source>derive</source>
        <translation>ableiten</translation>
    </message>
    <message>
        <source>generate</source>
        <translation>erzeugen</translation>
    </message>
    <message>
        <source>generate key pair</source>
        <translation>Schlüsselpaar erzeugen</translation>
    </message>
</context>
<context>
    <name>AccessDenied</name>
    <message>
        <source>the role&apos;s trust policy</source>
        <translation>die Vertrauensrichtlinie der Rolle</translation>
    </message>
    <message>
        <source>the key policy</source>
        <translation>die Schlüsselrichtlinie</translation>
    </message>
    <message>
        <source>no IAM policy of the caller (identity-based policy) allows it</source>
        <translation>keine IAM-Richtlinie des Aufrufers (identity-based policy) erlaubt ihn</translation>
    </message>
    <message>
        <source>%1 (resource-based policy) does not allow it</source>
        <translation>%1 (resource-based policy) erlaubt ihn nicht</translation>
    </message>
    <message>
        <source>the caller&apos;s permissions boundary does not allow it, whatever other policies say</source>
        <translation>die Permissions Boundary des Aufrufers erlaubt ihn nicht, was auch immer andere Richtlinien sagen</translation>
    </message>
    <message>
        <source>the session policy that these credentials were issued with does not allow it</source>
        <translation>die Sitzungsrichtlinie, mit der diese Anmeldedaten ausgegeben wurden, erlaubt ihn nicht</translation>
    </message>
    <message>
        <source>the policy of the VPC endpoint that the call took does not allow it</source>
        <translation>die Richtlinie des VPC-Endpunkts, über den der Aufruf lief, erlaubt ihn nicht</translation>
    </message>
    <message>
        <source>no service control policy of the organization allows it to the caller&apos;s account</source>
        <translation>keine Service Control Policy der Organisation erlaubt ihn dem Konto des Aufrufers</translation>
    </message>
    <message>
        <source>no resource control policy of the organization allows it on resources of this account</source>
        <translation>keine Resource Control Policy der Organisation erlaubt ihn auf Ressourcen dieses Kontos</translation>
    </message>
    <message>
        <source>an IAM policy of the caller (identity-based policy) denies it outright</source>
        <translation>eine IAM-Richtlinie des Aufrufers (identity-based policy) verbietet ihn ausdrücklich</translation>
    </message>
    <message>
        <source>%1 (resource-based policy) denies it outright</source>
        <translation>%1 (resource-based policy) verbietet ihn ausdrücklich</translation>
    </message>
    <message>
        <source>the caller&apos;s permissions boundary denies it outright</source>
        <translation>die Permissions Boundary des Aufrufers verbietet ihn ausdrücklich</translation>
    </message>
    <message>
        <source>the session policy that these credentials were issued with denies it outright</source>
        <translation>die Sitzungsrichtlinie, mit der diese Anmeldedaten ausgegeben wurden, verbietet ihn ausdrücklich</translation>
    </message>
    <message>
        <source>the policy of the VPC endpoint that the call took denies it outright</source>
        <translation>die Richtlinie des VPC-Endpunkts, über den der Aufruf lief, verbietet ihn ausdrücklich</translation>
    </message>
    <message>
        <source>a service control policy of the organization denies it outright to the caller&apos;s account</source>
        <translation>eine Service Control Policy der Organisation verbietet ihn dem Konto des Aufrufers ausdrücklich</translation>
    </message>
    <message>
        <source>a resource control policy of the organization denies it outright on resources of this account</source>
        <translation>eine Resource Control Policy der Organisation verbietet ihn auf Ressourcen dieses Kontos ausdrücklich</translation>
    </message>
    <message>
        <source>an IAM administrator of the caller&apos;s account</source>
        <translation>die IAM-Verwaltung im Konto des Aufrufers</translation>
    </message>
    <message>
        <source>an IAM administrator of the role&apos;s account (iam:UpdateAssumeRolePolicy)</source>
        <translation>die IAM-Verwaltung im Konto der Rolle (iam:UpdateAssumeRolePolicy)</translation>
    </message>
    <message>
        <source>an administrator of the key, in the account that owns it (kms:PutKeyPolicy)</source>
        <translation>die Verwaltung des Schlüssels in dem Konto, dem er gehört (kms:PutKeyPolicy),</translation>
    </message>
    <message>
        <source>whoever issues these credentials (the program or sign-in that assumes the role)</source>
        <translation>wer diese Anmeldedaten ausgibt (das Programm oder die Anmeldung, die die Rolle annimmt),</translation>
    </message>
    <message>
        <source>the network administrator who owns the VPC endpoint (ec2:ModifyVpcEndpoint)</source>
        <translation>die Netzverwaltung, der der VPC-Endpunkt gehört (ec2:ModifyVpcEndpoint),</translation>
    </message>
    <message>
        <source>an administrator of the organization&apos;s policies, in its management account</source>
        <translation>die Verwaltung der Organisationsrichtlinien in deren Verwaltungskonto</translation>
    </message>
    <message>
        <source>the call %1 is refused</source>
        <translation>der Aufruf %1 wird abgelehnt</translation>
    </message>
    <message>
        <source>the call %1 on %2 is refused</source>
        <translation>der Aufruf %1 auf %2 wird abgelehnt</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 für %2</translation>
    </message>
    <message>
        <source>%1, and AWS does not say by which policy</source>
        <translation>%1, und AWS sagt nicht, durch welche Richtlinie</translation>
    </message>
    <message>
        <source>%1 can change that: the Deny statement that matches %2 must go, or its conditions must be met; an Allow elsewhere does not help against it</source>
        <translation>%1 kann das ändern: die Deny-Anweisung, die auf %2 passt, muss weg, oder ihre Bedingungen müssen erfüllt werden; ein Allow an anderer Stelle hilft nicht dagegen</translation>
    </message>
    <message>
        <source>%1 can change that: an Allow statement for %2 there, besides those in the IAM policy and the key policy</source>
        <translation>%1 kann das ändern: eine Allow-Anweisung für %2 dort, neben denen in IAM-Richtlinie und Schlüsselrichtlinie</translation>
    </message>
    <message>
        <source>have an administrator look for this call (%1) in CloudTrail, and allow it in an IAM policy of the caller and, where the key policy does not hand this over to IAM, in the key policy</source>
        <translation>einen Administrator diesen Aufruf (%1) in CloudTrail suchen lassen und ihn in einer IAM-Policy des Aufrufers erlauben und, wo die Key Policy das nicht IAM überlässt, in der Key Policy</translation>
    </message>
    <message>
        <source>%1 can change that: an Allow statement for %2, with conditions that the call meets</source>
        <translation>%1 kann das ändern: eine Allow-Anweisung für %2 mit Bedingungen, die der Aufruf erfüllt</translation>
    </message>
    <message>
        <source>%1; %2 writes it</source>
        <translation>%1; %2 schreibt sie</translation>
    </message>
</context>
<context>
    <name>Attributes</name>
    <message>
        <source>reading attributes</source>
        <translation>Attribute lesen</translation>
    </message>
    <message>
        <source>this program was about to ask a token for key material; it never does</source>
        <translation>dieses Programm war im Begriff, ein Token nach Schlüsselmaterial zu fragen; das tut es nie</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
</context>
<context>
    <name>Backup</name>
    <message>
        <source>backup on token &quot;%1&quot;</source>
        <translation>Sicherungskopie auf Token „%1“</translation>
    </message>
    <message>
        <source>the wrapped key has %1 bytes, which does not fit this transport key and wrap</source>
        <translation>der verpackte Schlüssel hat %1 Bytes; das passt nicht zu diesem Transportschlüssel und dieser Art des Verpackens</translation>
    </message>
    <message>
        <source>make the backup again, both halves in one run</source>
        <translation>die Sicherungskopie neu erstellen, beide Hälften in einem Lauf</translation>
    </message>
    <message>
        <source>the token does not report the length of the unwrapped key (CKA_VALUE_LEN); its check value shows whether it is the same key</source>
        <translation>das Token meldet die Länge des entpackten Schlüssels nicht (CKA_VALUE_LEN); ob es derselbe Schlüssel ist, zeigt sein Prüfwert</translation>
    </message>
    <message>
        <source>what was unwrapped is %1, not %2</source>
        <translation>entpackt wurde %1, nicht %2</translation>
    </message>
    <message>
        <source>it was removed again; this pair of tokens does not agree on the wrap: choose another one</source>
        <translation>der entpackte Schlüssel wurde wieder entfernt; diese beiden Token stimmen beim Verpacken nicht überein: ein anderes Paar wählen</translation>
    </message>
</context>
<context>
    <name>BackupJob</name>
    <message>
        <source>backup</source>
        <translation>Sicherungskopie</translation>
    </message>
    <message>
        <source>a verified copy of the key is on the backup token, but it is not on record; destroy that copy before the backup is made anew</source>
        <translation>auf dem Sicherungs-Token liegt eine geprüfte Kopie des Schlüssels, die aber nicht verzeichnet ist; diese Kopie vernichten, bevor die Sicherungskopie neu erstellt wird</translation>
    </message>
    <message>
        <source>find the key</source>
        <translation>den Schlüssel finden</translation>
    </message>
    <message>
        <source>name the throw-away keys</source>
        <translation>die Wegwerfschlüssel nennen</translation>
    </message>
    <message>
        <source>make the transport key on the backup token</source>
        <translation>den Transportschlüssel auf dem Sicherungs-Token erzeugen</translation>
    </message>
    <message>
        <source>try the way with throw-away keys</source>
        <translation>den Weg mit Wegwerfschlüsseln erproben</translation>
    </message>
    <message>
        <source>wrap on the token, unwrap on the backup token, compare</source>
        <translation>auf dem Token verpacken, auf dem Sicherungs-Token entpacken, vergleichen</translation>
    </message>
    <message>
        <source>put the backup on record</source>
        <translation>die Sicherungskopie verzeichnen</translation>
    </message>
    <message>
        <source>the key has no check value, so a copy could not be shown to be the same: %1</source>
        <translation>der Schlüssel hat keinen Prüfwert, also ließe sich nicht zeigen, dass eine Kopie gleich ist: %1</translation>
    </message>
    <message>
        <source>a backup that cannot be verified is none; use a key with SIGN or ENCRYPT</source>
        <translation>eine Sicherungskopie, die sich nicht prüfen lässt, ist keine; einen Schlüssel mit SIGN oder ENCRYPT verwenden</translation>
    </message>
    <message>
        <source>key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>the key is of type %1, which KMS does not import</source>
        <translation>der Schlüssel ist vom Typ %1, den KMS nicht importiert</translation>
    </message>
    <message>
        <source>back it up with the vendor&apos;s tool</source>
        <translation>die Sicherungskopie mit dem Werkzeug des Herstellers erstellen</translation>
    </message>
    <message>
        <source>the key cannot leave its token: EXTRACTABLE=F</source>
        <translation>der Schlüssel kann sein Token nicht verlassen: EXTRACTABLE=F</translation>
    </message>
    <message>
        <source>a backup must be made before a key is sealed; some HSMs clone their keys with the vendor&apos;s tool</source>
        <translation>eine Sicherungskopie muss erstellt werden, bevor ein Schlüssel versiegelt wird; manche HSMs klonen ihre Schlüssel mit dem Werkzeug des Herstellers</translation>
    </message>
    <message>
        <source>to try the way between the tokens</source>
        <translation>zum Erproben des Wegs zwischen den Token</translation>
    </message>
    <message>
        <source>making an RSA-%1 transport key on the backup token</source>
        <translation>ein RSA-%1-Transportschlüssel wird auf dem Sicherungs-Token erzeugt</translation>
    </message>
    <message>
        <source>transport key, SHA-256</source>
        <translation>Transportschlüssel, SHA-256</translation>
    </message>
    <message>
        <source>The key will be wrapped under this transport key, whose private half was made on the backup token just now. Where the backup token has a display or a log of its own, compare the fingerprint. Go on?</source>
        <translation>Der Schlüssel wird mit diesem Transportschlüssel verpackt, dessen private Hälfte soeben auf dem Sicherungs-Token erzeugt wurde. Wenn das Sicherungs-Token eine eigene Anzeige oder ein eigenes Protokoll hat, dort den Fingerabdruck vergleichen. Fortfahren?</translation>
    </message>
    <message>
        <source>in words</source>
        <translation>in Wörtern</translation>
    </message>
    <message>
        <source>from token</source>
        <translation>von Token</translation>
    </message>
    <message>
        <source>to token</source>
        <translation>auf Token</translation>
    </message>
    <message>
        <source>this pair of tokens cannot do it: %1</source>
        <translation>mit diesen beiden Token ist es nicht möglich: %1</translation>
    </message>
    <message>
        <source>use another backup token, or the vendor&apos;s own way of cloning</source>
        <translation>ein anderes Sicherungs-Token verwenden oder das Klonverfahren des Herstellers</translation>
    </message>
    <message>
        <source>wrapped by</source>
        <translation>verpackt mit</translation>
    </message>
    <message>
        <source>unwrapped by</source>
        <translation>entpackt mit</translation>
    </message>
    <message>
        <source>sending a throw-away key the whole way</source>
        <translation>ein Wegwerfschlüssel wird auf den ganzen Weg geschickt</translation>
    </message>
    <message>
        <source>shown to be the same by</source>
        <translation>als gleich nachgewiesen durch</translation>
    </message>
    <message>
        <source>key %1 on the backup token</source>
        <translation>Schlüssel %1 auf dem Sicherungs-Token</translation>
    </message>
    <message>
        <source>its check value or public key is not the original&apos;s; the copy was destroyed again</source>
        <translation>sein Prüfwert oder öffentlicher Schlüssel ist nicht der des Originals; die Kopie wurde wieder vernichtet</translation>
    </message>
    <message>
        <source>choose another backup token</source>
        <translation>ein anderes Sicherungs-Token wählen</translation>
    </message>
    <message>
        <source>the reason is empty</source>
        <translation>der Grund ist leer</translation>
    </message>
    <message>
        <source>say why SHA-1 is acceptable here; the reason is kept in the result</source>
        <translation>angeben, warum SHA-1 hier annehmbar ist; der Grund wird im Ergebnis festgehalten</translation>
    </message>
    <message>
        <source>the backup under the transport key shown</source>
        <translation>die Sicherungskopie unter dem gezeigten Transportschlüssel</translation>
    </message>
    <message>
        <source>tokens that know OAEP with SHA-1 only need %1; else use another backup token</source>
        <translation>Token, die OAEP nur mit SHA-1 beherrschen, brauchen %1; sonst ein anderes Sicherungs-Token verwenden</translation>
    </message>
    <message>
        <source>%1, generated here and unwrapped on %2, then destroyed on both</source>
        <translation>%1, hier erzeugt und auf %2 ausgepackt, dann auf beiden vernichtet</translation>
    </message>
    <message>
        <source>the backup token does not unwrap it (%1)</source>
        <translation>das Sicherungs-Token packt ihn nicht aus (%1)</translation>
    </message>
    <message>
        <source>equal check values on both tokens (%1)</source>
        <translation>gleiche Prüfwerte auf beiden Token (%1)</translation>
    </message>
    <message>
        <source>a signature by the restored private key, verified under the original&apos;s public key</source>
        <translation>eine Signatur mit dem wiederhergestellten privaten Schlüssel, geprüft mit dem öffentlichen Schlüssel des Originals</translation>
    </message>
    <message>
        <source>a signature by a session copy unwrapped from the same blob, verified under the original&apos;s public key (the kept copy, like the original, may not sign)</source>
        <translation>eine Signatur mit einer Sitzungskopie, die aus demselben Blob ausgepackt wurde, geprüft mit dem öffentlichen Schlüssel des Originals (die bleibende Kopie darf wie das Original nicht signieren)</translation>
    </message>
    <message>
        <source>the backup token holds another object of the label &quot;%1&quot;, with the ID %2</source>
        <translation>das Sicherungs-Token enthält ein anderes Objekt mit der Bezeichnung „%1“ und der ID %2</translation>
    </message>
    <message>
        <source>name another backup token, or have one of the two renamed with the vendor&apos;s tool</source>
        <translation>ein anderes Sicherungs-Token nennen oder eines der beiden mit dem Werkzeug des Herstellers umbenennen lassen</translation>
    </message>
    <message>
        <source>this key was backed up to this token already, at %1; the copy is there</source>
        <translation>dieser Schlüssel wurde schon auf dieses Token gesichert, um %1; die Kopie ist dort</translation>
    </message>
    <message>
        <source>nothing is to be done; for a second copy name another token with %1</source>
        <translation>es ist nichts zu tun; für eine zweite Kopie ein anderes Token nennen: %1</translation>
    </message>
    <message>
        <source>the backup token holds an object with this key&apos;s ID, &quot;%1&quot;, which is not on record here as a verified copy</source>
        <translation>das Sicherungs-Token enthält ein Objekt mit der ID dieses Schlüssels, „%1“, das hier nicht als geprüfte Kopie verzeichnet ist</translation>
    </message>
    <message>
        <source>compare its check value with this key&apos;s (%1 for each token); remove it only if you know that it is no copy, or name another backup token</source>
        <translation>seinen Prüfwert mit dem dieses Schlüssels vergleichen (%1 für jedes der Token); es nur entfernen, wenn sicher ist, dass es keine Kopie ist, oder ein anderes Sicherungs-Token nennen</translation>
    </message>
    <message>
        <source>see whether the backup token can wrap such a key again</source>
        <translation>ausprobieren, ob das Sicherungs-Token einen solchen Schlüssel wieder verpacken kann</translation>
    </message>
    <message>
        <source>the token does not report the length of this key (%1), and no verified backup is on record on this machine that tells it</source>
        <translation>das Token nennt die Länge dieses Schlüssels nicht (%1), und keine geprüfte Sicherung, die auf diesem Rechner verzeichnet ist, nennt sie</translation>
    </message>
    <message>
        <source>back it up from the token on which it was generated, or on the machine where this copy was made; else with the vendor&apos;s tool</source>
        <translation>vom Token aus sichern, auf dem er erzeugt wurde, oder auf dem Rechner, auf dem diese Kopie gemacht wurde; sonst mit dem Werkzeug des Herstellers</translation>
    </message>
    <message>
        <source>on %1, for %2</source>
        <translation>auf %1, für %2</translation>
    </message>
    <message>
        <source>from there to KMS</source>
        <translation>von dort zum KMS</translation>
    </message>
    <message>
        <source>no way</source>
        <translation>kein Weg</translation>
    </message>
    <message>
        <source>the backup token cannot wrap such a key again, so no KMS key can ever get the material from this copy: %1</source>
        <translation>das Sicherungs-Token kann einen solchen Schlüssel nicht wieder verpacken; aus dieser Kopie kann kein KMS-Schlüssel das Material je bekommen: %1</translation>
    </message>
    <message>
        <source>make another backup, on a token that can; this one does not count when the first key is to be sealed or destroyed</source>
        <translation>eine weitere Sicherung auf einem Token machen, das es kann; diese zählt nicht, wenn der erste Schlüssel versiegelt oder vernichtet werden soll</translation>
    </message>
</context>
<context>
    <name>BackupRoute</name>
    <message>
        <source>throw-away key</source>
        <translation>Wegwerfschlüssel</translation>
    </message>
    <message>
        <source>its check values on the two tokens cannot be compared or differ</source>
        <translation>seine Prüfwerte auf den beiden Token lassen sich nicht vergleichen oder sind verschieden</translation>
    </message>
    <message>
        <source>choose another pair of tokens</source>
        <translation>ein anderes Paar von Token wählen</translation>
    </message>
    <message>
        <source>transport key</source>
        <translation>Transportschlüssel</translation>
    </message>
    <message>
        <source>%1 bits are none of 2048, 3072 and 4096</source>
        <translation>erlaubt sind 2048, 3072 und 4096 Bit, nicht %1</translation>
    </message>
    <message>
        <source>choose one of these, 4096 unless there is a reason</source>
        <translation>einen dieser Werte wählen, und zwar 4096, wenn nichts dagegen spricht</translation>
    </message>
    <message>
        <source>restored private key</source>
        <translation>wiederhergestellter privater Schlüssel</translation>
    </message>
    <message>
        <source>its signature does not verify under the original&apos;s public key: it is another key</source>
        <translation>seine Signatur lässt sich mit dem öffentlichen Schlüssel des Originals nicht bestätigen; es ist ein anderer Schlüssel</translation>
    </message>
    <message>
        <source>do not use this copy; choose another backup token</source>
        <translation>diese Kopie nicht verwenden; ein anderes Sicherungs-Token wählen</translation>
    </message>
</context>
<context>
    <name>CheckAfterImport</name>
    <message>
        <source>it does not show where the key pair came into being, nor that no other copy of the private key exists</source>
        <translation>die Prüfung zeigt nicht, wo das Schlüsselpaar entstanden ist, und auch nicht, dass es keine weitere Kopie des privaten Schlüssels gibt</translation>
    </message>
    <message>
        <source>it does not show where the key came into being, nor that no other copy of it exists</source>
        <translation>die Prüfung zeigt nicht, wo der Schlüssel entstanden ist, und auch nicht, dass es keine weitere Kopie davon gibt</translation>
    </message>
    <message>
        <source>it does not compare the KMS key with the token&apos;s directly, which KMS allows for no symmetric key: equality rests on this program having sent the token&apos;s own blobs, both times; nor does it show that no other copy exists</source>
        <translation>die Prüfung vergleicht den KMS-Schlüssel nicht direkt mit dem des Tokens, was KMS bei keinem symmetrischen Schlüssel zulässt; die Gleichheit beruht darauf, dass dieses Programm beide Male genau das gesendet hat, was das Token selbst verpackt hat; auch zeigt die Prüfung nicht, dass es keine weitere Kopie gibt</translation>
    </message>
    <message>
        <source>it does not show that the KMS key is the token&apos;s key; only that the KMS key can be used</source>
        <translation>die Prüfung zeigt nicht, dass der KMS-Schlüssel der Schlüssel des Tokens ist, sondern nur, dass der KMS-Schlüssel benutzt werden kann</translation>
    </message>
    <message>
        <source>check after import</source>
        <translation>Prüfung nach dem Import</translation>
    </message>
    <message>
        <source>same-material-twice wraps under a second, fresh wrapping key, which naming the wrapping key rules out</source>
        <translation>same-material-twice verpackt mit einem zweiten, frischen Verpackungsschlüssel; das ist ausgeschlossen, wenn der Verpackungsschlüssel vorgegeben ist</translation>
    </message>
    <message>
        <source>token key &quot;%1&quot; (%2)</source>
        <translation>Token-Schlüssel „%1“ (%2)</translation>
    </message>
    <message>
        <source>it may not make a MAC (CKA_SIGN is false), so the MACs of token and KMS cannot be compared</source>
        <translation>er darf keinen MAC bilden (CKA_SIGN ist falsch), also lassen sich die MACs von Token und KMS nicht vergleichen</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>nachgewiesen</translation>
    </message>
    <message>
        <source>not shown</source>
        <translation>nicht nachgewiesen</translation>
    </message>
    <message>
        <source>check of %1 against the token key</source>
        <translation>Prüfung von %1 gegen den Token-Schlüssel</translation>
    </message>
    <message>
        <source>KMS does not accept the token&apos;s MAC of a random message</source>
        <translation>KMS erkennt den vom Token gebildeten MAC einer zufälligen Nachricht nicht an</translation>
    </message>
    <message>
        <source>KMS accepts the token&apos;s MAC of a random message (%1)</source>
        <translation>KMS erkennt den vom Token gebildeten MAC einer zufälligen Nachricht an (%1)</translation>
    </message>
    <message>
        <source>KMS makes another MAC of a random message than the token</source>
        <translation>KMS bildet zu einer zufälligen Nachricht einen anderen MAC als das Token</translation>
    </message>
    <message>
        <source>KMS and token make the same MAC of another random message</source>
        <translation>KMS und Token bilden zu einer weiteren zufälligen Nachricht denselben MAC</translation>
    </message>
    <message>
        <source>the token key may not sign (CKA_SIGN is false), so no signature of the token was tried</source>
        <translation>der Token-Schlüssel darf nicht signieren (CKA_SIGN ist falsch), also wurde keine Signatur des Tokens erprobt</translation>
    </message>
    <message>
        <source>KMS does not accept a signature that the token made</source>
        <translation>KMS erkennt eine vom Token erstellte Signatur nicht an</translation>
    </message>
    <message>
        <source>KMS accepts a signature that the token made (%1)</source>
        <translation>KMS erkennt eine vom Token erstellte Signatur an (%1)</translation>
    </message>
    <message>
        <source>a signature that KMS made does not verify with the token&apos;s public key</source>
        <translation>eine von KMS erstellte Signatur lässt sich mit dem öffentlichen Schlüssel des Tokens nicht bestätigen</translation>
    </message>
    <message>
        <source>a signature that KMS made verifies with the token&apos;s public key (%1)</source>
        <translation>eine von KMS erstellte Signatur wird mit dem öffentlichen Schlüssel des Tokens bestätigt (%1)</translation>
    </message>
    <message>
        <source>KMS decrypts what was encrypted to the token&apos;s public key to something else</source>
        <translation>KMS entschlüsselt das, was mit dem öffentlichen Schlüssel des Tokens verschlüsselt wurde, zu etwas anderem</translation>
    </message>
    <message>
        <source>KMS decrypts what was encrypted here to the token&apos;s public key (%1)</source>
        <translation>KMS entschlüsselt, was hier mit dem öffentlichen Schlüssel des Tokens verschlüsselt wurde (%1)</translation>
    </message>
    <message>
        <source>KMS derives another shared secret than the token&apos;s public key gives here</source>
        <translation>KMS leitet ein anderes gemeinsames Geheimnis ab, als sich hier mit dem öffentlichen Schlüssel des Tokens ergibt</translation>
    </message>
    <message>
        <source>KMS derives the same shared secret with a fresh key as the token&apos;s public key gives here (ECDH)</source>
        <translation>KMS leitet mit einem frischen Schlüssel dasselbe gemeinsame Geheimnis ab, das sich hier mit dem öffentlichen Schlüssel des Tokens ergibt (ECDH)</translation>
    </message>
    <message>
        <source>KMS&apos;s public key differs from the token&apos;s</source>
        <translation>der öffentliche Schlüssel von KMS ist ein anderer als der des Tokens</translation>
    </message>
    <message>
        <source>KMS&apos;s public key equals the token&apos;s</source>
        <translation>der öffentliche Schlüssel von KMS ist gleich dem des Tokens</translation>
    </message>
    <message>
        <source>key %1</source>
        <translation>Schlüssel %1</translation>
    </message>
    <message>
        <source>key material %1 waits to be rotated in, or is being rotated in; materials are left alone meanwhile</source>
        <translation>das Schlüsselmaterial %1 wartet auf seine Rotation oder wird gerade rotiert; bis dahin bleibt alles Material unberührt</translation>
    </message>
    <message>
        <source>KMS says that the token&apos;s key is not the material %1: %2</source>
        <translation>laut KMS ist der Schlüssel des Tokens nicht das Material %1: %2</translation>
    </message>
    <message>
        <source>the second import was answered with another key material ID: %1</source>
        <translation>der zweite Import wurde mit einer anderen ID des Schlüsselmaterials beantwortet: %1</translation>
    </message>
    <message>
        <source>the token&apos;s key, wrapped again under a fresh wrapping key (%1), was accepted as the material %2</source>
        <translation>der Schlüssel des Tokens wurde, mit einem frischen Verpackungsschlüssel (%1) erneut verpackt, als das Material %2 angenommen</translation>
    </message>
    <message>
        <source>KMS&apos;s own operations with it do not fit together</source>
        <translation>die eigenen Operationen von KMS mit diesem Schlüssel passen nicht zueinander</translation>
    </message>
    <message>
        <source>do not use this KMS key; ask AWS support, with the request IDs of CloudTrail</source>
        <translation>diesen KMS-Schlüssel nicht benutzen; den AWS-Support fragen, mit den Request-IDs aus CloudTrail</translation>
    </message>
    <message>
        <source>the KMS key was used once in both directions (%1)</source>
        <translation>der KMS-Schlüssel wurde einmal in beiden Richtungen benutzt (%1)</translation>
    </message>
    <message>
        <source>token and KMS have the same public key</source>
        <translation>Token und KMS haben denselben öffentlichen Schlüssel</translation>
    </message>
    <message>
        <source>token and KMS make the same MAC</source>
        <translation>Token und KMS bilden denselben MAC</translation>
    </message>
    <message>
        <source>the same token key is taken twice under one key material ID</source>
        <translation>derselbe Token-Schlüssel wird zweimal unter einer Schlüsselmaterial-ID angenommen</translation>
    </message>
    <message>
        <source>the KMS key can be used; no more than that</source>
        <translation>der KMS-Schlüssel lässt sich benutzen; mehr nicht</translation>
    </message>
    <message>
        <source>choose %1, or do not name the wrapping key</source>
        <translation>%1 wählen oder den Verpackungsschlüssel nicht vorgeben</translation>
    </message>
    <message>
        <source>choose %1, which shows less, or another key</source>
        <translation>%1 wählen, was weniger zeigt, oder einen anderen Schlüssel</translation>
    </message>
    <message>
        <source>do not use this KMS key for now, and delete nothing: look first whether token key and KMS key are the two that belong together (%1, aws kms describe-key), then find out what was imported</source>
        <translation>diesen KMS-Schlüssel vorerst nicht benutzen und nichts löschen; zuerst nachsehen, ob Token-Schlüssel und KMS-Schlüssel die beiden sind, die zusammengehören (%1, aws kms describe-key), dann herausfinden, was importiert wurde</translation>
    </message>
    <message>
        <source>wait until the rotation is done, then run %1; or choose %2</source>
        <translation>warten, bis die Rotation abgeschlossen ist, dann %1 ausführen; oder %2 wählen</translation>
    </message>
    <message>
        <source>(unknown)</source>
        <translation>(unbekannt)</translation>
    </message>
    <message>
        <source>the second import was answered without a key material ID, so nothing shows that KMS took the material</source>
        <translation>der zweite Import wurde ohne Key Material ID beantwortet, also zeigt nichts, dass KMS das Material genommen hat</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy: KMS always names the material; the KMS key may be fine all the same, so repeat the check with %1</source>
        <translation>Endpunkt und Proxy prüfen: KMS nennt das Material immer; der KMS-Schlüssel kann trotzdem in Ordnung sein, also die Prüfung wiederholen: %1</translation>
    </message>
</context>
<context>
    <name>CheckJob</name>
    <message>
        <source>look at the KMS key</source>
        <translation>den KMS-Schlüssel ansehen</translation>
    </message>
    <message>
        <source>find the key on the token</source>
        <translation>den Schlüssel auf dem Token finden</translation>
    </message>
    <message>
        <source>find out how this token can wrap such a key</source>
        <translation>herausfinden, wie dieses Token einen solchen Schlüssel verpacken kann</translation>
    </message>
    <message>
        <source>agree to the check</source>
        <translation>der Prüfung zustimmen</translation>
    </message>
    <message>
        <source>check that KMS holds the same key</source>
        <translation>prüfen, ob KMS denselben Schlüssel hat</translation>
    </message>
    <message>
        <source>compare what the token holds now with before</source>
        <translation>den jetzigen Inhalt des Tokens mit dem vorherigen vergleichen</translation>
    </message>
    <message>
        <source>gather the result</source>
        <translation>das Ergebnis zusammenstellen</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>KMS names no key material ID, so the material cannot be named in a second import</source>
        <translation>KMS nennt keine ID des Schlüsselmaterials, also kann das Material bei einem zweiten Import nicht benannt werden</translation>
    </message>
    <message>
        <source>the token&apos;s key is wrapped again under a fresh wrapping key and imported as the same material, with the same expiry. Go on?</source>
        <translation>der Schlüssel des Tokens wird mit einem frischen Verpackungsschlüssel erneut verpackt und als dasselbe Material importiert, mit demselben Ablauf. Fortfahren?</translation>
    </message>
    <message>
        <source>check</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>its origin is %1; only a key with imported material (EXTERNAL) can be checked</source>
        <translation>sein Ursprung ist %1; geprüft werden kann nur ein Schlüssel mit importiertem Material (EXTERNAL)</translation>
    </message>
    <message>
        <source>name the KMS key that the token&apos;s key was imported into</source>
        <translation>den KMS-Schlüssel nennen, in den der Schlüssel des Tokens importiert wurde</translation>
    </message>
    <message>
        <source>wrapping and importing the same key once more</source>
        <translation>denselben Schlüssel noch einmal verpacken und importieren</translation>
    </message>
    <message>
        <source>choose %1, which shows less</source>
        <translation>%1 wählen, was weniger zeigt</translation>
    </message>
</context>
<context>
    <name>CheckValue</name>
    <message>
        <source>the key has neither SIGN nor ENCRYPT, so the token computes nothing with it</source>
        <translation>der Schlüssel hat weder SIGN noch ENCRYPT, also berechnet das Token nichts damit</translation>
    </message>
    <message>
        <source>the token has neither AES-CMAC nor AES-ECB for this key (%1)</source>
        <translation>das Token hat für diesen Schlüssel weder AES-CMAC noch AES-ECB (%1)</translation>
    </message>
    <message>
        <source>the key does not have SIGN, so the token computes no HMAC with it</source>
        <translation>der Schlüssel hat kein SIGN, also berechnet das Token keinen HMAC damit</translation>
    </message>
    <message>
        <source>the token does not report the key&apos;s length (CKA_VALUE_LEN), which decides the hash</source>
        <translation>das Token meldet die Länge des Schlüssels nicht (CKA_VALUE_LEN), von der die Wahl des Hashverfahrens abhängt</translation>
    </message>
    <message>
        <source>the key has %1 bytes, and no hash that KMS uses has a digest of that length</source>
        <translation>der Schlüssel hat %1 Bytes, und kein Hashverfahren, das KMS verwendet, liefert einen Hashwert dieser Länge</translation>
    </message>
    <message>
        <source>the token does not compute this HMAC (%1)</source>
        <translation>das Token berechnet diesen HMAC nicht (%1)</translation>
    </message>
    <message>
        <source>AES-CMAC over 16 zero bytes, first 5 bytes</source>
        <translation>AES-CMAC über 16 Nullbytes, die ersten 5 Bytes</translation>
    </message>
    <message>
        <source>AES-ECB of 16 zero bytes, first 3 bytes</source>
        <translation>AES-ECB von 16 Nullbytes, die ersten 3 Bytes</translation>
    </message>
    <message>
        <source>HMAC over 16 zero bytes, first 5 bytes</source>
        <translation>HMAC über 16 Nullbytes, die ersten 5 Bytes</translation>
    </message>
    <message>
        <source>SHA-256 of the DER SubjectPublicKeyInfo</source>
        <translation>SHA-256 der SubjectPublicKeyInfo in DER</translation>
    </message>
</context>
<context>
    <name>ChildProcess</name>
    <message>
        <source>it cannot be started: %1</source>
        <translation>kann nicht gestartet werden: %1</translation>
    </message>
    <message>
        <source>look at its permissions, or install its package again</source>
        <translation>die Zugriffsrechte ansehen oder das Paket neu installieren</translation>
    </message>
    <message>
        <source>it failed: %1</source>
        <translation>ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>run it by hand to see more</source>
        <translation>von Hand ausführen, um mehr zu sehen</translation>
    </message>
</context>
<context>
    <name>ClientSetup</name>
    <message>
        <source>AWS_MAX_ATTEMPTS</source>
        <translation>AWS_MAX_ATTEMPTS</translation>
    </message>
    <message>
        <source>max_attempts of the AWS profile</source>
        <translation>max_attempts des AWS-Profils</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no number from 1 to 20</source>
        <translation>„%1“ ist keine Zahl von 1 bis 20</translation>
    </message>
    <message>
        <source>correct it, or leave it out for three attempts</source>
        <translation>die Angabe berichtigen oder weglassen; dann gelten drei Versuche</translation>
    </message>
    <message>
        <source>endpoint %1</source>
        <translation>Endpunkt %1</translation>
    </message>
    <message>
        <source>Amazon&apos;s roots are required, and plain http shows no certificate</source>
        <translation>Amazons Stammzertifikate sind verlangt, und http ohne TLS zeigt kein Zertifikat</translation>
    </message>
    <message>
        <source>leave %1 out for a simulator, or use an https endpoint</source>
        <translation>%1 bei einem Simulator weglassen oder einen https-Endpunkt verwenden</translation>
    </message>
    <message>
        <source>given</source>
        <translation>vorgegeben</translation>
    </message>
</context>
<context>
    <name>Clock</name>
    <message>
        <source>there is no %1: a year has the months 01 to 12</source>
        <translation>%1 gibt es nicht: Ein Jahr hat die Monate 01 bis 12</translation>
    </message>
    <message>
        <source>there is no %1: the month %2 has %3 days</source>
        <translation>%1 gibt es nicht: Der Monat %2 hat %3 Tage</translation>
    </message>
    <message>
        <source>there is no %1: a day goes from 00:00:00 to 23:59:59</source>
        <translation>%1 gibt es nicht: Ein Tag geht von 00:00:00 bis 23:59:59</translation>
    </message>
</context>
<context>
    <name>CommandLineWords</name>
    <message>
        <source>try again</source>
        <translation>es noch einmal versuchen</translation>
    </message>
    <message>
        <source>An import from the beginning</source>
        <translation>Ein Import von vorn</translation>
    </message>
    <message>
        <source>“%1”</source>
        <translation>„%1“</translation>
    </message>
    <message>
        <source>page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>page %1, step %2</source>
        <translation>Seite %1, Schritt %2</translation>
    </message>
    <message>
        <source>%1 (in a terminal)</source>
        <translation>%1 (im Terminal)</translation>
    </message>
    <message>
        <source>the page %1</source>
        <translation>die Seite %1</translation>
    </message>
    <message>
        <source>choose a number of days, a day and time that lie ahead, or that it never ends</source>
        <translation>eine Zahl von Tagen wählen, einen Tag und eine Uhrzeit in der Zukunft, oder dass es nie abläuft</translation>
    </message>
    <message>
        <source>only the check is left, which “Check again” makes</source>
        <translation>nur die Prüfung fehlt noch; „Erneut prüfen“ holt sie nach</translation>
    </message>
</context>
<context>
    <name>Compatibility</name>
    <message>
        <source>KMS takes %1 key material by %2 only under a wrapping key of %3 or larger, not %4</source>
        <translation>KMS nimmt Schlüsselmaterial für %1 mit %2 nur unter einem Verpackungsschlüssel ab %3 an, nicht unter %4</translation>
    </message>
    <message>
        <source>KMS takes %1 key material by %2 only, not by %3</source>
        <translation>KMS nimmt Schlüsselmaterial für %1 nur mit %2 an, nicht mit %3</translation>
    </message>
</context>
<context>
    <name>ConnectionEvidence</name>
    <message>
        <source>none (plain http)</source>
        <translation>keines (einfaches http)</translation>
    </message>
    <message>
        <source>private or intercepted</source>
        <translation>privat oder mitgelesen</translation>
    </message>
</context>
<context>
    <name>CreateKey</name>
    <message>
        <source>alias %1</source>
        <translation>Alias %1</translation>
    </message>
    <message>
        <source>see that the alias is free</source>
        <translation>prüfen, dass der Alias frei ist</translation>
    </message>
    <message>
        <source>agree to the new KMS key</source>
        <translation>dem neuen KMS-Schlüssel zustimmen</translation>
    </message>
    <message>
        <source>create the KMS key without material</source>
        <translation>den KMS-Schlüssel ohne Material anlegen</translation>
    </message>
    <message>
        <source>give it its alias</source>
        <translation>ihm seinen Alias geben</translation>
    </message>
    <message>
        <source>alias</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>whether it is free is not known: %1</source>
        <translation>ob er frei ist, ist nicht bekannt: %1</translation>
    </message>
    <message>
        <source>it names the KMS key %1 already; nothing was created</source>
        <translation>er bezeichnet bereits den KMS-Schlüssel %1; es wurde nichts angelegt</translation>
    </message>
    <message>
        <source>choose another alias, or look at that key: %1</source>
        <translation>einen anderen Alias wählen oder jenen Schlüssel ansehen: %1</translation>
    </message>
    <message>
        <source>the new KMS key, as shown for review</source>
        <translation>der neue KMS-Schlüssel, wie zur Prüfung angezeigt</translation>
    </message>
    <message>
        <source>a KMS key without material is created as follows; AWS charges for it from then on. Spec, usage and whether it is multi-Region can never be changed. Go on?</source>
        <translation>Ein KMS-Schlüssel ohne Material wird wie folgt angelegt; ab dann berechnet AWS ihn. Key Spec, Verwendung und ob er für mehrere Regionen ist, lassen sich nie ändern. Fortfahren?</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>%1, account %2</source>
        <translation>%1, Konto %2</translation>
    </message>
    <message>
        <source>key spec</source>
        <translation>Key Spec</translation>
    </message>
    <message>
        <source>usage</source>
        <translation>Verwendung</translation>
    </message>
    <message>
        <source>multi-Region</source>
        <translation>für mehrere Regionen</translation>
    </message>
    <message>
        <source>yes, this is its primary Region</source>
        <translation>ja, dies ist seine primäre Region</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>key policy</source>
        <translation>Schlüsselrichtlinie</translation>
    </message>
    <message>
        <source>as given, %1 octets</source>
        <translation>wie angegeben, %1 Oktette</translation>
    </message>
    <message>
        <source>KMS&apos;s own: IAM policies of the account decide</source>
        <translation>die von KMS selbst: IAM-Richtlinien des Kontos entscheiden</translation>
    </message>
    <message>
        <source>description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>%1; then: %2</source>
        <translation>%1; danach: %2</translation>
    </message>
</context>
<context>
    <name>CredentialChain</name>
    <message>
        <source>it names both source_profile and credential_source</source>
        <translation>es nennt sowohl source_profile als auch credential_source</translation>
    </message>
    <message>
        <source>it assumes a role (role_arn), but names neither source_profile nor credential_source</source>
        <translation>es nimmt eine Rolle an (role_arn), nennt aber weder source_profile noch credential_source</translation>
    </message>
    <message>
        <source>name exactly one of them: whose credentials may assume the role</source>
        <translation>genau eines davon nennen: wessen Anmeldedaten die Rolle annehmen dürfen</translation>
    </message>
    <message>
        <source>profile &quot;%1&quot; takes its credentials from here, and there are none</source>
        <translation>das Profil „%1“ nimmt seine Anmeldedaten von hier, und hier sind keine</translation>
    </message>
    <message>
        <source>give it keys, credential_process or a role of its own</source>
        <translation>ihm Schlüssel, credential_process oder eine eigene Rolle geben</translation>
    </message>
    <message>
        <source>its source_profile &quot;%1&quot; does not exist</source>
        <translation>sein source_profile „%1“ gibt es nicht</translation>
    </message>
    <message>
        <source>correct the name; aws configure list-profiles prints the profiles there are</source>
        <translation>den Namen berichtigen; aws configure list-profiles gibt die vorhandenen Profile aus</translation>
    </message>
    <message>
        <source>the source_profile settings go round in circles: %1</source>
        <translation>die Angaben zu source_profile drehen sich im Kreis: %1</translation>
    </message>
    <message>
        <source>one of them must have keys, credential_process or credential_source</source>
        <translation>eines davon muss Schlüssel, credential_process oder credential_source haben</translation>
    </message>
    <message>
        <source>its credential_source &quot;%1&quot; is not known</source>
        <translation>sein credential_source „%1“ ist nicht bekannt</translation>
    </message>
    <message>
        <source>it is one of Environment, EcsContainer and Ec2InstanceMetadata</source>
        <translation>es ist eines von Environment, EcsContainer und Ec2InstanceMetadata</translation>
    </message>
    <message>
        <source>its credential_source %1 has no credentials</source>
        <translation>sein credential_source %1 hat keine Anmeldedaten</translation>
    </message>
    <message>
        <source>run the program where that source has some, or name a source_profile</source>
        <translation>das Programm dort ausführen, wo diese Quelle welche hat, oder ein source_profile nennen</translation>
    </message>
</context>
<context>
    <name>CredentialProcess</name>
    <message>
        <source>AWS credentials from %1</source>
        <translation>AWS-Anmeldedaten aus %1</translation>
    </message>
    <message>
        <source>the command cannot be started: %1</source>
        <translation>der Befehl kann nicht gestartet werden: %1</translation>
    </message>
    <message>
        <source>run the credential_process line in a terminal and see what it says</source>
        <translation>die Zeile credential_process in einem Terminal ausführen und sehen, was sie meldet</translation>
    </message>
    <message>
        <source>the command ended with status %1</source>
        <translation>der Befehl endete mit Status %1</translation>
    </message>
    <message>
        <source>the command was ended by signal %1</source>
        <translation>der Befehl wurde durch das Signal %1 beendet</translation>
    </message>
    <message>
        <source>what it said stands above; run the credential_process line in a terminal, or sign in again</source>
        <translation>seine Meldung steht oben; die Zeile credential_process in einem Terminal ausführen oder sich neu anmelden</translation>
    </message>
    <message>
        <source>the command must print one JSON object with Version 1, AccessKeyId and SecretAccessKey</source>
        <translation>der Befehl muss ein JSON-Objekt mit Version 1, AccessKeyId und SecretAccessKey ausgeben</translation>
    </message>
    <message>
        <source>what the command printed is no JSON object</source>
        <translation>die Ausgabe des Befehls ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>%1 is no text</source>
        <translation>%1 ist kein Text</translation>
    </message>
    <message>
        <source>%1 is missing in what the command printed</source>
        <translation>%1 fehlt in der Ausgabe des Befehls</translation>
    </message>
    <message>
        <source>what the command printed does not say Version 1</source>
        <translation>in der Ausgabe des Befehls steht nicht Version 1</translation>
    </message>
    <message>
        <source>the Expiration &quot;%1&quot; is no ISO 8601 time with offset</source>
        <translation>die Angabe Expiration „%1“ ist keine Zeit nach ISO 8601 mit Abstand zu UTC</translation>
    </message>
    <message>
        <source>the command printed more than 16 KiB</source>
        <translation>der Befehl hat mehr als 16 KiB ausgegeben</translation>
    </message>
    <message>
        <source>what the command printed cannot be read: %1</source>
        <translation>was der Befehl ausgegeben hat, ist nicht lesbar: %1</translation>
    </message>
    <message>
        <source>the command was ended by Ctrl-C</source>
        <translation>der Befehl wurde mit Strg-C beendet</translation>
    </message>
    <message>
        <source>let the command run to its end next time</source>
        <translation>den Befehl beim nächsten Mal bis zu seinem Ende laufen lassen</translation>
    </message>
</context>
<context>
    <name>Credentials</name>
    <message>
        <source>AWS credentials from %1</source>
        <translation>AWS-Anmeldedaten aus %1</translation>
    </message>
    <message>
        <source>%1 is set, but %2 is not</source>
        <translation>%1 ist gesetzt, %2 aber nicht</translation>
    </message>
    <message>
        <source>set both, or neither</source>
        <translation>beide setzen oder keine von beiden</translation>
    </message>
    <message>
        <source>their expiration &quot;%1&quot; is no RFC 3339 time</source>
        <translation>ihr Ablauf „%1“ ist keine Zeit nach RFC 3339</translation>
    </message>
    <message>
        <source>it is written like 2027-06-17T12:00:00Z</source>
        <translation>die Schreibweise ist 2027-06-17T12:00:00Z</translation>
    </message>
    <message>
        <source>AWS profile &quot;%1&quot; in %2</source>
        <translation>AWS-Profil „%1“ in %2</translation>
    </message>
    <message>
        <source>this profile signs in through IAM Identity Center (sso_*), which is left to the AWS command line</source>
        <translation>dieses Profil meldet sich über IAM Identity Center an (sso_*); das bleibt der AWS-Befehlszeile überlassen</translation>
    </message>
    <message>
        <source>this profile signs in through the console (login_session), which is left to the AWS command line</source>
        <translation>dieses Profil meldet sich über die Konsole an (login_session); das bleibt der AWS-Befehlszeile überlassen</translation>
    </message>
    <message>
        <source>the %1 holds characters that none can have</source>
        <translation>die Angabe „%1“ enthält Zeichen, die darin nie vorkommen</translation>
    </message>
    <message>
        <source>copy it again, without quotes, blanks or line ends</source>
        <translation>die Angabe noch einmal kopieren, ohne Anführungszeichen, Leerzeichen oder Zeilenenden</translation>
    </message>
    <message>
        <source>AWS credentials</source>
        <translation>AWS-Anmeldedaten</translation>
    </message>
    <message>
        <source>they ended at %1</source>
        <translation>sie galten nur bis %1</translation>
    </message>
    <message>
        <source>add this line to the profile (AWS CLI version 2 does the rest):
%1</source>
        <translation>diese Zeile dem Profil hinzufügen (AWS CLI Version 2 erledigt den Rest):
%1</translation>
    </message>
    <message>
        <source>set the two variables, run aws configure, or name a profile with %1</source>
        <translation>die beiden Variablen setzen, aws configure ausführen oder mit %1 ein Profil nennen</translation>
    </message>
    <message>
        <source>sign in again (aws sso login, or whatever gives you credentials) and %1</source>
        <translation>sich neu anmelden (aws sso login oder womit Sie sonst Anmeldedaten erhalten) und %1</translation>
    </message>
    <message>
        <source>access key ID</source>
        <translation>Zugriffsschlüssel-ID</translation>
    </message>
    <message>
        <source>secret access key</source>
        <translation>geheimer Zugriffsschlüssel</translation>
    </message>
    <message>
        <source>session token</source>
        <translation>Sitzungstoken</translation>
    </message>
    <message>
        <source>environment variables</source>
        <translation>Umgebungsvariablen</translation>
    </message>
    <message>
        <source>profile %1 in %2</source>
        <translation>Profil %1 in %2</translation>
    </message>
    <message>
        <source>credential_process of profile %1</source>
        <translation>credential_process des Profils %1</translation>
    </message>
    <message>
        <source>none found: looked for profile %1 in %2 and %3 (role, keys or credential_process), then at container and instance metadata; the environment variables were left aside because a profile was named</source>
        <translation>keine gefunden: gesucht wurde das Profil %1 in %2 und %3 (Rolle, Schlüssel oder credential_process), dann in den Metadaten von Container und Instanz; die Umgebungsvariablen blieben außer Betracht, weil ein Profil genannt ist</translation>
    </message>
    <message>
        <source>none found: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, then at profile %1 in %2 and %3 (role, keys or credential_process), then at container and instance metadata</source>
        <translation>keine gefunden: gesucht wurde nach AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY in der Umgebung, dann nach dem Profil %1 in %2 und %3 (Rolle, Schlüssel oder credential_process), dann in den Metadaten von Container und Instanz</translation>
    </message>
</context>
<context>
    <name>Crypto</name>
    <message>
        <source>OpenSSL, %1</source>
        <translation>OpenSSL, %1</translation>
    </message>
    <message>
        <source>the cryptographic library reported an error</source>
        <translation>die kryptografische Bibliothek meldete einen Fehler</translation>
    </message>
    <message>
        <source>check the input; if it is right, report this as a defect with the text of the library</source>
        <translation>die Eingabe prüfen; wenn sie richtig ist, dies mit dem Text der Bibliothek als Programmfehler melden</translation>
    </message>
</context>
<context>
    <name>Cryptoki</name>
    <message>
        <source>the function succeeded</source>
        <translation>die Funktion war erfolgreich</translation>
    </message>
    <message>
        <source>nothing needs to be done</source>
        <translation>es ist nichts zu tun</translation>
    </message>
    <message>
        <source>the operation was cancelled at the token</source>
        <translation>die Operation wurde am Token abgebrochen</translation>
    </message>
    <message>
        <source>run it again when the token is ready</source>
        <translation>die Operation erneut ausführen, wenn das Token bereit ist</translation>
    </message>
    <message>
        <source>the module could not get memory on this machine, or was given parameters it cannot carry</source>
        <translation>das Modul konnte auf diesem Rechner keinen Speicher erhalten oder bekam Parameter, die es nicht übertragen kann</translation>
    </message>
    <message>
        <source>close other programs; behind p11-kit&apos;s remoting, try the module on its own machine</source>
        <translation>andere Programme schließen; bei Fernzugriff über p11-kit das Modul auf seinem eigenen Rechner versuchen</translation>
    </message>
    <message>
        <source>the slot does not exist any more</source>
        <translation>der Slot existiert nicht mehr</translation>
    </message>
    <message>
        <source>check that the token is connected, then start again: slots are numbered anew each time</source>
        <translation>prüfen, ob das Token verbunden ist, dann erneut starten; Slots werden jedes Mal neu nummeriert</translation>
    </message>
    <message>
        <source>the module met an error that it does not name</source>
        <translation>das Modul traf auf einen Fehler, den es nicht benennt</translation>
    </message>
    <message>
        <source>check the module&apos;s configuration and log; for SoftHSM, that SOFTHSM2_CONF names a readable file whose token folder exists</source>
        <translation>Konfiguration und Protokoll des Moduls prüfen; bei SoftHSM, ob SOFTHSM2_CONF eine lesbare Datei nennt, deren Token-Ordner existiert</translation>
    </message>
    <message>
        <source>the module could not do what was asked</source>
        <translation>das Modul konnte die Anforderung nicht ausführen</translation>
    </message>
    <message>
        <source>look into the log of the module or of the HSM, then try again</source>
        <translation>das Protokoll des Moduls oder des HSM ansehen, dann erneut versuchen</translation>
    </message>
    <message>
        <source>the module does not accept these arguments</source>
        <translation>das Modul nimmt diese Argumente nicht an</translation>
    </message>
    <message>
        <source>the token may lack the hash or option that was asked for; choose another wrapping algorithm or token</source>
        <translation>dem Token fehlt vielleicht das verlangte Hashverfahren oder die verlangte Option; ein anderes Verpackungsverfahren oder Token wählen</translation>
    </message>
    <message>
        <source>no slot event has happened</source>
        <translation>es gab kein Ereignis an einem Slot</translation>
    </message>
    <message>
        <source>insert the token and try again</source>
        <translation>das Token einstecken und erneut versuchen</translation>
    </message>
    <message>
        <source>the module needs to create threads of its own</source>
        <translation>das Modul muss eigene Threads erzeugen</translation>
    </message>
    <message>
        <source>ask the module&apos;s vendor; this program does not forbid it threads</source>
        <translation>den Hersteller des Moduls fragen; dieses Programm verbietet ihm keine Threads</translation>
    </message>
    <message>
        <source>the module cannot use the locks of this operating system</source>
        <translation>das Modul kann die Sperren dieses Betriebssystems nicht benutzen</translation>
    </message>
    <message>
        <source>ask the module&apos;s vendor for a build for several threads</source>
        <translation>den Hersteller des Moduls nach einer Fassung für mehrere Threads fragen</translation>
    </message>
    <message>
        <source>an attribute cannot be changed or set this way</source>
        <translation>ein Attribut kann auf diese Weise nicht geändert oder gesetzt werden</translation>
    </message>
    <message>
        <source>some attributes are fixed at creation or may be set by the security officer only; see the token&apos;s manual</source>
        <translation>manche Attribute liegen mit der Erzeugung fest oder dürfen nur vom Security Officer gesetzt werden; siehe Handbuch des Tokens</translation>
    </message>
    <message>
        <source>the attribute is secret and the token does not give it out</source>
        <translation>das Attribut ist geheim, und das Token gibt es nicht heraus</translation>
    </message>
    <message>
        <source>nothing is wrong: the key stays inside the token</source>
        <translation>das ist kein Fehler; der Schlüssel bleibt im Token</translation>
    </message>
    <message>
        <source>the token does not know one of the attributes</source>
        <translation>das Token kennt eines der Attribute nicht</translation>
    </message>
    <message>
        <source>see the token&apos;s manual for the attributes it knows; a newer firmware may help</source>
        <translation>im Handbuch des Tokens nachsehen, welche Attribute es kennt; eine neuere Firmware kann helfen</translation>
    </message>
    <message>
        <source>the token does not accept the value of one of the attributes</source>
        <translation>das Token nimmt den Wert eines der Attribute nicht an</translation>
    </message>
    <message>
        <source>see the token&apos;s manual for what it allows; some tokens keep key pairs only as token objects</source>
        <translation>im Handbuch des Tokens nachsehen, was es zulässt; manche Token bewahren Schlüsselpaare nur als Token-Objekte auf</translation>
    </message>
    <message>
        <source>a rule of the token or of this object forbids the action</source>
        <translation>eine Regel des Tokens oder dieses Objekts verbietet den Vorgang</translation>
    </message>
    <message>
        <source>an attribute of the object (MODIFIABLE, COPYABLE or DESTROYABLE) or the token&apos;s policy says no; ask who administers the token</source>
        <translation>ein Attribut des Objekts (MODIFIABLE, COPYABLE oder DESTROYABLE) oder die Richtlinie des Tokens lässt es nicht zu; fragen, wer das Token verwaltet</translation>
    </message>
    <message>
        <source>the data do not fit the operation</source>
        <translation>die Daten passen nicht zur Operation</translation>
    </message>
    <message>
        <source>choose another algorithm, or another key</source>
        <translation>ein anderes Verfahren oder einen anderen Schlüssel wählen</translation>
    </message>
    <message>
        <source>the data are too long or too short for this mechanism and key</source>
        <translation>die Daten sind für diesen Mechanismus und Schlüssel zu lang oder zu kurz</translation>
    </message>
    <message>
        <source>choose a larger wrapping key, or an algorithm that takes keys of this size</source>
        <translation>einen größeren Verpackungsschlüssel wählen oder ein Verfahren, das Schlüssel dieser Größe annimmt</translation>
    </message>
    <message>
        <source>the token, or the connection to it, failed</source>
        <translation>das Token oder die Verbindung dazu ist ausgefallen</translation>
    </message>
    <message>
        <source>check the token, its cable, network or server; then start again</source>
        <translation>Token, Kabel, Netz oder Server prüfen; dann erneut starten</translation>
    </message>
    <message>
        <source>the token has no memory left</source>
        <translation>das Token hat keinen Speicher mehr frei</translation>
    </message>
    <message>
        <source>remove objects that are no longer needed, or use session objects</source>
        <translation>nicht mehr benötigte Objekte entfernen oder Sitzungsobjekte verwenden</translation>
    </message>
    <message>
        <source>the token was removed</source>
        <translation>das Token wurde entfernt</translation>
    </message>
    <message>
        <source>insert the token again and start again; look first which objects are on it</source>
        <translation>das Token wieder einstecken und erneut starten; zuerst nachsehen, welche Objekte darauf sind</translation>
    </message>
    <message>
        <source>the encrypted data cannot be decrypted with this key</source>
        <translation>die verschlüsselten Daten lassen sich mit diesem Schlüssel nicht entschlüsseln</translation>
    </message>
    <message>
        <source>check that data and key belong together</source>
        <translation>prüfen, ob Daten und Schlüssel zusammengehören</translation>
    </message>
    <message>
        <source>the encrypted data have a length that cannot be right</source>
        <translation>die verschlüsselten Daten haben eine Länge, die nicht stimmen kann</translation>
    </message>
    <message>
        <source>check that data and key belong together and that nothing was cut off</source>
        <translation>prüfen, ob Daten und Schlüssel zusammengehören und ob nichts abgeschnitten wurde</translation>
    </message>
    <message>
        <source>the operation was cancelled, at the PIN pad perhaps</source>
        <translation>die Operation wurde abgebrochen, vielleicht am PIN-Pad</translation>
    </message>
    <message>
        <source>run it again</source>
        <translation>die Operation erneut ausführen</translation>
    </message>
    <message>
        <source>no operation runs beside this one</source>
        <translation>neben dieser läuft keine Operation</translation>
    </message>
    <message>
        <source>start again</source>
        <translation>erneut starten</translation>
    </message>
    <message>
        <source>the module does not have this function</source>
        <translation>das Modul hat diese Funktion nicht</translation>
    </message>
    <message>
        <source>use another token; this one cannot do it</source>
        <translation>ein anderes Token verwenden; dieses kann es nicht</translation>
    </message>
    <message>
        <source>the key is not there, or not for this login</source>
        <translation>der Schlüssel ist nicht vorhanden oder für diese Anmeldung nicht sichtbar</translation>
    </message>
    <message>
        <source>log in, and check that the key was not removed meanwhile</source>
        <translation>anmelden und prüfen, ob der Schlüssel inzwischen entfernt wurde</translation>
    </message>
    <message>
        <source>the token does not take keys of this size here</source>
        <translation>das Token nimmt Schlüssel dieser Größe hier nicht an</translation>
    </message>
    <message>
        <source>choose another size or another token; some tokens want an HMAC key at least as long as the hash</source>
        <translation>eine andere Größe oder ein anderes Token wählen; manche Token verlangen einen HMAC-Schlüssel, der mindestens so lang wie der Hashwert ist</translation>
    </message>
    <message>
        <source>the key has the wrong type or lacks the permission for this mechanism</source>
        <translation>der Schlüssel hat den falschen Typ, oder ihm fehlt die Erlaubnis für diesen Mechanismus</translation>
    </message>
    <message>
        <source>choose a mechanism for this type of key, or a key with the right usage attribute</source>
        <translation>einen Mechanismus für diesen Schlüsseltyp wählen oder einen Schlüssel mit dem richtigen Verwendungsattribut</translation>
    </message>
    <message>
        <source>a key was given where none is used</source>
        <translation>ein Schlüssel wurde angegeben, wo keiner gebraucht wird</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
    <message>
        <source>the key is not the one used before</source>
        <translation>der Schlüssel ist nicht der zuvor benutzte</translation>
    </message>
    <message>
        <source>start again with the right key</source>
        <translation>mit dem richtigen Schlüssel erneut starten</translation>
    </message>
    <message>
        <source>a key is needed to go on</source>
        <translation>zum Fortfahren wird ein Schlüssel gebraucht</translation>
    </message>
    <message>
        <source>the token does not hash the value of this key</source>
        <translation>das Token bildet keinen Hashwert vom Wert dieses Schlüssels</translation>
    </message>
    <message>
        <source>nothing can be done with this key here</source>
        <translation>mit diesem Schlüssel lässt sich hier nichts tun</translation>
    </message>
    <message>
        <source>the key&apos;s attributes do not permit this use</source>
        <translation>die Attribute des Schlüssels lassen diese Verwendung nicht zu</translation>
    </message>
    <message>
        <source>use a key that has the usage attribute (WRAP, SIGN, ENCRYPT, UNWRAP) set</source>
        <translation>einen Schlüssel verwenden, bei dem das Verwendungsattribut (WRAP, SIGN, ENCRYPT, UNWRAP) gesetzt ist</translation>
    </message>
    <message>
        <source>the token does not wrap this key, or not this way</source>
        <translation>das Token verpackt diesen Schlüssel nicht oder nicht auf diese Weise</translation>
    </message>
    <message>
        <source>the key may be marked for trusted wrapping keys only (WRAP_WITH_TRUSTED), or the token does not wrap keys of this type with this mechanism; choose another wrap, or another token</source>
        <translation>der Schlüssel ist vielleicht nur für vertrauenswürdige Verpackungsschlüssel bestimmt (WRAP_WITH_TRUSTED), oder das Token verpackt Schlüssel dieses Typs nicht mit diesem Mechanismus; eine andere Art des Verpackens oder ein anderes Token wählen</translation>
    </message>
    <message>
        <source>the key is marked as not extractable (EXTRACTABLE is false)</source>
        <translation>der Schlüssel ist als nicht extrahierbar gekennzeichnet (EXTRACTABLE ist falsch)</translation>
    </message>
    <message>
        <source>nobody can turn this back on; use a key that was generated to be extractable</source>
        <translation>das kann niemand rückgängig machen; einen Schlüssel verwenden, der als extrahierbar erzeugt wurde</translation>
    </message>
    <message>
        <source>the token does not have this mechanism</source>
        <translation>das Token hat diesen Mechanismus nicht</translation>
    </message>
    <message>
        <source>choose an algorithm that this token has (&apos;token show&apos; lists them), or another token</source>
        <translation>ein Verfahren wählen, das dieses Token hat („token show“ zeigt sie an), oder ein anderes Token</translation>
    </message>
    <message>
        <source>the token does not accept the mechanism&apos;s parameters</source>
        <translation>das Token nimmt die Parameter des Mechanismus nicht an</translation>
    </message>
    <message>
        <source>the token may lack the hash that was asked for; choose another wrapping algorithm or token</source>
        <translation>dem Token fehlt vielleicht das verlangte Hashverfahren; ein anderes Verpackungsverfahren oder Token wählen</translation>
    </message>
    <message>
        <source>the object is not there any more, or not for this login</source>
        <translation>das Objekt ist nicht mehr vorhanden oder für diese Anmeldung nicht sichtbar</translation>
    </message>
    <message>
        <source>log in, and check that the object was not removed meanwhile</source>
        <translation>anmelden und prüfen, ob das Objekt inzwischen entfernt wurde</translation>
    </message>
    <message>
        <source>another operation is still running in this session</source>
        <translation>in dieser Sitzung läuft noch eine andere Operation</translation>
    </message>
    <message>
        <source>the operation was not started in this session</source>
        <translation>die Operation wurde in dieser Sitzung nicht begonnen</translation>
    </message>
    <message>
        <source>start again; the session may have been lost</source>
        <translation>erneut starten; die Sitzung ist vielleicht verloren gegangen</translation>
    </message>
    <message>
        <source>the PIN is wrong</source>
        <translation>die PIN ist falsch</translation>
    </message>
    <message>
        <source>check which token and which PIN are meant before the next try: each try counts</source>
        <translation>vor dem nächsten Versuch klären, welches Token und welche PIN gemeint sind; jeder Versuch zählt</translation>
    </message>
    <message>
        <source>the PIN holds characters that the token does not take</source>
        <translation>die PIN enthält Zeichen, die das Token nicht annimmt</translation>
    </message>
    <message>
        <source>type it again with the right keyboard layout; check before the next try: each try may count</source>
        <translation>die PIN mit der richtigen Tastaturbelegung erneut eingeben; vor dem nächsten Versuch sorgfältig prüfen, denn jeder Versuch kann zählen</translation>
    </message>
    <message>
        <source>the PIN is too long or too short for this token</source>
        <translation>die PIN ist für dieses Token zu lang oder zu kurz</translation>
    </message>
    <message>
        <source>see the token&apos;s manual for the allowed lengths</source>
        <translation>die zulässigen Längen im Handbuch des Tokens nachsehen</translation>
    </message>
    <message>
        <source>the PIN has expired</source>
        <translation>die PIN ist abgelaufen</translation>
    </message>
    <message>
        <source>set a new PIN with the token&apos;s own tool</source>
        <translation>mit dem eigenen Werkzeug des Tokens eine neue PIN setzen</translation>
    </message>
    <message>
        <source>the PIN is locked after too many wrong tries</source>
        <translation>die PIN ist nach zu vielen falschen Versuchen gesperrt</translation>
    </message>
    <message>
        <source>the security officer can set a new user PIN with the token&apos;s own tool</source>
        <translation>der Security Officer kann mit dem eigenen Werkzeug des Tokens eine neue Benutzer-PIN setzen</translation>
    </message>
    <message>
        <source>the session was closed during the call</source>
        <translation>die Sitzung wurde während des Aufrufs geschlossen</translation>
    </message>
    <message>
        <source>the token has no free session</source>
        <translation>das Token hat keine freie Sitzung</translation>
    </message>
    <message>
        <source>close other programs that use the token</source>
        <translation>andere Programme schließen, die das Token benutzen</translation>
    </message>
    <message>
        <source>the session is gone: the token was removed, or another part of this process closed it</source>
        <translation>die Sitzung ist nicht mehr da; das Token wurde entfernt, oder ein anderer Teil dieses Prozesses hat sie geschlossen</translation>
    </message>
    <message>
        <source>check that the token is connected, then start again</source>
        <translation>prüfen, ob das Token verbunden ist, dann erneut starten</translation>
    </message>
    <message>
        <source>the module wants serial sessions only</source>
        <translation>das Modul verlangt serielle Sitzungen</translation>
    </message>
    <message>
        <source>report this as a defect, with the module&apos;s name and version</source>
        <translation>dies als Programmfehler melden, mit Name und Version des Moduls</translation>
    </message>
    <message>
        <source>the session is read-only</source>
        <translation>die Sitzung ist eine Nur-Lese-Sitzung</translation>
    </message>
    <message>
        <source>use a token that is not write-protected</source>
        <translation>ein Token verwenden, das nicht schreibgeschützt ist</translation>
    </message>
    <message>
        <source>a session is still open on this token</source>
        <translation>auf diesem Token ist noch eine Sitzung offen</translation>
    </message>
    <message>
        <source>a read-only session is open, so the security officer cannot log in</source>
        <translation>eine Nur-Lese-Sitzung ist offen, also kann sich der Security Officer nicht anmelden</translation>
    </message>
    <message>
        <source>the security officer is logged in, so no read-only session can be opened</source>
        <translation>der Security Officer ist angemeldet, also kann keine Nur-Lese-Sitzung geöffnet werden</translation>
    </message>
    <message>
        <source>log the security officer out first</source>
        <translation>zuerst den Security Officer abmelden</translation>
    </message>
    <message>
        <source>the signature is not right</source>
        <translation>die Signatur stimmt nicht</translation>
    </message>
    <message>
        <source>check that data, signature and key belong together</source>
        <translation>prüfen, ob Daten, Signatur und Schlüssel zusammengehören</translation>
    </message>
    <message>
        <source>the signature has a length that cannot be right</source>
        <translation>die Signatur hat eine Länge, die nicht stimmen kann</translation>
    </message>
    <message>
        <source>check that signature and key belong together</source>
        <translation>prüfen, ob Signatur und Schlüssel zusammengehören</translation>
    </message>
    <message>
        <source>the token wants more attributes than were given</source>
        <translation>das Token verlangt mehr Attribute, als angegeben wurden</translation>
    </message>
    <message>
        <source>report this with the token&apos;s model; its manual tells which are needed</source>
        <translation>dies mit dem Modell des Tokens melden; sein Handbuch nennt die nötigen Attribute</translation>
    </message>
    <message>
        <source>the token does not accept these attributes together</source>
        <translation>das Token nimmt diese Attribute zusammen nicht an</translation>
    </message>
    <message>
        <source>the token&apos;s policy may forbid extractable keys, or this use; ask who administers the token</source>
        <translation>die Richtlinie des Tokens verbietet vielleicht extrahierbare Schlüssel oder diese Verwendung; fragen, wer das Token verwaltet</translation>
    </message>
    <message>
        <source>there is no token in the slot</source>
        <translation>im Slot ist kein Token</translation>
    </message>
    <message>
        <source>insert the token, then start again</source>
        <translation>das Token einstecken, dann erneut starten</translation>
    </message>
    <message>
        <source>the module does not recognise the token</source>
        <translation>das Modul erkennt das Token nicht</translation>
    </message>
    <message>
        <source>check that this module is the one for this token</source>
        <translation>prüfen, ob dieses Modul das richtige für dieses Token ist</translation>
    </message>
    <message>
        <source>the token is write-protected</source>
        <translation>das Token ist schreibgeschützt</translation>
    </message>
    <message>
        <source>remove the write protection, or use another token</source>
        <translation>den Schreibschutz aufheben oder ein anderes Token verwenden</translation>
    </message>
    <message>
        <source>the unwrapping key is not there, or not for this login</source>
        <translation>der Schlüssel zum Entpacken ist nicht vorhanden oder für diese Anmeldung nicht sichtbar</translation>
    </message>
    <message>
        <source>the token does not unwrap with a key of this size</source>
        <translation>das Token entpackt nicht mit einem Schlüssel dieser Größe</translation>
    </message>
    <message>
        <source>choose another key size</source>
        <translation>eine andere Schlüsselgröße wählen</translation>
    </message>
    <message>
        <source>the unwrapping key has the wrong type for this mechanism</source>
        <translation>der Schlüssel zum Entpacken hat den falschen Typ für diesen Mechanismus</translation>
    </message>
    <message>
        <source>choose a key of the right type</source>
        <translation>einen Schlüssel des richtigen Typs wählen</translation>
    </message>
    <message>
        <source>the user is logged in already</source>
        <translation>der Benutzer ist bereits angemeldet</translation>
    </message>
    <message>
        <source>go on without logging in, or log out first</source>
        <translation>ohne Anmeldung fortfahren oder zuerst abmelden</translation>
    </message>
    <message>
        <source>this needs a login</source>
        <translation>hierfür ist eine Anmeldung nötig</translation>
    </message>
    <message>
        <source>log in to the token first</source>
        <translation>zuerst am Token anmelden</translation>
    </message>
    <message>
        <source>the token has no user PIN yet</source>
        <translation>das Token hat noch keine Benutzer-PIN</translation>
    </message>
    <message>
        <source>the security officer sets the first user PIN with the token&apos;s own tool</source>
        <translation>der Security Officer setzt die erste Benutzer-PIN mit dem eigenen Werkzeug des Tokens</translation>
    </message>
    <message>
        <source>the token does not have this role</source>
        <translation>das Token hat diese Rolle nicht</translation>
    </message>
    <message>
        <source>some tokens have no security officer; use the token&apos;s own tool</source>
        <translation>manche Token haben keinen Security Officer; das eigene Werkzeug des Tokens verwenden</translation>
    </message>
    <message>
        <source>another role is logged in</source>
        <translation>eine andere Rolle ist angemeldet</translation>
    </message>
    <message>
        <source>log it out first: user and security officer cannot be logged in together</source>
        <translation>diese zuerst abmelden; Benutzer und Security Officer können nicht zugleich angemeldet sein</translation>
    </message>
    <message>
        <source>too many different roles are logged in at once</source>
        <translation>zu viele verschiedene Rollen sind gleichzeitig angemeldet</translation>
    </message>
    <message>
        <source>log out in the other programs that use the token</source>
        <translation>in den anderen Programmen, die das Token benutzen, abmelden</translation>
    </message>
    <message>
        <source>the wrapped key cannot be unwrapped</source>
        <translation>der verpackte Schlüssel kann nicht entpackt werden</translation>
    </message>
    <message>
        <source>check that wrapped key and unwrapping key belong together</source>
        <translation>prüfen, ob der verpackte Schlüssel und der Schlüssel zum Entpacken zusammengehören</translation>
    </message>
    <message>
        <source>the wrapped key has a length that cannot be right</source>
        <translation>der verpackte Schlüssel hat eine Länge, die nicht stimmen kann</translation>
    </message>
    <message>
        <source>check that wrapped key and unwrapping key belong together and that nothing was cut off</source>
        <translation>prüfen, ob der verpackte Schlüssel und der Schlüssel zum Entpacken zusammengehören und ob nichts abgeschnitten wurde</translation>
    </message>
    <message>
        <source>the wrapping key is not there, or not for this login</source>
        <translation>der Verpackungsschlüssel ist nicht vorhanden oder für diese Anmeldung nicht sichtbar</translation>
    </message>
    <message>
        <source>check that the wrapping key was not removed meanwhile</source>
        <translation>prüfen, ob der Verpackungsschlüssel inzwischen entfernt wurde</translation>
    </message>
    <message>
        <source>the token does not wrap with a key of this size</source>
        <translation>das Token verpackt nicht mit einem Schlüssel dieser Größe</translation>
    </message>
    <message>
        <source>choose another wrapping key size</source>
        <translation>eine andere Größe des Verpackungsschlüssels wählen</translation>
    </message>
    <message>
        <source>the wrapping key has the wrong type for this mechanism</source>
        <translation>der Verpackungsschlüssel hat den falschen Typ für diesen Mechanismus</translation>
    </message>
    <message>
        <source>choose another wrapping algorithm or token</source>
        <translation>ein anderes Verpackungsverfahren oder Token wählen</translation>
    </message>
    <message>
        <source>the token&apos;s random generator takes no seed</source>
        <translation>der Zufallsgenerator des Tokens nimmt keinen Startwert an</translation>
    </message>
    <message>
        <source>nothing needs to be done; the token seeds itself</source>
        <translation>es ist nichts zu tun; das Token setzt seinen Startwert selbst</translation>
    </message>
    <message>
        <source>the token has no random generator</source>
        <translation>das Token hat keinen Zufallsgenerator</translation>
    </message>
    <message>
        <source>use another token: keys cannot be generated on this one</source>
        <translation>ein anderes Token verwenden; auf diesem können keine Schlüssel erzeugt werden</translation>
    </message>
    <message>
        <source>the token does not know this curve</source>
        <translation>das Token kennt diese Kurve nicht</translation>
    </message>
    <message>
        <source>choose another key spec or another token</source>
        <translation>eine andere Key Spec oder ein anderes Token wählen</translation>
    </message>
    <message>
        <source>the token does not support this curve</source>
        <translation>das Token unterstützt diese Kurve nicht</translation>
    </message>
    <message>
        <source>the answer of the token is longer than its own standard allows</source>
        <translation>die Antwort des Tokens ist länger, als sein eigener Standard zulässt</translation>
    </message>
    <message>
        <source>report this with the token&apos;s model and firmware</source>
        <translation>dies mit Modell und Firmware des Tokens melden</translation>
    </message>
    <message>
        <source>a saved state cannot be used</source>
        <translation>ein gespeicherter Zustand kann nicht verwendet werden</translation>
    </message>
    <message>
        <source>the information is secret and the token does not give it out</source>
        <translation>die Angabe ist geheim, und das Token gibt sie nicht heraus</translation>
    </message>
    <message>
        <source>the state of the session cannot be saved</source>
        <translation>der Zustand der Sitzung kann nicht gespeichert werden</translation>
    </message>
    <message>
        <source>the module is not initialised: another part of this process has ended it</source>
        <translation>das Modul ist nicht initialisiert; ein anderer Teil dieses Prozesses hat es beendet</translation>
    </message>
    <message>
        <source>the module is initialised already</source>
        <translation>das Modul ist bereits initialisiert</translation>
    </message>
    <message>
        <source>start again in a process of its own</source>
        <translation>in einem eigenen Prozess erneut starten</translation>
    </message>
    <message>
        <source>the module was given a lock that it cannot use</source>
        <translation>das Modul bekam eine Sperre, die es nicht benutzen kann</translation>
    </message>
    <message>
        <source>the module unlocked a lock that was not locked</source>
        <translation>das Modul hat eine Sperre aufgehoben, die nicht gesetzt war</translation>
    </message>
    <message>
        <source>report this to the module&apos;s vendor</source>
        <translation>dies dem Hersteller des Moduls melden</translation>
    </message>
    <message>
        <source>the token wants a new PIN before it goes on</source>
        <translation>das Token verlangt eine neue PIN, bevor es weitermacht</translation>
    </message>
    <message>
        <source>the token wants the next one-time password</source>
        <translation>das Token verlangt das nächste Einmalpasswort</translation>
    </message>
    <message>
        <source>wait for the next one and try again</source>
        <translation>auf das nächste warten und erneut versuchen</translation>
    </message>
    <message>
        <source>the token tried too often to find suitable parameters</source>
        <translation>das Token hat zu oft versucht, geeignete Parameter zu finden</translation>
    </message>
    <message>
        <source>the token failed its self-test and has shut down</source>
        <translation>das Token hat seinen Selbsttest nicht bestanden und sich abgeschaltet</translation>
    </message>
    <message>
        <source>restart the token; if it fails again, have it checked by its vendor</source>
        <translation>das Token neu starten; wenn der Selbsttest wieder fehlschlägt, das Token vom Hersteller prüfen lassen</translation>
    </message>
    <message>
        <source>the module could not load a library that it needs</source>
        <translation>das Modul konnte eine Bibliothek nicht laden, die es braucht</translation>
    </message>
    <message>
        <source>install what the module&apos;s manual asks for</source>
        <translation>installieren, was das Handbuch des Moduls verlangt</translation>
    </message>
    <message>
        <source>the token refuses this PIN as too weak</source>
        <translation>das Token lehnt diese PIN als zu schwach ab</translation>
    </message>
    <message>
        <source>choose a longer PIN</source>
        <translation>eine längere PIN wählen</translation>
    </message>
    <message>
        <source>the token says that the public key is not valid</source>
        <translation>laut Token ist der öffentliche Schlüssel nicht gültig</translation>
    </message>
    <message>
        <source>fetch the wrapping public key again; check its fingerprint</source>
        <translation>den öffentlichen Verpackungsschlüssel erneut abrufen; seinen Fingerabdruck prüfen</translation>
    </message>
    <message>
        <source>a person or a policy at the token rejected the request</source>
        <translation>eine Person oder eine Richtlinie am Token hat die Anforderung abgelehnt</translation>
    </message>
    <message>
        <source>ask who approves requests at the token</source>
        <translation>fragen, wer Anforderungen am Token genehmigt</translation>
    </message>
    <message>
        <source>the token has run out of a resource</source>
        <translation>dem Token ist eine Ressource ausgegangen</translation>
    </message>
    <message>
        <source>wait, close other programs that use the token, and try again</source>
        <translation>warten, andere Programme schließen, die das Token benutzen, und erneut versuchen</translation>
    </message>
    <message>
        <source>the running operation cannot be cancelled</source>
        <translation>die laufende Operation kann nicht abgebrochen werden</translation>
    </message>
    <message>
        <source>the key has been used as often as it may be</source>
        <translation>der Schlüssel wurde so oft benutzt, wie er benutzt werden darf</translation>
    </message>
    <message>
        <source>use another key</source>
        <translation>einen anderen Schlüssel verwenden</translation>
    </message>
    <message>
        <source>the encrypted data or their tag are not right</source>
        <translation>die verschlüsselten Daten oder ihr Authentifizierungswert (Tag) stimmen nicht</translation>
    </message>
    <message>
        <source>the operation has not ended yet</source>
        <translation>die Operation ist noch nicht beendet</translation>
    </message>
    <message>
        <source>wait, look which objects are on the token, then try again</source>
        <translation>warten, nachsehen, welche Objekte auf dem Token sind, dann erneut versuchen</translation>
    </message>
    <message>
        <source>the token has no asynchronous sessions</source>
        <translation>das Token hat keine asynchronen Sitzungen</translation>
    </message>
    <message>
        <source>the token&apos;s random generator must be seeded first</source>
        <translation>der Zufallsgenerator des Tokens braucht zuerst einen Startwert</translation>
    </message>
    <message>
        <source>seed it with the token&apos;s own tool</source>
        <translation>den Startwert mit dem eigenen Werkzeug des Tokens setzen</translation>
    </message>
    <message>
        <source>the token is in a mode that does not allow this operation</source>
        <translation>das Token ist in einem Modus, der diese Operation nicht zulässt</translation>
    </message>
    <message>
        <source>choose an algorithm that the token&apos;s approved mode allows</source>
        <translation>ein Verfahren wählen, das der zugelassene Modus des Tokens erlaubt</translation>
    </message>
    <message>
        <source>the token is not initialised</source>
        <translation>das Token ist nicht initialisiert</translation>
    </message>
    <message>
        <source>initialise it with the token&apos;s own tool</source>
        <translation>das Token mit seinem eigenen Werkzeug initialisieren</translation>
    </message>
    <message>
        <source>the token does not support this parameter set</source>
        <translation>das Token unterstützt diesen Parametersatz nicht</translation>
    </message>
    <message>
        <source>NSS cannot open its certificate database</source>
        <translation>NSS kann seine Zertifikatsdatenbank nicht öffnen</translation>
    </message>
    <message>
        <source>check the folder that configdir=&apos;sql:FOLDER&apos; names in the initialisation string; certutil -N makes a database</source>
        <translation>den Ordner prüfen, den configdir=&apos;sql:ORDNER&apos; in der Initialisierungszeichenkette nennt; certutil -N legt eine Datenbank an</translation>
    </message>
    <message>
        <source>NSS cannot open its key database</source>
        <translation>NSS kann seine Schlüsseldatenbank nicht öffnen</translation>
    </message>
    <message>
        <source>the module&apos;s vendor defined this code (%1); the standard does not know it</source>
        <translation>der Hersteller des Moduls hat diesen Code (%1) festgelegt; der Standard kennt ihn nicht</translation>
    </message>
    <message>
        <source>the module gave a code that the standard does not know: %1</source>
        <translation>das Modul gab einen Code zurück, den der Standard nicht kennt: %1</translation>
    </message>
    <message>
        <source>look this code up in the manual of the token or its module</source>
        <translation>diesen Code im Handbuch des Tokens oder seines Moduls nachschlagen</translation>
    </message>
    <message>
        <source>%1, token &quot;%2&quot;</source>
        <translation>%1, Token „%2“</translation>
    </message>
</context>
<context>
    <name>DeleteMaterial</name>
    <message>
        <source>look at the KMS key</source>
        <translation>den KMS-Schlüssel ansehen</translation>
    </message>
    <message>
        <source>look where the same material still is</source>
        <translation>nachsehen, wo dasselbe Material noch ist</translation>
    </message>
    <message>
        <source>agree to the deletion</source>
        <translation>der Löschung zustimmen</translation>
    </message>
    <message>
        <source>delete the material</source>
        <translation>das Material löschen</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>key material ID</source>
        <translation>ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>&quot;%1&quot; are not the last four characters of its ID</source>
        <translation>„%1“ sind nicht die letzten vier Zeichen seiner ID</translation>
    </message>
    <message>
        <source>make sure that this is the key, then give its last four characters with %1</source>
        <translation>sicherstellen, dass dies der Schlüssel ist, dann seine letzten vier Zeichen mit %1 angeben</translation>
    </message>
    <message>
        <source>its origin is %1; KMS deletes imported material only</source>
        <translation>seine Herkunft ist %1; KMS löscht nur importiertes Material</translation>
    </message>
    <message>
        <source>name a key with imported material</source>
        <translation>einen Schlüssel mit importiertem Material nennen</translation>
    </message>
    <message>
        <source>it holds several materials</source>
        <translation>er enthält mehrere Materialien</translation>
    </message>
    <message>
        <source>name one with %1: %2</source>
        <translation>eines mit %1 nennen: %2</translation>
    </message>
    <message>
        <source>the same on a token</source>
        <translation>dasselbe auf einem Token</translation>
    </message>
    <message>
        <source>&quot;%1&quot; on %2, serial number %3; last looked at %4</source>
        <translation>„%1“ auf %2, Seriennummer %3; zuletzt angesehen um %4</translation>
    </message>
    <message>
        <source>a copy on a backup</source>
        <translation>eine Kopie auf einem Backup</translation>
    </message>
    <message>
        <source>the deletion of key material</source>
        <translation>die Löschung von Schlüsselmaterial</translation>
    </message>
    <message>
        <source>the material is deleted from KMS. From that moment nothing is encrypted, decrypted or signed with this key, until the very same material is imported again. Go on?</source>
        <translation>das Material wird aus KMS gelöscht. Von da an wird mit diesem Schlüssel nichts mehr verschlüsselt, entschlüsselt oder signiert, bis genau dasselbe Material wieder importiert ist. Fortfahren?</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>alias</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>state now</source>
        <translation>Zustand jetzt</translation>
    </message>
    <message>
        <source>request ID</source>
        <translation>Request-ID</translation>
    </message>
    <message>
        <source>it holds no material now, so there is nothing to delete</source>
        <translation>er enthält jetzt kein Material, also gibt es nichts zu löschen</translation>
    </message>
    <message>
        <source>look at it with %1</source>
        <translation>ihn mit %1 ansehen</translation>
    </message>
    <message>
        <source>a key of the key spec %1 has one material, and KMS gives it no ID</source>
        <translation>ein Schlüssel der Key Spec %1 hat ein einziges Material, und KMS gibt ihm keine ID</translation>
    </message>
    <message>
        <source>leave %1 out</source>
        <translation>%1 weglassen</translation>
    </message>
    <message>
        <source>it does not hold the material %1</source>
        <translation>er enthält das Material %1 nicht</translation>
    </message>
    <message>
        <source>it holds none now, so there is nothing to delete</source>
        <translation>er enthält jetzt keines, also gibt es nichts zu löschen</translation>
    </message>
    <message>
        <source>name one that it holds: %1</source>
        <translation>eines nennen, das er enthält: %1</translation>
    </message>
    <message>
        <source>delete it where its import was made, if a copy is known there, or accept the loss with %1</source>
        <translation>es dort löschen, wo es importiert wurde, falls dort eine Kopie bekannt ist, oder den Verlust mit %1 hinnehmen</translation>
    </message>
    <message>
        <source>no material sheet on this machine tells where the same material still is; if it is nowhere, it is lost for good with this deletion, and so is everything that was encrypted under it</source>
        <translation>kein Materialblatt auf diesem Rechner sagt, wo dasselbe Material noch ist; ist es nirgends, so ist es mit dieser Löschung endgültig verloren, und alles, was damit verschlüsselt wurde, auch</translation>
    </message>
    <message>
        <source>no copy of the material is left that this machine knows of: %1. With this deletion it is lost for good, and so is everything that was encrypted under it</source>
        <translation>keine Kopie des Materials ist übrig, von der dieser Rechner weiß: %1. Mit dieser Löschung ist es endgültig verloren, und alles, was damit verschlüsselt wurde, auch</translation>
    </message>
    <message>
        <source>&quot;%1&quot; on %2, serial number %3, was destroyed at %4</source>
        <translation>„%1“ auf %2, Seriennummer %3, wurde am %4 vernichtet</translation>
    </message>
    <message>
        <source>&quot;%1&quot; on %2, serial number %3, was sealed at %4 and never leaves it</source>
        <translation>„%1“ auf %2, Seriennummer %3, wurde am %4 versiegelt und verlässt es nie mehr</translation>
    </message>
    <message>
        <source>no more</source>
        <translation>nicht mehr</translation>
    </message>
    <message>
        <source>loss accepted because</source>
        <translation>Verlust hingenommen, weil</translation>
    </message>
    <message>
        <source>the material is deleted from KMS. It waits to be rotated in: the key goes on working with the material that it has, and this one cannot be rotated in. Go on?</source>
        <translation>Das Material wird aus KMS gelöscht. Es wartet darauf, hineinrotiert zu werden: der Schlüssel arbeitet mit dem Material weiter, das er hat, und dieses kann nicht mehr hineinrotiert werden. Fortfahren?</translation>
    </message>
    <message>
        <source>waiting until KMS shows that the material is gone</source>
        <translation>warten, bis KMS zeigt, dass das Material fort ist</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>station</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>the rehearsal is still being made</source>
        <translation>die Probe wird noch vorbereitet</translation>
    </message>
    <message>
        <source>wait until the banner names its token</source>
        <translation>warten, bis das Banner ihr Token nennt</translation>
    </message>
</context>
<context>
    <name>DesktopOptions</name>
    <message>
        <source>command line</source>
        <translation>Befehlszeile</translation>
    </message>
    <message>
        <source>see keyconvoy-desktop --help</source>
        <translation>siehe keyconvoy-desktop --help</translation>
    </message>
</context>
<context>
    <name>Doctor</name>
    <message>
        <source>load the module</source>
        <translation>das Modul laden</translation>
    </message>
    <message>
        <source>look at the token</source>
        <translation>das Token ansehen</translation>
    </message>
    <message>
        <source>read the list of mechanisms</source>
        <translation>die Liste der Mechanismen lesen</translation>
    </message>
    <message>
        <source>read the AWS settings</source>
        <translation>die AWS-Einstellungen lesen</translation>
    </message>
    <message>
        <source>ask who is calling</source>
        <translation>fragen, wer aufruft</translation>
    </message>
    <message>
        <source>ask KMS</source>
        <translation>KMS fragen</translation>
    </message>
    <message>
        <source>compare the clocks</source>
        <translation>die Uhren vergleichen</translation>
    </message>
    <message>
        <source>module loads: %1 %2, %3</source>
        <translation>Modul lädt: %1 %2, %3</translation>
    </message>
    <message>
        <source>token found: %1, serial %2, %3</source>
        <translation>Token gefunden: %1, Seriennummer %2, %3</translation>
    </message>
    <message>
        <source>STS answers: the caller is %1</source>
        <translation>STS antwortet; der Aufrufer ist %1</translation>
    </message>
    <message>
        <source>connection: %1, tls: %2</source>
        <translation>Verbindung: %1, TLS: %2</translation>
    </message>
    <message>
        <source>mode: %1, and the evidence agrees</source>
        <translation>Modus: %1, und alle Anzeichen stimmen damit überein</translation>
    </message>
    <message>
        <source>KMS answers at %1</source>
        <translation>KMS antwortet unter %1</translation>
    </message>
    <message>
        <source>doctor</source>
        <translation>doctor</translation>
    </message>
    <message>
        <source>neither a token nor KMS was named to look at</source>
        <translation>es wurde weder ein Token noch KMS zum Ansehen genannt</translation>
    </message>
    <message>
        <source>PIN: fine, as the token&apos;s flags say</source>
        <translation>PIN: laut Angaben des Tokens in Ordnung</translation>
    </message>
    <message>
        <source>PIN: a wrong one was entered since the last login</source>
        <translation>PIN: seit der letzten Anmeldung wurde eine falsche eingegeben</translation>
    </message>
    <message>
        <source>make sure of the PIN before the next try; a good login clears this</source>
        <translation>vor dem nächsten Versuch die PIN sicher feststellen; eine gelungene Anmeldung hebt diesen Zustand auf</translation>
    </message>
    <message>
        <source>PIN: one more wrong try locks it</source>
        <translation>PIN: noch ein falscher Versuch sperrt sie</translation>
    </message>
    <message>
        <source>make sure of the PIN; this program sends it only after you agreed to the final try</source>
        <translation>die PIN sicher feststellen; dieses Programm sendet sie erst, nachdem Sie dem letzten Versuch zugestimmt haben</translation>
    </message>
    <message>
        <source>PIN: locked</source>
        <translation>PIN: gesperrt</translation>
    </message>
    <message>
        <source>the security officer of this token sets a new one with the vendor&apos;s tool</source>
        <translation>der Security Officer dieses Tokens setzt mit dem Werkzeug des Herstellers eine neue</translation>
    </message>
    <message>
        <source>PIN: must be changed before the token can be used</source>
        <translation>PIN: muss geändert werden, bevor das Token benutzt werden kann</translation>
    </message>
    <message>
        <source>change it with the vendor&apos;s tool</source>
        <translation>die PIN mit dem Werkzeug des Herstellers ändern</translation>
    </message>
    <message>
        <source>PIN: not set</source>
        <translation>PIN: nicht gesetzt</translation>
    </message>
    <message>
        <source>the security officer of this token sets it with the vendor&apos;s tool</source>
        <translation>der Security Officer dieses Tokens setzt sie mit dem Werkzeug des Herstellers</translation>
    </message>
    <message>
        <source>%1: %2%3</source>
        <translation>%1: %2%3</translation>
    </message>
    <message>
        <source>token: software. Its keys are files of this user and memory of this process</source>
        <translation>Token: Software. Seine Schlüssel sind Dateien dieses Benutzers und Speicher dieses Prozesses</translation>
    </message>
    <message>
        <source>good for rehearsals and tests; for keys that count use a hardware token</source>
        <translation>gut für Proben und Tests; für Schlüssel, auf die es ankommt, ein Hardware-Token verwenden</translation>
    </message>
    <message>
        <source>the token is not initialised</source>
        <translation>das Token ist nicht initialisiert</translation>
    </message>
    <message>
        <source>initialise it with the vendor&apos;s tool</source>
        <translation>das Token mit dem Werkzeug des Herstellers initialisieren</translation>
    </message>
    <message>
        <source>the token is write-protected: no key can be generated on it</source>
        <translation>das Token ist schreibgeschützt, also kann darauf kein Schlüssel erzeugt werden</translation>
    </message>
    <message>
        <source>take the protection off with the vendor&apos;s tool, or choose another token</source>
        <translation>den Schreibschutz mit dem Werkzeug des Herstellers aufheben oder ein anderes Token wählen</translation>
    </message>
    <message>
        <source>logged in outside: something else has logged in to this token already</source>
        <translation>außerhalb angemeldet: etwas anderes hat sich an diesem Token bereits angemeldet</translation>
    </message>
    <message>
        <source>make sure that this is the vendor&apos;s helper you expect</source>
        <translation>sicherstellen, dass dies das erwartete Hilfsprogramm des Herstellers ist</translation>
    </message>
    <message>
        <source>the token asks for no login: whoever reaches it can use its keys</source>
        <translation>das Token verlangt keine Anmeldung; wer es erreicht, kann seine Schlüssel benutzen</translation>
    </message>
    <message>
        <source>set a PIN with the vendor&apos;s tool</source>
        <translation>mit dem Werkzeug des Herstellers eine PIN setzen</translation>
    </message>
    <message>
        <source>mechanisms listed: %1</source>
        <translation>aufgeführte Mechanismen: %1</translation>
    </message>
    <message>
        <source>mechanisms not listed: %1</source>
        <translation>nicht aufgeführte Mechanismen: %1</translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 s ahead of the server&apos;s</source>
        <translation>die Uhr dieses Rechners geht gegenüber der des Servers %1 s vor</translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 s behind the server&apos;s</source>
        <translation>die Uhr dieses Rechners geht gegenüber der des Servers %1 s nach</translation>
    </message>
    <message>
        <source>set the clock; AWS refuses requests signed more than five minutes off, and expiry times are reckoned from it</source>
        <translation>die Uhr stellen; AWS lehnt Anforderungen ab, deren Signaturzeit mehr als fünf Minuten abweicht, und Ablaufzeiten werden nach dieser Uhr berechnet</translation>
    </message>
    <message>
        <source>KMS: Region %1, endpoint %2</source>
        <translation>KMS: Region %1, Endpunkt %2</translation>
    </message>
    <message>
        <source>AWS credentials: access key %1; source: %2</source>
        <translation>AWS-Anmeldedaten: Zugriffsschlüssel %1; Quelle: %2</translation>
    </message>
    <message>
        <source>give %1 and %2, or a Region, profile or endpoint of KMS</source>
        <translation>%1 und %2 angeben oder Region, Profil oder Endpunkt von KMS</translation>
    </message>
    <message>
        <source>tokens list what they cannot do and leave out what they can: trying with throw-away keys finds out (%1)</source>
        <translation>Token führen auf, was sie nicht können, und lassen weg, was sie können: Klarheit schafft der Versuch mit Wegwerfschlüsseln (%1)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>one try is left for the PIN, which no check is worth</source>
        <translation>für die PIN bleibt ein Versuch, den keine Prüfung wert ist</translation>
    </message>
    <message>
        <source>make sure of the PIN; the security officer of this token can set a new one</source>
        <translation>sich der PIN vergewissern; der Security Officer dieses Tokens kann eine neue setzen</translation>
    </message>
</context>
<context>
    <name>Endpoint</name>
    <message>
        <source>AWS Region</source>
        <translation>AWS-Region</translation>
    </message>
    <message>
        <source>AWS Region &quot;%1&quot;</source>
        <translation>AWS-Region „%1“</translation>
    </message>
    <message>
        <source>this is no name of a Region</source>
        <translation>dies ist kein Name einer Region</translation>
    </message>
    <message>
        <source>a Region is written like eu-central-1, in lower case</source>
        <translation>die Schreibweise einer Region ist eu-central-1, in Kleinbuchstaben</translation>
    </message>
    <message>
        <source>endpoint %1 (%2)</source>
        <translation>Endpunkt %1 (%2)</translation>
    </message>
    <message>
        <source>an endpoint of its own and the FIPS switch exclude each other</source>
        <translation>ein eigener Endpunkt und der FIPS-Schalter schließen einander aus</translation>
    </message>
    <message>
        <source>an endpoint of its own and the dual-stack switch exclude each other</source>
        <translation>ein eigener Endpunkt und der Dual-Stack-Schalter schließen einander aus</translation>
    </message>
    <message>
        <source>unset one of them; for FIPS without the switch, name the FIPS host in the endpoint itself</source>
        <translation>eines von beiden zurücknehmen; für FIPS ohne den Schalter den FIPS-Host im Endpunkt selbst nennen</translation>
    </message>
    <message>
        <source>endpoint &quot;%1&quot; (%2)</source>
        <translation>Endpunkt „%1“ (%2)</translation>
    </message>
    <message>
        <source>write it like https://kms.eu-central-1.amazonaws.com or http://127.0.0.1:4566</source>
        <translation>die Schreibweise ist https://kms.eu-central-1.amazonaws.com oder http://127.0.0.1:4566</translation>
    </message>
    <message>
        <source>it does not begin with https://</source>
        <translation>er beginnt nicht mit https://</translation>
    </message>
    <message>
        <source>it may hold scheme, host and port, and nothing else</source>
        <translation>er darf Schema, Host und Port enthalten und sonst nichts</translation>
    </message>
    <message>
        <source>its host or port cannot be read</source>
        <translation>sein Host oder Port ist nicht lesbar</translation>
    </message>
    <message>
        <source>plain http is taken only to this machine: without TLS nobody knows whose wrapping key arrives</source>
        <translation>http ohne TLS wird nur zu diesem Rechner selbst angenommen; ohne TLS weiß niemand, wessen Verpackungsschlüssel ankommt</translation>
    </message>
    <message>
        <source>use https, or a loopback address such as http://127.0.0.1:4566 for a simulator</source>
        <translation>https verwenden oder für einen Simulator eine Loopback-Adresse wie http://127.0.0.1:4566</translation>
    </message>
    <message>
        <source>no Region is set: not by %3, AWS_REGION, AWS_DEFAULT_REGION or profile %1 in %2</source>
        <translation>es ist keine Region gesetzt, weder durch %3, AWS_REGION oder AWS_DEFAULT_REGION noch durch Profil %1 in %2</translation>
    </message>
    <message>
        <source>name the Region of the KMS key, for example %1</source>
        <translation>die Region des KMS-Schlüssels nennen, zum Beispiel %1</translation>
    </message>
    <message>
        <source>profile %1 in %2</source>
        <translation>Profil %1 in %2</translation>
    </message>
    <message>
        <source>services section of %1</source>
        <translation>Abschnitt services von %1</translation>
    </message>
    <message>
        <source>endpoint_url of %1</source>
        <translation>endpoint_url von %1</translation>
    </message>
</context>
<context>
    <name>Envelope</name>
    <message>
        <source>wrapped key material of %1 bytes</source>
        <translation>verpacktes Schlüsselmaterial von %1 Bytes</translation>
    </message>
    <message>
        <source>do not import it; run the qualification of this token again</source>
        <translation>dieses Material nicht importieren; die Eignungsprüfung dieses Tokens erneut ausführen</translation>
    </message>
    <message>
        <source>what follows the %1 bytes of the RSA part is no multiple of 8 bytes (RFC 5649)</source>
        <translation>was auf die %1 Bytes des RSA-Teils folgt, ist kein Vielfaches von 8 Bytes (RFC 5649)</translation>
    </message>
    <message>
        <source>material for the key spec %1, wrapped by %2 under %3, takes %4 to %5 bytes</source>
        <translation>Material für die Key Spec %1, mit %2 unter %3 verpackt, braucht %4 bis %5 Byte</translation>
    </message>
</context>
<context>
    <name>Expiry</name>
    <message>
        <source>expiry &quot;%1&quot;</source>
        <translation>Ablauf „%1“</translation>
    </message>
    <message>
        <source>it is no period of days and hours</source>
        <translation>keine Zeitspanne aus Tagen und Stunden</translation>
    </message>
    <message>
        <source>the period is zero</source>
        <translation>die Zeitspanne ist null</translation>
    </message>
    <message>
        <source>the period is longer than 365 days less an hour, the most that KMS safely takes</source>
        <translation>die Zeitspanne ist länger als 365 Tage weniger eine Stunde; mehr nimmt KMS nicht sicher an</translation>
    </message>
    <message>
        <source>nothing was chosen; there is no default</source>
        <translation>es wurde nichts gewählt, und es gibt keine Vorgabe</translation>
    </message>
    <message>
        <source>it is a date without a time: whose midnight is meant?</source>
        <translation>ein Datum ohne Uhrzeit; wessen Mitternacht ist gemeint?</translation>
    </message>
    <message>
        <source>it has no offset from UTC: whose clock is meant?</source>
        <translation>der Abstand zu UTC fehlt; wessen Uhr ist gemeint?</translation>
    </message>
    <message>
        <source>it is neither a time, nor a period, nor &quot;never&quot;</source>
        <translation>weder eine Zeit noch eine Zeitspanne noch „never“</translation>
    </message>
    <message>
        <source>it lies in the past; now it is %1</source>
        <translation>liegt in der Vergangenheit; jetzt ist es %1</translation>
    </message>
    <message>
        <source>it is more than 365 days less an hour ahead; now it is %1</source>
        <translation>liegt mehr als 365 Tage weniger eine Stunde in der Zukunft; jetzt ist es %1</translation>
    </message>
    <message>
        <source>expires</source>
        <translation>läuft ab</translation>
    </message>
    <message>
        <source>never: KMS keeps this material until somebody deletes it, and nothing reminds anybody of it</source>
        <translation>nie: KMS behält dieses Material, bis es jemand löscht, und nichts erinnert daran</translation>
    </message>
    <message>
        <source>expires, UTC</source>
        <translation>läuft ab, UTC</translation>
    </message>
    <message>
        <source>expires, here</source>
        <translation>läuft ab, Ortszeit</translation>
    </message>
    <message>
        <source>weekday, UTC</source>
        <translation>Wochentag, UTC</translation>
    </message>
    <message>
        <source>time left</source>
        <translation>verbleibende Zeit</translation>
    </message>
    <message>
        <source>a period counts in days and hours here, not in years, months or weeks</source>
        <translation>eine Zeitspanne zählt hier in Tagen und Stunden, nicht in Jahren, Monaten oder Wochen</translation>
    </message>
    <message>
        <source>a period counts in days and hours here, not in minutes or seconds; the shortest is PT1H</source>
        <translation>eine Zeitspanne zählt hier in Tagen und Stunden, nicht in Minuten oder Sekunden; die kürzeste ist PT1H</translation>
    </message>
    <message>
        <source>hours stand behind a T: %1</source>
        <translation>Stunden stehen hinter einem T: %1</translation>
    </message>
    <message>
        <source>the period counts from</source>
        <translation>die Zeitspanne zählt ab</translation>
    </message>
    <message>
        <source>this wrap, not the import call: it goes on while the files wait for their import</source>
        <translation>diesem Verpacken, nicht ab dem Importaufruf: Sie läuft, während die Dateien auf ihren Import warten</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>Sonntag</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>Montag</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>Dienstag</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>Mittwoch</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>Donnerstag</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>Freitag</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>Samstag</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 Tag</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 Tage</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>%1 hours</source>
        <translation>%1 Stunden</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 Minute</translation>
    </message>
    <message>
        <source>%1 minutes</source>
        <translation>%1 Minuten</translation>
    </message>
    <message>
        <source>%1 and %2</source>
        <translation>%1 und %2</translation>
    </message>
</context>
<context>
    <name>ExpiryJob</name>
    <message>
        <source>work out what ends when</source>
        <translation>feststellen, was wann abläuft</translation>
    </message>
    <message>
        <source>ends</source>
        <translation>Abläufe</translation>
    </message>
    <message>
        <source>the keys are of several accounts or Regions (%1), and a CloudFormation stack makes alarms in one of them only</source>
        <translation>die Schlüssel sind aus mehreren Konten oder Regionen (%1), und ein CloudFormation-Stack legt Alarme nur in einer davon an</translation>
    </message>
    <message>
        <source>write one template for each: name one profile and one Region at a time</source>
        <translation>für jede eine eigene Vorlage schreiben: jeweils ein Profil und eine Region nennen</translation>
    </message>
</context>
<context>
    <name>ExpiryPart</name>
    <message>
        <source>expiry of the material</source>
        <translation>Ablauf des Materials</translation>
    </message>
    <message>
        <source>no date is chosen yet</source>
        <translation>noch ist kein Datum gewählt</translation>
    </message>
    <message>
        <source>choose day, time and zone</source>
        <translation>Tag, Uhrzeit und Zeitzone wählen</translation>
    </message>
    <message>
        <source>tick the box below it as well, or choose when it expires</source>
        <translation>auch das Kästchen darunter ankreuzen oder wählen, wann es abläuft</translation>
    </message>
    <message>
        <source>nothing is chosen yet</source>
        <translation>noch ist nichts gewählt</translation>
    </message>
    <message>
        <source>choose a date, a number of days, or never; there is no default</source>
        <translation>ein Datum, eine Zahl von Tagen oder nie wählen; es gibt keine Vorgabe</translation>
    </message>
    <message>
        <source>no number of days is chosen yet</source>
        <translation>noch ist keine Zahl von Tagen gewählt</translation>
    </message>
    <message>
        <source>choose how many</source>
        <translation>wählen, wie viele</translation>
    </message>
    <message>
        <source>never is chosen, but not confirmed</source>
        <translation>„nie“ ist gewählt, aber nicht bestätigt</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>file %1</source>
        <translation>Datei %1</translation>
    </message>
    <message>
        <source>free some space on this disk, or name another folder; no part of the file was left behind</source>
        <translation>Platz auf diesem Datenträger schaffen oder einen anderen Ordner nennen; von der Datei wurde kein Teil zurückgelassen</translation>
    </message>
    <message>
        <source>check the name and the permissions of the file and its folder</source>
        <translation>Namen und Zugriffsrechte der Datei und ihres Ordners prüfen</translation>
    </message>
    <message>
        <source>its state cannot be read: %1</source>
        <translation>ihr Zustand kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>it is no file that can be read</source>
        <translation>keine lesbare Datei</translation>
    </message>
    <message>
        <source>name a regular file</source>
        <translation>eine gewöhnliche Datei nennen</translation>
    </message>
    <message>
        <source>it has %1 bytes; at most %2 are read</source>
        <translation>sie hat %1 Bytes; höchstens %2 werden gelesen</translation>
    </message>
    <message>
        <source>check that this is the file you mean</source>
        <translation>prüfen, ob dies die gemeinte Datei ist</translation>
    </message>
    <message>
        <source>it cannot be written: %1</source>
        <translation>kann nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>a file of this name is there already; nothing is overwritten</source>
        <translation>eine Datei dieses Namens ist schon vorhanden; es wird nichts überschrieben</translation>
    </message>
    <message>
        <source>move it away, or name another output</source>
        <translation>diese Datei verschieben oder eine andere Ausgabe nennen</translation>
    </message>
    <message>
        <source>it cannot be opened: %1</source>
        <translation>kann nicht geöffnet werden: %1</translation>
    </message>
    <message>
        <source>it cannot be read: %1</source>
        <translation>kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>it has more than %1 bytes</source>
        <translation>sie hat mehr als %1 Bytes</translation>
    </message>
    <message>
        <source>it cannot be created: %1</source>
        <translation>kann nicht angelegt werden: %1</translation>
    </message>
    <message>
        <source>it cannot be brought to the disk: %1</source>
        <translation>kann nicht auf den Datenträger gebracht werden: %1</translation>
    </message>
    <message>
        <source>what was read back differs from what was written</source>
        <translation>was zurückgelesen wurde, ist anders als das, was geschrieben wurde</translation>
    </message>
    <message>
        <source>do not trust this disk or medium; use another</source>
        <translation>diesem Datenträger nicht vertrauen; einen anderen verwenden</translation>
    </message>
    <message>
        <source>no temporary folder can be made: %1</source>
        <translation>es kann kein temporärer Ordner angelegt werden: %1</translation>
    </message>
    <message>
        <source>it was asked to stop while it waited for what is to come through this pipe</source>
        <translation>das Programm wurde angehalten, während es auf das wartete, was durch diese Pipe kommen soll</translation>
    </message>
    <message>
        <source>name a regular file, or see that something writes into the pipe</source>
        <translation>eine gewöhnliche Datei nennen oder dafür sorgen, dass etwas in die Pipe schreibt</translation>
    </message>
    <message>
        <source>no temporary folder can be made where TMPDIR says: %1</source>
        <translation>wo TMPDIR hinzeigt, lässt sich kein temporärer Ordner anlegen: %1</translation>
    </message>
    <message>
        <source>folder %1</source>
        <translation>Ordner %1</translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation>diesen Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>make the folder, or name another one for the files</source>
        <translation>den Ordner anlegen oder einen anderen für die Dateien angeben</translation>
    </message>
    <message>
        <source>nothing can be written there: %1</source>
        <translation>dort kann nichts geschrieben werden: %1</translation>
    </message>
    <message>
        <source>let this user write there, or name another folder for the files; nothing was made yet</source>
        <translation>diesem Benutzer dort das Schreiben erlauben oder einen anderen Ordner für die Dateien angeben; es wurde noch nichts erzeugt</translation>
    </message>
</context>
<context>
    <name>FreshTokens</name>
    <message>
        <source>its PKCS#11 module is not installed (Debian: apt-get install %1)</source>
        <translation>sein PKCS#11-Modul ist nicht installiert (Debian: apt-get install %1)</translation>
    </message>
    <message>
        <source>the tool %1 is not installed (Debian: apt-get install %2)</source>
        <translation>das Werkzeug %1 ist nicht installiert (Debian: apt-get install %2)</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>install it</source>
        <translation>das Fehlende installieren</translation>
    </message>
</context>
<context>
    <name>GiveUpKey</name>
    <message>
        <source>find the key</source>
        <translation>den Schlüssel finden</translation>
    </message>
    <message>
        <source>look for a verified backup</source>
        <translation>nach einer geprüften Sicherungskopie suchen</translation>
    </message>
    <message>
        <source>ask</source>
        <translation>fragen</translation>
    </message>
    <message>
        <source>seal the key</source>
        <translation>den Schlüssel versiegeln</translation>
    </message>
    <message>
        <source>destroy the key</source>
        <translation>den Schlüssel vernichten</translation>
    </message>
    <message>
        <source>key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>verified backup</source>
        <translation>geprüfte Sicherungskopie</translation>
    </message>
    <message>
        <source>key %1</source>
        <translation>Schlüssel %1</translation>
    </message>
    <message>
        <source>no verified backup of it is on record on this machine. KMS needs the same key material again after expiry, deletion or loss</source>
        <translation>auf diesem Rechner ist keine geprüfte Sicherungskopie davon verzeichnet. KMS braucht nach Ablauf, Löschung oder Verlust dasselbe Schlüsselmaterial noch einmal</translation>
    </message>
    <message>
        <source>it has no check value (%1), so no backup of it can be on record</source>
        <translation>er hat keinen Prüfwert (%1), also kann keine Sicherungskopie davon verzeichnet sein</translation>
    </message>
    <message>
        <source>type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>verified backup on record</source>
        <translation>geprüfte Sicherungskopie verzeichnet</translation>
    </message>
    <message>
        <source>loss accepted because</source>
        <translation>Verlust hingenommen, weil</translation>
    </message>
    <message>
        <source>Sealed, this key can never again be wrapped off this token, not for KMS nor for a backup. Whether the token enforces that is then tried with a throw-away key. Seal it?</source>
        <translation>Einmal versiegelt, kann dieser Schlüssel nie wieder verpackt und von diesem Token geholt werden, weder für KMS noch für eine Sicherungskopie. Ob das Token dies durchsetzt, wird danach mit einem Wegwerfschlüssel erprobt. Den Schlüssel versiegeln?</translation>
    </message>
    <message>
        <source>This key will be gone from this token for ever. Destroy it?</source>
        <translation>Dieser Schlüssel wird für immer von diesem Token verschwunden sein. Den Schlüssel vernichten?</translation>
    </message>
    <message>
        <source>the key was sealed already</source>
        <translation>der Schlüssel war bereits versiegelt</translation>
    </message>
    <message>
        <source>this token wraps keys in spite of EXTRACTABLE=F (tried with a throw-away key): the seal is no barrier</source>
        <translation>dieses Token verpackt Schlüssel trotz EXTRACTABLE=F (mit einem Wegwerfschlüssel erprobt); das Siegel ist kein Hindernis</translation>
    </message>
    <message>
        <source>destroy the key, or guard the token and its PIN as if it were not sealed</source>
        <translation>den Schlüssel vernichten oder das Token und seine PIN so hüten, als wäre er nicht versiegelt</translation>
    </message>
    <message>
        <source>the key is sealed, but whether the token enforces it could not be tried: %1</source>
        <translation>der Schlüssel ist versiegelt, aber ob das Token dies durchsetzt, ließ sich nicht erproben: %1</translation>
    </message>
    <message>
        <source>the reason is empty</source>
        <translation>der Grund ist leer</translation>
    </message>
    <message>
        <source>say why the loss of this key is acceptable; the reason is kept in the result</source>
        <translation>angeben, warum der Verlust dieses Schlüssels annehmbar ist; der Grund wird im Ergebnis festgehalten</translation>
    </message>
    <message>
        <source>sealing the key</source>
        <translation>den Schlüssel versiegeln</translation>
    </message>
    <message>
        <source>destroying the key</source>
        <translation>den Schlüssel vernichten</translation>
    </message>
    <message>
        <source>make a backup with %1, or accept the loss with %2; the reason is kept in the result</source>
        <translation>mit %1 eine Sicherungskopie erstellen oder den Verlust mit %2 hinnehmen; der Grund wird im Ergebnis festgehalten</translation>
    </message>
    <message>
        <source>%1, serial %2, %3</source>
        <translation>%1, Seriennummer %2, %3</translation>
    </message>
    <message>
        <source>%1, serial %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>%1 (verified then, not looked at now)</source>
        <translation>%1 (damals geprüft, jetzt nicht angesehen)</translation>
    </message>
    <message>
        <source>the copy of it on %1 is no way back: that token cannot wrap such a key, so no KMS key can ever get it from there. KMS needs the same key material again after expiry, deletion or loss</source>
        <translation>seine Kopie auf %1 ist kein Weg zurück: Jenes Token kann einen solchen Schlüssel nicht verpacken, von dort bekommt ihn also kein KMS-Schlüssel. Das KMS braucht dasselbe Schlüsselmaterial nach Ablauf, Löschung oder Verlust wieder</translation>
    </message>
    <message>
        <source>what this machine has on record still says that the key can be had from this token: %1</source>
        <translation>nach den Aufzeichnungen dieses Rechners ist der Schlüssel noch von diesem Token zu haben: %1</translation>
    </message>
    <message>
        <source>do not delete this material from KMS before a copy on another token was looked at</source>
        <translation>dieses Material nicht aus KMS löschen, bevor eine Kopie auf einem anderen Token angesehen wurde</translation>
    </message>
</context>
<context>
    <name>Handover</name>
    <message>
        <source>file %1</source>
        <translation>Datei %1</translation>
    </message>
    <message>
        <source>file %1, member %2</source>
        <translation>Datei %1, Feld %2</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>fehlt</translation>
    </message>
    <message>
        <source>it is no string</source>
        <translation>keine Zeichenkette</translation>
    </message>
    <message>
        <source>it is no Base64 of 1 to %1 bytes</source>
        <translation>kein Base64 von 1 bis %1 Bytes</translation>
    </message>
    <message>
        <source>it is neither a time with its offset nor seconds since 1970</source>
        <translation>weder eine Zeit mit Abstand zu UTC noch Sekunden seit 1970</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>sie ist leer</translation>
    </message>
    <message>
        <source>download wrapping key and import token again, together</source>
        <translation>Verpackungsschlüssel und Import-Token erneut herunterladen, beide zusammen</translation>
    </message>
    <message>
        <source>both name the same file, %1</source>
        <translation>beide nennen dieselbe Datei, %1</translation>
    </message>
    <message>
        <source>give the wrapping public key to the one and the import token to the other</source>
        <translation>bei der einen den öffentlichen Verpackungsschlüssel angeben, bei der anderen das Import-Token</translation>
    </message>
    <message>
        <source>the two files are swapped: %1 holds the public key, %2 does not</source>
        <translation>die beiden Dateien sind vertauscht; %1 enthält den öffentlichen Schlüssel, %2 nicht</translation>
    </message>
    <message>
        <source>the file of the import token, %1, holds a public key, as %2 does</source>
        <translation>die Datei des Import-Tokens, %1, enthält einen öffentlichen Schlüssel, ebenso wie %2</translation>
    </message>
    <message>
        <source>give the import token that came with the wrapping public key</source>
        <translation>das Import-Token angeben, das mit dem öffentlichen Verpackungsschlüssel kam</translation>
    </message>
    <message>
        <source>folder %1</source>
        <translation>Ordner %1</translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation>diesen Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>name the folder that the console&apos;s download was unpacked to</source>
        <translation>den Ordner nennen, in den das aus der Konsole Heruntergeladene entpackt wurde</translation>
    </message>
    <message>
        <source>it holds no wrapping key with its import token</source>
        <translation>er enthält keinen Verpackungsschlüssel mit seinem Import-Token</translation>
    </message>
    <message>
        <source>unpack both files of the console&apos;s download there: WrappingPublicKey.bin and ImportToken.bin, or wrappingKey_… and importToken_…</source>
        <translation>beide aus der Konsole heruntergeladenen Dateien dorthin entpacken: WrappingPublicKey.bin und ImportToken.bin, oder wrappingKey_… und importToken_…</translation>
    </message>
    <message>
        <source>it holds more than one pair: %1 and %2</source>
        <translation>er enthält mehr als ein Paar: %1 und %2</translation>
    </message>
    <message>
        <source>leave one download in the folder, or name both files one by one</source>
        <translation>nur ein Paar im Ordner lassen oder beide Dateien einzeln nennen</translation>
    </message>
    <message>
        <source>give the JSON that %1 printed, unchanged</source>
        <translation>die unveränderte JSON-Ausgabe von %1 angeben</translation>
    </message>
    <message>
        <source>wrapping key and import token</source>
        <translation>Verpackungsschlüssel und Import-Token</translation>
    </message>
    <message>
        <source>name each file in the place of the other</source>
        <translation>jede Datei an der Stelle der anderen angeben</translation>
    </message>
</context>
<context>
    <name>IamPolicy</name>
    <message>
        <source>somebody must be able to change this policy and to retire the key, or the key is lost to everybody; this role neither imports material nor uses the key</source>
        <translation>jemand muss diese Richtlinie ändern und den Schlüssel stilllegen können, sonst ist er für alle verloren; diese Rolle importiert weder Material noch benutzt sie den Schlüssel</translation>
    </message>
    <message>
        <source>whoever has it can give the other permissions to anybody: guard this role like the key</source>
        <translation>wer dies darf, kann alles andere jedem erlauben: diese Rolle wie den Schlüssel hüten</translation>
    </message>
    <message>
        <source>with a waiting period of 7 to 30 days</source>
        <translation>mit einer Wartezeit von 7 bis 30 Tagen</translation>
    </message>
    <message>
        <source>wrapping key and import token for this import, in exactly the strength that was decided</source>
        <translation>Verpackungsschlüssel und Import-Token für diesen Import, in genau der beschlossenen Stärke</translation>
    </message>
    <message>
        <source>no other algorithm than %1, so that nobody wraps with a weaker one</source>
        <translation>kein anderes Verfahren als %1, damit niemand mit einem schwächeren verpackt</translation>
    </message>
    <message>
        <source>no shorter wrapping key than %1</source>
        <translation>kein kürzerer Verpackungsschlüssel als %1</translation>
    </message>
    <message>
        <source>the material must expire; a call that leaves it out is refused too</source>
        <translation>das Material muss ablaufen; ein Aufruf, der dies weglässt, wird ebenfalls abgelehnt</translation>
    </message>
    <message>
        <source>the material must be imported to stay until it is deleted, as was decided</source>
        <translation>das Material muss so importiert werden, dass es bis zur Löschung bleibt, wie beschlossen</translation>
    </message>
    <message>
        <source>not after %1: the period counts from the import call, which may come within a day; make this policy anew for a later one</source>
        <translation>nicht nach %1: die Frist zählt vom Aufruf des Imports an, der innerhalb eines Tages kommen darf; für einen späteren diese Richtlinie neu erzeugen</translation>
    </message>
    <message>
        <source>not after %1</source>
        <translation>nicht nach %1</translation>
    </message>
    <message>
        <source>the import itself, and the same material again</source>
        <translation>der Import selbst, und dasselbe Material noch einmal</translation>
    </message>
    <message>
        <source>state of the key, key material ID, earliest end</source>
        <translation>Zustand des Schlüssels, ID des Schlüsselmaterials, frühestes Ende</translation>
    </message>
    <message>
        <source>each material with its state and end</source>
        <translation>jedes Material mit Zustand und Ende</translation>
    </message>
    <message>
        <source>public keys are compared, and signatures of random messages in both directions</source>
        <translation>öffentliche Schlüssel werden verglichen, und Signaturen zufälliger Nachrichten in beiden Richtungen</translation>
    </message>
    <message>
        <source>public keys are compared, and KMS decrypts what was encrypted here</source>
        <translation>öffentliche Schlüssel werden verglichen, und KMS entschlüsselt, was hier verschlüsselt wurde</translation>
    </message>
    <message>
        <source>public keys are compared, and a shared secret with a throw-away key is derived</source>
        <translation>öffentliche Schlüssel werden verglichen, und mit einem Wegwerfschlüssel wird ein gemeinsames Geheimnis abgeleitet</translation>
    </message>
    <message>
        <source>a random message is encrypted and decrypted again</source>
        <translation>eine zufällige Nachricht wird ver- und wieder entschlüsselt</translation>
    </message>
    <message>
        <source>a random message is signed and the signature verified</source>
        <translation>eine zufällige Nachricht wird signiert und die Signatur geprüft</translation>
    </message>
    <message>
        <source>a MAC of a random message is made and verified</source>
        <translation>eine MAC über eine zufällige Nachricht wird gebildet und geprüft</translation>
    </message>
    <message>
        <source>MACs of random messages are compared with the token&apos;s, in both directions</source>
        <translation>MACs zufälliger Nachrichten werden in beiden Richtungen mit denen des Tokens verglichen</translation>
    </message>
    <message>
        <source>only %1, which the check uses</source>
        <translation>nur %1, das die Prüfung benutzt</translation>
    </message>
    <message>
        <source>only keys whose material is imported</source>
        <translation>nur Schlüssel, deren Material importiert wird</translation>
    </message>
    <message>
        <source>only %1</source>
        <translation>nur %1</translation>
    </message>
    <message>
        <source>can never be changed afterwards, so it is fixed here</source>
        <translation>lässt sich später nie mehr ändern und wird deshalb hier festgelegt</translation>
    </message>
    <message>
        <source>nobody makes a key by which everybody is locked out</source>
        <translation>niemand legt einen Schlüssel an, der alle aussperrt</translation>
    </message>
    <message>
        <source>role %1</source>
        <translation>Rolle %1</translation>
    </message>
    <message>
        <source>it is not of the account %1, as the importing role is</source>
        <translation>sie gehört nicht zum Konto %1 wie die importierende Rolle</translation>
    </message>
    <message>
        <source>name roles of the account that owns the key: none of the import calls works from another account</source>
        <translation>Rollen des Kontos nennen, dem der Schlüssel gehört: von einem anderen Konto aus gelingt keiner der Aufrufe eines Imports</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>it is of another account than the roles (%1)</source>
        <translation>er gehört zu einem anderen Konto als die Rollen (%1)</translation>
    </message>
    <message>
        <source>name roles of the key&apos;s own account</source>
        <translation>Rollen des Kontos nennen, dem der Schlüssel gehört</translation>
    </message>
    <message>
        <source>A key policy replaces the one before. This one names no account root: IAM policies alone then allow nothing on this key.</source>
        <translation>Eine Schlüsselrichtlinie ersetzt die vorherige. Diese nennt das Konto selbst (root) nicht: IAM-Richtlinien allein erlauben dann nichts an diesem Schlüssel.</translation>
    </message>
    <message>
        <source>kms:DeleteImportedKeyMaterial is given to nobody. Where it is needed, give it to a role of its own: it stops every use of the key at once.</source>
        <translation>kms:DeleteImportedKeyMaterial ist niemandem erlaubt. Wo es gebraucht wird, sollte es eine eigene Rolle bekommen: es beendet sofort jede Benutzung des Schlüssels.</translation>
    </message>
    <message>
        <source>No condition key exists for import type, key material ID and description of the material: who may import may also add another material.</source>
        <translation>Für Importart, ID und Beschreibung des Schlüsselmaterials gibt es keinen Bedingungsschlüssel: wer importieren darf, darf auch weiteres Material hinzufügen.</translation>
    </message>
    <message>
        <source>sts:GetCallerIdentity needs no permission.</source>
        <translation>sts:GetCallerIdentity braucht keine Erlaubnis.</translation>
    </message>
    <message>
        <source>A symmetric key is checked by importing the same material a second time: the importing role does that, the checking role only looks.</source>
        <translation>Ein symmetrischer Schlüssel wird geprüft, indem dasselbe Material ein zweites Mal importiert wird: das tut die importierende Rolle, die prüfende sieht nur nach.</translation>
    </message>
    <message>
        <source>role &quot;%1&quot;</source>
        <translation>Rolle „%1“</translation>
    </message>
    <message>
        <source>it is no ARN of an IAM role</source>
        <translation>das ist keine ARN einer IAM-Rolle</translation>
    </message>
    <message>
        <source>give one like arn:aws:iam::111122223333:role/KeyCeremonyImport; sessions and users are no roles</source>
        <translation>eine wie arn:aws:iam::111122223333:role/KeyCeremonyImport angeben; Sitzungen und Benutzer sind keine Rollen</translation>
    </message>
    <message>
        <source>wrapping for %1</source>
        <translation>Verpacken für %1</translation>
    </message>
    <message>
        <source>choose a wrapping algorithm that KMS takes for this key spec</source>
        <translation>ein Verpackungsverfahren wählen, das KMS für diese Key Spec nimmt</translation>
    </message>
    <message>
        <source>the state before and after the import</source>
        <translation>der Zustand vor und nach dem Import</translation>
    </message>
    <message>
        <source>what the check compares with</source>
        <translation>womit die Prüfung vergleicht</translation>
    </message>
    <message>
        <source>the auditor sees state, materials, policy and tags, and can use nothing</source>
        <translation>die prüfende Person sieht Zustand, Material, Richtlinie und Tags und kann nichts benutzen</translation>
    </message>
    <message>
        <source>to find the keys of the account and the calls that CloudTrail has of them; none of these can be allowed by a key policy</source>
        <translation>um die Schlüssel des Kontos zu finden und die Aufrufe, die CloudTrail davon hat; nichts davon kann eine Schlüsselrichtlinie erlauben</translation>
    </message>
    <message>
        <source>the KMS key itself, empty; there is no key yet whose policy could allow it, so the administering role&apos;s own policy does</source>
        <translation>der KMS-Schlüssel selbst, leer; noch gibt es keinen Schlüssel, dessen Richtlinie es erlauben könnte, deshalb tut es die eigene Richtlinie der verwaltenden Rolle</translation>
    </message>
    <message>
        <source>The administering role creates the key, with this key policy: KMS refuses a policy that its creator could not change any more. Then import into it with %1.</source>
        <translation>Die verwaltende Rolle legt den Schlüssel an, mit dieser Schlüsselrichtlinie: KMS lehnt eine Richtlinie ab, die der Anlegende selbst nicht mehr ändern könnte. Dann mit %1 dorthin importieren.</translation>
    </message>
    <message>
        <source>a key is created with the tag keyconvoy:request, by which it is found again when the reply is lost; KMS asks for this permission in the policy of the role, before the key has one</source>
        <translation>ein Schlüssel wird mit dem Tag keyconvoy:request angelegt, an dem er wiedergefunden wird, wenn die Antwort verloren geht; KMS verlangt diese Berechtigung in der Policy der Rolle, bevor der Schlüssel eine hat</translation>
    </message>
    <message>
        <source>The first multi-Region key of an account needs iam:CreateServiceLinkedRole for KMS, too; it is given here to nobody.</source>
        <translation>Der erste Multi-Region-Schlüssel eines Kontos braucht auch iam:CreateServiceLinkedRole für KMS; sie wird hier niemandem gegeben.</translation>
    </message>
</context>
<context>
    <name>ImportFacts</name>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>KMS key spec and usage</source>
        <translation>Key Spec und Verwendung des KMS-Schlüssels</translation>
    </message>
    <message>
        <source>KMS key state</source>
        <translation>Zustand des KMS-Schlüssels</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation>Art des Tokens</translation>
    </message>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation>Verpackungsschlüssel, SHA-256</translation>
    </message>
    <message>
        <source>the same in words</source>
        <translation>dasselbe in Wörtern</translation>
    </message>
    <message>
        <source>wrapping public key %1</source>
        <translation>öffentlicher Verpackungsschlüssel %1</translation>
    </message>
    <message>
        <source>it is %1, but %2 was asked for</source>
        <translation>er ist %1, verlangt war aber %2</translation>
    </message>
    <message>
        <source>find out where this key came from; do not wrap anything under it</source>
        <translation>herausfinden, woher dieser Schlüssel kam; nichts damit verpacken</translation>
    </message>
    <message>
        <source>it is not the key that was named, %1</source>
        <translation>dies ist nicht der vorgegebene Schlüssel %1</translation>
    </message>
    <message>
        <source>compare the SHA-256 with the sheet of the station that fetched the key; KMS gives a new key on each call</source>
        <translation>den SHA-256-Wert mit dem Blatt des Arbeitsplatzes vergleichen, der den Schlüssel abgerufen hat; KMS gibt bei jedem Aufruf einen neuen Schlüssel</translation>
    </message>
    <message>
        <source>wrapping key and import token</source>
        <translation>Verpackungsschlüssel und Import-Token</translation>
    </message>
    <message>
        <source>they expired at %1; now it is %2</source>
        <translation>abgelaufen: sie galten bis %1; jetzt ist es %2</translation>
    </message>
    <message>
        <source>get fresh ones from KMS (they are good for 24 hours) and wrap again under them</source>
        <translation>frische von KMS abrufen (sie gelten 24 Stunden) und damit erneut verpacken</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>find out who else imports into this key; CloudTrail names the calls</source>
        <translation>herausfinden, wer noch in diesen Schlüssel importiert; CloudTrail nennt die Aufrufe</translation>
    </message>
    <message>
        <source>it shows the material %1, but the import was answered with %2</source>
        <translation>er zeigt das Material %1, der Import wurde aber mit %2 beantwortet</translation>
    </message>
    <message>
        <source>its material does not expire when asked for, but at: %1</source>
        <translation>sein Material läuft anders ab als verlangt, nämlich: %1</translation>
    </message>
    <message>
        <source>KMS names no key material ID, so the material cannot be named in a second import</source>
        <translation>KMS nennt keine ID des Schlüsselmaterials, also kann das Material bei einem zweiten Import nicht benannt werden</translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation>%1; %2</translation>
    </message>
    <message>
        <source>the import itself was done (request ID %1)</source>
        <translation>der Import selbst ist erfolgt (Request-ID %1)</translation>
    </message>
    <message>
        <source>software: its keys are files of this user or memory of this program</source>
        <translation>Software: seine Schlüssel sind Dateien dieses Benutzers oder Speicher dieses Programms</translation>
    </message>
    <message>
        <source>not known to be software</source>
        <translation>nicht als Software bekannt</translation>
    </message>
    <message>
        <source>the file %1 was written completely</source>
        <translation>die Datei %1 wurde vollständig geschrieben</translation>
    </message>
    <message>
        <source>choose %1, which shows less</source>
        <translation>%1 wählen, was weniger zeigt</translation>
    </message>
    <message>
        <source>the token key exists now and can be used with %1</source>
        <translation>der Token-Schlüssel existiert jetzt und kann mit %1 verwendet werden</translation>
    </message>
    <message>
        <source>%1, serial number %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>GetParametersForImport, public key</source>
        <translation>GetParametersForImport, öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy: whoever answers there does not answer like KMS</source>
        <translation>Endpunkt und Proxy prüfen: Was dort antwortet, antwortet nicht wie KMS</translation>
    </message>
    <message>
        <source>the import was done (request ID %1), and the check says %2</source>
        <translation>der Import wurde ausgeführt (Request-ID %1), und die Prüfung sagt %2</translation>
    </message>
    <message>
        <source>ImportKeyMaterial was answered without an error (request ID %1), but KMS was not seen to hold the material; importing the same key once more does no harm</source>
        <translation>ImportKeyMaterial wurde ohne Fehler beantwortet (Request-ID %1), aber es wurde nicht gesehen, dass KMS das Material hat; denselben Schlüssel noch einmal zu importieren schadet nicht</translation>
    </message>
    <message>
        <source>import, in the folder that holds both files, with: %1</source>
        <translation>importieren, in dem Ordner mit beiden Dateien, mit: %1</translation>
    </message>
    <message>
        <source>its material sheet is %1</source>
        <translation>sein Materialblatt ist %1</translation>
    </message>
    <message>
        <source>the KMS key %1 was made for it</source>
        <translation>der KMS-Schlüssel %1 wurde dafür angelegt</translation>
    </message>
    <message>
        <source>the token key %1 was made for it</source>
        <translation>der Token-Schlüssel %1 wurde dafür erzeugt</translation>
    </message>
    <message>
        <source>KMS was asked to rotate the new material in and goes on by itself; look with %1</source>
        <translation>KMS wurde gebeten, das neue Material hineinzurotieren, und macht von selbst weiter; ansehen mit %1</translation>
    </message>
    <message>
        <source>the new material is not rotated in yet; to go on: %1</source>
        <translation>das neue Material ist noch nicht hineinrotiert; so geht es weiter: %1</translation>
    </message>
</context>
<context>
    <name>ImportJob</name>
    <message>
        <source>check the plan against KMS&apos;s rules</source>
        <translation>den Plan mit den Regeln von KMS abgleichen</translation>
    </message>
    <message>
        <source>look at the KMS key</source>
        <translation>den KMS-Schlüssel ansehen</translation>
    </message>
    <message>
        <source>agree to the whole</source>
        <translation>dem Ganzen zustimmen</translation>
    </message>
    <message>
        <source>create the KMS key without material</source>
        <translation>den KMS-Schlüssel ohne Material anlegen</translation>
    </message>
    <message>
        <source>get wrapping key and import token</source>
        <translation>Verpackungsschlüssel und Import-Token abrufen</translation>
    </message>
    <message>
        <source>wrap the key on the token</source>
        <translation>den Schlüssel auf dem Token verpacken</translation>
    </message>
    <message>
        <source>import the wrapped key</source>
        <translation>den verpackten Schlüssel importieren</translation>
    </message>
    <message>
        <source>check that KMS holds the same key</source>
        <translation>prüfen, ob KMS denselben Schlüssel hat</translation>
    </message>
    <message>
        <source>retain the token key</source>
        <translation>den Token-Schlüssel behalten</translation>
    </message>
    <message>
        <source>key spec</source>
        <translation>Key Spec</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>the key is wrapped on the token and imported into KMS as follows. Go on?</source>
        <translation>der Schlüssel wird wie folgt auf dem Token verpackt und in KMS importiert. Fortfahren?</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>to be created, %1 for %2, in %3, account %4</source>
        <translation>wird angelegt, %1 für %2, in %3, Konto %4</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>check after import</source>
        <translation>Prüfung nach dem Import</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>waiting until the KMS key is enabled</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel aktiviert ist</translation>
    </message>
    <message>
        <source>waiting until the KMS key can be used</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel benutzt werden kann</translation>
    </message>
    <message>
        <source>token key</source>
        <translation>Token-Schlüssel</translation>
    </message>
    <message>
        <source>the import, as shown for review</source>
        <translation>der Import, wie zur Durchsicht gezeigt</translation>
    </message>
    <message>
        <source>retained: KMS needs the same material again after expiry, deletion or loss, for as long as the KMS key lives</source>
        <translation>aufbewahrt: KMS braucht dasselbe Material nach Ablauf, Löschung oder Verlust wieder, solange der KMS-Schlüssel besteht</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>write the material sheet</source>
        <translation>Materialblatt schreiben</translation>
    </message>
    <message>
        <source>compare the key with its material sheet</source>
        <translation>den Schlüssel mit seinem Materialblatt vergleichen</translation>
    </message>
    <message>
        <source>rotate the new material in</source>
        <translation>das neue Material einrotieren</translation>
    </message>
    <message>
        <source>the KMS key cannot be used yet: it lacks these materials too: %1</source>
        <translation>der KMS-Schlüssel lässt sich noch nicht benutzen: ihm fehlen auch diese Materialien: %1</translation>
    </message>
    <message>
        <source>import each of them again</source>
        <translation>jedes davon wieder importieren</translation>
    </message>
    <message>
        <source>current material</source>
        <translation>aktuelles Material</translation>
    </message>
    <message>
        <source>give it what it lacks first: %1</source>
        <translation>ihm zuerst geben, was ihm fehlt: %1</translation>
    </message>
    <message>
        <source>look at the replica in %1</source>
        <translation>das Replikat in %1 ansehen</translation>
    </message>
    <message>
        <source>replicas</source>
        <translation>Replikate</translation>
    </message>
    <message>
        <source>%1: each is given the same new material before the rotation</source>
        <translation>%1: jedes erhält vor der Rotation dasselbe neue Material</translation>
    </message>
    <message>
        <source>the period counts from</source>
        <translation>die Zeitspanne zählt ab</translation>
    </message>
    <message>
        <source>the import call, so the end is later by the time until then</source>
        <translation>dem Importaufruf; bis dahin verschiebt sich das Ende um die verstrichene Zeit</translation>
    </message>
</context>
<context>
    <name>ImportPlan</name>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>key material description</source>
        <translation>Beschreibung des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>KMS takes one for SYMMETRIC_DEFAULT keys only</source>
        <translation>KMS nimmt eine nur für Schlüssel der Key Spec SYMMETRIC_DEFAULT an</translation>
    </message>
    <message>
        <source>leave it out; describe the KMS key instead</source>
        <translation>sie weglassen; stattdessen den KMS-Schlüssel beschreiben</translation>
    </message>
    <message>
        <source>KMS takes at most 256 letters, digits, blanks and : / _ . - in it</source>
        <translation>KMS nimmt darin höchstens 256 Buchstaben, Ziffern, Leerzeichen und : / _ . - an</translation>
    </message>
    <message>
        <source>shorten it, or leave other characters out</source>
        <translation>sie kürzen oder andere Zeichen weglassen</translation>
    </message>
    <message>
        <source>its origin is %1; only a key made with origin EXTERNAL takes imported material</source>
        <translation>seine Herkunft ist %1; nur ein mit Herkunft EXTERNAL angelegter Schlüssel nimmt importiertes Material an</translation>
    </message>
    <message>
        <source>its key spec is %1, but %2 was named</source>
        <translation>seine Key Spec ist %1, genannt wurde aber %2</translation>
    </message>
    <message>
        <source>name the key spec of the KMS key, which can never change, or another key</source>
        <translation>die Key Spec des KMS-Schlüssels nennen, die sich nie ändern kann, oder einen anderen Schlüssel</translation>
    </message>
    <message>
        <source>it was given material before, and takes only the same again; a new key cannot be the same</source>
        <translation>er hat früher Material erhalten und nimmt nur dasselbe wieder an; ein neuer Schlüssel kann nicht derselbe sein</translation>
    </message>
    <message>
        <source>this is a multi-Region key; its replicas in other Regions need the same material each</source>
        <translation>dies ist ein Schlüssel für mehrere Regionen (multi-Region key); jede seiner Repliken in anderen Regionen braucht dasselbe Material</translation>
    </message>
    <message>
        <source>the KMS key is disabled; the import enables it</source>
        <translation>der KMS-Schlüssel ist deaktiviert; der Import aktiviert ihn</translation>
    </message>
    <message>
        <source>disable it again afterwards if that was meant</source>
        <translation>ihn danach wieder deaktivieren, wenn er deaktiviert sein sollte</translation>
    </message>
    <message>
        <source>its usage %1 is not known here</source>
        <translation>seine Verwendung %1 ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>use a newer version of this program, or another key</source>
        <translation>eine neuere Version dieses Programms oder einen anderen Schlüssel verwenden</translation>
    </message>
    <message>
        <source>its key spec %1 takes no imported material</source>
        <translation>seine Key Spec %1 nimmt kein importiertes Material an</translation>
    </message>
    <message>
        <source>name a key with a key spec that does</source>
        <translation>einen Schlüssel mit einer Key Spec nennen, die es annimmt</translation>
    </message>
    <message>
        <source>look at the key with aws kms describe-key, or name another KMS key</source>
        <translation>den Schlüssel mit aws kms describe-key ansehen oder einen anderen KMS-Schlüssel nennen</translation>
    </message>
    <message>
        <source>its deletion is scheduled for %1 (PendingDeletion); until then nothing uses it</source>
        <translation>seine Löschung ist für %1 vorgesehen (PendingDeletion); bis dahin benutzt ihn nichts</translation>
    </message>
    <message>
        <source>its deletion is scheduled (PendingDeletion); until then nothing uses it</source>
        <translation>seine Löschung ist vorgesehen (PendingDeletion); bis dahin benutzt ihn nichts</translation>
    </message>
    <message>
        <source>it will be deleted once its replicas in other Regions are (PendingReplicaDeletion); until then nothing uses it</source>
        <translation>er wird gelöscht, sobald seine Replikate in anderen Regionen gelöscht sind (PendingReplicaDeletion); bis dahin benutzt ihn nichts</translation>
    </message>
    <message>
        <source>it is disabled</source>
        <translation>er ist deaktiviert</translation>
    </message>
    <message>
        <source>it holds no key material, or lacks a part of it (PendingImport): none was imported yet, or it expired or was deleted</source>
        <translation>er enthält kein Schlüsselmaterial oder nicht alles davon (PendingImport): Es wurde noch keines importiert, oder es ist abgelaufen oder wurde gelöscht</translation>
    </message>
    <message>
        <source>KMS is still at work on it (%1)</source>
        <translation>KMS arbeitet noch daran (%1)</translation>
    </message>
    <message>
        <source>its state is %1</source>
        <translation>sein Zustand ist %1</translation>
    </message>
    <message>
        <source>leave %1 out to have a new key created, or name one with origin EXTERNAL</source>
        <translation>bei %1 nichts angeben, um einen neuen Schlüssel anlegen zu lassen, oder einen mit Herkunft EXTERNAL nennen</translation>
    </message>
    <message>
        <source>name the token key that was imported then with %1, or import into a new KMS key</source>
        <translation>den damals importierten Token-Schlüssel mit %1 nennen oder in einen neuen KMS-Schlüssel importieren</translation>
    </message>
    <message>
        <source>if the key is to be kept: %1. Its state is then Disabled, or PendingImport where material is missing. Otherwise name another KMS key</source>
        <translation>wenn der Schlüssel bleiben soll: %1. Sein Zustand ist danach Disabled oder, wo Material fehlt, PendingImport. Sonst einen anderen KMS-Schlüssel nennen</translation>
    </message>
    <message>
        <source>this passes by itself within minutes; %1 then</source>
        <translation>dies geht innerhalb von Minuten von selbst vorüber; danach %1</translation>
    </message>
    <message>
        <source>enable it first: %1</source>
        <translation>ihn zuerst aktivieren: %1</translation>
    </message>
    <message>
        <source>import its material first: %1</source>
        <translation>zuerst sein Material importieren: %1</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>none is named</source>
        <translation>keiner ist genannt</translation>
    </message>
    <message>
        <source>name the KMS key that holds material with %1</source>
        <translation>den KMS-Schlüssel, der Material enthält, mit %1 nennen</translation>
    </message>
    <message>
        <source>the token key</source>
        <translation>der Token-Schlüssel</translation>
    </message>
    <message>
        <source>a key that is generated cannot be the material of an earlier import</source>
        <translation>ein Schlüssel, der erzeugt wird, kann nicht das Material eines früheren Imports sein</translation>
    </message>
    <message>
        <source>name the token key that was imported then with %1</source>
        <translation>den damals importierten Token-Schlüssel mit %1 nennen</translation>
    </message>
    <message>
        <source>give it to them afterwards: %1</source>
        <translation>es ihnen danach geben: %1</translation>
    </message>
    <message>
        <source>import the material that it lacks first: %1</source>
        <translation>zuerst das Material importieren, das ihm fehlt: %1</translation>
    </message>
</context>
<context>
    <name>ImportWords</name>
    <message>
        <source>AES-256, encrypt and decrypt</source>
        <translation>AES-256, ver- und entschlüsseln</translation>
    </message>
    <message>
        <source>224-bit key for MACs with SHA-224</source>
        <translation>224-Bit-Schlüssel für MACs mit SHA-224</translation>
    </message>
    <message>
        <source>256-bit key for MACs with SHA-256</source>
        <translation>256-Bit-Schlüssel für MACs mit SHA-256</translation>
    </message>
    <message>
        <source>384-bit key for MACs with SHA-384</source>
        <translation>384-Bit-Schlüssel für MACs mit SHA-384</translation>
    </message>
    <message>
        <source>512-bit key for MACs with SHA-512</source>
        <translation>512-Bit-Schlüssel für MACs mit SHA-512</translation>
    </message>
    <message>
        <source>2048-bit RSA key pair</source>
        <translation>RSA-Schlüsselpaar, 2048 Bit</translation>
    </message>
    <message>
        <source>3072-bit RSA key pair</source>
        <translation>RSA-Schlüsselpaar, 3072 Bit</translation>
    </message>
    <message>
        <source>4096-bit RSA key pair</source>
        <translation>RSA-Schlüsselpaar, 4096 Bit</translation>
    </message>
    <message>
        <source>key pair on NIST P-256</source>
        <translation>Schlüsselpaar auf NIST P-256</translation>
    </message>
    <message>
        <source>key pair on NIST P-384</source>
        <translation>Schlüsselpaar auf NIST P-384</translation>
    </message>
    <message>
        <source>key pair on NIST P-521</source>
        <translation>Schlüsselpaar auf NIST P-521</translation>
    </message>
    <message>
        <source>key pair on secp256k1</source>
        <translation>Schlüsselpaar auf secp256k1</translation>
    </message>
    <message>
        <source>Ed25519 key pair</source>
        <translation>Ed25519-Schlüsselpaar</translation>
    </message>
    <message>
        <source>encrypt and decrypt</source>
        <translation>ver- und entschlüsseln</translation>
    </message>
    <message>
        <source>sign and verify</source>
        <translation>signieren und prüfen</translation>
    </message>
    <message>
        <source>make and verify MACs</source>
        <translation>MACs bilden und prüfen</translation>
    </message>
    <message>
        <source>agree on keys (ECDH)</source>
        <translation>Schlüssel vereinbaren (ECDH)</translation>
    </message>
    <message>
        <source>This rehearsal&apos;s PIN is %1. It guards throw-away keys only.</source>
        <translation>Die PIN dieser Probe ist %1. Sie schützt nur Wegwerfschlüssel.</translation>
    </message>
</context>
<context>
    <name>InWords</name>
    <message>
        <source>fine</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>a wrong PIN was entered since the last login</source>
        <translation>seit der letzten Anmeldung wurde eine falsche PIN eingegeben</translation>
    </message>
    <message>
        <source>one wrong try from being locked</source>
        <translation>noch ein falscher Versuch bis zur Sperrung</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>must be changed before the token can be used</source>
        <translation>muss geändert werden, bevor das Token benutzt werden kann</translation>
    </message>
    <message>
        <source>not set</source>
        <translation>nicht gesetzt</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>not logged in</source>
        <translation>nicht angemeldet</translation>
    </message>
    <message>
        <source>logged in</source>
        <translation>angemeldet</translation>
    </message>
    <message>
        <source>logged in outside</source>
        <translation>außerhalb angemeldet</translation>
    </message>
    <message>
        <source>the token asks for no login</source>
        <translation>das Token verlangt keine Anmeldung</translation>
    </message>
    <message>
        <source>generated on the token</source>
        <translation>auf dem Token erzeugt</translation>
    </message>
    <message>
        <source>not generated in this run</source>
        <translation>nicht in diesem Lauf erzeugt</translation>
    </message>
    <message>
        <source>restored from a backup in this run</source>
        <translation>in diesem Lauf aus einer Sicherungskopie wiederhergestellt</translation>
    </message>
    <message>
        <source>secret key</source>
        <translation>geheimer Schlüssel</translation>
    </message>
    <message>
        <source>private key</source>
        <translation>privater Schlüssel</translation>
    </message>
    <message>
        <source>public key</source>
        <translation>öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>other</source>
        <translation>Sonstiges</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>not reported by the token</source>
        <translation>vom Token nicht gemeldet</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
</context>
<context>
    <name>Job</name>
    <message>
        <source>this job</source>
        <translation>dieser Auftrag</translation>
    </message>
    <message>
        <source>start it again when you are ready</source>
        <translation>ihn erneut starten, wenn Sie bereit sind</translation>
    </message>
    <message>
        <source>answer the question that was asked last</source>
        <translation>die zuletzt gestellte Frage beantworten</translation>
    </message>
    <message>
        <source>it was asked to stop</source>
        <translation>er wurde zum Anhalten aufgefordert</translation>
    </message>
    <message>
        <source>it has failed and cannot go on</source>
        <translation>er ist fehlgeschlagen und kann nicht fortfahren</translation>
    </message>
    <message>
        <source>start a new one</source>
        <translation>einen neuen starten</translation>
    </message>
    <message>
        <source>it waits for an answer about this: %1</source>
        <translation>er wartet auf eine Antwort zu diesem: %1</translation>
    </message>
    <message>
        <source>an answer came, but no question is open</source>
        <translation>es kam eine Antwort, aber keine Frage ist offen</translation>
    </message>
    <message>
        <source>an answer to another question came; the open one is about this: %1</source>
        <translation>es kam eine Antwort auf eine andere Frage; in der offenen geht es um dieses: %1</translation>
    </message>
    <message>
        <source>the answer was no to this: %1</source>
        <translation>die Antwort war Nein zu diesem: %1</translation>
    </message>
    <message>
        <source>What this run left: %1. Nothing of it is to be made again</source>
        <translation>Was dieser Lauf hinterlassen hat: %1. Nichts davon muss noch einmal gemacht werden</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
    <message>
        <source>What this run left: %1. %2 would not take this up</source>
        <translation>Was dieser Lauf zurückgelassen hat: %1. %2 würde dies nicht aufgreifen</translation>
    </message>
    <message>
        <source>What this run left: %1. So do not import again: %2</source>
        <translation>Was dieser Lauf zurückgelassen hat: %1. Also nicht noch einmal importieren: %2</translation>
    </message>
    <message>
        <source>What this run left: %1. %2 looks at that first and goes on behind it</source>
        <translation>Was dieser Lauf hinterlassen hat: %1. %2 sieht sich das zuerst an und macht dahinter weiter</translation>
    </message>
</context>
<context>
    <name>JobSession</name>
    <message>
        <source>this program</source>
        <translation>dieses Programm</translation>
    </message>
    <message>
        <source>something went wrong that it did not expect</source>
        <translation>etwas ging schief, das es nicht erwartet hat</translation>
    </message>
    <message>
        <source>copy this text and report it as a defect; then look at what exists before you go on</source>
        <translation>diesen Text kopieren und als Programmfehler melden; dann nachsehen, was existiert, bevor Sie weitermachen</translation>
    </message>
</context>
<context>
    <name>Journal</name>
    <message>
        <source>journal %1</source>
        <translation>Journal %1</translation>
    </message>
    <message>
        <source>its folder cannot be synced: %1</source>
        <translation>sein Ordner lässt sich nicht auf die Platte schreiben: %1</translation>
    </message>
    <message>
        <source>use a folder on a disk of this machine</source>
        <translation>einen Ordner auf einer Platte dieses Rechners nehmen</translation>
    </message>
    <message>
        <source>there is a file of this name already</source>
        <translation>eine Datei dieses Namens gibt es schon</translation>
    </message>
    <message>
        <source>go on with it, or choose another folder: a record is never written over</source>
        <translation>damit weitermachen oder einen anderen Ordner wählen: eine Aufzeichnung wird nie überschrieben</translation>
    </message>
    <message>
        <source>it cannot be made: %1</source>
        <translation>sie lässt sich nicht anlegen: %1</translation>
    </message>
    <message>
        <source>make the folder, or give write permission there</source>
        <translation>den Ordner anlegen oder dort Schreibrecht geben</translation>
    </message>
    <message>
        <source>it cannot be opened: %1</source>
        <translation>sie lässt sich nicht öffnen: %1</translation>
    </message>
    <message>
        <source>check the name and the permissions of the file and its folder</source>
        <translation>Namen und Rechte der Datei und ihres Ordners prüfen</translation>
    </message>
    <message>
        <source>another process writes it</source>
        <translation>ein anderer Prozess schreibt darin</translation>
    </message>
    <message>
        <source>end that one first; two that write one record would break it</source>
        <translation>jenen zuerst beenden; zwei, die in eine Aufzeichnung schreiben, würden sie zerstören</translation>
    </message>
    <message>
        <source>it is of the station &quot;%1&quot;, in the mode %2</source>
        <translation>es gehört zum Arbeitsplatz „%1“, Modus %2</translation>
    </message>
    <message>
        <source>go on with it there, and in that mode</source>
        <translation>dort und in jenem Modus damit weitermachen</translation>
    </message>
    <message>
        <source>its unfinished last line cannot be taken away: %1</source>
        <translation>seine unfertige letzte Zeile lässt sich nicht entfernen: %1</translation>
    </message>
    <message>
        <source>an entry before this one did not reach the disk</source>
        <translation>ein Eintrag vor diesem ist nicht auf die Platte gelangt</translation>
    </message>
    <message>
        <source>an entry cannot be written: %1</source>
        <translation>ein Eintrag lässt sich nicht schreiben: %1</translation>
    </message>
    <message>
        <source>make room on that disk, then go on with this journal; nothing was done that it does not tell of</source>
        <translation>auf jener Platte Platz schaffen, dann mit diesem Journal weitermachen; nichts wurde getan, wovon es nicht berichtet</translation>
    </message>
</context>
<context>
    <name>Json</name>
    <message>
        <source>check that this is the whole and unchanged JSON document</source>
        <translation>prüfen, ob dies das ganze und unveränderte JSON-Dokument ist</translation>
    </message>
    <message>
        <source>it is nested more than 64 levels deep</source>
        <translation>mehr als 64 Ebenen tief verschachtelt</translation>
    </message>
    <message>
        <source>the member &quot;%1&quot; is there twice</source>
        <translation>das Feld „%1“ ist doppelt vorhanden</translation>
    </message>
    <message>
        <source>it is no JSON document: the fault is at byte %1 of %2</source>
        <translation>kein JSON-Dokument; der Fehler liegt bei Byte %1 von %2</translation>
    </message>
    <message>
        <source>it holds a number that cannot be represented</source>
        <translation>enthält eine Zahl, die sich nicht darstellen lässt</translation>
    </message>
    <message>
        <source>it is no JSON document: it is empty</source>
        <translation>kein JSON-Dokument: Es ist leer</translation>
    </message>
    <message>
        <source>it is no JSON document: it holds nothing but blanks</source>
        <translation>kein JSON-Dokument: Es enthält nur Leerzeichen</translation>
    </message>
    <message>
        <source>it is no JSON document: it ends too early (after 1 byte)</source>
        <translation>kein JSON-Dokument: Es endet zu früh (nach 1 Byte)</translation>
    </message>
    <message>
        <source>it is no JSON document: it ends too early (after %1 bytes)</source>
        <translation>kein JSON-Dokument: Es endet zu früh (nach %1 Byte)</translation>
    </message>
</context>
<context>
    <name>KeyAttribute</name>
    <message>
        <source>stays on the token (CKA_TOKEN)</source>
        <translation>bleibt auf dem Token (CKA_TOKEN)</translation>
    </message>
    <message>
        <source>needs a login (CKA_PRIVATE)</source>
        <translation>verlangt eine Anmeldung (CKA_PRIVATE)</translation>
    </message>
    <message>
        <source>sensitive (CKA_SENSITIVE)</source>
        <translation>sensibel (CKA_SENSITIVE)</translation>
    </message>
    <message>
        <source>always was sensitive (CKA_ALWAYS_SENSITIVE)</source>
        <translation>war immer sensibel (CKA_ALWAYS_SENSITIVE)</translation>
    </message>
    <message>
        <source>may be wrapped (CKA_EXTRACTABLE)</source>
        <translation>darf verpackt werden (CKA_EXTRACTABLE)</translation>
    </message>
    <message>
        <source>never could be wrapped (CKA_NEVER_EXTRACTABLE)</source>
        <translation>konnte nie verpackt werden (CKA_NEVER_EXTRACTABLE)</translation>
    </message>
    <message>
        <source>generated on a token, says the token (CKA_LOCAL)</source>
        <translation>laut Token auf einem Token erzeugt (CKA_LOCAL)</translation>
    </message>
    <message>
        <source>attributes may change (CKA_MODIFIABLE)</source>
        <translation>Attribute dürfen sich ändern (CKA_MODIFIABLE)</translation>
    </message>
    <message>
        <source>may be copied (CKA_COPYABLE)</source>
        <translation>darf kopiert werden (CKA_COPYABLE)</translation>
    </message>
    <message>
        <source>may be destroyed (CKA_DESTROYABLE)</source>
        <translation>darf vernichtet werden (CKA_DESTROYABLE)</translation>
    </message>
    <message>
        <source>wraps under trusted keys only (CKA_WRAP_WITH_TRUSTED)</source>
        <translation>nur mit vertrauenswürdigen Schlüsseln zu verpacken (CKA_WRAP_WITH_TRUSTED)</translation>
    </message>
    <message>
        <source>trusted wrapping key (CKA_TRUSTED)</source>
        <translation>vertrauenswürdiger Verpackungsschlüssel (CKA_TRUSTED)</translation>
    </message>
    <message>
        <source>may encrypt (CKA_ENCRYPT)</source>
        <translation>darf verschlüsseln (CKA_ENCRYPT)</translation>
    </message>
    <message>
        <source>may decrypt (CKA_DECRYPT)</source>
        <translation>darf entschlüsseln (CKA_DECRYPT)</translation>
    </message>
    <message>
        <source>may sign (CKA_SIGN)</source>
        <translation>darf signieren (CKA_SIGN)</translation>
    </message>
    <message>
        <source>may verify (CKA_VERIFY)</source>
        <translation>darf Signaturen prüfen (CKA_VERIFY)</translation>
    </message>
    <message>
        <source>may wrap other keys (CKA_WRAP)</source>
        <translation>darf andere Schlüssel verpacken (CKA_WRAP)</translation>
    </message>
    <message>
        <source>may unwrap other keys (CKA_UNWRAP)</source>
        <translation>darf andere Schlüssel entpacken (CKA_UNWRAP)</translation>
    </message>
    <message>
        <source>may derive keys (CKA_DERIVE)</source>
        <translation>darf Schlüssel ableiten (CKA_DERIVE)</translation>
    </message>
</context>
<context>
    <name>KeyGeneration</name>
    <message>
        <source>token &quot;%1&quot;</source>
        <translation>Token „%1“</translation>
    </message>
    <message>
        <source>choose another label, or remove that object if it is no longer needed</source>
        <translation>ein anderes Label wählen oder jenes Objekt entfernen, wenn es nicht mehr benötigt wird</translation>
    </message>
    <message>
        <source>the label &quot;%1&quot; is taken already, by %2 with ID %3</source>
        <translation>das Label „%1“ ist schon vergeben: %2 mit der ID %3</translation>
    </message>
    <message>
        <source>the ID %1 is taken already, by %2 with ID %3</source>
        <translation>die ID %1 ist schon vergeben: %2 mit der ID %3</translation>
    </message>
    <message>
        <source>an object</source>
        <translation>ein Objekt</translation>
    </message>
</context>
<context>
    <name>KeyIdentifier</name>
    <message>
        <source>key &quot;%1&quot;</source>
        <translation>Schlüssel „%1“</translation>
    </message>
    <message>
        <source>this is an alias, and KMS takes no alias in the calls that import key material</source>
        <translation>dies ist ein Alias, und KMS nimmt in den Aufrufen zum Import von Schlüsselmaterial keinen Alias an</translation>
    </message>
    <message>
        <source>this is neither a key ID nor a key ARN</source>
        <translation>dies ist weder eine Schlüssel-ID noch ein Schlüssel-ARN</translation>
    </message>
    <message>
        <source>a key ID looks like 1234abcd-12ab-34cd-56ef-1234567890ab or mrk- and 32 hexadecimal digits, in lower case; an ARN like arn:aws:kms:eu-central-1:111122223333:key/&lt;key ID&gt;</source>
        <translation>eine Schlüssel-ID sieht aus wie 1234abcd-12ab-34cd-56ef-1234567890ab oder wie mrk- und 32 hexadezimale Ziffern, in Kleinbuchstaben; ein ARN wie arn:aws:kms:eu-central-1:111122223333:key/&lt;Schlüssel-ID&gt;</translation>
    </message>
    <message>
        <source>name the key by its ID or ARN; %1 prints it</source>
        <translation>den Schlüssel mit seiner ID oder seinem ARN nennen; %1 gibt ihn aus</translation>
    </message>
</context>
<context>
    <name>KeyJobs</name>
    <message>
        <source>generate the key on the token</source>
        <translation>den Schlüssel auf dem Token erzeugen</translation>
    </message>
    <message>
        <source>key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>check value</source>
        <translation>Prüfwert</translation>
    </message>
    <message>
        <source>list the keys</source>
        <translation>die Schlüssel auflisten</translation>
    </message>
    <message>
        <source>keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>read the key&apos;s attributes</source>
        <translation>die Attribute des Schlüssels lesen</translation>
    </message>
    <message>
        <source>key usage</source>
        <translation>Verwendung</translation>
    </message>
    <message>
        <source>KMS has no %1 key for %2</source>
        <translation>KMS hat keinen Schlüssel der Key Spec %1 für %2</translation>
    </message>
    <message>
        <source>name a usage that this key spec allows, or leave it out</source>
        <translation>eine Verwendung nennen, die diese Key Spec zulässt, oder die Angabe weglassen</translation>
    </message>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>es ist leer</translation>
    </message>
    <message>
        <source>give the key a label by which people will find it again</source>
        <translation>dem Schlüssel ein Label geben, unter dem er wiederzufinden ist</translation>
    </message>
    <message>
        <source>another object with the label &quot;%1&quot; came onto the token meanwhile</source>
        <translation>inzwischen kam ein anderes Objekt mit dem Label „%1“ auf das Token</translation>
    </message>
    <message>
        <source>name this key by its ID from now on: %1</source>
        <translation>diesen Schlüssel von nun an mit seiner ID angeben: %1</translation>
    </message>
</context>
<context>
    <name>KeyOnToken</name>
    <message>
        <source>token key &quot;%1&quot; (%2)</source>
        <translation>Token-Schlüssel „%1“ (%2)</translation>
    </message>
    <message>
        <source>it does not fit the key spec %1</source>
        <translation>er passt nicht zur Key Spec %1</translation>
    </message>
    <message>
        <source>name the key spec that this key fits, or another key</source>
        <translation>die Key Spec nennen, zu der dieser Schlüssel passt, oder einen anderen Schlüssel</translation>
    </message>
    <message>
        <source>it is not extractable (CKA_EXTRACTABLE is false), so the token never wraps it for anybody</source>
        <translation>er ist nicht extrahierbar (CKA_EXTRACTABLE ist falsch), also verpackt ihn das Token nie und für niemanden</translation>
    </message>
    <message>
        <source>it may be wrapped under trusted keys only (CKA_WRAP_WITH_TRUSTED)</source>
        <translation>er darf nur mit vertrauenswürdigen Schlüsseln verpackt werden (CKA_WRAP_WITH_TRUSTED)</translation>
    </message>
    <message>
        <source>the token key</source>
        <translation>der Token-Schlüssel</translation>
    </message>
    <message>
        <source>both an existing key and the label of a new one are named</source>
        <translation>es sind sowohl ein vorhandener Schlüssel als auch das Label eines neuen genannt</translation>
    </message>
    <message>
        <source>neither an existing key nor the label of a new one is named</source>
        <translation>es ist weder ein vorhandener Schlüssel noch das Label eines neuen genannt</translation>
    </message>
    <message>
        <source>look at the key and at what the token holds</source>
        <translation>den Schlüssel und den Inhalt des Tokens ansehen</translation>
    </message>
    <message>
        <source>objects on the token</source>
        <translation>Objekte auf dem Token</translation>
    </message>
    <message>
        <source>label &quot;%1&quot;</source>
        <translation>Label „%1“</translation>
    </message>
    <message>
        <source>generate the key on the token</source>
        <translation>den Schlüssel auf dem Token erzeugen</translation>
    </message>
    <message>
        <source>the key has no check value: %1</source>
        <translation>der Schlüssel hat keinen Prüfwert: %1</translation>
    </message>
    <message>
        <source>token key</source>
        <translation>Token-Schlüssel</translation>
    </message>
    <message>
        <source>it is used before it exists</source>
        <translation>er wird benutzt, bevor er existiert</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
    <message>
        <source>compare what the token holds now with before</source>
        <translation>den jetzigen Inhalt des Tokens mit dem vorherigen vergleichen</translation>
    </message>
    <message>
        <source>changed besides the key of this run</source>
        <translation>geändert außer dem Schlüssel dieses Laufs</translation>
    </message>
    <message>
        <source>to be generated on the token, %1, label &quot;%2&quot;</source>
        <translation>wird auf dem Token erzeugt, %1, Label „%2“</translation>
    </message>
    <message>
        <source>key ID</source>
        <translation>Schlüssel-ID</translation>
    </message>
    <message>
        <source>origin</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>check value</source>
        <translation>Prüfwert</translation>
    </message>
    <message>
        <source>the token holds an object of this name already: %1, %2, ID %3</source>
        <translation>das Token enthält schon ein Objekt dieses Namens: %1, %2, ID %3</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>have the security officer put KMS&apos;s wrapping key on the token with %1, and name it with %2</source>
        <translation>den Verpackungsschlüssel von KMS vom Security Officer mit %1 auf das Token bringen lassen und ihn mit %2 nennen</translation>
    </message>
    <message>
        <source>name one of them: %1 for a key on the token, %2 to generate one</source>
        <translation>eines von beiden nennen: %1 für einen Schlüssel auf dem Token, %2, um einen zu erzeugen</translation>
    </message>
    <message>
        <source>choose another %1, or take the existing key with %2</source>
        <translation>bei %1 einen anderen Namen wählen oder den vorhandenen Schlüssel mit %2 nehmen</translation>
    </message>
    <message>
        <source>new: %1 %2 &quot;%3&quot;, ID %4</source>
        <translation>neu: %1 %2 „%3“, ID %4</translation>
    </message>
    <message>
        <source>gone: %1 %2 &quot;%3&quot;, ID %4</source>
        <translation>weg: %1 %2 „%3“, ID %4</translation>
    </message>
    <message>
        <source>the attribute can never be set back. For a KMS key that holds this key already: use its copy on the backup token, since KMS takes the same material only; to check without wrapping, choose %1. For a new KMS key: generate a new key</source>
        <translation>das Attribut lässt sich nie zurücksetzen. Für einen KMS-Schlüssel, der diesen Schlüssel schon enthält: die Kopie auf dem Sicherungs-Token verwenden, denn KMS nimmt nur dasselbe Material; um ohne Verpacken zu prüfen, %1 wählen. Für einen neuen KMS-Schlüssel: einen neuen Schlüssel erzeugen</translation>
    </message>
    <message>
        <source>the token holds something else than before, besides the key of this run: %1</source>
        <translation>das Token enthält etwas anderes als zuvor, außer dem Schlüssel dieses Laufs: %1</translation>
    </message>
    <message>
        <source>find out who made or removed it, another program or another person; %1 shows all keys</source>
        <translation>herausfinden, wer es angelegt oder entfernt hat, ein anderes Programm oder eine andere Person; %1 zeigt alle Schlüssel</translation>
    </message>
    <message>
        <source>the token does not report the length of this key; it was taken as %1, which the key spec %2 wants. KMS refuses material of any other length</source>
        <translation>das Token nennt die Länge dieses Schlüssels nicht; er wurde als %1 genommen, wie die Schlüsselspezifikation %2 verlangt. Material anderer Länge weist das KMS ab</translation>
    </message>
</context>
<context>
    <name>KeyPart</name>
    <message>
        <source>the key on the token</source>
        <translation>der Schlüssel auf dem Token</translation>
    </message>
    <message>
        <source>none is named</source>
        <translation>keiner ist genannt</translation>
    </message>
    <message>
        <source>type its label or its URI, or choose one from the token&apos;s list</source>
        <translation>sein Label oder seine URI eingeben oder einen aus der Liste des Tokens wählen</translation>
    </message>
    <message>
        <source>the new key</source>
        <translation>der neue Schlüssel</translation>
    </message>
    <message>
        <source>it has no label</source>
        <translation>er hat kein Label</translation>
    </message>
    <message>
        <source>give it a name that people can recognise</source>
        <translation>ihm einen Namen geben, den Menschen wiedererkennen</translation>
    </message>
</context>
<context>
    <name>KeyType</name>
    <message>
        <source>generic secret, %1 bytes</source>
        <translation>generisches Geheimnis, %1 Bytes</translation>
    </message>
</context>
<context>
    <name>KeysSection</name>
    <message>
        <source>ID</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>generated with</source>
        <translation>erzeugt mit</translation>
    </message>
</context>
<context>
    <name>KmsAccess</name>
    <message>
        <source>find out who KMS takes us for</source>
        <translation>feststellen, für wen KMS uns hält</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Betriebsart</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>caller</source>
        <translation>Aufrufer</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>KMS</source>
        <translation>KMS</translation>
    </message>
    <message>
        <source>it is used before we know who we are</source>
        <translation>KMS wird verwendet, bevor bekannt ist, wer wir sind</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
    <message>
        <source>key %1</source>
        <translation>Schlüssel %1</translation>
    </message>
    <message>
        <source>it lives in Region %1, but this run speaks to %2</source>
        <translation>der Schlüssel liegt in der Region %1, dieser Lauf spricht aber mit %2</translation>
    </message>
    <message>
        <source>it belongs to account %1, but the credentials are of %2; KMS takes no import across accounts</source>
        <translation>der Schlüssel gehört zum Konto %1, die Anmeldedaten aber gehören zu %2; KMS nimmt keinen Import über Kontogrenzen hinweg an</translation>
    </message>
    <message>
        <source>use credentials of the key&apos;s own account</source>
        <translation>Anmeldedaten des Kontos verwenden, zu dem der Schlüssel gehört</translation>
    </message>
    <message>
        <source>KMS at %1</source>
        <translation>KMS unter %1</translation>
    </message>
    <message>
        <source>five minutes passed in vain: %1</source>
        <translation>fünf Minuten sind vergeblich vergangen: %1</translation>
    </message>
    <message>
        <source>waiting until the new KMS key is known everywhere</source>
        <translation>warten, bis der neue KMS-Schlüssel überall bekannt ist</translation>
    </message>
    <message>
        <source>leaving KMS the seconds it wants between two GetParametersForImport calls</source>
        <translation>die Sekunden abwarten, die KMS zwischen zwei Aufrufen von GetParametersForImport verlangt</translation>
    </message>
    <message>
        <source>choose the key&apos;s Region with %1, or another key</source>
        <translation>mit %1 die Region des Schlüssels wählen oder einen anderen Schlüssel nehmen</translation>
    </message>
    <message>
        <source>waiting until the new KMS key is visible everywhere</source>
        <translation>es wird gewartet, bis der neue KMS-Schlüssel überall sichtbar ist</translation>
    </message>
    <message>
        <source>a KMS key may have been created; look for it before another one is made</source>
        <translation>möglicherweise wurde ein KMS-Schlüssel angelegt; nach ihm suchen, bevor ein weiterer angelegt wird</translation>
    </message>
    <message>
        <source>the KMS key %1 exists now and can be used with %2</source>
        <translation>der KMS-Schlüssel %1 existiert jetzt und kann mit %2 verwendet werden</translation>
    </message>
    <message>
        <source>look at the key with %1; changes in KMS take minutes at times</source>
        <translation>den Schlüssel mit %1 ansehen; Änderungen in KMS dauern mitunter Minuten</translation>
    </message>
</context>
<context>
    <name>KmsClient</name>
    <message>
        <source>the reply is about key %1, not about %2</source>
        <translation>die Antwort betrifft den Schlüssel %1, nicht %2</translation>
    </message>
    <message>
        <source>key %1</source>
        <translation>Schlüssel %1</translation>
    </message>
    <message>
        <source>this key is in Region %1, and KMS is asked in %2</source>
        <translation>dieser Schlüssel liegt in der Region %1, gefragt wird KMS in %2</translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there does not answer like KMS</source>
        <translation>den Endpunkt prüfen: Was dort antwortet, antwortet nicht wie KMS</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy, then %1</source>
        <translation>Endpunkt und Proxy prüfen, dann %1</translation>
    </message>
    <message>
        <source>%1 with %2</source>
        <translation>%1, mit %2</translation>
    </message>
    <message>
        <source>the first attempt at %1 got no reply but was carried out: a look at KMS shows it</source>
        <translation>der erste Versuch von %1 bekam keine Antwort, wurde aber ausgeführt: ein Blick in KMS zeigt es</translation>
    </message>
    <message>
        <source>the reply is about the replica %1, which is not in %2</source>
        <translation>die Antwort handelt vom Replikat %1, das nicht in %2 ist</translation>
    </message>
    <message>
        <source>the list repeats its page</source>
        <translation>die Liste wiederholt ihre Seite</translation>
    </message>
</context>
<context>
    <name>KmsError</name>
    <message>
        <source>set this machine&apos;s clock (it may be off by five minutes at most), check the secret key, and whether a proxy changes headers on the way</source>
        <translation>die Uhr dieses Rechners stellen (sie darf höchstens fünf Minuten abweichen), den geheimen Schlüssel prüfen und ob ein Proxy unterwegs Header verändert</translation>
    </message>
    <message>
        <source>report this as a defect with the text of the service</source>
        <translation>dies mit dem Text des Dienstes als Programmfehler melden</translation>
    </message>
    <message>
        <source>something of this name is there already</source>
        <translation>etwas mit diesem Namen ist schon vorhanden</translation>
    </message>
    <message>
        <source>use the existing alias or replica, or change it with UpdateAlias</source>
        <translation>den vorhandenen Alias oder das vorhandene Replikat verwenden oder den Alias mit UpdateAlias ändern</translation>
    </message>
    <message>
        <source>a rotation of this key is due or running</source>
        <translation>eine Rotation dieses Schlüssels steht an oder läuft</translation>
    </message>
    <message>
        <source>the custom key store&apos;s cluster is not usable</source>
        <translation>der Cluster des benutzerdefinierten Schlüsselspeichers ist nicht verwendbar</translation>
    </message>
    <message>
        <source>imported material needs no custom key store; leave it out</source>
        <translation>importiertes Material braucht keinen benutzerdefinierten Schlüsselspeicher; diese Angabe weglassen</translation>
    </message>
    <message>
        <source>the custom key store is not usable now</source>
        <translation>der benutzerdefinierte Schlüsselspeicher ist zurzeit nicht verwendbar</translation>
    </message>
    <message>
        <source>there is no such custom key store</source>
        <translation>diesen benutzerdefinierten Schlüsselspeicher gibt es nicht</translation>
    </message>
    <message>
        <source>KMS ran into a time-out inside AWS</source>
        <translation>KMS hat innerhalb von AWS eine Zeitüberschreitung erlebt</translation>
    </message>
    <message>
        <source>the KMS key is disabled</source>
        <translation>der KMS-Schlüssel ist deaktiviert</translation>
    </message>
    <message>
        <source>the call would have been allowed; it was a dry run</source>
        <translation>der Aufruf wäre zugelassen worden; es war nur eine Vorprüfung ohne Wirkung (dry run)</translation>
    </message>
    <message>
        <source>nothing needs to be done</source>
        <translation>nichts ist zu tun</translation>
    </message>
    <message>
        <source>the import token has expired: more than 24 hours have passed since the parameters were fetched</source>
        <translation>das Import-Token ist abgelaufen: Seit dem Abruf der Parameter sind mehr als 24 Stunden vergangen</translation>
    </message>
    <message>
        <source>fetch new parameters and wrap the key again; the old blob is of no use any more</source>
        <translation>neue Parameter abrufen und den Schlüssel erneut verpacken; der alte Blob ist nicht mehr zu gebrauchen</translation>
    </message>
    <message>
        <source>the ciphertext belongs to another KMS key</source>
        <translation>der Geheimtext gehört zu einem anderen KMS-Schlüssel</translation>
    </message>
    <message>
        <source>name the key that encrypted it</source>
        <translation>den Schlüssel angeben, der ihn verschlüsselt hat</translation>
    </message>
    <message>
        <source>the blob was unwrapped, but it is not the key material that this KMS key expects</source>
        <translation>der Blob wurde entpackt, enthält aber nicht das Schlüsselmaterial, das dieser KMS-Schlüssel erwartet</translation>
    </message>
    <message>
        <source>find the token key, or its backup, that was imported before; the text of the service names the expected material</source>
        <translation>den Token-Schlüssel, der zuvor importiert wurde, oder seine Sicherungskopie suchen; der Text des Dienstes nennt das erwartete Material</translation>
    </message>
    <message>
        <source>the alias name is not valid</source>
        <translation>der Aliasname ist nicht gültig</translation>
    </message>
    <message>
        <source>it begins with alias/ and holds letters, digits, /, _ and - only</source>
        <translation>er beginnt mit alias/ und enthält nur Buchstaben, Ziffern, /, _ und -</translation>
    </message>
    <message>
        <source>KMS does not take this key identifier here</source>
        <translation>KMS nimmt diese Schlüsselkennung hier nicht an</translation>
    </message>
    <message>
        <source>give the key ID or key ARN; DescribeKey tells which key an alias stands for</source>
        <translation>Schlüssel-ID oder Schlüssel-ARN angeben; DescribeKey sagt, für welchen Schlüssel ein Alias steht</translation>
    </message>
    <message>
        <source>KMS could not open the blob, or what was in it has the wrong length or encoding for this key</source>
        <translation>KMS konnte den Blob nicht öffnen, oder sein Inhalt hat für diesen Schlüssel die falsche Länge oder Kodierung</translation>
    </message>
    <message>
        <source>check that wrapping key and import token come from one reply, and that the algorithm is the one they were fetched for; fetch new parameters and wrap again; qualify the token anew</source>
        <translation>prüfen, ob Verpackungsschlüssel und Import-Token aus ein und derselben Antwort stammen und ob das Verfahren das ist, für das sie abgerufen wurden; neue Parameter abrufen und erneut verpacken; die Eignung des Tokens neu prüfen</translation>
    </message>
    <message>
        <source>the grant token is not valid</source>
        <translation>das Grant-Token ist nicht gültig</translation>
    </message>
    <message>
        <source>leave the grant token out, or take a new one</source>
        <translation>das Grant-Token weglassen oder ein neues nehmen</translation>
    </message>
    <message>
        <source>the import token is damaged, or was issued for another key or Region</source>
        <translation>das Import-Token ist beschädigt oder wurde für einen anderen Schlüssel oder eine andere Region ausgestellt</translation>
    </message>
    <message>
        <source>use the token that came with this wrapping key for this KMS key, or fetch new parameters</source>
        <translation>das Token verwenden, das zusammen mit diesem Verpackungsschlüssel für diesen KMS-Schlüssel kam, oder neue Parameter abrufen</translation>
    </message>
    <message>
        <source>the key&apos;s usage or spec does not go with this call</source>
        <translation>Verwendung oder Key Spec des Schlüssels passt nicht zu diesem Aufruf</translation>
    </message>
    <message>
        <source>compare KeyUsage and KeySpec of the KMS key (DescribeKey) with what was asked for</source>
        <translation>KeyUsage und KeySpec des KMS-Schlüssels (DescribeKey) mit dem Verlangten vergleichen</translation>
    </message>
    <message>
        <source>the list changed while it was read</source>
        <translation>die Liste hat sich geändert, während sie gelesen wurde</translation>
    </message>
    <message>
        <source>KMS cannot use the key at the moment</source>
        <translation>KMS kann den Schlüssel im Augenblick nicht verwenden</translation>
    </message>
    <message>
        <source>KMS had an internal failure</source>
        <translation>in KMS ist ein interner Fehler aufgetreten</translation>
    </message>
    <message>
        <source>the MAC is not that of this KMS key: the key material differs</source>
        <translation>der MAC ist nicht der dieses KMS-Schlüssels: Das Schlüsselmaterial ist verschieden</translation>
    </message>
    <message>
        <source>stop here: token key and KMS key are not the same; find out which material was imported</source>
        <translation>hier anhalten: Token-Schlüssel und KMS-Schlüssel sind nicht dieselben; herausfinden, welches Material importiert wurde</translation>
    </message>
    <message>
        <source>the signature is not that of this KMS key: the key material differs</source>
        <translation>die Signatur ist nicht die dieses KMS-Schlüssels: Das Schlüsselmaterial ist verschieden</translation>
    </message>
    <message>
        <source>the KMS key is in a state that does not allow this</source>
        <translation>der KMS-Schlüssel ist in einem Zustand, der dies nicht zulässt</translation>
    </message>
    <message>
        <source>read the text of the service: cancel a pending deletion, wait while the key is creating or updating, import missing material, or finish the pending rotation</source>
        <translation>den Text des Dienstes lesen: eine anstehende Löschung abbrechen, warten, solange der Schlüssel erstellt oder geändert wird, fehlendes Material importieren oder die anstehende Rotation abschließen</translation>
    </message>
    <message>
        <source>a quota of the account or of this key is used up</source>
        <translation>ein Kontingent des Kontos oder dieses Schlüssels ist ausgeschöpft</translation>
    </message>
    <message>
        <source>ask AWS for a higher quota; the limit of 25 rotations of a key cannot be raised, a new KMS key is needed then</source>
        <translation>bei AWS ein höheres Kontingent beantragen; die Grenze von 25 Rotationen je Schlüssel kann nicht angehoben werden, dann wird ein neuer KMS-Schlüssel gebraucht</translation>
    </message>
    <message>
        <source>the key policy is not valid</source>
        <translation>die Richtlinie des Schlüssels ist nicht gültig</translation>
    </message>
    <message>
        <source>correct the policy; the caller must stay able to change it, and a principal made just now may need some seconds</source>
        <translation>die Richtlinie berichtigen; der Aufrufer muss sie weiterhin ändern können, und ein eben erst angelegter Principal braucht möglicherweise einige Sekunden</translation>
    </message>
    <message>
        <source>there is no such key in this account and Region</source>
        <translation>diesen Schlüssel gibt es in diesem Konto und dieser Region nicht</translation>
    </message>
    <message>
        <source>the tags are not valid</source>
        <translation>die Tags sind nicht gültig</translation>
    </message>
    <message>
        <source>no tag key twice, none beginning with aws:, at most 50</source>
        <translation>kein Tag-Schlüssel doppelt, keiner mit aws: am Anfang, höchstens 50</translation>
    </message>
    <message>
        <source>this kind of KMS key does not allow this</source>
        <translation>diese Art von KMS-Schlüssel lässt dies nicht zu</translation>
    </message>
    <message>
        <source>choose a key whose Origin is EXTERNAL; the Origin of a key cannot be changed</source>
        <translation>einen Schlüssel wählen, dessen Origin EXTERNAL ist; der Origin eines Schlüssels kann nicht geändert werden</translation>
    </message>
    <message>
        <source>the external key is used by another KMS key</source>
        <translation>der externe Schlüssel wird von einem anderen KMS-Schlüssel verwendet</translation>
    </message>
    <message>
        <source>the external key is not usable</source>
        <translation>der externe Schlüssel ist nicht verwendbar</translation>
    </message>
    <message>
        <source>there is no such external key</source>
        <translation>diesen externen Schlüssel gibt es nicht</translation>
    </message>
    <message>
        <source>a parameter is missing, malformed, or not allowed with another</source>
        <translation>ein Parameter fehlt, ist falsch aufgebaut oder zusammen mit einem anderen nicht zugelassen</translation>
    </message>
    <message>
        <source>correct what the text of the service names</source>
        <translation>berichtigen, was der Text des Dienstes nennt</translation>
    </message>
    <message>
        <source>the caller may not do this</source>
        <translation>der Aufrufer darf dies nicht</translation>
    </message>
    <message>
        <source>this account is not subscribed to the service or Region</source>
        <translation>dieses Konto ist für den Dienst oder die Region nicht angemeldet</translation>
    </message>
    <message>
        <source>have the Region enabled for the account, or choose another</source>
        <translation>die Region für das Konto aktivieren lassen oder eine andere wählen</translation>
    </message>
    <message>
        <source>this Region is not enabled for the account</source>
        <translation>diese Region ist für das Konto nicht aktiviert</translation>
    </message>
    <message>
        <source>AWS does not know this access key, or its session token</source>
        <translation>AWS kennt diesen Zugriffsschlüssel oder sein Sitzungstoken nicht</translation>
    </message>
    <message>
        <source>the session of these credentials has ended</source>
        <translation>die Sitzung dieser Anmeldedaten ist beendet</translation>
    </message>
    <message>
        <source>the request arrived without a signature</source>
        <translation>die Anfrage kam ohne Signatur an</translation>
    </message>
    <message>
        <source>the request&apos;s signature arrived incomplete</source>
        <translation>die Signatur der Anfrage kam unvollständig an</translation>
    </message>
    <message>
        <source>the request&apos;s signature is not accepted</source>
        <translation>die Signatur der Anfrage wird nicht angenommen</translation>
    </message>
    <message>
        <source>the request&apos;s time stamp is too far from the server&apos;s time</source>
        <translation>der Zeitstempel der Anfrage weicht zu weit von der Zeit des Servers ab</translation>
    </message>
    <message>
        <source>the service could not read the request</source>
        <translation>der Dienst konnte die Anfrage nicht lesen</translation>
    </message>
    <message>
        <source>this endpoint does not know the call %1</source>
        <translation>dieser Endpunkt kennt den Aufruf %1 nicht</translation>
    </message>
    <message>
        <source>check the endpoint; an older imitation of KMS may lack this call</source>
        <translation>den Endpunkt prüfen; einer älteren Nachbildung von KMS fehlt möglicherweise dieser Aufruf</translation>
    </message>
    <message>
        <source>check the endpoint; an imitation of KMS may lack STS</source>
        <translation>den Endpunkt prüfen; einer Nachbildung von KMS fehlt möglicherweise STS</translation>
    </message>
    <message>
        <source>the service is not available at the moment</source>
        <translation>der Dienst ist im Augenblick nicht verfügbar</translation>
    </message>
    <message>
        <source>the service had an internal failure</source>
        <translation>im Dienst ist ein interner Fehler aufgetreten</translation>
    </message>
    <message>
        <source>too many calls in a short time</source>
        <translation>zu viele Aufrufe in kurzer Zeit</translation>
    </message>
    <message>
        <source>an earlier call is not complete yet</source>
        <translation>ein früherer Aufruf ist noch nicht abgeschlossen</translation>
    </message>
    <message>
        <source>the service, or a proxy before it, is not available at the moment</source>
        <translation>der Dienst oder ein vorgeschalteter Proxy ist im Augenblick nicht verfügbar</translation>
    </message>
    <message>
        <source>the answer points to another address, which KMS never does</source>
        <translation>die Antwort verweist auf eine andere Adresse, was KMS nie tut</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy; a sign-in page of the network may stand between</source>
        <translation>Endpunkt und Proxy prüfen; möglicherweise steht eine Anmeldeseite des Netzes dazwischen</translation>
    </message>
    <message>
        <source>the call was refused without a reason</source>
        <translation>der Aufruf wurde ohne Begründung abgelehnt</translation>
    </message>
    <message>
        <source>the answer is no answer of KMS</source>
        <translation>die Antwort ist keine Antwort von KMS</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy; if they are right, report this with the request ID</source>
        <translation>Endpunkt und Proxy prüfen; wenn sie stimmen, dies mit der Request-ID melden</translation>
    </message>
    <message>
        <source>the service refused with an error that is not known here</source>
        <translation>der Dienst hat mit einem Fehler abgelehnt, der hier nicht bekannt ist</translation>
    </message>
    <message>
        <source>go by the text of the service; the documentation of the call %1 describes its errors</source>
        <translation>sich nach dem Text des Dienstes richten; die Dokumentation des Aufrufs %1 beschreibt seine Fehler</translation>
    </message>
    <message>
        <source>KMS has this key material for this key already</source>
        <translation>KMS hat dieses Schlüsselmaterial für diesen Schlüssel schon</translation>
    </message>
    <message>
        <source>an earlier attempt may have succeeded: look at the key&apos;s materials (ListKeyRotations); to give the material a new expiry, import it as EXISTING_KEY_MATERIAL</source>
        <translation>möglicherweise war ein früherer Versuch erfolgreich: die Materialien des Schlüssels ansehen (ListKeyRotations); um dem Material einen neuen Ablauf zu geben, es als EXISTING_KEY_MATERIAL importieren</translation>
    </message>
    <message>
        <source>the request is signed for another Region than the one that answers</source>
        <translation>die Anfrage ist für eine andere Region signiert als die, die antwortet</translation>
    </message>
    <message>
        <source>the deletion of this KMS key is scheduled; until then nothing uses it</source>
        <translation>die Löschung dieses KMS-Schlüssels ist vorgesehen; bis dahin benutzt ihn nichts</translation>
    </message>
    <message>
        <source>the KMS key holds no key material, or lacks a part of it (PendingImport)</source>
        <translation>der KMS-Schlüssel enthält kein Schlüsselmaterial oder nicht alles davon (PendingImport)</translation>
    </message>
    <message>
        <source>check the proxy and the endpoint first, then credentials and permissions (%2)</source>
        <translation>zuerst Proxy und Endpunkt prüfen, dann Anmeldedaten und Berechtigungen (%2)</translation>
    </message>
    <message>
        <source>renew the credentials (sign in again, or check access key, secret and session token) and %1</source>
        <translation>die Anmeldedaten erneuern (neu anmelden oder Zugriffsschlüssel, geheimen Schlüssel und Sitzungstoken prüfen) und %1</translation>
    </message>
    <message>
        <source>wait a minute and %1; other programs in this account may be calling too</source>
        <translation>eine Minute warten und %1; möglicherweise rufen in diesem Konto auch andere Programme auf</translation>
    </message>
    <message>
        <source>wait twenty minutes and %1</source>
        <translation>zwanzig Minuten warten und %1</translation>
    </message>
    <message>
        <source>enable it: %1</source>
        <translation>ihn aktivieren: %1</translation>
    </message>
    <message>
        <source>check key, Region and account (%1 shows the last two); a key created just now may need a minute</source>
        <translation>Schlüssel, Region und Konto prüfen (%1 zeigt die beiden letzten); ein eben erst angelegter Schlüssel braucht möglicherweise eine Minute</translation>
    </message>
    <message>
        <source>wait a minute and %1</source>
        <translation>eine Minute warten und %1</translation>
    </message>
    <message>
        <source>check %1 (AWS_REGION, the profile&apos;s region) against the endpoint and the key&apos;s ARN</source>
        <translation>%1 (AWS_REGION, die Region im Profil) mit dem Endpunkt und dem ARN des Schlüssels vergleichen</translation>
    </message>
    <message>
        <source>if the key is to be kept: %1; its state is then Disabled, or PendingImport where material is missing</source>
        <translation>wenn der Schlüssel bleiben soll: %1; sein Zustand ist danach Disabled oder, wo Material fehlt, PendingImport</translation>
    </message>
    <message>
        <source>wait a minute and %1; the AWS Health Dashboard tells of longer failures</source>
        <translation>eine Minute warten und %1; das AWS Health Dashboard meldet längere Ausfälle</translation>
    </message>
    <message>
        <source>wait a minute and %1; then check the endpoint and the proxy</source>
        <translation>eine Minute warten und %1; dann Endpunkt und Proxy prüfen</translation>
    </message>
    <message>
        <source>import its material first: %1, with %2 and the token key that was imported before, or with %3 and a new one if it never had any</source>
        <translation>zuerst sein Material importieren: %1, mit %2 und dem Token-Schlüssel, der früher importiert wurde, oder mit %3 und einem neuen, falls es nie welches hatte</translation>
    </message>
    <message>
        <source>the session policy is not valid</source>
        <translation>die Sitzungsrichtlinie ist nicht gültig</translation>
    </message>
    <message>
        <source>session policy and session tags are too long together</source>
        <translation>Sitzungsrichtlinie und Sitzungs-Tags sind zusammen zu lang</translation>
    </message>
    <message>
        <source>have fewer or shorter session tags sent by whoever signs you in</source>
        <translation>wer Sie anmeldet, soll weniger oder kürzere Sitzungs-Tags senden</translation>
    </message>
    <message>
        <source>AWS does not accept the web identity token</source>
        <translation>AWS nimmt das Web-Identity-Token nicht an</translation>
    </message>
    <message>
        <source>check that the token file is the one of this role&apos;s identity provider and that its token has not expired</source>
        <translation>prüfen, dass die Token-Datei vom Identitätsanbieter dieser Rolle ist und ihr Token nicht abgelaufen</translation>
    </message>
    <message>
        <source>the identity provider rejects the web identity token</source>
        <translation>der Identitätsanbieter lehnt das Web-Identity-Token ab</translation>
    </message>
    <message>
        <source>AWS does not reach the identity provider</source>
        <translation>AWS erreicht den Identitätsanbieter nicht</translation>
    </message>
    <message>
        <source>have an administrator allow this call (%2) in the IAM policy of the caller and in the key&apos;s policy</source>
        <translation>diesen Aufruf (%2) von der Verwaltung in der IAM-Richtlinie des Aufrufers und in der Richtlinie des Schlüssels erlauben lassen</translation>
    </message>
</context>
<context>
    <name>KmsKeyJob</name>
    <message>
        <source>look at the KMS key</source>
        <translation>den KMS-Schlüssel ansehen</translation>
    </message>
    <message>
        <source>origin</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>key material ID</source>
        <translation>ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>material expires</source>
        <translation>Material läuft ab</translation>
    </message>
</context>
<context>
    <name>KmsKeys</name>
    <message>
        <source>look at the KMS key</source>
        <translation>den KMS-Schlüssel ansehen</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>read the keys of %1</source>
        <translation>die Schlüssel lesen: %1</translation>
    </message>
    <message>
        <source>put the most urgent first</source>
        <translation>das Dringendste nach vorn stellen</translation>
    </message>
    <message>
        <source>keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>could not be read</source>
        <translation>ließ sich nicht lesen</translation>
    </message>
    <message>
        <source>%1 of %2 keys</source>
        <translation>%1 von %2 Schlüsseln</translation>
    </message>
    <message>
        <source>it is to be deleted; where that is wrong: %1</source>
        <translation>er soll gelöscht werden; wo das falsch ist: %1</translation>
    </message>
    <message>
        <source>it lacks the material %1: import it again (%2)</source>
        <translation>ihm fehlt das Material %1: es wieder importieren (%2)</translation>
    </message>
    <message>
        <source>it holds no material: import its first (%1), or the same again (%2)</source>
        <translation>er enthält kein Material: sein erstes importieren (%1), oder dasselbe noch einmal (%2)</translation>
    </message>
    <message>
        <source>material ends in %1 days, at %2; then the key stops working: import it again before (%3)</source>
        <translation>Material läuft in %1 Tagen ab, um %2; dann ist der Schlüssel unbrauchbar: es vorher wieder importieren (%3)</translation>
    </message>
    <message>
        <source>it is disabled: %1</source>
        <translation>er ist gesperrt: %1</translation>
    </message>
    <message>
        <source>it was never given material: import its first (%1)</source>
        <translation>er hat nie Material erhalten: sein erstes importieren (%1)</translation>
    </message>
    <message>
        <source>its origin is %1: KMS has its material from elsewhere, nothing can be imported into it</source>
        <translation>seine Herkunft ist %1: KMS hat sein Material anderswoher, importiert werden kann nichts</translation>
    </message>
    <message>
        <source>KMS has been rotating the material %1 in since %2; it goes on by itself, within minutes</source>
        <translation>KMS rotiert das Material %1 seit %2 hinein; das geht von selbst weiter und dauert Minuten</translation>
    </message>
    <message>
        <source>the material %1 waits to be rotated in: %2</source>
        <translation>das Material %1 wartet darauf, hineinrotiert zu werden: %2</translation>
    </message>
</context>
<context>
    <name>KnownCopies</name>
    <message>
        <source>&quot;%1&quot; on %2, serial number %3</source>
        <translation>„%1“ auf %2, Seriennummer %3</translation>
    </message>
    <message>
        <source>KMS takes this very key only, and no copy of it on another token is on record on this machine</source>
        <translation>KMS nimmt nur genau diesen Schlüssel, und auf diesem Rechner ist keine Kopie auf einem anderen Token verzeichnet</translation>
    </message>
    <message>
        <source>KMS takes this very key only; copies on record: %1. Name the token that has one with %2</source>
        <translation>KMS nimmt nur genau diesen Schlüssel; verzeichnete Kopien: %1. Das Token, das eine hat, mit %2 nennen</translation>
    </message>
    <message>
        <source>the same token key was imported into another KMS key already: %1, on %2 (material sheet %3)</source>
        <translation>derselbe Schlüssel des Tokens wurde schon in einen anderen KMS-Schlüssel importiert: %1, am %2 (Materialblatt %3)</translation>
    </message>
    <message>
        <source>generate a key of its own for each KMS key, unless both are to hold the same one</source>
        <translation>für jeden KMS-Schlüssel einen eigenen erzeugen, außer wenn beide denselben enthalten sollen</translation>
    </message>
</context>
<context>
    <name>Label</name>
    <message>
        <source>label of the new object</source>
        <translation>Label des neuen Objekts</translation>
    </message>
    <message>
        <source>give it a name by which people will find it again: at most %1 bytes of UTF-8 without control characters, line feeds, or blanks at the ends</source>
        <translation>einen Namen geben, unter dem man es wiederfindet: höchstens %1 Byte UTF-8 ohne Steuerzeichen, Zeilenumbrüche oder Leerzeichen an den Enden</translation>
    </message>
    <message>
        <source>it is no UTF-8</source>
        <translation>das Label ist kein UTF-8</translation>
    </message>
    <message>
        <source>it holds control characters, line feeds or marks that turn the direction of writing</source>
        <translation>das Label enthält Steuerzeichen, Zeilenumbrüche oder Zeichen, die die Schreibrichtung umkehren</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>das Label ist leer</translation>
    </message>
    <message>
        <source>it begins or ends with a blank, or is nothing else</source>
        <translation>das Label beginnt oder endet mit einem Leerzeichen oder besteht nur daraus</translation>
    </message>
    <message>
        <source>it has %1 bytes</source>
        <translation>das Label hat %1 Byte</translation>
    </message>
    <message>
        <source>it begins with pkcs11:, as URIs do</source>
        <translation>sie beginnt mit pkcs11:, wie URIs</translation>
    </message>
</context>
<context>
    <name>LifeStory</name>
    <message>
        <source>create the KMS key</source>
        <translation>den KMS-Schlüssel anlegen</translation>
    </message>
    <message>
        <source>import its first material</source>
        <translation>sein erstes Material importieren</translation>
    </message>
    <message>
        <source>let the material expire</source>
        <translation>das Material ablaufen lassen</translation>
    </message>
    <message>
        <source>import the same material again</source>
        <translation>dasselbe Material noch einmal importieren</translation>
    </message>
    <message>
        <source>import a second material and rotate it in</source>
        <translation>ein zweites Material importieren und einrotieren</translation>
    </message>
    <message>
        <source>make a replica and give it both materials</source>
        <translation>ein Replikat anlegen und ihm beide Materialien geben</translation>
    </message>
    <message>
        <source>schedule the deletion of replica and primary</source>
        <translation>die Löschung von Replikat und Primärschlüssel ansetzen</translation>
    </message>
    <message>
        <source>cancel the deletion of the primary in time</source>
        <translation>die Löschung des Primärschlüssels rechtzeitig zurücknehmen</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>the multi-Region KMS key %1 was created; it waits for its material (PendingImport)</source>
        <translation>der KMS-Schlüssel %1 für mehrere Regionen wurde angelegt; er wartet auf sein Material (PendingImport)</translation>
    </message>
    <message>
        <source>a key was generated on the token and imported for 30 days as the material %1; something was encrypted with it (Enabled)</source>
        <translation>auf dem Token wurde ein Schlüssel erzeugt und für 30 Tage als Material %1 importiert; etwas wurde damit verschlüsselt (Enabled)</translation>
    </message>
    <message>
        <source>the refusal to decrypt</source>
        <translation>die Weigerung zu entschlüsseln</translation>
    </message>
    <message>
        <source>31 days passed: KMS has deleted the material, and nothing is decrypted any more (PendingImport)</source>
        <translation>31 Tage sind vergangen: Das KMS hat das Material gelöscht, und nichts wird mehr entschlüsselt (PendingImport)</translation>
    </message>
    <message>
        <source>the key material ID</source>
        <translation>die ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>the same material was found by its sheet, imported again for 364 days, and decrypts what was encrypted before (Enabled)</source>
        <translation>dasselbe Material wurde anhand seines Blattes gefunden, für 364 Tage noch einmal importiert und entschlüsselt, was zuvor verschlüsselt wurde (Enabled)</translation>
    </message>
    <message>
        <source>a second material, %1, was generated, imported beside the first and checked while it waited</source>
        <translation>ein zweites Material, %1, wurde erzeugt, neben dem ersten importiert und geprüft, während es wartete</translation>
    </message>
    <message>
        <source>the current material</source>
        <translation>das aktuelle Material</translation>
    </message>
    <message>
        <source>KMS rotated it in: it encrypts from now on, and the first one still decrypts</source>
        <translation>das KMS hat es einrotiert: Von nun an verschlüsselt es, und das erste entschlüsselt weiterhin</translation>
    </message>
    <message>
        <source>the number of imports in the replica</source>
        <translation>die Zahl der Importe im Replikat</translation>
    </message>
    <message>
        <source>a replica was made in %1; AWS copies no material, so both were wrapped and imported again there, and the replica decrypts what was encrypted before</source>
        <translation>in %1 wurde ein Replikat angelegt; AWS kopiert kein Material, deshalb wurden beide für dort noch einmal verpackt und importiert, und das Replikat entschlüsselt, was zuvor verschlüsselt wurde</translation>
    </message>
    <message>
        <source>the deletion of the primary was scheduled; it waits for its replica (PendingReplicaDeletion)</source>
        <translation>die Löschung des Primärschlüssels wurde angesetzt; sie wartet auf sein Replikat (PendingReplicaDeletion)</translation>
    </message>
    <message>
        <source>the replica&apos;s deletion was scheduled too; 8 days passed, and the replica is gone; the primary&apos;s own 7 days have begun (PendingDeletion)</source>
        <translation>auch die Löschung des Replikats wurde angesetzt; 8 Tage sind vergangen, und das Replikat ist fort; die eigenen 7 Tage des Primärschlüssels haben begonnen (PendingDeletion)</translation>
    </message>
    <message>
        <source>the deletion was cancelled in time; the key was Disabled, was enabled again, and decrypts what was encrypted before (Enabled)</source>
        <translation>die Löschung wurde rechtzeitig zurückgenommen; der Schlüssel war deaktiviert (Disabled), wurde wieder aktiviert und entschlüsselt, was zuvor verschlüsselt wurde (Enabled)</translation>
    </message>
    <message>
        <source>the state of the KMS key</source>
        <translation>der Zustand des KMS-Schlüssels</translation>
    </message>
    <message>
        <source>what is decrypted</source>
        <translation>was entschlüsselt wird</translation>
    </message>
</context>
<context>
    <name>LogIn</name>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>login</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN (SO) is empty; nothing was sent to the token</source>
        <translation>die PIN des Security Officers (SO) ist leer; es wurde nichts an das Token gesendet</translation>
    </message>
    <message>
        <source>the PIN is empty; nothing was sent to the token</source>
        <translation>die PIN ist leer; es wurde nichts an das Token gesendet</translation>
    </message>
    <message>
        <source>start again and give the PIN</source>
        <translation>neu starten und die PIN angeben</translation>
    </message>
    <message>
        <source>logged in here as security officer</source>
        <translation>hier als Security Officer angemeldet</translation>
    </message>
    <message>
        <source>logged in here</source>
        <translation>hier angemeldet</translation>
    </message>
    <message>
        <source>the PIN entry was cancelled at the token&apos;s own pad</source>
        <translation>die PIN-Eingabe wurde am PIN-Pad des Tokens abgebrochen</translation>
    </message>
    <message>
        <source>start again when you are ready</source>
        <translation>neu starten, sobald Sie bereit sind</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>state of the PIN</source>
        <translation>Zustand der PIN</translation>
    </message>
    <message>
        <source>PIN of the token %1</source>
        <translation>PIN des Tokens %1</translation>
    </message>
    <message>
        <source>security officer&apos;s PIN of the token %1. Some HSMs erase everything they hold after a few wrong tries; this program tries once</source>
        <translation>PIN des Security Officers für das Token %1. Manche HSMs löschen nach wenigen falschen Versuchen alles, was sie enthalten; dieses Programm unternimmt einen einzigen Versuch</translation>
    </message>
    <message>
        <source>the token %1 takes the PIN of the %2 at its own pad. Go on, then enter it there, or let the cards go round; the pad is waited for as long as it takes</source>
        <translation>das Token %1 nimmt die PIN des %2 an seinem eigenen PIN-Pad entgegen. Fortfahren und die PIN dann dort eingeben oder die Karten reihum einlegen lassen; auf das PIN-Pad wird gewartet, solange es dauert</translation>
    </message>
    <message>
        <source>security officer (one try; some HSMs erase everything after a few wrong ones)</source>
        <translation>Security Officers (ein Versuch; manche HSMs löschen nach wenigen falschen Versuchen alles)</translation>
    </message>
    <message>
        <source>user</source>
        <translation>Benutzers</translation>
    </message>
    <message>
        <source>one try is left for the security officer&apos;s PIN of the token %1. A wrong one may lock the token for ever or erase it. Use the last try?</source>
        <translation>für die PIN des Security Officers des Tokens %1 bleibt noch ein Versuch. Ein falscher Versuch kann das Token für immer sperren oder löschen. Den letzten Versuch nutzen?</translation>
    </message>
    <message>
        <source>one try is left for the PIN of the token %1; a wrong one locks it. Use the last try?</source>
        <translation>für die PIN des Tokens %1 bleibt noch ein Versuch; ein falscher Versuch sperrt sie. Den letzten Versuch nutzen?</translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN (SO) is wrong; state of that PIN now: %1</source>
        <translation>die PIN des Security Officers (SO) ist falsch; Zustand dieser PIN jetzt: %1</translation>
    </message>
    <message>
        <source>the PIN is wrong; state of the PIN now: %1</source>
        <translation>die PIN ist falsch; Zustand der PIN jetzt: %1</translation>
    </message>
    <message>
        <source>make sure of the security officer&apos;s PIN, which is not the user&apos;s, before you start again: it was tried once and not again, and some HSMs erase everything they hold after a few wrong tries</source>
        <translation>sich der PIN des Security Officers (nicht der des Benutzers) vergewissern, bevor Sie neu starten: Sie wurde einmal und kein weiteres Mal versucht, und manche HSMs löschen nach wenigen falschen Versuchen alles, was sie enthalten</translation>
    </message>
    <message>
        <source>make sure of the PIN before you start again; it was tried once and not again</source>
        <translation>sich der PIN vergewissern, bevor Sie neu starten; sie wurde einmal und kein weiteres Mal versucht</translation>
    </message>
    <message>
        <source>the security officer&apos;s PIN is locked</source>
        <translation>die PIN des Security Officers ist gesperrt</translation>
    </message>
    <message>
        <source>the PIN is locked</source>
        <translation>die PIN ist gesperrt</translation>
    </message>
    <message>
        <source>ask the vendor how this HSM is recovered</source>
        <translation>beim Hersteller erfragen, wie dieses HSM wiederhergestellt wird</translation>
    </message>
    <message>
        <source>the security officer of this token can set a new PIN</source>
        <translation>der Security Officer dieses Tokens kann eine neue PIN setzen</translation>
    </message>
    <message>
        <source>no PIN has been set on this token yet</source>
        <translation>auf diesem Token ist noch keine PIN gesetzt</translation>
    </message>
    <message>
        <source>set the user&apos;s PIN with the vendor&apos;s tool first</source>
        <translation>zuerst die PIN des Benutzers mit dem Werkzeug des Herstellers setzen</translation>
    </message>
    <message>
        <source>log in to the token</source>
        <translation>am Token anmelden</translation>
    </message>
    <message>
        <source>log in to the token as security officer</source>
        <translation>am Token als Security Officer anmelden</translation>
    </message>
    <message>
        <source>the PIN of the token</source>
        <translation>die PIN des Tokens</translation>
    </message>
    <message>
        <source>the PIN of the security officer</source>
        <translation>die PIN des Security Officers</translation>
    </message>
    <message>
        <source>entering the PIN at the token&apos;s own pad</source>
        <translation>die PIN am eigenen Tastenfeld des Tokens eingeben</translation>
    </message>
    <message>
        <source>the last try of the PIN</source>
        <translation>der letzte Versuch mit der PIN</translation>
    </message>
</context>
<context>
    <name>Login</name>
    <message>
        <source>login to token &quot;%1&quot;</source>
        <translation>Anmeldung am Token „%1“</translation>
    </message>
    <message>
        <source>the token has no PIN for this role yet</source>
        <translation>das Token hat für diese Rolle noch keine PIN</translation>
    </message>
    <message>
        <source>initialise the token and its PIN with the token&apos;s own tool</source>
        <translation>das Token und seine PIN mit dem eigenen Werkzeug des Tokens initialisieren</translation>
    </message>
    <message>
        <source>the security officer has had one try in this run already; some HSMs erase everything after a few wrong ones</source>
        <translation>der Security Officer hatte in diesem Lauf schon einen Versuch; manche HSMs löschen nach wenigen falschen Versuchen alles</translation>
    </message>
    <message>
        <source>make sure of the PIN, then start the program again</source>
        <translation>sich der PIN vergewissern, dann das Programm neu starten</translation>
    </message>
    <message>
        <source>This is the security officer&apos;s login (SO), not the user&apos;s. Some HSMs erase all keys after a few wrong tries. One try is made; this run will not make another.</source>
        <translation>Dies ist die Anmeldung des Security Officers (SO), nicht die des Benutzers. Manche HSMs löschen nach wenigen falschen Versuchen alle Schlüssel. Es wird ein Versuch unternommen; dieser Lauf unternimmt keinen weiteren.</translation>
    </message>
</context>
<context>
    <name>LostKey</name>
    <message>
        <source>tag %1=%2</source>
        <translation>Tag %1=%2</translation>
    </message>
    <message>
        <source>the key that was asked for carries it; KMS does not list it yet</source>
        <translation>der verlangte Schlüssel trägt ihn; KMS führt ihn noch nicht auf</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>made at %1, as it was asked for; it may be the one</source>
        <translation>angelegt um %1, so wie verlangt; er könnte es sein</translation>
    </message>
</context>
<context>
    <name>MaterialImport</name>
    <message>
        <source>usable until</source>
        <translation>verwendbar bis</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>wrapped key, bytes</source>
        <translation>verpackter Schlüssel, Bytes</translation>
    </message>
    <message>
        <source>wrapped key, SHA-256</source>
        <translation>verpackter Schlüssel, SHA-256</translation>
    </message>
    <message>
        <source>request ID</source>
        <translation>Request-ID</translation>
    </message>
    <message>
        <source>key material ID</source>
        <translation>ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>whether this is the key of the sheet is not known before KMS looks: there is no check value of one method on both sides</source>
        <translation>ob dies der Schlüssel des Blattes ist, weiß man erst, wenn KMS nachsieht: es gibt nicht auf beiden Seiten einen Prüfwert nach derselben Methode</translation>
    </message>
    <message>
        <source>token key &quot;%1&quot;</source>
        <translation>Token-Schlüssel „%1“</translation>
    </message>
    <message>
        <source>its check value is %1, but the material sheet says %2</source>
        <translation>sein Prüfwert ist %1, das Materialblatt sagt aber %2</translation>
    </message>
    <message>
        <source>find the key that was imported at %1: &quot;%2&quot;, ID %3, on the token with the serial number %4, or a copy of it on a backup token</source>
        <translation>den Schlüssel suchen, der um %1 importiert wurde: „%2“, ID %3, auf dem Token mit der Seriennummer %4, oder eine Kopie davon auf einem Backup-Token</translation>
    </message>
    <message>
        <source>check value</source>
        <translation>Prüfwert</translation>
    </message>
    <message>
        <source>%1, as the material sheet of %2 says</source>
        <translation>%1, wie das Materialblatt von %2 sagt</translation>
    </message>
    <message>
        <source>material sheet</source>
        <translation>Materialblatt</translation>
    </message>
    <message>
        <source>the material sheet was not written: %1: %2</source>
        <translation>das Materialblatt wurde nicht geschrieben: %1: %2</translation>
    </message>
    <message>
        <source>keep the result of this import in its place</source>
        <translation>stattdessen das Ergebnis dieses Imports aufbewahren</translation>
    </message>
    <message>
        <source>not written</source>
        <translation>nicht geschrieben</translation>
    </message>
    <message>
        <source>waiting until KMS shows what was imported</source>
        <translation>warten, bis KMS zeigt, was importiert wurde</translation>
    </message>
</context>
<context>
    <name>MaterialSheet</name>
    <message>
        <source>name a material sheet (*.kcmaterial.json) that an import of this program wrote</source>
        <translation>ein Materialblatt (*.kcmaterial.json) nennen, das ein Import dieses Programms geschrieben hat</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is no time</source>
        <translation>sein „%1“ ist keine Zeitangabe</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is not in hexadecimal digits</source>
        <translation>sein „%1“ besteht nicht aus Hexadezimalziffern</translation>
    </message>
    <message>
        <source>its mode is neither production nor rehearsal</source>
        <translation>sein Modus ist weder Produktion noch Probe</translation>
    </message>
    <message>
        <source>the method of its check value is not known</source>
        <translation>die Methode seines Prüfwerts ist nicht bekannt</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is no ARN of a KMS key</source>
        <translation>sein „%1“ ist keine ARN eines KMS-Schlüssels</translation>
    </message>
    <message>
        <source>it is no material sheet of this version (%1)</source>
        <translation>es ist kein Materialblatt dieser Version (%1)</translation>
    </message>
    <message>
        <source>something is missing in it or of another kind: %1</source>
        <translation>etwas fehlt darin oder ist von anderer Art: %1</translation>
    </message>
    <message>
        <source>%1 (files that cannot be read as sheets: %2)</source>
        <translation>%1 (Dateien, die sich nicht als Blätter lesen lassen: %2)</translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>secure memory</source>
        <translation>geschützter Speicher</translation>
    </message>
    <message>
        <source>there is no locked memory left for a secret</source>
        <translation>es ist kein gesperrter Speicher für ein Geheimnis mehr frei</translation>
    </message>
    <message>
        <source>close other sessions of this program, or raise the limit of locked memory (ulimit -l)</source>
        <translation>andere Sitzungen dieses Programms schließen oder die Grenze für gesperrten Speicher anheben (ulimit -l)</translation>
    </message>
</context>
<context>
    <name>MetadataCredentials</name>
    <message>
        <source>the answer is no JSON object</source>
        <translation>die Antwort ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>the answer lacks %1</source>
        <translation>in der Antwort fehlt %1</translation>
    </message>
    <message>
        <source>check the variables AWS_CONTAINER_… and AWS_EC2_METADATA_SERVICE_ENDPOINT, and the role</source>
        <translation>die Variablen AWS_CONTAINER_… und AWS_EC2_METADATA_SERVICE_ENDPOINT prüfen, und die Rolle</translation>
    </message>
    <message>
        <source>container credentials at %1</source>
        <translation>Anmeldedaten des Containers bei %1</translation>
    </message>
    <message>
        <source>%1, &quot;%2&quot;</source>
        <translation>%1, „%2“</translation>
    </message>
    <message>
        <source>plain http is taken only from this machine and the addresses where AWS itself gives credentials</source>
        <translation>einfaches http wird nur von diesem Rechner genommen und von den Adressen, bei denen AWS selbst Anmeldedaten ausgibt</translation>
    </message>
    <message>
        <source>use https, or one of those addresses, or unset the variable</source>
        <translation>https verwenden, oder eine dieser Adressen, oder die Variable löschen</translation>
    </message>
    <message>
        <source>it holds characters that no address can have</source>
        <translation>sie enthält Zeichen, die in keiner Adresse stehen können</translation>
    </message>
    <message>
        <source>correct it, or unset the variable</source>
        <translation>sie berichtigen oder die Variable löschen</translation>
    </message>
    <message>
        <source>the token holds characters that none can have</source>
        <translation>das Token enthält Zeichen, die keines haben kann</translation>
    </message>
    <message>
        <source>it is one line, as the container&apos;s agent gives it</source>
        <translation>es ist eine Zeile, wie der Agent des Containers sie ausgibt</translation>
    </message>
    <message>
        <source>the service answers with status %1</source>
        <translation>der Dienst antwortet mit dem Status %1</translation>
    </message>
    <message>
        <source>check the container&apos;s role and the variables AWS_CONTAINER_…; then %1</source>
        <translation>die Rolle des Containers und die Variablen AWS_CONTAINER_… prüfen; dann %1</translation>
    </message>
    <message>
        <source>instance metadata at %1</source>
        <translation>Metadaten der Instanz bei %1</translation>
    </message>
    <message>
        <source>the answer cannot be read: %1</source>
        <translation>die Antwort ist nicht lesbar: %1</translation>
    </message>
</context>
<context>
    <name>Module</name>
    <message>
        <source>PKCS#11 module %1</source>
        <translation>PKCS#11-Modul %1</translation>
    </message>
    <message>
        <source>it is loaded already, with another initialisation string or environment; a module starts once per process</source>
        <translation>das Modul ist schon geladen, mit einer anderen Initialisierungszeichenkette oder Umgebung; ein Modul startet einmal je Prozess</translation>
    </message>
    <message>
        <source>use the same settings, or a second run of the program</source>
        <translation>dieselben Einstellungen verwenden oder das Programm ein zweites Mal starten</translation>
    </message>
    <message>
        <source>it cannot be loaded as a library</source>
        <translation>das Modul lässt sich nicht als Bibliothek laden</translation>
    </message>
    <message>
        <source>check that the file is the module of this machine&apos;s architecture and that the libraries it needs are installed</source>
        <translation>prüfen, ob die Datei das Modul für die Architektur dieses Rechners ist und ob die benötigten Bibliotheken installiert sind</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>give the full path of the module; the manual of the token names it</source>
        <translation>den vollständigen Pfad des Moduls angeben; das Handbuch des Tokens nennt ihn</translation>
    </message>
    <message>
        <source>this library is no PKCS#11 module: it has no C_GetFunctionList</source>
        <translation>diese Bibliothek ist kein PKCS#11-Modul: C_GetFunctionList fehlt</translation>
    </message>
    <message>
        <source>give the path of the token&apos;s PKCS#11 library; the manual of the token names it</source>
        <translation>den Pfad der PKCS#11-Bibliothek des Tokens angeben; das Handbuch des Tokens nennt ihn</translation>
    </message>
    <message>
        <source>C_Initialize, PKCS#11 module %1</source>
        <translation>C_Initialize, PKCS#11-Modul %1</translation>
    </message>
    <message>
        <source>the module does not accept this initialisation string</source>
        <translation>das Modul nimmt diese Initialisierungszeichenkette nicht an</translation>
    </message>
    <message>
        <source>the module does not start without an initialisation string</source>
        <translation>das Modul startet nicht ohne Initialisierungszeichenkette</translation>
    </message>
    <message>
        <source>leave it out: most modules take none (SoftHSM refuses any); NSS softokn wants configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</source>
        <translation>sie weglassen: die meisten Module nehmen keine (SoftHSM lehnt jede ab); NSS softokn verlangt configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</translation>
    </message>
    <message>
        <source>give the string that the module&apos;s manual names (%1); NSS softokn wants configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</source>
        <translation>die Zeichenkette angeben, die das Handbuch des Moduls nennt (%1); NSS softokn verlangt configdir=&apos;sql:FOLDER&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags=</translation>
    </message>
    <message>
        <source>there is no such library in this system&apos;s library folders, where a name without a slash is looked for</source>
        <translation>in den Bibliotheksordnern dieses Systems, wo ein Name ohne Schrägstrich gesucht wird, gibt es keine solche Bibliothek</translation>
    </message>
    <message>
        <source>it is no regular file</source>
        <translation>das ist keine gewöhnliche Datei</translation>
    </message>
</context>
<context>
    <name>ModuleProfile</name>
    <message>
        <source>module profile %1, line %2, column %3</source>
        <translation>Modulprofil %1, Zeile %2, Spalte %3</translation>
    </message>
    <message>
        <source>a profile has library = &quot;PATH&quot;, where needed init = &quot;...&quot;, and a table [environment] of strings</source>
        <translation>ein Profil enthält library = &quot;PATH&quot;, wenn nötig init = &quot;...&quot;, und eine Tabelle [environment] aus Zeichenketten</translation>
    </message>
    <message>
        <source>it is no valid TOML: %1</source>
        <translation>das Profil ist kein gültiges TOML: %1</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no string</source>
        <translation>&apos;%1&apos; ist keine Zeichenkette</translation>
    </message>
    <message>
        <source>&apos;environment&apos; is no table</source>
        <translation>&apos;environment&apos; ist keine Tabelle</translation>
    </message>
    <message>
        <source>the library is neither an absolute path nor a bare file name: %1</source>
        <translation>die Bibliothek ist weder ein absoluter Pfad noch ein bloßer Dateiname: %1</translation>
    </message>
    <message>
        <source>environment of the module</source>
        <translation>Umgebung des Moduls</translation>
    </message>
    <message>
        <source>a variable is not of the form NAME=VALUE</source>
        <translation>eine Variable hat nicht die Form NAME=VALUE</translation>
    </message>
    <message>
        <source>write it like SOFTHSM2_CONF=/etc/softhsm/ceremony.conf</source>
        <translation>sie in der Form SOFTHSM2_CONF=/etc/softhsm/ceremony.conf schreiben</translation>
    </message>
    <message>
        <source>%1 steers which code is loaded into this program</source>
        <translation>%1 bestimmt, welcher Code in dieses Programm geladen wird</translation>
    </message>
    <message>
        <source>leave LD_* variables out; name the module by its full path</source>
        <translation>LD_*-Variablen weglassen; das Modul mit vollständigem Pfad angeben</translation>
    </message>
    <message>
        <source>the name &apos;%1&apos; is not known</source>
        <translation>der Name &apos;%1&apos; ist nicht bekannt</translation>
    </message>
    <message>
        <source>module profile %1</source>
        <translation>Modulprofil %1</translation>
    </message>
    <message>
        <source>it names no library</source>
        <translation>das Profil nennt keine Bibliothek</translation>
    </message>
</context>
<context>
    <name>NewKeyRules</name>
    <message>
        <source>tag &quot;%1&quot;</source>
        <translation>Tag „%1“</translation>
    </message>
    <message>
        <source>a tag key has 1 to 128 characters, a tag value at most 256</source>
        <translation>der Schlüssel eines Tags hat 1 bis 128 Zeichen, sein Wert höchstens 256</translation>
    </message>
    <message>
        <source>name or shorten it</source>
        <translation>ihn nennen oder kürzen</translation>
    </message>
    <message>
        <source>tag keys that begin with aws: are AWS&apos;s own, those with keyconvoy: this program&apos;s</source>
        <translation>Tags, die mit aws: beginnen, gehören AWS, die mit keyconvoy: diesem Programm</translation>
    </message>
    <message>
        <source>choose another tag key</source>
        <translation>einen anderen Schlüssel für das Tag wählen</translation>
    </message>
    <message>
        <source>new KMS key</source>
        <translation>neuer KMS-Schlüssel</translation>
    </message>
    <message>
        <source>KMS has no %1 key with the usage %2</source>
        <translation>KMS hat keinen Schlüssel der Key Spec %1 mit der Verwendung %2</translation>
    </message>
    <message>
        <source>name another %1, or leave it out</source>
        <translation>bei %1 eine andere Verwendung nennen oder keine</translation>
    </message>
    <message>
        <source>key policy</source>
        <translation>Schlüsselrichtlinie</translation>
    </message>
    <message>
        <source>it has %1 octets, but KMS takes at most %2</source>
        <translation>sie hat %1 Oktette, KMS nimmt aber höchstens %2</translation>
    </message>
    <message>
        <source>shorten it; blanks and line feeds count</source>
        <translation>sie kürzen; Leerzeichen und Zeilenenden zählen mit</translation>
    </message>
    <message>
        <source>it is JSON, but no object</source>
        <translation>sie ist JSON, aber kein Objekt</translation>
    </message>
    <message>
        <source>give a policy document: {&quot;Version&quot;: …, &quot;Statement&quot;: […]}</source>
        <translation>ein Richtliniendokument angeben: {&quot;Version&quot;: …, &quot;Statement&quot;: […]}</translation>
    </message>
    <message>
        <source>it is given twice</source>
        <translation>es ist zweimal angegeben</translation>
    </message>
    <message>
        <source>leave one of them out</source>
        <translation>eines davon weglassen</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>there are %1; KMS takes 50, and one is needed to find the new key by</source>
        <translation>es sind %1; KMS nimmt 50, und eines wird gebraucht, um den neuen Schlüssel daran zu finden</translation>
    </message>
    <message>
        <source>leave some out</source>
        <translation>einige weglassen</translation>
    </message>
    <message>
        <source>alias &quot;%1&quot;</source>
        <translation>Alias „%1“</translation>
    </message>
    <message>
        <source>an alias is alias/ and letters, digits, / _ or - behind it, at most 256 in all</source>
        <translation>ein Alias ist alias/ und dahinter Buchstaben, Ziffern, / _ oder -, insgesamt höchstens 256 Zeichen</translation>
    </message>
    <message>
        <source>give a name such as alias/orders</source>
        <translation>einen Namen wie alias/orders angeben</translation>
    </message>
    <message>
        <source>names that begin with alias/aws/ are AWS&apos;s own</source>
        <translation>Namen, die mit alias/aws/ beginnen, gehören AWS</translation>
    </message>
    <message>
        <source>description of the KMS key</source>
        <translation>Beschreibung des KMS-Schlüssels</translation>
    </message>
    <message>
        <source>it has more than %1 characters</source>
        <translation>sie hat mehr als %1 Zeichen</translation>
    </message>
    <message>
        <source>shorten it</source>
        <translation>sie kürzen</translation>
    </message>
</context>
<context>
    <name>OnTokenWrap</name>
    <message>
        <source>ask GetParametersForImport for another wrapping algorithm or wrapping key spec</source>
        <translation>von GetParametersForImport ein anderes Verpackungsverfahren oder eine andere Key Spec des Verpackungsschlüssels verlangen</translation>
    </message>
    <message>
        <source>the wrapping public key is %1</source>
        <translation>der öffentliche Verpackungsschlüssel ist %1</translation>
    </message>
    <message>
        <source>use the public key of the GetParametersForImport call that asked for this wrapping key spec</source>
        <translation>den öffentlichen Schlüssel aus dem Aufruf von GetParametersForImport verwenden, der diese Key Spec des Verpackungsschlüssels verlangt hat</translation>
    </message>
    <message>
        <source>the recipe is for another algorithm: %1</source>
        <translation>das Rezept gilt für ein anderes Verfahren: %1</translation>
    </message>
    <message>
        <source>qualify this token for exactly this key spec and algorithm</source>
        <translation>die Eignung dieses Tokens für genau diese Key Spec und dieses Verfahren prüfen</translation>
    </message>
    <message>
        <source>the token key &quot;%1&quot; is %2</source>
        <translation>der Token-Schlüssel „%1“ ist %2</translation>
    </message>
    <message>
        <source>name the key spec that this token key fits, or another key</source>
        <translation>die Key Spec angeben, zu der dieser Token-Schlüssel passt, oder einen anderen Schlüssel</translation>
    </message>
    <message>
        <source>the token key &quot;%1&quot; is not extractable (CKA_EXTRACTABLE is false)</source>
        <translation>der Token-Schlüssel „%1“ ist nicht extrahierbar (CKA_EXTRACTABLE ist false)</translation>
    </message>
    <message>
        <source>such a key can never be wrapped, and the attribute can never be set back; generate a new key</source>
        <translation>ein solcher Schlüssel kann nie verpackt werden, und das Attribut lässt sich nie zurücksetzen; einen neuen Schlüssel erzeugen</translation>
    </message>
    <message>
        <source>the wrapped key as the token gave it</source>
        <translation>der verpackte Schlüssel, wie ihn das Token geliefert hat</translation>
    </message>
    <message>
        <source>do not import it; run the qualification of this token again</source>
        <translation>ihn nicht importieren; die Eignungsprüfung dieses Tokens erneut ausführen</translation>
    </message>
    <message>
        <source>its first %1 bytes are no RSA ciphertext: they are not below the modulus</source>
        <translation>die ersten %1 Byte sind kein RSA-Geheimtext: Sie sind nicht kleiner als der Modulus</translation>
    </message>
    <message>
        <source>it has %1 bytes where a key of %2 bytes takes %3</source>
        <translation>der verpackte Schlüssel hat %1 Byte, ein Schlüssel von %2 Byte ergibt aber %3</translation>
    </message>
    <message>
        <source>it was made under another wrapping key than the one given</source>
        <translation>der verpackte Schlüssel entstand unter einem anderen Verpackungsschlüssel als dem angegebenen</translation>
    </message>
    <message>
        <source>wrapping for the key spec %1 by %2 under %3</source>
        <translation>Verpacken für die Key Spec %1 mit %2 unter %3</translation>
    </message>
    <message>
        <source>the wrap is weaker than the key: %1 counts as %2 bits of security, the key spec %3 as %4 (NIST SP 800-57)</source>
        <translation>die Verpackung ist schwächer als der Schlüssel: %1 zählt als %2 Bit Sicherheit, die Key Spec %3 als %4 (NIST SP 800-57)</translation>
    </message>
    <message>
        <source>ask KMS for a wrapping key of the spec RSA_4096, the strongest that it gives</source>
        <translation>KMS um einen Verpackungsschlüssel der Spezifikation RSA_4096 bitten, den stärksten, den es gibt</translation>
    </message>
</context>
<context>
    <name>Operation</name>
    <message>
        <source>%1 may or may not have been carried out; repeating it does no harm</source>
        <translation>%1 wurde vielleicht ausgeführt, vielleicht auch nicht; eine Wiederholung schadet nicht</translation>
    </message>
    <message>
        <source>%1 may or may not have been carried out: look with %2 before it is repeated</source>
        <translation>%1 wurde vielleicht ausgeführt, vielleicht auch nicht: vor einer Wiederholung mit %2 nachsehen</translation>
    </message>
</context>
<context>
    <name>PinField</name>
    <message>
        <source>PIN field</source>
        <translation>PIN-Feld</translation>
    </message>
    <message>
        <source>there is no memory for it</source>
        <translation>dafür ist kein Speicher vorhanden</translation>
    </message>
    <message>
        <source>close other programs</source>
        <translation>andere Programme schließen</translation>
    </message>
</context>
<context>
    <name>Plan</name>
    <message>
        <source>&quot;%1&quot; is no plan of this version</source>
        <translation>„%1“ ist kein Plan dieser Version</translation>
    </message>
    <message>
        <source>give &quot;%1&quot;</source>
        <translation>„%1“ angeben</translation>
    </message>
    <message>
        <source>another officer has this role</source>
        <translation>ein anderer Officer hat diese Rolle</translation>
    </message>
    <message>
        <source>give each officer a role of its own; who may stand in for one is an alternate</source>
        <translation>jedem Officer eine eigene Rolle geben; wer für einen einspringen darf, ist ein Vertreter</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no SHA-256</source>
        <translation>„%1“ ist kein SHA-256</translation>
    </message>
    <message>
        <source>give the 64 digits that openssl x509 -fingerprint -sha256 prints</source>
        <translation>die 64 Ziffern angeben, die openssl x509 -fingerprint -sha256 ausgibt</translation>
    </message>
    <message>
        <source>this certificate stands in the plan twice</source>
        <translation>dieses Zertifikat steht zweimal im Plan</translation>
    </message>
    <message>
        <source>one person and one card count once; name another certificate</source>
        <translation>eine Person und eine Karte zählen einmal; ein anderes Zertifikat nennen</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>es fehlt</translation>
    </message>
    <message>
        <source>say how many officers it takes; 0 for nobody</source>
        <translation>angeben, wie viele Officers nötig sind; 0 für niemanden</translation>
    </message>
    <message>
        <source>it takes %1 officers, and the plan names %2: it can never be met</source>
        <translation>nötig sind %1 Officers, und der Plan nennt %2: das lässt sich nie erfüllen</translation>
    </message>
    <message>
        <source>name more officers, or fewer of them here</source>
        <translation>mehr Officers nennen oder hier weniger verlangen</translation>
    </message>
    <message>
        <source>nobody is asked</source>
        <translation>niemand wird gefragt</translation>
    </message>
    <message>
        <source>for a ceremony with people name at least two</source>
        <translation>für eine Zeremonie mit Menschen mindestens zwei angeben</translation>
    </message>
    <message>
        <source>the keys are made in software, where whoever has the machine has them</source>
        <translation>die Schlüssel entstehen in Software: wer den Rechner hat, hat sie</translation>
    </message>
    <message>
        <source>for keys that are to be kept: token = &quot;hardware&quot;</source>
        <translation>für Schlüssel, die bleiben sollen: token = &quot;hardware&quot;</translation>
    </message>
    <message>
        <source>give the 64 digits of the root certificate&apos;s SHA-256</source>
        <translation>die 64 Ziffern des SHA-256 des Wurzelzertifikats angeben</translation>
    </message>
    <message>
        <source>whoever owns this root can swap the wrapping key; reason given: %1</source>
        <translation>wer diese Wurzel besitzt, kann den Verpackungsschlüssel austauschen; angegebener Grund: %1</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no AWS account</source>
        <translation>„%1“ ist kein AWS-Konto</translation>
    </message>
    <message>
        <source>give its 12 digits in quotation marks</source>
        <translation>seine 12 Ziffern in Anführungszeichen angeben</translation>
    </message>
    <message>
        <source>the account stands in the plan twice</source>
        <translation>das Konto steht zweimal im Plan</translation>
    </message>
    <message>
        <source>put its Regions into one table</source>
        <translation>seine Regionen in eine Tabelle schreiben</translation>
    </message>
    <message>
        <source>it is a role of the account %1</source>
        <translation>es ist eine Rolle des Kontos %1</translation>
    </message>
    <message>
        <source>KMS takes imports from roles of the key&apos;s own account only</source>
        <translation>KMS nimmt Importe nur von Rollen des Kontos an, dem der Schlüssel gehört</translation>
    </message>
    <message>
        <source>%1 keys are more than one ceremony holds</source>
        <translation>%1 Schlüssel sind mehr, als eine Zeremonie fasst</translation>
    </message>
    <message>
        <source>split it; a plan holds up to 200 keys</source>
        <translation>ihn teilen; ein Plan fasst bis zu 200 Schlüssel</translation>
    </message>
    <message>
        <source>another key of the plan has this label</source>
        <translation>ein anderer Schlüssel des Plans hat dieses Label</translation>
    </message>
    <message>
        <source>give each a label of its own: people find the keys by it for years</source>
        <translation>jedem ein eigenes Label geben: Menschen finden die Schlüssel jahrelang daran</translation>
    </message>
    <message>
        <source>the plan has no account %1</source>
        <translation>der Plan hat kein Konto %1</translation>
    </message>
    <message>
        <source>add it as a table [[account]], or correct its number</source>
        <translation>es als Tabelle [[account]] hinzufügen oder seine Nummer berichtigen</translation>
    </message>
    <message>
        <source>the account %1 is not used in %2</source>
        <translation>das Konto %1 wird in %2 nicht benutzt</translation>
    </message>
    <message>
        <source>add the Region to the account&apos;s regions, or name one of them</source>
        <translation>die Region zu den Regionen des Kontos hinzufügen oder eine von ihnen nennen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no ARN of a KMS key</source>
        <translation>„%1“ ist keine ARN eines KMS-Schlüssels</translation>
    </message>
    <message>
        <source>give one like arn:aws:kms:eu-central-1:111122223333:key/&lt;key ID&gt;; a plan names no aliases, which can be pointed elsewhere</source>
        <translation>eine wie arn:aws:kms:eu-central-1:111122223333:key/&lt;Schlüssel-ID&gt; angeben; ein Plan nennt keine Aliasse, die anderswohin zeigen können</translation>
    </message>
    <message>
        <source>it is in %1, account %2, and not in %3, account %4</source>
        <translation>er ist in %1, Konto %2, und nicht in %3, Konto %4</translation>
    </message>
    <message>
        <source>correct the ARN, or account and region of this key</source>
        <translation>die ARN berichtigen, oder Konto und Region dieses Schlüssels</translation>
    </message>
    <message>
        <source>a KMS key is named, and one is to be created</source>
        <translation>ein KMS-Schlüssel ist genannt, und einer soll angelegt werden</translation>
    </message>
    <message>
        <source>neither a KMS key is named, nor one to be created</source>
        <translation>weder ist ein KMS-Schlüssel genannt, noch soll einer angelegt werden</translation>
    </message>
    <message>
        <source>give one of kms_key and [key.create]</source>
        <translation>eines von kms_key und [key.create] angeben</translation>
    </message>
    <message>
        <source>this kind of key is about a KMS key that exists</source>
        <translation>bei dieser Art geht es um einen KMS-Schlüssel, den es gibt</translation>
    </message>
    <message>
        <source>give kms_key, or kind = &quot;new&quot;</source>
        <translation>kms_key angeben, oder kind = &quot;new&quot;</translation>
    </message>
    <message>
        <source>only keys of the spec SYMMETRIC_DEFAULT can be rotated</source>
        <translation>nur Schlüssel der Spezifikation SYMMETRIC_DEFAULT können rotiert werden</translation>
    </message>
    <message>
        <source>plan a new KMS key, and point the alias there afterwards</source>
        <translation>einen neuen KMS-Schlüssel planen und den Alias danach dorthin zeigen lassen</translation>
    </message>
    <message>
        <source>only a multi-Region key has replicas</source>
        <translation>nur ein Multi-Region-Schlüssel hat Replikate</translation>
    </message>
    <message>
        <source>add multi_region = true; it can never be changed afterwards</source>
        <translation>multi_region = true hinzufügen; das lässt sich später nie ändern</translation>
    </message>
    <message>
        <source>%1 has a key of this set already</source>
        <translation>%1 hat schon einen Schlüssel dieser Gruppe</translation>
    </message>
    <message>
        <source>name each other Region once</source>
        <translation>jede andere Region einmal nennen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no wrapping algorithm of KMS</source>
        <translation>„%1“ ist kein Verpackungsverfahren von KMS</translation>
    </message>
    <message>
        <source>give &quot;strongest&quot;, or one of RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1, RSA_AES_KEY_WRAP_SHA_256, RSA_AES_KEY_WRAP_SHA_1</source>
        <translation>&quot;strongest&quot; angeben, oder eines von RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1, RSA_AES_KEY_WRAP_SHA_256, RSA_AES_KEY_WRAP_SHA_1</translation>
    </message>
    <message>
        <source>were the day to slip by two weeks, the material would have ended</source>
        <translation>verschöbe sich der Tag um zwei Wochen, wäre das Material schon abgelaufen</translation>
    </message>
    <message>
        <source>choose a later end, or a period that counts from the import</source>
        <translation>ein späteres Ende wählen, oder eine Zeitspanne, die ab dem Import zählt</translation>
    </message>
    <message>
        <source>were the ceremony held two weeks earlier, this would be more than the 365 days less an hour that KMS takes</source>
        <translation>fände die Zeremonie zwei Wochen früher statt, wären das mehr als die 365 Tage weniger eine Stunde, die KMS annimmt</translation>
    </message>
    <message>
        <source>KMS takes one for SYMMETRIC_DEFAULT keys only</source>
        <translation>KMS nimmt eine nur für Schlüssel der Spezifikation SYMMETRIC_DEFAULT</translation>
    </message>
    <message>
        <source>leave it out; describe the KMS key instead</source>
        <translation>sie weglassen; stattdessen den KMS-Schlüssel beschreiben</translation>
    </message>
    <message>
        <source>it is for material that is restored</source>
        <translation>es ist für Material, das wiederhergestellt wird</translation>
    </message>
    <message>
        <source>leave it out, or give kind = &quot;restore&quot;</source>
        <translation>es weglassen, oder kind = &quot;restore&quot; angeben</translation>
    </message>
    <message>
        <source>the plan does not say where a second copy of this material is</source>
        <translation>der Plan sagt nicht, wo eine zweite Kopie dieses Materials ist</translation>
    </message>
    <message>
        <source>say it in [key.backup]</source>
        <translation>es in [key.backup] sagen</translation>
    </message>
    <message>
        <source>without a verified backup the material could never be imported again</source>
        <translation>ohne geprüfte Sicherung könnte das Material nie wieder importiert werden</translation>
    </message>
    <message>
        <source>plan a backup, retain the token key, or give the reason in accept_loss</source>
        <translation>eine Sicherung planen, den Schlüssel auf dem Token behalten oder den Grund in accept_loss angeben</translation>
    </message>
    <message>
        <source>there will be no second copy of this material; reason given: %1</source>
        <translation>es wird keine zweite Kopie dieses Materials geben; angegebener Grund: %1</translation>
    </message>
    <message>
        <source>if the token is lost, the KMS key is lost with the material&apos;s end</source>
        <translation>geht das Token verloren, ist der KMS-Schlüssel mit dem Ablauf des Materials verloren</translation>
    </message>
    <message>
        <source>it must say exactly one thing</source>
        <translation>es muss genau eines sagen</translation>
    </message>
    <message>
        <source>give token_serial = &quot;...&quot;, external = true, or none = &quot;the reason&quot;</source>
        <translation>token_serial = &quot;...&quot;, external = true oder none = &quot;der Grund&quot; angeben</translation>
    </message>
</context>
<context>
    <name>Profile</name>
    <message>
        <source>AWS profile &quot;%1&quot;</source>
        <translation>AWS-Profil „%1“</translation>
    </message>
    <message>
        <source>neither %1 nor %2 has this profile</source>
        <translation>weder %1 noch %2 enthält dieses Profil</translation>
    </message>
    <message>
        <source>check AWS_PROFILE; aws configure list-profiles prints the profiles there are</source>
        <translation>AWS_PROFILE prüfen; aws configure list-profiles gibt die vorhandenen Profile aus</translation>
    </message>
    <message>
        <source>check %1; aws configure list-profiles prints those there are</source>
        <translation>%1 prüfen; aws configure list-profiles gibt die vorhandenen aus</translation>
    </message>
</context>
<context>
    <name>PublicKey</name>
    <message>
        <source>public key</source>
        <translation>öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>its bytes are no DER SubjectPublicKeyInfo</source>
        <translation>seine Bytes sind kein DER-kodiertes SubjectPublicKeyInfo</translation>
    </message>
    <message>
        <source>find out where it came from before you use this key</source>
        <translation>herausfinden, woher dieser Schlüssel stammt, bevor Sie ihn verwenden</translation>
    </message>
    <message>
        <source>public key on token &quot;%1&quot;</source>
        <translation>öffentlicher Schlüssel auf dem Token „%1“</translation>
    </message>
    <message>
        <source>the token does not report the parts of this public key, or its type is not handled</source>
        <translation>das Token meldet die Bestandteile dieses öffentlichen Schlüssels nicht, oder seine Art wird nicht unterstützt</translation>
    </message>
    <message>
        <source>check the object with the token&apos;s own tool</source>
        <translation>das Objekt mit dem eigenen Werkzeug des Tokens prüfen</translation>
    </message>
    <message>
        <source>this is no DER SubjectPublicKeyInfo of an RSA, EC or Ed25519 key</source>
        <translation>dies ist kein DER-kodiertes SubjectPublicKeyInfo eines RSA-, EC- oder Ed25519-Schlüssels</translation>
    </message>
    <message>
        <source>check the file that it came from</source>
        <translation>die Datei prüfen, aus der es stammt</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy %1</source>
        <translation>%1 kopieren</translation>
    </message>
</context>
<context>
    <name>Qualification</name>
    <message>
        <source>the blob has %1 bytes where RSAES-OAEP under this key gives exactly %2</source>
        <translation>der Blob hat %1 Byte, RSAES-OAEP ergibt unter diesem Schlüssel aber genau %2</translation>
    </message>
    <message>
        <source>the blob has %1 bytes: not %2 bytes of RSA part and a multiple of 8 behind them</source>
        <translation>der Blob hat %1 Byte: nicht %2 Byte RSA-Teil und dahinter ein Vielfaches von 8</translation>
    </message>
    <message>
        <source>the blob is a %1 envelope although %2 was asked</source>
        <translation>der Blob ist ein Umschlag mit %1, obwohl %2 verlangt war</translation>
    </message>
    <message>
        <source>the blob is OAEP with %1, but its mask (MGF1) uses %2</source>
        <translation>der Blob ist OAEP mit %1, seine Maske (MGF1) verwendet aber %2</translation>
    </message>
    <message>
        <source>the RSA part holds %1 bytes, not the 32 of an AES-256 key</source>
        <translation>der RSA-Teil enthält %1 Byte, nicht die 32 eines AES-256-Schlüssels</translation>
    </message>
    <message>
        <source>the key is wrapped by RFC 3394 (with padding of the token&apos;s own), not by RFC 5649 as KMS wants it</source>
        <translation>der Schlüssel ist nach RFC 3394 verpackt (mit eigener Auffüllung des Tokens), nicht nach RFC 5649, wie KMS es verlangt</translation>
    </message>
    <message>
        <source>the RSA part opens, but what follows is no RFC 5649 key wrap under the AES key in it</source>
        <translation>der RSA-Teil lässt sich öffnen, aber was folgt, ist kein nach RFC 5649 unter dem enthaltenen AES-Schlüssel verpackter Schlüssel</translation>
    </message>
    <message>
        <source>the two parts of the blob are swapped: the RSA part comes last</source>
        <translation>die beiden Teile des Blobs sind vertauscht: Der RSA-Teil steht am Ende</translation>
    </message>
    <message>
        <source>the RSA part of the blob does not open, neither with SHA-256 nor with SHA-1</source>
        <translation>der RSA-Teil des Blobs lässt sich nicht öffnen, weder mit SHA-256 noch mit SHA-1</translation>
    </message>
    <message>
        <source>this token can wrap %1 keys by %2 under %3, with %4: %5</source>
        <translation>dieses Token kann %1-Schlüssel mit %2 unter %3 verpacken, und zwar durch %4: %5</translation>
    </message>
    <message>
        <source>nothing can be shown about %1 keys on this token: %2; use another token</source>
        <translation>über %1-Schlüssel lässt sich auf diesem Token nichts zeigen: %2; ein anderes Token verwenden</translation>
    </message>
    <message>
        <source>%1 bytes follow the PKCS#8 inside the blob</source>
        <translation>auf das PKCS#8 im Blob folgen %1 Byte</translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob is for another algorithm (%1)</source>
        <translation>das PKCS#8 im Blob gilt für einen anderen Algorithmus (%1)</translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob does not name its curve; KMS refuses explicit parameters</source>
        <translation>das PKCS#8 im Blob nennt seine Kurve nicht; KMS lehnt explizite Parameter ab</translation>
    </message>
    <message>
        <source>the PKCS#8 inside the blob names another curve</source>
        <translation>das PKCS#8 im Blob nennt eine andere Kurve</translation>
    </message>
    <message>
        <source>the private key inside the blob does not belong to the throw-away key&apos;s public key</source>
        <translation>der private Schlüssel im Blob gehört nicht zum öffentlichen Schlüssel des Wegwerfschlüssels</translation>
    </message>
    <message>
        <source>the private key inside the blob is not consistent (EVP_PKEY_check)</source>
        <translation>der private Schlüssel im Blob ist in sich nicht stimmig (EVP_PKEY_check)</translation>
    </message>
    <message>
        <source>what is inside the blob is no PKCS#8 private key</source>
        <translation>was der Blob enthält, ist kein privater Schlüssel in PKCS#8</translation>
    </message>
    <message>
        <source>the private key in the PKCS#8 inside the blob cannot be decoded</source>
        <translation>der private Schlüssel im PKCS#8 im Blob lässt sich nicht dekodieren</translation>
    </message>
    <message>
        <source>the RSA key inside the blob has %1 bits</source>
        <translation>der RSA-Schlüssel im Blob hat %1 Bit</translation>
    </message>
    <message>
        <source>a secret of %1 bytes came back as %2, with zero bytes behind it: the token pads the key before it wraps it, so the length that RFC 5649 carries is wrong</source>
        <translation>ein Geheimnis von %1 Byte kam als %2 Byte zurück, mit Nullbytes dahinter: Das Token füllt den Schlüssel vor dem Verpacken auf, daher ist die Länge, die RFC 5649 mitführt, falsch</translation>
    </message>
    <message>
        <source>a secret of %1 bytes came back as %2</source>
        <translation>ein Geheimnis von %1 Byte kam als %2 Byte zurück</translation>
    </message>
    <message>
        <source>the wrapping key made here</source>
        <translation>der hier erzeugte Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>the key inside the blob has %1 bytes; %2 to %3 are plausible</source>
        <translation>der Schlüssel im Blob hat %1 Byte; plausibel sind %2 bis %3</translation>
    </message>
    <message>
        <source>%1; its length is no multiple of 8, so that the padding was really tried, and %2</source>
        <translation>%1; seine Länge ist kein Vielfaches von 8, sodass die Auffüllung wirklich erprobt wurde, und %2</translation>
    </message>
    <message>
        <source>the PKCS#8 of %1 throw-away keys all had a length that is a multiple of 8, so the padding could not be tried</source>
        <translation>das PKCS#8 von %1 Wegwerfschlüsseln hatte jedes Mal eine Länge, die ein Vielfaches von 8 ist, daher konnte die Auffüllung nicht erprobt werden</translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly one PKCS#8 of %2 bytes, the private half of its public key</source>
        <translation>ein Wegwerfschlüssel (%1) kam als genau ein PKCS#8 von %2 Byte zurück, die private Hälfte zu seinem öffentlichen Schlüssel</translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes with the same check value (%3)</source>
        <translation>ein Wegwerfschlüssel (%1) kam als genau %2 Byte mit demselben Prüfwert (%3) zurück</translation>
    </message>
    <message>
        <source>the key inside the blob is not the throw-away key: its check value differs (%1)</source>
        <translation>der Schlüssel im Blob ist nicht der Wegwerfschlüssel: Sein Prüfwert ist ein anderer (%1)</translation>
    </message>
    <message>
        <source>the token gives no check value of the throw-away key to compare with: %1</source>
        <translation>das Token gibt zum Wegwerfschlüssel keinen Prüfwert zum Vergleichen: %1</translation>
    </message>
    <message>
        <source>the key inside the blob is not the throw-away key: its HMAC-SHA-256 differs</source>
        <translation>der Schlüssel im Blob ist nicht der Wegwerfschlüssel: Sein HMAC-SHA-256 ist ein anderer</translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes</source>
        <translation>ein Wegwerfschlüssel (%1) kam als genau %2 Byte zurück</translation>
    </message>
    <message>
        <source>a throw-away key (%1) came back as exactly %2 bytes with the same HMAC-SHA-256</source>
        <translation>ein Wegwerfschlüssel (%1) kam als genau %2 Byte mit demselben HMAC-SHA-256 zurück</translation>
    </message>
    <message>
        <source>the token cannot generate a throw-away key (%1): %2</source>
        <translation>das Token kann keinen Wegwerfschlüssel (%1) erzeugen: %2</translation>
    </message>
    <message>
        <source>the token refused to wrap a throw-away key (%1): %2</source>
        <translation>das Token hat es abgelehnt, einen Wegwerfschlüssel (%1) zu verpacken: %2</translation>
    </message>
    <message>
        <source>the throw-away key (%1) could not be compared: %2</source>
        <translation>der Wegwerfschlüssel (%1) konnte nicht verglichen werden: %2</translation>
    </message>
    <message>
        <source>qualifying %1 by %2 under %3</source>
        <translation>Eignungsprüfung für %1 mit %2 unter %3</translation>
    </message>
    <message>
        <source>ask for a combination that KMS takes</source>
        <translation>eine Kombination verlangen, die KMS annimmt</translation>
    </message>
    <message>
        <source>this token cannot wrap %1 keys by %2: %3</source>
        <translation>dieses Token kann %1-Schlüssel nicht mit %2 verpacken: %3</translation>
    </message>
    <message>
        <source>zero bytes (%1) follow the PKCS#8 inside the blob: the token pads the key before it wraps it, so the length that RFC 5649 carries is wrong</source>
        <translation>auf das PKCS#8 im Blob folgen Nullbytes (%1): Das Token füllt den Schlüssel vor dem Verpacken auf, daher ist die Länge, die RFC 5649 mitführt, falsch</translation>
    </message>
    <message>
        <source>1 byte follows the PKCS#8 inside the blob</source>
        <translation>auf das PKCS#8 im Blob folgt 1 Byte</translation>
    </message>
</context>
<context>
    <name>QualificationFile</name>
    <message>
        <source>%1 is missing</source>
        <translation>%1 fehlt</translation>
    </message>
    <message>
        <source>%1 is no text</source>
        <translation>%1 ist kein Text</translation>
    </message>
    <message>
        <source>%1 is neither true nor false</source>
        <translation>%1 ist weder true noch false</translation>
    </message>
    <message>
        <source>%1 is no time in RFC 3339</source>
        <translation>%1 ist keine Zeitangabe nach RFC 3339</translation>
    </message>
    <message>
        <source>%1 is not hexadecimal</source>
        <translation>%1 ist nicht hexadezimal</translation>
    </message>
    <message>
        <source>%1 has a value that is not known here</source>
        <translation>%1 hat einen Wert, der hier nicht bekannt ist</translation>
    </message>
    <message>
        <source>%1 is no list</source>
        <translation>%1 ist keine Liste</translation>
    </message>
    <message>
        <source>chosen is not the first attempt that qualified</source>
        <translation>in chosen steht nicht der erste Versuch, der sich als geeignet erwies</translation>
    </message>
    <message>
        <source>combination is one that KMS refuses</source>
        <translation>in combination steht eine Kombination, die KMS ablehnt</translation>
    </message>
    <message>
        <source>chosen does not fit the wrapping algorithm</source>
        <translation>der Wert in chosen passt nicht zum Verpackungsverfahren</translation>
    </message>
    <message>
        <source>schema is not %1</source>
        <translation>der Wert in schema ist nicht %1</translation>
    </message>
    <message>
        <source>delete this qualification and run it again (%1)</source>
        <translation>diese Eignungsprüfung löschen und erneut ausführen (%1)</translation>
    </message>
    <message>
        <source>%1 does not read as %2</source>
        <translation>%1 liest sich nicht wie %2</translation>
    </message>
</context>
<context>
    <name>QualificationSection</name>
    <message>
        <source>can this token wrap it</source>
        <translation>kann dieses Token ihn verpacken</translation>
    </message>
    <message>
        <source>not tried yet</source>
        <translation>noch nicht erprobt</translation>
    </message>
    <message>
        <source>throw-away keys</source>
        <translation>Wegwerfschlüssel</translation>
    </message>
    <message>
        <source>KMS would not take it</source>
        <translation>KMS würde es nicht annehmen</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>one</source>
        <translation>eines</translation>
    </message>
    <message>
        <source>tells here what is known of it</source>
        <translation>sagt hier, was darüber bekannt ist</translation>
    </message>
    <message>
        <source>several</source>
        <translation>mehrere</translation>
    </message>
    <message>
        <source>with Ctrl or Shift, or a row by its name: to try them together</source>
        <translation>mit Strg oder Umschalt, oder eine Zeile über ihren Namen: um sie zusammen zu erproben</translation>
    </message>
</context>
<context>
    <name>Qualifier</name>
    <message>
        <source>trying %1 with throw-away keys</source>
        <translation>%1 wird mit Wegwerfschlüsseln erprobt</translation>
    </message>
    <message>
        <source>the result for %1 could not be kept: %2</source>
        <translation>das Ergebnis für %1 konnte nicht aufbewahrt werden: %2</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>for %1</source>
        <translation>für %1</translation>
    </message>
    <message>
        <source>What this token can wrap is found out by trying: it generates these throw-away keys, wraps them under a key of this program, which opens them, and destroys them again. No key that is kept takes part. They appear in the HSM&apos;s audit log; their IDs and times are in the result. Go on?</source>
        <translation>Was dieses Token verpacken kann, wird durch Ausprobieren festgestellt: Es erzeugt diese Wegwerfschlüssel, verpackt sie unter einem Schlüssel dieses Programms, das sie öffnet, und vernichtet sie wieder. Kein Schlüssel, der behalten wird, ist beteiligt. Sie erscheinen im Audit-Log des HSM; ihre IDs und Zeiten stehen im Ergebnis. Fortfahren?</translation>
    </message>
    <message>
        <source>can this token wrap it</source>
        <translation>kann dieses Token ihn verpacken</translation>
    </message>
    <message>
        <source>reason</source>
        <translation>Begründung</translation>
    </message>
    <message>
        <source>wrapped with</source>
        <translation>verpackt mit</translation>
    </message>
    <message>
        <source>tried on</source>
        <translation>erprobt am</translation>
    </message>
    <message>
        <source>throw-away key</source>
        <translation>Wegwerfschlüssel</translation>
    </message>
    <message>
        <source>%1, ID %2, destroyed again at %3</source>
        <translation>%1, ID %2, wieder vernichtet um %3</translation>
    </message>
    <message>
        <source>making throw-away keys on the token</source>
        <translation>Wegwerfschlüssel auf dem Token erzeugen</translation>
    </message>
    <message>
        <source>use %1, which this token was shown to do; or use another token</source>
        <translation>%1 verwenden, was dieses Token nachweislich kann; oder ein anderes Token verwenden</translation>
    </message>
    <message>
        <source>use another token: this one was shown to do no algorithm that KMS takes for %1</source>
        <translation>ein anderes Token verwenden: Dieses kann nachweislich keinen Algorithmus, den KMS für %1 annimmt</translation>
    </message>
    <message>
        <source>made at %1 with the ID %2, destroyed at %3</source>
        <translation>erzeugt um %1 mit der ID %2, vernichtet um %3</translation>
    </message>
    <message>
        <source>made at %1 with the ID %2, not seen to be destroyed; as a session object it is gone with the session</source>
        <translation>erzeugt um %1 mit der ID %2, die Vernichtung wurde nicht beobachtet; als Sitzungsobjekt verschwindet er mit der Sitzung</translation>
    </message>
    <message>
        <source>throw-away key (%1)</source>
        <translation>Wegwerfschlüssel (%1)</translation>
    </message>
    <message>
        <source>%1, on the token by %2</source>
        <translation>%1, auf dem Token durch %2</translation>
    </message>
    <message>
        <source>%1 or %2</source>
        <translation>%1 oder %2</translation>
    </message>
    <message>
        <source>%1, serial %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>use %1, which this token was shown to do, with %2; or use another token</source>
        <translation>%1 verwenden, was dieses Token nachweislich kann, und dazu %2; oder ein anderes Token verwenden</translation>
    </message>
    <message>
        <source>use another token; or find out whether this one can do %1: %2</source>
        <translation>ein anderes Token verwenden; oder feststellen, ob dieses %1 kann: %2</translation>
    </message>
    <message>
        <source>%1; an import tries and takes that with %2 only</source>
        <translation>%1; ein Import erprobt und nimmt dies nur mit %2</translation>
    </message>
    <message>
        <source>%1 by %2 under %3</source>
        <translation>%1 mit %2 unter %3</translation>
    </message>
    <message>
        <source>asked for at %1 with the ID %2, but the token answered with an error; if it was made all the same, it was a session object and is gone with the session</source>
        <translation>angefordert um %1 mit der ID %2, aber das Token antwortete mit einem Fehler; falls er doch erzeugt wurde, war er ein Sitzungsobjekt und ist mit der Sitzung verschwunden</translation>
    </message>
</context>
<context>
    <name>QualifyJob</name>
    <message>
        <source>look for results that still hold</source>
        <translation>nach Ergebnissen suchen, die noch gelten</translation>
    </message>
    <message>
        <source>name the throw-away keys</source>
        <translation>die Wegwerfschlüssel nennen</translation>
    </message>
    <message>
        <source>qualify %1</source>
        <translation>Eignung für %1 prüfen</translation>
    </message>
    <message>
        <source>note the token&apos;s state</source>
        <translation>den Zustand des Tokens festhalten</translation>
    </message>
    <message>
        <source>still holding</source>
        <translation>noch gültig</translation>
    </message>
    <message>
        <source>qualified</source>
        <translation>geeignet</translation>
    </message>
    <message>
        <source>reason</source>
        <translation>Begründung</translation>
    </message>
    <message>
        <source>combinations</source>
        <translation>Kombinationen</translation>
    </message>
    <message>
        <source>none was named</source>
        <translation>es wurde keine angegeben</translation>
    </message>
    <message>
        <source>name a key spec and a wrapping algorithm to try</source>
        <translation>eine Key Spec und ein Verpackungsverfahren zum Erproben angeben</translation>
    </message>
    <message>
        <source>combination %1</source>
        <translation>Kombination %1</translation>
    </message>
    <message>
        <source>leave it out: KMS takes no such blob, whatever the token can do</source>
        <translation>sie weglassen: KMS nimmt einen solchen Blob nicht an, was immer das Token kann</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>ReadBack</name>
    <message>
        <source>the token does not report %1</source>
        <translation>das Token meldet %1 nicht</translation>
    </message>
    <message>
        <source>the token set %1 to %2 by itself, which is known of it</source>
        <translation>das Token hat %1 von sich aus auf %2 gesetzt; das ist von ihm bekannt</translation>
    </message>
    <message>
        <source>attributes of the new key on token &quot;%1&quot;</source>
        <translation>Attribute des neuen Schlüssels auf dem Token „%1“</translation>
    </message>
    <message>
        <source>the token did not make what was asked for: %1</source>
        <translation>das Token hat nicht erzeugt, was verlangt war: %1</translation>
    </message>
    <message>
        <source>the key was removed again; the token may have a policy of its own: ask who administers it</source>
        <translation>der Schlüssel wurde wieder entfernt; möglicherweise hat das Token eine eigene Richtlinie: seinen Verwalter fragen</translation>
    </message>
</context>
<context>
    <name>RecordChain</name>
    <message>
        <source>its mode is neither production nor rehearsal</source>
        <translation>ihr Modus ist weder Produktion noch Probe</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is no time</source>
        <translation>ihr „%1“ ist keine Zeit</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is no whole number</source>
        <translation>ihr „%1“ ist keine ganze Zahl</translation>
    </message>
    <message>
        <source>it does not have exactly the members of a record&apos;s line</source>
        <translation>sie hat nicht genau die Felder einer Zeile der Aufzeichnung</translation>
    </message>
    <message>
        <source>its &quot;%1&quot; is no SHA-256</source>
        <translation>ihr „%1“ ist kein SHA-256</translation>
    </message>
    <message>
        <source>it is not whole: its line feed is missing</source>
        <translation>sie ist nicht vollständig: ihr Zeilenende fehlt</translation>
    </message>
    <message>
        <source>record</source>
        <translation>Aufzeichnung</translation>
    </message>
    <message>
        <source>a member is missing or of another kind</source>
        <translation>ein Feld fehlt oder ist von anderer Art</translation>
    </message>
    <message>
        <source>it calls itself line %1</source>
        <translation>sie nennt sich Zeile %1</translation>
    </message>
    <message>
        <source>it is no first line: it follows another one</source>
        <translation>sie ist keine erste Zeile: sie folgt auf eine andere</translation>
    </message>
    <message>
        <source>it follows another line than the one before it, which was changed, or between which something was added or taken away</source>
        <translation>sie folgt auf eine andere Zeile als die vor ihr: diese wurde geändert, oder dazwischen wurde etwas eingefügt oder entfernt</translation>
    </message>
    <message>
        <source>mode or station is another than in the lines before</source>
        <translation>Modus oder Arbeitsplatz ist ein anderer als in den Zeilen davor</translation>
    </message>
    <message>
        <source>record, line %1</source>
        <translation>Aufzeichnung, Zeile %1</translation>
    </message>
    <message>
        <source>what stands before this line still counts; find out who had the file since, and compare with signed heads and with paper</source>
        <translation>was vor dieser Zeile steht, gilt weiter; herausfinden, wer die Datei seither hatte, und mit unterschriebenen Ständen und Papier vergleichen</translation>
    </message>
</context>
<context>
    <name>RegionalImport</name>
    <message>
        <source>get wrapping key and import token in %1</source>
        <translation>Verpackungsschlüssel und Import-Token in %1 abrufen</translation>
    </message>
    <message>
        <source>wrap the key on the token for %1</source>
        <translation>den Schlüssel auf dem Token für %1 verpacken</translation>
    </message>
    <message>
        <source>import the wrapped key in %1</source>
        <translation>den verpackten Schlüssel in %1 importieren</translation>
    </message>
    <message>
        <source>check that KMS holds the same key in %1</source>
        <translation>prüfen, ob KMS in %1 denselben Schlüssel hat</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>find out who else imports into this key; CloudTrail names the calls</source>
        <translation>herausfinden, wer noch in diesen Schlüssel importiert; CloudTrail nennt die Aufrufe</translation>
    </message>
    <message>
        <source>the material %1 was sent, but the import was answered with %2</source>
        <translation>das Material %1 wurde gesendet, der Import aber mit %2 beantwortet</translation>
    </message>
    <message>
        <source>waiting until KMS holds the material in %1</source>
        <translation>es wird gewartet, bis KMS das Material in %1 enthält</translation>
    </message>
    <message>
        <source>its material does not expire when asked for, but at: %1</source>
        <translation>sein Material läuft anders ab als verlangt, nämlich: %1</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>the token&apos;s key was accepted in %1 as the material %2, which the primary key was given before</source>
        <translation>der Schlüssel des Tokens wurde in %1 als das Material %2 angenommen, das der Primärschlüssel schon vorher erhalten hat</translation>
    </message>
    <message>
        <source>waiting until the KMS key is enabled</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel aktiviert ist</translation>
    </message>
    <message>
        <source>waiting until the KMS key can be used</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel benutzt werden kann</translation>
    </message>
    <message>
        <source>write the material sheet for %1</source>
        <translation>das Materialblatt für %1 schreiben</translation>
    </message>
</context>
<context>
    <name>RegionalKey</name>
    <message>
        <source>waiting until the KMS key in %1 is ready</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel in %1 bereit ist</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>materials</source>
        <translation>Materialien</translation>
    </message>
    <message>
        <source>%1, of which it holds %2</source>
        <translation>%1, davon enthält er %2</translation>
    </message>
    <message>
        <source>waiting until the KMS key in %1 lists the material</source>
        <translation>es wird gewartet, bis der KMS-Schlüssel in %1 das Material aufführt</translation>
    </message>
</context>
<context>
    <name>Rehearsal</name>
    <message>
        <source>start the KMS simulator and make fresh tokens</source>
        <translation>den KMS-Simulator starten und frische Tokens anlegen</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1 auf %2</translation>
    </message>
    <message>
        <source>%1 on %2, which must be refused</source>
        <translation>%1 auf %2; dies muss abgelehnt werden</translation>
    </message>
    <message>
        <source>write the result</source>
        <translation>das Ergebnis schreiben</translation>
    </message>
    <message>
        <source>address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>left out: %1</source>
        <translation>ausgelassen: %1</translation>
    </message>
    <message>
        <source>result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>no software token is installed on this machine</source>
        <translation>auf diesem Rechner ist kein Software-Token installiert</translation>
    </message>
    <message>
        <source>install one of them (Debian: apt-get install softhsm2 libnss3 libnss3-tools)</source>
        <translation>eines davon installieren (Debian: apt-get install softhsm2 libnss3 libnss3-tools)</translation>
    </message>
    <message>
        <source>the rehearsal</source>
        <translation>die Probe</translation>
    </message>
    <message>
        <source>all of it is kept in %1 until it ends</source>
        <translation>alles davon liegt bis zu ihrem Ende in %1</translation>
    </message>
</context>
<context>
    <name>ReplicateJob</name>
    <message>
        <source>look at the primary key</source>
        <translation>den Primärschlüssel ansehen</translation>
    </message>
    <message>
        <source>work out which Region lacks what</source>
        <translation>ermitteln, welcher Region was fehlt</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>look at %1</source>
        <translation>%1 ansehen</translation>
    </message>
    <message>
        <source>its origin is %1; the material of such a key AWS itself replicates</source>
        <translation>sein Ursprung (origin) ist %1; das Material eines solchen Schlüssels repliziert AWS selbst</translation>
    </message>
    <message>
        <source>name a key of origin EXTERNAL</source>
        <translation>einen Schlüssel mit dem Ursprung EXTERNAL nennen</translation>
    </message>
    <message>
        <source>it is a single-Region key, which no key ever ceases to be</source>
        <translation>er ist ein Schlüssel für eine einzige Region, und das bleibt er immer</translation>
    </message>
    <message>
        <source>create a multi-Region key (%1) and import into it</source>
        <translation>einen Schlüssel für mehrere Regionen anlegen (%1) und dorthin importieren</translation>
    </message>
    <message>
        <source>it is a replica; its primary key is %1</source>
        <translation>er ist ein Replikat; sein Primärschlüssel ist %1</translation>
    </message>
    <message>
        <source>name the primary key, with %1</source>
        <translation>den Primärschlüssel nennen, mit %1</translation>
    </message>
    <message>
        <source>Region %1</source>
        <translation>Region %1</translation>
    </message>
    <message>
        <source>it is the Region of the primary key</source>
        <translation>es ist die Region des Primärschlüssels</translation>
    </message>
    <message>
        <source>name other Regions for replicas</source>
        <translation>andere Regionen für Replikate nennen</translation>
    </message>
    <message>
        <source>it has no replicas, and no Region is named for one</source>
        <translation>er hat keine Replikate, und es ist keine Region für eines genannt</translation>
    </message>
    <message>
        <source>name Regions with %1</source>
        <translation>Regionen mit %1 nennen</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>to be made</source>
        <translation>wird angelegt</translation>
    </message>
    <message>
        <source>%1 materials are lacking, so one token key cannot be all of them</source>
        <translation>%1 Materialien fehlen, ein einziger Token-Schlüssel kann also nicht alle davon sein</translation>
    </message>
    <message>
        <source>leave %1 out: each is found by its material sheet</source>
        <translation>%1 weglassen: jedes wird anhand seines Materialblattes gefunden</translation>
    </message>
    <message>
        <source>materials that a Region lacks</source>
        <translation>Materialien, die einer Region fehlen</translation>
    </message>
    <message>
        <source>this machine has no material sheet of the material %1</source>
        <translation>dieser Rechner hat kein Materialblatt des Materials %1</translation>
    </message>
    <message>
        <source>this machine has no material sheet of it</source>
        <translation>dieser Rechner hat kein Materialblatt davon</translation>
    </message>
    <message>
        <source>give the sheet that the import wrote with %1, or the token key with %2</source>
        <translation>das Blatt, das der Import geschrieben hat, mit %1 angeben oder den Token-Schlüssel mit %2</translation>
    </message>
    <message>
        <source>find the material %1 on the token</source>
        <translation>das Material %1 auf dem Token finden</translation>
    </message>
    <message>
        <source>find the material on the token</source>
        <translation>das Material auf dem Token finden</translation>
    </message>
    <message>
        <source>see that the token has what is needed</source>
        <translation>prüfen, dass das Token hat, was gebraucht wird</translation>
    </message>
    <message>
        <source>the material %1 is not on this token: it was imported from &quot;%2&quot;, ID %3, on %4, serial number %5</source>
        <translation>das Material %1 ist nicht auf diesem Token: importiert wurde es von „%2“, ID %3, auf %4, Seriennummer %5</translation>
    </message>
    <message>
        <source>repeat this with the token that has it, or with a backup</source>
        <translation>dies mit dem Token wiederholen, das es hat, oder mit einer Sicherungskopie</translation>
    </message>
    <message>
        <source>no material sheet tells whether this is the right key; KMS takes no other, and says so</source>
        <translation>kein Materialblatt sagt, ob dies der richtige Schlüssel ist; KMS nimmt keinen anderen und sagt das dann</translation>
    </message>
    <message>
        <source>found</source>
        <translation>gefunden</translation>
    </message>
    <message>
        <source>%1 of %2 materials</source>
        <translation>%1 von %2 Materialien</translation>
    </message>
    <message>
        <source>the primary key lacks the material %1, which is not on this token; KMS makes replicas only of a key that has all of its materials</source>
        <translation>dem Primärschlüssel fehlt das Material %1, das nicht auf diesem Token ist; KMS legt Replikate nur von einem Schlüssel an, der alle seine Materialien hat</translation>
    </message>
    <message>
        <source>import that material first, from the token that has it or a backup: %1</source>
        <translation>jenes Material zuerst importieren, von dem Token, das es hat, oder einer Sicherungskopie: %1</translation>
    </message>
    <message>
        <source>make the replica in %1</source>
        <translation>das Replikat in %1 anlegen</translation>
    </message>
    <message>
        <source>rotate the new material in</source>
        <translation>das neue Material einrotieren</translation>
    </message>
    <message>
        <source>agree to the whole</source>
        <translation>dem Ganzen zustimmen</translation>
    </message>
    <message>
        <source>look at every Region once more</source>
        <translation>jede Region noch einmal ansehen</translation>
    </message>
    <message>
        <source>the replication, as shown for review</source>
        <translation>die Replikation, wie zur Prüfung angezeigt</translation>
    </message>
    <message>
        <source>the KMS key is made whole in every Region as follows. Go on?</source>
        <translation>Der KMS-Schlüssel wird wie folgt in jeder Region vollständig gemacht. Fortfahren?</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>replica</source>
        <translation>Replikat</translation>
    </message>
    <message>
        <source>%1: it is there and lacks %2 materials</source>
        <translation>%1: es ist da, und ihm fehlen %2 Materialien</translation>
    </message>
    <message>
        <source>%1: it is made, with %2</source>
        <translation>%1: es wird angelegt, mit %2</translation>
    </message>
    <message>
        <source>the key policy that is given</source>
        <translation>der angegebenen Schlüsselrichtlinie</translation>
    </message>
    <message>
        <source>KMS&apos;s own key policy, since the primary&apos;s is not copied</source>
        <translation>der Schlüsselrichtlinie von KMS selbst, denn die des Primärschlüssels wird nicht kopiert</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>Rotation</translation>
    </message>
    <message>
        <source>the material %1 waits; it is rotated in once every Region holds it</source>
        <translation>das Material %1 wartet; es wird einrotiert, sobald jede Region es enthält</translation>
    </message>
    <message>
        <source>the material %1 waits; it is not rotated in, since a Region will lack it</source>
        <translation>das Material %1 wartet; es wird nicht einrotiert, da es einer Region fehlen wird</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>waiting until the primary key can be replicated</source>
        <translation>es wird gewartet, bis der Primärschlüssel repliziert werden kann</translation>
    </message>
    <message>
        <source>current material</source>
        <translation>aktuelles Material</translation>
    </message>
    <message>
        <source>the KMS key in %1 still lacks %2 materials and cannot be used as it should</source>
        <translation>dem KMS-Schlüssel in %1 fehlen noch %2 Materialien, und er lässt sich nicht wie vorgesehen verwenden</translation>
    </message>
    <message>
        <source>repeat this with the token that has them</source>
        <translation>dies mit dem Token wiederholen, das sie hat</translation>
    </message>
    <message>
        <source>the replica %1 was made</source>
        <translation>das Replikat %1 wurde angelegt</translation>
    </message>
    <message>
        <source>material was imported into %1 (request ID %2)</source>
        <translation>in %1 wurde Material importiert (Request-ID %2)</translation>
    </message>
</context>
<context>
    <name>ReplyObject</name>
    <message>
        <source>check the endpoint and the proxy: whoever answers there does not answer like KMS</source>
        <translation>Endpunkt und Proxy prüfen: Was dort antwortet, antwortet nicht wie KMS</translation>
    </message>
    <message>
        <source>the reply is empty</source>
        <translation>die Antwort ist leer</translation>
    </message>
    <message>
        <source>the reply is no JSON object</source>
        <translation>die Antwort ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>the reply lacks %1</source>
        <translation>in der Antwort fehlt %1</translation>
    </message>
    <message>
        <source>%1 in the reply is no text</source>
        <translation>%1 in der Antwort ist kein Text</translation>
    </message>
    <message>
        <source>%1 in the reply is neither true nor false</source>
        <translation>%1 in der Antwort ist weder true noch false</translation>
    </message>
    <message>
        <source>%1 in the reply is no Base64, or empty</source>
        <translation>%1 in der Antwort ist kein Base64 oder leer</translation>
    </message>
    <message>
        <source>%1 in the reply is no number of seconds</source>
        <translation>%1 in der Antwort ist keine Anzahl von Sekunden</translation>
    </message>
    <message>
        <source>%1 in the reply is no time of this or the next eight millennia</source>
        <translation>%1 in der Antwort ist keine Zeit dieses oder der nächsten acht Jahrtausende</translation>
    </message>
    <message>
        <source>%1 in the reply is no list</source>
        <translation>%1 in der Antwort ist keine Liste</translation>
    </message>
    <message>
        <source>%1 in the reply is no list of texts</source>
        <translation>%1 in der Antwort ist keine Liste von Texten</translation>
    </message>
    <message>
        <source>%1 in the reply is no object</source>
        <translation>%1 in der Antwort ist kein Objekt</translation>
    </message>
    <message>
        <source>%1 in the reply is no list of objects</source>
        <translation>%1 in der Antwort ist keine Liste von Objekten</translation>
    </message>
    <message>
        <source>%1 in the reply is no whole number, or too large</source>
        <translation>%1 in der Antwort ist keine ganze Zahl oder zu groß</translation>
    </message>
</context>
<context>
    <name>RestoreStory</name>
    <message>
        <source>generate a key on the first token and import it</source>
        <translation>auf dem ersten Token einen Schlüssel erzeugen und importieren</translation>
    </message>
    <message>
        <source>make a copy on the backup token</source>
        <translation>eine Kopie auf dem Sicherungs-Token anlegen</translation>
    </message>
    <message>
        <source>destroy the first token</source>
        <translation>das erste Token vernichten</translation>
    </message>
    <message>
        <source>let the material expire</source>
        <translation>das Material ablaufen lassen</translation>
    </message>
    <message>
        <source>import the same material from the backup token</source>
        <translation>dasselbe Material vom Sicherungs-Token importieren</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>erstes Token</translation>
    </message>
    <message>
        <source>backup token</source>
        <translation>Sicherungs-Token</translation>
    </message>
    <message>
        <source>a key was generated on the first token and imported into %1 for 30 days as the material %2; something was encrypted with it</source>
        <translation>auf dem ersten Token wurde ein Schlüssel erzeugt und für 30 Tage als Material %2 in %1 importiert; etwas wurde damit verschlüsselt</translation>
    </message>
    <message>
        <source>a copy was made on the backup token, wrapped on its way, and shown to be the same key by its check value</source>
        <translation>auf dem Sicherungs-Token wurde eine Kopie angelegt, unterwegs verpackt, und ihr Prüfwert zeigt, dass sie derselbe Schlüssel ist</translation>
    </message>
    <message>
        <source>what is left of the first token</source>
        <translation>was vom ersten Token übrig ist</translation>
    </message>
    <message>
        <source>the first token was destroyed, with every key on it</source>
        <translation>das erste Token wurde vernichtet, mit jedem Schlüssel darauf</translation>
    </message>
    <message>
        <source>the state of the KMS key</source>
        <translation>der Zustand des KMS-Schlüssels</translation>
    </message>
    <message>
        <source>31 days passed: KMS has deleted the material, too (PendingImport); the backup token has the only one there is</source>
        <translation>31 Tage sind vergangen: Auch das KMS hat das Material gelöscht (PendingImport); das Sicherungs-Token hat das einzige, das es noch gibt</translation>
    </message>
    <message>
        <source>the key material ID</source>
        <translation>die ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>what is decrypted</source>
        <translation>was entschlüsselt wird</translation>
    </message>
    <message>
        <source>the key on the backup token was found by the material sheet, compared with it, and imported: KMS knows it as the same material %1, and what was encrypted before the loss is decrypted again</source>
        <translation>der Schlüssel auf dem Sicherungs-Token wurde anhand des Materialblattes gefunden, damit verglichen und importiert: KMS kennt ihn als dasselbe Material %1, und was vor dem Verlust verschlüsselt wurde, wird wieder entschlüsselt</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>install it: this scenario needs two tokens</source>
        <translation>es installieren: dieser Ablauf braucht zwei Token</translation>
    </message>
</context>
<context>
    <name>ResultPart</name>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>key material ID</source>
        <translation>ID des Schlüsselmaterials</translation>
    </message>
    <message>
        <source>check value</source>
        <translation>Prüfwert</translation>
    </message>
    <message>
        <source>how it is made</source>
        <translation>wie er entsteht</translation>
    </message>
    <message>
        <source>token key</source>
        <translation>Token-Schlüssel</translation>
    </message>
    <message>
        <source>retained on the token: %1 &quot;%2&quot;</source>
        <translation>auf dem Token aufbewahrt: %1 „%2“</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>%1, serial number %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>wrapped by</source>
        <translation>verpackt mit</translation>
    </message>
    <message>
        <source>on the token</source>
        <translation>auf dem Token</translation>
    </message>
    <message>
        <source>material sheet</source>
        <translation>Materialblatt</translation>
    </message>
</context>
<context>
    <name>ReviewPart</name>
    <message>
        <source>label &quot;%1&quot;, ID %2</source>
        <translation>Label „%1“, ID %2</translation>
    </message>
    <message>
        <source>label &quot;%1&quot;</source>
        <translation>Label „%1“</translation>
    </message>
    <message>
        <source>ID %1</source>
        <translation>ID %1</translation>
    </message>
    <message>
        <source>key spec</source>
        <translation>Key Spec</translation>
    </message>
    <message>
        <source>token key</source>
        <translation>Token-Schlüssel</translation>
    </message>
    <message>
        <source>generated on the token, label &quot;%1&quot;</source>
        <translation>wird auf dem Token erzeugt, Label „%1“</translation>
    </message>
    <message>
        <source>on the token already, %1</source>
        <translation>schon auf dem Token, %1</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>%1, serial number %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>noch nicht angesehen</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>state</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>looked at when the import begins</source>
        <translation>wird zu Beginn des Imports angesehen</translation>
    </message>
    <message>
        <source>created in this run</source>
        <translation>wird in diesem Lauf angelegt</translation>
    </message>
    <message>
        <source>usage</source>
        <translation>Verwendung</translation>
    </message>
    <message>
        <source>description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>as the AWS configuration has it</source>
        <translation>wie in der AWS-Konfiguration</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>algorithm</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>the strongest that this token qualifies for</source>
        <translation>das stärkste, für das dieses Token sich eignet</translation>
    </message>
    <message>
        <source>wrapping key</source>
        <translation>Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>strength, bits</source>
        <translation>Stärke, Bit</translation>
    </message>
    <message>
        <source>wrap %1, key %2</source>
        <translation>Verpackung %1, Schlüssel %2</translation>
    </message>
    <message>
        <source>SHA-1</source>
        <translation>SHA-1</translation>
    </message>
    <message>
        <source>allowed, because: %1</source>
        <translation>erlaubt, weil: %1</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>nicht benutzt</translation>
    </message>
    <message>
        <source>check after import</source>
        <translation>Prüfung nach dem Import</translation>
    </message>
</context>
<context>
    <name>RoleCredentials</name>
    <message>
        <source>code of the MFA device %1</source>
        <translation>Code des MFA-Geräts %1</translation>
    </message>
    <message>
        <source>the code that was given is used up, and the session has to be renewed</source>
        <translation>der angegebene Code ist verbraucht, und die Sitzung muss erneuert werden</translation>
    </message>
    <message>
        <source>%1 with a new code; a longer duration_seconds in the profile keeps a session</source>
        <translation>%1 mit einem neuen Code; ein längeres duration_seconds im Profil hält eine Sitzung länger</translation>
    </message>
    <message>
        <source>its duration_seconds &quot;%1&quot; is no number from 900 to 43200</source>
        <translation>sein duration_seconds „%1“ ist keine Zahl von 900 bis 43200</translation>
    </message>
    <message>
        <source>correct it, or leave it out for one hour</source>
        <translation>es berichtigen, oder für eine Stunde weglassen</translation>
    </message>
    <message>
        <source>its role wants a code of the MFA device %1, and nobody can be asked for it here</source>
        <translation>seine Rolle verlangt einen Code des MFA-Geräts %1, und hier kann niemand danach gefragt werden</translation>
    </message>
    <message>
        <source>it has six digits, and this has not</source>
        <translation>er hat sechs Ziffern, dieser nicht</translation>
    </message>
    <message>
        <source>type the digits that the device shows, without blanks</source>
        <translation>die Ziffern eingeben, die das Gerät zeigt, ohne Leerzeichen</translation>
    </message>
    <message>
        <source>role %1 of profile %2</source>
        <translation>Rolle %1 des Profils %2</translation>
    </message>
    <message>
        <source>web identity token file %1</source>
        <translation>Web-Identity-Token-Datei %1</translation>
    </message>
    <message>
        <source>no role is named that is to be assumed with it</source>
        <translation>es ist keine Rolle genannt, die damit angenommen werden soll</translation>
    </message>
    <message>
        <source>set AWS_ROLE_ARN, or role_arn in the profile</source>
        <translation>AWS_ROLE_ARN setzen, oder role_arn im Profil</translation>
    </message>
    <message>
        <source>role %1 by the web identity token in %2</source>
        <translation>Rolle %1 mit dem Web-Identity-Token in %2</translation>
    </message>
</context>
<context>
    <name>Seal</name>
    <message>
        <source>sealing a key on token &quot;%1&quot;</source>
        <translation>Versiegeln eines Schlüssels auf dem Token „%1“</translation>
    </message>
    <message>
        <source>the token accepted CKA_EXTRACTABLE=false, but does not report it</source>
        <translation>das Token hat CKA_EXTRACTABLE=false angenommen, meldet es aber nicht</translation>
    </message>
    <message>
        <source>treat the key as extractable; ask the token&apos;s vendor</source>
        <translation>den Schlüssel als extrahierbar behandeln; den Hersteller des Tokens fragen</translation>
    </message>
</context>
<context>
    <name>ServiceCall</name>
    <message>
        <source>%1 may or may not have been carried out: look with DescribeKey; repeating it with the same material does no harm</source>
        <translation>%1 wurde vielleicht ausgeführt, vielleicht auch nicht: mit DescribeKey nachsehen; eine Wiederholung mit demselben Material schadet nicht</translation>
    </message>
    <message>
        <source>KMS %1 at %2</source>
        <translation>KMS %1 bei %2</translation>
    </message>
    <message>
        <source>STS %1 at %2</source>
        <translation>STS %1 bei %2</translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 seconds behind the time of %2</source>
        <translation>die Uhr dieses Rechners geht %1 Sekunden nach gegenüber der Zeit von %2</translation>
    </message>
    <message>
        <source>this machine&apos;s clock is %1 seconds ahead of the time of %2</source>
        <translation>die Uhr dieses Rechners geht %1 Sekunden vor gegenüber der Zeit von %2</translation>
    </message>
    <message>
        <source>set the clock: expiry times and the 24 hours of the import token rest on it</source>
        <translation>die Uhr stellen: Ablaufzeiten und die 24 Stunden des Import-Tokens beruhen auf ihr</translation>
    </message>
    <message>
        <source>the service refused this machine&apos;s time; requests are signed with its own time instead (%1 seconds %2)</source>
        <translation>der Dienst hat die Zeit dieses Rechners abgelehnt; Anfragen werden stattdessen mit der Zeit des Dienstes signiert (%1 Sekunden %2)</translation>
    </message>
    <message>
        <source>set the clock</source>
        <translation>die Uhr stellen</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
    <message>
        <source>whoever owns that root can swap the wrapping key; %1 refuses such connections</source>
        <translation>wer diese Wurzel besitzt, kann den Verpackungsschlüssel austauschen; %1 lehnt solche Verbindungen ab</translation>
    </message>
    <message>
        <source>%1 may or may not have been carried out; it was not repeated, since that could make a second key. Look first (aws kms list-keys; by description, tag or creation date), then %2, or go on with the key that is there</source>
        <translation>%1 wurde vielleicht ausgeführt, vielleicht auch nicht; der Aufruf wurde nicht wiederholt, weil dadurch ein zweiter Schlüssel entstehen könnte. Erst nachsehen (aws kms list-keys; nach Beschreibung, Tag oder Erstellungsdatum), dann %2 oder mit dem vorhandenen Schlüssel weitermachen</translation>
    </message>
    <message>
        <source>later</source>
        <translation>später</translation>
    </message>
    <message>
        <source>earlier</source>
        <translation>früher</translation>
    </message>
    <message>
        <source>the AWS credentials from %1 were renewed, and nobody had said whose the old ones were: whether account and role stayed the same is not known</source>
        <translation>die AWS-Anmeldedaten aus %1 wurden erneuert, und niemand hatte gesagt, wessen die alten waren: ob Konto und Rolle dieselben blieben, ist nicht bekannt</translation>
    </message>
    <message>
        <source>AWS credentials from %1</source>
        <translation>AWS-Anmeldedaten aus %1</translation>
    </message>
    <message>
        <source>the renewed ones belong to %1 in account %2, the old ones to %3 in account %4</source>
        <translation>die erneuerten gehören %1 im Konto %2, die alten %3 im Konto %4</translation>
    </message>
    <message>
        <source>whose the renewed ones are cannot be found out</source>
        <translation>wessen die erneuerten sind, lässt sich nicht feststellen</translation>
    </message>
    <message>
        <source>sign in as before and %1; whoever is to go on with other credentials begins anew</source>
        <translation>sich wie zuvor anmelden und %1; wer mit anderen Anmeldedaten weitermachen soll, beginnt von vorn</translation>
    </message>
    <message>
        <source>TLS: private or intercepted: the certificate of %1 ends at &quot;%2&quot;, which is no root of Amazon Trust Services</source>
        <translation>TLS: privat oder abgefangen: das Zertifikat von %1 endet bei „%2“, das keine Wurzel von Amazon Trust Services ist</translation>
    </message>
</context>
<context>
    <name>SharedConfig</name>
    <message>
        <source>file %1, line %2</source>
        <translation>Datei %1, Zeile %2</translation>
    </message>
    <message>
        <source>correct this line; the AWS command line reads the same file</source>
        <translation>diese Zeile berichtigen; die AWS-Befehlszeile liest dieselbe Datei</translation>
    </message>
    <message>
        <source>a section is written [name]</source>
        <translation>ein Abschnitt wird [name] geschrieben</translation>
    </message>
    <message>
        <source>the section [%1] is there twice</source>
        <translation>der Abschnitt [%1] ist zweimal vorhanden</translation>
    </message>
    <message>
        <source>a setting stands before the first [section]</source>
        <translation>eine Einstellung steht vor dem ersten [section]</translation>
    </message>
    <message>
        <source>this is neither a [section] nor name = value</source>
        <translation>dies ist weder ein [section] noch name = value</translation>
    </message>
    <message>
        <source>the setting %1 is there twice in its section</source>
        <translation>die Einstellung %1 ist in ihrem Abschnitt zweimal vorhanden</translation>
    </message>
    <message>
        <source>%1 (not there)</source>
        <translation>%1 (nicht vorhanden)</translation>
    </message>
</context>
<context>
    <name>SimulatedTime</name>
    <message>
        <source>control interface of the KMS simulator</source>
        <translation>Steuerschnittstelle des KMS-Simulators</translation>
    </message>
    <message>
        <source>it did not move its clock (status %1): %2</source>
        <translation>er hat seine Uhr nicht gestellt (Status %1): %2</translation>
    </message>
    <message>
        <source>install simulator and keyconvoy of the same version</source>
        <translation>Simulator und keyconvoy in derselben Version installieren</translation>
    </message>
</context>
<context>
    <name>SimulatorProcess</name>
    <message>
        <source>KMS simulator</source>
        <translation>KMS-Simulator</translation>
    </message>
    <message>
        <source>there is no %1</source>
        <translation>%1 gibt es nicht</translation>
    </message>
    <message>
        <source>name the program keyconvoy-kms-simulator, or install the package keyconvoy-kms-simulator and leave the option out</source>
        <translation>das Programm keyconvoy-kms-simulator angeben oder das Paket keyconvoy-kms-simulator installieren und die Option weglassen</translation>
    </message>
    <message>
        <source>the program %1 is neither beside this one nor on PATH</source>
        <translation>das Programm %1 liegt weder neben diesem noch im PATH</translation>
    </message>
    <message>
        <source>install the Debian package keyconvoy-kms-simulator; it is a package of its own so that a production workstation does not have it</source>
        <translation>das Debian-Paket keyconvoy-kms-simulator installieren; es ist ein eigenes Paket, damit ein Produktionsrechner es nicht hat</translation>
    </message>
    <message>
        <source>%1 did not get ready</source>
        <translation>%1 wurde nicht bereit</translation>
    </message>
    <message>
        <source>start it by hand to see what it says</source>
        <translation>das Programm von Hand starten, um zu sehen, was es ausgibt</translation>
    </message>
    <message>
        <source>its first line is not the one that was agreed</source>
        <translation>seine erste Zeile ist nicht die vereinbarte</translation>
    </message>
    <message>
        <source>install simulator and keyconvoy of the same version</source>
        <translation>Simulator und keyconvoy in derselben Version installieren</translation>
    </message>
</context>
<context>
    <name>StateFiles</name>
    <message>
        <source>it cannot be written: %1</source>
        <translation>Schreiben ist nicht möglich: %1</translation>
    </message>
    <message>
        <source>make room or give write permission there, or set XDG_STATE_HOME to another folder</source>
        <translation>dort Platz schaffen oder Schreibrecht erteilen oder XDG_STATE_HOME auf einen anderen Ordner setzen</translation>
    </message>
    <message>
        <source>environment</source>
        <translation>Umgebung</translation>
    </message>
    <message>
        <source>neither XDG_STATE_HOME nor HOME holds an absolute path, so there is no place to keep results</source>
        <translation>weder XDG_STATE_HOME noch HOME enthält einen absoluten Pfad, also gibt es keinen Ort, um Ergebnisse aufzubewahren</translation>
    </message>
    <message>
        <source>set one of them</source>
        <translation>eine der beiden setzen</translation>
    </message>
</context>
<context>
    <name>Station</name>
    <message>
        <source>the account is %1, which belongs to the simulator</source>
        <translation>das Konto ist %1, und dieses gehört zum Simulator</translation>
    </message>
    <message>
        <source>the key %1 belongs to the simulator&apos;s account</source>
        <translation>der Schlüssel %1 gehört zum Konto des Simulators</translation>
    </message>
    <message>
        <source>%1 says that it is a simulator</source>
        <translation>%1 gibt an, ein Simulator zu sein</translation>
    </message>
    <message>
        <source>%1 is reached by plain http</source>
        <translation>%1 wird über einfaches http erreicht</translation>
    </message>
    <message>
        <source>KMS at %1</source>
        <translation>KMS unter %1</translation>
    </message>
    <message>
        <source>a rehearsal was declared, but account %1 looks like a real one</source>
        <translation>der Lauf ist als Probe gekennzeichnet, aber das Konto %1 sieht nach einem echten aus</translation>
    </message>
    <message>
        <source>the token of the key</source>
        <translation>das Token des Schlüssels</translation>
    </message>
    <message>
        <source>the key&apos;s URI names &quot;%1&quot;, but the station&apos;s token is &quot;%2&quot;</source>
        <translation>die URI des Schlüssels nennt „%1“, das Token des Arbeitsplatzes ist aber „%2“</translation>
    </message>
    <message>
        <source>leave the token out of the key&apos;s URI, or choose the other token</source>
        <translation>das Token in der URI des Schlüssels weglassen oder das andere Token wählen</translation>
    </message>
    <message>
        <source>declare a rehearsal with %1, or name the real endpoint and credentials</source>
        <translation>den Lauf mit %1 als Probe kennzeichnen oder den echten Endpunkt und echte Anmeldedaten angeben</translation>
    </message>
    <message>
        <source>start the simulator and name its %1, or leave %2 out</source>
        <translation>den Simulator starten und seine Adresse bei %1 angeben, oder ohne %2 arbeiten</translation>
    </message>
    <message>
        <source>production</source>
        <translation>Produktion</translation>
    </message>
    <message>
        <source>rehearsal</source>
        <translation>Probe</translation>
    </message>
</context>
<context>
    <name>StationForm</name>
    <message>
        <source>this field</source>
        <translation>dieses Feld</translation>
    </message>
</context>
<context>
    <name>StationProfile</name>
    <message>
        <source>station</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>open the page Station and fill it in</source>
        <translation>die Seite Arbeitsplatz öffnen und ausfüllen</translation>
    </message>
    <message>
        <source>no PKCS#11 module is named</source>
        <translation>es ist kein PKCS#11-Modul angegeben</translation>
    </message>
    <message>
        <source>no token is chosen</source>
        <translation>es ist kein Token gewählt</translation>
    </message>
</context>
<context>
    <name>Story</name>
    <message>
        <source>start the KMS simulator and make fresh tokens</source>
        <translation>den KMS-Simulator starten und frische Tokens anlegen</translation>
    </message>
    <message>
        <source>write the result</source>
        <translation>das Ergebnis schreiben</translation>
    </message>
    <message>
        <source>it must be %1, but is %2</source>
        <translation>es muss %1 sein, ist aber %2</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
    <message>
        <source>result</source>
        <translation>Ergebnis</translation>
    </message>
</context>
<context>
    <name>Sts</name>
    <message>
        <source>the answer names no caller (account, ARN and user ID)</source>
        <translation>die Antwort nennt keinen Aufrufer (Konto, ARN und Benutzer-ID)</translation>
    </message>
    <message>
        <source>check the endpoint and the proxy: whoever answers there is not STS</source>
        <translation>Endpunkt und Proxy prüfen: Was dort antwortet, ist nicht STS</translation>
    </message>
    <message>
        <source>the answer holds no session (access key, secret, token, end, and the role&apos;s ARN)</source>
        <translation>die Antwort enthält keine Sitzung (Zugriffsschlüssel, Geheimnis, Token, Ende und die ARN der Rolle)</translation>
    </message>
</context>
<context>
    <name>Successor</name>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>a key of the key spec %1 has one material for its whole life</source>
        <translation>ein Schlüssel der Key Spec %1 hat sein Leben lang ein Material</translation>
    </message>
    <message>
        <source>create a new KMS key, import into it, and point the alias there</source>
        <translation>einen neuen KMS-Schlüssel anlegen, dorthin importieren und den Alias dorthin zeigen lassen</translation>
    </message>
    <message>
        <source>it is a replica; new material begins at the primary key</source>
        <translation>er ist ein Replikat; neues Material beginnt beim Primärschlüssel</translation>
    </message>
    <message>
        <source>name the primary key %1, in its Region</source>
        <translation>den Primärschlüssel %1 nennen, in dessen Region</translation>
    </message>
    <message>
        <source>the key material %1 waits to be rotated in already, and KMS holds one such material only</source>
        <translation>das Schlüsselmaterial %1 wartet schon darauf, einrotiert zu werden, und KMS hält nur ein solches</translation>
    </message>
    <message>
        <source>rotate that one in (%1), or delete it (%2)</source>
        <translation>jenes einrotieren (%1), oder es löschen (%2)</translation>
    </message>
    <message>
        <source>it was rotated %1 times, and KMS rotates a key no more often</source>
        <translation>er wurde %1-mal rotiert, und öfter rotiert KMS einen Schlüssel nicht</translation>
    </message>
    <message>
        <source>current material</source>
        <translation>aktuelles Material</translation>
    </message>
    <message>
        <source>rotations</source>
        <translation>Rotationen</translation>
    </message>
    <message>
        <source>%1 done, this is one of the %2 that are left</source>
        <translation>%1 ausgeführt, dies ist eine der %2, die übrig sind</translation>
    </message>
    <message>
        <source>it does not show the material %1 as waiting to be rotated in, but: %2</source>
        <translation>er zeigt das Material %1 nicht als wartend, sondern: %2</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>gar nicht</translation>
    </message>
    <message>
        <source>find out who else imports into this key; CloudTrail names the calls</source>
        <translation>herausfinden, wer noch in diesen Schlüssel importiert; CloudTrail nennt die Aufrufe</translation>
    </message>
    <message>
        <source>waiting until KMS has rotated the new material in</source>
        <translation>warten, bis KMS das neue Material einrotiert hat</translation>
    </message>
    <message>
        <source>the rotation is done, but its current material is %1</source>
        <translation>die Rotation ist fertig, aber sein aktuelles Material ist %1</translation>
    </message>
    <message>
        <source>find out who else rotates this key; CloudTrail names the calls</source>
        <translation>herausfinden, wer diesen Schlüssel noch rotiert; CloudTrail nennt die Aufrufe</translation>
    </message>
    <message>
        <source>waiting until KMS has seen the new material in every Region</source>
        <translation>es wird gewartet, bis KMS das neue Material in jeder Region gesehen hat</translation>
    </message>
    <message>
        <source>a rotation runs, since %1; its materials are left alone meanwhile</source>
        <translation>seit %1 läuft eine Rotation; währenddessen bleiben die Materialien unberührt</translation>
    </message>
    <message>
        <source>wait until it is done, which takes minutes, then repeat; look with %1</source>
        <translation>warten, bis sie beendet ist, was Minuten dauert, und dann wiederholen; ansehen mit %1</translation>
    </message>
    <message>
        <source>waits to be rotated in</source>
        <translation>wartet auf die Rotation</translation>
    </message>
    <message>
        <source>waiting until KMS shows the new material</source>
        <translation>warten, bis KMS das neue Material zeigt</translation>
    </message>
    <message>
        <source>waiting until KMS shows the new material as the current one</source>
        <translation>warten, bis KMS das neue Material als aktuelles zeigt</translation>
    </message>
</context>
<context>
    <name>Token</name>
    <message>
        <source>key with %1 on token &quot;%2&quot;</source>
        <translation>Schlüssel mit %1 auf dem Token „%2“</translation>
    </message>
    <message>
        <source>log in first: private keys are not seen before that</source>
        <translation>zuerst anmelden: private Schlüssel sind vorher nicht sichtbar</translation>
    </message>
    <message>
        <source>destroying a key on token &quot;%1&quot;</source>
        <translation>Vernichten eines Schlüssels auf dem Token „%1“</translation>
    </message>
    <message>
        <source>the token reported success, but the object with ID %1 is still there</source>
        <translation>das Token hat Erfolg gemeldet, aber das Objekt mit der ID %1 ist noch da</translation>
    </message>
    <message>
        <source>remove it with the token&apos;s own tool and check again</source>
        <translation>es mit dem eigenen Werkzeug des Tokens entfernen und erneut prüfen</translation>
    </message>
    <message>
        <source>label of the new key</source>
        <translation>Label des neuen Schlüssels</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>das Label ist leer</translation>
    </message>
    <message>
        <source>give the original a label by which people will find it again</source>
        <translation>dem Original ein Label geben, unter dem man es wiederfindet</translation>
    </message>
    <message>
        <source>public key of a key on token &quot;%1&quot;</source>
        <translation>öffentlicher Schlüssel zu einem Schlüssel auf dem Token „%1“</translation>
    </message>
    <message>
        <source>it is a secret key, which has no public half</source>
        <translation>es ist ein geheimer Schlüssel, und dieser hat keine öffentliche Hälfte</translation>
    </message>
    <message>
        <source>name a key pair</source>
        <translation>ein Schlüsselpaar angeben</translation>
    </message>
    <message>
        <source>there is not exactly one public object with this key&apos;s ID</source>
        <translation>es gibt nicht genau ein öffentliches Objekt mit der ID dieses Schlüssels</translation>
    </message>
    <message>
        <source>put the public key on the token with the same ID, with the token&apos;s own tool</source>
        <translation>den öffentlichen Schlüssel mit derselben ID auf das Token bringen, mit dem eigenen Werkzeug des Tokens</translation>
    </message>
    <message>
        <source>token with %1</source>
        <translation>Token mit %1</translation>
    </message>
    <message>
        <source>the module has no initialised token</source>
        <translation>das Modul hat kein initialisiertes Token</translation>
    </message>
    <message>
        <source>no token matches; present: %1</source>
        <translation>kein Token passt; vorhanden: %1</translation>
    </message>
    <message>
        <source>%1 tokens match: %2</source>
        <translation>%1 Tokens passen: %2</translation>
    </message>
    <message>
        <source>name the token by its URI with the serial, or disconnect the other one</source>
        <translation>das Token mit seiner URI samt Seriennummer angeben oder das andere abziehen</translation>
    </message>
    <message>
        <source>key reference</source>
        <translation>Schlüsselverweis</translation>
    </message>
    <message>
        <source>this reference names no key of this token: the key was destroyed, or belongs to another token</source>
        <translation>dieser Verweis bezeichnet keinen Schlüssel dieses Tokens: Der Schlüssel wurde vernichtet oder gehört zu einem anderen Token</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
    <message>
        <source>there is no public object with this key&apos;s ID on the token</source>
        <translation>auf dem Token gibt es kein öffentliches Objekt mit der ID dieses Schlüssels</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>another token is in its slot now: label &quot;%1&quot;, serial %2</source>
        <translation>in seinem Slot ist jetzt ein anderes Token: Label „%1“, Seriennummer %2</translation>
    </message>
    <message>
        <source>put the right token back and start again</source>
        <translation>das richtige Token wieder einsetzen und neu starten</translation>
    </message>
    <message>
        <source>login to token &quot;%1&quot;</source>
        <translation>Anmeldung am Token „%1“</translation>
    </message>
    <message>
        <source>the user is logged in; the security officer cannot be logged in beside</source>
        <translation>der Benutzer ist angemeldet; der Security Officer kann nicht zugleich angemeldet sein</translation>
    </message>
    <message>
        <source>the security officer is logged in; the user cannot be logged in beside</source>
        <translation>der Security Officer ist angemeldet; der Benutzer kann nicht zugleich angemeldet sein</translation>
    </message>
    <message>
        <source>log out first</source>
        <translation>zuerst abmelden</translation>
    </message>
    <message>
        <source>no secret or private key there has this URI or label</source>
        <translation>kein geheimer oder privater Schlüssel dort hat diese URI oder dieses Label</translation>
    </message>
    <message>
        <source>%1 keys match, and which one is meant is not for this program to guess</source>
        <translation>%1 Schlüssel passen, und welcher gemeint ist, darf dieses Programm nicht raten</translation>
    </message>
    <message>
        <source>name the key by one of these URIs, with its ID</source>
        <translation>den Schlüssel mit einer dieser URIs nennen, samt seiner ID</translation>
    </message>
    <message>
        <source>check the name; %1 shows each key with its label and URI</source>
        <translation>den Namen prüfen; %1 zeigt jeden Schlüssel mit Label und URI</translation>
    </message>
    <message>
        <source>check that the token is connected and the name is right (%1); for a software token, that its configuration is the right one</source>
        <translation>prüfen, ob das Token angeschlossen ist und der Name stimmt (%1); bei einem Software-Token, ob seine Konfiguration die richtige ist</translation>
    </message>
    <message>
        <source>%1 and %2</source>
        <translation>%1 und %2</translation>
    </message>
    <message>
        <source>&quot;%1&quot; (serial %2, %3, %4)</source>
        <translation>„%1“ (Seriennummer %2, %3, %4)</translation>
    </message>
</context>
<context>
    <name>TokenAccess</name>
    <message>
        <source>open the token</source>
        <translation>das Token öffnen</translation>
    </message>
    <message>
        <source>module</source>
        <translation>Modul</translation>
    </message>
    <message>
        <source>module, SHA-256</source>
        <translation>Modul, SHA-256</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation>Art des Tokens</translation>
    </message>
    <message>
        <source>it is used before it was opened</source>
        <translation>das Token wird verwendet, bevor es geöffnet wurde</translation>
    </message>
    <message>
        <source>report this as a defect</source>
        <translation>dies als Programmfehler melden</translation>
    </message>
</context>
<context>
    <name>TokenFacts</name>
    <message>
        <source>kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>software: its keys are files of this user or memory of this process</source>
        <translation>Software: seine Schlüssel sind Dateien dieses Benutzers oder Speicher dieses Prozesses</translation>
    </message>
    <message>
        <source>not known to be software</source>
        <translation>nicht als Software bekannt</translation>
    </message>
    <message>
        <source>manufacturer</source>
        <translation>Hersteller</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>hardware version</source>
        <translation>Hardware-Version</translation>
    </message>
    <message>
        <source>firmware version</source>
        <translation>Firmware-Version</translation>
    </message>
    <message>
        <source>slot</source>
        <translation>Slot</translation>
    </message>
    <message>
        <source>initialised</source>
        <translation>initialisiert</translation>
    </message>
    <message>
        <source>needs a login</source>
        <translation>verlangt eine Anmeldung</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>security officer&apos;s PIN</source>
        <translation>PIN des Security Officers</translation>
    </message>
    <message>
        <source>takes the PIN at its own pad</source>
        <translation>nimmt die PIN am eigenen PIN-Pad</translation>
    </message>
    <message>
        <source>write-protected</source>
        <translation>schreibgeschützt</translation>
    </message>
    <message>
        <source>serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>URI</source>
        <translation>URI</translation>
    </message>
</context>
<context>
    <name>TokenKind</name>
    <message>
        <source>software</source>
        <translation>Software</translation>
    </message>
    <message>
        <source>not known to be software</source>
        <translation>nicht als Software bekannt</translation>
    </message>
</context>
<context>
    <name>TokenPart</name>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>made by</source>
        <translation>Hersteller</translation>
    </message>
</context>
<context>
    <name>TokenUri</name>
    <message>
        <source>PKCS#11 URI</source>
        <translation>PKCS#11-URI</translation>
    </message>
    <message>
        <source>it holds a PIN (pin-value)</source>
        <translation>die URI enthält eine PIN (pin-value)</translation>
    </message>
    <message>
        <source>leave the PIN out and change it if this line was logged; give it when asked or by a PIN source</source>
        <translation>die PIN weglassen und ändern, falls diese Zeile protokolliert wurde; sie auf Nachfrage oder über eine PIN-Quelle angeben</translation>
    </message>
    <message>
        <source>it has query attributes (behind the question mark)</source>
        <translation>die URI enthält Abfrageattribute (hinter dem Fragezeichen)</translation>
    </message>
    <message>
        <source>leave them out; module and PIN source have options of their own</source>
        <translation>sie weglassen; Modul und PIN-Quelle haben eigene Optionen</translation>
    </message>
    <message>
        <source>it names an object (%1), but a token is wanted here</source>
        <translation>die URI nennt ein Objekt (%1), hier wird aber ein Token verlangt</translation>
    </message>
    <message>
        <source>leave object, type and id out</source>
        <translation>object, type und id weglassen</translation>
    </message>
    <message>
        <source>the attribute &apos;%1&apos; is not known here</source>
        <translation>das Attribut &apos;%1&apos; ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>name a token by token, manufacturer, model and serial, a key also by object, id and type; slot numbers change and are not used</source>
        <translation>ein Token mit token, manufacturer, model und serial angeben, einen Schlüssel auch mit object, id und type; Slot-Nummern ändern sich und werden nicht verwendet</translation>
    </message>
    <message>
        <source>the attribute &apos;%1&apos; stands there twice</source>
        <translation>das Attribut &apos;%1&apos; steht zweimal da</translation>
    </message>
    <message>
        <source>leave one of them out</source>
        <translation>eines davon weglassen</translation>
    </message>
    <message>
        <source>it cannot be read: %1</source>
        <translation>die URI ist nicht lesbar: %1</translation>
    </message>
    <message>
        <source>no token is named</source>
        <translation>es ist kein Token angegeben</translation>
    </message>
    <message>
        <source>it names no key</source>
        <translation>die URI nennt keinen Schlüssel</translation>
    </message>
    <message>
        <source>add object=LABEL or id=%.. to it</source>
        <translation>object=LABEL oder id=%.. hinzufügen</translation>
    </message>
    <message>
        <source>no key is named</source>
        <translation>kein Schlüssel ist genannt</translation>
    </message>
    <message>
        <source>write it as in RFC 7512, for example pkcs11:token=Backup;serial=0123 (%1 prints them)</source>
        <translation>sie wie in RFC 7512 schreiben, zum Beispiel pkcs11:token=Backup;serial=0123 (%1 gibt sie aus)</translation>
    </message>
    <message>
        <source>name the key by its label, or write the URI as in RFC 7512, for example pkcs11:token=Backup;serial=0123;object=my-key (%1 prints them)</source>
        <translation>den Schlüssel mit seinem Label nennen oder die URI wie in RFC 7512 schreiben, zum Beispiel pkcs11:token=Backup;serial=0123;object=my-key (%1 gibt sie aus)</translation>
    </message>
    <message>
        <source>label &quot;%1&quot;</source>
        <translation>Label „%1“</translation>
    </message>
    <message>
        <source>serial &quot;%1&quot;</source>
        <translation>Seriennummer „%1“</translation>
    </message>
    <message>
        <source>model &quot;%1&quot;</source>
        <translation>Modell „%1“</translation>
    </message>
    <message>
        <source>manufacturer &quot;%1&quot;</source>
        <translation>Hersteller „%1“</translation>
    </message>
    <message>
        <source>any token</source>
        <translation>irgendeinem Namen</translation>
    </message>
    <message>
        <source>ID &quot;%1&quot;</source>
        <translation>ID „%1“</translation>
    </message>
    <message>
        <source>any key</source>
        <translation>irgendeinem Namen</translation>
    </message>
</context>
<context>
    <name>Toml</name>
    <message>
        <source>TOML</source>
        <translation>TOML</translation>
    </message>
    <message>
        <source>a line ends, or something else follows, where a name or a value belongs</source>
        <translation>eine Zeile endet, oder anderes folgt, wo ein Name oder ein Wert hingehört</translation>
    </message>
    <message>
        <source>look for brackets that are not closed on their line: a table is begun with [name] or [[name]]</source>
        <translation>nach Klammern suchen, die auf ihrer Zeile nicht geschlossen werden: eine Tabelle beginnt mit [name] oder [[name]]</translation>
    </message>
</context>
<context>
    <name>TomlTable</name>
    <message>
        <source>it is missing</source>
        <translation>es fehlt</translation>
    </message>
    <message>
        <source>a string in quotation marks</source>
        <translation>einen Text in Anführungszeichen</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>es ist leer</translation>
    </message>
    <message>
        <source>fill it in, or leave the line out</source>
        <translation>es ausfüllen oder die Zeile weglassen</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true oder false</translation>
    </message>
    <message>
        <source>a whole number from %1 to %2</source>
        <translation>eine ganze Zahl von %1 bis %2</translation>
    </message>
    <message>
        <source>a day without quotation marks, such as 2027-06-17</source>
        <translation>einen Tag ohne Anführungszeichen, etwa 2027-06-17</translation>
    </message>
    <message>
        <source>a list of strings, such as [&quot;eu-central-1&quot;]</source>
        <translation>eine Liste von Texten, etwa [&quot;eu-central-1&quot;]</translation>
    </message>
    <message>
        <source>a table, [%1]</source>
        <translation>eine Tabelle, [%1]</translation>
    </message>
    <message>
        <source>tables, each begun with [[%1]]</source>
        <translation>Tabellen, jede begonnen mit [[%1]]</translation>
    </message>
    <message>
        <source>nothing of this name is known here</source>
        <translation>etwas mit diesem Namen ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>correct the spelling, or remove it; what is not understood is not passed over</source>
        <translation>die Schreibweise berichtigen oder es entfernen; was nicht verstanden wird, wird nicht übergangen</translation>
    </message>
    <message>
        <source>it is not what belongs here</source>
        <translation>es ist nicht, was hierher gehört</translation>
    </message>
    <message>
        <source>give %1</source>
        <translation>%1 angeben</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is none of what can be chosen</source>
        <translation>„%1“ ist nichts, was sich wählen lässt</translation>
    </message>
    <message>
        <source>give one of: %1</source>
        <translation>eines davon angeben: %1</translation>
    </message>
    <message>
        <source>it is no valid TOML: %1</source>
        <translation>es ist kein gültiges TOML: %1</translation>
    </message>
    <message>
        <source>see https://toml.io</source>
        <translation>siehe https://toml.io</translation>
    </message>
    <message>
        <source>add it; %1 writes an example with every member</source>
        <translation>es hinzufügen; %1 schreibt ein Beispiel mit jedem Feld</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>libcurl, option %1</source>
        <translation>libcurl, Option %1</translation>
    </message>
    <message>
        <source>it is refused: %1</source>
        <translation>die Option wird abgelehnt: %1</translation>
    </message>
    <message>
        <source>use a libcurl of version 7.85 or newer with OpenSSL</source>
        <translation>libcurl in Version 7.85 oder neuer mit OpenSSL verwenden</translation>
    </message>
    <message>
        <source>CA bundle %1</source>
        <translation>CA-Bündel %1</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>the host&apos;s name is not known here</source>
        <translation>der Name des Hosts ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>the proxy&apos;s name is not known here</source>
        <translation>der Name des Proxys ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>nobody answers at this address</source>
        <translation>unter dieser Adresse antwortet niemand</translation>
    </message>
    <message>
        <source>the proxy makes no connection</source>
        <translation>der Proxy stellt keine Verbindung her</translation>
    </message>
    <message>
        <source>the connection broke while the request was sent</source>
        <translation>die Verbindung brach ab, während die Anfrage gesendet wurde</translation>
    </message>
    <message>
        <source>the connection broke before the reply was complete</source>
        <translation>die Verbindung brach ab, bevor die Antwort vollständig war</translation>
    </message>
    <message>
        <source>the connection was closed without a reply</source>
        <translation>die Verbindung wurde ohne Antwort geschlossen</translation>
    </message>
    <message>
        <source>only a part of the reply arrived</source>
        <translation>nur ein Teil der Antwort kam an</translation>
    </message>
    <message>
        <source>no TLS connection came about; TLS 1.2 or newer is required</source>
        <translation>es kam keine TLS-Verbindung zustande; TLS 1.2 oder neuer ist erforderlich</translation>
    </message>
    <message>
        <source>the server&apos;s certificate is not accepted</source>
        <translation>das Zertifikat des Servers wird nicht angenommen</translation>
    </message>
    <message>
        <source>the CA bundle cannot be used</source>
        <translation>das CA-Bündel ist nicht verwendbar</translation>
    </message>
    <message>
        <source>it must be a file with certificates in PEM form</source>
        <translation>es muss eine Datei mit Zertifikaten im PEM-Format sein</translation>
    </message>
    <message>
        <source>what answers there does not speak HTTP</source>
        <translation>was dort antwortet, spricht nicht HTTP</translation>
    </message>
    <message>
        <source>check the endpoint&apos;s host and port, and whether it wants https</source>
        <translation>Host und Port des Endpunkts prüfen und ob er https verlangt</translation>
    </message>
    <message>
        <source>memory ran out</source>
        <translation>der Arbeitsspeicher ist ausgegangen</translation>
    </message>
    <message>
        <source>no complete reply came in time</source>
        <translation>es kam rechtzeitig keine vollständige Antwort</translation>
    </message>
    <message>
        <source>no connection came about in time</source>
        <translation>es kam rechtzeitig keine Verbindung zustande</translation>
    </message>
    <message>
        <source>the certificate chain ends at &quot;%1&quot;, which is no root of Amazon Trust Services; nothing was sent</source>
        <translation>die Zertifikatskette endet bei „%1“, und das ist keine Wurzel von Amazon Trust Services; es wurde nichts gesendet</translation>
    </message>
    <message>
        <source>there is no TLS, and Amazon&apos;s roots are required; nothing was sent</source>
        <translation>es gibt kein TLS, und die Wurzeln von Amazon sind vorgeschrieben; es wurde nichts gesendet</translation>
    </message>
    <message>
        <source>this name leads to %1, which is not this machine; nothing was sent</source>
        <translation>dieser Name führt zu %1, und das ist nicht dieser Rechner; es wurde nichts gesendet</translation>
    </message>
    <message>
        <source>use https, or a loopback address such as http://127.0.0.1:4566 for a simulator</source>
        <translation>https verwenden oder für einen Simulator eine Loopback-Adresse wie http://127.0.0.1:4566</translation>
    </message>
    <message>
        <source>the TLS connection shows no verified certificate chain; nothing was sent</source>
        <translation>die TLS-Verbindung weist keine geprüfte Zertifikatskette vor; es wurde nichts gesendet</translation>
    </message>
    <message>
        <source>use a libcurl that is built with OpenSSL</source>
        <translation>eine mit OpenSSL gebaute libcurl verwenden</translation>
    </message>
    <message>
        <source>the reply is longer than any that KMS gives</source>
        <translation>die Antwort ist länger als jede, die KMS gibt</translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there is not KMS</source>
        <translation>den Endpunkt prüfen: Was dort antwortet, ist nicht KMS</translation>
    </message>
    <message>
        <source>the proxy %1 answers with status %2 and makes no connection</source>
        <translation>der Proxy %1 antwortet mit dem Status %2 und stellt keine Verbindung her</translation>
    </message>
    <message>
        <source>give the proxy&apos;s user name and password in HTTPS_PROXY (http://name:password@host:port)</source>
        <translation>Benutzername und Passwort des Proxys in HTTPS_PROXY angeben (http://name:password@host:port)</translation>
    </message>
    <message>
        <source>have the proxy&apos;s owner allow this host and port, or name the host in NO_PROXY</source>
        <translation>Host und Port vom Betreiber des Proxys zulassen lassen oder den Host in NO_PROXY eintragen</translation>
    </message>
    <message>
        <source>the transfer failed</source>
        <translation>die Übertragung ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>check %1, AWS_CA_BUNDLE and the profile&apos;s ca_bundle</source>
        <translation>%1, AWS_CA_BUNDLE und ca_bundle im Profil prüfen</translation>
    </message>
    <message>
        <source>check the network, the endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY); then %1</source>
        <translation>Netz, Endpunkt und Proxy-Einstellungen (HTTPS_PROXY, NO_PROXY) prüfen; dann %1</translation>
    </message>
    <message>
        <source>check the endpoint&apos;s name and this machine&apos;s clock; behind an inspecting proxy or a private endpoint name its CA with %1, knowing that its owner can then swap the wrapping key</source>
        <translation>den Namen des Endpunkts und die Uhr dieses Rechners prüfen; hinter einem mitlesenden Proxy oder einem privaten Endpunkt dessen CA mit %1 angeben, im Wissen, dass ihr Besitzer dann den Verpackungsschlüssel austauschen kann</translation>
    </message>
    <message>
        <source>close other programs and %1</source>
        <translation>andere Programme schließen und %1</translation>
    </message>
    <message>
        <source>find out who answers there; only for a private endpoint or a proxy that you trust like KMS itself, repeat without %1</source>
        <translation>herausfinden, wer dort antwortet; nur bei einem privaten Endpunkt oder einem Proxy, dem Sie wie KMS selbst vertrauen, ohne %1 wiederholen</translation>
    </message>
</context>
<context>
    <name>TrustJob</name>
    <message>
        <source>this is another wrapping key than the pinned one: its SHA-256 is %1, pinned was %2</source>
        <translation>dies ist ein anderer Verpackungsschlüssel als der festgelegte: Sein SHA-256 ist %1, festgelegt war %2</translation>
    </message>
    <message>
        <source>find out which of the two is wrong before anything is wrapped under this key</source>
        <translation>herausfinden, welcher der beiden falsch ist, bevor irgendetwas unter diesem Schlüssel verpackt wird</translation>
    </message>
    <message>
        <source>compare the wrapping key&apos;s fingerprint</source>
        <translation>den Fingerabdruck des Verpackungsschlüssels vergleichen</translation>
    </message>
    <message>
        <source>put the wrapping key on the token as trusted</source>
        <translation>den Verpackungsschlüssel als vertrauenswürdig auf das Token bringen</translation>
    </message>
    <message>
        <source>Whoever holds the private half of a trusted wrapping key can have every key that is wrapped under it. Compare the fingerprint with one from another source. Is it the same?</source>
        <translation>Wer die private Hälfte eines vertrauenswürdigen Verpackungsschlüssels besitzt, kann jeden Schlüssel erlangen, der darunter verpackt ist. Vergleichen Sie den Fingerabdruck mit dem aus einer anderen Quelle. Ist er derselbe?</translation>
    </message>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation>Verpackungsschlüssel, SHA-256</translation>
    </message>
    <message>
        <source>in words</source>
        <translation>in Worten</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>label there</source>
        <translation>Label dort</translation>
    </message>
    <message>
        <source>trusted, read back</source>
        <translation>vertrauenswürdig, zurückgelesen</translation>
    </message>
    <message>
        <source>key on the token</source>
        <translation>Schlüssel auf dem Token</translation>
    </message>
    <message>
        <source>trusting the wrapping key with the fingerprint shown</source>
        <translation>dem Verpackungsschlüssel mit dem gezeigten Fingerabdruck vertrauen</translation>
    </message>
</context>
<context>
    <name>TrustedKey</name>
    <message>
        <source>trusted wrapping key on token &quot;%1&quot;</source>
        <translation>vertrauenswürdiger Verpackungsschlüssel auf dem Token „%1“</translation>
    </message>
    <message>
        <source>only the security officer can mark a wrapping key as trusted, and is not logged in</source>
        <translation>nur der Security Officer kann einen Verpackungsschlüssel als vertrauenswürdig kennzeichnen, und er ist nicht angemeldet</translation>
    </message>
    <message>
        <source>log in as the security officer; a token without that role (NSS) cannot do this</source>
        <translation>als Security Officer anmelden; ein Token ohne diese Rolle (NSS) kann dies nicht</translation>
    </message>
</context>
<context>
    <name>TwoTokens</name>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>open the token</source>
        <translation>das Token öffnen</translation>
    </message>
    <message>
        <source>open the backup token</source>
        <translation>das Token für die Sicherungskopie öffnen</translation>
    </message>
    <message>
        <source>backup token</source>
        <translation>Token für die Sicherungskopie</translation>
    </message>
    <message>
        <source>it is the token that holds the key: %1, serial %2</source>
        <translation>es ist das Token, das den Schlüssel enthält: %1, Seriennummer %2</translation>
    </message>
    <message>
        <source>backup token&apos;s module</source>
        <translation>Modul des Tokens für die Sicherungskopie</translation>
    </message>
    <message>
        <source>%1 is loaded already with other settings, and a module can be loaded once per process</source>
        <translation>%1 ist schon mit anderen Einstellungen geladen, und ein Modul kann je Prozess nur einmal geladen werden</translation>
    </message>
    <message>
        <source>let one setting show both tokens, or back up to a token of another module</source>
        <translation>beide Tokens über eine gemeinsame Einstellung sichtbar machen oder die Sicherungskopie auf einem Token eines anderen Moduls anlegen</translation>
    </message>
    <message>
        <source>name another token with %1; a copy on the same token is no backup</source>
        <translation>mit %1 ein anderes Token angeben; eine Kopie auf demselben Token ist keine Sicherungskopie</translation>
    </message>
</context>
<context>
    <name>VerifySignature</name>
    <message>
        <source>public key</source>
        <translation>öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo</source>
        <translation>es ist kein DER-kodiertes SubjectPublicKeyInfo</translation>
    </message>
    <message>
        <source>look at the public object on the token with the vendor&apos;s tool</source>
        <translation>das öffentliche Objekt auf dem Token mit dem Werkzeug des Herstellers ansehen</translation>
    </message>
    <message>
        <source>key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>a secret key makes no signatures</source>
        <translation>ein geheimer Schlüssel erzeugt keine Signaturen</translation>
    </message>
    <message>
        <source>name a key pair</source>
        <translation>ein Schlüsselpaar angeben</translation>
    </message>
</context>
<context>
    <name>Wire</name>
    <message>
        <source>the key material ID &quot;%1&quot; is not 64 hexadecimal digits</source>
        <translation>die ID des Schlüsselmaterials „%1“ besteht nicht aus 64 hexadezimalen Ziffern</translation>
    </message>
    <message>
        <source>check the endpoint: whoever answers there does not answer like KMS</source>
        <translation>den Endpunkt prüfen: Was dort antwortet, antwortet nicht wie KMS</translation>
    </message>
    <message>
        <source>request to KMS</source>
        <translation>Anfrage an KMS</translation>
    </message>
    <message>
        <source>a text in it is not UTF-8</source>
        <translation>ein Text darin ist kein UTF-8</translation>
    </message>
    <message>
        <source>check description, tags and policy, and the locale of the terminal</source>
        <translation>Beschreibung, Tags und Richtlinie prüfen sowie die Locale des Terminals</translation>
    </message>
</context>
<context>
    <name>WrapJob</name>
    <message>
        <source>the parameters for import</source>
        <translation>die Importparameter</translation>
    </message>
    <message>
        <source>exactly one source is needed</source>
        <translation>genau eine Quelle wird gebraucht</translation>
    </message>
    <message>
        <source>name the JSON of the AWS CLI, or the console&apos;s folder, or both console files one by one</source>
        <translation>das JSON der AWS CLI angeben oder den Ordner der Konsole oder beide Dateien der Konsole einzeln</translation>
    </message>
    <message>
        <source>console files do not say until when they are good</source>
        <translation>die Dateien der Konsole sagen nicht, bis wann sie gelten</translation>
    </message>
    <message>
        <source>KMS key %1</source>
        <translation>KMS-Schlüssel %1</translation>
    </message>
    <message>
        <source>the parameters for import were given for another key, %1</source>
        <translation>die Importparameter wurden für einen anderen Schlüssel ausgegeben, %1</translation>
    </message>
    <message>
        <source>file %1, public key</source>
        <translation>Datei %1, öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>read wrapping key and import token</source>
        <translation>Verpackungsschlüssel und Import-Token lesen</translation>
    </message>
    <message>
        <source>compare the wrapping key on the token with the file</source>
        <translation>den Verpackungsschlüssel auf dem Token mit der Datei vergleichen</translation>
    </message>
    <message>
        <source>agree to the whole</source>
        <translation>dem Ganzen zustimmen</translation>
    </message>
    <message>
        <source>wrap the key on the token</source>
        <translation>den Schlüssel auf dem Token verpacken</translation>
    </message>
    <message>
        <source>write the files for the import</source>
        <translation>die Dateien für den Import schreiben</translation>
    </message>
    <message>
        <source>retain the token key</source>
        <translation>den Token-Schlüssel behalten</translation>
    </message>
    <message>
        <source>import token, SHA-256</source>
        <translation>Import-Token, SHA-256</translation>
    </message>
    <message>
        <source>usable until</source>
        <translation>verwendbar bis</translation>
    </message>
    <message>
        <source>the key is wrapped on the token as follows; compare the wrapping key with the sheet of the station that fetched it. Go on?</source>
        <translation>der Schlüssel wird auf dem Token wie folgt verpackt; den Verpackungsschlüssel mit dem Blatt des Arbeitsplatzes vergleichen, der ihn abgerufen hat. Fortfahren?</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>kind of token</source>
        <translation>Art des Tokens</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>wrapping key on the token</source>
        <translation>Verpackungsschlüssel auf dem Token</translation>
    </message>
    <message>
        <source>the same as in the file</source>
        <translation>derselbe wie in der Datei</translation>
    </message>
    <message>
        <source>wrapped key, bytes</source>
        <translation>verpackter Schlüssel, Bytes</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>its SHA-256</source>
        <translation>zugehöriger SHA-256</translation>
    </message>
    <message>
        <source>import with</source>
        <translation>importieren mit</translation>
    </message>
    <message>
        <source>nothing here shows that wrapping key and import token came from one call; if they did not, KMS answers the import with InvalidCiphertextException or InvalidImportTokenException</source>
        <translation>nichts hier zeigt, dass Verpackungsschlüssel und Import-Token aus einem einzigen Aufruf stammen; wenn nicht, beantwortet KMS den Import mit InvalidCiphertextException oder InvalidImportTokenException</translation>
    </message>
    <message>
        <source>compare both SHA-256 values with the station that fetched the files</source>
        <translation>beide SHA-256-Werte mit dem Arbeitsplatz vergleichen, der die Dateien abgerufen hat</translation>
    </message>
    <message>
        <source>the files do not name the KMS key; the command says KEY-ID in its place</source>
        <translation>die Dateien nennen den KMS-Schlüssel nicht; im Befehl steht an seiner Stelle KEY-ID</translation>
    </message>
    <message>
        <source>put the ID of the KMS key that wrapping key and import token were fetched for there</source>
        <translation>dort die ID des KMS-Schlüssels einsetzen, für den Verpackungsschlüssel und Import-Token abgerufen wurden</translation>
    </message>
    <message>
        <source>token key</source>
        <translation>Token-Schlüssel</translation>
    </message>
    <message>
        <source>the wrap, as shown for review</source>
        <translation>das Verpacken, wie zur Durchsicht gezeigt</translation>
    </message>
    <message>
        <source>it is more than 24 hours ahead of now, %1; no import token is good for longer</source>
        <translation>das liegt mehr als 24 Stunden nach jetzt, %1; länger gilt kein Import-Token</translation>
    </message>
    <message>
        <source>give the time of the download plus 24 hours, and check this machine&apos;s clock if that is what was given</source>
        <translation>die Zeit des Herunterladens plus 24 Stunden angeben; wurde das getan, die Uhr dieses Rechners prüfen</translation>
    </message>
    <message>
        <source>by this machine&apos;s clock the import token is good for more than 24 hours, which none is: the clock is behind, or the file was not given by KMS</source>
        <translation>nach der Uhr dieses Rechners gilt das Import-Token länger als 24 Stunden, was bei keinem so ist: die Uhr geht nach, oder die Datei stammt nicht von KMS</translation>
    </message>
    <message>
        <source>set the clock; with a period, the expiry was counted from it</source>
        <translation>die Uhr stellen; bei einer Frist wurde der Ablauf von ihr aus gezählt</translation>
    </message>
    <message>
        <source>give %1; the console&apos;s README file names the time, 24 hours after the download</source>
        <translation>%1 angeben; die README-Datei der Konsole nennt die Zeit, 24 Stunden nach dem Herunterladen</translation>
    </message>
    <message>
        <source>use the parameters of this key, or leave %1 out</source>
        <translation>die Parameter dieses Schlüssels verwenden oder bei %1 nichts angeben</translation>
    </message>
    <message>
        <source>%1, serial number %2</source>
        <translation>%1, Seriennummer %2</translation>
    </message>
    <message>
        <source>(not named)</source>
        <translation>(nicht genannt)</translation>
    </message>
    <message>
        <source>retained</source>
        <translation>bleibt erhalten</translation>
    </message>
    <message>
        <source>wrapping for %1</source>
        <translation>Verpacken für %1</translation>
    </message>
    <message>
        <source>have the parameters fetched for a pair that KMS takes, such as %1 and %2, and name that algorithm here</source>
        <translation>die Parameter für ein Paar holen lassen, das KMS nimmt, etwa %1 und %2, und diesen Algorithmus hier nennen</translation>
    </message>
    <message>
        <source>the import token&apos;s file has a $ in its name, which the AWS CLI takes for the name of a variable</source>
        <translation>die Datei des Import-Tokens hat ein $ im Namen, was die AWS-CLI für den Namen einer Variablen hält</translation>
    </message>
    <message>
        <source>rename the file, and name it so in the command</source>
        <translation>die Datei umbenennen und sie im Befehl so nennen</translation>
    </message>
</context>
<context>
    <name>WrapKey</name>
    <message>
        <source>wrapping on token &quot;%1&quot;</source>
        <translation>Verpacken auf dem Token „%1“</translation>
    </message>
    <message>
        <source>there is no public RSA key with %1 on the token</source>
        <translation>auf dem Token gibt es keinen öffentlichen RSA-Schlüssel mit %1</translation>
    </message>
    <message>
        <source>%1 public RSA keys match %2</source>
        <translation>%1 öffentliche RSA-Schlüssel passen zu %2</translation>
    </message>
    <message>
        <source>name the wrapping key by its ID as well</source>
        <translation>den Verpackungsschlüssel zusätzlich mit seiner ID angeben</translation>
    </message>
    <message>
        <source>the key is not extractable: its CKA_EXTRACTABLE is false, so it stays on this token</source>
        <translation>der Schlüssel ist nicht extrahierbar: Sein CKA_EXTRACTABLE ist false, also bleibt er auf diesem Token</translation>
    </message>
    <message>
        <source>nobody can turn that back on, the security officer neither; generate a new key that is extractable (and seal it after the import)</source>
        <translation>niemand kann das wieder einschalten, auch der Security Officer nicht; einen neuen, extrahierbaren Schlüssel erzeugen (und ihn nach dem Import versiegeln)</translation>
    </message>
    <message>
        <source>the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and the session AES key of a two-step wrap cannot be trusted</source>
        <translation>der Schlüssel ist nur für vertrauenswürdige Verpackungsschlüssel freigegeben (CKA_WRAP_WITH_TRUSTED), und der AES-Sitzungsschlüssel einer zweistufigen Verpackung kann nicht vertrauenswürdig sein</translation>
    </message>
    <message>
        <source>such a key can be wrapped by plain RSAES_OAEP only, under a wrapping key that the security officer marked as trusted</source>
        <translation>ein solcher Schlüssel kann nur mit einfachem RSAES_OAEP verpackt werden, unter einem Verpackungsschlüssel, den der Security Officer als vertrauenswürdig gekennzeichnet hat</translation>
    </message>
    <message>
        <source>the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and this wrapping key is not trusted (CKA_TRUSTED)</source>
        <translation>der Schlüssel ist nur für vertrauenswürdige Verpackungsschlüssel freigegeben (CKA_WRAP_WITH_TRUSTED), und dieser Verpackungsschlüssel ist nicht vertrauenswürdig (CKA_TRUSTED)</translation>
    </message>
    <message>
        <source>the OAEP block has %1 bytes; under this wrapping key it must have %2</source>
        <translation>der OAEP-Block hat %1 Byte; unter diesem Verpackungsschlüssel müssen es %2 sein</translation>
    </message>
    <message>
        <source>this token does not wrap as the standard says; use another token</source>
        <translation>dieses Token verpackt nicht so, wie es der Standard vorschreibt; ein anderes Token verwenden</translation>
    </message>
    <message>
        <source>the wrapping key on the token is not the expected one: modulus or exponent differ</source>
        <translation>der Verpackungsschlüssel auf dem Token ist nicht der erwartete: Modulus oder Exponent weichen ab</translation>
    </message>
    <message>
        <source>nothing was wrapped. Do not go on before it is clear where this wrapping key comes from</source>
        <translation>es wurde nichts verpackt. Nicht weitermachen, bevor klar ist, woher dieser Verpackungsschlüssel stammt</translation>
    </message>
    <message>
        <source>the token marks a wrapping key of this program as trusted without being asked</source>
        <translation>das Token kennzeichnet einen Verpackungsschlüssel dieses Programms unverlangt als vertrauenswürdig</translation>
    </message>
    <message>
        <source>nothing was wrapped; ask the token&apos;s vendor about CKA_TRUSTED</source>
        <translation>es wurde nichts verpackt; den Hersteller des Tokens nach CKA_TRUSTED fragen</translation>
    </message>
    <message>
        <source>the security officer puts the wrapping key on the token as a trusted one; then name it with %1</source>
        <translation>der Security Officer bringt den Verpackungsschlüssel als vertrauenswürdig auf das Token; ihn danach mit %1 angeben</translation>
    </message>
    <message>
        <source>check the URI of the wrapping key; %1 shows what is there</source>
        <translation>die URI des Verpackungsschlüssels prüfen; %1 zeigt, was vorhanden ist</translation>
    </message>
</context>
<context>
    <name>WrapRecipe</name>
    <message>
        <source>CKM_RSA_PKCS_OAEP (%1, source 0)</source>
        <translation>CKM_RSA_PKCS_OAEP (%1, Quelle 0)</translation>
    </message>
    <message>
        <source>CKM_RSA_AES_KEY_WRAP with %1</source>
        <translation>CKM_RSA_AES_KEY_WRAP mit %1</translation>
    </message>
    <message>
        <source>CKM_AES_KEY_WRAP_KWP under a session AES-256 key, then %1</source>
        <translation>CKM_AES_KEY_WRAP_KWP unter einem AES-256-Sitzungsschlüssel, dann %1</translation>
    </message>
    <message>
        <source>CKM_AES_KEY_WRAP_PAD under a session AES-256 key, then %1</source>
        <translation>CKM_AES_KEY_WRAP_PAD unter einem AES-256-Sitzungsschlüssel, dann %1</translation>
    </message>
</context>
<context>
    <name>WrappingPublicKey</name>
    <message>
        <source>give the PublicKey of a GetParametersForImport reply: a DER SubjectPublicKeyInfo with an RSA key of 2048, 3072 or 4096 bits, decoded from Base64</source>
        <translation>den PublicKey aus einer Antwort auf GetParametersForImport angeben: ein DER-kodiertes SubjectPublicKeyInfo mit einem RSA-Schlüssel von 2048, 3072 oder 4096 Bit, aus Base64 dekodiert</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>der öffentliche Verpackungsschlüssel ist leer</translation>
    </message>
    <message>
        <source>it has %1 bytes; a wrapping public key has at most %2</source>
        <translation>die Daten haben %1 Byte; ein öffentlicher Verpackungsschlüssel hat höchstens %2</translation>
    </message>
    <message>
        <source>it is text (PEM or Base64), not DER</source>
        <translation>es ist Text (PEM oder Base64), nicht DER</translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo: it does not begin with a SEQUENCE</source>
        <translation>es ist kein DER-kodiertes SubjectPublicKeyInfo: Es beginnt nicht mit einer SEQUENCE</translation>
    </message>
    <message>
        <source>%1 bytes follow its end</source>
        <translation>auf das Ende folgen noch %1 Byte</translation>
    </message>
    <message>
        <source>it is not an RSA key (rsaEncryption): its algorithm is %1</source>
        <translation>es ist kein RSA-Schlüssel (rsaEncryption): Der Algorithmus ist %1</translation>
    </message>
    <message>
        <source>its rsaEncryption parameters are not NULL</source>
        <translation>die Parameter von rsaEncryption sind nicht NULL</translation>
    </message>
    <message>
        <source>it is not in canonical DER: its RSAPublicKey has bytes too many or numbers written oddly</source>
        <translation>es ist kein kanonisches DER: Der RSAPublicKey enthält überzählige Bytes oder ungewöhnlich geschriebene Zahlen</translation>
    </message>
    <message>
        <source>its RSA modulus has %1 bits; KMS gives 2048, 3072 or 4096</source>
        <translation>der RSA-Modulus hat %1 Bit; KMS gibt 2048, 3072 oder 4096</translation>
    </message>
    <message>
        <source>its RSA modulus is even</source>
        <translation>der RSA-Modulus ist gerade</translation>
    </message>
    <message>
        <source>its public exponent is even</source>
        <translation>der öffentliche Exponent ist gerade</translation>
    </message>
    <message>
        <source>its public exponent has %1 bits; 17 (65537) to 256 are sensible</source>
        <translation>der öffentliche Exponent hat %1 Bit; sinnvoll sind 17 (65537) bis 256</translation>
    </message>
    <message>
        <source>it is no DER SubjectPublicKeyInfo</source>
        <translation>es ist kein DER-kodiertes SubjectPublicKeyInfo</translation>
    </message>
    <message>
        <source>its RSA public key cannot be decoded</source>
        <translation>der öffentliche RSA-Schlüssel lässt sich nicht dekodieren</translation>
    </message>
    <message>
        <source>it is truncated: it ends inside the header that tells its length</source>
        <translation>abgeschnitten: Es endet innerhalb des Kopfes, der die Länge nennt</translation>
    </message>
    <message>
        <source>it is truncated: it ends at byte %1, its DER header announces %2</source>
        <translation>abgeschnitten: Es endet bei Byte %1, der DER-Kopf kündigt %2 an</translation>
    </message>
    <message>
        <source>1 byte follows its end</source>
        <translation>auf das Ende folgt noch 1 Byte</translation>
    </message>
</context>
<context>
    <name>WrappingRoute</name>
    <message>
        <source>wrapping for %1</source>
        <translation>Verpacken für %1</translation>
    </message>
    <message>
        <source>SHA-1 is allowed without a reason</source>
        <translation>SHA-1 ist ohne Begründung zugelassen</translation>
    </message>
    <message>
        <source>give the reason; it is kept in the result</source>
        <translation>die Begründung angeben; sie wird im Ergebnis festgehalten</translation>
    </message>
    <message>
        <source>%1 uses SHA-1, which is taken only knowingly</source>
        <translation>%1 verwendet SHA-1, und das wird nur wissentlich angenommen</translation>
    </message>
    <message>
        <source>find out how this token can wrap such a key</source>
        <translation>feststellen, wie dieses Token einen solchen Schlüssel verpacken kann</translation>
    </message>
    <message>
        <source>SHA-1 is used in OAEP. Reason given: %1</source>
        <translation>in OAEP wird SHA-1 verwendet. Angegebene Begründung: %1</translation>
    </message>
    <message>
        <source>use a token that does OAEP with SHA-256 when you can</source>
        <translation>wenn möglich, ein Token verwenden, das OAEP mit SHA-256 beherrscht</translation>
    </message>
    <message>
        <source>use a token that does %1 rightly; nothing is ever wrapped outside the token</source>
        <translation>ein Token verwenden, das %1 richtig ausführt; außerhalb des Tokens wird niemals etwas verpackt</translation>
    </message>
    <message>
        <source>token %1, wrapping for %2</source>
        <translation>Token %1, Verpacken für %2</translation>
    </message>
    <message>
        <source>this key may be wrapped under trusted keys only, so only RSAES_OAEP would do, and KMS does not take that for this key spec</source>
        <translation>dieser Schlüssel darf nur unter vertrauenswürdigen Schlüsseln verpackt werden, also käme nur RSAES_OAEP in Frage, und das nimmt KMS für diese Key Spec nicht an</translation>
    </message>
    <message>
        <source>wrapping algorithm</source>
        <translation>Verpackungsverfahren</translation>
    </message>
    <message>
        <source>wrapping key spec</source>
        <translation>Key Spec des Verpackungsschlüssels</translation>
    </message>
    <message>
        <source>done on the token by</source>
        <translation>auf dem Token ausgeführt mit</translation>
    </message>
    <message>
        <source>qualified</source>
        <translation>Eignung geprüft</translation>
    </message>
    <message>
        <source>strength, bits</source>
        <translation>Stärke, Bit</translation>
    </message>
    <message>
        <source>wrap %1, key %2</source>
        <translation>Verpackung %1, Schlüssel %2</translation>
    </message>
    <message>
        <source>SHA-1 because</source>
        <translation>Grund für SHA-1</translation>
    </message>
    <message>
        <source>it cannot wrap such a key in any allowed way</source>
        <translation>das Token kann einen solchen Schlüssel auf keine zugelassene Weise verpacken</translation>
    </message>
    <message>
        <source>%1; another token must do %2 rightly; nothing is ever wrapped outside the token</source>
        <translation>%1; ein anderes Token muss %2 richtig ausführen; außerhalb des Tokens wird niemals etwas verpackt</translation>
    </message>
    <message>
        <source>name another %1 or %2, or leave them out</source>
        <translation>bei %1 oder %2 etwas anderes wählen oder beides offen lassen</translation>
    </message>
    <message>
        <source>use the SHA-256 form, or say why SHA-1 it is with %1: OAEP does not rest on its collision resistance, yet standards phase it out</source>
        <translation>die Form mit SHA-256 verwenden oder mit %1 sagen, warum es SHA-1 sein soll: OAEP beruht nicht auf dessen Kollisionsresistenz, dennoch wird SHA-1 in den Standards schrittweise abgeschafft</translation>
    </message>
    <message>
        <source>%1, kept from then</source>
        <translation>%1, seitdem aufbewahrt</translation>
    </message>
    <message>
        <source>%1, in this run</source>
        <translation>%1, in diesem Lauf</translation>
    </message>
    <message>
        <source>CKM_RSA_PKCS_OAEP with SHA-256</source>
        <translation>CKM_RSA_PKCS_OAEP mit SHA-256</translation>
    </message>
    <message>
        <source>CKM_RSA_AES_KEY_WRAP, or CKM_AES_KEY_WRAP_KWP and CKM_RSA_PKCS_OAEP, with SHA-256</source>
        <translation>CKM_RSA_AES_KEY_WRAP, oder CKM_AES_KEY_WRAP_KWP und CKM_RSA_PKCS_OAEP, mit SHA-256</translation>
    </message>
    <message>
        <source>not tried in this run: kept from %1; %2 tries again</source>
        <translation>in diesem Lauf nicht versucht: aufbewahrt von %1; %2 versucht es erneut</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::AboutPage</name>
    <message>
        <source>About Keyconvoy</source>
        <translation>Über Keyconvoy</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>What it promises</source>
        <translation>Was es verspricht</translation>
    </message>
    <message>
        <source>The key never leaves the token in the clear. Nothing in this program asks for, receives or holds its bytes. A software token is memory of this computer, and every result says so.</source>
        <translation>Der Schlüssel verlässt das Token nie im Klartext. Nichts in diesem Programm verlangt, empfängt oder hält seine Bytes. Ein Software-Token ist Speicher dieses Computers, und jedes Ergebnis sagt das.</translation>
    </message>
    <message>
        <source>It works on the token you have. What a token can do is found out by trying it with throw-away keys, never assumed.</source>
        <translation>Es arbeitet mit dem Token, das Sie haben. Was ein Token kann, wird durch Ausprobieren mit Wegwerfschlüsseln festgestellt, nie angenommen.</translation>
    </message>
    <message>
        <source>It says what a result rests on, and claims nothing more.</source>
        <translation>Es sagt, worauf ein Ergebnis beruht, und behauptet nicht mehr.</translation>
    </message>
    <message>
        <source>It cannot protect you from the computer it runs on: the screen can lie. Compare fingerprints on paper, across stations.</source>
        <translation>Es kann Sie nicht vor dem Computer schützen, auf dem es läuft: Der Bildschirm kann lügen. Vergleichen Sie Fingerabdrücke auf Papier, über Arbeitsplätze hinweg.</translation>
    </message>
    <message>
        <source>How it looks</source>
        <translation>Wie es aussieht</translation>
    </message>
    <message>
        <source>As the desktop has it</source>
        <translation>Wie auf dem Desktop eingestellt</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Licence and origins</source>
        <translation>Lizenz und Herkunft</translation>
    </message>
    <message>
        <source>Keyconvoy is free software under the Apache License 2.0.</source>
        <translation>Keyconvoy ist freie Software unter der Apache License 2.0.</translation>
    </message>
    <message>
        <source>It stands on OpenSSL, libp11, p11-kit, libcurl, nlohmann-json, toml++, pugixml and Qt %1 (LGPL 3).</source>
        <translation>Es baut auf OpenSSL, libp11, p11-kit, libcurl, nlohmann-json, toml++, pugixml und Qt %1 (LGPL 3) auf.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::AskPanel</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::CheckCard</name>
    <message>
        <source>Check this station</source>
        <translation>Diesen Arbeitsplatz prüfen</translation>
    </message>
    <message>
        <source>Log in too (asks for the PIN)</source>
        <translation>Auch anmelden (fragt nach der PIN)</translation>
    </message>
    <message>
        <source>Ask AWS too (STS and KMS)</source>
        <translation>Auch AWS fragen (STS und KMS)</translation>
    </message>
    <message>
        <source>C&amp;heck this station</source>
        <translation>Diesen Arbeitsplatz &amp;prüfen</translation>
    </message>
    <message>
        <source>This station is not ready yet. Problems to be solved first: %1.</source>
        <translation>Dieser Arbeitsplatz ist noch nicht bereit. Probleme, die zuerst zu lösen sind: %1.</translation>
    </message>
    <message>
        <source>This station works. Things to know before it is used: %1.</source>
        <translation>Dieser Arbeitsplatz funktioniert. Was man vorher wissen sollte: %1.</translation>
    </message>
    <message>
        <source>This station is ready: nothing was found that stands in the way.</source>
        <translation>Dieser Arbeitsplatz ist bereit: Es wurde nichts gefunden, was im Weg steht.</translation>
    </message>
    <message>
        <source>Loads the module, looks at the token, asks AWS who is calling and compares the clocks. It creates and changes nothing. What is filled in above counts, saved or not.</source>
        <translation>Lädt das Modul, sieht das Token an, fragt AWS, wer anruft, und vergleicht die Uhren. Dabei entsteht und ändert sich nichts. Es gilt, was oben eingetragen ist, gespeichert oder nicht.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ChoicePanel</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::Desk</name>
    <message>
        <source>This is a rehearsal: its PIN is %1.</source>
        <translation>Dies ist eine Probe: Ihre PIN ist %1.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ExpiryPart</name>
    <message>
        <source>At a date and &amp;time</source>
        <translation>Zu einem &amp;Zeitpunkt</translation>
    </message>
    <message>
        <source>After a number of &amp;days, counted from the import</source>
        <translation>Nach einer Zahl von &amp;Tagen, vom Import an gezählt</translation>
    </message>
    <message>
        <source>Ne&amp;ver</source>
        <translation>N&amp;ie</translation>
    </message>
    <message>
        <source>Yes, never: KMS keeps it until somebody d&amp;eletes it, and nothing reminds anybody</source>
        <translation>Ja, nie: KMS behält es, bis jemand es &amp;löscht, und nichts erinnert daran</translation>
    </message>
    <message>
        <source>When the imported material expires</source>
        <translation>Wann das importierte Material abläuft</translation>
    </message>
    <message>
        <source>At that moment KMS deletes the material and the KMS key stops working, until the same material is imported again. There is no default.</source>
        <translation>In diesem Augenblick löscht KMS das Material, und der KMS-Schlüssel ist unbrauchbar, bis dasselbe Material wieder importiert wird. Es gibt keine Vorgabe.</translation>
    </message>
    <message>
        <source>not chosen</source>
        <translation>nicht gewählt</translation>
    </message>
    <message>
        <source> days</source>
        <translation> Tage</translation>
    </message>
    <message>
        <source>Da&amp;ys</source>
        <translation>Ta&amp;ge</translation>
    </message>
    <message>
        <source>1 to %1</source>
        <translation>1 bis %1</translation>
    </message>
    <message>
        <source>What that means</source>
        <translation>Was das heißt</translation>
    </message>
    <message>
        <source>Time here (%1)</source>
        <translation>Zeit hier (%1)</translation>
    </message>
    <message>
        <source>UTC</source>
        <translation>UTC</translation>
    </message>
    <message>
        <source>Calendar: the day of expiry</source>
        <translation>Kalender: der Tag des Ablaufs</translation>
    </message>
    <message>
        <source>Date and ti&amp;me</source>
        <translation>&amp;Datum und Uhrzeit</translation>
    </message>
    <message>
        <source>&amp;Zone</source>
        <translation>Z&amp;one</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FailurePanel</name>
    <message>
        <source>Something given is not right</source>
        <translation>Eine Angabe stimmt nicht</translation>
    </message>
    <message>
        <source>Something was not found</source>
        <translation>Etwas wurde nicht gefunden</translation>
    </message>
    <message>
        <source>Refused by a rule</source>
        <translation>Durch eine Regel abgelehnt</translation>
    </message>
    <message>
        <source>Something needed is not available</source>
        <translation>Etwas Benötigtes ist nicht verfügbar</translation>
    </message>
    <message>
        <source>A check failed: stop and find out why</source>
        <translation>Eine Prüfung ist fehlgeschlagen: anhalten und den Grund herausfinden</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>A defect of this program</source>
        <translation>Ein Programmfehler</translation>
    </message>
    <message>
        <source>the error</source>
        <translation>Fehlermeldung</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschehen ist</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>The other side&apos;s words</source>
        <translation>Wortlaut der Gegenseite</translation>
    </message>
    <message>
        <source>Request ID</source>
        <translation>Request-ID</translation>
    </message>
    <message>
        <source>One by one:</source>
        <translation>Im Einzelnen:</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FindingsView</name>
    <message>
        <source>What to do: %1</source>
        <translation>Was zu tun ist: %1</translation>
    </message>
    <message>
        <source>Good to know</source>
        <translation>Gut zu wissen</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FingerprintView</name>
    <message>
        <source>%1, in words: %2</source>
        <translation>%1, in Wörtern: %2</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FlowingLabel</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::FormField</name>
    <message>
        <source>%1; %2</source>
        <translation>%1; %2</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ImportPage</name>
    <message>
        <source>Import a key</source>
        <translation>Schlüssel importieren</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>Wrapping</source>
        <translation>Verpackung</translation>
    </message>
    <message>
        <source>Expiry</source>
        <translation>Gültigkeit</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Durchsicht</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Bac&amp;k</source>
        <translation>Z&amp;urück</translation>
    </message>
    <message>
        <source>Start &amp;over</source>
        <translation>Von &amp;vorn</translation>
    </message>
    <message>
        <source>The run before this one left a key on the token and a KMS key; this run takes both up.</source>
        <translation>Der Lauf davor hat einen Schlüssel auf dem Token und einen KMS-Schlüssel hinterlassen; dieser Lauf nimmt beide auf.</translation>
    </message>
    <message>
        <source>The run before this one left a KMS key; this run takes it up.</source>
        <translation>Der Lauf davor hat einen KMS-Schlüssel hinterlassen; dieser Lauf nimmt ihn auf.</translation>
    </message>
    <message>
        <source>The run before this one left a key on the token; this run takes it up.</source>
        <translation>Der Lauf davor hat einen Schlüssel auf dem Token hinterlassen; dieser Lauf nimmt ihn auf.</translation>
    </message>
    <message>
        <source>&amp;Begin the import</source>
        <translation>Import &amp;beginnen</translation>
    </message>
    <message>
        <source>Import a&amp;nother key</source>
        <translation>&amp;Noch einen Schlüssel importieren</translation>
    </message>
    <message>
        <source>&amp;Change something</source>
        <translation>Etwas &amp;ändern</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>The import came to its end: %1</source>
        <translation>Der Import ist zu Ende gekommen: %1</translation>
    </message>
    <message>
        <source>&amp;Go on with what exists</source>
        <translation>&amp;Mit dem Vorhandenen weitermachen</translation>
    </message>
    <message>
        <source>The result of this import is not saved. Nobody keeps it but you.</source>
        <translation>Das Ergebnis dieses Imports ist nicht gespeichert. Niemand bewahrt es auf außer Ihnen.</translation>
    </message>
    <message>
        <source>Check a&amp;gain</source>
        <translation>Er&amp;neut prüfen</translation>
    </message>
    <message>
        <source>A run that did not come to its end left keys behind. Their names stand on this page only.</source>
        <translation>Ein Lauf, der nicht zu seinem Ende kam, hat Schlüssel zurückgelassen. Ihre Namen stehen nur auf dieser Seite.</translation>
    </message>
    <message>
        <source>Back to the &amp;review</source>
        <translation>Zurück zur &amp;Durchsicht</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::JobPanel</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancelling after this call …</source>
        <translation>Abbruch nach diesem Aufruf …</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::KeyPart</name>
    <message>
        <source>&amp;Generate a new key on the token</source>
        <translation>Einen neuen Schlüssel auf dem Token &amp;erzeugen</translation>
    </message>
    <message>
        <source>Take a key that is on the token &amp;already</source>
        <translation>Einen &amp;vorhandenen Schlüssel des Tokens nehmen</translation>
    </message>
    <message>
        <source>%1 — %2</source>
        <translation>%1 — %2</translation>
    </message>
    <message>
        <source>The key</source>
        <translation>Der Schlüssel</translation>
    </message>
    <message>
        <source>Key &amp;spec</source>
        <translation>Key &amp;Spec</translation>
    </message>
    <message>
        <source>Key &amp;usage</source>
        <translation>Verwen&amp;dung</translation>
    </message>
    <message>
        <source>For a KMS key that is created; one that exists has its usage already.</source>
        <translation>Für einen KMS-Schlüssel, der angelegt wird; ein vorhandener hat seine Verwendung schon.</translation>
    </message>
    <message>
        <source>Lab&amp;el</source>
        <translation>&amp;Label</translation>
    </message>
    <message>
        <source>The name by which people will find this key on the token, for years.</source>
        <translation>Der Name, unter dem Menschen diesen Schlüssel jahrelang auf dem Token finden.</translation>
    </message>
    <message>
        <source>Label or &amp;URI of the key</source>
        <translation>Label oder &amp;URI des Schlüssels</translation>
    </message>
    <message>
        <source>The token</source>
        <translation>Das Token</translation>
    </message>
    <message>
        <source>Strength: %1 bits</source>
        <translation>Stärke: %1 Bit</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::KeyPicker</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>&amp;List the token&apos;s keys</source>
        <translation>Schlüssel des Tokens auf&amp;listen</translation>
    </message>
    <message>
        <source>Keys on the token</source>
        <translation>Schlüssel auf dem Token</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Fits as</source>
        <translation>Passt als</translation>
    </message>
    <message>
        <source>May be wrapped</source>
        <translation>Darf verpackt werden</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>This login sees no secret and no private key on the token. Generate one instead.</source>
        <translation>Diese Anmeldung sieht keinen geheimen und keinen privaten Schlüssel auf dem Token. Stattdessen einen erzeugen.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::KeysModel</name>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>(no label)</source>
        <translation>(ohne Label)</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>As a KMS key</source>
        <translation>Als KMS-Schlüssel</translation>
    </message>
    <message>
        <source>Local, it says</source>
        <translation>Lokal, sagt es</translation>
    </message>
    <message>
        <source>Sensitive</source>
        <translation>Sensitiv</translation>
    </message>
    <message>
        <source>May be wrapped</source>
        <translation>Verpackbar</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>nicht gesagt</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::KeysSection</name>
    <message>
        <source>Show &amp;keys</source>
        <translation>Schlüssel &amp;zeigen</translation>
    </message>
    <message>
        <source>No keys</source>
        <translation>Keine Schlüssel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Most tokens show their keys only after a login. Nothing is changed.</source>
        <translation>Die meisten Token zeigen ihre Schlüssel erst nach einer Anmeldung. Nichts wird geändert.</translation>
    </message>
    <message>
        <source>This token holds no key that this login sees. The page Import a key generates one here.</source>
        <translation>Dieses Token enthält keinen Schlüssel, den diese Anmeldung sieht. Die Seite „Schlüssel importieren“ erzeugt hier einen.</translation>
    </message>
    <message>
        <source>Open the page Import a key</source>
        <translation>Seite „Schlüssel importieren“ öffnen</translation>
    </message>
    <message>
        <source>the key&apos;s PKCS#11 URI</source>
        <translation>die PKCS#11-URI des Schlüssels</translation>
    </message>
    <message>
        <source>Copy its URI</source>
        <translation>URI kopieren</translation>
    </message>
    <message>
        <source>%1  ·  %2, %3</source>
        <translation>%1  ·  %2, %3</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::KmsKeyPart</name>
    <message>
        <source>&amp;Create a new KMS key</source>
        <translation>Einen &amp;neuen KMS-Schlüssel anlegen</translation>
    </message>
    <message>
        <source>Import into a KMS key that e&amp;xists</source>
        <translation>In einen &amp;vorhandenen KMS-Schlüssel importieren</translation>
    </message>
    <message>
        <source>&amp;Look at it</source>
        <translation>An&amp;sehen</translation>
    </message>
    <message>
        <source>The KMS key that takes the material</source>
        <translation>Der KMS-Schlüssel, der das Material aufnimmt</translation>
    </message>
    <message>
        <source>&amp;Description</source>
        <translation>&amp;Beschreibung</translation>
    </message>
    <message>
        <source>May stay empty. KMS shows it beside the key; it can be changed later.</source>
        <translation>Darf leer bleiben. KMS zeigt sie beim Schlüssel; sie lässt sich später ändern.</translation>
    </message>
    <message>
        <source>It is created with origin EXTERNAL and without material, after the review and after the key exists on the token.</source>
        <translation>Er wird mit der Herkunft EXTERNAL und ohne Material angelegt, nach der Durchsicht und wenn der Schlüssel auf dem Token besteht.</translation>
    </message>
    <message>
        <source>&amp;ARN or key ID</source>
        <translation>&amp;ARN oder Schlüssel-ID</translation>
    </message>
    <message>
        <source>Aliases are not taken: an alias can be pointed elsewhere between two calls.</source>
        <translation>Aliasse werden nicht genommen: ein Alias kann zwischen zwei Aufrufen anderswohin zeigen.</translation>
    </message>
    <message>
        <source>Cannot take this import</source>
        <translation>Kann diesen Import nicht aufnehmen</translation>
    </message>
    <message>
        <source>Can take this import</source>
        <translation>Kann diesen Import aufnehmen</translation>
    </message>
    <message>
        <source>The run before this one asked KMS for a new key and got no answer, so that one may exist. Look first: in the KMS console, or with aws kms list-keys, by description and creation date. If it is there, name it here; if not, create a new one.</source>
        <translation>Der Lauf davor hat KMS um einen neuen Schlüssel gebeten und keine Antwort bekommen, es kann ihn also geben. Zuerst nachsehen: in der KMS-Konsole oder mit aws kms list-keys, nach Beschreibung und Zeit der Erstellung. Gibt es ihn, ihn hier nennen; wenn nicht, einen neuen anlegen.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::MainWindow</name>
    <message>
        <source>Keyconvoy</source>
        <translation>Keyconvoy</translation>
    </message>
    <message>
        <source>Go on with it</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Cancel it, then close</source>
        <translation>Abbrechen, dann schließen</translation>
    </message>
    <message>
        <source>Close at once</source>
        <translation>Sofort schließen</translation>
    </message>
    <message>
        <source>Wait for it</source>
        <translation>Darauf warten</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Import a key</source>
        <translation>Schlüssel importieren</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>End the rehearsal? Its tokens, their keys and the simulated KMS are thrown away; what was typed in is lost.</source>
        <translation>Die Probe beenden? Ihre Tokens, deren Schlüssel und das simulierte KMS werden weggeworfen; was eingetippt wurde, geht verloren.</translation>
    </message>
    <message>
        <source>End it</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Go on rehearsing</source>
        <translation>Weiter proben</translation>
    </message>
    <message>
        <source>%1, running</source>
        <translation>%1, läuft</translation>
    </message>
    <message>
        <source>Begin anew all the same</source>
        <translation>Trotzdem neu beginnen</translation>
    </message>
    <message>
        <source>Rehearse all the same</source>
        <translation>Trotzdem proben</translation>
    </message>
    <message>
        <source>%1 is still running. It can end after the call that is under way; what exists by then is named.</source>
        <translation>%1 läuft noch. Das kann nach dem laufenden Aufruf enden; was bis dahin entstanden ist, wird genannt.</translation>
    </message>
    <message>
        <source>The window closes when the call that is under way has ended, or says what was left. Closing at once may leave something half-done: then look at the token and at KMS before anything is repeated.</source>
        <translation>Das Fenster schließt, wenn der laufende Aufruf beendet ist, oder sagt, was geblieben ist. Sofort zu schließen kann etwas Halbfertiges hinterlassen: dann Token und KMS ansehen, bevor etwas wiederholt wird.</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
    <message>
        <source>Close all the same</source>
        <translation>Trotzdem schließen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::MechanismsModel</name>
    <message>
        <source>none named</source>
        <translation>keine genannt</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>Mechanism</source>
        <translation>Mechanismus</translation>
    </message>
    <message>
        <source>Key sizes</source>
        <translation>Schlüsselgrößen</translation>
    </message>
    <message>
        <source>Said to be able to</source>
        <translation>Kann angeblich</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ModeBanner</name>
    <message>
        <source>Making tokens and starting the simulator …</source>
        <translation>Tokens werden angelegt, der Simulator wird gestartet …</translation>
    </message>
    <message>
        <source>Software token %1, simulated KMS. Nothing here reaches AWS; everything is thrown away at the end.</source>
        <translation>Software-Token %1, simuliertes KMS. Nichts hier erreicht AWS; am Ende wird alles weggeworfen.</translation>
    </message>
    <message>
        <source>No token is chosen yet: open the page Station.</source>
        <translation>Noch ist kein Token gewählt: die Seite Arbeitsplatz öffnen.</translation>
    </message>
    <message>
        <source>Region from the AWS configuration</source>
        <translation>Region aus der AWS-Konfiguration</translation>
    </message>
    <message>
        <source>End the rehearsal</source>
        <translation>Probe beenden</translation>
    </message>
    <message>
        <source>REHEARSAL</source>
        <translation>PROBE</translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation>PRODUKTION</translation>
    </message>
    <message>
        <source>kind of token not seen yet</source>
        <translation>Art des Tokens noch nicht gesehen</translation>
    </message>
    <message>
        <source>software token</source>
        <translation>Software-Token</translation>
    </message>
    <message>
        <source>not known to be software</source>
        <translation>nicht als Software bekannt</translation>
    </message>
    <message>
        <source>Token %1  ·  %2  ·  %3</source>
        <translation>Token %1  ·  %2  ·  %3</translation>
    </message>
    <message>
        <source>The simulated KMS has ended by itself. End this rehearsal, then begin another.</source>
        <translation>Das simulierte KMS hat sich von selbst beendet. Beenden Sie diese Probe und beginnen Sie dann eine neue.</translation>
    </message>
    <message>
        <source>as named on the page Station, which cannot be taken</source>
        <translation>wie auf der Seite Arbeitsplatz genannt, was so nicht geht</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::OverviewSection</name>
    <message>
        <source>Mechanisms that it lists</source>
        <translation>Mechanismen, die es aufführt</translation>
    </message>
    <message>
        <source>Show all mechanisms</source>
        <translation>Alle Mechanismen zeigen</translation>
    </message>
    <message>
        <source>Mechanisms</source>
        <translation>Mechanismen</translation>
    </message>
    <message>
        <source>What it says of itself</source>
        <translation>Was es über sich sagt</translation>
    </message>
    <message>
        <source>Flags as the module gives them: %1</source>
        <translation>Flags, wie das Modul sie nennt: %1</translation>
    </message>
    <message>
        <source>Hide the list</source>
        <translation>Liste verbergen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::Page</name>
    <message>
        <source>The token is in use on the page “%1”. This page waits until that has ended, or was cancelled there.</source>
        <translation>Das Token wird auf der Seite „%1“ gebraucht. Diese Seite wartet, bis das zu Ende ist oder dort abgebrochen wurde.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::PinField</name>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ProfilesCard</name>
    <message>
        <source>Sa&amp;ve</source>
        <translation>Speic&amp;hern</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>Änderungen verwerfen</translation>
    </message>
    <message>
        <source>&amp;New …</source>
        <translation>&amp;Neu …</translation>
    </message>
    <message>
        <source>D&amp;uplicate …</source>
        <translation>D&amp;uplizieren …</translation>
    </message>
    <message>
        <source>Rename …</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Delete …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Station profile</source>
        <translation>Profil des Arbeitsplatzes</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keines</translation>
    </message>
    <message>
        <source>P&amp;rofile</source>
        <translation>P&amp;rofil</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has changes that are not saved. Open &quot;%2&quot; without them?</source>
        <translation>„%1“ hat Änderungen, die nicht gespeichert sind. „%2“ ohne sie öffnen?</translation>
    </message>
    <message>
        <source>What shall this station be called?</source>
        <translation>Wie soll dieser Arbeitsplatz heißen?</translation>
    </message>
    <message>
        <source>Ceremony room</source>
        <translation>Zeremonienraum</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>There are changes that are not saved. Begin a new profile without them?</source>
        <translation>Es gibt Änderungen, die nicht gespeichert sind. Ohne sie ein neues Profil beginnen?</translation>
    </message>
    <message>
        <source>What shall the new station be called?</source>
        <translation>Wie soll der neue Arbeitsplatz heißen?</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Anlegen</translation>
    </message>
    <message>
        <source>What shall the duplicate be called?</source>
        <translation>Wie soll das Duplikat heißen?</translation>
    </message>
    <message>
        <source>Copy of %1</source>
        <translation>Kopie von %1</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplizieren</translation>
    </message>
    <message>
        <source>What shall &quot;%1&quot; be called?</source>
        <translation>Wie soll „%1“ heißen?</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Delete the profile &quot;%1&quot;? Only these settings go; token, keys and KMS are not touched.</source>
        <translation>Das Profil „%1“ löschen? Nur diese Einstellungen gehen verloren; Token, Schlüssel und KMS bleiben unberührt.</translation>
    </message>
    <message>
        <source>Delete it</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Go on without the changes</source>
        <translation>Ohne die Änderungen fortfahren</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>Einen Namen angeben.</translation>
    </message>
    <message>
        <source>There is a profile of this name already.</source>
        <translation>Ein Profil dieses Namens gibt es schon.</translation>
    </message>
    <message>
        <source>Fill in module and token, then save them under a name.</source>
        <translation>Modul und Token ausfüllen, dann unter einem Namen speichern.</translation>
    </message>
    <message>
        <source>Saved. Jobs use this station.</source>
        <translation>Gespeichert. Aufträge benutzen diesen Arbeitsplatz.</translation>
    </message>
    <message>
        <source>Changes are not saved yet. Jobs use them once they are.</source>
        <translation>Die Änderungen sind noch nicht gespeichert. Erst dann benutzen Aufträge sie.</translation>
    </message>
    <message>
        <source>A field below cannot be taken as it is.</source>
        <translation>Ein Feld weiter unten kann so nicht übernommen werden.</translation>
    </message>
    <message>
        <source>The settings file cannot be written: %1. Jobs use this station, but it is not kept.</source>
        <translation>Die Einstellungen lassen sich nicht schreiben: %1. Aufträge benutzen diesen Arbeitsplatz, aber er bleibt nicht erhalten.</translation>
    </message>
    <message>
        <source>Jobs use this station, as the command line has it. It is not saved.</source>
        <translation>Aufträge benutzen diesen Arbeitsplatz, wie ihn die Befehlszeile nennt. Er ist nicht gespeichert.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::QualificationModel</name>
    <message>
        <source>not taken by KMS</source>
        <translation>nimmt KMS nicht an</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>nicht erprobt</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>%1 by %2: %3</source>
        <translation>%1 mit %2: %3</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::QualificationSection</name>
    <message>
        <source>Choose all that was not tried</source>
        <translation>Alles nicht Erprobte wählen</translation>
    </message>
    <message>
        <source>Try again where a result is kept</source>
        <translation>Auch bei aufbewahrtem Ergebnis erproben</translation>
    </message>
    <message>
        <source>Lists of mechanisms prove nothing: some tokens cannot do what they list, and some wrap wrongly without saying so. Here it is tried: a throw-away key is generated on the token, wrapped as an import would wrap it, opened and compared, and destroyed. Results are kept for as long as module, serial number, model and firmware stay the same.</source>
        <translation>Listen von Mechanismen beweisen nichts: Manche Token können nicht, was sie aufführen, und manche verpacken falsch, ohne es zu sagen. Hier wird es erprobt: Ein Wegwerfschlüssel wird auf dem Token erzeugt, verpackt wie bei einem Import, geöffnet und verglichen und wieder vernichtet. Ergebnisse gelten, solange Modul, Seriennummer, Modell und Firmware gleich bleiben.</translation>
    </message>
    <message>
        <source>Wrapping key</source>
        <translation>Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>Under a &amp;wrapping key of</source>
        <translation>Unter einem &amp;Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>What this token can wrap: key specs by wrapping algorithms</source>
        <translation>Was dieses Token verpacken kann: Schlüsselspezifikationen nach Verpackungsverfahren</translation>
    </message>
    <message>
        <source>Combinations looked at: %1. This token can do %2 of them. Choose a cell to read why.</source>
        <translation>Betrachtete Kombinationen: %1. Davon kann dieses Token %2. Ein Feld wählen, um die Gründe zu lesen.</translation>
    </message>
    <message>
        <source>Tr&amp;y with throw-away keys</source>
        <translation>Mit Wegwerfschlüsseln e&amp;rproben</translation>
    </message>
    <message>
        <source>Tr&amp;y %1 with throw-away keys</source>
        <translation>%1 mit Wegwerfschlüsseln e&amp;rproben</translation>
    </message>
    <message>
        <source>Choose cells</source>
        <translation>Felder wählen</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::QuestionPanel</name>
    <message>
        <source>Log in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Log in as security officer</source>
        <translation>Als Security Officer anmelden</translation>
    </message>
    <message>
        <source>Go on at the token&apos;s own pad</source>
        <translation>Am PIN-Pad des Tokens fortfahren</translation>
    </message>
    <message>
        <source>Agree and go on</source>
        <translation>Zustimmen und fortfahren</translation>
    </message>
    <message>
        <source>I consent</source>
        <translation>Ich willige ein</translation>
    </message>
    <message>
        <source>Do not go on</source>
        <translation>Nicht fortfahren</translation>
    </message>
    <message>
        <source>Caps lock seems to be on.</source>
        <translation>Die Feststelltaste scheint aktiv zu sein.</translation>
    </message>
    <message>
        <source>A PIN has at most 255 octets; the last character was not taken.</source>
        <translation>Eine PIN hat höchstens 255 Oktette; das letzte Zeichen wurde nicht übernommen.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ResultPart</name>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation>Verpackungsschlüssel, SHA-256</translation>
    </message>
    <message>
        <source>&amp;Save the result …</source>
        <translation>Ergebnis &amp;speichern …</translation>
    </message>
    <message>
        <source>What exists now</source>
        <translation>Was es jetzt gibt</translation>
    </message>
    <message>
        <source>The wrapping key that was used</source>
        <translation>Der benutzte Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>What should be known</source>
        <translation>Was man wissen sollte</translation>
    </message>
    <message>
        <source>What the check shows</source>
        <translation>Was die Prüfung zeigt</translation>
    </message>
    <message>
        <source>What it does not show</source>
        <translation>Was sie nicht zeigt</translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation>Was als Nächstes zu tun ist</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>Produktion</translation>
    </message>
    <message>
        <source>The key was imported, but not compared: %1</source>
        <translation>Der Schlüssel wurde importiert, aber nicht verglichen: %1</translation>
    </message>
    <message>
        <source>The key is in KMS: %1</source>
        <translation>Der Schlüssel ist in KMS: %1</translation>
    </message>
    <message>
        <source>Keep the key on the token: KMS needs the same material again after expiry, deletion or loss.</source>
        <translation>Den Schlüssel auf dem Token behalten: KMS braucht dasselbe Material nach Ablauf, Löschung oder Verlust wieder.</translation>
    </message>
    <message>
        <source>Make a copy on a second token while you can, for now from a terminal: keyconvoy key backup --help</source>
        <translation>Eine Kopie auf einem zweiten Token anlegen, solange es geht, vorerst im Terminal: keyconvoy key backup --help</translation>
    </message>
    <message>
        <source>Note the date: import the same material again before %1. At that moment KMS deletes it and the KMS key stops working.</source>
        <translation>Das Datum vormerken: dasselbe Material vor %1 wieder importieren. In diesem Augenblick löscht KMS es, und der KMS-Schlüssel ist unbrauchbar.</translation>
    </message>
    <message>
        <source>Save the result, and keep it with your records.</source>
        <translation>Das Ergebnis speichern und bei den Unterlagen aufbewahren.</translation>
    </message>
    <message>
        <source>Save the result of the import</source>
        <translation>Das Ergebnis des Imports speichern</translation>
    </message>
    <message>
        <source>JSON files (*.json)</source>
        <translation>JSON-Dateien (*.json)</translation>
    </message>
    <message>
        <source>Saved as %1, SHA-256 %2</source>
        <translation>Gespeichert als %1, SHA-256 %2</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::ReviewPart</name>
    <message>
        <source>Key and token</source>
        <translation>Schlüssel und Token</translation>
    </message>
    <message>
        <source>KMS key</source>
        <translation>KMS-Schlüssel</translation>
    </message>
    <message>
        <source>Wrapping</source>
        <translation>Verpackung</translation>
    </message>
    <message>
        <source>Expiry</source>
        <translation>Gültigkeit</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Change: %1</source>
        <translation>Ändern: %1</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>Produktion</translation>
    </message>
    <message>
        <source>Nothing reaches AWS; token and KMS key are thrown away with the rehearsal.</source>
        <translation>Nichts gelangt zu AWS; Token und KMS-Schlüssel werden mit der Probe verworfen.</translation>
    </message>
    <message>
        <source>This is no rehearsal: what is made here stays.</source>
        <translation>Dies ist keine Probe: Was hier entsteht, bleibt.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::RunPart</name>
    <message>
        <source>%1 h %2 min %3 s</source>
        <translation>%1 h %2 min %3 s</translation>
    </message>
    <message>
        <source>The wrapping key that KMS gave</source>
        <translation>Der Verpackungsschlüssel, den KMS gab</translation>
    </message>
    <message>
        <source>wrapping key, SHA-256</source>
        <translation>Verpackungsschlüssel, SHA-256</translation>
    </message>
    <message>
        <source>Steps of the import</source>
        <translation>Schritte des Imports</translation>
    </message>
    <message>
        <source>The import did not come to its end</source>
        <translation>Der Import kam nicht zu seinem Ende</translation>
    </message>
    <message>
        <source>The import begins</source>
        <translation>Der Import beginnt</translation>
    </message>
    <message>
        <source>Step %1 of %2: %3</source>
        <translation>Schritt %1 von %2: %3</translation>
    </message>
    <message>
        <source>Wrapping key and import token are good for another %1, until %2.</source>
        <translation>Verpackungsschlüssel und Import-Token gelten noch %1, bis %2.</translation>
    </message>
    <message>
        <source>Wrapping key and import token expired at %1.</source>
        <translation>Verpackungsschlüssel und Import-Token sind um %1 abgelaufen.</translation>
    </message>
    <message>
        <source>The import is done, but the check did not come to its end</source>
        <translation>Der Import ist fertig, aber die Prüfung kam nicht zu ihrem Ende</translation>
    </message>
    <message>
        <source>The check begins</source>
        <translation>Die Prüfung beginnt</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StartPage</name>
    <message>
        <source>Key material, from your token into KMS</source>
        <translation>Schlüsselmaterial, von Ihrem Token in KMS</translation>
    </message>
    <message>
        <source>Keyconvoy generates a key inside a PKCS#11 token, wraps it there under the wrapping key that KMS gives, imports it, and checks the import. The key never leaves the token in the clear.</source>
        <translation>Keyconvoy erzeugt einen Schlüssel in einem PKCS#11-Token, verpackt ihn dort unter dem Verpackungsschlüssel, den KMS ausgibt, importiert ihn und prüft den Import. Der Schlüssel verlässt das Token nie im Klartext.</translation>
    </message>
    <message>
        <source>Rehearse</source>
        <translation>Probe durchführen</translation>
    </message>
    <message>
        <source>Go through it once with software tokens and a simulated KMS, made on this machine and thrown away.</source>
        <translation>Alles einmal mit Software-Tokens und einem simulierten KMS durchgehen, die auf diesem Rechner angelegt und danach weggeworfen werden.</translation>
    </message>
    <message>
        <source>Import a key</source>
        <translation>Schlüssel importieren</translation>
    </message>
    <message>
        <source>Generate a key on the token, or take one that is there, and bring it into KMS.</source>
        <translation>Einen Schlüssel auf dem Token erzeugen oder einen vorhandenen nehmen und ihn in KMS bringen.</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>See what the token holds, and find out what it can really wrap.</source>
        <translation>Sehen, was das Token enthält, und feststellen, was es wirklich verpacken kann.</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>Choose module, token and AWS account, and check that everything needed is here.</source>
        <translation>Modul, Token und AWS-Konto wählen und prüfen, ob alles Nötige da ist.</translation>
    </message>
    <message>
        <source>A rehearsal can begin when the job that runs on another page has ended.</source>
        <translation>Eine Probe kann beginnen, sobald der Auftrag auf einer anderen Seite beendet ist.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StationForm</name>
    <message>
        <source>serial %1  ·  %2  ·  %3</source>
        <translation>Seriennummer %1  ·  %2  ·  %3</translation>
    </message>
    <message>
        <source>Module and token</source>
        <translation>Modul und Token</translation>
    </message>
    <message>
        <source>&amp;Module</source>
        <translation>&amp;Modul</translation>
    </message>
    <message>
        <source>The PKCS#11 library that the token&apos;s vendor ships, by its full path.</source>
        <translation>Die PKCS#11-Bibliothek vom Hersteller des Tokens, mit vollem Pfad.</translation>
    </message>
    <message>
        <source>&amp;Find on this machine</source>
        <translation>&amp;Finden</translation>
    </message>
    <message>
        <source>Choose the PKCS#11 module</source>
        <translation>Das PKCS#11-Modul wählen</translation>
    </message>
    <message>
        <source>Shared libraries (*.so *.so.*);;All files (*)</source>
        <translation>Bibliotheken (*.so *.so.*);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Initia&amp;lisation</source>
        <translation>Initia&amp;lisierung</translation>
    </message>
    <message>
        <source>What the module is told at its start. NSS softokn needs it to find its database; leave it empty for others.</source>
        <translation>Was dem Modul beim Start gesagt wird. NSS softokn braucht es, um seine Datenbank zu finden; für andere leer lassen.</translation>
    </message>
    <message>
        <source>for NSS: configdir=&apos;sql:/folder&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags= </source>
        <translation>für NSS: configdir=&apos;sql:/ordner&apos; certPrefix=&apos;&apos; keyPrefix=&apos;&apos; secmod=&apos;secmod.db&apos; flags= </translation>
    </message>
    <message>
        <source>&amp;Environment</source>
        <translation>Umgebun&amp;g</translation>
    </message>
    <message>
        <source>Variables that the module reads, such as SOFTHSM2_CONF. Set in this program before the module is loaded.</source>
        <translation>Variablen, die das Modul liest, etwa SOFTHSM2_CONF. In diesem Programm gesetzt, bevor das Modul geladen wird.</translation>
    </message>
    <message>
        <source>T&amp;oken</source>
        <translation>T&amp;oken</translation>
    </message>
    <message>
        <source>Its label, or a PKCS#11 URI that names the serial number too. A PIN does not belong here.</source>
        <translation>Sein Label oder eine PKCS#11-URI, die auch die Seriennummer nennt. Eine PIN gehört nicht hierher.</translation>
    </message>
    <message>
        <source>Choose from its to&amp;kens</source>
        <translation>Aus seinen To&amp;ken wählen</translation>
    </message>
    <message>
        <source>AWS account</source>
        <translation>AWS-Konto</translation>
    </message>
    <message>
        <source>AWS &amp;profile</source>
        <translation>AWS-Prof&amp;il</translation>
    </message>
    <message>
        <source>Its name in the AWS configuration of this user. Empty: the environment&apos;s, or the default profile.</source>
        <translation>Sein Name in der AWS-Konfiguration dieses Benutzers. Leer: das der Umgebung oder das Standardprofil.</translation>
    </message>
    <message>
        <source>Re&amp;gion</source>
        <translation>R&amp;egion</translation>
    </message>
    <message>
        <source>Where the KMS key is, like eu-central-1. Empty: as the environment or the profile says.</source>
        <translation>Wo der KMS-Schlüssel ist, etwa eu-central-1. Leer: wie Umgebung oder Profil es sagen.</translation>
    </message>
    <message>
        <source>En&amp;dpoint</source>
        <translation>En&amp;dpunkt</translation>
    </message>
    <message>
        <source>Only where KMS is not at AWS&apos;s own address: a VPC endpoint, FIPS, or a simulator. Empty: AWS&apos;s own.</source>
        <translation>Nur, wo KMS nicht unter der Adresse von AWS zu finden ist: VPC-Endpunkt, FIPS oder Simulator. Leer: die von AWS.</translation>
    </message>
    <message>
        <source>&amp;CA bundle</source>
        <translation>&amp;CA-Zertifikate</translation>
    </message>
    <message>
        <source>The roots that the TLS connection may end in, PEM. Empty: those of this machine.</source>
        <translation>Die Wurzelzertifikate, auf die sich die TLS-Verbindung stützen darf, PEM. Leer: die dieses Rechners.</translation>
    </message>
    <message>
        <source>Choose the CA bundle</source>
        <translation>Die CA-Zertifikate wählen</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt);;All files (*)</source>
        <translation>Zertifikate (*.pem *.crt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Choose a file …</source>
        <translation>Datei wählen …</translation>
    </message>
    <message>
        <source>Looking for PKCS#11 modules on this machine …</source>
        <translation>PKCS#11-Module werden auf diesem Rechner gesucht …</translation>
    </message>
    <message>
        <source>Found on this machine, through p11-kit and in the usual places. Choose one:</source>
        <translation>Auf diesem Rechner gefunden, über p11-kit und an den üblichen Orten. Eines wählen:</translation>
    </message>
    <message>
        <source>No PKCS#11 module was found. Install the token vendor&apos;s library, then choose its file.</source>
        <translation>Es wurde kein PKCS#11-Modul gefunden. Die Bibliothek des Herstellers installieren, dann ihre Datei wählen.</translation>
    </message>
    <message>
        <source>Asking the module for its tokens …</source>
        <translation>Das Modul wird nach seinen Token gefragt …</translation>
    </message>
    <message>
        <source>Tokens of %1. Choose one:</source>
        <translation>Token von %1. Eines wählen:</translation>
    </message>
    <message>
        <source>The module works, but no slot holds an initialised token. Plug the token in, or initialise it with the vendor&apos;s tool, then try again.</source>
        <translation>Das Modul funktioniert, aber in keinem Slot ist ein initialisiertes Token. Das Token einstecken oder mit dem Werkzeug des Herstellers initialisieren, dann erneut versuchen.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StationPage</name>
    <message>
        <source>Station</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>This machine, this token, this account: what jobs work on.</source>
        <translation>Dieser Rechner, dieses Token, dieses Konto: womit die Aufgaben arbeiten.</translation>
    </message>
    <message>
        <source>This is a rehearsal</source>
        <translation>Dies ist eine Probe</translation>
    </message>
    <message>
        <source>It has a station of its own: a software token and a KMS simulator, made for it on this machine. Your profiles are left alone, and come back when the rehearsal ends.</source>
        <translation>Sie hat ihren eigenen Arbeitsplatz: ein Software-Token und einen KMS-Simulator, auf diesem Rechner für sie angelegt. Die Profile bleiben unberührt und sind nach dem Ende der Probe wieder da.</translation>
    </message>
    <message>
        <source>The changes on this page are not saved, and jobs do not use them yet.</source>
        <translation>Die Änderungen auf dieser Seite sind nicht gespeichert, und Aufträge benutzen sie noch nicht.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::StepList</name>
    <message>
        <source>%1 of %2  ·  %3</source>
        <translation>%1 von %2  ·  %3</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Details of: %1</source>
        <translation>Einzelheiten: %1</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::Stepper</name>
    <message>
        <source>open now</source>
        <translation>jetzt offen</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>still to come</source>
        <translation>kommt noch</translation>
    </message>
    <message>
        <source>%1 of %2: %3, %4</source>
        <translation>%1 von %2: %3, %4</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::TokenList</name>
    <message>
        <source>Software token</source>
        <translation>Software-Token</translation>
    </message>
    <message>
        <source>Not known to be software</source>
        <translation>Nicht als Software bekannt</translation>
    </message>
    <message>
        <source>Not initialised</source>
        <translation>Nicht initialisiert</translation>
    </message>
    <message>
        <source>Write-protected</source>
        <translation>Schreibgeschützt</translation>
    </message>
    <message>
        <source>PIN pad</source>
        <translation>PIN-Pad</translation>
    </message>
    <message>
        <source>Token without a name</source>
        <translation>Token ohne Namen</translation>
    </message>
    <message>
        <source>serial %1</source>
        <translation>Seriennummer %1</translation>
    </message>
    <message>
        <source>firmware %1</source>
        <translation>Firmware %1</translation>
    </message>
    <message>
        <source>PIN: %1</source>
        <translation>PIN: %1</translation>
    </message>
    <message>
        <source>asks for no PIN: whoever reaches it can use its keys</source>
        <translation>verlangt keine PIN: Wer es erreicht, kann seine Schlüssel benutzen</translation>
    </message>
    <message>
        <source>Re&amp;fresh</source>
        <translation>&amp;Neu lesen</translation>
    </message>
    <message>
        <source>Open the page Station</source>
        <translation>Seite Arbeitsplatz öffnen</translation>
    </message>
    <message>
        <source>No module is chosen yet</source>
        <translation>Noch ist kein Modul gewählt</translation>
    </message>
    <message>
        <source>A token is reached through the PKCS#11 module of its vendor. Name it on the page Station, or begin a rehearsal on the page Start: that brings tokens of its own.</source>
        <translation>Ein Token wird über das PKCS#11-Modul seines Herstellers erreicht. Es auf der Seite Arbeitsplatz nennen oder auf der Startseite eine Probe beginnen: Die bringt eigene Token mit.</translation>
    </message>
    <message>
        <source>Asking %1 for its tokens …</source>
        <translation>%1 wird nach seinen Token gefragt …</translation>
    </message>
    <message>
        <source>%1 %2  ·  %3</source>
        <translation>%1 %2  ·  %3</translation>
    </message>
    <message>
        <source>No slot holds a token</source>
        <translation>In keinem Slot ist ein Token</translation>
    </message>
    <message>
        <source>The module works, but there is nothing in its slots. Plug the token in, or start the vendor&apos;s service, then press Refresh.</source>
        <translation>Das Modul funktioniert, aber seine Slots sind leer. Das Token einstecken oder den Dienst des Herstellers starten, dann „Neu lesen“ drücken.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::TokenPart</name>
    <message>
        <source>Software token</source>
        <translation>Software-Token</translation>
    </message>
    <message>
        <source>Not known to be software</source>
        <translation>Nicht als Software bekannt</translation>
    </message>
    <message>
        <source>Look at it again</source>
        <translation>Noch einmal ansehen</translation>
    </message>
    <message>
        <source>Open the page Station</source>
        <translation>Seite Arbeitsplatz öffnen</translation>
    </message>
    <message>
        <source>To&amp;ken of this rehearsal</source>
        <translation>To&amp;ken dieser Probe</translation>
    </message>
    <message>
        <source>It is looked at when this page opens.</source>
        <translation>Es wird angesehen, wenn diese Seite sich öffnet.</translation>
    </message>
    <message>
        <source>Looking at the token, without a login …</source>
        <translation>Das Token wird angesehen, ohne Anmeldung …</translation>
    </message>
    <message>
        <source>No token is chosen yet. Name module and token on the page Station; or begin a rehearsal on the page Start, which brings tokens of its own.</source>
        <translation>Noch ist kein Token gewählt. Modul und Token auf der Seite Arbeitsplatz angeben; oder auf der Seite Start eine Probe beginnen, die eigene Tokens mitbringt.</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::TokensPage</name>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>What tokens there are, what they hold, and what they can really wrap.</source>
        <translation>Welche Tokens es gibt, was sie enthalten und was sie wirklich verpacken können.</translation>
    </message>
    <message>
        <source>This token is not initialised</source>
        <translation>Dieses Token ist nicht initialisiert</translation>
    </message>
    <message>
        <source>It holds nothing and can hold nothing yet. Initialise it and set its PIN with the vendor&apos;s tool, then press Refresh.</source>
        <translation>Es enthält nichts und kann noch nichts enthalten. Es mit dem Werkzeug des Herstellers initialisieren und seine PIN setzen, dann „Neu lesen“ drücken.</translation>
    </message>
    <message>
        <source>About the chosen token</source>
        <translation>Über das gewählte Token</translation>
    </message>
    <message>
        <source>About it</source>
        <translation>Über das Token</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>What it can wrap</source>
        <translation>Was es verpacken kann</translation>
    </message>
    <message>
        <source>Token of this re&amp;hearsal</source>
        <translation>Token dieser Pro&amp;be</translation>
    </message>
    <message>
        <source>Token of this rehearsal</source>
        <translation>Token dieser Probe</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::VariablesTable</name>
    <message>
        <source>Add a variable</source>
        <translation>Variable hinzufügen</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Environment variables</source>
        <translation>Umgebungsvariablen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
</context>
<context>
    <name>keyconvoy::ui::WrappingPart</name>
    <message>
        <source>the key itself, by RSA-OAEP with SHA-256</source>
        <translation>der Schlüssel selbst, mit RSA-OAEP und SHA-256</translation>
    </message>
    <message>
        <source>the key itself, by RSA-OAEP with SHA-1</source>
        <translation>der Schlüssel selbst, mit RSA-OAEP und SHA-1</translation>
    </message>
    <message>
        <source>under a fresh AES-256 key, and that key by RSA-OAEP with SHA-256</source>
        <translation>unter einem frischen AES-256-Schlüssel, und dieser mit RSA-OAEP und SHA-256</translation>
    </message>
    <message>
        <source>under a fresh AES-256 key, and that key by RSA-OAEP with SHA-1</source>
        <translation>unter einem frischen AES-256-Schlüssel, und dieser mit RSA-OAEP und SHA-1</translation>
    </message>
    <message>
        <source>The &amp;strongest that this token qualifies for</source>
        <translation>Das &amp;stärkste, für das dieses Token sich eignet</translation>
    </message>
    <message>
        <source>Wrapping algorithm</source>
        <translation>Verpackungsverfahren</translation>
    </message>
    <message>
        <source>Found out by trying it with throw-away keys on the token, where nothing is known yet. SHA-256 before SHA-1, and SHA-1 only with a reason.</source>
        <translation>Wird mit Wegwerfschlüsseln auf dem Token ausprobiert, wo noch nichts bekannt ist. SHA-256 vor SHA-1, und SHA-1 nur mit Begründung.</translation>
    </message>
    <message>
        <source>Wrapping key</source>
        <translation>Verpackungsschlüssel</translation>
    </message>
    <message>
        <source>%1 — %2 bits of strength</source>
        <translation>%1 — Stärke %2 Bit</translation>
    </message>
    <message>
        <source>&amp;Wrapping key spec</source>
        <translation>Wrapping &amp;Key Spec</translation>
    </message>
    <message>
        <source>SHA-1 in OAEP</source>
        <translation>SHA-1 in OAEP</translation>
    </message>
    <message>
        <source>&amp;Reason to allow SHA-1</source>
        <translation>Be&amp;gründung, SHA-1 zu erlauben</translation>
    </message>
    <message>
        <source>Empty: SHA-1 is not used. The reason is kept in the result.</source>
        <translation>Leer: SHA-1 wird nicht benutzt. Die Begründung steht im Ergebnis.</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>The strongest that KMS allows</source>
        <translation>Die stärkste, die KMS zulässt</translation>
    </message>
    <message>
        <source>Only that the KMS key works</source>
        <translation>Nur dass der KMS-Schlüssel funktioniert</translation>
    </message>
    <message>
        <source>C&amp;heck after the import</source>
        <translation>&amp;Prüfung nach dem Import</translation>
    </message>
    <message>
        <source>What it shows, and what not, stands in the result.</source>
        <translation>Was sie zeigt und was nicht, steht im Ergebnis.</translation>
    </message>
    <message>
        <source>Not possible: %1.</source>
        <translation>Nicht möglich: %1.</translation>
    </message>
    <message>
        <source>Wrap %1 bits, key %2 bits.</source>
        <translation>Verpackung %1 Bit, Schlüssel %2 Bit.</translation>
    </message>
    <message>
        <source>The wrap is weaker than the key, as every RSA wrap of such a key is; the result says so.</source>
        <translation>Die Verpackung ist schwächer als der Schlüssel, wie jede RSA-Verpackung eines solchen Schlüssels; das Ergebnis sagt es.</translation>
    </message>
    <message>
        <source>The wrap is at least as strong as the key.</source>
        <translation>Die Verpackung ist mindestens so stark wie der Schlüssel.</translation>
    </message>
    <message>
        <source>SoftHSM 2.6 knows OAEP with SHA-1 only: without a reason this rehearsal ends with a refusal.</source>
        <translation>SoftHSM 2.6 kennt OAEP nur mit SHA-1: ohne Begründung endet diese Probe mit einer Ablehnung.</translation>
    </message>
    <message>
        <source>It is taken only knowingly. OAEP does not rest on its collision resistance, yet standards phase it out.</source>
        <translation>Es wird nur wissentlich genommen. OAEP beruht nicht auf seiner Kollisionsresistenz, doch Normen lassen es auslaufen.</translation>
    </message>
    <message>
        <source>for example: a rehearsal on SoftHSM 2.6</source>
        <translation>zum Beispiel: eine Probe mit SoftHSM 2.6</translation>
    </message>
</context>
</TS>
