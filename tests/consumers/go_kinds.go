// SPDX-License-Identifier: MIT OR Apache-2.0

// More kinds of keys and calls, what the token must refuse, and Go's TLS and X.509 on keys of the token.
package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"os"
	"time"

	"github.com/miekg/pkcs11"
)

// The package knows the names up to PKCS#11 v2.40; newer numbers go through as they are.
const (
	ckkEcEdwards         = 0x40
	ckmEcEdwardsKeyPair  = 0x1055
	ckmEddsa             = 0x1057
	ckkMlDsa             = 0x4a
	ckmMlDsaKeyPair      = 0x1c
	ckmMlDsa             = 0x1d
	ckaParameterSet      = 0x61d
	ckpMlDsa65           = 2
	ckmAesKeyWrapKwp     = 0x210b
	ckrCurveNotSupported = 0x140
)

func (t token) pair(id uint, public, private []*pkcs11.Attribute) (pkcs11.ObjectHandle, pkcs11.ObjectHandle) {
	publicKey, privateKey, err := t.GenerateKeyPair(t.session, mechanism(id, nil), public, private)
	must(err)
	return publicKey, privateKey
}

func (t token) rsaPair() (pkcs11.ObjectHandle, pkcs11.ObjectHandle) {
	return t.pair(pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
		[]*pkcs11.Attribute{
			attribute(pkcs11.CKA_MODULUS_BITS, 2048), attribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1}),
		},
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_EXTRACTABLE, true)})
}

func (t token) aes(length int, more ...*pkcs11.Attribute) pkcs11.ObjectHandle {
	key, err := t.GenerateKey(t.session, mechanism(pkcs11.CKM_AES_KEY_GEN, nil),
		append([]*pkcs11.Attribute{attribute(pkcs11.CKA_VALUE_LEN, length)}, more...))
	must(err)
	return key
}

// The signature holds for its message, and for no other.
func (t token) verify(m []*pkcs11.Mechanism, key pkcs11.ObjectHandle, data, signature []byte) {
	must(t.VerifyInit(t.session, m, key))
	must(t.Verify(t.session, data, signature))
	must(t.VerifyInit(t.session, m, key))
	refused(t.Verify(t.session, append([]byte{1}, data...), signature), pkcs11.CKR_SIGNATURE_INVALID)
}

func (t token) edwards() {
	public, private := t.pair(ckmEcEdwardsKeyPair,
		[]*pkcs11.Attribute{
			attribute(pkcs11.CKA_KEY_TYPE, ckkEcEdwards),
			attribute(pkcs11.CKA_EC_PARAMS, []byte{0x06, 0x03, 0x2b, 0x65, 0x70}),
		},
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_KEY_TYPE, ckkEcEdwards), attribute(pkcs11.CKA_SIGN, true)})
	signature := t.sign(mechanism(ckmEddsa, nil), private, data)
	point := t.bytes(public, pkcs11.CKA_EC_POINT)
	yes(ed25519.Verify(point[len(point)-32:], data, signature), "Ed25519")
	t.verify(mechanism(ckmEddsa, nil), public, data, signature)
}

func (t token) lattices() {
	public, private := t.pair(ckmMlDsaKeyPair,
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_KEY_TYPE, ckkMlDsa), attribute(ckaParameterSet, ckpMlDsa65)},
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_KEY_TYPE, ckkMlDsa), attribute(pkcs11.CKA_SIGN, true)})
	signature := t.sign(mechanism(ckmMlDsa, nil), private, data)
	yes(len(signature) == 3309, "ML-DSA-65")
	t.verify(mechanism(ckmMlDsa, nil), public, data, signature)
}

func (t token) wrapping() {
	public, private := t.rsaPair()
	outer := t.aes(32)
	inner := t.aes(16, attribute(pkcs11.CKA_EXTRACTABLE, true))
	iv := mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16])
	sealed := t.seal(iv, inner, data)
	oaep := mechanism(pkcs11.CKM_RSA_PKCS_OAEP,
		pkcs11.NewOAEPParams(pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1, pkcs11.CKZ_DATA_SPECIFIED, nil))
	for _, how := range []struct {
		m      []*pkcs11.Mechanism
		by, of pkcs11.ObjectHandle
	}{
		{mechanism(pkcs11.CKM_RSA_PKCS, nil), public, private},
		{oaep, public, private},
		{mechanism(ckmAesKeyWrapKwp, nil), outer, outer},
		{iv, outer, outer},
	} {
		wrapped, err := t.WrapKey(t.session, how.m, how.by, inner)
		must(err)
		template := []*pkcs11.Attribute{
			attribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), attribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		}
		back, err := t.UnwrapKey(t.session, how.m, how.of, wrapped, template)
		must(err)
		yes(bytes.Equal(t.open(iv, back, sealed), data), "the key that was wrapped")
		wrapped[0] ^= 1
		_, err = t.UnwrapKey(t.session, how.m, how.of, wrapped[1:], template)
		yes(err != nil, "half a key")
	}
	wrapped, err := t.WrapKey(t.session, iv, outer, private)
	must(err)
	back, err := t.UnwrapKey(t.session, iv, outer, wrapped, []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), attribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_RSA),
		attribute(pkcs11.CKA_SIGN, true),
	})
	must(err)
	m := mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil)
	t.verify(m, public, data, t.sign(m, back, data))
}

func (t token) parts() {
	aes := t.aes(32, attribute(pkcs11.CKA_SIGN, true), attribute(pkcs11.CKA_VERIFY, true))
	must(t.DigestInit(t.session, mechanism(pkcs11.CKM_SHA512, nil)))
	must(t.DigestUpdate(t.session, data[:3]))
	must(t.DigestUpdate(t.session, data[3:]))
	digest, err := t.DigestFinal(t.session)
	must(err)
	yes(len(digest) == 64, "SHA-512")
	cmac := mechanism(pkcs11.CKM_AES_CMAC, nil)
	must(t.VerifyInit(t.session, cmac, aes))
	must(t.VerifyUpdate(t.session, data[:5]))
	must(t.VerifyUpdate(t.session, data[5:]))
	must(t.VerifyFinal(t.session, second(t).sign(cmac, aes, data)))

	// Digest and cipher at once.
	cbc := mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16])
	must(t.DigestInit(t.session, mechanism(pkcs11.CKM_SHA256, nil)))
	must(t.EncryptInit(t.session, cbc, aes))
	sealed, err := t.DigestEncryptUpdate(t.session, data)
	must(err)
	last, err := t.EncryptFinal(t.session)
	must(err)
	digest, err = t.DigestFinal(t.session)
	must(err)
	expected := sha256.Sum256(data)
	yes(bytes.Equal(digest, expected[:]), "the digest beside")
	yes(bytes.Equal(t.open(cbc, aes, append(sealed, last...)), data), "the cipher beside")

	public, private := t.rsaPair()
	m := mechanism(pkcs11.CKM_RSA_PKCS, nil)
	must(t.SignRecoverInit(t.session, m, private))
	signature, err := t.SignRecover(t.session, data[:20])
	must(err)
	// VerifyRecover of the package calls another function of the token.
	t.verify(m, public, data[:20], signature)
}

// A second session of the same login, for a call in the midst of another.
func second(t token) token {
	info, err := t.GetSessionInfo(t.session)
	must(err)
	session, err := t.OpenSession(info.SlotID, pkcs11.CKF_SERIAL_SESSION)
	must(err)
	return token{t.Ctx, session}
}

func (t token) objects() {
	object, err := t.CreateObject(t.session, []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_DATA), attribute(pkcs11.CKA_TOKEN, true),
		attribute(pkcs11.CKA_APPLICATION, "go"), attribute(pkcs11.CKA_LABEL, "note"), attribute(pkcs11.CKA_VALUE, data),
	})
	must(err)
	must(t.SetAttributeValue(t.session, object, []*pkcs11.Attribute{attribute(pkcs11.CKA_LABEL, "renamed")}))
	yes(len(t.find(attribute(pkcs11.CKA_LABEL, "note"))) == 0, "no longer there")
	copied, err := t.CopyObject(t.session, object, []*pkcs11.Attribute{attribute(pkcs11.CKA_LABEL, "copy")})
	must(err)
	yes(bytes.Equal(t.bytes(copied, pkcs11.CKA_VALUE), data), "a copy")
	size, err := t.GetObjectSize(t.session, copied)
	must(err)
	yes(size > uint(len(data)), "a size")
	refused(t.FindObjectsFinal(t.session), pkcs11.CKR_OPERATION_NOT_INITIALIZED)
	must(t.FindObjectsInit(t.session, []*pkcs11.Attribute{attribute(pkcs11.CKA_CLASS, pkcs11.CKO_DATA)}))
	for expected := 1; expected >= 0; expected-- {
		found, _, err := t.FindObjects(t.session, 1)
		must(err)
		yes(len(found) == 1, "one at a time")
	}
	must(t.FindObjectsFinal(t.session))
	must(t.DestroyObject(t.session, object))
	must(t.DestroyObject(t.session, copied))
	refused(t.DestroyObject(t.session, copied), pkcs11.CKR_OBJECT_HANDLE_INVALID)
}

func (t token) errors(slot uint) {
	aes := t.aes(16)
	_, err := t.GetMechanismInfo(slot, mechanism(pkcs11.CKM_SKIPJACK_WRAP, nil))
	refused(err, pkcs11.CKR_MECHANISM_INVALID)
	refused(t.EncryptInit(t.session, mechanism(pkcs11.CKM_AES_CBC, data[:15]), aes), pkcs11.CKR_MECHANISM_PARAM_INVALID)
	refused(t.EncryptInit(t.session, mechanism(pkcs11.CKM_RSA_PKCS, nil), aes), pkcs11.CKR_KEY_TYPE_INCONSISTENT)
	refused(t.EncryptInit(t.session, mechanism(pkcs11.CKM_AES_ECB, nil), 0), pkcs11.CKR_KEY_HANDLE_INVALID)
	_, err = t.Encrypt(t.session, data)
	refused(err, pkcs11.CKR_OPERATION_NOT_INITIALIZED)
	must(t.EncryptInit(t.session, mechanism(pkcs11.CKM_AES_ECB, nil), aes))
	_, err = t.Encrypt(t.session, data[:15])
	refused(err, pkcs11.CKR_DATA_LEN_RANGE)
	must(t.DecryptInit(t.session, mechanism(pkcs11.CKM_AES_ECB, nil), aes))
	_, err = t.Decrypt(t.session, data[:15])
	refused(err, pkcs11.CKR_ENCRYPTED_DATA_LEN_RANGE)
	_, err = t.GenerateKey(t.session, mechanism(pkcs11.CKM_AES_KEY_GEN, nil), nil)
	refused(err, pkcs11.CKR_TEMPLATE_INCOMPLETE)
	_, err = t.GenerateKey(t.session, mechanism(pkcs11.CKM_AES_KEY_GEN, nil),
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_VALUE_LEN, 16), attribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY)})
	refused(err, pkcs11.CKR_TEMPLATE_INCONSISTENT)
	_, _, err = t.GenerateKeyPair(t.session, mechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil),
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_EC_PARAMS, []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x01})}, nil)
	refused(err, ckrCurveNotSupported)
	_, err = t.GetAttributeValue(t.session, aes, []*pkcs11.Attribute{attribute(pkcs11.CKA_MODULUS, nil)})
	refused(err, pkcs11.CKR_ATTRIBUTE_TYPE_INVALID)
	_, err = t.GetTokenInfo(987654)
	refused(err, pkcs11.CKR_SLOT_ID_INVALID)
	_, err = t.OpenSession(slot, pkcs11.CKF_RW_SESSION)
	refused(err, pkcs11.CKR_SESSION_PARALLEL_NOT_SUPPORTED)
	refused(t.Initialize(), pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)
	readOnly := second(t)
	_, err = readOnly.CreateObject(readOnly.session, []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_DATA), attribute(pkcs11.CKA_TOKEN, true),
	})
	refused(err, pkcs11.CKR_SESSION_READ_ONLY)
	must(readOnly.CloseSession(readOnly.session))
	_, err = readOnly.GetSessionInfo(readOnly.session)
	refused(err, pkcs11.CKR_SESSION_HANDLE_INVALID)
}

// A token of one's own in the slot that has none yet.
func (t token) initializes(soPin, pin string) {
	slots, err := t.GetSlotList(true)
	must(err)
	refused(t.InitToken(slots[0], soPin, "again"), pkcs11.CKR_SESSION_EXISTS)
	slot := slots[len(slots)-1]
	must(t.InitToken(slot, soPin, "second"))
	refused(t.InitToken(slot, "wrong-5678", "second"), pkcs11.CKR_PIN_INCORRECT)
	session, err := t.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(err)
	refused(t.Login(session, pkcs11.CKU_USER, pin), pkcs11.CKR_USER_PIN_NOT_INITIALIZED)
	must(t.Login(session, pkcs11.CKU_SO, soPin))
	must(t.InitPIN(session, pin))
	must(t.Logout(session))
	must(t.Login(session, pkcs11.CKU_USER, pin))
	info, err := t.GetTokenInfo(slot)
	must(err)
	yes(info.Label == "second" && info.Flags&pkcs11.CKF_USER_PIN_INITIALIZED != 0, "a second token")
	must(t.CloseAllSessions(slot))
}

// A crypto.Signer, as the libraries that stand on this package make it.
type signer struct {
	t       token
	private pkcs11.ObjectHandle
	public  crypto.PublicKey
}

func (s signer) Public() crypto.PublicKey { return s.public }

func (s signer) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	t := second(s.t)
	defer t.CloseSession(t.session)
	if _, ok := s.public.(*ecdsa.PublicKey); ok {
		signature := t.sign(mechanism(pkcs11.CKM_ECDSA, nil), s.private, digest)
		half := len(signature) / 2
		return asn1.Marshal(struct{ R, S *big.Int }{
			new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:]),
		})
	}
	if options.HashFunc() != crypto.SHA256 {
		panic("only SHA-256 is prepared here")
	}
	if _, ok := options.(*rsa.PSSOptions); ok {
		m := mechanism(pkcs11.CKM_RSA_PKCS_PSS, pkcs11.NewPSSParams(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, 32))
		return t.sign(m, s.private, digest), nil
	}
	prefix := []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}
	return t.sign(mechanism(pkcs11.CKM_RSA_PKCS, nil), s.private, append(prefix, digest...)), nil
}

func (t token) signers() []signer {
	public, private := t.rsaPair()
	modulus := new(big.Int).SetBytes(t.bytes(public, pkcs11.CKA_MODULUS))
	list := []signer{{t, private, &rsa.PublicKey{N: modulus, E: 65537}}}
	public, private = t.pair(pkcs11.CKM_EC_KEY_PAIR_GEN,
		[]*pkcs11.Attribute{
			attribute(pkcs11.CKA_EC_PARAMS, []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}),
		},
		[]*pkcs11.Attribute{attribute(pkcs11.CKA_SIGN, true)})
	x, y := elliptic.Unmarshal(elliptic.P256(), t.bytes(public, pkcs11.CKA_EC_POINT)[2:])
	return append(list, signer{t, private, &ecdsa.PublicKey{Curve: elliptic.P256(), X: x, Y: y}})
}

// Certificates and TLS by Go's own library, with the private keys in the token.
func (t token) tls() {
	for _, key := range t.signers() {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		}
		raw, err := x509.CreateCertificate(rand.Reader, template, template, key.public, key)
		must(err)
		certificate, err := x509.ParseCertificate(raw)
		must(err)
		must(certificate.CheckSignatureFrom(certificate))
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			one, other := net.Pipe()
			server := tls.Server(one, &tls.Config{
				Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}, MaxVersion: version,
			})
			client := tls.Client(other, &tls.Config{RootCAs: roots, ServerName: "localhost"})
			go func() {
				must(server.Handshake())
				_, err := server.Write(data)
				must(err)
			}()
			answer := make([]byte, len(data))
			_, err := io.ReadFull(client, answer)
			must(err)
			yes(bytes.Equal(answer, data) && client.ConnectionState().Version == version, "TLS")
			one.Close()
		}
	}
}

func (t token) kinds(slot uint) {
	t.edwards()
	t.lattices()
	t.wrapping()
	t.parts()
	t.objects()
	t.errors(slot)
	t.initializes(os.Getenv("SO_PIN"), os.Getenv("PIN"))
	t.tls()
}
