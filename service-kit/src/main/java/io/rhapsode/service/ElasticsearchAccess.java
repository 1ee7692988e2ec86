/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.types.Password;

/**
 * How a service reaches Elasticsearch: where it is, as whom, and whom it must be vouched for by. Knows no client of it.
 *
 * @param hosts one or more, http or https, each with its port
 * @param authorization value of the header of that name; empty where Elasticsearch asks nobody who he is
 * @param tls for https, with authorities of its own; empty for Java's
 */
public record ElasticsearchAccess(List<URI> hosts, Optional<Password> authorization, Optional<SSLContext> tls) {

    private static final String HOSTS = "RHAPSODE_ELASTICSEARCH";
    private static final String USER = "RHAPSODE_ELASTICSEARCH_USER";
    private static final String PASSWORD = "RHAPSODE_ELASTICSEARCH_PASSWORD";
    private static final String API_KEY = "RHAPSODE_ELASTICSEARCH_API_KEY";
    private static final String AUTHORITIES = "RHAPSODE_ELASTICSEARCH_CA";

    /** Told by its spelling: what a name server says of a host is no ground to send it a password. */
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(::|0:0:0:0:0:0:0:)1]", Pattern.CASE_INSENSITIVE);

    /** Visible ASCII. With a colon it is not the encoded form, but what that is made of. */
    private static final Pattern ENCODED_KEY = Pattern.compile("[!-~&&[^:]]+");

    /** @throws IllegalArgumentException if credentials would go to another machine in the clear */
    public ElasticsearchAccess {
        hosts = List.copyOf(hosts);
        if (authorization.isPresent()) {
            hosts.forEach(ElasticsearchAccess::checkConfidential);
        }
    }

    private static void checkConfidential(URI host) {
        if (!host.getScheme().equalsIgnoreCase("https")
                && !LOOPBACK.matcher(host.getHost()).matches()) {
            throw new IllegalArgumentException(HOSTS + ": " + host
                    + " would have the password or API key sent in the clear; use https, or no credentials");
        }
    }

    /** To one host that asks nobody who he is. */
    public static ElasticsearchAccess open(String host) {
        return new ElasticsearchAccess(List.of(URI.create(host)), Optional.empty(), Optional.empty());
    }

    /** Adds the settings to those of a service. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        HOSTS,
                        Type.STRING,
                        "http://127.0.0.1:9200",
                        new NonEmptyString(),
                        Importance.HIGH,
                        "Elasticsearch, http://host:port or https://host:port, several with commas between")
                .define(
                        USER,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "User of Elasticsearch, with a password; empty for none, or for an API key")
                .define(PASSWORD, Type.PASSWORD, "", Importance.MEDIUM, "Password of that user")
                .define(
                        API_KEY,
                        Type.PASSWORD,
                        "",
                        Importance.MEDIUM,
                        "API key of Elasticsearch instead of a user: what was `encoded` when it was made")
                .define(
                        AUTHORITIES,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "PEM file of the authorities that vouch for Elasticsearch; empty takes those of Java");
    }

    /**
     * @throws IllegalArgumentException if an address is none, two kinds of credentials or half of one are given, they
     *     would go in the clear, or the authorities cannot be read; it names every such setting and never a secret
     */
    public static ElasticsearchAccess read(Settings settings) {
        var mistakes = new Mistakes();
        List<URI> hosts = mistakes.note(() -> hosts(settings.text(HOSTS)));
        Optional<Password> authorization = mistakes.note(() -> authorization(
                settings.text(USER),
                settings.secret(PASSWORD).value(),
                settings.secret(API_KEY).value()));
        Optional<SSLContext> tls = mistakes.note(() -> tls(settings.text(AUTHORITIES)));
        mistakes.refuse();
        return new ElasticsearchAccess(hosts, authorization, tls);
    }

    private static List<URI> hosts(String addresses) {
        // Before anything of it is shown: there may be a password in it, and a comma in the password.
        if (addresses.indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    HOSTS + ": no user or password here; they go into " + USER + " and " + PASSWORD);
        }
        var mistakes = new Mistakes();
        List<URI> hosts = Arrays.stream(addresses.split(",", -1))
                .map(address -> mistakes.note(() -> host(address.strip())))
                .toList();
        mistakes.refuse();
        return hosts;
    }

    private static URI host(String address) {
        try {
            var uri = new URI(address);
            boolean isWeb = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean isWhole = uri.getHost() != null && uri.getPort() > 0 && uri.getPort() <= 0xffff;
            if (!isWeb || !isWhole) {
                throw new URISyntaxException(address, "not http://host:port or https://host:port");
            }
            if (!List.of("", "/").contains(uri.getPath()) || uri.getQuery() != null || uri.getFragment() != null) {
                throw new URISyntaxException(address, "nothing may follow the port");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(HOSTS + ": '" + address + "': " + e.getReason(), e);
        }
    }

    private static Optional<Password> authorization(String user, String password, String apiKey) {
        boolean isUser = !user.isEmpty() || !password.isEmpty();
        if (isUser && !apiKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "either " + USER + " and " + PASSWORD + ", or " + API_KEY + ", not both");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException(USER + " and " + PASSWORD + " go together");
        }
        if (isUser) {
            return Optional.of(basic(user, password));
        }
        return apiKey.isEmpty() ? Optional.empty() : Optional.of(key(apiKey));
    }

    private static Password basic(String user, String password) {
        if (user.indexOf(':') >= 0) {
            throw new IllegalArgumentException(USER + ": the name of a user has no colon");
        }
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return new Password("Basic " + Base64.getEncoder().encodeToString(both));
    }

    private static Password key(String encoded) {
        if (!ENCODED_KEY.matcher(encoded).matches()) {
            throw new IllegalArgumentException(
                    API_KEY + ": not the encoded form of a key, which has no colon and no blanks");
        }
        return new Password("ApiKey " + encoded);
    }

    private static Optional<SSLContext> tls(String file) {
        return file.isEmpty() ? Optional.empty() : Optional.of(tls(certificates(Path.of(file))));
    }

    private static Collection<? extends Certificate> certificates(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            var certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new CertificateException("it has none");
            }
            return certificates;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(AUTHORITIES + ": there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(AUTHORITIES + ": " + file + " may not be read", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(AUTHORITIES + ": cannot read " + file + ": " + e.getMessage(), e);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    AUTHORITIES + ": " + file + " is no PEM file of certificates: " + e.getMessage(), e);
        }
    }

    private static SSLContext tls(Collection<? extends Certificate> authorities) {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority : authorities) {
                store.setCertificateEntry(Integer.toString(store.size()), authority);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    /**
     * What to look at if Elasticsearch answers so.
     *
     * @param status of the request or of one document
     * @param said its answer, or the type of the error
     * @return a sentence; empty if it is not for credentials or privileges
     */
    public static String advice(int status, String said) {
        if (status == 401) {
            return "401, it does not know who asks: check " + USER + " and " + PASSWORD + ", or " + API_KEY;
        }
        // The same status tells that an index takes no documents, whoever brings them.
        if (status == 403 && !said.contains("cluster_block_exception")) {
            return "403, who asks is not allowed to: check the privileges of the user or API key (docs/operations.md)";
        }
        return "";
    }

    /** The same where there is no answer; empty if it is not for certificates. */
    public static String advice(Throwable trouble) {
        for (var cause = trouble; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "no TLS with it, " + cause.getMessage() + ": check " + AUTHORITIES + ", and the hosts in "
                        + HOSTS;
            }
        }
        return "";
    }
}
