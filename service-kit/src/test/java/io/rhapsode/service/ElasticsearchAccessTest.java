/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElasticsearchAccessTest {

    private static final String SECRET = "s3cr3t";

    @TempDir
    private Path folder;

    private static Settings settings(String... namesAndValues) {
        var environment = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put("RHAPSODE_ELASTICSEARCH" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return Settings.read(ElasticsearchAccess.define(new ConfigDef()), Set.of(), environment);
    }

    private static ElasticsearchAccess read(String... namesAndValues) {
        return ElasticsearchAccess.read(settings(namesAndValues));
    }

    private static String refusal(String... namesAndValues) {
        var settings = settings(namesAndValues);
        var refusal = assertThatIllegalArgumentException().isThrownBy(() -> ElasticsearchAccess.read(settings));
        refusal.withMessageContaining("RHAPSODE_ELASTICSEARCH");
        return refusal.actual().getMessage();
    }

    private static String authorization(ElasticsearchAccess access) {
        return access.authorization().map(Password::value).orElse("");
    }

    @Test
    void byDefaultItIsOnThisMachineAndAsksNobody() {
        var access = read();
        assertThat(access.hosts()).containsExactly(URI.create("http://127.0.0.1:9200"));
        assertThat(access.authorization()).isEmpty();
        assertThat(access.tls()).isEmpty();
    }

    @Test
    void severalHostsOfBothSchemes() {
        assertThat(read("", "https://es-1:9200, HTTP://es-2:9201/ ,http://[2001:db8::1]:80")
                        .hosts())
                .containsExactly(
                        URI.create("https://es-1:9200"),
                        URI.create("HTTP://es-2:9201/"),
                        URI.create("http://[2001:db8::1]:80"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "es-1:9200",
                "ftp://es-1:9200",
                "https://es-1",
                "https://es-1:0",
                "https://es-1:65536",
                "https://es 1:9200",
                "https://es_1:9200",
                "https://:9200",
                "https://es-1:9200,",
                "https://es-1:9200,,https://es-2:9200",
                "https://es-1:9200/path",
                "https://es-1:9200?pretty",
                "https://es-1:9200#here"
            })
    void whatIsNoHostIsRefused(String hosts) {
        assertThat(refusal("", hosts)).startsWith("RHAPSODE_ELASTICSEARCH: '");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://elastic:s3cr3t@es-1:9200", "https://elastic:s3,cr3t@es-1:9200", "https://e:s3cr3t%@x"})
    void passwordsInAddressesAreRefusedAndNotShown(String hosts) {
        assertThat(refusal("", hosts)).contains("_USER", "_PASSWORD").doesNotContain("s3");
    }

    @Test
    void userAndPasswordAreSentInUtf8() {
        String both = "käthe:" + SECRET + ":ö";
        String basic = "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        assertThat(authorization(read("", "https://es-1:9200", "_USER", "käthe", "_PASSWORD", SECRET + ":ö")))
                .isEqualTo(basic);
    }

    @Test
    void anApiKeyIsSentAsItWasGiven() {
        assertThat(authorization(read("", "https://es-1:9200", "_API_KEY", "aWQ6a2V5==")))
                .isEqualTo("ApiKey aWQ6a2V5==");
    }

    @ParameterizedTest
    @CsvSource({
        "elastic, s3cr3t, aWQ6a2V5",
        "elastic, '',     aWQ6a2V5",
        "'',      s3cr3t, aWQ6a2V5",
        "elastic, '',     ''",
        "'',      s3cr3t, ''",
        "el:stic, s3cr3t, ''",
        "'',      '',     id:s3cr3t",
        "'',      '',     'aWQ6 s3cr3t'",
        "'',      '',     'aWQ6\ns3cr3t'",
        "'',      '',     s3cr3tö"
    })
    void whatIsNoCredentialsIsRefusedAndNotShown(String user, String password, String key) {
        assertThat(refusal("", "https://es-1:9200", "_USER", user, "_PASSWORD", password, "_API_KEY", key))
                .doesNotContain(SECRET)
                .doesNotContain("aWQ6");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://es-1:9200",
                "HTTP://es-1:9200",
                "http://10.0.0.1:9200",
                "http://127.0.0.1.example.net:9200",
                "http://localhost.example.net:9200",
                "http://[2001:db8::1]:9200",
                "https://es-1:9200,http://es-2:9200"
            })
    void nothingSecretGoesInTheClear(String hosts) {
        assertThat(refusal("", hosts, "_USER", "elastic", "_PASSWORD", SECRET))
                .contains("in the clear")
                .doesNotContain(SECRET);
        assertThat(refusal("", hosts, "_API_KEY", "aWQ6a2V5")).contains("in the clear");
        assertThat(read("", hosts).authorization()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://127.0.0.1:9200", "http://127.8.0.1:1", "http://localhost:9200", "http://[::1]:9200"})
    void onThisMachineItMay(String host) {
        assertThat(authorization(read("", host, "_API_KEY", "aWQ6a2V5"))).isEqualTo("ApiKey aWQ6a2V5");
    }

    @Test
    void authoritiesComeFromAPemFileOfSeveral() throws Exception {
        Path file = folder.resolve("authorities.pem");
        Files.writeString(file, "# ours\n" + pem(0) + pem(1));
        assertThat(read("", "https://es-1:9200", "_CA", file.toString()).tls()).isPresent();
    }

    /** Of those that Java trusts. */
    private static String pem(int index) throws GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init((KeyStore) null);
        byte[] der = ((X509TrustManager) trust.getTrustManagers()[0]).getAcceptedIssuers()[index].getEncoded();
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void authoritiesThatCannotBeReadAreRefusedInOneLine() throws IOException {
        Path absent = folder.resolve("absent.pem");
        Path text = Files.writeString(folder.resolve("text.pem"), "no certificate\n");
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        for (Path file : Arrays.asList(absent, text, broken, empty, folder)) {
            assertThat(refusal("_CA", file.toString()))
                    .startsWith("RHAPSODE_ELASTICSEARCH_CA: ")
                    .contains(file.toString())
                    .hasLineCount(1);
        }
        assertThat(refusal("_CA", absent.toString())).contains("there is no file");
    }

    @Test
    void nothingThatIsPrintedHasASecret() {
        var settings = settings("_USER", "elastic", "_PASSWORD", SECRET);
        String basic = authorization(ElasticsearchAccess.read(settings)).substring(6);
        assertThat(settings.toString()).contains("elastic").doesNotContain(SECRET);
        assertThat(ElasticsearchAccess.read(settings).toString()).doesNotContain(SECRET, basic);
        assertThat(read("_API_KEY", "aWQ6a2V5").toString()).doesNotContain("aWQ6a2V5");
    }

    @Test
    void adviceIsForAccessOnly() {
        assertThat(ElasticsearchAccess.advice(401, "")).contains("401", "_USER", "_PASSWORD", "_API_KEY");
        assertThat(ElasticsearchAccess.advice(403, "security_exception")).contains("403", "privileges");
        assertThat(ElasticsearchAccess.advice(403, "cluster_block_exception")).isEmpty();
        assertThat(ElasticsearchAccess.advice(429, "")).isEmpty();
        var handshake = new IOException(new SSLHandshakeException("PKIX path building failed"));
        assertThat(ElasticsearchAccess.advice(handshake)).contains("PKIX path building failed", "_CA");
        assertThat(ElasticsearchAccess.advice(new IOException("Connection refused")))
                .isEmpty();
    }

    @Test
    void theNamesAreKnownToWhoeverHasTheDefinition() {
        assertThat(Settings.read(
                                ElasticsearchAccess.define(Settings.kafkaDefinition()),
                                Set.of(),
                                Map.of("RHAPSODE_ELASTICSEARCH_CA", "/ca.pem"))
                        .text("RHAPSODE_ELASTICSEARCH_CA"))
                .isEqualTo("/ca.pem");
    }
}
