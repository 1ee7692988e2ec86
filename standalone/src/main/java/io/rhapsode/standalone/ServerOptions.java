/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of the commands that start the servers. Each is a setting too; the option wins over the environment. */
final class ServerOptions {

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description = "web pages and API, 8080 if not given; 0 takes a free one (RHAPSODE_HTTP_PORT)")
    private Integer httpPort;

    @Option(
            names = "--hep-port",
            paramLabel = "PORT",
            description = "HEP over UDP, 9060 if not given (RHAPSODE_HEP_PORT)")
    private Integer hepPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Kafka, 9092 if not given (RHAPSODE_KAFKA_PORT)")
    private Integer kafkaPort;

    @Option(
            names = "--elasticsearch-port",
            paramLabel = "PORT",
            description = "Elasticsearch, 9200 if not given (RHAPSODE_ELASTICSEARCH_PORT)")
    private Integer elasticsearchPort;

    @Option(
            names = "--json-topics",
            description = "write messages and calls to Kafka as JSON too, for other programs (RHAPSODE_JSON_TOPICS)")
    private boolean jsonTopics;

    /** @return the environment of this process with these options put in */
    Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        put(environment, "RHAPSODE_HTTP_PORT", httpPort);
        put(environment, "RHAPSODE_HEP_PORT", hepPort);
        put(environment, "RHAPSODE_KAFKA_PORT", kafkaPort);
        put(environment, "RHAPSODE_ELASTICSEARCH_PORT", elasticsearchPort);
        if (jsonTopics) {
            environment.put("RHAPSODE_JSON_TOPICS", "true");
        }
        return environment;
    }

    private static void put(Map<String, String> environment, String name, Integer value) {
        if (value != null) {
            environment.put(name, value.toString());
        }
    }
}
