/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** A whole Rhapsode for tests: free ports, small heaps, a data folder that goes with it. */
public final class RunningStandalone implements AutoCloseable {

    private final Path data;
    private final Standalone standalone;
    private final JsonClient api;

    private RunningStandalone(Path data, Standalone standalone) {
        this.data = data;
        this.standalone = standalone;
        this.api = new JsonClient("http://127.0.0.1:" + standalone.httpPort());
    }

    public static RunningStandalone start() throws IOException {
        return start(Map.of());
    }

    /** @param more settings of its own */
    static RunningStandalone start(Map<String, String> more) throws IOException {
        Path data = Files.createTempDirectory("rhapsode-it");
        var settings = settings(data);
        settings.putAll(more);
        var config = StandaloneConfig.from(settings);
        return new RunningStandalone(data, Standalone.start(config, System.out::println));
    }

    /** Settings of a small instance that disturbs nobody on this machine. */
    static Map<String, String> settings(Path data) {
        var settings = new HashMap<String, String>();
        for (String name : StandaloneConfig.names()) {
            // TLS needs certificates; its tests bring them.
            if (name.endsWith("_PORT") && !name.equals("RHAPSODE_HEP_TLS_PORT")) {
                settings.put(name, "0");
            }
        }
        settings.put("RHAPSODE_DATA", data.toString());
        settings.put("RHAPSODE_KAFKA_MEMORY_MB", "256");
        settings.put("RHAPSODE_ELASTICSEARCH_MEMORY_MB", "384");
        settings.put("RHAPSODE_PARTITIONS", "4");
        return settings;
    }

    public int httpPort() {
        return standalone.httpPort();
    }

    public int hepPort() {
        return standalone.hepPort();
    }

    /** {@code host:port} of Kafka. */
    public String kafka() {
        return "127.0.0.1:" + standalone.kafkaPort();
    }

    /** Address of Elasticsearch. */
    public String elasticsearch() {
        return "http://127.0.0.1:" + standalone.elasticsearchPort();
    }

    /** The JSON API of search-web. */
    public JsonClient api() {
        return api;
    }

    /** The data folder, with {@code logs} in it. */
    public Path data() {
        return data;
    }

    @Override
    public void close() throws IOException {
        standalone.close();
        try (var files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
