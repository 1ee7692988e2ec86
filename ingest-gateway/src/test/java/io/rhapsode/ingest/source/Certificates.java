/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates, made for one test with the JDK's keytool. */
public final class Certificates {

    private static final char[] PASSWORD = "not-secret".toCharArray();

    private Certificates() {}

    /**
     * A certificate and its key as PEM files.
     *
     * @param subject as "CN=sbc-1,O=Telco"
     */
    public record Pem(Path certificate, Path key, X509Certificate x509) {}

    public static Pem make(Path folder, String name, String subject)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        keytool(store, subject);
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        var certificate = (X509Certificate) keys.getCertificate("own");
        Path key = write(
                folder.resolve(name + ".key"),
                "PRIVATE KEY",
                keys.getKey("own", PASSWORD).getEncoded());
        return new Pem(write(folder.resolve(name + ".crt"), "CERTIFICATE", certificate.getEncoded()), key, certificate);
    }

    private static void keytool(Path store, String subject) throws IOException, InterruptedException {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made = new ProcessBuilder(List.of(
                        program,
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "2",
                        "-dname",
                        subject,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes());
        if (!made.waitFor(30, TimeUnit.SECONDS) || made.exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    private static Path write(Path file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}
