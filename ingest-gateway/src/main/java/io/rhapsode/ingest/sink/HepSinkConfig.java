/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.rhapsode.service.Mistakes;
import io.rhapsode.service.Settings;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/**
 * Where an agent sends HEP, and how.
 *
 * @param to receivers, not resolved, the preferred first; empty if this is no agent
 * @param authKey what the receiver lets the agent in by (chunk 0x0e); null for none
 * @param agentId of what is captured here (chunk 0x0c); -1 for none
 * @param buffer bytes that may wait
 * @param trust PEM file of the authorities whose receivers are trusted; empty takes those of Java
 * @param certificate PEM file of the agent's own certificate; empty for none
 * @param privateKey PEM file of its key (PKCS #8)
 */
public record HepSinkConfig(
        List<InetSocketAddress> to,
        Transport transport,
        byte[] authKey,
        long agentId,
        int buffer,
        String trust,
        String certificate,
        String privateKey) {

    private static final String UNUSABLE = ": the certificates of the agent cannot be used";

    /** How packets travel. */
    public enum Transport {
        UDP,
        TCP,
        TLS
    }

    /** Adds the settings to those of the gateway. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        "RHAPSODE_HEP_TO",
                        Type.LIST,
                        "",
                        Importance.HIGH,
                        "Makes this an agent, without Kafka: receivers of HEP, host:port[,host:port], the preferred first")
                .define(
                        "RHAPSODE_HEP_TO_TRANSPORT",
                        Type.STRING,
                        "udp",
                        ValidString.in("udp", "tcp", "tls"),
                        Importance.HIGH,
                        "How the agent sends: udp, tcp or tls")
                .define(
                        "RHAPSODE_HEP_TO_AUTH_KEY",
                        Type.PASSWORD,
                        "",
                        Importance.HIGH,
                        "Key by which the receiver lets the agent in (HEP chunk 0x0e)")
                .define(
                        "RHAPSODE_HEP_TO_AGENT_ID",
                        Type.LONG,
                        -1L,
                        Range.between(-1L, 0xffff_ffffL),
                        Importance.LOW,
                        "Agent id of what the agent captures (HEP chunk 0x0c); -1 sends none")
                .define(
                        "RHAPSODE_HEP_TO_BUFFER",
                        Type.INT,
                        16 << 20,
                        Range.between(1 << 20, 1 << 30),
                        Importance.MEDIUM,
                        "Bytes the agent keeps while no receiver is there; what comes when it is full counts as failed")
                .define(
                        "RHAPSODE_HEP_TO_TRUST",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "PEM file of the authorities that vouch for the receivers; empty takes those of Java")
                .define(
                        "RHAPSODE_HEP_TO_CERTIFICATE",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "PEM file of the agent's own certificate and its chain; empty shows none")
                .define(
                        "RHAPSODE_HEP_TO_PRIVATE_KEY",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "PEM file of the key to that certificate (PKCS #8)");
    }

    /** @throws IllegalArgumentException naming every receiver that is not host:port, and what is wrong with TLS */
    public static HepSinkConfig read(Settings settings) {
        var mistakes = new Mistakes();
        String authKey = settings.secret("RHAPSODE_HEP_TO_AUTH_KEY").value();
        String certificate = settings.text("RHAPSODE_HEP_TO_CERTIFICATE");
        String privateKey = settings.text("RHAPSODE_HEP_TO_PRIVATE_KEY");
        if (certificate.isEmpty() != privateKey.isEmpty()) {
            mistakes.add("RHAPSODE_HEP_TO_CERTIFICATE and RHAPSODE_HEP_TO_PRIVATE_KEY go together");
        }
        var config = new HepSinkConfig(
                settings.list("RHAPSODE_HEP_TO").stream()
                        .filter(receiver -> !receiver.isBlank())
                        .map(receiver -> mistakes.note(() -> receiver(receiver)))
                        .toList(),
                Transport.valueOf(settings.text("RHAPSODE_HEP_TO_TRANSPORT").toUpperCase(Locale.ROOT)),
                authKey.isEmpty() ? null : authKey.getBytes(StandardCharsets.UTF_8),
                settings.longNumber("RHAPSODE_HEP_TO_AGENT_ID"),
                settings.number("RHAPSODE_HEP_TO_BUFFER"),
                settings.text("RHAPSODE_HEP_TO_TRUST"),
                certificate,
                privateKey);
        mistakes.note(config::tls);
        mistakes.refuse();
        return config;
    }

    private static InetSocketAddress receiver(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        String port = hostAndPort.substring(colon + 1);
        boolean isNumber = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        if (colon < 1 || !isNumber || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 0xffff) {
            throw new IllegalArgumentException("RHAPSODE_HEP_TO: '" + hostAndPort + "' is not host:port");
        }
        String host = hostAndPort.substring(0, colon).replace("[", "").replace("]", "");
        return InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    }

    /**
     * What TLS is done with; empty without.
     *
     * @throws IllegalArgumentException naming every file that cannot be used
     */
    Optional<SslContext> tls() {
        if (transport != Transport.TLS) {
            return Optional.empty();
        }
        var builder = SslContextBuilder.forClient();
        var mistakes = new Mistakes();
        if (!trust.isEmpty()) {
            mistakes.note("RHAPSODE_HEP_TO_TRUST" + UNUSABLE, () -> builder.trustManager(new File(trust)));
        }
        if (!certificate.isEmpty() && !privateKey.isEmpty()) {
            mistakes.note(
                    "RHAPSODE_HEP_TO_CERTIFICATE and RHAPSODE_HEP_TO_PRIVATE_KEY" + UNUSABLE,
                    () -> builder.keyManager(new File(certificate), new File(privateKey)));
        }
        mistakes.refuse();
        try {
            return Optional.of(builder.build());
        } catch (SSLException e) {
            throw new IllegalArgumentException("RHAPSODE_HEP_TO_TRUST" + UNUSABLE + ": " + e.getMessage(), e);
        }
    }

    /** True if HEP is to be sent on, instead of written to Kafka. */
    public boolean isAgent() {
        return !to.isEmpty();
    }
}
