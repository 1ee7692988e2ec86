/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.GroupState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka broker on loopback, its own controller, in a child process. */
public final class LocalKafka implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalKafka.class);

    private static final String MAIN = "io.rhapsode.kafka.KafkaServer";

    /** How the names of the services' groups begin. */
    private static final String OWN_GROUPS = "rhapsode-";

    private final ChildServer server;
    private final int port;

    private LocalKafka(ChildServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * @param folder for what the broker keeps
     * @param memoryMegabytes bound of its heap
     */
    static LocalKafka start(Path jars, Path folder, Path log, int port, int memoryMegabytes) throws IOException {
        Files.createDirectories(folder);
        Path properties = folder.resolve("server.properties");
        write(properties(folder, port, Ports.free()), properties);
        var options = List.of("-Xmx" + memoryMegabytes + "m", "-XX:MaxDirectMemorySize=64m");
        return new LocalKafka(
                ChildServer.start("Kafka", options, jars, List.of(MAIN, properties.toString()), log), port);
    }

    /**
     * Starts one on a free port and waits until it is there: for measurements.
     *
     * @param folder for what it keeps and says
     */
    public static LocalKafka start(Path folder) throws IOException, InterruptedException {
        Path jars = Installation.find().kafkaJars();
        var kafka = start(jars, folder.resolve("kafka"), folder.resolve("kafka.log"), Ports.free(), 320);
        try {
            kafka.awaitReady(Duration.ofMinutes(1), progress -> {});
            return kafka;
        } catch (StartRefused e) {
            kafka.close();
            throw e;
        }
    }

    /** As Java reads properties, which is Latin-1 with escapes. */
    private static void write(Properties properties, Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, "Written anew at each start.");
        }
    }

    private static Properties properties(Path folder, int port, int controllerPort) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(settings(port, controllerPort)));
        properties.setProperty("log.dirs", folder.resolve("log").toString());
        return properties;
    }

    private static String settings(int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                auto.create.topics.enable=false
                # One broker: one copy.
                default.replication.factor=1
                min.insync.replicas=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                # After a crash the controller takes the broker for alive this long, and lets no new one in.
                broker.session.timeout.ms=4000
                broker.heartbeat.interval.ms=500
                # Nobody else will join.
                group.initial.rebalance.delay.ms=0
                # A small machine: fewer threads, smaller files, a cleaner of 16 MB instead of 128.
                num.network.threads=2
                num.io.threads=4
                background.threads=2
                log.segment.bytes=268435456
                log.index.size.max.bytes=1048576
                log.cleaner.dedupe.buffer.size=16777216
                """.formatted(port, controllerPort);
    }

    void awaitReady(Duration limit, Consumer<String> progress) throws InterruptedException {
        server.awaitReady(() -> Ports.answers(port) && knowsItself(), limit, progress);
    }

    private boolean knowsItself() {
        Map<String, Object> client =
                Map.of("bootstrap.servers", address(), "request.timeout.ms", 2000, "default.api.timeout.ms", 3000);
        try (Admin admin = Admin.create(client)) {
            return !admin.describeCluster().nodes().get(3, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Removes what is left of members of the services' groups. None can be there before the services are, but after a crash
     * the coordinator may not notice that for minutes, in which new members wait for the old ones.
     */
    void forgetMembers() throws InterruptedException {
        var withMembers = ListGroupsOptions.forConsumerGroups()
                .inGroupStates(
                        Set.of(GroupState.STABLE, GroupState.PREPARING_REBALANCE, GroupState.COMPLETING_REBALANCE));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
            for (var group : admin.listGroups(withMembers).all().get()) {
                if (group.groupId().startsWith(OWN_GROUPS)) {
                    admin.removeMembersFromConsumerGroup(group.groupId(), new RemoveMembersFromConsumerGroupOptions())
                            .all()
                            .get();
                    LOG.info("Removed the members of {} that did not outlive the last run", group.groupId());
                }
            }
        } catch (ExecutionException e) {
            LOG.warn("Members of the last run may be left, which new ones wait for: {}", e.getCause(), e);
        }
    }

    /** {@code host:port} for clients. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** The process. */
    public long pid() {
        return server.pid();
    }

    int port() {
        return port;
    }

    ChildServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
