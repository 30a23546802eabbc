// SPDX-License-Identifier: MIT OR Apache-2.0
// Java's SunPKCS11 on one token: everything that the provider registers is used, and held against the
// providers in software.

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.security.*;
import java.security.cert.Certificate;
import java.security.spec.*;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.*;
import javax.crypto.spec.*;
import javax.net.ssl.*;

final class Scenario {
    static Provider token;
    static final byte[] DATA = new byte[1000];
    static final List<String> failures = new ArrayList<>();
    static int done = 0;

    interface Step {
        void run() throws Exception;
    }

    static void step(String name, Step step) {
        try {
            step.run();
            done++;
        } catch (Throwable problem) {
            failures.add(name + ": " + problem);
            System.out.println("FAILED " + name);
            problem.printStackTrace(System.out);
        }
    }

    static void same(byte[] left, byte[] right) {
        if (!Arrays.equals(left, right)) {
            throw new AssertionError(hex(left) + " is not " + hex(right));
        }
    }

    static void yes(boolean fact, String what) {
        if (!fact) {
            throw new AssertionError(what);
        }
    }

    static String hex(byte[] bytes) {
        return bytes == null ? "null"
            : bytes.length + ":" + HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 32)));
    }

    /** The names of the services of a type, without aliases. */
    static SortedSet<String> services(String type) {
        SortedSet<String> names = new TreeSet<>();
        for (Provider.Service service : token.getServices()) {
            if (service.getType().equals(type)) {
                names.add(service.getAlgorithm());
            }
        }
        return names;
    }

    static void expect(String type, String... names) {
        for (String name : names) {
            yes(token.getService(type, name) != null, "the provider has no " + type + " " + name);
        }
    }

    /** A provider in software that has the service. */
    static Provider software(String type, String name) {
        for (Provider provider : Security.getProviders()) {
            if (!provider.getName().startsWith("SunPKCS11") && provider.getService(type, name) != null) {
                return provider;
            }
        }
        throw new AssertionError("no software for " + type + " " + name);
    }

    // --- digests and random numbers

    static void digests() {
        expect("MessageDigest", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA-512/224",
            "SHA-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512");
        for (String name : services("MessageDigest")) {
            step("MessageDigest " + name, () -> {
                MessageDigest ours = MessageDigest.getInstance(name, token);
                MessageDigest theirs = MessageDigest.getInstance(name, software("MessageDigest", name));
                same(ours.digest(DATA), theirs.digest(DATA));
                ours.update(DATA, 0, 700);
                // Clones copy the state of the operation.
                MessageDigest copy = (MessageDigest) ours.clone();
                ours.update(DATA, 700, 300);
                copy.update(DATA, 700, 300);
                same(ours.digest(), theirs.digest(DATA));
                same(copy.digest(), theirs.digest(DATA));
                same(ours.digest(), theirs.digest());
            });
        }
    }

    static void random() throws Exception {
        SecureRandom random = SecureRandom.getInstance("PKCS11", token);
        byte[] first = new byte[100];
        byte[] second = new byte[100];
        random.nextBytes(first);
        random.setSeed(first);
        random.nextBytes(second);
        yes(!Arrays.equals(first, second), "random numbers repeat");
    }

    // --- secret keys

    static SecretKey generate(String algorithm, int bits) throws Exception {
        KeyGenerator generator = KeyGenerator.getInstance(algorithm, token);
        if (bits > 0) {
            generator.init(bits);
        }
        return generator.generateKey();
    }

    static void macs() {
        expect("Mac", "HmacSHA1", "HmacSHA224", "HmacSHA256", "HmacSHA384", "HmacSHA512", "HmacSHA512/256");
        for (String name : services("Mac")) {
            if (name.startsWith("Ssl")) {
                continue;
            }
            step("Mac " + name, () -> {
                SecretKey key = new SecretKeySpec(Arrays.copyOf(DATA, 40), name);
                Mac ours = Mac.getInstance(name, token);
                Mac theirs = Mac.getInstance(name, software("Mac", name));
                ours.init(key);
                theirs.init(key);
                ours.update(DATA, 0, 77);
                ours.update(DATA, 77, 923);
                same(ours.doFinal(), theirs.doFinal(DATA));
                same(ours.doFinal(DATA), theirs.doFinal(DATA));
            });
        }
    }

    static int keyBytes(String transformation) {
        if (transformation.startsWith("DESede")) {
            return 24;
        }
        if (transformation.startsWith("DES/")) {
            return 8;
        }
        java.util.regex.Matcher sized = java.util.regex.Pattern.compile("AES_(\\d+)").matcher(transformation);
        return sized.find() ? Integer.parseInt(sized.group(1)) / 8
            : transformation.startsWith("ChaCha20") ? 32 : 16;
    }

    static AlgorithmParameterSpec iv(String transformation) {
        // The key wraps have their own initial values, and the token knows them.
        if (transformation.contains("/ECB/") || transformation.contains("/KW")
            || transformation.startsWith("ARCFOUR") || transformation.startsWith("RC4")) {
            return null;
        }
        if (transformation.contains("/GCM/")) {
            return new GCMParameterSpec(128, Arrays.copyOf(DATA, 12));
        }
        if (transformation.startsWith("ChaCha20")) {
            return new IvParameterSpec(Arrays.copyOf(DATA, 12));
        }
        return new IvParameterSpec(Arrays.copyOf(DATA, transformation.startsWith("DES") ? 8 : 16));
    }

    static void ciphers() {
        expect("Cipher", "AES/ECB/PKCS5Padding", "AES/ECB/NoPadding", "AES/CBC/NoPadding",
            "AES/CBC/PKCS5Padding", "AES/CTR/NoPadding", "AES/GCM/NoPadding", "RSA/ECB/PKCS1Padding",
            "RSA/ECB/NoPadding");
        for (String name : services("Cipher")) {
            if (name.startsWith("RSA")) {
                continue;
            }
            step("Cipher " + name, () -> {
                if (name.startsWith("PBE")) {
                    passwordCipher(name);
                } else {
                    cipher(name);
                }
            });
        }
    }

    /** A cipher under a password: Java 21 and newer. */
    static void passwordCipher(String name) throws Exception {
        var parameters = new PBEParameterSpec(Arrays.copyOf(DATA, 16), 1000,
            new IvParameterSpec(Arrays.copyOf(DATA, 16)));
        var password = new PBEKeySpec("a password".toCharArray());
        Cipher theirs = Cipher.getInstance(name, "SunJCE");
        theirs.init(Cipher.ENCRYPT_MODE, SecretKeyFactory.getInstance(name, "SunJCE").generateSecret(password),
            parameters);
        Cipher ours = Cipher.getInstance(name, token);
        ours.init(Cipher.DECRYPT_MODE, new SecretKeySpec("a password".getBytes(), name), parameters);
        same(ours.doFinal(theirs.doFinal(DATA)), DATA);
    }

    static void cipher(String name) throws Exception {
        byte[] value = Arrays.copyOf(DATA, keyBytes(name));
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i * 29 + 1);
        }
        SecretKey key = new SecretKeySpec(value, name.split("[/_]")[0]);
        int length = name.contains("NoPadding") ? 960 : 955;
        byte[] plain = Arrays.copyOf(DATA, length);
        Cipher theirs = Cipher.getInstance(name, "SunJCE");
        Cipher ours = Cipher.getInstance(name, token);
        theirs.init(Cipher.ENCRYPT_MODE, key, iv(name));
        ours.init(Cipher.ENCRYPT_MODE, key, iv(name));
        boolean aead = name.contains("GCM") || name.contains("Poly1305");
        if (aead) {
            theirs.updateAAD(DATA, 0, 33);
            ours.updateAAD(DATA, 0, 33);
        }
        byte[] wanted = theirs.doFinal(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, ours.update(plain, 0, 100));
        write(out, ours.update(plain, 100, 17));
        // The AEAD ciphers of JDK 17 forget what doFinal is given at an offset after update.
        write(out, ours.update(plain, 117, length - 117));
        write(out, ours.doFinal());
        same(out.toByteArray(), wanted);
        ours.init(Cipher.DECRYPT_MODE, key, iv(name));
        if (aead) {
            ours.updateAAD(DATA, 0, 33);
        }
        same(ours.doFinal(wanted), plain);
        if (aead) {
            ours.init(Cipher.DECRYPT_MODE, key, iv(name));
            ours.updateAAD(DATA, 0, 33);
            byte[] changed = wanted.clone();
            changed[5] ^= 1;
            try {
                ours.doFinal(changed);
                throw new AssertionError("a changed message was taken");
            } catch (AEADBadTagException expected) {
                // as it should be
            }
        }
        // With a key that never was outside.
        SecretKey inside = generate(name.split("[/_-]")[0], name.startsWith("DES") ? 0 : value.length * 8);
        ours.init(Cipher.ENCRYPT_MODE, inside, iv(name));
        byte[] sealed = ours.doFinal(plain);
        ours.init(Cipher.DECRYPT_MODE, inside, iv(name));
        same(ours.doFinal(sealed), plain);
    }

    static void write(ByteArrayOutputStream out, byte[] bytes) {
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    static void secretKeyFactories() {
        for (String name : services("SecretKeyFactory")) {
            if (name.startsWith("PBKDF2")) {
                step("SecretKeyFactory " + name, () -> {
                    var password = new PBEKeySpec("a password".toCharArray(), Arrays.copyOf(DATA, 16), 1000, 256);
                    same(SecretKeyFactory.getInstance(name, token).generateSecret(password).getEncoded(),
                        SecretKeyFactory.getInstance(name, "SunJCE").generateSecret(password).getEncoded());
                });
            }
            if (!name.equals("AES") && !name.startsWith("DES")) {
                continue;
            }
            step("SecretKeyFactory " + name, () -> {
                int length = name.equals("AES") ? 16 : name.equals("DES") ? 8 : 24;
                SecretKey key = new SecretKeySpec(Arrays.copyOf(DATA, length), name);
                SecretKey ours = SecretKeyFactory.getInstance(name, token).translateKey(key);
                yes(ours.getEncoded() == null || ours.getEncoded().length == length, "encoded length");
            });
        }
    }

    // --- key pairs

    static KeyPair pair(String algorithm, AlgorithmParameterSpec spec) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, token);
        generator.initialize(spec);
        return generator.generateKeyPair();
    }

    static void signatures() throws Exception {
        expect("Signature", "SHA256withRSA", "SHA384withRSA", "SHA512withRSA", "RSASSA-PSS", "NONEwithECDSA",
            "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA", "SHA256withECDSAinP1363Format");
        Map<String, List<KeyPair>> keys = new HashMap<>();
        keys.put("RSA", List.of(pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4))));
        keys.put("ECDSA", List.of(pair("EC", new ECGenParameterSpec("secp256r1")),
            pair("EC", new ECGenParameterSpec("secp384r1")), pair("EC", new ECGenParameterSpec("secp521r1"))));
        if (token.getService("KeyPairGenerator", "DSA") != null) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA", software("KeyPairGenerator", "DSA"));
            generator.initialize(2048);
            KeyFactory factory = KeyFactory.getInstance("DSA", token);
            KeyPair soft = generator.generateKeyPair();
            keys.put("DSA", List.of(new KeyPair(soft.getPublic(),
                (PrivateKey) factory.translateKey(soft.getPrivate()))));
        }
        for (String name : services("Signature")) {
            if (name.startsWith("SHA3") && name.contains("PSS")) {
                continue; // JDK 17 builds parameters that its own native half refuses.
            }
            String family = name.contains("RSA") ? "RSA" : name.contains("ECDSA") ? "ECDSA" : "DSA";
            for (KeyPair pair : keys.getOrDefault(family, List.of())) {
                step("Signature " + name + " " + pair.getPublic().getAlgorithm(), () -> signature(name, pair));
            }
        }
    }

    static AlgorithmParameterSpec pss(String name) {
        if (!name.contains("PSS")) {
            return null;
        }
        java.util.regex.Matcher named = java.util.regex.Pattern.compile("(SHA.*)with").matcher(name);
        String digest = named.find()
            ? named.group(1).replaceFirst("^SHA(?=[1-9])(?!3-)", "SHA-") : "SHA-256";
        int salt = MessageDigestLength.of(digest);
        return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1);
    }

    /** What the providers in software call a signature. */
    static String softwareName(String name) {
        return name.contains("PSS") ? "RSASSA-PSS"
            : name.startsWith("DSAin") ? "SHA1with" + name
            : name.replaceFirst("^Raw", "NONEwith");
    }

    static final class MessageDigestLength {
        static int of(String digest) {
            try {
                return MessageDigest.getInstance(digest).getDigestLength();
            } catch (NoSuchAlgorithmException problem) {
                throw new AssertionError(problem);
            }
        }
    }

    static void signature(String name, KeyPair pair) throws Exception {
        // NONEwith... takes a digest; NONEwithDSA exactly 20 bytes.
        byte[] data = name.startsWith("NONE") ? Arrays.copyOf(DATA, 20)
            : name.startsWith("RawDSA") ? Arrays.copyOf(DATA, 20) : DATA;
        for (int round = 0; round < 4; round++) {
            Signature signer = Signature.getInstance(name, token);
            if (pss(name) != null) {
                signer.setParameter(pss(name));
            }
            signer.initSign(pair.getPrivate());
            signer.update(data, 0, 13);
            signer.update(data, 13, data.length - 13);
            byte[] signature = signer.sign();
            for (Provider provider : List.of(token,
                software("Signature", softwareName(name)))) {
                Signature verifier = Signature.getInstance(
                    provider == token ? name : softwareName(name), provider);
                if (pss(name) != null) {
                    verifier.setParameter(pss(name));
                }
                PublicKey key = pair.getPublic();
                if (provider != token) {
                    key = KeyFactory.getInstance(key.getAlgorithm(), software("KeyFactory", key.getAlgorithm()))
                        .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
                }
                verifier.initVerify(key);
                verifier.update(data);
                yes(verifier.verify(signature), "verification by " + provider.getName());
                byte[] other = data.clone();
                other[3] ^= 1;
                verifier.update(other);
                yes(!verifier.verify(signature), "another message was taken by " + provider.getName());
            }
        }
    }

    static void rsaCiphers() throws Exception {
        KeyPair pair = pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        PublicKey open = KeyFactory.getInstance("RSA", software("KeyFactory", "RSA"))
            .generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded()));
        for (String name : services("Cipher")) {
            if (!name.startsWith("RSA")) {
                continue;
            }
            step("Cipher " + name, () -> {
                byte[] plain = Arrays.copyOf(DATA, name.contains("NoPadding") ? 256 : 60);
                Cipher theirs = Cipher.getInstance(name, "SunJCE");
                Cipher ours = Cipher.getInstance(name, token);
                theirs.init(Cipher.ENCRYPT_MODE, open);
                ours.init(Cipher.DECRYPT_MODE, pair.getPrivate());
                same(ours.doFinal(theirs.doFinal(plain)), plain);
                ours.init(Cipher.ENCRYPT_MODE, pair.getPublic());
                byte[] sealed = ours.doFinal(plain);
                ours.init(Cipher.DECRYPT_MODE, pair.getPrivate());
                same(ours.doFinal(sealed), plain);
                if (name.contains("PKCS1")) {
                    ours.init(Cipher.WRAP_MODE, pair.getPublic());
                    byte[] wrapped = ours.wrap(new SecretKeySpec(Arrays.copyOf(DATA, 16), "AES"));
                    ours.init(Cipher.UNWRAP_MODE, pair.getPrivate());
                    Key back = ours.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
                    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding", token);
                    aes.init(Cipher.ENCRYPT_MODE, back);
                    Cipher soft = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
                    soft.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Arrays.copyOf(DATA, 16), "AES"));
                    same(aes.doFinal(Arrays.copyOf(DATA, 16)), soft.doFinal(Arrays.copyOf(DATA, 16)));
                }
            });
        }
    }

    static void agreements() throws Exception {
        expect("KeyAgreement", "ECDH", "DH");
        for (String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
            step("ECDH " + curve, () -> {
                KeyPair ours = pair("EC", new ECGenParameterSpec(curve));
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
                generator.initialize(new ECGenParameterSpec(curve));
                KeyPair theirs = generator.generateKeyPair();
                agree("ECDH", "SunEC", "EC", ours, theirs);
            });
        }
        if (token.getService("KeyAgreement", "DH") != null) {
            step("DH", () -> {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("DH", "SunJCE");
                generator.initialize(2048);
                KeyPair theirs = generator.generateKeyPair();
                KeyPair ours = pair("DH", ((javax.crypto.interfaces.DHPublicKey) theirs.getPublic()).getParams());
                agree("DH", "SunJCE", "DH", ours, theirs);
            });
        }
    }

    static void agree(String name, String provider, String type, KeyPair ours, KeyPair theirs) throws Exception {
        KeyAgreement inside = KeyAgreement.getInstance(name, token);
        inside.init(ours.getPrivate());
        inside.doPhase(theirs.getPublic(), true);
        KeyAgreement outside = KeyAgreement.getInstance(name, provider);
        outside.init(theirs.getPrivate());
        outside.doPhase(KeyFactory.getInstance(type, provider)
            .generatePublic(new X509EncodedKeySpec(ours.getPublic().getEncoded())), true);
        same(inside.generateSecret(), outside.generateSecret());
        inside.doPhase(theirs.getPublic(), true);
        yes(inside.generateSecret("TlsPremasterSecret") != null, "premaster");
    }

    // --- the key store

    static void keyStore(KeyStore store, char[] pin) throws Exception {
        Set<String> aliases = new TreeSet<>(Collections.list(store.aliases()));
        yes(aliases.containsAll(List.of("rsa", "ec", "ca", "aes")), "aliases " + aliases);
        yes(store.isKeyEntry("rsa") && store.getCertificateChain("rsa").length == 2, "chain of rsa");
        PrivateKey key = (PrivateKey) store.getKey("ec", null);
        yes(key.getEncoded() == null, "the key has an encoding");
        signature("SHA256withECDSA", new KeyPair(store.getCertificate("ec").getPublicKey(), key));
        // Keys made in software are written, and work from inside.
        store.setKeyEntry("secret", new SecretKeySpec(Arrays.copyOf(DATA, 32), "AES"), null, null);
        yes(store.isKeyEntry("secret"), "secret key entry");
        KeyStore again = KeyStore.getInstance("PKCS11", token);
        again.load(null, pin);
        yes(again.getKey("secret", null) != null, "the secret key stays");
        again.deleteEntry("secret");
        again.load(null, pin);
        yes(!again.containsAlias("secret"), "a deleted entry stays");
    }

    static void threads(KeyStore store) throws Exception {
        PrivateKey rsa = (PrivateKey) store.getKey("rsa", null);
        PrivateKey ec = (PrivateKey) store.getKey("ec", null);
        var pool = Executors.newFixedThreadPool(8);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean first = i % 2 == 0;
            results.add(pool.submit((Callable<Integer>) () -> {
                PublicKey open = store.getCertificate(first ? "rsa" : "ec").getPublicKey();
                for (int round = 0; round < 20; round++) {
                    String name = first ? "SHA256withRSA" : "SHA256withECDSA";
                    Signature signer = Signature.getInstance(name, token);
                    signer.initSign(first ? rsa : ec);
                    signer.update(DATA);
                    byte[] signature = signer.sign();
                    Signature verifier = Signature.getInstance(name);
                    verifier.initVerify(open);
                    verifier.update(DATA);
                    yes(verifier.verify(signature), "in a thread");
                }
                return 1;
            }));
        }
        for (Future<Integer> result : results) {
            result.get();
        }
        pool.shutdown();
    }

    static void https(KeyStore store, String alias) throws Exception {
        // A store of one entry: the server can take no other key.
        X509ExtendedKeyManager only = new OneKey(store, alias);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {only}, null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = "from the token".getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            Certificate[] chain = store.getCertificateChain(alias);
            trust.setCertificateEntry("root", chain[chain.length - 1]);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
            trusted.init(trust);
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                SSLContext client = SSLContext.getInstance(version);
                client.init(null, trusted.getTrustManagers(), null);
                for (int round = 0; round < 3; round++) {
                    var url = new URL("https", "localhost", server.getAddress().getPort(), "/");
                    var connection = (HttpsURLConnection) url.openConnection();
                    connection.setSSLSocketFactory(client.getSocketFactory());
                    same(connection.getInputStream().readAllBytes(), "from the token".getBytes());
                    connection.disconnect();
                }
            }
        } finally {
            server.stop(0);
        }
    }

    static final class OneKey extends X509ExtendedKeyManager {
        private final KeyStore store;
        private final String alias;

        OneKey(KeyStore store, String alias) {
            this.store = store;
            this.alias = alias;
        }

        private boolean fits(String type) throws RuntimeException {
            try {
                return type.startsWith(store.getCertificate(alias).getPublicKey().getAlgorithm());
            } catch (KeyStoreException problem) {
                throw new IllegalStateException(problem);
            }
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            return fits(type) ? alias : null;
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, java.net.Socket socket) {
            return fits(type) ? alias : null;
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[] {alias};
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] type, Principal[] issuers, java.net.Socket socket) {
            return null;
        }

        @Override
        public java.security.cert.X509Certificate[] getCertificateChain(String name) {
            try {
                return Arrays.stream(store.getCertificateChain(name))
                    .toArray(java.security.cert.X509Certificate[]::new);
            } catch (KeyStoreException problem) {
                throw new IllegalStateException(problem);
            }
        }

        @Override
        public PrivateKey getPrivateKey(String name) {
            try {
                return (PrivateKey) store.getKey(name, null);
            } catch (GeneralSecurityException problem) {
                throw new IllegalStateException(problem);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < DATA.length; i++) {
            DATA[i] = (byte) (i * 7 + 3);
        }
        token = Security.getProvider("SunPKCS11").configure(arguments[0]);
        Security.addProvider(token);
        char[] pin = arguments[1].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS11", token);
        try {
            store.load(null, "wrong".toCharArray());
            throw new AssertionError("a wrong PIN was taken");
        } catch (java.io.IOException expected) {
            // as it should be
        }
        store.load(null, pin);
        // The provider closes sessions with unfinished digests, and with the last session goes the login
        // (PKCS#11 v3.2, 5.6.2 C_CloseSession); a session key keeps one open.
        SecretKey held = generate("AES", 128);
        digests();
        step("SecureRandom", Scenario::random);
        macs();
        ciphers();
        secretKeyFactories();
        signatures();
        rsaCiphers();
        agreements();
        step("KeyStore", () -> keyStore(store, pin));
        step("threads", () -> threads(store));
        for (String alias : List.of("rsa", "ec")) {
            step("HTTPS " + alias, () -> https(store, alias));
        }
        // Two random keys differ.
        step("KeyGenerator", () -> yes(generate("AES", 256) != held, "keys"));
        for (String type : new TreeSet<>(List.of("Cipher", "Signature", "Mac", "MessageDigest", "KeyGenerator",
            "KeyPairGenerator", "KeyAgreement", "SecretKeyFactory"))) {
            System.out.println(type + ": " + services(type));
        }
        System.out.println(done + " steps done, " + failures.size() + " failed");
        failures.forEach(System.out::println);
        if (!failures.isEmpty() || done < 100) {
            System.exit(1);
        }
    }
}
