/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.rhapsode.ingest.admission.AdmissionConfig;
import io.rhapsode.ingest.sink.HepSinkConfig;
import io.rhapsode.ingest.source.CaptureConfig;
import io.rhapsode.ingest.source.StreamConfig;
import io.rhapsode.service.Mistakes;
import io.rhapsode.service.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gateway can be told. {@link #DEFINITION} has names, defaults, bounds and meanings.
 *
 * @param spool folder of the packets that Kafka does not take, empty for none
 * @param kafka what goes to every Kafka client as it is
 */
public record IngestConfig(
        InetSocketAddress hep,
        int sockets,
        int receiveBuffer,
        InetSocketAddress health,
        int partitions,
        short replicas,
        int buffer,
        int captureNodes,
        int deadLettersPerSecond,
        Optional<Path> spool,
        long spoolBytes,
        int spoolSyncMillis,
        String instance,
        CaptureConfig capture,
        HepSinkConfig hepSink,
        boolean relay,
        StreamConfig streams,
        AdmissionConfig admission,
        Map<String, Object> kafka) {

    private static final Logger LOG = LoggerFactory.getLogger(IngestConfig.class);

    private static final Range PORT = Range.between(0, 65_535);

    public static final ConfigDef DEFINITION = AdmissionConfig.define(
                    StreamConfig.define(HepSinkConfig.define(CaptureConfig.define(Settings.kafkaDefinition()))))
            .define(
                    "RHAPSODE_HEP_RELAY",
                    Type.BOOLEAN,
                    false,
                    Importance.MEDIUM,
                    "An agent receives HEP as well, on the gateway's port, and sends it on")
            .define(
                    "RHAPSODE_PARTITIONS",
                    Type.INT,
                    8,
                    Range.between(1, 32_768),
                    Importance.MEDIUM,
                    "Partitions of topics that are not there yet")
            .define(
                    "RHAPSODE_REPLICAS",
                    Type.INT,
                    -1,
                    Range.between(-1, 32),
                    Importance.MEDIUM,
                    "Replicas of topics that are not there yet; -1 takes the broker's default")
            .define(
                    "RHAPSODE_HEP_HOST",
                    Type.STRING,
                    "127.0.0.1",
                    new NonEmptyString(),
                    Importance.HIGH,
                    "Address to receive HEP on; 0.0.0.0 for all of IPv4, :: for all")
            .define(
                    "RHAPSODE_HEP_PORT",
                    Type.INT,
                    9060,
                    PORT,
                    Importance.HIGH,
                    "UDP port to receive HEP on; 0 takes a free one")
            .define(
                    "RHAPSODE_HEP_SOCKETS",
                    Type.INT,
                    0,
                    Range.between(0, 64),
                    Importance.MEDIUM,
                    "Sockets that share the port, with a thread each; the kernel gives each sender's address and port to"
                            + " one of them; 0 takes as many as there are processors, at most 8; always 1 where epoll is"
                            + " missing")
            .define(
                    "RHAPSODE_HEP_RECEIVE_BUFFER",
                    Type.INT,
                    128 << 20,
                    Range.between(64 << 10, 1 << 30),
                    Importance.MEDIUM,
                    "Receive buffer to ask the kernel for, bytes a socket; without CAP_NET_ADMIN it gives no more than"
                            + " net.core.rmem_max")
            .define(
                    "RHAPSODE_HEALTH_HOST",
                    Type.STRING,
                    "127.0.0.1",
                    new NonEmptyString(),
                    Importance.LOW,
                    "Address of /healthz, /readyz and /metrics")
            .define(
                    "RHAPSODE_INGEST_HEALTH_PORT",
                    Type.INT,
                    8081,
                    PORT,
                    Importance.LOW,
                    "Port of /healthz, /readyz and /metrics; 0 takes a free one")
            .define(
                    "RHAPSODE_INGEST_BUFFER",
                    Type.INT,
                    64 << 20,
                    Range.between(4 << 20, 1 << 30),
                    Importance.MEDIUM,
                    "Bytes of packets that wait in memory for Kafka; what comes when it is full goes to the spool, and"
                            + " counts as failed if there is none")
            .define(
                    "RHAPSODE_INGEST_NODES",
                    Type.INT,
                    10_000,
                    Range.between(1, 1_000_000),
                    Importance.LOW,
                    "Capture nodes counted by name in a minute; those over it are counted together as \"other\"")
            .define(
                    "RHAPSODE_INGEST_DEAD_LETTERS_PER_S",
                    Type.INT,
                    1_000,
                    Range.between(0, 1_000_000),
                    Importance.LOW,
                    "Rejected datagrams stored in a second; those over it are counted, not stored")
            .define(
                    "RHAPSODE_SPOOL",
                    Type.STRING,
                    "data/ingest-spool",
                    Importance.HIGH,
                    "Folder for packets while Kafka takes none, one for each gateway; empty for no spool")
            .define(
                    "RHAPSODE_SPOOL_MB",
                    Type.INT,
                    1_024,
                    Range.between(32, 10_000_000),
                    Importance.HIGH,
                    "Megabytes of the spool; when it is full, the oldest packets are dropped and counted as failed")
            .define(
                    "RHAPSODE_SPOOL_SYNC_MS",
                    Type.INT,
                    1_000,
                    Range.between(0, 600_000),
                    Importance.LOW,
                    "Milliseconds after which what is in the spool survives the machine's end too (fsync), not only the"
                            + " process's; 0 leaves it to the operating system")
            .define(
                    "RHAPSODE_INSTANCE",
                    Type.STRING,
                    "",
                    Importance.LOW,
                    "Name of this process in the counts; empty takes the machine's name");

    /**
     * What a gateway or an agent is told. The files and interfaces that are named are looked at too.
     *
     * @param known settings of other services of the same process, no mistake here
     * @throws IllegalArgumentException naming every mistake
     */
    public static IngestConfig read(Map<String, String> environment, Set<String> known) {
        return Settings.read(DEFINITION, known, environment, settings -> of(settings, new Mistakes()));
    }

    /** As {@link #read}; to say where to send HEP is a mistake. */
    public static IngestConfig readGateway(Map<String, String> environment, Set<String> known) {
        return Settings.read(DEFINITION, known, environment, settings -> {
            var mistakes = new Mistakes();
            if (!settings.list("RHAPSODE_HEP_TO").isEmpty()) {
                mistakes.add("RHAPSODE_HEP_TO makes an agent, and this is a gateway");
            }
            return of(settings, mistakes);
        });
    }

    /** As {@link #read}; not to say where to send HEP, or where it comes from, is a mistake. */
    static IngestConfig readAgent(Map<String, String> environment, Set<String> known) {
        return Settings.read(DEFINITION, known, environment, settings -> {
            var mistakes = new Mistakes();
            if (settings.list("RHAPSODE_HEP_TO").isEmpty()) {
                mistakes.add("RHAPSODE_HEP_TO does not say where the agent is to send");
            }
            if (settings.list("RHAPSODE_CAPTURE_INTERFACE").isEmpty() && !settings.flag("RHAPSODE_HEP_RELAY")) {
                mistakes.add("the agent has no source: set RHAPSODE_CAPTURE_INTERFACE, or RHAPSODE_HEP_RELAY to true");
            }
            return of(settings, mistakes);
        });
    }

    /** True if HEP is to be sent on, instead of written to Kafka. */
    static boolean isAgent(Map<String, String> environment) {
        return Settings.isGiven("RHAPSODE_HEP_TO", environment);
    }

    private static IngestConfig of(Settings settings, Mistakes mistakes) {
        var hep = mistakes.note(() -> address(settings, "RHAPSODE_HEP_HOST", "RHAPSODE_HEP_PORT"));
        var health = mistakes.note(() -> address(settings, "RHAPSODE_HEALTH_HOST", "RHAPSODE_INGEST_HEALTH_PORT"));
        var capture = mistakes.note(() -> CaptureConfig.read(settings));
        var streams = mistakes.note(() -> StreamConfig.read(settings));
        var admission = mistakes.note(() -> AdmissionConfig.read(settings));
        var hepSink = mistakes.note(() -> HepSinkConfig.read(settings));
        mistakes.refuse();
        return new IngestConfig(
                hep,
                settings.number("RHAPSODE_HEP_SOCKETS"),
                settings.number("RHAPSODE_HEP_RECEIVE_BUFFER"),
                health,
                settings.number("RHAPSODE_PARTITIONS"),
                (short) settings.number("RHAPSODE_REPLICAS"),
                settings.number("RHAPSODE_INGEST_BUFFER"),
                settings.number("RHAPSODE_INGEST_NODES"),
                settings.number("RHAPSODE_INGEST_DEAD_LETTERS_PER_S"),
                Optional.of(settings.text("RHAPSODE_SPOOL"))
                        .filter(folder -> !folder.isBlank())
                        .map(Path::of),
                settings.number("RHAPSODE_SPOOL_MB") * 1_000_000L,
                settings.number("RHAPSODE_SPOOL_SYNC_MS"),
                settings.text("RHAPSODE_INSTANCE"),
                capture,
                hepSink,
                settings.flag("RHAPSODE_HEP_RELAY"),
                streams,
                admission,
                settings.kafka());
    }

    private static InetSocketAddress address(Settings settings, String host, String port) {
        var address = new InetSocketAddress(settings.text(host), settings.number(port));
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(host + ": no address for " + settings.text(host));
        }
        return address;
    }

    /** The capture node of what is captured here. */
    String node() {
        return capture.node().isEmpty() ? machine() : capture.node();
    }

    /** The name of this run in the counts. */
    String run() {
        return (instance.isEmpty() ? machine() : instance) + "@" + Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            LOG.debug("This machine has no name: {}", e.getMessage());
            return "gateway";
        }
    }

    /** Bytes of packets that Kafka may have been given and not confirmed: less than what the producer has room for. */
    int mostInFlight() {
        return buffer / 4 * 3;
    }

    /** Number of sockets in force. */
    int socketCount() {
        return sockets > 0 ? sockets : Math.min(8, Runtime.getRuntime().availableProcessors());
    }
}
