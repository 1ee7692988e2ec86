/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.ingest.Agent;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Captures here, and sends HEP to a gateway elsewhere. Needs neither Kafka nor Elasticsearch. */
@Command(
        name = "agent",
        description =
                "Capture SIP from interfaces, or relay HEP, and send it as HEP version 3 to a gateway. Every option"
                        + " is a setting too; see the README of ingest-gateway for all of them.")
final class AgentCommand implements Callable<Integer> {

    @Option(
            names = "--interface",
            paramLabel = "NAME[,NAME]",
            description = "interfaces to capture from, or any (RHAPSODE_CAPTURE_INTERFACE)")
    private String interfaces;

    @Option(
            names = "--filter",
            paramLabel = "FILTER",
            description = "which frames, see pcap-filter(7) (RHAPSODE_CAPTURE_FILTER)")
    private String filter;

    @Option(names = "--relay", description = "receive HEP as well, and send it on (RHAPSODE_HEP_RELAY)")
    private boolean relay;

    @Option(
            names = "--to",
            paramLabel = "HOST:PORT[,HOST:PORT]",
            description = "gateway, and a second one for when the first is away (RHAPSODE_HEP_TO)")
    private String to;

    @Option(
            names = "--transport",
            paramLabel = "udp|tcp|tls",
            description = "udp if not given (RHAPSODE_HEP_TO_TRANSPORT)")
    private String transport;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "what the gateway lets the agent in by; others see it in the list of processes, so better in the"
                            + " environment (RHAPSODE_HEP_TO_AUTH_KEY)")
    private String key;

    @Option(names = "--node", paramLabel = "NAME", description = "name of this capture node (RHAPSODE_CAPTURE_NODE)")
    private String node;

    @Override
    public Integer call() throws InterruptedException {
        long begin = System.nanoTime();
        var agent = Agent.start(environment(), StandaloneConfig.names());
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "shutdown"));
        System.out.printf(
                "The agent is up after %d ms; http://127.0.0.1:%d/metrics counts. Ctrl-C stops it.%n",
                (System.nanoTime() - begin) / 1_000_000, agent.healthPort());
        new CountDownLatch(1).await();
        return 0;
    }

    private Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        put(environment, "RHAPSODE_CAPTURE_INTERFACE", interfaces);
        put(environment, "RHAPSODE_CAPTURE_FILTER", filter);
        put(environment, "RHAPSODE_HEP_RELAY", relay ? "true" : null);
        put(environment, "RHAPSODE_HEP_TO", to);
        put(environment, "RHAPSODE_HEP_TO_TRANSPORT", transport);
        put(environment, "RHAPSODE_HEP_TO_AUTH_KEY", key);
        put(environment, "RHAPSODE_CAPTURE_NODE", node);
        StandaloneConfig.removeElsewhere(environment);
        return environment;
    }

    private static void put(Map<String, String> environment, String name, String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }
}
