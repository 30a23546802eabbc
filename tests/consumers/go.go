// SPDX-License-Identifier: MIT OR Apache-2.0

// Go's miekg/pkcs11 on a token: generates, signs, encrypts, wraps, derives, finds; many goroutines.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"os"
	"sync"

	"crypto"

	"github.com/miekg/pkcs11"
	"github.com/miekg/pkcs11/p11"
)

var data = bytes.Repeat([]byte("some data "), 100)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func yes(fact bool, what string) {
	if !fact {
		panic(what)
	}
}

func refused(err error, code uint) {
	if err != pkcs11.Error(code) {
		panic(fmt.Sprintf("%v instead of %v", err, pkcs11.Error(code)))
	}
}

func mechanism(id uint, parameter interface{}) []*pkcs11.Mechanism {
	return []*pkcs11.Mechanism{pkcs11.NewMechanism(id, parameter)}
}

func attribute(id uint, value interface{}) *pkcs11.Attribute {
	return pkcs11.NewAttribute(id, value)
}

type token struct {
	*pkcs11.Ctx
	session pkcs11.SessionHandle
}

func (t token) sign(m []*pkcs11.Mechanism, key pkcs11.ObjectHandle, data []byte) []byte {
	must(t.SignInit(t.session, m, key))
	signature, err := t.Sign(t.session, data)
	must(err)
	return signature
}

func (t token) seal(m []*pkcs11.Mechanism, key pkcs11.ObjectHandle, data []byte) []byte {
	must(t.EncryptInit(t.session, m, key))
	sealed, err := t.Encrypt(t.session, data)
	must(err)
	return sealed
}

func (t token) open(m []*pkcs11.Mechanism, key pkcs11.ObjectHandle, data []byte) []byte {
	must(t.DecryptInit(t.session, m, key))
	opened, err := t.Decrypt(t.session, data)
	must(err)
	return opened
}

func (t token) bytes(key pkcs11.ObjectHandle, id uint) []byte {
	found, err := t.GetAttributeValue(t.session, key, []*pkcs11.Attribute{attribute(id, nil)})
	must(err)
	return found[0].Value
}

func (t token) find(template ...*pkcs11.Attribute) []pkcs11.ObjectHandle {
	must(t.FindObjectsInit(t.session, template))
	found, _, err := t.FindObjects(t.session, 100)
	must(err)
	must(t.FindObjectsFinal(t.session))
	return found
}

func (t token) rsa() {
	public, private, err := t.GenerateKeyPair(t.session, mechanism(pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN, nil),
		[]*pkcs11.Attribute{
			attribute(pkcs11.CKA_TOKEN, true), attribute(pkcs11.CKA_LABEL, "rsa"), attribute(pkcs11.CKA_ID, []byte{1}),
			attribute(pkcs11.CKA_MODULUS_BITS, 2048), attribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1}),
		},
		[]*pkcs11.Attribute{
			attribute(pkcs11.CKA_TOKEN, true), attribute(pkcs11.CKA_LABEL, "rsa"), attribute(pkcs11.CKA_ID, []byte{1}),
		})
	must(err)
	outside := &rsa.PublicKey{
		N: new(big.Int).SetBytes(t.bytes(public, pkcs11.CKA_MODULUS)),
		E: int(new(big.Int).SetBytes(t.bytes(public, pkcs11.CKA_PUBLIC_EXPONENT)).Int64()),
	}
	digest := sha256.Sum256(data)
	must(rsa.VerifyPKCS1v15(outside, crypto.SHA256, digest[:], t.sign(mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), private, data)))
	pss := pkcs11.NewPSSParams(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, 32)
	must(rsa.VerifyPSS(outside, crypto.SHA256, digest[:], t.sign(mechanism(pkcs11.CKM_SHA256_RSA_PKCS_PSS, pss), private, data), nil))
	oaep := mechanism(pkcs11.CKM_RSA_PKCS_OAEP,
		pkcs11.NewOAEPParams(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, pkcs11.CKZ_DATA_SPECIFIED, []byte("label")))
	yes(bytes.Equal(t.open(oaep, private, t.seal(oaep, public, data[:50])), data[:50]), "OAEP")
	_, err = t.GetAttributeValue(t.session, private, []*pkcs11.Attribute{attribute(pkcs11.CKA_PRIVATE_EXPONENT, nil)})
	refused(err, pkcs11.CKR_ATTRIBUTE_SENSITIVE)
	yes(len(t.find(attribute(pkcs11.CKA_LABEL, "rsa"))) == 2, "two objects")

	// Multi-part, with an error in between.
	must(t.SignInit(t.session, mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), private))
	refused(t.SignInit(t.session, mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), private), pkcs11.CKR_OPERATION_ACTIVE)
	must(t.SignUpdate(t.session, data[:100]))
	must(t.SignUpdate(t.session, data[100:]))
	signature, err := t.SignFinal(t.session)
	must(err)
	must(t.VerifyInit(t.session, mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), public))
	must(t.Verify(t.session, data, signature))
	must(t.VerifyInit(t.session, mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), public))
	refused(t.Verify(t.session, data[1:], signature), pkcs11.CKR_SIGNATURE_INVALID)
}

func (t token) curves() {
	p256 := []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
	make := func() (pkcs11.ObjectHandle, pkcs11.ObjectHandle) {
		public, private, err := t.GenerateKeyPair(t.session, mechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil),
			[]*pkcs11.Attribute{attribute(pkcs11.CKA_EC_PARAMS, p256)},
			[]*pkcs11.Attribute{attribute(pkcs11.CKA_DERIVE, true), attribute(pkcs11.CKA_SIGN, true)})
		must(err)
		return public, private
	}
	public, private := make()
	point := t.bytes(public, pkcs11.CKA_EC_POINT)
	x, y := elliptic.Unmarshal(elliptic.P256(), point[2:])
	digest := sha256.Sum256(data)
	for _, how := range []struct {
		id   uint
		data []byte
	}{{pkcs11.CKM_ECDSA, digest[:]}, {pkcs11.CKM_ECDSA_SHA256, data}} {
		signature := t.sign(mechanism(how.id, nil), private, how.data)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		yes(ecdsa.Verify(&ecdsa.PublicKey{Curve: elliptic.P256(), X: x, Y: y}, digest[:], r, s), "ECDSA")
	}
	otherPublic, otherPrivate := make()
	secret := []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), attribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_GENERIC_SECRET),
		attribute(pkcs11.CKA_VALUE_LEN, 32), attribute(pkcs11.CKA_SENSITIVE, false), attribute(pkcs11.CKA_EXTRACTABLE, true),
	}
	derive := func(private pkcs11.ObjectHandle, point []byte) []byte {
		key, err := t.DeriveKey(t.session,
			mechanism(pkcs11.CKM_ECDH1_DERIVE, pkcs11.NewECDH1DeriveParams(pkcs11.CKD_NULL, nil, point)), private, secret)
		must(err)
		return t.bytes(key, pkcs11.CKA_VALUE)
	}
	yes(bytes.Equal(derive(private, t.bytes(otherPublic, pkcs11.CKA_EC_POINT)), derive(otherPrivate, point[2:])), "ECDH")
}

func (t token) secrets() {
	aes, err := t.GenerateKey(t.session, mechanism(pkcs11.CKM_AES_KEY_GEN, nil), []*pkcs11.Attribute{
		attribute(pkcs11.CKA_TOKEN, true), attribute(pkcs11.CKA_LABEL, "aes"), attribute(pkcs11.CKA_VALUE_LEN, 32),
	})
	must(err)
	gcm := pkcs11.NewGCMParams(data[:12], []byte("header"), 128)
	defer gcm.Free()
	for _, m := range [][]*pkcs11.Mechanism{
		mechanism(pkcs11.CKM_AES_GCM, gcm),
		mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16]),
	} {
		yes(bytes.Equal(t.open(m, aes, t.seal(m, aes, data)), data), "a cipher")
	}
	must(t.EncryptInit(t.session, mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16]), aes))
	first, err := t.EncryptUpdate(t.session, data[:33])
	must(err)
	second, err := t.EncryptUpdate(t.session, data[33:])
	must(err)
	last, err := t.EncryptFinal(t.session)
	must(err)
	sealed := append(append(first, second...), last...)
	yes(bytes.Equal(t.open(mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16]), aes, sealed), data), "in parts")

	key, err := t.GenerateKey(t.session, mechanism(pkcs11.CKM_AES_KEY_GEN, nil), []*pkcs11.Attribute{
		attribute(pkcs11.CKA_VALUE_LEN, 16), attribute(pkcs11.CKA_EXTRACTABLE, true),
	})
	must(err)
	wrapped, err := t.WrapKey(t.session, mechanism(pkcs11.CKM_AES_KEY_WRAP, nil), aes, key)
	must(err)
	back, err := t.UnwrapKey(t.session, mechanism(pkcs11.CKM_AES_KEY_WRAP, nil), aes, wrapped, []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), attribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
	})
	must(err)
	cbc := mechanism(pkcs11.CKM_AES_CBC_PAD, data[:16])
	yes(bytes.Equal(t.open(cbc, back, t.seal(cbc, key, data)), data), "the key that was wrapped")
	_, err = t.WrapKey(t.session, mechanism(pkcs11.CKM_AES_KEY_WRAP, nil), key, aes)
	refused(err, pkcs11.CKR_KEY_UNEXTRACTABLE)

	secret, err := t.CreateObject(t.session, []*pkcs11.Attribute{
		attribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), attribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_GENERIC_SECRET),
		attribute(pkcs11.CKA_VALUE, data[:32]), attribute(pkcs11.CKA_SIGN, true),
	})
	must(err)
	mac := hmac.New(sha256.New, data[:32])
	mac.Write(data)
	yes(bytes.Equal(t.sign(mechanism(pkcs11.CKM_SHA256_HMAC, nil), secret, data), mac.Sum(nil)), "HMAC")
	must(t.DigestInit(t.session, mechanism(pkcs11.CKM_SHA256, nil)))
	ours, err := t.Digest(t.session, data)
	must(err)
	theirs := sha256.Sum256(data)
	yes(bytes.Equal(ours, theirs[:]), "SHA-256")
	random, err := t.GenerateRandom(t.session, 32)
	must(err)
	yes(len(random) == 32, "random numbers")
}

func (t token) goroutines(slot uint) {
	private := t.find(attribute(pkcs11.CKA_LABEL, "rsa"), attribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY))[0]
	public := t.find(attribute(pkcs11.CKA_LABEL, "rsa"), attribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY))[0]
	var all sync.WaitGroup
	for i := 0; i < 16; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			session, err := t.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
			must(err)
			own := token{t.Ctx, session}
			for round := 0; round < 10; round++ {
				signature := own.sign(mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), private, data)
				must(own.VerifyInit(session, mechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), public))
				must(own.Verify(session, data, signature))
			}
			must(own.CloseSession(session))
		}()
	}
	all.Wait()
}

func main() {
	library, pin := os.Getenv("KEYSTEAD_LIB"), os.Getenv("PIN")
	ctx := pkcs11.New(library)
	must(ctx.Initialize())
	slots, err := ctx.GetSlotList(true)
	must(err)
	slot, known := uint(0), false
	for _, each := range slots {
		info, err := ctx.GetTokenInfo(each)
		must(err)
		if info.Label == "consumer" {
			slot, known = each, true
		}
	}
	yes(known, "no token")
	session, err := ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(err)
	refused(ctx.Login(session, pkcs11.CKU_USER, "wrong-1234"), pkcs11.CKR_PIN_INCORRECT)
	must(ctx.Login(session, pkcs11.CKU_USER, pin))
	t := token{ctx, session}
	t.rsa()
	t.curves()
	t.secrets()
	t.goroutines(slot)
	t.kinds(slot)
	for _, found := range t.find(attribute(pkcs11.CKA_TOKEN, true)) {
		must(t.DestroyObject(session, found))
	}
	must(ctx.SetPIN(session, pin, "another-1234"))
	must(ctx.SetPIN(session, "another-1234", pin))
	must(ctx.Logout(session))
	must(ctx.CloseAllSessions(slot))
	must(ctx.Finalize())
	ctx.Destroy()

	// The package of the same author that knows keys as values.
	module, err := p11.OpenModule(library)
	must(err)
	found, err := module.Slots()
	must(err)
	open, err := found[0].OpenWriteSession()
	must(err)
	must(open.Login(pin))
	pair, err := open.GenerateKeyPair(p11.GenerateKeyPairRequest{
		Mechanism: *pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN, nil),
		PublicKeyAttributes: []*pkcs11.Attribute{
			attribute(pkcs11.CKA_MODULUS_BITS, 2048), attribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1}),
		},
	})
	must(err)
	signature, err := pair.Private.Sign(*pkcs11.NewMechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), data)
	must(err)
	must(pair.Public.Verify(*pkcs11.NewMechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), data, signature))
	must(open.Close())
}
