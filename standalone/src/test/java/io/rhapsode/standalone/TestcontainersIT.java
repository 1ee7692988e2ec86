/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.elasticsearch.ElasticsearchContainer;
import org.testcontainers.kafka.KafkaContainer;

/** On the official images, which have all that the bare Elasticsearch core lacks, and security in front. */
@TestInstance(Lifecycle.PER_CLASS)
class TestcontainersIT implements WholeWayContract {

    private static final String KAFKA = "apache/kafka:4.1.1";
    private static final String ELASTICSEARCH = "elasticsearch:8.19.8";

    @TempDir
    static Path folder;

    private final KafkaContainer kafka = new KafkaContainer(KAFKA);
    private final ElasticsearchContainer elasticsearch =
            new ElasticsearchContainer(ELASTICSEARCH).withEnv("xpack.security.enabled", "false");
    private Services services;

    @BeforeAll
    void start() {
        if (!dockerIsThere()) {
            return;
        }
        kafka.start();
        elasticsearch.start();
        Map<String, String> settings = new HashMap<>(RunningStandalone.settings(folder));
        settings.keySet().removeAll(StandaloneConfig.DEFINITION.names());
        settings.put("RHAPSODE_KAFKA", kafka.getBootstrapServers());
        settings.put("RHAPSODE_ELASTICSEARCH", "http://" + elasticsearch.getHttpHostAddress());
        settings.put("RHAPSODE_STREAM_STATE", folder.resolve("state").toString());
        settings.put("RHAPSODE_SPOOL", folder.resolve("spool").toString());
        settings.put("RHAPSODE_SPOOL", folder.resolve("spool").toString());
        services = Services.start(settings);
    }

    @BeforeEach
    void requireDocker() {
        assumeTrue(dockerIsThere(), "no Docker here");
    }

    /** Looked for before Testcontainers does, which fills the log where there is none. */
    private static boolean dockerIsThere() {
        boolean socket = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return socket && DockerClientFactory.instance().isDockerAvailable();
    }

    @AfterAll
    void stop() {
        if (services != null) {
            services.close();
        }
        if (elasticsearch.isCreated()) {
            elasticsearch.stop();
        }
        if (kafka.isCreated()) {
            kafka.stop();
        }
    }

    @Override
    public int hepPort() {
        return services.hepPort();
    }

    @Override
    public JsonClient api() {
        return new JsonClient("http://127.0.0.1:" + services.httpPort());
    }
}
