/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.rhapsode.service.Mistakes;
import io.rhapsode.service.Settings;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/**
 * HEP over TCP and TLS.
 *
 * @param tcpPort 0 takes a free one, -1 none
 * @param tlsPort likewise
 * @param certificate PEM file with the gateway's certificate chain; empty without TLS
 * @param key PEM file with its private key (PKCS #8, not encrypted)
 * @param clients "off", "wanted" or "required": certificates of those who connect
 * @param trust PEM file with the certificates that theirs must lead to
 * @param connections at most, both kinds together
 * @param idleSeconds after which a silent connection is closed; 0 never
 */
public record StreamConfig(
        int tcpPort,
        int tlsPort,
        String certificate,
        String key,
        String clients,
        String trust,
        int connections,
        int idleSeconds) {

    private static final int OFF = -1;
    private static final Range PORT = Range.between(OFF, 65_535);

    /** Adds the settings. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        "RHAPSODE_HEP_TCP_PORT",
                        Type.INT,
                        OFF,
                        PORT,
                        Importance.HIGH,
                        "TCP port to receive HEP on, mostly 9060 as for UDP; -1 for none, 0 takes a free one")
                .define(
                        "RHAPSODE_HEP_TLS_PORT",
                        Type.INT,
                        OFF,
                        PORT,
                        Importance.HIGH,
                        "TCP port to receive HEP with TLS on, mostly 9061; -1 for none, 0 takes a free one")
                .define(
                        "RHAPSODE_HEP_TLS_CERTIFICATE",
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "PEM file with the certificate of the gateway, and those it leads to")
                .define(
                        "RHAPSODE_HEP_TLS_KEY",
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "PEM file with the private key of that certificate (PKCS #8, not encrypted)")
                .define(
                        "RHAPSODE_HEP_TLS_CLIENTS",
                        Type.STRING,
                        "off",
                        ValidString.in("off", "wanted", "required"),
                        Importance.MEDIUM,
                        "Certificates of those who connect: off, wanted (checked if shown) or required")
                .define(
                        "RHAPSODE_HEP_TLS_TRUST",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "PEM file with the certificates that those of the agents must lead to")
                .define(
                        "RHAPSODE_HEP_CONNECTIONS",
                        Type.INT,
                        1_000,
                        Range.between(1, 1_000_000),
                        Importance.MEDIUM,
                        "TCP and TLS connections at a time; those over it are closed at once")
                .define(
                        "RHAPSODE_HEP_IDLE_S",
                        Type.INT,
                        900,
                        Range.between(0, 86_400),
                        Importance.LOW,
                        "Seconds after which a connection that sends nothing is closed; 0 never");
    }

    /** @throws IllegalArgumentException naming everything that TLS lacks */
    public static StreamConfig read(Settings settings) {
        // Whoever gives a port that is none wants TLS, and hears of the files too.
        boolean portIsWrong = settings.isWrong("RHAPSODE_HEP_TLS_PORT");
        var config = new StreamConfig(
                settings.number("RHAPSODE_HEP_TCP_PORT"),
                portIsWrong ? 0 : settings.number("RHAPSODE_HEP_TLS_PORT"),
                settings.text("RHAPSODE_HEP_TLS_CERTIFICATE"),
                settings.text("RHAPSODE_HEP_TLS_KEY"),
                settings.text("RHAPSODE_HEP_TLS_CLIENTS"),
                settings.text("RHAPSODE_HEP_TLS_TRUST"),
                settings.number("RHAPSODE_HEP_CONNECTIONS"),
                settings.number("RHAPSODE_HEP_IDLE_S"));
        config.tls();
        return config;
    }

    boolean hasTcp() {
        return tcpPort != OFF;
    }

    boolean hasTls() {
        return tlsPort != OFF;
    }

    /** Whether anything is to be received over streams. */
    public boolean isOn() {
        return hasTcp() || hasTls();
    }

    /** @throws IllegalStateException if a port is in use */
    public void expectFree(InetAddress address) {
        if (hasTcp()) {
            HepStreamServer.expectFree(new InetSocketAddress(address, tcpPort));
        }
        if (hasTls()) {
            HepStreamServer.expectFree(new InetSocketAddress(address, tlsPort));
        }
    }

    /**
     * What TLS is done with; empty without.
     *
     * @throws IllegalArgumentException naming every setting that is missing or wrong
     */
    Optional<SslContext> tls() {
        if (!hasTls()) {
            return Optional.empty();
        }
        var mistakes = new Mistakes();
        var server = mistakes.note(this::server);
        // Where there can be no server, what is wrong with the authorities is told still.
        var builder = server == null ? SslContextBuilder.forClient() : server;
        if (clientAuth() != ClientAuth.NONE) {
            mistakes.note("RHAPSODE_HEP_TLS_TRUST", () -> builder.trustManager(file(trust)));
        }
        mistakes.refuse();
        try {
            return Optional.of(builder.clientAuth(clientAuth())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "RHAPSODE_HEP_TLS_TRUST: cannot use " + trust + ": " + e.getMessage(), e);
        }
    }

    private SslContextBuilder server() {
        var mistakes = new Mistakes();
        File chain = mistakes.note("RHAPSODE_HEP_TLS_CERTIFICATE", () -> file(certificate));
        File privateKey = mistakes.note("RHAPSODE_HEP_TLS_KEY", () -> file(key));
        mistakes.refuse();
        try {
            return SslContextBuilder.forServer(chain, privateKey);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "RHAPSODE_HEP_TLS_CERTIFICATE and RHAPSODE_HEP_TLS_KEY: cannot use " + chain + " with " + privateKey
                            + ": " + e.getMessage(),
                    e);
        }
    }

    private static File file(String path) {
        var file = new File(path);
        if (path.isEmpty() || !file.canRead()) {
            throw new IllegalArgumentException(path.isEmpty() ? "is needed for TLS" : "cannot read " + path);
        }
        return file;
    }

    private ClientAuth clientAuth() {
        return switch (clients.toLowerCase(Locale.ROOT)) {
            case "wanted" -> ClientAuth.OPTIONAL;
            case "required" -> ClientAuth.REQUIRE;
            default -> ClientAuth.NONE;
        };
    }
}
